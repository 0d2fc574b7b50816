#include "devices/cups-backend/port.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_MS = 3000, ANSWER_MS = 1000 };
/* Bits that tell an answer to DLE EOT from one to GS r: 0xx1xx10 and 0xx0xxxx. */
enum { EOT_MASK = 0x93, EOT_VALUE = 0x12, GS_R_MASK = 0x90, GS_R_VALUE = 0x00 };

static long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* revents of `fd`, 0 on time-out or when woken. */
static short wait_for(int fd, short events, long until_ms, int wake_fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = events }, { .fd = wake_fd, .events = POLLIN } };
	for (;;) {
		long left = until_ms - now_ms();
		int ready = poll(fds, 2, left > 0 ? (int)left : 0);
		if (ready > 0 && fds[1].revents)
			return 0;
		if (ready >= 0 || errno != EINTR)
			return ready > 0 ? fds[0].revents : 0;
	}
}

static int dial(const struct addrinfo *to, int wake_fd)
{
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
	if (fd < 0)
		return -1;
	int failure = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
	if (failure == EINPROGRESS) {
		socklen_t size = sizeof failure;
		if (!wait_for(fd, POLLOUT, now_ms() + CONNECT_MS, wake_fd)
		    || getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
			failure = ETIMEDOUT;
	}
	if (failure) {
		close(fd);
		return -1;
	}
	/* Questions are three bytes, and each waits for its answer. */
	int on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

bool port_open(struct port *port, int wake_fd)
{
	port->drain_questions = port->drain_answers = 0;
	port->fd = -1;
	if (port->device) {
		port->fd = open(port->device, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		return port->fd >= 0;
	}
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	if (getaddrinfo(port->host, port->service, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *at = list; at && port->fd < 0; at = at->ai_next)
		port->fd = dial(at, wake_fd);
	freeaddrinfo(list);
	return port->fd >= 0;
}

void port_close(struct port *port)
{
	if (port->fd >= 0)
		close(port->fd);
	port->fd = -1;
}

enum port_sent port_send(struct port *port, const uint8_t *bytes, size_t *len, int patience_ms, int wake_fd)
{
	size_t total = *len;
	*len = 0;
	while (*len < total) {
		ssize_t done = write(port->fd, bytes + *len, total - *len);
		if (done > 0) {
			*len += (size_t)done;
			continue;
		}
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno != EAGAIN)
			return PORT_GONE;
		short events = wait_for(port->fd, POLLOUT, now_ms() + patience_ms, wake_fd);
		if (events & (POLLERR | POLLHUP | POLLNVAL))
			return PORT_GONE;
		if (!events)
			return PORT_STALLED;
	}
	return PORT_SENT;
}

bool port_drained(const struct port *port)
{
	return port->drain_answers == port->drain_questions;
}

/* One answer to DLE EOT; 0 for one to GS r, which is noted; -1 for none. Anything else is noise. */
static int next_answer(struct port *port, long until_ms, int wake_fd)
{
	for (;;) {
		if (!(wait_for(port->fd, POLLIN, until_ms, wake_fd) & (POLLIN | POLLHUP | POLLERR)))
			return -1;
		uint8_t byte;
		ssize_t got = read(port->fd, &byte, 1);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0) {
			if (!port->device || got < 0) {
				port_close(port);
				return -1;
			}
			/* usblp gives 0 when the printer has nothing to say. */
			if (now_ms() >= until_ms || wait_for(wake_fd, POLLIN, now_ms() + 10, wake_fd))
				return -1;
			continue;
		}
		if ((byte & EOT_MASK) == EOT_VALUE)
			return byte;
		if ((byte & GS_R_MASK) == GS_R_VALUE && !port_drained(port)) {
			port->drain_answers++;
			return 0;
		}
	}
}

/* -1 when there is no answer. */
static int ask_one(struct port *port, uint8_t which, int wake_fd)
{
	while (port->fd >= 0 && next_answer(port, 0, wake_fd) >= 0)
		; /* late answers to older questions */
	if (port->fd < 0)
		return -1;
	const uint8_t question[] = { 0x10, 0x04, which };
	size_t len = sizeof question;
	if (port_send(port, question, &len, ANSWER_MS, wake_fd) != PORT_SENT)
		return -1;
	long until = now_ms() + ANSWER_MS;
	int answer;
	do {
		answer = next_answer(port, until, wake_fd);
	} while (answer == 0);
	return answer;
}

struct port_status port_ask(struct port *port, int wake_fd)
{
	struct port_status status = { 0 };
	int printer = ask_one(port, 1, wake_fd);
	int cause = printer < 0 ? -1 : ask_one(port, 2, wake_fd);
	int paper = cause < 0 ? -1 : ask_one(port, 4, wake_fd);
	if (paper < 0)
		return status;
	status.answers = true;
	status.offline = printer & 0x08;
	status.cover_open = cause & 0x04;
	status.error = cause & 0x40;
	status.paper_end = (cause & 0x20) || (paper & 0x60);
	status.paper_low = paper & 0x0c;
	return status;
}

bool port_ask_drained(struct port *port, int wake_fd)
{
	static const uint8_t QUESTION[] = { 0x1d, 'r', 1 };
	port->drain_questions++;
	size_t len = sizeof QUESTION;
	return port_send(port, QUESTION, &len, ANSWER_MS, wake_fd) == PORT_SENT;
}

void port_listen(struct port *port, int wait_ms, int wake_fd)
{
	long until = now_ms() + wait_ms;
	while (port->fd >= 0 && !port_drained(port) && next_answer(port, until, wake_fd) >= 0)
		;
}
