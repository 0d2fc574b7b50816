/* files.h: files that must survive a power cut: written beside, synced, renamed, and the folder synced. */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { PATH_SIZE = 512 };

/* The error of a failed system call, by its errno. */
enum err err_of_errno(int number);

/* "DIR/NAME"; ERR_TOO_LONG when it does not fit. */
MUST_USE enum err path_join(char out[PATH_SIZE], const char *dir, const char *name);
/* Makes a folder (mode 0700) and those above it; one that exists is no error. */
MUST_USE enum err dir_make(const char *path);
MUST_USE enum err dir_sync(const char *path);
bool file_exists(const char *path);

/* Writes the whole file durably, mode 0600, replacing an older one; the caller syncs the folder (dir_sync).
 * On failure nothing is left. */
MUST_USE enum err file_write(const char *path, const void *bytes, size_t len);
/* Reads a whole file of at most `max` bytes; *bytes is malloc'ed with a NUL after it, the caller's. */
MUST_USE enum err file_read(const char *path, size_t max, uint8_t **bytes, size_t *len);
/* Copies a file durably, mode 0600; the caller syncs the folder. On failure nothing is left. */
MUST_USE enum err file_copy(const char *from, const char *to);
/* Calls `each` with every name in a folder but "." and ".."; stops at the first error. A missing folder is
 * empty. */
MUST_USE enum err dir_each(const char *path, enum err (*each)(void *ctx, const char *name), void *ctx);
/* Removes a folder with the files and folders in it. */
void dir_remove(const char *path);

#endif
