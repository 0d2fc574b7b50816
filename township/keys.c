#include "township/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
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

enum err keys_load(const char *dir, struct town_keys *keys)
{
	char path[4096];
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	enum err e = ERR_NOT_FOUND;
	if (credentials) {
		snprintf(path, sizeof path, "%s/seal.key", credentials);
		e = read_secret(path, keys->seal_secret, sizeof keys->seal_secret);
	}
	if (e == ERR_NOT_FOUND) {
		snprintf(path, sizeof path, "%s/keys/seal.key", dir);
		e = read_secret(path, keys->seal_secret, sizeof keys->seal_secret);
	}
	if (!e) {
		snprintf(path, sizeof path, "%s/keys/sign.key", dir);
		e = read_secret(path, keys->sign_secret, sizeof keys->sign_secret);
	}
	if (!e) {
		snprintf(path, sizeof path, "%s/keys/slip.salt", dir);
		e = read_secret(path, keys->slip_salt, sizeof keys->slip_salt);
	}
	if (e)
		return e;
	crypto_scalarmult_base(keys->seal_public, keys->seal_secret);
	crypto_sign_ed25519_sk_to_pk(keys->sign_public, keys->sign_secret);
	return ERR_OK;
}
