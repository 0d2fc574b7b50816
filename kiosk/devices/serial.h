/* serial.h: a serial line by its URI, "serial:/dev/ttyUSB0" or "serial:/dev/ttyS0?baud=9600". 8N1, raw, for
 * us alone. */
#ifndef DEVICES_SERIAL_H
#define DEVICES_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { SERIAL_PATH_SIZE = 256 };

struct serial_uri {
	char path[SERIAL_PATH_SIZE];
	int baud;
};

/* `what` names the device in `problem`, "card reader" say. ERR_UNSUPPORTED for another scheme, ERR_INVALID
 * for a bad line. */
MUST_USE enum err serial_parse(const char *uri, const char *what, int default_baud, struct serial_uri *out,
                               char problem[256]);

/* *fd is non-blocking and the caller's. ERR_NOT_FOUND, ERR_BUSY (another program holds the line), ERR_DENIED,
 * ERR_IO. */
MUST_USE enum err serial_open(const struct serial_uri *uri, int *fd);

enum serial_wait { SERIAL_READY, SERIAL_QUIET, SERIAL_STOP, SERIAL_GONE };
/* Until the line has something (SERIAL_READY), `timeout_ms` passed (-1: never), or `stop_fd` is readable. */
enum serial_wait serial_wait(int fd, int stop_fd, int timeout_ms);

/* After SERIAL_READY. 0 when the line is gone, which a pty and an unplugged adapter say in different ways. */
size_t serial_read(int fd, uint8_t *bytes, size_t size);
/* All of it, or the line is gone or stuck. */
MUST_USE enum err serial_write(int fd, int stop_fd, const uint8_t *bytes, size_t len);
/* Throws away what has come in so far. */
void serial_drain(int fd);

/* Waits between attempts to open: doubles from 250 ms to 5 s. */
int serial_next_backoff_ms(int last_ms);

#endif
