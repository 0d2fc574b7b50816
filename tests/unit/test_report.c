/* links: kiosk/model/report.c kiosk/model/ink.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "model/report.h"

static void fill(struct report *r)
{
	memset(r, 0, sizeof *r);
	r->kind = REPORT_SUGGESTION;
	r->kind_chosen = true;
	strcpy(r->subject, "roads");
	strcpy(r->text, "“路灯”坏了\n\"三个月\" \\ \x01");
	r->identity = IDENTITY_NAMED;
	strcpy(r->name, "李㛃");
	strcpy(r->phone, "13800000000");
	strcpy(r->id_number, "110101199001011234");
}

static const struct slip_code code = {"QNDQVQG28T56"};
static const struct report_blob_ref blobs[] = {{"aa", "application/x-deputies-ink", 0},
                                               {"bb", "audio/ogg", 4294967295u}};

static void test_exact(void **state)
{
	(void)state;
	struct report r;
	char *json;
	size_t len;
	fill(&r);
	assert_int_equal(report_to_json(&r, &code, blobs, 2, &json, &len), ERR_OK);
	assert_string_equal(
		json,
		"{\"v\":1,\"code\":\"QNDQVQG28T56\",\"kind\":\"suggestion\",\"subject\":\"roads\",\"deputy\":\"\","
		"\"text\":\"“路灯”坏了\\n\\\"三个月\\\" \\\\ \\u0001\",\"identity\":\"named\",\"name\":\"李㛃\","
		"\"phone\":\"13800000000\",\"id_number\":\"\",\"blobs\":["
		"{\"sha256\":\"aa\",\"media\":\"application/x-deputies-ink\",\"ms\":0},"
		"{\"sha256\":\"bb\",\"media\":\"audio/ogg\",\"ms\":4294967295}]}");
	assert_int_equal(len, strlen(json));
	json_t *parsed = json_loadb(json, len, 0, NULL);
	assert_non_null(parsed);
	assert_string_equal(json_string_value(json_object_get(parsed, "text")), r.text);
	json_decref(parsed);
	free(json);
}

/* What an anonymous voter had typed as a name before must not travel. */
static void test_identity(void **state)
{
	(void)state;
	static const struct { enum report_identity identity; const char *word, *name, *number; } rows[] = {
		{IDENTITY_UNSET, "anonymous", "", ""},
		{IDENTITY_ANONYMOUS, "anonymous", "", ""},
		{IDENTITY_NAMED, "named", "李㛃", ""},
		{IDENTITY_ID_CARD, "id_card", "李㛃", "110101199001011234"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct report r;
		char *json;
		size_t len;
		fill(&r);
		r.identity = rows[i].identity;
		assert_int_equal(report_to_json(&r, &code, NULL, 0, &json, &len), ERR_OK);
		json_t *j = json_loadb(json, len, 0, NULL);
		assert_string_equal(json_string_value(json_object_get(j, "identity")), rows[i].word);
		assert_string_equal(json_string_value(json_object_get(j, "name")), rows[i].name);
		assert_string_equal(json_string_value(json_object_get(j, "id_number")), rows[i].number);
		json_decref(j);
		free(json);
	}
}

static void test_not_utf8(void **state)
{
	(void)state;
	struct report r;
	char *json;
	size_t len;
	fill(&r);
	strcpy(r.text, "\xFF");
	assert_int_equal(report_to_json(&r, &code, NULL, 0, &json, &len), ERR_INVALID);
}

static void test_content(void **state)
{
	(void)state;
	static const struct { const char *text; bool content; } rows[] = {
		{"", false}, {" \n\t", false}, {"　　\n　", false}, {"　路", true}, {"a", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct report r = {0};
		strcpy(r.text, rows[i].text);
		assert_int_equal(report_has_content(&r), rows[i].content);
	}
	struct report r = {.page_count = 1};
	assert_false(report_has_content(&r));
	assert_int_equal(ink_begin(&r.pages[0], (struct ink_point){1, 1}), ERR_OK);
	assert_true(report_has_content(&r));
	report_wipe(&r);
}

static void test_wipe(void **state)
{
	(void)state;
	static const struct report empty;
	struct report r;
	fill(&r);
	r.voice = malloc(100);
	r.voice_len = 100;
	memset(r.voice, 7, 100);
	assert_int_equal(ink_begin(&r.pages[2], (struct ink_point){1, 1}), ERR_OK);
	report_wipe(&r);
	assert_memory_equal(&r, &empty, sizeof r);
	report_wipe(&r);
}

static void test_kinds(void **state)
{
	(void)state;
	for (int i = 0; i < REPORT_KIND_COUNT; i++) {
		enum report_kind kind = REPORT_KIND_COUNT;
		assert_int_equal(report_kind_parse(report_kind_id((enum report_kind)i), &kind), ERR_OK);
		assert_int_equal(kind, i);
	}
	enum report_kind kind;
	assert_int_equal(report_kind_parse("Thanks", &kind), ERR_INVALID);
	assert_string_equal(report_kind_id(REPORT_COMPLAINT), "complaint");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact), cmocka_unit_test(test_identity), cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_content), cmocka_unit_test(test_wipe), cmocka_unit_test(test_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
