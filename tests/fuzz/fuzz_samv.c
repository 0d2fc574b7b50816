/* links: kiosk/devices/samv.c kiosk/devices/samv_card.c kiosk/model/utf8.c kiosk/model/id_number.c kiosk/model/civil.c kiosk/model/err.c */
/* A card reader's line: frames out of any bytes in any portions, and cards out of what they carry. */
#include "devices/samv.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

static void read_card(const uint8_t *data, size_t len)
{
	struct idcard card;
	memset(&card, 0x55, sizeof card);
	if (samv_card(data, len, &card) != ERR_OK)
		return;
	HOLDS(memchr(card.name, 0, sizeof card.name) && utf8_valid(card.name, strlen(card.name)));
	HOLDS(memchr(card.number, 0, sizeof card.number) && card.number[0]);
	HOLDS(memchr(card.from, 0, sizeof card.from) && memchr(card.until, 0, sizeof card.until));
	HOLDS(strlen(card.from) == (card.from[0] ? 8 : 0) && strlen(card.until) == (card.until[0] ? 8 : 0));
	HOLDS(card.from[0] || !card.until[0]);
}

static void read_reply(const struct samv_reply *reply)
{
	char module[IDCARD_MODULE_SIZE];
	read_card(reply->data, reply->data_len);
	bool is_module = samv_module(reply->data, reply->data_len, module) == ERR_OK;
	HOLDS(!is_module || (reply->data_len == 16 && strlen(module) < sizeof module));
	/* Nothing answers both a find and a read. */
	HOLDS(reply->status == SAMV_NO_CARD || !samv_answers(SAMV_FIND, reply) || !samv_answers(SAMV_READ, reply)
	      || (reply->status != SAMV_FOUND && reply->status != SAMV_DONE));
}

/* The line is quiet: what has begun and does not end may hide whole frames. */
static void give_up(struct samv_parser *parser)
{
	struct samv_reply reply;
	size_t turns = 0;
	while (samv_give_up(parser)) {
		HOLDS(++turns <= SAMV_MAX_REPLY);
		for (enum samv_found f; (f = samv_take(parser, &reply)) != SAMV_NOTHING; )
			if (f == SAMV_FRAME)
				read_reply(&reply);
	}
	HOLDS(!samv_is_halfway(parser));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct samv_parser *parser = calloc(1, sizeof *parser);
	struct samv_reply reply;
	size_t step = len ? 1 + data[0] % 97u : 1;
	HOLDS(parser);
	for (size_t at = len > 0; at < len; at += step) {
		size_t turns = 0;
		samv_feed(parser, data + at, len - at < step ? len - at : step);
		for (enum samv_found f; (f = samv_take(parser, &reply)) != SAMV_NOTHING; ) {
			HOLDS(++turns <= SAMV_MAX_REPLY);
			if (f == SAMV_FRAME)
				read_reply(&reply);
		}
	}
	give_up(parser);
	/* Few inputs get the sum right: the card's bytes alone as well. */
	char *alone = fuzz_copy(data, len);
	read_card((const uint8_t *)alone, len);
	free(alone);
	samv_wipe(parser);
	free(parser);
	return 0;
}
