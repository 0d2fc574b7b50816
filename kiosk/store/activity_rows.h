/* activity_rows.h: activities, their lists and what is known of one deputy at one activity, as they stand in the tables:
 * read for every room that shows them, written inside an open transaction and noted. */
#ifndef STORE_ACTIVITY_ROWS_H
#define STORE_ACTIVITY_ROWS_H

#include "store/store_attendance.h"
#include "store/store_internal.h"

/* The id of a row of invitees, attendance and leaves: ACTIVITY/DEPUTY. */
enum { MEETING_ID_SIZE = 2 * REPORT_ID_SIZE };
void meeting_id(char out[MEETING_ID_SIZE], const char *activity, const char *deputy);
/* Not empty, not too long, and without the stroke that parts the two. */
bool activity_id_ok(const char *id);

/* The rows of one activity in those tables: what begins with "ACTIVITY/" ('0' follows '/'). */
#define ROWS_OF(row, activity) row ".id > " activity " || '/' AND " row ".id < " activity " || '0'"

#define ACTIVITY_COLUMNS \
	"a.id, a.kind, a.title, a.place, a.starts_ms, a.ends_ms, a.opens_min, a.grace_min, a.quorum, a.signs_out, a.cancelled"
enum { ACTIVITY_COLUMN_COUNT = 11 };
/* ERR_CORRUPT: a row that none of our programs wrote. */
MUST_USE enum err activity_take(sqlite3_stmt *stmt, int column, struct activity *a);
/* ERR_NOT_FOUND */
MUST_USE enum err activity_read(struct store *store, const char *id, struct activity *a);

/* Of attendance t, invitees i and leaves l, each of them joined from the left. */
#define ATTENDANCE_COLUMNS \
	"t.at_ms, t.clock_ok, t.by, t.timing, t.listed, t.on_leave, t.kiosk, t.event_seq, t.out_ms, i.id, i.seat, l.state"
enum { ATTENDANCE_COLUMN_COUNT = 12 };
/* `self` is this kiosk's id: what it signed in itself is not "elsewhere". */
MUST_USE enum err attendance_take(sqlite3_stmt *stmt, int column, const char *self, struct attendance_row *row);
MUST_USE enum err attendance_read(struct store *store, const char *self, const char *activity, const char *deputy,
                                  struct attendance_row *row);

struct invitee { char deputy[REPORT_ID_SIZE], seat[ACTIVITY_SEAT_SIZE]; };
struct invitee_list { struct invitee *rows; size_t count, room; }; /* rows owned: free */
MUST_USE enum err invitee_add(struct invitee_list *list, const char *deputy, const char *seat);

/* Writes the activity with its whole list in place of the one before; only rows that differ are touched. The list is put in
 * order; of a deputy who stands in it twice one entry stays, one with a seat if there is any. */
MUST_USE enum err activity_put(struct store *store, const struct activity *a, struct invitee_list *list);
/* With its list; attendance and leave stay. */
MUST_USE enum err activity_delete(struct store *store, const char *id);

#endif
