/* By what deputies are known: digests of ID numbers, cards, accounts. */
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/store/db.h"
#include "township/store_attendance.h"
#include "township/town.h"

enum err town_digest_put(struct town_store *store, const char *deputy, const struct id_params *params,
                         const uint8_t *digest)
{
	return db_run(store,
	              "INSERT INTO id_digests(deputy, salt, ops, mem_kib, digest) VALUES (?1, ?2, ?3, ?4, ?5)"
	              " ON CONFLICT (deputy) DO UPDATE SET salt = ?2, ops = ?3, mem_kib = ?4, digest = ?5",
	              "tbiib", deputy, (const void *)(digest ? params->salt : NULL), (size_t)ID_SALT_BYTES,
	              digest ? (int64_t)params->ops : 0, digest ? (int64_t)params->mem_kib : 0, (const void *)digest,
	              (size_t)ID_DIGEST_BYTES);
}

enum err town_digest_json(struct town_store *store, const char *deputy, json_t **json)
{
	sqlite3_stmt *stmt;
	uint8_t salt[ID_SALT_BYTES], digest[ID_DIGEST_BYTES];
	*json = NULL;
	enum err e =
		db_one(store, &stmt, "SELECT salt, ops, mem_kib, digest FROM id_digests WHERE deputy = ?", "t", deputy);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	if (sqlite3_column_type(stmt, 3) == SQLITE_NULL) {
		*json = json_null();
	} else {
		e = db_bytes(stmt, 0, salt, sizeof salt);
		if (!e)
			e = db_bytes(stmt, 3, digest, sizeof digest);
		if (!e)
			*json = json_pack("{s:o, s:I, s:I, s:o}", "salt", hex_json(salt, sizeof salt), "ops",
			                  (json_int_t)sqlite3_column_int64(stmt, 1), "mem_kib",
			                  (json_int_t)sqlite3_column_int64(stmt, 2), "digest", hex_json(digest, sizeof digest));
	}
	sqlite3_reset(stmt);
	return e || *json ? e : ERR_NOMEM;
}

enum err town_digest_owner(struct town_store *store, const uint8_t digest[ID_DIGEST_BYTES], const char *but,
                           char deputy[REPORT_ID_SIZE])
{
	return db_one_text(store, deputy, REPORT_ID_SIZE, "SELECT deputy FROM id_digests WHERE digest = ? AND deputy <> ?",
	                   "bt", (const void *)digest, (size_t)ID_DIGEST_BYTES, but);
}

enum err town_card_state(struct town_store *store, const char *deputy, struct card_state *state)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT (SELECT coalesce(max(issue), 0) FROM cards WHERE deputy = ?1),"
	                    " (SELECT coalesce(max(through), 0) FROM card_losses WHERE deputy = ?1)",
	                    "t", deputy);
	if (e)
		return e;
	state->issue = (uint32_t)sqlite3_column_int64(stmt, 0);
	state->lost_through = (uint32_t)sqlite3_column_int64(stmt, 1);
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_card_add(struct town_store *store, const struct card_token *card, const char *user)
{
	return db_run(store, "INSERT INTO cards(deputy, issue, issued_day, expires_day, by_user) VALUES (?, ?, ?, ?, ?)",
	              "tiddt", card->deputy, (int64_t)card->issue, card->issued_day, card->expires_day, user);
}

enum err town_card_days(struct town_store *store, const char *deputy, uint32_t issue, int *issued_day, int *expires_day)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT issued_day, expires_day FROM cards WHERE deputy = ? AND issue = ?", "ti", deputy,
	                    (int64_t)issue);
	if (e)
		return e;
	*issued_day = sqlite3_column_int(stmt, 0);
	*expires_day = sqlite3_column_int(stmt, 1);
	sqlite3_reset(stmt);
	return ERR_OK;
}

enum err town_card_lost(struct town_store *store, const char *deputy, uint32_t through, int64_t at_ms,
                        const char *user)
{
	return db_run(store, "INSERT INTO card_losses(deputy, through, at_ms, by_user) VALUES (?, ?, ?, ?)", "tiit", deputy,
	              (int64_t)through, at_ms, user);
}

enum err town_card_lost_at(struct town_store *store, const char *deputy, uint32_t issue, int64_t *at_ms)
{
	return db_one_number(store, at_ms,
	                     "SELECT at_ms FROM card_losses WHERE deputy = ? AND through >= ? ORDER BY through LIMIT 1",
	                     "ti", deputy, (int64_t)issue);
}

static json_t *day_json(sqlite3_stmt *stmt, int column)
{
	char date[TOWN_DATE_SIZE];
	civil_format(civil_from_day_number(sqlite3_column_int64(stmt, column)), date);
	return json_string(date);
}

static json_t *card_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:I, s:o, s:o, s:I}", "deputy", sqlite3_column_text(stmt, 0), "name",
	                 sqlite3_column_text(stmt, 1), "issue", (json_int_t)sqlite3_column_int64(stmt, 2), "issued",
	                 day_json(stmt, 3), "expires", day_json(stmt, 4), "lost_through",
	                 (json_int_t)sqlite3_column_int64(stmt, 5));
}

enum err town_cards_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT c.deputy, d.name, max(c.issue), c.issued_day, c.expires_day,"
	                      " (SELECT coalesce(max(through), 0) FROM card_losses l WHERE l.deputy = c.deputy)"
	                      " FROM cards c JOIN deputies d ON d.id = c.deputy GROUP BY c.deputy ORDER BY d.name, d.id",
	                      "");
	return e ? e : db_list(stmt, card_row, list);
}

enum err town_user_deputy(struct town_store *store, int64_t user_id, char deputy[REPORT_ID_SIZE])
{
	return db_one_text(store, deputy, REPORT_ID_SIZE,
	                   "SELECT u.deputy FROM users u JOIN deputies d ON d.id = u.deputy"
	                   " WHERE u.id = ? AND u.role = 'deputy' AND NOT u.disabled AND d.left_ms IS NULL",
	                   "i", user_id);
}
