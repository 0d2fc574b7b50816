/* form.h: what a browser's form sends (application/x-www-form-urlencoded, as the URL Standard has it). */
#ifndef TOWNSHIP_FORM_H
#define TOWNSHIP_FORM_H

#include <stddef.h>

#include "model/err.h"

/* The value of the first field of that name, decoded and NUL-terminated. ERR_NOT_FOUND; ERR_INVALID: a broken escape, a
 * NUL or not UTF-8; ERR_TOO_LONG: more than fits. *out is empty when it is not ERR_OK. */
MUST_USE enum err form_value(const char *form, size_t len, const char *name, char *out, size_t size);

#endif
