/* links: township/proposals.c township/proposal_steps.c township/proposal_view.c township/refusal.c township/town.c township/keys.c township/keys_lock.c township/passphrase.c township/keys_wrap.c township/notice.c township/store/all gen/township_migrations.c kiosk/model/all */
/* A deputy's proposal through the office, as the pages do it. */
#include "tests/unit/town_fixture.h"
#include "township/proposals.h"

static struct refusal refusal;

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	assert_non_null(text);
	return text;
}

static void refused(enum err e, enum err expected, const char *part)
{
	assert_int_equal(e, expected);
	assert_int_equal(refusal.e, expected);
	if (!strstr(refusal.what, part))
		fail_msg("not %s: %s", part, refusal.what);
	assert_true(refusal.remedy[0] != '\0');
}

static struct proposal_draft draft_of(const char *kind, const char *cosigners, const char *filed, const char *congress)
{
	return (struct proposal_draft){kind, "关于修缮小学操场的建议", "操场多处开裂。\r\n请尽快修缮。", "代表01", cosigners, filed, congress};
}

static void file_one(struct town *town, const struct proposal_draft *draft, char id[UUID_SIZE])
{
	enum err e = proposal_file(town, draft, "office", id, &refusal);
	if (e)
		fail_msg("%s: %s", err_name(e), refusal.what);
}

static void make_congress(struct town *town, int opens, int closes, int deadline, char id[UUID_SIZE])
{
	char dates[3][TOWN_DATE_SIZE];
	struct congress_draft draft = {"第十九届人民代表大会第三次会议", fixture_day(opens, dates[0]), fixture_day(closes, dates[1]),
	                               fixture_day(deadline, dates[2])};
	assert_int_equal(congress_save(town, "", &draft, "office", id, &refusal), ERR_OK);
}

static enum err step(struct town *town, const char *id, struct proposal_order order)
{
	order.user = "office";
	return proposal_step_do(town, id, &order, &refusal);
}

static void step_ok(struct town *town, const char *id, struct proposal_order order)
{
	enum err e = step(town, id, order);
	if (e)
		fail_msg("%s: %s: %s", order.step, err_name(e), refusal.what);
}

static struct town_proposal now(struct town *town, const char *id)
{
	struct town_proposal p;
	assert_int_equal(town_proposal_get(town->store, id, &p), ERR_OK);
	return p;
}

/* The date `months` and `days` after a date. */
static const char *later(const char *date, int months, int days, char out[TOWN_DATE_SIZE])
{
	struct civil_date d;
	assert_int_equal(civil_parse(date, &d), ERR_OK);
	civil_format(civil_add_days(civil_add_months(d, months), days), out);
	return out;
}

static void test_filing(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char congress[UUID_SIZE], id[UUID_SIZE], filed[TOWN_DATE_SIZE], late[TOWN_DATE_SIZE], today[TOWN_DATE_SIZE];
	make_congress(town, -20, -17, -19, congress);
	fixture_day(-19, filed);
	fixture_day(-18, late);
	fixture_day(0, today);
	static const char five[] = "代表02、代表03\r\n代　表04,p-05"; /* 代　表04 is not stretched to three: nobody's */
	struct proposal_draft d = draft_of("motion", five, filed, congress);
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_NOT_FOUND, "代　表04");
	d.cosigners = "代表02、代表03\r\n\r\n p-05;";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "至少 5 位代表联名（含领衔代表），现在是 4 位");
	d.cosigners = "代表02、代表03，代表04\r\n p-05;";
	d.filed = late;
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "议案截止日期");
	d.congress = "";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "会议上提出");
	d.congress = "none";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "没有这次会议");
	d.congress = congress;
	d.filed = today;
	d.kind = "suggestion";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "闭幕");
	d.filed = "2026-02-30";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "日期不正确");
	d.filed = filed;
	d.cosigners = "代表02 代表03";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_NOT_FOUND, "没有这位代表");
	d.cosigners = "代表02、代表01";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "已经是领衔代表");
	d.cosigners = "代表02、p-02";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "写了两次");
	d.cosigners = "";
	d.title = " \t　";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "没有填写标题");
	d.title = "标题";
	d.text = NULL;
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "没有填写正文");
	d.text = "正文";
	d.author = "";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "没有填写领衔代表");
	d.author = "代表01";
	d.kind = "wish";
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_INVALID, "类别");
	char long_title[PROPOSAL_TITLE_SIZE + 3];
	memset(long_title, 'a', PROPOSAL_TITLE_MAX_CHARS + 1);
	long_title[PROPOSAL_TITLE_MAX_CHARS + 1] = '\0';
	d.kind = "opinion";
	d.title = long_title;
	refused(proposal_file(town, &d, "office", id, &refusal), ERR_TOO_LONG, "标题太长");
	json_t *counts;
	assert_int_equal(town_proposal_counts_json(town->store, NULL, today, today, &counts), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(counts, "total")), 0); /* nothing half-applied */
	json_decref(counts);
}

static void test_numbers_and_dates(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char congress[UUID_SIZE], id[4][UUID_SIZE], filed[TOWN_DATE_SIZE], due[TOWN_DATE_SIZE], closes[TOWN_DATE_SIZE];
	make_congress(town, -20, -17, -19, congress);
	fixture_day(-19, filed);
	struct proposal_draft motion = draft_of("motion", "代表02、代表03，代表04\r\n p-05;", filed, congress);
	struct proposal_draft at_congress = draft_of("criticism", "", filed, congress);
	struct proposal_draft between = draft_of("suggestion", "代表07", filed, "");
	file_one(town, &motion, id[0]);
	file_one(town, &at_congress, id[1]);
	file_one(town, &at_congress, id[2]);
	file_one(town, &between, id[3]);
	assert_int_equal(now(town, id[0]).motion_number, 1);
	assert_int_equal(now(town, id[0]).number, 0);
	assert_int_equal(now(town, id[1]).number, 1);
	assert_int_equal(now(town, id[2]).number, 2);
	assert_int_equal(now(town, id[3]).number, 1);
	fixture_day(-17, closes);
	assert_string_equal(now(town, id[1]).due, later(closes, 0, 15, due));
	assert_string_equal(now(town, id[3]).due, later(filed, 0, 15, due));
	/* The motion becomes a suggestion: it gets the next number, and the next motion is the second. */
	step_ok(town, id[0], (struct proposal_order){.step = "convert", .text = "主席团决定"});
	assert_int_equal(now(town, id[0]).number, 3);
	assert_int_equal(now(town, id[0]).kind, PROPOSAL_SUGGESTION);
	refused(step(town, id[0], (struct proposal_order){.step = "convert"}), ERR_STATE, "不能");
	json_t *whole;
	assert_int_equal(proposal_open(town, id[0], &whole), ERR_OK);
	const json_t *steps = json_object_get(whole, "steps");
	assert_string_equal(text_of(json_array_get(steps, 1), "note"), "议案第1号改为建议第3号\n主席团决定");
	assert_string_equal(text_of(whole, "label"), "建议第3号");
	assert_string_equal(text_of(json_array_get(json_object_get(whole, "signers"), 2), "name"), "代表04");
	json_decref(whole);
	file_one(town, &motion, id[0]);
	assert_int_equal(now(town, id[0]).motion_number, 2);
	struct proposal_draft fewer = {.title = "标题", .text = "正文", .author = "代表01", .cosigners = "代表02、代表03"};
	refused(proposal_amend(town, id[0], &fewer, "office", &refusal), ERR_INVALID, "至少 5 位");
	/* The congress closed a day later than was entered: what waits counts from there. */
	char dates[2][TOWN_DATE_SIZE];
	struct congress_draft changed = {"第十九届人民代表大会第三次会议", fixture_day(-20, dates[0]), fixture_day(-16, dates[1]), ""};
	char same[UUID_SIZE];
	assert_int_equal(congress_save(town, congress, &changed, "office", same, &refusal), ERR_OK);
	assert_string_equal(same, congress);
	assert_string_equal(now(town, id[1]).due, later(closes, 0, 16, due));
	refused(congress_save(town, "", &changed, "office", same, &refusal), ERR_EXISTS, "已经有");
	changed.closes = "2020-01-01";
	refused(congress_save(town, congress, &changed, "office", same, &refusal), ERR_INVALID, "先后");
	assert_int_equal(congress_save(town, "none", &changed, "office", same, &refusal), ERR_INVALID);
}

static void test_way(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char id[UUID_SIZE], filed[TOWN_DATE_SIZE], transferred[TOWN_DATE_SIZE], due[TOWN_DATE_SIZE], day[TOWN_DATE_SIZE];
	fixture_day(-40, filed);
	fixture_day(-30, transferred);
	struct proposal_draft d = draft_of("suggestion", "代表07", filed, "");
	file_one(town, &d, id);
	refused(step(town, id, (struct proposal_order){.step = "answer", .text = "好"}), ERR_STATE, "不能");
	refused(step(town, id, (struct proposal_order){.step = "transfer"}), ERR_INVALID, "承办单位");
	refused(step(town, id, (struct proposal_order){.step = "transfer", .office = "乡农业办", .day = fixture_day(-41, day)}),
	        ERR_INVALID, "不能早于");
	refused(step(town, id, (struct proposal_order){.step = "transfer", .office = "乡农业办", .day = fixture_day(1, day)}),
	        ERR_INVALID, "今天之后");
	step_ok(town, id, (struct proposal_order){.step = "transfer", .office = "乡农业办", .day = transferred});
	assert_string_equal(now(town, id).due, later(transferred, 3, 0, due));
	refused(step(town, id, (struct proposal_order){.step = "extend"}), ERR_INVALID, "主席团同意");
	refused(step(town, id, (struct proposal_order){.step = "extend", .who = "主席团第八次会议", .due = later(transferred, 4, 1, due)}),
	        ERR_INVALID, "最晚");
	step_ok(town, id, (struct proposal_order){.step = "extend", .who = "主席团第八次会议"});
	assert_string_equal(now(town, id).due, later(transferred, 4, 0, due));
	refused(step(town, id, (struct proposal_order){.step = "extend", .who = "主席团"}), ERR_STATE, "延期过一次");
	refused(step(town, id, (struct proposal_order){.step = "answer", .text = "已修好"}), ERR_STATE, "当面沟通");
	refused(step(town, id, (struct proposal_order){.step = "talk"}), ERR_INVALID, "沟通情况");
	step_ok(town, id, (struct proposal_order){.step = "talk", .text = "在村委会面谈", .day = fixture_day(-10, day)});
	refused(step(town, id, (struct proposal_order){.step = "answer", .text = "已修好", .day = fixture_day(-11, day)}), ERR_INVALID,
	        "不能早于");
	step_ok(town, id, (struct proposal_order){.step = "answer", .text = "已修好", .day = fixture_day(-9, day)});
	assert_string_equal(now(town, id).due, "");
	refused(step(town, id, (struct proposal_order){.step = "withdraw"}), ERR_STATE, "不能");
	/* By the author alone, and with a reason; then it begins anew. */
	refused(proposal_rate(town, id, "p-07", RATING_SATISFIED, "", "phone", &refusal), ERR_DENIED, "领衔代表");
	refused(proposal_rate(town, id, "p-01", RATING_UNSATISFIED, " ", "phone", &refusal), ERR_INVALID, "理由");
	assert_int_equal(proposal_rate(town, id, "p-01", RATING_UNSATISFIED, "只补了一半", "phone", &refusal), ERR_OK);
	struct town_proposal p = now(town, id);
	assert_int_equal(p.state, PROPOSAL_REDO);
	assert_int_equal(p.round, 2);
	assert_false(p.talked || p.extended);
	assert_string_equal(p.due, later(fixture_day(0, day), 0, 15, due));
	assert_int_equal(proposal_rate(town, id, "p-01", RATING_SATISFIED, "", "phone", &refusal), ERR_STATE);
	step_ok(town, id, (struct proposal_order){.step = "transfer", .office = "乡教育办"});
	refused(step(town, id, (struct proposal_order){.step = "answer", .text = "好"}), ERR_STATE, "当面沟通");
	step_ok(town, id, (struct proposal_order){.step = "talk", .text = "再谈", .who = "李主任"});
	step_ok(town, id, (struct proposal_order){.step = "answer", .text = "全部修好"});
	step_ok(town, id, (struct proposal_order){.step = "satisfied"});
	assert_int_equal(now(town, id).state, PROPOSAL_CLOSED);
	refused(step(town, id, (struct proposal_order){.step = "talk", .text = "x"}), ERR_STATE, "办结");
	refused(step(town, id, (struct proposal_order){.step = "file"}), ERR_INVALID, "没有这个");
	assert_int_equal(step(town, "none", (struct proposal_order){.step = "talk"}), ERR_NOT_FOUND);
	int64_t links = 0, bad = 0;
	assert_int_equal(town_audit_verify(town, &links, &bad), ERR_OK);
	assert_int_equal(links, 1 + 9); /* filed, and nine steps that were done: none for those refused */
}

static void test_withdrawn_and_amended(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char id[UUID_SIZE], filed[TOWN_DATE_SIZE];
	struct proposal_draft d = draft_of("suggestion", "", fixture_day(-3, filed), "");
	file_one(town, &d, id);
	struct proposal_draft other = {.title = "新标题", .text = "", .author = "代表02", .cosigners = "代表03、代表01"};
	refused(proposal_amend(town, id, &other, "office", &refusal), ERR_INVALID, "正文");
	other.text = "新正文";
	other.cosigners = "代表02";
	refused(proposal_amend(town, id, &other, "office", &refusal), ERR_INVALID, "已经是领衔代表");
	other.cosigners = "代表03、代表01";
	assert_int_equal(proposal_amend(town, id, &other, "office", &refusal), ERR_OK);
	assert_int_equal(proposal_amend(town, "none", &other, "office", &refusal), ERR_NOT_FOUND);
	json_t *whole;
	assert_int_equal(proposal_open(town, id, &whole), ERR_OK);
	assert_string_equal(text_of(whole, "title"), "新标题");
	assert_string_equal(text_of(whole, "author"), "p-02");
	assert_string_equal(text_of(json_array_get(json_object_get(whole, "signers"), 1), "as"), "代表01");
	assert_string_equal(text_of(json_array_get(json_object_get(whole, "steps"), 1), "note"),
	                    "关于修缮小学操场的建议\n领衔代表：代表01\n操场多处开裂。\n请尽快修缮。");
	json_decref(whole);
	step_ok(town, id, (struct proposal_order){.step = "withdraw", .text = "已经解决"});
	assert_string_equal(now(town, id).due, "");
	refused(step(town, id, (struct proposal_order){.step = "transfer", .office = "x"}), ERR_STATE, "撤回");
	refused(proposal_amend(town, id, &other, "office", &refusal), ERR_STATE, "更正");
}

static size_t listed(struct town *town, const struct town_proposal_filter *from, bool *more)
{
	struct town_proposal_filter filter = *from;
	json_t *list;
	if (!filter.limit)
		filter.limit = 10;
	assert_int_equal(town_proposals_json(town->store, &filter, &list, more), ERR_OK);
	size_t count = json_array_size(list);
	json_decref(list);
	return count;
}

static void test_lists(void **state)
{
	struct town *town = &((struct town_fixture *)*state)->town;
	char congress[UUID_SIZE], id[UUID_SIZE], other[UUID_SIZE], filed[TOWN_DATE_SIZE], today[TOWN_DATE_SIZE], soon[TOWN_DATE_SIZE];
	bool more;
	make_congress(town, -20, -17, -19, congress);
	fixture_day(-19, filed);
	struct proposal_draft d = draft_of("suggestion", "代表07", filed, congress), e = draft_of("opinion", "", filed, "");
	e.author = "代表07";
	e.title = "100%_的事";
	file_one(town, &e, other);
	file_one(town, &d, id);
	assert_int_equal(listed(town, &(struct town_proposal_filter){0}, &more), 2);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.limit = 1}, &more), 1);
	assert_true(more);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.q = "操场"}, &more), 1);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.q = "%_"}, &more), 1);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.q = "代表07"}, &more), 1);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.q = "1"}, &more), 2); /* the number of both */
	assert_int_equal(listed(town, &(struct town_proposal_filter){.deputy = "p-07"}, &more), 2);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.deputy = "p-01"}, &more), 1);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.congress = ""}, &more), 1);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.congress = congress}, &more), 1);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.state = "closed"}, &more), 0);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.open = "1", .kind = "opinion"}, &more), 1);
	fixture_day(0, today);
	assert_int_equal(listed(town, &(struct town_proposal_filter){.due_before = today}, &more), 2);
	json_t *counts, *list, *whole;
	assert_int_equal(town_proposals_json(town->store, &(struct town_proposal_filter){.due_before = today, .by_due = true, .limit = 1},
	                                     &list, &more), ERR_OK);
	assert_string_equal(text_of(json_array_get(list, 0), "id"), other); /* due at once; the other's congress closed later */
	json_decref(list);
	assert_int_equal(town_proposal_counts_json(town->store, NULL, today, fixture_day(3, soon), &counts), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(counts, "total")), 2);
	assert_int_equal(json_integer_value(json_object_get(counts, "overdue")), 2);
	json_decref(counts);
	/* Who signed may read it, nobody else. */
	assert_int_equal(proposals_of(town, "p-07", &list), ERR_OK);
	assert_int_equal(json_array_size(list), 2);
	assert_true(json_is_true(json_object_get(json_array_get(list, 1), "mine")));
	assert_string_equal(text_of(json_array_get(list, 0), "light"), "red");
	json_decref(list);
	assert_int_equal(proposal_open_for(town, id, "p-02", &whole), ERR_NOT_FOUND);
	assert_int_equal(proposal_open_for(town, "none", "p-02", &whole), ERR_NOT_FOUND);
	assert_int_equal(proposal_open_for(town, id, "p-07", &whole), ERR_OK);
	assert_true(json_is_false(json_object_get(whole, "mine")));
	assert_null(json_object_get(json_array_get(json_object_get(whole, "steps"), 0), "user"));
	json_decref(whole);
	assert_int_equal(town_congresses_json(town->store, &list), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "waiting")), 1);
	json_decref(list);
}

#define TOWN_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_town_open, fixture_town_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TOWN_TEST(test_filing), TOWN_TEST(test_numbers_and_dates), TOWN_TEST(test_way),
		TOWN_TEST(test_withdrawn_and_amended), TOWN_TEST(test_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
