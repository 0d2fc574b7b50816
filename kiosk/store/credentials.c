/* credentials.c: by what a deputy is known: the digest of an ID number, the state of a card, a phone's code. */
#include "store/credentials.h"

#include <stdio.h>
#include <string.h>

#include "model/str.h"
#include "store/store_attendance.h"

enum err deputy_exists(struct store *store, const char *deputy)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt, "SELECT 1 FROM deputies WHERE id = ?", "s", deputy);
	sqlite3_finalize(stmt);
	return e;
}

/* ---- digests ---- */

enum err id_digest_put(struct store *store, const char *deputy, const struct id_params *params,
                       const uint8_t digest[ID_DIGEST_BYTES])
{
	enum err e = db_run(store->db,
	                    "INSERT OR REPLACE INTO id_digests(deputy, salt, ops, mem_kib, digest) VALUES(?, ?, ?, ?, ?)",
	                    "sbiib", deputy, (const void *)params->salt, (size_t)ID_SALT_BYTES, (int64_t)params->ops,
	                    (int64_t)params->mem_kib, (const void *)digest, (size_t)ID_DIGEST_BYTES);
	return e == ERR_OK ? tx_note(store, "id_digests", deputy) : e;
}

static enum err take_params(sqlite3_stmt *stmt, struct id_params *p)
{
	struct id_params got = {
		.ops = (uint32_t)sqlite3_column_int64(stmt, 1),
		.mem_kib = (uint32_t)sqlite3_column_int64(stmt, 2),
	};
	enum err e = db_blob(stmt, 0, got.salt, sizeof got.salt);
	if (e == ERR_OK && !id_params_ok(&got))
		e = ERR_CORRUPT;
	if (e == ERR_OK)
		*p = got;
	return e;
}

enum err store_id_params(struct store *store, struct id_params *params, size_t max, size_t *count)
{
	sqlite3_stmt *stmt;
	bool row = false;
	size_t got = 0;
	enum err e = db_query(store->db, &stmt,
	                      "SELECT salt, ops, mem_kib FROM id_digests GROUP BY salt, ops, mem_kib ORDER BY count(*) DESC, salt"
	                      " LIMIT ?",
	                      "i", (int64_t)(max > INT32_MAX ? INT32_MAX : max));
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row)
		e = take_params(stmt, &params[got++]);
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		*count = got;
	return e;
}

/* state('id_params'): "SALT OPS MEM", kept from the first import on, so that all digests share one salt and a card is
 * stretched once. */
static enum err kept_params(struct store *store, struct id_params *p)
{
	char text[96];
	const char *at = text;
	int64_t ops = 0, mem = 0;
	size_t len = 0;
	enum err e = state_text(store, "id_params", text, sizeof text);
	if (e != ERR_OK)
		return e;
	if (!text[0])
		return ERR_NOT_FOUND;
	if (sodium_hex2bin(p->salt, sizeof p->salt, text, strlen(text), NULL, &len, &at) != 0 || len != sizeof p->salt ||
	    !str_skip(&at, " ") || !str_take_number(&at, &ops) || !str_skip(&at, " ") || !str_take_number(&at, &mem) ||
	    ops > ID_ARGON_OPS_MAX || mem > ID_ARGON_MEM_MAX_KIB)
		return ERR_CORRUPT;
	p->ops = (uint32_t)ops;
	p->mem_kib = (uint32_t)mem;
	return id_params_ok(p) ? ERR_OK : ERR_CORRUPT;
}

static enum err fresh_params(struct store *store, struct id_params *p)
{
	char text[96], salt[ID_SALT_BYTES * 2 + 1];
	randombytes_buf(p->salt, sizeof p->salt);
	p->ops = ID_ARGON_OPS;
	p->mem_kib = ID_ARGON_MEM_KIB;
	sodium_bin2hex(salt, sizeof salt, p->salt, sizeof p->salt);
	snprintf(text, sizeof text, "%s %u %u", salt, (unsigned)p->ops, (unsigned)p->mem_kib);
	return state_set_text(store, "id_params", text);
}

enum err store_id_params_new(struct store *store, struct id_params *params)
{
	struct id_params got;
	size_t count = 0;
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = store_id_params(store, &got, 1, &count);
	if (e == ERR_OK && count == 0) {
		e = kept_params(store, &got);
		if (e == ERR_NOT_FOUND || e == ERR_CORRUPT)
			e = fresh_params(store, &got);
	}
	if (e == ERR_OK)
		e = tx_commit(store, "id_params");
	tx_rollback(store);
	if (e == ERR_OK)
		*params = got;
	return e;
}

enum err store_deputy_by_digest(struct store *store, const struct id_params *params,
                                const uint8_t digest[ID_DIGEST_BYTES], char deputy[REPORT_ID_SIZE])
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt,
	                    "SELECT deputy FROM id_digests WHERE salt = ? AND ops = ? AND mem_kib = ? AND digest = ?"
	                    " ORDER BY deputy LIMIT 1",
	                    "biib", (const void *)params->salt, (size_t)ID_SALT_BYTES, (int64_t)params->ops,
	                    (int64_t)params->mem_kib, (const void *)digest, (size_t)ID_DIGEST_BYTES);
	if (e == ERR_OK)
		e = db_text(stmt, 0, deputy, REPORT_ID_SIZE);
	sqlite3_finalize(stmt);
	return e;
}

/* ---- cards ---- */

enum err card_put(struct store *store, const char *deputy, const struct card_state *state)
{
	enum err e = db_run(store->db, "INSERT OR REPLACE INTO cards(deputy, issue, lost_through) VALUES(?, ?, ?)", "sii",
	                    deputy, (int64_t)state->issue, (int64_t)state->lost_through);
	return e == ERR_OK ? tx_note(store, "cards", deputy) : e;
}

enum err store_card_state(struct store *store, const char *deputy, struct card_state *state)
{
	struct card_state got = {0};
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(store->db, &stmt, "SELECT issue, lost_through FROM cards WHERE deputy = ?", "s", deputy);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK && row) {
		got.issue = (uint32_t)sqlite3_column_int64(stmt, 0);
		got.lost_through = (uint32_t)sqlite3_column_int64(stmt, 1);
	}
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		*state = got;
	return e;
}

/* ---- phones ---- */

enum err store_phone_path(struct store *store, const char *activity, int64_t now_ms, char path[PHONE_PATH_SIZE])
{
	struct store_identity identity;
	struct phone_code code = {.slot = now_ms / PHONE_SLOT_MS};
	uint8_t message[PHONE_MESSAGE_MAX], sig[SIGN_BYTES];
	size_t len = 0;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK && !identity.enrolled)
		e = ERR_STATE;
	if (e == ERR_OK && strlen(activity) >= sizeof code.activity)
		e = ERR_INVALID;
	if (e != ERR_OK)
		return e;
	memcpy(code.kiosk, identity.kiosk, sizeof code.kiosk);
	memcpy(code.activity, activity, strlen(activity) + 1);
	e = phone_code_message(&code, message, &len);
	if (e != ERR_OK)
		return e;
	sign_make(store->sign_secret, PHONE_DOMAIN, message, len, sig);
	return phone_code_path(message, len, sig, path);
}
