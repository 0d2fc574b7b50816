/* device_client card|scan URI: tells what the card reader or the scanner says, a line each, until stdin
 * closes: health 0|1      card TYPE NUMBER NAME      code LENGTH TEXT      closed MILLISECONDS
 * Before a card: valid FROM|- UNTIL|- at MILLISECONDS (on the monotonic clock).
 * On stdin "module": tells module NUMBER|- and state ERROR; "list": usb VENDOR:PRODUCT CLASS MAKER, NAME for each device.
 * On stdin, for the scanner "keyboard": key HID_USAGE SHIFT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "devices/idcard.h"
#include "devices/scanner.h"
#include "devices/usb_link.h"

static void on_health(void *ctx, bool present)
{
	(void)ctx;
	printf("health %d\n", present);
	fflush(stdout);
}

static void on_unread(void *ctx)
{
	(void)ctx;
	printf("unread\n");
	fflush(stdout);
}

static void on_card(void *ctx, const struct idcard *card)
{
	static const char *const TYPES[] = { "resident", "permit", "foreigner" };
	(void)ctx;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("valid %s %s at %.3f\n", card->from[0] ? card->from : "-", card->until[0] ? card->until : "-",
	       (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6);
	printf("card %s %s %s\n", TYPES[card->type], card->number, card->name);
	fflush(stdout);
}

static void on_code(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	printf("code %zu %s\n", len, text);
	fflush(stdout);
}

static long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_device(void *ctx, const struct usb_seen *seen)
{
	(void)ctx;
	printf("usb %04x:%04x %d %s, %s\n", seen->id.vendor, seen->id.product, seen->first_class, seen->maker, seen->name);
	fflush(stdout);
}

static void obey(const char *line, struct idcard_reader *reader)
{
	char module[IDCARD_MODULE_SIZE];
	if (strcmp(line, "module\n") == 0 && reader) {
		bool known = idcard_module(reader, module);
		printf("module %s\nstate %s\n", known ? module : "-", err_name(idcard_state(reader)));
		fflush(stdout);
	} else if (strcmp(line, "list\n") == 0 && usb_list(on_device, NULL) != ERR_OK) {
		printf("no list\n");
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "Usage: device_client card|scan URI\n");
		return 2;
	}
	bool card = strcmp(argv[1], "card") == 0;
	struct idcard_reader *reader = NULL;
	struct scanner *scanner = NULL;
	char problem[256];
	enum err e = card ? idcard_open(argv[2], &(struct idcard_events){ on_card, on_health, on_unread, NULL }, &reader,
	                                problem)
	                  : scanner_open(argv[2], &(struct scanner_events){ on_code, on_health, NULL },
	                                 &scanner, problem);
	if (e) {
		printf("open %s: %s\n", err_name(e), problem);
		return 1;
	}
	char line[64];
	unsigned usage, shift;
	while (fgets(line, sizeof line, stdin)) {
		if (sscanf(line, "key %u %u", &usage, &shift) == 2)
			scanner_key(scanner, (int)usage, shift != 0);
		else
			obey(line, reader);
	}
	long began = now_ms();
	idcard_close(reader);
	scanner_close(scanner);
	printf("closed %ld\n", now_ms() - began);
	return 0;
}
