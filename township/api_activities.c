/* Activities, leave and flags, for the office. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "model/utf8.h"
#include "township/activity_plan.h"
#include "township/api.h"

enum { INVITED_MAX = 4000, ACTIVITIES_MAX = 500, BACK_DAYS = 400 };

static void reply_list(struct reply *rp, enum err e, const char *name, json_t *list)
{
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:o}", name, list));
}

void api_activities(struct request *rq, struct reply *rp)
{
	int64_t from;
	json_t *list = NULL;
	if (!request_number(rq, "from", 0, INT64_MAX, town_now_ms() - BACK_DAYS * 86400000LL, &from)) {
		reply_error(rp, 400, "bad_query", "查询条件不正确", "from 是 1970 年以来的毫秒数");
		return;
	}
	enum err e = town_activities_json(rq->town->store, from, ACTIVITIES_MAX, &list);
	reply_list(rp, e, "activities", list);
}

/* Whether they were there: by the office's correction where there is one, else by the record. */
static bool person_counts(const json_t *person)
{
	const char *counts = json_string_value(json_object_get(json_object_get(person, "correction"), "counts"));
	return counts ? strcmp(counts, "present") == 0 || strcmp(counts, "late") == 0
	              : json_is_object(json_object_get(person, "attendance"));
}

static void reply_activity(struct request *rq, struct reply *rp, const char *id)
{
	struct activity a;
	json_t *people = NULL;
	int invited = 0, present = 0, counted = 0;
	size_t i;
	const json_t *p;
	enum err e = town_activity_get(rq->town->store, id, &a);
	if (!e)
		e = town_activity_people_json(rq->town->store, id, &people);
	if (e) {
		reply_err(rp, e);
		return;
	}
	json_array_foreach (people, i, p) {
		bool listed = json_is_true(json_object_get(p, "listed"));
		invited += listed;
		present += listed && json_is_object(json_object_get(p, "attendance"));
		counted += listed && person_counts(p);
	}
	reply_json(rp, 200,
	           json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s:i, s:i, s:i, s:i, s:o}", "id", a.id, "kind",
	                     activity_kind_id(a.kind), "title", a.title, "place", a.place, "starts",
	                     (json_int_t)a.starts_ms, "ends", (json_int_t)a.ends_ms, "opens_min", a.opens_min, "grace_min",
	                     a.grace_min, "quorum", a.quorum, "signs_out", a.signs_out, "cancelled", a.cancelled, "invited",
	                     invited, "present", present, "counted", counted, "needed", activity_quorum(&a, invited), "people",
	                     people));
}

void api_activity(struct request *rq, struct reply *rp)
{
	reply_activity(rq, rp, rq->args[0]);
}

/* A whole number, or what there is already when it is absent; false when it is something else. */
static bool take_int(const json_t *object, const char *member, int *out)
{
	const json_t *v = json_object_get(object, member);
	if (!v)
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > INT32_MAX)
		return false;
	*out = (int)json_integer_value(v);
	return true;
}

static bool take_text(const json_t *object, const char *member, char *out, size_t size)
{
	const json_t *v = json_object_get(object, member);
	if (!v)
		return true;
	return json_is_string(v) &&
	       utf8_clean(json_string_value(v), json_string_length(v), false, size, out, size) == ERR_OK;
}

/* NULL, or what is wrong, for the office's screen. */
static const char *read_activity(const json_t *j, struct activity *a)
{
	const json_t *starts = json_object_get(j, "starts"), *ends = json_object_get(j, "ends");
	const json_t *signs_out = json_object_get(j, "signs_out");
	const char *kind = json_string_value(json_object_get(j, "kind")), *why;
	if (json_object_get(j, "kind") && (!kind || activity_kind_parse(kind, &a->kind)))
		return "没有这个类别";
	if (!take_text(j, "title", a->title, sizeof a->title) || !a->title[0])
		return "名称没有填写，或者太长";
	if (!take_text(j, "place", a->place, sizeof a->place))
		return "地点太长";
	if (!json_is_integer(starts) || !json_is_integer(ends))
		return "开始和结束时间没有填写";
	a->starts_ms = json_integer_value(starts);
	a->ends_ms = json_integer_value(ends);
	if (a->ends_ms <= a->starts_ms)
		return "结束时间应在开始时间之后";
	if (!take_int(j, "opens_min", &a->opens_min) || !take_int(j, "grace_min", &a->grace_min) ||
	    !take_int(j, "quorum", &a->quorum) || (signs_out && !json_is_boolean(signs_out)))
		return "签到提前、宽限的分钟数，法定人数或签退不正确";
	if (signs_out)
		a->signs_out = json_is_true(signs_out);
	return activity_check(a, &why) ? "时间或人数超出了允许的范围" : NULL;
}

/* Each is a name, or {"deputy","seat"}. `at_fault` gets the one nobody is called. */
static enum err read_invited(struct town *town, const json_t *items, struct town_invitees *list, char at_fault[128])
{
	size_t i;
	json_t *item;
	if (!json_is_array(items) || json_array_size(items) == 0 || json_array_size(items) > INVITED_MAX)
		return ERR_INVALID;
	json_array_foreach (items, i, item) {
		const char *name = json_string_value(json_is_object(item) ? json_object_get(item, "deputy") : item);
		const json_t *seat_json = json_is_object(item) ? json_object_get(item, "seat") : NULL;
		const char *seat = seat_json ? json_string_value(seat_json) : "";
		if (!name || !name[0] || !seat || strlen(seat) >= ACTIVITY_SEAT_SIZE)
			return ERR_INVALID;
		struct activity_who who = activity_who_of(name, seat);
		enum err e = activity_invite(town, &who, list);
		if (e) {
			snprintf(at_fault, 128, "%.100s", name);
			return e;
		}
	}
	return ERR_OK;
}

static void reply_uninvited(struct reply *rp, enum err e, const char *at_fault)
{
	char message[200];
	if (e == ERR_INVALID || e == ERR_TOO_LONG) {
		reply_error(rp, 422, "bad_invited", "参加人员没有填写，或者不正确",
		            "invited 是数组：all、层级、小组名、代表的姓名或编号，或 {deputy, seat}");
	} else if (e == ERR_NOT_FOUND || e == ERR_EXISTS) {
		snprintf(message, sizeof message, e == ERR_EXISTS ? "有几位代表都叫%s" : "没有这位代表或小组：%s", at_fault);
		reply_error(rp, 422, e == ERR_EXISTS ? "several_deputies" : "no_such_deputy", message,
		            e == ERR_EXISTS ? "请写代表的编号" : "请核对名册");
	} else {
		reply_err(rp, e);
	}
}

void api_activity_post(struct request *rq, struct reply *rp)
{
	struct activity a = {.kind = ACTIVITY_HOME, .opens_min = ACTIVITY_OPENS_MIN, .grace_min = ACTIVITY_GRACE_MIN};
	struct town_invitees list = {0};
	const char *id = request_text(rq, "id");
	char at_fault[128] = "", who[80];
	enum err e = ERR_OK;
	snprintf(who, sizeof who, "user:%s", rq->user.name);
	if (id) {
		e = town_activity_get(rq->town->store, id, &a);
	} else {
		plan_new_id(a.id);
	}
	if (e) {
		reply_err(rp, e);
		return;
	}
	const char *wrong = read_activity(rq->json, &a);
	if (wrong) {
		reply_error(rp, 422, "bad_activity", wrong, "请改正后再提交");
		return;
	}
	e = read_invited(rq->town, json_object_get(rq->json, "invited"), &list, at_fault);
	if (e) {
		town_invitees_clear(&list);
		reply_uninvited(rp, e, at_fault);
		return;
	}
	e = town_begin(rq->town->store);
	if (!e)
		e = activity_publish(rq->town, &a, &list, who, NULL);
	e = town_end(rq->town->store, e);
	town_invitees_clear(&list);
	rp->changed = !e;
	if (e)
		reply_err(rp, e);
	else
		reply_activity(rq, rp, a.id);
}

void api_activity_cancel(struct request *rq, struct reply *rp)
{
	struct activity a;
	char who[80];
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	snprintf(who, sizeof who, "user:%s", rq->user.name);
	if (!e && !a.cancelled && activity_phase_at(&a, town_now_ms()) >= ACTIVITY_LINGERING) {
		reply_error(rp, 409, "activity_over", "活动已经结束，不能取消", "它的签到记录保持不变");
		return;
	}
	if (!e && !a.cancelled) {
		e = town_begin(rq->town->store);
		if (!e)
			e = activity_cancel(rq->town, &a, who);
		e = town_end(rq->town->store, e);
		rp->changed = !e;
	}
	if (e)
		reply_err(rp, e);
	else
		reply_activity(rq, rp, a.id);
}

void api_leave_decide(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE];
	const char *wanted = request_text(rq, "state"), *why = request_text(rq, "reason");
	enum leave_state state;
	enum leave_reason reason = LEAVE_OTHER;
	struct town_leave leave;
	if (!wanted || leave_state_parse(wanted, &state) || (state != LEAVE_GRANTED && state != LEAVE_REFUSED) ||
	    (why && leave_reason_parse(why, &reason))) {
		reply_error(rp, 422, "bad_leave", "请假的处理不正确", "state 应为 granted 或 refused");
		return;
	}
	enum err e = town_deputy_resolve(rq->town->store, rq->args[1], deputy);
	if (e == ERR_EXISTS) {
		reply_error(rp, 409, "several_deputies", "有几位代表同名", "请用代表的编号");
		return;
	}
	/* Somebody who is not on the roster any more may have asked all the same. */
	if (e == ERR_NOT_FOUND)
		e = str_copy(deputy, sizeof deputy, rq->args[1]) ? ERR_OK : ERR_NOT_FOUND;
	if (!e)
		e = leave_decided(rq->town, rq->args[0], deputy, state, reason, rq->user.name, &leave);
	rp->changed = !e;
	if (e == ERR_NOT_FOUND)
		reply_error(rp, 404, "no_leave", "没有这个活动，或这位代表没有请假", "请核对活动编号和代表");
	else if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200,
		           json_pack("{s:s, s:s, s:s, s:s, s:I}", "activity", leave.activity, "deputy", leave.deputy, "state",
		                     leave_state_id(leave.state), "reason", leave_reason_id(leave.reason), "at",
		                     (json_int_t)leave.at_ms));
}

void api_leaves(struct request *rq, struct reply *rp)
{
	json_t *list = NULL;
	enum err e = town_leaves_json(rq->town->store, &list);
	reply_list(rp, e, "leaves", list);
}

void api_flags(struct request *rq, struct reply *rp)
{
	json_t *list = NULL;
	enum err e = town_flags_json(rq->town->store, &list);
	reply_list(rp, e, "flags", list);
}
