/* cmd_keep.c: verify, backup, restore, and what the township sent back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "model/civil.h"
#include "store/store_sync.h"

int cmd_verify(const struct ctl *ctl)
{
	struct store *store;
	struct verify_report r;
	if (ctl->argc != 1)
		return ctl_usage(_("verify 后面不用写别的"));
	if (ctl_open(ctl, &store) != ERR_OK)
		return EXIT_FAILED;
	enum err e = store_verify(store, &r);
	store_close(store);
	if (e != ERR_OK)
		return ctl_fail(_("没有查完：%s"), ctl_error(e));
	if (!r.ok && r.bad_link > 0)
		return ctl_fail(_("审计链第 %lld 环不对：%s"), (long long)r.bad_link, r.what);
	if (!r.ok)
		return ctl_fail(_("有不对的地方：%s"), r.what);
	printf(_("完好：审计链 %lld 环，记录 %lld 条，事项 %lld 件\n"), (long long)r.links, (long long)r.events,
	       (long long)r.cases);
	return EXIT_DONE;
}

int cmd_backup(const struct ctl *ctl)
{
	struct store *store;
	if (ctl->argc != 2)
		return ctl_usage(_("用法：kioskctl backup DIR（一个还没有的文件夹）"));
	if (ctl_open(ctl, &store) != ERR_OK)
		return EXIT_FAILED;
	enum err e = store_backup(store, ctl->argv[1]);
	store_close(store);
	if (e == ERR_EXISTS)
		return ctl_fail(_("%s 里已经有东西，没有动它；请换一个文件夹"), ctl->argv[1]);
	if (e != ERR_OK)
		return ctl_fail(_("没有备份成：%s"), ctl_error(e));
	printf(_("已备份到 %s（内有终端的私钥，请妥善保管）\n"), ctl->argv[1]);
	return EXIT_DONE;
}

int cmd_restore(const struct ctl *ctl)
{
	if (ctl->argc != 2)
		return ctl_usage(_("用法：kioskctl restore DIR（backup 时写的那个文件夹）"));
	enum err e = store_restore(ctl->argv[1], ctl->dir);
	if (e == ERR_EXISTS)
		return ctl_fail(_("%s 里已经有数据，没有动它；请先把这个文件夹移走"), ctl->dir);
	if (e == ERR_NOT_FOUND)
		return ctl_fail(_("%s 里没有备份"), ctl->argv[1]);
	if (e == ERR_NEWER)
		return ctl_fail(_("%s 是更新版本的程序写的；请安装更新的程序"), ctl->argv[1]);
	if (e != ERR_OK)
		return ctl_fail(_("没有恢复成：%s"), ctl_error(e));
	printf(_("已恢复到 %s\n"), ctl->dir);
	return EXIT_DONE;
}

static int retry(struct store *store, const char *number)
{
	char *end;
	errno = 0;
	long long seq = strtoll(number, &end, 10);
	if (errno || *end || seq <= 0)
		return ctl_usage(_("“%s”不是记录的号码；先用 kioskctl parked 看号码"), number);
	enum err e = outbox_unpark(store, seq);
	if (e == ERR_NOT_FOUND)
		return ctl_fail(_("第 %lld 条记录没有被退回"), seq);
	if (e != ERR_OK)
		return ctl_fail(_("没有办成：%s"), ctl_error(e));
	printf(_("第 %lld 条记录会再发送一次\n"), seq);
	return EXIT_DONE;
}

static int list(struct store *store)
{
	struct parked_list parked;
	enum err e = outbox_parked(store, &parked);
	if (e != ERR_OK)
		return ctl_fail(_("没有办成：%s"), ctl_error(e));
	if (parked.count == 0)
		puts(_("没有被退回的记录"));
	for (size_t i = 0; i < parked.count; i++) {
		char day[11];
		civil_format(civil_from_ms(parked.rows[i].at_ms).date, day);
		printf("%lld\t%s\t%s\t%s\n", (long long)parked.rows[i].seq, day, parked.rows[i].type,
		       parked.rows[i].reason);
	}
	parked_list_clear(&parked);
	return EXIT_DONE;
}

int cmd_parked(const struct ctl *ctl)
{
	bool again = ctl->argc == 3 && strcmp(ctl->argv[1], "--retry") == 0;
	struct store *store;
	if (ctl->argc != 1 && !again)
		return ctl_usage(_("用法：kioskctl parked [--retry 号码]"));
	if (ctl_open(ctl, &store) != ERR_OK)
		return EXIT_FAILED;
	int code = again ? retry(store, ctl->argv[2]) : list(store);
	store_close(store);
	return code;
}
