/* links: kiosk/model/event.c kiosk/model/seal.c */
/* An event that is rightly signed may still hold anything; one that is not signed is denied before it is read. */
#include <sodium.h>

#include "model/event.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t public_key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};
	if (!public_key[0] && (sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret, seed) != 0))
		abort();
	char *payload = fuzz_copy(data, len);
	uint8_t sig[SIGN_BYTES];
	struct event_head head;
	json_t *root = NULL;
	sign_make(secret, EVENT_DOMAIN, payload, len, sig);
	enum err e = event_open(payload, len, sig, public_key, &head, &root);
	if (e == ERR_OK) {
		HOLDS(uuid_valid(head.id) && head.kiosk[0] && head.seq > 0 && head.type);
		HOLDS(json_is_object(root));
		json_decref(root);
	}
	sig[data && len ? data[0] % SIGN_BYTES : 0] ^= 1;
	HOLDS(event_open(payload, len, sig, public_key, &head, &root) != ERR_OK);
	free(payload);
	return 0;
}
