/* docx_numbers.h: the numbers that Word puts before paragraphs by itself, counted as Word counts them. */
#ifndef DOCUMENTS_DOCX_NUMBERS_H
#define DOCUMENTS_DOCX_NUMBERS_H

#include <stdbool.h>

#include "documents/package.h"

enum { DOCX_LEVELS = 9, DOCX_LABEL_SIZE = 160, DOCX_STYLE_SIZE = 48 };

struct docx_numbers; /* opaque */

/* From word/numbering.xml and word/styles.xml, each of which may be missing. ERR_TOO_LONG: more lists or styles than any office
 * has. */
MUST_USE enum err docx_numbers_read(struct package *package, struct docx_numbers **out);
void docx_numbers_free(struct docx_numbers *numbers);

/* The list (w:numId) and level of a paragraph style; false when it has none. */
bool docx_numbers_of_style(const struct docx_numbers *numbers, const char *style, int *list, int *level);
/* Counts on and writes what stands before the paragraph ("第一条　", "1. ", "（一）"); "" when the list has nothing there. */
void docx_numbers_next(struct docx_numbers *numbers, int list, int level, char label[DOCX_LABEL_SIZE]);

#endif
