#include "model/duty_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/csv_table.h"
#include "model/roster_fault.h"
#include "model/utf8.h"

enum column { COL_DAY, COL_FROM, COL_UNTIL, COL_NAME, COL_ROOM, COLUMN_COUNT };
static const char *const headings[COLUMN_COUNT] = {"日期", "开始", "结束", "代表", "房间"};

enum { SLOTS_MAX = 5000, NEEDED = COL_ROOM /* those before it */ };

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

static enum err read_row(void *ctx, const struct csv_table *t, const struct csv_row *row)
{
	struct duty_plan *plan = ctx;
	struct duty_slot s = {.row = row->line};
	const char *name = csv_table_field(t, row, COL_NAME), *room = csv_table_field(t, row, COL_ROOM);
	if (!parse_day(csv_table_field(t, row, COL_DAY), s.day))
		return csv_table_blame(t, row, FAULT_DAY, csv_table_field(t, row, COL_DAY));
	if (!parse_time(csv_table_field(t, row, COL_FROM), s.from))
		return csv_table_blame(t, row, FAULT_TIME, csv_table_field(t, row, COL_FROM));
	if (!parse_time(csv_table_field(t, row, COL_UNTIL), s.until))
		return csv_table_blame(t, row, FAULT_TIME, csv_table_field(t, row, COL_UNTIL));
	if (strcmp(s.from, s.until) >= 0)
		return csv_table_blame(t, row, FAULT_ORDER, s.until);
	if (!name[0] || utf8_clean(name, strlen(name), false, sizeof s.name, s.name, sizeof s.name) != ERR_OK)
		return csv_table_blame(t, row, FAULT_DEPUTY, "");
	if (utf8_clean(room, strlen(room), false, sizeof s.room, s.room, sizeof s.room) != ERR_OK)
		return csv_table_blame(t, row, FAULT_TOO_LONG, room);
	if (plan->count == SLOTS_MAX)
		return csv_table_blame(t, row, FAULT_ROTA_LONG, "");
	if (plan->count % 64 == 0) {
		struct duty_slot *grown = realloc(plan->slots, (plan->count + 64) * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		plan->slots = grown;
	}
	plan->slots[plan->count++] = s;
	return ERR_OK;
}

enum err duty_parse_csv(const char *text, size_t len, struct duty_plan *plan,
                        struct roster_problems *problems)
{
	struct csv_table table = {.headings = headings, .columns = COLUMN_COUNT, .needed = NEEDED, .problems = problems};
	memset(plan, 0, sizeof *plan);
	return csv_table_read(&table, text, len, read_row, plan);
}

void duty_plan_clear(struct duty_plan *plan)
{
	free(plan->slots);
	memset(plan, 0, sizeof *plan);
}
