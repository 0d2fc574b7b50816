/* The audit chain: written link by link, read by whoever checks it and by the office's page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_users.h"

enum err town_audit_tip(struct town_store *store, int64_t *n, uint8_t hash[DIGEST_BYTES])
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", "");
	if (e == ERR_NOT_FOUND) {
		*n = 0;
		memset(hash, 0, DIGEST_BYTES);
		return ERR_OK;
	}
	if (e)
		return e;
	*n = sqlite3_column_int64(stmt, 0);
	e = db_bytes(stmt, 1, hash, DIGEST_BYTES);
	sqlite3_reset(stmt);
	return e;
}

enum err town_audit_add(struct town_store *store, const struct town_link *link)
{
	return db_run(store,
	              "INSERT INTO audit(n, at_ms, who, act, object, detail, prev, hash, sig) VALUES (?, ?, ?, "
	              "?, ?, ?, ?, ?, ?)",
	              "iittttbbb", link->n, link->at_ms, link->who, link->act, link->object, link->detail,
	              (const void *)link->prev, (size_t)DIGEST_BYTES, (const void *)link->hash,
	              (size_t)DIGEST_BYTES, (const void *)link->sig, (size_t)SIGN_BYTES);
}

static enum err read_link(sqlite3_stmt *stmt, struct town_link *link)
{
	link->n = sqlite3_column_int64(stmt, 0);
	link->at_ms = sqlite3_column_int64(stmt, 1);
	char **texts[] = {&link->who, &link->act, &link->object, &link->detail};
	for (int i = 0; i < 4; i++) {
		*texts[i] = strdup((const char *)sqlite3_column_text(stmt, 2 + i));
		if (!*texts[i])
			return ERR_NOMEM;
	}
	enum err e = db_bytes(stmt, 6, link->prev, DIGEST_BYTES);
	if (!e)
		e = db_bytes(stmt, 7, link->hash, DIGEST_BYTES);
	return e ? e : db_bytes(stmt, 8, link->sig, SIGN_BYTES);
}

enum err town_audit_after(struct town_store *store, int64_t after, int limit,
                          enum err (*each)(void *arg, const struct town_link *link), void *arg)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT n, at_ms, who, act, object, detail, prev, hash, sig FROM audit WHERE n > ? ORDER BY n LIMIT ?",
	                      "ii", after, (int64_t)limit);
	while (!e && !(e = db_step(stmt))) {
		struct town_link link = {0};
		e = read_link(stmt, &link);
		if (!e)
			e = each(arg, &link);
		free(link.who);
		free(link.act);
		free(link.object);
		free(link.detail);
		if (e)
			sqlite3_reset(stmt);
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static json_t *audit_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s}", "n", (json_int_t)sqlite3_column_int64(stmt, 0), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 1), "who", sqlite3_column_text(stmt, 2), "act",
	                 sqlite3_column_text(stmt, 3), "object", sqlite3_column_text(stmt, 4), "detail",
	                 sqlite3_column_text(stmt, 5), "label", sqlite3_column_text(stmt, 6));
}

/* What an object is called: a case by its receipt number, a deputy, kiosk, activity or account by name. */
#define AUDIT_COLUMNS \
	"SELECT a.n, a.at_ms, a.who, a.act, a.object, a.detail, coalesce(" \
	"(SELECT receipt FROM cases WHERE id = CASE a.act WHEN 'blob.opened' THEN a.detail ELSE a.object END)," \
	" (SELECT name FROM deputies WHERE id = a.object)," \
	" (SELECT title FROM activities WHERE id = a.object), (SELECT name FROM kiosks WHERE id = a.object), '') FROM audit a "
#define AUDIT_REST \
	" AND (?2 IS NULL OR a.act = ?2 OR substr(a.act, 1, length(?2) + 1) = ?2 || '.')" \
	" AND a.at_ms >= ?4 AND (?5 = 0 OR a.at_ms < ?5) AND (?6 = 0 OR a.n < ?6) ORDER BY a.n DESC LIMIT ?7"
#define AUDIT_PEOPLE " AND a.who >= 'user:' AND a.who < 'user;'"
/* A receipt number stands for its cases. */
#define AUDIT_OBJECT "a.object IN (SELECT ?3 UNION ALL SELECT id FROM cases WHERE receipt = ?3)"

enum err town_audit_json(struct town_store *store, const struct town_audit_filter *f, json_t **list)
{
	sqlite3_stmt *stmt;
	char who[80];
	snprintf(who, sizeof who, "user:%s", f->who ? f->who : "");
	/* Each way of asking has its index. */
	const char *sql = f->object ? AUDIT_COLUMNS "WHERE " AUDIT_OBJECT AUDIT_PEOPLE " AND (?1 = 'user:' OR a.who = ?1)" AUDIT_REST
	                  : f->who  ? AUDIT_COLUMNS "WHERE a.who = ?1" AUDIT_PEOPLE " AND ?3 IS NULL" AUDIT_REST
	                            : AUDIT_COLUMNS "WHERE ?1 = 'user:' AND ?3 IS NULL" AUDIT_REST;
	enum err e = db_query(store, &stmt, sql, "tttiiii", who, f->act, f->object, f->from_ms, f->until_ms, f->before, (int64_t)f->limit);
	return e ? e : db_list(stmt, audit_row, list);
}
