/* A case that was given to a deputy, on the deputy's phone: the words, what was done, the talk. Whoever it is not given to (any
 * more) finds nothing here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/cases.h"
#include "township/web/me.h"
#include "township/web/pages.h"
#include "township/web/words.h"

enum { TEXT_CHARS = 4000, REASON_CHARS = 300 };

/* Under the town's lock. ERR_NOT_FOUND: not this deputy's. */
static enum err my_case(struct request *rq, const char *deputy, struct town_case *c)
{
	enum err e = town_case_get(rq->town->store, rq->args[0], c);
	return e ? e : strcmp(c->assigned, deputy) == 0 ? ERR_OK : ERR_NOT_FOUND;
}

/* Reading is an act that the chain remembers: no link, no reading. */
static enum err open_mine(struct request *rq, const char *deputy, struct town_case *c, json_t **opened)
{
	town_lock(rq->town);
	enum err e = my_case(rq, deputy, c);
	if (!e)
		e = town_begin(rq->town->store);
	if (!e)
		e = town_end(rq->town->store, town_audit_user(rq->town, rq->user.name, "case.opened", c->id, "deputy"));
	if (!e)
		e = case_open(rq->town, c, opened);
	town_unlock(rq->town);
	return e;
}

static void put_words(struct html *h, const json_t *c)
{
	const json_t *body = json_object_get(c, "body"), *blob;
	const char *phone = web_text(body, "phone"), *name = web_text(body, "name"), *id = web_text(c, "case_id");
	size_t i;
	int page = 0;
	bool anonymous = strcmp(web_text(body, "identity"), "anonymous") == 0 || !name[0];
	html_put(h, "<section class=\"card\"><p class=\"soft\">%s · %s</p><div class=\"words\">", word_kind(web_text(c, "kind")),
	         word_subject(web_text(c, "subject")));
	html_paragraphs(h, web_text(body, "text"));
	html_put(h, "</div>");
	json_array_foreach (json_object_get(body, "blobs"), i, blob) {
		const char *sha = web_text(blob, "sha256");
		if (!json_is_true(json_object_get(blob, "here")))
			html_put(h, "<p class=\"warn\">手写或录音还在路上，机器联网后会自动送来。</p>");
		else if (strcmp(web_text(blob, "media"), "audio/ogg") == 0)
			html_put(h, "<h3>录音</h3><audio controls preload=\"none\" src=\"/me/cases/%s/sound/%s\"></audio>", id, sha);
		else
			html_put(h, "<h3>手写第 %d 页</h3><img class=\"ink\" src=\"/me/cases/%s/ink/%s\" alt=\"手写第 %d 页\">", page + 1, id, sha, page + 1), page++;
	}
	html_put(h, "<p>反映人：%s", anonymous ? "匿名" : name);
	if (phone[0])
		html_put(h, "，电话 <a href=\"tel:%s\">%s</a>", phone, phone);
	html_put(h, "</p><p class=\"soft\">群众来信来访要保密，请不要给别人看。打开的时间已记录。</p></section>");
}

static void put_progress(struct html *h, const json_t *c, const struct town_case *known)
{
	const json_t *step, *answer = json_object_get(c, "answer");
	size_t i;
	char at[24];
	html_put(h, "<section class=\"card\"><h2>%s</h2>", word_state(web_text(c, "state")));
	if (known->due[0])
		word_due_date(h, known->due);
	if (web_text(c, "office")[0])
		html_put(h, "<p>承办单位：%s</p>", web_text(c, "office"));
	if (json_is_object(answer)) {
		html_put(h, "<h3>答复</h3><div class=\"words\">");
		html_paragraphs(h, web_text(answer, "text"));
		html_put(h, "</div><p class=\"soft\">%s · %s</p>", web_text(answer, "by"), web_time(web_number(answer, "at"), at));
	}
	html_put(h, "<h3>办理过程</h3><ol class=\"timeline\"><li><strong>提交</strong> <span class=\"soft\">%s</span></li>", web_time(web_number(c, "at"), at));
	json_array_foreach (json_object_get(c, "steps"), i, step) {
		html_put(h, "<li><strong>%s</strong> · %s <span class=\"soft\">%s</span>", word_step(web_text(step, "step")), web_text(step, "who"),
		         web_time(web_number(step, "at"), at));
		html_paragraphs(h, web_text(step, "note"));
		html_put(h, "</li>");
	}
	html_put(h, "</ol></section>");
}

static bool allows(const json_t *c, const char *step)
{
	const json_t *name;
	size_t i;
	json_array_foreach (json_object_get(c, "allowed"), i, name)
		if (strcmp(json_string_value(name), step) == 0)
			return true;
	return false;
}

static void put_forms(struct html *h, const struct request *rq, const json_t *c)
{
	char path[128];
	if (allows(c, "talk")) {
		snprintf(path, sizeof path, "/me/cases/%.40s/talk", web_text(c, "case_id"));
		html_put(h, "<section class=\"card\"><h2>记录面谈</h2>");
		web_form(h, rq, path);
		web_area(h, &(struct web_field){.name = "talk", .label = "和反映人谈了什么", .value = fields_text(rq->fields, "talk"), .max = TEXT_CHARS,
		                                .required = true, .hint = "什么时候、在哪里、谈的结果；反映人凭小票可以看到。"},
		         5);
		web_form_end(h, "记下来");
		html_put(h, "</section>");
	}
	if (strcmp(web_text(c, "state"), "answered") == 0) {
		snprintf(path, sizeof path, "/me/cases/%.40s/send-back", web_text(c, "case_id"));
		html_put(h, "<section class=\"card\"><h2>对答复不满意</h2>");
		web_form(h, rq, path);
		web_area(h, &(struct web_field){.name = "reason", .label = "哪里不满意", .value = fields_text(rq->fields, "reason"), .max = REASON_CHARS,
		                                .required = true, .hint = "退回后重新办理，期限从当天重新计算。"},
		         4);
		html_put(h, "<button class=\"danger\" data-ask=\"确定退回重新办理吗？\">退回重新办理</button></form></section>");
	}
}

static void show(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	struct town_case known;
	json_t *c = NULL;
	char deputy[REPORT_ID_SIZE], title[64];
	if (!me_deputy(rq, rp, deputy))
		return;
	enum err e = open_mine(rq, deputy, &known, &c);
	if (e) {
		reply_err(rp, e);
		return;
	}
	snprintf(title, sizeof title, "受理号 %s", web_text(c, "receipt"));
	me_begin(&h, rq, title);
	web_problem(&h, what, remedy);
	put_words(&h, c);
	put_progress(&h, c, &known);
	put_forms(&h, rq, c);
	json_decref(c);
	web_end(&h, rq, rp, status);
}

void web_me_case(struct request *rq, struct reply *rp)
{
	show(rq, rp, 200, NULL, NULL);
}

/* Whether it is this deputy's; false with the reply. */
static bool is_mine(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE];
	struct town_case c;
	if (!me_deputy(rq, rp, deputy))
		return false;
	town_lock(rq->town);
	enum err e = my_case(rq, deputy, &c);
	town_unlock(rq->town);
	if (e)
		reply_err(rp, e);
	return !e;
}

void web_me_ink(struct request *rq, struct reply *rp)
{
	if (is_mine(rq, rp))
		web_case_ink(rq, rp);
}

void web_me_sound(struct request *rq, struct reply *rp)
{
	if (is_mine(rq, rp))
		web_case_sound(rq, rp);
}

/* Does it, if it is still this deputy's: in the same transaction. */
static enum err act(struct request *rq, const char *deputy, bool talk, struct step_refusal *refusal)
{
	struct town_case c;
	char name[128], who[160];
	struct step_order order = {.step = "talk", .text = fields_text(rq->fields, "talk"), .user = rq->user.name};
	enum err e = case_prepare_key(rq->town, rq->args[0]);
	if (e)
		return e;
	town_lock(rq->town);
	e = town_begin(rq->town->store);
	if (!e) {
		e = my_case(rq, deputy, &c);
		if (!e && talk) {
			e = case_step_do(rq->town, &c, &order, refusal);
		} else if (!e) {
			e = town_deputy_name(rq->town->store, deputy, name);
			snprintf(who, sizeof who, "%s 代表", e ? "" : name);
			if (!e)
				e = case_send_back(rq->town, &c, who, fields_text(rq->fields, "reason"), rq->user.name);
		}
		e = town_end(rq->town->store, e);
	}
	town_unlock(rq->town);
	return e;
}

static void do_act(struct request *rq, struct reply *rp, bool talk)
{
	struct step_refusal refusal = {0};
	char deputy[REPORT_ID_SIZE];
	/* Whose it is comes first: others must not learn that there is such a case. */
	if (!is_mine(rq, rp) || !me_deputy(rq, rp, deputy))
		return;
	enum err e = act(rq, deputy, talk, &refusal);
	rp->changed = !e;
	if (e && refusal.e)
		show(rq, rp, refusal.e == ERR_STATE ? 409 : 422, refusal.what, refusal.remedy);
	else if (e == ERR_STATE)
		show(rq, rp, 409, "现在没有可以退回的答复", "请看办理过程。");
	else if (e == ERR_INVALID || e == ERR_TOO_LONG)
		show(rq, rp, 422, e == ERR_INVALID ? "没有写哪里不满意" : "文字太长", "请写明原因，不超过 300 字。");
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, talk ? "/me/cases/%s?done=talked" : "/me/cases/%s?done=sent-back", rq->args[0]);
}

void web_me_talk(struct request *rq, struct reply *rp)
{
	do_act(rq, rp, true);
}

void web_me_send_back(struct request *rq, struct reply *rp)
{
	do_act(rq, rp, false);
}
