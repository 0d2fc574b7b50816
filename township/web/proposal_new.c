/* The form for a deputy's proposal that was handed in on paper. */
#include <stdio.h>

#include "township/proposals.h"
#include "township/web/pages.h"
#include "township/web/proposal_page.h"
#include "township/web/proposal_words.h"

/* A name is typed, and those of the roster are offered; where two have one name, the number stands for them. */
void web_deputy_list(struct html *h, const json_t *deputies)
{
	const json_t *d;
	size_t i;
	html_put(h, "<datalist id=\"deputies\">");
	json_array_foreach (deputies, i, d) {
		bool alone = web_number(d, "namesakes") == 0;
		html_put(h, "<option value=\"%s\">%s%s%s</option>", web_text(d, alone ? "name" : "id"), alone ? "" : web_text(d, "name"),
		         alone ? "" : " ", web_text(d, "group"));
	}
	html_put(h, "</datalist>");
}

/* What was typed, or what it begins with. */
static const char *typed(const struct request *rq, const char *name, const char *otherwise)
{
	return rq->fields ? fields_text(rq->fields, name) : otherwise;
}

static void put_form(struct html *h, const struct request *rq, const json_t *congresses, const json_t *deputies)
{
	char today[TOWN_DATE_SIZE], hint[200];
	town_today(today);
	snprintf(hint, sizeof hint, "按签名先后，一行一位，或用顿号隔开；不用再写领衔代表。议案至少 %d 位代表（含领衔代表）。",
	         rq->town->proposals.motion_signatories);
	html_put(h, "<div class=\"card\">");
	web_form(h, rq, "/proposals");
	html_put(h, "<div class=\"pair\">");
	web_select(h, &(struct web_field){.name = "kind", .label = "类别", .value = typed(rq, "kind", "suggestion")}, proposal_kinds + 1);
	web_select_json(h, &(struct web_field){.name = "congress", .label = "会议", .value = typed(rq, "congress", "")}, "闭会期间",
	                congresses, "id", "name");
	web_input(h, &(struct web_field){.name = "filed", .label = "提出日期", .type = "date", .value = typed(rq, "filed", today),
	                                 .required = true});
	html_put(h, "</div>");
	web_input(h, &(struct web_field){.name = "title", .label = "标题", .value = typed(rq, "title", ""), .max = PROPOSAL_TITLE_MAX_CHARS,
	                                 .hint = "例如：关于修缮青禾小学操场的建议", .required = true});
	web_area(h, &(struct web_field){.name = "text", .label = "正文", .value = typed(rq, "text", ""), .max = PROPOSAL_TEXT_MAX_CHARS,
	                                .hint = "案由、情况和具体的办法，照代表交来的原文录入。", .required = true}, 12);
	web_deputy_list(h, deputies);
	web_input(h, &(struct web_field){.name = "author", .label = "领衔代表", .value = typed(rq, "author", ""), .required = true,
	                                 .list = "deputies", .max = 60, .hint = "键入姓名，从名册中选。"});
	web_area(h, &(struct web_field){.name = "cosigners", .label = "联名代表", .value = typed(rq, "cosigners", ""), .hint = hint}, 3);
	web_form_end(h, "登记");
	html_put(h, "</div>");
}

static void new_page(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	json_t *congresses = NULL, *deputies = NULL;
	enum err e = town_congresses_json(rq->town->store, &congresses);
	if (!e)
		e = town_deputies_to_choose(rq->town->store, &deputies);
	if (!e) {
		web_begin(&h, rq, "登记代表建议、议案", WEB_PROPOSALS);
		html_put(&h, "<p class=\"crumb\"><a href=\"/proposals\">« 建议议案</a></p>");
		if (refusal)
			web_problem(&h, refusal->what, refusal->remedy);
		put_form(&h, rq, congresses, deputies);
		web_end(&h, rq, rp, refusal ? refused_status(refusal) : 200);
	} else {
		reply_err(rp, e);
	}
	json_decref(congresses);
	json_decref(deputies);
}

void web_proposal_new(struct request *rq, struct reply *rp)
{
	new_page(rq, rp, NULL);
}

void web_proposal_file(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	const struct proposal_draft draft = {.kind = fields_text(f, "kind"), .title = fields_text(f, "title"),
	                                     .text = fields_text(f, "text"), .author = fields_text(f, "author"),
	                                     .cosigners = fields_text(f, "cosigners"), .filed = fields_text(f, "filed"),
	                                     .congress = fields_text(f, "congress")};
	struct refusal refusal;
	char id[UUID_SIZE];
	enum err e = proposal_file(rq->town, &draft, rq->user.name, id, &refusal);
	if (!e)
		web_redirect(rp, "/proposals/%s?done=filed", id);
	else if (refusal.e)
		new_page(rq, rp, &refusal);
	else
		reply_err(rp, e);
}
