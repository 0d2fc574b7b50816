/* links: kiosk/devices/scan_lines.c */
/* A scanner's line: any bytes with any pauses; what is told is printable ASCII that ends within the buffer. */
#include "devices/scan_lines.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct scan_lines *lines)
{
	size_t n = strnlen(lines->bytes, sizeof lines->bytes);
	HOLDS(n > 0 && n <= SCANNER_MAX_BYTES);
	for (size_t i = 0; i < n; i++)
		HOLDS(lines->bytes[i] >= 0x20 && lines->bytes[i] < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct scan_lines *lines = calloc(1, sizeof *lines);
	int64_t now_ms = 1000;
	HOLDS(lines);
	for (size_t i = 0; i < len; i++) {
		/* 0xff and a byte stand for a pause. */
		if (data[i] == 0xff && i + 1 < len) {
			now_ms += data[++i] * 10;
			if (scan_lines_silence(lines, now_ms))
				check(lines);
		} else if (scan_lines_byte(lines, data[i], now_ms)) {
			check(lines);
		}
		HOLDS(scan_lines_timeout_ms(lines, now_ms) <= SCAN_SILENCE_MS);
		HOLDS(scan_lines_forget_ms(lines, now_ms) <= SCAN_REPEAT_MS);
	}
	scan_lines_wipe(lines);
	free(lines);
	return 0;
}
