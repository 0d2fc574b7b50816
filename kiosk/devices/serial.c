#include "devices/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { WRITE_MS = 1000, BACKOFF_MIN_MS = 250, BACKOFF_MAX_MS = 5000 };

static const struct {
	int baud;
	speed_t speed;
} SPEEDS[] = {
	{ 1200, B1200 },   { 2400, B2400 },   { 4800, B4800 },     { 9600, B9600 },     { 19200, B19200 },
	{ 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
};
enum { SPEED_COUNT = sizeof SPEEDS / sizeof *SPEEDS };

static bool speed_of(int baud, speed_t *speed)
{
	for (int i = 0; i < SPEED_COUNT; i++) {
		if (SPEEDS[i].baud == baud) {
			*speed = SPEEDS[i].speed;
			return true;
		}
	}
	return false;
}

static enum err parse_query(const char *query, const char *what, int *baud, char problem[256])
{
	char *end = NULL;
	long value = strncmp(query, "baud=", 5) == 0 ? strtol(query + 5, &end, 10) : 0;
	speed_t speed;
	if (!end || end == query + 5 || *end || value < 0 || value > 1000000
	    || !speed_of((int)value, &speed)) {
		snprintf(problem, 256,
		         "%s: \"?%.60s\": known is ?baud= with 1200, 2400, 4800, 9600, 19200, 38400, 57600, "
		         "115200, 230400 or 460800",
		         what, query);
		return ERR_INVALID;
	}
	*baud = (int)value;
	return ERR_OK;
}

enum err serial_parse(const char *uri, const char *what, int default_baud, struct serial_uri *out,
                      char problem[256])
{
	static const char SCHEME[] = "serial:";
	problem[0] = '\0';
	if (strncmp(uri, SCHEME, sizeof SCHEME - 1) != 0) {
		snprintf(problem, 256,
		         "unknown %s \"%.80s\": known is serial:/dev/ttyUSB0, also with ?baud=%d", what, uri,
		         default_baud);
		return ERR_UNSUPPORTED;
	}
	const char *path = uri + sizeof SCHEME - 1;
	size_t len = strcspn(path, "?");
	if (path[0] != '/' || len < 2 || len >= SERIAL_PATH_SIZE) {
		snprintf(problem, 256, "%s \"%.80s\" wants the line's full path, as serial:/dev/ttyUSB0",
		         what, uri);
		return ERR_INVALID;
	}
	struct serial_uri parsed = { .baud = default_baud };
	memcpy(parsed.path, path, len);
	enum err e = path[len] ? parse_query(path + len + 1, what, &parsed.baud, problem) : ERR_OK;
	if (!e)
		*out = parsed;
	return e;
}

static enum err configure(int fd, int baud)
{
	speed_t speed;
	struct termios line;
	if (!speed_of(baud, &speed))
		return ERR_INVALID;
	if (ioctl(fd, TIOCEXCL) != 0 || tcgetattr(fd, &line) != 0)
		return ERR_IO;
	cfmakeraw(&line);
	line.c_cflag = (line.c_cflag & ~(tcflag_t)(CSIZE | PARENB | CSTOPB | CRTSCTS)) | CS8 | CLOCAL | CREAD;
	line.c_cc[VMIN] = 0;
	line.c_cc[VTIME] = 0;
	if (cfsetispeed(&line, speed) != 0 || cfsetospeed(&line, speed) != 0
	    || tcsetattr(fd, TCSANOW, &line) != 0)
		return ERR_IO;
	tcflush(fd, TCIOFLUSH);
	return ERR_OK;
}

enum err serial_open(const struct serial_uri *uri, int *fd)
{
	int line = open(uri->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (line < 0) {
		switch (errno) {
		case EBUSY:
			return ERR_BUSY;
		case EACCES:
		case EPERM:
			return ERR_DENIED;
		case ENOENT:
		case ENODEV:
		case ENXIO:
			return ERR_NOT_FOUND;
		default:
			return ERR_IO;
		}
	}
	enum err e = configure(line, uri->baud);
	if (e)
		close(line);
	else
		*fd = line;
	return e;
}

enum serial_wait serial_wait(int fd, int stop_fd, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
	int ready = poll(fds, 2, timeout_ms);
	if (ready < 0)
		return errno == EINTR ? SERIAL_QUIET : SERIAL_GONE;
	if (fds[0].revents)
		return SERIAL_STOP;
	if (fds[1].revents & POLLIN)
		return SERIAL_READY;
	return fds[1].revents ? SERIAL_GONE : SERIAL_QUIET;
}

size_t serial_read(int fd, uint8_t *bytes, size_t size)
{
	ssize_t got;
	do {
		got = read(fd, bytes, size);
	} while (got < 0 && errno == EINTR);
	return got > 0 ? (size_t)got : 0;
}

enum err serial_write(int fd, int stop_fd, const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);
		if (done > 0) {
			bytes += done;
			len -= (size_t)done;
			continue;
		}
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno != EAGAIN)
			return ERR_IO;
		struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN },
			                { .fd = fd, .events = POLLOUT } };
		if (poll(fds, 2, WRITE_MS) <= 0 || fds[0].revents || !(fds[1].revents & POLLOUT))
			return ERR_TIMEOUT;
	}
	return ERR_OK;
}

void serial_drain(int fd)
{
	tcflush(fd, TCIFLUSH);
}

int serial_next_backoff_ms(int last_ms)
{
	if (!last_ms)
		return BACKOFF_MIN_MS;
	return last_ms * 2 < BACKOFF_MAX_MS ? last_ms * 2 : BACKOFF_MAX_MS;
}
