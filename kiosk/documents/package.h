/* package.h: the parts of an Office Open XML file (.xlsx, .docx): a zip archive of XML, held in memory.
 *
 * libzip unpacks: it goes by the archive's directory, as Excel and Word do, gives parts by name, reads from memory, is small and
 * kept up by Debian (libarchive streams, and would unpack every picture to get behind it). */
#ifndef DOCUMENTS_PACKAGE_H
#define DOCUMENTS_PACKAGE_H

#include "documents/document.h"

struct package; /* opaque */

/* Borrows the bytes until it is closed. ERR_INVALID: no whole zip archive. ERR_TOO_LONG: over DOCUMENT_MAX_BYTES. */
MUST_USE enum err package_open(const uint8_t *bytes, size_t len, struct package **out);
void package_close(struct package *package);
/* *text is malloc'ed. ERR_NOT_FOUND; ERR_TOO_LONG: bigger than DOCUMENT_PART_MAX_BYTES unpacked, or all parts read so far twice
 * that; ERR_UNSUPPORTED: encrypted; ERR_INVALID: damaged. */
MUST_USE enum err package_part(struct package *package, const char *name, char **text, size_t *len);
/* Whether there is a part of that name. */
int package_has(struct package *package, const char *name);
/* Finds in the relations of the part `of` ("xl/workbook.xml") the one of that id, and writes the name of the part it leads to.
 * ERR_NOT_FOUND. */
MUST_USE enum err package_relation(struct package *package, const char *of, const char *id, char *name, size_t size);

#endif
