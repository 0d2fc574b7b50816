/* links: kiosk/model/phone_code.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c kiosk/model/err.c */
/* An address with a phone's code, of any bytes. What is read reads back as itself; only what this kiosk signed is good. A "!"
 * before the bytes of a message (not its text) has them signed and written as an address first. */
#include <sodium.h>

#include "model/phone_code.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

static void keys(uint8_t public_key[SIGN_PUBLIC_BYTES], uint8_t secret[SIGN_SECRET_BYTES])
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	memset(seed, 9, sizeof seed);
	HOLDS(sodium_init() >= 0 && crypto_sign_seed_keypair(public_key, secret, seed) == 0);
}

static void check(const char *text, size_t len, const uint8_t public_key[SIGN_PUBLIC_BYTES])
{
	struct phone_code code = {"untouched", "untouched", 77}, again;
	uint8_t sig[SIGN_BYTES], sig_again[SIGN_BYTES], message[PHONE_MESSAGE_MAX];
	char path[PHONE_PATH_SIZE];
	size_t message_len = 0;
	if (phone_code_read(text, len, &code, sig) != ERR_OK) {
		HOLDS(strcmp(code.kiosk, "untouched") == 0 && code.slot == 77);
		return;
	}
	HOLDS(code.kiosk[0] && utf8_valid(code.kiosk, strnlen(code.kiosk, sizeof code.kiosk)));
	HOLDS(code.activity[0] && utf8_valid(code.activity, strnlen(code.activity, sizeof code.activity)));
	HOLDS(code.slot >= 0 && code.slot <= UINT32_MAX);
	HOLDS(phone_code_message(&code, message, &message_len) == ERR_OK);
	HOLDS(phone_code_path(message, message_len, sig, path) == ERR_OK);
	size_t tail = strlen(path) - 3; /* without "/s/": the end of what was read */
	HOLDS(tail <= len && memcmp(text + len - tail, path + 3, tail) == 0);
	HOLDS(phone_code_read(path, strlen(path), &again, sig_again) == ERR_OK);
	HOLDS(strcmp(again.kiosk, code.kiosk) == 0 && strcmp(again.activity, code.activity) == 0 && again.slot == code.slot);
	HOLDS(memcmp(sig, sig_again, SIGN_BYTES) == 0);
	int64_t now = code.slot * PHONE_SLOT_MS;
	enum err e = phone_code_check(&code, sig, public_key, now);
	HOLDS(e == ERR_OK || e == ERR_DENIED);
	HOLDS(phone_code_check(&code, sig, public_key, now + 10 * (int64_t)PHONE_SLOT_MS) == (e ? ERR_DENIED : ERR_TIMEOUT));
}

/* The same bytes as what a code is to say: slot, kiosk up to a NUL, activity. What is signed is read back. */
static void check_fields(const uint8_t *data, size_t len, const uint8_t public_key[SIGN_PUBLIC_BYTES],
                         const uint8_t secret[SIGN_SECRET_BYTES])
{
	struct phone_code code = {.slot = 0}, again;
	uint8_t message[PHONE_MESSAGE_MAX], sig[SIGN_BYTES];
	char path[PHONE_PATH_SIZE];
	const uint8_t *nul = len > 4 ? memchr(data + 4, '\0', len - 4) : NULL;
	if (!nul)
		return;
	size_t kiosk = (size_t)(nul - data) - 4, activity = len - kiosk - 5, message_len = 0;
	for (int i = 0; i < 4; i++)
		code.slot = code.slot << 8 | data[i];
	memcpy(code.kiosk, data + 4, kiosk < sizeof code.kiosk ? kiosk : sizeof code.kiosk);
	if (activity)
		memcpy(code.activity, nul + 1, activity < sizeof code.activity ? activity : sizeof code.activity);
	if (phone_code_message(&code, message, &message_len) != ERR_OK)
		return;
	sign_make(secret, PHONE_DOMAIN, message, message_len, sig);
	HOLDS(phone_code_path(message, message_len, sig, path) == ERR_OK);
	HOLDS(phone_code_read(path, strlen(path), &again, sig) == ERR_OK);
	HOLDS(strcmp(again.kiosk, code.kiosk) == 0 && strcmp(again.activity, code.activity) == 0 && again.slot == code.slot);
	HOLDS(phone_code_check(&again, sig, public_key, code.slot * PHONE_SLOT_MS) == ERR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t public_key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES], sig[SIGN_BYTES];
	char path[PHONE_PATH_SIZE], *text;
	keys(public_key, secret);
	check_fields(data, len, public_key, secret);
	if (len > 1 && data[0] == '!') {
		sign_make(secret, PHONE_DOMAIN, data + 1, len - 1, sig);
		if (phone_code_path(data + 1, len - 1, sig, path) != ERR_OK) {
			HOLDS(len - 1 > PHONE_MESSAGE_MAX);
			return 0;
		}
		len = strlen(path);
		text = fuzz_copy((const uint8_t *)path, len);
	} else {
		text = fuzz_copy(data, len);
	}
	check(text, len, public_key);
	free(text);
	return 0;
}
