/* Evaluations: the list, and the form for a new one. */
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/evaluations.h"
#include "township/store_proposals.h"
#include "township/web/evaluation_page.h"
#include "township/web/pages.h"
#include "township/web/proposal_words.h"

enum { PAGE_ROWS = 50, WORD_MAX_BYTES = 200 };

static const char to_put_right[] = "poor"; /* in the place of a state */

static const struct web_option state_choices[] = {
	{"", "全部状态"},       {"draft", "还没开始"}, {"open", "测评中"}, {"counted", "票数等待核对"}, {"closed", "已有结果"},
	{to_put_right, "等待整改"}, {0},
};

struct asked {
	const char *q, *kind, *state, *year, *after;
};

static const char *asked_for(const struct request *rq, const char *name)
{
	const char *value = request_query(rq, name);
	return value ? value : "";
}

static const char *or_none(const char *value)
{
	return value[0] ? value : NULL;
}

static bool read_filter(const struct request *rq, struct asked *a, struct town_evaluation_filter *f, char day[TOWN_DATE_SIZE])
{
	enum evaluation_kind kind;
	enum evaluation_state state;
	struct civil_date date;
	*a = (struct asked){asked_for(rq, "q"), asked_for(rq, "kind"), asked_for(rq, "state"), asked_for(rq, "year"),
	                    asked_for(rq, "after")};
	*f = (struct town_evaluation_filter){.kind = or_none(a->kind), .year = or_none(a->year), .q = or_none(a->q),
	                                     .follow_up = strcmp(a->state, to_put_right) == 0, .limit = PAGE_ROWS};
	if (!f->follow_up)
		f->state = or_none(a->state);
	if (a->after[0]) {
		size_t len = strlen(a->after);
		if (len < TOWN_DATE_SIZE || a->after[TOWN_DATE_SIZE - 1] != '_')
			return false;
		memcpy(day, a->after, TOWN_DATE_SIZE - 1);
		day[TOWN_DATE_SIZE - 1] = '\0';
		f->before_day = day;
		f->before_id = a->after + TOWN_DATE_SIZE;
		if (civil_parse(day, &date) || !uuid_valid(f->before_id))
			return false;
	}
	return strlen(a->q) <= WORD_MAX_BYTES && (!f->kind || evaluation_kind_parse(f->kind, &kind) == ERR_OK) &&
	       (!f->state || evaluation_state_parse(f->state, &state) == ERR_OK) &&
	       (!f->year || (strlen(f->year) == 4 && strspn(f->year, "0123456789") == 4));
}

static void put_filters(struct html *h, const struct asked *a)
{
	html_put(h, "<form class=\"bar\" method=\"get\" action=\"/evaluations\" role=\"search\"><div class=\"field wide\"><label "
	            "for=\"f-q\">找名称、单位或代表</label><input type=\"search\" id=\"f-q\" name=\"q\" maxlength=\"60\" value=\"%s\"></div>",
	         a->q);
	web_select(h, &(struct web_field){.name = "kind", .label = "种类", .value = a->kind}, evaluation_kinds);
	web_select(h, &(struct web_field){.name = "state", .label = "状态", .value = a->state}, state_choices);
	web_input(h, &(struct web_field){.name = "year", .label = "年份", .value = a->year, .max = 4});
	html_put(h, "<button class=\"main\">查找</button><a class=\"button\" href=\"/evaluations\">全部</a></form>");
}

static void put_row(struct html *h, const json_t *v)
{
	const char *state = web_text(v, "state");
	bool closed = strcmp(state, "closed") == 0, poor = json_is_true(json_object_get(v, "poor"));
	struct ballots b = evaluation_ballots(v);
	int min_voters;
	char percent[3][16];
	html_put(h, "<tr><td data-label=\"日期\" class=\"nowrap\">%s</td><th scope=\"row\"><a href=\"/evaluations/%s\">%s</a></th>",
	         web_text(v, "day"), web_text(v, "id"), web_text(v, "title"));
	html_put(h, "<td data-label=\"种类\">%s</td><td data-label=\"对象\">%s</td><td data-label=\"状态\">%s</td>",
	         evaluation_kind_word(web_text(v, "kind")), evaluation_subject(v), evaluation_state_word(state));
	if (closed)
		html_put(h, "<td data-label=\"满意\" class=\"n\">%s</td><td data-label=\"基本满意\" class=\"n\">%s</td>"
		            "<td data-label=\"不满意\" class=\"n\">%s</td><td data-label=\"说明\">",
		         evaluation_percent(&b, b.satisfied, percent[0]), evaluation_percent(&b, b.basically, percent[1]),
		         evaluation_percent(&b, b.unsatisfied, percent[2]));
	else
		html_put(h, "<td class=\"n\">—</td><td class=\"n\">—</td><td class=\"n\">—</td><td>");
	if (poor)
		web_badge(h, web_number(v, "put_right") > 0 ? WEB_GREEN : WEB_RED, web_number(v, "put_right") > 0 ? "已整改" : "等待整改");
	if (evaluation_is_short(v, &min_voters))
		html_put(h, " 不足 %d 人", min_voters);
	html_put(h, "</td></tr>");
}

static void put_list(struct html *h, const struct asked *a, const json_t *list, bool more)
{
	const json_t *v, *last = json_array_get(list, json_array_size(list) - 1);
	size_t i;
	char query[1200], next[80] = "", q[WORD_MAX_BYTES * 3 + 1];
	if (json_array_size(list) == 0) {
		bool narrowed = a->q[0] || a->kind[0] || a->state[0] || a->year[0] || a->after[0];
		html_put(h, "<p class=\"card empty\">%s</p>", narrowed ? "没有符合的。可以换个词，或点“全部”。" : "还没有评议。");
		return;
	}
	html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">日期</th><th scope=\"col\">名称</th>"
	            "<th scope=\"col\">种类</th><th scope=\"col\">对象</th><th scope=\"col\">状态</th><th scope=\"col\" class=\"n\">满意</th>"
	            "<th scope=\"col\" class=\"n\">基本满意</th><th scope=\"col\" class=\"n\">不满意</th><th scope=\"col\">说明</th></tr></thead>"
	            "<tbody>");
	json_array_foreach (list, i, v)
		put_row(h, v);
	html_put(h, "</tbody></table></div>");
	html_url(a->q, q, sizeof q);
	snprintf(query, sizeof query, "?q=%s&kind=%s&state=%s&year=%s&", q, a->kind, a->state, a->year);
	if (more)
		snprintf(next, sizeof next, "%s_%s", web_text(last, "day"), web_text(last, "id"));
	web_pager(h, "/evaluations", query, or_none(next), !a->after[0]);
}

void web_evaluations(struct request *rq, struct reply *rp)
{
	struct asked a;
	struct town_evaluation_filter filter;
	char day[TOWN_DATE_SIZE];
	json_t *list = NULL;
	bool more = false;
	struct html h;
	if (!read_filter(rq, &a, &filter, day)) {
		reply_error(rp, 400, "bad_query", "查找的条件不对", "请从“评议”重新查找，年份如 2026");
		return;
	}
	enum err e = town_evaluations_json(rq->town->store, &filter, &list, &more);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "评议", WEB_EVALUATIONS);
	html_put(&h, "<p class=\"bar noprint\">");
	if (web_may_write(rq))
		html_put(&h, "<a class=\"button main\" href=\"/evaluations/new\">新建一次评议</a>");
	html_put(&h, "<a class=\"button\" href=\"/evaluations?state=poor\">等待整改的</a></p>");
	put_filters(&h, &a);
	put_list(&h, &a, list, more);
	json_decref(list);
	web_end(&h, rq, rp, 200);
}

static void new_page(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	json_t *deputies = NULL;
	enum err e = town_deputies_to_choose(rq->town->store, &deputies);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "新建一次评议", WEB_EVALUATIONS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/evaluations\">« 评议</a></p>");
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	html_put(&h, "<div class=\"card\">");
	evaluation_form(&h, rq, NULL, deputies, "/evaluations/new", "建立");
	html_put(&h, "</div>");
	json_decref(deputies);
	web_end(&h, rq, rp, refusal ? refused_status(refusal) : 200);
}

void web_evaluation_new(struct request *rq, struct reply *rp)
{
	new_page(rq, rp, NULL);
}

void web_evaluation_add(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	const struct evaluation_draft draft = {.kind = fields_text(f, "kind"), .deputy = fields_text(f, "deputy"),
	                                       .office = fields_text(f, "office"), .title = fields_text(f, "title"),
	                                       .day = fields_text(f, "day"), .place = fields_text(f, "place")};
	struct refusal refusal;
	char id[UUID_SIZE];
	enum err e = evaluation_save(rq->town, "", &draft, rq->user.name, id, &refusal);
	if (!e)
		web_redirect(rp, "/evaluations/%s?done=saved", id);
	else if (refusal.e)
		new_page(rq, rp, &refusal);
	else
		reply_err(rp, e);
}
