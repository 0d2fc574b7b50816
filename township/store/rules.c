/* Rules of the house, and drafts of them. */
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_rules.h"

void town_rule_clear(struct town_rule *rule)
{
	free(rule->text);
	rule->text = NULL;
}

enum err town_rule_put(struct town_store *store, const struct rules_rule *rule, const char *by, int64_t now_ms, int64_t *position)
{
	enum err e = db_run(store,
	                    "INSERT INTO rules(id, title, text, article_count, position, placed, published_ms, published_by)"
	                    " VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(position), 0) + 1 FROM rules), 1, ?5, ?6)"
	                    " ON CONFLICT (id) DO UPDATE SET title = ?2, text = ?3, article_count = ?4, placed = 1, published_ms = ?5,"
	                    " published_by = ?6",
	                    "tttiit", rule->id, rule->title, rule->text, (int64_t)rule->article_count, now_ms, by);
	return e ? e : db_one_number(store, position, "SELECT position FROM rules WHERE id = ?", "t", rule->id);
}

/* Columns 0 to 7: id, title, text, article_count, position, placed, when, who. */
static enum err read_rule(sqlite3_stmt *stmt, struct town_rule *rule)
{
	const char *text = (const char *)sqlite3_column_text(stmt, 2);
	db_text(stmt, 0, rule->id, sizeof rule->id);
	db_text(stmt, 1, rule->title, sizeof rule->title);
	rule->text = strdup(text ? text : "");
	rule->article_count = sqlite3_column_int64(stmt, 3);
	rule->position = sqlite3_column_int64(stmt, 4);
	rule->placed = sqlite3_column_int(stmt, 5) != 0;
	rule->at_ms = sqlite3_column_int64(stmt, 6);
	db_text(stmt, 7, rule->by, sizeof rule->by);
	sqlite3_reset(stmt);
	return rule->text ? ERR_OK : ERR_NOMEM;
}

enum err town_rule_get(struct town_store *store, const char *id, struct town_rule *rule)
{
	sqlite3_stmt *stmt;
	memset(rule, 0, sizeof *rule);
	enum err e = db_one(store, &stmt,
	                    "SELECT id, title, text, article_count, position, placed, published_ms, published_by FROM rules WHERE id = ?",
	                    "t", id);
	return e ? e : read_rule(stmt, rule);
}

enum err town_rule_remove(struct town_store *store, const char *id)
{
	return db_run(store, "DELETE FROM rules WHERE id = ?", "t", id);
}

enum err town_rule_place(struct town_store *store, const char *id, int64_t position)
{
	return db_run(store, "UPDATE rules SET position = ?2, placed = 1 WHERE id = ?1", "ti", id, position);
}

static json_t *rule_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:b, s:I, s:s, s:b}", "id", sqlite3_column_text(stmt, 0), "title",
	                 sqlite3_column_text(stmt, 1), "articles", (json_int_t)sqlite3_column_int64(stmt, 2), "position",
	                 (json_int_t)sqlite3_column_int64(stmt, 3), "placed", sqlite3_column_int(stmt, 4), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 5), "by", sqlite3_column_text(stmt, 6), "draft",
	                 sqlite3_column_int(stmt, 7));
}

enum err town_rules_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT r.id, r.title, r.article_count, r.position, r.placed, r.published_ms, r.published_by,"
	                      " d.id IS NOT NULL FROM rules r LEFT JOIN rule_drafts d ON d.id = r.id ORDER BY r.position, r.id",
	                      "");
	return e ? e : db_list(stmt, rule_row, list);
}

enum err town_rule_draft_put(struct town_store *store, const struct town_rule *draft)
{
	return db_run(store,
	              "INSERT INTO rule_drafts(id, title, text, article_count, changed_ms, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	              " ON CONFLICT (id) DO UPDATE SET title = ?2, text = ?3, article_count = ?4, changed_ms = ?5, changed_by = ?6",
	              "tttiit", draft->id, draft->title, draft->text, draft->article_count, draft->at_ms, draft->by);
}

enum err town_rule_draft_get(struct town_store *store, const char *id, struct town_rule *draft)
{
	sqlite3_stmt *stmt;
	memset(draft, 0, sizeof *draft);
	enum err e = db_one(store, &stmt,
	                    "SELECT id, title, text, article_count, 0, 0, changed_ms, changed_by FROM rule_drafts WHERE id = ?", "t", id);
	return e ? e : read_rule(stmt, draft);
}

enum err town_rule_draft_remove(struct town_store *store, const char *id)
{
	return db_run(store, "DELETE FROM rule_drafts WHERE id = ?", "t", id);
}

static json_t *draft_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:s, s:s}", "id", sqlite3_column_text(stmt, 0), "title", sqlite3_column_text(stmt, 1),
	                 "articles", (json_int_t)sqlite3_column_int64(stmt, 2), "at", (json_int_t)sqlite3_column_int64(stmt, 3), "by",
	                 sqlite3_column_text(stmt, 4), "replaces", sqlite3_column_text(stmt, 5));
}

enum err town_rule_drafts_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT d.id, d.title, d.article_count, d.changed_ms, d.changed_by, coalesce(r.title, '')"
	                      " FROM rule_drafts d LEFT JOIN rules r ON r.id = d.id ORDER BY d.rowid",
	                      "");
	return e ? e : db_list(stmt, draft_row, list);
}

enum err town_rule_find(struct town_store *store, const char *title, char id[64])
{
	return db_one_text(store, id, 64,
	                   "SELECT id FROM (SELECT id, 0 AS draft FROM rules WHERE title = ?1"
	                   " UNION ALL SELECT id, 1 FROM rule_drafts WHERE title = ?1) ORDER BY draft, id LIMIT 1",
	                   "t", title);
}

enum err town_rule_known(struct town_store *store, const char *id, bool *known)
{
	int64_t n = 0;
	enum err e = db_one_number(store, &n,
	                           "SELECT EXISTS (SELECT 1 FROM rules WHERE id = ?1) + EXISTS (SELECT 1 FROM rule_drafts WHERE id = ?1)",
	                           "t", id);
	*known = n > 0;
	return e;
}
