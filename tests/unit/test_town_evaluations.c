/* links: township/evaluations.c township/proposals.c township/refusal.c township/town.c township/keys.c township/keys_lock.c township/passphrase.c township/keys_wrap.c township/notice.c township/store/all gen/township_migrations.c kiosk/model/all */
/* An evaluation at the office: planned, opened, counted by one and confirmed by another. */
#include "tests/unit/town_fixture.h"
#include "township/evaluations.h"

static struct refusal refusal;

static void refused(enum err e, enum err expected, const char *part)
{
	assert_int_equal(e, expected);
	assert_int_equal(refusal.e, expected);
	if (!strstr(refusal.what, part))
		fail_msg("not %s: %s", part, refusal.what);
	assert_true(refusal.remedy[0] != '\0');
}

static void ok(enum err e)
{
	if (e)
		fail_msg("%s: %s", err_name(e), refusal.what);
}

static struct town_evaluation now(struct town *town, const char *id)
{
	struct town_evaluation v;
	assert_int_equal(town_evaluation_get(town->store, id, &v), ERR_OK);
	return v;
}

/* By someone who has just looked. */
static enum err confirm(struct town *town, const char *id, const char *user)
{
	return evaluation_confirm(town, id, now(town, id).counted_ms, user, &refusal);
}

static void plan(struct town *town, const char *kind, char id[UUID_SIZE])
{
	char day[TOWN_DATE_SIZE];
	struct evaluation_draft d = {kind, "代表03", "乡派出所", "", fixture_day(-1, day), "二楼会议室"};
	ok(evaluation_save(town, "", &d, "office", id, &refusal));
}

static const struct count_draft good = {"60", "58", "30", "5", " 21", "2", "治安好了\r\n噪声还没人管"};

static void test_planning(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char id[UUID_SIZE], same[UUID_SIZE];
	plan(town, "deputy", id);
	assert_string_equal(now(town, id).title, "代表03代表述职评议");
	assert_string_equal(now(town, id).office, "");
	struct evaluation_draft d = {"office", NULL, "", NULL, "2026-11-20", NULL};
	refused(evaluation_save(town, "", &d, "office", same, &refusal), ERR_INVALID, "单位");
	d.office = "乡派出所";
	d.day = "20.11.";
	refused(evaluation_save(town, "", &d, "office", same, &refusal), ERR_INVALID, "日期");
	d.kind = "deputy";
	refused(evaluation_save(town, "", &d, "office", same, &refusal), ERR_INVALID, "没有选择代表");
	d.deputy = "张三";
	refused(evaluation_save(town, "", &d, "office", same, &refusal), ERR_NOT_FOUND, "没有这位代表");
	d.kind = "mayor";
	refused(evaluation_save(town, "", &d, "office", same, &refusal), ERR_INVALID, "种类");
	d = (struct evaluation_draft){"office", NULL, "乡派出所", "派出所评议", "2026-11-20", "礼堂"};
	ok(evaluation_save(town, id, &d, "office", same, &refusal));
	assert_string_equal(same, id);
	assert_string_equal(now(town, id).deputy, "");
	ok(evaluation_begin(town, id, "office", &refusal));
	refused(evaluation_begin(town, id, "office", &refusal), ERR_STATE, "正在进行");
	d.place = "小礼堂";
	ok(evaluation_save(town, id, &d, "office", same, &refusal));
	d.office = "卫生院";
	refused(evaluation_save(town, id, &d, "office", same, &refusal), ERR_STATE, "评议对象");
	refused(evaluation_drop(town, id, "office", &refusal), ERR_STATE, "还没开始");
	assert_int_equal(evaluation_save(town, "none", &d, "office", same, &refusal), ERR_NOT_FOUND);
	plan(town, "office", same);
	ok(evaluation_drop(town, same, "office", &refusal));
	struct town_evaluation v;
	assert_int_equal(town_evaluation_get(town->store, same, &v), ERR_NOT_FOUND);
}

static void test_two_people(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char id[UUID_SIZE];
	plan(town, "office", id);
	refused(evaluation_count(town, id, &good, "anna", &refusal), ERR_STATE, "还没有开始");
	ok(evaluation_begin(town, id, "office", &refusal));
	struct count_draft d = good;
	d.invalid = "3";
	refused(evaluation_count(town, id, &d, "anna", &refusal), ERR_INVALID, "四项相加是 59 张，收回的是 58 张");
	d.invalid = "-1";
	refused(evaluation_count(town, id, &d, "anna", &refusal), ERR_INVALID, "无效票");
	d.invalid = NULL;
	refused(evaluation_count(town, id, &d, "anna", &refusal), ERR_INVALID, "无效票");
	d = good;
	d.handed_out = "57";
	refused(evaluation_count(town, id, &d, "anna", &refusal), ERR_INVALID, "比发出的 57 张还多");
	d.handed_out = "1000000000000";
	refused(evaluation_count(town, id, &d, "anna", &refusal), ERR_INVALID, "发出票数");
	refused(confirm(town, id, "bert"), ERR_STATE, "还没有登记");
	ok(evaluation_count(town, id, &good, "anna", &refusal));
	refused(confirm(town, id, "anna"), ERR_STATE, "不能自己确认");
	refused(evaluation_count(town, id, &good, "bert", &refusal), ERR_STATE, "由 anna 登记");
	d = good;
	d.satisfied = "31";
	d.unsatisfied = "20";
	ok(evaluation_count(town, id, &d, "anna", &refusal)); /* she corrects herself */
	refused(evaluation_recount(town, id, " ", "bert", &refusal), ERR_INVALID, "原因");
	ok(evaluation_recount(town, id, "少数一张", "bert", &refusal));
	assert_int_equal(now(town, id).state, EVALUATION_OPEN);
	ok(evaluation_count(town, id, &good, "bert", &refusal));
	refused(confirm(town, id, "bert"), ERR_STATE, "不能自己确认");
	refused(evaluation_confirm(town, id, now(town, id).counted_ms - 1, "anna", &refusal), ERR_STATE, "刚刚改过");
	ok(confirm(town, id, "anna"));
	struct town_evaluation v = now(town, id);
	assert_int_equal(v.state, EVALUATION_CLOSED);
	assert_true(v.poor); /* 21 of 56 */
	assert_int_equal(v.min_voters, 50);
	int64_t links = 0, bad = 0;
	assert_int_equal(town_audit_verify(town, &links, &bad), ERR_OK);
	assert_int_equal(links, 7);
}

static void test_closed(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char id[UUID_SIZE], fine[UUID_SIZE], tomorrow[TOWN_DATE_SIZE];
	bool more;
	plan(town, "office", id);
	refused(evaluation_note(town, id, "correction", "", "有误", "anna", &refusal), ERR_STATE, "还没有开始");
	ok(evaluation_begin(town, id, "office", &refusal));
	ok(evaluation_count(town, id, &good, "anna", &refusal));
	ok(confirm(town, id, "bert"));
	/* Never changes: not by the office, not by anything above the store. */
	refused(evaluation_count(town, id, &good, "anna", &refusal), ERR_STATE, "不再改动");
	refused(evaluation_recount(town, id, "想改", "anna", &refusal), ERR_STATE, "不再改动");
	struct town_evaluation v = now(town, id);
	v.ballots.satisfied++;
	assert_int_equal(town_evaluation_update(town->store, &v, NULL), ERR_INVALID);
	struct town_evaluation_filter due = {.follow_up = true, .limit = 10};
	json_t *list, *whole;
	assert_int_equal(town_evaluations_json(town->store, &due, &list, &more), ERR_OK);
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	refused(evaluation_note(town, id, "praise", "", "好", "anna", &refusal), ERR_INVALID, "没有这种");
	refused(evaluation_note(town, id, "put_right", fixture_day(1, tomorrow), "已整改", "anna", &refusal), ERR_INVALID, "日期");
	refused(evaluation_note(town, id, "put_right", "", "", "anna", &refusal), ERR_INVALID, "没有填写");
	ok(evaluation_note(town, id, "correction", "", "满意应为 31 张：汇总时抄错", "anna", &refusal));
	ok(evaluation_note(town, id, "put_right", "", "已增设夜间巡逻", "anna", &refusal));
	assert_int_equal(town_evaluations_json(town->store, &due, &list, &more), ERR_OK);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	assert_int_equal(town_evaluation_json(town->store, id, &whole), ERR_OK);
	assert_int_equal(json_array_size(json_object_get(whole, "notes")), 2);
	assert_string_equal(json_string_value(json_object_get(whole, "comments")), "治安好了\n噪声还没人管");
	assert_int_equal(json_integer_value(json_object_get(whole, "satisfied")), 30);
	json_decref(whole);
	struct count_draft fewer = {"20", "20", "19", "0", "1", "0", NULL};
	plan(town, "deputy", fine);
	ok(evaluation_begin(town, fine, "office", &refusal));
	ok(evaluation_count(town, fine, &fewer, "anna", &refusal));
	ok(confirm(town, fine, "bert"));
	v = now(town, fine);
	assert_true(ballots_short(&v.ballots, &town->evaluations));
	refused(evaluation_note(town, fine, "put_right", "", "已整改", "anna", &refusal), ERR_STATE, "不需要整改");
}

#define TOWN_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_town_open, fixture_town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {TOWN_TEST(test_planning), TOWN_TEST(test_two_people), TOWN_TEST(test_closed)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
