/* links: kiosk/devices/scan_lines.c kiosk/devices/scanner_keys.c */
/* A scanner, on a line or typing: any bytes, any keys, with any pauses; what is told is printable ASCII that ends within
 * the buffer. The first byte says how it comes: as it is, as evdev's keys, or as the window system's. */
#include "devices/scan_lines.h"
#include "devices/scanner_keys.h"
#include "tests/fuzz/fuzz.h"

enum { PAUSE = 0xff, WAYS = 3 };

static void check(const struct scan_lines *lines)
{
	size_t n = strnlen(lines->bytes, sizeof lines->bytes);
	HOLDS(n > 0 && n <= SCANNER_MAX_BYTES);
	for (size_t i = 0; i < n; i++)
		HOLDS(lines->bytes[i] >= 0x20 && lines->bytes[i] < 0x7f);
}

/* A byte with its top bit is that key let go, or, of the window's, with Shift. Repeats and what evdev never says are in
 * the codes above KEY_KPDOT, which no scanner has. */
static uint8_t key_of(struct scanner_keys *keys, int way, uint8_t byte)
{
	bool top = byte & 0x80;
	unsigned code = byte & 0x7f;
	if (way == 0)
		return byte;
	if (way == 1)
		return scanner_keys_event(keys, code > 0x70 ? code * 257 : code, code > 0x78 ? 2 + (int)code : !top);
	return scanner_keys_usage(keys, code > 0x70 ? code + 0x70 : code, top);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct scan_lines *lines = calloc(1, sizeof *lines);
	struct scanner_keys keys = { 0 };
	int64_t now_ms = 1000;
	HOLDS(lines);
	int way = len ? data[0] % WAYS : 0;
	lines->silence_ms = way * 100; /* 0: its own */
	int silence_ms = way ? lines->silence_ms : SCAN_SILENCE_MS;
	for (size_t i = 1; i < len; i++) {
		/* 0xff and a byte stand for a pause. */
		if (data[i] == PAUSE && i + 1 < len) {
			now_ms += data[++i] * 10;
			if (scan_lines_silence(lines, now_ms))
				check(lines);
		} else {
			uint8_t byte = key_of(&keys, way, data[i]);
			if ((byte || !way) && scan_lines_byte(lines, byte, now_ms))
				check(lines);
		}
		HOLDS(keys.alt_number >= 0);
		HOLDS(scan_lines_timeout_ms(lines, now_ms) <= silence_ms);
		HOLDS(scan_lines_forget_ms(lines, now_ms) <= SCAN_REPEAT_MS);
	}
	scan_lines_wipe(lines);
	HOLDS(lines->silence_ms == way * 100);
	free(lines);
	return 0;
}
