/* A scanner that types, through evdev (Linux, Documentation/input/event-codes.rst and include/uapi/linux/input.h). It
 * is grabbed: from then on nobody else hears its keys, neither the window system nor a console. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/input.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "devices/scanner_keys.h"
#include "devices/scanner_source.h"
#include "devices/serial.h"

enum { EVENTS_AT_ONCE = SCANNER_TAKE_BYTES / 4, BITS = CHAR_BIT }; /* an event is a byte at most */

struct evdev {
	char path[SERIAL_PATH_SIZE];
	struct scanner_keys keys;
	bool lost; /* the kernel dropped events: what comes up to the next report is a part of something */
};

static enum err open_error(void)
{
	switch (errno) {
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case EBUSY:
		return ERR_BUSY;
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return ERR_NOT_FOUND;
	default:
		return ERR_IO;
	}
}

static bool has_key(const uint8_t *bits, unsigned code)
{
	return bits[code / BITS] >> code % BITS & 1;
}

/* Letters, digits and Enter. A touch panel named by mistake must not be grabbed: the room could not touch any more. */
static enum err check_keys(int fd)
{
	static const unsigned WANTED[] = { KEY_A, KEY_Z, KEY_0, KEY_9, KEY_ENTER };
	uint8_t bits[KEY_MAX / BITS + 1] = { 0 };
	if (ioctl(fd, EVIOCGBIT(EV_KEY, sizeof bits), bits) < 0)
		return errno == ENODEV ? ERR_NOT_FOUND : ERR_UNSUPPORTED;
	for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++)
		if (!has_key(bits, WANTED[i]))
			return ERR_UNSUPPORTED;
	return ERR_OK;
}

static enum err evdev_open(void *self, int *fd)
{
	struct evdev *evdev = self;
	int device = open(evdev->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (device < 0)
		return open_error();
	enum err e = check_keys(device);
	if (!e && ioctl(device, EVIOCGRAB, 1) != 0)
		e = open_error();
	if (e) {
		close(device);
		return e;
	}
	evdev->keys = (struct scanner_keys){ 0 };
	evdev->lost = false;
	*fd = device;
	return ERR_OK;
}

/* After SYN_DROPPED the state of the keys is unknown and events are missing: what has begun is garbage. */
static uint8_t take_event(struct evdev *evdev, const struct input_event *event)
{
	if (event->type == EV_SYN && event->code == SYN_DROPPED) {
		evdev->lost = true;
		evdev->keys = (struct scanner_keys){ .caps = evdev->keys.caps };
		return SCANNER_KEYS_SPOIL;
	}
	if (event->type == EV_SYN && event->code == SYN_REPORT)
		evdev->lost = false;
	if (event->type != EV_KEY || evdev->lost)
		return 0;
	return scanner_keys_event(&evdev->keys, event->code, event->value);
}

static enum err evdev_take(void *self, int fd, uint8_t bytes[SCANNER_TAKE_BYTES], size_t *len)
{
	struct evdev *evdev = self;
	struct input_event events[EVENTS_AT_ONCE];
	ssize_t got;
	*len = 0;
	do {
		got = read(fd, events, sizeof events);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return ERR_OK;
	if (got <= 0)
		return ERR_OFFLINE;
	for (size_t i = 0; i < (size_t)got / sizeof *events; i++) {
		uint8_t byte = take_event(evdev, &events[i]);
		if (byte)
			bytes[(*len)++] = byte;
	}
	sodium_memzero(events, sizeof events);
	return ERR_OK;
}

enum err scanner_evdev_source(const char *path, struct scanner_source *source, char problem[256])
{
	size_t len = strlen(path);
	if (path[0] != '/' || len < 2 || len >= SERIAL_PATH_SIZE) {
		snprintf(problem, 256,
		         "scanner \"evdev:%.80s\" wants the device's full path, as "
		         "evdev:/dev/input/by-id/usb-NAME-event-kbd",
		         path);
		return ERR_INVALID;
	}
	struct evdev *evdev = calloc(1, sizeof *evdev);
	if (!evdev)
		return ERR_NOMEM;
	memcpy(evdev->path, path, len + 1);
	*source = (struct scanner_source){ .open = evdev_open,
		                           .take = evdev_take,
		                           .self = evdev,
		                           .self_size = sizeof *evdev,
		                           .silence_ms = 100 };
	return ERR_OK;
}
