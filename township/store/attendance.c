/* Who signed in and out, who asked for leave, and what is to be looked at. */
#include "township/store_attendance.h"

#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

enum err town_sign_in_add(struct town_store *store, const struct town_sign_in *in)
{
	return db_run(store,
	              "INSERT INTO sign_ins(id, activity, deputy, at_ms, clock_ok, by, timing, listed, on_leave, kiosk, issue,"
	              " record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              "tttidttddtid", in->id, in->activity, in->deputy, in->at_ms, in->clock_ok ? 1 : 0, sign_by_id(in->by),
	              timing_id(in->timing), in->listed ? 1 : 0, in->on_leave ? 1 : 0, in->kiosk, (int64_t)in->issue,
	              in->record ? 1 : 0);
}

enum err town_sign_in_get(struct town_store *store, const char *activity, const char *deputy,
                          struct town_sign_in *in)
{
	sqlite3_stmt *stmt;
	char by[16], timing[16];
	enum err e = db_one(store, &stmt,
	                    "SELECT id, activity, deputy, at_ms, clock_ok, by, timing, listed, on_leave, kiosk, issue"
	                    " FROM sign_ins WHERE activity = ? AND deputy = ? AND record",
	                    "tt", activity, deputy);
	if (e)
		return e;
	db_text(stmt, 0, in->id, sizeof in->id);
	db_text(stmt, 1, in->activity, sizeof in->activity);
	db_text(stmt, 2, in->deputy, sizeof in->deputy);
	in->at_ms = sqlite3_column_int64(stmt, 3);
	in->clock_ok = sqlite3_column_int(stmt, 4) != 0;
	db_text(stmt, 5, by, sizeof by);
	db_text(stmt, 6, timing, sizeof timing);
	in->listed = sqlite3_column_int(stmt, 7) != 0;
	in->on_leave = sqlite3_column_int(stmt, 8) != 0;
	db_text(stmt, 9, in->kiosk, sizeof in->kiosk);
	in->issue = (uint32_t)sqlite3_column_int64(stmt, 10);
	in->record = true;
	sqlite3_reset(stmt);
	return sign_by_parse(by, &in->by) || timing_parse(timing, &in->timing) ? ERR_CORRUPT : ERR_OK;
}

enum err town_sign_in_demote(struct town_store *store, const char *activity, const char *deputy)
{
	return db_run(store, "UPDATE sign_ins SET record = 0 WHERE activity = ? AND deputy = ? AND record", "tt", activity,
	              deputy);
}

enum err town_sign_in_places(struct town_store *store, const char *activity, const char *deputy, const char *kiosk,
                             bool *elsewhere, bool *anywhere)
{
	sqlite3_stmt *stmt;
	enum err e =
		db_one(store, &stmt,
	           "SELECT coalesce(max(kiosk <> ?3), 0), count(*) FROM sign_ins WHERE activity = ?1 AND deputy = ?2",
	           "ttt", activity, deputy, kiosk);
	if (e)
		return e;
	*elsewhere = sqlite3_column_int(stmt, 0) != 0;
	*anywhere = sqlite3_column_int64(stmt, 1) > 0;
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_sign_out_add(struct town_store *store, const char *activity, const char *deputy, int64_t at_ms,
                           enum sign_by by, const char *kiosk)
{
	return db_run(store,
	              "INSERT INTO sign_outs(activity, deputy, at_ms, by, kiosk) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
	              "ttitt", activity, deputy, at_ms, sign_by_id(by), kiosk);
}

enum err town_sign_out_get(struct town_store *store, const char *activity, const char *deputy, int64_t *at_ms)
{
	return db_one_number(store, at_ms, "SELECT at_ms FROM sign_outs WHERE activity = ? AND deputy = ?", "tt", activity,
	                     deputy);
}

enum err town_leave_put(struct town_store *store, const struct town_leave *leave)
{
	return db_run(store,
	              "INSERT INTO leaves(activity, deputy, at_ms, reason, state, decided_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	              " ON CONFLICT (activity, deputy) DO UPDATE SET at_ms = ?3, reason = ?4, state = ?5, decided_by = ?6",
	              "ttittt", leave->activity, leave->deputy, leave->at_ms, leave_reason_id(leave->reason),
	              leave_state_id(leave->state), leave->decided_by);
}

enum err town_leave_get(struct town_store *store, const char *activity, const char *deputy,
                        struct town_leave *leave)
{
	sqlite3_stmt *stmt;
	char reason[16], state[16];
	enum err e = db_one(store, &stmt,
	                    "SELECT activity, deputy, at_ms, reason, state, decided_by FROM leaves"
	                    " WHERE activity = ? AND deputy = ?",
	                    "tt", activity, deputy);
	if (e)
		return e;
	db_text(stmt, 0, leave->activity, sizeof leave->activity);
	db_text(stmt, 1, leave->deputy, sizeof leave->deputy);
	leave->at_ms = sqlite3_column_int64(stmt, 2);
	db_text(stmt, 3, reason, sizeof reason);
	db_text(stmt, 4, state, sizeof state);
	db_text(stmt, 5, leave->decided_by, sizeof leave->decided_by);
	sqlite3_reset(stmt);
	return leave_reason_parse(reason, &leave->reason) || leave_state_parse(state, &leave->state) ? ERR_CORRUPT
	                                                                                             : ERR_OK;
}

static json_t *leave_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:I, s:s, s:s, s:I, s:s, s:s, s:s}", "activity", sqlite3_column_text(stmt, 0), "title",
	                 sqlite3_column_text(stmt, 1), "starts", (json_int_t)sqlite3_column_int64(stmt, 2), "deputy",
	                 sqlite3_column_text(stmt, 3), "name", sqlite3_column_text(stmt, 4), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 5), "reason", sqlite3_column_text(stmt, 6), "state",
	                 sqlite3_column_text(stmt, 7), "decided_by", sqlite3_column_text(stmt, 8));
}

enum err town_leaves_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT l.activity, coalesce(a.title, ''), coalesce(a.starts_ms, 0), l.deputy,"
	                      " coalesce(d.name, ''), l.at_ms, l.reason, l.state, l.decided_by FROM leaves l"
	                      " LEFT JOIN activities a ON a.id = l.activity LEFT JOIN deputies d ON d.id = l.deputy"
	                      " ORDER BY l.state = 'asked' DESC, l.at_ms DESC LIMIT 500",
	                      "");
	return e ? e : db_list(stmt, leave_row, list);
}

enum err town_flag_add(struct town_store *store, const struct town_flag *flag)
{
	return db_run(store,
	              "INSERT INTO flags(id, at_ms, what, deputy, activity, detail, kiosk) VALUES (?, ?, ?, ?, ?, ?, ?)",
	              "tittttt", flag->id, flag->at_ms, flag->what, flag->deputy, flag->activity, flag->detail, flag->kiosk);
}

static json_t *flag_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", sqlite3_column_text(stmt, 0), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 1), "what", sqlite3_column_text(stmt, 2), "deputy",
	                 sqlite3_column_text(stmt, 3), "name", sqlite3_column_text(stmt, 4), "activity",
	                 sqlite3_column_text(stmt, 5), "title", sqlite3_column_text(stmt, 6), "detail",
	                 sqlite3_column_text(stmt, 7), "kiosk", sqlite3_column_text(stmt, 8), "kiosk_name",
	                 sqlite3_column_text(stmt, 9));
}

enum err town_flags_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT f.id, f.at_ms, f.what, f.deputy, coalesce(d.name, ''), f.activity,"
	                      " coalesce(a.title, ''), f.detail, f.kiosk, coalesce(k.name, '') FROM flags f"
	                      " LEFT JOIN deputies d ON d.id = f.deputy LEFT JOIN activities a ON a.id = f.activity"
	                      " LEFT JOIN kiosks k ON k.id = f.kiosk ORDER BY f.rowid DESC LIMIT 500",
	                      "");
	return e ? e : db_list(stmt, flag_row, list);
}
