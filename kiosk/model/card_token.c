#include "model/card_token.h"

#include <string.h>

#include "model/slip_code.h"
#include "model/utf8.h"

/* The fixed parts: version, township, length of the deputy's id; issue, issued, expires. */
enum { TOKEN_VERSION = 1, TOWNSHIP_BYTES = 4, BEFORE = 1 + TOWNSHIP_BYTES + 1, AFTER = 4 + 2 + 2,
       BINARY_MAX = BEFORE + REPORT_ID_SIZE - 1 + AFTER + SIGN_BYTES, DAY_MAX = 65535 };

static const char prefix[] = "DHC1:";
static const char domain[] = "DHC1";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
enum { PREFIX_CHARS = sizeof prefix - 1 };

_Static_assert(PREFIX_CHARS + (BINARY_MAX * 8 + 4) / 5 < CARD_TOKEN_SIZE, "the longest token fits");

static void base32_put(const uint8_t *bytes, size_t len, char *out)
{
	uint32_t pending = 0;
	int bits = 0;
	for (size_t i = 0; i < len; i++) {
		pending = pending << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*out++ = alphabet[pending >> (bits - 5) & 31];
	}
	if (bits > 0)
		*out++ = alphabet[pending << (5 - bits) & 31];
	*out = '\0';
}

/* -1 for a character that is none of ours. */
static int base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

/* Exactly one text for each content: bits left over are zero, and no character is there for nothing. */
static bool base32_take(const char *text, size_t len, uint8_t *out, size_t size, size_t *used)
{
	uint32_t pending = 0;
	int bits = 0;
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		int value = base32_value(text[i]);
		if (value < 0)
			return false;
		pending = pending << 5 | (uint32_t)value;
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n == size)
			return false;
		out[n++] = (uint8_t)(pending >> bits);
	}
	*used = n;
	return bits < 5 && (pending & ((1u << bits) - 1)) == 0;
}

static void put_number(uint8_t *out, uint32_t value, int bytes)
{
	while (bytes-- > 0)
		*out++ = (uint8_t)(value >> (8 * bytes));
}

static uint32_t take_number(const uint8_t *in, int bytes)
{
	uint32_t value = 0;
	while (bytes-- > 0)
		value = value << 8 | *in++;
	return value;
}

static void township_of(const uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t out[TOWNSHIP_BYTES])
{
	uint8_t digest[DIGEST_BYTES];
	digest_of(public_key, SIGN_PUBLIC_BYTES, digest);
	memcpy(out, digest, TOWNSHIP_BYTES);
}

enum err card_token_make(const struct card_token *t, const uint8_t secret[SIGN_SECRET_BYTES],
                         const uint8_t public_key[SIGN_PUBLIC_BYTES], char out[CARD_TOKEN_SIZE])
{
	uint8_t bytes[BINARY_MAX];
	size_t len = strnlen(t->deputy, sizeof t->deputy);
	if (len == 0 || len == sizeof t->deputy || t->issue == 0 || t->issued_day < 0 || t->issued_day > DAY_MAX ||
	    t->expires_day < t->issued_day || t->expires_day > DAY_MAX || !utf8_valid(t->deputy, len))
		return ERR_INVALID;
	bytes[0] = TOKEN_VERSION;
	township_of(public_key, bytes + 1);
	bytes[BEFORE - 1] = (uint8_t)len;
	memcpy(bytes + BEFORE, t->deputy, len);
	uint8_t *after = bytes + BEFORE + len;
	put_number(after, t->issue, 4);
	put_number(after + 4, (uint32_t)t->issued_day, 2);
	put_number(after + 6, (uint32_t)t->expires_day, 2);
	size_t signed_len = BEFORE + len + AFTER;
	sign_make(secret, domain, bytes, signed_len, bytes + signed_len);
	memcpy(out, prefix, PREFIX_CHARS);
	base32_put(bytes, signed_len + SIGN_BYTES, out + PREFIX_CHARS);
	return ERR_OK;
}

enum err card_token_open(const char *text, size_t len, const uint8_t public_key[SIGN_PUBLIC_BYTES], struct card_token *out)
{
	uint8_t bytes[BINARY_MAX], township[TOWNSHIP_BYTES];
	size_t used = 0;
	struct card_token t = { .issue = 0 };
	if (scan_classify(text, len) != SCAN_DEPUTY_CARD ||
	    !base32_take(text + PREFIX_CHARS, len - PREFIX_CHARS, bytes, sizeof bytes, &used) || used < 1)
		return ERR_INVALID;
	if (bytes[0] != TOKEN_VERSION)
		return bytes[0] > TOKEN_VERSION ? ERR_UNSUPPORTED : ERR_INVALID;
	if (used < BEFORE)
		return ERR_INVALID;
	size_t id_len = bytes[BEFORE - 1];
	if (id_len == 0 || id_len >= sizeof t.deputy || used != BEFORE + id_len + AFTER + SIGN_BYTES)
		return ERR_INVALID;
	township_of(public_key, township);
	if (memcmp(township, bytes + 1, TOWNSHIP_BYTES) != 0)
		return ERR_NOT_FOUND;
	size_t signed_len = used - SIGN_BYTES;
	if (sign_check(public_key, domain, bytes, signed_len, bytes + signed_len) != ERR_OK)
		return ERR_DENIED;
	const uint8_t *after = bytes + BEFORE + id_len;
	memcpy(t.deputy, bytes + BEFORE, id_len);
	t.issue = take_number(after, 4);
	t.issued_day = (int)take_number(after + 4, 2);
	t.expires_day = (int)take_number(after + 6, 2);
	if (t.issue == 0 || memchr(t.deputy, '\0', id_len) || !utf8_valid(t.deputy, id_len))
		return ERR_INVALID;
	*out = t;
	return ERR_OK;
}

enum card_verdict card_token_judge(const struct card_token *t, const struct card_state *known, int today, bool clock_ok)
{
	if (t->issue <= known->lost_through)
		return CARD_LOST;
	if (t->issue < known->issue)
		return CARD_SUPERSEDED;
	if (!clock_ok)
		return CARD_GOOD;
	if (t->issued_day > today + CARD_CLOCK_TOLERANCE_DAYS)
		return CARD_FUTURE;
	return t->expires_day < today ? CARD_EXPIRED : CARD_GOOD;
}
