/* id_number.h: a citizen's number, and the digest under which alone it is kept.
 *
 * GB 11643-1999: 17 digits (region 6, birth YYYYMMDD, order 3) and the check character of ISO 7064 MOD 11-2. */
#ifndef MODEL_ID_NUMBER_H
#define MODEL_ID_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	ID_NUMBER_SIZE = 19, /* with the NUL */
	ID_SALT_BYTES = 16,
	ID_DIGEST_BYTES = 32,
	ID_ARGON_OPS = 1,          /* with the memory below: measured, see make bench */
	ID_ARGON_MEM_KIB = 40 * 1024,
	ID_ARGON_MEM_MAX_KIB = 256 * 1024, /* parameters that come from outside and ask for more are refused */
	ID_ARGON_OPS_MAX = 10,
};

/* Length, digits, a real birth date, the check character (X in upper case). */
bool id_number_ok(const char *number);

/* How a digest was made; kept beside it, so that it can be made dearer later. */
struct id_params {
	uint8_t salt[ID_SALT_BYTES];
	uint32_t ops, mem_kib;
};
bool id_params_ok(const struct id_params *p);

/* Argon2id. Takes some tens of milliseconds: off the screen's thread. ERR_INVALID: bad parameters; ERR_NOMEM. */
MUST_USE enum err id_digest(const char *number, const struct id_params *p, uint8_t out[ID_DIGEST_BYTES]);

#endif
