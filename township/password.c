#include "township/password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/utf8.h"

/* What people choose first where eight characters are asked for; without case. */
static const char *const common[] = {
	"password", "password1", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "qwertyuiop", "qwerty123", "qwer1234", "q1w2e3r4",
	"1q2w3e4r", "1qaz2wsx", "1qazxsw2", "qazwsxedc", "asdfghjkl", "asdf1234", "zxcvbnm123", "zxcvbnm1", "abc12345", "abcd1234",
	"abc123456", "a1234567", "a12345678", "a123456789", "aa123456", "aa12345678", "1234qwer", "123456abc", "123456aa", "12345678a",
	"123456789a", "1a2b3c4d", "11223344", "1122334455", "12341234", "123123123", "123321123", "12344321", "147258369", "789456123",
	"987654321", "52013145201314", "5201314520", "woaini1314", "woaini520", "woaini123", "iloveyou", "iloveyou1", "admin123", "admin888",
	"administrator", "root1234", "welcome1", "letmein1", "changeme", "office123", "zhongguo", "zhonghua", "rendaban", "rendaban123",
	"daibiaozhijia", "caonima123", "88888888a", "a88888888", "a66666666", "q12345678", "z12345678", "w12345678",
};

/* Each character the one before it, or one more, or one less: 88888888, 12345678, hgfedcba, 啊啊啊啊啊啊啊啊. Valid UTF-8. */
static bool is_run(const char *s, const char *end)
{
	uint32_t before = utf8_next(&s, end);
	int64_t step = 0;
	for (int n = 0; s < end; n++) {
		uint32_t c = utf8_next(&s, end);
		int64_t to = (int64_t)c - before;
		if (n == 0)
			step = to;
		if (before == '9' && c == '0') /* …890 goes on */
			to = step;
		if (to < -1 || to > 1 || to != step)
			return false;
		before = c;
	}
	return true;
}

static bool only_two_kinds(const char *s, const char *end)
{
	uint32_t one = utf8_next(&s, end), other = one;
	while (s < end) {
		uint32_t c = utf8_next(&s, end);
		if (c == one || c == other)
			continue;
		if (other != one)
			return false;
		other = c;
	}
	return true;
}

const char *password_flaw(const char *name, const char *password)
{
	size_t len = strlen(password);
	if (len > PASSWORD_MAX_BYTES)
		return "密码太长，请不要超过 80 个汉字或 250 个字母";
	if (!utf8_valid(password, len) || utf8_count(password, len) < PASSWORD_MIN_CHARS)
		return "密码太短，请至少用 8 个字，字母、数字、汉字都可以";
	if (strcasestr(password, name) && len < strlen(name) + 6)
		return "密码和用户名差不多，请换一个";
	if (is_run(password, password + len) || only_two_kinds(password, password + len))
		return "密码是连着的或重复的字，很容易猜到，请换一个";
	if (strspn(password, "0123456789") == len && len < 10)
		return "全是数字的密码容易猜到（如生日、电话），请加上字母或汉字";
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (strcasecmp(password, common[i]) == 0)
			return "用这个密码的人很多，一猜就中，请换一个";
	return NULL;
}

void password_once(char out[PASSWORD_ONCE_SIZE])
{
	static const char letters[] = "23456789abcdefghjkmnpqrstuvwxyz";
	for (int i = 0; i < PASSWORD_ONCE_SIZE - 1; i++)
		out[i] = i == 4 || i == 9 ? '-' : letters[randombytes_uniform(sizeof letters - 1)];
	out[PASSWORD_ONCE_SIZE - 1] = '\0';
}

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

/* The pause of this name from this address. Under the town's lock. */
static struct throttle *throttle_of(struct town *town, const char *name, const char *peer, int64_t now)
{
	char text[256];
	uint8_t key[DIGEST_BYTES];
	int n = snprintf(text, sizeof text, "%.64s\n%.127s", peer, name);
	digest_of(text, n > 0 && n < (int)sizeof text ? (size_t)n : 0, key);
	return &login_slot_of(town->logins, LOGIN_SLOTS, key, now)->throttle;
}

/* The head sees it among what was done, once a pause. A name that is nobody's is not kept: it may be a password typed in the wrong
 * place. Under the town's lock. */
static enum err note_guessing(struct town *town, const char *name, const char *peer)
{
	enum err e = town_begin(town->store);
	return e ? e : town_end(town->store, town_audit_user(town, name, "login.wrong", peer, ""));
}

enum err password_check(struct town *town, const char *name, const char *password, const char *peer,
                        struct town_user *user, int64_t *wait_ms)
{
	/* Somebody unknown costs the same time as somebody known: this digest is of no password. */
	static const char nobody[crypto_pwhash_STRBYTES] =
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	int64_t now = monotonic_ms();
	town_lock(town);
	*wait_ms = throttle_wait_ms(throttle_of(town, name, peer, now), now);
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
	struct throttle *throttle = throttle_of(town, name, peer, now);
	if (right)
		throttle_right(throttle);
	else
		throttle_wrong(throttle, now);
	bool guessed = known && throttle_wait_ms(throttle, now) > 0;
	/* It is refused whether or not its link could be written. */
	if (guessed && note_guessing(town, user->name, peer))
		fprintf(stderr, "township: wrong passwords in a row from %s could not be noted in the chain\n", peer);
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
	struct town_user user = {0};
	if (password_flaw(name, password))
		return ERR_INVALID;
	enum err e = password_hash(password, digest);
	if (!e)
		e = town_begin(town->store);
	if (e)
		return e;
	e = town_user_put(town->store, name, role, deputy, digest);
	if (!e)
		e = town_user_find(town->store, name, &user);
	if (!e)
		e = town_sessions_remove(town->store, user.id, NULL);
	if (!e)
		e = town_audit(town, "operator", "user.put", name, role);
	return town_end(town->store, e);
}

enum err password_change(struct town *town, const struct town_user *user, const char *old, const char *fresh,
                         const char *peer, const char *token, const char **flaw, int64_t *wait_ms)
{
	struct town_user known;
	char digest[160];
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	*flaw = password_flaw(user->name, fresh);
	*wait_ms = 0;
	enum err e = strlen(old) > PASSWORD_MAX_BYTES ? ERR_DENIED : password_check(town, user->name, old, peer, &known, wait_ms);
	if (e)
		return e;
	if (!*flaw && strcmp(old, fresh) == 0)
		*flaw = "新密码和原来的一样，请换一个";
	if (*flaw)
		return ERR_INVALID;
	e = password_hash(fresh, digest);
	if (e)
		return e;
	digest_of(token, strlen(token), hash);
	town_lock(town);
	e = town_begin(town->store);
	if (!e) {
		e = town_user_password(town->store, user->id, digest, false);
		if (!e)
			e = town_sessions_remove(town->store, user->id, hash);
		if (!e)
			e = town_audit_user(town, user->name, "password.changed", user->name, "");
		e = town_end(town->store, e);
	}
	town_unlock(town);
	sodium_memzero(digest, sizeof digest);
	return e;
}
