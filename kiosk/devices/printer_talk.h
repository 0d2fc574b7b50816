/* printer_talk.h: questions to an ESC/POS printer and its answers, over any line. */
#ifndef DEVICES_PRINTER_TALK_H
#define DEVICES_PRINTER_TALK_H

#include "devices/dle_status.h"
#include "devices/printer_line.h"

struct printer_talk {
	const struct printer_line *line; /* not owned */
	struct dle_reader reader;
	int drain_questions; /* asked with talk_ask_drained on this line, and how many were answered: an old one may still */
	int drain_answers;   /* wait in the printer's buffer */
	bool cleared;
	int status; /* the last answer to DLE EOT, -1 for none since it was asked */
	unsigned noise;  /* bytes that made no sense, ever */
	unsigned lapses; /* questions without an answer, or not taken, ever */
};

/* After each opening of the line. */
void talk_begin(struct printer_talk *talk);
/* How it is (bits of enum printer_trouble), by DLE EOT 1, 2, 4 and, where there is an error, 3. Asked twice when bad: a picture's
 * bytes may look like a question to the printer, and their answers like trouble. Among noise nothing is believed: offline. */
unsigned talk_look(struct printer_talk *talk);

/* GS r 1 waits its turn among the data: its answer means that all before it is on paper. */
bool talk_ask_drained(struct printer_talk *talk);
bool talk_drained(const struct printer_talk *talk);
/* Takes in what the printer says, for up to `wait_ms`, or until it is drained. */
void talk_listen(struct printer_talk *talk, int wait_ms);

/* Empties the printer's buffers (DLE DC4 8, at once and even while it is offline). True if it says so: many that do not know
 * the command take it for nothing. */
bool talk_clear(struct printer_talk *talk);
/* Lets it recover from an error that it waits with, its buffers emptied (DLE ENQ 2). */
void talk_recover(struct printer_talk *talk);

#endif
