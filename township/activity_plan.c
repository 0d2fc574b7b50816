#include "township/activity_plan.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "model/civil.h"

enum err plan_refuse(struct plan_refusal *why, enum err e, const char *what, const char *remedy)
{
	snprintf(why->what, sizeof why->what, "%s", what);
	snprintf(why->remedy, sizeof why->remedy, "%s", remedy);
	return e;
}

void plan_new_id(char id[REPORT_ID_SIZE])
{
	uint8_t random[8];
	char hex[sizeof random * 2 + 1];
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(hex, sizeof hex, random, sizeof random);
	snprintf(id, REPORT_ID_SIZE, "a-%s", hex);
}

enum err plan_check(const struct activity *a, struct plan_refusal *why)
{
	const char *reason;
	if (!a->title[0])
		return plan_refuse(why, ERR_INVALID, "名称没有填写", "请写明活动的名称，再保存一次");
	if (a->ends_ms <= a->starts_ms)
		return plan_refuse(why, ERR_INVALID, "结束时间应在开始时间之后", "请核对开始和结束的日期、时间");
	if (activity_check(a, &reason))
		return plan_refuse(why, ERR_INVALID, "时间或人数超出了允许的范围", "一次活动、提前签到和宽限都不能超过七天；人数不能是负数");
	return ERR_OK;
}

enum err plan_save(struct town *town, const struct town_plan *plan, const char *user, struct plan_refusal *why)
{
	enum err e = plan_check(&plan->activity, why);
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = town_draft_put(town->store, plan, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "activity.planned", plan->activity.id, plan->activity.title);
	return town_end(town->store, e);
}

enum err plan_drop(struct town *town, const char *id, const char *user, struct plan_refusal *why)
{
	struct town_plan plan;
	enum err e = town_plan_get(town->store, id, &plan);
	if (e)
		return e == ERR_NOT_FOUND ? plan_refuse(why, e, "没有这个活动", "请从活动列表打开") : e;
	if (!plan.draft) {
		town_plan_clear(&plan);
		return plan_refuse(why, ERR_STATE, "活动已经公布，不能删除", "不办了，请取消它：大屏上会写明已取消");
	}
	e = town_begin(town->store);
	if (!e)
		e = town_draft_remove(town->store, id);
	if (!e)
		e = town_audit_user(town, user, "activity.dropped", id, plan.activity.title);
	town_plan_clear(&plan);
	return town_end(town->store, e);
}

/* ---- publishing ---- */

/* Whether the date was announced already: moving within the day needs no new notice. */
static bool same_day(const struct activity *known, const struct activity *a)
{
	return civil_compare(civil_from_ms(known->starts_ms).date, civil_from_ms(a->starts_ms).date) == 0;
}

/* The notice, for a date that is new. Kinds other than a group's have the home's number of days. */
static enum err check_notice(struct town *town, const struct activity *a, bool head, const char *late_reason,
                             struct plan_refusal *why)
{
	struct notice n = notice_check(&town->notice, a->kind, a->starts_ms, town_now_ms());
	if (n.in_time)
		return ERR_OK;
	if (!late_reason || !late_reason[0]) {
		snprintf(why->what, sizeof why->what, "公布太晚：%s应提前 %d 天公布，最晚应在 %s 公布",
		         a->kind == ACTIVITY_GROUP ? "小组活动" : "代表之家的活动", n.days, n.latest);
		snprintf(why->remedy, sizeof why->remedy, "%s",
		         head ? "请改到以后的日子；确实紧急的，写明原因后再公布，原因会留在活动上"
		              : "请改到以后的日子；确实紧急的，由人大办负责人写明原因后公布");
		return ERR_STATE;
	}
	if (!head)
		return plan_refuse(why, ERR_DENIED, "提前天数不足的活动，只能由人大办负责人公布", "请负责人登录后写明原因，再公布");
	return ERR_OK;
}

/* What is there already, if anything; whether it may be published over. */
static enum err check_known(struct town *town, const struct activity *a, struct activity *known, bool *there,
                            struct plan_refusal *why)
{
	enum err e = town_activity_get(town->store, a->id, known);
	*there = !e;
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if (known->cancelled)
		return plan_refuse(why, ERR_STATE, "活动已经取消，不能再改", "请另外计划一个活动");
	if (activity_phase_at(known, town_now_ms()) >= ACTIVITY_LINGERING)
		return plan_refuse(why, ERR_STATE, "活动已经结束，不能再改", "出席情况有误的，请用“更正”，原来的记录会保留");
	return ERR_OK;
}

/* The agenda alone is no publication: it stays at the office. */
static enum err keep_agenda(struct town *town, const struct town_plan *plan, const char *user)
{
	struct town_plan known;
	enum err e = town_plan_get(town->store, plan->activity.id, &known);
	if (e)
		return e;
	bool same = strcmp(known.agenda, plan->agenda) == 0;
	town_plan_clear(&known);
	if (same)
		return ERR_OK;
	e = town_agenda_put(town->store, plan->activity.id, plan->agenda);
	return e ? e : town_audit_user(town, user, "activity.agenda", plan->activity.id, plan->activity.title);
}

enum err plan_publish(struct town *town, const struct town_plan *plan, const char *user, bool head,
                      const char *late_reason, struct plan_refusal *why)
{
	const struct activity *a = &plan->activity;
	struct activity known;
	bool there = false;
	char who[80];
	enum err e = plan_check(a, why);
	if (!e && plan->invited.count == 0)
		e = plan_refuse(why, ERR_INVALID, "还没有参加人员", "请先把小组、层级或代表加入名单");
	if (!e)
		e = check_known(town, a, &known, &there, why);
	bool announced = !e && there && same_day(&known, a);
	if (!e && !announced)
		e = check_notice(town, a, head, late_reason, why);
	if (e)
		return e;
	struct notice n = notice_check(&town->notice, a->kind, a->starts_ms, town_now_ms());
	snprintf(who, sizeof who, "user:%s", user);
	e = town_begin(town->store);
	if (!e && !there)
		e = town_draft_remove(town->store, a->id);
	if (!e)
		e = activity_publish(town, a, &plan->invited, who, announced || n.in_time ? NULL : late_reason);
	if (!e)
		e = keep_agenda(town, plan, user);
	return town_end(town->store, e);
}

enum err plan_cancel(struct town *town, const char *id, const char *user, struct plan_refusal *why)
{
	struct activity a;
	char who[80];
	enum err e = town_activity_get(town->store, id, &a);
	if (e)
		return e == ERR_NOT_FOUND ? plan_refuse(why, e, "没有这个活动", "还没有公布的，请删除计划") : e;
	if (a.cancelled)
		return ERR_OK;
	if (activity_phase_at(&a, town_now_ms()) >= ACTIVITY_LINGERING)
		return plan_refuse(why, ERR_STATE, "活动已经结束，不能取消", "它的签到记录保持不变");
	snprintf(who, sizeof who, "user:%s", user);
	e = town_begin(town->store);
	if (!e)
		e = activity_cancel(town, &a, who);
	return town_end(town->store, e);
}
