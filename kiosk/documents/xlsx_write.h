/* xlsx_write.h: a table as an .xlsx workbook: one sheet, bold headings that stay in view, columns as wide as what they hold.
 * The same rows give the same bytes. */
#ifndef DOCUMENTS_XLSX_WRITE_H
#define DOCUMENTS_XLSX_WRITE_H

#include "documents/document.h"

struct xlsx_writer; /* opaque */

/* TEXT stays text whatever it looks like (ID numbers, "=1+1"). NUMBER: a decimal number. DATE: YYYY-MM-DD. What is not such a
 * number or date is written as the text it is; "" and NULL leave the cell empty. */
enum xlsx_kind { XLSX_TEXT, XLSX_NUMBER, XLSX_DATE };
struct xlsx_column { const char *heading; enum xlsx_kind kind; };

/* `sheet`: its name, cut to what Excel takes (31 characters, without []:*?/\). */
MUST_USE enum err xlsx_writer_create(const char *sheet, const struct xlsx_column *columns, size_t count, struct xlsx_writer **out);
/* A row of as many fields as there are columns; they are copied. ERR_TOO_LONG: more rows than a sheet can have (1,048,575). */
MUST_USE enum err xlsx_writer_row(struct xlsx_writer *writer, const char *const *fields);
/* The file; *bytes is malloc'ed. Then, or instead, destroy. */
MUST_USE enum err xlsx_writer_finish(struct xlsx_writer *writer, uint8_t **bytes, size_t *len);
void xlsx_writer_destroy(struct xlsx_writer *writer);

#endif
