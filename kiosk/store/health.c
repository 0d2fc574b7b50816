#include "store/health.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include "store/store_internal.h"
#include "store/wake.h"

enum { NAME_SIZE = 32, PARTS = 4 };

static const char *const keys[PARTS] = {"box_printer", "box_reader", "box_scanner", "box_start"};

enum err store_note_box(struct store *store, const struct box_note *note)
{
	const char *now[PARTS] = {health_printer_name(note->printer), health_device_name(note->reader),
	                          health_device_name(note->scanner), health_start_name(note->start)};
	char was[NAME_SIZE];
	bool changed = false;
	enum err e = tx_begin(store);
	for (size_t i = 0; e == ERR_OK && i < PARTS; i++) {
		e = state_text(store, keys[i], was, sizeof was);
		if (e == ERR_OK && strcmp(was, now[i]) != 0) {
			e = state_set_text(store, keys[i], now[i]);
			changed = true;
		}
	}
	if (e == ERR_OK && changed)
		e = tx_commit(store, "box");
	tx_rollback(store);
	if (e == ERR_OK && changed)
		wake_send(store->dir, WAKE_SYNC);
	return e;
}

static enum err read_note(struct store *store, struct health *h)
{
	char names[PARTS][NAME_SIZE];
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < PARTS; i++)
		e = state_text(store, keys[i], names[i], sizeof names[i]);
	if (e != ERR_OK)
		return e;
	h->printer = health_printer_of(names[0]);
	h->reader = health_device_of(names[1]);
	h->scanner = health_device_of(names[2]);
	h->start = health_start_of(names[3]);
	return ERR_OK;
}

/* For how long the oldest has waited; 0 where the clock cannot tell. */
static enum err read_oldest(struct store *store, const struct stamp *now, struct health *h)
{
	int64_t at_ms = 0;
	if (h->unsent + h->blobs == 0 || !now->clock_ok)
		return ERR_OK;
	enum err e = db_number(store->db,
	                       "SELECT at_ms FROM events WHERE clock_ok = 1 AND seq = (SELECT min(seq) FROM"
	                       " (SELECT min(seq) AS seq FROM outbox WHERE parked IS NULL UNION ALL"
	                       " SELECT min(b.event_seq) FROM blob_outbox o JOIN blobs b ON b.sha256 = o.sha256))",
	                       now->at_ms, &at_ms);
	if (e == ERR_OK && at_ms < now->at_ms)
		h->oldest_s = (now->at_ms - at_ms) / 1000;
	return e;
}

static enum err read_queue(struct store *store, struct health *h)
{
	enum err e = db_number(store->db, "SELECT count(*) FROM outbox WHERE parked IS NULL", 0, &h->unsent);
	if (e == ERR_OK)
		e = db_number(store->db, "SELECT count(*) FROM outbox WHERE parked IS NOT NULL", 0, &h->parked);
	return e == ERR_OK ? db_number(store->db, "SELECT count(*) FROM blob_outbox", 0, &h->blobs) : e;
}

static void read_system(const char *dir, struct health *h)
{
	struct statvfs disk;
	struct timespec up;
	if (statvfs(dir, &disk) == 0) {
		h->disk_size = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
		h->disk_free = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	}
	if (clock_gettime(CLOCK_BOOTTIME, &up) == 0)
		h->uptime_s = up.tv_sec;
}

enum err store_health(struct store *store, struct health *health)
{
	struct health h = {.schema = store_schema(store), .running = wake_heard(store->dir, WAKE_KIOSK)};
	struct stamp now;
	snprintf(h.version, sizeof h.version, "%s", VERSION);
	read_system(store->dir, &h);
	enum err e = stamp_now(store, &now);
	if (e == ERR_OK) {
		h.at_ms = now.at_ms;
		h.clock_ok = now.clock_ok;
		e = read_queue(store, &h);
	}
	if (e == ERR_OK)
		e = read_oldest(store, &now, &h);
	if (e == ERR_OK && h.running)
		e = read_note(store, &h);
	if (e == ERR_OK)
		*health = h;
	return e;
}
