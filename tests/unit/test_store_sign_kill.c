/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/card_token.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* kill -9 while deputies sign in: who was told that they are in is in, nobody is twice, and the chain holds. */
#include "tests/unit/attendance_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { DEPUTIES = 200, KILLS_LEAST = 20 };

static void name_of(unsigned n, char deputy[16])
{
	snprintf(deputy, 16, "p-%04u", n);
}

/* Signs in all from `first` on, telling each promise through the pipe only after it was made; each card is held up twice. */
static void child(const struct fixture *f, const char *activity, int out, unsigned first)
{
	struct fixture own = *f;
	if (store_open(own.dir, STORE_OWNER | STORE_RECOVER, &own.store, NULL) != ERR_OK)
		_exit(3);
	own.store->now_ms = fixture_now;
	for (unsigned n = first; n <= DEPUTIES; n++) {
		struct sign_in_result r, again;
		char deputy[16];
		name_of(n, deputy);
		if (fixture_sign(&own, activity, deputy, &r) != ERR_OK || write(out, &n, sizeof n) != sizeof n)
			_exit(4);
		if ((r.what != PRESENTED_SIGN_IN && n > first) ||
		    fixture_sign(&own, activity, deputy, &again) != ERR_OK || again.what != PRESENTED_ALREADY)
			_exit(5);
	}
	_exit(0); /* without store_close, as a kill */
}

static unsigned wait_for(int in, pid_t pid, uint32_t *seed, unsigned *last)
{
	unsigned n, kills = 0;
	int status;
	assert_int_equal(read(in, last, sizeof *last), sizeof *last); /* it runs */
	*seed = *seed * 1664525u + 1013904223u;
	struct timespec wait = {0, (long)(*seed >> 8) % 20000000};
	nanosleep(&wait, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (read(in, &n, sizeof n) == sizeof n)
		*last = n;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		kills++;
	else
		assert_int_equal(WEXITSTATUS(status), 0);
	return kills;
}

static void test_kill(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 54321;
	unsigned kills = 0;
	int64_t expected = 0;
	fixture_deputies(f, DEPUTIES);
	fixture_at(0);
	for (int round = 0; kills < KILLS_LEAST; round++) {
		char activity[16];
		unsigned last = 0;
		snprintf(activity, sizeof activity, "a-%d", round);
		fixture_activity(f, activity, DEPUTIES / 2, NULL);
		while (last < DEPUTIES) {
			int ends[2];
			unsigned first = last + 1; /* what was in the air may be there already */
			store_close(f->store);
			f->store = NULL;
			assert_int_equal(pipe(ends), 0);
			pid_t pid = fork();
			if (pid == 0) {
				close(ends[0]);
				child(f, activity, ends[1], first);
			}
			close(ends[1]);
			kills += wait_for(ends[0], pid, &seed, &last);
			close(ends[0]);
			fixture_open(f, STORE_OWNER);
			int64_t in = fixture_number(f, "SELECT count(*) FROM attendance"), told = expected + last;
			assert_in_range(in, told, told + 1);
			for (unsigned n = first; n <= last; n++) {
				struct attendance_row row;
				char deputy[16];
				name_of(n, deputy);
				assert_int_equal(store_attendance(f->store, activity, deputy, &row), ERR_OK);
				assert_true(row.signed_in);
				assert_int_equal(row.listed, n <= DEPUTIES / 2);
			}
			assert_int_equal(fixture_number(f, "SELECT count(*) FROM events"), in);
			assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), in);
			assert_int_equal(fixture_number(f, "SELECT count(DISTINCT event_seq) FROM attendance"), in);
			assert_int_equal(fixture_number(f, "SELECT count(*) FROM outbox"), in);
		}
		expected += DEPUTIES;
		assert_intact(f);
	}
	print_message("%u kills, %lld sign-ins\n", kills, (long long)expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_kill, fixture_setup, fixture_teardown)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
