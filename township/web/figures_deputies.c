/* Figures on deputies, their groups, and what the rules ask. */
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "model/norms.h"
#include "township/web/figures_internal.h"
#include "township/store_activity_papers.h"
#include "township/store_attendance.h"
#include "township/store_figures.h"

enum { NAMES_SHOWN = 40 };

static json_t *percent_json(const struct attendance_sum *sum)
{
	return sum->due > 0 ? json_integer(attendance_percent(sum)) : json_null();
}

static json_t *sum_row(const char *name, const struct attendance_sum *s)
{
	return json_pack("[s, i, i, i, i, i, o]", name, s->due, s->attended, s->late, s->leave, s->due - s->attended - s->leave,
	                 percent_json(s));
}

enum err figure_deputies(struct town *town, int year, struct figure_table *table)
{
	static const char *const columns[] = {"代表", "应到", "实到", "其中迟到", "请假", "缺席", "出勤率 %", NULL};
	struct town_attendance_years years = {0};
	int corrected = 0;
	enum err e = figure_begin(table, -1, columns);
	if (!e)
		e = town_attendance_year(town->store, year, NULL, town_now_ms(), &years);
	for (size_t i = 0; i < years.count && !e; i++) {
		e = figure_row(table, sum_row(years.items[i].name, &years.items[i].all));
		corrected += years.items[i].corrected;
	}
	town_attendance_years_clear(&years);
	if (!e && corrected > 0) {
		char note[100];
		snprintf(note, sizeof note, "其中 %d 处按人大办的更正统计；原来的记录仍在活动页上。", corrected);
		e = figure_note(table, note);
	}
	return e;
}

/* A group's members' attendance, added up. */
static struct attendance_sum sum_of_group(const struct town_attendance_years *years, const json_t *deputies, const char *group)
{
	struct attendance_sum sum = {0};
	for (size_t i = 0; i < years->count; i++) {
		const struct attendance_sum *s = &years->items[i].all;
		const char *own = json_string_value(json_object_get(json_object_get(deputies, years->items[i].deputy), "group"));
		if (!own || strcmp(own, group) != 0)
			continue;
		sum.due += s->due;
		sum.attended += s->attended;
		sum.late += s->late;
		sum.leave += s->leave;
	}
	return sum;
}

enum err figure_groups(struct town *town, int year, struct figure_table *table)
{
	static const char *const columns[] = {"小组", "应到", "实到", "其中迟到", "请假", "缺席", "出勤率 %", "人数", "小组活动", NULL};
	struct town_attendance_years years = {0};
	json_t *groups = NULL, *deputies = NULL;
	const json_t *group;
	size_t i;
	int64_t now = town_now_ms();
	enum err e = figure_begin(table, 6, columns);
	if (!e)
		e = town_attendance_year(town->store, year, NULL, now, &years);
	if (!e)
		e = town_figures_groups(town->store, year, now, &groups);
	if (!e)
		e = town_deputies_brief_json(town->store, &deputies);
	json_array_foreach (groups, i, group) {
		const char *name = json_string_value(json_object_get(group, "group"));
		struct attendance_sum sum = sum_of_group(&years, deputies, name);
		json_t *row = sum_row(name, &sum);
		if (row) {
			json_array_append(row, json_object_get(group, "members"));
			json_array_append(row, json_object_get(group, "activities"));
		}
		if (!e)
			e = figure_row(table, row);
		else
			json_decref(row);
	}
	json_decref(groups);
	json_decref(deputies);
	town_attendance_years_clear(&years);
	return e;
}

static json_t *norm_row(const char *whose, const struct norm_result *r)
{
	static const char *const states[] = {"● 做到了", "◆ 还要做", "▲ 没有做到", "○ 还没有可算的"};
	char have[24], want[24];
	snprintf(have, sizeof have, "%d%s", r->have, r->percent ? "%" : " 次");
	snprintf(want, sizeof want, "%d%s", r->want, r->percent ? "%" : " 次");
	return json_pack("[s, s, s, s, s]", whose, r->what, r->state == NORM_NONE ? "—" : have, want, states[r->state]);
}

/* How far the year has come, by the room's clock. */
static void quarters_of(int year, struct norm_year *y)
{
	struct civil_date today = civil_from_ms(town_now_ms()).date;
	int quarter = (today.month - 1) / 3;
	y->quarters_over = year < today.year ? 4 : year > today.year ? 0 : quarter;
	y->quarters_begun = year < today.year ? 4 : year > today.year ? 0 : quarter + 1;
}

static enum err home_norms(struct town *town, int year, const struct town_attendance_years *years, struct norm_year *y,
                           struct figure_table *table)
{
	int held[4][ACTIVITY_KIND_COUNT];
	struct norm_result results[NORM_MAX];
	enum err e = town_figures_held(town->store, year, town_now_ms(), held);
	if (e)
		return e;
	for (int q = 0; q < 4; q++) {
		y->home_by_quarter[q] = held[q][ACTIVITY_HOME];
		for (int k = 0; k < ACTIVITY_KIND_COUNT; k++)
			y->held[k] += held[q][k];
	}
	for (size_t i = 0; i < years->count; i++) {
		y->home.due += years->items[i].kinds[ACTIVITY_HOME].due;
		y->home.attended += years->items[i].kinds[ACTIVITY_HOME].attended;
	}
	size_t n = norms_of_home(y, results);
	for (size_t i = 0; i < n && !e; i++)
		e = figure_row(table, norm_row("代表之家", &results[i]));
	return e;
}

/* Who is short of the attendance that the rules ask, by name. */
static enum err short_deputies(const struct town_attendance_years *years, bool over, struct figure_table *table)
{
	int count = 0;
	enum err e = ERR_OK;
	for (size_t i = 0; i < years->count && !e; i++) {
		struct norm_result r = norm_of_deputy(&years->items[i].all, over);
		if (r.state != NORM_SHORT && r.state != NORM_AHEAD)
			continue;
		if (++count <= NAMES_SHOWN)
			e = figure_row(table, norm_row(years->items[i].name, &r));
	}
	if (!e && count > NAMES_SHOWN) {
		char note[120];
		snprintf(note, sizeof note, "出勤不到 %d%% 的代表一共 %d 位，这里列出前 %d 位，全部见“代表出勤”。", NORM_DEPUTY_PERCENT, count, NAMES_SHOWN);
		e = figure_note(table, note);
	}
	return e;
}

enum err figure_norms(struct town *town, int year, struct figure_table *table)
{
	static const char *const columns[] = {"谁", "要求", "现在", "应达到", "结果", NULL};
	struct town_attendance_years years = {0};
	struct norm_year y = {0};
	json_t *groups = NULL;
	const json_t *group;
	size_t i;
	quarters_of(year, &y);
	bool over = y.quarters_over == 4;
	enum err e = figure_begin(table, -1, columns);
	if (!e)
		e = town_attendance_year(town->store, year, NULL, town_now_ms(), &years);
	if (!e)
		e = home_norms(town, year, &years, &y, table);
	if (!e)
		e = town_figures_groups(town->store, year, town_now_ms(), &groups);
	json_array_foreach (groups, i, group) {
		struct norm_result r = norm_of_group((int)json_integer_value(json_object_get(group, "activities")), over);
		if (!e)
			e = figure_row(table, norm_row(json_string_value(json_object_get(group, "group")), &r));
	}
	json_decref(groups);
	if (!e)
		e = short_deputies(&years, over, table);
	town_attendance_years_clear(&years);
	return e;
}
