/* links: kiosk/model/slip_code.c kiosk/model/utf8.c kiosk/model/err.c */
/* Whatever is typed or scanned: told what it is; what is taken as a code reads back as itself in every form. */
#include "model/slip_code.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len), dashed[SLIP_CODE_DASHED_SIZE], qr[SLIP_CODE_QR_SIZE];
	struct slip_code code, again;
	enum scan_kind kind = scan_classify(text, len);
	enum err e = slip_code_parse(text, len, &code);
	if (kind == SCAN_SLIP)
		HOLDS(e == ERR_OK);
	if (e == ERR_OK) {
		HOLDS(strlen(code.chars) == SLIP_CODE_CHARS);
		slip_code_dashed(&code, dashed);
		slip_code_qr(&code, qr);
		HOLDS(slip_code_parse(dashed, strlen(dashed), &again) == ERR_OK);
		HOLDS(strcmp(again.chars, code.chars) == 0);
		HOLDS(scan_classify(qr, strlen(qr)) == SCAN_SLIP);
		HOLDS(slip_code_parse(qr, strlen(qr), &again) == ERR_OK);
		HOLDS(strcmp(again.chars, code.chars) == 0);
	}
	free(text);
	return 0;
}
