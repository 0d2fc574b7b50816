/* Constituencies, and the mandates that name them. */
#include <string.h>

#include "township/store/db.h"
#include "township/store_groups.h"

static enum err read_constituency(sqlite3_stmt *stmt, struct town_constituency *c)
{
	memset(c, 0, sizeof *c);
	db_text(stmt, 0, c->id, sizeof c->id);
	db_text(stmt, 1, c->level, sizeof c->level);
	db_text(stmt, 2, c->name, sizeof c->name);
	db_text(stmt, 3, c->villages, sizeof c->villages);
	c->seats = sqlite3_column_int(stmt, 4);
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_constituency_get(struct town_store *store, const char *id, struct town_constituency *c)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT id, level, name, villages, seats FROM constituencies WHERE id = ?", "t", id);
	return e ? e : read_constituency(stmt, c);
}

enum err town_constituency_find(struct town_store *store, const char *level, const char *name, struct town_constituency *c)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT id, level, name, villages, seats FROM constituencies WHERE level = ? AND name = ?",
	                    "tt", level, name);
	return e ? e : read_constituency(stmt, c);
}

enum err town_constituency_put(struct town_store *store, const struct town_constituency *c)
{
	return db_run(store,
	              "INSERT INTO constituencies(id, level, name, villages, seats) VALUES (?1, ?2, ?3, ?4, ?5)"
	              " ON CONFLICT (id) DO UPDATE SET level = ?2, name = ?3, villages = ?4, seats = ?5",
	              "ttttd", c->id, c->level, c->name, c->villages, c->seats);
}

enum err town_constituency_remove(struct town_store *store, const char *id)
{
	int64_t used = 0;
	enum err e = db_one_number(store, &used,
	                           "SELECT count(*) FROM constituencies c JOIN mandates m ON m.level = c.level AND m.constituency = c.name"
	                           " JOIN deputies d ON d.id = m.deputy WHERE c.id = ? AND d.left_ms IS NULL",
	                           "t", id);
	if (!e && used > 0)
		return ERR_STATE;
	return e ? e : db_run(store, "DELETE FROM constituencies WHERE id = ?", "t", id);
}

static json_t *constituency_row(sqlite3_stmt *stmt)
{
	json_t *deputies = json_loads((const char *)sqlite3_column_text(stmt, 5), 0, NULL);
	return deputies ? json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "id", sqlite3_column_text(stmt, 0), "level",
	                            sqlite3_column_text(stmt, 1), "name", sqlite3_column_text(stmt, 2), "villages",
	                            sqlite3_column_text(stmt, 3), "seats", (json_int_t)sqlite3_column_int64(stmt, 4), "deputies",
	                            deputies)
					: NULL;
}

enum err town_constituencies_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT c.id, c.level, c.name, c.villages, c.seats,"
	                      " (SELECT json_group_array(json_object('id', d.id, 'name', d.name)) FROM mandates m"
	                      "  JOIN deputies d ON d.id = m.deputy"
	                      "  WHERE m.level = c.level AND m.constituency = c.name AND d.left_ms IS NULL)"
	                      " FROM constituencies c ORDER BY CASE c.level WHEN 'township' THEN 0 WHEN 'county' THEN 1 ELSE 2 END, c.rowid",
	                      "");
	return e ? e : db_list(stmt, constituency_row, list);
}

static json_t *mandate_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:b, s:s}", "id", sqlite3_column_text(stmt, 0), "left", sqlite3_column_int(stmt, 1), "villages",
	                 sqlite3_column_text(stmt, 2));
}

enum err town_constituency_mandates(struct town_store *store, const char *level, const char *name, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT m.deputy, d.left_ms IS NOT NULL, m.villages FROM mandates m JOIN deputies d ON d.id = m.deputy"
	                      " WHERE m.level = ? AND m.constituency = ? ORDER BY d.rowid",
	                      "tt", level, name);
	return e ? e : db_list(stmt, mandate_row, list);
}

enum err town_mandate_change(struct town_store *store, const char *deputy, const char *level, const char *name,
                             const char *new_name, const char *villages)
{
	return db_run(store, "UPDATE mandates SET constituency = ?, villages = ? WHERE deputy = ? AND level = ? AND constituency = ?",
	              "ttttt", new_name, villages, deputy, level, name);
}
