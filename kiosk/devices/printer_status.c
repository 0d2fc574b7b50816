#include "devices/printer_status.h"

#include <string.h>

enum {
	IPP_HELD = 4,
	IPP_PROCESSING = 5,
	IPP_STOPPED = 6,
	IPP_CANCELED = 7,
	IPP_ABORTED = 8,
	IPP_COMPLETED = 9,
	IPP_PRINTER_STOPPED = 5,
	CONNECTING_MS = 1500, /* a backend says "connecting" for a moment in every job */
	STUCK_MS = 20000      /* the longest slip takes 6 s */
};

/* Keyword without its severity: RFC 8011 §5.4.12 allows -report, -warning and -error after each. */
static const struct {
	const char *keyword;
	enum printer_health health;
} KEYWORDS[] = {
	{ "media-empty", PRINTER_PAPER_OUT },
	{ "media-needed", PRINTER_PAPER_OUT },
	{ "media-low", PRINTER_PAPER_LOW },
	{ "cover-open", PRINTER_COVER_OPEN },
	{ "door-open", PRINTER_COVER_OPEN },
	{ "interlock-open", PRINTER_COVER_OPEN },
	{ "offline", PRINTER_OFFLINE },
	{ "shutdown", PRINTER_OFFLINE },
	{ "timed-out", PRINTER_OFFLINE },
	{ "paused", PRINTER_OFFLINE },
	{ "moving-to-paused", PRINTER_OFFLINE },
	{ "connecting-to-device", PRINTER_OFFLINE },
	{ "none", PRINTER_READY },
};
static const char *const OFFLINE_TEXTS[] = {
	"unable to connect", "unavailable",  "not responding", "unreachable",      "not available",
	"unable to open",    "disconnected", "is offline",     "unable to locate", "in use"
};

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static size_t keyword_len(const char *reason, bool *mild)
{
	static const struct {
		const char *suffix;
		bool mild;
	} SEVERITY[] = { { "-report", true }, { "-warning", true }, { "-error", false } };
	size_t len = strlen(reason);
	*mild = false;
	for (size_t i = 0; i < sizeof SEVERITY / sizeof *SEVERITY; i++) {
		size_t suffix = strlen(SEVERITY[i].suffix);
		if (len > suffix && strcmp(reason + len - suffix, SEVERITY[i].suffix) == 0) {
			*mild = SEVERITY[i].mild;
			return len - suffix;
		}
	}
	return len;
}

enum printer_health printer_health_of_reason(const char *reason)
{
	bool mild;
	size_t len = keyword_len(reason, &mild);
	for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
		if (strlen(KEYWORDS[i].keyword) == len && strncmp(reason, KEYWORDS[i].keyword, len) == 0)
			return KEYWORDS[i].health;
	/* Thermal paper needs no ink, and what CUPS says of its own filters is for its administrator. */
	if (mild || starts_with(reason, "cups-") || starts_with(reason, "marker-")
	    || starts_with(reason, "toner-"))
		return PRINTER_READY;
	return PRINTER_ERROR;
}

enum printer_health printer_health_of_message(const char *message)
{
	for (size_t i = 0; message && i < sizeof OFFLINE_TEXTS / sizeof *OFFLINE_TEXTS; i++)
		if (strcasestr(message, OFFLINE_TEXTS[i]))
			return PRINTER_OFFLINE;
	return PRINTER_READY;
}

/* Open cover before paper: an open cover makes the paper sensor say "empty" too. */
static int urgency(enum printer_health health)
{
	static const enum printer_health RISING[] = { PRINTER_READY, PRINTER_PAPER_LOW, PRINTER_OFFLINE,
		                                      PRINTER_ERROR, PRINTER_PAPER_OUT, PRINTER_COVER_OPEN };
	int rank = 0;
	for (int i = 0; i < (int)(sizeof RISING / sizeof *RISING); i++)
		if (RISING[i] == health)
			rank = i;
	return rank;
}

static enum printer_health worse(enum printer_health a, enum printer_health b)
{
	return urgency(b) > urgency(a) ? b : a;
}

enum printer_health printer_health_of(const struct printer_report *report)
{
	enum printer_health health = PRINTER_READY;
	for (size_t i = 0; i < report->reason_count; i++) {
		if (starts_with(report->reasons[i], "connecting-to-device")
		    && report->processing_ms < CONNECTING_MS)
			continue;
		health = worse(health, printer_health_of_reason(report->reasons[i]));
	}
	if (report->job_state == IPP_PROCESSING && report->processing_ms >= CONNECTING_MS) {
		health = worse(health, printer_health_of_message(report->printer_message));
		health = worse(health, printer_health_of_message(report->job_message));
	}
	if (report->printer_state == IPP_PRINTER_STOPPED || !report->accepting)
		health = worse(health, PRINTER_OFFLINE);
	return health;
}

enum print_state printer_job_of(const struct printer_report *report, enum printer_health *health)
{
	switch (report->job_state) {
	case IPP_COMPLETED:
		return PRINT_DONE;
	case IPP_CANCELED:
	case IPP_ABORTED:
		return PRINT_FAILED;
	case IPP_HELD:
	case IPP_STOPPED:
		*health = worse(*health, PRINTER_OFFLINE);
		return PRINT_HELD;
	default:
		break;
	}
	if (report->job_state == IPP_PROCESSING && report->processing_ms >= STUCK_MS)
		*health = worse(*health, PRINTER_OFFLINE);
	return urgency(*health) >= urgency(PRINTER_OFFLINE) ? PRINT_HELD : PRINT_PRINTING;
}
