/* An activity's minutes: written, made final, and added to beside. */
#include <stdlib.h>
#include <string.h>

#include "township/web/activity_words.h"
#include "township/web/pages.h"

static void put_final(struct html *h, const struct town_minutes *m)
{
	char when[24];
	html_put(h, "<section class=\"card\">");
	html_paragraphs(h, m->text);
	html_put(h, "<p class=\"soft\">记录：%s。", m->recorder);
	if (m->final_ms > 0)
		html_put(h, "%s 由 %s 定稿。", web_time(m->final_ms, when), m->final_by);
	html_put(h, "</p></section>");
}

static void put_addenda(struct html *h, const struct request *rq, const json_t *addenda, const char *action)
{
	char when[24];
	const json_t *a;
	size_t i;
	html_put(h, "<h2>补充</h2>");
	json_array_foreach (addenda, i, a) {
		html_put(h, "<section class=\"card\">");
		html_paragraphs(h, web_text(a, "text"));
		html_put(h, "<p class=\"soft\">%s %s</p></section>", web_time(web_number(a, "at"), when), web_text(a, "user"));
	}
	if (json_array_size(addenda) == 0)
		html_put(h, "<p class=\"soft\">没有补充。</p>");
	if (!web_may_write(rq))
		return;
	web_form(h, rq, action);
	web_area(h, &(struct web_field){.name = "addendum", .label = "写补充", .value = fields_text(rq->fields, "addendum"),
	                                .hint = "定稿的纪要不能再改；遗漏和更正写在这里，附在纪要后面", .required = true}, 4);
	html_put(h, "<p><button class=\"main\" name=\"act\" value=\"add\">加补充</button></p></form>");
}

static void put_form(struct html *h, const struct request *rq, const struct town_minutes *m, const char *action)
{
	const char *text = fields_has(rq->fields, "text") ? fields_text(rq->fields, "text") : m->text;
	const char *recorder = fields_has(rq->fields, "recorder") ? fields_text(rq->fields, "recorder")
	                       : m->recorder[0]                   ? m->recorder
	                                                          : rq->user.name;
	web_form(h, rq, action);
	web_area(h, &(struct web_field){.name = "text", .label = "纪要", .value = text, .required = true}, 16);
	web_input(h, &(struct web_field){.name = "recorder", .label = "记录人", .value = recorder, .max = 30, .required = true});
	html_put(h, "<p class=\"bar\"><button class=\"main\" name=\"act\" value=\"save\">保存草稿</button><button name=\"act\" value=\"final\" "
	            "data-ask=\"定稿以后不能再改，只能写补充。确定要定稿吗？\">保存并定稿</button></p></form>");
}

static void show(struct request *rq, struct reply *rp, unsigned status, const struct plan_refusal *why)
{
	struct html h;
	struct activity a;
	struct town_minutes m = {0};
	json_t *addenda = NULL;
	char path[ACTIVITY_PATH_SIZE], action[ACTIVITY_PATH_SIZE];
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	if (!e)
		e = town_addenda_json(rq->town->store, a.id, &addenda);
	if (!e) {
		e = town_minutes_get(rq->town->store, a.id, &m);
		e = e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	if (e) {
		reply_err(rp, e);
		json_decref(addenda);
		return;
	}
	activity_path(a.id, "/minutes", action);
	web_begin(&h, rq, "纪要", WEB_ACTIVITIES);
	html_put(&h, "<p class=\"crumb\"><a href=\"%s\">« %s</a></p>", activity_path(a.id, "", path), a.title);
	if (why)
		web_problem(&h, why->what, why->remedy);
	if (m.final_ms > 0 || !web_may_write(rq)) {
		if (m.text)
			put_final(&h, &m);
		else
			html_put(&h, "<p class=\"card empty\">还没有纪要</p>");
		if (m.final_ms > 0)
			put_addenda(&h, rq, addenda, action);
	} else {
		put_form(&h, rq, &m, action);
	}
	web_end(&h, rq, rp, status);
	json_decref(addenda);
	town_minutes_clear(&m);
}

void web_activity_minutes(struct request *rq, struct reply *rp)
{
	show(rq, rp, 200, NULL);
}

static enum err save(struct request *rq, const char *act, char *text, struct plan_refusal *why)
{
	char recorder[128];
	if (strcmp(act, "add") == 0)
		return form_text(rq, "addendum", true, text, TOWN_MINUTES_SIZE)
		           ? plan_refuse(why, ERR_INVALID, "补充太长", "请分几次写")
		           : minutes_add(rq->town, rq->args[0], text, rq->user.name, why);
	if (form_text(rq, "text", true, text, TOWN_MINUTES_SIZE))
		return plan_refuse(why, ERR_INVALID, "纪要太长", "最长约四万字，请写简短一些");
	if (form_text(rq, "recorder", false, recorder, sizeof recorder))
		return plan_refuse(why, ERR_INVALID, "记录人太长", "请只写姓名");
	return minutes_save(rq->town, rq->args[0], text, recorder, strcmp(act, "final") == 0, rq->user.name, why);
}

void web_activity_minutes_post(struct request *rq, struct reply *rp)
{
	struct plan_refusal why = {0};
	const char *act = fields_text(rq->fields, "act");
	char *text = malloc(TOWN_MINUTES_SIZE);
	enum err e = text ? save(rq, act, text, &why) : ERR_NOMEM;
	free(text);
	if (!e)
		web_redirect(rp, "/activities/%s/minutes?done=%s", rq->args[0],
		             strcmp(act, "final") == 0 ? "minutes-final" : strcmp(act, "add") == 0 ? "minutes-added" : "saved");
	else if (why.what[0] && e != ERR_NOT_FOUND)
		show(rq, rp, refusal_status(e), &why);
	else
		reply_err(rp, e);
}
