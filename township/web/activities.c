/* The year's activities, planned, coming and past; who asked for leave; what is to be looked at. */
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "township/web/activity_words.h"
#include "township/web/pages.h"

enum { LIST_MAX = 500, YEAR_FIRST = 2000, YEAR_LAST = 2100 };

static void put_drafts(struct html *h, const json_t *drafts)
{
	char span[SPAN_SIZE], path[ACTIVITY_PATH_SIZE];
	const json_t *d;
	size_t i;
	if (json_array_size(drafts) == 0)
		return;
	html_put(h, "<h2>计划中，还没有公布</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th>时间</th><th>名称</th>"
	            "<th>类别</th><th>地点</th><th class=\"n\">名单</th><th>最后修改</th></tr></thead><tbody>");
	json_array_foreach (drafts, i, d) {
		html_put(h,
		         "<tr><td data-label=\"时间\">%s</td><th scope=\"row\"><a href=\"%s\">%s</a></th><td data-label=\"类别\">%s"
		         "</td><td data-label=\"地点\">%s</td><td class=\"n\" data-label=\"名单\">%d 人</td><td data-label=\"最后修改\">%s</td></tr>",
		         span_zh(web_number(d, "starts"), web_number(d, "ends"), span), activity_path(web_text(d, "id"), "", path), web_text(d, "title"),
		         kind_zh(web_text(d, "kind")), web_text(d, "place"), (int)web_number(d, "invited"), web_text(d, "changed_by"));
	}
	html_put(h, "</tbody></table></div>");
}

static void put_state(struct html *h, const json_t *a, int64_t now_ms)
{
	if (json_is_true(json_object_get(a, "cancelled")))
		web_badge(h, WEB_GREY, "已取消");
	else if (web_number(a, "ends") <= now_ms)
		web_badge(h, WEB_GREY, "已结束");
	else if (web_number(a, "starts") <= now_ms)
		web_badge(h, WEB_AMBER, "正在进行");
	else
		web_badge(h, WEB_GREEN, "已公布");
}

static void put_activity(struct html *h, const json_t *a, int64_t now_ms)
{
	char span[SPAN_SIZE], path[ACTIVITY_PATH_SIZE];
	int present = (int)web_number(a, "present"), counted = (int)web_number(a, "counted");
	html_put(h,
	         "<tr><td data-label=\"时间\">%s</td><th scope=\"row\"><a href=\"%s\">%s</a></th><td data-label=\"类别\">%s</td>"
	         "<td data-label=\"地点\">%s</td><td class=\"n\" data-label=\"应到\">%d</td><td class=\"n\" data-label=\"实到\">%d",
	         span_zh(web_number(a, "starts"), web_number(a, "ends"), span), activity_path(web_text(a, "id"), "", path), web_text(a, "title"),
	         kind_zh(web_text(a, "kind")), web_text(a, "place"), (int)web_number(a, "invited"), counted);
	if (counted != present)
		html_put(h, "<br><span class=\"soft\">签到 %d</span>", present);
	html_put(h, "</td><td class=\"n\" data-label=\"请假\">%d</td><td data-label=\"状态\">", (int)web_number(a, "on_leave"));
	put_state(h, a, now_ms);
	html_put(h, "</td></tr>");
}

static bool is_shown(const json_t *a, const char *kind, int64_t until_ms, bool over, int64_t now_ms)
{
	return web_number(a, "starts") < until_ms && (web_number(a, "ends") <= now_ms) == over &&
	       (!kind[0] || strcmp(web_text(a, "kind"), kind) == 0);
}

/* Those ahead by their start, those that are over from the last one back. */
static void put_part(struct html *h, const json_t *list, const char *title, const char *kind, int64_t until_ms, bool over)
{
	int64_t now_ms = town_now_ms();
	size_t count = json_array_size(list), shown = 0;
	html_put(h, "<h2>%s</h2>", title);
	for (size_t i = 0; i < count; i++) {
		const json_t *a = json_array_get(list, over ? count - 1 - i : i);
		if (!is_shown(a, kind, until_ms, over, now_ms))
			continue;
		if (shown++ == 0)
			html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>时间</th><th>名称</th><th>类别</th><th>地点</th>"
			            "<th class=\"n\">应到</th><th class=\"n\">实到</th><th class=\"n\">请假</th><th>状态</th></tr></thead><tbody>");
		put_activity(h, a, now_ms);
	}
	html_put(h, shown ? "</tbody></table></div>" : "<p class=\"card empty\">没有</p>");
}

static int waiting_leaves(const json_t *leaves)
{
	int waiting = 0;
	const json_t *l;
	size_t i;
	json_array_foreach (leaves, i, l)
		waiting += strcmp(web_text(l, "state"), "asked") == 0;
	return waiting;
}

static void put_filter(struct html *h, int year, const char *kind)
{
	char text[16];
	snprintf(text, sizeof text, "%d", year);
	html_put(h, "<form class=\"bar\" method=\"get\" action=\"/activities\">");
	web_input(h, &(struct web_field){.name = "year", .label = "年份", .value = text, .type = "number"});
	html_put(h, "<div class=\"field\"><label for=\"f-kind\">类别</label><select id=\"f-kind\" name=\"kind\"><option value=\"\">全部</option>");
	for (const struct web_option *o = kind_options; o->value; o++)
		html_put(h, "<option value=\"%s\"%s>%s</option>", o->value, strcmp(o->value, kind) == 0 ? " selected" : "", o->label);
	html_put(h, "</select></div><button>查看</button></form>");
}

void web_activities(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *list = NULL, *drafts = NULL, *leaves = NULL;
	const char *wanted = request_query(rq, "kind"), *kind = wanted ? wanted : "";
	int64_t year;
	char title[48];
	if (!request_number(rq, "year", YEAR_FIRST, YEAR_LAST, civil_from_ms(town_now_ms()).date.year, &year)) {
		reply_error(rp, 400, "bad_query", "年份不正确", "请填写四位数的年份");
		return;
	}
	enum err e = town_activities_json(rq->town->store, civil_to_ms((struct civil_date){(int)year, 1, 1}), LIST_MAX, &list);
	if (!e)
		e = town_drafts_json(rq->town->store, &drafts);
	if (!e)
		e = town_leaves_json(rq->town->store, &leaves);
	if (e) {
		reply_err(rp, e);
	} else {
		int64_t until_ms = civil_to_ms((struct civil_date){(int)year + 1, 1, 1});
		int waiting = waiting_leaves(leaves);
		web_begin(&h, rq, "活动", WEB_ACTIVITIES);
		html_put(&h, "<p class=\"bar\">");
		if (web_may_write(rq))
			html_put(&h, "<a class=\"button main\" href=\"/activities/new\">计划新活动</a>");
		html_put(&h, "<a class=\"button\" href=\"/activities/leaves\">请假");
		if (waiting)
			html_put(&h, "（%d 件待批）", waiting);
		html_put(&h, "</a><a class=\"button\" href=\"/activities/flags\">要留意的</a></p>");
		put_filter(&h, (int)year, kind);
		put_drafts(&h, drafts);
		put_part(&h, list, "即将举行", kind, until_ms, false);
		snprintf(title, sizeof title, "%d 年已结束", (int)year);
		put_part(&h, list, title, kind, until_ms, true);
		web_end(&h, rq, rp, 200);
	}
	json_decref(list);
	json_decref(drafts);
	json_decref(leaves);
}

/* ---- leave ---- */

void put_leave_buttons(struct html *h, const struct request *rq, const char *activity, const char *deputy,
                       const char *back)
{
	char path[ACTIVITY_PATH_SIZE];
	web_form(h, rq, person_path(activity, deputy, path));
	html_put(h, "<input type=\"hidden\" name=\"back\" value=\"%s\"><p class=\"bar\"><button name=\"act\" value=\"grant\">准假</button>"
	            "<button name=\"act\" value=\"refuse\">不准</button></p></form>",
	         back);
}

static void put_leave(struct html *h, const struct request *rq, const json_t *l)
{
	char day[24], asked[24], path[ACTIVITY_PATH_SIZE], person[ACTIVITY_PATH_SIZE];
	const char *state = web_text(l, "state"), *name = web_text(l, "name");
	bool waits = strcmp(state, "asked") == 0;
	html_put(h,
	         "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th><td data-label=\"活动\"><a href=\"%s\">%s"
	         "</a><br><span class=\"soft\">%s</span></td><td data-label=\"事由\">%s</td><td data-label=\"提出\">%s</td><td data-label=\"结果\">",
	         person_path(web_text(l, "activity"), web_text(l, "deputy"), person), name[0] ? name : web_text(l, "deputy"),
	         activity_path(web_text(l, "activity"), "", path), web_text(l, "title")[0] ? web_text(l, "title") : web_text(l, "activity"), web_time(web_number(l, "starts"), day),
	         leave_reason_zh(web_text(l, "reason")), web_time(web_number(l, "at"), asked));
	web_badge(h, waits ? WEB_AMBER : strcmp(state, "granted") == 0 ? WEB_GREEN : WEB_GREY, leave_state_zh(state));
	if (web_text(l, "decided_by")[0])
		html_put(h, " <span class=\"soft\">%s</span>", web_text(l, "decided_by"));
	if (waits && web_may_write(rq))
		put_leave_buttons(h, rq, web_text(l, "activity"), web_text(l, "deputy"), "leaves");
	html_put(h, "</td></tr>");
}

void web_activity_leaves(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *list = NULL;
	const json_t *l;
	size_t i;
	enum err e = town_leaves_json(rq->town->store, &list);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "请假", WEB_ACTIVITIES);
	html_put(&h, "<p class=\"crumb\"><a href=\"/activities\">« 活动</a></p>");
	if (json_array_size(list) == 0) {
		html_put(&h, "<p class=\"card empty\">还没有人请假</p>");
	} else {
		html_put(&h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>代表</th><th>活动</th><th>事由</th><th>提出</th>"
		             "<th>结果</th></tr></thead><tbody>");
		json_array_foreach (list, i, l)
			put_leave(&h, rq, l);
		html_put(&h, "</tbody></table></div>");
	}
	web_end(&h, rq, rp, 200);
	json_decref(list);
}

/* ---- what is to be looked at ---- */

void web_activity_flags(struct request *rq, struct reply *rp)
{
	struct html h;
	char when[24], path[ACTIVITY_PATH_SIZE];
	json_t *list = NULL;
	const json_t *f;
	size_t i;
	enum err e = town_flags_json(rq->town->store, &list);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "签到中要留意的", WEB_ACTIVITIES);
	html_put(&h, "<p class=\"crumb\"><a href=\"/activities\">« 活动</a></p><p class=\"soft\">签到都照样记下了；这里列出的请核对，有误的在活动里更正。</p>");
	if (json_array_size(list) == 0) {
		html_put(&h, "<p class=\"card empty\">没有要留意的</p>");
	} else {
		html_put(&h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>时间</th><th>代表</th><th>什么事</th><th>活动</th>"
		             "<th>机器</th></tr></thead><tbody>");
		json_array_foreach (list, i, f) {
			const char *activity = web_text(f, "activity");
			html_put(&h, "<tr><td data-label=\"时间\">%s</td><th scope=\"row\">%s</th><td data-label=\"什么事\">%s</td><td data-label=\"活动\">",
			         web_time(web_number(f, "at"), when),
			         web_text(f, "name")[0] ? web_text(f, "name") : web_text(f, "deputy"), flag_zh(web_text(f, "what")));
			if (web_text(f, "title")[0])
				html_put(&h, "<a href=\"%s\">%s</a>", person_path(activity, web_text(f, "deputy"), path), web_text(f, "title"));
			else
				html_put(&h, "%s", activity[0] ? activity : "—");
			html_put(&h, "</td><td data-label=\"机器\">%s</td></tr>", web_text(f, "kiosk_name"));
		}
		html_put(&h, "</tbody></table></div>");
	}
	web_end(&h, rq, rp, 200);
	json_decref(list);
}
