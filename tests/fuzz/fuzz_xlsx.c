/* links: kiosk/documents/document.c kiosk/documents/kind.c kiosk/documents/package.c kiosk/documents/xml.c kiosk/documents/grow.c kiosk/documents/text_encoding.c kiosk/documents/xlsx_read.c kiosk/documents/xlsx_cells.c kiosk/documents/xlsx_style.c kiosk/documents/docx_text.c kiosk/documents/docx_numbers.c kiosk/documents/docx_counting.c kiosk/model/utf8.c kiosk/model/civil.c */
/* A workbook of any bytes; or, since no mutation gets past a zip's sums, one packed anew out of parts of any bytes (apart by a
 * NUL): UTF-8 comes out, or a reason in words. */
#include <zip.h>

#include "documents/document.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

static void read_one(const uint8_t *bytes, size_t len)
{
	char *out;
	size_t out_len;
	struct document_note note;
	if (document_table(bytes, len, &out, &out_len, &note) == ERR_OK) {
		HOLDS(strlen(out) == out_len && utf8_valid(out, out_len));
		document_free(out, out_len);
	} else {
		HOLDS(note.text[0]);
	}
	HOLDS(utf8_valid(note.text, strlen(note.text)));
}

static void add(zip_t *zip, const char *name, const void *text, size_t len)
{
	zip_source_t *part = zip_source_buffer(zip, text, len, 0);
	zip_int64_t at = part ? zip_file_add(zip, name, part, ZIP_FL_ENC_UTF_8) : -1;
	HOLDS(at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0);
}

static void read_packed(const uint8_t *data, size_t len)
{
	static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"};
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	HOLDS(zip);
	zip_source_keep(source);
	static const char workbook[] = "<workbook><sheets><sheet name='a' r:id='b'/></sheets></workbook>";
	static const char relations[] = "<r><Relationship Id='b' Target='worksheets/sheet1.xml'/></r>";
	add(zip, "xl/workbook.xml", workbook, sizeof workbook - 1);
	add(zip, "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1);
	for (size_t i = 0; i < sizeof names / sizeof names[0] && len > 0; i++) {
		const uint8_t *nul = memchr(data, '\0', len);
		size_t part = nul ? (size_t)(nul - data) : len;
		add(zip, names[i], data, part);
		data += part + (nul != NULL);
		len -= part + (nul != NULL);
	}
	HOLDS(zip_close(zip) == 0 && zip_source_open(source) == 0 && zip_source_seek(source, 0, SEEK_END) == 0);
	zip_int64_t size = zip_source_tell(source);
	HOLDS(size > 0 && zip_source_seek(source, 0, SEEK_SET) == 0);
	uint8_t *bytes = malloc((size_t)size);
	HOLDS(bytes && zip_source_read(source, bytes, (zip_uint64_t)size) == size);
	zip_source_close(source);
	zip_source_free(source);
	read_one(bytes, (size_t)size);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *copy = fuzz_copy(data, len);
	read_one((const uint8_t *)copy, len);
	if (len > 0)
		read_packed((const uint8_t *)copy, len);
	free(copy);
	return 0;
}
