#include "store/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/files.h"

static const char *party_name(enum wake_party p)
{
	return p == WAKE_KIOSK ? "kiosk.sock" : "sync.sock";
}

/* A socket's path has 108 bytes at most; through the folder's descriptor it is short however deep DIR lies.
 */
static enum err address(const char *dir, enum wake_party party, int *dir_fd, struct sockaddr_un *to)
{
	char folder[PATH_SIZE];
	enum err e = path_join(folder, dir, "run");
	if (e != ERR_OK)
		return e;
	*dir_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dir_fd < 0)
		return err_of_errno(errno);
	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	snprintf(to->sun_path, sizeof to->sun_path, "/proc/self/fd/%d/%s", *dir_fd, party_name(party));
	return ERR_OK;
}

enum err wake_listen(const char *dir, enum wake_party self, int *fd)
{
	char folder[PATH_SIZE];
	struct sockaddr_un own;
	int dir_fd;
	enum err e = path_join(folder, dir, "run");
	if (e == ERR_OK)
		e = dir_make(folder);
	if (e == ERR_OK)
		e = address(dir, self, &dir_fd, &own);
	if (e != ERR_OK)
		return e;
	int got = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	unlinkat(dir_fd, party_name(self), 0); /* left by a run that was killed */
	if (got < 0 || bind(got, (struct sockaddr *)&own, sizeof own) != 0)
		e = err_of_errno(errno);
	close(dir_fd);
	if (e != ERR_OK) {
		if (got >= 0)
			close(got);
		return e;
	}
	*fd = got;
	return ERR_OK;
}

int wake_drain(int fd)
{
	char byte;
	int n = 0;
	while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

bool wake_heard(const char *dir, enum wake_party other)
{
	struct sockaddr_un to;
	int dir_fd;
	if (address(dir, other, &dir_fd, &to) != ERR_OK)
		return false;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Connecting a datagram socket sends nothing; it is refused when the other has gone and left its name behind. */
	bool heard = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
	if (fd >= 0)
		close(fd);
	close(dir_fd);
	return heard;
}

void wake_send(const char *dir, enum wake_party other)
{
	struct sockaddr_un to;
	int dir_fd;
	if (address(dir, other, &dir_fd, &to) != ERR_OK)
		return;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		/* A full queue means that the other is about to look anyhow. */
		(void)!sendto(fd, "w", 1, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
		close(fd);
	}
	close(dir_fd);
}
