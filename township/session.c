#include "township/session.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SEEN_EVERY_MS = 60000, CLIENT_MAX_BYTES = 200 };

#define ASCII \
	" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"

static void hash_of(const char *token, uint8_t hash[TOWN_TOKEN_HASH_BYTES])
{
	digest_of(token, strlen(token), hash);
}

static int64_t idle_ms(const struct town *town)
{
	return town->idle_minutes * 60000LL;
}

enum err session_open(struct town *town, const struct town_user *user, const char *peer, const char *client,
                      char token[SESSION_TOKEN_SIZE], int64_t *expires_ms)
{
	uint8_t random[(SESSION_TOKEN_SIZE - 1) / 2];
	char name[CLIENT_MAX_BYTES + 1];
	int64_t now = town_now_ms();
	*expires_ms = now + SESSION_HOURS * 3600000LL;
	/* Printable ASCII is all that a browser's name is made of. */
	size_t len = client ? strspn(client, ASCII) : 0;
	snprintf(name, sizeof name, "%.*s", (int)(len < CLIENT_MAX_BYTES ? len : CLIENT_MAX_BYTES), client ? client : "");
	struct town_session session = {.user_id = user->id, .created_ms = now, .expires_ms = *expires_ms,
	                               .peer = peer, .client = name, .web = client != NULL};
	randombytes_buf(random, sizeof random);
	sodium_bin2hex(token, SESSION_TOKEN_SIZE, random, sizeof random);
	sodium_memzero(random, sizeof random);
	hash_of(token, session.hash);
	town_lock(town);
	enum err e = town_begin(town->store);
	if (!e)
		e = town_session_add(town->store, &session);
	if (!e)
		e = town_audit_user(town, user->name, "login", peer, "");
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}

enum err session_user(struct town *town, const char *token, bool used, struct town_user *user)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	int64_t now = town_now_ms(), seen;
	hash_of(token, hash);
	enum err e = town_session_find(town->store, hash, now, idle_ms(town), user, &seen);
	/* Noted to a minute, so that most pages write nothing. */
	if (!e && used && (now - seen > SEEN_EVERY_MS || now < seen))
		e = town_session_seen(town->store, hash, now);
	return e;
}

enum err session_list(struct town *town, int64_t user_id, const char *token, json_t **list)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	hash_of(token, hash);
	return town_sessions_json(town->store, user_id, hash, town_now_ms(), idle_ms(town), list);
}

enum err session_end(struct town *town, const struct town_user *user, int64_t number, const char *token)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	hash_of(token, hash);
	town_lock(town);
	enum err e = town_begin(town->store);
	if (!e) {
		e = number ? town_session_remove_one(town->store, user->id, number)
		           : town_sessions_remove(town->store, user->id, hash);
		if (!e)
			e = town_audit_user(town, user->name, "session.ended", user->name, number ? "one" : "others");
		e = town_end(town->store, e);
	}
	town_unlock(town);
	return e;
}

enum err session_close(struct town *town, const char *token, const char *user)
{
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	hash_of(token, hash);
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
