/* xlsx_read.h: the rows of one sheet of an .xlsx workbook (Excel, WPS, LibreOffice), as CSV text. */
#ifndef DOCUMENTS_XLSX_READ_H
#define DOCUMENTS_XLSX_READ_H

#include "documents/document.h"

enum { XLSX_MAX_ROWS = 20000, XLSX_MAX_COLUMNS = 200, XLSX_MAX_CELLS = 1000000, XLSX_MAX_CELL_BYTES = 32 * 1024 };

/* `sheet`: its name, or NULL for the first that is not hidden. Every row of the sheet is one line of *csv (UTF-8, RFC 4180,
 * NUL-terminated; document_free it), so that a reader's line numbers are Excel's:
 *   - empty rows are empty lines, and line breaks inside cells are blanks;
 *   - lines above the headings that fill one cell only (the table's title, merged over its width) are empty lines too;
 *   - a cell merged over several rows stands in each of them;
 *   - a date is YYYY-MM-DD, YYYY-MM where its style shows no day, with " HH:MM" where it shows the hour;
 *   - numbers are as typed (no exponent up to 15 digits), formulas are their results, TRUE and FALSE 是 and 否.
 * Errors as document_table's; ERR_NOT_FOUND: no sheet of that name. */
MUST_USE enum err xlsx_to_csv(const uint8_t *bytes, size_t len, const char *sheet, char **csv, size_t *csv_len,
                              struct document_note *note);

#endif
