/* What a deputy's phone reads from the box's code: a page that asks who it is, and signs in. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "model/phone_code.h"
#include "township/api.h"
#include "township/attendance.h"
#include "township/form.h"
#include "township/page.h"
#include "township/password.h"
#include "township/second_factor.h"
#include "township/web/web.h"

enum { LINE_SIZE = 400 };

static void refuse(struct request *rq, struct reply *rp, unsigned status, const char *title, const char *line,
                   const char *remedy)
{
	struct page page = {.mood = PAGE_BAD, .title = title, .lines = {line}, .remedy = remedy};
	page_reply(rp, status, rq->town->township, &page);
}

/* "08:52" of the room's clock. */
static void clock_text(int64_t ms, char out[16])
{
	struct civil_time t = civil_from_ms(ms);
	snprintf(out, 16, "%02d:%02d", t.hour % 24, t.minute % 60);
}

/* "3月12日 09:00 至 11:30", with the second date where it is another. */
static void span_text(const struct activity *a, char out[LINE_SIZE])
{
	struct civil_time from = civil_from_ms(a->starts_ms), until = civil_from_ms(a->ends_ms);
	char begins[16], ends[16], day[32] = "";
	clock_text(a->starts_ms, begins);
	clock_text(a->ends_ms, ends);
	if (civil_compare(from.date, until.date) != 0)
		snprintf(day, sizeof day, "%d月%d日 ", until.date.month, until.date.day);
	snprintf(out, LINE_SIZE, "%d月%d日 %s 至 %s%s", from.date.month, from.date.day, begins, day, ends);
}

/* Whose code it is and for what; false with a page that says why not. Under the town's lock. */
static bool code_good(struct request *rq, struct reply *rp, struct phone_code *code, struct activity *a)
{
	static const char again[] = "请再扫一次屏幕上的码", other[] = "请用身份证或代表证在屏幕前签到，或请联络员帮忙";
	uint8_t sig[SIGN_BYTES];
	struct town_kiosk kiosk;
	const char *text = rq->args[0];
	if (phone_code_read(text, strlen(text), code, sig)) {
		refuse(rq, rp, 404, "这个码不完整", "没有读出是哪一台屏幕的码。", again);
		return false;
	}
	enum err e = town_kiosk_by_id(rq->town->store, code->kiosk, &kiosk);
	if (e == ERR_NOT_FOUND || (!e && kiosk.revoked))
		e = ERR_DENIED;
	if (!e)
		e = phone_code_check(code, sig, kiosk.public_key, town_now_ms());
	if (!e) {
		e = town_activity_get(rq->town->store, code->activity, a);
		if (e == ERR_NOT_FOUND)
			refuse(rq, rp, 404, "没有找到这个活动", "人大办的名单里没有它。", other);
	} else if (e == ERR_DENIED) {
		refuse(rq, rp, 403, "这个码不能用", "它不是本乡代表之家的屏幕显示的。", other);
	} else if (e == ERR_TIMEOUT) {
		refuse(rq, rp, 410, "码已经换了，请再扫一次屏幕上的码", "屏幕上的码每半分钟换一次。", NULL);
	} else if (e == ERR_STATE) {
		refuse(rq, rp, 409, "屏幕的时钟不准", "这个码的时间还没有到。", other);
	}
	if (e && !rp->bytes)
		reply_err(rp, e);
	return !e;
}

/* False with a page where nobody can sign in or out now. */
static bool door_open(struct request *rq, struct reply *rp, const struct activity *a, int64_t now_ms)
{
	char line[LINE_SIZE], opens[16];
	enum activity_phase phase = activity_phase_at(a, now_ms);
	struct civil_time t = civil_from_ms(a->starts_ms - (int64_t)a->opens_min * 60000);
	struct page page = {.mood = PAGE_PLAIN, .lines = {a->title, line}};
	span_text(a, line);
	if (a->cancelled) {
		page.title = "活动已经取消";
		page.remedy = "不用签到。有疑问请问联络员";
	} else if (phase == ACTIVITY_AHEAD) {
		clock_text(a->starts_ms - (int64_t)a->opens_min * 60000, opens);
		page.title = "还没有开始签到";
		snprintf(line, sizeof line, "签到从 %d月%d日 %s 开始", t.date.month, t.date.day, opens);
		page.remedy = "请到时候再扫屏幕上的码";
	} else if (phase == ACTIVITY_OVER) {
		page.title = "活动已经结束";
		page.remedy = "没有来得及签到的，请找联络员";
	} else {
		return true;
	}
	page_reply(rp, 409, rq->town->township, &page);
	return false;
}

static void ask(struct request *rq, struct reply *rp, unsigned status, const struct activity *a, const char *title,
                const char *wrong, const char *name)
{
	char line[LINE_SIZE];
	struct page page = {.mood = wrong ? PAGE_BAD : PAGE_ASKS,
	                    .title = title,
	                    .lines = {a->title, line, a->place},
	                    .remedy = wrong,
	                    .form = true,
	                    .name = name};
	span_text(a, line);
	if (!a->place[0])
		page.lines[2] = NULL;
	page_reply(rp, status, rq->town->township, &page);
}

/* The phone is signed in as a deputy who may go on: one touch is enough. */
static bool knows_deputy(const struct request *rq)
{
	return rq->user.id && strcmp(rq->user.role, "deputy") == 0 && !rq->user.must_change &&
	       !second_factor_due(rq->town, &rq->user);
}

/* Asks whether it is the deputy whom the phone knows. */
static void ask_touch(struct request *rq, struct reply *rp, const struct activity *a)
{
	char line[LINE_SIZE], deputy[REPORT_ID_SIZE], name[128], title[160];
	struct page page = {.mood = PAGE_ASKS, .title = title, .lines = {a->title, line, a->place[0] ? a->place : NULL}, .form = true,
	                    .csrf = rq->csrf};
	enum err e = town_user_deputy(rq->town->store, rq->user.id, deputy);
	if (!e)
		e = town_deputy_name(rq->town->store, deputy, name);
	if (e) {
		ask(rq, rp, 200, a, "代表签到", NULL, NULL);
		return;
	}
	span_text(a, line);
	snprintf(title, sizeof title, "%s 代表，请确认签到", name);
	page_reply(rp, 200, rq->town->township, &page);
}

void api_phone_page(struct request *rq, struct reply *rp)
{
	struct phone_code code;
	struct activity a;
	if (!code_good(rq, rp, &code, &a) || !door_open(rq, rp, &a, town_now_ms()))
		return;
	if (knows_deputy(rq))
		ask_touch(rq, rp, &a);
	else
		ask(rq, rp, 200, &a, "代表签到", NULL, NULL);
}

/* What became of it, with the time and the activity. */
static void told(struct request *rq, struct reply *rp, const struct activity *a, const char *name,
                 enum presented what, const struct attendance_standing *s)
{
	static const char *const timings[TIMING_COUNT] = {"早到", "准时", "迟到", ""};
	char when[LINE_SIZE], how[LINE_SIZE], clock[16];
	struct page page = {.mood = PAGE_GOOD, .lines = {name, a->title, when, how}, .link = true};
	bool out = what == PRESENTED_SIGN_OUT || what == PRESENTED_ALREADY_OUT;
	clock_text(out ? s->out_ms : s->in.at_ms, clock);
	snprintf(when, sizeof when, "%s %s", out ? "签退时间" : "签到时间", out || s->in.clock_ok ? clock : "没有记准");
	snprintf(how, sizeof how, "%s%s%s%s", timings[s->in.timing], s->listed ? "" : " 列席", s->seat[0] ? " 座位 " : "",
	         s->seat);
	switch (what) {
	case PRESENTED_SIGN_IN:
		page.title = "签到成功";
		page.remedy = a->signs_out ? "结束时请再扫一次屏幕上的码，办理签退" : "可以入座了，屏幕上会显示您的名字";
		break;
	case PRESENTED_ALREADY:
		page.title = "您已经签到了";
		page.remedy = "不用再签，可以入座了";
		break;
	case PRESENTED_SIGN_OUT:
		page.title = "签退成功";
		page.remedy = "可以离开了";
		break;
	default:
		page.title = "您已经签退了";
		page.remedy = "不用再签";
		break;
	}
	page_reply(rp, 200, rq->town->township, &page);
}

/* Records it; the code was good a moment ago and is looked at again, since the password took its time. */
static void sign_in(struct request *rq, struct reply *rp, const struct town_user *user)
{
	struct phone_code code;
	struct activity a;
	struct attendance_standing standing = {0};
	enum presented what = PRESENTED_ALREADY;
	char deputy[REPORT_ID_SIZE], name[128] = "", object[REPORT_ID_SIZE * 2];
	int64_t now = town_now_ms();
	enum err e = town_user_deputy(rq->town->store, user->id, deputy);
	if (e == ERR_NOT_FOUND) {
		refuse(rq, rp, 403, "这个账号不是代表本人的", "只有代表本人的账号可以签到。", "请用您自己的账号，或用身份证在屏幕前签到");
		return;
	}
	if (e) {
		reply_err(rp, e);
		return;
	}
	if (!code_good(rq, rp, &code, &a) || !door_open(rq, rp, &a, now))
		return;
	e = town_begin(rq->town->store);
	if (!e)
		e = town_deputy_name(rq->town->store, deputy, name);
	if (!e)
		e = attendance_by_phone(rq->town, &a, deputy, code.kiosk, now, &what, &standing);
	bool recorded = what == PRESENTED_SIGN_IN || what == PRESENTED_SIGN_OUT;
	if (!e && recorded) {
		snprintf(object, sizeof object, "%s/%s", a.id, deputy);
		e = town_audit_user(rq->town, user->name,
		                    what == PRESENTED_SIGN_IN ? "attendance.signed_in" : "attendance.signed_out", object,
		                    code.kiosk);
	}
	e = town_end(rq->town->store, e);
	rp->changed = !e && recorded;
	if (e)
		reply_err(rp, e);
	else if (what == PRESENTED_NOT_YET || what == PRESENTED_OVER || what == PRESENTED_CANCELLED)
		refuse(rq, rp, 409, "活动已经结束", a.title, "没有来得及签到的，请找联络员");
	else
		told(rq, rp, &a, name, what, &standing);
}

static void wrong_password(struct request *rq, struct reply *rp, const struct activity *a, enum err e,
                           const char *name, int64_t wait_ms)
{
	char seconds[24], line[LINE_SIZE];
	if (e != ERR_BUSY) {
		ask(rq, rp, 403, a, "账号或密码不对", "请核对后再试。忘了密码，请用身份证在屏幕前签到", name);
		return;
	}
	snprintf(seconds, sizeof seconds, "%" PRId64, wait_ms / 1000 + 1);
	snprintf(line, sizeof line, "请等 %s 秒以后再试。", seconds);
	refuse(rq, rp, 429, "密码错的次数太多", line, "也可以用身份证或代表证在屏幕前签到");
	reply_header(rp, "Retry-After", seconds);
}

/* From now on the phone knows whose it is: "my page" needs no password again, and the next code one touch. Who has a second factor
 * has shown a password and the box's changing code, which is enough to sign in here, but not for what is on that page. */
static void remember(struct request *rq, struct reply *rp, const struct town_user *user)
{
	char token[SESSION_TOKEN_SIZE];
	int64_t expires;
	const char *client = request_header(rq, "User-Agent");
	if (rp->status != 200 || user->second_factor)
		return;
	if (session_open(rq->town, user, rq->peer, client ? client : "", token, &expires) == ERR_OK)
		web_session_cookie(rq, rp, token, SESSION_HOURS * 3600);
	sodium_memzero(token, sizeof token);
}

/* One touch by whoever the phone knows: the form must be ours. */
static void touched(struct request *rq, struct reply *rp, const struct activity *a, const char *mark)
{
	if (!knows_deputy(rq) || strlen(mark) != sizeof rq->csrf - 1 || sodium_memcmp(mark, rq->csrf, sizeof rq->csrf - 1) != 0) {
		ask(rq, rp, 403, a, "请再登录一次", "手机上的登录已经结束，请填写账号和密码", NULL);
		return;
	}
	town_lock(rq->town);
	sign_in(rq, rp, &rq->user);
	town_unlock(rq->town);
}

void api_phone_sign_in(struct request *rq, struct reply *rp)
{
	struct phone_code code;
	struct activity a;
	struct town_user user = {0};
	char name[256] = "", password[PASSWORD_MAX_BYTES + 1] = "", mark[64] = "";
	int64_t wait_ms = 0;
	town_lock(rq->town);
	bool good = code_good(rq, rp, &code, &a) && door_open(rq, rp, &a, town_now_ms());
	town_unlock(rq->town);
	if (!good)
		return;
	if (form_value(rq->form, rq->form_len, "csrf", mark, sizeof mark) == ERR_OK) {
		touched(rq, rp, &a, mark);
		return;
	}
	enum err e = form_value(rq->form, rq->form_len, "name", name, sizeof name);
	if (!e)
		e = form_value(rq->form, rq->form_len, "password", password, sizeof password);
	if (e || !name[0] || !password[0]) {
		ask(rq, rp, 422, &a, "请填写账号和密码", "两项都要填写", e ? NULL : name);
	} else {
		e = password_check(rq->town, name, password, rq->peer, &user, &wait_ms);
		if (e == ERR_DENIED || e == ERR_BUSY) {
			wrong_password(rq, rp, &a, e, name, wait_ms);
		} else if (e) {
			reply_err(rp, e);
		} else {
			town_lock(rq->town);
			sign_in(rq, rp, &user);
			town_unlock(rq->town);
			remember(rq, rp, &user);
		}
	}
	sodium_memzero(password, sizeof password);
}
