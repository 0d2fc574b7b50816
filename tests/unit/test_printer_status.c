/* links: kiosk/devices/printer_status.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "devices/printer_status.h"

enum { PENDING = 3, HELD = 4, PROCESSING = 5, STOPPED = 6, CANCELED = 7, ABORTED = 8, COMPLETED = 9 };
enum { PRINTER_STATE_PROCESSING = 4, PRINTER_STATE_STOPPED = 5 };

static void reasons(void **state)
{
	(void)state;
	static const struct {
		const char *reason;
		enum printer_health health;
	} CASES[] = {
		{ "none", PRINTER_READY },
		{ "media-empty", PRINTER_PAPER_OUT },
		{ "media-empty-error", PRINTER_PAPER_OUT },
		{ "media-needed-report", PRINTER_PAPER_OUT },
		{ "media-low-warning", PRINTER_PAPER_LOW },
		{ "cover-open", PRINTER_COVER_OPEN },
		{ "door-open-error", PRINTER_COVER_OPEN },
		{ "offline-report", PRINTER_OFFLINE },
		{ "paused", PRINTER_OFFLINE },
		{ "media-jam-error", PRINTER_ERROR },
		{ "other", PRINTER_ERROR },
		{ "other-error", PRINTER_ERROR },
		{ "other-warning", PRINTER_READY },
		{ "media-empty-soon-report", PRINTER_READY },
		{ "cups-missing-filter-warning", PRINTER_READY },
		{ "cups-waiting-for-job-completed", PRINTER_READY },
		{ "toner-empty-error", PRINTER_READY },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		assert_int_equal(printer_health_of_reason(CASES[i].reason), CASES[i].health);
}

static void messages(void **state)
{
	(void)state;
	assert_int_equal(printer_health_of_message("The printer is unavailable at this time."),
	                 PRINTER_OFFLINE);
	assert_int_equal(
		printer_health_of_message("Unable to connect to printer; will retry in 30 seconds..."),
		PRINTER_OFFLINE);
	assert_int_equal(printer_health_of_message("The printer is not responding."), PRINTER_OFFLINE);
	assert_int_equal(printer_health_of_message("Sending data to printer."), PRINTER_READY);
	assert_int_equal(printer_health_of_message(""), PRINTER_READY);
	assert_int_equal(printer_health_of_message(NULL), PRINTER_READY);
}

static void check(const struct printer_report *report, enum print_state expected,
                  enum printer_health expected_health)
{
	enum printer_health health = printer_health_of(report);
	assert_int_equal(printer_job_of(report, &health), expected);
	assert_int_equal(health, expected_health);
}

static void jobs(void **state)
{
	(void)state;
	struct printer_report report = { .accepting = true, .printer_state = PRINTER_STATE_PROCESSING };
	static const struct {
		int job_state;
		enum print_state state;
		enum printer_health health;
	} CASES[] = {
		{ PENDING, PRINT_PRINTING, PRINTER_READY },    { HELD, PRINT_HELD, PRINTER_OFFLINE },
		{ PROCESSING, PRINT_PRINTING, PRINTER_READY }, { STOPPED, PRINT_HELD, PRINTER_OFFLINE },
		{ CANCELED, PRINT_FAILED, PRINTER_READY },     { ABORTED, PRINT_FAILED, PRINTER_READY },
		{ COMPLETED, PRINT_DONE, PRINTER_READY },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		report.job_state = CASES[i].job_state;
		check(&report, CASES[i].state, CASES[i].health);
	}
}

static void a_dead_printer_behind_a_raw_queue(void **state)
{
	(void)state;
	/* CUPS 2.4's socket backend: processing, no reasons, and a message. */
	struct printer_report report = { .accepting = true,
		                         .printer_state = PRINTER_STATE_PROCESSING,
		                         .job_state = PROCESSING,
		                         .processing_ms = 5000,
		                         .printer_message = "The printer is unavailable." };
	check(&report, PRINT_HELD, PRINTER_OFFLINE);
	report.printer_message = NULL;
	report.job_message = "Unable to connect to printer";
	check(&report, PRINT_HELD, PRINTER_OFFLINE);
	/* It may say so for a moment at the start. */
	report.processing_ms = 100;
	check(&report, PRINT_PRINTING, PRINTER_READY);
	/* Nothing at all is said, and nothing happens. */
	report.job_message = "Sending data";
	report.processing_ms = 19000;
	check(&report, PRINT_PRINTING, PRINTER_READY);
	report.processing_ms = 21000;
	check(&report, PRINT_HELD, PRINTER_OFFLINE);
}

static void what_to_mend_first(void **state)
{
	(void)state;
	static const char *const both[] = { "media-empty-error", "offline-report", "cover-open-error",
		                            "media-low-warning" };
	struct printer_report report = { .accepting = true,
		                         .printer_state = PRINTER_STATE_PROCESSING,
		                         .job_state = PROCESSING,
		                         .reasons = both,
		                         .reason_count = 4 };
	check(&report, PRINT_HELD, PRINTER_COVER_OPEN);
	report.reason_count = 2;
	check(&report, PRINT_HELD, PRINTER_PAPER_OUT);
	report.reasons = both + 3;
	report.reason_count = 1;
	check(&report, PRINT_PRINTING, PRINTER_PAPER_LOW);
}

static void a_stopped_queue(void **state)
{
	(void)state;
	struct printer_report report = { .accepting = true,
		                         .printer_state = PRINTER_STATE_STOPPED,
		                         .job_state = PENDING };
	check(&report, PRINT_HELD, PRINTER_OFFLINE);
	report.printer_state = PRINTER_STATE_PROCESSING;
	report.accepting = false;
	check(&report, PRINT_HELD, PRINTER_OFFLINE);
}

static void connecting(void **state)
{
	(void)state;
	static const char *const reason[] = { "connecting-to-device" };
	struct printer_report report = { .accepting = true,
		                         .printer_state = PRINTER_STATE_PROCESSING,
		                         .job_state = PROCESSING,
		                         .reasons = reason,
		                         .reason_count = 1,
		                         .processing_ms = 300 };
	check(&report, PRINT_PRINTING, PRINTER_READY);
	report.processing_ms = 3000;
	check(&report, PRINT_HELD, PRINTER_OFFLINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons),
		cmocka_unit_test(messages),
		cmocka_unit_test(jobs),
		cmocka_unit_test(a_dead_printer_behind_a_raw_queue),
		cmocka_unit_test(what_to_mend_first),
		cmocka_unit_test(a_stopped_queue),
		cmocka_unit_test(connecting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
