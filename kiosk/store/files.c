#include "store/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/str.h"

enum err err_of_errno(int number)
{
	switch (number) {
	case ENOMEM:
		return ERR_NOMEM;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOENT:
		return ERR_NOT_FOUND;
	case EEXIST:
	case ENOTEMPTY:
		return ERR_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case EWOULDBLOCK:
		return ERR_BUSY;
	case ENAMETOOLONG:
		return ERR_TOO_LONG;
	default:
		return ERR_IO;
	}
}

enum err path_join(char out[PATH_SIZE], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_SIZE, "%s/%s", dir, name);
	return n > 0 && n < PATH_SIZE ? ERR_OK : ERR_TOO_LONG;
}

enum err dir_make(const char *path)
{
	char part[PATH_SIZE];
	size_t len = strlen(path);
	if (len == 0 || len >= sizeof part)
		return len ? ERR_TOO_LONG : ERR_INVALID;
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return err_of_errno(errno);
		if (i < len)
			part[i] = '/';
	}
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? ERR_OK : ERR_IO;
}

enum err dir_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_of_errno(errno);
	enum err e = fsync(fd) == 0 ? ERR_OK : err_of_errno(errno);
	close(fd);
	return e;
}

bool file_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

static enum err write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of_errno(errno);
		bytes += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

/* Syncs, closes and puts the temporary file in its place, or removes it. */
static enum err finish(int fd, const char *temp, const char *path, enum err e)
{
	if (e == ERR_OK && fsync(fd) != 0)
		e = err_of_errno(errno);
	if (close(fd) != 0 && e == ERR_OK)
		e = err_of_errno(errno);
	if (e == ERR_OK && rename(temp, path) != 0)
		e = err_of_errno(errno);
	if (e != ERR_OK)
		unlink(temp);
	return e;
}

static enum err temp_open(const char *path, char temp[PATH_SIZE], int *fd)
{
	int n = snprintf(temp, PATH_SIZE, "%s.tmp", path);
	if (n <= 0 || n >= PATH_SIZE)
		return ERR_TOO_LONG;
	*fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *fd >= 0 ? ERR_OK : err_of_errno(errno);
}

enum err file_write(const char *path, const void *bytes, size_t len)
{
	char temp[PATH_SIZE];
	int fd;
	enum err e = temp_open(path, temp, &fd);
	if (e != ERR_OK)
		return e;
	return finish(fd, temp, path, write_all(fd, bytes, len));
}

enum err file_read(const char *path, size_t max, uint8_t **bytes, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_of_errno(errno);
	struct stat st;
	enum err e = fstat(fd, &st) == 0 ? ERR_OK : err_of_errno(errno);
	if (e == ERR_OK && !S_ISREG(st.st_mode))
		e = ERR_INVALID;
	if (e == ERR_OK && (uintmax_t)st.st_size > max)
		e = ERR_TOO_LONG;
	uint8_t *got = NULL;
	size_t used = 0, size = e == ERR_OK ? (size_t)st.st_size : 0;
	if (e == ERR_OK && !(got = malloc(size + 1)))
		e = ERR_NOMEM;
	while (e == ERR_OK && used < size) {
		ssize_t n = read(fd, got + used, size - used);
		if (n < 0 && errno != EINTR)
			e = err_of_errno(errno);
		else if (n == 0)
			break; /* it shrank meanwhile */
		else if (n > 0)
			used += (size_t)n;
	}
	close(fd);
	if (e != ERR_OK) {
		free(got);
		return e;
	}
	got[used] = 0;
	*bytes = got;
	*len = used;
	return ERR_OK;
}

enum err file_copy(const char *from, const char *to)
{
	char temp[PATH_SIZE];
	uint8_t part[16384];
	int out, in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return err_of_errno(errno);
	enum err e = temp_open(to, temp, &out);
	if (e != ERR_OK) {
		close(in);
		return e;
	}
	while (e == ERR_OK) {
		ssize_t n = read(in, part, sizeof part);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			e = err_of_errno(errno);
		if (n <= 0)
			break;
		e = write_all(out, part, (size_t)n);
	}
	close(in);
	return finish(out, temp, to, e);
}

enum err dir_each(const char *path, enum err (*each)(void *ctx, const char *name), void *ctx)
{
	DIR *d = opendir(path);
	if (!d)
		return errno == ENOENT ? ERR_OK : err_of_errno(errno);
	enum err e = ERR_OK;
	struct dirent *entry;
	while (e == ERR_OK && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			e = each(ctx, entry->d_name);
	closedir(d);
	return e;
}

static enum err remove_one(void *ctx, const char *name)
{
	char path[PATH_SIZE];
	enum err e = path_join(path, ctx, name);
	if (e != ERR_OK)
		return e;
	if (unlink(path) != 0 && (errno == EISDIR || errno == EPERM))
		dir_remove(path);
	return ERR_OK;
}

void dir_remove(const char *path)
{
	char own[PATH_SIZE];
	if (str_copy(own, sizeof own, path) && dir_each(own, remove_one, own) == ERR_OK)
		rmdir(own);
}
