#include "township/backup_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/civil.h"
#include "township/archive.h"
#include "township/http.h"
#include "township/store_copy.h"
#include "township/town.h"

enum { SUM = crypto_hash_sha256_BYTES, CHUNK = 64 * 1024 };

struct reading {
	struct archive_in *in;
	const char *file, *dir;
	bool all; /* attachments are written out too */
	struct backup_facts *facts;
	char *problem;      /* [512] */
	char *manifest;     /* owned */
	size_t manifest_len;
	char database_sum[2 * SUM + 1];
	uint8_t (*blobs)[SUM]; /* owned: those that came */
	size_t blob_count, blob_room;
	int64_t entries, wanted_entries, schema;
	uint8_t *chunk; /* owned */
};

static enum err bad(struct reading *r, const char *what)
{
	if (!r->problem[0])
		snprintf(r->problem, 512, "%.200s: %.300s", r->file, what);
	return ERR_CORRUPT;
}

/* One entry to a new file (NULL: nowhere), with its sum. */
static enum err take(struct reading *r, const char *path, int64_t size, int64_t max, char hex[2 * SUM + 1])
{
	crypto_hash_sha256_state state;
	uint8_t sum[SUM];
	int64_t had = 0;
	int fd = -1;
	enum err e = ERR_OK;
	if (size > max)
		return bad(r, "an entry is larger than it can be");
	if (path && (fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return errno == ENOSPC ? ERR_FULL : errno == EEXIST ? bad(r, "an entry is in it twice") : ERR_IO;
	crypto_hash_sha256_init(&state);
	for (size_t len = CHUNK; !e; len = CHUNK) {
		e = archive_read_some(r->in, r->chunk, &len);
		if (e || len == 0)
			break;
		crypto_hash_sha256_update(&state, r->chunk, len);
		had += (int64_t)len;
		if (fd >= 0 && write(fd, r->chunk, len) != (ssize_t)len)
			e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	if (fd >= 0 && !e && fsync(fd) != 0)
		e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	if (fd >= 0)
		close(fd);
	if (e == ERR_CORRUPT || (!e && had != size))
		return bad(r, "it is cut off or damaged");
	crypto_hash_sha256_final(&state, sum);
	sodium_bin2hex(hex, 2 * SUM + 1, sum, sizeof sum);
	r->facts->bytes += had;
	return e;
}

static enum err take_manifest(struct reading *r, int64_t size)
{
	const char *what = NULL, *version = NULL, *township = NULL, *sum = NULL, *keys = NULL;
	json_int_t made = 0, schema = 0, entries = 0;
	int format = 0;
	size_t len = (size_t)size;
	char text[BACKUP_MANIFEST_MAX];
	if (size > BACKUP_MANIFEST_MAX)
		return bad(r, "its manifest is too long");
	for (size_t at = 0, n = len; at < len; at += n, n = len - at)
		if (archive_read_some(r->in, text + at, &n) || n == 0)
			return bad(r, "it is cut off or damaged");
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	enum err e = json_unpack(json, "{s:s, s:i}", "what", &what, "format", &format) == 0 && strcmp(what, "township backup") == 0
	                 ? ERR_OK
	                 : bad(r, "it is no backup of a township");
	if (!e && format > BACKUP_FORMAT) {
		snprintf(r->problem, 512, "%.300s was written by a newer version: restore it with that one", r->file);
		e = ERR_NEWER;
	}
	if (!e && json_unpack(json, "{s:s, s:I, s:s, s:I, s:I, s:s, s:s}", "version", &version, "made_ms", &made, "township",
	                      &township, "schema", &schema, "entries", &entries, "database_sha256", &sum, "keys", &keys) != 0)
		e = bad(r, "its manifest is incomplete");
	if (!e) {
		struct civil_time t = civil_from_ms(made);
		snprintf(r->facts->version, sizeof r->facts->version, "%s", version);
		snprintf(r->facts->township, sizeof r->facts->township, "%s", township);
		snprintf(r->facts->made, sizeof r->facts->made, "%04d-%02d-%02d %02d:%02d", t.date.year, t.date.month, t.date.day,
		         t.hour, t.minute);
		snprintf(r->database_sum, sizeof r->database_sum, "%s", sum);
		r->facts->made_ms = made;
		r->schema = schema;
		r->wanted_entries = entries;
	}
	json_decref(json);
	return e;
}

static enum err take_blob(struct reading *r, const char *sha256, int64_t size)
{
	char path[4096], hex[2 * SUM + 1];
	if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64)
		return bad(r, "it holds something that no backup holds");
	snprintf(path, sizeof path, "%.3900s/blobs/%s", r->dir, sha256);
	enum err e = take(r, r->all ? path : NULL, size, BLOB_MAX, hex);
	if (e)
		return e;
	if (strcmp(hex, sha256) != 0)
		return bad(r, "an attachment is damaged: its SHA-256 is not its name");
	if (r->blob_count == r->blob_room) {
		size_t room = r->blob_room ? r->blob_room * 2 : 1024;
		void *grown = realloc(r->blobs, room * SUM);
		if (!grown)
			return ERR_NOMEM;
		r->blobs = grown;
		r->blob_room = room;
	}
	if (sodium_hex2bin(r->blobs[r->blob_count], SUM, sha256, 64, NULL, NULL, NULL) != 0)
		return ERR_CORRUPT;
	r->blob_count++;
	return ERR_OK;
}

/* Names are looked up, never followed: what is not one of these is refused. */
static enum err take_entry(struct reading *r, const char *name, int64_t size)
{
	static const char *const small[] = {"township.conf", "keys/slip.salt", "keys/seal.key", "keys/sign.key", "keys/keys.locked",
	                                    "keys/office.password"};
	char path[4096], hex[2 * SUM + 1];
	if (strncmp(name, "blobs/", 6) == 0)
		return take_blob(r, name + 6, size);
	if (strcmp(name, "township.db") == 0) {
		snprintf(path, sizeof path, "%.3900s/township.db", r->dir);
		enum err e = take(r, path, size, INT64_MAX, hex);
		return !e && strcmp(hex, r->database_sum) != 0 ? bad(r, "the database is damaged: its SHA-256 is wrong") : e;
	}
	for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
		if (strcmp(name, small[i]) != 0)
			continue;
		r->facts->keys = r->facts->keys || i == 2 || i == 4;
		r->facts->locked = r->facts->locked || i == 4;
		snprintf(path, sizeof path, "%.3900s/%s", r->dir, name);
		return take(r, path, size, i == 0 ? BACKUP_CONF_MAX : BACKUP_KEY_MAX, hex);
	}
	return bad(r, "it holds something that no backup holds");
}

static enum err take_all(struct reading *r)
{
	const char *name;
	int64_t size;
	enum err e = archive_next(r->in, &name, &size);
	if (e || strcmp(name, "manifest.json") != 0)
		return bad(r, "it is no backup of a township");
	e = take_manifest(r, size);
	while (!e && !(e = archive_next(r->in, &name, &size))) {
		e = take_entry(r, name, size);
		r->entries++;
	}
	if (e == ERR_CORRUPT)
		return bad(r, "it is cut off or damaged");
	if (e != ERR_NOT_FOUND)
		return e;
	return r->entries == r->wanted_entries ? ERR_OK : bad(r, "it is cut off: entries are missing");
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, SUM);
}

static enum err look_for(void *arg, const char *sha256, int64_t size)
{
	struct reading *r = arg;
	uint8_t sum[SUM];
	(void)size;
	if (sodium_hex2bin(sum, SUM, sha256, strlen(sha256), NULL, NULL, NULL) != 0 || !r->blob_count ||
	    !bsearch(sum, r->blobs, r->blob_count, SUM, by_bytes))
		r->facts->missing++;
	else
		r->facts->blobs++;
	return ERR_OK;
}

static enum err chain_good(struct reading *r, struct town *town)
{
	int64_t badlink = 0;
	char what[96];
	size_t len = SIGN_PUBLIC_BYTES;
	town->keys = keys_alloc();
	if (!town->keys)
		return ERR_NOMEM;
	enum err e = town_meta_get(town->store, "sign_public", town->keys->sign_public, &len);
	if (!e)
		e = town_audit_verify(town, &r->facts->links, &badlink);
	keys_free(town->keys);
	town->keys = NULL;
	snprintf(what, sizeof what, "link %" PRId64 " of its audit chain is bad", badlink);
	return e == ERR_CORRUPT ? bad(r, what) : e;
}

static enum err database_good(struct reading *r)
{
	struct town *town = calloc(1, sizeof *town);
	char what[256], said[300];
	if (!town)
		return ERR_NOMEM;
	pthread_mutex_init(&town->lock, NULL);
	enum err e = town_open(r->dir, false, &town->store);
	if (e == ERR_NEWER)
		snprintf(r->problem, 512, "%.300s was written by a newer version: restore it with that one", r->file);
	else if (e)
		(void)bad(r, "its database cannot be opened");
	if (!e && (e = town_sound(town->store, what)) == ERR_CORRUPT) {
		snprintf(said, sizeof said, "its database is damaged: %s", what);
		(void)bad(r, said);
	}
	if (!e)
		e = chain_good(r, town);
	if (r->blob_count)
		qsort(r->blobs, r->blob_count, SUM, by_bytes);
	if (!e)
		e = town_blobs_each(town->store, look_for, r);
	town_close(town->store);
	pthread_mutex_destroy(&town->lock);
	free(town);
	if (!e && r->facts->missing) {
		snprintf(said, sizeof said, "%" PRId64 " attachments that the database names are not in it", r->facts->missing);
		e = bad(r, said);
	}
	return e;
}

enum err backup_unpack(const char *file, const char *dir, bool all, struct backup_facts *facts, char problem[512])
{
	struct reading r = {.file = file, .dir = dir, .all = all, .facts = facts, .problem = problem};
	char path[4096];
	memset(facts, 0, sizeof *facts);
	problem[0] = '\0';
	r.chunk = malloc(CHUNK);
	enum err e = r.chunk ? ERR_OK : ERR_NOMEM;
	for (int i = 0; i < 2 && !e; i++) {
		snprintf(path, sizeof path, "%.3900s/%s", dir, i ? "blobs" : "keys");
		e = mkdir(path, 0700) == 0 ? ERR_OK : errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	if (!e)
		e = archive_in_open(file, &r.in);
	if (e == ERR_CORRUPT)
		(void)bad(&r, "it is no backup of a township");
	if (!e)
		e = take_all(&r);
	if (!e)
		e = database_good(&r);
	if (e && !problem[0])
		snprintf(problem, 512, "cannot read %.300s: %s", file, err_name(e));
	archive_in_close(r.in);
	free(r.blobs);
	free(r.chunk);
	return e;
}

static void forget_files(int dir, int depth)
{
	DIR *list = fdopendir(dir);
	struct dirent *entry;
	if (!list) {
		close(dir);
		return;
	}
	while ((entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(list), entry->d_name, 0) == 0 || depth == 0)
			continue;
		int below = openat(dirfd(list), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (below >= 0)
			forget_files(below, depth - 1);
		unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
	}
	closedir(list);
}

void backup_forget(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		forget_files(fd, 1);
	(void)rmdir(dir);
}
