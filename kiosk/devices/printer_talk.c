#include "devices/printer_talk.h"

enum {
	ANSWER_MS = 1000,
	CONFIRM_MS = 40,
	CLEAR_MS = 300,
	TRIES = 3,           /* among noise */
	STALE_BYTES = 4096   /* read away before a question; a line that says more never stops */
};
enum { NO_ANSWER = -1, GARBLED = -2 };

void talk_begin(struct printer_talk *talk)
{
	talk->reader = (struct dle_reader){ 0 };
	talk->drain_questions = talk->drain_answers = 0;
}

bool talk_drained(const struct printer_talk *talk)
{
	return talk->drain_answers == talk->drain_questions;
}

static void take(struct printer_talk *talk, uint8_t byte)
{
	switch (dle_read(&talk->reader, byte)) {
	case DLE_STATUS:
		talk->status = byte;
		break;
	case DLE_DRAINED:
		if (!talk_drained(talk))
			talk->drain_answers++;
		break;
	case DLE_CLEARED:
		talk->cleared = true;
		break;
	case DLE_NOISE:
		talk->noise++;
		break;
	case DLE_NOTHING:
		break;
	}
}

/* How many bytes came within that time: the first lot. */
static int hear(struct printer_talk *talk, int64_t until_ms)
{
	const struct printer_line *line = talk->line;
	uint8_t bytes[64];
	int64_t left = until_ms - line->now_ms(line->self);
	int got = line->is_open(line->self) ? line->receive(line->self, bytes, sizeof bytes, left > 0 ? (int)left : 0) : -1;
	for (int i = 0; i < got; i++)
		take(talk, bytes[i]);
	return got;
}

static bool send(struct printer_talk *talk, const uint8_t *bytes, size_t len)
{
	const struct printer_line *line = talk->line;
	size_t done = len;
	return line->is_open(line->self) && line->send(line->self, bytes, &done, ANSWER_MS) == LINE_SENT && done == len;
}

static int64_t from_now(const struct printer_talk *talk, int ms)
{
	return talk->line->now_ms(talk->line->self) + ms;
}

static bool taken_back(const struct printer_talk *talk)
{
	return !talk->line->pause(talk->line->self, 0);
}

/* Late answers to older questions. */
static void hear_stale(struct printer_talk *talk)
{
	for (int stale = 0, got = 1; got > 0 && stale < STALE_BYTES; stale += got)
		got = hear(talk, 0);
	talk->reader = (struct dle_reader){ 0 }; /* what was begun and did not go on was noise */
}

static int ask_once(struct printer_talk *talk, uint8_t which)
{
	const uint8_t question[] = { 0x10, 0x04, which };
	unsigned noise = talk->noise;
	talk->status = NO_ANSWER;
	if (!send(talk, question, sizeof question))
		return NO_ANSWER;
	int64_t until = from_now(talk, ANSWER_MS);
	while (talk->status == NO_ANSWER && hear(talk, until) >= 0 && !taken_back(talk)
	       && talk->line->now_ms(talk->line->self) < until)
		;
	return talk->noise == noise ? talk->status : GARBLED;
}

static int ask(struct printer_talk *talk, uint8_t which)
{
	int answer = GARBLED;
	for (int i = 0; i < TRIES && answer == GARBLED; i++) {
		if (i)
			hear_stale(talk);
		answer = ask_once(talk, which);
	}
	talk->lapses += answer == NO_ANSWER;
	return answer;
}

static unsigned look_once(struct printer_talk *talk)
{
	enum { CAUSE_ERROR = 0x40 };
	const struct printer_line *line = talk->line;
	if (line->mute)
		return line->is_open(line->self) ? line->peek(line->self) : TROUBLE_OFFLINE | TROUBLE_SILENT;
	static const uint8_t ORDER[] = { 1, 2, 4, 3 };
	int answers[5] = { DLE_FINE, DLE_FINE, DLE_FINE, DLE_FINE, DLE_FINE };
	hear_stale(talk);
	for (int i = 0; i < (int)sizeof ORDER; i++) {
		if (ORDER[i] == 3 && !(answers[2] & CAUSE_ERROR))
			break;
		answers[ORDER[i]] = ask(talk, ORDER[i]);
		if (answers[ORDER[i]] == NO_ANSWER && ORDER[i] != 3)
			return TROUBLE_OFFLINE | TROUBLE_SILENT;
		if (answers[ORDER[i]] == NO_ANSWER)
			answers[3] = DLE_FINE; /* one that cannot tell its errors apart */
		if (answers[ORDER[i]] == GARBLED)
			return TROUBLE_OFFLINE;
	}
	return dle_trouble(&(struct dle_answers){ (uint8_t)answers[1], (uint8_t)answers[2], (uint8_t)answers[3],
	                                          (uint8_t)answers[4] });
}

unsigned talk_look(struct printer_talk *talk)
{
	const struct printer_line *line = talk->line;
	unsigned trouble = TROUBLE_OFFLINE | TROUBLE_SILENT;
	for (int i = 0; i < 2 && (trouble & TROUBLE_BLOCKING); i++) {
		if (!line->is_open(line->self) || (i && !line->pause(line->self, CONFIRM_MS)))
			return trouble;
		trouble = look_once(talk);
	}
	return trouble;
}

bool talk_ask_drained(struct printer_talk *talk)
{
	static const uint8_t QUESTION[] = { 0x1d, 'r', 1 };
	talk->drain_questions++;
	bool asked = send(talk, QUESTION, sizeof QUESTION);
	talk->lapses += !asked;
	return asked;
}

void talk_listen(struct printer_talk *talk, int wait_ms)
{
	int64_t until = from_now(talk, wait_ms);
	while (!talk_drained(talk) && hear(talk, until) >= 0 && !taken_back(talk)
	       && talk->line->now_ms(talk->line->self) < until)
		;
}

bool talk_clear(struct printer_talk *talk)
{
	static const uint8_t CLEAR[] = { 0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08 };
	if (talk->line->mute)
		return false;
	talk->cleared = false;
	if (!send(talk, CLEAR, sizeof CLEAR))
		return false;
	int64_t until = from_now(talk, CLEAR_MS);
	while (!talk->cleared && hear(talk, until) >= 0 && talk->line->now_ms(talk->line->self) < until)
		;
	if (talk->cleared)
		talk->drain_questions = talk->drain_answers; /* the open questions went with the rest */
	return talk->cleared;
}

void talk_recover(struct printer_talk *talk)
{
	static const uint8_t RECOVER[] = { 0x10, 0x05, 2 };
	(void)send(talk, RECOVER, sizeof RECOVER);
}
