#include "township/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct town_keys *keys_alloc(void)
{
	struct town_keys *keys = sodium_malloc(sizeof *keys);
	if (keys)
		memset(keys, 0, sizeof *keys);
	return keys;
}

void keys_free(struct town_keys *keys)
{
	sodium_free(keys);
}

enum err keys_write_secret(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == EEXIST ? ERR_EXISTS : errno == ENOSPC ? ERR_FULL : ERR_IO;
	ssize_t n = write(fd, bytes, len);
	bool bad = n != (ssize_t)len || fsync(fd) != 0;
	enum err e = bad ? (errno == ENOSPC ? ERR_FULL : ERR_IO) : ERR_OK;
	if (close(fd) != 0 && !e)
		e = ERR_IO;
	if (e)
		unlink(path);
	return e;
}

static enum err read_secret(const char *path, void *bytes, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	struct stat st;
	enum err e = ERR_OK;
	if (fstat(fd, &st) != 0)
		e = ERR_IO;
	else if (st.st_size != (off_t)len)
		e = ERR_CORRUPT;
	else if (st.st_mode & 077)
		e = ERR_DENIED;
	else if (read(fd, bytes, len) != (ssize_t)len)
		e = ERR_IO;
	close(fd);
	return e;
}

enum err keys_create(const char *dir, struct town_keys *keys)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/keys", dir);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return ERR_IO;
	crypto_box_keypair(keys->seal_public, keys->seal_secret);
	crypto_sign_keypair(keys->sign_public, keys->sign_secret);
	randombytes_buf(keys->slip_salt, sizeof keys->slip_salt);
	const struct {
		const char *name;
		const void *bytes;
		size_t len;
	} files[] = {
		{"seal.key", keys->seal_secret, sizeof keys->seal_secret},
		{"sign.key", keys->sign_secret, sizeof keys->sign_secret},
		{"slip.salt", keys->slip_salt, sizeof keys->slip_salt},
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/keys/%s", dir, files[i].name);
		enum err e = keys_write_secret(path, files[i].bytes, files[i].len);
		if (e)
			return e;
	}
	return ERR_OK;
}

void keys_derive(struct town_keys *keys)
{
	crypto_scalarmult_base(keys->seal_public, keys->seal_secret);
	crypto_sign_ed25519_sk_to_pk(keys->sign_public, keys->sign_secret);
}

static enum err read_named(const char *dir, const char *name, void *bytes, size_t len)
{
	char path[4096];
	return snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path ? read_secret(path, bytes, len)
	                                                                           : ERR_TOO_LONG;
}

/* A secret as a systemd credential, else as a file of the keys' folder. */
static enum err read_either(const char *folder, const char *name, bool credentials, void *bytes, size_t len)
{
	const char *first = credentials ? getenv("CREDENTIALS_DIRECTORY") : NULL;
	enum err e = first ? read_named(first, name, bytes, len) : ERR_NOT_FOUND;
	return e == ERR_NOT_FOUND ? read_named(folder, name, bytes, len) : e;
}

static enum err load(const char *dir, bool credentials, struct town_keys *keys)
{
	char folder[4096], locked[4096 + 16];
	if (snprintf(folder, sizeof folder, "%s/keys", dir) >= (int)sizeof folder)
		return ERR_TOO_LONG;
	enum err e = read_named(folder, "slip.salt", keys->slip_salt, sizeof keys->slip_salt);
	if (e)
		return e;
	e = read_either(folder, "seal.key", credentials, keys->seal_secret, sizeof keys->seal_secret);
	if (!e)
		e = read_either(folder, "sign.key", credentials, keys->sign_secret, sizeof keys->sign_secret);
	if (!e)
		keys_derive(keys);
	snprintf(locked, sizeof locked, "%s/keys.locked", folder);
	return e == ERR_NOT_FOUND && credentials && access(locked, F_OK) == 0 ? ERR_STATE : e;
}

enum err keys_load(const char *dir, struct town_keys *keys)
{
	return load(dir, true, keys);
}

enum err keys_load_plain(const char *dir, struct town_keys *keys)
{
	return load(dir, false, keys);
}
