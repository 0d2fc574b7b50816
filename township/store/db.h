/* db.h: the store's own little layer over SQLite; only township/store/ includes it. */
#ifndef TOWNSHIP_DB_H
#define TOWNSHIP_DB_H

#include <sqlite3.h>

#include "township/store.h"

enum { DB_CACHE = 768 }; /* more than there are statements in township/store */

struct town_store {
	sqlite3 *db;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} cache[DB_CACHE]; /* by the literal's address */
	size_t cached;
	const struct town_hits *hits; /* what town_hit(id) looks for, while a list is made; borrowed */
	uint32_t *hit_slots;          /* owned; their places + 1, by hash; 0: free */
	size_t hit_mask;
};

/* Lets queries call town_hit(id): whether the case is among the hits that were set (store/case_hits.c). */
MUST_USE enum err db_hits_function(struct town_store *store);
/* Sets them for one list; `hits` is borrowed until db_hits_end. NULL is fine. */
MUST_USE enum err db_hits_begin(struct town_store *store, const struct town_hits *hits);
void db_hits_end(struct town_store *store);

/* What an SQLite result code means to the callers of the store. */
enum err db_err(int rc);

/* Binds by `types`, a letter an argument: 't' const char * (NULL is NULL), 'i' int64_t, 'd' int, 'b' const
 * void * and size_t (NULL is NULL). `sql` must be a string literal: it is the key of the statement cache. */
MUST_USE enum err db_query(struct town_store *store, sqlite3_stmt **stmt, const char *sql, const char *types,
                           ...);

/* The next row: ERR_OK, or ERR_NOT_FOUND at the end. The statement is reset when it is not ERR_OK. */
MUST_USE enum err db_step(sqlite3_stmt *stmt);

/* The query's first row: ERR_NOT_FOUND when there is none. Reset the statement when the row is read. */
MUST_USE enum err db_one(struct town_store *store, sqlite3_stmt **stmt, const char *sql, const char *types, ...);
/* The same, with the first column read and the statement reset; *out stays when it is not ERR_OK. */
MUST_USE enum err db_one_number(struct town_store *store, int64_t *out, const char *sql, const char *types, ...);
MUST_USE enum err db_one_text(struct town_store *store, char *out, size_t size, const char *sql, const char *types,
                              ...);

/* All rows of a query that was set up, each through `row` (a new reference; NULL is ERR_NOMEM), in *list, a new
 * reference. The statement is reset. */
MUST_USE enum err db_list(sqlite3_stmt *stmt, json_t *(*row)(sqlite3_stmt *stmt), json_t **list);

/* Runs a statement that gives no rows. A broken UNIQUE or PRIMARY KEY is ERR_EXISTS. */
MUST_USE enum err db_run(struct town_store *store, const char *sql, const char *types, ...);

/* Column readers: text cut to `size`, "" for NULL; a malloc'ed copy of a blob, NULL for NULL. */
void db_text(sqlite3_stmt *stmt, int column, char *out, size_t size);
MUST_USE enum err db_blob(sqlite3_stmt *stmt, int column, uint8_t **out, size_t *len);
/* ERR_CORRUPT unless the blob has exactly `len` bytes. */
MUST_USE enum err db_bytes(sqlite3_stmt *stmt, int column, uint8_t *out, size_t len);

#endif
