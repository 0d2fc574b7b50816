/* identity.c: who this kiosk is, and how it became so. */
#include <string.h>
#include <unistd.h>

#include "store/store_internal.h"
#include "store/store_sync.h"
#include "store/wake.h"

enum { TOKEN_SIZE = 128 };

enum err store_identity(struct store *store, struct store_identity *identity)
{
	struct store_identity got = {0};
	memcpy(got.sign_public, store->sign_public, SIGN_PUBLIC_BYTES);
	sqlite3_stmt *stmt;
	bool row = false;
	int found = 0;
	enum err e = db_query(store->db, &stmt, "SELECT key, value FROM identity", "");
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const char *key = (const char *)sqlite3_column_text(stmt, 0);
		if (strcmp(key, "slip_salt") == 0)
			e = db_blob(stmt, 1, got.slip_salt, SLIP_SALT_BYTES);
		else if (strcmp(key, "kiosk") == 0)
			e = db_text(stmt, 1, got.kiosk, sizeof got.kiosk);
		else if (strcmp(key, "seal_key") == 0)
			e = db_blob(stmt, 1, got.township_seal_key, SEAL_PUBLIC_BYTES);
		else if (strcmp(key, "sign_key") == 0)
			e = db_blob(stmt, 1, got.township_sign_key, SIGN_PUBLIC_BYTES);
		else
			continue;
		found += strcmp(key, "slip_salt") != 0;
	}
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		e = state_text(store, "enrol_code", got.enrol_code, sizeof got.enrol_code);
	if (e != ERR_OK)
		return e;
	got.enrolled = found == 3;
	*identity = got;
	return ERR_OK;
}

enum err enrol_begin(struct store *store, const char *code, const char *ticket)
{
	if (strlen(code) >= sizeof ((struct store_identity *)0)->enrol_code || strlen(ticket) >= TOKEN_SIZE)
		return ERR_TOO_LONG;
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = state_set_text(store, "enrol_code", code);
	if (e == ERR_OK)
		e = state_set_text(store, "enrol_ticket", ticket);
	if (e == ERR_OK)
		e = tx_commit(store, "enrol");
	tx_rollback(store);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

enum err enrol_ticket(struct store *store, char ticket[128])
{
	enum err e = state_text(store, "enrol_ticket", ticket, TOKEN_SIZE);
	return e == ERR_OK && !ticket[0] ? ERR_NOT_FOUND : e;
}

static enum err token_path(struct store *store, char folder[PATH_SIZE], char path[PATH_SIZE])
{
	enum err e = path_join(folder, store->dir, "keys");
	return e == ERR_OK ? path_join(path, folder, "token") : e;
}

static enum err identity_put(struct store *store, const char *key, const void *value, size_t len)
{
	enum err e = db_run(store->db, "INSERT OR REPLACE INTO identity(key, value) VALUES(?, ?)", "sb", key,
	                    value, len);
	return e == ERR_OK ? tx_note(store, "identity", key) : e;
}

static enum err write_grant(struct store *store, const struct enrol_grant *grant)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = identity_put(store, "kiosk", grant->kiosk, strlen(grant->kiosk));
	if (e == ERR_OK)
		e = identity_put(store, "seal_key", grant->seal_key, SEAL_PUBLIC_BYTES);
	if (e == ERR_OK)
		e = identity_put(store, "sign_key", grant->sign_key, SIGN_PUBLIC_BYTES);
	if (e == ERR_OK)
		e = identity_put(store, "slip_salt", grant->slip_salt, SLIP_SALT_BYTES);
	if (e == ERR_OK)
		e = db_run(store->db, "DELETE FROM state WHERE key IN ('enrol_code', 'enrol_ticket')", "");
	if (e == ERR_OK)
		e = tx_commit(store, "enrolled");
	tx_rollback(store);
	return e;
}

enum err enrol_finish(struct store *store, const struct enrol_grant *grant)
{
	struct store_identity now;
	char folder[PATH_SIZE], path[PATH_SIZE];
	size_t name = strlen(grant->kiosk);
	if (name == 0 || name >= KIOSK_ID_SIZE || strlen(grant->token) >= TOKEN_SIZE || !grant->token[0])
		return ERR_INVALID;
	enum err e = store_identity(store, &now);
	/* Events are numbered and slips are salted for one kiosk of one township: another would break both. */
	if (e == ERR_OK && now.enrolled && (strcmp(now.kiosk, grant->kiosk) != 0 ||
	                                    memcmp(now.slip_salt, grant->slip_salt, SLIP_SALT_BYTES) != 0))
		e = ERR_STATE;
	if (e == ERR_OK)
		e = token_path(store, folder, path);
	if (e == ERR_OK)
		e = file_write(path, grant->token, strlen(grant->token));
	if (e == ERR_OK)
		e = dir_sync(folder);
	if (e == ERR_OK)
		e = write_grant(store, grant);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

enum err enrol_token(struct store *store, char token[128])
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	uint8_t *bytes;
	size_t len;
	enum err e = token_path(store, folder, path);
	if (e == ERR_OK)
		e = file_read(path, TOKEN_SIZE - 1, &bytes, &len);
	if (e != ERR_OK)
		return e;
	memcpy(token, bytes, len + 1);
	sodium_memzero(bytes, len);
	free(bytes);
	return token[0] ? ERR_OK : ERR_NOT_FOUND;
}

enum err store_sign(struct store *store, const char domain[4], const void *msg, size_t len,
                    uint8_t sig[SIGN_BYTES])
{
	sign_make(store->sign_secret, domain, msg, len, sig);
	return ERR_OK;
}
