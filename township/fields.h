/* fields.h: what a form on a page sent: urlencoded, or multipart where it carries files. */
#ifndef TOWNSHIP_FIELDS_H
#define TOWNSHIP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { FIELDS_MAX = 4096, FIELD_NAME_SIZE = 64, FIELD_FILENAME_SIZE = 256 };

struct field {
	char name[FIELD_NAME_SIZE];
	char filename[FIELD_FILENAME_SIZE]; /* "" for what was typed */
	char *value;                        /* owned, NUL-terminated besides */
	size_t len;
};
struct fields; /* opaque; secret: wiped when freed */

struct MHD_Connection;
/* Takes a whole body apart, by the request's Content-Type. ERR_INVALID: it is no form, a typed value is not UTF-8 or has a
 * NUL in it; ERR_TOO_LONG: more than FIELDS_MAX fields, or a name too long. */
MUST_USE enum err fields_parse(struct MHD_Connection *connection, const uint8_t *body, size_t len,
                               struct fields **fields);
void fields_free(struct fields *fields);

/* The first value typed under that name, "" when there is none (fields NULL: none at all). Borrowed. */
const char *fields_text(const struct fields *fields, const char *name);
bool fields_has(const struct fields *fields, const char *name);
/* The nth value typed under that name (check boxes), NULL when there are no more. Borrowed. */
const char *fields_nth(const struct fields *fields, const char *name, size_t n);
/* The nth file sent under that name, NULL when there is none; an input that was left empty counts as none. Borrowed. */
const struct field *fields_file(const struct fields *fields, const char *name, size_t n);

#endif
