/* scanner_keys.h: the bytes that a scanner means when it types. Pure: no I/O.
 *
 * A scanner types as a US keyboard, whatever layout the box is set to; so the raw keys are read here, and nothing that
 * a layout made of them. Key codes: linux/input-event-codes.h (KEY_*). Usages: USB HID Usage Tables, page 7. */
#ifndef DEVICES_SCANNER_KEYS_H
#define DEVICES_SCANNER_KEYS_H

#include <stdbool.h>
#include <stdint.h>

/* What a key that is no text (F1, Escape, an arrow) puts into a code, so that it is dropped as garbage. */
enum { SCANNER_KEYS_SPOIL = 0x1b };

/* Zeroed is nothing held. Shift, Ctrl, Alt and Meta are known by their two keys. */
struct scanner_keys {
	uint8_t held; /* two bits each, for the left and the right one */
	bool caps;
	int alt_number; /* Alt and keypad digits: how some scanners type under any layout; a character as it is let go */
	bool alt_typed; /* a digit of it has come */
};

/* A key's event: `value` 1 pressed, 0 let go, 2 repeated (which is no key). The byte it means, 0 for none. */
uint8_t scanner_keys_event(struct scanner_keys *keys, unsigned code, int value);
/* The same for a press that the window system told, which says itself whether Shift is held. */
uint8_t scanner_keys_usage(struct scanner_keys *keys, unsigned usage, bool shift);

#endif
