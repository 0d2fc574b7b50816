/* What kiosks and phones say of attendance and leave: kept as it was at the door, published, and flagged where it is odd. */
#include "township/attendance.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "model/str.h"

enum { CHANGE_ID_SIZE = 64 };

/* Ids as they travel: of activities "a-…", of deputies "p-…"; whatever else a box may have, but nothing that would not
 * be one id any more. */
static bool id_good(const char *id)
{
	size_t n = id ? strlen(id) : 0;
	for (size_t i = 0; i < n; i++)
		if (id[i] <= ' ' || id[i] > '~' || id[i] == '/')
			return false;
	return n > 0 && n < REPORT_ID_SIZE;
}

/* "A/D", or the hash of it where that is too long. */
static void change_id(const char *activity, const char *deputy, char out[CHANGE_ID_SIZE])
{
	char whole[REPORT_ID_SIZE * 2];
	uint8_t hash[16];
	int n = snprintf(whole, sizeof whole, "%s/%s", activity, deputy);
	if (str_copy(out, CHANGE_ID_SIZE, whole))
		return;
	crypto_generichash(hash, sizeof hash, (const uint8_t *)whole, (unsigned long long)n, NULL, 0);
	sodium_bin2hex(out, CHANGE_ID_SIZE, hash, sizeof hash);
}

static enum err publish(struct town *town, const char *type, const char *id, json_t *data)
{
	enum err e = data ? town_change_put(town->store, type, "put", id, data, town_now_ms()) : ERR_NOMEM;
	json_decref(data);
	return e;
}

/* The record as it is now; nothing as long as nobody signed in. */
static enum err publish_attendance(struct town *town, const char *activity, const char *deputy)
{
	struct town_sign_in in;
	char id[CHANGE_ID_SIZE];
	int64_t out_ms = 0;
	enum err e = town_sign_in_get(town->store, activity, deputy, &in);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	enum err out = town_sign_out_get(town->store, activity, deputy, &out_ms);
	if (out && out != ERR_NOT_FOUND)
		return out;
	change_id(activity, deputy, id);
	return publish(town, "attendance", id,
	               json_pack("{s:s, s:s, s:I, s:b, s:s, s:s, s:b, s:b, s:s, s:o}", "activity", activity, "deputy",
	                         deputy, "at", (json_int_t)in.at_ms, "clock_ok", in.clock_ok, "by", sign_by_id(in.by),
	                         "timing", timing_id(in.timing), "listed", in.listed, "on_leave", in.on_leave, "kiosk",
	                         in.by == SIGN_BY_PHONE ? "" : in.kiosk, "out_at",
	                         out ? json_null() : json_integer(out_ms)));
}

static enum err publish_leave(struct town *town, const struct town_leave *l)
{
	char id[CHANGE_ID_SIZE];
	change_id(l->activity, l->deputy, id);
	return publish(town, "leave", id,
	               json_pack("{s:s, s:s, s:I, s:s, s:s}", "activity", l->activity, "deputy", l->deputy, "at",
	                         (json_int_t)l->at_ms, "reason", leave_reason_id(l->reason), "state",
	                         leave_state_id(l->state)));
}

/* Something that a person should look at, once for each `about`. */
static enum err flag_about(struct town *town, const struct event_head *head, const char *about, const char *what,
                           const char *deputy, const char *activity, const char *detail)
{
	struct town_flag f = {.at_ms = head->at_ms,
	                      .what = what,
	                      .deputy = deputy,
	                      .activity = activity,
	                      .detail = detail,
	                      .kiosk = head->kiosk};
	snprintf(f.id, sizeof f.id, "%s.%s", about, what);
	enum err e = town_flag_add(town->store, &f);
	if (e)
		return e == ERR_EXISTS ? ERR_OK : e;
	return publish(town, "flag", f.id,
	               json_pack("{s:I, s:s, s:s, s:s, s:s}", "at", (json_int_t)f.at_ms, "what", what, "deputy", deputy,
	                         "activity", activity, "detail", detail));
}

/* Once for each event, however often that comes. */
static enum err flag(struct town *town, const struct event_head *head, const char *what, const char *deputy,
                     const char *activity, const char *detail)
{
	return flag_about(town, head, head->id, what, deputy, activity, detail);
}

/* Once for what is unknown, however many events speak of it. */
static enum err flag_missing(struct town *town, const struct event_head *head, const char *what, const char *id,
                             const char *deputy, const char *activity)
{
	uint8_t hash[16];
	char about[sizeof hash * 2 + 1];
	crypto_generichash(hash, sizeof hash, (const uint8_t *)id, strlen(id), NULL, 0);
	sodium_bin2hex(about, sizeof about, hash, sizeof hash);
	return flag_about(town, head, about, what, deputy, activity, "");
}

/* A box may be a year behind: what it says of activities and people that are not known here is kept, and looked at. */
static enum err flag_unknown(struct town *town, const struct event_head *head, const char *activity,
                             const char *deputy)
{
	struct activity a;
	char name[128];
	enum err e = activity[0] ? town_activity_get(town->store, activity, &a) : ERR_OK;
	if (e == ERR_NOT_FOUND)
		e = flag_missing(town, head, "unknown_activity", activity, deputy, activity);
	if (e)
		return e;
	e = town_deputy_name(town->store, deputy, name);
	return e == ERR_NOT_FOUND ? flag_missing(town, head, "unknown_deputy", deputy, deputy, activity) : e;
}

/* A card that had been reported lost when it was held up. Before the report it was in its owner's hand. */
static enum err flag_lost(struct town *town, const struct event_head *head, const struct town_sign_in *in)
{
	char detail[16];
	int64_t lost_ms;
	if (in->issue == 0)
		return ERR_OK;
	enum err e = town_card_lost_at(town->store, in->deputy, in->issue, &lost_ms);
	if (e || (in->clock_ok && in->at_ms < lost_ms))
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	snprintf(detail, sizeof detail, "%u", (unsigned)in->issue);
	return flag(town, head, "card_lost", in->deputy, in->activity, detail);
}

/* ERR_INVALID with the reason. */
static enum err read_sign_in(const struct event_head *head, json_t *data, struct town_sign_in *in,
                             const char **reason)
{
	const char *activity = NULL, *deputy = NULL, *by = NULL, *timing = NULL;
	int listed = 0, on_leave = 0;
	json_int_t issue = 0;
	*in = (struct town_sign_in){.at_ms = head->at_ms, .clock_ok = head->clock_ok};
	if (json_unpack(data, "{s:s, s:s, s:s, s:s, s:b, s:b, s:I}", "activity", &activity, "deputy",
	                &deputy, "by", &by, "timing", &timing, "listed", &listed, "on_leave", &on_leave, "issue",
	                &issue) != 0)
		*reason = "missing_field";
	else if (!id_good(activity) || !id_good(deputy) || sign_by_parse(by, &in->by) || in->by == SIGN_BY_PHONE ||
	         timing_parse(timing, &in->timing) || issue < 0 || issue > UINT32_MAX ||
	         (issue > 0) != (in->by == SIGN_BY_QR))
		*reason = "bad_field";
	if (*reason)
		return ERR_INVALID;
	(void)str_copy(in->activity, sizeof in->activity, activity);
	(void)str_copy(in->deputy, sizeof in->deputy, deputy);
	(void)str_copy(in->kiosk, sizeof in->kiosk, head->kiosk);
	memcpy(in->id, head->id, sizeof in->id);
	in->listed = listed != 0;
	in->on_leave = on_leave != 0;
	in->issue = (uint32_t)issue;
	return ERR_OK;
}

/* Keeps it, as the record if it is the first: by the clock where both clocks were sure, else as they came in. */
static enum err keep_sign_in(struct town *town, struct town_sign_in *in)
{
	struct town_sign_in known;
	enum err e = town_sign_in_get(town->store, in->activity, in->deputy, &known);
	if (e && e != ERR_NOT_FOUND)
		return e;
	bool earlier = !e && in->clock_ok && known.clock_ok && in->at_ms < known.at_ms;
	in->record = e == ERR_NOT_FOUND || earlier;
	e = earlier ? town_sign_in_demote(town->store, in->activity, in->deputy) : ERR_OK;
	if (!e)
		e = town_sign_in_add(town->store, in);
	return e || !in->record ? e : publish_attendance(town, in->activity, in->deputy);
}

static enum err came(struct town *town, const struct event_head *head, json_t *data, bool repeated,
                     const char **reason)
{
	struct town_sign_in in, first;
	bool elsewhere = false, anywhere = false;
	char detail[KIOSK_ID_SIZE * 2] = "";
	*reason = NULL;
	if (read_sign_in(head, data, &in, reason))
		return ERR_OK;
	enum err e = town_sign_in_get(town->store, in.activity, in.deputy, &first);
	snprintf(detail, sizeof detail, "%s%s%s", e ? "" : first.kiosk, e ? "" : " ", head->kiosk);
	if (!e || e == ERR_NOT_FOUND)
		e = town_sign_in_places(town->store, in.activity, in.deputy, in.kiosk, &elsewhere, &anywhere);
	if (!e)
		e = keep_sign_in(town, &in);
	/* The box says that it was elsewhere before; unless the phone had read this very box's code, it was. */
	if (!e && (elsewhere || (repeated && !anywhere)))
		e = flag(town, head, "two_kiosks", in.deputy, in.activity, detail);
	if (!e)
		e = flag_lost(town, head, &in);
	return e ? e : flag_unknown(town, head, in.activity, in.deputy);
}

enum err attendance_signed_in(struct town *town, const struct event_head *head, json_t *data,
                              const char **reason)
{
	return came(town, head, data, false, reason);
}

enum err attendance_repeated(struct town *town, const struct event_head *head, json_t *data,
                             const char **reason)
{
	return came(town, head, data, true, reason);
}

enum err attendance_signed_out(struct town *town, const struct event_head *head, json_t *data,
                               const char **reason)
{
	const char *activity = NULL, *deputy = NULL, *by_id = NULL;
	enum sign_by by;
	*reason = NULL;
	if (json_unpack(data, "{s:s, s:s, s:s}", "activity", &activity, "deputy", &deputy, "by",
	                &by_id) != 0) {
		*reason = "missing_field";
		return ERR_OK;
	}
	if (!id_good(activity) || !id_good(deputy) || sign_by_parse(by_id, &by) || by == SIGN_BY_PHONE) {
		*reason = "bad_field";
		return ERR_OK;
	}
	enum err e = town_sign_out_add(town->store, activity, deputy, head->at_ms, by, head->kiosk);
	if (!e)
		e = publish_attendance(town, activity, deputy);
	return e ? e : flag_unknown(town, head, activity, deputy);
}

enum err leave_asked(struct town *town, const struct event_head *head, json_t *data, const char **reason)
{
	const char *activity = NULL, *deputy = NULL, *why = NULL;
	struct town_leave leave = {.at_ms = head->at_ms, .state = LEAVE_ASKED}, known;
	*reason = NULL;
	if (json_unpack(data, "{s:s, s:s, s:s}", "activity", &activity, "deputy", &deputy, "reason",
	                &why) != 0) {
		*reason = "missing_field";
		return ERR_OK;
	}
	if (!id_good(activity) || !id_good(deputy) || leave_reason_parse(why, &leave.reason)) {
		*reason = "bad_field";
		return ERR_OK;
	}
	(void)str_copy(leave.activity, sizeof leave.activity, activity);
	(void)str_copy(leave.deputy, sizeof leave.deputy, deputy);
	/* Asked for at two boxes: it is one leave, and what the office said of it stands. */
	enum err e = town_leave_get(town->store, activity, deputy, &known);
	if (e == ERR_NOT_FOUND) {
		e = town_leave_put(town->store, &leave);
		if (!e)
			e = publish_leave(town, &leave);
	}
	return e ? e : flag_unknown(town, head, activity, deputy);
}

enum err credential_odd(struct town *town, const struct event_head *head, json_t *data, const char **reason)
{
	static const char *const kinds[] = {"card_lost", "card_superseded", "card_expired", "card_future"};
	const char *id = NULL, *deputy = NULL, *what = NULL;
	json_int_t issue = 0;
	char detail[16];
	*reason = NULL;
	if (json_unpack(data, "{s:s, s:s, s:I}", "what", &id, "deputy", &deputy, "issue", &issue) !=
	    0) {
		*reason = "missing_field";
		return ERR_OK;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i], id) == 0)
			what = kinds[i];
	if (!what || !id_good(deputy) || issue < 0 || issue > UINT32_MAX) {
		*reason = "bad_field";
		return ERR_OK;
	}
	snprintf(detail, sizeof detail, "%u", (unsigned)issue);
	enum err e = flag(town, head, what, deputy, "", detail);
	return e ? e : flag_unknown(town, head, "", deputy);
}

enum err attendance_standing(struct town *town, const char *activity, const char *deputy,
                             struct attendance_standing *s)
{
	struct town_invitees list;
	struct town_leave leave;
	*s = (struct attendance_standing){0};
	enum err e = town_invitees_get(town->store, activity, &list);
	if (e)
		return e;
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.items[i].deputy, deputy) != 0)
			continue;
		s->listed = true;
		memcpy(s->seat, list.items[i].seat, sizeof s->seat);
	}
	town_invitees_clear(&list);
	e = town_sign_in_get(town->store, activity, deputy, &s->in);
	s->facts.signed_in = !e;
	s->facts.in_ms = e ? 0 : s->in.at_ms;
	if (!e || e == ERR_NOT_FOUND)
		e = town_sign_out_get(town->store, activity, deputy, &s->out_ms);
	s->facts.signed_out = !e;
	if (!e || e == ERR_NOT_FOUND)
		e = town_leave_get(town->store, activity, deputy, &leave);
	s->leave = e ? LEAVE_NONE : leave.state;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err phone_sign_in(struct town *town, const struct activity *a, const char *deputy, const char *kiosk,
                              int64_t now_ms, const struct attendance_standing *s)
{
	struct town_sign_in in = {.at_ms = now_ms,
	                          .clock_ok = true,
	                          .by = SIGN_BY_PHONE,
	                          .timing = attendance_timing(a, now_ms, true),
	                          .listed = s->listed,
	                          .on_leave = s->leave == LEAVE_ASKED || s->leave == LEAVE_GRANTED};
	uint8_t random[10];
	randombytes_buf(random, sizeof random);
	uuid7_make(now_ms, random, in.id);
	if (!str_copy(in.activity, sizeof in.activity, a->id) || !str_copy(in.deputy, sizeof in.deputy, deputy) ||
	    !str_copy(in.kiosk, sizeof in.kiosk, kiosk))
		return ERR_TOO_LONG;
	return keep_sign_in(town, &in);
}

enum err attendance_by_phone(struct town *town, const struct activity *a, const char *deputy, const char *kiosk,
                             int64_t now_ms, enum presented *what, struct attendance_standing *standing)
{
	enum err e = attendance_standing(town, a->id, deputy, standing);
	if (e)
		return e;
	*what = attendance_presented(a, &standing->facts, now_ms, true);
	if (*what == PRESENTED_SIGN_IN) {
		e = phone_sign_in(town, a, deputy, kiosk, now_ms, standing);
	} else if (*what == PRESENTED_SIGN_OUT) {
		e = town_sign_out_add(town->store, a->id, deputy, now_ms, SIGN_BY_PHONE, kiosk);
		if (!e)
			e = publish_attendance(town, a->id, deputy);
	}
	return e ? e : attendance_standing(town, a->id, deputy, standing);
}

enum err leave_ask(struct town *town, const char *activity, const char *deputy, enum leave_reason reason, const char *user)
{
	struct activity a;
	struct attendance_standing s = {0};
	char object[REPORT_ID_SIZE * 2];
	struct town_leave leave = {.at_ms = town_now_ms(), .state = LEAVE_ASKED, .reason = reason};
	enum err e = town_activity_get(town->store, activity, &a);
	if (!e)
		e = attendance_standing(town, activity, deputy, &s);
	if (!e && !s.listed)
		e = ERR_NOT_FOUND;
	if (!e && (s.leave != LEAVE_NONE || !leave_can_be_asked(&a, &s.facts, s.leave, leave.at_ms, true)))
		e = ERR_STATE;
	if (e)
		return e;
	if (!str_copy(leave.activity, sizeof leave.activity, activity) || !str_copy(leave.deputy, sizeof leave.deputy, deputy))
		return ERR_TOO_LONG;
	snprintf(object, sizeof object, "%s/%s", activity, deputy);
	e = town_leave_put(town->store, &leave);
	if (!e)
		e = publish_leave(town, &leave);
	return e ? e : town_audit_user(town, user, "leave.asked", object, "");
}

enum err leave_decide(struct town *town, const char *activity, const char *deputy, enum leave_state state,
                      enum leave_reason reason, const char *user, struct town_leave *leave)
{
	struct activity a;
	enum err e = town_leave_get(town->store, activity, deputy, leave);
	if (e == ERR_NOT_FOUND && state == LEAVE_GRANTED) {
		*leave = (struct town_leave){.at_ms = town_now_ms(), .reason = reason};
		e = str_copy(leave->activity, sizeof leave->activity, activity) &&
		            str_copy(leave->deputy, sizeof leave->deputy, deputy)
		        ? town_activity_get(town->store, activity, &a)
		        : ERR_TOO_LONG;
	}
	if (e)
		return e;
	leave->state = state;
	snprintf(leave->decided_by, sizeof leave->decided_by, "%s", user);
	e = town_leave_put(town->store, leave);
	return e ? e : publish_leave(town, leave);
}
