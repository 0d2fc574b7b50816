/* attendance_fixture.h: deputies, an activity and its list in the store of store_fixture.h, brought in as the township does. */
#ifndef TESTS_ATTENDANCE_FIXTURE_H
#define TESTS_ATTENDANCE_FIXTURE_H

#include "model/civil.h"
#include "store/store_attendance.h"
#include "tests/unit/store_fixture.h"

enum { MINUTE = 60 * 1000, FIXTURE_LENGTH_MIN = 180 };
/* 2090-03-12 14:00 in the room, after the fixture's clock; three hours long. */
static const int64_t fixture_start = 3792966425999 - (47 * 60 + 5) * 1000 - 999 + 5 * 60 * 60 * 1000;
static json_int_t fixture_cursor;

/* Applies one change after all that came before. */
static inline void fixture_change(struct fixture *f, const char *type, const char *op, const char *id, json_t *data)
{
	json_t *change = json_pack("{s:I, s:s, s:s, s:s, s:o*}", "cursor", ++fixture_cursor, "type", type, "op", op, "id", id,
	                           "data", data);
	assert_non_null(change);
	assert_int_equal(fixture_apply(f, change, fixture_cursor), ERR_OK);
}

static inline void fixture_put(struct fixture *f, const char *type, const char *id, json_t *data)
{
	assert_non_null(data);
	fixture_change(f, type, "put", id, data);
}

/* "p-0001" and on, 代表0001 of the 第一选区 and of two groups; imported whole. */
static inline void fixture_deputies(struct fixture *f, size_t count)
{
	struct roster r = {calloc(count, sizeof *r.people), count};
	assert_non_null(r.people);
	for (size_t i = 0; i < count; i++) {
		struct roster_person *p = &r.people[i];
		snprintf(p->id, sizeof p->id, "p-%04u", (unsigned)i + 1);
		snprintf(p->name, sizeof p->name, "代表%04u", (unsigned)i + 1);
		snprintf(p->group, sizeof p->group, "第%u小组", (unsigned)i % 2 + 1);
		snprintf(p->initials, sizeof p->initials, "DB%04u", (unsigned)i + 1);
		snprintf(p->mandates[0].level, sizeof p->mandates[0].level, "township");
		snprintf(p->mandates[0].constituency, sizeof p->mandates[0].constituency, "第一选区");
		p->mandate_count = 1;
	}
	assert_int_equal(store_import_roster(f->store, &r), ERR_OK);
	free(r.people);
}

/* The activity's change, with the first `invited` deputies on its list; `more` (its own, may be NULL) replaces members. */
static inline json_t *fixture_activity_data(size_t invited, json_t *more)
{
	json_t *list = json_array();
	for (size_t i = 0; i < invited; i++) {
		char deputy[16], seat[16];
		snprintf(deputy, sizeof deputy, "p-%04u", (unsigned)i + 1);
		snprintf(seat, sizeof seat, "%u排", (unsigned)i / 10 + 1);
		json_array_append_new(list, json_pack("{s:s, s:s}", "deputy", deputy, "seat", seat));
	}
	json_t *data = json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s:o}", "kind", "home", "title", "法律法规学习",
	                         "place", "二楼会议室", "starts", (json_int_t)fixture_start, "ends",
	                         (json_int_t)(fixture_start + FIXTURE_LENGTH_MIN * MINUTE), "opens_min", 120, "grace_min", 5,
	                         "quorum", 0, "signs_out", 0, "cancelled", 0, "invited", list);
	assert_non_null(data);
	if (more)
		assert_int_equal(json_object_update(data, more), 0);
	json_decref(more);
	return data;
}

static inline void fixture_activity(struct fixture *f, const char *id, size_t invited, json_t *more)
{
	fixture_put(f, "activity", id, fixture_activity_data(invited, more));
}

/* So long after the start of the activity. */
static inline void fixture_at(int minutes)
{
	fixture_clock = fixture_start + minutes * (int64_t)MINUTE;
}

static inline enum err fixture_sign(struct fixture *f, const char *activity, const char *deputy, struct sign_in_result *r)
{
	struct sign_in in = {.by = SIGN_BY_CARD};
	snprintf(in.activity, sizeof in.activity, "%s", activity);
	snprintf(in.deputy, sizeof in.deputy, "%s", deputy);
	return store_sign_in(f->store, &in, r);
}

static inline struct sign_in_result fixture_signed(struct fixture *f, const char *activity, const char *deputy)
{
	struct sign_in_result r;
	assert_int_equal(fixture_sign(f, activity, deputy, &r), ERR_OK);
	return r;
}

/* What the township tells of somebody who signed in at another kiosk, or ("" ) by phone. */
static inline void fixture_signed_elsewhere(struct fixture *f, const char *activity, const char *deputy, const char *kiosk,
                                            json_t *out_at)
{
	char id[130];
	snprintf(id, sizeof id, "%s/%s", activity, deputy);
	fixture_put(f, "attendance", id,
	            json_pack("{s:s, s:s, s:I, s:b, s:s, s:s, s:b, s:b, s:s, s:o}", "activity", activity, "deputy", deputy, "at",
	                      (json_int_t)fixture_clock, "clock_ok", 1, "by", kiosk[0] ? "card" : "phone", "timing", "on_time",
	                      "listed", 1, "on_leave", 0, "kiosk", kiosk, "out_at", out_at ? out_at : json_null()));
}

/* The data of the newest event of a type; a new reference, NULL when there is none. */
static inline json_t *fixture_newest_event(struct fixture *f, const char *type)
{
	sqlite3_stmt *stmt;
	bool row = false;
	json_t *data = NULL;
	assert_int_equal(db_query(f->store->db, &stmt, "SELECT payload FROM events WHERE type = ? ORDER BY seq DESC LIMIT 1",
	                          "s", type),
	                 ERR_OK);
	assert_int_equal(db_step(stmt, &row), ERR_OK);
	if (row) {
		json_t *root = json_loads((const char *)sqlite3_column_text(stmt, 0), 0, NULL);
		data = json_incref(json_object_get(root, "data"));
		json_decref(root);
	}
	sqlite3_finalize(stmt);
	return data;
}

#endif
