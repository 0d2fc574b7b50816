#include "devices/samv.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const uint8_t PREAMBLE[] = { 0xaa, 0xaa, 0xaa, 0x96, 0x69 };
enum { PREAMBLE_BYTES = sizeof PREAMBLE, LENGTH_BYTES = 2, STATUS_BYTES = 3, MIN_COUNTED = STATUS_BYTES + 1, MODULE_BYTES = 16 };

static uint8_t xor_of(const uint8_t *bytes, size_t len)
{
	uint8_t sum = 0;
	while (len--)
		sum ^= *bytes++;
	return sum;
}

void samv_request(enum samv_command command, uint8_t out[SAMV_REQUEST_BYTES])
{
	unsigned both = (unsigned)command;
	memcpy(out, PREAMBLE, PREAMBLE_BYTES);
	out[5] = 0;
	out[6] = 3;
	out[7] = (uint8_t)(both >> 8);
	out[8] = (uint8_t)both;
	out[9] = xor_of(out + PREAMBLE_BYTES, 4);
}

static void drop(struct samv_parser *parser, size_t len)
{
	parser->used -= len;
	memmove(parser->bytes, parser->bytes + len, parser->used);
	sodium_memzero(parser->bytes + parser->used, len);
}

static void drop_taken(struct samv_parser *parser)
{
	drop(parser, parser->taken);
	parser->taken = 0;
}

void samv_feed(struct samv_parser *parser, const uint8_t *bytes, size_t len)
{
	drop_taken(parser);
	size_t room = sizeof parser->bytes - parser->used;
	if (len > room)
		len = room;
	memcpy(parser->bytes + parser->used, bytes, len);
	parser->used += len;
}

/* Drops all before the first preamble, or before what may be the beginning of one. */
static void seek_preamble(struct samv_parser *parser)
{
	size_t at = 0;
	while (at < parser->used) {
		size_t left = parser->used - at;
		if (memcmp(parser->bytes + at, PREAMBLE, left < PREAMBLE_BYTES ? left : PREAMBLE_BYTES) == 0)
			break;
		at++;
	}
	if (at)
		drop(parser, at);
}

enum samv_found samv_take(struct samv_parser *parser, struct samv_reply *reply)
{
	drop_taken(parser);
	for (;;) {
		seek_preamble(parser);
		if (parser->used < PREAMBLE_BYTES + LENGTH_BYTES)
			return SAMV_NOTHING;
		const uint8_t *counted = parser->bytes + PREAMBLE_BYTES;
		size_t len = (size_t)counted[0] << 8 | counted[1];
		size_t whole = PREAMBLE_BYTES + LENGTH_BYTES + len;
		if (len < MIN_COUNTED || whole > SAMV_MAX_REPLY) {
			drop(parser, 1);
			continue;
		}
		if (parser->used < whole)
			return SAMV_NOTHING;
		if (xor_of(counted, LENGTH_BYTES + len) != 0) {
			drop(parser, 1);
			return SAMV_BAD_SUM;
		}
		*reply = (struct samv_reply){ .status = counted[4],
			                      .data = counted + LENGTH_BYTES + STATUS_BYTES,
			                      .data_len = len - MIN_COUNTED };
		parser->taken = whole;
		return SAMV_FRAME;
	}
}

bool samv_is_halfway(const struct samv_parser *parser)
{
	return parser->used - parser->taken >= PREAMBLE_BYTES;
}

bool samv_give_up(struct samv_parser *parser)
{
	drop_taken(parser);
	if (!samv_is_halfway(parser))
		return false;
	drop(parser, 1);
	return true;
}

bool samv_answers(enum samv_command command, const struct samv_reply *reply)
{
	switch (reply->status) {
	case SAMV_FOUND:
		return command == SAMV_FIND;
	case SAMV_DONE:
		break;
	default:
		return true; /* any of them can fail */
	}
	switch (command) {
	case SAMV_FIND:
		return false;
	case SAMV_READ:
		return reply->data_len > SAMV_TEXT_BYTES;
	case SAMV_MODULE:
		return reply->data_len == MODULE_BYTES;
	case SAMV_SELECT:
	case SAMV_STATUS:
	case SAMV_RESET:
		break;
	}
	return reply->data_len < MODULE_BYTES;
}

static uint32_t number_at(const uint8_t *data, int bytes)
{
	uint32_t value = 0;
	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | data[i];
	return value;
}

enum err samv_module(const uint8_t *data, size_t len, char out[IDCARD_MODULE_SIZE])
{
	if (len != MODULE_BYTES)
		return ERR_INVALID;
	(void)snprintf(out, IDCARD_MODULE_SIZE, "%02u.%02u-%08u-%010u-%010u", number_at(data, 2), number_at(data + 2, 2),
	               number_at(data + 4, 4), number_at(data + 8, 4), number_at(data + 12, 4));
	return ERR_OK;
}

void samv_wipe(struct samv_parser *parser)
{
	sodium_memzero(parser, sizeof *parser);
}
