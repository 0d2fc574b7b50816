/* links: township/notice.c township/town.c township/keys.c township/keys_lock.c township/passphrase.c township/keys_wrap.c township/store/all kiosk/model/all gen/township_migrations.c */
/* A deputy's year, as the figures and the deputy's phone have it, against a count by hand; and the days of notice. */
#include "tests/unit/town_fixture.h"
#include "township/store_activity_papers.h"
#include "township/store_kiosks.h"

#include "model/civil.h"

enum { DEPUTIES = 12, ACTIVITIES = 80, YEAR = 2025 };
static const int64_t hour_ms = 3600000;

/* One deputy at one activity, as the test made it. */
struct fact {
	bool invited, came;
	enum timing timing;
	enum leave_state leave;
	const char *corrected; /* NULL: no correction that stands */
};
struct made {
	struct activity activity;
	struct fact facts[DEPUTIES];
};

/* The same numbers in every run. */
static uint32_t next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void id_of(int deputy, char out[REPORT_ID_SIZE])
{
	snprintf(out, REPORT_ID_SIZE, "p-%02d", deputy + 1);
}

static void keep(struct town_store *store, const struct made *m, uint32_t *seed)
{
	static const char *const counts[] = {"present", "late", "leave", "absent"};
	struct town_invitees list = {0};
	char deputy[REPORT_ID_SIZE];
	for (int i = 0; i < DEPUTIES; i++) {
		id_of(i, deputy);
		if (m->facts[i].invited)
			assert_int_equal(town_invitees_add(&list, deputy, ""), ERR_OK);
	}
	assert_int_equal(town_activity_put(store, &m->activity, &list), ERR_OK);
	town_invitees_clear(&list);
	for (int i = 0; i < DEPUTIES; i++) {
		const struct fact *f = &m->facts[i];
		struct town_sign_in in = {.at_ms = m->activity.starts_ms, .clock_ok = true, .timing = f->timing, .record = true};
		struct town_leave leave = {.state = f->leave};
		id_of(i, deputy);
		snprintf(in.id, sizeof in.id, "%.16s.%d", m->activity.id, i);
		snprintf(in.activity, sizeof in.activity, "%s", m->activity.id);
		snprintf(in.deputy, sizeof in.deputy, "%s", deputy);
		snprintf(in.kiosk, sizeof in.kiosk, "k-1");
		snprintf(leave.activity, sizeof leave.activity, "%s", m->activity.id);
		snprintf(leave.deputy, sizeof leave.deputy, "%s", deputy);
		if (f->came)
			assert_int_equal(town_sign_in_add(store, &in), ERR_OK);
		if (f->leave != LEAVE_NONE)
			assert_int_equal(town_leave_put(store, &leave), ERR_OK);
		/* The newest stands: others before it, and "recorded" where none is to stand. */
		for (uint32_t n = next(seed, 3); n > 0; n--) {
			assert_int_equal(town_correction_add(store, m->activity.id, deputy, counts[next(seed, 4)], "x", "u", 1), ERR_OK);
			assert_int_equal(town_correction_add(store, m->activity.id, deputy, f->corrected ? f->corrected : "recorded", "y", "u", 2),
			                 ERR_OK);
		}
		if (f->corrected)
			assert_int_equal(town_correction_add(store, m->activity.id, deputy, f->corrected, "z", "u", 3), ERR_OK);
	}
}

static void make(struct made *m, int n, int64_t now_ms, uint32_t *seed)
{
	static const char *const counts[] = {"present", "late", "leave", "absent"};
	int64_t day_ms = civil_to_ms((struct civil_date){YEAR, 1, 1}) + ((int64_t)next(seed, 500) - 60) * 24 * hour_ms;
	*m = (struct made){.activity = {.kind = (enum activity_kind)next(seed, ACTIVITY_KIND_COUNT), .starts_ms = day_ms + 9 * hour_ms,
	                                .ends_ms = day_ms + 11 * hour_ms, .cancelled = next(seed, 8) == 0}};
	snprintf(m->activity.id, sizeof m->activity.id, "a-%d", n);
	snprintf(m->activity.title, sizeof m->activity.title, "活动%d", n);
	for (int i = 0; i < DEPUTIES; i++) {
		struct fact *f = &m->facts[i];
		f->invited = next(seed, 4) > 0;
		f->came = m->activity.starts_ms < now_ms && next(seed, 2);
		f->timing = (enum timing)next(seed, TIMING_COUNT);
		f->leave = (enum leave_state)next(seed, LEAVE_STATE_COUNT);
		f->corrected = next(seed, 5) == 0 ? counts[next(seed, 4)] : NULL;
	}
}

/* By hand: what the words say. */
static void count(const struct made *m, int deputy, int64_t now_ms, struct town_attendance_year *y)
{
	const struct fact *f = &m->facts[deputy];
	struct civil_date day = civil_from_ms(m->activity.starts_ms).date;
	if (day.year != YEAR || !f->invited || m->activity.cancelled)
		return;
	if (m->activity.ends_ms > now_ms && !f->came && !f->corrected)
		return; /* goes on, or is ahead */
	const char *as = f->corrected                                              ? f->corrected
	                 : f->came                                                 ? (f->timing == TIMING_LATE ? "late" : "present")
	                 : f->leave == LEAVE_ASKED || f->leave == LEAVE_GRANTED ? "leave"
	                                                                           : "absent";
	struct attendance_sum *sums[2] = {&y->all, &y->kinds[m->activity.kind]};
	for (int i = 0; i < 2; i++) {
		sums[i]->due++;
		sums[i]->attended += strcmp(as, "present") == 0 || strcmp(as, "late") == 0;
		sums[i]->late += strcmp(as, "late") == 0;
		sums[i]->leave += strcmp(as, "leave") == 0;
	}
	y->corrected += f->corrected != NULL;
}

static void same(const struct attendance_sum *a, const struct attendance_sum *b)
{
	assert_int_equal(a->due, b->due);
	assert_int_equal(a->attended, b->attended);
	assert_int_equal(a->late, b->late);
	assert_int_equal(a->leave, b->leave);
}

/* The list of one's activities adds up to the same. */
static void same_in_list(struct town_store *store, const struct town_attendance_year *y, int64_t now_ms)
{
	json_t *list;
	const json_t *row;
	size_t i;
	struct attendance_sum sum = {0};
	assert_int_equal(town_deputy_attendance_json(store, y->deputy, YEAR, now_ms, &list), ERR_OK);
	json_array_foreach (list, i, row) {
		const char *as = json_string_value(json_object_get(row, "outcome"));
		if (!as)
			continue;
		sum.due++;
		sum.attended += strcmp(as, "present") == 0 || strcmp(as, "late") == 0;
		sum.late += strcmp(as, "late") == 0;
		sum.leave += strcmp(as, "leave") == 0;
		if (json_is_string(json_object_get(row, "corrected")))
			assert_true(json_string_length(json_object_get(row, "reason")) > 0);
	}
	same(&sum, &y->all);
	json_decref(list);
}

static void test_a_year_as_counted_by_hand(void **state)
{
	struct town_fixture *f = *state;
	struct town_store *store = f->town.store;
	int64_t now_ms = civil_to_ms((struct civil_date){YEAR, 9, 20}) + 10 * hour_ms;
	struct made *all = calloc(ACTIVITIES, sizeof *all);
	struct town_kiosk kiosk = {.id = "k-1", .name = "一号机"};
	struct town_attendance_years years;
	uint32_t seed = 20251;
	int due = 0, corrected = 0;
	assert_non_null(all);
	assert_int_equal(town_begin(store), ERR_OK);
	assert_int_equal(town_kiosk_put(store, &kiosk, "test", 1), ERR_OK);
	for (int i = 0; i < ACTIVITIES; i++) {
		make(&all[i], i, now_ms, &seed);
		keep(store, &all[i], &seed);
	}
	assert_int_equal(town_end(store, ERR_OK), ERR_OK);
	assert_int_equal(town_attendance_year(store, YEAR, NULL, now_ms, &years), ERR_OK);
	assert_int_equal(years.count, DEPUTIES);
	for (int d = 0; d < DEPUTIES; d++) {
		struct town_attendance_year mine = {0}, *his = &years.items[d];
		struct town_attendance_years one;
		id_of(d, mine.deputy);
		for (int i = 0; i < ACTIVITIES; i++)
			count(&all[i], d, now_ms, &mine);
		assert_string_equal(his->deputy, mine.deputy);
		same(&his->all, &mine.all);
		for (int k = 0; k < ACTIVITY_KIND_COUNT; k++)
			same(&his->kinds[k], &mine.kinds[k]);
		assert_int_equal(his->corrected, mine.corrected);
		same_in_list(store, his, now_ms);
		assert_int_equal(town_attendance_year(store, YEAR, mine.deputy, now_ms, &one), ERR_OK);
		assert_int_equal(one.count, 1);
		same(&one.items[0].all, &mine.all);
		town_attendance_years_clear(&one);
		due += mine.all.due;
		corrected += mine.corrected;
	}
	assert_true(due > 200 && corrected > 40); /* there was something to count */
	town_attendance_years_clear(&years);
	free(all);
}

static void test_who_is_in_it(void **state)
{
	struct town_fixture *f = *state;
	struct town_attendance_years years;
	assert_int_equal(town_attendance_year(f->town.store, YEAR, "p-none", 0, &years), ERR_NOT_FOUND);
	assert_int_equal(town_deputy_leave(f->town.store, "p-03", 1), ERR_OK);
	assert_int_equal(town_attendance_year(f->town.store, YEAR, NULL, 0, &years), ERR_OK);
	assert_int_equal(years.count, DEPUTIES - 1); /* who has left and had nothing to come to is not in it */
	assert_int_equal(attendance_percent(&years.items[0].all), -1);
	town_attendance_years_clear(&years);
	assert_int_equal(town_attendance_year(f->town.store, YEAR, "p-03", 0, &years), ERR_OK);
	assert_int_equal(years.count, 1); /* but may be asked for */
	town_attendance_years_clear(&years);
}

static void test_notice(void **state)
{
	static const struct {
		enum activity_kind kind;
		struct civil_date told, begins;
		int hour_told, hour_begins;
		bool in_time;
		const char *latest;
	} cases[] = {
		{ACTIVITY_HOME, {2026, 3, 5}, {2026, 3, 12}, 23, 0, true, "2026-03-05"},   /* days count, not hours */
		{ACTIVITY_HOME, {2026, 3, 6}, {2026, 3, 12}, 0, 23, false, "2026-03-05"},
		{ACTIVITY_MEETING, {2026, 2, 22}, {2026, 3, 1}, 12, 9, true, "2026-02-22"},
		{ACTIVITY_MEETING, {2026, 2, 23}, {2026, 3, 1}, 12, 9, false, "2026-02-22"},
		{ACTIVITY_HOME, {2028, 2, 24}, {2028, 3, 1}, 12, 9, false, "2028-02-23"}, /* a leap year */
		{ACTIVITY_GROUP, {2025, 12, 29}, {2026, 1, 1}, 12, 9, true, "2025-12-29"},
		{ACTIVITY_GROUP, {2025, 12, 30}, {2026, 1, 1}, 12, 9, false, "2025-12-29"},
		{ACTIVITY_GROUP, {2026, 1, 2}, {2026, 1, 1}, 12, 9, false, "2025-12-29"}, /* over already */
	};
	const struct notice_rules rules = notice_defaults();
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct notice n = notice_check(&rules, cases[i].kind, civil_to_ms(cases[i].begins) + cases[i].hour_begins * hour_ms,
		                               civil_to_ms(cases[i].told) + cases[i].hour_told * hour_ms);
		assert_int_equal(n.in_time, cases[i].in_time);
		assert_string_equal(n.latest, cases[i].latest);
		assert_int_equal(n.days, cases[i].kind == ACTIVITY_GROUP ? 3 : 7);
	}
	const struct notice_rules none = {0, 0};
	assert_true(notice_check(&none, ACTIVITY_HOME, 9 * hour_ms, 8 * hour_ms).in_time);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_year_as_counted_by_hand, fixture_town_open, fixture_town_close),
		cmocka_unit_test_setup_teardown(test_who_is_in_it, fixture_town_open, fixture_town_close),
		cmocka_unit_test(test_notice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
