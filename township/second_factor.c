#include "township/second_factor.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"

enum { TICKET_MS = 5 * 60 * 1000, MAC_BYTES = 32 };

/* No letters that look like digits. */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool second_factor_due(const struct town *town, const struct town_user *user)
{
	return !user->second_factor &&
	       (town->second_factor == SECOND_FACTOR_ALL ||
	        (town->second_factor == SECOND_FACTOR_HEAD && strcmp(user->role, "head") == 0));
}

/* A digest that is of no use to who has the database alone. */
static void keyed_digest(const struct town *town, const char *domain, const char *text, uint8_t out[MAC_BYTES])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, town->keys->sign_secret, crypto_generichash_KEYBYTES, MAC_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)domain, strlen(domain) + 1);
	crypto_generichash_update(&state, (const uint8_t *)text, strlen(text));
	crypto_generichash_final(&state, out, MAC_BYTES);
	sodium_memzero(&state, sizeof state);
}

static void recovery_digest(const struct town *town, int64_t user_id, const char *plain, uint8_t out[DIGEST_BYTES])
{
	char text[64];
	snprintf(text, sizeof text, "%" PRId64 ":%s", user_id, plain);
	keyed_digest(town, "DHR1", text, out);
	sodium_memzero(text, sizeof text);
}

static enum err open_key(const struct town *town, const struct town_factor *f, uint8_t key[TOTP_KEY_BYTES])
{
	char *plain;
	size_t len;
	enum err e = town_unseal(town, f->key, sizeof f->key, &plain, &len);
	if (e)
		return e == ERR_DENIED ? ERR_CORRUPT : e;
	memcpy(key, plain, TOTP_KEY_BYTES);
	town_forget(plain, len);
	return ERR_OK;
}

enum err second_factor_begin(struct town *town, const struct town_user *user, uint8_t key[TOTP_KEY_BYTES])
{
	struct town_factor f = {0};
	town_lock(town);
	enum err e = town_factor_get(town->store, user->id, &f);
	if (!e) {
		e = f.confirmed_ms ? ERR_EXISTS : open_key(town, &f, key);
	} else if (e == ERR_NOT_FOUND) {
		randombytes_buf(key, TOTP_KEY_BYTES);
		e = seal_to(town->keys->seal_public, key, TOTP_KEY_BYTES, f.key);
		if (!e)
			e = town_factor_put(town->store, user->id, &f);
	}
	town_unlock(town);
	return e;
}

/* How long to wait until a code may be tried; the clock may have been set back since. */
static int64_t wait_of(const struct town_factor *f, int64_t now_ms)
{
	int64_t wait = f->wait_until_ms - now_ms;
	return wait <= 0 ? 0 : wait < THROTTLE_MAX_MS ? wait : THROTTLE_MAX_MS;
}

/* Counted in the database, by account alone: who knows the password must not get more guesses by asking from elsewhere or by
 * waiting for a restart. */
static void count_wrong(struct town_factor *f, int64_t now_ms)
{
	struct throttle t = {.wrong_in_row = f->wrong};
	throttle_wrong(&t, now_ms);
	f->wrong = t.wrong_in_row;
	f->wait_until_ms = t.until_ms;
}

/* The code without what people put between its characters, in the letters it was made of; "" for what is too long. */
static void plain_code(const char *typed, char out[SECOND_FACTOR_INPUT_MAX])
{
	size_t n = 0;
	for (; *typed; typed++) {
		char c = *typed;
		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (n + 1 == SECOND_FACTOR_INPUT_MAX) {
			n = 0;
			break;
		}
		out[n++] = c;
	}
	out[n] = '\0';
}

/* Whether the code is good, and marks it used: in `f` or in the store. */
static enum err use_code(struct town *town, const struct town_user *user, struct town_factor *f, const char *code,
                         int64_t now_ms, bool *recovery)
{
	uint8_t key[TOTP_KEY_BYTES], hash[DIGEST_BYTES];
	char plain[SECOND_FACTOR_INPUT_MAX];
	plain_code(code, plain);
	*recovery = strlen(plain) == RECOVERY_CODE_SIZE - 2 && f->confirmed_ms;
	enum err e;
	if (*recovery) {
		recovery_digest(town, user->id, plain, hash);
		e = town_recovery_use(town->store, user->id, hash, now_ms);
		if (e == ERR_NOT_FOUND)
			e = ERR_DENIED;
	} else {
		e = open_key(town, f, key);
		if (!e && !totp_good(key, now_ms / 1000, f->last_step, plain, &f->last_step))
			e = ERR_DENIED;
		sodium_memzero(key, sizeof key);
	}
	sodium_memzero(plain, sizeof plain);
	return e;
}

static enum err new_recovery_codes(struct town *town, int64_t user_id, char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	uint8_t hashes[RECOVERY_CODES * DIGEST_BYTES];
	for (int i = 0; i < RECOVERY_CODES; i++) {
		char plain[RECOVERY_CODE_SIZE - 1];
		for (int k = 0; k < RECOVERY_CODE_SIZE - 2; k++)
			plain[k] = letters[randombytes_uniform(sizeof letters - 1)];
		plain[RECOVERY_CODE_SIZE - 2] = '\0';
		recovery_digest(town, user_id, plain, hashes + (size_t)i * DIGEST_BYTES);
		snprintf(codes[i], RECOVERY_CODE_SIZE, "%.5s-%.5s", plain, plain + 5);
		sodium_memzero(plain, sizeof plain);
	}
	return town_recovery_put(town->store, user_id, hashes, RECOVERY_CODES);
}

/* Tries a code: what it changed, and that it was wrong, is kept either way. `first`: it confirms what is being set up. */
static enum err try_code(struct town *town, const struct town_user *user, const char *code, bool first,
                         char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE], int64_t *wait_ms)
{
	struct town_factor f;
	int64_t now = town_now_ms();
	bool recovery = false;
	*wait_ms = 0;
	enum err e = town_factor_get(town->store, user->id, &f);
	if (!e && first == (f.confirmed_ms != 0))
		e = ERR_NOT_FOUND;
	if (e)
		return e;
	*wait_ms = wait_of(&f, now);
	if (*wait_ms > 0)
		return ERR_BUSY;
	e = use_code(town, user, &f, code, now, &recovery);
	bool wrong = e == ERR_DENIED;
	if (e && !wrong)
		return e;
	if (wrong) {
		count_wrong(&f, now);
	} else {
		f.wrong = 0;
		f.wait_until_ms = 0;
		if (first)
			f.confirmed_ms = now;
	}
	e = town_factor_put(town->store, user->id, &f);
	if (!e && first && !wrong)
		e = new_recovery_codes(town, user->id, codes);
	const char *act = wrong ? "second_factor.wrong" : first ? "second_factor.on" : recovery ? "second_factor.recovery" : NULL;
	if (!e && act)
		e = town_audit_user(town, user->name, act, user->name, "");
	if (!e && wrong)
		*wait_ms = wait_of(&f, now);
	return e ? e : wrong ? ERR_DENIED : ERR_OK;
}

static enum err try_and_keep(struct town *town, const struct town_user *user, const char *code, bool first,
                             char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE], int64_t *wait_ms)
{
	town_lock(town);
	enum err e = town_begin(town->store), tried = ERR_OK;
	if (!e) {
		tried = try_code(town, user, code, first, codes, wait_ms);
		e = town_end(town->store, tried == ERR_DENIED ? ERR_OK : tried);
	}
	town_unlock(town);
	return e ? e : tried;
}

enum err second_factor_confirm(struct town *town, const struct town_user *user, const char *code,
                               char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE], int64_t *wait_ms)
{
	return try_and_keep(town, user, code, true, codes, wait_ms);
}

enum err second_factor_check(struct town *town, const struct town_user *user, const char *code, int64_t *wait_ms)
{
	return try_and_keep(town, user, code, false, NULL, wait_ms);
}

enum err second_factor_off(struct town *town, const struct town_user *user, const char *by)
{
	struct town_factor f;
	town_lock(town);
	enum err e = town_begin(town->store);
	if (!e) {
		e = town_factor_get(town->store, user->id, &f);
		if (!e)
			e = town_factor_remove(town->store, user->id);
		if (!e)
			e = strcmp(by, user->name) == 0 ? town_audit_user(town, by, "second_factor.off", user->name, "")
			                                : town_audit(town, by, "second_factor.reset", user->name, "");
		e = town_end(town->store, e);
	}
	town_unlock(town);
	return e;
}

/* "ID.UNTIL.MAC": the password's digest is in the MAC, so that it ends with the password. */
static void ticket_mac(const struct town *town, const struct town_user *user, int64_t until_ms, char hex[MAC_BYTES * 2 + 1])
{
	char text[256];
	uint8_t mac[MAC_BYTES];
	snprintf(text, sizeof text, "%" PRId64 ".%" PRId64 ".%s", user->id, until_ms, user->password);
	keyed_digest(town, "DHQ1", text, mac);
	sodium_bin2hex(hex, MAC_BYTES * 2 + 1, mac, sizeof mac);
}

enum err login_ticket_make(struct town *town, int64_t user_id, char out[LOGIN_TICKET_SIZE])
{
	struct town_user user;
	char hex[MAC_BYTES * 2 + 1];
	int64_t until = town_now_ms() + TICKET_MS;
	town_lock(town);
	enum err e = town_user_get(town->store, user_id, &user);
	town_unlock(town);
	if (e)
		return e;
	ticket_mac(town, &user, until, hex);
	snprintf(out, LOGIN_TICKET_SIZE, "%" PRId64 ".%" PRId64 ".%s", user.id, until, hex);
	sodium_memzero(&user, sizeof user);
	return ERR_OK;
}

enum err login_ticket_user(struct town *town, const char *ticket, struct town_user *user)
{
	char hex[MAC_BYTES * 2 + 1];
	int64_t id, until, now = town_now_ms();
	if (!str_take_number(&ticket, &id) || !str_skip(&ticket, ".") || !str_take_number(&ticket, &until) ||
	    !str_skip(&ticket, ".") || strlen(ticket) != sizeof hex - 1 || until < now || until > now + TICKET_MS)
		return ERR_DENIED;
	town_lock(town);
	enum err e = town_user_get(town->store, id, user);
	town_unlock(town);
	if (e)
		return e == ERR_NOT_FOUND ? ERR_DENIED : e;
	ticket_mac(town, user, until, hex);
	sodium_memzero(user->password, sizeof user->password);
	return sodium_memcmp(hex, ticket, sizeof hex - 1) == 0 && !user->disabled ? ERR_OK : ERR_DENIED;
}
