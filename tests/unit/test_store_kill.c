/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* kill -9 while reports are being submitted: what store_submit promised is there, and nothing is there twice
 * or by half. */
#include "tests/unit/store_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { KILLS = 200 };

/* Submits until it is killed, telling each promise through the pipe only after it was made. */
static void child(const struct fixture *f, int out, unsigned first)
{
	struct fixture own = *f;
	if (store_open(own.dir, STORE_OWNER | STORE_RECOVER, &own.store, NULL) != ERR_OK)
		_exit(3);
	own.store->now_ms = fixture_now;
	for (unsigned n = first;; n++) {
		struct submission s;
		if (fixture_submit(&own, n, n % 2 == 0, &s) != ERR_OK || write(out, &n, sizeof n) != sizeof n)
			_exit(4);
	}
}

static void assert_promised(struct fixture *f, unsigned n)
{
	struct slip_code code;
	struct slip_keys keys;
	struct case_summary c;
	fixture_keys(n, &code, &keys);
	assert_int_equal(store_find_case(f->store, keys.lookup, &c), ERR_OK);
	case_summary_clear(&c);
}

static enum err count_blob(void *ctx, const char *name)
{
	assert_int_equal(strlen(name), 64); /* no half-written file either */
	++*(int *)ctx;
	return ERR_OK;
}

static void test_kill(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 12345;
	unsigned n, promised = 0;
	char folder[256];
	snprintf(folder, sizeof folder, "%s/blobs", f->dir);
	for (unsigned k = 0; k < KILLS; k++) {
		int ends[2], status, blobs = 0;
		store_close(f->store);
		f->store = NULL;
		assert_int_equal(pipe(ends), 0);
		pid_t pid = fork();
		if (pid == 0) {
			close(ends[0]);
			child(f, ends[1], k * 100000 + 1);
		}
		close(ends[1]);
		unsigned got[4096], count = 0;
		assert_int_equal(read(ends[0], &got[count++], sizeof n), sizeof n); /* it runs */
		seed = seed * 1664525u + 1013904223u;
		struct timespec wait = {0, (long)(seed >> 8) % 12000000};
		nanosleep(&wait, NULL);
		assert_int_equal(kill(pid, SIGKILL), 0);
		while (count < 4096 && read(ends[0], &got[count], sizeof n) == sizeof n)
			count++;
		close(ends[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));

		fixture_open(f, STORE_OWNER);
		for (unsigned i = 0; i < count; i++)
			assert_promised(f, got[i]);
		promised += count;
		assert_int_equal(dir_each(folder, count_blob, &blobs), ERR_OK);
		assert_int_equal(blobs, fixture_number(f, "SELECT count(*) FROM blobs"));
		int64_t cases = fixture_number(f, "SELECT count(*) FROM cases");
		assert_in_range(cases, promised,
		                promised + k + 1); /* at most the one that was in the air each time */
		assert_int_equal(fixture_number(f, "SELECT count(DISTINCT receipt_number) FROM cases"), cases);
		assert_int_equal(fixture_number(f, "SELECT max(seq) FROM events"), cases);
	}
	assert_intact(f);
	print_message("%d kills, %u promises kept\n", KILLS, promised);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kill, fixture_setup, fixture_teardown)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
