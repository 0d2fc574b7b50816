#include <string.h>

#include <sodium.h>

#include "devices/samv.h"
#include "model/civil.h"
#include "model/id_number.h"
#include "model/utf8.h"

/* What the reply says before the text: lengths of text and portrait, big endian. */
enum { HEADER_BYTES = 4, TYPE_OFFSET = 248, NUMBER_DIGITS = 18, FOREIGNER_OLD_DIGITS = 15 };
/* Every kind has its dates in the same place. */
enum { FROM_AT = 188, UNTIL_AT = 204, DATE_DIGITS = 8, OTHER_NAME_MAX = 120 };

/* Where on each kind of card the fields that are taken stand, in bytes. */
struct layout {
	uint16_t type_letter;
	enum idcard_type type;
	int name_at, name_len;
	int other_name_at, other_name_len; /* where the first is blank: a foreigner's Latin name */
	int other_name_rest_at, other_name_rest_len;
	int number_at, digits;             /* the field is filled */
	bool check_digit;
};
static const struct layout LAYOUTS[] = {
	{ ' ', IDCARD_RESIDENT, 0, 30, 0, 0, 0, 0, 122, NUMBER_DIGITS, true },
	{ 'J', IDCARD_HMT_PERMIT, 0, 30, 0, 0, 0, 0, 122, NUMBER_DIGITS, true },
	{ 'I', IDCARD_FOREIGNER, 158, 30, 0, 120, 0, 0, 122, FOREIGNER_OLD_DIGITS, false },
	{ 'Y', IDCARD_FOREIGNER, 0, 30, 52, 70, 220, 22, 122, NUMBER_DIGITS, true },
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

/* False when it is not a date. */
static bool copy_date(const uint8_t *text, int at, char out[9])
{
	for (int i = 0; i < DATE_DIGITS; i++) {
		uint16_t c = unit_at(text, at + 2 * i);
		if (c < '0' || c > '9')
			return false;
		out[i] = (char)c;
	}
	out[DATE_DIGITS] = '\0';
	char dashed[] = { out[0], out[1], out[2], out[3], '-', out[4], out[5], '-', out[6], out[7], '\0' };
	struct civil_date date;
	return civil_parse(dashed, &date) == ERR_OK;
}

/* 长期: for good. */
static bool is_for_good(const uint8_t *text, int at)
{
	bool blank = true;
	for (int i = 2; i < DATE_DIGITS; i++)
		blank = blank && is_blank(unit_at(text, at + 2 * i));
	return blank && unit_at(text, at) == 0x957f && unit_at(text, at + 2) == 0x671f;
}

static void read_dates(const uint8_t *text, struct idcard *card)
{
	bool for_good = is_for_good(text, UNTIL_AT);
	bool both = copy_date(text, FROM_AT, card->from) && (for_good || copy_date(text, UNTIL_AT, card->until));
	if (!both)
		card->from[0] = '\0';
	if (!both || for_good)
		card->until[0] = '\0';
}

/* The second name of the layout, in one piece or two. */
static bool copy_other_name(const uint8_t *text, const struct layout *layout, char *out, size_t size)
{
	uint8_t whole[OTHER_NAME_MAX];
	int len = layout->other_name_len, rest = layout->other_name_rest_len;
	memcpy(whole, text + layout->other_name_at, (size_t)len);
	if (rest)
		memcpy(whole + len, text + layout->other_name_rest_at, (size_t)rest);
	bool ok = copy_name(whole, 0, len + rest, out, size);
	sodium_memzero(whole, sizeof whole);
	return ok;
}

static enum err read_fields(const uint8_t *text, const struct layout *layout, struct idcard *card)
{
	if (!copy_name(text, layout->name_at, layout->name_len, card->name, sizeof card->name))
		return ERR_INVALID;
	if (!card->name[0] && layout->other_name_len && !copy_other_name(text, layout, card->name, sizeof card->name))
		return ERR_INVALID;
	if (!card->name[0] || !copy_number(text, layout, card->number))
		return ERR_INVALID;
	read_dates(text, card);
	return !layout->check_digit || id_number_ok(card->number) ? ERR_OK : ERR_INVALID;
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
		struct idcard found = { .type = LAYOUTS[i].type };
		enum err e = read_fields(text, &LAYOUTS[i], &found);
		if (!e)
			*card = found;
		sodium_memzero(&found, sizeof found);
		return e;
	}
	return ERR_UNSUPPORTED;
}
