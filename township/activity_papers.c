/* What is said of an activity afterwards: leave, corrections, minutes, photographs. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/activity_plan.h"

/* Text that somebody wrote, as it is looked at: whether there is anything in it. */
static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static enum err activity_there(struct town *town, const char *id, struct activity *a, struct plan_refusal *why)
{
	enum err e = town_activity_get(town->store, id, a);
	return e == ERR_NOT_FOUND ? plan_refuse(why, e, "没有这个活动", "请从活动列表打开；还没有公布的活动没有这些内容") : e;
}

enum err leave_decided(struct town *town, const char *activity, const char *deputy, enum leave_state state,
                       enum leave_reason reason, const char *user, struct town_leave *leave)
{
	char object[REPORT_ID_SIZE * 2];
	snprintf(object, sizeof object, "%.63s/%.63s", activity, deputy);
	enum err e = town_begin(town->store);
	if (!e)
		e = leave_decide(town, activity, deputy, state, reason, user, leave);
	if (!e)
		e = town_audit_user(town, user, state == LEAVE_GRANTED ? "leave.granted" : "leave.refused", object, "");
	return town_end(town->store, e);
}

/* ---- corrections ---- */

/* Only whoever stands on the activity's page can be corrected: somebody invited, or somebody who signed in. */
static enum err on_the_list(struct town *town, const char *activity, const char *deputy, struct plan_refusal *why)
{
	struct attendance_standing s;
	enum err e = attendance_standing(town, activity, deputy, &s);
	if (!e && !s.listed && !s.facts.signed_in)
		e = plan_refuse(why, ERR_NOT_FOUND, "这位代表不在这个活动的名单上", "请核对代表；漏请的，活动结束前可以改名单");
	return e;
}

enum err attendance_correct(struct town *town, const char *activity, const char *deputy, const char *counts,
                            const char *reason, const char *user, struct plan_refusal *why)
{
	struct activity a;
	char object[REPORT_ID_SIZE * 2], detail[TOWN_REASON_SIZE + 32];
	if (!town_correction_known(counts))
		return plan_refuse(why, ERR_INVALID, "没有选更正为什么", "请选到会、迟到、请假、缺席，或恢复原来的记录");
	if (is_blank(reason) || strlen(reason) >= TOWN_REASON_SIZE)
		return plan_refuse(why, ERR_INVALID, "原因没有填写，或者太长", "请写明为什么更正，三百字以内");
	enum err e = activity_there(town, activity, &a, why);
	if (!e && a.cancelled)
		e = plan_refuse(why, ERR_STATE, "活动已经取消，不计出席", "不用更正");
	if (!e && activity_phase_at(&a, town_now_ms()) == ACTIVITY_AHEAD)
		e = plan_refuse(why, ERR_STATE, "活动还没有开始签到", "请在签到开始以后更正；不能来的，请办理请假");
	if (!e)
		e = on_the_list(town, activity, deputy, why);
	if (e)
		return e;
	snprintf(object, sizeof object, "%.63s/%.63s", activity, deputy);
	snprintf(detail, sizeof detail, "%s：%s", counts, reason);
	e = town_begin(town->store);
	if (!e)
		e = town_correction_add(town->store, activity, deputy, counts, reason, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "attendance.corrected", object, detail);
	return town_end(town->store, e);
}

/* ---- minutes ---- */

enum err minutes_save(struct town *town, const char *activity, const char *text, const char *recorder, bool final,
                      const char *user, struct plan_refusal *why)
{
	struct activity a;
	if (is_blank(text) || strlen(text) >= TOWN_MINUTES_SIZE)
		return plan_refuse(why, ERR_INVALID, "纪要没有填写，或者太长", "请写明议了什么、定了什么；最长约四万字");
	if (is_blank(recorder))
		return plan_refuse(why, ERR_INVALID, "记录人没有填写", "请写明是谁记录的");
	enum err e = activity_there(town, activity, &a, why);
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = town_minutes_put(town->store, activity, text, recorder, user, town_now_ms());
	if (!e && final)
		e = town_minutes_final(town->store, activity, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, final ? "minutes.final" : "minutes.saved", activity, a.title);
	e = town_end(town->store, e);
	return e == ERR_STATE ? plan_refuse(why, e, "纪要已经定稿，不能再改", "有遗漏或错误，请写补充，补充附在纪要后面") : e;
}

enum err minutes_add(struct town *town, const char *activity, const char *text, const char *user, struct plan_refusal *why)
{
	struct town_minutes m;
	if (is_blank(text) || strlen(text) >= TOWN_MINUTES_SIZE)
		return plan_refuse(why, ERR_INVALID, "补充没有填写，或者太长", "请写明补充或更正的内容");
	enum err e = town_minutes_get(town->store, activity, &m);
	bool final = !e && m.final_ms > 0;
	if (!e)
		town_minutes_clear(&m);
	if (e == ERR_NOT_FOUND || (!e && !final))
		return plan_refuse(why, ERR_STATE, "纪要还没有定稿", "可以直接修改纪要；定稿以后才写补充");
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = town_addendum_add(town->store, activity, text, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "minutes.added", activity, "");
	return town_end(town->store, e);
}

/* ---- photographs ---- */

enum err photo_keep(struct town *town, struct town_photo *photo, const char *user, struct plan_refusal *why)
{
	struct activity a;
	int64_t count = 0;
	uint8_t random[16];
	enum err e = activity_there(town, photo->activity, &a, why);
	if (!e)
		e = town_photo_count(town->store, photo->activity, &count);
	if (!e && count >= PHOTOS_MAX)
		e = plan_refuse(why, ERR_STATE, "这个活动的照片已经有六十张", "请先撤下不用的照片，再加新的");
	if (e)
		return e;
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(photo->id, sizeof photo->id, random, sizeof random);
	e = town_begin(town->store);
	if (!e)
		e = town_photo_add(town->store, photo, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "photo.added", photo->activity, photo->id);
	return town_end(town->store, e);
}

enum err photo_caption(struct town *town, const char *activity, const char *id, const char *caption, const char *user,
                       struct plan_refusal *why)
{
	if (strlen(caption) >= TOWN_CAPTION_SIZE)
		return plan_refuse(why, ERR_INVALID, "说明太长", "请写短一些，一百字以内");
	enum err e = town_begin(town->store);
	if (!e)
		e = town_photo_caption(town->store, activity, id, caption);
	if (!e)
		e = town_audit_user(town, user, "photo.captioned", activity, id);
	e = town_end(town->store, e);
	return e == ERR_NOT_FOUND ? plan_refuse(why, e, "没有这张照片", "它可能已经撤下") : e;
}

enum err photo_remove(struct town *town, const char *activity, const char *id, const char *reason, const char *user,
                      struct plan_refusal *why)
{
	char detail[TOWN_REASON_SIZE + TOWN_PHOTO_ID_SIZE + 8];
	if (is_blank(reason) || strlen(reason) >= TOWN_REASON_SIZE)
		return plan_refuse(why, ERR_INVALID, "原因没有填写，或者太长", "请写明为什么撤下这张照片");
	snprintf(detail, sizeof detail, "%s：%s", id, reason);
	enum err e = town_begin(town->store);
	if (!e)
		e = town_photo_remove(town->store, activity, id, reason, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "photo.removed", activity, detail);
	e = town_end(town->store, e);
	return e == ERR_NOT_FOUND ? plan_refuse(why, e, "没有这张照片", "它可能已经撤下") : e;
}
