/* Corrections of who came, minutes, photographs. */
#include "township/store_activity_papers.h"

#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

/* ---- corrections ---- */

bool town_correction_known(const char *counts)
{
	static const char *const known[] = {"present", "late", "leave", "absent", "recorded"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], counts) == 0)
			return true;
	return false;
}

enum err town_correction_add(struct town_store *store, const char *activity, const char *deputy, const char *counts,
                             const char *reason, const char *user, int64_t now_ms)
{
	return db_run(store,
	              "INSERT INTO corrections(activity, deputy, counts, reason, user, at_ms) VALUES (?, ?, ?, ?, ?, ?)", "ttttti",
	              activity, deputy, counts, reason, user, now_ms);
}

static json_t *correction_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "deputy", sqlite3_column_text(stmt, 0), "name",
	                 sqlite3_column_text(stmt, 1), "counts", sqlite3_column_text(stmt, 2), "reason",
	                 sqlite3_column_text(stmt, 3), "user", sqlite3_column_text(stmt, 4), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 5));
}

enum err town_corrections_json(struct town_store *store, const char *activity, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT c.deputy, coalesce(d.name, c.deputy), c.counts, c.reason, c.user, c.at_ms FROM corrections c"
	                      " LEFT JOIN deputies d ON d.id = c.deputy WHERE c.activity = ? ORDER BY c.n",
	                      "t", activity);
	return e ? e : db_list(stmt, correction_row, list);
}

/* ---- minutes ---- */

void town_minutes_clear(struct town_minutes *m)
{
	free(m->text);
	*m = (struct town_minutes){0};
}

enum err town_minutes_get(struct town_store *store, const char *activity, struct town_minutes *m)
{
	sqlite3_stmt *stmt;
	*m = (struct town_minutes){0};
	enum err e = db_one(store, &stmt,
	                    "SELECT text, recorder, changed_by, changed_ms, final_by, final_ms FROM minutes WHERE activity = ?",
	                    "t", activity);
	if (e)
		return e;
	m->text = strdup((const char *)sqlite3_column_text(stmt, 0));
	db_text(stmt, 1, m->recorder, sizeof m->recorder);
	db_text(stmt, 2, m->changed_by, sizeof m->changed_by);
	m->changed_ms = sqlite3_column_int64(stmt, 3);
	db_text(stmt, 4, m->final_by, sizeof m->final_by);
	m->final_ms = sqlite3_column_int64(stmt, 5);
	sqlite3_reset(stmt);
	return m->text ? ERR_OK : ERR_NOMEM;
}

enum err town_minutes_put(struct town_store *store, const char *activity, const char *text, const char *recorder,
                          const char *user, int64_t now_ms)
{
	int64_t final_ms = 0;
	enum err e = db_one_number(store, &final_ms, "SELECT final_ms FROM minutes WHERE activity = ?", "t", activity);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (final_ms > 0)
		return ERR_STATE;
	return db_run(store,
	              "INSERT INTO minutes(activity, text, recorder, changed_by, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5)"
	              " ON CONFLICT (activity) DO UPDATE SET text = ?2, recorder = ?3, changed_by = ?4, changed_ms = ?5",
	              "tttti", activity, text, recorder, user, now_ms);
}

enum err town_minutes_final(struct town_store *store, const char *activity, const char *user, int64_t now_ms)
{
	int64_t final_ms = 0;
	enum err e = db_one_number(store, &final_ms, "SELECT final_ms FROM minutes WHERE activity = ?", "t", activity);
	if (e == ERR_NOT_FOUND || (!e && final_ms > 0))
		return ERR_STATE;
	return e ? e
	         : db_run(store, "UPDATE minutes SET final_by = ?, final_ms = ? WHERE activity = ?", "tit", user, now_ms,
	                  activity);
}

enum err town_addendum_add(struct town_store *store, const char *activity, const char *text, const char *user,
                           int64_t now_ms)
{
	return db_run(store, "INSERT INTO minutes_addenda(activity, text, user, at_ms) VALUES (?, ?, ?, ?)", "ttti", activity,
	              text, user, now_ms);
}

static json_t *addendum_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:I}", "text", sqlite3_column_text(stmt, 0), "user", sqlite3_column_text(stmt, 1), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 2));
}

enum err town_addenda_json(struct town_store *store, const char *activity, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e =
		db_query(store, &stmt, "SELECT text, user, at_ms FROM minutes_addenda WHERE activity = ? ORDER BY n", "t", activity);
	return e ? e : db_list(stmt, addendum_row, list);
}

/* ---- photographs ---- */

enum err town_photo_add(struct town_store *store, const struct town_photo *photo, const char *user, int64_t now_ms)
{
	return db_run(store,
	              "INSERT INTO activity_photos(id, activity, caption, width, height, jpeg, user, at_ms)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	              "tttddbti", photo->id, photo->activity, photo->caption, photo->width, photo->height, photo->jpeg,
	              photo->jpeg_len, user, now_ms);
}

enum err town_photo_bytes(struct town_store *store, const char *activity, const char *id, uint8_t **jpeg, size_t *len)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT jpeg FROM activity_photos WHERE id = ? AND activity = ?", "tt", id, activity);
	if (e)
		return e;
	e = db_blob(stmt, 0, jpeg, len);
	sqlite3_reset(stmt);
	return e || *jpeg ? e : ERR_NOT_FOUND;
}

/* Whether the picture is there, and was not taken out. */
static enum err photo_there(struct town_store *store, const char *activity, const char *id)
{
	int64_t one;
	return db_one_number(store, &one,
	                     "SELECT 1 FROM activity_photos WHERE id = ? AND activity = ? AND removed_ms IS NULL", "tt", id,
	                     activity);
}

enum err town_photo_caption(struct town_store *store, const char *activity, const char *id, const char *caption)
{
	enum err e = photo_there(store, activity, id);
	return e ? e : db_run(store, "UPDATE activity_photos SET caption = ? WHERE id = ?", "tt", caption, id);
}

enum err town_photo_remove(struct town_store *store, const char *activity, const char *id, const char *reason,
                           const char *user, int64_t now_ms)
{
	enum err e = photo_there(store, activity, id);
	return e ? e
	         : db_run(store,
	                  "UPDATE activity_photos SET jpeg = NULL, removed_reason = ?, removed_by = ?, removed_ms = ? WHERE id = ?",
	                  "ttit", reason, user, now_ms, id);
}

static json_t *photo_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:I, s:s, s:o, s:s}", "id", sqlite3_column_text(stmt, 0), "caption",
	                 sqlite3_column_text(stmt, 1), "width", (json_int_t)sqlite3_column_int64(stmt, 2), "height",
	                 (json_int_t)sqlite3_column_int64(stmt, 3), "size", (json_int_t)sqlite3_column_int64(stmt, 4), "user",
	                 sqlite3_column_text(stmt, 5), "at", (json_int_t)sqlite3_column_int64(stmt, 6), "removed_by",
	                 sqlite3_column_text(stmt, 7), "removed",
	                 sqlite3_column_type(stmt, 8) == SQLITE_NULL ? json_null()
	                                                             : json_integer(sqlite3_column_int64(stmt, 8)),
	                 "removed_reason", sqlite3_column_text(stmt, 9));
}

enum err town_photos_json(struct town_store *store, const char *activity, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT id, caption, width, height, coalesce(length(jpeg), 0), user, at_ms, removed_by, removed_ms,"
	                      " removed_reason FROM activity_photos WHERE activity = ? ORDER BY at_ms, rowid",
	                      "t", activity);
	return e ? e : db_list(stmt, photo_row, list);
}

enum err town_photo_count(struct town_store *store, const char *activity, int64_t *count)
{
	return db_one_number(store, count, "SELECT count(*) FROM activity_photos WHERE activity = ? AND removed_ms IS NULL", "t",
	                     activity);
}
