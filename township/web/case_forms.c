/* What the office does to a case: only what the rules allow is offered. */
#include <stdio.h>
#include <string.h>

#include "township/cases.h"
#include "township/store_activity_papers.h"
#include "township/villages.h"
#include "township/web/case_page.h"
#include "township/web/pages.h"
#include "township/web/step_form.h"
#include "township/web/words.h"

enum { NAMES_OFFERED = 400 };

static void open_step(struct html *h, const struct request *rq, const json_t *c, const char *step, const char *title)
{
	char action[80];
	snprintf(action, sizeof action, "/cases/%.40s/%s", web_text(c, "case_id"),
	         strcmp(step, "send_back") == 0 ? "send-back" : "steps");
	step_open(h, rq, action, step, title);
}

static void put_note(struct html *h, const struct request *rq, const char *step)
{
	char id[32];
	snprintf(id, sizeof id, "text-%s", step);
	web_area(h, &(struct web_field){.name = "text", .id = id, .label = "说明（反映人凭小票能看到）", .value = step_typed(rq, step, "text", ""),
	                                .max = 4000}, 2);
}

/* The names to choose from while typing; a county's thousands are typed, or pasted by number. */
static void put_names(struct html *h, const struct request *rq)
{
	json_t *deputies = NULL, *one;
	const char *id;
	town_lock(rq->town);
	enum err e = town_deputies_brief_json(rq->town->store, &deputies);
	town_unlock(rq->town);
	if (e)
		return;
	html_put(h, "<datalist id=\"deputies\">");
	json_object_foreach (deputies, id, one) {
		if (json_object_size(deputies) <= NAMES_OFFERED && !json_is_true(json_object_get(one, "left")))
			html_put(h, "<option value=\"%s\">%s</option>", web_text(one, "name"), web_text(one, "group"));
	}
	html_put(h, "</datalist>");
	json_decref(deputies);
}

static void put_assign(struct html *h, const struct request *rq, const json_t *c)
{
	open_step(h, rq, c, "assign", "交给代表办理");
	put_names(h, rq);
	web_input(h, &(struct web_field){.name = "deputy", .label = "代表的姓名或编号", .required = true, .max = 60, .list = "deputies",
	                                 .value = step_typed(rq, "assign", "deputy", web_text(c, "deputy_name")),
	                                 .hint = "代表听取、记录、解释、转达，并把答复带给反映人；不直接处理。"});
	put_note(h, rq, "assign");
	step_close(h, "交给这位代表");
}

static void put_transfer(struct html *h, const struct request *rq, const json_t *c)
{
	open_step(h, rq, c, "transfer", "交办：转交政府部门");
	web_input(h, &(struct web_field){.name = "office", .label = "承办单位", .required = true, .max = 60,
	                                 .value = step_typed(rq, "transfer", "office", web_text(c, "office"))});
	put_note(h, rq, "transfer");
	step_close(h, "交办");
}

static void put_extend(struct html *h, const struct request *rq, const json_t *c)
{
	open_step(h, rq, c, "extend", "延期一次（一个月）");
	web_area(h, &(struct web_field){.name = "consent", .label = "主席团的同意", .required = true, .max = 4000,
	                                .value = step_typed(rq, "extend", "consent", ""),
	                                .hint = "写明哪次会议、哪一天同意，或文号。没有主席团同意不能延期。"}, 2);
	step_close(h, "延期");
}

static void put_talk(struct html *h, const struct request *rq, const json_t *c)
{
	open_step(h, rq, c, "talk", "记录面谈");
	web_input(h, &(struct web_field){.name = "by", .id = "by-talk", .label = "谁去谈的", .max = 60,
	                                 .value = step_typed(rq, "talk", "by", web_text(c, "assigned_name"))});
	web_area(h, &(struct web_field){.name = "text", .id = "text-talk", .label = "谈了什么", .required = true, .max = 4000,
	                                .value = step_typed(rq, "talk", "text", "")}, 4);
	step_close(h, "记下这次面谈");
}

static void put_answer(struct html *h, const struct request *rq, const json_t *c)
{
	open_step(h, rq, c, "answer", "书面答复");
	web_area(h, &(struct web_field){.name = "text", .id = "text-answer", .label = "答复", .required = true, .max = 4000,
	                                .value = step_typed(rq, "answer", "text", ""),
	                                .hint = "只有拿小票的人能看到。写清办了什么、没办的为什么、接下来怎么办。"}, 8);
	web_input(h, &(struct web_field){.name = "by", .id = "by-answer", .label = "答复人", .max = 60,
	                                 .value = step_typed(rq, "answer", "by", web_text(c, "office"))});
	step_close(h, "答复");
}

static void put_send_back(struct html *h, const struct request *rq, const json_t *c)
{
	static const struct web_option who[] = {{"voter", "反映人（当面或来电说的）"}, {"deputy", "经办代表"}, {0}};
	open_step(h, rq, c, "send_back", "不满意，退回重新办理");
	web_select(h, &(struct web_field){.name = "who", .label = "谁不满意", .value = step_typed(rq, "send_back", "who", "voter")}, who);
	web_area(h, &(struct web_field){.name = "reason", .label = "为什么", .required = true, .max = 300,
	                                .value = step_typed(rq, "send_back", "reason", "")}, 3);
	step_close(h, "退回重新办理");
}

void case_step_forms(struct html *h, const struct request *rq, const json_t *c)
{
	html_put(h, "<section class=\"noprint\" aria-label=\"办理\"><h2>可以办的</h2>");
	if (step_allowed(c, "accept")) {
		open_step(h, rq, c, "accept", "受理");
		put_note(h, rq, "accept");
		step_close(h, "受理");
	}
	if (step_allowed(c, "assign"))
		put_assign(h, rq, c);
	if (step_allowed(c, "transfer"))
		put_transfer(h, rq, c);
	if (step_allowed(c, "talk"))
		put_talk(h, rq, c);
	if (step_allowed(c, "answer"))
		put_answer(h, rq, c);
	if (step_allowed(c, "extend"))
		put_extend(h, rq, c);
	if (strcmp(web_text(c, "state"), "answered") == 0)
		put_send_back(h, rq, c);
	if (strcmp(web_text(c, "state"), "closed") == 0)
		html_put(h, "<p class=\"soft\">已经办结，没有要办的了。</p>");
	html_put(h, "</section>");
}

void case_village_form(struct html *h, const struct request *rq, const struct town_case *c)
{
	json_t *villages = NULL;
	char action[80];
	town_lock(rq->town);
	enum err e = villages_json(rq->town, &villages);
	town_unlock(rq->town);
	if (e)
		return;
	snprintf(action, sizeof action, "/cases/%.40s/village", c->id);
	html_put(h, "<details class=\"noprint\"><summary>是哪个村的事</summary>");
	web_form(h, rq, action);
	web_select_json(h, &(struct web_field){.name = "village", .label = "村", .value = c->village}, "不明", villages, "village",
	                "village");
	web_form_end(h, "记下");
	html_put(h, "</details>");
	json_decref(villages);
}

void web_case_village(struct request *rq, struct reply *rp)
{
	enum err e = case_set_village(rq->town, rq->args[0], fields_text(rq->fields, "village"), rq->user.name);
	if (e == ERR_INVALID)
		case_page(rq, rp, 422, "名册里没有这个村", "请从列表中选");
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/cases/%s?done=village", rq->args[0]);
}

static unsigned status_of(enum err e)
{
	return e == ERR_STATE ? 409 : e == ERR_TOO_LONG ? 413 : 422;
}

void web_case_step(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	struct step_order order = {.step = fields_text(f, "step"), .deputy = fields_text(f, "deputy"),
	                           .office = fields_text(f, "office"), .consent = fields_text(f, "consent"),
	                           .text = fields_text(f, "text"), .by = fields_text(f, "by"), .user = rq->user.name};
	struct town_case c;
	struct step_refusal refusal = {0};
	enum err e = case_prepare_key(rq->town, rq->args[0]);
	town_lock(rq->town);
	if (!e)
		e = town_begin(rq->town->store);
	if (!e) {
		e = town_case_get(rq->town->store, rq->args[0], &c);
		if (!e)
			e = case_step_do(rq->town, &c, &order, &refusal);
		e = town_end(rq->town->store, e);
	}
	town_unlock(rq->town);
	rp->changed = !e;
	if (e && refusal.e)
		case_page(rq, rp, status_of(refusal.e), refusal.what, refusal.remedy);
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/cases/%s?done=step", c.id);
}

void web_case_send_back(struct request *rq, struct reply *rp)
{
	bool deputy = strcmp(fields_text(rq->fields, "who"), "deputy") == 0;
	char name[128] = "", who[160] = "反映人";
	struct town_case c;
	enum err e = case_prepare_key(rq->town, rq->args[0]);
	town_lock(rq->town);
	if (!e)
		e = town_begin(rq->town->store);
	if (!e) {
		e = town_case_get(rq->town->store, rq->args[0], &c);
		if (!e && deputy && (!c.assigned[0] || town_deputy_name(rq->town->store, c.assigned, name)))
			e = ERR_DENIED;
		if (deputy)
			snprintf(who, sizeof who, "%s 代表", name);
		if (!e)
			e = case_send_back(rq->town, &c, who, fields_text(rq->fields, "reason"), rq->user.name);
		e = town_end(rq->town->store, e);
	}
	town_unlock(rq->town);
	rp->changed = !e;
	if (!e)
		web_redirect(rp, "/cases/%s?done=sent-back", c.id);
	else if (e == ERR_DENIED)
		case_page(rq, rp, 422, "这一件没有经办代表", "请改选“反映人”，或写明是谁不满意");
	else if (e == ERR_STATE)
		case_page(rq, rp, 409, "现在没有可退回的答复", "请看右边现在可以办的");
	else if (e == ERR_INVALID || e == ERR_TOO_LONG)
		case_page(rq, rp, 422, "没有写明为什么不满意，或写得太长", "请写清原因，不超过 300 字");
	else
		reply_err(rp, e);
}
