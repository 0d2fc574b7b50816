/* inflate.h: a gzip body unpacked up to a limit. */
#ifndef TOWNSHIP_INFLATE_H
#define TOWNSHIP_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

/* *out is malloc'ed. ERR_TOO_LONG: it would be longer than `max`; ERR_INVALID: not one whole gzip member. */
MUST_USE enum err inflate_gzip(const uint8_t *in, size_t len, size_t max, uint8_t **out, size_t *out_len);

#endif
