/* archive.h: one file that holds others (a tar), written to a name of its own and renamed when it is whole and synced. */
#ifndef TOWNSHIP_ARCHIVE_H
#define TOWNSHIP_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct archive_out; /* opaque */
struct archive_in;

/* Begins PATH.part, 0600, in place of one that was cut off. */
MUST_USE enum err archive_out_open(const char *path, struct archive_out **out);
/* Adds an entry of these bytes. */
MUST_USE enum err archive_add(struct archive_out *out, const char *name, const void *bytes, size_t len);
/* Adds a file's contents; it must not change meanwhile. ERR_NOT_FOUND: there is no such file, nothing was added. */
MUST_USE enum err archive_add_file(struct archive_out *out, const char *name, const char *path);
/* Ends it and syncs it, still as PATH.part. */
MUST_USE enum err archive_out_finish(struct archive_out *out);
/* PATH.part becomes PATH, in the place of one that was there. */
MUST_USE enum err archive_out_keep(struct archive_out *out);
/* The name of what is being written. */
const char *archive_out_part(const struct archive_out *out);
/* Frees it; what was not kept is removed. NULL is fine. */
void archive_out_close(struct archive_out *out);

MUST_USE enum err archive_in_open(const char *path, struct archive_in **in);
/* The next entry: its name (borrowed until the next call) and size. ERR_NOT_FOUND: the end. ERR_CORRUPT: not such an archive,
 * cut off, or an entry that is no plain file. */
MUST_USE enum err archive_next(struct archive_in *in, const char **name, int64_t *size);
/* The entry's next bytes: *len is the room before, and how many came after; 0 at the end. */
MUST_USE enum err archive_read_some(struct archive_in *in, void *bytes, size_t *len);
void archive_in_close(struct archive_in *in);

#endif
