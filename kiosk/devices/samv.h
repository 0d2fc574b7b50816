/* samv.h: frames of the SAM_V protocol of ID-card readers, and the text on the card. Pure: no I/O.
 *
 * Request: AA AA AA 96 69 | length, 2 bytes | command, parameter | XOR.
 * Reply:   AA AA AA 96 69 | length, 2 bytes | SW1 SW2 SW3 data | XOR.
 * The length counts what follows it; the XOR covers length to data. */
#ifndef DEVICES_SAMV_H
#define DEVICES_SAMV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/idcard.h"
#include "model/err.h"

enum {
	SAMV_REQUEST_BYTES = 10,
	SAMV_MAX_REPLY = 2400, /* the longest known: text, portrait and two fingerprints, 2321 */
	SAMV_TEXT_BYTES = 256
};
enum samv_command {
	SAMV_RESET = 0x10ff,
	SAMV_STATUS = 0x11ff,
	SAMV_MODULE = 0x12ff,
	SAMV_FIND = 0x2001,
	SAMV_SELECT = 0x2002,
	SAMV_READ = 0x3001
};
enum samv_status {
	SAMV_DONE = 0x90,
	SAMV_FOUND = 0x9f,
	SAMV_NO_CARD = 0x80
}; /* SW3, of which these matter */

void samv_request(enum samv_command command, uint8_t out[SAMV_REQUEST_BYTES]);

/* Takes bytes as they come and finds the frames among them. Holds secrets: wipe it. */
struct samv_parser {
	uint8_t bytes[SAMV_MAX_REPLY];
	size_t used, taken;
};
struct samv_reply {
	int status;
	const uint8_t *data;
	size_t data_len;
}; /* data points into the parser */

/* As much as fits; what does not is lost, and makes a frame fail. */
void samv_feed(struct samv_parser *parser, const uint8_t *bytes, size_t len);

enum samv_found { SAMV_NOTHING, SAMV_FRAME, SAMV_BAD_SUM };
/* The next frame, good until the next call with this parser. Noise before it is dropped. After SAMV_BAD_SUM
 * the search goes on inside the spoilt frame: its length may have been what was wrong. */
enum samv_found samv_take(struct samv_parser *parser, struct samv_reply *reply);
/* A frame has begun and not ended. */
bool samv_is_halfway(const struct samv_parser *parser);
/* Its end does not come: what followed its first byte is looked at anew by samv_take. False: there was none. */
bool samv_give_up(struct samv_parser *parser);
void samv_wipe(struct samv_parser *parser);

/* Can this be the answer to that? One that comes too late would else pass for the next one's. */
bool samv_answers(enum samv_command command, const struct samv_reply *reply);

/* The data of a reply to SAMV_READ. ERR_INVALID for lengths, text or a check digit that are wrong,
 * ERR_UNSUPPORTED for a kind of card nobody knows. `card` is written only on success. */
MUST_USE enum err samv_card(const uint8_t *data, size_t len, struct idcard *card);

/* The data of a reply to SAMV_MODULE as the makers print it, "05.01-20170726-0000123456-0987654321": two numbers of 16
 * bits, then three of 32, little endian. (Digits from the format that public code reads their libraries' text with,
 * "%02d.%02d-%08d-%010d-%010d"; widths from the 16 bytes.) ERR_INVALID. */
MUST_USE enum err samv_module(const uint8_t *data, size_t len, char out[IDCARD_MODULE_SIZE]);

#endif
