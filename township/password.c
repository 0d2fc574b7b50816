#include "township/password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/utf8.h"

enum err password_hash(const char *password, char out[160])
{
	size_t len = strlen(password);
	if (len > PASSWORD_MAX_BYTES)
		return ERR_TOO_LONG;
	if (!utf8_valid(password, len) || utf8_count(password, len) < PASSWORD_MIN_CHARS)
		return ERR_INVALID;
	memset(out, 0, 160);
	return crypto_pwhash_str(out, password, len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
	                         crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0
	           ? ERR_OK
	           : ERR_NOMEM;
}

static int64_t monotonic_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The slot of this name from this address; the longest unused one where there is none. Under the town's lock.
 */
static struct login_slot *slot_of(struct town *town, const char *name, const char *peer, int64_t now)
{
	char text[256];
	uint8_t key[DIGEST_BYTES];
	struct login_slot *oldest = &town->logins[0];
	int n = snprintf(text, sizeof text, "%.64s\n%.127s", peer, name);
	digest_of(text, n > 0 && n < (int)sizeof text ? (size_t)n : 0, key);
	for (int i = 0; i < LOGIN_SLOTS; i++) {
		struct login_slot *s = &town->logins[i];
		if (memcmp(s->key, key, sizeof key) == 0) {
			s->used_ms = now;
			return s;
		}
		if (s->used_ms < oldest->used_ms)
			oldest = s;
	}
	*oldest = (struct login_slot){.used_ms = now};
	memcpy(oldest->key, key, sizeof key);
	return oldest;
}

enum err password_check(struct town *town, const char *name, const char *password, const char *peer,
                        struct town_user *user, int64_t *wait_ms)
{
	/* Somebody unknown costs the same time as somebody known: this digest is of no password. */
	static const char nobody[crypto_pwhash_STRBYTES] =
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	int64_t now = monotonic_ms();
	town_lock(town);
	*wait_ms = throttle_wait_ms(&slot_of(town, name, peer, now)->throttle, now);
	enum err e = *wait_ms > 0 ? ERR_BUSY : town_user_find(town->store, name, user);
	town_unlock(town);
	if (e && e != ERR_NOT_FOUND)
		return e;
	bool known = !e && !user->disabled;
	bool right =
		crypto_pwhash_str_verify(known ? user->password : nobody, password, strlen(password)) == 0 && known;
	sodium_memzero(user->password, sizeof user->password);
	now = monotonic_ms();
	town_lock(town);
	struct throttle *throttle = &slot_of(town, name, peer, now)->throttle;
	if (right)
		throttle_right(throttle);
	else
		throttle_wrong(throttle, now);
	town_unlock(town);
	return right ? ERR_OK : ERR_DENIED;
}

enum err password_user_add(struct town *town, const char *name, const char *role, const char *deputy,
                           const char *password)
{
	char digest[160];
	size_t len = strlen(name);
	if (len == 0 || len >= sizeof((struct town_user *)0)->name || !utf8_valid(name, len) ||
	    strpbrk(name, " \t\r\n/:"))
		return ERR_INVALID;
	enum err e = password_hash(password, digest);
	if (!e)
		e = town_begin(town->store);
	if (e)
		return e;
	e = town_user_put(town->store, name, role, deputy, digest);
	if (!e)
		e = town_audit(town, "operator", "user.put", name, role);
	return town_end(town->store, e);
}
