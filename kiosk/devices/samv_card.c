#include <string.h>

#include <sodium.h>

#include "devices/samv.h"
#include "model/utf8.h"

/* What the reply says before the text: lengths of text and portrait, big endian. */
enum { HEADER_BYTES = 4, TYPE_OFFSET = 248, NUMBER_DIGITS = 18, FOREIGNER_OLD_DIGITS = 15 };

/* Where on each kind of card the fields that are taken stand, in bytes. */
struct layout {
	uint16_t type_letter;
	enum idcard_type type;
	int name_at, name_len;
	int other_name_at, other_name_len; /* where the first is blank: a foreigner's Latin name */
	int number_at, digits;             /* the field is filled */
	bool check_digit;
};
static const struct layout LAYOUTS[] = {
	{ ' ', IDCARD_RESIDENT, 0, 30, 0, 0, 122, NUMBER_DIGITS, true },
	{ 'J', IDCARD_HMT_PERMIT, 0, 30, 0, 0, 122, NUMBER_DIGITS, true },
	{ 'I', IDCARD_FOREIGNER, 158, 30, 0, 120, 122, FOREIGNER_OLD_DIGITS, false },
	{ 'Y', IDCARD_FOREIGNER, 0, 30, 52, 70, 122, NUMBER_DIGITS, true },
};

static uint16_t unit_at(const uint8_t *text, int at)
{
	return (uint16_t)(text[at] | text[at + 1] << 8);
}

static bool is_blank(uint32_t c)
{
	return c == 0 || c == ' ' || c == 0x3000;
}

/* The character at *at, which moves past it; 0xffffffff for half a surrogate pair. */
static uint32_t next_character(const uint8_t *text, int *at, int end)
{
	uint32_t c = unit_at(text, *at);
	*at += 2;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	uint32_t low = c < 0xdc00 && *at < end ? unit_at(text, *at) : 0;
	if (low < 0xdc00 || low > 0xdfff)
		return UINT32_MAX;
	*at += 2;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static bool is_name_character(uint32_t c)
{
	return c >= ' ' && (c < 0x7f || c > 0x9f) && c <= 0x10ffff && (c & 0xfffe) != 0xfffe;
}

/* "" when the field is blank; false when it holds what no name does. */
static bool copy_name(const uint8_t *text, int at, int len, char *out, size_t size)
{
	int end = at + len;
	while (at < end && is_blank(unit_at(text, at)))
		at += 2;
	while (end > at && is_blank(unit_at(text, end - 2)))
		end -= 2;
	size_t used = 0;
	while (at < end) {
		uint32_t c = next_character(text, &at, end);
		char bytes[4];
		size_t n = is_name_character(c) ? utf8_put(c, bytes) : 0;
		if (!n || used + n >= size)
			return false;
		memcpy(out + used, bytes, n);
		used += n;
	}
	out[used] = '\0';
	return true;
}

static bool copy_number(const uint8_t *text, const struct layout *layout, char out[19])
{
	for (int i = 0; i < layout->digits; i++) {
		uint16_t c = unit_at(text, layout->number_at + 2 * i);
		bool letter = c >= 'A' && c <= 'Z';
		if (!(c >= '0' && c <= '9') && !(letter && (!layout->check_digit || c == 'X')))
			return false;
		out[i] = (char)c;
	}
	out[layout->digits] = '\0';
	return true;
}

bool samv_number_ok(const char *number)
{
	int rest = 0;
	if (strlen(number) != NUMBER_DIGITS)
		return false;
	for (int i = 0; i < NUMBER_DIGITS - 1; i++) {
		if (number[i] < '0' || number[i] > '9')
			return false;
		rest = (rest + number[i] - '0') * 2 % 11;
	}
	int check = (12 - rest) % 11;
	return number[NUMBER_DIGITS - 1] == "0123456789X"[check];
}

static enum err read_fields(const uint8_t *text, const struct layout *layout, struct idcard *card)
{
	card->type = layout->type;
	if (!copy_name(text, layout->name_at, layout->name_len, card->name, sizeof card->name))
		return ERR_INVALID;
	if (!card->name[0] && layout->other_name_len
	    && !copy_name(text, layout->other_name_at, layout->other_name_len, card->name, sizeof card->name))
		return ERR_INVALID;
	if (!card->name[0] || !copy_number(text, layout, card->number))
		return ERR_INVALID;
	return !layout->check_digit || samv_number_ok(card->number) ? ERR_OK : ERR_INVALID;
}

enum err samv_card(const uint8_t *data, size_t len, struct idcard *card)
{
	if (len < HEADER_BYTES + SAMV_TEXT_BYTES)
		return ERR_INVALID;
	size_t text_len = (size_t)data[0] << 8 | data[1], portrait_len = (size_t)data[2] << 8 | data[3];
	if (text_len != SAMV_TEXT_BYTES || len < HEADER_BYTES + text_len + portrait_len)
		return ERR_INVALID;
	const uint8_t *text = data + HEADER_BYTES;
	for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++) {
		if (LAYOUTS[i].type_letter != unit_at(text, TYPE_OFFSET))
			continue;
		struct idcard found;
		enum err e = read_fields(text, &LAYOUTS[i], &found);
		if (!e)
			*card = found;
		sodium_memzero(&found, sizeof found);
		return e;
	}
	return ERR_UNSUPPORTED;
}
