/* One evaluation: its plan, its count, its result, and what stands beside it. */
#include <stdio.h>
#include <string.h>

#include "model/str.h"
#include "township/evaluations.h"
#include "township/store_proposals.h"
#include "township/web/evaluation_page.h"
#include "township/web/pages.h"
#include "township/web/proposal_words.h"

static void put_waiting(struct html *h, const struct request *rq, const json_t *v)
{
	if (strcmp(web_text(v, "counted_by"), rq->user.name) == 0)
		html_put(h, "<p class=\"warn\">等待另一位同事核对确认。确认以前，可以由您改正。</p>");
	else
		html_put(h, "<p class=\"warn\">票数由 %s 登记，等待另一位同事核对确认。</p>", web_text(v, "counted_by"));
}

static void put_page(struct html *h, struct request *rq, const json_t *v, const json_t *deputies)
{
	const char *state = web_text(v, "state");
	bool closed = strcmp(state, "closed") == 0, counted = strcmp(state, "counted") == 0;
	html_put(h, "<p class=\"crumb noprint\"><a href=\"/evaluations\">« 评议</a></p>");
	if (closed)
		html_put(h, "<p class=\"bar noprint\"><a class=\"button\" href=\"/evaluations/%s/paper\">打印结果</a></p>", web_text(v, "id"));
	html_put(h, "<div class=\"columns\"><div>");
	if (counted)
		put_waiting(h, rq, v);
	if (counted || closed) {
		html_put(h, "<section class=\"card\"><h2>%s</h2>", closed ? "测评结果" : "登记的票数");
		evaluation_result(h, v);
		html_put(h, "</section>");
	} else {
		html_put(h, "<p class=\"card\">%s</p>", strcmp(state, "open") == 0 ? "测评正在进行。收回测评票以后，在这里登记票数。"
		                                                                  : "测评还没有开始。");
	}
	evaluation_notes(h, v, "correction", "更正说明");
	evaluation_notes(h, v, "put_right", "整改情况");
	if (!closed)
		evaluation_notes(h, v, "sent_back", "退回重新清点");
	html_put(h, "</div><div><section class=\"card\"><h2>%s</h2>", evaluation_state_word(state));
	evaluation_facts(h, v);
	html_put(h, "</section>");
	if (web_may_write(rq))
		evaluation_steps(h, rq, v, deputies);
	html_put(h, "</div></div>");
}

static void evaluation_page(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	json_t *v = NULL, *deputies = NULL;
	enum err e = town_evaluation_json(rq->town->store, rq->args[0], &v);
	if (!e)
		e = town_deputies_to_choose(rq->town->store, &deputies);
	if (!e) {
		web_begin(&h, rq, web_text(v, "title"), WEB_EVALUATIONS);
		if (refusal)
			web_problem(&h, refusal->what, refusal->remedy);
		put_page(&h, rq, v, deputies);
		web_end(&h, rq, rp, refusal ? refused_status(refusal) : 200);
	} else {
		reply_err(rp, e);
	}
	json_decref(v);
	json_decref(deputies);
}

void web_evaluation(struct request *rq, struct reply *rp)
{
	evaluation_page(rq, rp, NULL);
}

void web_evaluation_paper(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *v = NULL;
	enum err e = town_evaluation_json(rq->town->store, rq->args[0], &v);
	if (!e && strcmp(web_text(v, "state"), "closed") != 0)
		e = ERR_STATE;
	if (!e) {
		web_begin_paper(&h, rq, web_text(v, "title"));
		html_put(&h, "<p class=\"crumb noprint\"><a href=\"/evaluations/%s\">« 评议</a></p>", web_text(v, "id"));
		evaluation_facts(&h, v);
		evaluation_result(&h, v);
		evaluation_notes(&h, v, "correction", "更正说明");
		evaluation_notes(&h, v, "put_right", "整改情况");
		html_put(&h, "<p>登记人签字：　　　　　　　　核对人签字：　　　　　　　　日期：　　　　年　　月　　日</p>");
		web_end(&h, rq, rp, 200);
	} else {
		reply_err(rp, e);
	}
	json_decref(v);
}

static void finish(struct request *rq, struct reply *rp, enum err e, const struct refusal *refusal, const char *done)
{
	if (!e)
		web_redirect(rp, "/evaluations/%s?done=%s", rq->args[0], done);
	else if (refusal->e)
		evaluation_page(rq, rp, refusal);
	else
		reply_err(rp, e);
}

void web_evaluation_edit(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	const struct evaluation_draft draft = {.kind = fields_text(f, "kind"), .deputy = fields_text(f, "deputy"),
	                                       .office = fields_text(f, "office"), .title = fields_text(f, "title"),
	                                       .day = fields_text(f, "day"), .place = fields_text(f, "place")};
	struct refusal refusal;
	char same[UUID_SIZE];
	enum err e = evaluation_save(rq->town, rq->args[0], &draft, rq->user.name, same, &refusal);
	finish(rq, rp, e, &refusal, "saved");
}

void web_evaluation_begin(struct request *rq, struct reply *rp)
{
	struct refusal refusal;
	enum err e = evaluation_begin(rq->town, rq->args[0], rq->user.name, &refusal);
	finish(rq, rp, e, &refusal, "evaluation-begun");
}

void web_evaluation_drop(struct request *rq, struct reply *rp)
{
	struct refusal refusal;
	enum err e = evaluation_drop(rq->town, rq->args[0], rq->user.name, &refusal);
	if (!e)
		web_redirect(rp, "/evaluations?done=evaluation-dropped");
	else
		finish(rq, rp, e, &refusal, "evaluation-dropped");
}

void web_evaluation_count(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	const struct count_draft draft = {.handed_out = fields_text(f, "handed_out"), .returned = fields_text(f, "returned"),
	                                  .satisfied = fields_text(f, "satisfied"), .basically = fields_text(f, "basically"),
	                                  .unsatisfied = fields_text(f, "unsatisfied"), .invalid = fields_text(f, "invalid"),
	                                  .comments = fields_text(f, "comments")};
	struct refusal refusal;
	enum err e = evaluation_count(rq->town, rq->args[0], &draft, rq->user.name, &refusal);
	finish(rq, rp, e, &refusal, "evaluation-counted");
}

void web_evaluation_confirm(struct request *rq, struct reply *rp)
{
	struct refusal refusal;
	int64_t counted = 0;
	const char *seen = fields_text(rq->fields, "counted");
	if (!str_take_number(&seen, &counted) || *seen)
		counted = 0;
	enum err e = evaluation_confirm(rq->town, rq->args[0], counted, rq->user.name, &refusal);
	finish(rq, rp, e, &refusal, "evaluation-confirmed");
}

void web_evaluation_recount(struct request *rq, struct reply *rp)
{
	struct refusal refusal;
	enum err e = evaluation_recount(rq->town, rq->args[0], fields_text(rq->fields, "reason"), rq->user.name, &refusal);
	finish(rq, rp, e, &refusal, "evaluation-recount");
}

void web_evaluation_note(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	struct refusal refusal;
	enum err e = evaluation_note(rq->town, rq->args[0], fields_text(f, "kind"), fields_text(f, "day"), fields_text(f, "text"),
	                             rq->user.name, &refusal);
	finish(rq, rp, e, &refusal, "saved");
}
