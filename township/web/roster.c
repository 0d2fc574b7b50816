/* The roster: everybody, by group, level, village or name; and as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/xlsx_write.h"
#include "township/roster_change.h"
#include "township/store_groups.h"
#include "township/villages.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

enum { PAGE_ROWS = 100, QUERY_SIZE = 1024 };

static const char *query_text(const struct request *rq, const char *name)
{
	const char *text = request_query(rq, name);
	return text ? text : "";
}

static struct town_roster_filter read_filter(const struct request *rq)
{
	return (struct town_roster_filter){.q = query_text(rq, "q"), .group = query_text(rq, "group"), .level = query_text(rq, "level"),
	                                   .village = query_text(rq, "village"), .left = strcmp(query_text(rq, "left"), "1") == 0,
	                                   .after = query_text(rq, "after"), .limit = PAGE_ROWS};
}

/* ---- the list ---- */

static void put_filters(struct html *h, const struct town_roster_filter *f, const json_t *groups, const json_t *villages)
{
	static const struct web_option left[] = {{"", "在任"}, {"1", "已离任"}, {NULL, NULL}};
	static const struct web_option levels[] = {{"", "各级"}, {"township", "乡"}, {"county", "县"}, {"city", "市"}, {NULL, NULL}};
	html_put(h, "<form class=\"bar\" method=\"get\" action=\"/roster\"><div class=\"field wide\"><label for=\"f-q\">姓名、拼音首字母或电话</label>"
	            "<input type=\"search\" id=\"f-q\" name=\"q\" value=\"%s\" maxlength=\"60\"></div>", f->q);
	web_select_json(h, &(struct web_field){.name = "group", .label = "代表小组", .value = f->group}, "全部小组", groups, "name", "name");
	web_select(h, &(struct web_field){.name = "level", .label = "层级", .value = f->level}, levels);
	web_select_json(h, &(struct web_field){.name = "village", .label = "村", .value = f->village}, "全部村", villages, "village", "village");
	web_select(h, &(struct web_field){.name = "left", .label = "在任", .value = f->left ? "1" : ""}, left);
	html_put(h, "<button>查找</button></form>");
}

static void put_row(struct html *h, const json_t *d)
{
	char path[ROSTER_PATH_SIZE];
	const char *role = web_text(d, "group_role");
	html_put(h, "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th><td data-label=\"性别\">%s</td><td data-label=\"层级、选区\">",
	         roster_path(web_text(d, "id"), "", path), web_text(d, "name"), web_text(d, "gender"));
	put_mandates(h, d);
	html_put(h, "</td><td data-label=\"代表小组\">%s%s%s</td><td data-label=\"电话\" class=\"nowrap\">%s</td><td data-label=\"照片\">%s</td>"
	            "<td data-label=\"身份证\">%s</td><td data-label=\"代表证\">%s</td></tr>",
	         web_text(d, "group"), role[0] ? " · " : "", role, web_text(d, "phone"),
	         json_is_true(json_object_get(d, "portrait")) ? "有" : "—", json_is_true(json_object_get(d, "id_number")) ? "已登记" : "—",
	         json_is_true(json_object_get(d, "card")) ? "已发" : "—");
}

static void put_table(struct html *h, const struct town_roster_filter *f, const struct town_roster_page *page)
{
	bool narrowed = f->q[0] || f->group[0] || f->level[0] || f->village[0] || f->after[0] || f->left;
	const json_t *d;
	size_t i;
	if (json_array_size(page->deputies) == 0) {
		html_put(h, "<p class=\"card empty\">%s</p>", narrowed ? "没有符合条件的代表。" : "名册上还没有代表。可以一位一位新增，或者导入名册。");
		return;
	}
	html_put(h, "<p class=\"soft\">共 %lld 位</p><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">姓名</th><th scope=\"col\">性别</th>"
	            "<th scope=\"col\">层级、选区</th><th scope=\"col\">代表小组</th><th scope=\"col\">电话</th><th scope=\"col\">照片</th>"
	            "<th scope=\"col\">身份证</th><th scope=\"col\">代表证</th></tr></thead><tbody>",
	         (long long)page->count);
	json_array_foreach (page->deputies, i, d)
		put_row(h, d);
	html_put(h, "</tbody></table></div>");
}

static void put_pager(struct html *h, const struct town_roster_filter *f, const struct town_roster_page *page)
{
	char query[QUERY_SIZE], q[200], group[420], village[200];
	html_url(f->q, q, sizeof q);
	html_url(f->group, group, sizeof group);
	html_url(f->village, village, sizeof village);
	snprintf(query, sizeof query, "?q=%s&group=%s&level=%.10s&village=%s&left=%s&", q, group, f->level, village, f->left ? "1" : "");
	web_pager(h, "/roster", query, page->next[0] ? page->next : NULL, !f->after[0]);
}

void web_roster(struct request *rq, struct reply *rp)
{
	struct html h;
	struct town_roster_filter filter = read_filter(rq);
	struct town_roster_page page = {0};
	json_t *groups = NULL, *villages = NULL;
	enum err e = town_roster_page(rq->town->store, &filter, &page);
	if (!e)
		e = town_groups_json(rq->town->store, &groups);
	if (!e)
		e = villages_json(rq->town, &villages);
	if (e == ERR_INVALID) {
		reply_error(rp, 400, "bad_page", "没有这一页", "请从名册的第一页看起");
	} else if (e) {
		reply_err(rp, e);
	} else {
		roster_begin(&h, rq, "代表名册", ROSTER_PEOPLE);
		html_put(&h, "<p class=\"bar noprint\">");
		if (web_may_write(rq))
			html_put(&h, "<a class=\"button main\" href=\"/roster/new\">新增代表</a>");
		html_put(&h, "<a class=\"button\" href=\"/roster/export.xlsx\">导出 XLSX</a><a class=\"button\" href=\"/roster/export.csv\">导出 CSV</a></p>");
		put_filters(&h, &filter, groups, villages);
		put_table(&h, &filter, &page);
		put_pager(&h, &filter, &page);
		web_end(&h, rq, rp, 200);
	}
	json_decref(page.deputies);
	json_decref(groups);
	json_decref(villages);
}

/* ---- as a file: the columns that import reads, a row for each mandate; ID numbers are kept nowhere ---- */

enum { COLUMNS = 13 };
static const struct xlsx_column columns[COLUMNS] = {
	{"代表编号", XLSX_TEXT}, {"姓名", XLSX_TEXT},     {"性别", XLSX_TEXT},     {"民族", XLSX_TEXT},       {"出生年月", XLSX_TEXT},
	{"职务", XLSX_TEXT},     {"选区", XLSX_TEXT},     {"所辖村", XLSX_TEXT},   {"代表小组", XLSX_TEXT},   {"小组职务", XLSX_TEXT},
	{"层级", XLSX_TEXT},     {"电话", XLSX_TEXT},     {"拼音首字母", XLSX_TEXT},
};

static enum err each_row(const struct town_people *people, enum err (*row)(void *ctx, const char *const cells[COLUMNS]), void *ctx)
{
	static const struct roster_mandate none;
	enum err e = ERR_OK;
	for (size_t i = 0; i < people->count; i++) {
		const struct roster_person *p = &people->items[i].p;
		for (size_t k = 0; k < (p->mandate_count ? p->mandate_count : 1) && !e; k++) {
			const struct roster_mandate *m = p->mandate_count ? &p->mandates[k] : &none;
			const char *const cells[COLUMNS] = {p->id,         p->name,     p->gender, p->nation,
			                                    p->birth,      p->job,      m->constituency, m->villages,
			                                    p->group,      p->group_role, m->level[0] ? roster_level_zh(m->level) : "",
			                                    p->phone,      p->initials};
			e = row(ctx, cells);
		}
	}
	return e;
}

static enum err read_people(struct request *rq, struct town_people *people)
{
	town_lock(rq->town);
	enum err e = town_people_get(rq->town->store, false, people);
	if (!e) {
		e = town_begin(rq->town->store);
		if (!e)
			e = town_audit_user(rq->town, rq->user.name, "roster.exported", "", "");
		e = town_end(rq->town->store, e);
		if (e)
			town_people_clear(people);
	}
	town_unlock(rq->town);
	return e;
}

static enum err csv_row(void *ctx, const char *const cells[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++)
		html_csv(ctx, cells[i], i == COLUMNS - 1);
	return ERR_OK;
}

static void file_name(const char *suffix, char out[64])
{
	char today[TOWN_DATE_SIZE];
	town_today(today);
	snprintf(out, 64, "代表名册-%s.%s", today, suffix);
}

void web_roster_csv(struct request *rq, struct reply *rp)
{
	struct town_people people;
	struct html h;
	char name[64];
	enum err e = read_people(rq, &people);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_csv_begin(&h);
	for (int i = 0; i < COLUMNS; i++)
		html_csv(&h, columns[i].heading, i == COLUMNS - 1);
	e = each_row(&people, csv_row, &h);
	town_people_clear(&people);
	file_name("csv", name);
	if (e)
		reply_err(rp, e);
	else
		web_csv_reply(&h, rp, name);
}

static enum err xlsx_row(void *ctx, const char *const cells[COLUMNS])
{
	return xlsx_writer_row(ctx, cells);
}

void web_roster_xlsx(struct request *rq, struct reply *rp)
{
	struct town_people people;
	struct xlsx_writer *writer = NULL;
	uint8_t *bytes = NULL;
	size_t len = 0;
	char name[64];
	enum err e = read_people(rq, &people);
	if (e) {
		reply_err(rp, e);
		return;
	}
	e = xlsx_writer_create("代表名册", columns, COLUMNS, &writer);
	if (!e)
		e = each_row(&people, xlsx_row, writer);
	if (!e)
		e = xlsx_writer_finish(writer, &bytes, &len);
	xlsx_writer_destroy(writer);
	town_people_clear(&people);
	file_name("xlsx", name);
	if (e)
		reply_err(rp, e);
	else
		web_bytes_reply(rp, bytes, len, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name, false);
	free(bytes);
}
