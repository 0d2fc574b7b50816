/* attendance.c: signing in and out, and asking for leave: what happened at the door, in one transaction each. */
#include <string.h>

#include "store/activity_rows.h"
#include "store/credentials.h"
#include "store/flags.h"
#include "store/wake.h"

/* ---- what is known ---- */

static enum err take_presence(sqlite3_stmt *stmt, int column, const char *self, struct attendance_row *row)
{
	char by[16], timing[16];
	enum err e = db_text(stmt, column + 2, by, sizeof by);
	if (e == ERR_OK)
		e = sign_by_parse(by, &row->by) == ERR_OK ? ERR_OK : ERR_CORRUPT;
	if (e == ERR_OK)
		e = db_text(stmt, column + 3, timing, sizeof timing);
	if (e == ERR_OK)
		e = timing_parse(timing, &row->timing) == ERR_OK ? ERR_OK : ERR_CORRUPT;
	if (e == ERR_OK)
		e = db_text(stmt, column + 6, row->kiosk, sizeof row->kiosk);
	row->signed_in = true;
	row->in_ms = sqlite3_column_int64(stmt, column);
	row->clock_ok = sqlite3_column_int(stmt, column + 1) != 0;
	row->listed = sqlite3_column_int(stmt, column + 4) != 0;
	row->on_leave = sqlite3_column_int(stmt, column + 5) != 0;
	row->elsewhere = sqlite3_column_type(stmt, column + 7) == SQLITE_NULL &&
	                 (!row->kiosk[0] || strcmp(row->kiosk, self) != 0);
	row->signed_out = sqlite3_column_type(stmt, column + 8) != SQLITE_NULL;
	row->out_ms = sqlite3_column_int64(stmt, column + 8);
	return e;
}

enum err attendance_take(sqlite3_stmt *stmt, int column, const char *self, struct attendance_row *row)
{
	char leave[16];
	enum err e = ERR_OK;
	memset(row, 0, sizeof *row);
	row->listed = sqlite3_column_type(stmt, column + 9) != SQLITE_NULL;
	if (sqlite3_column_type(stmt, column) != SQLITE_NULL)
		e = take_presence(stmt, column, self, row);
	if (e == ERR_OK)
		e = db_text(stmt, column + 10, row->seat, sizeof row->seat);
	if (e == ERR_OK)
		e = db_text(stmt, column + 11, leave, sizeof leave);
	if (e == ERR_OK)
		e = leave_state_parse(leave, &row->leave) == ERR_OK ? ERR_OK : ERR_CORRUPT;
	return e;
}

enum err attendance_read(struct store *store, const char *self, const char *activity, const char *deputy,
                         struct attendance_row *row)
{
	char id[MEETING_ID_SIZE];
	sqlite3_stmt *stmt;
	meeting_id(id, activity, deputy);
	enum err e = db_one(store->db, &stmt,
	                    "SELECT " ATTENDANCE_COLUMNS " FROM (SELECT ?1 AS id) m LEFT JOIN attendance t ON t.id = m.id"
	                    " LEFT JOIN invitees i ON i.id = m.id LEFT JOIN leaves l ON l.id = m.id",
	                    "s", id);
	if (e == ERR_OK)
		e = attendance_take(stmt, 0, self, row);
	sqlite3_finalize(stmt);
	return e;
}

enum err store_attendance(struct store *store, const char *activity, const char *deputy, struct attendance_row *row)
{
	struct store_identity identity;
	struct attendance_row got;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK)
		e = attendance_read(store, identity.kiosk, activity, deputy, &got);
	if (e == ERR_OK)
		*row = got;
	return e;
}

/* ---- at the door ---- */

/* One deputy before one activity, now. */
struct door {
	struct activity activity;
	struct attendance_row row;
	struct stamp stamp;
	const char *deputy;           /* borrowed */
	char id[MEETING_ID_SIZE];     /* of the row */
	char self[KIOSK_ID_SIZE];
};

/* Begins the transaction. ERR_STATE: not enrolled. */
static enum err open_door(struct store *store, const char *activity, const char *deputy, struct door *d)
{
	struct store_identity identity;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK && !identity.enrolled)
		e = ERR_STATE;
	if (e != ERR_OK)
		return e;
	memcpy(d->self, identity.kiosk, sizeof d->self);
	d->deputy = deputy;
	meeting_id(d->id, activity, deputy);
	e = tx_begin(store);
	if (e == ERR_OK)
		e = activity_read(store, activity, &d->activity);
	if (e == ERR_OK)
		e = deputy_exists(store, deputy);
	if (e == ERR_OK)
		e = stamp_now(store, &d->stamp);
	return e == ERR_OK ? attendance_read(store, d->self, activity, deputy, &d->row) : e;
}

static enum err write_event(struct store *store, const struct door *d, const char *type, json_t *data, int64_t *seq)
{
	if (!data)
		return ERR_NOMEM;
	enum err e = event_write(store, type, NULL, &d->stamp, data, seq);
	json_decref(data);
	return e;
}

static json_t *presence_data(const struct door *d, const struct sign_in *in, enum timing timing, bool on_leave)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:I}", "activity", d->activity.id, "deputy", d->deputy, "by",
	                 sign_by_id(in->by), "timing", timing_id(timing), "listed", d->row.listed, "on_leave", on_leave,
	                 "issue", (json_int_t)(in->by == SIGN_BY_QR ? in->issue : 0));
}

static enum err record_in(struct store *store, const struct door *d, const struct sign_in *in)
{
	enum timing timing = attendance_timing(&d->activity, d->stamp.at_ms, d->stamp.clock_ok);
	bool on_leave = d->row.leave == LEAVE_ASKED || d->row.leave == LEAVE_GRANTED;
	int64_t seq = 0;
	enum err e = write_event(store, d, "attendance.signed_in", presence_data(d, in, timing, on_leave), &seq);
	if (e == ERR_OK)
		e = db_run(store->db,
		           "INSERT INTO attendance(id, activity, deputy, at_ms, clock_ok, by, timing, listed, on_leave, kiosk,"
		           " event_seq) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		           "sssiissiisi", d->id, d->activity.id, d->deputy, d->stamp.at_ms, (int64_t)d->stamp.clock_ok,
		           sign_by_id(in->by), timing_id(timing), (int64_t)d->row.listed, (int64_t)on_leave, d->self, seq);
	return e == ERR_OK ? tx_note(store, "attendance", d->id) : e;
}

static enum err record_out(struct store *store, const struct door *d, const struct sign_in *in)
{
	int64_t seq = 0;
	enum err e = write_event(store, d, "attendance.signed_out",
	                         json_pack("{s:s, s:s, s:s}", "activity", d->activity.id, "deputy", d->deputy, "by",
	                                   sign_by_id(in->by)),
	                         &seq);
	if (e == ERR_OK)
		e = db_run(store->db, "UPDATE attendance SET out_ms = ?, out_event_seq = ? WHERE id = ?", "iis",
		           d->stamp.at_ms, seq, d->id);
	return e == ERR_OK ? tx_note(store, "attendance", d->id) : e;
}

/* Signed in at another kiosk, and here too: recorded beside the first, once. */
static enum err record_repeat(struct store *store, const struct door *d, const struct sign_in *in)
{
	sqlite3_stmt *stmt;
	bool before = false;
	int64_t seq = 0;
	enum timing timing = attendance_timing(&d->activity, d->stamp.at_ms, d->stamp.clock_ok);
	enum err e = db_query(store->db, &stmt,
	                      "SELECT 1 FROM attendance WHERE id = ? AND repeat_event_seq IS NOT NULL", "s", d->id);
	if (e == ERR_OK)
		e = db_step(stmt, &before);
	sqlite3_finalize(stmt);
	if (e != ERR_OK || before)
		return e;
	bool on_leave = d->row.leave == LEAVE_ASKED || d->row.leave == LEAVE_GRANTED;
	e = write_event(store, d, "attendance.repeated", presence_data(d, in, timing, on_leave), &seq);
	if (e == ERR_OK)
		e = db_run(store->db, "UPDATE attendance SET repeat_event_seq = ? WHERE id = ?", "is", seq, d->id);
	if (e == ERR_OK)
		e = tx_note(store, "attendance", d->id);
	return e == ERR_OK ? flag_event(store, &d->stamp, seq, "two_kiosks", d->deputy, d->activity.id, d->row.kiosk) : e;
}

static enum err record(struct store *store, struct door *d, const struct sign_in *in, enum presented *what)
{
	const struct attendance_facts facts = {d->row.signed_in, d->row.signed_out, d->row.in_ms};
	*what = attendance_presented(&d->activity, &facts, d->stamp.at_ms, d->stamp.clock_ok);
	if (*what == PRESENTED_ALREADY && in->out && d->activity.signs_out)
		*what = PRESENTED_SIGN_OUT;
	if (*what == PRESENTED_SIGN_IN)
		return record_in(store, d, in);
	if (*what == PRESENTED_SIGN_OUT)
		return record_out(store, d, in);
	/* Their own phone is no second door. */
	if (*what == PRESENTED_ALREADY && d->row.elsewhere && d->row.kiosk[0])
		return record_repeat(store, d, in);
	return ERR_OK;
}

enum err store_sign_in(struct store *store, const struct sign_in *in, struct sign_in_result *result)
{
	struct door d;
	enum presented what = PRESENTED_OVER;
	if (in->by != SIGN_BY_CARD && (in->by != SIGN_BY_QR || in->issue == 0)) /* issues count from 1 */
		return ERR_INVALID;
	enum err e = open_door(store, in->activity, in->deputy, &d);
	if (e == ERR_OK)
		e = record(store, &d, in, &what);
	bool recorded = e == ERR_OK && store->tx.items > 0;
	if (recorded)
		e = attendance_read(store, d.self, in->activity, in->deputy, &d.row);
	if (recorded && e == ERR_OK)
		e = tx_commit(store, "attendance");
	tx_rollback(store);
	if (e != ERR_OK)
		return e;
	result->what = what;
	result->row = d.row;
	if (recorded)
		wake_send(store->dir, WAKE_SYNC);
	return ERR_OK;
}

/* ---- leave ---- */

static enum err record_leave(struct store *store, const struct door *d, enum leave_reason reason)
{
	int64_t seq = 0;
	enum err e = write_event(store, d, "leave.asked",
	                         json_pack("{s:s, s:s, s:s}", "activity", d->activity.id, "deputy", d->deputy, "reason",
	                                   leave_reason_id(reason)),
	                         &seq);
	if (e == ERR_OK)
		e = db_run(store->db,
		           "INSERT INTO leaves(id, activity, deputy, at_ms, reason, state, event_seq)"
		           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"
		           " ON CONFLICT(id) DO UPDATE SET at_ms = ?4, reason = ?5, state = ?6, event_seq = ?7",
		           "sssissi", d->id, d->activity.id, d->deputy, d->stamp.at_ms, leave_reason_id(reason),
		           leave_state_id(LEAVE_ASKED), seq);
	return e == ERR_OK ? tx_note(store, "leaves", d->id) : e;
}

enum err store_ask_leave(struct store *store, const char *activity, const char *deputy, enum leave_reason reason)
{
	struct door d;
	if ((unsigned)reason >= LEAVE_REASON_COUNT)
		return ERR_INVALID;
	enum err e = open_door(store, activity, deputy, &d);
	if (e == ERR_OK) {
		const struct attendance_facts facts = {d.row.signed_in, d.row.signed_out, d.row.in_ms};
		if (!leave_can_be_asked(&d.activity, &facts, d.row.leave, d.stamp.at_ms, d.stamp.clock_ok))
			e = ERR_STATE;
	}
	if (e == ERR_OK)
		e = record_leave(store, &d, reason);
	if (e == ERR_OK)
		e = tx_commit(store, "leave.asked");
	tx_rollback(store);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_SYNC);
	return e;
}
