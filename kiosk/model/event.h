/* event.h: one thing that happened on a kiosk, as it is signed, stored and sent.
 *
 * payload = {"v":1,"id":UUIDv7,"kiosk":ID,"seq":N,"type":T,"at":unix ms,"clock":"ok"|"unsure","data":{…}},
 * compact UTF-8 JSON; the signature is over exactly those bytes (domain "DHE1"), and they travel as a JSON
 * string, so that nobody ever has to agree on a canonical form. */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/err.h"
#include "model/seal.h"

enum {
	UUID_SIZE = 37,                      /* with the NUL */
	EVENT_PAYLOAD_MAX = 256 * 1024,
	KIOSK_ID_SIZE = 33,
};
#define EVENT_DOMAIN "DHE1" /* for sign_make */

/* UUIDv7 (RFC 9562, 5.7): 48 bits of unix_ms, the rest from `random`. */
void uuid7_make(int64_t unix_ms, const uint8_t random[10], char out[UUID_SIZE]);
bool uuid_valid(const char *s);

struct event_head {
	char id[UUID_SIZE];
	char kiosk[KIOSK_ID_SIZE];
	int64_t seq;
	const char *type; /* borrowed */
	int64_t at_ms;
	bool clock_ok;
};

/* Makes the payload (malloc'ed, NUL-terminated, the caller's) from the head and `data` (borrowed). */
MUST_USE enum err event_payload(const struct event_head *head, json_t *data, char **payload, size_t *len);

/* Checks signature, form and limits; on ERR_OK *head (its `type` pointing into *data_root) and *data_root, a
 * new reference to the whole payload object, are set. ERR_DENIED: the signature is not this key's. */
MUST_USE enum err event_open(const char *payload, size_t len, const uint8_t sig[SIGN_BYTES],
                             const uint8_t public_key[SIGN_PUBLIC_BYTES], struct event_head *head,
                             json_t **data_root);

#endif
