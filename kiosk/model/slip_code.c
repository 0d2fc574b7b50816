#include "model/slip_code.h"

#include <sodium.h>
#include <string.h>

#include "model/utf8.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char qr_prefix[] = "DHK1:";
static const char card_prefix[] = "DHC1:";

/* The value 0..31 of a typed character, -1 for none. */
static int value_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return 0;
	if (c == 'I' || c == 'L')
		return 1;
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

/* Multiplication by x in GF(32), reduced by x^5 + x^2 + 1, which is primitive. */
static unsigned times_x(unsigned v)
{
	v <<= 1;
	return v & 32u ? (v ^ 37u) & 31u : v;
}

/* The sum of d[i] * x^(n-i): with x of order 31 the twelve weights differ, so that any one wrong character
 * and any two that changed places are found. The check character makes the whole sum 0. */
static unsigned check_value(const char *chars)
{
	unsigned sum = 0;
	for (int i = 0; i < SLIP_CODE_CHARS - 1; i++)
		sum = times_x(sum ^ (unsigned)value_of(chars[i]));
	return sum;
}

void slip_code_make(const uint8_t random[SLIP_CODE_RANDOM_BYTES], struct slip_code *code)
{
	uint64_t bits = 0;
	for (int i = 0; i < SLIP_CODE_RANDOM_BYTES; i++)
		bits = bits << 8 | random[i];
	for (int i = SLIP_CODE_CHARS - 2; i >= 0; i--, bits >>= 5)
		code->chars[i] = alphabet[bits & 31u];
	code->chars[SLIP_CODE_CHARS - 1] = alphabet[check_value(code->chars)];
	code->chars[SLIP_CODE_CHARS] = '\0';
	sodium_memzero(&bits, sizeof bits);
}

static bool has_prefix(const char *text, size_t len, const char *prefix)
{
	for (size_t i = 0; prefix[i]; i++) {
		char c = i < len ? text[i] : '\0';
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c != prefix[i])
			return false;
	}
	return true;
}

enum err slip_code_parse(const char *text, size_t len, struct slip_code *code)
{
	const char *p = text, *end = text + len;
	if (has_prefix(text, len, qr_prefix))
		p += sizeof qr_prefix - 1;

	struct slip_code got;
	int n = 0;
	enum err e = ERR_OK;
	while (p < end && e == ERR_OK) {
		uint32_t c = utf8_next(&p, end);
		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0; /* full-width forms, as Chinese keyboards give them */
		bool dash = c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
		bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x3000 || c == 0xA0;
		if (dash || space)
			continue;
		int v = c < 128 ? value_of((char)c) : -1;
		if (v < 0)
			e = ERR_INVALID;
		else if (n == SLIP_CODE_CHARS)
			e = ERR_TOO_LONG;
		else
			got.chars[n++] = alphabet[v];
	}
	if (e == ERR_OK && n != SLIP_CODE_CHARS)
		e = ERR_INVALID;
	if (e == ERR_OK && alphabet[check_value(got.chars)] != got.chars[SLIP_CODE_CHARS - 1])
		e = ERR_CORRUPT;
	if (e == ERR_OK) {
		got.chars[SLIP_CODE_CHARS] = '\0';
		*code = got;
	}
	sodium_memzero(&got, sizeof got);
	return e;
}

bool slip_code_accepts(char c)
{
	return value_of(c) >= 0;
}

void slip_code_dashed(const struct slip_code *code, char out[SLIP_CODE_DASHED_SIZE])
{
	char *o = out;
	for (int i = 0; i < SLIP_CODE_CHARS; i++) {
		if (i > 0 && i % 4 == 0)
			*o++ = '-';
		*o++ = code->chars[i];
	}
	*o = '\0';
}

void slip_code_qr(const struct slip_code *code, char out[SLIP_CODE_QR_SIZE])
{
	memcpy(out, qr_prefix, sizeof qr_prefix - 1);
	memcpy(out + sizeof qr_prefix - 1, code->chars, SLIP_CODE_CHARS + 1);
}

enum scan_kind scan_classify(const char *text, size_t len)
{
	static const char *const web[] = {"HTTP://",    "HTTPS://",  "WEIXIN://", "WXP://",
	                                  "ALIPAYS://", "ALIPAY://", "WWW."};
	if (has_prefix(text, len, qr_prefix)) {
		struct slip_code code;
		enum err e = slip_code_parse(text, len, &code);
		sodium_memzero(&code, sizeof code);
		return e == ERR_OK ? SCAN_SLIP : SCAN_SLIP_DAMAGED;
	}
	if (has_prefix(text, len, card_prefix))
		return SCAN_DEPUTY_CARD;
	for (size_t i = 0; i < sizeof web / sizeof web[0]; i++)
		if (has_prefix(text, len, web[i]))
			return SCAN_WEB;
	return SCAN_OTHER;
}
