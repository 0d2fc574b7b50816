/* event_write.c: an event with its number, its time and its signature, inside the transaction of what it
 * tells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "store/store_attendance.h"
#include "store/store_internal.h"

/* The day this was built, a day off for time zones: a clock before it is wrong. */
static int64_t built_ms(void)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec",
					  date[] = __DATE__; /* "Nov 23 2026" */
	struct civil_date d = {(int)strtol(date + 7, NULL, 10), 1, (int)strtol(date + 4, NULL, 10)};
	for (int i = 0; i < 12; i++)
		if (strncmp(months + 3 * i, date, 3) == 0)
			d.month = i + 1;
	return civil_to_ms(civil_add_days(d, -1));
}

/* Boxes have no battery for the clock: a time before what was already written down is wrong, unless the
 * township has confirmed the clock since then (sync_contact moves the floor). */
enum err stamp_now(struct store *store, struct stamp *stamp)
{
	static const struct civil_date earliest = {2024, 1, 1};
	int64_t floor_seq = 0, skewed = 0, newest = 0;
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = state_number(store, "clock_floor_seq", 0, &floor_seq);
	if (e == ERR_OK)
		e = state_number(store, "clock_skewed", 0, &skewed);
	if (e == ERR_OK)
		e = db_query(store->db, &stmt,
		             "SELECT at_ms FROM events WHERE clock_ok = 1 AND seq > ? ORDER BY at_ms DESC LIMIT 1",
		             "i", floor_seq);
	if (e != ERR_OK)
		return e;
	e = db_step(stmt, &row);
	if (e == ERR_OK && row)
		newest = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	if (e != ERR_OK)
		return e;
	int64_t now = store->now_ms();
	stamp->at_ms = now < 0 ? 0 : now;
	stamp->clock_ok = !skewed && now >= newest && now >= civil_to_ms(earliest) && now >= built_ms();
	return ERR_OK;
}

enum err store_clock(struct store *store, int64_t *now_ms, bool *clock_ok)
{
	struct stamp stamp;
	int64_t written = 0, contact = 0;
	enum err e = stamp_now(store, &stamp);
	if (e == ERR_OK && !stamp.clock_ok)
		e = db_number(store->db, "SELECT max(at_ms) FROM events WHERE clock_ok = 1", 0, &written);
	if (e == ERR_OK && !stamp.clock_ok)
		e = state_number(store, "last_contact_ms", 0, &contact);
	if (e != ERR_OK)
		return e;
	*clock_ok = stamp.clock_ok;
	*now_ms = stamp.clock_ok ? stamp.at_ms : written > contact ? written : contact;
	return ERR_OK;
}

enum err seal_json(const uint8_t seal_key[SEAL_PUBLIC_BYTES], const void *secret, size_t len, json_t **out)
{
	size_t sealed_len = len + SEAL_OVERHEAD_BYTES;
	size_t room = sodium_base64_ENCODED_LEN(sealed_len, sodium_base64_VARIANT_ORIGINAL);
	uint8_t *sealed = malloc(sealed_len);
	char *text = malloc(room);
	enum err e = sealed && text ? seal_to(seal_key, secret, len, sealed) : ERR_NOMEM;
	if (e == ERR_OK) {
		sodium_bin2base64(text, room, sealed, sealed_len, sodium_base64_VARIANT_ORIGINAL);
		*out = json_string(text);
		e = *out ? ERR_OK : ERR_NOMEM;
	}
	free(sealed);
	free(text);
	return e;
}

/* One more than the last, or than what the township has (after this box was restored from a backup). Numbers
 * that are passed over are noted, so that verify knows them from numbers that somebody took away. */
static enum err next_seq(struct store *store, int64_t *seq)
{
	int64_t next = 0, least = 0;
	enum err e = db_number(store->db, "SELECT max(seq) + 1 FROM events", 1, &next);
	if (e == ERR_OK)
		e = state_number(store, "least_seq", 0, &least);
	if (e == ERR_OK && least > next) {
		char gap[48];
		uint8_t digest[DIGEST_BYTES];
		snprintf(gap, sizeof gap, "%lld-%lld", (long long)next, (long long)least - 1);
		digest_of(gap, strlen(gap), digest);
		e = tx_note_digest(store, "gap", gap, digest);
		next = least;
	}
	if (e == ERR_OK)
		*seq = next;
	return e;
}

enum err event_write(struct store *store, const char *type, const char *case_id, const struct stamp *stamp,
                     json_t *data, int64_t *seq)
{
	struct store_identity identity;
	struct event_head head = {.type = type, .at_ms = stamp->at_ms, .clock_ok = stamp->clock_ok};
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK)
		e = next_seq(store, &head.seq);
	if (e != ERR_OK)
		return e;
	uint8_t random[10], sig[SIGN_BYTES];
	randombytes_buf(random, sizeof random);
	uuid7_make(stamp->at_ms, random, head.id);
	memcpy(head.kiosk, identity.kiosk, sizeof head.kiosk);

	char *payload, row[24];
	size_t len;
	e = event_payload(&head, data, &payload, &len);
	if (e != ERR_OK)
		return e;
	sign_make(store->sign_secret, EVENT_DOMAIN, payload, len, sig);
	e = db_run(store->db,
	           "INSERT INTO events(seq, id, type, at_ms, clock_ok, case_id, sig, payload)"
	           " VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	           "issiisbs", head.seq, head.id, type, head.at_ms, (int64_t)head.clock_ok, case_id,
	           (const void *)sig, (size_t)SIGN_BYTES, payload);
	free(payload);
	if (e == ERR_OK)
		e = db_run(store->db, "INSERT INTO outbox(seq) VALUES(?)", "i", head.seq);
	snprintf(row, sizeof row, "%lld", (long long)head.seq);
	if (e == ERR_OK)
		e = tx_note(store, "events", row);
	if (e == ERR_OK)
		*seq = head.seq;
	return e;
}
