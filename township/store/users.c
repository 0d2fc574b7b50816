/* Users and sessions. */
#include <stdio.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_users.h"

#define USER_COLUMNS(password) \
	"u.id, u.name, u.role, " password ", u.disabled, u.must_change," \
	" EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_ms IS NOT NULL)"

/* These read the row that a query found, and reset it. */
static enum err read_user(sqlite3_stmt *stmt, struct town_user *user)
{
	user->id = sqlite3_column_int64(stmt, 0);
	db_text(stmt, 1, user->name, sizeof user->name);
	db_text(stmt, 2, user->role, sizeof user->role);
	db_text(stmt, 3, user->password, sizeof user->password);
	user->disabled = sqlite3_column_int(stmt, 4) != 0;
	user->must_change = sqlite3_column_int(stmt, 5) != 0;
	user->second_factor = sqlite3_column_int(stmt, 6) != 0;
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_user_find(struct town_store *store, const char *name, struct town_user *user)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT " USER_COLUMNS("u.password") " FROM users u WHERE name = ?", "t", name);
	return e ? e : read_user(stmt, user);
}

enum err town_user_get(struct town_store *store, int64_t id, struct town_user *user)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT " USER_COLUMNS("u.password") " FROM users u WHERE id = ?", "i", id);
	return e ? e : read_user(stmt, user);
}

enum err town_user_put(struct town_store *store, const char *name, const char *role, const char *deputy,
                       const char *password)
{
	return db_run(store,
	              "INSERT INTO users(name, role, password, created_ms, deputy) VALUES (?1, ?2, ?3, unixepoch() * 1000, ?4)"
	              " ON CONFLICT (name) DO UPDATE SET role = ?2, password = ?3, deputy = ?4, disabled = 0, must_change = 0",
	              "tttt", name, role, password, deputy);
}

enum err town_user_add(struct town_store *store, const char *name, const char *role, const char *deputy,
                       const char *password, int64_t now_ms)
{
	return db_run(store,
	              "INSERT INTO users(name, role, password, created_ms, deputy, must_change) VALUES (?, ?, ?, ?, ?, 1)",
	              "tttit", name, role, password, now_ms, deputy);
}

enum err town_user_password(struct town_store *store, int64_t id, const char *password, bool must_change)
{
	return db_run(store, "UPDATE users SET password = ?, must_change = ? WHERE id = ?", "tdi", password,
	              must_change ? 1 : 0, id);
}

enum err town_user_role(struct town_store *store, int64_t id, const char *role)
{
	return db_run(store, "UPDATE users SET role = ? WHERE id = ?", "ti", role, id);
}

enum err town_user_disable(struct town_store *store, int64_t id, bool disabled)
{
	return db_run(store, "UPDATE users SET disabled = ? WHERE id = ?", "di", disabled ? 1 : 0, id);
}

enum err town_heads_besides(struct town_store *store, int64_t id, int64_t *count)
{
	return db_one_number(store, count, "SELECT count(*) FROM users WHERE role = 'head' AND NOT disabled AND id <> ?", "i", id);
}

static json_t *user_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:I, s:I, s:b}", "id", (json_int_t)sqlite3_column_int64(stmt, 0),
	                 "name", sqlite3_column_text(stmt, 1), "role", sqlite3_column_text(stmt, 2), "deputy",
	                 sqlite3_column_text(stmt, 7), "deputy_name", sqlite3_column_text(stmt, 8), "disabled",
	                 sqlite3_column_int(stmt, 4), "must_change", sqlite3_column_int(stmt, 5), "second_factor",
	                 sqlite3_column_int(stmt, 6), "recovery", (json_int_t)sqlite3_column_int64(stmt, 9), "login",
	                 (json_int_t)sqlite3_column_int64(stmt, 10), "left", sqlite3_column_int(stmt, 11));
}

enum err town_users_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT " USER_COLUMNS("''") ", coalesce(u.deputy, ''), coalesce(d.name, ''),"
	                      " (SELECT count(*) FROM recovery_codes r WHERE r.user_id = u.id AND r.used_ms IS NULL),"
	                      " coalesce(u.last_login_ms, 0), d.left_ms IS NOT NULL FROM users u LEFT JOIN deputies d ON d.id = u.deputy"
	                      " ORDER BY CASE u.role WHEN 'head' THEN 0 WHEN 'clerk' THEN 1 WHEN 'readonly' THEN 2 ELSE 3 END,"
	                      " u.name",
	                      "");
	return e ? e : db_list(stmt, user_row, list);
}

static json_t *deputy_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s}", "id", sqlite3_column_text(stmt, 0), "name", sqlite3_column_text(stmt, 1));
}

enum err town_deputies_unknown_json(struct town_store *store, const char *group, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT d.id, d.name FROM deputies d LEFT JOIN groups g ON g.id = d.group_id"
	                      " WHERE d.left_ms IS NULL AND (?1 IS NULL OR g.name = ?1)"
	                      " AND NOT EXISTS (SELECT 1 FROM users u WHERE u.deputy = d.id) ORDER BY d.rowid",
	                      "t", group);
	return e ? e : db_list(stmt, deputy_row, list);
}

enum err town_deputy_known(struct town_store *store, const char *deputy, bool *known)
{
	int64_t count = 0;
	enum err e = db_one_number(store, &count, "SELECT count(*) FROM users WHERE deputy = ?", "t", deputy);
	*known = count > 0;
	return e;
}

/* ---- sessions ---- */

enum err town_session_add(struct town_store *store, const struct town_session *s)
{
	enum err e = db_run(store, "DELETE FROM sessions WHERE expires_ms < ?", "i", s->created_ms);
	if (!e)
		e = db_run(store,
		           "INSERT INTO sessions(token_hash, user_id, created_ms, expires_ms, peer, client, web, seen_ms)"
		           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3)",
		           "biiittd", (const void *)s->hash, (size_t)TOWN_TOKEN_HASH_BYTES, s->user_id, s->created_ms, s->expires_ms,
		           s->peer, s->client, s->web ? 1 : 0);
	return e ? e : db_run(store, "UPDATE users SET last_login_ms = ? WHERE id = ?", "ii", s->created_ms, s->user_id);
}

enum err town_session_find(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES], int64_t now_ms,
                           int64_t idle_ms, struct town_user *user, int64_t *seen_ms)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT " USER_COLUMNS("''") ", s.seen_ms FROM sessions s JOIN users u ON u.id = s.user_id"
	                    " WHERE s.token_hash = ? AND s.expires_ms > ? AND NOT u.disabled AND (NOT s.web OR s.seen_ms > ?)",
	                    "bii", (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES, now_ms, now_ms - idle_ms);
	if (e)
		return e;
	*seen_ms = sqlite3_column_int64(stmt, 7);
	return read_user(stmt, user);
}

enum err town_session_seen(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES], int64_t now_ms)
{
	return db_run(store, "UPDATE sessions SET seen_ms = ? WHERE token_hash = ?", "ib", now_ms, (const void *)hash,
	              (size_t)TOWN_TOKEN_HASH_BYTES);
}

enum err town_session_remove(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES])
{
	return db_run(store, "DELETE FROM sessions WHERE token_hash = ?", "b", (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES);
}

enum err town_session_remove_one(struct town_store *store, int64_t user_id, int64_t number)
{
	enum err e = db_run(store, "DELETE FROM sessions WHERE user_id = ? AND rowid = ?", "ii", user_id, number);
	return e ? e : sqlite3_changes(store->db) == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err town_sessions_remove(struct town_store *store, int64_t user_id, const uint8_t *but)
{
	return db_run(store, "DELETE FROM sessions WHERE user_id = ?1 AND (?2 IS NULL OR token_hash <> ?2)", "ib", user_id,
	              (const void *)but, (size_t)TOWN_TOKEN_HASH_BYTES);
}

static json_t *session_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:b, s:b}", "number", (json_int_t)sqlite3_column_int64(stmt, 0), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 1), "seen", (json_int_t)sqlite3_column_int64(stmt, 2), "expires",
	                 (json_int_t)sqlite3_column_int64(stmt, 3), "peer", sqlite3_column_text(stmt, 4), "client",
	                 sqlite3_column_text(stmt, 5), "web", sqlite3_column_int(stmt, 6), "own", sqlite3_column_int(stmt, 7));
}

enum err town_sessions_json(struct town_store *store, int64_t user_id, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                            int64_t now_ms, int64_t idle_ms, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT rowid, created_ms, seen_ms, expires_ms, peer, client, web, token_hash = ?1 FROM sessions"
	                      " WHERE user_id = ?2 AND expires_ms > ?3 AND (NOT web OR seen_ms > ?4)"
	                      " ORDER BY created_ms DESC, rowid DESC LIMIT 100",
	                      "biii", (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES, user_id, now_ms, now_ms - idle_ms);
	return e ? e : db_list(stmt, session_row, list);
}
