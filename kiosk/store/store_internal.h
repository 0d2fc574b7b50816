/* store_internal.h: what the files of this folder share: the connection, SQL in short form, and the audited
 * transaction. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <sodium.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "store/files.h"
#include "store/store.h"

#define AUDIT_DOMAIN "DHA1"
enum { STORE_APPLICATION_ID = 0x44484B31 /* "DHK1" */ };

struct store {
	sqlite3 *db;                 /* owned */
	char dir[PATH_SIZE], path[PATH_SIZE]; /* the folder, and the database in it */
	int lock_fd;                 /* -1 when not the owner */
	uint8_t *sign_secret;        /* SIGN_SECRET_BYTES of locked memory, owned */
	uint8_t sign_public[SIGN_PUBLIC_BYTES];
	int64_t (*now_ms)(void);     /* the wall clock; a test puts its own here */
	dev_t device;                /* of the database file, to notice that it was set aside */
	ino_t inode;
	int64_t version, data_version;
	struct {                     /* the transaction that is open */
		bool open;
		int64_t link, items;
		uint8_t prev[DIGEST_BYTES];
		crypto_generichash_state digest;
	} tx;
};

/* ---- SQL
 * ------------------------------------------------------------------------------------------------------- */

enum err db_error(sqlite3 *db, int rc);
MUST_USE enum err db_exec(sqlite3 *db, const char *sql);
/* Prepares, and binds by `form`: i int64_t, s const char * (NULL is SQL's), b const void * and size_t, n
 * nothing. Texts and blobs must live until the statement is finalized. */
MUST_USE enum err db_query(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, const char *form, ...);
/* The same, and its first row: ERR_NOT_FOUND when there is none. */
MUST_USE enum err db_one(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, const char *form, ...);
/* A query run to its end and finalized. */
MUST_USE enum err db_run(sqlite3 *db, const char *sql, const char *form, ...);
/* Steps; *row says whether there is one. */
MUST_USE enum err db_step(sqlite3_stmt *stmt, bool *row);
/* The single integer of a query without parameters; `none` where there is no row or NULL. */
MUST_USE enum err db_number(sqlite3 *db, const char *sql, int64_t none, int64_t *out);
/* A column's text into a fixed field; ERR_CORRUPT when it does not fit. */
MUST_USE enum err db_text(sqlite3_stmt *stmt, int column, char *out, size_t size);
/* A column's blob of exactly `size` bytes; ERR_CORRUPT otherwise. */
MUST_USE enum err db_blob(sqlite3_stmt *stmt, int column, void *out, size_t size);

/* Makes room for one more in a growing array of equal rows. */
MUST_USE enum err rows_grow(void **rows, size_t count, size_t *room, size_t size);
/* Reads one row into `row`; ERR_NOT_FOUND passes it over. */
typedef enum err rows_take(sqlite3_stmt *stmt, void *row, void *arg);
/* All rows of a query into a new array of `size` bytes each, *rows to be freed (NULL when there are none); both stay as they
 * are when it fails. The statement is finalized. */
MUST_USE enum err rows_read(sqlite3_stmt *stmt, rows_take *take, void *arg, size_t size, void **rows, size_t *count);

/* state(key): small things of the box itself, not audited. */
MUST_USE enum err state_number(struct store *store, const char *key, int64_t none, int64_t *out);
MUST_USE enum err state_text(struct store *store, const char *key, char *out,
                             size_t size); /* "" when there is none */
MUST_USE enum err state_set_number(struct store *store, const char *key, int64_t value);
MUST_USE enum err state_set_text(struct store *store, const char *key, const char *value);

/* ---- the audited transaction
 * ----------------------------------------------------------------------------------- */

/* BEGIN IMMEDIATE. ERR_IO when another program has put another file in the database's place: open it again.
 */
MUST_USE enum err tx_begin(struct store *store);
/* Says that a row of an audited table was inserted, changed or deleted. */
MUST_USE enum err tx_note(struct store *store, const char *table, const char *row);
/* Notes a digest that belongs to no row. */
MUST_USE enum err tx_note_digest(struct store *store, const char *what, const char *row,
                                 const uint8_t digest[DIGEST_BYTES]);
/* Deletes the row of an audited table whose `key` is `id`, if there is one, and notes it. `table` and `key` are names of our
 * own, never a text from outside. */
MUST_USE enum err row_delete(struct store *store, const char *table, const char *key, const char *id);
/* Makes the link (when anything was noted) and commits. On failure all is rolled back. */
MUST_USE enum err tx_commit(struct store *store, const char *kind);
/* Does nothing when no transaction is open. */
void tx_rollback(struct store *store);

/* The digest of a row as it stands; ERR_NOT_FOUND when there is no such row; ERR_UNSUPPORTED for a table
 * without audit. */
MUST_USE enum err row_digest(sqlite3 *db, const char *table, const char *row, uint8_t digest[DIGEST_BYTES]);
/* Each audited table and the query of all its rows' ids; NULL past the last. */
const char *audited_table(size_t i, const char **ids_sql);
/* Over an item, and over a link, as they are hashed. */
void audit_item_hash(crypto_generichash_state *state, const char *table, const char *row,
                     const uint8_t *digest);
void audit_link_hash(const uint8_t prev[DIGEST_BYTES], int64_t seq, int64_t at_ms, const char *kind,
                     const uint8_t digest[DIGEST_BYTES], uint8_t hash[DIGEST_BYTES]);

/* ---- pieces of opening
 * ----------------------------------------------------------------------------------------- */

extern const char *const store_migrations[];
/* Opens one connection with our pragmas; the schema is not looked at. */
MUST_USE enum err db_open(const char *path, int flags, sqlite3 **db);
/* Brings the schema to `to`; an older one that is not empty is first copied to `backup` (NULL: never). */
MUST_USE enum err db_migrate(sqlite3 *db, const char *const *migrations, int to, const char *backup);
MUST_USE enum err db_backup_to(sqlite3 *db, const char *path);
/* ERR_CORRUPT when SQLite's quick_check finds anything. */
MUST_USE enum err db_check(sqlite3 *db);

/* DIR/keys/sign.key into locked memory. */
MUST_USE enum err keys_make(const char *dir, uint8_t public_key[SIGN_PUBLIC_BYTES]);
MUST_USE enum err keys_load(struct store *store);

/* Sets the corrupt database aside and restores the newest good one of DIR/backup, or begins empty. */
MUST_USE enum err recover(const char *dir, struct store_recovery *recovery);
/* Makes an empty database at DIR/NAME with a first link of that kind; the keys are there already. */
MUST_USE enum err database_create(const char *dir, const char *name, const char *kind);
/* The connection to DIR/NAME with everything but lock and recovery; `check` runs quick_check. */
MUST_USE enum err database_open(const char *dir, const char *name, bool check, struct store **store);
void database_close(struct store *store);
/* Copies into `store` what the damaged file holds after the store's last link, as far as it can be read, and
 * notes it. */
void salvage(struct store *store, const char *damaged);

/* Applies what an older program skipped because it did not know the type; done at every opening, so that it stands before
 * all that comes later. */
MUST_USE enum err changes_retry(struct store *store);

/* ---- writing an event
 * ------------------------------------------------------------------------------------------ */

#include <jansson.h>

struct stamp { int64_t at_ms; bool clock_ok; };
/* The present time, and whether it can be believed. */
MUST_USE enum err stamp_now(struct store *store, struct stamp *stamp);
/* Inserts the event with its outbox row, inside the open transaction; `data` is borrowed. */
MUST_USE enum err event_write(struct store *store, const char *type, const char *case_id,
                              const struct stamp *stamp, json_t *data, int64_t *seq);
/* base64 of bytes sealed to the township, as a JSON string; a new reference. */
MUST_USE enum err seal_json(const uint8_t seal_key[SEAL_PUBLIC_BYTES], const void *secret, size_t len,
                            json_t **out);

#endif
