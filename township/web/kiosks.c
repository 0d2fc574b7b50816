/* The township's kiosks: how each one is, and which ask to be let in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/web/kiosk_words.h"
#include "township/web/pages.h"

enum { PAGE_ROWS = 100 };

/* As the kiosk's screen has it: "1234 5678". */
static const char *code_text(const char *code, char out[16])
{
	snprintf(out, 16, "%.4s %.4s", code, strlen(code) == 8 ? code + 4 : "");
	return out;
}

static enum err waiting_list(struct town *town, json_t **list)
{
	return town_waiting_json(town->store, town_now_ms() - KIOSK_CODE_HOURS * 3600000LL, list);
}

/* ---- the list ---- */

static void put_waiting(struct html *h, const struct request *rq, const json_t *waiting)
{
	const json_t *w;
	char when[24], shown[16];
	size_t i;
	html_put(h, "<section id=\"waiting\" data-live=\"5\">");
	if (json_array_size(waiting)) {
		html_put(h, "<h2>等待登记</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">登记码</th>"
		            "<th scope=\"col\">自报名称</th><th scope=\"col\">申请时间</th><th scope=\"col\">以前</th>"
		            "<th scope=\"col\">办理</th></tr></thead><tbody>");
		json_array_foreach (waiting, i, w) {
			const char *before = web_text(w, "before"), *code = web_text(w, "code");
			html_put(h, "<tr><th scope=\"row\" class=\"nowrap\">%s</th><td data-label=\"自报名称\">%s</td>"
			            "<td data-label=\"申请时间\" class=\"nowrap\">%s</td><td data-label=\"以前\">",
			         code_text(code, shown), web_text(w, "name"), web_time(web_number(w, "at"), when));
			if (before[0])
				html_put(h, "登记过，叫“%s”%s", before, json_is_true(json_object_get(w, "revoked")) ? "，已停用" : "");
			else
				html_put(h, "没有登记过");
			html_put(h, "</td><td data-label=\"办理\">");
			if (web_is_head(rq))
				html_put(h, "<a href=\"/kiosks/waiting/%s\">核对并批准</a>", code);
			else
				html_put(h, "请负责人批准");
			html_put(h, "</td></tr>");
		}
		html_put(h, "</tbody></table></div><h2>已登记</h2>");
	}
	html_put(h, "</section>");
}

static void put_row(struct html *h, const struct town *town, const struct town_kiosk_look *look, int64_t now_ms)
{
	char ago[32];
	const struct health *health = &look->health;
	html_put(h, "<tr><th scope=\"row\"><a href=\"/kiosks/%s\">%s</a></th><td data-label=\"状况\">", look->id, look->name);
	put_condition(h, town, look, now_ms);
	html_put(h, "</td><td data-label=\"上次联系\" class=\"nowrap\">%s</td>", word_ago(look->last_contact_ms, now_ms, ago));
	if (look->health_ms) {
		html_put(h, "<td data-label=\"待送出\" class=\"nowrap\">");
		put_queue(h, health);
		html_put(h, "</td><td data-label=\"打印机\">");
		put_printer(h, health->printer);
		html_put(h, "</td><td data-label=\"读卡器\">");
		put_device(h, health->reader);
		html_put(h, "</td><td data-label=\"扫码器\">");
		put_device(h, health->scanner);
		html_put(h, "</td><td data-label=\"时钟\">");
		put_clock(h, look);
		html_put(h, "</td><td data-label=\"存储\" class=\"nowrap\">");
		put_disk(h, health, false);
		html_put(h, "</td>");
	} else {
		html_put(h, "<td colspan=\"6\" class=\"soft\">它的程序还没有报告过自己的状况</td>");
	}
	html_put(h, "<td data-label=\"版本\">%s</td></tr>", look->version);
}

static void put_table(struct html *h, const struct town *town, const struct town_kiosk_looks *looks, const size_t *rows,
                      size_t count, int64_t now_ms)
{
	static const char *const heads[] = {"名称", "状况", "上次联系", "待送出", "打印机", "读卡器", "扫码器", "时钟", "存储", "版本"};
	html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr>");
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		html_put(h, "<th scope=\"col\">%s</th>", heads[i]);
	html_put(h, "</tr></thead><tbody>");
	for (size_t i = 0; i < count; i++)
		put_row(h, town, &looks->items[rows[i]], now_ms);
	html_put(h, "</tbody></table></div>");
}

/* The places of those in use, the ones that need a person first; their number. */
static size_t in_order(const struct town *town, const struct town_kiosk_looks *looks, int64_t now_ms, size_t *rows,
                       size_t *bad)
{
	size_t count = 0;
	for (size_t i = 0; i < looks->count; i++)
		if (kiosk_troubles(town, &looks->items[i], now_ms))
			rows[count++] = i;
	*bad = count;
	for (size_t i = 0; i < looks->count; i++)
		if (!looks->items[i].revoked_ms && !kiosk_troubles(town, &looks->items[i], now_ms))
			rows[count++] = i;
	return count;
}

static void put_list(struct html *h, const struct town *town, const struct town_kiosk_looks *looks, size_t *rows, size_t from)
{
	char next[24];
	size_t bad, all = in_order(town, looks, town_now_ms(), rows, &bad);
	html_put(h, "<section id=\"kiosks\" data-live=\"20\">");
	if (all == 0) {
		html_put(h, "<p class=\"card empty\">还没有登记的机器。机器装好、接上网后，屏幕上会显示 8 位登记码，并出现在这一页。</p></section>");
		return;
	}
	html_put(h, "<p>共 %zu 台，", all);
	if (bad)
		html_put(h, "▲ %zu 台要处理，排在前面。</p>", bad);
	else
		html_put(h, "没有要处理的。</p>");
	from = from < all ? from : 0;
	size_t count = all - from < PAGE_ROWS ? all - from : PAGE_ROWS;
	put_table(h, town, looks, rows + from, count, town_now_ms());
	snprintf(next, sizeof next, "%zu", from + count);
	web_pager(h, "/kiosks", "?", from + count < all ? next : NULL, from == 0);
	html_put(h, "</section>");
}

static void put_revoked(struct html *h, const struct town_kiosk_looks *looks)
{
	char when[24];
	size_t first = 0;
	while (first < looks->count && !looks->items[first].revoked_ms)
		first++;
	if (first == looks->count)
		return;
	html_put(h, "<details><summary>已停用（%zu 台）</summary><ul>", looks->count - first);
	for (size_t i = first; i < looks->count; i++)
		html_put(h, "<li><a href=\"/kiosks/%s\">%s</a>，%s停用</li>", looks->items[i].id, looks->items[i].name,
		         web_date(looks->items[i].revoked_ms, when));
	html_put(h, "</ul></details>");
}

void web_kiosks(struct request *rq, struct reply *rp)
{
	struct town_kiosk_looks looks = {0};
	size_t *rows = NULL;
	json_t *waiting = NULL;
	struct html h;
	int64_t from;
	if (!request_number(rq, "after", 0, 1000000, 0, &from)) {
		reply_error(rp, 400, "bad_query", "没有这一页", "请回到“机器”一页重新打开");
		return;
	}
	enum err e = town_kiosk_looks(rq->town->store, &looks);
	if (!e)
		e = waiting_list(rq->town, &waiting);
	if (!e) {
		rows = calloc(looks.count + 1, sizeof *rows);
		e = rows ? ERR_OK : ERR_NOMEM;
	}
	if (e) {
		reply_err(rp, e);
	} else {
		web_begin(&h, rq, "机器", WEB_KIOSKS);
		put_waiting(&h, rq, waiting);
		put_list(&h, rq->town, &looks, rows, (size_t)from);
		put_revoked(&h, &looks);
		web_end(&h, rq, rp, 200);
	}
	json_decref(waiting);
	free(rows);
	town_kiosk_looks_clear(&looks);
}

/* ---- one that asks to be let in ---- */

static void gone(struct reply *rp)
{
	reply_error(rp, 404, "no_such_code", "没有机器在用这个登记码等待登记", "可能已经办过，或者过了一天。请回到“机器”一页，照机器屏幕上的登记码核对");
}

static const json_t *find_code(const json_t *waiting, const char *code)
{
	const json_t *w;
	size_t i;
	json_array_foreach (waiting, i, w)
		if (strcmp(web_text(w, "code"), code) == 0)
			return w;
	return NULL;
}

static void waiting_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	json_t *waiting = NULL;
	struct html h;
	char action[64], shown[16];
	const char *code = rq->args[0];
	enum err e = waiting_list(rq->town, &waiting);
	const json_t *w = find_code(waiting, code);
	if (e || !w) {
		if (e)
			reply_err(rp, e);
		else
			gone(rp);
		json_decref(waiting);
		return;
	}
	const char *before = web_text(w, "before");
	web_begin(&h, rq, "批准一台机器登记", WEB_KIOSKS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/kiosks\">« 机器</a></p><div class=\"columns\"><section class=\"card\">");
	web_problem(&h, what, remedy);
	html_put(&h, "<p>请照着机器的屏幕核对登记码：</p><p class=\"code\">%s</p>", code_text(code, shown));
	if (before[0])
		html_put(&h, "<p class=\"warn\">这台机器以前登记过，叫“%s”%s。批准后它接着用原来的编号，原来的记录都还在。</p>", before,
		         json_is_true(json_object_get(w, "revoked")) ? "，后来停用了" : "");
	snprintf(action, sizeof action, "/kiosks/waiting/%.8s/approve", code);
	web_form(&h, rq, action);
	web_input(&h, &(struct web_field){.name = "name", .label = "名称",
	                                  .value = rq->fields ? fields_text(rq->fields, "name") : web_text(w, "name"),
	                                  .hint = "写明放在哪里，例如“一楼大厅”", .max = KIOSK_NAME_CHARS, .required = true});
	web_form_end(&h, "登记码一致，批准登记");
	html_put(&h, "</section><section class=\"card\"><p>登记码对不上，或者不知道是谁的机器：</p>");
	snprintf(action, sizeof action, "/kiosks/waiting/%.8s/deny", code);
	web_button(&h, rq, action, "不同意登记", true);
	html_put(&h, "</section></div>");
	web_end(&h, rq, rp, status);
	json_decref(waiting);
}

void web_kiosk_waiting(struct request *rq, struct reply *rp)
{
	waiting_page(rq, rp, 200, NULL, NULL);
}

void web_kiosk_approve(struct request *rq, struct reply *rp)
{
	struct town_kiosk kiosk;
	const char *name = fields_text(rq->fields, "name");
	enum err e = name[strspn(name, " \t")] ? kiosk_admit(rq->town, rq->args[0], name, rq->user.name, &kiosk) : ERR_INVALID;
	if (e == ERR_NOT_FOUND)
		gone(rp);
	else if (e == ERR_INVALID || e == ERR_TOO_LONG)
		waiting_page(rq, rp, 422, e == ERR_INVALID ? "还没有写名称" : "名称太长", "请写 1 到 60 个字，写明机器放在哪里。");
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/kiosks/%s?done=kiosk-admitted", kiosk.id);
}

void web_kiosk_deny(struct request *rq, struct reply *rp)
{
	enum err e = kiosk_deny(rq->town, rq->args[0], rq->user.name);
	if (e == ERR_NOT_FOUND)
		gone(rp);
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/kiosks?done=kiosk-denied");
}
