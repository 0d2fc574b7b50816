/* card_token.h: what a deputy's QR card says: "DHC1:" and base32 (RFC 4648, no padding), upper case, so that it fits
 * QR's alphanumeric mode and every keyboard's letters.
 *
 *   version 1 byte (1) | township 4 bytes (the first of BLAKE2b of its public key) | deputy: length 1 byte, text |
 *   issue 4 bytes | issued 2 bytes | expires 2 bytes (days since 1970-01-01, big endian) | Ed25519, 64 bytes
 * The signature is the township's (sign_make, domain "DHC1") over all before it. Revoked is an issue number that has
 * passed. */
#ifndef MODEL_CARD_TOKEN_H
#define MODEL_CARD_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "model/report.h"
#include "model/seal.h"

enum { CARD_TOKEN_SIZE = 256, CARD_CLOCK_TOLERANCE_DAYS = 2 };

struct card_token {
	char deputy[REPORT_ID_SIZE];
	uint32_t issue;              /* 1 and up */
	int issued_day, expires_day; /* since 1970-01-01, 0 to 65535; the last day it is good */
};

/* ERR_INVALID: a field is out of range. */
MUST_USE enum err card_token_make(const struct card_token *token, const uint8_t secret[SIGN_SECRET_BYTES],
                                  const uint8_t public_key[SIGN_PUBLIC_BYTES], char out[CARD_TOKEN_SIZE]);

/* Reads and verifies. ERR_INVALID: not a token (damaged, cut short, other characters); ERR_UNSUPPORTED: of a newer kind;
 * ERR_NOT_FOUND: another township's; ERR_DENIED: the signature is not this township's over this content. *token is
 * written on ERR_OK alone. Either case of letters is read. */
MUST_USE enum err card_token_open(const char *text, size_t len, const uint8_t public_key[SIGN_PUBLIC_BYTES],
                                  struct card_token *token);

/* What the township last said of a deputy's card: issue numbers up to `lost_through` were reported lost. */
struct card_state {
	uint32_t issue, lost_through; /* 0, 0: nothing is known, any signed one is good */
};
enum card_verdict {
	CARD_GOOD,
	CARD_EXPIRED,
	CARD_FUTURE,     /* issued in days to come: a clock is wrong, and it may be ours */
	CARD_SUPERSEDED, /* a newer one was made */
	CARD_LOST,       /* reported lost */
};
/* `today` in days since 1970-01-01; dates are not looked at when the clock cannot be trusted. Lost is said before
 * superseded, superseded before the dates. */
enum card_verdict card_token_judge(const struct card_token *token, const struct card_state *known, int today,
                                   bool clock_ok);

#endif
