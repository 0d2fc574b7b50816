/* dle_status.h: what an ESC/POS printer says on its line, byte by byte, and what its real-time status (DLE EOT n) means.
 * Pure. Shared by the USB carrier and the CUPS backend.
 * Sources: the DLE EOT, GS r, GS a and DLE DC4 pages of Epson's ESC/POS command reference, and the manuals of Citizen CBM-1000,
 * HPRT TP80K and Zijiang ZJ-58 for what the printers of this market took over. */
#ifndef DEVICES_DLE_STATUS_H
#define DEVICES_DLE_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "devices/printer.h"

/* Their shapes tell the words apart: DLE EOT 0xx1xx10, GS r 0xx0xxxx, automatic status (GS a) 0xx1xx00 and three bytes 0xx0xxxx,
 * blocks 37 .. 00, flow control 11 and 13. */
enum dle_word {
	DLE_NOTHING, /* in the middle of one, or one that says nothing to us */
	DLE_STATUS,  /* this byte answers a DLE EOT */
	DLE_DRAINED, /* this byte answers a GS r 1: all before it has been printed */
	DLE_CLEARED, /* the end of the answer to DLE DC4 8: the buffers are empty */
	DLE_NOISE    /* no printer says that */
};
struct dle_reader {
	uint8_t automatic_left; /* bytes of an automatic status still to come */
	uint8_t block_len;      /* 0: in no block */
	uint8_t block_id;
};
/* Begins with { 0 }. */
enum dle_word dle_read(struct dle_reader *reader, uint8_t byte);

/* What hinders it, as bits. */
enum printer_trouble {
	TROUBLE_PAPER_END = 1,
	TROUBLE_COVER_OPEN = 2,
	TROUBLE_ERROR = 4,
	TROUBLE_OFFLINE = 8,
	TROUBLE_PAPER_LOW = 16,
	TROUBLE_SILENT = 32,   /* offline, and not even that is said */
	TROUBLE_RECOVER = 64,  /* an error that ends with DLE ENQ alone: a jammed cutter, a cover opened while it printed */
	TROUBLE_BLOCKING = TROUBLE_PAPER_END | TROUBLE_COVER_OPEN | TROUBLE_ERROR | TROUBLE_OFFLINE
};

/* The answers to DLE EOT 1 to 4; DLE_FINE for one that was not asked for. */
enum { DLE_FINE = 0x12 };
struct dle_answers {
	uint8_t printer, cause, error, paper;
};
unsigned dle_trouble(const struct dle_answers *answers);

/* The same from the one byte of the USB printer class' GET_PORT_STATUS (a parallel port's lines). */
unsigned dle_port_trouble(uint8_t port_status);

/* Of everything that is wrong, what must be mended first. */
enum printer_health dle_health(unsigned trouble);

#endif
