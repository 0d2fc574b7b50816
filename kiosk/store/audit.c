/* audit.c: the transaction that ends in a link of the audit chain.
 *
 * A link covers items: for each row that was written its digest (none where the row was deleted). So verify
 * can say of any row whether it is as its last link left it, and which link that was. */
#include <string.h>
#include <sys/stat.h>

#include "store/store_internal.h"

/* The columns are named, never *: a later migration that adds one must not change old digests. */
static const struct audited { const char *table, *row_sql, *ids_sql;
} audited[] = {
	{"identity", "SELECT key, value FROM identity WHERE key = ?", "SELECT key FROM identity"},
	{"events",
     "SELECT seq, id, type, at_ms, clock_ok, case_id, sig, payload FROM events WHERE seq = CAST(? AS "
     "INTEGER)",
     "SELECT seq FROM events"},
	{"cases",
     "SELECT case_id, event_seq, receipt_day, receipt_number, lookup, kind, subject, deputy, at_ms, clock_ok,"
     " state, round, rating, rated_round, view_rev, view FROM cases WHERE case_id = ?",
     "SELECT case_id FROM cases"},
	{"blobs", "SELECT sha256, case_id, event_seq, media, size FROM blobs WHERE sha256 = ?",
     "SELECT sha256 FROM blobs"},
	{"deputies",
     "SELECT id, name, gender, nation, birth, job, grp, group_role, phone, initials FROM deputies WHERE id = "
     "?",
     "SELECT id FROM deputies"},
	{"mandates", "SELECT id, deputy, position, level, constituency, villages FROM mandates WHERE id = ?",
     "SELECT id FROM mandates"},
	{"groups", "SELECT id, name, data FROM groups WHERE id = ?", "SELECT id FROM groups"},
	{"constituencies", "SELECT id, name, data FROM constituencies WHERE id = ?",
     "SELECT id FROM constituencies"},
	{"rules", "SELECT id, position, title, article_count, text FROM rules WHERE id = ?",
     "SELECT id FROM rules"},
	{"duties", "SELECT id, deputy, day, starts, ends, room FROM duties WHERE id = ?",
     "SELECT id FROM duties"},
	{"activities",
     "SELECT id, kind, title, place, starts_ms, ends_ms, opens_min, grace_min, quorum, signs_out, cancelled"
     " FROM activities WHERE id = ?",
     "SELECT id FROM activities"},
	{"invitees", "SELECT id, activity, deputy, seat FROM invitees WHERE id = ?", "SELECT id FROM invitees"},
	{"attendance",
     "SELECT id, activity, deputy, at_ms, clock_ok, by, timing, listed, on_leave, kiosk, event_seq, out_ms,"
     " out_event_seq, repeat_event_seq FROM attendance WHERE id = ?",
     "SELECT id FROM attendance"},
	{"leaves", "SELECT id, activity, deputy, at_ms, reason, state, event_seq FROM leaves WHERE id = ?",
     "SELECT id FROM leaves"},
	{"id_digests", "SELECT deputy, salt, ops, mem_kib, digest FROM id_digests WHERE deputy = ?",
     "SELECT deputy FROM id_digests"},
	{"cards", "SELECT deputy, issue, lost_through FROM cards WHERE deputy = ?", "SELECT deputy FROM cards"},
	{"portraits", "SELECT deputy, media, bytes FROM portraits WHERE deputy = ?",
     "SELECT deputy FROM portraits"},
	{"flags", "SELECT id, at_ms, what, deputy, activity, detail, event_seq FROM flags WHERE id = ?",
     "SELECT id FROM flags"},
};
enum { AUDITED_COUNT = sizeof audited / sizeof audited[0] };

const char *audited_table(size_t i, const char **ids_sql)
{
	if (i >= AUDITED_COUNT)
		return NULL;
	*ids_sql = audited[i].ids_sql;
	return audited[i].table;
}

static void hash_number(crypto_generichash_state *state, uint64_t v)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(v >> (56 - 8 * i));
	crypto_generichash_update(state, bytes, sizeof bytes);
}

static void hash_bytes(crypto_generichash_state *state, const void *bytes, size_t len)
{
	hash_number(state, len);
	if (len > 0)
		crypto_generichash_update(state, bytes, len);
}

enum err row_digest(sqlite3 *db, const char *table, const char *row, uint8_t digest[DIGEST_BYTES])
{
	size_t t = 0;
	while (t < AUDITED_COUNT && strcmp(audited[t].table, table) != 0)
		t++;
	if (t == AUDITED_COUNT)
		return ERR_UNSUPPORTED;
	sqlite3_stmt *stmt;
	enum err e = db_one(db, &stmt, audited[t].row_sql, "s", row);
	if (e == ERR_OK) {
		crypto_generichash_state state;
		crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			uint8_t type = (uint8_t)sqlite3_column_type(stmt, i);
			const void *bytes = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, i)
			                                        : (const void *)sqlite3_column_text(stmt, i);
			crypto_generichash_update(&state, &type, 1);
			hash_bytes(&state, bytes, (size_t)sqlite3_column_bytes(stmt, i));
		}
		crypto_generichash_final(&state, digest, DIGEST_BYTES);
	}
	sqlite3_finalize(stmt);
	return e;
}

void audit_item_hash(crypto_generichash_state *state, const char *table, const char *row,
                     const uint8_t *digest)
{
	hash_bytes(state, table, strlen(table));
	hash_bytes(state, row, strlen(row));
	hash_bytes(state, digest, digest ? DIGEST_BYTES : 0);
}

void audit_link_hash(const uint8_t prev[DIGEST_BYTES], int64_t seq, int64_t at_ms, const char *kind,
                     const uint8_t digest[DIGEST_BYTES], uint8_t hash[DIGEST_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
	crypto_generichash_update(&state, prev, DIGEST_BYTES);
	hash_number(&state, (uint64_t)seq);
	hash_number(&state, (uint64_t)at_ms);
	crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind));
	crypto_generichash_update(&state, digest, DIGEST_BYTES);
	crypto_generichash_final(&state, hash, DIGEST_BYTES);
}

/* Recovery by another process leaves us with a file that has no name any more: what we wrote there would be
 * lost. */
static enum err check_file(struct store *store)
{
	struct stat st;
	if (stat(store->path, &st) != 0 || st.st_dev != store->device || st.st_ino != store->inode)
		return ERR_IO;
	return ERR_OK;
}

enum err tx_begin(struct store *store)
{
	enum err e = check_file(store);
	if (e == ERR_OK)
		e = db_exec(store->db, "BEGIN IMMEDIATE");
	if (e != ERR_OK)
		return e;
	store->tx.open = true;
	sqlite3_stmt *stmt;
	bool row = false;
	e = db_query(store->db, &stmt, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", "");
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	store->tx.link = 1;
	store->tx.items = 0;
	memset(store->tx.prev, 0, DIGEST_BYTES);
	if (e == ERR_OK && row) {
		store->tx.link = sqlite3_column_int64(stmt, 0) + 1;
		e = db_blob(stmt, 1, store->tx.prev, DIGEST_BYTES);
	}
	sqlite3_finalize(stmt);
	crypto_generichash_init(&store->tx.digest, NULL, 0, DIGEST_BYTES);
	if (e != ERR_OK)
		tx_rollback(store);
	return e;
}

static enum err note(struct store *store, const char *table, const char *row, const uint8_t *digest)
{
	audit_item_hash(&store->tx.digest, table, row, digest);
	return db_run(store->db, "INSERT INTO audit_items(link, n, tbl, row, digest) VALUES(?, ?, ?, ?, ?)",
	              "iissb", store->tx.link, store->tx.items++, table, row, (const void *)digest,
	              (size_t)DIGEST_BYTES);
}

enum err tx_note(struct store *store, const char *table, const char *row)
{
	uint8_t digest[DIGEST_BYTES];
	enum err e = row_digest(store->db, table, row, digest);
	if (e == ERR_NOT_FOUND)
		return note(store, table, row, NULL);
	return e == ERR_OK ? note(store, table, row, digest) : e;
}

enum err tx_note_digest(struct store *store, const char *what, const char *row,
                        const uint8_t digest[DIGEST_BYTES])
{
	return note(store, what, row, digest);
}

static enum err write_link(struct store *store, const char *kind)
{
	uint8_t digest[DIGEST_BYTES], hash[DIGEST_BYTES], sig[SIGN_BYTES];
	int64_t at_ms = store->now_ms();
	crypto_generichash_final(&store->tx.digest, digest, DIGEST_BYTES);
	audit_link_hash(store->tx.prev, store->tx.link, at_ms, kind, digest, hash);
	sign_make(store->sign_secret, AUDIT_DOMAIN, hash, DIGEST_BYTES, sig);
	return db_run(store->db,
	              "INSERT INTO audit(seq, at_ms, kind, digest, prev, hash, sig) VALUES(?, ?, ?, ?, ?, ?, ?)",
	              "iisbbbb", store->tx.link, at_ms, kind, (const void *)digest, (size_t)DIGEST_BYTES,
	              (const void *)store->tx.prev, (size_t)DIGEST_BYTES, (const void *)hash,
	              (size_t)DIGEST_BYTES, (const void *)sig, (size_t)SIGN_BYTES);
}

enum err row_delete(struct store *store, const char *table, const char *key, const char *id)
{
	char sql[96];
	snprintf(sql, sizeof sql, "DELETE FROM %s WHERE %s = ?", table, key);
	enum err e = db_run(store->db, sql, "s", id);
	return e == ERR_OK && sqlite3_changes(store->db) > 0 ? tx_note(store, table, id) : e;
}

enum err tx_commit(struct store *store, const char *kind)
{
	enum err e = store->tx.items > 0 ? write_link(store, kind) : ERR_OK;
	if (e == ERR_OK)
		e = db_exec(store->db, "COMMIT");
	if (e != ERR_OK) {
		tx_rollback(store);
		return e;
	}
	store->tx.open = false;
	store->version++;
	return ERR_OK;
}

void tx_rollback(struct store *store)
{
	if (!store->tx.open)
		return;
	store->tx.open = false;
	/* SQLite itself has rolled back already after some errors (a full disk). */
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
