/* links: kiosk/model/health.c */
/* What a kiosk says of itself: it travels whole, a spoilt one is refused, and what needs a person is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/health.h"

enum { GIB = 1 << 30 };

static struct health well(void)
{
	return (struct health){.at_ms = 1773300000000, .version = "0.1.0", .schema = 2, .uptime_s = 5000, .running = true,
	                       .start = HEALTH_START_CLEAN, .printer = HEALTH_PRINTER_READY, .reader = HEALTH_DEVICE_PRESENT,
	                       .scanner = HEALTH_DEVICE_NONE, .clock_ok = true, .disk_free = 20LL * GIB, .disk_size = 30LL * GIB};
}

static void test_travels(void **state)
{
	(void)state;
	struct health h = well(), got;
	h.printer = HEALTH_PRINTER_COVER;
	h.start = HEALTH_START_RECOVERED;
	h.unsent = 3, h.blobs = 1, h.parked = 2, h.oldest_s = 77;
	json_t *json = health_json(&h);
	assert_int_equal(health_read(json, &got), ERR_OK);
	assert_memory_equal(&got, &h, sizeof h);
	json_decref(json);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < HEALTH_PRINTERS; i++)
		assert_int_equal(health_printer_of(health_printer_name((enum health_printer)i)), i);
	for (int i = 0; i < HEALTH_DEVICES; i++)
		assert_int_equal(health_device_of(health_device_name((enum health_device)i)), i);
	for (int i = 0; i < HEALTH_STARTS; i++)
		assert_int_equal(health_start_of(health_start_name((enum health_start)i)), i);
	/* A newer kiosk's word is no error. */
	assert_int_equal(health_printer_of("on_fire"), HEALTH_PRINTER_UNKNOWN);
	assert_int_equal(health_device_of(""), HEALTH_DEVICE_UNKNOWN);
	assert_string_equal(health_printer_name((enum health_printer)99), "unknown");
}

static void test_spoilt(void **state)
{
	(void)state;
	static const char *const members[] = {"at",      "version", "schema",   "uptime_s", "running", "start",     "printer",  "reader",
	                                      "scanner", "clock_ok", "unsent",  "blobs",    "parked",  "oldest_s",  "disk_free", "disk_size"};
	struct health h = well(), got;
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		json_t *wrong[] = {NULL, json_null(), json_real(1.5), json_array()};
		for (size_t k = 0; k < 4; k++) {
			json_t *json = health_json(&h);
			if (wrong[k])
				assert_int_equal(json_object_set_new(json, members[i], wrong[k]), 0);
			else
				json_object_del(json, members[i]);
			assert_int_equal(health_read(json, &got), ERR_INVALID);
			json_decref(json);
		}
		json_t *json = health_json(&h);
		if (json_is_integer(json_object_get(json, members[i]))) {
			assert_int_equal(json_object_set_new(json, members[i], json_integer(-1)), 0);
			assert_int_equal(health_read(json, &got), ERR_INVALID);
		}
		json_decref(json);
	}
	const char *versions[] = {"12345678901234567890123456789012", "a\nb", "版本"};
	for (size_t i = 0; i < 3; i++) {
		json_t *json = health_json(&h);
		assert_int_equal(json_object_set_new(json, "version", json_string(versions[i])), 0);
		assert_int_equal(health_read(json, &got), ERR_INVALID);
		json_decref(json);
	}
	h.disk_free = h.disk_size + 1;
	json_t *json = health_json(&h), *list = json_array();
	assert_int_equal(health_read(json, &got), ERR_INVALID);
	assert_int_equal(health_read(list, &got), ERR_INVALID);
	assert_int_equal(health_read(NULL, &got), ERR_INVALID);
	json_decref(json);
	json_decref(list);
}

static void test_differs(void **state)
{
	(void)state;
	struct health a = well(), b = well();
	b.at_ms += 600000, b.uptime_s += 600, b.disk_free -= GIB / 10, b.oldest_s = 5;
	assert_false(health_differs(&a, &b));
	b.uptime_s = 10;
	assert_true(health_differs(&a, &b)); /* it started anew */
	b = well(), b.printer = HEALTH_PRINTER_OUT;
	assert_true(health_differs(&a, &b));
	b = well(), b.clock_ok = false;
	assert_true(health_differs(&a, &b));
	b = well(), b.unsent = 1;
	assert_true(health_differs(&a, &b));
	b = well(), b.disk_free = a.disk_free - 2LL * GIB;
	assert_true(health_differs(&a, &b));
	a.disk_free = a.disk_size / 100 * 10 + GIB / 10, b = a, b.disk_free -= GIB / 5;
	assert_true(health_differs(&a, &b)); /* it fell short */
}

static void test_troubles(void **state)
{
	(void)state;
	struct health h = well();
	assert_int_equal(health_troubles(&h, 0), 0);
	assert_int_equal(health_troubles(&h, HEALTH_SKEW_MS), 0);
	assert_int_equal(health_troubles(&h, HEALTH_SKEW_MS + 1), 1u << TROUBLE_CLOCK);
	assert_int_equal(health_troubles(&h, -HEALTH_SKEW_MS - 1), 1u << TROUBLE_CLOCK);
	h.printer = HEALTH_PRINTER_LOW, h.reader = HEALTH_DEVICE_UNKNOWN, h.unsent = 4, h.oldest_s = HEALTH_BACKLOG_S;
	h.disk_size = 0, h.disk_free = 0;
	assert_int_equal(health_troubles(&h, 0), 0);
	h.printer = HEALTH_PRINTER_OUT, h.reader = HEALTH_DEVICE_ABSENT, h.oldest_s++;
	h.disk_size = 1000, h.disk_free = 99, h.parked = 1;
	assert_int_equal(health_troubles(&h, 0), 1u << TROUBLE_PAPER | 1u << TROUBLE_READER | 1u << TROUBLE_BACKLOG |
	                                             1u << TROUBLE_DISK | 1u << TROUBLE_PARKED);
	h = well(), h.running = false, h.scanner = HEALTH_DEVICE_ABSENT, h.printer = HEALTH_PRINTER_OFFLINE, h.clock_ok = false;
	assert_int_equal(health_troubles(&h, 0), 1u << TROUBLE_PROGRAM | 1u << TROUBLE_SCANNER | 1u << TROUBLE_PRINTER |
	                                             1u << TROUBLE_CLOCK);
	h = well(), h.disk_free = 100, h.disk_size = 1000;
	assert_int_equal(health_troubles(&h, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_travels), cmocka_unit_test(test_names), cmocka_unit_test(test_spoilt),
		cmocka_unit_test(test_differs), cmocka_unit_test(test_troubles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
