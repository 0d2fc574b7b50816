/* docx_text.h: the paragraphs of a .docx (Word, WPS) as lines of plain text. */
#ifndef DOCUMENTS_DOCX_TEXT_H
#define DOCUMENTS_DOCX_TEXT_H

#include "documents/document.h"

/* A paragraph is a line (a line break inside one too); the numbers that Word counts by itself (一、 （一） 1. 第一条) are written
 * out; a row of a table is a line with tabs between its cells. Left out: headers and footers, notes, comments, what was deleted
 * with changes tracked. *text: UTF-8, LF, NUL-terminated; document_free it. Errors as document_text's. */
MUST_USE enum err docx_to_text(const uint8_t *bytes, size_t len, char **text, size_t *text_len, struct document_note *note);

#endif
