/* links: kiosk/model/settings.c kiosk/model/settings_key.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <stdio.h>

#include "model/settings.h"
#include "model/utf8.h"

static enum err parse(const char *text, struct settings *s, struct settings_problem *p)
{
	settings_defaults(s);
	return settings_parse(text, strlen(text), s, p);
}

static void test_defaults(void **state)
{
	(void)state;
	struct settings s;
	struct settings_problem p;
	assert_int_equal(parse("", &s, &p), ERR_OK);
	assert_string_equal(s.home, "人大代表之家");
	assert_string_equal(s.language, "zh_Hans");
	assert_int_equal(s.subject_count, 9);
	assert_int_equal(s.idle_s, 60);
	assert_int_equal(s.countdown_s, 15);
	assert_int_equal(s.rules.transfer_days, 15);
	assert_int_equal(s.rules.answer_months, 3);
	assert_int_equal(s.rules.extend_months, 1);
	assert_int_equal(s.diary_year, 60);
	assert_int_equal(s.attendance_percent, 90);
	assert_string_equal(s.printer_device, "");
}

static void test_everything(void **state)
{
	(void)state;
	struct settings s;
	struct settings_problem p;
	static const char text[] =
		"\xEF\xBB\xBF# 设置\r\n; 注\r\n\r\n[site]\r\ntownship = 青禾乡\r\n  home=青禾乡人大代表之家 ; "
	    "名称\r\n"
		"[subjects]\nroads = 道路交通 | Roads\nother=其他\n[screen]\nlarge_text = yes\ncalm = off\npanel_mm "
	    "= 546.5\n"
		"[session]\nidle_s = 90\ncountdown_s = 20\n[printer]\ndevice = cups:slip-1\npaper = 58\n"
		"[idcard]\ndevice = serial:/dev/ttyUSB0\n[scanner]\ndevice =\n[sync]\nurl = "
	    "https://rd.example.cn:8443/x\n"
		"[rules]\ntransfer_days = 10\n";
	assert_int_equal(parse(text, &s, &p), ERR_OK);
	assert_string_equal(s.township, "青禾乡");
	assert_string_equal(s.home, "青禾乡人大代表之家");
	assert_int_equal(s.subject_count, 2);
	assert_string_equal(s.subjects[0].id, "roads");
	assert_string_equal(s.subjects[0].name, "道路交通");
	assert_string_equal(s.subjects[0].name_en, "Roads");
	assert_string_equal(s.subjects[1].name_en, "");
	assert_true(s.large_text && !s.calm);
	assert_true(s.panel_mm > 546.49 && s.panel_mm < 546.51);
	assert_int_equal(s.idle_s, 90);
	assert_string_equal(s.printer_device, "cups:slip-1");
	assert_int_equal(s.paper_mm, 58);
	assert_string_equal(s.idcard_device, "serial:/dev/ttyUSB0");
	assert_string_equal(s.sync_url, "https://rd.example.cn:8443/x");
	assert_int_equal(s.rules.transfer_days, 10);
	assert_int_equal(s.rules.answer_months, 3);
}

static const struct { const char *text; int line; const char *what, *remedy;
} refused[] = {
	{"[printer]\npapper = 58\n", 2, "unknown key 'papper' in [printer]",
     "did you mean 'paper'? known: device, paper"},
	{"[printer]\nfuser = 58\n", 2, "unknown key 'fuser' in [printer]", "known: device, paper"},
	{"\n[sync]\n[Site]\n", 3, "unknown section [Site]", "did you mean [site]?"},
	{"[]\n", 1, "unknown section []", "known: site"},
	{"[site\nhome = x\n", 1, "'[' without ']'", "[site]"},
	{"home = x\n", 1, "'home' stands before any section", "[site]"},
	{"[site]\nhome\n", 2, "neither a [section] nor key = value", "#"},
	{"[site]\nhome =\n", 2, "'' is not possible for 'home' in [site]", "default"},
	{"[site]\nlanguage = fr\n", 2, "'fr' is not possible for 'language' in [site]", "zh_Hans, zh_Hant, en"},
	{"[site]\nhome = a\nhome = b\n", 3, "'home' in [site] is given twice", "remove"},
	{"[site]\nhome = a\n[screen]\n[site]\nhome = b\n", 5, "'home' in [site] is given twice", "remove"},
	{"[site]\nhelp_phone = 0123456789012345678901234567890123456789\n", 2, "is not possible for 'help_phone'",
     "31 bytes"},
	{"[site]\nhome = \xFF\n", 2, "not UTF-8", "UTF-8"},
	{"[screen]\nlarge_text = maybe\n", 2, "'maybe' is not possible for 'large_text'", "yes or no"},
	{"[screen]\npanel_mm = 21,5\n", 2, "'21,5' is not possible", "0 to 3000"},
	{"[screen]\npanel_mm = -1\n", 2, "'-1' is not possible", "0 to 3000"},
	{"[session]\nidle_s = 0\n", 2, "'0' is not possible for 'idle_s'", "20 to 600"},
	{"[session]\nidle_s = 1e9\n", 2, "'1e9' is not possible", "20 to 600"},
	{"[session]\nidle_s = 60.5\n", 2, "'60.5' is not possible", "20 to 600"},
	{"[session]\ncountdown_s = 60\n", 2, "the countdown must be shorter", "15 and 60"},
	{"[printer]\npaper = 70\n", 2, "'70' is not possible for 'paper'", "58, 80"},
	{"[printer]\ndevice = usb:1\n", 2, "'usb:1' is not possible for 'device' in [printer]", "cups:QUEUE"},
	{"[printer]\ndevice = cups:\n", 2, "'cups:' is not possible", "cups:QUEUE"},
	{"[printer]\ndevice = cups:a/b\n", 2, "'cups:a/b' is not possible", "cups:QUEUE"},
	{"[printer]\ndevice = usb:0416:5011?status=none\n", 2, "is not possible for 'device' in [printer]", "usb:VVVV"},
	{"[idcard]\ndevice = /dev/ttyUSB0\n", 2, "'/dev/ttyUSB0' is not possible", "serial:/dev/"},
	{"[idcard]\ndevice = usb:0400-c35a\n", 2, "'usb:0400-c35a' is not possible", "usb:auto"},
	{"[idcard]\ndevice = usb:0400:c35\n", 2, "'usb:0400:c35' is not possible", "usb:VVVV:PPPP"},
	{"[idcard]\ndevice = usb:0400:c35a0\n", 2, "is not possible", "usb:VVVV:PPPP"},
	{"[idcard]\ndevice = usb:\n", 2, "'usb:' is not possible", "usb:auto"},
	{"[scanner]\ndevice = evdev:event3\n", 2, "'evdev:event3' is not possible", "evdev:/dev/input/by-id/"},
	{"[scanner]\ndevice = keyboards\n", 2, "'keyboards' is not possible", "keyboard"},
	{"[scanner]\ndevice = usb:auto\n", 2, "'usb:auto' is not possible", "serial:/dev/"},
	{"[sync]\nurl = http://example.org\n", 2, "'http://example.org' is not possible", "http:// only to"},
	{"[sync]\nurl = http://127.0.0.1:1@evil.example\n", 2, "is not possible", "http:// only to"},
	{"[sync]\nurl = http://127.0.0.1.evil.example\n", 2, "is not possible", "http:// only to"},
	{"[sync]\nurl = ftp://x\n", 2, "is not possible", "https://"},
	{"[rules]\ntransfer_days = 0\n", 2, "'0' is not possible for 'transfer_days'", "1 to 365"},
	{"[subjects]\nRoads = 道路\n", 2, "a subject's id may hold only a-z", "roads ="},
	{"[subjects]\nroads = | Roads\n", 2, "the subject has no name", "roads ="},
	{"[subjects]\nroads = 道路\nroads = 道路\n", 3, "the subject is given twice", "remove"},
};

static void test_devices(void **state)
{
	static const char *const good[] = {
		"[idcard]\ndevice = usb:auto\n", "[idcard]\ndevice = usb:0400:C35a\n", "[idcard]\ndevice = serial:/dev/ttyS1\n",
		"[scanner]\ndevice = keyboard\n", "[scanner]\ndevice = evdev:/dev/input/by-id/usb-A-event-kbd\n",
		"[scanner]\ndevice = serial:/dev/serial/by-id/usb-A-if00?baud=9600\n", "[printer]\ndevice = usb:auto\n",
		"[printer]\ndevice = usb:0416:5011\n", "[printer]\ndevice = usb:0416:5011?status=port\n",
		"[printer]\ndevice = file:/tmp/slip\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct settings s;
		struct settings_problem p;
		if (parse(good[i], &s, &p) != ERR_OK)
			fail_msg("%s: %s", good[i], p.what);
		assert_non_null(strstr(good[i], s.idcard_device));
		assert_non_null(strstr(good[i], s.scanner_device));
		assert_non_null(strstr(good[i], s.printer_device));
		assert_true(s.idcard_device[0] || s.scanner_device[0] || s.printer_device[0]);
	}
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct settings s;
		struct settings_problem p;
		enum err e = parse(refused[i].text, &s, &p);
		if (e != ERR_INVALID || p.line != refused[i].line || !strstr(p.what, refused[i].what) ||
		    !strstr(p.remedy, refused[i].remedy) || !p.what_zh[0] || !p.remedy_zh[0])
			fail_msg("%s: line %d, what \"%s\", remedy \"%s\"", refused[i].text, p.line, p.what, p.remedy);
	}
}

static void test_chinese(void **state)
{
	(void)state;
	struct settings s;
	struct settings_problem p;
	assert_int_equal(parse("[printer]\npapper = 58\n", &s, &p), ERR_INVALID);
	assert_string_equal(p.what_zh, "[printer] 里没有“papper”这一项");
	assert_string_equal(p.remedy_zh, "是不是 'paper'？有的是：device, paper");
	assert_int_equal(parse("[session]\nidle_s = 0\n", &s, &p), ERR_INVALID);
	assert_string_equal(p.what_zh, "[session] 里的“idle_s”不能是“0”");
	assert_string_equal(p.remedy_zh, "写 20 到 600 的数");
}

static const char *const accepted[] = {
	"[sync]\nurl = http://localhost\n",
	"[sync]\nurl = http://[::1]:8480/x\n",
	"[sync]\nurl = http://127.0.0.1:8480\n",
	"[printer]\ndevice = file:/tmp/x\n",
	"[site]",
	"[screen]\n# nothing\n",
	"[screen]\nlarge_text = 是\n",
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
		struct settings s;
		struct settings_problem p;
		assert_int_equal(parse(accepted[i], &s, &p), ERR_OK);
	}
}

static void test_long_things(void **state)
{
	(void)state;
	struct settings s;
	struct settings_problem p;
	char text[2048] = "[site]\nhome = ";
	memset(text + strlen(text), 'x', 1000);
	assert_int_equal(parse(text, &s, &p), ERR_INVALID);
	assert_int_equal(p.line, 2);
	int n = snprintf(text, sizeof text, "[subjects]\n");
	for (int i = 0; i <= SETTINGS_MAX_SUBJECTS; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "s%d = 事\n", i);
	assert_int_equal(parse(text, &s, &p), ERR_INVALID);
	assert_int_equal(p.line, SETTINGS_MAX_SUBJECTS + 2);
	static const char nul[] = "[site]\nho\0me = x\n";
	settings_defaults(&s);
	assert_int_equal(settings_parse(nul, sizeof nul - 1, &s, &p), ERR_INVALID);
	assert_int_equal(p.line, 2);
}

/* Found by fuzzing: remarks may hold any bytes, and what a file does not say stays as settings_defaults left it. */
static void test_silent_file(void **state)
{
	(void)state;
	struct settings s, was;
	struct settings_problem p;
	static const char text[] = "; \xe9\x8d \0\0 remark\n\n[site]\n; \xff\x5c\xf8\n[screen]\n# home =";
	settings_defaults(&was);
	settings_defaults(&s);
	assert_int_equal(settings_parse(text, sizeof text - 1, &s, &p), ERR_OK);
	assert_memory_equal(&s, &was, sizeof s);
	snprintf(s.home, sizeof s.home, "青禾乡");
	assert_int_equal(settings_parse(text, sizeof text - 1, &s, &p), ERR_OK);
	assert_string_equal(s.home, "青禾乡");
}

/* Found by fuzzing: what a message quotes was cut within a character. */
static void test_quotes_whole_characters(void **state)
{
	(void)state;
	static const char *const before[] = {"[site]\nhome_", "[", "[screen]\nlarge_text = ", "[subjects]\n"};
	static const char *const after[] = {" = x\n", "]\n", "\n", " = x\n"};
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		for (int pad = 0; pad < 3; pad++) {
			char text[512];
			struct settings s;
			struct settings_problem p;
			int n = snprintf(text, sizeof text, "%s%.*s", before[i], pad, "xx");
			for (int k = 0; k < 45; k++)
				n += snprintf(text + n, sizeof text - (size_t)n, "乡");
			snprintf(text + n, sizeof text - (size_t)n, "%s", after[i]);
			assert_int_equal(parse(text, &s, &p), ERR_INVALID);
			assert_true(utf8_valid(p.what, strlen(p.what)));
			assert_true(utf8_valid(p.remedy, strlen(p.remedy)));
			assert_true(utf8_valid(p.what_zh, strlen(p.what_zh)));
			assert_true(utf8_valid(p.remedy_zh, strlen(p.remedy_zh)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_everything), cmocka_unit_test(test_devices), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_accepted), cmocka_unit_test(test_chinese), cmocka_unit_test(test_long_things),
		cmocka_unit_test(test_silent_file),
		cmocka_unit_test(test_quotes_whole_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
