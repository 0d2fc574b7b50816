/* cmd_card.c: a deputy's QR card. The township alone signs; what it gives is checked before anything is printed. */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "ctl/office_link.h"
#include "ctl/password.h"
#include "ctl/people.h"
#include "model/card_token.h"
#include "pdf/card.h"
#include "store/files.h"
#include "store/store_attendance.h"

enum { ROOM_NEEDED = 4 * 1024 * 1024 };

struct order {
	const char *deputy, *file, *office, *user;
};

/* What a card is made of; all of it is looked at before the township is asked, since asking makes the old card void. */
struct card_job {
	struct store *store; /* owned */
	struct settings settings;
	struct store_identity identity;
	struct deputy_list people; /* owned */
	const struct deputy_row *who; /* in people */
	struct portrait portrait;
	uint8_t *picture; /* owned; the portrait's file */
	char path[PATH_SIZE];
	char token[CARD_TOKEN_SIZE]; /* secret */
	struct card_token signed_for;
};

static bool order_parse(const struct ctl *ctl, struct order *o)
{
	*o = (struct order){.user = "office"};
	if (ctl->argc < 3 || strcmp(ctl->argv[1], "print") != 0)
		return false;
	for (int i = 2; i < ctl->argc; i++) {
		const char *word = ctl->argv[i];
		const char **value = strcmp(word, "-o") == 0         ? &o->file
		                     : strcmp(word, "--office") == 0 ? &o->office
		                     : strcmp(word, "--user") == 0   ? &o->user
		                                                     : NULL;
		if (value && i + 1 < ctl->argc && ctl->argv[i + 1][0])
			*value = ctl->argv[++i];
		else if (value || word[0] == '-' || o->deputy)
			return false;
		else
			o->deputy = word;
	}
	return o->deputy != NULL;
}

/* ---- before asking -------------------------------------------------------------------------------------------------- */

static int find_person(struct card_job *job, const char *word)
{
	enum err e = store_deputies(job->store, &job->people);
	if (e != ERR_OK)
		return ctl_fail(_("读不出名册：%s"), ctl_error(e));
	size_t found = people_find(&job->people, word, &job->who);
	if (found == 0)
		return ctl_fail(_("名册里没有“%s”；请写姓名，或代表的编号"), word);
	if (found > 1) {
		ctl_fail(_("名册里有 %zu 位“%s”；请写编号（第一列）："), found, word);
		people_tell_apart(&job->people, word);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

/* The file's own name where only a folder, or nothing, was given. */
static enum err choose_path(struct card_job *job, const char *file)
{
	char name[PATH_SIZE];
	struct stat st;
	snprintf(name, sizeof name, _("代表证-%s.pdf"), job->who->name);
	for (char *p = name; *p; p++)
		if (*p == '/')
			*p = '_';
	if (!file)
		file = name;
	else if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		return path_join(job->path, file, name);
	int n = snprintf(job->path, sizeof job->path, "%s", file);
	return n > 0 && n < PATH_SIZE ? ERR_OK : ERR_TOO_LONG;
}

/* Can the file be written there? */
static int check_place(struct card_job *job, const char *file)
{
	char copy[PATH_SIZE];
	struct statvfs fs;
	enum err e = choose_path(job, file);
	if (e != ERR_OK)
		return ctl_fail(_("文件名太长"));
	memcpy(copy, job->path, sizeof copy);
	const char *folder = dirname(copy);
	if (access(folder, W_OK | X_OK) != 0 || statvfs(folder, &fs) != 0)
		return ctl_fail(_("写不了 %s：%s；请用 -o 写一个放得下的地方。没有向乡镇要卡"), job->path,
		                ctl_error(err_of_errno(errno)));
	if ((uint64_t)fs.f_bavail * fs.f_frsize < ROOM_NEEDED)
		return ctl_fail(_("%s 的磁盘快满了；请先腾出 %d MB，或用 -o 写到别处。没有向乡镇要卡"), folder,
		                ROOM_NEEDED / 1024 / 1024);
	return EXIT_DONE;
}

static int take_portrait(struct card_job *job)
{
	size_t len;
	enum err e = store_portrait(job->store, job->who->id, &job->picture, &len);
	if (e == ERR_NOT_FOUND) {
		ctl_fail(_("提醒：没有%s的照片，卡上是空白头像；可先用 kioskctl import portraits 导入"), job->who->name);
		return EXIT_DONE;
	}
	if (e == ERR_OK)
		e = portrait_decode(job->picture, len, &job->portrait);
	if (e == ERR_NOMEM)
		return ctl_fail("%s", ctl_error(e));
	if (e != ERR_OK)
		ctl_fail(_("提醒：%s的照片读不出来（%s），卡上是空白头像"), job->who->name, ctl_error(e));
	return EXIT_DONE;
}

static enum err draw(const struct card_job *job, const char *token, uint32_t issue, struct civil_date expires,
                     uint8_t **pdf, size_t *len)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	const struct card card = {
		.home = job->settings.home,
		.phone = job->settings.help_phone,
		.name = job->who->name,
		.levels = job->who->levels,
		.group = job->who->group,
		.token = token,
		.issue = issue,
		.expires = expires,
		.portrait = job->portrait.pixels ? &job->portrait : NULL,
		.made_ms = (int64_t)now.tv_sec * 1000,
	};
	return card_pdf(&card, pdf, len);
}

/* The card with no code of worth in it: whether fonts and words do. */
static int rehearse(const struct card_job *job)
{
	uint8_t *pdf;
	size_t len;
	enum err e = draw(job, "DHC1:", 1, (struct civil_date){2000, 1, 1}, &pdf, &len);
	if (e == ERR_NOT_FOUND)
		return ctl_fail(_("姓名里有这台机器没有的字；请安装 fonts-noto-cjk、fonts-hanazono 和 fonts-babelstone-han"));
	if (e != ERR_OK)
		return ctl_fail(_("卡画不出来：%s"), ctl_error(e));
	free(pdf);
	return EXIT_DONE;
}

static int prepare(struct card_job *job, const struct ctl *ctl, const struct order *o)
{
	if (ctl_settings(ctl, &job->settings) != ERR_OK || ctl_open(ctl, &job->store) != ERR_OK)
		return EXIT_FAILED;
	enum err e = store_identity(job->store, &job->identity);
	if (e != ERR_OK)
		return ctl_fail(_("读不出状态：%s"), ctl_error(e));
	if (!job->identity.enrolled)
		return ctl_fail(_("这台机器还没有登记，没有乡镇的公钥，验不了卡；先运行 kiosk-sync，在乡镇批准登记"));
	if (!o->office && !job->settings.sync_url[0])
		return ctl_fail(_("没有乡镇服务器的地址；在 kiosk.conf 的 [sync] 里写 url = https://…，或加 --office URL"));
	int code = find_person(job, o->deputy);
	if (code == EXIT_DONE)
		code = check_place(job, o->file);
	if (code == EXIT_DONE)
		code = take_portrait(job);
	return code == EXIT_DONE ? rehearse(job) : code;
}

/* ---- asking ------------------------------------------------------------------------------------------------------------ */

static int told(const struct office_link *link, enum office_answer answer, const char *url, const char *user)
{
	const char *problem = office_problem(link);
	switch (answer) {
	case OFFICE_OK:
		return EXIT_DONE;
	case OFFICE_OFFLINE:
		return ctl_fail(_("连不上乡镇的服务器 %s；请看网线和地址，再试一次（%s）"), url, problem);
	case OFFICE_LATER:
		return ctl_fail(_("乡镇的服务器请您过一会儿再来（%s）"), problem);
	case OFFICE_WRONG_PASSWORD:
		return ctl_fail(_("用户“%s”的密码不对，或者没有这个用户；忘了请在乡镇用 township user add 重设（%s）"), user, problem);
	case OFFICE_CODE_NEEDED:
		return ctl_fail(_("用户“%s”登录还要验证码；请在终端里运行，或设环境变量 KIOSKCTL_CODE（%s）"), user, problem);
	case OFFICE_WRONG_CODE:
		return ctl_fail(_("验证码不对，或已经用过；请等手机上换了新的再来（%s）"), problem);
	case OFFICE_NOT_ALLOWED:
		return ctl_fail(_("用户“%s”不可以制卡；请用 --user 换一个可以的（%s）"), user, problem);
	case OFFICE_NO_SUCH:
		return ctl_fail(_("乡镇的名册里没有这位代表，或者服务器的程序太旧；请先在乡镇导入名册，或更新服务器（%s）"), problem);
	default:
		return ctl_fail(_("乡镇的服务器没有给卡（%s）"), problem);
	}
}

/* Somebody else's reply, an old card's, or one for another deputy: none may become a card. */
static int check_token(struct card_job *job, json_t *reply)
{
	static const char refused[] = "没有采用服务器给的卡，什么也没有写：%s";
	const char *token = json_string_value(json_object_get(reply, "token"));
	const char *name = json_string_value(json_object_get(reply, "name"));
	struct card_token *t = &job->signed_for;
	struct card_state known = {0};
	int64_t now_ms = 0;
	bool clock_ok = false;
	if (!token || !name || strlen(token) >= sizeof job->token)
		return ctl_fail(_(refused), _("回答不完整"));
	enum err e = card_token_open(token, strlen(token), job->identity.township_sign_key, t);
	if (e == ERR_UNSUPPORTED)
		return ctl_fail(_(refused), _("是更新版本的卡；请更新本机的程序"));
	if (e != ERR_OK)
		return ctl_fail(_(refused), _("不是本乡签发的；请核对服务器的地址，并告诉乡人大办公室"));
	if (strcmp(t->deputy, job->who->id) != 0 ||
	    json_integer_value(json_object_get(reply, "issue")) != (json_int_t)t->issue)
		return ctl_fail(_(refused), _("签的是另一张卡；请告诉乡人大办公室"));
	if (strcmp(name, job->who->name) != 0)
		return ctl_fail(_(refused), _("乡镇名册里这位代表的姓名和本机的不一样；等 kiosk-sync 更新名册后再来"));
	e = store_card_state(job->store, t->deputy, &known);
	if (e == ERR_OK)
		e = store_clock(job->store, &now_ms, &clock_ok);
	if (e != ERR_OK)
		return ctl_fail(_("读不出状态：%s"), ctl_error(e));
	switch (card_token_judge(t, &known, (int)civil_day_number(civil_from_ms(now_ms).date), clock_ok)) {
	case CARD_SUPERSEDED:
	case CARD_LOST: return ctl_fail(_(refused), _("是已经停用的旧卡；请告诉乡人大办公室"));
	case CARD_EXPIRED: return ctl_fail(_(refused), _("已经过期；请看本机和服务器的日期对不对"));
	case CARD_FUTURE: return ctl_fail(_(refused), _("制卡日期在今天以后；请看本机和服务器的日期对不对"));
	case CARD_GOOD: break;
	}
	snprintf(job->token, sizeof job->token, "%s", token);
	return EXIT_DONE;
}

/* With the code of the second factor where the server asks for one and somebody gives it. */
static enum office_answer sign_in(struct office_link *link, const char *user, const char *password)
{
	char code[PASSWORD_SIZE], prompt[256];
	enum office_answer answer = office_sign_in(link, user, password, NULL);
	if (answer != OFFICE_CODE_NEEDED)
		return answer;
	snprintf(prompt, sizeof prompt, _("乡镇用户“%s”的登录验证码："), user);
	if (password_get("KIOSKCTL_CODE", prompt, code) != ERR_OK)
		return answer;
	answer = office_sign_in(link, user, password, code);
	sodium_memzero(code, sizeof code);
	return answer;
}

static int ask(struct card_job *job, const struct order *o)
{
	const char *url = o->office ? o->office : job->settings.sync_url;
	char password[PASSWORD_SIZE], prompt[256];
	struct office_link *link;
	json_t *reply = NULL;
	enum err e = office_open(url, job->settings.sync_ca_file, &link);
	if (e == ERR_DENIED)
		return ctl_fail(_("%s 不行：到别的机器要用 https://，里面不写用户名"), url);
	if (e != ERR_OK)
		return ctl_fail(_("%s 不是服务器的地址"), url);
	snprintf(prompt, sizeof prompt, _("乡镇用户“%s”的密码："), o->user);
	e = password_get("KIOSKCTL_PASSWORD", prompt, password);
	if (e != ERR_OK) {
		office_close(link);
		return e == ERR_NOT_FOUND ? ctl_fail(_("没有密码；请在终端里运行，或设环境变量 KIOSKCTL_PASSWORD"))
		                          : ctl_fail(_("没有拿到密码，没有向乡镇要卡"));
	}
	enum office_answer answer = sign_in(link, o->user, password);
	sodium_memzero(password, sizeof password);
	if (answer == OFFICE_OK)
		answer = office_post(link, "/v1/office/cards", json_pack("{s:s}", "deputy", job->who->id), &reply);
	int code = told(link, answer, url, o->user);
	office_close(link);
	if (code == EXIT_DONE)
		code = check_token(job, reply);
	json_decref(reply);
	return code;
}

static int write_card(const struct card_job *job)
{
	uint8_t *pdf;
	size_t len;
	char until[11];
	const struct card_token *t = &job->signed_for;
	struct civil_date expires = civil_from_day_number(t->expires_day);
	enum err e = draw(job, job->token, t->issue, expires, &pdf, &len);
	if (e == ERR_OK) {
		e = file_write(job->path, pdf, len);
		sodium_memzero(pdf, len);
		free(pdf);
	}
	if (e != ERR_OK)
		return ctl_fail(_("写不了 %s：%s。乡镇已经登记第 %u 次制卡，旧卡停用；请换个地方再做一次"), job->path, ctl_error(e),
		                (unsigned)t->issue);
	civil_format(expires, until);
	printf(_("%s的代表证（第 %u 次制卡，有效期至 %s）：%s\n"), job->who->name, (unsigned)t->issue, until, job->path);
	puts(_("凭这个文件就能签到：打印好请删掉它。以前的卡停用了"));
	return EXIT_DONE;
}

int cmd_card(const struct ctl *ctl)
{
	struct order o;
	struct card_job *job;
	if (!order_parse(ctl, &o))
		return ctl_usage(_("用法：kioskctl card print 代表 [-o 文件] [--office URL] [--user 用户]"));
	job = calloc(1, sizeof *job);
	if (!job)
		return ctl_fail("%s", ctl_error(ERR_NOMEM));
	int code = prepare(job, ctl, &o);
	if (code == EXIT_DONE)
		code = ask(job, &o);
	if (code == EXIT_DONE)
		code = write_card(job);
	portrait_clear(&job->portrait);
	free(job->picture);
	deputy_list_clear(&job->people);
	if (job->store)
		store_close(job->store);
	sodium_memzero(job, sizeof *job);
	free(job);
	return code;
}
