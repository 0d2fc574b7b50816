/* text_encoding.h: the bytes of a text file as UTF-8, whatever the office's programs saved it in. */
#ifndef DOCUMENTS_TEXT_ENCODING_H
#define DOCUMENTS_TEXT_ENCODING_H

#include "documents/document.h"

enum text_encoding { TEXT_UTF8, TEXT_UTF16LE, TEXT_UTF16BE, TEXT_GB18030, TEXT_BIG5, TEXT_ENCODING_COUNT };

/* "UTF-8" and so on, as they are shown. Never NULL. */
const char *text_encoding_name(enum text_encoding encoding);

/* A byte order mark decides; else valid UTF-8 is taken as that; else GB18030 or Big5, whichever makes more common characters of
 * the bytes. *out is without BOM, lines end in LF, NUL-terminated; document_free it. ERR_INVALID: no text in any of these (NULs,
 * control characters, bytes that are none); ERR_TOO_LONG: over DOCUMENT_TEXT_MAX_BYTES; ERR_NOMEM. */
MUST_USE enum err text_to_utf8(const uint8_t *bytes, size_t len, char **out, size_t *out_len, enum text_encoding *took);

#endif
