#include "township/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

enum err totp_code(const uint8_t key[TOTP_KEY_BYTES], int64_t step, char out[TOTP_CODE_SIZE])
{
	if (step < 0 || oath_init() != OATH_OK)
		return ERR_INVALID;
	return oath_totp_generate((const char *)key, TOTP_KEY_BYTES, (time_t)(step * TOTP_STEP_S), TOTP_STEP_S,
	                          OATH_TOTP_DEFAULT_START_TIME, TOTP_CODE_SIZE - 1, out) == OATH_OK
	           ? ERR_OK
	           : ERR_INVALID;
}

bool totp_good(const uint8_t key[TOTP_KEY_BYTES], int64_t now_s, int64_t last_step, const char *code, int64_t *step)
{
	char right[TOTP_CODE_SIZE];
	bool good = false;
	int64_t now = now_s / TOTP_STEP_S;
	if (strlen(code) != TOTP_CODE_SIZE - 1)
		return false;
	for (int64_t s = now - TOTP_WINDOW; s <= now + TOTP_WINDOW; s++) {
		if (s <= last_step || totp_code(key, s, right))
			continue;
		if (sodium_memcmp(right, code, TOTP_CODE_SIZE - 1) == 0) {
			*step = s;
			good = true;
		}
	}
	sodium_memzero(right, sizeof right);
	return good;
}

void totp_text(const uint8_t key[TOTP_KEY_BYTES], char out[TOTP_TEXT_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t n = 0;
	for (int i = 0; i < TOTP_KEY_BYTES * 8 / 5; i++) {
		int bit = i * 5, at = bit / 8, shift = bit % 8;
		unsigned two = (unsigned)key[at] << 8 | (at + 1 < TOTP_KEY_BYTES ? key[at + 1] : 0u);
		if (i > 0 && i % 4 == 0)
			out[n++] = ' ';
		out[n++] = letters[two >> (11 - shift) & 31];
	}
	out[n] = '\0';
}
