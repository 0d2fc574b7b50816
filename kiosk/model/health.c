#include "model/health.h"

#include <stdio.h>
#include <string.h>

static const char *const printer_names[HEALTH_PRINTERS] = {"unknown", "ready", "paper_low", "paper_out", "cover_open",
                                                           "fault",   "offline", "none"};
static const char *const device_names[HEALTH_DEVICES] = {"unknown", "present", "absent", "none"};
static const char *const start_names[HEALTH_STARTS] = {"unknown", "clean", "unclean", "recovered"};

static const char *name_of(const char *const *names, size_t count, size_t i)
{
	return names[i < count ? i : 0];
}

static size_t find(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return 0;
}

const char *health_printer_name(enum health_printer printer)
{
	return name_of(printer_names, HEALTH_PRINTERS, printer);
}

enum health_printer health_printer_of(const char *name)
{
	return (enum health_printer)find(printer_names, HEALTH_PRINTERS, name);
}

const char *health_device_name(enum health_device device)
{
	return name_of(device_names, HEALTH_DEVICES, device);
}

enum health_device health_device_of(const char *name)
{
	return (enum health_device)find(device_names, HEALTH_DEVICES, name);
}

const char *health_start_name(enum health_start start)
{
	return name_of(start_names, HEALTH_STARTS, start);
}

enum health_start health_start_of(const char *name)
{
	return (enum health_start)find(start_names, HEALTH_STARTS, name);
}

json_t *health_json(const struct health *h)
{
	return json_pack("{s:I, s:s, s:i, s:I, s:b, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "at",
	                 (json_int_t)h->at_ms, "version", h->version, "schema", h->schema, "uptime_s", (json_int_t)h->uptime_s,
	                 "running", h->running, "start", health_start_name(h->start), "printer",
	                 health_printer_name(h->printer), "reader", health_device_name(h->reader), "scanner",
	                 health_device_name(h->scanner), "clock_ok", h->clock_ok, "unsent", (json_int_t)h->unsent, "blobs",
	                 (json_int_t)h->blobs, "parked", (json_int_t)h->parked, "oldest_s", (json_int_t)h->oldest_s,
	                 "disk_free", (json_int_t)h->disk_free, "disk_size", (json_int_t)h->disk_size);
}

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

enum err health_read(json_t *json, struct health *h)
{
	json_int_t at, uptime, unsent, blobs, parked, oldest, disk_free, disk_size;
	const char *version, *start, *printer, *reader, *scanner;
	int schema, running, clock_ok;
	if (json_unpack(json, "{s:I, s:s, s:i, s:I, s:b, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "at", &at,
	                "version", &version, "schema", &schema, "uptime_s", &uptime, "running", &running, "start", &start,
	                "printer", &printer, "reader", &reader, "scanner", &scanner, "clock_ok", &clock_ok, "unsent", &unsent,
	                "blobs", &blobs, "parked", &parked, "oldest_s", &oldest, "disk_free", &disk_free, "disk_size",
	                &disk_size))
		return ERR_INVALID;
	const json_int_t numbers[] = {at, schema, uptime, unsent, blobs, parked, oldest, disk_free, disk_size};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (numbers[i] < 0)
			return ERR_INVALID;
	if (strlen(version) >= sizeof h->version || !printable(version) || disk_free > disk_size)
		return ERR_INVALID;
	*h = (struct health){.at_ms = at, .schema = schema, .uptime_s = uptime, .running = running != 0,
	                     .start = health_start_of(start), .printer = health_printer_of(printer),
	                     .reader = health_device_of(reader), .scanner = health_device_of(scanner), .clock_ok = clock_ok != 0,
	                     .unsent = unsent, .blobs = blobs, .parked = parked, .oldest_s = oldest, .disk_free = disk_free,
	                     .disk_size = disk_size};
	memcpy(h->version, version, strlen(version) + 1);
	return ERR_OK;
}

int health_disk_percent(const struct health *h)
{
	if (h->disk_size <= 0)
		return 100;
	return (int)((double)h->disk_free / (double)h->disk_size * 100);
}

bool health_differs(const struct health *a, const struct health *b)
{
	enum { DISK_STEP_PERCENT = 5 };
	bool short_a = health_disk_percent(a) < HEALTH_DISK_PERCENT, short_b = health_disk_percent(b) < HEALTH_DISK_PERCENT;
	int moved = health_disk_percent(a) - health_disk_percent(b);
	return strcmp(a->version, b->version) != 0 || a->schema != b->schema || a->running != b->running ||
	       a->start != b->start || a->printer != b->printer || a->reader != b->reader || a->scanner != b->scanner ||
	       a->clock_ok != b->clock_ok || a->unsent != b->unsent || a->blobs != b->blobs || a->parked != b->parked ||
	       b->uptime_s < a->uptime_s || short_a != short_b || moved >= DISK_STEP_PERCENT || moved <= -DISK_STEP_PERCENT;
}

unsigned health_troubles(const struct health *h, int64_t skew_ms)
{
	const struct {
		bool is;
		enum health_trouble what;
	} all[] = {
		{!h->running, TROUBLE_PROGRAM},
		{h->printer == HEALTH_PRINTER_OUT, TROUBLE_PAPER},
		{h->printer == HEALTH_PRINTER_COVER || h->printer == HEALTH_PRINTER_FAULT || h->printer == HEALTH_PRINTER_OFFLINE,
	     TROUBLE_PRINTER},
		{h->reader == HEALTH_DEVICE_ABSENT, TROUBLE_READER},
		{h->scanner == HEALTH_DEVICE_ABSENT, TROUBLE_SCANNER},
		{!h->clock_ok || skew_ms > HEALTH_SKEW_MS || skew_ms < -HEALTH_SKEW_MS, TROUBLE_CLOCK},
		{health_disk_percent(h) < HEALTH_DISK_PERCENT, TROUBLE_DISK},
		{h->parked > 0, TROUBLE_PARKED},
		{h->unsent + h->blobs > 0 && h->oldest_s > HEALTH_BACKLOG_S, TROUBLE_BACKLOG},
	};
	unsigned set = 0;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		set |= all[i].is ? 1u << all[i].what : 0;
	return set;
}
