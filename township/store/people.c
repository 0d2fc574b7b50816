/* Users and sessions. */
#include <stdio.h>
#include <string.h>

#include "township/store/db.h"

/* These read the row that a query found, and reset it. */
static enum err read_user(sqlite3_stmt *stmt, struct town_user *user)
{
	user->id = sqlite3_column_int64(stmt, 0);
	db_text(stmt, 1, user->name, sizeof user->name);
	db_text(stmt, 2, user->role, sizeof user->role);
	db_text(stmt, 3, user->password, sizeof user->password);
	user->disabled = sqlite3_column_int(stmt, 4) != 0;
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_user_find(struct town_store *store, const char *name, struct town_user *user)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT id, name, role, password, disabled FROM users WHERE name = ?", "t", name);
	return e ? e : read_user(stmt, user);
}

enum err town_user_put(struct town_store *store, const char *name, const char *role, const char *deputy,
                       const char *password)
{
	return db_run(
		store,
		"INSERT INTO users(name, role, password, created_ms, deputy) VALUES (?1, ?2, ?3, unixepoch() * 1000, ?4)"
		" ON CONFLICT (name) DO UPDATE SET role = ?2, password = ?3, deputy = ?4, disabled = 0",
		"tttt", name, role, password, deputy);
}

enum err town_session_add(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                          int64_t user_id, int64_t now_ms, int64_t expires_ms)
{
	enum err e = db_run(store, "DELETE FROM sessions WHERE expires_ms < ?", "i", now_ms);
	if (e)
		return e;
	return db_run(store,
	              "INSERT INTO sessions(token_hash, user_id, created_ms, expires_ms) VALUES (?, ?, ?, ?)",
	              "biii", (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES, user_id, now_ms, expires_ms);
}

enum err town_session_find(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                           int64_t now_ms, struct town_user *user)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT u.id, u.name, u.role, '', u.disabled FROM sessions s JOIN users u ON u.id = s.user_id"
	                    " WHERE s.token_hash = ? AND s.expires_ms > ? AND NOT u.disabled",
	                    "bi", (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES, now_ms);
	return e ? e : read_user(stmt, user);
}

enum err town_session_remove(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES])
{
	return db_run(store, "DELETE FROM sessions WHERE token_hash = ?", "b", (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES);
}
