#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/printer_carrier.h"

enum { LAST_NUMBER = 9999 };

struct file_printer {
	char *path;
	int next; /* number to try first */
	enum printer_health health;
};

static enum err error_of(int number)
{
	return number == ENOSPC || number == EDQUOT ? ERR_FULL : number == ENOMEM ? ERR_NOMEM : ERR_IO;
}

static enum err write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);
		if (done < 0 && errno != EINTR)
			return error_of(errno);
		if (done > 0) {
			bytes += done;
			len -= (size_t)done;
		}
	}
	return fsync(fd) == 0 ? ERR_OK : error_of(errno);
}

/* link() never replaces what another run left there. */
static enum err publish(struct file_printer *file, const char *temporary)
{
	char name[4096];
	for (; file->next <= LAST_NUMBER; file->next++) {
		snprintf(name, sizeof name, "%s.%04d", file->path, file->next);
		if (link(temporary, name) == 0) {
			file->next++;
			return ERR_OK;
		}
		if (errno != EEXIST)
			return error_of(errno);
	}
	return ERR_FULL;
}

static enum err file_start(void *self, const uint8_t *bytes, size_t len, int *ref)
{
	struct file_printer *file = self;
	char temporary[4096];
	snprintf(temporary, sizeof temporary, "%s.tmp-%ld", file->path, (long)getpid());
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum err e = fd < 0 ? error_of(errno) : write_all(fd, bytes, len);
	if (fd >= 0 && close(fd) != 0 && !e)
		e = error_of(errno);
	if (!e)
		e = publish(file, temporary);
	unlink(temporary);
	file->health = e ? PRINTER_ERROR : PRINTER_READY;
	*ref = file->next - 1;
	return e;
}

static enum err file_poll(void *self, int ref, enum print_state *state, enum printer_health *health)
{
	struct file_printer *file = self;
	(void)ref;
	*state = PRINT_DONE;
	*health = file->health;
	return ERR_OK;
}

/* The file is the print: it has come out. */
static enum err file_drop(void *self, int ref)
{
	(void)self;
	(void)ref;
	return ERR_OK;
}

static enum err file_look(void *self, enum printer_health *health)
{
	struct file_printer *file = self;
	*health = file->health;
	return ERR_OK;
}

static enum err file_sweep(void *self)
{
	(void)self;
	return ERR_OK;
}

static void file_destroy(void *self)
{
	struct file_printer *file = self;
	free(file->path);
	free(file);
}

enum err printer_file_open(const char *target, struct carrier *carrier, char problem[256])
{
	if (!*target || target[strlen(target) - 1] == '/' || strlen(target) > 3900) {
		snprintf(problem, 256,
		         "printer \"file:\" wants the path that the slips' file names begin with");
		return ERR_INVALID;
	}
	struct file_printer *file = calloc(1, sizeof *file);
	if (!file)
		return ERR_NOMEM;
	*file = (struct file_printer){ .path = strdup(target), .next = 1, .health = PRINTER_READY };
	if (!file->path) {
		free(file);
		return ERR_NOMEM;
	}
	*carrier = (struct carrier){ file_start, file_poll,    file_drop, file_look,
		                     file_sweep, file_destroy, file,      0 };
	return ERR_OK;
}
