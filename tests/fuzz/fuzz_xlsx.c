/* links: kiosk/documents/document.c kiosk/documents/kind.c kiosk/documents/package.c kiosk/documents/xml.c kiosk/documents/grow.c kiosk/documents/text_encoding.c kiosk/documents/xlsx_read.c kiosk/documents/xlsx_cells.c kiosk/documents/xlsx_style.c kiosk/documents/docx_text.c kiosk/documents/docx_numbers.c kiosk/documents/docx_counting.c kiosk/model/utf8.c kiosk/model/civil.c */
/* A workbook of any bytes; or, since no mutation gets past a zip's sums, one packed anew out of parts of any bytes (apart by a
 * NUL): UTF-8 comes out, or a reason in words. */
#include "documents/document.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz_packed.h"

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

static void read_packed(const uint8_t *data, size_t len)
{
	static const char *const fixed[] = {"xl/workbook.xml", "<workbook><sheets><sheet name='a' r:id='b'/></sheets></workbook>", "xl/_rels/workbook.xml.rels",
		"<r><Relationship Id='b' Target='worksheets/sheet1.xml'/></r>", NULL};
	static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", NULL};
	packed_read(data, len, fixed, names, read_one);
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
