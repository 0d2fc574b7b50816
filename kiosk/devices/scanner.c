#include "devices/scanner.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "devices/scan_lines.h"
#include "devices/serial.h"

enum { DEFAULT_BAUD = 9600 };

struct scanner {
	pthread_t worker;
	int stop_fd;
	struct serial_uri uri;
	struct scanner_events events;
	/* the worker's own */
	int fd;
	bool present, told_health;
	struct scan_lines lines;
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell_health(struct scanner *scanner, bool present)
{
	if (scanner->told_health && scanner->present == present)
		return;
	scanner->present = present;
	scanner->told_health = true;
	scanner->events.health(scanner->events.ctx, present);
}

static void tell_code(struct scanner *scanner)
{
	size_t len = strlen(scanner->lines.bytes);
	scanner->events.code(scanner->events.ctx, scanner->lines.bytes, len);
	sodium_memzero(scanner->lines.bytes, len);
}

static void take_in(struct scanner *scanner, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (scan_lines_byte(&scanner->lines, bytes[i], now_ms()))
			tell_code(scanner);
}

/* The next thing to happen by itself: the silence that ends a code, or the end of the time in which it is not
 * to be repeated. */
static int next_timeout(const struct scanner *scanner)
{
	int silence = scan_lines_timeout_ms(&scanner->lines, now_ms());
	return silence >= 0 ? silence : scan_lines_forget_ms(&scanner->lines, now_ms());
}

static void on_quiet(struct scanner *scanner)
{
	if (scan_lines_silence(&scanner->lines, now_ms()))
		tell_code(scanner);
	if (scan_lines_forget_ms(&scanner->lines, now_ms()) == 0 && !scanner->lines.used
	    && !scanner->lines.spoilt)
		scan_lines_wipe(&scanner->lines);
}

/* Until the line is gone (true) or all shall end. */
static bool listen_to_line(struct scanner *scanner)
{
	uint8_t bytes[256];
	bool gone = false, stop = false;
	while (!gone && !stop) {
		size_t len = 0;
		switch (serial_wait(scanner->fd, scanner->stop_fd, next_timeout(scanner))) {
		case SERIAL_READY:
			len = serial_read(scanner->fd, bytes, sizeof bytes);
			gone = len == 0;
			take_in(scanner, bytes, len);
			break;
		case SERIAL_QUIET:
			on_quiet(scanner);
			break;
		case SERIAL_GONE:
			gone = true;
			break;
		case SERIAL_STOP:
			stop = true;
			break;
		}
	}
	sodium_memzero(bytes, sizeof bytes);
	scan_lines_wipe(&scanner->lines);
	return gone;
}

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	int backoff_ms = 0;
	bool go_on = true;
	while (go_on) {
		if (serial_open(&scanner->uri, &scanner->fd) == ERR_OK) {
			backoff_ms = 0;
			tell_health(scanner, true);
			go_on = listen_to_line(scanner);
			close(scanner->fd);
		}
		if (go_on) {
			tell_health(scanner, false);
			backoff_ms = serial_next_backoff_ms(backoff_ms);
			go_on = serial_wait(-1, scanner->stop_fd, backoff_ms) != SERIAL_STOP;
		}
	}
	return NULL;
}

enum err scanner_open(const char *uri, const struct scanner_events *events, struct scanner **out,
                      char problem[256])
{
	struct serial_uri parsed;
	enum err e = serial_parse(uri, "scanner", DEFAULT_BAUD, &parsed, problem);
	if (e)
		return e;
	struct scanner *scanner = calloc(1, sizeof *scanner);
	if (!scanner)
		return ERR_NOMEM;
	scanner->uri = parsed;
	scanner->events = *events;
	scanner->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (scanner->stop_fd < 0 || pthread_create(&scanner->worker, NULL, work, scanner) != 0) {
		snprintf(problem, 256, "the scanner's thread could not be started");
		if (scanner->stop_fd >= 0)
			close(scanner->stop_fd);
		free(scanner);
		return ERR_NOMEM;
	}
	*out = scanner;
	return ERR_OK;
}

void scanner_close(struct scanner *scanner)
{
	if (!scanner)
		return;
	uint64_t one = 1;
	if (write(scanner->stop_fd, &one, sizeof one) == (ssize_t)sizeof one)
		pthread_join(scanner->worker, NULL);
	close(scanner->stop_fd);
	sodium_memzero(scanner, sizeof *scanner);
	free(scanner);
}
