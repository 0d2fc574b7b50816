/* One deputy at one activity: leave, and what the attendance counts as. The record of the door is never written over. */
#include <string.h>

#include "township/web/activity_words.h"
#include "township/web/pages.h"

/* Whoever stands on the activity's list, or is known at least; NULL in *person: neither. New reference. */
static enum err find_person(struct request *rq, json_t **person, json_t **corrections)
{
	json_t *people = NULL;
	const json_t *p;
	size_t i;
	char name[128];
	*person = NULL;
	enum err e = town_activity_people_json(rq->town->store, rq->args[0], &people);
	if (e)
		return e;
	json_array_foreach (people, i, p)
		if (strcmp(web_text(p, "deputy"), rq->args[1]) == 0)
			*person = json_incref((json_t *)(uintptr_t)p);
	json_decref(people);
	/* Leave of somebody who was taken off the list again. */
	if (!*person && !town_deputy_name(rq->town->store, rq->args[1], name))
		*person = json_pack("{s:s, s:s, s:s, s:b, s:n, s:n, s:n}", "deputy", rq->args[1], "name", name, "seat", "", "listed", 0,
		                    "leave", "attendance", "correction");
	if (!*person)
		return ERR_NOT_FOUND;
	e = town_corrections_json(rq->town->store, rq->args[0], corrections);
	if (e)
		json_decref(*person);
	return e;
}

static void put_leave(struct html *h, const struct request *rq, const struct activity *a, const json_t *p)
{
	char path[ACTIVITY_PATH_SIZE];
	const json_t *leave = json_object_get(p, "leave");
	const char *state = web_text(leave, "state");
	html_put(h, "<section class=\"card\"><h2>请假</h2>");
	if (json_is_object(leave)) {
		html_put(h, "<p>事由：%s ", leave_reason_zh(web_text(leave, "reason")));
		web_badge(h, strcmp(state, "asked") == 0 ? WEB_AMBER : strcmp(state, "granted") == 0 ? WEB_GREEN : WEB_GREY,
		          leave_state_zh(state));
		html_put(h, "</p>");
	} else {
		html_put(h, "<p class=\"soft\">没有请假。</p>");
	}
	if (web_may_write(rq) && !a->cancelled) {
		web_form(h, rq, person_path(a->id, web_text(p, "deputy"), path));
		if (!json_is_object(leave))
			web_select(h, &(struct web_field){.name = "leave_reason", .label = "口头请假的事由"}, leave_reason_options);
		html_put(h, "<p class=\"bar\">");
		if (strcmp(state, "granted") != 0)
			html_put(h, "<button name=\"act\" value=\"grant\">%s</button>", json_is_object(leave) ? "准假" : "记下并准假");
		if (json_is_object(leave) && strcmp(state, "refused") != 0)
			html_put(h, "<button name=\"act\" value=\"refuse\">不准</button>");
		html_put(h, "</p></form>");
	}
	html_put(h, "</section>");
}

static void put_history(struct html *h, const json_t *corrections, const char *deputy)
{
	char when[24];
	const json_t *c;
	size_t i;
	json_array_foreach (corrections, i, c) {
		if (strcmp(web_text(c, "deputy"), deputy) != 0)
			continue;
		html_put(h, "<li>更正为“%s”：%s<br><span class=\"soft\">%s %s</span></li>", outcome_zh(web_text(c, "counts")),
		         web_text(c, "reason"), web_time(web_number(c, "at"), when), web_text(c, "user"));
	}
}

static void put_correction(struct html *h, const struct request *rq, const struct activity *a, const json_t *p,
                           const json_t *corrections)
{
	char path[ACTIVITY_PATH_SIZE];
	bool ended = a->ends_ms <= town_now_ms();
	html_put(h, "<section class=\"card\"><h2>出席</h2><dl class=\"facts\"><dt>签到的记录</dt><dd>");
	put_record(h, p);
	html_put(h, "</dd><dt>计为</dt><dd>");
	put_outcome(h, p, ended && !a->cancelled);
	html_put(h, "</dd></dl><ol class=\"timeline\">");
	put_history(h, corrections, web_text(p, "deputy"));
	html_put(h, "</ol>");
	if (web_may_write(rq) && !a->cancelled && activity_phase_at(a, town_now_ms()) != ACTIVITY_AHEAD) {
		html_put(h, "<h3>更正</h3><p class=\"soft\">签到的记录不会改动，更正写在它旁边，统计按更正后的算。</p>");
		web_form(h, rq, person_path(a->id, web_text(p, "deputy"), path));
		html_put(h, "<div class=\"field\"><label for=\"f-counts\">应当计为</label><select id=\"f-counts\" name=\"counts\">");
		for (const struct web_option *o = outcome_options; o->value; o++)
			html_put(h, "<option value=\"%s\"%s>%s</option>", o->value,
			         strcmp(o->value, fields_text(rq->fields, "counts")) == 0 ? " selected" : "", o->label);
		if (json_is_object(json_object_get(p, "correction")))
			html_put(h, "<option value=\"recorded\">恢复原来的记录</option>");
		html_put(h, "</select></div>");
		web_area(h, &(struct web_field){.name = "reason", .label = "原因", .value = fields_text(rq->fields, "reason"),
		                                .hint = "如：忘带身份证，已当面核实", .max = 300, .required = true}, 2);
		html_put(h, "<p><button class=\"main\" name=\"act\" value=\"correct\">更正</button></p></form>");
	}
	html_put(h, "</section>");
}

static void show(struct request *rq, struct reply *rp, unsigned status, const struct plan_refusal *why)
{
	struct html h;
	struct activity a;
	char path[ACTIVITY_PATH_SIZE], span[SPAN_SIZE];
	json_t *person = NULL, *corrections = NULL;
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	if (!e)
		e = find_person(rq, &person, &corrections);
	if (e) {
		reply_err(rp, e);
		return;
	}
	const char *name = web_text(person, "name"), *seat = web_text(person, "seat");
	web_begin(&h, rq, name[0] ? name : rq->args[1], WEB_ACTIVITIES);
	html_put(&h, "<p class=\"crumb\"><a href=\"%s\">« %s</a></p>", activity_path(a.id, "", path), a.title);
	if (why)
		web_problem(&h, why->what, why->remedy);
	html_put(&h, "<p>%s%s%s%s%s</p><div class=\"columns\"><div>", span_zh(a.starts_ms, a.ends_ms, span), a.place[0] ? "，" : "",
	         a.place, seat[0] ? "，座位 " : "", seat);
	put_correction(&h, rq, &a, person, corrections);
	html_put(&h, "</div><div>");
	put_leave(&h, rq, &a, person);
	html_put(&h, "</div></div>");
	web_end(&h, rq, rp, status);
	json_decref(person);
	json_decref(corrections);
}

void web_activity_person(struct request *rq, struct reply *rp)
{
	show(rq, rp, 200, NULL);
}

static enum err decide(struct request *rq, bool grant, struct plan_refusal *why)
{
	struct town_leave leave;
	enum leave_reason reason = LEAVE_OTHER;
	const char *given = fields_text(rq->fields, "leave_reason");
	if (given[0] && leave_reason_parse(given, &reason))
		return plan_refuse(why, ERR_INVALID, "没有选请假的事由", "请选一个事由");
	enum err e = leave_decided(rq->town, rq->args[0], rq->args[1], grant ? LEAVE_GRANTED : LEAVE_REFUSED, reason,
	                           rq->user.name, &leave);
	return e == ERR_NOT_FOUND ? plan_refuse(why, ERR_STATE, "这位代表没有请假", "不用办理") : e;
}

void web_activity_person_post(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	struct activity a;
	char reason[TOWN_REASON_SIZE], name[128];
	const char *act = fields_text(rq->fields, "act"), *back = fields_text(rq->fields, "back"), *done = "corrected";
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	/* Leave may be of somebody whom no roster knows; a new one is granted to deputies alone. */
	if (!e && strcmp(act, "correct") == 0) {
		e = form_text(rq, "reason", true, reason, sizeof reason)
		        ? plan_refuse(&why, ERR_INVALID, "原因太长", "请写短一些，三百字以内")
		        : attendance_correct(rq->town, a.id, rq->args[1], fields_text(rq->fields, "counts"), reason, rq->user.name, &why);
	} else if (!e && (strcmp(act, "grant") == 0 || strcmp(act, "refuse") == 0)) {
		bool grant = act[0] == 'g';
		done = grant ? "leave-granted" : "leave-refused";
		if (fields_has(rq->fields, "leave_reason"))
			e = town_deputy_name(rq->town->store, rq->args[1], name);
		if (!e)
			e = decide(rq, grant, &why);
		rp->changed = !e;
	} else if (!e) {
		e = plan_refuse(&why, ERR_INVALID, "没有选要办什么", "请按页面上的按钮办理");
	}
	if (e && why.what[0])
		show(rq, rp, refusal_status(e), &why);
	else if (e)
		reply_err(rp, e);
	else if (strcmp(back, "leaves") == 0)
		web_redirect(rp, "/activities/leaves?done=%s", done);
	else if (strcmp(back, "activity") == 0)
		web_redirect(rp, "/activities/%s?done=%s", a.id, done);
	else
		web_redirect(rp, "/activities/%s/people/%s?done=%s", a.id, rq->args[1], done);
}
