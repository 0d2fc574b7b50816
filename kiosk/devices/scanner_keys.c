#include "devices/scanner_keys.h"

#include <linux/input-event-codes.h>
#include <stddef.h>

/* A key of the US layout: its code here, on the wire, and what it types. */
static const struct key {
	uint8_t code, usage;
	char plain, shifted;
} KEYS[] = {
	{ KEY_A, 0x04, 'a', 'A' },
	{ KEY_B, 0x05, 'b', 'B' },
	{ KEY_C, 0x06, 'c', 'C' },
	{ KEY_D, 0x07, 'd', 'D' },
	{ KEY_E, 0x08, 'e', 'E' },
	{ KEY_F, 0x09, 'f', 'F' },
	{ KEY_G, 0x0a, 'g', 'G' },
	{ KEY_H, 0x0b, 'h', 'H' },
	{ KEY_I, 0x0c, 'i', 'I' },
	{ KEY_J, 0x0d, 'j', 'J' },
	{ KEY_K, 0x0e, 'k', 'K' },
	{ KEY_L, 0x0f, 'l', 'L' },
	{ KEY_M, 0x10, 'm', 'M' },
	{ KEY_N, 0x11, 'n', 'N' },
	{ KEY_O, 0x12, 'o', 'O' },
	{ KEY_P, 0x13, 'p', 'P' },
	{ KEY_Q, 0x14, 'q', 'Q' },
	{ KEY_R, 0x15, 'r', 'R' },
	{ KEY_S, 0x16, 's', 'S' },
	{ KEY_T, 0x17, 't', 'T' },
	{ KEY_U, 0x18, 'u', 'U' },
	{ KEY_V, 0x19, 'v', 'V' },
	{ KEY_W, 0x1a, 'w', 'W' },
	{ KEY_X, 0x1b, 'x', 'X' },
	{ KEY_Y, 0x1c, 'y', 'Y' },
	{ KEY_Z, 0x1d, 'z', 'Z' },
	{ KEY_1, 0x1e, '1', '!' },
	{ KEY_2, 0x1f, '2', '@' },
	{ KEY_3, 0x20, '3', '#' },
	{ KEY_4, 0x21, '4', '$' },
	{ KEY_5, 0x22, '5', '%' },
	{ KEY_6, 0x23, '6', '^' },
	{ KEY_7, 0x24, '7', '&' },
	{ KEY_8, 0x25, '8', '*' },
	{ KEY_9, 0x26, '9', '(' },
	{ KEY_0, 0x27, '0', ')' },
	{ KEY_ENTER, 0x28, '\r', '\r' },
	{ KEY_TAB, 0x2b, '\t', '\t' },
	{ KEY_SPACE, 0x2c, ' ', ' ' },
	{ KEY_MINUS, 0x2d, '-', '_' },
	{ KEY_EQUAL, 0x2e, '=', '+' },
	{ KEY_LEFTBRACE, 0x2f, '[', '{' },
	{ KEY_RIGHTBRACE, 0x30, ']', '}' },
	{ KEY_BACKSLASH, 0x31, '\\', '|' },
	{ KEY_BACKSLASH, 0x32, '\\', '|' }, /* the same key under its non-US number */
	{ KEY_SEMICOLON, 0x33, ';', ':' },
	{ KEY_APOSTROPHE, 0x34, '\'', '"' },
	{ KEY_GRAVE, 0x35, '`', '~' },
	{ KEY_COMMA, 0x36, ',', '<' },
	{ KEY_DOT, 0x37, '.', '>' },
	{ KEY_SLASH, 0x38, '/', '?' },
	{ KEY_KPSLASH, 0x54, '/', '/' },
	{ KEY_KPASTERISK, 0x55, '*', '*' },
	{ KEY_KPMINUS, 0x56, '-', '-' },
	{ KEY_KPPLUS, 0x57, '+', '+' },
	{ KEY_KPENTER, 0x58, '\r', '\r' },
	{ KEY_KP1, 0x59, '1', '1' },
	{ KEY_KP2, 0x5a, '2', '2' },
	{ KEY_KP3, 0x5b, '3', '3' },
	{ KEY_KP4, 0x5c, '4', '4' },
	{ KEY_KP5, 0x5d, '5', '5' },
	{ KEY_KP6, 0x5e, '6', '6' },
	{ KEY_KP7, 0x5f, '7', '7' },
	{ KEY_KP8, 0x60, '8', '8' },
	{ KEY_KP9, 0x61, '9', '9' },
	{ KEY_KP0, 0x62, '0', '0' },
	{ KEY_KPDOT, 0x63, '.', '.' },
};
enum {
	KEY_COUNT = sizeof KEYS / sizeof *KEYS,
	FIRST_KEYPAD_USAGE = 0x54,
	USAGE_CAPS = 0x39,
	USAGE_NUM = 0x53,
	USAGE_SCROLL = 0x47,
	FIRST_MODIFIER_USAGE = 0xe0,
	LAST_MODIFIER_USAGE = 0xe7,
	FIRST_KEY_USAGE = 0x04, /* below are "no key" and errors */
	SHIFT = 0x03,
	CTRL = 0x0c,
	ALT = 0x30,
	META = 0xc0,
	LEFT_ONES = 0x55,
	RIGHT_ONES = 0xaa,
	ALT_NUMBER_MAX = 99999,
	NOT_ASCII = 0x80, /* scan_lines makes '?' of it: a code that nobody here wrote */
};

static const struct key *key_of_code(unsigned code)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (KEYS[i].code == code)
			return &KEYS[i];
	return NULL;
}

static const struct key *key_of_usage(unsigned usage)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (KEYS[i].usage == usage)
			return &KEYS[i];
	return NULL;
}

/* Caps Lock turns letters over and leaves the rest alone. */
static uint8_t byte_of(const struct key *key, bool shift, bool caps)
{
	bool letter = key->plain >= 'a' && key->plain <= 'z';
	return (uint8_t)((letter ? shift != caps : shift) ? key->shifted : key->plain);
}

static uint8_t modifier(unsigned code)
{
	switch (code) {
	case KEY_LEFTSHIFT:
		return SHIFT & LEFT_ONES;
	case KEY_RIGHTSHIFT:
		return SHIFT & RIGHT_ONES;
	case KEY_LEFTCTRL:
		return CTRL & LEFT_ONES;
	case KEY_RIGHTCTRL:
		return CTRL & RIGHT_ONES;
	case KEY_LEFTALT:
		return ALT & LEFT_ONES;
	case KEY_RIGHTALT:
		return ALT & RIGHT_ONES;
	case KEY_LEFTMETA:
		return META & LEFT_ONES;
	case KEY_RIGHTMETA:
		return META & RIGHT_ONES;
	default:
		return 0;
	}
}

/* Alt was let go: the number that was typed while it was held is the character. */
static uint8_t end_alt(struct scanner_keys *keys)
{
	int number = keys->alt_number;
	bool typed = keys->alt_typed;
	keys->alt_number = 0;
	keys->alt_typed = false;
	if (!typed)
		return 0;
	return number > 0 && number < NOT_ASCII ? (uint8_t)number : NOT_ASCII;
}

static uint8_t hold(struct scanner_keys *keys, uint8_t key, bool down)
{
	bool alt = keys->held & ALT;
	keys->held = (uint8_t)(down ? keys->held | key : keys->held & ~key);
	return alt && !(keys->held & ALT) ? end_alt(keys) : 0;
}

static uint8_t press_with_alt(struct scanner_keys *keys, const struct key *key)
{
	if (key->usage < FIRST_KEYPAD_USAGE || key->plain < '0' || key->plain > '9')
		return SCANNER_KEYS_SPOIL;
	keys->alt_typed = true;
	if (keys->alt_number <= ALT_NUMBER_MAX)
		keys->alt_number = keys->alt_number * 10 + (key->plain - '0');
	return 0;
}

uint8_t scanner_keys_event(struct scanner_keys *keys, unsigned code, int value)
{
	if (value != 0 && value != 1)
		return 0;
	uint8_t held = modifier(code);
	if (held)
		return hold(keys, held, value == 1);
	if (value == 0 || code == KEY_NUMLOCK || code == KEY_SCROLLLOCK)
		return 0;
	if (code == KEY_CAPSLOCK) {
		keys->caps = !keys->caps;
		return 0;
	}
	const struct key *key = key_of_code(code);
	if (!key || (keys->held & META))
		return SCANNER_KEYS_SPOIL;
	if (keys->held & ALT)
		return press_with_alt(keys, key);
	if (!(keys->held & CTRL))
		return byte_of(key, keys->held & SHIFT, keys->caps);
	/* Ctrl+M is how some scanners type CR: the control characters, as on a terminal. */
	uint8_t byte = byte_of(key, false, true);
	return byte >= '@' && byte <= '_' ? byte & 0x1f : SCANNER_KEYS_SPOIL;
}

uint8_t scanner_keys_usage(struct scanner_keys *keys, unsigned usage, bool shift)
{
	if (usage < FIRST_KEY_USAGE || usage == USAGE_NUM || usage == USAGE_SCROLL
	    || (usage >= FIRST_MODIFIER_USAGE && usage <= LAST_MODIFIER_USAGE))
		return 0;
	if (usage == USAGE_CAPS) {
		keys->caps = !keys->caps;
		return 0;
	}
	const struct key *key = key_of_usage(usage);
	return key ? byte_of(key, shift, keys->caps) : SCANNER_KEYS_SPOIL;
}
