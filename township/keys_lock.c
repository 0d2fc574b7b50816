#include "township/keys_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[2048], locked[2080], fresh[2080];
};

static enum err folder_of(const char *dir, struct folder *f)
{
	if (snprintf(f->path, sizeof f->path, "%s/keys", dir) >= (int)sizeof f->path)
		return ERR_TOO_LONG;
	snprintf(f->locked, sizeof f->locked, "%s/keys.locked", f->path);
	snprintf(f->fresh, sizeof f->fresh, "%s/keys.locked.new", f->path);
	return ERR_OK;
}

static enum err folder_sync(const struct folder *f)
{
	int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	enum err e = fsync(fd) == 0 ? ERR_OK : ERR_IO;
	close(fd);
	return e;
}

static enum err read_locked(const char *path, uint8_t bytes[KEYS_WRAP_BYTES + 1], size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	ssize_t n = read(fd, bytes, KEYS_WRAP_BYTES + 1);
	enum err e = n < 0 || fstat(fd, &st) != 0 ? ERR_IO : st.st_mode & 077 ? ERR_DENIED : ERR_OK;
	*len = n < 0 ? 0 : (size_t)n;
	close(fd);
	return e;
}

static void no_passphrase(const struct passphrase_from *from, enum err e, char problem[512])
{
	const char *file = from->file ? from->file : "its file";
	if (e == ERR_NOT_FOUND)
		snprintf(problem, 512, "the keys are under a passphrase, and there is no terminal to ask for it: give it with "
		                       "--passphrase-file");
	else if (e == ERR_DENIED)
		snprintf(problem, 512, "the passphrase in %.300s is readable by others: chmod 600 it", file);
	else if (e == ERR_STATE)
		snprintf(problem, 512, "no passphrase was given");
	else
		snprintf(problem, 512, "cannot read the passphrase: %s (%.300s)", err_name(e), file);
}

/* Opens the locked file. A person who mistypes is asked again. */
static enum err unlock(const struct folder *f, const struct passphrase_from *from, struct town_keys *keys, char problem[512])
{
	uint8_t bytes[KEYS_WRAP_BYTES + 1];
	char passphrase[PASSPHRASE_MAX_BYTES];
	size_t len;
	bool person;
	enum err e = read_locked(f->locked, bytes, &len);
	if (e) {
		snprintf(problem, 512, e == ERR_DENIED ? "%.400s is readable by others: chmod 600 it" : "cannot read %.400s", f->locked);
		return e;
	}
	for (int tries = 1;; tries++) {
		e = passphrase_get(from, "passphrase of the township's keys", passphrase, &person);
		if (e) {
			no_passphrase(from, e, problem);
			return ERR_STATE;
		}
		e = keys_unwrap(bytes, len, passphrase, keys);
		sodium_memzero(passphrase, sizeof passphrase);
		if (e != ERR_DENIED)
			break;
		snprintf(problem, 512, "this is not the passphrase of the keys%s", person ? "" : " (or keys.locked is damaged)");
		if (!person || tries == PASSPHRASE_TRIES)
			return ERR_STATE;
		fprintf(stderr, "township: %s; once more\n", problem);
	}
	problem[0] = '\0';
	if (e)
		snprintf(problem, 512,
		         e == ERR_NEWER   ? "%.300s was written by a newer version"
		         : e == ERR_NOMEM ? "opening %.300s takes 256 MiB of memory, which are not there"
		                          : "%.300s is damaged: take the one of a backup made with --with-keys",
		         f->locked);
	else
		keys_derive(keys);
	return e;
}

enum err keys_open(const char *dir, const struct passphrase_from *from, struct town_keys *keys, char problem[512])
{
	struct folder f = {.path = ""};
	enum err e = folder_of(dir, &f);
	if (!e)
		e = keys_load(dir, keys);
	if (e == ERR_STATE)
		return unlock(&f, from, keys, problem);
	if (e)
		snprintf(problem, 512,
		         e == ERR_DENIED ? "the keys in %.300s/keys are readable by others: chmod 600 them"
		                         : "the keys in %.300s/keys cannot be read (or their size is wrong)",
		         dir);
	return e;
}

/* Overwritten before it is removed. That leaves nothing on a disk that writes in place; a flash disk or a copying file system
 * may keep the old bytes for a while. */
static enum err shred(const struct folder *f, const char *name)
{
	char path[2080];
	uint8_t noise[256];
	struct stat st;
	snprintf(path, sizeof path, "%s/%s", f->path, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? ERR_OK : ERR_IO;
	enum err e = fstat(fd, &st) == 0 && st.st_size <= (off_t)sizeof noise ? ERR_OK : ERR_IO;
	randombytes_buf(noise, sizeof noise);
	if (!e && (write(fd, noise, (size_t)st.st_size) != (ssize_t)st.st_size || fsync(fd) != 0))
		e = ERR_IO;
	close(fd);
	return !e && unlink(path) != 0 ? ERR_IO : e;
}

/* Wraps, writes, reads back, and only then puts it in its place. */
static enum err put_locked(const struct folder *f, const struct town_keys *keys, const char *passphrase, struct town_keys *check)
{
	uint8_t bytes[KEYS_WRAP_BYTES + 1];
	size_t len = 0;
	enum err e = keys_wrap(keys, passphrase, bytes);
	if (!e && unlink(f->fresh) != 0 && errno != ENOENT)
		e = ERR_IO;
	if (!e)
		e = keys_write_secret(f->fresh, bytes, KEYS_WRAP_BYTES);
	if (!e)
		e = read_locked(f->fresh, bytes, &len);
	if (!e)
		e = keys_unwrap(bytes, len, passphrase, check);
	if (!e && (sodium_memcmp(check->seal_secret, keys->seal_secret, SEAL_SECRET_BYTES) != 0 ||
	           sodium_memcmp(check->sign_secret, keys->sign_secret, SIGN_SECRET_BYTES) != 0))
		e = ERR_CORRUPT;
	if (!e && rename(f->fresh, f->locked) != 0)
		e = ERR_IO;
	return e ? e : folder_sync(f);
}

static enum err lock_with(const struct folder *f, const struct town_keys *keys, const struct passphrase_from *fresh,
                          char problem[512])
{
	char passphrase[PASSPHRASE_MAX_BYTES];
	struct town_keys *check = keys_alloc();
	enum err e = check ? passphrase_new(fresh, passphrase, problem) : ERR_NOMEM;
	if (!e) {
		e = put_locked(f, keys, passphrase, check);
		sodium_memzero(passphrase, sizeof passphrase);
	}
	keys_free(check);
	if (e && !problem[0])
		snprintf(problem, 512, "cannot write %.300s: %s; the keys are as they were", f->locked, err_name(e));
	return e;
}

enum err keys_lock(const char *dir, const struct passphrase_from *fresh, char problem[512])
{
	struct folder f = {.path = ""};
	struct town_keys *keys = keys_alloc();
	problem[0] = '\0';
	enum err e = keys ? folder_of(dir, &f) : ERR_NOMEM;
	if (!e)
		e = keys_load_plain(dir, keys);
	if (e == ERR_NOT_FOUND) {
		bool locked = access(f.locked, F_OK) == 0;
		snprintf(problem, 512, locked ? "the keys of %.300s are locked already" : "there are no seal.key and sign.key in %.300s/keys",
		         dir);
		e = ERR_STATE;
	} else if (!e) {
		e = lock_with(&f, keys, fresh, problem);
	}
	keys_free(keys);
	if (e)
		return e;
	e = shred(&f, "seal.key");
	if (!e)
		e = shred(&f, "sign.key");
	if (!e)
		e = folder_sync(&f);
	if (e)
		snprintf(problem, 512, "keys.locked is written, but seal.key or sign.key in %.300s could not be removed: remove them", f.path);
	return e;
}

/* seal.key last: as long as it is missing, keys.locked is read. */
static enum err put_plain(const struct folder *f, const struct town_keys *keys)
{
	const struct {
		const char *name;
		const void *bytes;
		size_t len;
	} files[] = {
		{"sign.key", keys->sign_secret, SIGN_SECRET_BYTES},
		{"seal.key", keys->seal_secret, SEAL_SECRET_BYTES},
	};
	enum err e = ERR_OK;
	for (size_t i = 0; i < 2 && !e; i++) {
		char path[2080], fresh[2090];
		snprintf(path, sizeof path, "%s/%s", f->path, files[i].name);
		snprintf(fresh, sizeof fresh, "%s.new", path);
		if (unlink(fresh) != 0 && errno != ENOENT)
			return ERR_IO;
		e = keys_write_secret(fresh, files[i].bytes, files[i].len);
		if (!e && rename(fresh, path) != 0)
			e = ERR_IO;
	}
	return e ? e : folder_sync(f);
}

/* The keys out of keys.locked, with the passphrase that is asked for. */
static enum err open_locked(const char *dir, const struct passphrase_from *from, struct folder *f, struct town_keys *keys,
                            char problem[512])
{
	problem[0] = '\0';
	enum err e = folder_of(dir, f);
	if (!e && access(f->locked, F_OK) != 0) {
		snprintf(problem, 512, "the keys of %.300s are not locked", dir);
		return ERR_STATE;
	}
	return e ? e : unlock(f, from, keys, problem);
}

enum err keys_unlock(const char *dir, const struct passphrase_from *from, char problem[512])
{
	struct folder f = {.path = ""};
	struct town_keys *keys = keys_alloc();
	enum err e = keys ? open_locked(dir, from, &f, keys, problem) : ERR_NOMEM;
	if (!e) {
		e = put_plain(&f, keys);
		if (!e && (unlink(f.locked) != 0 || folder_sync(&f)))
			e = ERR_IO;
		if (e)
			snprintf(problem, 512, "cannot write the keys into %.300s: %s; keys.locked is still good", f.path, err_name(e));
	}
	keys_free(keys);
	return e;
}

enum err keys_change(const char *dir, const struct passphrase_from *from, const struct passphrase_from *fresh, char problem[512])
{
	struct folder f = {.path = ""};
	struct town_keys *keys = keys_alloc();
	enum err e = keys ? open_locked(dir, from, &f, keys, problem) : ERR_NOMEM;
	if (!e)
		e = lock_with(&f, keys, fresh, problem);
	keys_free(keys);
	return e;
}
