/* Second factors and their recovery codes. */
#include <string.h>

#include "township/store/db.h"
#include "township/store_users.h"

enum err town_factor_get(struct town_store *store, int64_t user_id, struct town_factor *factor)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT key, coalesce(confirmed_ms, 0), last_step, wrong, wait_until_ms FROM second_factors"
	                    " WHERE user_id = ?",
	                    "i", user_id);
	if (e)
		return e;
	factor->confirmed_ms = sqlite3_column_int64(stmt, 1);
	factor->last_step = sqlite3_column_int64(stmt, 2);
	factor->wrong = sqlite3_column_int(stmt, 3);
	factor->wait_until_ms = sqlite3_column_int64(stmt, 4);
	e = db_bytes(stmt, 0, factor->key, sizeof factor->key);
	sqlite3_reset(stmt);
	return e;
}

enum err town_factor_put(struct town_store *store, int64_t user_id, const struct town_factor *f)
{
	return db_run(store,
	              "INSERT INTO second_factors(user_id, key, confirmed_ms, last_step, wrong, wait_until_ms)"
	              " VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6) ON CONFLICT (user_id) DO UPDATE SET key = ?2,"
	              " confirmed_ms = nullif(?3, 0), last_step = ?4, wrong = ?5, wait_until_ms = ?6",
	              "ibiidi", user_id, (const void *)f->key, sizeof f->key, f->confirmed_ms, f->last_step, f->wrong,
	              f->wait_until_ms);
}

enum err town_factor_remove(struct town_store *store, int64_t user_id)
{
	enum err e = db_run(store, "DELETE FROM recovery_codes WHERE user_id = ?", "i", user_id);
	return e ? e : db_run(store, "DELETE FROM second_factors WHERE user_id = ?", "i", user_id);
}

enum err town_recovery_put(struct town_store *store, int64_t user_id, const uint8_t *hashes, int count)
{
	enum err e = db_run(store, "DELETE FROM recovery_codes WHERE user_id = ?", "i", user_id);
	for (int i = 0; i < count && !e; i++)
		e = db_run(store, "INSERT INTO recovery_codes(user_id, hash) VALUES (?, ?)", "ib", user_id,
		           (const void *)(hashes + (size_t)i * DIGEST_BYTES), (size_t)DIGEST_BYTES);
	return e;
}

enum err town_recovery_use(struct town_store *store, int64_t user_id, const uint8_t hash[DIGEST_BYTES], int64_t now_ms)
{
	enum err e = db_run(store, "UPDATE recovery_codes SET used_ms = ? WHERE user_id = ? AND hash = ? AND used_ms IS NULL",
	                    "iib", now_ms, user_id, (const void *)hash, (size_t)DIGEST_BYTES);
	return e ? e : sqlite3_changes(store->db) == 0 ? ERR_NOT_FOUND : ERR_OK;
}

enum err town_recovery_left(struct town_store *store, int64_t user_id, int64_t *count)
{
	return db_one_number(store, count, "SELECT count(*) FROM recovery_codes WHERE user_id = ? AND used_ms IS NULL", "i",
	                     user_id);
}
