/* Figures: each as a chart and a table, as a spreadsheet and on paper. */
#include "township/web/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/web/chart.h"
#include "township/web/pages.h"
#include "township/web/web.h"

enum { CHART_BARS = 20, YEARS_OFFERED = 6 };

static const char *cell_text(const json_t *cell, char out[32])
{
	if (json_is_string(cell))
		return json_string_value(cell);
	if (!json_is_integer(cell))
		return "—";
	snprintf(out, 32, "%lld", (long long)json_integer_value(cell));
	return out;
}

static void put_chart(struct html *h, const struct figure *f, const struct figure_table *t)
{
	struct chart_bar bars[CHART_BARS];
	const json_t *row;
	size_t i, n = 0;
	json_array_foreach (t->rows, i, row) {
		if (n < CHART_BARS)
			bars[n++] = (struct chart_bar){json_string_value(json_array_get(row, 0)),
			                               json_integer_value(json_array_get(row, (size_t)t->chart))};
	}
	char title[128];
	snprintf(title, sizeof title, "%s：%s", f->title, t->columns[t->chart]);
	html_put(h, "<p class=\"soft\">%s%s</p>", title, json_array_size(t->rows) > n ? "（前 20 项）" : "");
	chart_bars(h, title, bars, n);
}

static void put_table(struct html *h, const struct figure_table *t)
{
	const json_t *row, *cell;
	size_t i, c;
	char text[32];
	const json_t *first = json_array_get(t->rows, 0);
	html_put(h, "<div class=\"scroll\"><table><thead><tr>");
	for (c = 0; t->columns[c]; c++)
		html_put(h, "<th scope=\"col\" class=\"%s\">%s</th>", json_is_string(json_array_get(first, c)) ? "" : "n", t->columns[c]);
	html_put(h, "</tr></thead><tbody>");
	json_array_foreach (t->rows, i, row) {
		html_put(h, "<tr>");
		json_array_foreach (row, c, cell) {
			const char *tag = c == 0 ? "th scope=\"row\"" : json_is_string(cell) ? "td" : "td class=\"n\"";
			html_raw(h, "<", 1);
			html_raw(h, tag, strlen(tag));
			html_put(h, ">%s", cell_text(cell, text));
			html_put(h, c == 0 ? "</th>" : "</td>");
		}
		html_put(h, "</tr>");
	}
	html_put(h, "</tbody></table></div>");
}

static void put_figure(struct html *h, const struct figure *f, const struct figure_table *t)
{
	const json_t *note;
	size_t i;
	if (json_array_size(t->rows) == 0) {
		html_put(h, "<p class=\"empty card\">这一年还没有可以统计的。</p>");
		return;
	}
	if (t->chart > 0)
		put_chart(h, f, t);
	put_table(h, t);
	json_array_foreach (t->notes, i, note)
		html_put(h, "<p class=\"soft\">%s</p>", json_string_value(note));
}

/* The year asked for, this year where none was; false with a reply where it is no year. */
static bool year_asked(struct request *rq, struct reply *rp, int *year)
{
	int64_t n;
	int now = civil_from_ms(town_now_ms()).date.year;
	if (!request_number(rq, "year", FIGURE_YEAR_FIRST, FIGURE_YEAR_LAST, now, &n)) {
		reply_error(rp, 400, "bad_year", "没有这样的年份", "请从“统计”页上选年份");
		return false;
	}
	*year = (int)n;
	return true;
}

/* Makes the figure of the address for the year asked for; false with a reply where that cannot be. */
static bool figure_asked(struct request *rq, struct reply *rp, const struct figure **f, int *year, struct figure_table *t)
{
	*f = figure_find(rq->args[0]);
	if (!*f) {
		reply_err(rp, ERR_NOT_FOUND);
		return false;
	}
	if (!year_asked(rq, rp, year))
		return false;
	enum err e = (*f)->make(rq->town, *year, t);
	if (e) {
		figure_table_clear(t);
		reply_err(rp, e);
	}
	return !e;
}

static void put_years(struct html *h, const char *path, int year)
{
	int now = civil_from_ms(town_now_ms()).date.year;
	html_put(h, "<form class=\"bar noprint\" method=\"get\" action=\"%s\"><div class=\"field\"><label for=\"f-year\">年份</label>"
	            "<select id=\"f-year\" name=\"year\">", path);
	for (int y = now; y > now - YEARS_OFFERED; y--)
		html_put(h, "<option value=\"%d\"%s>%d 年</option>", y, y == year ? " selected" : "", y);
	if (year > now || year <= now - YEARS_OFFERED)
		html_put(h, "<option value=\"%d\" selected>%d 年</option>", year, year);
	html_put(h, "</select></div><button>看这一年</button></form>");
}

void web_figures(struct request *rq, struct reply *rp)
{
	struct html h;
	int year;
	if (!year_asked(rq, rp, &year))
		return;
	web_begin(&h, rq, "统计", WEB_FIGURES);
	put_years(&h, "/figures", year);
	html_put(&h, "<ul class=\"tiles wide\">");
	for (const struct figure *f = figures; f->name; f++)
		html_put(&h, "<li><a class=\"tile\" href=\"/figures/%s?year=%d\"><strong>%s</strong><br><span class=\"soft\">%s</span></a></li>",
		         f->name, year, f->title, f->about);
	html_put(&h, "</ul>");
	web_end(&h, rq, rp, 200);
}

void web_figure(struct request *rq, struct reply *rp)
{
	struct figure_table t = {0};
	const struct figure *f;
	struct html h;
	int year;
	char title[96], path[64];
	if (!figure_asked(rq, rp, &f, &year, &t))
		return;
	snprintf(title, sizeof title, "%d 年 %s", year, f->title);
	snprintf(path, sizeof path, "/figures/%s", f->name);
	web_begin(&h, rq, title, WEB_FIGURES);
	html_put(&h, "<p class=\"crumb\"><a href=\"/figures?year=%d\">« 统计</a></p>", year);
	put_years(&h, path, year);
	put_figure(&h, f, &t);
	html_put(&h, "<p class=\"bar noprint\"><a class=\"button\" href=\"/figures/%s/paper?year=%d\">打印（A4）</a>"
	             "<a class=\"button\" href=\"/figures/%s/csv?year=%d\">下载表格（CSV）</a></p>", f->name, year, f->name, year);
	web_end(&h, rq, rp, 200);
	figure_table_clear(&t);
}

void web_figure_paper(struct request *rq, struct reply *rp)
{
	struct figure_table t = {0};
	const struct figure *f;
	struct html h;
	int year;
	char title[160], now[24];
	if (!figure_asked(rq, rp, &f, &year, &t))
		return;
	snprintf(title, sizeof title, "%s人大代表之家 %d 年 %s", rq->town->township, year, f->title);
	web_begin_paper(&h, rq, title);
	html_put(&h, "<p class=\"crumb noprint\"><a href=\"/figures/%s?year=%d\">« %s</a></p>", f->name, year, f->title);
	put_figure(&h, f, &t);
	html_put(&h, "<p class=\"soft\">打印时间 %s</p>", web_time(town_now_ms(), now));
	web_end(&h, rq, rp, 200);
	figure_table_clear(&t);
}

void web_figure_csv(struct request *rq, struct reply *rp)
{
	struct figure_table t = {0};
	const struct figure *f;
	struct html h;
	const json_t *row, *cell;
	size_t i, c;
	int year;
	char name[128], text[32];
	if (!figure_asked(rq, rp, &f, &year, &t))
		return;
	web_csv_begin(&h);
	for (c = 0; t.columns[c]; c++)
		html_csv(&h, t.columns[c], !t.columns[c + 1]);
	json_array_foreach (t.rows, i, row) {
		json_array_foreach (row, c, cell)
			html_csv(&h, json_is_null(cell) ? "" : cell_text(cell, text), c + 1 == json_array_size(row));
	}
	snprintf(name, sizeof name, "%s-%d.csv", f->title, year);
	web_csv_reply(&h, rp, name);
	figure_table_clear(&t);
}
