#include "model/activity_csv.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/csv_table.h"
#include "model/duty_text.h"
#include "model/roster_fault.h"
#include "model/str.h"
#include "model/utf8.h"

enum column { COL_TITLE, COL_DAY, COL_FROM, COL_UNTIL, COL_WHO, COL_KIND, COL_PLACE, COL_NUMBER, COL_OPENS, COL_QUORUM, COL_OUT, COLUMN_COUNT };
enum { NEEDED = COL_WHO + 1 /* columns */, ROWS_MAX = 2000, WHO_MAX = 20000, DAYS_MAX = 3660, DAY_MIN = 24 * 60, MINUTE_MS = 60 * 1000 };

static const char *const headings[COLUMN_COUNT] = { "名称", "日期", "开始", "结束", "参加人员", "类别", "地点", "编号", "签到提前", "法定人数", "签退" };

static const char *const kinds[ACTIVITY_KIND_COUNT] = {
	[ACTIVITY_MEETING] = "会议",     [ACTIVITY_HOME] = "代表之家活动", [ACTIVITY_GROUP] = "小组活动",
	[ACTIVITY_TRAINING] = "学习培训", [ACTIVITY_INSPECTION] = "视察",   [ACTIVITY_RESEARCH] = "专题调研",
	[ACTIVITY_REPORT] = "述职评议",  [ACTIVITY_TALK] = "民情恳谈",     [ACTIVITY_EXCHANGE] = "经验交流",
};

struct reading {
	struct activity_plan *plan;
	struct civil_date today;
	const struct csv_table *table;
};

static const char *field(const struct reading *r, const struct csv_row *row, enum column c)
{
	return csv_table_field(r->table, row, (int)c);
}

static enum err blame(const struct reading *r, const struct csv_row *row, const char *fault, const char *value)
{
	return csv_table_blame(r->table, row, fault, value);
}

/* 2026-03-12, 今天, 今天+7, 今天-3. */
static bool parse_day(const char *text, struct civil_date today, struct civil_date *out)
{
	if (civil_parse(text, out) == ERR_OK)
		return true;
	int64_t days = 0;
	if (!str_skip(&text, "今天"))
		return false;
	int sign = *text == '-' ? -1 : 1;
	if (str_skip(&text, "+") || str_skip(&text, "-")) {
		if (!str_take_number(&text, &days) || days > DAYS_MAX)
			return false;
	}
	*out = civil_add_days(today, sign * (int)days);
	return *text == '\0';
}

/* Minutes since midnight of "9:00" or "09:00"; -1 for anything else. */
static int minutes_of(const char *text)
{
	char full[8];
	snprintf(full, sizeof full, "%s%.6s", strlen(text) == 4 ? "0" : "", text);
	if (!duty_time_valid(full))
		return -1;
	return ((full[0] - '0') * 10 + full[1] - '0') * 60 + (full[3] - '0') * 10 + full[4] - '0';
}

/* `otherwise` for an empty field; -1 when it is no number up to `most`. */
static int number_of(const char *text, int otherwise, int most)
{
	int64_t value;
	if (!text[0])
		return otherwise;
	return str_take_number(&text, &value) && *text == '\0' && value <= most ? (int)value : -1;
}

static bool read_kind(const char *word, enum activity_kind *kind)
{
	*kind = ACTIVITY_HOME;
	if (!word[0])
		return true;
	if (strcmp(word, "代表小组活动") == 0)
		word = kinds[ACTIVITY_GROUP];
	for (int k = 0; k < ACTIVITY_KIND_COUNT; k++) {
		if (strcmp(kinds[k], word) == 0) {
			*kind = (enum activity_kind)k;
			return true;
		}
	}
	return false;
}

/* The same in every import: by its number where the office gave one. */
static void make_id(const char *number, struct activity *a)
{
	uint8_t sum[crypto_generichash_BYTES];
	char start[24], hex[17];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof sum);
	if (number[0]) {
		crypto_generichash_update(&state, (const uint8_t *)number, strlen(number));
	} else {
		int n = snprintf(start, sizeof start, "%lld", (long long)a->starts_ms);
		crypto_generichash_update(&state, (const uint8_t *)a->title, strlen(a->title) + 1);
		crypto_generichash_update(&state, (const uint8_t *)start, (size_t)n + 1);
		crypto_generichash_update(&state, (const uint8_t *)a->place, strlen(a->place) + 1);
	}
	crypto_generichash_final(&state, sum, sizeof sum);
	snprintf(a->id, sizeof a->id, "a-%s", sodium_bin2hex(hex, sizeof hex, sum, 8));
}

static enum err add_who(struct activity_plan_row *out, const struct activity_who *who)
{
	if (out->who_count % 64 == 0) {
		struct activity_who *grown = realloc(out->who, (out->who_count + 64) * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		out->who = grown;
	}
	out->who[out->who_count++] = *who;
	return ERR_OK;
}

/* Blanks before and after it, of either width, go. */
static void trim(char *text)
{
	static const char wide[] = "　";
	const char *from = text;
	while (str_skip(&from, " ") || str_skip(&from, wide))
		;
	size_t n = strlen(from);
	memmove(text, from, n + 1);
	for (;;) {
		if (n >= 1 && text[n - 1] == ' ')
			n--;
		else if (n >= sizeof wide - 1 && memcmp(text + n - (sizeof wide - 1), wide, sizeof wide - 1) == 0)
			n -= sizeof wide - 1;
		else
			break;
		text[n] = '\0';
	}
}

/* 马建国（3排6号）: the seat goes out of the name. False: brackets that do not pair, or too long. */
static bool split_seat(char *name, char *seat, size_t seat_size)
{
	static const char *const open[] = { "（", "(" }, *const close[] = { "）", ")" };
	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
		char *from = strstr(name, open[i]);
		if (!from)
			continue;
		char *inside = from + strlen(open[i]), *until = strstr(inside, close[i]);
		if (!until || until[strlen(close[i])] != '\0' || from == name)
			return false;
		*until = *from = '\0';
		trim(inside);
		return str_copy(seat, seat_size, inside);
	}
	return true;
}

static enum err read_one(struct reading *r, const struct csv_row *row, const char *text, size_t len, struct activity_plan_row *out)
{
	static const struct { const char *word, *level; } levels[] = {
		{ "乡代表", "township" }, { "镇代表", "township" }, { "县代表", "county" }, { "区代表", "county" }, { "市代表", "city" },
	};
	struct activity_who who = { .kind = WHO_NAME };
	char word[sizeof who.name];
	bool fine = utf8_clean(text, len, false, sizeof word, word, sizeof word) == ERR_OK;
	if (fine) {
		trim(word);
		fine = split_seat(word, who.seat, sizeof who.seat);
	}
	if (fine) {
		trim(word);
		roster_name_close_up(word);
	}
	if (!fine || !word[0])
		return blame(r, row, FAULT_WHO, field(r, row, COL_WHO));
	(void)str_copy(who.name, sizeof who.name, word);
	if (strcmp(word, "全体") == 0 || strcmp(word, "全体代表") == 0) {
		who.kind = WHO_ALL;
		who.name[0] = '\0';
	}
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		if (strcmp(word, levels[i].word) == 0) {
			who.kind = WHO_LEVEL;
			(void)str_copy(who.name, sizeof who.name, levels[i].level);
		}
	}
	if (out->who_count == WHO_MAX)
		return blame(r, row, FAULT_WHO_MANY, "");
	return add_who(out, &who);
}

/* Names between 、 and other usual separators, blanks around them taken off. */
static enum err read_who(struct reading *r, const struct csv_row *row, struct activity_plan_row *out)
{
	static const char *const between[] = { "、", "，", "；", ",", ";", "\n" };
	const char *from = field(r, row, COL_WHO);
	size_t before = r->table->problems->count;
	enum err e = ERR_OK;
	for (const char *p = from; e == ERR_OK; p++) {
		size_t sep = 0;
		for (size_t i = 0; *p && !sep && i < sizeof between / sizeof between[0]; i++)
			sep = strncmp(p, between[i], strlen(between[i])) == 0 ? strlen(between[i]) : 0;
		if (*p && !sep)
			continue;
		const char *end = p;
		while (from < end && *from == ' ')
			from++;
		while (end > from && end[-1] == ' ')
			end--;
		if (end > from)
			e = read_one(r, row, from, (size_t)(end - from), out);
		if (!*p)
			break;
		p += sep - 1;
		from = p + 1;
	}
	if (e == ERR_OK && out->who_count == 0 && r->table->problems->count == before)
		e = blame(r, row, FAULT_WHO, "");
	return e;
}

/* Blames what is wrong; the row is then not to be used. */
static enum err read_activity(struct reading *r, const struct csv_row *row, struct activity *a)
{
	const char *title = field(r, row, COL_TITLE), *place = field(r, row, COL_PLACE), *out = field(r, row, COL_OUT), *why;
	struct civil_date day;
	const char *end = field(r, row, COL_UNTIL);
	int overnight = str_skip(&end, "次日") ? DAY_MIN : 0;
	int from = minutes_of(field(r, row, COL_FROM)), until = minutes_of(end);
	until = until < 0 ? until : until + overnight;
	if (utf8_clean(title, strlen(title), false, sizeof a->title, a->title, sizeof a->title) != ERR_OK || !a->title[0])
		return blame(r, row, FAULT_TITLE, title);
	if (utf8_clean(place, strlen(place), false, sizeof a->place, a->place, sizeof a->place) != ERR_OK)
		return blame(r, row, FAULT_TOO_LONG, place);
	if (!parse_day(field(r, row, COL_DAY), r->today, &day))
		return blame(r, row, FAULT_ACTIVITY_DAY, field(r, row, COL_DAY));
	if (from < 0 || until < 0)
		return blame(r, row, FAULT_TIME, field(r, row, from < 0 ? COL_FROM : COL_UNTIL));
	if (until <= from)
		return blame(r, row, FAULT_ORDER, field(r, row, COL_UNTIL));
	if (!read_kind(field(r, row, COL_KIND), &a->kind))
		return blame(r, row, FAULT_KIND, field(r, row, COL_KIND));
	a->starts_ms = civil_to_ms(day) + (int64_t)from * MINUTE_MS;
	a->ends_ms = civil_to_ms(day) + (int64_t)until * MINUTE_MS;
	a->opens_min = number_of(field(r, row, COL_OPENS), ACTIVITY_OPENS_MIN, ACTIVITY_MAX_MIN);
	a->quorum = number_of(field(r, row, COL_QUORUM), 0, WHO_MAX);
	a->grace_min = ACTIVITY_GRACE_MIN;
	if (a->opens_min < 0 || a->quorum < 0)
		return blame(r, row, FAULT_NUMBER, field(r, row, a->opens_min < 0 ? COL_OPENS : COL_QUORUM));
	a->signs_out = strcmp(out, "是") == 0 || strcmp(out, "要") == 0;
	if (out[0] && !a->signs_out && strcmp(out, "否") != 0 && strcmp(out, "不") != 0)
		return blame(r, row, FAULT_YES_NO, out);
	make_id(field(r, row, COL_NUMBER), a);
	return activity_check(a, &why) == ERR_OK ? ERR_OK : blame(r, row, FAULT_ORDER, a->title);
}

static enum err read_row(void *ctx, const struct csv_table *table, const struct csv_row *row)
{
	struct reading *r = ctx;
	r->table = table;
	struct activity_plan *plan = r->plan;
	struct activity_plan_row out = { .row = row->line };
	size_t before = r->table->problems->count;
	enum err e = read_activity(r, row, &out.activity);
	if (e == ERR_OK && r->table->problems->count == before)
		e = read_who(r, row, &out);
	for (size_t i = 0; e == ERR_OK && r->table->problems->count == before && i < plan->count; i++) {
		if (strcmp(plan->rows[i].activity.id, out.activity.id) == 0)
			e = blame(r, row, FAULT_ACTIVITY_TWICE, out.activity.title);
	}
	if (e == ERR_OK && r->table->problems->count == before && plan->count == ROWS_MAX)
		e = blame(r, row, FAULT_ACTIVITIES_LONG, "");
	if (e == ERR_OK && r->table->problems->count == before && plan->count % 32 == 0) {
		struct activity_plan_row *grown = realloc(plan->rows, (plan->count + 32) * sizeof *grown);
		if (grown)
			plan->rows = grown;
		else
			e = ERR_NOMEM;
	}
	if (e != ERR_OK || r->table->problems->count > before) {
		free(out.who);
		return e;
	}
	plan->rows[plan->count++] = out;
	return ERR_OK;
}

enum err activity_parse_csv(const char *text, size_t len, struct civil_date today, struct activity_plan *plan,
                            struct roster_problems *problems)
{
	struct csv_table table = { .headings = headings, .columns = COLUMN_COUNT, .needed = NEEDED, .problems = problems };
	struct reading r = { .plan = plan, .today = today };
	memset(plan, 0, sizeof *plan);
	return csv_table_read(&table, text, len, read_row, &r);
}

void activity_plan_clear(struct activity_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		free(plan->rows[i].who);
	free(plan->rows);
	memset(plan, 0, sizeof *plan);
}
