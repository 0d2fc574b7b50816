#include "township/backup.h"

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

#include "township/archive.h"
#include "township/backup_read.h"
#include "township/store_copy.h"
#include "township/town.h"

struct making {
	struct archive_out *out;
	const char *dir, *config;
	char copy[4096];   /* the database's, beside FILE; "" when there is none */
	const char **keys; /* of keys/, borrowed; NULL at the end */
	int64_t blobs, missing;
	char first_missing[72];
	bool adding; /* the second walk over the attachments */
};

/* slip.salt is no secret (every kiosk has it), but without it no slip is ever found again. */
static const char *const open_keys[] = {"slip.salt", NULL};
static const char *const all_keys[] = {"slip.salt", "seal.key", "sign.key", "keys.locked", "office.password", NULL};

static bool key_there(const struct making *m, const char *name)
{
	char path[4096];
	return snprintf(path, sizeof path, "%s/keys/%s", m->dir, name) < (int)sizeof path && access(path, F_OK) == 0;
}

/* Counts what is there, then adds it: the first entry says how many follow. */
static enum err on_blob(void *arg, const char *sha256, int64_t size)
{
	struct making *m = arg;
	char path[4096], name[80];
	struct stat st;
	snprintf(path, sizeof path, "%s/blobs/%s", m->dir, sha256);
	snprintf(name, sizeof name, "blobs/%s", sha256);
	if (m->adding) {
		enum err e = archive_add_file(m->out, name, path);
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	if (stat(path, &st) == 0 && st.st_size == size) {
		m->blobs++;
	} else {
		if (!m->missing++)
			snprintf(m->first_missing, sizeof m->first_missing, "%s", sha256);
	}
	return ERR_OK;
}

static enum err file_sum(const char *path, char hex[crypto_hash_sha256_BYTES * 2 + 1])
{
	crypto_hash_sha256_state state;
	uint8_t buf[32768], sum[crypto_hash_sha256_BYTES];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	crypto_hash_sha256_init(&state);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		crypto_hash_sha256_update(&state, buf, (size_t)n);
	close(fd);
	crypto_hash_sha256_final(&state, sum);
	sodium_bin2hex(hex, crypto_hash_sha256_BYTES * 2 + 1, sum, sizeof sum);
	return n < 0 ? ERR_IO : ERR_OK;
}

static enum err add_manifest(struct making *m, struct town_store *store, bool has_config)
{
	char township[128] = "", hex[crypto_hash_sha256_BYTES * 2 + 1];
	size_t len = sizeof township - 1;
	int64_t schema = 0, entries = 1 + has_config + m->blobs;
	for (const char **k = m->keys; *k; k++)
		entries += key_there(m, *k);
	enum err e = town_meta_get(store, "township", township, &len);
	if (!e)
		e = town_schema(store, &schema);
	if (!e)
		e = file_sum(m->copy, hex);
	if (e)
		return e;
	bool plain = m->keys == (const char **)(uintptr_t)all_keys && key_there(m, "seal.key");
	bool locked = m->keys == (const char **)(uintptr_t)all_keys && !plain && key_there(m, "keys.locked");
	json_t *manifest = json_pack("{s:s, s:i, s:s, s:I, s:s, s:I, s:I, s:s, s:s}", "what", "township backup", "format",
	                             BACKUP_FORMAT, "version", VERSION, "made_ms", (json_int_t)town_now_ms(), "township",
	                             township, "schema", (json_int_t)schema, "entries", (json_int_t)entries,
	                             "database_sha256", hex, "keys", plain ? "plain" : locked ? "locked" : "none");
	char *text = manifest ? json_dumps(manifest, JSON_INDENT(1)) : NULL;
	json_decref(manifest);
	e = text ? archive_add(m->out, "manifest.json", text, strlen(text)) : ERR_NOMEM;
	free(text);
	return e;
}

static enum err add_all(struct making *m, struct town_store *store)
{
	char path[4096], name[64];
	bool has_config = access(m->config, R_OK) == 0;
	enum err e = town_blobs_each(store, on_blob, m);
	m->adding = true;
	if (!e)
		e = add_manifest(m, store, has_config);
	if (!e)
		e = archive_add_file(m->out, "township.db", m->copy);
	if (!e && has_config)
		e = archive_add_file(m->out, "township.conf", m->config);
	for (const char **k = m->keys; *k && !e; k++) {
		snprintf(path, sizeof path, "%s/keys/%s", m->dir, *k);
		snprintf(name, sizeof name, "keys/%s", *k);
		e = archive_add_file(m->out, name, path);
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	return e ? e : town_blobs_each(store, on_blob, m);
}

/* The database first: every attachment that it names was durable before its row was, and none is ever removed. The list is
 * read from the copy, so that what comes in meanwhile makes no difference. */
static enum err copy_database(struct making *m, char problem[512])
{
	struct town_store *store;
	uint8_t signer[SIGN_PUBLIC_BYTES];
	size_t len = sizeof signer;
	enum err e = town_open(m->dir, false, &store);
	if (e) {
		m->copy[0] = '\0';
		snprintf(problem, 512, e == ERR_NOT_FOUND ? "no township.db in %.300s" : "cannot open %.300s/township.db", m->dir);
		return e;
	}
	if (town_meta_get(store, "sign_public", signer, &len)) {
		snprintf(problem, 512, "the database is of an older version: run 'township --data %.300s verify' once, then back it up",
		         m->dir);
		e = ERR_UNSUPPORTED;
	}
	if (!e && unlink(m->copy) != 0 && errno != ENOENT)
		e = ERR_IO;
	if (!e)
		e = town_copy_to(store, m->copy);
	else
		m->copy[0] = '\0';
	town_close(store);
	return e;
}

/* The copy lies beside FILE, and is opened as the database of a folder of its own. */
static enum err write_out(struct making *m, char problem[512])
{
	struct town_store *store;
	char folder[4096 - 16];
	snprintf(folder, sizeof folder, "%.4000s.database", archive_out_part(m->out));
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	snprintf(m->copy, sizeof m->copy, "%s/" TOWN_DATABASE, folder);
	enum err e = copy_database(m, problem);
	if (!e)
		e = town_open(folder, false, &store);
	if (!e) {
		/* Opening it for the list changes nothing in it but its journal's kind, which the sum is to cover. */
		e = add_all(m, store);
		town_close(store);
	}
	backup_forget(folder);
	return e;
}

enum err backup_make(const char *dir, const char *config, bool with_keys, const char *file, struct backup_facts *facts,
                     char problem[512])
{
	char own[4096];
	struct making m = {.dir = dir, .config = config, .keys = (const char **)(uintptr_t)(with_keys ? all_keys : open_keys)};
	problem[0] = '\0';
	snprintf(own, sizeof own, "%s/township.conf", dir);
	if (!config)
		m.config = own;
	enum err e = archive_out_open(file, &m.out);
	if (!e)
		e = write_out(&m, problem);
	if (!e)
		e = archive_out_finish(m.out);
	if (!e)
		e = backup_check(archive_out_part(m.out), facts, problem);
	/* A copy without attachments that the folder itself has not is the best there can be. */
	bool best = e == ERR_CORRUPT && m.missing > 0 && facts->missing == m.missing;
	if (!e || best) {
		enum err kept = archive_out_keep(m.out);
		e = kept ? kept : e;
	}
	if (best)
		snprintf(problem, 512, "%" PRId64 " attachments are missing in %.200s/blobs itself, the first is %.64s; all else is in the copy",
		         m.missing, dir, m.first_missing);
	else if (e && !problem[0])
		snprintf(problem, 512, "cannot write %.300s: %s", file, err_name(e));
	archive_out_close(m.out);
	return e;
}
