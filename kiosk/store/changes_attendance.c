/* changes_attendance.c: the township's changes of activities, of who came, and of what deputies are known by. */
#include <stdlib.h>
#include <string.h>

#include "store/activity_rows.h"
#include "store/changes_entry.h"
#include "store/content.h"
#include "store/credentials.h"

enum { INVITED_MAX = 100 * 1000, QUORUM_MAX = INVITED_MAX };
static const int64_t time_max_ms = INT64_C(253402300799999); /* the end of the year 9999 */

/* ---- members ---- */

static bool in_range(json_int_t v, int64_t max)
{
	return v >= 0 && v <= max;
}

/* Activity and deputy, from which the row's id is made: the entry's own is a digest where they are long. */
struct meeting { char activity[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE], id[MEETING_ID_SIZE]; };

static bool read_meeting(json_t *data, struct meeting *m)
{
	if (!change_text(data, "activity", m->activity, sizeof m->activity) || !activity_id_ok(m->activity) ||
	    !change_text(data, "deputy", m->deputy, sizeof m->deputy) || !m->deputy[0])
		return false;
	meeting_id(m->id, m->activity, m->deputy);
	return true;
}

/* ---- activities ---- */

static enum err read_invited(json_t *invited, struct invitee_list *list, const char **reason)
{
	struct invitee one = {0};
	size_t i;
	json_t *v;
	enum err e = ERR_OK;
	if (!json_is_array(invited) || json_array_size(invited) > INVITED_MAX)
		return change_skip(reason, "the list of those invited is missing or too long");
	json_array_foreach(invited, i, v)
	{
		if (!json_is_object(v) || !change_text(v, "deputy", one.deputy, sizeof one.deputy) || !one.deputy[0] ||
		    !change_text(v, "seat", one.seat, sizeof one.seat))
			return change_skip(reason, "an entry of the list of those invited is malformed");
		e = invitee_add(list, one.deputy, one.seat);
		if (e != ERR_OK)
			break;
	}
	return e;
}

static enum err read_activity(const struct change_entry *en, struct activity *a, const char **reason)
{
	const char *kind = NULL;
	json_int_t starts = 0, ends = 0, opens = ACTIVITY_OPENS_MIN, grace = ACTIVITY_GRACE_MIN, quorum = 0;
	int signs_out = 0, cancelled = 0;
	if (!activity_id_ok(en->id))
		return change_skip(reason, "an activity's id must not have a stroke in it");
	if (json_unpack(en->data, "{s:s, s:I, s:I, s?I, s?I, s?I, s?b, s?b}", "kind", &kind, "starts", &starts, "ends", &ends,
	                "opens_min", &opens, "grace_min", &grace, "quorum", &quorum, "signs_out", &signs_out, "cancelled",
	                &cancelled) != 0 ||
	    !change_text(en->data, "title", a->title, sizeof a->title) ||
	    !change_text(en->data, "place", a->place, sizeof a->place))
		return change_skip(reason, "the activity's kind, title, place, a time or a number is missing or malformed");
	if (activity_kind_parse(kind, &a->kind) != ERR_OK)
		return change_skip(reason, "unknown kind of activity");
	if (!in_range(starts, time_max_ms) || !in_range(ends, time_max_ms) || !in_range(opens, ACTIVITY_MAX_MIN) ||
	    !in_range(grace, ACTIVITY_MAX_MIN) || !in_range(quorum, QUORUM_MAX))
		return change_skip(reason, "a time or a number of the activity is out of range");
	memcpy(a->id, en->id, strlen(en->id) + 1);
	a->starts_ms = starts;
	a->ends_ms = ends;
	a->opens_min = (int)opens;
	a->grace_min = (int)grace;
	a->quorum = (int)quorum;
	a->signs_out = signs_out;
	a->cancelled = cancelled;
	return activity_check(a, reason);
}

static enum err apply_activity(struct store *store, const struct change_entry *en, const char **reason)
{
	struct activity a = {0};
	struct invitee_list list = {0};
	enum err e = read_activity(en, &a, reason);
	if (e == ERR_OK)
		e = read_invited(json_object_get(en->data, "invited"), &list, reason);
	if (e == ERR_OK)
		e = activity_put(store, &a, &list);
	free(list.rows);
	return e;
}

/* ---- attendance ---- */

struct presence {
	struct meeting meeting;
	enum sign_by by;
	enum timing timing;
	json_int_t at;
	int clock_ok, listed, on_leave;
	char kiosk[KIOSK_ID_SIZE];
	bool out;
	json_int_t out_at;
};

static enum err read_presence(json_t *data, struct presence *p, const char **reason)
{
	const char *by = NULL, *timing = NULL;
	json_t *out = json_object_get(data, "out_at");
	if (!read_meeting(data, &p->meeting))
		return change_skip(reason, "the attendance's activity or deputy is missing or malformed");
	if (json_unpack(data, "{s:I, s:b, s:s, s:s, s:b, s:b}", "at", &p->at, "clock_ok", &p->clock_ok, "by", &by, "timing",
	                &timing, "listed", &p->listed, "on_leave", &p->on_leave) != 0 ||
	    !change_text(data, "kiosk", p->kiosk, sizeof p->kiosk))
		return change_skip(reason, "a field of the attendance is missing or malformed");
	if (sign_by_parse(by, &p->by) != ERR_OK || timing_parse(timing, &p->timing) != ERR_OK)
		return change_skip(reason, "unknown way or timing of signing in");
	p->out = out && !json_is_null(out);
	p->out_at = json_integer_value(out);
	if (!in_range(p->at, time_max_ms) || (p->out && !json_is_integer(out)) || !in_range(p->out_at, time_max_ms))
		return change_skip(reason, "a time of the attendance is out of range");
	return ERR_OK;
}

/* What was signed in here stays as it was at this door; only a sign-out that happened elsewhere is news of it. */
static enum err apply_attendance(struct store *store, const struct change_entry *en, const char **reason)
{
	struct presence p = {0};
	enum err e = read_presence(en->data, &p, reason);
	if (e != ERR_OK)
		return e;
	const char *id = p.meeting.id;
	e = db_run(store->db,
	           "INSERT INTO attendance(id, activity, deputy, at_ms, clock_ok, by, timing, listed, on_leave, kiosk)"
	           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT(id) DO UPDATE SET at_ms = ?4, clock_ok = ?5,"
	           " by = ?6, timing = ?7, listed = ?8, on_leave = ?9, kiosk = ?10 WHERE event_seq IS NULL",
	           "sssiissiis", id, p.meeting.activity, p.meeting.deputy, (int64_t)p.at, (int64_t)p.clock_ok,
	           sign_by_id(p.by), timing_id(p.timing), (int64_t)p.listed, (int64_t)p.on_leave, p.kiosk);
	bool changed = sqlite3_changes(store->db) > 0;
	if (e == ERR_OK && p.out) {
		e = db_run(store->db,
		           "UPDATE attendance SET out_ms = ? WHERE id = ? AND (out_ms IS NULL OR (event_seq IS NULL AND"
		           " out_event_seq IS NULL))",
		           "is", (int64_t)p.out_at, id);
		changed = changed || sqlite3_changes(store->db) > 0;
	}
	return e == ERR_OK && changed ? tx_note(store, "attendance", id) : e;
}

/* ---- leave ---- */

static enum err apply_leave(struct store *store, const struct change_entry *en, const char **reason)
{
	struct meeting m = {0};
	const char *why = NULL, *state_name = NULL;
	json_int_t at = 0;
	enum leave_reason r;
	enum leave_state state;
	if (!read_meeting(en->data, &m))
		return change_skip(reason, "the leave's activity or deputy is missing or malformed");
	if (json_unpack(en->data, "{s:I, s:s, s:s}", "at", &at, "reason", &why, "state", &state_name) != 0 ||
	    !in_range(at, time_max_ms) || leave_reason_parse(why, &r) != ERR_OK ||
	    leave_state_parse(state_name, &state) != ERR_OK || state == LEAVE_NONE)
		return change_skip(reason, "the leave's at, reason or state is missing or unknown");
	enum err e = db_run(store->db,
	                    "INSERT INTO leaves(id, activity, deputy, at_ms, reason, state) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
	                    " ON CONFLICT(id) DO UPDATE SET at_ms = ?4, reason = ?5, state = ?6",
	                    "sssiss", m.id, m.activity, m.deputy, (int64_t)at, leave_reason_id(r), leave_state_id(state));
	return e == ERR_OK ? tx_note(store, "leaves", m.id) : e;
}

/* ---- credentials ---- */

static enum err apply_card(struct store *store, const struct change_entry *en, const char **reason)
{
	json_int_t issue = 0, lost = 0;
	if (json_unpack(en->data, "{s:I, s:I}", "issue", &issue, "lost_through", &lost) != 0 || !in_range(issue, UINT32_MAX) ||
	    !in_range(lost, UINT32_MAX))
		return change_skip(reason, "the card's issue or lost_through is missing or out of range");
	const struct card_state state = {(uint32_t)issue, (uint32_t)lost};
	return card_put(store, en->id, &state);
}

static enum err delete_card(struct store *store, const char *id)
{
	return row_delete(store, "cards", "deputy", id);
}

static enum err apply_portrait(struct store *store, const struct change_entry *en, const char **reason)
{
	const char *media = NULL;
	json_t *data = json_object_get(en->data, "data");
	size_t text = json_string_length(data), len = 0;
	if (json_unpack(en->data, "{s:s}", "media", &media) != 0 || !json_is_string(data) || text == 0 ||
	    text > (PORTRAIT_MAX_BYTES + 3) / 3 * 4)
		return change_skip(reason, "the portrait's media or data is missing, or it is too large");
	uint8_t *bytes = malloc(text / 4 * 3 + 3);
	if (!bytes)
		return ERR_NOMEM;
	enum err e = ERR_INVALID;
	if (sodium_base642bin(bytes, text / 4 * 3 + 3, json_string_value(data), text, NULL, &len, NULL,
	                      sodium_base64_VARIANT_ORIGINAL) == 0)
		e = portrait_put(store, en->id, media, bytes, len);
	free(bytes);
	return e == ERR_INVALID || e == ERR_TOO_LONG ? change_skip(reason, "the portrait is no JPEG, PNG or WebP") : e;
}

static enum err delete_portrait(struct store *store, const char *id)
{
	return row_delete(store, "portraits", "deputy", id);
}

static bool read_digest(json_t *v, struct id_params *params, uint8_t digest[ID_DIGEST_BYTES])
{
	const char *salt = NULL, *sum = NULL;
	json_int_t ops = 0, mem = 0;
	size_t got = 0, len = 0;
	if (json_unpack(v, "{s:s, s:I, s:I, s:s}", "salt", &salt, "ops", &ops, "mem_kib", &mem, "digest", &sum) != 0 ||
	    !in_range(ops, ID_ARGON_OPS_MAX) || !in_range(mem, ID_ARGON_MEM_MAX_KIB) ||
	    sodium_hex2bin(params->salt, ID_SALT_BYTES, salt, strlen(salt), NULL, &got, NULL) != 0 || got != ID_SALT_BYTES ||
	    sodium_hex2bin(digest, ID_DIGEST_BYTES, sum, strlen(sum), NULL, &len, NULL) != 0 || len != ID_DIGEST_BYTES)
		return false;
	params->ops = (uint32_t)ops;
	params->mem_kib = (uint32_t)mem;
	return id_params_ok(params);
}

enum err change_id_digest(json_t *data, struct roster_person *p, bool *forget, const char **reason)
{
	json_t *v = json_object_get(data, "id_digest");
	*forget = json_is_null(v);
	if (!v || *forget)
		return ERR_OK;
	if (!read_digest(v, &p->id_params, p->id_digest))
		return change_skip(reason, "the digest of the ID number is malformed");
	p->has_digest = true;
	return ERR_OK;
}

/* ---- flags ---- */

static enum err apply_flag(struct store *store, const struct change_entry *en, const char **reason)
{
	struct flag_row f = {0};
	json_t *at = json_object_get(en->data, "at");
	if (!json_is_integer(at) || !in_range(json_integer_value(at), time_max_ms) ||
	    !change_text(en->data, "what", f.what, sizeof f.what) || !f.what[0] ||
	    !change_text(en->data, "deputy", f.deputy, sizeof f.deputy) ||
	    !change_text(en->data, "activity", f.activity, sizeof f.activity) ||
	    !change_text(en->data, "detail", f.detail, sizeof f.detail))
		return change_skip(reason, "the flag's at, what, deputy, activity or detail is missing or malformed");
	/* One that was made here is named after our event, and stays as it is. */
	enum err e = db_run(store->db,
	                    "INSERT INTO flags(id, at_ms, what, deputy, activity, detail) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
	                    " ON CONFLICT(id) DO UPDATE SET at_ms = ?2, what = ?3, deputy = ?4, activity = ?5, detail = ?6"
	                    " WHERE event_seq IS NULL",
	                    "sissss", en->id, (int64_t)json_integer_value(at), f.what, f.deputy, f.activity, f.detail);
	return e == ERR_OK && sqlite3_changes(store->db) > 0 ? tx_note(store, "flags", en->id) : e;
}

static enum err delete_flag(struct store *store, const char *id)
{
	enum err e = db_run(store->db, "DELETE FROM flags WHERE id = ? AND event_seq IS NULL", "s", id);
	return e == ERR_OK && sqlite3_changes(store->db) > 0 ? tx_note(store, "flags", id) : e;
}

const struct change_kind change_attendance_kinds[] = {
	{"activity", NULL, apply_activity, activity_delete},
	{"attendance", NULL, apply_attendance, NULL},
	{"leave", NULL, apply_leave, NULL},
	{"card", NULL, apply_card, delete_card},
	{"portrait", NULL, apply_portrait, delete_portrait},
	{"flag", NULL, apply_flag, delete_flag},
	{NULL, NULL, NULL, NULL},
};
