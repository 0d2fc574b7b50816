/* common.c: opening things for a command, and saying why they cannot be opened. */
#include <iconv.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/ctl.h"
#include "model/civil.h"
#include "model/utf8.h"
#include "store/files.h"
#include "store/settings_file.h"
#include "store/store_attendance.h"

enum { IMPORT_MAX = 16 * 1024 * 1024 };

const char *ctl_error(enum err e)
{
	switch (e) {
	case ERR_NOMEM:
		return _("内存不够");
	case ERR_INVALID:
		return _("内容不对");
	case ERR_TOO_LONG:
		return _("太长了");
	case ERR_NOT_FOUND:
		return _("没有找到");
	case ERR_EXISTS:
		return _("已经有了");
	case ERR_DENIED:
		return _("没有权限");
	case ERR_BUSY:
		return _("正被别的程序占用");
	case ERR_FULL:
		return _("磁盘已满");
	case ERR_IO:
		return _("读写失败");
	case ERR_CORRUPT:
		return _("数据已损坏");
	case ERR_NEWER:
		return _("是更新版本的程序写的");
	default:
		return err_name(e);
	}
}

enum err ctl_open(const struct ctl *ctl, struct store **store)
{
	enum err e = store_open(ctl->dir, 0, store, NULL);
	if (e == ERR_NOT_FOUND)
		ctl_fail(_("%s 里还没有数据；先运行：kioskctl --data %s init"), ctl->dir, ctl->dir);
	else if (e == ERR_NEWER)
		ctl_fail(_("%s 是更新版本的程序写的，没有改动它；请安装更新的程序"), ctl->dir);
	else if (e == ERR_CORRUPT)
		ctl_fail(_("%s 里的数据库已损坏；下次启动终端时会把它放到一边，并从最近的备份恢复"), ctl->dir);
	else if (e == ERR_DENIED)
		ctl_fail(_("不能读写 %s；请用终端自己的用户运行，例如 sudo -u deputies-home kioskctl …"), ctl->dir);
	else if (e != ERR_OK)
		ctl_fail(_("打不开 %s：%s"), ctl->dir, ctl_error(e));
	return e;
}

enum err ctl_settings(const struct ctl *ctl, struct settings *settings)
{
	char path[SETTINGS_PATH], text[SETTINGS_PATH + 600];
	struct settings_problem problem = {0};
	enum err e = settings_path(ctl->dir, ctl->config, path);
	if (e != ERR_OK) {
		ctl_fail(_("设置文件的路径太长"));
		return e;
	}
	e = settings_load(path, settings, &problem);
	if (e != ERR_OK) {
		settings_problem_text(path, &problem, text, sizeof text);
		ctl_fail("%s", text);
	}
	return e;
}

/* A GB 18030 text is at most twice as long in UTF-8. */
static enum err from_gb18030(const char *in, size_t in_len, char **out, size_t *out_len)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	if (cd == (iconv_t)-1)
		return ERR_UNSUPPORTED;
	size_t room = in_len * 2 + 1, left = room - 1, in_left = in_len;
	char *text = malloc(room), *to = text, *from = (char *)(uintptr_t)in;
	enum err e = text ? ERR_OK : ERR_NOMEM;
	if (e == ERR_OK && iconv(cd, &from, &in_left, &to, &left) == (size_t)-1)
		e = ERR_INVALID;
	iconv_close(cd);
	if (e != ERR_OK) {
		if (text)
			sodium_memzero(text, room);
		free(text);
		return e;
	}
	*to = '\0';
	*out = text;
	*out_len = (size_t)(to - text);
	return ERR_OK;
}

enum err ctl_read_text(const char *path, char **text, size_t *len)
{
	uint8_t *bytes;
	enum err e = file_read(path, IMPORT_MAX, &bytes, len);
	if (e != ERR_OK) {
		ctl_fail(_("读不了 %s：%s"), path, ctl_error(e));
		return e;
	}
	*text = (char *)bytes;
	if (utf8_valid(*text, *len))
		return ERR_OK;
	char *converted;
	size_t converted_len;
	e = from_gb18030(*text, *len, &converted, &converted_len);
	sodium_memzero(bytes, *len); /* a roster may hold ID numbers */
	free(bytes);
	if (e != ERR_OK) {
		ctl_fail(_("%s 的文字编码认不出来；请另存为 UTF-8"), path);
		return e;
	}
	*text = converted;
	*len = converted_len;
	return ERR_OK;
}

int64_t ctl_now_ms(struct store *store)
{
	int64_t now_ms = 0;
	bool clock_ok;
	struct timespec t;
	if (store_clock(store, &now_ms, &clock_ok) == ERR_OK && now_ms > 0)
		return now_ms;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000;
}

void ctl_time(int64_t ms, char out[CTL_TIME_SIZE])
{
	char day[11];
	struct civil_time t = civil_from_ms(ms);
	civil_format(t.date, day);
	snprintf(out, CTL_TIME_SIZE, "%s %02u:%02u", day, (unsigned)t.hour % 24, (unsigned)t.minute % 60);
}
