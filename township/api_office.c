/* The office's side: signing in, reading cases, working them. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "township/api.h"
#include "township/blobs.h"
#include "township/cases.h"
#include "township/password.h"
#include "township/second_factor.h"
#include "township/session.h"

enum { LIST_DEFAULT = 50, LIST_MAX = 500 };

static void reply_wait(struct reply *rp, int64_t wait_ms)
{
	char seconds[24];
	snprintf(seconds, sizeof seconds, "%" PRId64, wait_ms / 1000 + 1);
	reply_error(rp, 429, "too_many_wrong", "密码或验证码错误次数太多", "请稍候再试");
	reply_header(rp, "Retry-After", seconds);
}

/* False with the reply: who has a second factor gives its code besides. */
static bool second_step(struct request *rq, struct reply *rp, const struct town_user *user)
{
	const char *code = request_text(rq, "totp");
	int64_t wait_ms;
	if (!user->second_factor)
		return true;
	if (!code || !code[0]) {
		reply_error(rp, 401, "second_factor_needed", "这个账号登录还要验证码", "请在 totp 中写上手机上的 6 位验证码，或一个备用码");
		return false;
	}
	enum err e = second_factor_check(rq->town, user, code, &wait_ms);
	if (e == ERR_BUSY)
		reply_wait(rp, wait_ms);
	else if (e == ERR_DENIED)
		reply_error(rp, 401, "wrong_code", "验证码不对，或已经用过", "请等手机上换了新的验证码再试");
	else if (e && e != ERR_NOT_FOUND)
		reply_err(rp, e);
	/* Switched off a moment ago: nothing to ask for. */
	return !e || e == ERR_NOT_FOUND;
}

/* False with the reply: what must be put in order in the pages first. */
static bool account_in_order(struct request *rq, struct reply *rp, const struct town_user *user)
{
	if (strcmp(user->role, "deputy") == 0)
		reply_error(rp, 403, "role", "代表的账号只用来签到", "请用人大办的账号登录");
	else if (user->must_change)
		reply_error(rp, 403, "must_change", "这是一次性密码，要先换成自己的", "请用浏览器登录一次，换好密码");
	else if (second_factor_due(rq->town, user))
		reply_error(rp, 403, "second_factor_due", "这个账号要先设置登录验证码", "请用浏览器登录一次，设置好验证码");
	else
		return true;
	return false;
}

void api_login(struct request *rq, struct reply *rp)
{
	const char *name = request_text(rq, "user"), *password = request_text(rq, "password");
	struct town_user user = {0};
	int64_t wait_ms = 0;
	if (!name || !password || strlen(password) > PASSWORD_MAX_BYTES) {
		reply_error(rp, 422, "bad_login", "需要用户名和密码", "请填写 user 和 password");
		return;
	}
	enum err e = password_check(rq->town, name, password, rq->peer, &user, &wait_ms);
	if (e == ERR_BUSY) {
		reply_wait(rp, wait_ms);
		return;
	}
	if (e) {
		reply_error(rp, 401, "wrong_password", "用户名或密码不对",
		            "请核对后再试；忘记密码请管理员用 township user add 重设");
		return;
	}
	if (!account_in_order(rq, rp, &user) || !second_step(rq, rp, &user))
		return;
	char token[SESSION_TOKEN_SIZE];
	int64_t expires;
	e = session_open(rq->town, &user, rq->peer, NULL, token, &expires);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200,
		           json_pack("{s:s, s:s, s:I}", "token", token, "role", user.role, "expires",
		                     (json_int_t)expires));
	sodium_memzero(token, sizeof token);
}

void api_cases(struct request *rq, struct reply *rp)
{
	char today[TOWN_DATE_SIZE];
	int64_t limit, overdue;
	struct town_case_page page;
	struct town_case_filter filter = {.state = request_query(rq, "state"),
	                                  .kind = request_query(rq, "kind"),
	                                  .subject = request_query(rq, "subject"),
	                                  .deputy = request_query(rq, "deputy"),
	                                  .village = request_query(rq, "village"),
	                                  .light = request_query(rq, "light"),
	                                  .after = request_query(rq, "after"),
	                                  .q = request_query(rq, "q"),
	                                  .today = today};
	town_today(today);
	bool good = request_number(rq, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit) &&
	            request_number(rq, "overdue", 0, 1, 0, &overdue) && (!filter.q || strlen(filter.q) <= 200);
	enum err e = ERR_INVALID;
	if (good) {
		filter.limit = (int)limit;
		filter.overdue = overdue == 1;
		e = town_cases_page(rq->town->store, &filter, &page);
	}
	if (e == ERR_INVALID) {
		reply_error(rp, 400, "bad_query", "查询条件不正确",
		            "请核对 state、kind、light、overdue(0/1)、after、limit(1–500)、q");
		return;
	}
	if (e) {
		reply_err(rp, e);
		return;
	}
	reply_json(rp, 200,
	           json_pack("{s:o, s:o, s:I, s:s}", "cases", page.cases, "next",
	                     page.next[0] ? json_string(page.next) : json_null(), "count", (json_int_t)page.count, "today",
	                     today));
}

static void reply_resolve(struct reply *rp, enum err e)
{
	if (e == ERR_EXISTS)
		reply_error(rp, 409, "several", "有几件用同一个受理号", "请用件的完整编号");
	else
		reply_err(rp, e);
}

/* Reading a case is itself an act that the chain remembers: no link, no reading. */
void api_case(struct request *rq, struct reply *rp)
{
	struct town_case c;
	json_t *opened = NULL;
	enum err e = town_case_resolve(rq->town->store, rq->args[0], &c);
	if (e) {
		reply_resolve(rp, e);
		return;
	}
	e = town_begin(rq->town->store);
	if (!e)
		e = town_audit_user(rq->town, rq->user.name, "case.opened", c.id, "");
	e = town_end(rq->town->store, e);
	if (!e)
		e = case_open(rq->town, &c, &opened);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, opened);
}

static void reply_refusal(struct reply *rp, const struct town_case *c, const struct step_refusal *refusal)
{
	if (refusal->e == ERR_STATE) {
		reply_json(rp, 409,
		           json_pack("{s:{s:s, s:s, s:s}, s:s, s:o}", "error", "code", "step_not_allowed", "message",
		                     refusal->what, "remedy", refusal->remedy, "state", case_state_id(c->state),
		                     "allowed", case_allowed(c)));
	} else if (refusal->e == ERR_TOO_LONG) {
		reply_error(rp, 413, "too_long", refusal->what, refusal->remedy);
	} else {
		reply_error(rp, 422, "step_incomplete", refusal->what, refusal->remedy);
	}
}

void api_case_step(struct request *rq, struct reply *rp)
{
	struct step_order order = {.step = request_text(rq, "step"),
	                           .deputy = request_text(rq, "deputy"),
	                           .office = request_text(rq, "office"),
	                           .consent = request_text(rq, "consent"),
	                           .text = request_text(rq, "text"),
	                           .by = request_text(rq, "by"),
	                           .user = rq->user.name};
	struct town_case c;
	struct step_refusal refusal = {0};
	if (!order.step) {
		reply_error(rp, 422, "step_incomplete", "没有说明办理步骤", "请在 step 中写明");
		return;
	}
	town_lock(rq->town);
	enum err e = town_case_resolve(rq->town->store, rq->args[0], &c);
	town_unlock(rq->town);
	if (!e)
		e = case_prepare_key(rq->town, c.id);
	if (e) {
		reply_resolve(rp, e);
		return;
	}
	town_lock(rq->town);
	e = town_begin(rq->town->store);
	if (!e)
		e = town_case_get(rq->town->store, c.id, &c);
	if (!e)
		e = case_step_do(rq->town, &c, &order, &refusal);
	e = town_end(rq->town->store, e);
	town_unlock(rq->town);
	if (e && refusal.e) {
		reply_refusal(rp, &c, &refusal);
	} else if (e) {
		reply_err(rp, e);
	} else {
		rp->changed = true;
		reply_json(rp, 200,
		           json_pack("{s:s, s:s, s:i, s:s, s:s, s:o}", "case_id", c.id, "state",
		                     case_state_id(c.state), "round", c.round, "transfer_due", c.transfer_due,
		                     "answer_due", c.answer_due, "allowed", case_allowed(&c)));
	}
}

void api_office_blob(struct request *rq, struct reply *rp)
{
	char *plain;
	size_t len;
	const char *sha = rq->args[0];
	enum err e = blob_unseal(rq->town, sha, &plain, &len);
	if (e) {
		reply_err(rp, e);
		return;
	}
	town_lock(rq->town);
	e = town_begin(rq->town->store);
	if (!e)
		e = town_audit_user(rq->town, rq->user.name, "blob.opened", sha, "");
	e = town_end(rq->town->store, e);
	town_unlock(rq->town);
	if (e) {
		town_forget(plain, len);
		reply_err(rp, e);
		return;
	}
	rp->bytes = plain;
	rp->bytes_len = len;
	rp->status = 200;
	reply_header(rp, "Content-Type",
	             len > 4 && memcmp(plain, "OggS", 4) == 0 ? "audio/ogg" : "application/x-deputies-ink");
}
