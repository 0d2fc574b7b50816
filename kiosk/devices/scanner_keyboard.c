/* A scanner that types into the window system: its keys come through a pipe from the main thread, so that neither
 * waits for the other. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/scanner_keys.h"
#include "devices/scanner_source.h"

struct keyboard {
	int keys_fd;
	struct scanner_keys keys;
};

/* A copy, since what is open is closed when a source is gone. This one never is. */
static enum err keyboard_open(void *self, int *fd)
{
	struct keyboard *keyboard = self;
	int copy = fcntl(keyboard->keys_fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0)
		return ERR_IO;
	*fd = copy;
	return ERR_OK;
}

static enum err keyboard_take(void *self, int fd, uint8_t bytes[SCANNER_TAKE_BYTES], size_t *len)
{
	struct keyboard *keyboard = self;
	struct scanner_typed typed[SCANNER_TAKE_BYTES];
	ssize_t got;
	*len = 0;
	do {
		got = read(fd, typed, sizeof typed);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return ERR_OK;
	if (got <= 0)
		return ERR_OFFLINE;
	for (size_t i = 0; i < (size_t)got / sizeof *typed; i++) {
		uint8_t byte = scanner_keys_usage(&keyboard->keys, typed[i].hid_usage, typed[i].shift != 0);
		if (byte)
			bytes[(*len)++] = byte;
	}
	sodium_memzero(typed, sizeof typed);
	return ERR_OK;
}

enum err scanner_keyboard_source(int keys_fd, struct scanner_source *source)
{
	struct keyboard *keyboard = calloc(1, sizeof *keyboard);
	if (!keyboard)
		return ERR_NOMEM;
	keyboard->keys_fd = keys_fd;
	*source = (struct scanner_source){ .open = keyboard_open,
		                           .take = keyboard_take,
		                           .self = keyboard,
		                           .self_size = sizeof *keyboard,
		                           .silence_ms = 300 };
	return ERR_OK;
}
