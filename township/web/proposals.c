/* Deputies' suggestions and motions: the list with its filters. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/proposals.h"
#include "township/web/pages.h"
#include "township/web/proposal_words.h"
#include "township/web/words.h"

enum { PAGE_ROWS = 50, WORD_MAX_BYTES = 200 };

static const char between[] = "between"; /* in the place of a congress */

static const struct web_option dues[] = {{"", "全部期限"}, {"late", "▲ 超期"}, {"soon", "◆ 三天内到期"}, {0}};

/* What was asked for, as the address has it. */
struct asked {
	const char *q, *state, *kind, *congress, *due, *after;
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

/* Days from today on which what falls due is asked for. */
static void day_from_now(int days, char out[TOWN_DATE_SIZE])
{
	civil_format(civil_add_days(civil_from_ms(town_now_ms()).date, days), out);
}

/* False where the address asks for something that there is not. */
static bool read_filter(const struct request *rq, struct asked *a, struct town_proposal_filter *f, char due[TOWN_DATE_SIZE])
{
	enum proposal_state state;
	enum proposal_kind kind;
	*a = (struct asked){.q = asked_for(rq, "q"), .state = asked_for(rq, "state"), .kind = asked_for(rq, "kind"),
	                    .congress = asked_for(rq, "congress"), .due = asked_for(rq, "due"), .after = asked_for(rq, "after")};
	*f = (struct town_proposal_filter){.kind = or_none(a->kind), .state = or_none(a->state), .q = or_none(a->q),
	                                   .congress = strcmp(a->congress, between) == 0 ? "" : or_none(a->congress),
	                                   .limit = PAGE_ROWS};
	const char *p = a->after;
	if (a->after[0]) {
		if (!str_take_number(&p, &f->before_ms) || !str_skip(&p, "_") || f->before_ms <= 0 || !uuid_valid(p))
			return false;
		f->before_id = p;
	}
	if (a->due[0]) {
		bool soon = strcmp(a->due, "soon") == 0;
		if (!soon && strcmp(a->due, "late") != 0)
			return false;
		day_from_now(soon ? CASE_SOON_DAYS + 1 : 0, due);
		f->due_before = due;
	}
	return strlen(a->q) <= WORD_MAX_BYTES && (!f->state || proposal_state_parse(f->state, &state) == ERR_OK) &&
	       (!f->kind || proposal_kind_parse(f->kind, &kind) == ERR_OK);
}

/* `congress` is as the address has it: its tiles lead to its own proposals. */
static void put_tile(struct html *h, const json_t *counts, const char *congress, const char *member, const char *query,
                     const char *label)
{
	char place[WORD_MAX_BYTES];
	bool red = strcmp(member, "overdue") == 0 && web_number(counts, member) > 0;
	html_url(congress, place, sizeof place);
	html_put(h, "<li><a class=\"tile%s\" href=\"/proposals?%s&congress=%s\"><b>%d</b>%s</a></li>", red ? " red" : "", query, place,
	         (int)web_number(counts, member), label);
}

static void put_tiles(struct html *h, const json_t *counts, const char *congress)
{
	html_put(h, "<ul class=\"tiles\">");
	put_tile(h, counts, congress, "filed", "state=filed", "待交办");
	put_tile(h, counts, congress, "transferred", "state=transferred", "办理中");
	put_tile(h, counts, congress, "redo", "state=redo", "重新办理");
	put_tile(h, counts, congress, "answered", "state=answered", "待代表评价");
	put_tile(h, counts, congress, "soon", "due=soon", "三天内到期");
	put_tile(h, counts, congress, "overdue", "due=late", "超期");
	html_put(h, "</ul>");
}

static void put_filters(struct html *h, const struct asked *a, json_t *congresses)
{
	html_put(h, "<form class=\"bar\" method=\"get\" action=\"/proposals\" role=\"search\"><div class=\"field wide\"><label "
	            "for=\"f-q\">找标题、编号、单位或代表</label><input type=\"search\" id=\"f-q\" name=\"q\" maxlength=\"60\" "
	            "value=\"%s\"></div>", a->q);
	web_select(h, &(struct web_field){.name = "state", .label = "状态", .value = a->state}, proposal_states);
	web_select(h, &(struct web_field){.name = "kind", .label = "类别", .value = a->kind}, proposal_kinds);
	web_select(h, &(struct web_field){.name = "due", .label = "期限", .value = a->due}, dues);
	json_array_append_new(congresses, json_pack("{s:s, s:s}", "id", between, "name", "闭会期间"));
	web_select_json(h, &(struct web_field){.name = "congress", .label = "会议", .value = a->congress}, "全部会议", congresses,
	                "id", "name");
	html_put(h, "<button class=\"main\">查找</button><a class=\"button\" href=\"/proposals\">全部</a></form>");
}

static void put_row(struct html *h, const json_t *p)
{
	int others = (int)web_number(p, "signatories") - 1;
	html_put(h, "<tr><td data-label=\"编号\" class=\"nowrap\">%s</td><th scope=\"row\"><a href=\"/proposals/%s\">%s</a></th>",
	         web_text(p, "label"), web_text(p, "id"), web_text(p, "title"));
	html_put(h, "<td data-label=\"代表\">%s", web_text(p, "author_name"));
	if (others > 0)
		html_put(h, "等 %d 人", others + 1);
	html_put(h, "</td><td data-label=\"类别\">%s</td><td data-label=\"会议\">%s</td><td data-label=\"提出\" class=\"nowrap\">%s</td>",
	         proposal_kind_word(web_text(p, "kind")), proposal_congress_word(p), web_text(p, "filed"));
	html_put(h, "<td data-label=\"承办单位\">%s</td><td data-label=\"状态\">%s",
	         web_text(p, "office")[0] ? web_text(p, "office") : "—", proposal_state_word(web_text(p, "state")));
	if (web_number(p, "round") > 1)
		html_put(h, "（第 %d 轮）", (int)web_number(p, "round"));
	html_put(h, "</td><td data-label=\"期限\">");
	word_due_date(h, web_text(p, "due"));
	html_put(h, "</td></tr>");
}

/* "?state=redo&due=late&": the address of this list without its page. */
static void query_of(const struct asked *a, char *out, size_t size)
{
	const char *const parts[][2] = {{"q", a->q}, {"state", a->state}, {"kind", a->kind}, {"congress", a->congress}, {"due", a->due}};
	size_t n = (size_t)snprintf(out, size, "?");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char value[WORD_MAX_BYTES * 3 + 1];
		html_url(parts[i][1], value, sizeof value);
		int more = value[0] ? snprintf(out + n, size - n, "%s=%s&", parts[i][0], value) : 0;
		if (more > 0 && (size_t)more < size - n)
			n += (size_t)more;
	}
	out[n] = '\0';
}

static void put_list(struct html *h, const struct asked *a, const json_t *list, bool more)
{
	const json_t *p, *last = json_array_get(list, json_array_size(list) - 1);
	size_t i;
	char query[2048], next[80] = "";
	if (json_array_size(list) == 0) {
		bool narrowed = a->q[0] || a->state[0] || a->kind[0] || a->congress[0] || a->due[0] || a->after[0];
		html_put(h, "<p class=\"card empty\">%s</p>", narrowed ? "没有符合的。可以换个词，或点“全部”。" : "还没有登记建议、议案。");
		return;
	}
	html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">编号</th><th scope=\"col\">标题</th>"
	            "<th scope=\"col\">代表</th><th scope=\"col\">类别</th><th scope=\"col\">会议</th><th scope=\"col\">提出</th>"
	            "<th scope=\"col\">承办单位</th><th scope=\"col\">状态</th><th scope=\"col\">期限</th></tr></thead><tbody>");
	json_array_foreach (list, i, p)
		put_row(h, p);
	html_put(h, "</tbody></table></div>");
	query_of(a, query, sizeof query);
	if (more)
		snprintf(next, sizeof next, "%" PRId64 "_%s", web_number(last, "created"), web_text(last, "id"));
	web_pager(h, "/proposals", query, or_none(next), !a->after[0]);
}

void web_proposals(struct request *rq, struct reply *rp)
{
	struct asked a;
	struct town_proposal_filter filter;
	char due[TOWN_DATE_SIZE], today[TOWN_DATE_SIZE], soon[TOWN_DATE_SIZE];
	json_t *list = NULL, *counts = NULL, *congresses = NULL;
	bool more = false;
	struct html h;
	if (!read_filter(rq, &a, &filter, due)) {
		reply_error(rp, 400, "bad_query", "查找的条件不对", "请从“建议议案”重新查找");
		return;
	}
	town_today(today);
	day_from_now(CASE_SOON_DAYS, soon);
	enum err e = town_proposals_json(rq->town->store, &filter, &list, &more);
	if (!e)
		e = proposals_mark(list, today);
	if (!e)
		e = town_proposal_counts_json(rq->town->store, filter.congress, today, soon, &counts);
	if (!e)
		e = town_congresses_json(rq->town->store, &congresses);
	if (!e) {
		web_begin(&h, rq, "建议议案", WEB_PROPOSALS);
		html_put(&h, "<p class=\"bar noprint\">");
		if (web_may_write(rq))
			html_put(&h, "<a class=\"button main\" href=\"/proposals/new\">登记一件</a>");
		html_put(&h, "<a class=\"button\" href=\"/congresses\">会议和议案截止日期</a></p>");
		put_tiles(&h, counts, a.congress);
		put_filters(&h, &a, congresses);
		put_list(&h, &a, list, more);
		web_end(&h, rq, rp, 200);
	} else {
		reply_err(rp, e);
	}
	json_decref(list);
	json_decref(counts);
	json_decref(congresses);
}
