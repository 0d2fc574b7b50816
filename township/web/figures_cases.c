/* Figures on cases; those on deputies and norms are in figures_deputies.c. */
#include "township/web/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/web/figures_internal.h"
#include "township/store_figures.h"
#include "township/store_proposals.h"
#include "township/web/words.h"

void figure_table_clear(struct figure_table *table)
{
	json_decref(table->rows);
	json_decref(table->notes);
	*table = (struct figure_table){0};
}

enum err figure_begin(struct figure_table *table, int chart, const char *const *columns)
{
	*table = (struct figure_table){.rows = json_array(), .notes = json_array(), .chart = chart};
	for (int i = 0; i < FIGURE_COLUMNS_MAX - 1 && columns[i]; i++)
		table->columns[i] = columns[i];
	return table->rows && table->notes ? ERR_OK : ERR_NOMEM;
}

enum err figure_row(struct figure_table *table, json_t *row)
{
	return row && json_array_append_new(table->rows, row) == 0 ? ERR_OK : ERR_NOMEM;
}

enum err figure_note(struct figure_table *table, const char *note)
{
	return json_array_append_new(table->notes, json_string(note)) == 0 ? ERR_OK : ERR_NOMEM;
}

static void year_of(int year, struct town_span *span, char today[TOWN_DATE_SIZE])
{
	town_today(today);
	*span = (struct town_span){.from_ms = civil_to_ms((struct civil_date){year, 1, 1}),
	                           .until_ms = civil_to_ms((struct civil_date){year + 1, 1, 1}),
	                           .today = today};
}

static json_int_t number(const json_t *row, const char *member)
{
	return json_integer_value(json_object_get(row, member));
}

/* The words for a key of the store. */
static const char *key_words(enum town_figure_by by, const char *key, char out[32])
{
	switch (by) {
	case TOWN_BY_SUBJECT: return word_subject(key);
	case TOWN_BY_KIND: return word_kind(key);
	case TOWN_BY_VILLAGE: return key[0] ? key : "不明";
	case TOWN_BY_DEPUTY: return key[0] ? key : "当天值班的代表";
	case TOWN_BY_MONTH: break;
	}
	snprintf(out, 32, "%s 月", key[0] == '0' ? key + 1 : key);
	return out;
}

static enum err cases_by(struct town *town, int year, enum town_figure_by by, const char *heading, struct figure_table *table)
{
	const char *const columns[] = {heading, "收到", "已答复", "已办结", "超期", "退回重办", "满意", "基本满意", "不满意", NULL};
	static const char *const members[] = {"received", "answered", "closed", "late", "redo", "satisfied", "partly", "unsatisfied"};
	struct town_span span;
	char today[TOWN_DATE_SIZE], words[32];
	json_int_t sums[8] = {0};
	json_t *rows = NULL;
	const json_t *item;
	size_t i;
	year_of(year, &span, today);
	enum err e = figure_begin(table, 1, columns);
	if (!e)
		e = town_figures_cases(town->store, &span, by, &rows);
	json_array_foreach (rows, i, item) {
		json_t *row = json_pack("[s]", key_words(by, json_string_value(json_object_get(item, "key")), words));
		for (size_t m = 0; m < 8; m++) {
			sums[m] += number(item, members[m]);
			json_array_append_new(row, json_integer(number(item, members[m])));
		}
		if (!e)
			e = figure_row(table, row);
	}
	json_decref(rows);
	if (!e && i > 0) {
		char note[200];
		snprintf(note, sizeof note, "一共收到 %lld 件，已答复 %lld 件，满意 %lld 件，基本满意 %lld 件，不满意 %lld 件。", (long long)sums[0],
		         (long long)sums[1], (long long)sums[5], (long long)sums[6], (long long)sums[7]);
		e = figure_note(table, note);
	}
	return e;
}

static enum err by_subject(struct town *town, int year, struct figure_table *table)
{
	return cases_by(town, year, TOWN_BY_SUBJECT, "事由", table);
}

static enum err by_village(struct town *town, int year, struct figure_table *table)
{
	enum err e = cases_by(town, year, TOWN_BY_VILLAGE, "村", table);
	return e ? e : figure_note(table, "村由系统按内容推定，办理时可以改正。");
}

static enum err by_month(struct town *town, int year, struct figure_table *table)
{
	return cases_by(town, year, TOWN_BY_MONTH, "月份", table);
}

static enum err by_kind(struct town *town, int year, struct figure_table *table)
{
	return cases_by(town, year, TOWN_BY_KIND, "类别", table);
}

static enum err by_deputy(struct town *town, int year, struct figure_table *table)
{
	enum err e = cases_by(town, year, TOWN_BY_DEPUTY, "代表", table);
	return e ? e : figure_note(table, "按经办代表统计；还没有交给代表的，按反映人想找的代表。");
}

static enum err answer_times(struct town *town, int year, struct figure_table *table)
{
	static const char *const columns[] = {"用时", "件数", "占比 %", NULL};
	static const struct {
		int until;
		const char *words;
	} spans[] = {{7, "7 天以内"}, {15, "8 至 15 天"}, {30, "16 至 30 天"}, {60, "31 至 60 天"}, {92, "61 至 92 天"}, {INT32_MAX, "93 天以上"}};
	struct town_span span;
	char today[TOWN_DATE_SIZE], note[160];
	int *days = NULL;
	size_t count = 0, at = 0;
	int64_t sum = 0;
	year_of(year, &span, today);
	enum err e = figure_begin(table, 1, columns);
	if (!e)
		e = town_figures_answer_days(town->store, &span, &days, &count);
	for (size_t s = 0; s < sizeof spans / sizeof *spans && !e && count > 0; s++) {
		size_t from = at;
		while (at < count && days[at] <= spans[s].until)
			sum += days[at++];
		e = figure_row(table, json_pack("[s, I, I]", spans[s].words, (json_int_t)(at - from), (json_int_t)((at - from) * 100 / count)));
	}
	if (!e && count > 0) {
		snprintf(note, sizeof note, "从提交到第一次答复：平均 %lld 天，一半在 %d 天以内，最长 %d 天。", (long long)(sum / (int64_t)count),
		         days[(count - 1) / 2], days[count - 1]);
		e = figure_note(table, note);
	}
	free(days);
	return e;
}

static enum err satisfaction(struct town *town, int year, struct figure_table *table)
{
	static const char *const columns[] = {"评价", "件数", "占比 %", NULL};
	static const char *const ratings[] = {"satisfied", "partly", "unsatisfied"};
	struct town_span span;
	char today[TOWN_DATE_SIZE];
	json_int_t sums[3] = {0}, all = 0;
	json_t *rows = NULL;
	const json_t *item;
	size_t i;
	year_of(year, &span, today);
	enum err e = figure_begin(table, 1, columns);
	if (!e)
		e = town_figures_cases(town->store, &span, TOWN_BY_KIND, &rows);
	json_array_foreach (rows, i, item) {
		for (size_t r = 0; r < 3; r++) {
			sums[r] += number(item, ratings[r]);
			all += number(item, ratings[r]);
		}
	}
	json_decref(rows);
	for (size_t r = 0; r < 3 && !e && all > 0; r++)
		e = figure_row(table, json_pack("[s, I, I]", word_rating(ratings[r]), sums[r], sums[r] * 100 / all));
	return e ? e : figure_note(table, "按每一件最后一次评价统计；还没有评价的不算。");
}

static enum err proposals(struct town *town, int year, struct figure_table *table)
{
	static const char *const columns[] = {"会议", "总数", "其中议案", "已交办", "已答复", "已面谈", "超期", "满意", "基本满意", "不满意", NULL};
	static const char *const members[] = {"total", "motions", "transferred", "answered", "talked", "overdue", "satisfied", "partly", "unsatisfied"};
	char today[TOWN_DATE_SIZE];
	json_t *congresses = NULL;
	const json_t *congress;
	size_t i;
	(void)year; /* a congress is its own span */
	town_today(today);
	enum err e = figure_begin(table, 1, columns);
	if (!e)
		e = town_congresses_json(town->store, &congresses);
	if (!e && json_array_append_new(congresses, json_pack("{s:s, s:s}", "id", "", "name", "闭会期间")))
		e = ERR_NOMEM;
	json_array_foreach (congresses, i, congress) {
		json_t *counts = NULL;
		if (!e)
			e = town_proposal_counts_json(town->store, json_string_value(json_object_get(congress, "id")), today, today, &counts);
		json_t *row = e ? NULL : json_pack("[O]", json_object_get(congress, "name"));
		for (size_t m = 0; m < sizeof members / sizeof *members && row; m++)
			json_array_append_new(row, json_integer(number(counts, members[m])));
		if (!e)
			e = figure_row(table, row);
		json_decref(counts);
	}
	json_decref(congresses);
	return e;
}

const struct figure figures[] = {
	{"months", "各月反映", "每个月收到多少，办得怎样", by_month},
	{"subjects", "各类事由", "大家反映的是什么事", by_subject},
	{"villages", "各村反映", "哪个村的事", by_village},
	{"kinds", "投诉、意见、建议", "按类别", by_kind},
	{"answers", "答复用时", "从提交到第一次答复", answer_times},
	{"satisfaction", "满意程度", "反映人怎样评价答复", satisfaction},
	{"case-deputies", "代表经办", "每位代表经办的群众反映", by_deputy},
	{"proposals", "建议议案", "历次会议和闭会期间", proposals},
	{"deputies", "代表出勤", "每位代表一年的出勤", figure_deputies},
	{"groups", "小组出勤", "每个代表小组一年的出勤和活动", figure_groups},
	{"norms", "制度要求", "一年里要做到的，做到了没有", figure_norms},
	{0},
};

const struct figure *figure_find(const char *name)
{
	for (const struct figure *f = figures; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
