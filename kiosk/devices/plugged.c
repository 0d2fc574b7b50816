#include "devices/plugged.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "devices/ipp_link.h"
#include "devices/printer_status.h"
#include "devices/reader_link.h"
#include "devices/usb_link.h"

enum { QUEUES_MS = 3000 };

/* Makers of barcode scanners and of little else (names as in the system's usb.ids). udev/70-deputies-home.rules has the
 * same ones. */
static const uint16_t SCANNER_VENDORS[] = {
	0x0536, /* Hand Held Products */
	0x05e0, /* Symbol, now Zebra */
	0x05f9, /* PSC, now Datalogic */
	0x065a, /* Optoelectronics: Opticon */
	0x0c2e, /* Metrologic, now Honeywell */
	0x1eab, /* Fujian Newland */
};

struct asking {
	void (*each)(void *ctx, const struct plugged *it);
	void *ctx;
};

/* What scanners call themselves. */
static bool named_scanner(const char *name)
{
	static const char *const WORDS[] = { "scan", "barcode", "bar_code", "bar code", "qrcode", "qr_code", "2d_" };
	char lower[256];
	size_t n = 0;
	for (; name[n] && n + 1 < sizeof lower; n++)
		lower[n] = (char)tolower((unsigned char)name[n]);
	lower[n] = '\0';
	for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
		if (strstr(lower, WORDS[i]))
			return true;
	return false;
}

static bool scanner_vendor(uint16_t vendor)
{
	for (size_t i = 0; i < sizeof SCANNER_VENDORS / sizeof *SCANNER_VENDORS; i++)
		if (SCANNER_VENDORS[i] == vendor)
			return true;
	return false;
}

static enum plugged_role role_of(const struct usb_seen *seen, const char *name)
{
	if (reader_usb_known(seen->id.vendor, seen->id.product))
		return PLUGGED_READER;
	if (seen->first_class == USB_PRINTER_CLASS)
		return PLUGGED_PRINTER;
	return scanner_vendor(seen->id.vendor) || named_scanner(name) ? PLUGGED_SCANNER : PLUGGED_OTHER;
}

/* A scanner's setting is not its USB numbers: its line or its keyboard is listed besides. */
static void tell_usb(void *ctx, const struct usb_seen *seen)
{
	const struct asking *asking = ctx;
	struct plugged it = { .kind = PLUGGED_USB, .denied = seen->denied };
	snprintf(it.where, sizeof it.where, "%04x:%04x", seen->id.vendor, seen->id.product);
	snprintf(it.name, sizeof it.name, "%s%s%s", seen->maker, seen->maker[0] && seen->name[0] ? " " : "", seen->name);
	it.role = role_of(seen, it.name);
	if (it.role == PLUGGED_READER || it.role == PLUGGED_PRINTER)
		snprintf(it.uri, sizeof it.uri, "usb:%04x:%04x", seen->id.vendor, seen->id.product);
	asking->each(asking->ctx, &it);
}

/* Every entry of a folder that begins with one of two texts, and ends with another. */
static void tell_folder(const struct asking *asking, const char *folder, const char *begin, const char *or_begin,
                        const char *end, struct plugged *it)
{
	static const char *const SCHEMES[] = { [PLUGGED_SERIAL] = "serial:", [PLUGGED_INPUT] = "evdev:" };
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		size_t len = strlen(entry->d_name), end_len = strlen(end);
		bool begins = strncmp(entry->d_name, begin, strlen(begin)) == 0
		              || strncmp(entry->d_name, or_begin, strlen(or_begin)) == 0;
		if (entry->d_name[0] == '.' || !begins || len < end_len || strcmp(entry->d_name + len - end_len, end) != 0)
			continue;
		int n = snprintf(it->where, sizeof it->where, "%s/%s", folder, entry->d_name);
		if (n < 0 || (size_t)n >= sizeof it->where)
			continue;
		it->denied = access(it->where, R_OK) != 0;
		it->role = it->kind == PLUGGED_SERIAL         ? PLUGGED_LINE
		           : named_scanner(entry->d_name) ? PLUGGED_SCANNER
		                                          : PLUGGED_OTHER;
		snprintf(it->uri, sizeof it->uri, "%s%s", SCHEMES[it->kind], it->where);
		asking->each(asking->ctx, it);
	}
	closedir(dir);
}

static void take_attribute(struct plugged *queue, ipp_attribute_t *attribute)
{
	const char *name = ippGetName(attribute), *text = ippGetString(attribute, 0, NULL);
	if (strcmp(name, "printer-name") == 0 && text) {
		snprintf(queue->where, sizeof queue->where, "%s", text);
		snprintf(queue->uri, sizeof queue->uri, "cups:%.255s", text);
	} else if (strcmp(name, "printer-make-and-model") == 0 && text) {
		snprintf(queue->name, sizeof queue->name, "%s", text);
	} else if (strcmp(name, "printer-state-reasons") == 0) {
		const char *reasons[16];
		struct printer_report report = { .accepting = true, .reasons = reasons };
		int count = ippGetCount(attribute);
		for (int i = 0; i < count && report.reason_count < sizeof reasons / sizeof *reasons; i++)
			if (ippGetString(attribute, i, NULL))
				reasons[report.reason_count++] = ippGetString(attribute, i, NULL);
		queue->health = printer_health_of(&report);
	}
}

/* The reply has a group of attributes for each queue, with an attribute without a name between two. */
static void tell_reply(const struct asking *asking, ipp_t *reply)
{
	const struct plugged none = { .kind = PLUGGED_QUEUE, .role = PLUGGED_PRINTER };
	struct plugged queue = none;
	ipp_attribute_t *attribute = ippFirstAttribute(reply);
	for (; attribute; attribute = ippNextAttribute(reply)) {
		if (ippGetName(attribute)) {
			take_attribute(&queue, attribute);
			continue;
		}
		if (queue.where[0])
			asking->each(asking->ctx, &queue);
		queue = none;
	}
	if (queue.where[0])
		asking->each(asking->ctx, &queue);
}

static void tell_queues(const struct asking *asking)
{
	static const char *const WANTED[] = { "printer-name", "printer-make-and-model", "printer-state-reasons" };
	struct interrupt interrupt = { .deadline_ms = monotonic_ms() + QUEUES_MS };
	struct ipp_link link = { 0 };
	ipp_t *reply = NULL;
	if (ipp_link_open(&link, &interrupt) != ERR_OK)
		return;
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_PRINTERS);
	if (request) {
		ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
		              sizeof WANTED / sizeof *WANTED, NULL, WANTED);
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, cupsUser());
		if (ipp_link_call(&link, "/", request, NULL, 0, &reply) == ERR_OK) {
			tell_reply(asking, reply);
			ippDelete(reply);
		}
	}
	ipp_link_close(&link);
}

void plugged_list(void (*each)(void *ctx, const struct plugged *it), void *ctx)
{
	struct asking asking = { each, ctx };
	(void)!usb_list(tell_usb, &asking);
	tell_folder(&asking, "/dev/serial/by-id", "", "", "", &(struct plugged){ .kind = PLUGGED_SERIAL });
	tell_folder(&asking, "/dev", "ttyUSB", "ttyACM", "", &(struct plugged){ .kind = PLUGGED_SERIAL });
	tell_folder(&asking, "/dev/input/by-id", "", "", "-event-kbd", &(struct plugged){ .kind = PLUGGED_INPUT });
	tell_queues(&asking);
}
