/* totp.h: the six digits of a phone's app (RFC 6238: SHA-1, 30 s), through liboath. Pure: the time is given. */
#ifndef TOWNSHIP_TOTP_H
#define TOWNSHIP_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	TOTP_KEY_BYTES = 20,
	TOTP_STEP_S = 30,
	TOTP_WINDOW = 1,    /* steps before and after: clocks of phones */
	TOTP_CODE_SIZE = 7,
	TOTP_TEXT_SIZE = 40 /* the key in base32, in fours */
};

/* Who must have a second factor; whoever wants one may. */
enum second_factor_policy { SECOND_FACTOR_OPTIONAL, SECOND_FACTOR_HEAD, SECOND_FACTOR_ALL };

/* The code of a step (seconds since 1970 / 30). */
MUST_USE enum err totp_code(const uint8_t key[TOTP_KEY_BYTES], int64_t step, char out[TOTP_CODE_SIZE]);
/* Whether `code` is good now: of a step within the window that is after `last_step`. *step is which; it is used up then. */
bool totp_good(const uint8_t key[TOTP_KEY_BYTES], int64_t now_s, int64_t last_step, const char *code, int64_t *step);
/* The key as people type it into an app. Secret. */
void totp_text(const uint8_t key[TOTP_KEY_BYTES], char out[TOTP_TEXT_SIZE]);

#endif
