/* portraits.c: the deputies' pictures, as the office gave them. */
#include <stdlib.h>
#include <string.h>

#include "store/credentials.h"
#include "store/store_attendance.h"
#include "store/wake.h"

/* Is it, by its first bytes, what it is said to be? */
static bool is_media(const char *media, const uint8_t *bytes, size_t len)
{
	static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
	if (strcmp(media, "image/jpeg") == 0)
		return len > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
	if (strcmp(media, "image/png") == 0)
		return len > sizeof png && memcmp(bytes, png, sizeof png) == 0;
	return strcmp(media, "image/webp") == 0 && len > 12 && memcmp(bytes, "RIFF", 4) == 0 &&
	       memcmp(bytes + 8, "WEBP", 4) == 0;
}

enum err portrait_put(struct store *store, const char *deputy, const char *media, const uint8_t *bytes, size_t len)
{
	if (len > PORTRAIT_MAX_BYTES)
		return ERR_TOO_LONG;
	if (!is_media(media, bytes, len))
		return ERR_INVALID;
	enum err e = db_run(store->db, "INSERT OR REPLACE INTO portraits(deputy, media, bytes) VALUES(?, ?, ?)", "ssb",
	                    deputy, media, (const void *)bytes, len);
	return e == ERR_OK ? tx_note(store, "portraits", deputy) : e;
}

enum err store_portrait_put(struct store *store, const char *deputy, const char *media, const uint8_t *bytes,
                            size_t len)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = deputy_exists(store, deputy);
	if (e == ERR_OK)
		e = portrait_put(store, deputy, media, bytes, len);
	if (e == ERR_OK)
		e = tx_commit(store, "portrait");
	tx_rollback(store);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

enum err store_portrait(struct store *store, const char *deputy, uint8_t **bytes, size_t *len)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt, "SELECT bytes FROM portraits WHERE deputy = ?", "s", deputy);
	if (e == ERR_OK) {
		size_t size = (size_t)sqlite3_column_bytes(stmt, 0);
		uint8_t *copy = size > 0 ? malloc(size) : NULL;
		if (copy) {
			memcpy(copy, sqlite3_column_blob(stmt, 0), size);
			*bytes = copy;
			*len = size;
		} else {
			e = size > 0 ? ERR_NOMEM : ERR_CORRUPT;
		}
	}
	sqlite3_finalize(stmt);
	return e;
}
