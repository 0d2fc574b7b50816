/* blobs.h: sealed ink and sound as files in DIR/blobs, received in parts (DIR/blobs/SHA256.part until whole).
 */
#ifndef TOWNSHIP_BLOBS_H
#define TOWNSHIP_BLOBS_H

#include "township/http.h"

/* Begins receiving PUT /v1/blobs/{sha256}. On failure the reply is filled in and NULL is given. */
struct stream *stream_open(struct request *rq, int64_t content_length, struct reply *rp);
/* More bytes of the body. Failures are kept and told at the end. */
void stream_write(struct stream *stream, const void *bytes, size_t len);
/* The body is there: checks the sum when the blob is whole, and answers. */
void stream_finish(struct stream *stream, struct request *rq, struct reply *rp);
/* Ends it at any point; what was written stays for a later part. NULL is fine. */
void stream_close(struct stream *stream);

/* Opens a whole blob for reading. ERR_NOT_FOUND. */
MUST_USE enum err blob_open(struct town *town, const char *sha256, int *fd, int64_t *size);

/* A whole blob, opened with our key: *plain is malloc'ed and secret (town_forget it); BLOB_MAX bounds it. Takes the town's
 * lock itself. ERR_NOT_FOUND: not here, or no such name; ERR_CORRUPT: not sealed to us. */
MUST_USE enum err blob_unseal(struct town *town, const char *sha256, char **plain, size_t *len);

void api_blob_get(struct request *rq, struct reply *rp);
void api_blob_head(struct request *rq, struct reply *rp);

#endif
