/* What came in: a list with filters, search and pages; late ones stand out. */
#include <stdio.h>
#include <string.h>

#include "township/search.h"
#include "township/villages.h"
#include "township/web/pages.h"
#include "township/web/words.h"

enum { PAGE_ROWS = 50 };

/* In the place of a village: those of which nobody knows it. */
static const char unknown[] = "不明";

static const struct web_option lights[] = {
	{"", "全部期限"}, {"red", "▲ 超期"}, {"amber", "◆ 三天内到期"}, {"green", "● 还早"}, {"none", "○ 不用再办"}, {0},
};
static const struct web_option orders[] = {{"", "新的在前"}, {"due", "急的在前"}, {0}};

/* What was asked for, as the address has it; empty members are as good as none. */
struct asked {
	const char *q, *state, *kind, *subject, *village, *deputy, *light, *month, *order, *after;
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

static void read_asked(const struct request *rq, struct asked *a)
{
	*a = (struct asked){.q = asked_for(rq, "q"), .state = asked_for(rq, "state"), .kind = asked_for(rq, "kind"),
	                    .subject = asked_for(rq, "subject"), .village = asked_for(rq, "village"),
	                    .deputy = asked_for(rq, "deputy"), .light = asked_for(rq, "light"), .month = asked_for(rq, "month"),
	                    .order = asked_for(rq, "order"), .after = asked_for(rq, "after")};
}

/* "?state=redo&light=red&": the address of this list without its page. */
static void query_of(const struct asked *a, char *out, size_t size)
{
	const struct {
		const char *name, *value;
	} parts[] = {{"q", a->q},           {"state", a->state},   {"kind", a->kind},   {"subject", a->subject}, {"village", a->village},
	             {"deputy", a->deputy}, {"light", a->light},   {"month", a->month}, {"order", a->order}};
	size_t n = (size_t)snprintf(out, size, "?");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char value[640];
		if (!parts[i].value[0])
			continue;
		html_url(parts[i].value, value, sizeof value);
		int more = snprintf(out + n, size - n, "%s=%s&", parts[i].name, value);
		if (more < 0 || (size_t)more >= size - n)
			break;
		n += (size_t)more;
	}
	out[n] = '\0';
}

static void put_filters(struct html *h, const struct asked *a, const json_t *villages)
{
	json_t *subjects = word_subjects();
	html_put(h, "<form class=\"bar\" method=\"get\" action=\"/cases\" role=\"search\"><div class=\"field wide\"><label for=\"f-q\">"
	            "找内容、受理号、单位或代表</label><input type=\"search\" id=\"f-q\" name=\"q\" maxlength=\"60\" value=\"%s\"></div>", a->q);
	web_select(h, &(struct web_field){.name = "state", .label = "状态", .value = a->state}, word_states);
	web_select(h, &(struct web_field){.name = "light", .label = "期限", .value = a->light}, lights);
	web_select_json(h, &(struct web_field){.name = "subject", .label = "事由", .value = a->subject}, "全部事由", subjects, "id", "name");
	web_select_json(h, &(struct web_field){.name = "village", .label = "村", .value = a->village}, "全部村", villages, "village",
	                "village");
	web_select(h, &(struct web_field){.name = "kind", .label = "类别", .value = a->kind}, word_kinds);
	web_input(h, &(struct web_field){.name = "month", .label = "月份", .type = "month", .value = a->month});
	web_select(h, &(struct web_field){.name = "order", .label = "排列", .value = a->order}, orders);
	if (a->deputy[0])
		html_put(h, "<input type=\"hidden\" name=\"deputy\" value=\"%s\">", a->deputy);
	html_put(h, "<button class=\"main\">查找</button><a class=\"button\" href=\"/cases\">全部</a></form>");
	json_decref(subjects);
}

static void put_row(struct html *h, const json_t *c)
{
	char at[24];
	const char *assigned = web_text(c, "assigned_name"), *office = web_text(c, "office"), *wanted = web_text(c, "deputy_name");
	html_put(h, "<tr><th scope=\"row\" class=\"nowrap\"><a href=\"/cases/%s\">%s</a></th>", web_text(c, "case_id"),
	         web_text(c, "receipt"));
	html_put(h, "<td data-label=\"提交\" class=\"nowrap\">%s</td><td data-label=\"类别\">%s</td><td data-label=\"事由\">%s</td>",
	         web_date(web_number(c, "at"), at), word_kind(web_text(c, "kind")), word_subject(web_text(c, "subject")));
	html_put(h, "<td data-label=\"村\">%s</td>", web_text(c, "village")[0] ? web_text(c, "village") : "不明");
	html_put(h, "<td data-label=\"谁在办\">%s</td>", office[0] ? office : assigned[0] ? assigned : wanted[0] ? wanted : "—");
	html_put(h, "<td data-label=\"状态\" class=\"nowrap\">%s", word_state(web_text(c, "state")));
	if (web_number(c, "round") > 1)
		html_put(h, "（第 %d 轮）", (int)web_number(c, "round"));
	html_put(h, "</td><td data-label=\"期限\">");
	word_due(h, web_text(c, "light"), web_number(c, "days_left"));
	html_put(h, "</td></tr>");
}

static void put_count(struct html *h, const struct town_case_page *page)
{
	if (page->count > TOWN_CASES_COUNTED)
		html_put(h, "<p class=\"soft\">一共超过 %d 件，下面是其中 %zu 件。</p>", TOWN_CASES_COUNTED, json_array_size(page->cases));
	else if (page->count > 0)
		html_put(h, "<p class=\"soft\">一共 %lld 件。</p>", (long long)page->count);
}

static void put_list(struct html *h, const struct asked *a, const struct town_case_page *page)
{
	const json_t *c;
	size_t i;
	char query[2048];
	if (json_array_size(page->cases) == 0) {
		query_of(a, query, sizeof query);
		html_put(h, "<p class=\"card empty\">%s</p>",
		         query[1] || a->after[0] ? "没有符合的。可以换个词，或点“全部”。" : "还没有收到群众反映。");
		return;
	}
	put_count(h, page);
	html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">受理号</th><th scope=\"col\">提交</th>"
	            "<th scope=\"col\">类别</th><th scope=\"col\">事由</th><th scope=\"col\">村</th><th scope=\"col\">谁在办</th>"
	            "<th scope=\"col\">状态</th><th scope=\"col\">期限</th></tr></thead><tbody>");
	json_array_foreach (page->cases, i, c)
		put_row(h, c);
	html_put(h, "</tbody></table></div>");
	query_of(a, query, sizeof query);
	web_pager(h, "/cases", query, or_none(page->next), !a->after[0]);
}

/* The words are looked for in memory, everything else in the store. */
static enum err find(struct request *rq, const struct asked *a, struct town_case_page *page, json_t **villages)
{
	char today[TOWN_DATE_SIZE];
	struct town_hits hits = {0};
	town_today(today);
	enum err e = a->q[0] ? search_cases(rq->town, a->q, rq->user.name, &hits) : ERR_OK;
	if (e)
		return e;
	struct town_case_filter filter = {
		.q = or_none(a->q), .hits = a->q[0] ? &hits : NULL, .state = or_none(a->state), .kind = or_none(a->kind),
		.subject = or_none(a->subject), .village = strcmp(a->village, unknown) == 0 ? "" : or_none(a->village), .deputy = or_none(a->deputy),
		.light = or_none(a->light), .month = or_none(a->month), .today = today, .after = or_none(a->after),
		.order = strcmp(a->order, "due") == 0 ? TOWN_CASES_BY_DUE : TOWN_CASES_NEWEST, .limit = PAGE_ROWS};
	town_lock(rq->town);
	e = town_cases_page(rq->town->store, &filter, page);
	if (!e && (e = villages_json(rq->town, villages)) != ERR_OK)
		json_decref(page->cases);
	if (!e)
		json_array_append_new(*villages, json_pack("{s:s}", "village", unknown));
	town_unlock(rq->town);
	town_hits_clear(&hits);
	return e;
}

void web_cases(struct request *rq, struct reply *rp)
{
	struct asked a;
	struct town_case_page page = {0};
	json_t *villages = NULL;
	struct html h;
	read_asked(rq, &a);
	enum err e = find(rq, &a, &page, &villages);
	if (e == ERR_INVALID || e == ERR_TOO_LONG) {
		reply_error(rp, 400, "bad_query", "查找的条件不对", "请从“群众反映”重新查找：词语不超过 8 个，每项从列表中选");
		return;
	}
	if (e) {
		reply_err(rp, e);
		return;
	}
	struct search_progress progress = search_progress(rq->town);
	web_begin(&h, rq, "群众反映", WEB_CASES);
	put_filters(&h, &a, villages);
	if (a.q[0] && !progress.ready)
		html_put(&h, "<p class=\"warn\">服务器刚启动，内容还在准备（%lld / %lld 件），这次可能没有找全，请过一会儿再找。</p>",
		         (long long)progress.done, (long long)progress.total);
	put_list(&h, &a, &page);
	json_decref(page.cases);
	json_decref(villages);
	web_end(&h, rq, rp, 200);
}
