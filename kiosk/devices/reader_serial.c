#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "devices/reader_link.h"
#include "devices/serial.h"

enum { DEFAULT_BAUD = 115200, NO_LINE = -1 };

struct line {
	struct serial_uri uri;
	int fd, stop_fd;
	int backoff_ms;
};

/* Until the time is up; sees the interrupt alone when `fd` is NO_LINE. */
static enum err wait_for(struct line *line, int fd, int timeout_ms)
{
	switch (serial_wait(fd, line->stop_fd, timeout_ms)) {
	case SERIAL_READY:
		return ERR_OK;
	case SERIAL_QUIET:
		return ERR_TIMEOUT;
	case SERIAL_STOP:
		return ERR_STATE;
	case SERIAL_GONE:
		break;
	}
	return ERR_OFFLINE;
}

/* A line that appears tells nobody: it is looked for again and again, ever more seldom. */
static enum err open_line(void *self, int timeout_ms)
{
	struct line *line = self;
	for (;;) {
		enum err e = serial_open(&line->uri, &line->fd);
		if (e == ERR_OK) {
			line->backoff_ms = 0;
			return e;
		}
		line->fd = NO_LINE;
		if (timeout_ms == 0)
			return e;
		line->backoff_ms = serial_next_backoff_ms(line->backoff_ms);
		int pause_ms = timeout_ms > 0 && timeout_ms < line->backoff_ms ? timeout_ms : line->backoff_ms;
		if (wait_for(line, NO_LINE, pause_ms) == ERR_STATE)
			return ERR_STATE;
		timeout_ms -= timeout_ms > 0 ? pause_ms : 0;
	}
}

static enum err send_line(void *self, const uint8_t *bytes, size_t len)
{
	struct line *line = self;
	enum err e = serial_write(line->fd, line->stop_fd, bytes, len);
	if (e == ERR_TIMEOUT && wait_for(line, NO_LINE, 0) == ERR_STATE)
		return ERR_STATE;
	return e == ERR_IO ? ERR_OFFLINE : e;
}

static enum err receive_line(void *self, uint8_t *bytes, size_t size, int timeout_ms, size_t *got)
{
	struct line *line = self;
	*got = 0;
	enum err e = wait_for(line, line->fd, timeout_ms);
	if (e)
		return e;
	*got = serial_read(line->fd, bytes, size);
	return *got ? ERR_OK : ERR_OFFLINE;
}

static void drain_line(void *self, int wait_ms)
{
	struct line *line = self;
	if (wait_ms)
		(void)wait_for(line, NO_LINE, wait_ms);
	serial_drain(line->fd);
}

static enum err pause_line(void *self, int timeout_ms)
{
	return wait_for(self, NO_LINE, timeout_ms) == ERR_STATE ? ERR_STATE : ERR_OK;
}

static void close_line(void *self, bool senseless)
{
	struct line *line = self;
	(void)senseless;
	if (line->fd >= 0)
		close(line->fd);
	line->fd = NO_LINE;
}

static void interrupt_line(void *self)
{
	uint64_t one = 1;
	(void)!write(((struct line *)self)->stop_fd, &one, sizeof one);
}

static void destroy_line(void *self)
{
	struct line *line = self;
	close_line(line, false);
	close(line->stop_fd);
	free(line);
}

enum err reader_serial(const char *uri, struct reader_link *link, char problem[256])
{
	struct serial_uri parsed;
	enum err e = serial_parse(uri, "card reader", DEFAULT_BAUD, &parsed, problem);
	if (e)
		return e;
	struct line *line = malloc(sizeof *line);
	int stop_fd = eventfd(0, EFD_CLOEXEC);
	if (!line || stop_fd < 0) {
		snprintf(problem, 256, "card reader: out of memory or of file descriptors");
		free(line);
		if (stop_fd >= 0)
			close(stop_fd);
		return ERR_NOMEM;
	}
	*line = (struct line){ .uri = parsed, .fd = NO_LINE, .stop_fd = stop_fd };
	*link = (struct reader_link){
		.open = open_line,
		.send = send_line,
		.receive = receive_line,
		.drain = drain_line,
		.pause = pause_line,
		.close = close_line,
		.interrupt = interrupt_line,
		.destroy = destroy_line,
		.self = line,
	};
	return ERR_OK;
}
