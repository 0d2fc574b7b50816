/* What was published of an activity, when, and which kiosks have it since when. */
#include "township/store/db.h"
#include "township/store_activity_papers.h"

enum err town_publication_add(struct town_store *store, const struct town_publication *p)
{
	const struct activity *a = p->activity;
	return db_run(store,
	              "INSERT INTO publications(activity, what, at_ms, who, title, place, starts_ms, ends_ms, invited, notice_days,"
	              " in_time, late_reason, cursor, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              "ttitttiidddtii", a->id, p->what, p->at_ms, p->who, a->title, a->place, a->starts_ms, a->ends_ms, p->invited,
	              p->notice_days, p->in_time ? 1 : 0, p->late_reason, p->cursor, p->link);
}

enum err town_publication_last(struct town_store *store, const char *activity, int *notice_days, bool *in_time,
                               int64_t *starts_ms)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT notice_days, in_time, starts_ms FROM publications WHERE activity = ? ORDER BY n DESC LIMIT 1",
	                    "t", activity);
	if (e)
		return e;
	*notice_days = sqlite3_column_int(stmt, 0);
	*in_time = sqlite3_column_int(stmt, 1) != 0;
	*starts_ms = sqlite3_column_int64(stmt, 2);
	sqlite3_reset(stmt);
	return ERR_OK;
}

static json_t *publication_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:s, s:I, s:I, s:s}", "n",
	                 (json_int_t)sqlite3_column_int64(stmt, 0), "what", sqlite3_column_text(stmt, 1), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 2), "who", sqlite3_column_text(stmt, 3), "title",
	                 sqlite3_column_text(stmt, 4), "place", sqlite3_column_text(stmt, 5), "starts",
	                 (json_int_t)sqlite3_column_int64(stmt, 6), "ends", (json_int_t)sqlite3_column_int64(stmt, 7), "invited",
	                 (json_int_t)sqlite3_column_int64(stmt, 8), "notice_days", (json_int_t)sqlite3_column_int64(stmt, 9),
	                 "in_time", sqlite3_column_int(stmt, 10), "late_reason", sqlite3_column_text(stmt, 11), "cursor",
	                 (json_int_t)sqlite3_column_int64(stmt, 12), "link", (json_int_t)sqlite3_column_int64(stmt, 13), "hash",
	                 sqlite3_column_text(stmt, 14));
}

enum err town_publications_json(struct town_store *store, const char *activity, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT p.n, p.what, p.at_ms, p.who, p.title, p.place, p.starts_ms, p.ends_ms, p.invited,"
	                      " p.notice_days, p.in_time, p.late_reason, p.cursor, p.link, lower(hex(t.hash)) FROM publications p"
	                      " JOIN audit t ON t.n = p.link WHERE p.activity = ? ORDER BY p.n",
	                      "t", activity);
	return e ? e : db_list(stmt, publication_row, list);
}

enum err town_publications_seen(struct town_store *store, const char *kiosk, int64_t cursor, int64_t now_ms)
{
	int64_t passed = 0, known = 0;
	/* A box that says it has more than there is speaks of another township's stream. */
	enum err e = db_one_number(store, &passed,
	                           "SELECT coalesce(max(cursor), 0) FROM publications WHERE cursor <= ?1 AND ?1 <="
	                           " (SELECT max(cursor) FROM changes)",
	                           "i", cursor);
	if (!e && passed > 0)
		e = db_one_number(store, &known, "SELECT coalesce(max(cursor), 0) FROM publications_seen WHERE kiosk = ?", "t",
		                  kiosk);
	if (e || passed <= known)
		return e;
	return db_run(store, "INSERT INTO publications_seen(kiosk, cursor, at_ms) VALUES (?, ?, ?)", "tii", kiosk, passed,
	              now_ms);
}

static json_t *kiosk_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:o}", "kiosk", sqlite3_column_text(stmt, 0), "name", sqlite3_column_text(stmt, 1), "at",
	                 sqlite3_column_type(stmt, 2) == SQLITE_NULL ? json_null()
	                                                             : json_integer(sqlite3_column_int64(stmt, 2)));
}

enum err town_publication_kiosks_json(struct town_store *store, int64_t cursor, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT k.id, k.name, (SELECT s.at_ms FROM publications_seen s WHERE s.kiosk = k.id AND"
	                      " s.cursor >= ? ORDER BY s.cursor LIMIT 1) AS since FROM kiosks k WHERE k.revoked_ms IS NULL"
	                      " OR since IS NOT NULL ORDER BY k.name, k.id",
	                      "i", cursor);
	return e ? e : db_list(stmt, kiosk_row, list);
}
