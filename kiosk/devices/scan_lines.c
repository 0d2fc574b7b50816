#include "devices/scan_lines.h"

#include <sodium.h>
#include <string.h>

enum { STX = 2, ETX = 3 };

static void begin_anew(struct scan_lines *lines)
{
	lines->used = 0;
	lines->spoilt = false;
}

/* The trigger is held, or the voter did not see that it worked: one scan. Each sight begins the time anew. */
static bool is_repeat(struct scan_lines *lines, int64_t now_ms)
{
	bool same = lines->has_last && now_ms - lines->last_told_ms < SCAN_REPEAT_MS
	            && strcmp(lines->last, lines->bytes) == 0;
	memcpy(lines->last, lines->bytes, lines->used + 1);
	lines->last_told_ms = now_ms;
	lines->has_last = true;
	return same;
}

static bool end_code(struct scan_lines *lines, int64_t now_ms)
{
	bool told = lines->used && !lines->spoilt;
	lines->bytes[lines->used] = '\0';
	if (told)
		told = !is_repeat(lines, now_ms);
	begin_anew(lines);
	return told;
}

bool scan_lines_byte(struct scan_lines *lines, uint8_t byte, int64_t now_ms)
{
	lines->last_byte_ms = now_ms;
	if (byte == '\r' || byte == '\n' || byte == '\t')
		return end_code(lines, now_ms);
	if (byte == STX || byte == ETX || byte == 0) /* frames that some scanners put around a code */
		return false;
	if (byte < ' ' || byte == 0x7f || lines->used == SCANNER_MAX_BYTES)
		lines->spoilt = true;
	else
		lines->bytes[lines->used++] = byte < 0x7f ? (char)byte : '?';
	return false;
}

static int silence_of(const struct scan_lines *lines)
{
	return lines->silence_ms ? lines->silence_ms : SCAN_SILENCE_MS;
}

bool scan_lines_silence(struct scan_lines *lines, int64_t now_ms)
{
	if ((!lines->used && !lines->spoilt) || now_ms - lines->last_byte_ms < silence_of(lines))
		return false;
	return end_code(lines, now_ms);
}

static int rest_of(int64_t since_ms, int whole_ms, int64_t now_ms)
{
	int64_t left = since_ms + whole_ms - now_ms;
	return left < 0 ? 0 : left > whole_ms ? whole_ms : (int)left;
}

int scan_lines_timeout_ms(const struct scan_lines *lines, int64_t now_ms)
{
	return lines->used || lines->spoilt ? rest_of(lines->last_byte_ms, silence_of(lines), now_ms) : -1;
}

int scan_lines_forget_ms(const struct scan_lines *lines, int64_t now_ms)
{
	return lines->has_last ? rest_of(lines->last_told_ms, SCAN_REPEAT_MS, now_ms) : -1;
}

void scan_lines_wipe(struct scan_lines *lines)
{
	int silence_ms = lines->silence_ms;
	sodium_memzero(lines, sizeof *lines);
	lines->silence_ms = silence_ms;
}
