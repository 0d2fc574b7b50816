/* The audit chain to be read: who did what to what, and that nobody has changed it since. For the head alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "township/store_users.h"
#include "township/web/audit_words.h"
#include "township/web/pages.h"
#include "township/web/web.h"

enum { PAGE_LINKS = 50, CSV_AT_ONCE = 500, CSV_MAX = 200000, QUERY_SIZE = 900 };
static const int64_t day_ms = 24 * 3600 * 1000LL;

struct asked {
	char who[64], object[80], act[40], from[16], until[16];
	struct town_audit_filter filter;
};

static void take(const struct request *rq, const char *name, char *out, size_t size)
{
	const char *text = request_query(rq, name);
	out[0] = '\0';
	if (text && !str_copy(out, size, text))
		out[0] = '\0';
}

/* What is asked for; a date that is none asks for nothing. */
static void read_asked(const struct request *rq, struct asked *a)
{
	const char *before = request_query(rq, "after");
	memset(a, 0, sizeof *a);
	take(rq, "who", a->who, sizeof a->who);
	take(rq, "object", a->object, sizeof a->object);
	take(rq, "act", a->act, sizeof a->act);
	take(rq, "from", a->from, sizeof a->from);
	take(rq, "until", a->until, sizeof a->until);
	a->filter = (struct town_audit_filter){.who = a->who[0] ? a->who : NULL,
	                                       .object = a->object[0] ? a->object : NULL,
	                                       .act = a->act[0] ? a->act : NULL,
	                                       .limit = PAGE_LINKS};
	if (web_time_read(a->from, &a->filter.from_ms))
		a->filter.from_ms = 0;
	if (web_time_read(a->until, &a->filter.until_ms))
		a->filter.until_ms = 0;
	else
		a->filter.until_ms += day_ms;
	if (!before || !str_take_number(&before, &a->filter.before))
		a->filter.before = 0;
}

static void query_of(const struct asked *a, char out[QUERY_SIZE])
{
	char who[200], object[250], act[40], from[20], until[20];
	html_url(a->who, who, sizeof who);
	html_url(a->object, object, sizeof object);
	html_url(a->act, act, sizeof act);
	html_url(a->from, from, sizeof from);
	html_url(a->until, until, sizeof until);
	snprintf(out, QUERY_SIZE, "?who=%s&object=%s&act=%s&from=%s&until=%s&", who, object, act, from, until);
}

static void put_filter(struct html *h, const struct asked *a)
{
	html_put(h, "<form method=\"get\" action=\"/audit\" class=\"bar\">");
	web_input(h, &(struct web_field){.name = "who", .label = "谁（用户名）", .value = a->who, .max = 60});
	web_select(h, &(struct web_field){.name = "act", .label = "做了什么", .value = a->act}, audit_choices);
	web_input(h, &(struct web_field){.name = "object", .label = "对什么（受理号、账号或编号）", .value = a->object, .max = 70});
	web_input(h, &(struct web_field){.name = "from", .label = "从", .value = a->from, .type = "date"});
	web_input(h, &(struct web_field){.name = "until", .label = "到", .value = a->until, .type = "date"});
	html_put(h, "<button class=\"main\">查找</button></form>");
}

static void put_link(struct html *h, const json_t *link)
{
	char at[24], who[100], words[AUDIT_WORDS_SIZE];
	const char *id = audit_case(link);
	html_put(h, "<tr><td class=\"n\" data-label=\"号\">%lld</td><td class=\"nowrap\" data-label=\"时间\">%s</td><td data-label=\"谁\">%s</td>"
	            "<td class=\"nowrap\" data-label=\"做了什么\">%s</td><td data-label=\"对什么\">",
	         (long long)web_number(link, "n"), web_time(web_number(link, "at"), at), audit_who(web_text(link, "who"), who),
	         audit_act(web_text(link, "act")));
	audit_object(link, words);
	if (id[0])
		html_put(h, "<a href=\"/cases/%s\">%s</a>", id, words);
	else
		html_put(h, "%s", words);
	html_put(h, "</td><td data-label=\"说明\">%s</td></tr>", audit_detail(link, words));
}

static void audit_page(struct request *rq, struct reply *rp, const char *verdict, bool good)
{
	struct asked a;
	struct html h;
	json_t *list;
	const json_t *link;
	size_t i;
	char query[QUERY_SIZE], next[24] = "";
	read_asked(rq, &a);
	query_of(&a, query);
	a.filter.limit = PAGE_LINKS + 1;
	town_lock(rq->town);
	enum err e = town_audit_json(rq->town->store, &a.filter, &list);
	town_unlock(rq->town);
	if (e) {
		reply_err(rp, e);
		return;
	}
	if (json_array_size(list) > PAGE_LINKS) {
		json_array_remove(list, PAGE_LINKS);
		snprintf(next, sizeof next, "%lld", (long long)web_number(json_array_get(list, PAGE_LINKS - 1), "n"));
	}
	web_begin(&h, rq, "操作记录", WEB_USERS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/users\">« 账号</a></p>");
	if (verdict && good)
		html_put(&h, "<p class=\"done\" role=\"status\">✓ %s</p>", verdict);
	else if (verdict)
		web_problem(&h, verdict, "请不要再改动服务器，马上联系维护人员，并保留最近的备份。");
	html_put(&h, "<p class=\"soft\">谁在什么时候做了什么，都一条一条记在这里，一条扣着一条，改不了也删不掉。</p><div class=\"bar\">");
	web_button(&h, rq, "/audit/verify", "现在核对有没有被改过", false);
	html_put(&h, "<a class=\"button\" href=\"/audit.csv%s\">导出 CSV</a></div>", query);
	put_filter(&h, &a);
	html_put(&h, "<div class=\"scroll\"><table class=\"cards wrap\"><thead><tr><th scope=\"col\" class=\"n\">号</th><th scope=\"col\">时间</th><th scope=\"col\">谁</th>"
	             "<th scope=\"col\">做了什么</th><th scope=\"col\">对什么</th><th scope=\"col\">说明</th></tr></thead><tbody>");
	json_array_foreach (list, i, link)
		put_link(&h, link);
	if (json_array_size(list) == 0)
		html_put(&h, "<tr><td class=\"empty\" colspan=\"6\">没有这样的记录。</td></tr>");
	html_put(&h, "</tbody></table></div>");
	json_decref(list);
	web_pager(&h, "/audit", query, next[0] ? next : NULL, a.filter.before == 0);
	web_end(&h, rq, rp, 200);
}

void web_audit(struct request *rq, struct reply *rp)
{
	audit_page(rq, rp, NULL, false);
}

void web_audit_verify(struct request *rq, struct reply *rp)
{
	char verdict[160];
	int64_t links, bad;
	enum err e = town_audit_verify(rq->town, &links, &bad);
	if (e && e != ERR_CORRUPT) {
		reply_err(rp, e);
		return;
	}
	if (e)
		snprintf(verdict, sizeof verdict, "第 %lld 条记录被改动过，它前面的 %lld 条是好的", (long long)bad, (long long)links);
	else
		snprintf(verdict, sizeof verdict, "核对了 %lld 条，没有一条被改过", (long long)links);
	audit_page(rq, rp, verdict, !e);
}

static void put_csv_link(struct html *h, const json_t *link)
{
	char at[24], n[24], who[100], words[AUDIT_WORDS_SIZE];
	snprintf(n, sizeof n, "%lld", (long long)web_number(link, "n"));
	html_csv(h, n, false);
	html_csv(h, web_time(web_number(link, "at"), at), false);
	html_csv(h, audit_who(web_text(link, "who"), who), false);
	html_csv(h, audit_act(web_text(link, "act")), false);
	html_csv(h, audit_object(link, words), false);
	html_csv(h, web_text(link, "object"), false);
	html_csv(h, web_text(link, "detail"), true);
}

void web_audit_csv(struct request *rq, struct reply *rp)
{
	static const char *const heads[] = {"号", "时间", "谁", "做了什么", "对什么", "编号", "说明"};
	struct asked a;
	struct html h;
	enum err e = ERR_OK;
	size_t got = CSV_AT_ONCE, total = 0;
	read_asked(rq, &a);
	a.filter.limit = CSV_AT_ONCE;
	web_csv_begin(&h);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		html_csv(&h, heads[i], i + 1 == sizeof heads / sizeof *heads);
	while (!e && got == CSV_AT_ONCE && total < CSV_MAX) {
		json_t *list;
		const json_t *link;
		size_t i;
		/* A part at a time, so that nobody waits for it. */
		town_lock(rq->town);
		e = town_audit_json(rq->town->store, &a.filter, &list);
		town_unlock(rq->town);
		if (e)
			break;
		json_array_foreach (list, i, link) {
			put_csv_link(&h, link);
			a.filter.before = web_number(link, "n");
		}
		got = json_array_size(list);
		total += got;
		json_decref(list);
	}
	if (e) {
		html_drop(&h);
		reply_err(rp, e);
	} else {
		web_csv_reply(&h, rp, "操作记录.csv");
	}
}
