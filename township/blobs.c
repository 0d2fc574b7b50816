#include "township/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/str.h"

struct stream {
	int fd;
	char part[2048 + 128];
	int64_t at, end, total; /* the next byte's place, the part's end, the whole size */
	enum err e;
};

static bool sha_valid(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static void blob_path(const struct town *town, const char *sha256, const char *suffix, char out[2048 + 128])
{
	snprintf(out, 2048 + 128, "%s/blobs/%.64s%.5s", town->dir, sha256, suffix);
}

static bool path_checked(const struct request *rq, struct reply *rp)
{
	if (sha_valid(rq->args[0]))
		return true;
	reply_error(rp, 404, "no_such_blob", "没有这个文件", "文件名是 64 位小写十六进制的 SHA-256");
	return false;
}

/* "bytes 0-99/1234"; without the header the body is the whole. */
static bool parse_range(const char *range, int64_t length, struct stream *s)
{
	s->at = 0;
	s->end = s->total = length;
	if (!range)
		return true;
	int64_t first, last, total;
	if (!str_skip(&range, "bytes ") || !str_take_number(&range, &first) || !str_skip(&range, "-") ||
	    !str_take_number(&range, &last) || !str_skip(&range, "/") || !str_take_number(&range, &total) || *range)
		return false;
	if (last < first || total <= last || last - first + 1 != length)
		return false;
	s->at = first;
	s->end = last + 1;
	s->total = total;
	return true;
}

/* Where the sender must go on: what is there already. */
static void refuse_offset(struct reply *rp, int64_t have)
{
	char offset[32];
	snprintf(offset, sizeof offset, "%" PRId64, have);
	reply_error(rp, 409, "wrong_offset", "续传的位置不对", "请从 Upload-Offset 所示的位置续传");
	reply_header(rp, "Upload-Offset", offset);
}

struct stream *stream_open(struct request *rq, int64_t content_length, struct reply *rp)
{
	if (!path_checked(rq, rp))
		return NULL;
	struct stream *s = calloc(1, sizeof *s);
	if (!s) {
		reply_err(rp, ERR_NOMEM);
		return NULL;
	}
	s->fd = -1;
	if (!parse_range(request_header(rq, "Content-Range"), content_length, s)) {
		reply_error(rp, 400, "bad_range", "Content-Range 不正确",
		            "应为 bytes 起-止/总长，且与 Content-Length 相符");
	} else if (s->total > BLOB_MAX) {
		reply_error(rp, 413, "blob_too_long", "文件太大", "单个文件不超过 32 MiB");
	} else {
		struct stat st;
		blob_path(rq->town, rq->args[0], ".part", s->part);
		s->fd = open(s->part, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (s->fd < 0)
			reply_err(rp, errno == ENOSPC ? ERR_FULL : ERR_IO);
		else if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
			reply_error(rp, 409, "busy", "同一文件正在上传", "请稍后再传");
		else if (fstat(s->fd, &st) != 0)
			reply_err(rp, ERR_IO);
		else if (s->at > st.st_size)
			refuse_offset(rp, st.st_size);
		else if (lseek(s->fd, s->at, SEEK_SET) < 0)
			reply_err(rp, ERR_IO);
		else
			return s;
	}
	stream_close(s);
	return NULL;
}

void stream_write(struct stream *s, const void *bytes, size_t len)
{
	const char *p = bytes;
	while (len > 0 && !s->e) {
		ssize_t n = write(s->fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->e = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
			return;
		}
		p += n;
		len -= (size_t)n;
		s->at += n;
	}
}

static enum err file_sum(int fd, char hex[65])
{
	crypto_hash_sha256_state state;
	uint8_t buf[32768], sum[crypto_hash_sha256_BYTES];
	ssize_t n;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return ERR_IO;
	crypto_hash_sha256_init(&state);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		crypto_hash_sha256_update(&state, buf, (size_t)n);
	if (n < 0)
		return ERR_IO;
	crypto_hash_sha256_final(&state, sum);
	sodium_bin2hex(hex, 65, sum, sizeof sum);
	return ERR_OK;
}

static enum err sync_folder(const struct town *town)
{
	char path[2048 + 16];
	snprintf(path, sizeof path, "%s/blobs", town->dir);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	enum err e = fsync(fd) == 0 ? ERR_OK : ERR_IO;
	close(fd);
	return e;
}

static json_t *progress(int64_t have, bool complete)
{
	return json_pack("{s:I, s:b}", "have", (json_int_t)have, "complete", complete);
}

void stream_finish(struct stream *s, struct request *rq, struct reply *rp)
{
	char hex[65], whole[2048 + 128];
	if (s->e) {
		reply_err(rp, s->e);
		return;
	}
	if (s->at < s->total) {
		reply_json(rp, 202, progress(s->at, false));
		return;
	}
	enum err e = ftruncate(s->fd, s->total) == 0 && fsync(s->fd) == 0 ? file_sum(s->fd, hex) : ERR_IO;
	if (e) {
		reply_err(rp, e);
		return;
	}
	if (strcmp(hex, rq->args[0]) != 0) {
		unlink(s->part);
		reply_error(rp, 422, "wrong_sum", "内容与其 SHA-256 不符，已丢弃", "请从头重新上传");
		return;
	}
	blob_path(rq->town, rq->args[0], "", whole);
	e = rename(s->part, whole) == 0 ? sync_folder(rq->town) : ERR_IO;
	if (!e) {
		town_lock(rq->town);
		e = town_begin(rq->town->store);
		if (!e)
			e = town_blob_add(rq->town->store, rq->args[0], s->total, rq->kiosk.id, town_now_ms());
		e = town_end(rq->town->store, e);
		town_unlock(rq->town);
	}
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 201, progress(s->total, true));
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

enum err blob_open(struct town *town, const char *sha256, int *fd, int64_t *size)
{
	char path[2048 + 128];
	struct stat st;
	blob_path(town, sha256, "", path);
	int f = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (f < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (fstat(f, &st) != 0) {
		close(f);
		return ERR_IO;
	}
	*fd = f;
	*size = st.st_size;
	return ERR_OK;
}

/* "bytes=100-" or "bytes=100-199"; false: not such a range. */
static bool wanted_range(const char *range, int64_t size, int64_t *first, int64_t *last)
{
	*last = size - 1;
	if (!str_skip(&range, "bytes=") || !str_take_number(&range, first) || !str_skip(&range, "-"))
		return false;
	if (*range && (!str_take_number(&range, last) || *range))
		return false;
	if (*last >= size)
		*last = size - 1;
	return *first <= *last;
}

void api_blob_get(struct request *rq, struct reply *rp)
{
	if (!path_checked(rq, rp))
		return;
	int fd;
	int64_t size;
	enum err e = blob_open(rq->town, rq->args[0], &fd, &size);
	if (e) {
		reply_error(rp, e == ERR_NOT_FOUND ? 404 : 503, "no_such_blob", "没有这个文件",
		            "它可能还没有传完，请稍后再取");
		return;
	}
	const char *range = request_header(rq, "Range");
	int64_t first = 0, last = size - 1;
	if (range && !wanted_range(range, size, &first, &last)) {
		close(fd);
		reply_error(rp, 400, "bad_range", "Range 不正确", "应为 bytes=起- 或 bytes=起-止");
		return;
	}
	rp->status = range ? 206 : 200;
	rp->fd = fd;
	rp->offset = first;
	rp->length = last - first + 1;
	reply_header(rp, "Content-Type", "application/octet-stream");
	if (range) {
		char text[96];
		snprintf(text, sizeof text, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, first, last, size);
		reply_header(rp, "Content-Range", text);
	}
}

void api_blob_head(struct request *rq, struct reply *rp)
{
	char path[2048 + 128], text[32];
	struct stat st;
	bool whole = true;
	if (!path_checked(rq, rp))
		return;
	blob_path(rq->town, rq->args[0], "", path);
	if (stat(path, &st) != 0) {
		whole = false;
		blob_path(rq->town, rq->args[0], ".part", path);
		if (stat(path, &st) != 0) {
			reply_error(rp, 404, "no_such_blob", "没有这个文件", "请从头上传");
			return;
		}
	}
	snprintf(text, sizeof text, "%" PRId64, (int64_t)st.st_size);
	rp->status = 204;
	reply_header(rp, "Upload-Offset", text);
	reply_header(rp, "Upload-Complete", whole ? "?1" : "?0");
}

enum err blob_unseal(struct town *town, const char *sha256, char **plain, size_t *len)
{
	int fd;
	int64_t size;
	bool named = strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64;
	enum err e = named ? blob_open(town, sha256, &fd, &size) : ERR_NOT_FOUND;
	if (e)
		return e;
	uint8_t *sealed = malloc((size_t)size + 1);
	size_t have = 0;
	ssize_t n = 0;
	while (sealed && have < (size_t)size && (n = read(fd, sealed + have, (size_t)size - have)) > 0)
		have += (size_t)n;
	close(fd);
	if (!sealed)
		return ERR_NOMEM;
	e = have == (size_t)size ? town_unseal(town, sealed, have, plain, len) : ERR_IO;
	free(sealed);
	return e == ERR_DENIED ? ERR_CORRUPT : e;
}
