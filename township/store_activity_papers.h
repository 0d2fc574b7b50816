/* store_activity_papers.h: the store's part on what surrounds an activity: plans, publications and who has them,
 * corrections, minutes, photographs. */
#ifndef TOWNSHIP_STORE_ACTIVITY_PAPERS_H
#define TOWNSHIP_STORE_ACTIVITY_PAPERS_H

#include "township/store_attendance.h"

enum {
	TOWN_AGENDA_SIZE = 12 * 1024,
	TOWN_REASON_SIZE = 1024,
	TOWN_MINUTES_SIZE = 128 * 1024,
	TOWN_CAPTION_SIZE = 512,
	TOWN_PHOTO_ID_SIZE = 33,
};

/* ---- plans (store/activity_drafts.c) ---- */

struct town_plan {
	struct activity activity;
	char agenda[TOWN_AGENDA_SIZE];
	struct town_invitees invited; /* owned; town_plan_clear */
	bool draft;                   /* not published yet */
	int64_t rev;                  /* another one whenever somebody has changed it */
};
void town_plan_clear(struct town_plan *plan);
/* The plan or the published activity of that id. ERR_NOT_FOUND */
MUST_USE enum err town_plan_get(struct town_store *store, const char *id, struct town_plan *plan);
/* Puts the plan and its whole list in the place of what there was. ERR_INVALID: somebody on the list is not known. */
MUST_USE enum err town_draft_put(struct town_store *store, const struct town_plan *plan, const char *user, int64_t now_ms);
MUST_USE enum err town_draft_remove(struct town_store *store, const char *id);
/* By start: [{"id","kind","title","place","starts","ends","invited","changed","changed_by"}]. */
MUST_USE enum err town_drafts_json(struct town_store *store, json_t **list);
/* Of a published activity. */
MUST_USE enum err town_agenda_put(struct town_store *store, const char *id, const char *agenda);

/* Everybody on the roster, for lists: {ID: {"name","group","left"}}; and the groups that somebody is in, by name:
 * [{"name","count"}]. */
MUST_USE enum err town_deputies_brief_json(struct town_store *store, json_t **deputies);
MUST_USE enum err town_groups_brief_json(struct town_store *store, json_t **groups);

/* ---- publications (store/publications.c) ---- */

struct town_publication {
	const char *what; /* "published" "changed" "cancelled", borrowed */
	const struct activity *activity;
	int invited;
	int64_t at_ms;
	const char *who;  /* as in the audit chain */
	int notice_days;
	bool in_time;
	const char *late_reason;
	int64_t cursor, link;
};
MUST_USE enum err town_publication_add(struct town_store *store, const struct town_publication *p);
/* Notice and start of the newest publication. ERR_NOT_FOUND */
MUST_USE enum err town_publication_last(struct town_store *store, const char *activity, int *notice_days, bool *in_time,
                                        int64_t *starts_ms);
/* Oldest first: [{"n","what","at","who","title","place","starts","ends","invited","notice_days","in_time","late_reason",
 * "cursor","link","hash" (hex)}]. */
MUST_USE enum err town_publications_json(struct town_store *store, const char *activity, json_t **list);
/* What happened to publications when a kiosk said that it has everything up to `cursor`: writes only when one was passed. */
MUST_USE enum err town_publications_seen(struct town_store *store, const char *kiosk, int64_t cursor, int64_t now_ms);
/* Since when each kiosk that was not revoked has had the change of that cursor, by name: [{"kiosk","name","at" (null: not
 * yet)}]. */
MUST_USE enum err town_publication_kiosks_json(struct town_store *store, int64_t cursor, json_t **list);

/* ---- corrections (store/activity_papers.c) ---- */

/* "present" "late" "leave" "absent", or "recorded": earlier corrections are taken back. */
bool town_correction_known(const char *counts);
MUST_USE enum err town_correction_add(struct town_store *store, const char *activity, const char *deputy,
                                      const char *counts, const char *reason, const char *user, int64_t now_ms);
/* All of an activity, oldest first: [{"deputy","name","counts","reason","user","at"}]. */
MUST_USE enum err town_corrections_json(struct town_store *store, const char *activity, json_t **list);

/* ---- minutes (store/activity_papers.c) ---- */

struct town_minutes {
	char *text; /* owned; town_minutes_clear */
	char recorder[128], changed_by[64], final_by[64];
	int64_t changed_ms, final_ms; /* final_ms 0: may be edited */
};
void town_minutes_clear(struct town_minutes *minutes);
/* ERR_NOT_FOUND */
MUST_USE enum err town_minutes_get(struct town_store *store, const char *activity, struct town_minutes *minutes);
/* ERR_STATE: they are final. */
MUST_USE enum err town_minutes_put(struct town_store *store, const char *activity, const char *text, const char *recorder,
                                   const char *user, int64_t now_ms);
/* ERR_STATE: there are none, or they are final already. */
MUST_USE enum err town_minutes_final(struct town_store *store, const char *activity, const char *user, int64_t now_ms);
MUST_USE enum err town_addendum_add(struct town_store *store, const char *activity, const char *text, const char *user,
                                    int64_t now_ms);
/* [{"text","user","at"}], oldest first. */
MUST_USE enum err town_addenda_json(struct town_store *store, const char *activity, json_t **list);

/* ---- photographs (store/activity_papers.c) ---- */

struct town_photo {
	char id[TOWN_PHOTO_ID_SIZE];
	char activity[REPORT_ID_SIZE];
	char caption[TOWN_CAPTION_SIZE];
	int width, height;
	const uint8_t *jpeg; /* borrowed */
	size_t jpeg_len;
};
MUST_USE enum err town_photo_add(struct town_store *store, const struct town_photo *photo, const char *user,
                                 int64_t now_ms);
/* ERR_NOT_FOUND: no such picture, or it was taken out. *jpeg is malloc'ed. */
MUST_USE enum err town_photo_bytes(struct town_store *store, const char *activity, const char *id, uint8_t **jpeg,
                                   size_t *len);
/* ERR_NOT_FOUND */
MUST_USE enum err town_photo_caption(struct town_store *store, const char *activity, const char *id, const char *caption);
/* Forgets the bytes, and keeps who did that and why. ERR_NOT_FOUND */
MUST_USE enum err town_photo_remove(struct town_store *store, const char *activity, const char *id, const char *reason,
                                    const char *user, int64_t now_ms);
/* [{"id","caption","width","height","size","user","at","removed_by","removed" (null: it is there),"removed_reason"}] */
MUST_USE enum err town_photos_json(struct town_store *store, const char *activity, json_t **list);
/* How many there are that were not taken out. */
MUST_USE enum err town_photo_count(struct town_store *store, const char *activity, int64_t *count);

#endif
