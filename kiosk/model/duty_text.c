#include "model/duty_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/csv.h"
#include "model/roster_fault.h"
#include "model/utf8.h"

enum column { COL_DAY, COL_FROM, COL_UNTIL, COL_NAME, COL_ROOM, COLUMN_COUNT };
static const char *const headings[COLUMN_COUNT] = {"日期", "开始", "结束", "代表", "房间"};

enum { SLOTS_MAX = 5000 };

static bool parse_day(const char *text, char out[11])
{
	static const char *const prefixes[] = {"每周", "周", "星期", "礼拜"};
	static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日"};
	struct civil_date date;
	if (civil_parse(text, &date) == ERR_OK) {
		civil_format(date, out);
		return true;
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t n = strlen(prefixes[i]);
		if (strncmp(text, prefixes[i], n) != 0)
			continue;
		const char *day = strcmp(text + n, "天") == 0 ? "日" : text + n;
		for (int d = 0; d < 7; d++) {
			if (strcmp(day, days[d]) == 0) {
				memcpy(out, "w0", 3);
				out[1] = (char)(out[1] + d + 1);
				return true;
			}
		}
	}
	return false;
}

bool duty_time_valid(const char *s)
{
	if (strlen(s) != 5 || s[2] != ':')
		return false;
	for (int i = 0; i < 5; i++)
		if (i != 2 && (s[i] < '0' || s[i] > '9'))
			return false;
	return (s[0] - '0') * 10 + s[1] - '0' < 24 && s[3] < '6';
}

/* "9:00" is meant as "09:00". */
static bool parse_time(const char *text, char out[6])
{
	char full[8];
	snprintf(full, sizeof full, "%s%.6s", strlen(text) == 4 ? "0" : "", text);
	if (!duty_time_valid(full))
		return false;
	memcpy(out, full, 6);
	return true;
}

struct reading { struct duty_plan *plan; struct roster_problems *problems; int at[COLUMN_COUNT]; };

static const char *field(const struct reading *r, const struct csv_row *row, enum column c)
{
	int i = r->at[c];
	return i >= 0 && (size_t)i < row->count ? row->fields[i] : "";
}

static enum err blame(struct reading *r, const struct csv_row *row, const char *fault, const char *value)
{
	return roster_problem_add(r->problems, row->line, fault, value);
}

static enum err read_row(struct reading *r, const struct csv_row *row)
{
	struct duty_slot s = {.row = row->line};
	const char *name = field(r, row, COL_NAME), *room = field(r, row, COL_ROOM);
	if (!parse_day(field(r, row, COL_DAY), s.day))
		return blame(r, row, FAULT_DAY, field(r, row, COL_DAY));
	if (!parse_time(field(r, row, COL_FROM), s.from))
		return blame(r, row, FAULT_TIME, field(r, row, COL_FROM));
	if (!parse_time(field(r, row, COL_UNTIL), s.until))
		return blame(r, row, FAULT_TIME, field(r, row, COL_UNTIL));
	if (strcmp(s.from, s.until) >= 0)
		return blame(r, row, FAULT_ORDER, s.until);
	if (!name[0] || utf8_clean(name, strlen(name), false, sizeof s.name, s.name, sizeof s.name) != ERR_OK)
		return blame(r, row, FAULT_DEPUTY, "");
	if (utf8_clean(room, strlen(room), false, sizeof s.room, s.room, sizeof s.room) != ERR_OK)
		return blame(r, row, FAULT_TOO_LONG, room);
	if (r->plan->count == SLOTS_MAX)
		return blame(r, row, FAULT_ROTA_LONG, "");
	if (r->plan->count % 64 == 0) {
		struct duty_slot *grown = realloc(r->plan->slots, (r->plan->count + 64) * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		r->plan->slots = grown;
	}
	r->plan->slots[r->plan->count++] = s;
	return ERR_OK;
}

static enum err read_headings(struct reading *r, const struct csv_row *row)
{
	enum err e = ERR_OK;
	for (int c = 0; e == ERR_OK && c < COLUMN_COUNT; c++) {
		r->at[c] = -1;
		for (size_t i = 0; i < row->count; i++)
			if (strcmp(row->fields[i], headings[c]) == 0)
				r->at[c] = (int)i;
		if (r->at[c] < 0 && c != COL_ROOM)
			e = blame(r, row, FAULT_HEADING, headings[c]);
	}
	return e;
}

static enum err read_all(struct reading *r, struct csv *csv)
{
	struct csv_row row;
	enum err e = csv_next(csv, &row);
	if (e == ERR_NOT_FOUND)
		return roster_problem_add(r->problems, 1, FAULT_EMPTY, "");
	if (e == ERR_OK)
		e = read_headings(r, &row);
	if (e == ERR_OK && r->problems->count > 0)
		return ERR_OK;
	while (e == ERR_OK && (e = csv_next(csv, &row)) == ERR_OK)
		e = read_row(r, &row);
	if (e == ERR_INVALID)
		return blame(r, &row, FAULT_QUOTES, "");
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err duty_parse_csv(const char *text, size_t len, struct duty_plan *plan,
                        struct roster_problems *problems)
{
	struct reading r = {.plan = plan, .problems = problems};
	memset(plan, 0, sizeof *plan);
	memset(problems, 0, sizeof *problems);
	struct csv csv;
	enum err e = csv_open(text, len, &csv);
	if (e != ERR_OK)
		return e;
	e = utf8_valid(text, len) && !memchr(text, '\0', len)
	                     ? read_all(&r, &csv)
	                     : roster_problem_add(problems, 1, FAULT_NOT_UTF8, "");
	csv_close(&csv);
	if (e != ERR_OK)
		return e;
	return problems->count > 0 ? ERR_INVALID : ERR_OK;
}

void duty_plan_clear(struct duty_plan *plan)
{
	free(plan->slots);
	memset(plan, 0, sizeof *plan);
}
