/* xlsx_style.h: how the number in a cell is to be read: Excel keeps a date as a count of days, and only its style tells. */
#ifndef DOCUMENTS_XLSX_STYLE_H
#define DOCUMENTS_XLSX_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/err.h"

/* What a number format shows; nothing of it for a plain number. */
struct xlsx_format { bool year, month, day, hour, second; };

enum { XLSX_MAX_STYLES = 65536, XLSX_NUMBER_SIZE = 40 };
struct xlsx_styles { struct xlsx_format *cells; size_t count; bool from_1904; }; /* by the cell's s="…"; cells owned */

/* From xl/styles.xml. ERR_INVALID, ERR_TOO_LONG, ERR_NOMEM. */
MUST_USE enum err xlsx_styles_read(const char *xml, size_t len, struct xlsx_styles *styles);
void xlsx_styles_clear(struct xlsx_styles *styles);

/* What a format code ("yyyy-mm-dd", "0.00") shows; what one of Excel's own numbers (14) shows. */
struct xlsx_format xlsx_format_code(const char *code);
struct xlsx_format xlsx_format_builtin(int number);

/* The cell's number as text, see xlsx_read.h. What is no number comes back as it is, cut to fit. */
void xlsx_number(const char *value, struct xlsx_format format, bool from_1904, char out[XLSX_NUMBER_SIZE]);

#endif
