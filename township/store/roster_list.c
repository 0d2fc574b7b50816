/* The roster as the office's lists show it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_groups.h"

#define ROW_COLUMNS \
	"SELECT d.rowid, d.id, d.name, d.gender, d.nation, d.birth, d.job, d.phone, d.initials, coalesce(g.name, ''), d.group_role," \
	" d.left_ms, (SELECT json_group_array(json_object('level', level, 'constituency', constituency, 'villages', villages))" \
	"  FROM (SELECT * FROM mandates m WHERE m.deputy = d.id ORDER BY m.n))," \
	" EXISTS (SELECT 1 FROM id_digests i WHERE i.deputy = d.id AND i.digest IS NOT NULL)," \
	" EXISTS (SELECT 1 FROM changes c WHERE c.type = 'portrait' AND c.id = d.id AND c.op = 'put')," \
	" EXISTS (SELECT 1 FROM cards c WHERE c.deputy = d.id), (SELECT count(*) FROM honours h WHERE h.deputy = d.id) "
#define FROM_ROSTER "FROM deputies d LEFT JOIN groups g ON g.id = d.group_id "

/* ?1 left, ?2 words, ?3 group, ?4 level, ?5 village; "" for any. */
#define WHERE_FILTER \
	"WHERE (d.left_ms IS NOT NULL) = ?1" \
	" AND (?2 = '' OR instr(d.name, ?2) OR instr(upper(d.initials), upper(?2)) OR instr(d.phone, ?2) OR d.id = ?2)" \
	" AND (?3 = '' OR g.name = ?3)" \
	" AND ((?4 = '' AND ?5 = '') OR EXISTS (SELECT 1 FROM mandates m WHERE m.deputy = d.id AND (?4 = '' OR m.level = ?4)" \
	" AND (?5 = '' OR instr(m.villages, ?5) OR m.constituency = ?5))) "

static json_t *roster_row(sqlite3_stmt *stmt)
{
	json_t *mandates = json_loads((const char *)sqlite3_column_text(stmt, 12), 0, NULL);
	if (!mandates)
		return NULL;
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b, s:I}",
	                        "id", sqlite3_column_text(stmt, 1), "name", sqlite3_column_text(stmt, 2), "gender",
	                        sqlite3_column_text(stmt, 3), "nation", sqlite3_column_text(stmt, 4), "birth",
	                        sqlite3_column_text(stmt, 5), "job", sqlite3_column_text(stmt, 6), "phone",
	                        sqlite3_column_text(stmt, 7), "initials", sqlite3_column_text(stmt, 8), "group",
	                        sqlite3_column_text(stmt, 9), "group_role", sqlite3_column_text(stmt, 10), "mandates", mandates,
	                        "id_number", sqlite3_column_int(stmt, 13), "portrait", sqlite3_column_int(stmt, 14), "card",
	                        sqlite3_column_int(stmt, 15), "honours", (json_int_t)sqlite3_column_int64(stmt, 16));
	bool left = sqlite3_column_type(stmt, 11) != SQLITE_NULL;
	if (row && json_object_set_new(row, "left", left ? json_integer(sqlite3_column_int64(stmt, 11)) : json_null())) {
		json_decref(row);
		row = NULL;
	}
	return row;
}

static const char *text_or_any(const char *text)
{
	return text ? text : "";
}

enum err town_roster_page(struct town_store *store, const struct town_roster_filter *f, struct town_roster_page *page)
{
	sqlite3_stmt *stmt;
	const char *q = text_or_any(f->q), *group = text_or_any(f->group), *level = text_or_any(f->level),
			   *village = text_or_any(f->village), *after = text_or_any(f->after);
	int64_t from = strtoll(after, NULL, 10);
	if (strspn(after, "0123456789") != strlen(after) || strlen(after) > 18)
		return ERR_INVALID;
	*page = (struct town_roster_page){.deputies = json_array()};
	enum err e = page->deputies ? ERR_OK : ERR_NOMEM;
	if (!e)
		e = db_one_number(store, &page->count, "SELECT count(*) " FROM_ROSTER WHERE_FILTER, "dtttt", (int)f->left, q, group,
		                  level, village);
	if (!e)
		e = db_query(store, &stmt, ROW_COLUMNS FROM_ROSTER WHERE_FILTER "AND d.rowid > ?6 ORDER BY d.rowid LIMIT ?7", "dttttid",
		             (int)f->left, q, group, level, village, from, f->limit + 1);
	while (!e && !(e = db_step(stmt))) {
		if ((int)json_array_size(page->deputies) == f->limit) {
			snprintf(page->next, sizeof page->next, "%lld", (long long)from);
			sqlite3_reset(stmt);
			break;
		}
		from = sqlite3_column_int64(stmt, 0);
		if (json_array_append_new(page->deputies, roster_row(stmt))) {
			sqlite3_reset(stmt);
			e = ERR_NOMEM;
		}
	}
	e = e == ERR_NOT_FOUND ? ERR_OK : e;
	if (e) {
		json_decref(page->deputies);
		page->deputies = NULL;
	}
	return e;
}

enum err town_roster_one(struct town_store *store, const char *id, json_t **deputy)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, ROW_COLUMNS FROM_ROSTER "WHERE d.id = ?", "t", id);
	if (e)
		return e;
	*deputy = roster_row(stmt);
	sqlite3_reset(stmt);
	return *deputy ? ERR_OK : ERR_NOMEM;
}

enum err town_portrait_json(struct town_store *store, const char *deputy, json_t **portrait)
{
	sqlite3_stmt *stmt;
	*portrait = NULL;
	enum err e = db_one(store, &stmt, "SELECT data FROM changes WHERE type = 'portrait' AND id = ? AND op = 'put'", "t", deputy);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	*portrait = json_loads((const char *)sqlite3_column_text(stmt, 0), 0, NULL);
	sqlite3_reset(stmt);
	return *portrait ? ERR_OK : ERR_CORRUPT;
}
