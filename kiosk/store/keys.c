/* keys.c: the kiosk's Ed25519 pair in DIR/keys/sign.key (the 64 secret bytes, mode 0600). */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/store_internal.h"

static enum err key_path(const char *dir, char folder[PATH_SIZE], char path[PATH_SIZE])
{
	enum err e = path_join(folder, dir, "keys");
	return e == ERR_OK ? path_join(path, folder, "sign.key") : e;
}

enum err keys_make(const char *dir, uint8_t public_key[SIGN_PUBLIC_BYTES])
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	uint8_t secret[SIGN_SECRET_BYTES];
	enum err e = key_path(dir, folder, path);
	if (e != ERR_OK)
		return e;
	crypto_sign_keypair(public_key, secret);
	e = file_write(path, secret, sizeof secret);
	sodium_memzero(secret, sizeof secret);
	return e == ERR_OK ? dir_sync(folder) : e;
}

enum err keys_load(struct store *store)
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	enum err e = key_path(store->dir, folder, path);
	if (e != ERR_OK)
		return e;
	uint8_t *secret = sodium_malloc(SIGN_SECRET_BYTES);
	if (!secret)
		return ERR_NOMEM;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, secret, SIGN_SECRET_BYTES);
	if (fd >= 0)
		close(fd);
	if (n != SIGN_SECRET_BYTES) {
		sodium_free(secret);
		return ERR_CORRUPT;
	}
	crypto_sign_ed25519_sk_to_pk(store->sign_public, secret);
	store->sign_secret = secret;
	return ERR_OK;
}
