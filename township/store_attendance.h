/* store_attendance.h: the store's part on activities, who came, leave, flags, digests and cards. */
#ifndef TOWNSHIP_STORE_ATTENDANCE_H
#define TOWNSHIP_STORE_ATTENDANCE_H

#include "model/attendance.h"
#include "model/card_token.h"
#include "model/id_number.h"
#include "township/store.h"

enum { TOWN_FLAG_ID_SIZE = 64 };

/* ---- activities ---- */

struct town_invitee {
	char deputy[REPORT_ID_SIZE];
	char seat[ACTIVITY_SEAT_SIZE];
};
struct town_invitees {
	struct town_invitee *items; /* owned; town_invitees_clear */
	size_t count;
};
void town_invitees_clear(struct town_invitees *list);
/* Adds one; one who is on it already only gets the seat that was still missing. */
MUST_USE enum err town_invitees_add(struct town_invitees *list, const char *deputy, const char *seat);

/* Puts the activity and its whole list in the place of what there was. */
MUST_USE enum err town_activity_put(struct town_store *store, const struct activity *a,
                                    const struct town_invitees *list);
MUST_USE enum err town_activity_get(struct town_store *store, const char *id, struct activity *a);
MUST_USE enum err town_invitees_get(struct town_store *store, const char *id, struct town_invitees *list);
/* Those that start from `from_ms` on, by start, at most `limit`: {"id","title",…,"invited","present",…}. */
MUST_USE enum err town_activities_json(struct town_store *store, int64_t from_ms, int limit, json_t **list);
/* Who is invited and who came: [{"deputy","name","seat","listed","leave","attendance"}]. */
MUST_USE enum err town_activity_people_json(struct town_store *store, const char *id, json_t **list);

/* Deputies of a group, of a level ("township" …), or all (both NULL), in the roster's order; those that there are. */
MUST_USE enum err town_deputies_of(struct town_store *store, const char *group, const char *level,
                                   struct town_invitees *list);

/* ---- who came ---- */

struct town_sign_in {
	char id[UUID_SIZE];
	char activity[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE];
	int64_t at_ms;
	bool clock_ok;
	enum sign_by by;
	enum timing timing;
	bool listed, on_leave;
	char kiosk[KIOSK_ID_SIZE]; /* by phone: whose code it was */
	uint32_t issue;
	bool record;
};
/* ERR_EXISTS: this id is there, or it would be a second record. */
MUST_USE enum err town_sign_in_add(struct town_store *store, const struct town_sign_in *in);
/* The record. ERR_NOT_FOUND: has not signed in. */
MUST_USE enum err town_sign_in_get(struct town_store *store, const char *activity, const char *deputy,
                                   struct town_sign_in *in);
/* The record steps back beside the others. */
MUST_USE enum err town_sign_in_demote(struct town_store *store, const char *activity, const char *deputy);
/* Whether the deputy signed in anywhere else than at `kiosk`, and whether anywhere at all. */
MUST_USE enum err town_sign_in_places(struct town_store *store, const char *activity, const char *deputy,
                                      const char *kiosk, bool *elsewhere, bool *anywhere);

/* The first to be told stays. */
MUST_USE enum err town_sign_out_add(struct town_store *store, const char *activity, const char *deputy,
                                    int64_t at_ms, enum sign_by by, const char *kiosk);
/* ERR_NOT_FOUND */
MUST_USE enum err town_sign_out_get(struct town_store *store, const char *activity, const char *deputy,
                                    int64_t *at_ms);

/* ---- a year, with the office's corrections ---- */

/* One deputy's: activities that they were invited to, that are over (or that they came to), and were not cancelled. What the
 * office has corrected counts as corrected. Absent are due - attended - leave; attendance_percent gives the rate. */
struct town_attendance_year {
	char deputy[REPORT_ID_SIZE];
	char name[128];
	struct attendance_sum all, kinds[ACTIVITY_KIND_COUNT];
	int corrected; /* how many of all of them */
};
struct town_attendance_years {
	struct town_attendance_year *items; /* owned; town_attendance_years_clear */
	size_t count;
};
/* The calendar year of one deputy (ERR_NOT_FOUND: nobody of that id), or of all (NULL) in the roster's order; those who have
 * left stand there where they had something to come to. */
MUST_USE enum err town_attendance_year(struct town_store *store, int year, const char *deputy, int64_t now_ms,
                                       struct town_attendance_years *years);
void town_attendance_years_clear(struct town_attendance_years *years);
/* The same activities one by one, and those that are ahead or were cancelled, by start: [{"activity","kind","title","place",
 * "starts","ends","cancelled","seat","listed","at","timing","out_at","leave","recorded","corrected","reason","outcome"}].
 * recorded, corrected and outcome are "present" "late" "leave" "absent"; corrected is null where there is no correction,
 * outcome where nothing counts (yet). */
MUST_USE enum err town_deputy_attendance_json(struct town_store *store, const char *deputy, int year, int64_t now_ms,
                                              json_t **list);

/* ---- leave ---- */

struct town_leave {
	char activity[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE];
	int64_t at_ms;
	enum leave_reason reason;
	enum leave_state state;
	char decided_by[64];
};
MUST_USE enum err town_leave_put(struct town_store *store, const struct town_leave *leave);
/* ERR_NOT_FOUND */
MUST_USE enum err town_leave_get(struct town_store *store, const char *activity, const char *deputy,
                                 struct town_leave *leave);
/* Those that wait for a decision first, then the newest; at most 500. */
MUST_USE enum err town_leaves_json(struct town_store *store, json_t **list);

/* ---- flags ---- */

struct town_flag {
	char id[TOWN_FLAG_ID_SIZE];
	int64_t at_ms;
	const char *what, *deputy, *activity, *detail, *kiosk; /* borrowed */
};
/* ERR_EXISTS: this very one is there. */
MUST_USE enum err town_flag_add(struct town_store *store, const struct town_flag *flag);
/* The last to come in first (clocks may be wrong), at most 500. */
MUST_USE enum err town_flags_json(struct town_store *store, json_t **list);

/* ---- credentials ---- */

/* digest NULL: taken back. */
MUST_USE enum err town_digest_put(struct town_store *store, const char *deputy, const struct id_params *params,
                                  const uint8_t *digest);
/* {"salt","ops","mem_kib","digest"}, or null when it was taken back; *json is NULL when nothing is known. */
MUST_USE enum err town_digest_json(struct town_store *store, const char *deputy, json_t **json);
/* Whose it is: another deputy than `but`. ERR_NOT_FOUND. */
MUST_USE enum err town_digest_owner(struct town_store *store, const uint8_t digest[ID_DIGEST_BYTES],
                                    const char *but, char deputy[REPORT_ID_SIZE]);

/* Zeros when the deputy has no card. */
MUST_USE enum err town_card_state(struct town_store *store, const char *deputy, struct card_state *state);
MUST_USE enum err town_card_add(struct town_store *store, const struct card_token *card, const char *user);
/* ERR_NOT_FOUND */
MUST_USE enum err town_card_days(struct town_store *store, const char *deputy, uint32_t issue, int *issued_day, int *expires_day);
MUST_USE enum err town_card_lost(struct town_store *store, const char *deputy, uint32_t through, int64_t at_ms,
                                 const char *user);
/* When the issue was reported lost, the first time. ERR_NOT_FOUND: it was not. */
MUST_USE enum err town_card_lost_at(struct town_store *store, const char *deputy, uint32_t issue, int64_t *at_ms);
/* Each deputy's newest card, by name: [{"deputy","name","issue","lost_through","issued","expires"}]. */
MUST_USE enum err town_cards_json(struct town_store *store, json_t **list);

/* Whose account it is. ERR_NOT_FOUND: not a deputy's. */
MUST_USE enum err town_user_deputy(struct town_store *store, int64_t user_id, char deputy[REPORT_ID_SIZE]);

#endif
