/* scan_lines.h: one code after the other out of a scanner's bytes. Pure: time comes from outside. */
#ifndef DEVICES_SCAN_LINES_H
#define DEVICES_SCAN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/scanner.h"

enum { SCAN_SILENCE_MS = 50, SCAN_REPEAT_MS = 2000 };

/* Zeroed is empty, and ends a code after SCAN_SILENCE_MS. Holds what was scanned last: wipe it. */
struct scan_lines {
	char bytes[SCANNER_MAX_BYTES + 1];
	size_t used;
	bool spoilt; /* too long, or with control characters: dropped as a whole at its end */
	int64_t last_byte_ms;
	char last[SCANNER_MAX_BYTES + 1]; /* the code told last, against hearing it twice */
	int64_t last_told_ms;
	bool has_last;
	int silence_ms; /* a silence of its own; 0: SCAN_SILENCE_MS */
};

/* `byte` came at `now_ms`. True when it ended a code that is to be told; the code is in `bytes`,
 * NUL-terminated, until the next call. A byte of a code in another script than ASCII becomes '?', so that the
 * code is still told, as one not known. */
bool scan_lines_byte(struct scan_lines *lines, uint8_t byte, int64_t now_ms);
/* The same for a silence. */
bool scan_lines_silence(struct scan_lines *lines, int64_t now_ms);
/* Milliseconds until the silence is one that ends a code; -1 when no code has begun. */
int scan_lines_timeout_ms(const struct scan_lines *lines, int64_t now_ms);
/* When the code told last may be forgotten: -1 when there is none. */
int scan_lines_forget_ms(const struct scan_lines *lines, int64_t now_ms);
/* Empty again, with the same silence. */
void scan_lines_wipe(struct scan_lines *lines);

#endif
