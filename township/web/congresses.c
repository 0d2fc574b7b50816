/* The congresses that proposals are made to, with their dates. */
#include <stdio.h>
#include <string.h>

#include "township/proposals.h"
#include "township/web/pages.h"
#include "township/web/proposal_words.h"

static const char *typed(const struct request *rq, const char *name, const char *otherwise)
{
	return rq->fields ? fields_text(rq->fields, name) : otherwise;
}

static void put_form(struct html *h, const struct request *rq, const struct town_congress *c, const char *action,
                     const char *button)
{
	web_form(h, rq, action);
	web_input(h, &(struct web_field){.name = "name", .label = "会议名称", .value = typed(rq, "name", c->name), .max = 60, .required = true,
	                                 .hint = "例如：第十九届人民代表大会第三次会议"});
	html_put(h, "<div class=\"pair\">");
	web_input(h, &(struct web_field){.name = "opens", .label = "开幕日期", .type = "date", .value = typed(rq, "opens", c->opens),
	                                 .required = true});
	web_input(h, &(struct web_field){.name = "closes", .label = "闭幕日期", .type = "date", .value = typed(rq, "closes", c->closes),
	                                 .required = true});
	web_input(h, &(struct web_field){.name = "motion_deadline", .label = "议案截止日期（可不填）", .type = "date",
	                                 .value = typed(rq, "motion_deadline", c->motion_deadline)});
	html_put(h, "</div><p class=\"soft\">会上提出的建议、议案，闭幕后 %d 天内交政府办理；改了闭幕日期，还没有交办的会重新计算期限。</p>",
	         rq->town->rules.transfer_days);
	web_form_end(h, button);
}

static void put_row(struct html *h, const json_t *c, bool may_write)
{
	const char *deadline = web_text(c, "motion_deadline");
	html_put(h, "<tr><th scope=\"row\">");
	if (may_write)
		html_put(h, "<a href=\"/congresses/%s\">%s</a>", web_text(c, "id"), web_text(c, "name"));
	else
		html_put(h, "%s", web_text(c, "name"));
	html_put(h, "</th><td data-label=\"会期\" class=\"nowrap\">%s 至 %s</td><td data-label=\"议案截止\" class=\"nowrap\">%s</td>",
	         web_text(c, "opens"), web_text(c, "closes"), deadline[0] ? deadline : "—");
	html_put(h, "<td data-label=\"议案\" class=\"n\">%d</td><td data-label=\"全部\" class=\"n\"><a href=\"/proposals?congress=%s\">%d</a></td>"
	            "<td data-label=\"没有办完\" class=\"n\">%d</td></tr>",
	         (int)web_number(c, "motions"), web_text(c, "id"), (int)web_number(c, "proposals"), (int)web_number(c, "waiting"));
}

static void list_page(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	json_t *list = NULL;
	const json_t *c;
	size_t i;
	enum err e = town_congresses_json(rq->town->store, &list);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "人民代表大会会议", WEB_PROPOSALS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/proposals\">« 建议议案</a></p>");
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	if (json_array_size(list) > 0) {
		html_put(&h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">会议</th><th scope=\"col\">会期</th>"
		             "<th scope=\"col\">议案截止</th><th scope=\"col\" class=\"n\">议案</th><th scope=\"col\" class=\"n\">全部</th>"
		             "<th scope=\"col\" class=\"n\">没有办完</th></tr></thead><tbody>");
		json_array_foreach (list, i, c)
			put_row(&h, c, web_may_write(rq));
		html_put(&h, "</tbody></table></div>");
	} else {
		html_put(&h, "<p class=\"card empty\">还没有登记会议。</p>");
	}
	if (web_may_write(rq)) {
		html_put(&h, "<h2>登记一次会议</h2><section class=\"card\">");
		put_form(&h, rq, &(struct town_congress){0}, "/congresses", "登记会议");
		html_put(&h, "</section>");
	}
	json_decref(list);
	web_end(&h, rq, rp, refusal ? refused_status(refusal) : 200);
}

static void edit_page(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	struct town_congress c;
	char action[80];
	enum err e = town_congress_get(rq->town->store, rq->args[0], &c);
	if (e) {
		reply_err(rp, e);
		return;
	}
	snprintf(action, sizeof action, "/congresses/%s", c.id);
	web_begin(&h, rq, c.name, WEB_PROPOSALS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/congresses\">« 会议</a></p>");
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	html_put(&h, "<section class=\"card\">");
	put_form(&h, rq, &c, action, "保存");
	html_put(&h, "</section>");
	web_end(&h, rq, rp, refusal ? refused_status(refusal) : 200);
}

void web_congresses(struct request *rq, struct reply *rp)
{
	list_page(rq, rp, NULL);
}

void web_congress(struct request *rq, struct reply *rp)
{
	edit_page(rq, rp, NULL);
}

static void save(struct request *rq, struct reply *rp, const char *id)
{
	const struct fields *f = rq->fields;
	const struct congress_draft draft = {.name = fields_text(f, "name"), .opens = fields_text(f, "opens"),
	                                     .closes = fields_text(f, "closes"), .motion_deadline = fields_text(f, "motion_deadline")};
	struct refusal refusal;
	char made[UUID_SIZE];
	enum err e = congress_save(rq->town, id, &draft, rq->user.name, made, &refusal);
	if (!e)
		web_redirect(rp, "/congresses?done=saved");
	else if (refusal.e && id[0])
		edit_page(rq, rp, &refusal);
	else if (refusal.e)
		list_page(rq, rp, &refusal);
	else
		reply_err(rp, e);
}

void web_congress_add(struct request *rq, struct reply *rp)
{
	save(rq, rp, "");
}

void web_congress_save(struct request *rq, struct reply *rp)
{
	save(rq, rp, rq->args[0]);
}
