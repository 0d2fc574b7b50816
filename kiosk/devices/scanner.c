#include "devices/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "devices/scan_lines.h"
#include "devices/scanner_source.h"
#include "devices/serial.h"

enum {
	DEFAULT_BAUD = 9600,
	LOOK_AGAIN_MS = 1000, /* for one that is absent: whoever plugs it in is standing there */
	NOT_OPENED = -1,
};

struct scanner {
	pthread_t worker;
	int stop_fd;
	int keys[2]; /* the pipe of "keyboard", or -1 twice */
	struct scanner_source source;
	struct scanner_events events;
	int trouble; /* enum err, read and written with __atomic */
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

/* What plugging in alone does not mend goes to the log, once. */
static void log_trouble(enum err trouble)
{
	if (trouble == ERR_DENIED)
		fprintf(stderr, "scanner: it may not be opened: is the udev rule installed?\n");
	else if (trouble == ERR_BUSY)
		fprintf(stderr, "scanner: another program holds it\n");
	else if (trouble == ERR_UNSUPPORTED)
		fprintf(stderr, "scanner: what is there has no letters and digits, so it is not taken\n");
}

static void tell_health(struct scanner *scanner, enum err trouble)
{
	bool present = trouble == ERR_OK;
	if ((int)trouble != __atomic_exchange_n(&scanner->trouble, (int)trouble, __ATOMIC_ACQ_REL))
		log_trouble(trouble);
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

/* False when the scanner is gone. */
static bool take_in(struct scanner *scanner)
{
	uint8_t bytes[SCANNER_TAKE_BYTES];
	size_t len = 0;
	enum err e = scanner->source.take(scanner->source.self, scanner->fd, bytes, &len);
	for (size_t i = 0; i < len; i++)
		if (scan_lines_byte(&scanner->lines, bytes[i], now_ms()))
			tell_code(scanner);
	sodium_memzero(bytes, sizeof bytes);
	return e == ERR_OK;
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

/* Until the scanner is gone (true) or all shall end. */
static bool listen_to_it(struct scanner *scanner)
{
	bool gone = false, stop = false;
	while (!gone && !stop) {
		switch (serial_wait(scanner->fd, scanner->stop_fd, next_timeout(scanner))) {
		case SERIAL_READY:
			gone = !take_in(scanner);
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
	scan_lines_wipe(&scanner->lines);
	return gone;
}

static void *work(void *arg)
{
	struct scanner *scanner = arg;
	int backoff_ms = 0;
	bool go_on = true;
	while (go_on) {
		enum err e = scanner->source.open(scanner->source.self, &scanner->fd);
		if (e == ERR_OK) {
			backoff_ms = 0;
			tell_health(scanner, ERR_OK);
			go_on = listen_to_it(scanner);
			close(scanner->fd);
			e = ERR_NOT_FOUND;
		}
		if (go_on) {
			tell_health(scanner, e);
			backoff_ms = serial_next_backoff_ms(backoff_ms);
			if (backoff_ms > LOOK_AGAIN_MS)
				backoff_ms = LOOK_AGAIN_MS;
			go_on = serial_wait(-1, scanner->stop_fd, backoff_ms) != SERIAL_STOP;
		}
	}
	return NULL;
}

static enum err line_open(void *self, int *fd)
{
	return serial_open(self, fd);
}

static enum err line_take(void *self, int fd, uint8_t bytes[SCANNER_TAKE_BYTES], size_t *len)
{
	(void)self;
	*len = serial_read(fd, bytes, SCANNER_TAKE_BYTES);
	return *len ? ERR_OK : ERR_OFFLINE;
}

static enum err line_source(const char *uri, struct scanner_source *source, char problem[256])
{
	struct serial_uri *line = calloc(1, sizeof *line);
	if (!line)
		return ERR_NOMEM;
	enum err e = serial_parse(uri, "scanner", DEFAULT_BAUD, line, problem);
	if (e) {
		free(line);
		return e;
	}
	*source = (struct scanner_source){ .open = line_open,
		                           .take = line_take,
		                           .self = line,
		                           .self_size = sizeof *line,
		                           .silence_ms = SCAN_SILENCE_MS };
	return ERR_OK;
}

static enum err choose_source(struct scanner *scanner, const char *uri, char problem[256])
{
	if (strncmp(uri, "serial:", 7) == 0)
		return line_source(uri, &scanner->source, problem);
	if (strncmp(uri, "evdev:", 6) == 0)
		return scanner_evdev_source(uri + 6, &scanner->source, problem);
	if (strcmp(uri, "keyboard") == 0) {
		if (pipe2(scanner->keys, O_CLOEXEC | O_NONBLOCK) != 0)
			return ERR_NOMEM;
		return scanner_keyboard_source(scanner->keys[0], &scanner->source);
	}
	snprintf(problem, 256,
	         "unknown scanner \"%.60s\": known are serial:/dev/ttyACM0 (also with ?baud=%d), "
	         "evdev:/dev/input/by-id/usb-NAME-event-kbd, keyboard",
	         uri, DEFAULT_BAUD);
	return ERR_UNSUPPORTED;
}

static void destroy(struct scanner *scanner)
{
	if (scanner->source.self)
		sodium_memzero(scanner->source.self, scanner->source.self_size);
	free(scanner->source.self);
	for (int i = 0; i < 2; i++)
		if (scanner->keys[i] >= 0)
			close(scanner->keys[i]);
	if (scanner->stop_fd >= 0)
		close(scanner->stop_fd);
	sodium_memzero(scanner, sizeof *scanner);
	free(scanner);
}

static enum err start_worker(struct scanner *scanner, char problem[256])
{
	scanner->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (scanner->stop_fd >= 0 && pthread_create(&scanner->worker, NULL, work, scanner) == 0)
		return ERR_OK;
	snprintf(problem, 256, "the scanner's thread could not be started");
	return ERR_NOMEM;
}

enum err scanner_open(const char *uri, const struct scanner_events *events, struct scanner **out,
                      char problem[256])
{
	problem[0] = '\0';
	struct scanner *scanner = calloc(1, sizeof *scanner);
	if (!scanner)
		return ERR_NOMEM;
	scanner->stop_fd = scanner->keys[0] = scanner->keys[1] = NOT_OPENED;
	scanner->events = *events;
	scanner->trouble = ERR_NOT_FOUND;
	enum err e = choose_source(scanner, uri, problem);
	if (!e) {
		scanner->lines.silence_ms = scanner->source.silence_ms;
		e = start_worker(scanner, problem);
	}
	if (e) {
		destroy(scanner);
		return e;
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
	destroy(scanner);
}

enum err scanner_trouble(const struct scanner *scanner)
{
	return (enum err)__atomic_load_n(&scanner->trouble, __ATOMIC_ACQUIRE);
}

void scanner_key(struct scanner *scanner, int hid_usage, bool shift)
{
	if (!scanner || scanner->keys[1] < 0 || hid_usage < 0 || hid_usage > UINT8_MAX)
		return;
	struct scanner_typed typed = { (uint8_t)hid_usage, shift };
	/* Whole or not at all (PIPE_BUF). Full would be 32,000 keys that the worker has not looked at. */
	if (write(scanner->keys[1], &typed, sizeof typed) < 0 && errno != EAGAIN)
		fprintf(stderr, "scanner: a key was lost: %s\n", strerror(errno));
}
