/* One activity: what it is, whether it was announced in time, who is invited and who came, and what may be done now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/web/activity_words.h"
#include "township/web/pages.h"

struct opened {
	struct town_plan plan;
	json_t *people, *publications, *corrections, *photos, *flags; /* NULL for a plan */
	struct town_minutes minutes;
	bool has_minutes;
};

static void opened_clear(struct opened *o)
{
	json_decref(o->people);
	json_decref(o->publications);
	json_decref(o->corrections);
	json_decref(o->photos);
	json_decref(o->flags);
	town_minutes_clear(&o->minutes);
	town_plan_clear(&o->plan);
	free(o);
}

static enum err read_published(struct town *town, struct opened *o)
{
	const char *id = o->plan.activity.id;
	enum err e = town_activity_people_json(town->store, id, &o->people);
	if (!e)
		e = town_publications_json(town->store, id, &o->publications);
	if (!e)
		e = town_corrections_json(town->store, id, &o->corrections);
	if (!e)
		e = town_photos_json(town->store, id, &o->photos);
	if (!e)
		e = town_flags_json(town->store, &o->flags);
	if (!e) {
		e = town_minutes_get(town->store, id, &o->minutes);
		o->has_minutes = !e;
		e = e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	return e;
}

static enum err open_activity(struct town *town, const char *id, struct opened **opened)
{
	struct opened *o = calloc(1, sizeof *o);
	enum err e = o ? town_plan_get(town->store, id, &o->plan) : ERR_NOMEM;
	if (!e && !o->plan.draft)
		e = read_published(town, o);
	if (e && o)
		opened_clear(o);
	else
		*opened = o;
	return e;
}

/* ---- what it is ---- */

static void put_facts(struct html *h, const struct opened *o)
{
	const struct activity *a = &o->plan.activity;
	char span[SPAN_SIZE], clock[24];
	html_put(h,
	         "<section class=\"card\"><h2>活动</h2><dl class=\"facts\"><dt>类别</dt><dd>%s</dd><dt>时间</dt><dd>%s</dd><dt>地点</dt>"
	         "<dd>%s</dd><dt>签到</dt><dd>从 %s 起，活动开始后 %d 分钟内算准时%s</dd><dt>法定人数</dt><dd>%d 人%s</dd></dl>",
	         kind_zh(activity_kind_id(a->kind)), span_zh(a->starts_ms, a->ends_ms, span), a->place[0] ? a->place : "未定",
	         web_time(a->starts_ms - a->opens_min * 60000LL, clock), a->grace_min, a->signs_out ? "；结束时要签退" : "",
	         activity_quorum(a, (int)o->plan.invited.count), a->quorum ? "" : "（名单的过半数）");
	if (o->plan.agenda[0]) {
		html_put(h, "<h3>议程</h3>");
		html_paragraphs(h, o->plan.agenda);
	}
	html_put(h, "</section>");
}

/* ---- announced ---- */

static void put_notice(struct html *h, const struct request *rq, const struct opened *o)
{
	const struct activity *a = &o->plan.activity;
	struct notice n = notice_check(&rq->town->notice, a->kind, a->starts_ms, town_now_ms());
	char path[ACTIVITY_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>公布</h2>");
	if (n.in_time)
		html_put(h, "<p>应提前 %d 天公布：最晚 <strong>%s</strong>。</p>", n.days, n.latest);
	else
		html_put(h, "<p class=\"warn\">应提前 %d 天公布，最晚应在 %s。现在公布，提前的天数不足。</p>", n.days, n.latest);
	if (!n.in_time && web_may_write(rq) && !web_is_head(rq))
		html_put(h, "<p>请改到以后的日子；确实紧急的，由人大办负责人写明原因后公布。</p>");
	if (o->plan.invited.count == 0)
		html_put(h, "<p>还没有参加人员，请先修改，把小组、层级或代表加入名单。</p>");
	if (web_may_write(rq) && o->plan.invited.count > 0 && (n.in_time || web_is_head(rq))) {
		web_form(h, rq, activity_path(a->id, "/publish", path));
		if (!n.in_time)
			web_area(h,
			         &(struct web_field){.name = "late_reason",
			                             .label = "提前天数不足的原因",
			                             .value = fields_text(rq->fields, "late_reason"),
			                             .hint = "会留在活动和公布证明上",
			                             .max = 300,
			                             .required = true},
			         3);
		web_form_end(h, "公布");
	}
	if (web_may_write(rq)) {
		html_put(h, "<p class=\"bar\"><a class=\"button\" href=\"%s\">修改</a></p>", activity_path(a->id, "/edit", path));
		web_button(h, rq, activity_path(a->id, "/drop", path), "删除计划", true);
	}
	html_put(h, "</section>");
}

static void put_publication(struct html *h, const json_t *p)
{
	char when[24], span[SPAN_SIZE];
	const char *what = web_text(p, "what"), *reason = web_text(p, "late_reason"), *who = web_text(p, "who");
	html_put(h, "<li><strong>%s</strong> %s <span class=\"soft\">%s</span>",
	         strcmp(what, "published") == 0   ? "公布"
	         : strcmp(what, "cancelled") == 0 ? "取消"
	                                          : "改动后重新公布",
	         web_time(web_number(p, "at"), when), strncmp(who, "user:", 5) == 0 ? who + 5 : "从文件导入");
	html_put(h, "<br>%s，%s，邀请 %d 人", span_zh(web_number(p, "starts"), web_number(p, "ends"), span), web_text(p, "place"),
	         (int)web_number(p, "invited"));
	if (web_number(p, "notice_days") > 0) {
		html_put(h, "<br>");
		if (json_is_true(json_object_get(p, "in_time")))
			web_badge(h, WEB_GREEN, "提前天数够");
		else
			web_badge(h, WEB_AMBER, "提前天数不足");
		html_put(h, " <span class=\"soft\">应提前 %d 天</span>", (int)web_number(p, "notice_days"));
		if (reason[0])
			html_put(h, "<br>原因：%s", reason);
	}
	html_put(h, "<br><span class=\"soft\">审计记录第 %d 号</span></li>", (int)web_number(p, "link"));
}

static void put_history(struct html *h, const struct opened *o)
{
	const json_t *p;
	size_t i;
	html_put(h, "<section class=\"card\"><h2>公布的经过</h2>");
	if (json_array_size(o->publications) == 0)
		html_put(h, "<p class=\"soft\">公布在系统记录这一项以前。</p>");
	html_put(h, "<ol class=\"timeline\">");
	json_array_foreach (o->publications, i, p)
		put_publication(h, p);
	html_put(h, "</ol></section>");
}

static void put_actions(struct html *h, const struct request *rq, const struct opened *o)
{
	const struct activity *a = &o->plan.activity;
	enum activity_phase phase = activity_phase_at(a, town_now_ms());
	char path[ACTIVITY_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>状态</h2><p>");
	if (a->cancelled)
		web_badge(h, WEB_GREY, "已取消");
	else if (phase == ACTIVITY_AHEAD)
		web_badge(h, WEB_GREEN, "已公布");
	else if (phase == ACTIVITY_OPEN)
		web_badge(h, WEB_AMBER, "正在签到");
	else
		web_badge(h, WEB_GREY, "已结束");
	html_put(h, "</p><p class=\"bar\">");
	if (phase != ACTIVITY_AHEAD && !a->cancelled)
		html_put(h, "<a class=\"button main\" href=\"%s\">看实时签到</a>", activity_path(a->id, "/live", path));
	html_put(h, "<a class=\"button\" href=\"%s\">打印签到表</a>", activity_path(a->id, "/roll", path));
	html_put(h, "<a class=\"button\" href=\"%s\">公布证明</a>", activity_path(a->id, "/proof", path));
	if (web_may_write(rq) && !a->cancelled && phase < ACTIVITY_LINGERING)
		html_put(h, "<a class=\"button\" href=\"%s\">修改</a>", activity_path(a->id, "/edit", path));
	html_put(h, "</p>");
	if (web_may_write(rq) && !a->cancelled && phase < ACTIVITY_LINGERING)
		web_button(h, rq, activity_path(a->id, "/cancel", path), "取消活动", true);
	html_put(h, "</section>");
}

/* ---- who ---- */

static void put_leave_state(struct html *h, const struct request *rq, const struct opened *o, const json_t *person)
{
	const json_t *leave = json_object_get(person, "leave");
	const char *state = web_text(leave, "state");
	if (!json_is_object(leave))
		return;
	html_put(h, "%s ", leave_reason_zh(web_text(leave, "reason")));
	bool asked = strcmp(state, "asked") == 0;
	web_badge(h, asked ? WEB_AMBER : strcmp(state, "granted") == 0 ? WEB_GREEN : WEB_GREY, leave_state_zh(state));
	if (asked && web_may_write(rq))
		put_leave_buttons(h, rq, o->plan.activity.id, web_text(person, "deputy"), "activity");
}

static void put_person(struct html *h, const struct request *rq, const struct opened *o, const json_t *p, int n, bool ended)
{
	char path[ACTIVITY_PATH_SIZE];
	const char *name = web_text(p, "name");
	html_put(h, "<tr><td class=\"seq\">%d</td><th scope=\"row\"><a href=\"%s\">%s</a>", n,
	         person_path(o->plan.activity.id, web_text(p, "deputy"), path), name[0] ? name : web_text(p, "deputy"));
	if (!json_is_true(json_object_get(p, "listed")))
		html_put(h, " <span class=\"soft\">列席</span>");
	html_put(h, "</th><td data-label=\"座位\">%s</td><td data-label=\"签到\">", web_text(p, "seat"));
	put_record(h, p);
	html_put(h, "</td><td data-label=\"请假\">");
	put_leave_state(h, rq, o, p);
	html_put(h, "</td><td data-label=\"计为\">");
	put_outcome(h, p, ended);
	html_put(h, "</td></tr>");
}

static void put_people(struct html *h, const struct request *rq, const struct opened *o)
{
	const struct activity *a = &o->plan.activity;
	bool ended = a->ends_ms <= town_now_ms();
	int invited = 0, present = 0, counted = 0;
	const json_t *p;
	size_t i;
	json_array_foreach (o->people, i, p) {
		const char *outcome = person_outcome(p, ended);
		if (!json_is_true(json_object_get(p, "listed")))
			continue;
		invited++;
		present += json_is_object(json_object_get(p, "attendance"));
		counted += strcmp(outcome, "present") == 0 || strcmp(outcome, "late") == 0;
	}
	html_put(h, "<h2 id=\"people\">参加人员</h2><p>应到 %d 人，签到 %d 人", invited, present);
	if (counted != present)
		html_put(h, "，更正后实到 %d 人", counted);
	html_put(h, "，法定 %d 人。", activity_quorum(a, invited));
	if (web_may_write(rq) && !a->cancelled)
		html_put(h, "<span class=\"soft\"> 点姓名可以办理请假，或者更正出席。</span>");
	html_put(h, "</p><div class=\"scroll\"><table class=\"cards\"><thead><tr><th class=\"seq\">序</th><th>姓名</th><th>座位</th>"
	            "<th>签到</th><th>请假</th><th>计为</th></tr></thead><tbody>");
	json_array_foreach (o->people, i, p)
		put_person(h, rq, o, p, (int)i + 1, ended && !a->cancelled);
	html_put(h, "</tbody></table></div>");
}

static void put_guests_of_plan(struct html *h, const struct opened *o, const json_t *deputies)
{
	const struct town_invitees *list = &o->plan.invited;
	html_put(h, "<h2 id=\"people\">参加人员</h2>");
	if (list->count == 0) {
		html_put(h, "<p class=\"card empty\">名单还是空的</p>");
		return;
	}
	html_put(h, "<div class=\"scroll\"><table><thead><tr><th class=\"seq\">序</th><th>姓名</th><th>小组</th><th>座位</th></tr></thead><tbody>");
	for (size_t i = 0; i < list->count; i++) {
		const json_t *d = json_object_get(deputies, list->items[i].deputy);
		html_put(h, "<tr><td class=\"seq\">%d</td><th scope=\"row\">%s</th><td>%s</td><td>%s</td></tr>", (int)i + 1,
		         web_text(d, "name"), web_text(d, "group"), list->items[i].seat);
	}
	html_put(h, "</tbody></table></div>");
}

/* ---- afterwards ---- */

static void put_corrections(struct html *h, const struct opened *o)
{
	char when[24], path[ACTIVITY_PATH_SIZE];
	const json_t *c;
	size_t i;
	if (json_array_size(o->corrections) == 0)
		return;
	html_put(h, "<section class=\"card\"><h2>更正的记录</h2><ol class=\"timeline\">");
	json_array_foreach (o->corrections, i, c) {
		html_put(h, "<li><a href=\"%s\">%s</a>：计为“%s”<br>%s<br><span class=\"soft\">%s %s</span></li>",
		         person_path(o->plan.activity.id, web_text(c, "deputy"), path), web_text(c, "name"),
		         outcome_zh(web_text(c, "counts")), web_text(c, "reason"), web_time(web_number(c, "at"), when),
		         web_text(c, "user"));
	}
	html_put(h, "</ol></section>");
}

static void put_flags(struct html *h, const struct opened *o)
{
	const json_t *f;
	size_t i, shown = 0;
	char path[ACTIVITY_PATH_SIZE];
	const char *id = o->plan.activity.id;
	json_array_foreach (o->flags, i, f) {
		if (strcmp(web_text(f, "activity"), id) != 0)
			continue;
		if (shown++ == 0)
			html_put(h, "<section class=\"card\"><h2>签到中要留意的</h2><ul>");
		html_put(h, "<li><a href=\"%s\">%s</a>：%s</li>", person_path(id, web_text(f, "deputy"), path),
		         web_text(f, "name")[0] ? web_text(f, "name") : web_text(f, "deputy"), flag_zh(web_text(f, "what")));
	}
	if (shown)
		html_put(h, "</ul></section>");
}

static void put_minutes(struct html *h, const struct request *rq, const struct opened *o)
{
	char when[24], path[ACTIVITY_PATH_SIZE];
	const struct town_minutes *m = &o->minutes;
	html_put(h, "<section class=\"card\"><h2 id=\"minutes\">纪要</h2>");
	if (o->has_minutes) {
		html_paragraphs(h, m->text);
		html_put(h, "<p class=\"soft\">记录：%s。", m->recorder);
		if (m->final_ms > 0)
			html_put(h, "%s 由 %s 定稿。</p>", web_time(m->final_ms, when), m->final_by);
		else
			html_put(h, "草稿，%s 由 %s 保存。</p>", web_time(m->changed_ms, when), m->changed_by);
	} else {
		html_put(h, "<p class=\"soft\">还没有纪要。</p>");
	}
	if (web_may_write(rq) || o->has_minutes)
		html_put(h, "<p><a class=\"button\" href=\"%s\">%s</a></p>", activity_path(o->plan.activity.id, "/minutes", path),
		         !web_may_write(rq) || (o->has_minutes && m->final_ms > 0) ? "看纪要和补充" : o->has_minutes ? "改纪要" : "写纪要");
	html_put(h, "</section>");
}

static void put_photos(struct html *h, const struct request *rq, const struct opened *o)
{
	char path[ACTIVITY_PATH_SIZE];
	int there = 0;
	const json_t *p;
	size_t i;
	const char *id = o->plan.activity.id;
	html_put(h, "<section class=\"card\"><h2 id=\"photos\">照片</h2><div class=\"photos\">");
	json_array_foreach (o->photos, i, p) {
		if (!json_is_null(json_object_get(p, "removed")))
			continue;
		there++;
		html_put(h, "<figure><img src=\"%s/%s\" alt=\"%s\" width=\"%d\" height=\"%d\" loading=\"lazy\"><figcaption>%s</figcaption></figure>",
		         activity_path(id, "/photos", path), web_text(p, "id"),
		         web_text(p, "caption")[0] ? web_text(p, "caption") : "活动照片", (int)web_number(p, "width"),
		         (int)web_number(p, "height"), web_text(p, "caption"));
	}
	html_put(h, "</div>");
	if (!there)
		html_put(h, "<p class=\"soft\">还没有照片。</p>");
	if (web_may_write(rq))
		html_put(h, "<p><a class=\"button\" href=\"%s\">%s</a></p>", activity_path(id, "/photos", path),
		         there ? "管理照片" : "加照片");
	html_put(h, "</section>");
}

/* ---- the page ---- */

static void show_plan(struct html *h, const struct request *rq, const struct opened *o)
{
	json_t *deputies = NULL;
	if (town_deputies_brief_json(rq->town->store, &deputies)) /* the page stands without the names too */
		deputies = json_object();
	html_put(h, "<div class=\"columns\"><div>");
	put_facts(h, o);
	put_guests_of_plan(h, o, deputies);
	html_put(h, "</div><div>");
	put_notice(h, rq, o);
	html_put(h, "</div></div>");
	json_decref(deputies);
}

void show_activity(struct request *rq, struct reply *rp, const char *id, unsigned status, const struct plan_refusal *why)
{
	struct html h;
	struct opened *o;
	enum err e = open_activity(rq->town, id, &o);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, o->plan.activity.title, WEB_ACTIVITIES);
	html_put(&h, "<p class=\"crumb\"><a href=\"/activities\">« 活动</a></p>");
	if (why)
		web_problem(&h, why->what, why->remedy);
	if (o->plan.draft) {
		show_plan(&h, rq, o);
	} else {
		html_put(&h, "<div class=\"columns\"><div>");
		put_facts(&h, o);
		put_minutes(&h, rq, o);
		put_photos(&h, rq, o);
		html_put(&h, "</div><div>");
		put_actions(&h, rq, o);
		put_flags(&h, o);
		put_history(&h, o);
		put_corrections(&h, o);
		html_put(&h, "</div></div>");
		put_people(&h, rq, o);
	}
	web_end(&h, rq, rp, status);
	opened_clear(o);
}

void web_activity(struct request *rq, struct reply *rp)
{
	show_activity(rq, rp, rq->args[0], 200, NULL);
}

/* ---- publish, call off, throw away ---- */

/* Goes on to `path` of web_redirect with the id in it, or back to the activity's page with what was wrong. */
static void answer(struct request *rq, struct reply *rp, enum err e, const struct plan_refusal *why, const char *done)
{
	if (!e)
		web_redirect(rp, "/activities/%s?done=%s", rq->args[0], done);
	else if (why->what[0] && e != ERR_NOT_FOUND)
		show_activity(rq, rp, rq->args[0], refusal_status(e), why);
	else
		reply_err(rp, e);
}

void web_activity_publish(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	char reason[TOWN_REASON_SIZE];
	struct town_plan *plan = malloc(sizeof *plan);
	enum err e = plan ? ERR_OK : ERR_NOMEM;
	if (!e && form_text(rq, "late_reason", true, reason, sizeof reason))
		e = plan_refuse(&why, ERR_INVALID, "原因太长", "请写短一些，三百字以内");
	if (!e)
		e = town_plan_get(rq->town->store, rq->args[0], plan);
	if (!e) {
		e = plan_publish(rq->town, plan, rq->user.name, web_is_head(rq), reason, &why);
		town_plan_clear(plan);
	}
	rp->changed = !e;
	answer(rq, rp, e, &why, "published");
	free(plan);
}

void web_activity_cancel(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	enum err e = plan_cancel(rq->town, rq->args[0], rq->user.name, &why);
	rp->changed = !e;
	answer(rq, rp, e, &why, "cancelled");
}

void web_activity_drop(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	enum err e = plan_drop(rq->town, rq->args[0], rq->user.name, &why);
	if (e)
		answer(rq, rp, e, &why, "");
	else
		web_redirect(rp, "/activities?done=dropped");
}
