#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "devices/reader_link.h"
#include "devices/usb_link.h"

enum { SEND_MS = 1000, START_AGAIN_MS = 5000, DRAIN_TURNS = 64 };

/* The pairs that readers of this protocol were seen with: the common one, and those of some makers. */
static const struct usb_id KNOWN[] = {
	{ 0x0400, 0xc35a },
	{ 0x0483, 0x5652 },
	{ 0x0316, 0x5020 },
	{ 0x9573, 0x4836 },
};

bool reader_usb_known(uint16_t vendor, uint16_t product)
{
	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
		if (KNOWN[i].vendor == vendor && KNOWN[i].product == product)
			return true;
	return false;
}

struct cable {
	struct usb_id only;
	struct usb_wish wish;
	/* libusb is started by the worker, as it looks at every device there is; the lock is for `interrupt` alone */
	pthread_mutex_t lock;
	pthread_cond_t stop; /* on the monotonic clock */
	bool stopped;
	struct usb_link *link;
};

static bool hex4(const char *text, uint16_t *out)
{
	if (strspn(text, "0123456789abcdefABCDEF") < 4)
		return false;
	char digits[5] = { text[0], text[1], text[2], text[3], '\0' };
	*out = (uint16_t)strtoul(digits, NULL, 16);
	return true;
}

static bool parse(const char *uri, struct cable *cable)
{
	static const char SCHEME[] = "usb:";
	const char *rest = uri + sizeof SCHEME - 1;
	if (strncmp(uri, SCHEME, sizeof SCHEME - 1) != 0)
		return false;
	cable->wish = (struct usb_wish){ KNOWN, sizeof KNOWN / sizeof *KNOWN, USB_ANY_CLASS, false };
	if (strcmp(rest, "auto") == 0)
		return true;
	if (strlen(rest) != 9 || rest[4] != ':' || !hex4(rest, &cable->only.vendor)
	    || !hex4(rest + 5, &cable->only.product))
		return false;
	cable->wish.ids = &cable->only;
	cable->wish.id_count = 1;
	return true;
}

/* Where libusb cannot start, it is tried again. */
static enum err start(struct cable *cable)
{
	struct usb_link *link = NULL;
	enum err e = usb_link_create(&cable->wish, &link);
	pthread_mutex_lock(&cable->lock);
	cable->link = link;
	if (link && cable->stopped)
		usb_link_interrupt(link);
	pthread_mutex_unlock(&cable->lock);
	return e;
}

static enum err wait_for_stop(struct cable *cable, int timeout_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&cable->lock);
	int over = 0;
	while (!cable->stopped && !over)
		over = pthread_cond_timedwait(&cable->stop, &cable->lock, &until);
	bool stopped = cable->stopped;
	pthread_mutex_unlock(&cable->lock);
	return stopped ? ERR_STATE : ERR_OK;
}

static enum err open_cable(void *self, int timeout_ms)
{
	struct cable *cable = self;
	enum err e = ERR_OK;
	while (!cable->link && (e = start(cable))) {
		int pause_ms = timeout_ms >= 0 && timeout_ms < START_AGAIN_MS ? timeout_ms : START_AGAIN_MS;
		if (wait_for_stop(cable, pause_ms) == ERR_STATE)
			return ERR_STATE;
		timeout_ms -= timeout_ms > 0 ? pause_ms : 0;
		if (timeout_ms == 0)
			return e;
	}
	return usb_link_await(cable->link, timeout_ms);
}

static enum err send_cable(void *self, const uint8_t *bytes, size_t len)
{
	struct cable *cable = self;
	size_t done;
	return usb_link_write(cable->link, bytes, len, SEND_MS, &done);
}

static enum err receive_cable(void *self, uint8_t *bytes, size_t size, int timeout_ms, size_t *got)
{
	struct cable *cable = self;
	return usb_link_read(cable->link, bytes, size, timeout_ms, got);
}

/* What the device holds ready comes only when it is asked for. A device that never ends is left to its noise. */
static void drain_cable(void *self, int wait_ms)
{
	struct cable *cable = self;
	uint8_t bytes[512];
	usb_link_drain(cable->link);
	for (int turns = 0; wait_ms && turns < DRAIN_TURNS; turns++) {
		size_t got;
		if (usb_link_read(cable->link, bytes, sizeof bytes, wait_ms, &got) != ERR_OK)
			break;
	}
	sodium_memzero(bytes, sizeof bytes);
}

static enum err pause_cable(void *self, int timeout_ms)
{
	struct cable *cable = self;
	if (cable->link && usb_link_is_open(cable->link))
		return usb_link_pause(cable->link, timeout_ms);
	return wait_for_stop(cable, timeout_ms);
}

static void close_cable(void *self, bool senseless)
{
	struct cable *cable = self;
	usb_link_drop(cable->link, senseless);
}

static void interrupt_cable(void *self)
{
	struct cable *cable = self;
	pthread_mutex_lock(&cable->lock);
	cable->stopped = true;
	if (cable->link)
		usb_link_interrupt(cable->link);
	pthread_cond_broadcast(&cable->stop);
	pthread_mutex_unlock(&cable->lock);
}

static void destroy_cable(void *self)
{
	struct cable *cable = self;
	usb_link_destroy(cable->link);
	pthread_cond_destroy(&cable->stop);
	pthread_mutex_destroy(&cable->lock);
	free(cable);
}

enum err reader_usb(const char *uri, struct reader_link *link, char problem[256])
{
	struct cable *cable = calloc(1, sizeof *cable);
	if (!cable)
		return ERR_NOMEM;
	if (!parse(uri, cable)) {
		snprintf(problem, 256,
		         "card reader \"%.80s\" wants its USB numbers, as usb:0400:c35a (lsusb shows them), or usb:auto", uri);
		free(cable);
		return ERR_INVALID;
	}
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&cable->lock, NULL);
	pthread_cond_init(&cable->stop, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*link = (struct reader_link){
		.open = open_cable,
		.send = send_cable,
		.receive = receive_cable,
		.drain = drain_cable,
		.pause = pause_cable,
		.close = close_cable,
		.interrupt = interrupt_cable,
		.destroy = destroy_cable,
		.self = cable,
	};
	return ERR_OK;
}
