/* Who asks: a kiosk by its bearer token, the office's terminal by its own, a browser by its cookie. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/http_internal.h"
#include "township/second_factor.h"

enum { CSRF_BYTES = 16 };

static bool refuse_role(struct http_call *call)
{
	reply_error(&call->rp, 403, "role", "您的账号没有这个权限", "请由有权限的人办理");
	return false;
}

static bool role_is(const struct request *rq, const char *role)
{
	return strcmp(rq->user.role, role) == 0;
}

/* The mark that a user's forms carry. It is the user's, not the session's: what was typed while a session ended can be sent
 * after signing in again. Whoever forges a form does not know the key. */
static void csrf_of(const struct town *town, const char *user, char out[33])
{
	uint8_t mark[CSRF_BYTES];
	crypto_generichash_state state;
	crypto_generichash_init(&state, town->keys->sign_secret, crypto_generichash_KEYBYTES, sizeof mark);
	crypto_generichash_update(&state, (const uint8_t *)"DHF1", 4);
	crypto_generichash_update(&state, (const uint8_t *)user, strlen(user));
	crypto_generichash_final(&state, mark, sizeof mark);
	sodium_bin2hex(out, 33, mark, sizeof mark);
	sodium_memzero(&state, sizeof state);
}

/* A page's user by the cookie; nobody is ERR_OK too, with user.id 0. */
static enum err cookie_user(struct request *rq)
{
	const char *token = MHD_lookup_connection_value(rq->call->connection, MHD_COOKIE_KIND, "dh_session");
	rq->user = (struct town_user){0};
	if (!token || strlen(token) != SESSION_TOKEN_SIZE - 1)
		return ERR_OK;
	/* What a page fetches by itself is not somebody at work. */
	const char *mode = request_header(rq, "Sec-Fetch-Mode");
	town_lock(rq->town);
	enum err e = session_user(rq->town, token, !mode || strcmp(mode, "navigate") == 0, &rq->user);
	town_unlock(rq->town);
	if (e) {
		rq->user = (struct town_user){0};
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	memcpy(rq->token, token, SESSION_TOKEN_SIZE);
	csrf_of(rq->town, rq->user.name, rq->csrf);
	return ERR_OK;
}

/* Where a user is held until it is done: a password that was for once, a second factor that the township asks for. */
static const char *held_at(const struct request *rq)
{
	return rq->user.must_change                          ? "/account/password"
	       : second_factor_due(rq->town, &rq->user)      ? "/account/second-factor"
	                                                     : NULL;
}

/* To the page that asks for name and password, and back to this one where it can be asked for again. What was typed is not
 * thrown away: the browser still has it one step back. */
static bool send_to_sign_in(struct http_call *call)
{
	if (strcmp(call->rq.method, "GET") != 0) {
		reply_error(&call->rp, 401, "signed_out", "登录已经结束，刚才的内容还没有提交",
		            "请另开一个窗口重新登录，再回到这个窗口，返回上一页，重新提交；填好的内容还在");
		return false;
	}
	char where[300] = "/login";
	if (strcmp(call->rq.path, "/") != 0 &&
	    strspn(call->rq.path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") ==
	        strlen(call->rq.path))
		snprintf(where, sizeof where, "/login?next=%.250s", call->rq.path);
	call->rp.status = 303;
	reply_header(&call->rp, "Location", where);
	return false;
}

void auth_know(struct http_call *call)
{
	if (cookie_user(&call->rq))
		call->rq.user = (struct town_user){0};
}

static bool page_allows(struct http_call *call)
{
	struct request *rq = &call->rq;
	enum auth auth = call->route->auth;
	enum err e = cookie_user(rq);
	if (e) {
		reply_err(&call->rp, e);
		return false;
	}
	if (auth == AUTH_PAGE_ANY)
		return true;
	if (rq->user.id == 0)
		return send_to_sign_in(call);
	if (auth == AUTH_PAGE_SELF)
		return true;
	const char *held = held_at(rq);
	if (held) {
		call->rp.status = 303;
		reply_header(&call->rp, "Location", held);
		return false;
	}
	if (role_is(rq, "deputy") && strcmp(rq->path, "/") == 0) { /* typed in without more */
		call->rp.status = 303;
		reply_header(&call->rp, "Location", "/me");
		return false;
	}
	if (role_is(rq, "deputy") != (auth == AUTH_PAGE_DEPUTY) || (auth >= AUTH_PAGE_CLERK && role_is(rq, "readonly")) ||
	    (auth == AUTH_PAGE_HEAD && !role_is(rq, "head")))
		return refuse_role(call);
	return true;
}

/* Whose token it is. That a kiosk was heard of is noted, by its batch where it sends one: that is written anyway. */
static enum err bearer(struct request *rq, const struct route *route, const char *token)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	digest_of(token, strlen(token), hash);
	town_lock(rq->town);
	enum err e = route->auth == AUTH_KIOSK ? town_kiosk_by_token(rq->town->store, hash, &rq->kiosk)
	                                       : session_user(rq->town, token, true, &rq->user);
	if (!e && route->auth == AUTH_KIOSK && !rq->kiosk.revoked && route->body != BODY_BATCH)
		e = town_kiosk_contact(rq->town->store, rq->kiosk.id, town_now_ms());
	town_unlock(rq->town);
	return e;
}

bool auth_allows(struct http_call *call)
{
	struct request *rq = &call->rq;
	enum auth auth = call->route->auth;
	if (auth == AUTH_NONE)
		return true;
	if (auth >= AUTH_PAGE_ANY)
		return page_allows(call);
	const char *header = request_header(rq, "Authorization");
	enum err e = ERR_NOT_FOUND;
	if (header && strncmp(header, "Bearer ", 7) == 0 && header[7])
		e = bearer(rq, call->route, header + 7);
	if (e && e != ERR_NOT_FOUND) {
		reply_err(&call->rp, e);
		return false;
	}
	if (e || (auth == AUTH_KIOSK && rq->kiosk.revoked)) {
		bool revoked = !e;
		reply_error(&call->rp, 401, revoked ? "revoked" : "unauthorized",
		            revoked ? "这台机器已被停用" : "没有登录，或登录已失效",
		            auth == AUTH_KIOSK ? "请人大办重新登记这台机器" : "请重新登录");
		reply_header(&call->rp, "WWW-Authenticate", "Bearer");
		return false;
	}
	if (auth == AUTH_KIOSK && strncmp(call->route->path, "/v1/kiosks/", 11) == 0 &&
	    strcmp(rq->args[0], rq->kiosk.id) != 0) {
		reply_error(&call->rp, 403, "other_kiosk", "这是另一台机器的地址", "请用本机的编号");
		return false;
	}
	/* A deputy's account is for the deputy's own pages alone. */
	if ((auth >= AUTH_OFFICE && role_is(rq, "deputy")) || (auth >= AUTH_CLERK && role_is(rq, "readonly")) ||
	    (auth == AUTH_HEAD && !role_is(rq, "head")))
		return refuse_role(call);
	/* What holds somebody back in the pages does so here: a cookie's token is good for the calls too. */
	if (auth >= AUTH_OFFICE && held_at(rq)) {
		reply_error(&call->rp, 403, "account_not_ready", "这个账号还要先换密码，或先设置登录验证码", "请用浏览器登录一次，办好以后再试");
		return false;
	}
	return true;
}

/* Whether the browser says that the form was sent from another site's page. Old browsers say nothing. */
static bool from_elsewhere(const struct request *rq)
{
	const char *site = request_header(rq, "Sec-Fetch-Site");
	const char *origin = request_header(rq, "Origin"), *host = request_header(rq, "Host");
	if (site)
		return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
	const char *from = origin ? strstr(origin, "://") : NULL;
	return origin && (!from || !host || strcmp(from + 3, host) != 0);
}

bool auth_form_ours(struct http_call *call)
{
	const struct request *rq = &call->rq;
	const char *mark = fields_text(rq->fields, "csrf");
	/* Before anybody signed in there is no session to know a form by. */
	bool ours = !from_elsewhere(rq) && (rq->user.id == 0 || (strlen(mark) == sizeof rq->csrf - 1 &&
	                                                          sodium_memcmp(mark, rq->csrf, sizeof rq->csrf - 1) == 0));
	if (!ours)
		reply_error(&call->rp, 403, "form_stale", "这张表单不是您现在的账号打开的，什么也没有改动",
		            "请返回，刷新页面后再填写提交");
	return ours;
}
