/* Kiosks and their enrolment. */
#include <stdio.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_kiosks.h"

#define KIOSK_COLUMNS "SELECT id, name, public_key, last_seq, revoked_ms IS NOT NULL, token_used FROM kiosks "

static enum err read_kiosk(sqlite3_stmt *stmt, struct town_kiosk *kiosk)
{
	db_text(stmt, 0, kiosk->id, sizeof kiosk->id);
	db_text(stmt, 1, kiosk->name, sizeof kiosk->name);
	kiosk->last_seq = sqlite3_column_int64(stmt, 3);
	kiosk->revoked = sqlite3_column_int(stmt, 4) != 0;
	kiosk->token_used = sqlite3_column_int(stmt, 5) != 0;
	enum err e = db_bytes(stmt, 2, kiosk->public_key, sizeof kiosk->public_key);
	sqlite3_reset(stmt);
	return e;
}

enum err town_kiosk_by_token(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                             struct town_kiosk *kiosk)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, KIOSK_COLUMNS "WHERE token_hash = ?", "b", (const void *)hash,
	                    (size_t)TOWN_TOKEN_HASH_BYTES);
	return e ? e : read_kiosk(stmt, kiosk);
}

enum err town_kiosk_by_key(struct town_store *store, const uint8_t key[SIGN_PUBLIC_BYTES],
                           struct town_kiosk *kiosk)
{
	sqlite3_stmt *stmt;
	enum err e =
		db_one(store, &stmt, KIOSK_COLUMNS "WHERE public_key = ?", "b", (const void *)key, (size_t)SIGN_PUBLIC_BYTES);
	return e ? e : read_kiosk(stmt, kiosk);
}

enum err town_kiosk_by_id(struct town_store *store, const char *id, struct town_kiosk *kiosk)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, KIOSK_COLUMNS "WHERE id = ?", "t", id);
	return e ? e : read_kiosk(stmt, kiosk);
}

enum err town_kiosk_put(struct town_store *store, const struct town_kiosk *kiosk, const char *version,
                        int64_t now_ms)
{
	return db_run(
		store,
		"INSERT INTO kiosks(id, name, public_key, version, enrolled_ms) VALUES (?1, ?2, ?3, ?4, ?5)"
		" ON CONFLICT (id) DO UPDATE SET name = ?2, version = ?4, enrolled_ms = ?5, revoked_ms = NULL,"
		" token_hash = NULL, token_used = 0",
		"ttbti", kiosk->id, kiosk->name, (const void *)kiosk->public_key, (size_t)SIGN_PUBLIC_BYTES, version,
		now_ms);
}

enum err town_kiosk_token(struct town_store *store, const char *id, const uint8_t hash[TOWN_TOKEN_HASH_BYTES])
{
	return db_run(store, "UPDATE kiosks SET token_hash = ?, token_used = 0 WHERE id = ?", "bt",
	              (const void *)hash, (size_t)TOWN_TOKEN_HASH_BYTES, id);
}

enum err town_kiosk_contact(struct town_store *store, const char *id, int64_t now_ms)
{
	return db_run(store,
	              "UPDATE kiosks SET last_contact_ms = ?1, token_used = 1 WHERE id = ?2"
	              " AND (NOT token_used OR coalesce(last_contact_ms, 0) NOT BETWEEN ?1 - 30000 AND ?1)",
	              "it", now_ms, id);
}

enum err town_kiosk_seq(struct town_store *store, const char *id, int64_t seq)
{
	return db_run(store, "UPDATE kiosks SET last_seq = ? WHERE id = ?", "it", seq, id);
}

enum err town_kiosk_rename(struct town_store *store, const char *id, const char *name)
{
	return db_run(store, "UPDATE kiosks SET name = ? WHERE id = ?", "tt", name, id);
}

enum err town_kiosk_revoke(struct town_store *store, const char *id, int64_t now_ms)
{
	return db_run(store, "UPDATE kiosks SET revoked_ms = ? WHERE id = ?", "it", now_ms, id);
}

static json_t *kiosk_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:I}", "kiosk", sqlite3_column_text(stmt, 0), "name",
	                 sqlite3_column_text(stmt, 1), "version", sqlite3_column_text(stmt, 2), "enrolled",
	                 (json_int_t)sqlite3_column_int64(stmt, 3), "last_contact",
	                 (json_int_t)sqlite3_column_int64(stmt, 4), "last_seq", (json_int_t)sqlite3_column_int64(stmt, 5),
	                 "revoked", sqlite3_column_int(stmt, 6), "refused", (json_int_t)sqlite3_column_int64(stmt, 7));
}

enum err town_kiosks_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT id, name, version, enrolled_ms, coalesce(last_contact_ms, 0), last_seq,"
	                      " revoked_ms IS NOT NULL, (SELECT count(*) FROM refusals r WHERE r.kiosk = k.id)"
	                      " FROM kiosks k ORDER BY enrolled_ms, id",
	                      "");
	return e ? e : db_list(stmt, kiosk_row, list);
}

#define ENROLMENT_COLUMNS \
	"SELECT ticket_hash, code, name, public_key, version, state, kiosk, created_ms FROM enrolments "

static enum err read_enrolment(sqlite3_stmt *stmt, struct town_enrolment *enrolment)
{
	db_text(stmt, 1, enrolment->code, sizeof enrolment->code);
	db_text(stmt, 2, enrolment->name, sizeof enrolment->name);
	db_text(stmt, 4, enrolment->version, sizeof enrolment->version);
	db_text(stmt, 5, enrolment->state, sizeof enrolment->state);
	db_text(stmt, 6, enrolment->kiosk, sizeof enrolment->kiosk);
	enrolment->created_ms = sqlite3_column_int64(stmt, 7);
	enum err e = db_bytes(stmt, 0, enrolment->ticket_hash, sizeof enrolment->ticket_hash);
	if (!e)
		e = db_bytes(stmt, 3, enrolment->public_key, sizeof enrolment->public_key);
	sqlite3_reset(stmt);
	return e;
}

enum err town_enrolment_add(struct town_store *store, const struct town_enrolment *enrolment)
{
	enum err e = db_run(store, "DELETE FROM enrolments WHERE public_key = ? AND state = 'waiting'", "b",
	                    (const void *)enrolment->public_key, (size_t)SIGN_PUBLIC_BYTES);
	if (e)
		return e;
	return db_run(store,
	              "INSERT INTO enrolments(ticket_hash, code, name, public_key, version, state, created_ms)"
	              " VALUES (?, ?, ?, ?, ?, 'waiting', ?)",
	              "bttbti", (const void *)enrolment->ticket_hash, (size_t)TOWN_TOKEN_HASH_BYTES,
	              enrolment->code, enrolment->name, (const void *)enrolment->public_key,
	              (size_t)SIGN_PUBLIC_BYTES, enrolment->version, enrolment->created_ms);
}

enum err town_enrolment_by_ticket(struct town_store *store, const uint8_t hash[TOWN_TOKEN_HASH_BYTES],
                                  struct town_enrolment *enrolment)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, ENROLMENT_COLUMNS "WHERE ticket_hash = ?", "b", (const void *)hash,
	                    (size_t)TOWN_TOKEN_HASH_BYTES);
	return e ? e : read_enrolment(stmt, enrolment);
}

enum err town_enrolment_by_code(struct town_store *store, const char *code, struct town_enrolment *enrolment)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, ENROLMENT_COLUMNS "WHERE code = ? AND state = 'waiting'", "t", code);
	return e ? e : read_enrolment(stmt, enrolment);
}

enum err town_enrolment_decide(struct town_store *store, const struct town_enrolment *enrolment,
                               const char *state, const char *kiosk, const char *by, int64_t now_ms)
{
	return db_run(store,
	              "UPDATE enrolments SET state = ?, kiosk = ?, decided_by = ?, decided_ms = ?, name = ?"
	              " WHERE ticket_hash = ?",
	              "tttitb", state, kiosk, by, now_ms, enrolment->name, (const void *)enrolment->ticket_hash,
	              (size_t)TOWN_TOKEN_HASH_BYTES);
}

enum err town_enrolment_expire(struct town_store *store, int64_t before_ms, int64_t *waiting)
{
	enum err e =
		db_run(store, "DELETE FROM enrolments WHERE state = 'waiting' AND created_ms < ?", "i", before_ms);
	if (e)
		return e;
	return db_one_number(store, waiting, "SELECT count(*) FROM enrolments WHERE state = 'waiting'", "");
}

static json_t *enrolment_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "code", sqlite3_column_text(stmt, 0), "name",
	                 sqlite3_column_text(stmt, 1), "version", sqlite3_column_text(stmt, 2), "state",
	                 sqlite3_column_text(stmt, 3), "kiosk", sqlite3_column_text(stmt, 4), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 5));
}

enum err town_enrolments_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT code, name, version, state, coalesce(kiosk, ''), created_ms FROM enrolments"
	                      " ORDER BY state = 'waiting' DESC, created_ms DESC LIMIT 200",
	                      "");
	return e ? e : db_list(stmt, enrolment_row, list);
}

static json_t *waiting_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:b}", "code", sqlite3_column_text(stmt, 0), "name",
	                 sqlite3_column_text(stmt, 1), "version", sqlite3_column_text(stmt, 2), "at",
	                 (json_int_t)sqlite3_column_int64(stmt, 3), "before", sqlite3_column_text(stmt, 4), "revoked",
	                 sqlite3_column_int(stmt, 5));
}

enum err town_waiting_json(struct town_store *store, int64_t since_ms, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT e.code, e.name, e.version, e.created_ms, coalesce(k.name, ''), k.revoked_ms IS NOT NULL"
	                      " FROM enrolments e LEFT JOIN kiosks k ON k.public_key = e.public_key"
	                      " WHERE e.state = 'waiting' AND e.created_ms >= ? ORDER BY e.created_ms",
	                      "i", since_ms);
	return e ? e : db_list(stmt, waiting_row, list);
}
