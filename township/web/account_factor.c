/* One's own second factor: set up by a first code, its recovery codes shown once, switched off by password and code. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/password.h"
#include "township/second_factor.h"
#include "township/web/account.h"
#include "township/web/pages.h"
#include "township/web/qr.h"

enum { QR_PX = 240, URI_SIZE = 1200 };

/* What an app reads: the key, and what it is to show beside the digits. */
static void key_uri(const struct request *rq, const char *key_text, char out[URI_SIZE])
{
	char issuer[400], user[200], key[TOTP_TEXT_SIZE], name[200];
	size_t n = 0;
	for (const char *p = key_text; *p; p++)
		if (*p != ' ')
			key[n++] = *p;
	key[n] = '\0';
	snprintf(name, sizeof name, "%s人大办", rq->town->township);
	html_url(name, issuer, sizeof issuer);
	html_url(rq->user.name, user, sizeof user);
	snprintf(out, URI_SIZE, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30", issuer, user, key, issuer);
	sodium_memzero(key, sizeof key);
}

static void set_up_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	uint8_t key[TOTP_KEY_BYTES];
	char text[TOTP_TEXT_SIZE], uri[URI_SIZE];
	enum err e = second_factor_begin(rq->town, &rq->user, key);
	if (e) {
		reply_err(rp, e);
		return;
	}
	totp_text(key, text);
	key_uri(rq, text, uri);
	account_begin(&h, rq, "开启登录验证码");
	html_put(&h, "<div class=\"card\">");
	if (second_factor_due(rq->town, &rq->user))
		html_put(&h, "<p class=\"warn\">按本乡的规定，您的账号要先开启登录验证码，再接着使用。</p>");
	web_problem(&h, what, remedy);
	html_put(&h, "<p>开启以后，登录时除了密码，还要填手机上的 6 位数字。密码被人知道了，也登录不进来。</p>"
	             "<h2>一、用手机上的验证器扫这个码</h2><p class=\"soft\">验证器是手机上的一个小程序或应用（如微信里的“腾讯身份验证器”、"
	             "Microsoft Authenticator），不用联网。</p>");
	web_qr(&h, uri, QR_PX, "验证器的密钥");
	html_put(&h, "<p>扫不了码，可以在验证器里手工输入密钥：<br><strong class=\"key\">%s</strong></p><h2>二、填手机上显示的 6 位数字</h2>", text);
	html_put(&h, "<div class=\"short\">");
	web_form(&h, rq, "/account/second-factor");
	web_input(&h, &(struct web_field){.name = "code", .label = "验证码", .max = SECOND_FACTOR_INPUT_MAX, .required = true});
	web_form_end(&h, "开启");
	html_put(&h, "</div></div>");
	sodium_memzero(key, sizeof key);
	sodium_memzero(text, sizeof text);
	sodium_memzero(uri, sizeof uri);
	web_end(&h, rq, rp, status);
}

static void off_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	account_begin(&h, rq, "登录验证码");
	html_put(&h, "<div class=\"card narrow\"><p>");
	web_badge(&h, WEB_GREEN, "已开启");
	html_put(&h, " 登录时除了密码，还要手机上的 6 位数字。</p><h2>关闭</h2>");
	web_problem(&h, what, remedy);
	html_put(&h, "<p class=\"soft\">换手机、备用码快用完时，先关闭，再重新开启，会得到新的密钥和备用码。</p>");
	web_form(&h, rq, "/account/second-factor/off");
	web_input(&h, &(struct web_field){.name = "password", .label = "密码", .type = "password", .required = true});
	web_input(&h, &(struct web_field){.name = "code", .label = "验证码", .max = SECOND_FACTOR_INPUT_MAX, .required = true,
	                                  .hint = "手机上的 6 位数字，或一个备用码。"});
	html_put(&h, "<button class=\"danger\">关闭登录验证码</button></form><p><a href=\"/account\">不关闭，返回</a></p></div>");
	web_end(&h, rq, rp, status);
}

void web_account_factor(struct request *rq, struct reply *rp)
{
	if (rq->user.second_factor)
		off_page(rq, rp, 200, NULL, NULL);
	else
		set_up_page(rq, rp, 200, NULL, NULL);
}

static void codes_page(struct request *rq, struct reply *rp, char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	struct html h;
	char today[TOWN_DATE_SIZE];
	town_today(today);
	account_begin(&h, rq, "请收好备用码");
	html_put(&h, "<p class=\"done noprint\" role=\"status\">✓ 登录验证码已开启</p><div class=\"card\"><p>手机丢了、坏了，可以用备用码代替验证码登录，"
	             "<strong>每个只能用一次</strong>。这一页只显示这一次，请抄下来或打印出来，放在只有自己知道的地方。</p><ol class=\"codes\">");
	for (int i = 0; i < RECOVERY_CODES; i++)
		html_put(&h, "<li>%s</li>", codes[i]);
	html_put(&h, "</ol><p class=\"soft\">%s，%s，%s</p></div><p class=\"bar noprint\"><button type=\"button\" data-print>打印</button>"
	             "<a class=\"button main\" href=\"%s\">我收好了，继续</a></p>",
	         rq->town->township, rq->user.name, today, strcmp(rq->user.role, "deputy") == 0 ? "/me" : "/");
	web_end(&h, rq, rp, 200);
}

void web_account_factor_post(struct request *rq, struct reply *rp)
{
	char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE], wait[64];
	int64_t wait_ms = 0;
	if (rq->user.second_factor) {
		web_redirect(rp, "/account/second-factor");
		return;
	}
	enum err e = second_factor_confirm(rq->town, &rq->user, fields_text(rq->fields, "code"), codes, &wait_ms);
	if (e == ERR_DENIED)
		set_up_page(rq, rp, 422, "验证码不对", "请看手机上现在的 6 位数字，再填一遍；一直不对，请看手机的时间准不准。");
	else if (e == ERR_BUSY)
		set_up_page(rq, rp, 429, "验证码错误次数太多", account_wait(wait_ms, wait));
	else if (e == ERR_NOT_FOUND)
		web_redirect(rp, "/account/second-factor");
	else if (e)
		reply_err(rp, e);
	else
		codes_page(rq, rp, codes);
	sodium_memzero(codes, sizeof codes);
}

void web_account_factor_off(struct request *rq, struct reply *rp)
{
	struct town_user user;
	char wait[64];
	const char *password = fields_text(rq->fields, "password");
	int64_t wait_ms = 0;
	bool secret_right = false;
	enum err e = strlen(password) > PASSWORD_MAX_BYTES ? ERR_DENIED
	                                                   : password_check(rq->town, rq->user.name, password, rq->peer, &user, &wait_ms);
	if (!e) {
		secret_right = true;
		e = second_factor_check(rq->town, &rq->user, fields_text(rq->fields, "code"), &wait_ms);
	}
	if (!e)
		e = second_factor_off(rq->town, &rq->user, rq->user.name);
	if (e == ERR_DENIED)
		off_page(rq, rp, 422, secret_right ? "验证码不对，或已经用过" : "密码不对", "请核对后再填一遍，验证码没有关闭。");
	else if (e == ERR_BUSY)
		off_page(rq, rp, 429, "错误次数太多", account_wait(wait_ms, wait));
	else if (e && e != ERR_NOT_FOUND)
		reply_err(rp, e);
	else
		web_redirect(rp, "/account?done=factor-off");
}
