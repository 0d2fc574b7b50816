/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/activity_csv.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/card_token.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* What the township and the office bring in of activities, attendance and credentials, good and malformed. */
#include "tests/unit/attendance_fixture.h"

static int64_t skipped(struct fixture *f)
{
	return fixture_number(f, "SELECT count(*) FROM skipped_changes");
}

static int64_t noted(struct fixture *f, const char *table)
{
	char sql[128];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM audit_items WHERE tbl = '%s'", table);
	return fixture_number(f, sql);
}

static void test_activity_change(void **state)
{
	struct fixture *f = *state;
	struct activity_row a;
	struct attendance_row row;
	int fd;
	fixture_deputies(f, 20);
	assert_int_equal(wake_listen(f->dir, WAKE_KIOSK, &fd), ERR_OK);
	int64_t version = store_version(f->store);
	fixture_activity(f, "a-1", 10, json_pack("{s:s, s:i, s:b}", "kind", "inspection", "quorum", 7, "signs_out", 1));
	assert_int_equal(wake_drain(fd), 1);
	close(fd);
	assert_true(store_version(f->store) > version);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.activity.kind, ACTIVITY_INSPECTION);
	assert_int_equal(a.activity.quorum, 7);
	assert_true(a.activity.signs_out);
	assert_int_equal(a.invited, 10);
	assert_int_equal(noted(f, "invitees"), 10);

	/* The whole list anew: only what differs is touched. */
	json_t *data = fixture_activity_data(12, NULL), *list = json_object_get(data, "invited");
	json_array_remove(list, 3);
	json_object_set_new(json_array_get(list, 0), "seat", json_string("主席台"));
	json_array_append_new(list, json_pack("{s:s}", "deputy", "p-0002")); /* twice: one, and the seat stays */
	fixture_put(f, "activity", "a-1", data);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_OK);
	assert_int_equal(a.activity.kind, ACTIVITY_HOME);
	assert_int_equal(a.invited, 11);
	assert_int_equal(noted(f, "invitees"), 10 + 1 + 1 + 2);
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_string_equal(row.seat, "主席台");
	assert_int_equal(store_attendance(f->store, "a-1", "p-0002", &row), ERR_OK);
	assert_string_equal(row.seat, "1排");
	assert_int_equal(store_attendance(f->store, "a-1", "p-0004", &row), ERR_OK);
	assert_false(row.listed);

	/* Gone with its list; who came stays, and so does the one whose name begins the same. */
	fixture_activity(f, "a-10", 5, NULL);
	fixture_at(0);
	fixture_signed(f, "a-1", "p-0001");
	fixture_change(f, "activity", "del", "a-1", NULL);
	fixture_change(f, "activity", "del", "a-1", NULL);
	assert_int_equal(store_activity(f->store, "a-1", &a), ERR_NOT_FOUND);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM invitees"), 5);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance"), 1);
	assert_int_equal(skipped(f), 0);
	assert_intact(f);
}

static void test_attendance_change(void **state)
{
	struct fixture *f = *state;
	struct attendance_row row;
	fixture_deputies(f, 3);
	fixture_activity(f, "a-1", 3, json_pack("{s:b}", "signs_out", 1));
	fixture_at(-10);
	fixture_signed(f, "a-1", "p-0001");
	/* Of our own only a sign-out that happened elsewhere is news, once. */
	fixture_at(5);
	int64_t before = noted(f, "attendance");
	fixture_signed_elsewhere(f, "a-1", "p-0001", "k2", NULL);
	assert_int_equal(noted(f, "attendance"), before);
	fixture_signed_elsewhere(f, "a-1", "p-0001", "k2", json_integer(fixture_start + 100));
	fixture_signed_elsewhere(f, "a-1", "p-0001", "k2", json_integer(fixture_start + 200));
	assert_int_equal(store_attendance(f->store, "a-1", "p-0001", &row), ERR_OK);
	assert_int_equal(row.in_ms, fixture_start - 10 * MINUTE);
	assert_false(row.elsewhere);
	assert_string_equal(row.kiosk, "k1");
	assert_int_equal(row.out_ms, fixture_start + 100);
	/* Of another kiosk's all of it. */
	fixture_signed_elsewhere(f, "a-1", "p-0002", "k2", NULL);
	fixture_at(6);
	fixture_signed_elsewhere(f, "a-1", "p-0002", "", json_integer(fixture_start + 300));
	assert_int_equal(store_attendance(f->store, "a-1", "p-0002", &row), ERR_OK);
	assert_int_equal(row.in_ms, fixture_start + 6 * MINUTE);
	assert_int_equal(row.by, SIGN_BY_PHONE);
	assert_true(row.elsewhere);
	assert_int_equal(row.out_ms, fixture_start + 300);
	/* Of an activity and a deputy that nobody here knows, under an id that had to be cut. */
	fixture_put(f, "attendance", "0123456789abcdef0123456789abcdef",
	            json_pack("{s:s, s:s, s:I, s:b, s:s, s:s, s:b, s:b, s:s, s:n}", "activity",
	                      "an-activity-012345678901234567890123456789012345678901234567890", "deputy",
	                      "a-deputy-012345678901234567890123456789012345678901234567890123", "at", (json_int_t)1, "clock_ok", 0,
	                      "by", "qr", "timing", "unknown", "listed", 0, "on_leave", 0, "kiosk", "k2", "out_at"));
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance WHERE length(id) = 127"), 1);
	fixture_change(f, "attendance", "del", "a-1/p-0002", NULL);
	assert_int_equal(skipped(f), 1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM attendance"), 3);
	assert_intact(f);
}

static json_t *digest_json(const struct id_params *p, const uint8_t digest[ID_DIGEST_BYTES])
{
	char salt[ID_SALT_BYTES * 2 + 1], sum[ID_DIGEST_BYTES * 2 + 1];
	sodium_bin2hex(salt, sizeof salt, p->salt, sizeof p->salt);
	sodium_bin2hex(sum, sizeof sum, digest, ID_DIGEST_BYTES);
	return json_pack("{s:s, s:i, s:i, s:s}", "salt", salt, "ops", (int)p->ops, "mem_kib", (int)p->mem_kib, "digest", sum);
}

static void test_digests(void **state)
{
	struct fixture *f = *state;
	struct id_params fresh, again, found[4], other = {{5}, ID_ARGON_OPS, ID_ARGON_MEM_KIB};
	uint8_t digest[ID_DIGEST_BYTES] = {7};
	char deputy[REPORT_ID_SIZE];
	size_t count = 9;
	fixture_deputies(f, 3);
	assert_int_equal(store_id_params(f->store, found, 4, &count), ERR_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_id_params_new(f->store, &fresh), ERR_OK);
	assert_true(id_params_ok(&fresh));
	assert_int_equal(store_id_params_new(f->store, &again), ERR_OK);
	assert_memory_equal(&fresh, &again, sizeof(struct id_params));

	struct roster r = {calloc(3, sizeof *r.people), 3};
	for (unsigned i = 0; i < 3; i++) {
		snprintf(r.people[i].id, sizeof r.people[i].id, "p-%04u", i + 1);
		snprintf(r.people[i].name, sizeof r.people[i].name, "代表%u", i + 1);
		r.people[i].has_digest = true;
		r.people[i].id_params = i == 2 ? other : fresh;
		digest[1] = (uint8_t)i;
		memcpy(r.people[i].id_digest, digest, sizeof digest);
	}
	assert_int_equal(store_import_roster(f->store, &r), ERR_OK);
	assert_int_equal(store_id_params(f->store, found, 4, &count), ERR_OK);
	assert_int_equal(count, 2);
	assert_memory_equal(&found[0], &fresh, sizeof(struct id_params)); /* the commonest */
	assert_memory_equal(&found[1], &other, sizeof(struct id_params));
	assert_int_equal(store_id_params(f->store, found, 1, &count), ERR_OK);
	assert_int_equal(count, 1);
	digest[1] = 1;
	assert_int_equal(store_deputy_by_digest(f->store, &fresh, digest, deputy), ERR_OK);
	assert_string_equal(deputy, "p-0002");
	assert_int_equal(store_deputy_by_digest(f->store, &other, digest, deputy), ERR_NOT_FOUND);
	digest[1] = 9;
	assert_int_equal(store_deputy_by_digest(f->store, &fresh, digest, deputy), ERR_NOT_FOUND);

	/* A roster without the numbers: who stays is still known by theirs; who goes is known no longer. */
	for (unsigned i = 0; i < 3; i++)
		r.people[i].has_digest = false;
	r.count = 2;
	fixture_put(f, "card", "p-0003", json_pack("{s:i, s:i}", "issue", 2, "lost_through", 1));
	fixture_put(f, "portrait", "p-0003", json_pack("{s:s, s:s}", "media", "image/jpeg", "data", "/9j/4AAQ"));
	assert_int_equal(skipped(f), 0);
	assert_int_equal(store_import_roster(f->store, &r), ERR_OK);
	free(r.people);
	digest[1] = 1;
	assert_int_equal(store_deputy_by_digest(f->store, &fresh, digest, deputy), ERR_OK);
	digest[1] = 2;
	assert_int_equal(store_deputy_by_digest(f->store, &other, digest, deputy), ERR_NOT_FOUND);
	assert_int_equal(fixture_number(f, "SELECT (SELECT count(*) FROM cards) + (SELECT count(*) FROM portraits)"), 0);

	/* From the township: absent, what is known stays; new; null, it goes. */
	digest[1] = 0;
	fixture_put(f, "deputy", "p-0001", json_pack("{s:s}", "name", "丁一"));
	assert_int_equal(store_deputy_by_digest(f->store, &fresh, digest, deputy), ERR_OK);
	digest[1] = 77;
	fixture_put(f, "deputy", "p-0001", json_pack("{s:s, s:o}", "name", "丁一", "id_digest", digest_json(&fresh, digest)));
	assert_int_equal(store_deputy_by_digest(f->store, &fresh, digest, deputy), ERR_OK);
	assert_string_equal(deputy, "p-0001");
	fixture_put(f, "deputy", "p-0001", json_pack("{s:s, s:n}", "name", "丁一", "id_digest"));
	assert_int_equal(store_deputy_by_digest(f->store, &fresh, digest, deputy), ERR_NOT_FOUND);
	fixture_change(f, "deputy", "del", "p-0002", NULL);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM id_digests"), 0);
	assert_int_equal(skipped(f), 0);
	assert_intact(f);
}

static void test_cards_and_portraits(void **state)
{
	struct fixture *f = *state;
	struct card_state card = {9, 9};
	static uint8_t png[PORTRAIT_MAX_BYTES + 1] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 1};
	uint8_t *bytes;
	size_t len;
	fixture_deputies(f, 2);
	assert_int_equal(store_card_state(f->store, "p-0001", &card), ERR_OK);
	assert_int_equal(card.issue, 0);
	assert_int_equal(card.lost_through, 0);
	fixture_put(f, "card", "p-0001", json_pack("{s:I, s:i}", "issue", (json_int_t)UINT32_MAX, "lost_through", 3));
	assert_int_equal(store_card_state(f->store, "p-0001", &card), ERR_OK);
	assert_int_equal(card.issue, UINT32_MAX);
	assert_int_equal(card.lost_through, 3);
	fixture_change(f, "card", "del", "p-0001", NULL);
	assert_int_equal(store_card_state(f->store, "p-0001", &card), ERR_OK);
	assert_int_equal(card.issue, 0);

	assert_int_equal(store_portrait(f->store, "p-0001", &bytes, &len), ERR_NOT_FOUND);
	assert_int_equal(store_portrait_put(f->store, "p-0009", "image/png", png, 100), ERR_NOT_FOUND);
	assert_int_equal(store_portrait_put(f->store, "p-0001", "image/jpeg", png, 100), ERR_INVALID);
	assert_int_equal(store_portrait_put(f->store, "p-0001", "text/plain", png, 100), ERR_INVALID);
	assert_int_equal(store_portrait_put(f->store, "p-0001", "image/png", png, 0), ERR_INVALID);
	assert_int_equal(store_portrait_put(f->store, "p-0001", "image/png", png, sizeof png), ERR_TOO_LONG);
	assert_int_equal(store_portrait_put(f->store, "p-0001", "image/png", png, PORTRAIT_MAX_BYTES), ERR_OK);
	assert_int_equal(store_portrait(f->store, "p-0001", &bytes, &len), ERR_OK);
	assert_int_equal(len, PORTRAIT_MAX_BYTES);
	assert_memory_equal(bytes, png, len);
	free(bytes);

	/* The largest one over the wire too. */
	size_t room = sodium_base64_ENCODED_LEN(PORTRAIT_MAX_BYTES + 1, sodium_base64_VARIANT_ORIGINAL);
	char *text = malloc(room);
	png[20] = 5;
	sodium_bin2base64(text, room, png, PORTRAIT_MAX_BYTES, sodium_base64_VARIANT_ORIGINAL);
	fixture_put(f, "portrait", "p-0001", json_pack("{s:s, s:s}", "media", "image/png", "data", text));
	assert_int_equal(store_portrait(f->store, "p-0001", &bytes, &len), ERR_OK);
	assert_int_equal(len, PORTRAIT_MAX_BYTES);
	assert_int_equal(bytes[20], 5);
	free(bytes);
	assert_int_equal(skipped(f), 0);
	sodium_bin2base64(text, room, png, PORTRAIT_MAX_BYTES + 1, sodium_base64_VARIANT_ORIGINAL);
	fixture_put(f, "portrait", "p-0002", json_pack("{s:s, s:s}", "media", "image/png", "data", text));
	assert_int_equal(skipped(f), 1);
	free(text);
	fixture_change(f, "portrait", "del", "p-0001", NULL);
	assert_int_equal(store_portrait(f->store, "p-0001", &bytes, &len), ERR_NOT_FOUND);
	assert_intact(f);
}

static void test_flag_change(void **state)
{
	struct fixture *f = *state;
	struct flag_list flags;
	char own[REPORT_ID_SIZE * 2];
	fixture_deputies(f, 1);
	assert_int_equal(store_note_odd(f->store, "card_future", "p-0001", 1), ERR_OK);
	assert_int_equal(store_flags(f->store, 9, &flags), ERR_OK);
	snprintf(own, sizeof own, "%s", flags.rows[0].id);
	flag_list_clear(&flags);
	const char *form = "{s:I, s:s, s:s, s:s, s:s}";
	fixture_put(f, "flag", "t-1", json_pack(form, "at", (json_int_t)5, "what", "x", "deputy", "p-2", "activity", "a", "detail", "d"));
	fixture_put(f, "flag", "t-1", json_pack(form, "at", (json_int_t)6, "what", "y", "deputy", "p-2", "activity", "a", "detail", "d"));
	fixture_put(f, "flag", own, json_pack(form, "at", (json_int_t)6, "what", "z", "deputy", "p-2", "activity", "a", "detail", "d"));
	fixture_change(f, "flag", "del", own, NULL);
	assert_int_equal(store_flags(f->store, 9, &flags), ERR_OK);
	assert_int_equal(flags.count, 2);
	assert_string_equal(flags.rows[0].what, "card_future"); /* our own is not theirs to change */
	assert_string_equal(flags.rows[1].what, "y");
	flag_list_clear(&flags);
	fixture_change(f, "flag", "del", "t-1", NULL);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM flags"), 1);
	assert_int_equal(skipped(f), 0);
	assert_intact(f);
}

/* One member of a good entry replaced (or, with "-", left out): each is skipped with its reason and changes nothing. */
static const struct { const char *type, *member, *value; } malformed[] = {
	{"activity", "kind", "\"party\""},
	{"activity", "kind", "-"},
	{"activity", "title", "7"},
	{"activity", "title", "\"\""},
	{"activity", "place", "[]"},
	{"activity", "starts", "\"soon\""},
	{"activity", "starts", "-1"},
	{"activity", "ends", "1"},
	{"activity", "ends", "-"},
	{"activity", "ends", "9223372036854775807"},
	{"activity", "opens_min", "100000"},
	{"activity", "opens_min", "-5"},
	{"activity", "grace_min", "4294967297"},
	{"activity", "quorum", "-1"},
	{"activity", "signs_out", "1"},
	{"activity", "cancelled", "\"no\""},
	{"activity", "invited", "-"},
	{"activity", "invited", "{}"},
	{"activity", "invited", "[7]"},
	{"activity", "invited", "[{\"deputy\":\"p-1\"},{\"seat\":\"x\"}]"},
	{"activity", "invited", "[{\"deputy\":\"0123456789012345678901234567890123456789012345678901234567890123\"}]"},
	{"activity", "invited", "[{\"deputy\":\"p\",\"seat\":\"0123456789012345678901234567890123456789012345678901234567890123\"}]"},
	{"attendance", "activity", "-"},
	{"attendance", "activity", "\"a/1\""},
	{"attendance", "deputy", "\"\""},
	{"attendance", "at", "-1"},
	{"attendance", "at", "253402300800000"},
	{"attendance", "clock_ok", "\"ok\""},
	{"attendance", "by", "\"face\""},
	{"attendance", "timing", "\"\""},
	{"attendance", "listed", "-"},
	{"attendance", "on_leave", "null"},
	{"attendance", "kiosk", "\"0123456789012345678901234567890123\""},
	{"attendance", "out_at", "\"noon\""},
	{"attendance", "out_at", "-7"},
	{"leave", "activity", "\"\""},
	{"leave", "deputy", "5"},
	{"leave", "at", "-"},
	{"leave", "reason", "\"bored\""},
	{"leave", "state", "\"\""},
	{"leave", "state", "\"maybe\""},
	{"card", "issue", "-"},
	{"card", "issue", "4294967296"},
	{"card", "lost_through", "-1"},
	{"flag", "at", "1.5"},
	{"flag", "what", "-"},
	{"flag", "what", "\"0123456789012345678901234567890123\""},
	{"flag", "deputy", "{}"},
	{"flag", "detail", "7"},
	{"portrait", "media", "\"image/gif\""},
	{"portrait", "media", "-"},
	{"portrait", "data", "\"\""},
	{"portrait", "data", "\"@@@@\""},
	{"portrait", "data", "\"AAAA\""},
	{"portrait", "data", "-"},
	{"deputy", "id_digest", "7"},
	{"deputy", "id_digest", "{}"},
	{"deputy", "id_digest", "{\"salt\":\"00\",\"ops\":1,\"mem_kib\":8192,\"digest\":\"00\"}"},
};

static json_t *good_data(const char *type)
{
	if (strcmp(type, "activity") == 0)
		return fixture_activity_data(2, NULL);
	return json_loads(strcmp(type, "attendance") == 0
	                      ? "{\"activity\":\"a-1\",\"deputy\":\"p-1\",\"at\":5,\"clock_ok\":true,\"by\":\"qr\",\"timing\":\"late\","
	                        "\"listed\":true,\"on_leave\":false,\"kiosk\":\"k2\",\"out_at\":null}"
	                  : strcmp(type, "leave") == 0
	                      ? "{\"activity\":\"a-1\",\"deputy\":\"p-1\",\"at\":5,\"reason\":\"ill\",\"state\":\"asked\"}"
	                  : strcmp(type, "card") == 0 ? "{\"issue\":1,\"lost_through\":0}"
	                  : strcmp(type, "flag") == 0
	                      ? "{\"at\":5,\"what\":\"x\",\"deputy\":\"p\",\"activity\":\"a\",\"detail\":\"d\"}"
	                  : strcmp(type, "portrait") == 0 ? "{\"media\":\"image/jpeg\",\"data\":\"/9j/4AAQ\"}"
	                                                  : "{\"name\":\"丁一\"}",
	                  0, NULL);
}

static void test_malformed(void **state)
{
	struct fixture *f = *state;
	static const char *const types[] = {"activity", "attendance", "leave", "card", "flag", "portrait", "deputy"};
	static const char rows[] =
		"SELECT (SELECT count(*) FROM activities) + (SELECT count(*) FROM invitees) + (SELECT count(*) FROM attendance) +"
		" (SELECT count(*) FROM leaves) + (SELECT count(*) FROM cards) + (SELECT count(*) FROM flags) +"
		" (SELECT count(*) FROM portraits) + (SELECT count(*) FROM deputies) + (SELECT count(*) FROM id_digests)";
	int64_t expected = 0;
	for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
		json_t *data = good_data(malformed[i].type);
		if (strcmp(malformed[i].value, "-") == 0)
			json_object_del(data, malformed[i].member);
		else
			json_object_set_new(data, malformed[i].member, json_loads(malformed[i].value, JSON_DECODE_ANY, NULL));
		fixture_put(f, malformed[i].type, "x-1", data);
		if (skipped(f) != ++expected)
			fail_msg("%s with %s %s was not skipped", malformed[i].type, malformed[i].member, malformed[i].value);
	}
	fixture_put(f, "activity", "a/1", good_data("activity"));
	assert_int_equal(skipped(f), ++expected);
	fixture_change(f, "leave", "del", "a-1/p-1", NULL);
	assert_int_equal(skipped(f), ++expected);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM skipped_changes WHERE length(reason) < 10"), 0);
	assert_int_equal(fixture_number(f, rows), 0);
	/* And unspoilt, each of them is taken. */
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		fixture_put(f, types[i], "x-1", good_data(types[i]));
	assert_int_equal(skipped(f), expected);
	assert_int_equal(fixture_number(f, rows), 7 + 2);
	assert_intact(f);
}

/* ---- imports ---- */

static enum err import_by(struct fixture *f, const char *csv, struct roster_problems *problems,
                          enum err (*verb)(struct store *store, const struct activity_plan *plan,
                                           struct roster_problems *problems))
{
	struct activity_plan plan = {0};
	enum err e = activity_parse_csv(csv, strlen(csv), civil_from_ms(fixture_clock).date, &plan, problems);
	assert_int_equal(e, ERR_OK);
	e = verb(f->store, &plan, problems);
	activity_plan_clear(&plan);
	return e;
}

static enum err import(struct fixture *f, const char *csv, struct roster_problems *problems)
{
	return import_by(f, csv, problems, store_import_activities);
}

static struct activity_list all_activities(struct fixture *f)
{
	struct activity_list list;
	assert_int_equal(store_activities(f->store, fixture_start - INT64_C(300) * 86400000,
	                                  fixture_start + INT64_C(300) * 86400000, &list),
	                 ERR_OK);
	return list;
}

static void test_import(void **state)
{
	struct fixture *f = *state;
	struct roster_problems problems = {0};
	struct attendance_row row;
	fixture_deputies(f, 10); /* five in each of two groups */
	fixture_activity(f, "t-1", 3, NULL);
	fixture_activity(f, "t-0", 3, json_pack("{s:I}", "starts", (json_int_t)(fixture_clock - MINUTE)));
	assert_int_equal(import(f,
	                        "编号,名称,类别,日期,开始,结束,地点,参加人员,签退\n"
	                        "1,学习会,学习培训,今天+1,09:00,11:30,二楼,全体、代表0003（3排6号）,是\n"
	                        "2,走访,小组活动,今天+2,09:00,11:30,,第2小组、代表0001,\n"
	                        "3,会议,会议,今天+3,09:00,11:30,,乡代表,\n",
	                        &problems),
	                 ERR_OK);
	struct activity_list list = all_activities(f);
	/* t-1 was still to come and is not in the plan; t-0 has begun. */
	assert_int_equal(list.count, 4);
	assert_string_equal(list.rows[0].activity.id, "t-0");
	assert_string_equal(list.rows[1].activity.title, "学习会");
	assert_true(list.rows[1].activity.signs_out);
	assert_int_equal(list.rows[1].invited, 10);
	assert_int_equal(list.rows[2].invited, 6);
	assert_int_equal(list.rows[3].invited, 10);
	assert_int_equal(store_attendance(f->store, list.rows[1].activity.id, "p-0003", &row), ERR_OK);
	assert_string_equal(row.seat, "3排6号");
	activity_list_clear(&list);
	assert_intact(f);

	/* Only tried: nothing is written. */
	int64_t links = fixture_number(f, "SELECT count(*) FROM audit");
	static const char one[] = "名称,日期,开始,结束,参加人员\n甲,今天+1,09:00,11:30,全体\n";
	assert_int_equal(import_by(f, one, &problems, store_try_activities), ERR_OK);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM activities"), 4);

	/* Who is not in the roster is told with the row, and nothing changes. */
	assert_int_equal(import(f, "名称,日期,开始,结束,参加人员\n甲,今天+1,09:00,11:30,无名氏\n乙,今天+1,13:00,14:00,市代表\n",
	                        &problems),
	                 ERR_INVALID);
	assert_int_equal(problems.count, 2);
	assert_int_equal(problems.items[0].row, 2);
	assert_non_null(strstr(problems.items[0].what, "无名氏"));
	assert_int_equal(problems.items[1].row, 3);
	roster_problems_clear(&problems);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM audit"), links);

	/* By a clock that cannot be trusted nothing is taken back. */
	fixture_at(0);
	fixture_signed(f, "t-0", "p-0001");
	fixture_clock -= INT64_C(20) * 365 * 86400000;
	memset(&problems, 0, sizeof problems);
	assert_int_equal(import(f, "名称,日期,开始,结束,参加人员\n甲,2090-04-01,09:00,11:30,全体\n", &problems), ERR_OK);
	list = all_activities(f);
	assert_int_equal(list.count, 5);
	activity_list_clear(&list);
	assert_intact(f);
}

static void test_phone_path(void **state)
{
	struct fixture *f = *state;
	char path[PHONE_PATH_SIZE], next[PHONE_PATH_SIZE];
	struct phone_code code;
	uint8_t sig[SIGN_BYTES];
	assert_int_equal(store_phone_path(f->store, "a-1", fixture_clock, path), ERR_OK);
	assert_int_equal(strncmp(path, "/s/", 3), 0);
	assert_int_equal(phone_code_read(path, strlen(path), &code, sig), ERR_OK);
	assert_string_equal(code.kiosk, "k1");
	assert_string_equal(code.activity, "a-1");
	assert_int_equal(phone_code_check(&code, sig, f->store->sign_public, fixture_clock), ERR_OK);
	assert_int_equal(store_phone_path(f->store, "a-1", fixture_clock + PHONE_SLOT_MS, next), ERR_OK);
	assert_string_not_equal(path, next);
	assert_int_not_equal(store_phone_path(f->store, "", fixture_clock, path), ERR_OK);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(test_activity_change), T(test_attendance_change), T(test_digests), T(test_cards_and_portraits),
		T(test_flag_change),     T(test_malformed),         T(test_import),  T(test_phone_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
