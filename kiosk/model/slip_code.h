/* slip_code.h: the code on a voter's slip, the only key to their record.
 *
 * Twelve characters of Crockford base32 (https://www.crockford.com/base32.html, without its check symbols):
 * eleven random ones (55 bits) and a check character, dashed in fours: K7QM-3XTP-9V2D. The QR on the slip
 * carries "DHK1:" and the twelve characters, all in QR's alphanumeric mode. */
#ifndef MODEL_SLIP_CODE_H
#define MODEL_SLIP_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	SLIP_CODE_CHARS = 12,
	SLIP_CODE_RANDOM_BYTES = 7, /* 56 bits, of which the low 55 are used */
	SLIP_CODE_DASHED_SIZE = 15, /* with the NUL */
	SLIP_CODE_QR_SIZE = 18,     /* with the NUL */
};

/* A code in its plain form: twelve characters and a NUL. It is a secret: wipe it. */
struct slip_code {
	char chars[SLIP_CODE_CHARS + 1];
};

/* Makes a code from `SLIP_CODE_RANDOM_BYTES` random bytes. */
void slip_code_make(const uint8_t random[SLIP_CODE_RANDOM_BYTES], struct slip_code *code);

/* Reads what a person typed or a scanner read, of `len` bytes: either case, O as 0, I and L as 1, dashes and
 * spaces anywhere, or the QR form. ERR_TOO_LONG / ERR_INVALID: not twelve such characters; ERR_CORRUPT: the
 * check character does not match (a slip of the finger). */
MUST_USE enum err slip_code_parse(const char *text, size_t len, struct slip_code *code);

/* True when the character may stand in a typed code (either case, O I L included, no dash). */
bool slip_code_accepts(char c);

void slip_code_dashed(const struct slip_code *code, char out[SLIP_CODE_DASHED_SIZE]);
void slip_code_qr(const struct slip_code *code, char out[SLIP_CODE_QR_SIZE]);

/* What a scanned code is, so that the screen can say what it is not. */
enum scan_kind {
	SCAN_SLIP,          /* a slip of ours: parse it */
	SCAN_SLIP_DAMAGED,  /* begins as ours does, but does not check */
	SCAN_DEPUTY_CARD,   /* a deputy's card, "DHC1:" */
	SCAN_WEB,           /* a web address (payment codes, WeChat) */
	SCAN_OTHER,
};
enum scan_kind scan_classify(const char *text, size_t len);

#endif
