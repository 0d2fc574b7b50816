/* What kiosks say of themselves, and when it changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_kiosks.h"

enum { CHANGES_KEPT = 50, REFUSALS_SHOWN = 200, ROWS_STEP = 16 };

enum err town_health_put(struct town_store *store, const char *kiosk, const struct health *h, int64_t now_ms)
{
	enum err e = db_run(store, "UPDATE kiosks SET version = ?1 WHERE id = ?2 AND version <> ?1", "tt", h->version, kiosk);
	if (e)
		return e;
	return db_run(store,
	              "INSERT OR REPLACE INTO kiosk_health(kiosk, received_ms, at_ms, version, schema, uptime_s, running,"
	              " start, printer, reader, scanner, clock_ok, unsent, blobs, parked, oldest_s, disk_free, disk_size)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              "tiitdidttttdiiiiii", kiosk, now_ms, h->at_ms, h->version, h->schema, h->uptime_s, h->running ? 1 : 0,
	              health_start_name(h->start), health_printer_name(h->printer), health_device_name(h->reader),
	              health_device_name(h->scanner), h->clock_ok ? 1 : 0, h->unsent, h->blobs, h->parked, h->oldest_s,
	              h->disk_free, h->disk_size);
}

/* ---- when it changed ---- */

enum err town_health_last(struct town_store *store, const char *kiosk, const char *part, char now[TOWN_HEALTH_VALUE_SIZE])
{
	return db_one_text(store, now, TOWN_HEALTH_VALUE_SIZE,
	                   "SELECT now FROM kiosk_health_changes WHERE kiosk = ? AND part = ? ORDER BY n DESC LIMIT 1", "tt",
	                   kiosk, part);
}

enum err town_health_change_add(struct town_store *store, const char *kiosk, const char *part, const char *was,
                                const char *now, int64_t now_ms)
{
	enum err e = db_run(store, "INSERT INTO kiosk_health_changes(kiosk, at_ms, part, was, now) VALUES (?, ?, ?, ?, ?)",
	                    "tittt", kiosk, now_ms, part, was, now);
	if (e)
		return e;
	/* The last of each part stays, however old: it is what the next one is compared with. */
	return db_run(store,
	              "DELETE FROM kiosk_health_changes WHERE kiosk = ?1"
	              " AND n NOT IN (SELECT n FROM kiosk_health_changes WHERE kiosk = ?1 ORDER BY n DESC LIMIT ?2)"
	              " AND n NOT IN (SELECT max(n) FROM kiosk_health_changes WHERE kiosk = ?1 GROUP BY part)",
	              "td", kiosk, (int)CHANGES_KEPT);
}

static json_t *change_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:s, s:s, s:s}", "at", (json_int_t)sqlite3_column_int64(stmt, 0), "part",
	                 sqlite3_column_text(stmt, 1), "was", sqlite3_column_text(stmt, 2), "now",
	                 sqlite3_column_text(stmt, 3));
}

enum err town_health_changes_json(struct town_store *store, const char *kiosk, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT at_ms, part, was, now FROM kiosk_health_changes WHERE kiosk = ? ORDER BY n DESC", "t",
	                      kiosk);
	return e ? e : db_list(stmt, change_row, list);
}

/* ---- kiosks with their health ---- */

#define LOOK_COLUMNS \
	"SELECT k.id, k.name, k.version, k.enrolled_ms, coalesce(k.revoked_ms, 0), coalesce(k.last_contact_ms, 0)," \
	" k.last_seq, (SELECT count(*) FROM refusals r WHERE r.kiosk = k.id)," \
	" (SELECT count(*) FROM refusals r WHERE r.kiosk = k.id AND r.handled_ms IS NULL)," \
	" coalesce(h.received_ms, 0), h.at_ms, h.version, h.schema, h.uptime_s, h.running, h.start, h.printer, h.reader," \
	" h.scanner, h.clock_ok, h.unsent, h.blobs, h.parked, h.oldest_s, h.disk_free, h.disk_size" \
	" FROM kiosks k LEFT JOIN kiosk_health h ON h.kiosk = k.id "

static void read_health(sqlite3_stmt *stmt, struct health *h)
{
	char name[32];
	h->at_ms = sqlite3_column_int64(stmt, 10);
	db_text(stmt, 11, h->version, sizeof h->version);
	h->schema = sqlite3_column_int(stmt, 12);
	h->uptime_s = sqlite3_column_int64(stmt, 13);
	h->running = sqlite3_column_int(stmt, 14) != 0;
	db_text(stmt, 15, name, sizeof name);
	h->start = health_start_of(name);
	db_text(stmt, 16, name, sizeof name);
	h->printer = health_printer_of(name);
	db_text(stmt, 17, name, sizeof name);
	h->reader = health_device_of(name);
	db_text(stmt, 18, name, sizeof name);
	h->scanner = health_device_of(name);
	h->clock_ok = sqlite3_column_int(stmt, 19) != 0;
	int64_t *numbers[] = {&h->unsent, &h->blobs, &h->parked, &h->oldest_s, &h->disk_free, &h->disk_size};
	for (int i = 0; i < 6; i++)
		*numbers[i] = sqlite3_column_int64(stmt, 20 + i);
}

static void read_look(sqlite3_stmt *stmt, struct town_kiosk_look *look)
{
	*look = (struct town_kiosk_look){.enrolled_ms = sqlite3_column_int64(stmt, 3),
	                                 .revoked_ms = sqlite3_column_int64(stmt, 4),
	                                 .last_contact_ms = sqlite3_column_int64(stmt, 5),
	                                 .last_seq = sqlite3_column_int64(stmt, 6),
	                                 .refused = sqlite3_column_int64(stmt, 7),
	                                 .unhandled = sqlite3_column_int64(stmt, 8),
	                                 .health_ms = sqlite3_column_int64(stmt, 9)};
	db_text(stmt, 0, look->id, sizeof look->id);
	db_text(stmt, 1, look->name, sizeof look->name);
	db_text(stmt, 2, look->version, sizeof look->version);
	if (look->health_ms)
		read_health(stmt, &look->health);
}

enum err town_kiosk_look(struct town_store *store, const char *id, struct town_kiosk_look *look)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, LOOK_COLUMNS "WHERE k.id = ?", "t", id);
	if (e)
		return e;
	read_look(stmt, look);
	sqlite3_reset(stmt);
	return ERR_OK;
}

void town_kiosk_looks_clear(struct town_kiosk_looks *looks)
{
	free(looks->items);
	*looks = (struct town_kiosk_looks){0};
}

enum err town_kiosk_looks(struct town_store *store, struct town_kiosk_looks *looks)
{
	sqlite3_stmt *stmt;
	*looks = (struct town_kiosk_looks){0};
	enum err e = db_query(store, &stmt, LOOK_COLUMNS "ORDER BY k.revoked_ms IS NOT NULL, k.name, k.id", "");
	while (!e && !(e = db_step(stmt))) {
		if (looks->count % ROWS_STEP == 0) {
			struct town_kiosk_look *more = realloc(looks->items, (looks->count + ROWS_STEP) * sizeof *more);
			if (!more) {
				sqlite3_reset(stmt);
				e = ERR_NOMEM;
				break;
			}
			looks->items = more;
		}
		read_look(stmt, &looks->items[looks->count++]);
	}
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	town_kiosk_looks_clear(looks);
	return e;
}

/* ---- what was refused of a kiosk ---- */

static json_t *refusal_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:s, s:I, s:s, s:I, s:s}", "seq", (json_int_t)sqlite3_column_int64(stmt, 0), "reason",
	                 sqlite3_column_text(stmt, 1), "at", (json_int_t)sqlite3_column_int64(stmt, 2), "type",
	                 sqlite3_column_text(stmt, 3), "handled", (json_int_t)sqlite3_column_int64(stmt, 4), "handled_by",
	                 sqlite3_column_text(stmt, 5));
}

enum err town_kiosk_refusals_json(struct town_store *store, const char *kiosk, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT seq, reason, at_ms, CASE WHEN json_valid(payload) THEN"
	                      " coalesce(CAST(json_extract(payload, '$.type') AS TEXT), '') ELSE '' END,"
	                      " coalesce(handled_ms, 0), coalesce(handled_by, '') FROM refusals WHERE kiosk = ?"
	                      " ORDER BY handled_ms IS NOT NULL, at_ms DESC LIMIT ?",
	                      "td", kiosk, (int)REFUSALS_SHOWN);
	return e ? e : db_list(stmt, refusal_row, list);
}

enum err town_refusal_handled(struct town_store *store, const char *kiosk, int64_t seq, const char *user, int64_t now_ms)
{
	int64_t there;
	enum err e = db_one_number(store, &there,
	                           "SELECT 1 FROM refusals WHERE kiosk = ? AND seq = ? AND handled_ms IS NULL", "ti", kiosk, seq);
	return e ? e
	         : db_run(store, "UPDATE refusals SET handled_ms = ?, handled_by = ? WHERE kiosk = ? AND seq = ?", "itti",
	                  now_ms, user, kiosk, seq);
}
