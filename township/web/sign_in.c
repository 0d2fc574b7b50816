/* Signing in to the office's pages, and out. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/password.h"
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

static void set_cookie(struct request *rq, struct reply *rp, const char *token, int seconds)
{
	char cookie[256];
	/* Lax, not Strict: who comes by the box's code from the phone's camera is still signed in. Forms carry their own mark. */
	snprintf(cookie, sizeof cookie, "dh_session=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", token, seconds,
	         rq->secure ? "; Secure" : "");
	reply_header(rp, "Set-Cookie", cookie);
	sodium_memzero(cookie, sizeof cookie);
}

void web_sign_in_post(struct request *rq, struct reply *rp)
{
	const char *name = fields_text(rq->fields, "user"), *password = fields_text(rq->fields, "password");
	struct town_user user = {0};
	char token[SESSION_TOKEN_SIZE], wait[96];
	int64_t wait_ms = 0, expires;
	if (strlen(password) > PASSWORD_MAX_BYTES) {
		sign_in_page(rq, rp, 422, "密码太长", "请核对后再试。");
		return;
	}
	enum err e = password_check(rq->town, name, password, rq->peer, &user, &wait_ms);
	if (e == ERR_BUSY) {
		snprintf(wait, sizeof wait, "请过 %" PRId64 " 秒再试。", wait_ms / 1000 + 1);
		sign_in_page(rq, rp, 429, "密码错误次数太多", wait);
		return;
	}
	if (e) {
		sign_in_page(rq, rp, 401, "用户名或密码不对", "请核对后再试；注意大小写。");
		return;
	}
	e = session_open(rq->town, &user, rq->peer, token, &expires);
	if (e) {
		reply_err(rp, e);
		return;
	}
	rp->status = 303;
	reply_header(rp, "Location", next_page(fields_text(rq->fields, "next"), user.role));
	set_cookie(rq, rp, token, SESSION_HOURS * 3600);
	sodium_memzero(token, sizeof token);
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
	set_cookie(rq, rp, "", 0);
}
