/* links: kiosk/model/attendance.c kiosk/model/activity.c kiosk/model/civil.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/attendance.h"
#include "model/civil.h"

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };

static const char *const presented_names[] = {
	[PRESENTED_SIGN_IN] = "sign_in",         [PRESENTED_ALREADY] = "already", [PRESENTED_SIGN_OUT] = "sign_out",
	[PRESENTED_ALREADY_OUT] = "already_out", [PRESENTED_NOT_YET] = "not_yet", [PRESENTED_OVER] = "over",
	[PRESENTED_CANCELLED] = "cancelled",
};

struct rule_case {
	struct activity activity;
	int64_t now_ms;
	bool clock_ok;
	struct attendance_facts facts;
	char timing[16], presented[16];
	bool leave;
};

/* H:MM or H:MM:SS.mmm on the day of the cases. */
static int64_t moment(const char *text)
{
	int hours = 0, minutes = 0, seconds = 0, ms = 0;
	int n = sscanf(text, "%d:%2d:%2d.%3d", &hours, &minutes, &seconds, &ms);
	if (n != 2 && n != 4)
		fail_msg("no time of day: \"%s\"", text);
	struct civil_date day = {2026, 3, 12};
	return civil_to_ms(day) + ((int64_t)(hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

static bool yes(const char *text)
{
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		fail_msg("neither yes nor no: \"%s\"", text);
	return text[0] == 'y';
}

/* False for a line that holds no case. */
static bool read_case(const char *line, struct rule_case *c)
{
	char start[16], end[16], out[8], off[8], now[16], clock[8], in[16], left[8], leave[8];
	memset(c, 0, sizeof *c);
	if (line[strspn(line, " \n")] == '#' || line[strspn(line, " \n")] == '\0')
		return false;
	if (sscanf(line, "%15s %15s %d %d %7s %7s | %15s %7s %15s %7s | %15s %15s %7s", start, end, &c->activity.opens_min,
	           &c->activity.grace_min, out, off, now, clock, in, left, c->timing, c->presented, leave) != 13)
		fail_msg("no case: %s", line);
	c->activity.starts_ms = moment(start);
	c->activity.ends_ms = moment(end);
	c->activity.signs_out = yes(out);
	c->activity.cancelled = yes(off);
	c->now_ms = moment(now);
	c->clock_ok = strcmp(clock, "ok") == 0;
	if (!c->clock_ok)
		assert_string_equal(clock, "lost");
	bool when = strchr(in, ':') != NULL;
	c->facts = (struct attendance_facts){.signed_in = when || yes(in), .signed_out = yes(left)};
	c->facts.in_ms = when ? moment(in) : c->activity.starts_ms - DAY_MS;
	c->leave = yes(leave);
	return true;
}

static void check_case(const struct rule_case *c, const char *line)
{
	const char *timing = timing_id(attendance_timing(&c->activity, c->now_ms, c->clock_ok));
	const char *presented = presented_names[attendance_presented(&c->activity, &c->facts, c->now_ms, c->clock_ok)];
	bool leave = leave_can_be_asked(&c->activity, &c->facts, LEAVE_NONE, c->now_ms, c->clock_ok);
	if (strcmp(timing, c->timing) != 0 || strcmp(presented, c->presented) != 0 || leave != c->leave)
		fail_msg("%s %s %s, against%s", timing, presented, leave ? "yes" : "no", line);
	for (int s = LEAVE_NONE + 1; s < LEAVE_STATE_COUNT; s++)
		assert_false(leave_can_be_asked(&c->activity, &c->facts, (enum leave_state)s, c->now_ms, c->clock_ok));
}

static void test_cases(void **state)
{
	(void)state;
	char line[256];
	int count = 0;
	bool timings[TIMING_COUNT] = {false}, presented[PRESENTED_CANCELLED + 1] = {false};
	FILE *file = fopen("tests/data/attendance_cases.txt", "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		struct rule_case c;
		enum timing t;
		if (!read_case(line, &c))
			continue;
		check_case(&c, line);
		assert_int_equal(timing_parse(c.timing, &t), ERR_OK);
		timings[t] = true;
		for (int p = 0; p <= PRESENTED_CANCELLED; p++)
			presented[p] = presented[p] || strcmp(presented_names[p], c.presented) == 0;
		count++;
	}
	fclose(file);
	assert_in_range(count, 50, 500);
	for (int t = 0; t < TIMING_COUNT; t++)
		assert_true(timings[t]);
	for (int p = 0; p <= PRESENTED_CANCELLED; p++)
		assert_true(presented[p]);
}

static struct activity meeting(void)
{
	struct activity a = {.id = "a-1", .title = "法律法规学习", .opens_min = ACTIVITY_OPENS_MIN, .grace_min = ACTIVITY_GRACE_MIN};
	a.starts_ms = moment("14:30");
	a.ends_ms = moment("16:30");
	return a;
}

/* Both cards at once, a card left lying, a form sent twice. */
static void test_nobody_signs_out_as_they_come(void **state)
{
	(void)state;
	static const struct { const char *in, *now; enum presented what; } at[] = {
		{"16:10", "16:10", PRESENTED_ALREADY},          {"16:10", "16:11:59.999", PRESENTED_ALREADY},
		{"16:10", "16:12", PRESENTED_SIGN_OUT},         {"16:29", "16:31", PRESENTED_SIGN_OUT},
		{"15:59:30.000", "16:00", PRESENTED_ALREADY},   {"16:10", "16:09", PRESENTED_SIGN_OUT}, /* by another box's clock */
	};
	struct activity a = meeting();
	a.signs_out = true;
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		const struct attendance_facts facts = {.signed_in = true, .in_ms = moment(at[i].in)};
		assert_int_equal(attendance_presented(&a, &facts, moment(at[i].now), true), at[i].what);
	}
}

static void test_phases(void **state)
{
	(void)state;
	static const struct { const char *now; enum activity_phase phase; const char *until; } at[] = {
		{"0:00", ACTIVITY_AHEAD, "12:30"},         {"12:29:59.999", ACTIVITY_AHEAD, "12:30"},
		{"12:30", ACTIVITY_OPEN, "16:30"},         {"16:29:59.999", ACTIVITY_OPEN, "16:30"},
		{"16:30", ACTIVITY_LINGERING, "17:30"},    {"17:29:59.999", ACTIVITY_LINGERING, "17:30"},
		{"17:30", ACTIVITY_OVER, NULL},            {"400:00", ACTIVITY_OVER, NULL},
	};
	struct activity a = meeting();
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
		assert_int_equal(activity_phase_at(&a, moment(at[i].now)), at[i].phase);
		assert_true(activity_phase_until(&a, moment(at[i].now)) == (at[i].until ? moment(at[i].until) : INT64_MAX));
	}
}

/* Whoever waits for the next phase comes to it, and through all of them. */
static void test_phases_follow_each_other(void **state)
{
	(void)state;
	struct activity a = meeting();
	int64_t now = 0;
	for (int phase = ACTIVITY_AHEAD; phase <= ACTIVITY_OVER; phase++) {
		assert_int_equal(activity_phase_at(&a, now), phase);
		now = activity_phase_until(&a, now);
		if (now != INT64_MAX)
			assert_int_equal(activity_phase_at(&a, now - 1), phase);
	}
	assert_true(now == INT64_MAX);
}

static void refused(const struct activity *a, const char *reason)
{
	const char *why = "untouched";
	assert_int_equal(activity_check(a, &why), ERR_INVALID);
	assert_non_null(why);
	assert_string_equal(why, reason);
}

static void test_check(void **state)
{
	(void)state;
	const char *why = "untouched";
	struct activity a = meeting();
	assert_int_equal(activity_check(&a, &why), ERR_OK);
	assert_null(why);
	a.id[0] = '\0';
	refused(&a, "it has no id");
	a = meeting();
	a.title[0] = '\0';
	refused(&a, "it has no title");
	a = meeting();
	a.ends_ms = a.starts_ms;
	refused(&a, "it does not end after it starts");
	a.starts_ms = 0;
	refused(&a, "it does not end after it starts");
	a.starts_ms = INT64_MIN; /* what comes from outside may be anything: no sum of it may overflow */
	a.ends_ms = INT64_MAX;
	refused(&a, "it does not end after it starts");
	a = meeting();
	a.ends_ms = INT64_MAX; /* times that dates and sums cannot hold */
	refused(&a, "its times are beyond the calendar");
	a.starts_ms = INT64_MAX - 1;
	refused(&a, "its times are beyond the calendar");
	a.ends_ms = 253402300800000 - 1;
	a.starts_ms = a.ends_ms - MINUTE_MS;
	assert_int_equal(activity_check(&a, &why), ERR_OK);
	a.ends_ms++;
	refused(&a, "its times are beyond the calendar");
	a = meeting();
	a.ends_ms = a.starts_ms + 7LL * DAY_MS;
	assert_int_equal(activity_check(&a, &why), ERR_OK);
	a.ends_ms++;
	refused(&a, "it is longer than a week");
}

static void test_check_of_numbers(void **state)
{
	(void)state;
	static const struct { int minutes; bool good; } minutes[] = {
		{-1, false}, {0, true}, {ACTIVITY_MAX_MIN, true}, {ACTIVITY_MAX_MIN + 1, false}, {INT32_MAX, false}, {INT32_MIN, false},
	};
	const char *why;
	for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
		struct activity a = meeting(), b = meeting();
		a.opens_min = b.grace_min = minutes[i].minutes;
		assert_int_equal(activity_check(&a, &why), minutes[i].good ? ERR_OK : ERR_INVALID);
		assert_int_equal(activity_check(&b, &why), minutes[i].good ? ERR_OK : ERR_INVALID);
	}
	struct activity a = meeting();
	a.quorum = -1;
	refused(&a, "its quorum is negative");
}

static void test_quorum(void **state)
{
	(void)state;
	static const struct { int quorum, invited, needed; } q[] = {
		{0, 0, 1}, {0, 1, 1}, {0, 2, 2}, {0, 3, 2}, {0, 40, 21}, {0, 41, 21}, {30, 40, 30}, {50, 40, 50},
	};
	for (size_t i = 0; i < sizeof q / sizeof q[0]; i++) {
		struct activity a = meeting();
		a.quorum = q[i].quorum;
		assert_int_equal(activity_quorum(&a, q[i].invited), q[i].needed);
	}
}

static void test_percent(void **state)
{
	(void)state;
	static const struct { struct attendance_sum sum; int percent; } p[] = {
		{{0, 0, 0, 0}, -1}, {{1, 0, 0, 1}, 0},   {{1, 1, 1, 0}, 100}, {{3, 2, 0, 0}, 66},
		{{10, 9, 0, 0}, 90}, {{99, 89, 0, 0}, 89}, {{1000, 899, 0, 0}, 89}, {{30000000, 29999999, 0, 0}, 99},
	};
	for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
		assert_int_equal(attendance_percent(&p[i].sum), p[i].percent);
}

static const char *const kind_names[] = {"meeting", "home", "group", "training", "inspection", "research", "report", "talk", "exchange"};
static const char *const leave_names[] = {"ill", "work", "away", "family", "other"};
static const char *const state_names[] = {"", "asked", "granted", "refused"};
static const char *const by_names[] = {"card", "qr", "phone"};
static const char *const timing_names[] = {"early", "on_time", "late", "unknown"};

/* The names on the wire and in the database, both ways; any other is refused and writes nothing. */
#define NAMES(names, type, count, id, parse) \
	do { \
		type value = (type)0; \
		assert_int_equal(sizeof names / sizeof names[0], count); \
		for (int i = 0; i < (int)(count); i++) { \
			assert_string_equal(id((type)i), names[i]); \
			value = (type)((i + 1) % (int)(count)); \
			assert_int_equal(parse(names[i], &value), ERR_OK); \
			assert_int_equal(value, i); \
		} \
		assert_int_equal(parse("nonsense", &value), ERR_INVALID); \
		assert_int_equal(value, (count) - 1); \
		assert_int_equal(parse("Nonsense", &value), ERR_INVALID); \
		assert_string_equal(id((type)(count)), ""); \
		assert_string_equal(id((type)-1), ""); \
	} while (0)

static void test_names(void **state)
{
	(void)state;
	NAMES(kind_names, enum activity_kind, ACTIVITY_KIND_COUNT, activity_kind_id, activity_kind_parse);
	NAMES(leave_names, enum leave_reason, LEAVE_REASON_COUNT, leave_reason_id, leave_reason_parse);
	NAMES(state_names, enum leave_state, LEAVE_STATE_COUNT, leave_state_id, leave_state_parse);
	NAMES(by_names, enum sign_by, SIGN_BY_COUNT, sign_by_id, sign_by_parse);
	NAMES(timing_names, enum timing, TIMING_COUNT, timing_id, timing_parse);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases), cmocka_unit_test(test_nobody_signs_out_as_they_come),
		cmocka_unit_test(test_phases), cmocka_unit_test(test_phases_follow_each_other),
		cmocka_unit_test(test_check), cmocka_unit_test(test_check_of_numbers), cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_percent), cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
