/* links: kiosk/model/utf8.c */
/* Text of any bytes: what utf8_clean lets through is valid, within its limits, and stays as it is when cleaned again. */
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

static void check_boundaries(const char *s, size_t len)
{
	size_t at = 0, steps = 0;
	while (at < len) {
		size_t next = utf8_next_boundary(s, len, at);
		HOLDS(next > at && next <= len);
		at = next;
		steps++;
	}
	while (at > 0) {
		size_t before = utf8_prev_boundary(s, len, at);
		HOLDS(before < at);
		at = before;
	}
	HOLDS(steps <= utf8_count(s, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	size_t size = 1 + data[0], max_chars = data[1] & 127, text_len = len - 2;
	bool keep_lines = data[1] >> 7;
	char *text = fuzz_copy(data + 2, text_len), *out = malloc(size), *again = malloc(size);
	HOLDS(out && again);
	enum err e = utf8_clean(text, text_len, keep_lines, max_chars, out, size);
	HOLDS(e == ERR_OK || e == ERR_TOO_LONG);
	size_t out_len = strlen(out);
	HOLDS(out_len < size);
	HOLDS(utf8_valid(out, out_len));
	HOLDS(utf8_count(out, out_len) <= max_chars);
	HOLDS(utf8_clean(out, out_len, keep_lines, max_chars, again, size) == ERR_OK);
	HOLDS(strcmp(out, again) == 0);
	check_boundaries(out, out_len);
	(void)utf8_valid(text, text_len);
	free(text);
	free(out);
	free(again);
	return 0;
}
