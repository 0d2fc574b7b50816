/* verify_attendance.c: does every sign-in, leave and flag of this kiosk have its event, and every such event its row? */
#include "store/verify_internal.h"

/* Whether the payload is genuine, its signature says elsewhere; here it need not even be JSON. */
#define MEMBER(name) "CASE WHEN json_valid(e.payload) THEN json_extract(e.payload, '$.data." name "') END"
#define SAME_MEETING(row) " AND " MEMBER("activity") " = " row ".activity AND " MEMBER("deputy") " = " row ".deputy"
#define NO_EVENT(columns, table, seq, type) \
	"SELECT " columns " FROM " table " t LEFT JOIN events e ON e.seq = t." seq " AND e.type = '" type "'" SAME_MEETING("t") \
	" WHERE t." seq " IS NOT NULL AND e.seq IS NULL"
/* A renumbered event stays behind, and its row goes by the later number. */
#define NO_ROW(table, seq, type) \
	"SELECT e.seq FROM events e WHERE e.type = '" type "' AND NOT EXISTS(SELECT 1 FROM " table " t WHERE t.id = " \
	MEMBER("activity") " || '/' || " MEMBER("deputy") " AND t." seq " >= e.seq)"
#define NO_FLAG(type, what) \
	"SELECT e.seq FROM events e WHERE e.type = '" type "' AND NOT EXISTS(SELECT 1 FROM flags f WHERE f.at_ms = e.at_ms" \
	" AND f.event_seq >= e.seq AND f.deputy = " MEMBER("deputy") " AND f.what = " what ")"

static const struct check { const char *table, *what, *sql; } checks[] = {
	{"attendance", "a sign-in has no event", NO_EVENT("t.id", "attendance", "event_seq", "attendance.signed_in")},
	{"attendance", "a sign-out has no event", NO_EVENT("t.id", "attendance", "out_event_seq", "attendance.signed_out")},
	{"attendance", "a second sign-in has no event",
     NO_EVENT("t.id", "attendance", "repeat_event_seq", "attendance.repeated")},
	{"leaves", "a leave has no event", NO_EVENT("t.id", "leaves", "event_seq", "leave.asked")},
	{"flags", "a flag has no event",
     "SELECT f.id FROM flags f LEFT JOIN events e ON e.seq = f.event_seq AND f.deputy = " MEMBER("deputy")
     " AND ((e.type = 'credential.odd' AND f.what = " MEMBER("what") ")"
     " OR (e.type = 'attendance.repeated' AND f.what = 'two_kiosks'))"
     " WHERE f.event_seq IS NOT NULL AND e.seq IS NULL"},
	{"events", "a sign-in's event has no row", NO_ROW("attendance", "event_seq", "attendance.signed_in")},
	{"events", "a sign-out's event has no row", NO_ROW("attendance", "out_event_seq", "attendance.signed_out")},
	{"events", "a second sign-in's event has no row", NO_ROW("attendance", "repeat_event_seq", "attendance.repeated")},
	{"events", "a leave's event has no row", NO_ROW("leaves", "event_seq", "leave.asked")},
	{"events", "a flag's event has no row", NO_FLAG("credential.odd", MEMBER("what"))},
	{"events", "a second sign-in's event has no flag", NO_FLAG("attendance.repeated", "'two_kiosks'")},
};

enum err verify_attendance(struct store *store, struct verify_report *r)
{
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < sizeof checks / sizeof checks[0]; i++) {
		sqlite3_stmt *stmt;
		bool row = false;
		e = db_query(store->db, &stmt, checks[i].sql, "");
		while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
			const char *id = (const char *)sqlite3_column_text(stmt, 0);
			verify_blame(r, verify_link_of(store, checks[i].table, id), checks[i].what, id);
		}
		sqlite3_finalize(stmt);
	}
	return e;
}
