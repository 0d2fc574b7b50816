#include "township/session.h"

#include <sodium.h>
#include <string.h>

enum err session_open(struct town *town, const struct town_user *user, const char *peer,
                      char token[SESSION_TOKEN_SIZE], int64_t *expires_ms)
{
	uint8_t random[(SESSION_TOKEN_SIZE - 1) / 2], hash[TOWN_TOKEN_HASH_BYTES];
	int64_t now = town_now_ms();
	*expires_ms = now + SESSION_HOURS * 3600000LL;
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(token, SESSION_TOKEN_SIZE, random, sizeof random);
	sodium_memzero(random, sizeof random);
	digest_of(token, strlen(token), hash);
	town_lock(town);
	enum err e = town_begin(town->store);
	if (!e)
		e = town_session_add(town->store, hash, user->id, now, *expires_ms);
	if (!e)
		e = town_audit_user(town, user->name, "login", peer, "");
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}

enum err session_user(struct town *town, const char *token, struct town_user *user)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	digest_of(token, strlen(token), hash);
	return town_session_find(town->store, hash, town_now_ms(), user);
}

enum err session_close(struct town *town, const char *token, const char *user)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	digest_of(token, strlen(token), hash);
	town_lock(town);
	enum err e = town_begin(town->store);
	if (!e)
		e = town_session_remove(town->store, hash);
	if (!e)
		e = town_audit_user(town, user, "logout", "", "");
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}
