/* links: kiosk/model/card_token.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c kiosk/model/err.c */
/* A deputy's card of any bytes. The corpus has tokens under the key below: what is taken reads back as itself and was signed;
 * a "!" before a token has it signed anew first, so that what lies behind the signature is reached with any content. */
#include <sodium.h>

#include "model/card_token.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

enum { PREFIX = 5 };

static void keys(uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t secret[SIGN_SECRET_BYTES])
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	memset(seed, 7, sizeof seed);
	HOLDS(sodium_init() >= 0 && crypto_sign_seed_keypair(public_key, secret, seed) == 0);
}

static void check(const char *text, size_t len, const uint8_t public_key[SIGN_PUBLIC_BYTES], const uint8_t secret[SIGN_SECRET_BYTES])
{
	struct card_token t = {"untouched", 77, 1, 2}, again;
	char made[CARD_TOKEN_SIZE];
	enum err e = card_token_open(text, len, public_key, &t);
	HOLDS(e == ERR_OK || e == ERR_INVALID || e == ERR_UNSUPPORTED || e == ERR_NOT_FOUND || e == ERR_DENIED);
	if (e != ERR_OK) {
		HOLDS(strcmp(t.deputy, "untouched") == 0 && t.issue == 77);
		return;
	}
	HOLDS(memchr(t.deputy, '\0', sizeof t.deputy) && t.deputy[0] && utf8_valid(t.deputy, strlen(t.deputy)) && t.issue > 0);
	/* the dates are the township's to order; what it makes is this text and no other */
	if (card_token_make(&t, secret, public_key, made) == ERR_OK) {
		HOLDS(card_token_open(made, strlen(made), public_key, &again) == ERR_OK && strcmp(again.deputy, t.deputy) == 0);
		HOLDS(again.issue == t.issue && again.issued_day == t.issued_day && again.expires_day == t.expires_day);
		HOLDS(strlen(made) == len);
	} else {
		HOLDS(t.expires_day < t.issued_day);
	}
}

/* The data after "!" are the bytes before the signature, from the version on: DHC1: and base32 of them and their signature. */
static char *sign_anew(const uint8_t *body, size_t len, const uint8_t secret[SIGN_SECRET_BYTES], size_t *text_len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t *bytes = malloc(len + SIGN_BYTES);
	size_t all = len + SIGN_BYTES, chars = (all * 8 + 4) / 5;
	char *text = malloc(PREFIX + chars);
	HOLDS(bytes && text);
	memcpy(bytes, body, len);
	sign_make(secret, "DHC1", body, len, bytes + len);
	memcpy(text, "DHC1:", PREFIX);
	for (size_t c = 0; c < chars; c++) {
		unsigned value = 0;
		for (size_t b = c * 5; b < c * 5 + 5; b++)
			value = value << 1 | (b < all * 8 ? (unsigned)bytes[b / 8] >> (7 - b % 8) & 1u : 0u);
		text[PREFIX + c] = alphabet[value];
	}
	free(bytes);
	*text_len = PREFIX + chars;
	return text;
}

/* The same bytes as what a card is to say: issue, issued, expires, deputy. What is signed is read back; what is not says so. */
static void check_fields(const uint8_t *data, size_t len, const uint8_t public_key[SIGN_PUBLIC_BYTES],
                         const uint8_t secret[SIGN_SECRET_BYTES])
{
	struct card_token t = {.issue = 0}, again;
	char made[CARD_TOKEN_SIZE];
	if (len < 8)
		return;
	t.issue = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
	t.issued_day = data[4] << 8 | data[5];
	t.expires_day = data[6] << 8 | data[7];
	memcpy(t.deputy, data + 8, len - 8 < sizeof t.deputy ? len - 8 : sizeof t.deputy);
	if (card_token_make(&t, secret, public_key, made) != ERR_OK)
		return;
	HOLDS(strlen(made) < sizeof made && card_token_open(made, strlen(made), public_key, &again) == ERR_OK);
	HOLDS(strcmp(again.deputy, t.deputy) == 0 && again.issue == t.issue);
	HOLDS(again.issued_day == t.issued_day && again.expires_day == t.expires_day);
	const struct card_state nothing = {0, 0}, lost = {t.issue, t.issue};
	HOLDS(card_token_judge(&again, &nothing, again.expires_day, true) == CARD_GOOD);
	HOLDS(card_token_judge(&again, &nothing, again.expires_day + 1, true) == CARD_EXPIRED);
	HOLDS(card_token_judge(&again, &lost, again.expires_day, false) == CARD_LOST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t public_key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	size_t data_len = len;
	keys(public_key, secret);
	char *text = len > 1 && data[0] == '!' ? sign_anew(data + 1, len - 1, secret, &len) : fuzz_copy(data, len);
	check_fields(data, data_len, public_key, secret);
	check(text, len, public_key, secret);
	free(text);
	return 0;
}
