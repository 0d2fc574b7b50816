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

enum { CONNECT_MS = 3000 };

int64_t port_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* revents of `fd`, 0 on time-out or when woken. */
static short wait_for(int fd, short events, int64_t until_ms, int wake_fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = events }, { .fd = wake_fd, .events = POLLIN } };
	for (;;) {
		int64_t left = until_ms - port_now_ms();
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
		if (!wait_for(fd, POLLOUT, port_now_ms() + CONNECT_MS, wake_fd)
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

static enum line_sent gone(struct port *port)
{
	port_close(port);
	return LINE_GONE;
}

enum line_sent port_send(struct port *port, const uint8_t *bytes, size_t *len, int patience_ms, int wake_fd)
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
			return gone(port);
		short events = wait_for(port->fd, POLLOUT, port_now_ms() + patience_ms, wake_fd);
		if (events & (POLLERR | POLLHUP | POLLNVAL))
			return gone(port);
		if (!events)
			return LINE_STALLED;
	}
	return LINE_SENT;
}

int port_receive(struct port *port, uint8_t *bytes, size_t size, int wait_ms, int wake_fd)
{
	int64_t until = port_now_ms() + wait_ms;
	for (;;) {
		if (!(wait_for(port->fd, POLLIN, until, wake_fd) & (POLLIN | POLLHUP | POLLERR)))
			return 0;
		ssize_t got = read(port->fd, bytes, size);
		if (got > 0)
			return (int)got;
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0 || !port->device) {
			port_close(port);
			return -1;
		}
		/* usblp gives 0 when the printer has nothing to say. */
		if (port_now_ms() >= until || wait_for(wake_fd, POLLIN, port_now_ms() + 10, -1))
			return 0;
	}
}
