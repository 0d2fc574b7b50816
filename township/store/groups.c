/* Groups and who leads them; honours. */
#include <stdio.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_groups.h"

enum err town_group_get(struct town_store *store, int64_t id, struct town_group *group)
{
	group->id = id;
	return db_one_text(store, group->name, sizeof group->name, "SELECT name FROM groups WHERE id = ?", "i", id);
}

enum err town_group_find(struct town_store *store, const char *name, int64_t *id)
{
	return db_one_number(store, id, "SELECT id FROM groups WHERE name = ?", "t", name);
}

enum err town_group_add(struct town_store *store, const char *name, int64_t *id)
{
	enum err e = db_run(store, "INSERT INTO groups(name) VALUES (?)", "t", name);
	return e ? e : town_group_find(store, name, id);
}

enum err town_group_rename(struct town_store *store, int64_t id, const char *name)
{
	return db_run(store, "UPDATE groups SET name = ? WHERE id = ?", "ti", name, id);
}

enum err town_group_remove(struct town_store *store, int64_t id)
{
	int64_t members = 0;
	enum err e = db_one_number(store, &members, "SELECT count(*) FROM deputies WHERE group_id = ? AND left_ms IS NULL", "i", id);
	if (!e && members > 0)
		return ERR_STATE;
	if (!e)
		e = db_run(store, "UPDATE deputies SET group_id = NULL WHERE group_id = ?", "i", id);
	if (!e)
		e = town_group_liaisons_drop(store, id);
	return e ? e : db_run(store, "DELETE FROM groups WHERE id = ?", "i", id);
}

static json_t *group_row(sqlite3_stmt *stmt)
{
	char id[24];
	json_t *liaisons = json_loads((const char *)sqlite3_column_text(stmt, 9), 0, NULL);
	snprintf(id, sizeof id, "%lld", (long long)sqlite3_column_int64(stmt, 0));
	return liaisons ? json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "id", id, "name",
	                            sqlite3_column_text(stmt, 1), "leader", sqlite3_column_text(stmt, 2), "leader_name",
	                            sqlite3_column_text(stmt, 3), "deputy_leader", sqlite3_column_text(stmt, 4),
	                            "deputy_leader_name", sqlite3_column_text(stmt, 5), "recorder", sqlite3_column_text(stmt, 6),
	                            "recorder_name", sqlite3_column_text(stmt, 7), "members",
	                            (json_int_t)sqlite3_column_int64(stmt, 8), "liaisons", liaisons)
					: NULL;
}

enum err town_groups_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(
		store, &stmt,
		"WITH h AS (SELECT group_id, group_role, min(id) AS id, name FROM deputies"
		"  WHERE left_ms IS NULL AND group_role <> '' GROUP BY group_id, group_role)"
		" SELECT g.id, g.name, coalesce(l.id, ''), coalesce(l.name, ''), coalesce(v.id, ''), coalesce(v.name, ''),"
		"  coalesce(r.id, ''), coalesce(r.name, ''),"
		"  (SELECT count(*) FROM deputies d WHERE d.group_id = g.id AND d.left_ms IS NULL),"
		"  (SELECT json_group_array(json_object('id', d.id, 'name', d.name)) FROM group_liaisons a"
		"    JOIN deputies d ON d.id = a.deputy WHERE a.group_id = g.id AND d.left_ms IS NULL)"
		" FROM groups g LEFT JOIN h l ON l.group_id = g.id AND l.group_role = '组长'"
		"  LEFT JOIN h v ON v.group_id = g.id AND v.group_role = '副组长'"
		"  LEFT JOIN h r ON r.group_id = g.id AND r.group_role = '记录员' ORDER BY g.id",
		"");
	return e ? e : db_list(stmt, group_row, list);
}

static json_t *member_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s}", "id", sqlite3_column_text(stmt, 0), "name", sqlite3_column_text(stmt, 1), "role",
	                 sqlite3_column_text(stmt, 2));
}

enum err town_group_members_json(struct town_store *store, int64_t id, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT id, name, group_role FROM deputies WHERE group_id = ? AND left_ms IS NULL ORDER BY CASE group_role"
	                      " WHEN '组长' THEN 0 WHEN '副组长' THEN 1 WHEN '记录员' THEN 2 ELSE 3 END, rowid",
	                      "i", id);
	return e ? e : db_list(stmt, member_row, list);
}

enum err town_group_holder(struct town_store *store, int64_t id, const char *role, const char *but,
                           char deputy[REPORT_ID_SIZE])
{
	return db_one_text(store, deputy, REPORT_ID_SIZE,
	                   "SELECT id FROM deputies WHERE group_id = ? AND group_role = ? AND id <> ? AND left_ms IS NULL ORDER BY id",
	                   "itt", id, role, but);
}

enum err town_deputy_group(struct town_store *store, const char *deputy, int64_t group, const char *role)
{
	return db_run(store, "UPDATE deputies SET group_id = ?, group_role = ? WHERE id = ?", "itt", group, role, deputy);
}

enum err town_group_liaisons_drop(struct town_store *store, int64_t id)
{
	return db_run(store, "DELETE FROM group_liaisons WHERE group_id = ?", "i", id);
}

enum err town_group_liaison_add(struct town_store *store, int64_t id, const char *deputy)
{
	return db_run(store, "INSERT INTO group_liaisons(group_id, deputy) VALUES (?, ?) ON CONFLICT DO NOTHING", "it", id, deputy);
}

static json_t *number_row(sqlite3_stmt *stmt)
{
	return json_integer(sqlite3_column_int64(stmt, 0));
}

enum err town_liaison_groups(struct town_store *store, const char *deputy, bool drop, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt, "SELECT group_id FROM group_liaisons WHERE deputy = ? ORDER BY group_id", "t", deputy);
	if (!e)
		e = db_list(stmt, number_row, list);
	if (e || !drop)
		return e;
	e = db_run(store, "DELETE FROM group_liaisons WHERE deputy = ?", "t", deputy);
	if (e) {
		json_decref(*list);
		*list = NULL;
	}
	return e;
}

/* ---- honours ---- */

enum err town_honour_add(struct town_store *store, const struct town_honour *h)
{
	return db_run(store, "INSERT INTO honours(id, deputy, date, title, by_whom) VALUES (?, ?, ?, ?, ?)", "ttttt", h->id,
	              h->deputy, h->date, h->title, h->by_whom);
}

enum err town_honour_remove(struct town_store *store, const char *deputy, const char *id)
{
	int64_t found = 0;
	enum err e = db_one_number(store, &found, "SELECT 1 FROM honours WHERE deputy = ? AND id = ?", "tt", deputy, id);
	return e ? e : db_run(store, "DELETE FROM honours WHERE deputy = ? AND id = ?", "tt", deputy, id);
}

static json_t *honour_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "id", sqlite3_column_text(stmt, 0), "date", sqlite3_column_text(stmt, 1), "title",
	                 sqlite3_column_text(stmt, 2), "by", sqlite3_column_text(stmt, 3));
}

enum err town_honours_json(struct town_store *store, const char *deputy, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT id, date, title, by_whom FROM honours WHERE deputy = ? ORDER BY date DESC, id DESC", "t", deputy);
	return e ? e : db_list(stmt, honour_row, list);
}
