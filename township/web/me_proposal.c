/* A proposal that a deputy wrote or signed, on the deputy's phone; its author rates the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/proposals.h"
#include "township/web/me.h"
#include "township/web/pages.h"
#include "township/web/proposal_words.h"
#include "township/web/words.h"

static const struct web_option ratings[] = {{"satisfied", "满意"}, {"partly", "基本满意"}, {"unsatisfied", "不满意"}, {0}};

static void put_rating_form(struct html *h, const struct request *rq, const json_t *p)
{
	char path[128];
	const char *chosen = fields_text(rq->fields, "rating");
	snprintf(path, sizeof path, "/me/proposals/%.40s/rate", web_text(p, "id"));
	html_put(h, "<section class=\"card\"><h2>您对答复满意吗</h2>");
	web_form(h, rq, path);
	html_put(h, "<fieldset><legend>评价</legend>");
	for (const struct web_option *o = ratings; o->value; o++)
		html_put(h, "<div class=\"check\"><input type=\"radio\" id=\"f-%s\" name=\"rating\" value=\"%s\" required%s><label for=\"f-%s\">%s</label></div>",
		         o->value, o->value, strcmp(chosen, o->value) == 0 ? " checked" : "", o->value, o->label);
	html_put(h, "</fieldset>");
	web_area(h, &(struct web_field){.name = "reason", .label = "想说的话", .value = fields_text(rq->fields, "reason"), .max = RATING_REASON_MAX_CHARS,
	                                .hint = "不满意的，请写明原因，会退回重新办理。"},
	         3);
	web_form_end(h, "提交评价");
	html_put(h, "</section>");
}

static void show(struct request *rq, struct reply *rp, unsigned status, const struct refusal *refusal)
{
	struct html h;
	json_t *p;
	const json_t *signer;
	size_t i;
	char deputy[REPORT_ID_SIZE];
	if (!me_deputy(rq, rp, deputy))
		return;
	town_lock(rq->town);
	enum err e = proposal_open_for(rq->town, rq->args[0], deputy, &p);
	town_unlock(rq->town);
	if (e) {
		reply_err(rp, e);
		return;
	}
	me_begin(&h, rq, web_text(p, "title"));
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	html_put(&h, "<section class=\"card\"><p>%s · %s</p><p>%s ", web_text(p, "label"), proposal_congress_word(p), proposal_state_word(web_text(p, "state")));
	if (web_text(p, "due")[0])
		word_due_date(&h, web_text(p, "due"));
	html_put(&h, "</p><p class=\"soft\">提出人：%s", web_text(p, "author_name"));
	json_array_foreach (json_object_get(p, "signers"), i, signer)
		html_put(&h, "、%s", web_text(signer, "name"));
	html_put(&h, "</p><div class=\"words\">");
	html_paragraphs(&h, web_text(p, "text"));
	html_put(&h, "</div></section>");
	if (json_is_true(json_object_get(p, "may_rate")))
		put_rating_form(&h, rq, p);
	html_put(&h, "<section class=\"card\"><h2>办理过程</h2>");
	proposal_timeline(&h, p);
	html_put(&h, "</section>");
	json_decref(p);
	web_end(&h, rq, rp, status);
}

void web_me_proposal(struct request *rq, struct reply *rp)
{
	show(rq, rp, 200, NULL);
}

void web_me_rate(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE];
	struct refusal refusal = {0};
	enum rating rating;
	if (!me_deputy(rq, rp, deputy))
		return;
	if (rating_parse(fields_text(rq->fields, "rating"), &rating)) {
		show(rq, rp, 422, &(struct refusal){ERR_INVALID, "没有选择评价", "请选择满意、基本满意或不满意。"});
		return;
	}
	town_lock(rq->town);
	enum err e = proposal_rate(rq->town, rq->args[0], deputy, rating, fields_text(rq->fields, "reason"), rq->user.name, &refusal);
	town_unlock(rq->town);
	if (e && refusal.e)
		show(rq, rp, refused_status(&refusal), &refusal);
	else if (e)
		reply_err(rp, e == ERR_DENIED ? ERR_NOT_FOUND : e);
	else
		web_redirect(rp, "/me/proposals/%s?done=rated", rq->args[0]);
}
