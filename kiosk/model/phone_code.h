/* phone_code.h: what the box shows for a deputy's phone: an address on the township's page that is good for half a minute.
 *
 *   path = "/s/" base64url of: version 1 byte (1) | slot 4 bytes (half minutes since 1970, big endian) | kiosk: length
 *   1 byte, text | activity: length 1 byte, text | Ed25519, 64 bytes, the kiosk's (domain "DHP1") over all before it. */
#ifndef MODEL_PHONE_CODE_H
#define MODEL_PHONE_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "model/event.h"
#include "model/report.h"
#include "model/seal.h"

enum {
	PHONE_SLOT_MS = 30 * 1000,
	PHONE_SLOTS_BACK = 4, /* a page that loads slowly: two minutes */
	PHONE_SLOTS_AHEAD = 1,
	PHONE_MESSAGE_MAX = 1 + 4 + 1 + KIOSK_ID_SIZE + 1 + REPORT_ID_SIZE,
	PHONE_PATH_SIZE = 288,
};
#define PHONE_DOMAIN "DHP1"

struct phone_code {
	char kiosk[KIOSK_ID_SIZE];
	char activity[REPORT_ID_SIZE];
	int64_t slot; /* unix ms / PHONE_SLOT_MS */
};

/* The bytes that the kiosk signs. ERR_INVALID: a field is empty, too long or out of range. */
MUST_USE enum err phone_code_message(const struct phone_code *code, uint8_t out[PHONE_MESSAGE_MAX], size_t *len);
/* The path ("/s/…") of a message and its signature. */
MUST_USE enum err phone_code_path(const uint8_t *message, size_t len, const uint8_t sig[SIGN_BYTES],
                                  char out[PHONE_PATH_SIZE]);

/* Reads what follows "/s/" or a whole address that ends in it; whose it is has yet to be checked. ERR_INVALID. */
MUST_USE enum err phone_code_read(const char *text, size_t len, struct phone_code *code, uint8_t sig[SIGN_BYTES]);
/* ERR_DENIED: not this kiosk's signature; ERR_TIMEOUT: of an earlier half minute; ERR_STATE: of one to come (a clock). */
MUST_USE enum err phone_code_check(const struct phone_code *code, const uint8_t sig[SIGN_BYTES],
                                   const uint8_t kiosk_key[SIGN_PUBLIC_BYTES], int64_t now_ms);

#endif
