/* printer_run.h: one slip onto paper, whole and once, over any line to an ESC/POS printer.
 *
 *               ready            picture sent          GS r answered         tail sent, GS r answered
 *   WAITING ───────────► SENDING ────────────► DRAINING ────────────► CUTTING ───────────────────────► done
 *      ▲                    │ paper end, line lost, │ buffers emptied     │ line lost, cutter jammed
 *      └────────────────────┴───────────────────────┘                     └──► the tail alone again
 *        what was begun is cleared from the printer and cut off, and the whole slip sent again: RUN_SENDS times in all
 *
 * "On paper" is what the printer says: GS r 1 waits its turn among the data, and a look (DLE EOT) after its answer must be free of
 * noise. A printer without GS r, or with noise or silence among its answers, counts as done when its status has been good for three
 * seconds after the last byte. Assumed: that a printer answers GS r no sooner than the lines before it are printed. What is left
 * open: a cable pulled in the moment between the last line of the picture and that answer makes a second print.
 * The end of the paper, once it is seen, always splits a picture. An opened cover or a jammed cutter does where the printer says
 * that it has emptied its buffers (DLE DC4 8); another goes on where it was once it is closed, if its GS r answers, and to send it
 * again would make two whole slips.
 */
#ifndef DEVICES_PRINTER_RUN_H
#define DEVICES_PRINTER_RUN_H

#include "devices/printer_talk.h"

enum { RUN_SENDS = 3 }; /* one for each interruption, and two of them: a third is a broken printer */

struct printer_run {
	const struct printer_line *line; /* not owned */
	struct printer_talk talk;
	bool mid_slip; /* part of a slip hangs out of the printer: set both from the last note before the first run */
	size_t owed;
	size_t last_chunk; /* bytes of it */
	bool knows_gs_r, cutting;
	unsigned noise, lapses; /* of talk, as this slip began */
	int64_t recovered_ms;
};

enum run_end {
	RUN_DONE,
	RUN_GIVEN_UP,  /* cut short RUN_SENDS times */
	RUN_TAKEN_BACK /* and cut off, if the printer could be reached */
};

void run_begin(struct printer_run *run, const struct printer_line *line, bool mid_slip, size_t owed);
/* Blocks until one of its ends. */
enum run_end run_print(struct printer_run *run, const uint8_t *job, size_t len);
/* How the printer is while nothing is printed (bits of enum printer_trouble). Opens the line if it can, and cuts off what an
 * interrupted print has left hanging. */
unsigned run_idle(struct printer_run *run);

#endif
