/* One proposal: what the deputies wrote, how it stands, what was done, and what may be done next. */
#include <stdio.h>
#include <string.h>

#include "township/proposals.h"
#include "township/web/pages.h"
#include "township/web/proposal_page.h"
#include "township/web/proposal_words.h"
#include "township/web/words.h"

static void put_words(struct html *h, const json_t *p)
{
	const json_t *signer;
	size_t i;
	html_put(h, "<section class=\"card\"><div class=\"words\">");
	html_paragraphs(h, web_text(p, "text"));
	html_put(h, "</div><dl class=\"facts\"><dt>类别</dt><dd>%s</dd><dt>会议</dt><dd>%s</dd><dt>提出日期</dt><dd>%s</dd>",
	         proposal_kind_word(web_text(p, "kind")), proposal_congress_word(p), web_text(p, "filed"));
	html_put(h, "<dt>领衔代表</dt><dd>%s</dd>", web_text(p, "author_name"));
	if (web_number(p, "signatories") > 1) {
		html_put(h, "<dt>联名代表</dt><dd>");
		json_array_foreach (json_object_get(p, "signers"), i, signer)
			html_put(h, "%s%s", i ? "、" : "", web_text(signer, "name"));
		html_put(h, "（连领衔代表共 %d 人）</dd>", (int)web_number(p, "signatories"));
	}
	if (web_number(p, "motion_number") > 0 && strcmp(web_text(p, "kind"), "motion") != 0)
		html_put(h, "<dt>原编号</dt><dd>议案第%d号</dd>", (int)web_number(p, "motion_number"));
	html_put(h, "</dl></section>");
}

/* Only the last answer; those of earlier rounds stand in the timeline. */
static void put_answer(struct html *h, const json_t *p)
{
	const json_t *steps = json_object_get(p, "steps");
	for (size_t i = json_array_size(steps); i > 0; i--) {
		const json_t *step = json_array_get(steps, i - 1);
		if (strcmp(web_text(step, "step"), "answer") != 0)
			continue;
		html_put(h, "<section class=\"card\"><h2>书面答复%s</h2><div class=\"words\">",
		         web_number(step, "round") == web_number(p, "round") ? "" : "（上一轮）");
		html_paragraphs(h, web_text(step, "note"));
		html_put(h, "</div><p class=\"soft\">%s · %s</p></section>", web_text(step, "who"), web_text(step, "day"));
		return;
	}
}

static void put_state(struct html *h, const json_t *p)
{
	const char *state = web_text(p, "state"), *due = web_text(p, "due"), *rating = web_text(p, "rating");
	bool waits = strcmp(state, "filed") == 0 || strcmp(state, "redo") == 0;
	html_put(h, "<section class=\"card\"><h2>%s</h2>", proposal_state_word(state));
	if (due[0])
		word_due_date(h, due);
	html_put(h, "<dl class=\"facts\">");
	if (due[0])
		html_put(h, "<dt>%s期限</dt><dd class=\"nowrap\">%s</dd>", waits ? "交办" : "答复", due);
	if (json_is_true(json_object_get(p, "extended")))
		html_put(h, "<dt>延期</dt><dd>本轮已延期一次</dd>");
	if (web_text(p, "office")[0])
		html_put(h, "<dt>承办单位</dt><dd>%s</dd>", web_text(p, "office"));
	if (web_text(p, "transferred")[0])
		html_put(h, "<dt>交办日期</dt><dd class=\"nowrap\">%s</dd><dt>当面沟通</dt><dd>%s</dd>", web_text(p, "transferred"),
		         json_is_true(json_object_get(p, "talked")) ? "已沟通" : "还没有");
	if (rating[0])
		html_put(h, "<dt>代表评价</dt><dd>%s%s</dd>", word_rating(rating), waits ? "（上一轮）" : "");
	if (web_number(p, "round") > 1)
		html_put(h, "<dt>轮次</dt><dd>第 %d 轮</dd>", (int)web_number(p, "round"));
	html_put(h, "</dl></section>");
}

void proposal_page(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	json_t *p = NULL;
	char title[PROPOSAL_TITLE_SIZE + PROPOSAL_NUMBER_SIZE + 8];
	enum err e = proposal_open(rq->town, rq->args[0], &p);
	if (e) {
		reply_err(rp, e);
		return;
	}
	snprintf(title, sizeof title, "%s　%s", web_text(p, "label"), web_text(p, "title"));
	web_begin(&h, rq, title, WEB_PROPOSALS);
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	html_put(&h, "<p class=\"crumb noprint\"><a href=\"/proposals\">« 建议议案</a></p><div class=\"columns\"><div>");
	put_words(&h, p);
	put_answer(&h, p);
	html_put(&h, "<section class=\"card\"><h2>办理过程</h2>");
	proposal_timeline(&h, p);
	html_put(&h, "</section></div><div>");
	put_state(&h, p);
	if (web_may_write(rq))
		proposal_step_forms(&h, rq, p);
	html_put(&h, "</div></div>");
	json_decref(p);
	web_end(&h, rq, rp, refusal ? refused_status(refusal) : 200);
}

void web_proposal(struct request *rq, struct reply *rp)
{
	proposal_page(rq, rp, NULL);
}

static void finish(struct request *rq, struct reply *rp, enum err e, const struct refusal *refusal, const char *done)
{
	if (!e)
		web_redirect(rp, "/proposals/%s?done=%s", rq->args[0], done);
	else if (refusal->e)
		proposal_page(rq, rp, refusal);
	else
		reply_err(rp, e);
}

void web_proposal_step(struct request *rq, struct reply *rp)
{
	const struct fields *f = rq->fields;
	const char *step = fields_text(f, "step");
	struct refusal refusal;
	if (strcmp(step, "amend") == 0) {
		const struct proposal_draft draft = {.title = fields_text(f, "title"), .text = fields_text(f, "text"),
		                                     .author = fields_text(f, "author"), .cosigners = fields_text(f, "cosigners")};
		enum err e = proposal_amend(rq->town, rq->args[0], &draft, rq->user.name, &refusal);
		finish(rq, rp, e, &refusal, "saved");
		return;
	}
	/* What the author said on paper is one form with three answers. */
	const struct proposal_order order = {.step = strcmp(step, "rate") == 0 ? fields_text(f, "rating") : step,
	                                     .day = fields_text(f, "day"), .office = fields_text(f, "office"),
	                                     .who = fields_text(f, "who"), .due = fields_text(f, "due"),
	                                     .text = fields_text(f, "text"), .user = rq->user.name};
	enum err e = proposal_step_do(rq->town, rq->args[0], &order, &refusal);
	finish(rq, rp, e, &refusal, "proposal-step");
}
