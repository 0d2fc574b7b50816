#include "township/evaluations.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/proposals.h"

enum { NAME_MAX_CHARS = 60, NOTE_MAX_CHARS = 1000, NOTE_SIZE = NOTE_MAX_CHARS * 4 + 1 };

static enum err read_subject(struct town *town, const struct evaluation_draft *d, struct town_evaluation *v, char name[128],
                             struct refusal *r)
{
	if (!d->kind || evaluation_kind_parse(d->kind, &v->kind))
		return refuse_with(r, ERR_INVALID, "请选择代表述职评议或站所评议", "没有选择评议的种类");
	v->deputy[0] = v->office[0] = '\0';
	if (v->kind == EVALUATION_OFFICE) {
		if (proposal_clean(d->office, false, NAME_MAX_CHARS / 2, v->office, sizeof v->office))
			return refuse_with(r, ERR_TOO_LONG, "单位名称请不超过 30 字", "单位名称太长");
		if (!v->office[0])
			return refuse_with(r, ERR_INVALID, "例如：青禾乡派出所", "没有填写被评议的单位");
		snprintf(name, 128, "%.124s", v->office);
		return ERR_OK;
	}
	if (!d->deputy || !d->deputy[0])
		return refuse_with(r, ERR_INVALID, "请选择述职的代表", "没有选择代表");
	enum err e = town_deputy_resolve(town->store, d->deputy, v->deputy);
	if (e == ERR_NOT_FOUND)
		return refuse_with(r, e, "请从名册中选择", "名册上没有这位代表");
	if (e == ERR_EXISTS)
		return refuse_with(r, ERR_INVALID, "请从名册中选择", "有几位代表同名");
	return e ? e : town_deputy_name(town->store, v->deputy, name);
}

static enum err read_draft(struct town *town, const struct evaluation_draft *d, struct town_evaluation *v, struct refusal *r)
{
	char name[128];
	struct civil_date day;
	enum err e = read_subject(town, d, v, name, r);
	if (e)
		return e;
	if (proposal_clean(d->title, false, EVALUATION_TITLE_MAX_CHARS, v->title, sizeof v->title) ||
	    proposal_clean(d->place, false, NAME_MAX_CHARS, v->place, sizeof v->place))
		return refuse_with(r, ERR_TOO_LONG, "名称和地点请各不超过 60 字", "文字太长");
	if (!v->title[0])
		snprintf(v->title, sizeof v->title, "%.120s%s", name, v->kind == EVALUATION_DEPUTY ? "代表述职评议" : "工作评议");
	if (!d->day || civil_parse(d->day, &day) || !str_copy(v->day, sizeof v->day, d->day))
		return refuse_with(r, ERR_INVALID, "请填写评议的日期，例如 2026-11-20", "日期不正确");
	return ERR_OK;
}

static enum err save(struct town *town, struct town_evaluation *v, const struct evaluation_draft *d, const char *user,
                     bool fresh, struct refusal *r)
{
	struct town_evaluation was;
	if (!fresh) {
		enum err e = town_evaluation_get(town->store, v->id, v);
		if (e)
			return e;
	}
	was = *v;
	if (v->state > EVALUATION_OPEN)
		return refuse_with(r, ERR_STATE, "登记票数以后，评议的内容不再改动", "现在不能修改");
	enum err e = read_draft(town, d, v, r);
	if (e)
		return e;
	if (was.state == EVALUATION_OPEN &&
	    (was.kind != v->kind || strcmp(was.deputy, v->deputy) != 0 || strcmp(was.office, v->office) != 0))
		return refuse_with(r, ERR_STATE, "如果弄错了评议对象，请另建一次评议", "测评已经开始，评议对象不能再改");
	e = fresh ? town_evaluation_add(town->store, v) : town_evaluation_update(town->store, v, NULL);
	return e ? e : town_audit_user(town, user, fresh ? "evaluation.planned" : "evaluation.changed", v->id, v->day);
}

enum err evaluation_save(struct town *town, const char *id, const struct evaluation_draft *draft, const char *user,
                         char made[UUID_SIZE], struct refusal *refusal)
{
	struct town_evaluation v = {.state = EVALUATION_DRAFT, .min_voters = town->evaluations.min_voters,
	                            .created_ms = town_now_ms()};
	uint8_t random[10];
	*refusal = (struct refusal){0};
	snprintf(v.created_by, sizeof v.created_by, "%s", user);
	if (id[0] && !str_copy(v.id, sizeof v.id, id))
		return ERR_NOT_FOUND;
	if (!id[0]) {
		randombytes_buf(random, sizeof random);
		uuid7_make(v.created_ms, random, v.id);
	}
	enum err e = town_begin(town->store);
	if (!e)
		e = town_end(town->store, save(town, &v, draft, user, !id[0], refusal));
	if (!e)
		memcpy(made, v.id, UUID_SIZE);
	return e;
}

/* Reads it inside a transaction that has begun, and refuses where it is not in that state. */
static enum err take(struct town *town, const char *id, enum evaluation_state state, struct town_evaluation *v,
                     struct refusal *r)
{
	static const char *const now[] = {"还没有开始测评", "测评正在进行，还没有登记票数", "票数已经登记，等待另一人核对", "结果已经确认，不再改动"};
	enum err e = town_evaluation_get(town->store, id, v);
	if (!e && v->state != state)
		e = refuse_with(r, ERR_STATE, "请刷新页面，看现在可以办的", "%s", now[v->state]);
	return e;
}

enum err evaluation_begin(struct town *town, const char *id, const char *user, struct refusal *refusal)
{
	struct town_evaluation v;
	*refusal = (struct refusal){0};
	enum err e = town_begin(town->store);
	if (e)
		return e;
	e = take(town, id, EVALUATION_DRAFT, &v, refusal);
	if (!e) {
		v.state = EVALUATION_OPEN;
		e = town_evaluation_update(town->store, &v, NULL);
	}
	if (!e)
		e = town_audit_user(town, user, "evaluation.opened", id, "");
	return town_end(town->store, e);
}

enum err evaluation_drop(struct town *town, const char *id, const char *user, struct refusal *refusal)
{
	*refusal = (struct refusal){0};
	enum err e = town_begin(town->store);
	if (e)
		return e;
	e = town_evaluation_drop(town->store, id);
	if (e == ERR_STATE)
		e = refuse_with(refusal, e, "已经开始的测评不能删除", "只有还没开始的可以删除");
	if (!e)
		e = town_audit_user(town, user, "evaluation.dropped", id, "");
	return town_end(town->store, e);
}

/* ---- the count ---- */

static bool read_number(const char *typed, int *out)
{
	char clean[16];
	const char *p = clean;
	int64_t n;
	if (proposal_clean(typed, false, sizeof clean, clean, sizeof clean) || !str_take_number(&p, &n) || *p || n > BALLOTS_MAX)
		return false;
	*out = (int)n;
	return true;
}

static enum err read_ballots(const struct count_draft *d, struct ballots *b, struct refusal *r)
{
	const struct {
		const char *typed, *name;
		int *out;
	} fields[] = {{d->handed_out, "发出票数", &b->handed_out}, {d->returned, "收回票数", &b->returned},
	              {d->satisfied, "满意", &b->satisfied},       {d->basically, "基本满意", &b->basically},
	              {d->unsatisfied, "不满意", &b->unsatisfied}, {d->invalid, "无效票", &b->invalid}};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (!read_number(fields[i].typed, fields[i].out))
			return refuse_with(r, ERR_INVALID, "请填写 0 到 100000 的整数；没有的填 0", "“%s”不是票数", fields[i].name);
	switch (ballots_check(b)) {
	case BALLOTS_FIT: return ERR_OK;
	case BALLOTS_RETURNED:
		return refuse_with(r, ERR_INVALID, "请核对发出和收回的票数", "收回 %d 张，比发出的 %d 张还多", b->returned, b->handed_out);
	case BALLOTS_SUM:
		return refuse_with(r, ERR_INVALID, "请重新清点：满意、基本满意、不满意和无效票相加应等于收回票数",
		                   "四项相加是 %d 张，收回的是 %d 张", ballots_valid(b) + b->invalid, b->returned);
	default: return refuse_with(r, ERR_INVALID, "请填写发出的测评票数", "没有发出测评票");
	}
}

/* What a person counted is theirs to change until another has confirmed it. */
static enum err take_for_count(struct town *town, const char *id, const char *user, struct town_evaluation *v,
                               struct refusal *r)
{
	enum err e = town_evaluation_get(town->store, id, v);
	if (e)
		return e;
	if (v->state != EVALUATION_COUNTED)
		return take(town, id, EVALUATION_OPEN, v, r);
	return strcmp(v->counted_by, user) == 0
	           ? ERR_OK
	           : refuse_with(r, ERR_STATE, "如有不符，请点“退回重新清点”", "票数由 %.60s 登记，只能由本人修改", v->counted_by);
}

enum err evaluation_count(struct town *town, const char *id, const struct count_draft *draft, const char *user,
                          struct refusal *refusal)
{
	struct town_evaluation v;
	struct ballots ballots = {0};
	char today[TOWN_DATE_SIZE], comments[EVALUATION_COMMENTS_SIZE], detail[96];
	*refusal = (struct refusal){0};
	enum err e = read_ballots(draft, &ballots, refusal);
	if (e)
		return e;
	if (proposal_clean(draft->comments, true, EVALUATION_COMMENTS_MAX_CHARS, comments, sizeof comments))
		return refuse_with(refusal, ERR_TOO_LONG, "请不超过 4000 字", "意见汇总太长");
	e = town_begin(town->store);
	if (e)
		return e;
	town_today(today);
	e = take_for_count(town, id, user, &v, refusal);
	if (!e && strcmp(v.day, today) > 0)
		e = refuse_with(refusal, ERR_STATE, "请核对评议日期，或到评议以后再登记", "评议日期是 %s，还没有到", v.day);
	if (!e) {
		v.state = EVALUATION_COUNTED;
		v.ballots = ballots;
		v.min_voters = town->evaluations.min_voters;
		v.counted_ms = town_now_ms();
		snprintf(v.counted_by, sizeof v.counted_by, "%s", user);
		e = town_evaluation_update(town->store, &v, comments);
	}
	snprintf(detail, sizeof detail, "%d %d: %d %d %d %d", ballots.handed_out, ballots.returned, ballots.satisfied,
	         ballots.basically, ballots.unsatisfied, ballots.invalid);
	if (!e)
		e = town_audit_user(town, user, "evaluation.counted", id, detail);
	return town_end(town->store, e);
}

enum err evaluation_confirm(struct town *town, const char *id, int64_t counted_ms, const char *user, struct refusal *refusal)
{
	struct town_evaluation v;
	*refusal = (struct refusal){0};
	enum err e = town_begin(town->store);
	if (e)
		return e;
	e = take(town, id, EVALUATION_COUNTED, &v, refusal);
	if (!e && strcmp(v.counted_by, user) == 0)
		e = refuse_with(refusal, ERR_STATE, "请另一位同事用自己的账号登录，对照测评票核对后确认", "登记票数的人不能自己确认");
	if (!e && v.counted_ms != counted_ms)
		e = refuse_with(refusal, ERR_STATE, "请对照测评票，把现在的票数再核对一遍", "票数刚刚改过，和您核对的不一样");
	if (!e) {
		v.state = EVALUATION_CLOSED;
		v.poor = ballots_poor(&v.ballots);
		v.confirmed_ms = town_now_ms();
		snprintf(v.confirmed_by, sizeof v.confirmed_by, "%s", user);
		e = town_evaluation_update(town->store, &v, NULL);
	}
	if (!e)
		e = town_audit_user(town, user, "evaluation.confirmed", id, "");
	return town_end(town->store, e);
}

enum err evaluation_recount(struct town *town, const char *id, const char *reason, const char *user, struct refusal *refusal)
{
	struct town_evaluation v;
	char why[NOTE_SIZE], today[TOWN_DATE_SIZE];
	*refusal = (struct refusal){0};
	if (proposal_clean(reason, false, NOTE_MAX_CHARS, why, sizeof why) || !why[0])
		return refuse_with(refusal, ERR_INVALID, "请写明哪里不符，不超过 1000 字", "没有写退回的原因，或写得太长");
	enum err e = town_begin(town->store);
	if (e)
		return e;
	e = take(town, id, EVALUATION_COUNTED, &v, refusal);
	if (!e) {
		town_today(today);
		v.state = EVALUATION_OPEN;
		e = town_evaluation_update(town->store, &v, NULL);
	}
	if (!e)
		e = town_evaluation_note_add(town->store, id, "sent_back", today, why, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "evaluation.sent_back", id, why);
	return town_end(town->store, e);
}

enum err evaluation_note(struct town *town, const char *id, const char *kind, const char *day, const char *text,
                         const char *user, struct refusal *refusal)
{
	struct town_evaluation v;
	struct civil_date date;
	char clean[NOTE_SIZE], today[TOWN_DATE_SIZE], act[48];
	*refusal = (struct refusal){0};
	bool put_right = kind && strcmp(kind, "put_right") == 0;
	if (!put_right && (!kind || strcmp(kind, "correction") != 0))
		return refuse_with(refusal, ERR_INVALID, "请在页面上选择", "没有这种说明");
	if (proposal_clean(text, true, NOTE_MAX_CHARS, clean, sizeof clean))
		return refuse_with(refusal, ERR_TOO_LONG, "请不超过 1000 字", "写得太长");
	if (!clean[0])
		return refuse_with(refusal, ERR_INVALID, put_right ? "请写明怎样整改、结果如何" : "请写明哪里有误、为什么，以及正确的数字",
		                   "没有填写内容");
	town_today(today);
	if (!day || !day[0])
		day = today;
	if (civil_parse(day, &date) || strcmp(day, today) > 0)
		return refuse_with(refusal, ERR_INVALID, "请填写实际的日期，不能在今天之后", "日期不正确");
	enum err e = town_begin(town->store);
	if (e)
		return e;
	e = take(town, id, EVALUATION_CLOSED, &v, refusal);
	if (!e && put_right && !v.poor)
		e = refuse_with(refusal, ERR_STATE, "不满意超过三分之一的，才需要登记整改", "这次评议不需要整改");
	if (!e)
		e = town_evaluation_note_add(town->store, id, kind, day, clean, user, town_now_ms());
	snprintf(act, sizeof act, "evaluation.%s", kind);
	if (!e)
		e = town_audit_user(town, user, act, id, day);
	return town_end(town->store, e);
}
