#include "township/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, CHUNK = 64 * 1024 };

struct archive_out {
	struct archive *tar;
	int fd;
	char path[PATH_ROOM], part[PATH_ROOM + 8];
};

struct archive_in {
	struct archive *tar;
};

static enum err err_of(int number)
{
	return number == ENOSPC || number == EDQUOT || number == EFBIG ? ERR_FULL
	       : number == EACCES || number == EPERM || number == EROFS ? ERR_DENIED
	       : number == ENOENT || number == ENOTDIR                  ? ERR_NOT_FOUND
	                                                                : ERR_IO;
}

enum err archive_out_open(const char *path, struct archive_out **out)
{
	struct archive_out *o = calloc(1, sizeof *o);
	if (!o)
		return ERR_NOMEM;
	o->fd = -1;
	if (snprintf(o->path, sizeof o->path, "%s", path) >= (int)sizeof o->path) {
		free(o);
		return ERR_TOO_LONG;
	}
	snprintf(o->part, sizeof o->part, "%s.part", path);
	enum err e = unlink(o->part) != 0 && errno != ENOENT ? err_of(errno) : ERR_OK;
	if (!e) {
		o->fd = open(o->part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
		e = o->fd < 0 ? err_of(errno) : ERR_OK;
	}
	if (!e) {
		o->tar = archive_write_new();
		if (!o->tar || archive_write_set_format_pax_restricted(o->tar) != ARCHIVE_OK ||
		    archive_write_open_fd(o->tar, o->fd) != ARCHIVE_OK)
			e = ERR_NOMEM;
	}
	if (e)
		archive_out_close(o);
	else
		*out = o;
	return e;
}

static enum err write_error(struct archive_out *o)
{
	return err_of(archive_errno(o->tar));
}

static enum err begin_entry(struct archive_out *o, const char *name, int64_t size)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry)
		return ERR_NOMEM;
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, time(NULL), 0);
	int rc = archive_write_header(o->tar, entry);
	archive_entry_free(entry);
	return rc == ARCHIVE_OK ? ERR_OK : write_error(o);
}

enum err archive_add(struct archive_out *o, const char *name, const void *bytes, size_t len)
{
	enum err e = begin_entry(o, name, (int64_t)len);
	if (!e && len > 0 && archive_write_data(o->tar, bytes, len) != (la_ssize_t)len)
		e = write_error(o);
	return e;
}

enum err archive_add_file(struct archive_out *o, const char *name, const char *path)
{
	char *buf = malloc(CHUNK);
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = fd < 0 ? (errno == ENOENT ? ERR_NOT_FOUND : ERR_IO) : !buf ? ERR_NOMEM : ERR_OK;
	if (!e && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)))
		e = ERR_IO;
	if (!e)
		e = begin_entry(o, name, st.st_size);
	off_t left = e ? 0 : st.st_size;
	while (left > 0 && !e) {
		ssize_t n = read(fd, buf, left < CHUNK ? (size_t)left : CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			e = ERR_IO; /* it became shorter, or cannot be read */
		else if (archive_write_data(o->tar, buf, (size_t)n) != n)
			e = write_error(o);
		left -= n;
	}
	if (fd >= 0)
		close(fd);
	free(buf);
	return e;
}

enum err archive_out_finish(struct archive_out *o)
{
	if (archive_write_close(o->tar) != ARCHIVE_OK)
		return write_error(o);
	return fsync(o->fd) == 0 ? ERR_OK : err_of(errno);
}

enum err archive_out_keep(struct archive_out *o)
{
	char folder[PATH_ROOM];
	if (rename(o->part, o->path) != 0)
		return err_of(errno);
	o->part[0] = '\0';
	memcpy(folder, o->path, sizeof folder);
	int fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_of(errno);
	enum err e = fsync(fd) == 0 ? ERR_OK : err_of(errno);
	close(fd);
	return e;
}

const char *archive_out_part(const struct archive_out *o)
{
	return o->part;
}

void archive_out_close(struct archive_out *o)
{
	if (!o)
		return;
	if (o->tar)
		archive_write_free(o->tar);
	if (o->fd >= 0)
		close(o->fd);
	if (o->part[0])
		unlink(o->part);
	free(o);
}

enum err archive_in_open(const char *path, struct archive_in **in)
{
	struct archive_in *i = calloc(1, sizeof *i);
	if (!i)
		return ERR_NOMEM;
	i->tar = archive_read_new();
	enum err e = i->tar ? ERR_OK : ERR_NOMEM;
	/* Plain tar alone: nothing to unfold, so nothing that can grow. */
	if (!e && (archive_read_support_format_tar(i->tar) != ARCHIVE_OK ||
	           archive_read_open_filename(i->tar, path, CHUNK) != ARCHIVE_OK))
		e = access(path, R_OK) == 0 ? ERR_CORRUPT : err_of(errno);
	if (e)
		archive_in_close(i);
	else
		*in = i;
	return e;
}

enum err archive_next(struct archive_in *i, const char **name, int64_t *size)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(i->tar, &entry);
	if (rc == ARCHIVE_EOF)
		return ERR_NOT_FOUND;
	if (rc != ARCHIVE_OK || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
	    archive_entry_size(entry) < 0)
		return ERR_CORRUPT;
	*name = archive_entry_pathname(entry);
	*size = archive_entry_size(entry);
	return *name ? ERR_OK : ERR_CORRUPT;
}

enum err archive_read_some(struct archive_in *i, void *bytes, size_t *len)
{
	la_ssize_t n = archive_read_data(i->tar, bytes, *len);
	if (n < 0)
		return ERR_CORRUPT;
	*len = (size_t)n;
	return ERR_OK;
}

void archive_in_close(struct archive_in *i)
{
	if (!i)
		return;
	if (i->tar)
		archive_read_free(i->tar);
	free(i);
}
