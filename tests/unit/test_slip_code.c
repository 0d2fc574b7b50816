/* links: kiosk/model/slip_code.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/slip_code.h"

/* Made by another implementation (polynomials over GF(2) in Python). */
static const struct { uint8_t random[SLIP_CODE_RANDOM_BYTES]; const char *chars; } made[] = {
	{{0, 0, 0, 0, 0, 0, 0}, "000000000000"},
	{{255, 255, 255, 255, 255, 255, 255}, "ZZZZZZZZZZZK"},
	{{1, 2, 3, 4, 5, 6, 7}, "0820C20A1G7F"},
	{{0xDE, 0xAD, 0xBE, 0xEF, 1, 0x23, 0x45}, "QNDQVQG28T56"},
};

static void test_make(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		struct slip_code code;
		slip_code_make(made[i].random, &code);
		assert_string_equal(code.chars, made[i].chars);
	}
}

static const struct { const char *text; enum err e; const char *chars; } typed[] = {
	{"QNDQVQG28T56", ERR_OK, "QNDQVQG28T56"},
	{"QNDQ-VQG2-8T56", ERR_OK, "QNDQVQG28T56"},
	{"qndq vqg2 8t56", ERR_OK, "QNDQVQG28T56"},
	{"  QNDQ--VQG2\t8T56\r\n", ERR_OK, "QNDQVQG28T56"},
	{"DHK1:QNDQVQG28T56", ERR_OK, "QNDQVQG28T56"},
	{"dhk1:qndqvqg28t56", ERR_OK, "QNDQVQG28T56"},
	{"ＱＮＤＱ－ＶＱＧ２　８Ｔ５６", ERR_OK, "QNDQVQG28T56"},
	{"QNDQ—VQG2—8T56", ERR_OK, "QNDQVQG28T56"},
	{"O82OC2OAIG7F", ERR_OK, "0820C20A1G7F"},
	{"o820c20alg7f", ERR_OK, "0820C20A1G7F"},
	{"", ERR_INVALID, NULL},
	{"DHK1:", ERR_INVALID, NULL},
	{"QNDQVQG28T5", ERR_INVALID, NULL},
	{"QNDQVQG28T566", ERR_TOO_LONG, NULL},
	{"QNDQVQG28T5U", ERR_INVALID, NULL}, /* U is no Crockford digit */
	{"QNDQVQG28T5*", ERR_INVALID, NULL},
	{"QNDQVQG28T5\xC3", ERR_INVALID, NULL},
	{"QNDQVQG28T57", ERR_CORRUPT, NULL},
	{"NQDQVQG28T56", ERR_CORRUPT, NULL},
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
		struct slip_code code = {"untouched"};
		enum err e = slip_code_parse(typed[i].text, strlen(typed[i].text), &code);
		if (e != typed[i].e)
			fail_msg("\"%s\" gave %s", typed[i].text, err_name(e));
		assert_string_equal(code.chars, typed[i].chars ? typed[i].chars : "untouched");
	}
	struct slip_code code;
	assert_int_equal(slip_code_parse("QNDQVQG28T56\0", 13, &code), ERR_INVALID);
}

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The check character's whole promise: one wrong character, and any two exchanged. */
static void test_check_character(void **state)
{
	(void)state;
	struct slip_code code;
	for (int i = 0; i < SLIP_CODE_CHARS; i++) {
		for (int d = 0; d < 32; d++) {
			char text[] = "QNDQVQG28T56";
			enum err expected = text[i] == digits[d] ? ERR_OK : ERR_CORRUPT;
			text[i] = digits[d];
			assert_int_equal(slip_code_parse(text, SLIP_CODE_CHARS, &code), expected);
		}
		for (int j = i + 1; j < SLIP_CODE_CHARS; j++) {
			char text[] = "QNDQVQG28T56", c = text[i];
			enum err expected = text[i] == text[j] ? ERR_OK : ERR_CORRUPT;
			text[i] = text[j];
			text[j] = c;
			assert_int_equal(slip_code_parse(text, SLIP_CODE_CHARS, &code), expected);
		}
	}
}

static void test_forms(void **state)
{
	(void)state;
	struct slip_code code = {"QNDQVQG28T56"};
	char dashed[SLIP_CODE_DASHED_SIZE], qr[SLIP_CODE_QR_SIZE];
	slip_code_dashed(&code, dashed);
	slip_code_qr(&code, qr);
	assert_string_equal(dashed, "QNDQ-VQG2-8T56");
	assert_string_equal(qr, "DHK1:QNDQVQG28T56");
}

static void test_accepts(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool expected = c != 0 && strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZOILabcdefghjkmnpqrstvwxyzoil", c);
		assert_int_equal(slip_code_accepts((char)c), expected);
	}
}

static void test_classify(void **state)
{
	(void)state;
	static const struct { const char *text; enum scan_kind kind; } scans[] = {
		{"DHK1:QNDQVQG28T56", SCAN_SLIP},
		{"DHK1:QNDQVQG28T57", SCAN_SLIP_DAMAGED},
		{"DHK1:", SCAN_SLIP_DAMAGED},
		{"DHC1:anything", SCAN_DEPUTY_CARD},
		{"https://example.org/", SCAN_WEB},
		{"HTTP://EXAMPLE.ORG", SCAN_WEB},
		{"weixin://wxpay/bizpayurl?pr=1", SCAN_WEB},
		{"wxp://f2f0", SCAN_WEB},
		{"6901234567892", SCAN_OTHER},
		{"QNDQVQG28T56", SCAN_OTHER},
		{"DHK", SCAN_OTHER},
		{"", SCAN_OTHER},
	};
	for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++)
		assert_int_equal(scan_classify(scans[i].text, strlen(scans[i].text)), scans[i].kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make), cmocka_unit_test(test_parse), cmocka_unit_test(test_check_character),
		cmocka_unit_test(test_forms), cmocka_unit_test(test_accepts), cmocka_unit_test(test_classify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
