/* utf8.h: text as it comes in from outside, made safe or refused. UTF-8 as in RFC 3629. */
#ifndef MODEL_UTF8_H
#define MODEL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

/* Decodes the character at *p and moves *p past it; U+FFFD for each invalid byte. `end` > *p. */
uint32_t utf8_next(const char **p, const char *end);

/* Writes the character's 1 to 4 bytes, gives their number; 0 for what is not a character. */
size_t utf8_put(uint32_t cp, char out[4]);

bool utf8_valid(const char *s, size_t len);

/* Code points in s; s must be valid. */
size_t utf8_count(const char *s, size_t len);

/* Where the character before / after byte offset `at` begins (user-perceived: combining marks, variation
 * selectors and joined emoji move together). 0 and len at the ends. */
size_t utf8_prev_boundary(const char *s, size_t len, size_t at);
size_t utf8_next_boundary(const char *s, size_t len, size_t at);

/* Copies `len` bytes of s into out of `size` bytes, dropping control characters (but LF where `keep_lines`),
 * bidi overrides, and non-characters, replacing invalid bytes by U+FFFD, at most `max_chars` code points,
 * never cutting a character. Always NUL-terminates. ERR_TOO_LONG when something was left out for length (what
 * fits is there). */
MUST_USE enum err utf8_clean(const char *s, size_t len, bool keep_lines, size_t max_chars, char *out,
                             size_t size);

#endif
