/* Signing in to the office's pages, and out. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/password.h"
#include "township/second_factor.h"
#include "township/web/pages.h"
#include "township/web/web.h"

/* Where to go after signing in: a path of ours, or the start. */
static const char *next_page(const char *next, const char *role)
{
	bool ours = next[0] == '/' && next[1] != '/' &&
				strspn(next, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == strlen(next);
	bool deputy = strcmp(role, "deputy") == 0;
	return ours && deputy == (strncmp(next, "/me", 3) == 0) ? next : deputy ? "/me" : "/";
}

static void sign_in_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	const char *next = rq->fields ? fields_text(rq->fields, "next") : request_query(rq, "next");
	web_begin(&h, rq, "登录", WEB_NONE);
	html_put(&h, "<div class=\"card narrow\">");
	web_problem(&h, what, remedy);
	web_form(&h, rq, "/login");
	html_put(&h, "<input type=\"hidden\" name=\"next\" value=\"%s\">", next);
	web_input(&h, &(struct web_field){.name = "user", .label = "用户名", .value = fields_text(rq->fields, "user"),
	                                  .max = 60, .required = true});
	web_input(&h, &(struct web_field){.name = "password", .label = "密码", .type = "password", .max = 200, .required = true});
	web_form_end(&h, "登录");
	html_put(&h, "<p class=\"hint\">忘记密码，请人大办负责人在“账号”里重设。</p></div>");
	web_end(&h, rq, rp, status);
}

void web_sign_in(struct request *rq, struct reply *rp)
{
	if (rq->user.id) {
		rp->status = 303;
		reply_header(rp, "Location", next_page("", rq->user.role));
	} else {
		sign_in_page(rq, rp, 200, NULL, NULL);
	}
}

void web_session_cookie(struct request *rq, struct reply *rp, const char *token, int seconds)
{
	char cookie[256];
	/* Lax, not Strict: who comes by the box's code from the phone's camera is still signed in. Forms carry their own mark. */
	snprintf(cookie, sizeof cookie, "dh_session=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", token, seconds,
	         rq->secure ? "; Secure" : "");
	reply_header(rp, "Set-Cookie", cookie);
	sodium_memzero(cookie, sizeof cookie);
}

/* Opens the session, and leads to where the user wanted to go. */
static void let_in(struct request *rq, struct reply *rp, const struct town_user *user)
{
	char token[SESSION_TOKEN_SIZE];
	int64_t expires;
	const char *client = request_header(rq, "User-Agent");
	enum err e = session_open(rq->town, user, rq->peer, client ? client : "", token, &expires);
	if (e) {
		reply_err(rp, e);
		return;
	}
	rp->status = 303;
	reply_header(rp, "Location", next_page(fields_text(rq->fields, "next"), user->role));
	web_session_cookie(rq, rp, token, SESSION_HOURS * 3600);
	sodium_memzero(token, sizeof token);
}

/* The second step: the password was right, and `ticket` says so. */
static void code_page(struct request *rq, struct reply *rp, unsigned status, const char *ticket, const char *what,
                      const char *remedy)
{
	struct html h;
	web_begin(&h, rq, "登录验证码", WEB_NONE);
	html_put(&h, "<div class=\"card narrow\">");
	web_problem(&h, what, remedy);
	web_form(&h, rq, "/login/code");
	html_put(&h, "<input type=\"hidden\" name=\"next\" value=\"%s\"><input type=\"hidden\" name=\"ticket\" value=\"%s\">",
	         fields_text(rq->fields, "next"), ticket);
	web_input(&h, &(struct web_field){.name = "code", .label = "验证码", .max = SECOND_FACTOR_INPUT_MAX, .required = true,
	                                  .hint = "手机验证器上的 6 位数字；手机不在身边，可以填一个备用码。"});
	web_form_end(&h, "登录");
	html_put(&h, "<p class=\"hint\"><a href=\"/login\">换一个账号登录</a></p></div>");
	web_end(&h, rq, rp, status);
}

static void code_step(struct request *rq, struct reply *rp, const struct town_user *user)
{
	char ticket[LOGIN_TICKET_SIZE];
	enum err e = login_ticket_make(rq->town, user->id, ticket);
	if (e)
		reply_err(rp, e);
	else
		code_page(rq, rp, 200, ticket, NULL, NULL);
}

void web_sign_in_post(struct request *rq, struct reply *rp)
{
	const char *name = fields_text(rq->fields, "user"), *password = fields_text(rq->fields, "password");
	struct town_user user = {0};
	char wait[96];
	int64_t wait_ms = 0;
	if (strlen(password) > PASSWORD_MAX_BYTES) {
		sign_in_page(rq, rp, 422, "密码太长", "请核对后再试。");
		return;
	}
	enum err e = password_check(rq->town, name, password, rq->peer, &user, &wait_ms);
	if (e == ERR_BUSY) {
		snprintf(wait, sizeof wait, "请过 %" PRId64 " 秒再试。", wait_ms / 1000 + 1);
		sign_in_page(rq, rp, 429, "密码错误次数太多", wait);
	} else if (e) {
		sign_in_page(rq, rp, 401, "用户名或密码不对", "请核对后再试；注意大小写。");
	} else if (user.second_factor) {
		code_step(rq, rp, &user);
	} else {
		let_in(rq, rp, &user);
	}
}

void web_sign_in_code(struct request *rq, struct reply *rp)
{
	const char *ticket = fields_text(rq->fields, "ticket");
	struct town_user user = {0};
	char wait[96];
	int64_t wait_ms = 0;
	enum err e = login_ticket_user(rq->town, ticket, &user);
	if (e == ERR_DENIED) {
		sign_in_page(rq, rp, 401, "登录等得太久了", "请重新填写用户名和密码。");
		return;
	}
	if (!e)
		e = second_factor_check(rq->town, &user, fields_text(rq->fields, "code"), &wait_ms);
	if (e == ERR_BUSY) {
		snprintf(wait, sizeof wait, "请过 %" PRId64 " 秒再试。", wait_ms / 1000 + 1);
		code_page(rq, rp, 429, ticket, "验证码错误次数太多", wait);
	} else if (e == ERR_DENIED) {
		code_page(rq, rp, 401, ticket, "验证码不对，或已经用过", "请等手机上换了新的数字再填；数字一直不对，请看手机的时间准不准。");
	} else if (e && e != ERR_NOT_FOUND) {
		reply_err(rp, e);
	} else {
		let_in(rq, rp, &user);
	}
}

void web_sign_out(struct request *rq, struct reply *rp)
{
	if (rq->user.id) {
		enum err e = session_close(rq->town, rq->token, rq->user.name);
		if (e) {
			reply_err(rp, e);
			return;
		}
	}
	web_redirect(rp, "/login?done=signed-out");
	web_session_cookie(rq, rp, "", 0);
}
