/* store_attendance.h: activities, who came, who asked for leave, and by what a deputy is known: all that signing in needs,
 * with the network down. */
#ifndef STORE_STORE_ATTENDANCE_H
#define STORE_STORE_ATTENDANCE_H

#include "model/attendance.h"
#include "model/card_token.h"
#include "model/id_number.h"
#include "model/phone_code.h"
#include "store/store.h"

/* ---- activities ------------------------------------------------------------------------------------------------- */

struct activity_row {
	struct activity activity;
	int invited, present, on_leave; /* on_leave: asked or granted, of those not present */
	int guests;                     /* present, but not on the list; not part of `present` */
};
struct activity_list { struct activity_row *rows; size_t count; }; /* rows owned; activity_list_clear */

/* Those not cancelled that end (lingering included) after `from_ms` and start before `until_ms`, by start. */
MUST_USE enum err store_activities(struct store *store, int64_t from_ms, int64_t until_ms, struct activity_list *list);
void activity_list_clear(struct activity_list *list);
/* ERR_NOT_FOUND */
MUST_USE enum err store_activity(struct store *store, const char *id, struct activity_row *row);

/* The time to go by: the clock's, or, where it cannot be trusted (*clock_ok false), the last one that was known for sure; 0
 * when there never was one. */
MUST_USE enum err store_clock(struct store *store, int64_t *now_ms, bool *clock_ok);

/* ---- signing in --------------------------------------------------------------------------------------------------- */

struct attendance_row {
	bool signed_in, signed_out;
	int64_t in_ms, out_ms;
	bool clock_ok;               /* of the sign-in */
	enum sign_by by;
	enum timing timing;
	bool listed;                 /* was on the list; else 列席 */
	bool on_leave;               /* had asked for leave, and came */
	bool elsewhere;              /* at another kiosk of the home, or by phone */
	char kiosk[KIOSK_ID_SIZE];   /* where; "" by phone */
	char seat[ACTIVITY_SEAT_SIZE]; /* from the list, "" without one */
	enum leave_state leave;
};
/* How a deputy stands to an activity, whether or not they came; zeros when nothing is known. */
MUST_USE enum err store_attendance(struct store *store, const char *activity, const char *deputy,
                                   struct attendance_row *row);

struct sign_in {
	char activity[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE];
	enum sign_by by;       /* SIGN_BY_CARD or SIGN_BY_QR here */
	uint32_t issue;        /* of the QR card, 1 and up; 0 otherwise */
	bool out;              /* an explicit wish to sign out, before the time for it */
};
struct sign_in_result {
	enum presented what;       /* what it meant; PRESENTED_SIGN_IN and _SIGN_OUT have been recorded */
	struct attendance_row row; /* as it is now */
};
/* What attendance_presented says of it, recorded in one transaction: the row, its event ("attendance.signed_in" or
 * "attendance.signed_out"), its audit link. Already signed in at another kiosk: recorded as a second sign-in
 * ("attendance.repeated") and flagged, once; the result is PRESENTED_ALREADY all the same. ERR_INVALID: by phone, or a QR
 * card without an issue; ERR_STATE: not enrolled;
 * ERR_NOT_FOUND: no such activity or deputy; ERR_FULL, ERR_IO: nothing was recorded. */
MUST_USE enum err store_sign_in(struct store *store, const struct sign_in *in, struct sign_in_result *result);

/* ---- leave ---------------------------------------------------------------------------------------------------------- */

/* With its event "leave.asked". ERR_STATE: leave_can_be_asked says no. */
MUST_USE enum err store_ask_leave(struct store *store, const char *activity, const char *deputy,
                                  enum leave_reason reason);

/* ---- one deputy ------------------------------------------------------------------------------------------------------ */

struct deputy_activity {
	struct activity activity;
	struct attendance_row row;
};
struct deputy_activities { struct deputy_activity *rows; size_t count; }; /* rows owned; deputy_activities_clear */
/* What the deputy is invited to or came to, of a year of the room's calendar, by start, with what begins in the two months
 * after `now_ms` if that is in the year; and the year's own sum up to now, with what was signed in to early. */
MUST_USE enum err store_deputy_year(struct store *store, const char *deputy, int year, int64_t now_ms,
                                    struct deputy_activities *list, struct attendance_sum *sum);
void deputy_activities_clear(struct deputy_activities *list);

/* ---- the room's screen ----------------------------------------------------------------------------------------------- */

struct roll_row {
	char deputy[REPORT_ID_SIZE];
	char name[128], group[128];
	struct attendance_row row;
};
struct roll { struct roll_row *rows; size_t count; }; /* rows owned; roll_clear */
/* Everybody on the list in the wall's order, then the guests. */
MUST_USE enum err store_roll(struct store *store, const char *activity, struct roll *roll);
void roll_clear(struct roll *roll);

/* ---- credentials ------------------------------------------------------------------------------------------------------- */

/* The parameters under which digests are kept, the commonest first: at most `max`, *count were found. Before there is any
 * digest there are none. */
MUST_USE enum err store_id_params(struct store *store, struct id_params *params, size_t max, size_t *count);
/* Those to make new digests with: the ones in use, or fresh ones (a new salt, kept). */
MUST_USE enum err store_id_params_new(struct store *store, struct id_params *params);
/* ERR_NOT_FOUND: nobody's of those parameters. */
MUST_USE enum err store_deputy_by_digest(struct store *store, const struct id_params *params,
                                         const uint8_t digest[ID_DIGEST_BYTES], char deputy[REPORT_ID_SIZE]);
/* Zeros when the township has said nothing of the deputy's card. */
MUST_USE enum err store_card_state(struct store *store, const char *deputy, struct card_state *state);

/* Something odd about a credential, recorded as what it is (event "credential.odd") for the liaison officer and the office:
 * `what` is "card_lost" "card_superseded" "card_expired" "card_future". At most one a deputy, kind and day. */
MUST_USE enum err store_note_odd(struct store *store, const char *what, const char *deputy, uint32_t issue);

/* What the liaison officer should look at: this kiosk's own and what the township sent ("two_kiosks" besides the above). */
struct flag_row {
	char id[REPORT_ID_SIZE * 2];
	int64_t at_ms;
	char what[32], deputy[REPORT_ID_SIZE], activity[REPORT_ID_SIZE], detail[128];
};
struct flag_list { struct flag_row *rows; size_t count; }; /* rows owned; flag_list_clear */
/* The newest first, at most `max`. */
MUST_USE enum err store_flags(struct store *store, size_t max, struct flag_list *list);
void flag_list_clear(struct flag_list *list);

/* The phone code of an activity for now: "/s/…". ERR_STATE: not enrolled. */
MUST_USE enum err store_phone_path(struct store *store, const char *activity, int64_t now_ms,
                                   char path[PHONE_PATH_SIZE]);

/* ---- portraits ----------------------------------------------------------------------------------------------------------- */

enum { PORTRAIT_MAX_BYTES = 256 * 1024 };
/* A JPEG, PNG or WebP; malloc'ed, the caller's. ERR_NOT_FOUND. */
MUST_USE enum err store_portrait(struct store *store, const char *deputy, uint8_t **bytes, size_t *len);
MUST_USE enum err store_portrait_put(struct store *store, const char *deputy, const char *media, const uint8_t *bytes,
                                     size_t len);

#endif
