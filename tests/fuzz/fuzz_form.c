/* links: township/form.c kiosk/model/utf8.c kiosk/model/err.c */
/* What a browser, or somebody else, sends as a form: read within bounds, and what is taken is text. */
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "township/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = {"name", "password", ""};
	char *form = fuzz_copy(data, len), out[64];
	for (int i = 0; i < 3; i++) {
		memset(out, 'x', sizeof out);
		enum err e = form_value(form, len, names[i], out, sizeof out);
		HOLDS(e == ERR_OK || e == ERR_NOT_FOUND || e == ERR_INVALID || e == ERR_TOO_LONG);
		HOLDS(memchr(out, '\0', sizeof out));
		HOLDS(e == ERR_OK ? utf8_valid(out, strlen(out)) : out[0] == '\0');
	}
	free(form);
	return 0;
}
