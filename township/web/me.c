/* A deputy's own page, for the phone: my year, what comes next, what waits for me. */
#include "township/web/me.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/norms.h"
#include "township/attendance.h"
#include "township/proposals.h"
#include "township/web/activity_words.h"
#include "township/web/pages.h"
#include "township/web/proposal_words.h"
#include "township/web/words.h"

enum { CASES_SHOWN = 100 };

bool me_deputy(struct request *rq, struct reply *rp, char deputy[REPORT_ID_SIZE])
{
	town_lock(rq->town);
	enum err e = town_user_deputy(rq->town->store, rq->user.id, deputy);
	town_unlock(rq->town);
	if (e == ERR_NOT_FOUND)
		reply_error(rp, 403, "no_deputy", "您已经不在代表名册上", "有疑问请联系人大办");
	else if (e)
		reply_err(rp, e);
	return !e;
}

void me_begin(struct html *h, const struct request *rq, const char *title)
{
	web_begin_phone(h, rq, title);
	html_put(h, "<p class=\"crumb\"><a href=\"/me\">« 我的页面</a></p>");
}

/* All that the first page shows; read at once, under the lock. */
struct mine {
	char name[128];
	int year;
	struct town_attendance_years years;
	json_t *activities; /* this year's and the next one's */
	struct town_case_page cases;
	json_t *proposals;
};

static void mine_clear(struct mine *m)
{
	town_attendance_years_clear(&m->years);
	json_decref(m->activities);
	json_decref(m->cases.cases);
	json_decref(m->proposals);
}

static enum err mine_read(struct town *town, const char *deputy, struct mine *m)
{
	char today[TOWN_DATE_SIZE];
	int64_t now = town_now_ms();
	json_t *next = NULL;
	town_today(today);
	*m = (struct mine){.year = civil_from_ms(now).date.year};
	/* Chosen by the voter is not assigned: those are left out when they are shown. */
	struct town_case_filter filter = {.deputy = deputy, .assigned = 1, .today = today, .order = TOWN_CASES_BY_DUE, .limit = CASES_SHOWN};
	town_lock(town);
	enum err e = town_deputy_name(town->store, deputy, m->name);
	if (!e)
		e = town_attendance_year(town->store, m->year, deputy, now, &m->years);
	if (!e)
		e = town_deputy_attendance_json(town->store, deputy, m->year, now, &m->activities);
	if (!e)
		e = town_deputy_attendance_json(town->store, deputy, m->year + 1, now, &next);
	if (!e)
		e = town_cases_page(town->store, &filter, &m->cases);
	if (!e)
		e = proposals_of(town, deputy, &m->proposals);
	town_unlock(town);
	if (!e)
		json_array_extend(m->activities, next);
	json_decref(next);
	return e;
}

static void put_year(struct html *h, const struct mine *m)
{
	const struct attendance_sum *s = &m->years.items[0].all;
	int percent = attendance_percent(s), absent = s->due - s->attended - s->leave;
	html_put(h, "<section class=\"card\"><h2>%d 年参加活动</h2>", m->year);
	if (percent < 0) {
		html_put(h, "<p>今年到现在还没有请您参加的活动。</p>");
	} else {
		char words[64];
		snprintf(words, sizeof words, "参加率 %d%%，%s %d%% 的要求", percent, percent >= NORM_DEPUTY_PERCENT ? "达到" : "没有达到",
		         (int)NORM_DEPUTY_PERCENT);
		web_badge(h, percent >= NORM_DEPUTY_PERCENT ? WEB_GREEN : WEB_AMBER, words);
		html_put(h, "<ul class=\"counts\"><li><b>%d</b>应到</li><li><b>%d</b>到了</li><li><b>%d</b>其中迟到</li><li><b>%d</b>请假</li>"
		            "<li><b>%d</b>缺席</li></ul>",
		         s->due, s->attended, s->late, s->leave, absent);
	}
	html_put(h, "<p><a class=\"button\" href=\"/me/activities\">看每一次签到</a></p></section>");
}

static void put_leave_form(struct html *h, const struct request *rq, const char *activity)
{
	char path[ACTIVITY_PATH_SIZE + 32], escaped[ACTIVITY_PATH_SIZE], id[REPORT_ID_SIZE + 8];
	html_url(activity, escaped, sizeof escaped);
	snprintf(path, sizeof path, "/me/activities/%s/leave", escaped);
	snprintf(id, sizeof id, "why-%s", activity);
	html_put(h, "<details><summary>请假</summary>");
	web_form(h, rq, path);
	web_select(h, &(struct web_field){.name = "reason", .label = "原因", .id = id}, leave_reason_options);
	html_put(h, "<button>提交请假</button></form></details>");
}

static void put_coming(struct html *h, const struct request *rq, const json_t *activities, int64_t now_ms)
{
	const json_t *a;
	size_t i, shown = 0;
	char span[SPAN_SIZE];
	html_put(h, "<section class=\"card\"><h2>接下来的活动</h2>");
	json_array_foreach (activities, i, a) {
		const char *leave = web_text(a, "leave"), *seat = web_text(a, "seat");
		if (web_number(a, "ends") < now_ms || !json_is_true(json_object_get(a, "listed")))
			continue;
		shown++;
		html_put(h, "<article><h3>%s</h3><p>%s<br>%s%s%s</p>", web_text(a, "title"),
		         span_zh(web_number(a, "starts"), web_number(a, "ends"), span), web_text(a, "place"), seat[0] ? "，座位 " : "", seat);
		if (json_is_true(json_object_get(a, "cancelled")))
			web_badge(h, WEB_GREY, "已取消");
		else if (web_number(a, "at"))
			web_badge(h, WEB_GREEN, "已签到");
		else if (leave[0])
			html_put(h, "<p>请假：%s</p>", leave_state_zh(leave));
		else if (web_number(a, "starts") > now_ms)
			put_leave_form(h, rq, web_text(a, "activity"));
		html_put(h, "</article>");
	}
	if (shown == 0)
		html_put(h, "<p class=\"soft\">现在没有已经公布的活动。</p>");
	html_put(h, "</section>");
}

static void put_cases(struct html *h, const json_t *cases, const char *deputy)
{
	const json_t *c;
	size_t i, shown = 0;
	html_put(h, "<section class=\"card\"><h2>交给我的群众反映</h2>");
	json_array_foreach (cases, i, c) {
		if (strcmp(web_text(c, "assigned"), deputy) != 0)
			continue;
		html_put(h, shown++ ? "" : "<ul class=\"rows\">");
		html_put(h, "<li><a href=\"/me/cases/%s\">%s：%s %s</a><br>%s ", web_text(c, "case_id"), word_kind(web_text(c, "kind")),
		         word_subject(web_text(c, "subject")), web_text(c, "receipt"), word_state(web_text(c, "state")));
		if (web_text(c, "due")[0])
			word_due_date(h, web_text(c, "due"));
		html_put(h, "</li>");
	}
	html_put(h, shown ? "</ul>" : "<p class=\"soft\">现在没有交给您的群众反映。</p>");
	html_put(h, "</section>");
}

static void put_proposals(struct html *h, const json_t *proposals)
{
	const json_t *p;
	size_t i;
	html_put(h, "<section class=\"card\"><h2>我的建议、议案</h2>");
	if (json_array_size(proposals) == 0) {
		html_put(h, "<p class=\"soft\">还没有登记您提出或附议的建议、议案。</p></section>");
		return;
	}
	html_put(h, "<ul class=\"rows\">");
	json_array_foreach (proposals, i, p) {
		html_put(h, "<li><a href=\"/me/proposals/%s\">%s %s</a><br>%s%s ", web_text(p, "id"), web_text(p, "label"), web_text(p, "title"),
		         proposal_state_word(web_text(p, "state")), json_is_true(json_object_get(p, "mine")) ? "" : "，附议");
		if (json_is_true(json_object_get(p, "may_rate")))
			web_badge(h, WEB_AMBER, "请您评价");
		html_put(h, "</li>");
	}
	html_put(h, "</ul></section>");
}

static void me_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	struct mine m;
	char deputy[REPORT_ID_SIZE], title[160];
	if (!me_deputy(rq, rp, deputy))
		return;
	enum err e = mine_read(rq->town, deputy, &m);
	if (e) {
		mine_clear(&m);
		reply_err(rp, e);
		return;
	}
	snprintf(title, sizeof title, "%s 代表", m.name);
	web_begin_phone(&h, rq, title);
	web_problem(&h, what, remedy);
	put_coming(&h, rq, m.activities, town_now_ms());
	put_cases(&h, m.cases.cases, deputy);
	put_proposals(&h, m.proposals);
	put_year(&h, &m);
	html_put(&h, "<p><a class=\"button\" href=\"/account\">我的账号、换密码</a></p>");
	mine_clear(&m);
	web_end(&h, rq, rp, status);
}

void web_me(struct request *rq, struct reply *rp)
{
	me_page(rq, rp, 200, NULL, NULL);
}

void web_me_leave(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE];
	enum leave_reason reason;
	if (!me_deputy(rq, rp, deputy))
		return;
	if (leave_reason_parse(fields_text(rq->fields, "reason"), &reason)) {
		me_page(rq, rp, 422, "没有选择请假的原因", "请从列表中选择。");
		return;
	}
	town_lock(rq->town);
	enum err e = town_begin(rq->town->store);
	if (!e)
		e = town_end(rq->town->store, leave_ask(rq->town, rq->args[0], deputy, reason, rq->user.name));
	town_unlock(rq->town);
	rp->changed = !e;
	if (e == ERR_STATE)
		me_page(rq, rp, 409, "现在不能请假了", "活动已经开始、取消，或您已经请过假；有事请打电话给联络员。");
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/me?done=leave-asked");
}

static void put_visit(struct html *h, const json_t *a)
{
	char span[SPAN_SIZE], clock[24];
	const char *outcome = web_text(a, "outcome"), *leave = web_text(a, "leave"), *timing = web_text(a, "timing");
	int64_t at = web_number(a, "at"), out = web_number(a, "out_at");
	html_put(h, "<li><strong>%s</strong> %s<br>%s<br>", web_text(a, "title"), kind_zh(web_text(a, "kind")),
	         span_zh(web_number(a, "starts"), web_number(a, "ends"), span));
	if (json_is_true(json_object_get(a, "cancelled")))
		web_badge(h, WEB_GREY, "已取消");
	else if (outcome[0])
		web_badge(h, strcmp(outcome, "present") == 0 ? WEB_GREEN : strcmp(outcome, "absent") == 0 ? WEB_RED : WEB_AMBER, outcome_zh(outcome));
	else
		web_badge(h, WEB_GREY, "还没有到");
	if (at)
		html_put(h, " %s %s签到", clock_zh(at, clock), strcmp(timing, "unknown") == 0 ? "" : timing_zh(timing));
	if (out)
		html_put(h, "，%s 签退", clock_zh(out, clock));
	if (leave[0])
		html_put(h, " 请假：%s", leave_state_zh(leave));
	if (web_text(a, "corrected")[0])
		html_put(h, "<br><span class=\"soft\">人大办已更正，原因：%s</span>", web_text(a, "reason"));
	html_put(h, "</li>");
}

void web_me_activities(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *list;
	const json_t *a;
	size_t i;
	char deputy[REPORT_ID_SIZE], title[64];
	int64_t year, now = town_now_ms();
	if (!me_deputy(rq, rp, deputy))
		return;
	if (!request_number(rq, "year", 2000, 2200, civil_from_ms(now).date.year, &year))
		year = civil_from_ms(now).date.year;
	town_lock(rq->town);
	enum err e = town_deputy_attendance_json(rq->town->store, deputy, (int)year, now, &list);
	town_unlock(rq->town);
	if (e) {
		reply_err(rp, e);
		return;
	}
	snprintf(title, sizeof title, "%d 年的签到", (int)year);
	me_begin(&h, rq, title);
	html_put(&h, "<section class=\"card\">");
	if (json_array_size(list) == 0)
		html_put(&h, "<p class=\"soft\">这一年没有请您参加的活动。</p>");
	html_put(&h, "<ul class=\"rows\">");
	json_array_foreach (list, i, a)
		put_visit(&h, a);
	html_put(&h, "</ul></section><p class=\"bar\"><a class=\"button\" href=\"/me/activities?year=%d\">« %d 年</a>", (int)year - 1, (int)year - 1);
	if (year < civil_from_ms(now).date.year)
		html_put(&h, "<a class=\"button\" href=\"/me/activities?year=%d\">%d 年 »</a>", (int)year + 1, (int)year + 1);
	html_put(&h, "</p>");
	json_decref(list);
	web_end(&h, rq, rp, 200);
}
