/* One case: what was said, drawn and spoken, what was done, and what may be done next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "township/blobs.h"
#include "township/cases.h"
#include "township/ink_svg.h"
#include "township/web/case_page.h"
#include "township/web/pages.h"
#include "township/web/words.h"

static void put_who(struct html *h, const json_t *body)
{
	const char *identity = web_text(body, "identity"), *phone = web_text(body, "phone");
	if (strcmp(identity, "anonymous") == 0 || !identity[0]) {
		html_put(h, "<dt>反映人</dt><dd>匿名</dd>");
		return;
	}
	html_put(h, "<dt>反映人</dt><dd>%s%s</dd>", web_text(body, "name"),
	         strcmp(identity, "id_card") == 0 ? "（出示了身份证）" : "");
	if (phone[0])
		html_put(h, "<dt>电话</dt><dd>%s</dd>", phone);
}

static void put_facts(struct html *h, const struct town_case *known, const json_t *c, const json_t *body)
{
	char at[24];
	const char *village = known->village;
	const char *wanted = web_text(c, "deputy_name"), *assigned = web_text(c, "assigned_name");
	html_put(h, "<dl class=\"facts\"><dt>类别</dt><dd>%s · %s</dd>", word_kind(web_text(c, "kind")),
	         word_subject(web_text(c, "subject")));
	html_put(h, "<dt>提交时间</dt><dd>%s%s</dd>", web_time(web_number(c, "at"), at),
	         json_is_false(json_object_get(c, "clock_ok")) ? "（机器的时间当时没有核对）" : "");
	put_who(h, body);
	html_put(h, "<dt>村</dt><dd>%s%s</dd>", village[0] ? village : "不明",
	         village[0] && strcmp(known->village_by, "office") != 0 ? "（系统按内容推定）" : "");
	html_put(h, "<dt>想找的代表</dt><dd>%s</dd>", wanted[0] ? wanted : "当天值班的代表");
	if (assigned[0])
		html_put(h, "<dt>经办代表</dt><dd>%s</dd>", assigned);
	if (web_text(c, "office")[0])
		html_put(h, "<dt>承办单位</dt><dd>%s</dd>", web_text(c, "office"));
	html_put(h, "</dl>");
}

static void put_blobs(struct html *h, const json_t *c, const json_t *body)
{
	const json_t *blob;
	size_t i;
	int page = 0;
	json_array_foreach (json_object_get(body, "blobs"), i, blob) {
		const char *sha = web_text(blob, "sha256"), *id = web_text(c, "case_id");
		bool sound = strcmp(web_text(blob, "media"), "audio/ogg") == 0;
		if (!json_is_true(json_object_get(blob, "here")))
			html_put(h, "<p class=\"warn\">%s还在路上：机器联网后会自动送来。</p>", sound ? "录音" : "手写页");
		else if (sound)
			html_put(h, "<h3>录音</h3><audio controls preload=\"none\" src=\"/cases/%s/sound/%s\"></audio>", id, sha);
		else {
			page++;
			html_put(h, "<h3>手写第 %d 页</h3><img class=\"ink\" src=\"/cases/%s/ink/%s\" alt=\"手写第 %d 页\">", page, id, sha,
			         page);
		}
	}
}

static void put_timeline(struct html *h, const json_t *c)
{
	const json_t *step;
	size_t i;
	char at[24];
	html_put(h, "<ol class=\"timeline\"><li><strong>提交</strong> <span class=\"soft\">%s</span></li>",
	         web_time(web_number(c, "at"), at));
	json_array_foreach (json_object_get(c, "steps"), i, step) {
		const char *note = web_text(step, "note"), *due = web_text(step, "due"), *user = web_text(step, "user");
		html_put(h, "<li><strong>%s</strong> · %s <span class=\"soft\">%s</span>", word_step(web_text(step, "step")),
		         web_text(step, "who"), web_time(web_number(step, "at"), at));
		if (web_number(step, "round") > 1)
			html_put(h, " <span class=\"soft\">第 %d 轮</span>", (int)web_number(step, "round"));
		if (note[0])
			html_paragraphs(h, note);
		if (due[0])
			html_put(h, "<p class=\"soft\">期限 %s</p>", due);
		if (user[0])
			html_put(h, "<p class=\"hint\">经手：%s</p>", user);
		html_put(h, "</li>");
	}
	html_put(h, "</ol>");
}

static void put_answer(struct html *h, const json_t *c)
{
	const json_t *answer = json_object_get(c, "answer"), *rating;
	size_t i;
	char at[24];
	if (json_is_object(answer)) {
		html_put(h, "<section class=\"card\"><h2>答复</h2><div class=\"words\">");
		html_paragraphs(h, web_text(answer, "text"));
		html_put(h, "</div><p class=\"soft\">%s · %s</p></section>", web_text(answer, "by"), web_time(web_number(answer, "at"), at));
	}
	if (json_array_size(json_object_get(c, "ratings")) == 0)
		return;
	html_put(h, "<section class=\"card\"><h2>评价</h2>");
	json_array_foreach (json_object_get(c, "ratings"), i, rating) {
		html_put(h, "<p>第 %d 轮：<strong>%s</strong> <span class=\"soft\">%s</span></p>", (int)web_number(rating, "round"),
		         word_rating(web_text(rating, "rating")), web_time(web_number(rating, "at"), at));
		html_paragraphs(h, web_text(rating, "reason"));
	}
	html_put(h, "</section>");
}

static void put_deadlines(struct html *h, const json_t *c, const char *due)
{
	html_put(h, "<section class=\"card\"><h2>%s</h2>", word_state(web_text(c, "state")));
	if (due[0])
		word_due_date(h, due);
	else if (strcmp(web_text(c, "state"), "answered") == 0)
		html_put(h, "<p class=\"soft\">等反映人评价</p>");
	html_put(h, "<dl class=\"facts\"><dt>交办期限</dt><dd>%s</dd><dt>答复期限</dt><dd>%s%s</dd><dt>轮次</dt><dd>第 %d 轮</dd></dl></section>",
	         web_text(c, "transfer_due"), web_text(c, "answer_due"),
	         json_is_true(json_object_get(c, "extended")) ? "（已延期一次）" : "", (int)web_number(c, "round"));
}

/* Opening a case is an act that the chain remembers: no link, no reading. Under the town's lock. */
static enum err open_case(struct request *rq, struct town_case *c, json_t **opened)
{
	enum err e = town_case_resolve(rq->town->store, rq->args[0], c);
	if (!e)
		e = town_begin(rq->town->store);
	if (e)
		return e;
	e = town_end(rq->town->store, town_audit_user(rq->town, rq->user.name, "case.opened", c->id, ""));
	return e ? e : case_open(rq->town, c, opened);
}

/* The most urgent of the others: forty of them are worked one after another. */
static void put_next(struct html *h, struct request *rq, const char *this_id)
{
	char today[TOWN_DATE_SIZE];
	struct town_case_page page = {0};
	const json_t *c;
	size_t i;
	town_today(today);
	town_lock(rq->town);
	enum err e = town_cases_page(
		rq->town->store,
		&(struct town_case_filter){.open = true, .today = today, .order = TOWN_CASES_BY_DUE, .limit = 2}, &page);
	town_unlock(rq->town);
	if (e)
		return;
	json_array_foreach (page.cases, i, c) {
		if (strcmp(web_text(c, "case_id"), this_id) == 0)
			continue;
		html_put(h, " · <a href=\"/cases/%s\">下一件急的：%s »</a>", web_text(c, "case_id"), web_text(c, "receipt"));
		break;
	}
	json_decref(page.cases);
}

void case_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	struct town_case known;
	json_t *c = NULL;
	char title[64];
	town_lock(rq->town);
	enum err e = open_case(rq, &known, &c);
	town_unlock(rq->town);
	if (e == ERR_EXISTS) {
		reply_error(rp, 409, "several", "有几件用同一个受理号", "请从列表中打开要看的那一件");
		return;
	}
	if (e) {
		reply_err(rp, e);
		return;
	}
	const json_t *body = json_object_get(c, "body");
	snprintf(title, sizeof title, "受理号 %s", web_text(c, "receipt"));
	web_begin(&h, rq, title, WEB_CASES);
	html_put(&h, "<p class=\"crumb noprint\"><a href=\"/cases\">« 群众反映</a>");
	put_next(&h, rq, known.id);
	html_put(&h, "</p>");
	web_problem(&h, what, remedy);
	html_put(&h, "<div class=\"columns\"><div><section class=\"card\">");
	if (web_text(body, "text")[0]) {
		html_put(&h, "<div class=\"words\">");
		html_paragraphs(&h, web_text(body, "text"));
		html_put(&h, "</div>");
	}
	put_blobs(&h, c, body);
	put_facts(&h, &known, c, body);
	html_put(&h, "</section>");
	put_answer(&h, c);
	html_put(&h, "<section class=\"card\"><h2>办理过程</h2>");
	put_timeline(&h, c);
	html_put(&h, "</section></div><div>");
	put_deadlines(&h, c, known.due);
	if (web_may_write(rq)) {
		case_step_forms(&h, rq, c);
		case_village_form(&h, rq, &known);
	}
	html_put(&h, "</div></div>");
	json_decref(c);
	web_end(&h, rq, rp, status);
}

void web_case(struct request *rq, struct reply *rp)
{
	case_page(rq, rp, 200, NULL, NULL);
}

/* Whether the case's sealed body names that blob: nobody reads one by way of another case. */
static bool blob_of_case(const json_t *opened, const char *sha)
{
	const json_t *blob;
	size_t i;
	json_array_foreach (json_object_get(json_object_get(opened, "body"), "blobs"), i, blob) {
		if (strcmp(web_text(blob, "sha256"), sha) == 0)
			return true;
	}
	return false;
}

/* The blob, opened; with its link in the chain, once where a player asks for it part by part. */
static enum err open_blob(struct request *rq, char **plain, size_t *len)
{
	size_t from, until;
	bool first = !web_range(rq, SIZE_MAX, &from, &until) || from == 0;
	struct town_case c;
	json_t *opened = NULL;
	town_lock(rq->town);
	enum err e = town_case_get(rq->town->store, rq->args[0], &c);
	if (!e)
		e = case_open(rq->town, &c, &opened);
	if (!e && !blob_of_case(opened, rq->args[1]))
		e = ERR_NOT_FOUND;
	json_decref(opened);
	if (!e && first && !(e = town_begin(rq->town->store)))
		e = town_end(rq->town->store, town_audit_user(rq->town, rq->user.name, "blob.opened", rq->args[1], c.id));
	town_unlock(rq->town);
	return e ? e : blob_unseal(rq->town, rq->args[1], plain, len);
}

void web_case_ink(struct request *rq, struct reply *rp)
{
	char *plain = NULL, *svg = NULL;
	size_t len = 0, svg_len = 0;
	enum err e = open_blob(rq, &plain, &len);
	if (!e)
		e = ink_svg((const uint8_t *)plain, len, &svg, &svg_len);
	if (e)
		reply_err(rp, e == ERR_INVALID ? ERR_CORRUPT : e);
	else
		web_bytes_reply(rp, svg, svg_len, "image/svg+xml", "手写.svg", true);
	town_forget(plain, len);
	town_forget(svg, svg_len);
}

void web_case_sound(struct request *rq, struct reply *rp)
{
	char *plain = NULL;
	size_t len = 0;
	enum err e = open_blob(rq, &plain, &len);
	if (e)
		reply_err(rp, e);
	else
		web_part_reply(rq, rp, plain, len, "audio/ogg", "录音.ogg");
	town_forget(plain, len);
}
