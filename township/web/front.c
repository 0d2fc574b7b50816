/* The front page: what waits for somebody, the most urgent first. */
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "township/kiosks.h"
#include "township/store_attendance.h"
#include "township/store_evaluations.h"
#include "township/store_proposals.h"
#include "township/web/pages.h"
#include "township/web/words.h"

enum { URGENT_ROWS = 12, PROPOSAL_ROWS = 8 };

struct matter {
	struct town_case_counts counts;
	struct town_case_page urgent;
	json_t *proposals, *waiting, *leaves, *kiosks;
	int64_t polls_to_confirm, polls_to_put_right;
};

static void matter_clear(struct matter *m)
{
	json_decref(m->urgent.cases);
	json_decref(m->proposals);
	json_decref(m->waiting);
	json_decref(m->leaves);
	json_decref(m->kiosks);
}

static enum err read_matter(struct town *town, struct matter *m)
{
	struct town_store *store = town->store;
	char today[TOWN_DATE_SIZE], until[TOWN_DATE_SIZE];
	bool more;
	struct civil_date day;
	town_today(today);
	enum err e = civil_parse(today, &day);
	if (e)
		return e;
	civil_format(civil_add_days(day, CASE_SOON_DAYS + 1), until);
	e = town_case_counts(store, today, &m->counts);
	if (!e)
		e = town_cases_page(store,
		                    &(struct town_case_filter){.open = true, .today = today, .order = TOWN_CASES_BY_DUE, .limit = URGENT_ROWS},
		                    &m->urgent);
	if (!e)
		e = town_proposals_json(store,
		                        &(struct town_proposal_filter){.open = "1", .due_before = until, .by_due = true, .limit = PROPOSAL_ROWS},
		                        &m->proposals, &more);
	if (!e)
		e = town_waiting_json(store, town_now_ms() - KIOSK_CODE_HOURS * 3600000LL, &m->waiting);
	if (!e)
		e = town_leaves_json(store, &m->leaves);
	if (!e)
		e = town_evaluations_waiting(store, &m->polls_to_confirm, &m->polls_to_put_right);
	return e ? e : town_kiosk_troubles(town, town_now_ms(), &m->kiosks);
}

static void put_tile(struct html *h, const char *path, long long number, const char *words, bool urgent)
{
	html_put(h, "<li><a class=\"tile%s\" href=\"%s\"><b>%lld</b>%s</a></li>", urgent && number > 0 ? " red" : "", path, number,
	         words);
}

static void put_tiles(struct html *h, const struct matter *m)
{
	const struct town_case_counts *c = &m->counts;
	html_put(h, "<ul class=\"tiles\">");
	put_tile(h, "/cases?light=red&order=due", c->lights[CASE_RED], "▲ 超期", true);
	put_tile(h, "/cases?light=amber&order=due", c->lights[CASE_AMBER], "◆ 三天内到期", false);
	put_tile(h, "/cases?state=registered", c->states[CASE_REGISTERED], "待受理", false);
	put_tile(h, "/cases?state=redo", c->states[CASE_REDO], "退回重新办理", true);
	put_tile(h, "/cases?state=assigned", c->states[CASE_ASSIGNED], "代表在办", false);
	put_tile(h, "/cases?state=transferred", c->states[CASE_TRANSFERRED], "部门在办", false);
	put_tile(h, "/cases?state=answered", c->states[CASE_ANSWERED], "已答复，等评价", false);
	html_put(h, "</ul>");
}

static void put_urgent(struct html *h, const json_t *cases)
{
	const json_t *c;
	size_t i;
	html_put(h, "<section><h2>最急的群众反映</h2>");
	if (json_array_size(cases) == 0) {
		html_put(h, "<p class=\"card empty\">没有等着办的。</p></section>");
		return;
	}
	html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">受理号</th><th scope=\"col\">事由</th>"
	            "<th scope=\"col\">村</th><th scope=\"col\">状态</th><th scope=\"col\">期限</th></tr></thead><tbody>");
	json_array_foreach (cases, i, c) {
		html_put(h, "<tr><th scope=\"row\" class=\"nowrap\"><a href=\"/cases/%s\">%s</a></th><td data-label=\"事由\">%s</td>"
		            "<td data-label=\"村\">%s</td><td data-label=\"状态\" class=\"nowrap\">%s</td><td data-label=\"期限\">",
		         web_text(c, "case_id"), web_text(c, "receipt"), word_subject(web_text(c, "subject")),
		         web_text(c, "village")[0] ? web_text(c, "village") : "不明", word_state(web_text(c, "state")));
		word_due(h, web_text(c, "light"), web_number(c, "days_left"));
		html_put(h, "</td></tr>");
	}
	html_put(h, "</tbody></table></div></section>");
}

static void put_proposals(struct html *h, const json_t *proposals)
{
	const json_t *p;
	size_t i;
	if (json_array_size(proposals) == 0)
		return;
	html_put(h, "<section class=\"card\"><h2>快到期的建议、议案</h2><ul>");
	json_array_foreach (proposals, i, p) {
		html_put(h, "<li><a href=\"/proposals/%s\">%s</a> ", web_text(p, "id"), web_text(p, "title"));
		word_due_date(h, web_text(p, "due"));
		html_put(h, "</li>");
	}
	html_put(h, "</ul></section>");
}

static size_t count_state(const json_t *list, const char *state)
{
	const json_t *row;
	size_t i, n = 0;
	json_array_foreach (list, i, row)
		n += strcmp(web_text(row, "state"), state) == 0;
	return n;
}

static void put_waiting(struct html *h, const struct matter *m)
{
	enum { KIOSKS_NAMED = 5 };
	size_t waiting = json_array_size(m->waiting), leaves = count_state(m->leaves, "asked"), kiosks = json_array_size(m->kiosks);
	const json_t *k;
	size_t i;
	html_put(h, "<section class=\"card\"><h2>还要看一看</h2><ul>");
	if (leaves)
		html_put(h, "<li><a href=\"/activities/leaves\">%zu 份请假等批准</a></li>", leaves);
	if (waiting)
		html_put(h, "<li><a href=\"/kiosks\">%zu 台机器等登记</a></li>", waiting);
	json_array_foreach (m->kiosks, i, k)
		if (i < KIOSKS_NAMED)
			html_put(h, "<li>▲ <a href=\"/kiosks/%s\">%s</a>：%s</li>", web_text(k, "kiosk"), web_text(k, "name"),
			         web_text(k, "words"));
	if (kiosks > KIOSKS_NAMED)
		html_put(h, "<li>▲ <a href=\"/kiosks\">还有 %zu 台机器要看一看</a></li>", kiosks - KIOSKS_NAMED);
	if (m->polls_to_confirm)
		html_put(h, "<li><a href=\"/evaluations?state=counted\">%lld 次评议的票数等另一人核对</a></li>", (long long)m->polls_to_confirm);
	if (m->polls_to_put_right)
		html_put(h, "<li><a href=\"/evaluations?state=poor\">%lld 次评议等待整改</a></li>", (long long)m->polls_to_put_right);
	if (m->counts.no_village)
		html_put(h, "<li><a href=\"/cases?village=不明\">%lld 件不知道是哪个村的</a></li>", (long long)m->counts.no_village);
	if (!leaves && !waiting && !kiosks && !m->polls_to_confirm && !m->polls_to_put_right && !m->counts.no_village)
		html_put(h, "<li>没有别的了。</li>");
	html_put(h, "</ul></section>");
}

void web_front(struct request *rq, struct reply *rp)
{
	struct matter m = {0};
	struct html h;
	enum err e = read_matter(rq->town, &m);
	if (e) {
		reply_err(rp, e);
	} else {
		web_begin(&h, rq, "今天要办的", WEB_FRONT);
		put_tiles(&h, &m);
		html_put(&h, "<div class=\"columns\"><div>");
		put_urgent(&h, m.urgent.cases);
		html_put(&h, "</div><div>");
		put_proposals(&h, m.proposals);
		put_waiting(&h, &m);
		html_put(&h, "</div></div>");
		web_end(&h, rq, rp, 200);
	}
	matter_clear(&m);
}
