/* kind.h: what a file is, by its bytes (its name may say anything), and how those that we do not read are refused. */
#ifndef DOCUMENTS_KIND_H
#define DOCUMENTS_KIND_H

#include <stdbool.h>

#include "documents/document.h"

enum document_kind {
	DOCUMENT_PLAIN, /* none of the others: text, perhaps */
	DOCUMENT_EMPTY,
	DOCUMENT_BIG, /* over DOCUMENT_MAX_BYTES */
	DOCUMENT_XLSX,
	DOCUMENT_DOCX,
	DOCUMENT_OLE,       /* .xls, .doc, .et, .wps: the files of before 2007 */
	DOCUMENT_ENCRYPTED, /* an .xlsx or .docx with a password */
	DOCUMENT_XLSB,
	DOCUMENT_OPEN, /* .ods, .odt */
	DOCUMENT_ZIP,  /* another archive, or a damaged one */
	DOCUMENT_PDF,
	DOCUMENT_PICTURE,
	DOCUMENT_MARKUP, /* a web page or XML that calls itself .xls */
	DOCUMENT_RTF
};

enum document_kind document_kind(const uint8_t *bytes, size_t len);

/* Says why a file of that kind is not read where a table (else: running text) was asked for; gives the error to return. */
MUST_USE enum err document_refuse(enum document_kind kind, bool table, struct document_note *note);

#endif
