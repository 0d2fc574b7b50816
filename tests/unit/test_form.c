/* links: township/form.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "township/form.h"

static void test_values(void **state)
{
	(void)state;
	static const struct {
		const char *form, *name, *value;
		enum err e;
	} cases[] = {
		{"name=a&password=b", "name", "a", ERR_OK},
		{"name=a&password=b", "password", "b", ERR_OK},
		{"name=%E9%A9%AC", "name", "马", ERR_OK},
		{"name=%e9%a9%ac", "name", "马", ERR_OK},
		{"name=a+b%2Bc%26", "name", "a b+c&", ERR_OK},
		{"name=", "name", "", ERR_OK},
		{"name=a=b", "name", "a=b", ERR_OK},
		{"name=first&name=second", "name", "first", ERR_OK},
		{"&&name=a&&", "name", "a", ERR_OK},
		{"", "name", "", ERR_NOT_FOUND},
		{"name", "name", "", ERR_NOT_FOUND},
		{"surname=a", "name", "", ERR_NOT_FOUND},
		{"names=a", "name", "", ERR_NOT_FOUND},
		{"name=%", "name", "", ERR_INVALID},
		{"name=%e", "name", "", ERR_INVALID},
		{"name=%zz", "name", "", ERR_INVALID},
		{"name=%e&password=1", "name", "", ERR_INVALID},
		{"name=%00", "name", "", ERR_INVALID},
		{"name=%ff", "name", "", ERR_INVALID},
		{"name=1234567", "name", "1234567", ERR_OK},
		{"name=12345678", "name", "", ERR_TOO_LONG},
		{"name=%E9%A9%AC%E9%A9%AC%E9%A9%AC", "name", "", ERR_TOO_LONG},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[8];
		memset(out, 'x', sizeof out);
		enum err e = form_value(cases[i].form, strlen(cases[i].form), cases[i].name, out, sizeof out);
		assert_int_equal(e, cases[i].e);
		assert_string_equal(out, cases[i].value);
	}
}

/* The form is not NUL-terminated: what lies behind it is not read. */
static void test_ends_where_it_ends(void **state)
{
	(void)state;
	char out[16];
	assert_int_equal(form_value("name=abcdef", 7, "name", out, sizeof out), ERR_OK);
	assert_string_equal(out, "ab");
	assert_int_equal(form_value("name=%41", 7, "name", out, sizeof out), ERR_INVALID);
	assert_int_equal(form_value(NULL, 0, "name", out, sizeof out), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_ends_where_it_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
