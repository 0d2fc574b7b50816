/* Deputies' QR cards: who has one, issuing, printing, reporting lost. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "pdf/card.h"
#include "township/attendance.h"
#include "township/roster_edit.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

static void put_state(struct html *h, const json_t *c, const char *today)
{
	if (web_number(c, "lost_through") >= web_number(c, "issue"))
		web_badge(h, WEB_RED, "已挂失");
	else if (strcmp(web_text(c, "expires"), today) < 0)
		web_badge(h, WEB_AMBER, "已过期");
	else
		web_badge(h, WEB_GREEN, "有效");
}

void web_cards(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *cards;
	const json_t *c;
	size_t i;
	char today[TOWN_DATE_SIZE], path[ROSTER_PATH_SIZE];
	enum err e = town_cards_json(rq->town->store, &cards);
	if (e) {
		reply_err(rp, e);
		return;
	}
	town_today(today);
	roster_begin(&h, rq, "代表证", ROSTER_CARDS);
	html_put(&h, "<p class=\"soft\">代表证在代表的页面上发；这里是每位代表最近的一张。</p>");
	if (json_array_size(cards)) {
		html_put(&h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">代表</th><th scope=\"col\">状态</th><th scope=\"col\" class=\"n\">第几张</th>"
		             "<th scope=\"col\">发证</th><th scope=\"col\">有效到</th></tr></thead><tbody>");
		json_array_foreach (cards, i, c) {
			html_put(&h, "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th><td data-label=\"状态\">",
			         roster_path(web_text(c, "deputy"), "/card", path), web_text(c, "name"));
			put_state(&h, c, today);
			html_put(&h, "</td><td data-label=\"第几张\" class=\"n\">%lld</td><td data-label=\"发证\" class=\"nowrap\">%s</td>"
			             "<td data-label=\"有效到\" class=\"nowrap\">%s</td></tr>", (long long)web_number(c, "issue"),
			         web_text(c, "issued"), web_text(c, "expires"));
		}
		html_put(&h, "</tbody></table></div>");
	} else {
		html_put(&h, "<p class=\"card empty\">还没有发过代表证。</p>");
	}
	web_end(&h, rq, rp, 200);
	json_decref(cards);
}

/* ---- one deputy's ---- */

static void put_card(struct html *h, const struct request *rq, const char *id, const json_t *c, const char *today)
{
	char path[ROSTER_PATH_SIZE];
	bool lost = web_number(c, "lost_through") >= web_number(c, "issue");
	html_put(h, "<section class=\"card\"><h2>现在的代表证</h2><p>");
	put_state(h, c, today);
	html_put(h, "</p><dl class=\"facts\"><dt>第几张</dt><dd>%lld</dd><dt>发证</dt><dd>%s</dd><dt>有效到</dt><dd>%s</dd></dl>",
	         (long long)web_number(c, "issue"), web_text(c, "issued"), web_text(c, "expires"));
	if (!lost && web_may_write(rq)) {
		html_put(h, "<p class=\"bar\"><a class=\"button main\" href=\"%s\">下载并打印（PDF）</a></p><p class=\"hint\">银行卡大小，正反两页：用证卡打印机打，或打在纸上裁下来。</p>",
		         roster_path(id, "/card.pdf", path));
		web_form(h, rq, roster_path(id, "/card", path));
		html_put(h, "<button class=\"danger\" name=\"act\" value=\"lost\" data-ask=\"挂失以后，这一张和以前的都不能再签到。确定吗？\">挂失</button></form>");
	}
	html_put(h, "</section>");
}

static void put_issue(struct html *h, const struct request *rq, const char *id, bool has)
{
	static const struct web_option years[] = {{"1825", "五年"}, {"1095", "三年"}, {"365", "一年"}, {"90", "三个月"}, {NULL, NULL}};
	char path[ROSTER_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>%s</h2>", has ? "换发新证" : "发证");
	if (has)
		html_put(h, "<p>新证一发，旧证就作废。</p>");
	web_form(h, rq, roster_path(id, "/card", path));
	web_select(h, &(struct web_field){.name = "days", .label = "有效期", .value = "1825"}, years);
	html_put(h, "<button class=\"main\" name=\"act\" value=\"issue\">%s</button></form></section>", has ? "换发" : "发证");
}

static json_t *card_of(const json_t *cards, const char *id)
{
	json_t *c;
	size_t i;
	json_array_foreach (cards, i, c)
		if (strcmp(web_text(c, "deputy"), id) == 0)
			return c;
	return NULL;
}

static void show(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct html h;
	json_t *cards = NULL, *deputy = NULL;
	char today[TOWN_DATE_SIZE];
	enum err e = town_roster_one(rq->town->store, rq->args[0], &deputy);
	if (!e)
		e = town_cards_json(rq->town->store, &cards);
	if (e) {
		reply_err(rp, e);
	} else {
		const json_t *card = card_of(cards, rq->args[0]);
		town_today(today);
		roster_begin_deputy(&h, rq, "代表证", rq->args[0], web_text(deputy, "name"));
		put_refusal(&h, refusal);
		if (card)
			put_card(&h, rq, rq->args[0], card, today);
		if (web_may_write(rq) && json_is_null(json_object_get(deputy, "left")))
			put_issue(&h, rq, rq->args[0], card != NULL);
		web_end(&h, rq, rp, roster_status(refusal));
	}
	json_decref(cards);
	json_decref(deputy);
}

void web_card(struct request *rq, struct reply *rp)
{
	show(rq, rp, NULL);
}

static enum err issue(struct request *rq, struct refusal *refusal)
{
	struct card_token card;
	struct town_person person;
	char text[CARD_TOKEN_SIZE], detail[48], expires[TOWN_DATE_SIZE];
	const char *days = fields_text(rq->fields, "days");
	long n = strlen(days) <= 4 && strspn(days, "0123456789") == strlen(days) ? strtol(days, NULL, 10) : 0;
	if (n < 1 || n > CARD_DAYS_MAX)
		return refuse_with(refusal, ERR_INVALID, "请从列表里选", "有效期不对");
	enum err e = town_begin(rq->town->store);
	if (!e)
		e = town_person_get(rq->town->store, rq->args[0], &person);
	if (!e && person.left)
		e = refuse_with(refusal, ERR_STATE, "请先恢复这位代表", "这位代表已经离任");
	if (!e)
		e = card_issue(rq->town, rq->args[0], (int)n, rq->user.name, &card, text);
	if (!e) {
		civil_format(civil_from_day_number(card.expires_day), expires);
		snprintf(detail, sizeof detail, "%u until %s", (unsigned)card.issue, expires);
		e = town_audit_user(rq->town, rq->user.name, "card.issued", rq->args[0], detail);
	}
	sodium_memzero(text, sizeof text);
	return town_end(rq->town->store, e);
}

static enum err lose(struct request *rq, struct refusal *refusal)
{
	struct card_state state = {0};
	char detail[32];
	enum err e = town_begin(rq->town->store);
	if (!e)
		e = card_report_lost(rq->town, rq->args[0], rq->user.name, &state);
	if (e == ERR_STATE)
		e = refuse_with(refusal, e, "不必挂失", "这位代表还没有代表证");
	if (!e) {
		snprintf(detail, sizeof detail, "up to %u", (unsigned)state.issue);
		e = town_audit_user(rq->town, rq->user.name, "card.lost", rq->args[0], detail);
	}
	return town_end(rq->town->store, e);
}

void web_card_post(struct request *rq, struct reply *rp)
{
	struct refusal refusal = {0};
	bool lost = strcmp(fields_text(rq->fields, "act"), "lost") == 0;
	enum err e = lost ? lose(rq, &refusal) : issue(rq, &refusal);
	rp->changed = !e;
	if (!e)
		web_redirect(rp, "/roster/%s/card?done=%s", rq->args[0], lost ? "card-lost" : "card-issued");
	else if (roster_refused(rp, e, &refusal))
		show(rq, rp, &refusal);
}

/* ---- the card itself ---- */

/* What is on it; the texts are kept here. */
struct print {
	char home[192], levels[64], token[CARD_TOKEN_SIZE];
	struct town_person person;
	struct card_token signed_for;
	json_t *portrait; /* owned */
};

static enum err gather(struct request *rq, struct print *print)
{
	struct card_state state = {0};
	enum err e = town_person_get(rq->town->store, rq->args[0], &print->person);
	if (!e)
		e = town_card_state(rq->town->store, rq->args[0], &state);
	if (!e && (print->person.left || state.issue == 0 || state.lost_through >= state.issue))
		e = ERR_NOT_FOUND;
	if (!e)
		e = card_again(rq->town, rq->args[0], state.issue, &print->signed_for, print->token);
	if (!e)
		e = town_portrait_json(rq->town->store, rq->args[0], &print->portrait);
	if (!e)
		e = town_begin(rq->town->store);
	if (!e)
		e = town_end(rq->town->store, town_audit_user(rq->town, rq->user.name, "card.printed", rq->args[0], ""));
	snprintf(print->home, sizeof print->home, "%s人大代表之家", rq->town->township);
	for (size_t i = 0; i < print->person.p.mandate_count; i++) {
		size_t n = strlen(print->levels);
		snprintf(print->levels + n, sizeof print->levels - n, "%s%s", i ? "," : "", print->person.p.mandates[i].level);
	}
	return e;
}

/* Draws it: not under the lock. A portrait that cannot be read is none. */
static enum err draw(const struct print *print, uint8_t **pdf, size_t *len)
{
	struct portrait portrait = {0};
	uint8_t *bytes = NULL;
	size_t size = 0;
	const char *data = web_text(print->portrait, "data");
	bool has = data[0] && b64_any(data, strlen(data), &bytes, &size) == ERR_OK && portrait_decode(bytes, size, &portrait) == ERR_OK;
	struct card card = {.home = print->home, .phone = "", .name = print->person.p.name, .levels = print->levels,
	                    .group = print->person.p.group, .token = print->token, .issue = print->signed_for.issue,
	                    .expires = civil_from_day_number(print->signed_for.expires_day), .portrait = has ? &portrait : NULL,
	                    .made_ms = town_now_ms()};
	enum err e = card_pdf(&card, pdf, len);
	portrait_clear(&portrait);
	free(bytes);
	return e;
}

void web_card_pdf(struct request *rq, struct reply *rp)
{
	struct print *print = calloc(1, sizeof *print);
	uint8_t *pdf = NULL;
	size_t len = 0;
	char name[200];
	enum err e = print ? ERR_OK : ERR_NOMEM;
	if (!e) {
		town_lock(rq->town);
		e = gather(rq, print);
		town_unlock(rq->town);
	}
	if (!e)
		e = draw(print, &pdf, &len);
	if (print && print->token[0] && (e == ERR_NOT_FOUND || e == ERR_TOO_LONG || e == ERR_INVALID)) {
		reply_error(rp, 503, "card", "这张代表证印不出来", "姓名或小组名称里有服务器的字体没有的字，或者太长；请管理员装上字体");
	} else if (e) {
		reply_err(rp, e);
	} else {
		snprintf(name, sizeof name, "代表证-%s.pdf", print->person.p.name);
		web_bytes_reply(rp, pdf, len, "application/pdf", name, false);
	}
	free(pdf);
	if (print) {
		json_decref(print->portrait);
		sodium_memzero(print, sizeof *print);
	}
	free(print);
}
