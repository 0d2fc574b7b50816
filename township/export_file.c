/* Writing the export's files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "township/export_internal.h"

static enum err err_now(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL : errno == EEXIST ? ERR_EXISTS : ERR_IO;
}

static enum err open_new(struct exporting *x, const char *name, int *fd)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s/%s", x->dir, name) >= (int)sizeof path)
		return ERR_TOO_LONG;
	*fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return err_now();
	x->facts->files++;
	return ERR_OK;
}

enum err out_open(struct exporting *x, const char *name, FILE **file)
{
	int fd;
	enum err e = open_new(x, name, &fd);
	if (e)
		return e;
	*file = fdopen(fd, "w");
	if (!*file) {
		close(fd);
		return ERR_NOMEM;
	}
	fputs("\xEF\xBB\xBF", *file);
	return ERR_OK;
}

enum err out_close(FILE *file)
{
	enum err e = ferror(file) || fflush(file) != 0 || fsync(fileno(file)) != 0 ? err_now() : ERR_OK;
	return fclose(file) != 0 && !e ? err_now() : e;
}

enum err out_bytes(struct exporting *x, const char *name, const void *bytes, size_t len)
{
	const char *p = bytes;
	int fd;
	enum err e = open_new(x, name, &fd);
	if (e)
		return e;
	while (len > 0 && !e) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno != EINTR)
			e = err_now();
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	if (!e && fsync(fd) != 0)
		e = err_now();
	return close(fd) != 0 && !e ? err_now() : e;
}

enum err out_folder(struct exporting *x, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", x->dir, name);
	return mkdir(path, 0700) == 0 ? ERR_OK : err_now();
}

void out_cell(FILE *file, const char *text, bool last)
{
	fputs(text[0] && strchr("=+-@\t\r", text[0]) ? "\"'" : "\"", file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputs(last ? "\"\r\n" : "\",", file);
}
