/* printer_line.h: a way to an ESC/POS printer, as printer_run.h needs it: bytes there and back, the time, and whom to tell. The
 * USB carrier and the CUPS backend each have one. Inside devices/ only. */
#ifndef DEVICES_PRINTER_LINE_H
#define DEVICES_PRINTER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum line_sent { LINE_SENT, LINE_STALLED, LINE_GONE };

/* All calls come from one thread. Whatever waits is cut short when the job is taken back, and from then on waits for at most
 * some 50 ms a call: what hangs out of the printer is still cut off. */
struct printer_line {
	/* True when it is open, or could be opened now. */
	bool (*open)(void *self);
	void (*close)(void *self);
	/* Since the last `open`: a line that was lost stays closed, whoever is plugged in meanwhile. */
	bool (*is_open)(const void *self);
	/* Sends all, or says why not; *len is what the printer took. LINE_STALLED: it took nothing for `patience_ms`.
	 * LINE_GONE: the line is closed, and it may have taken more. */
	enum line_sent (*send)(void *self, const uint8_t *bytes, size_t *len, int patience_ms);
	/* How many bytes came, at most `size`; 0 when none did in that time; -1 when the line is gone, and closed. */
	int (*receive)(void *self, uint8_t *bytes, size_t size, int wait_ms);
	/* Waits; false once the job is taken back, and then at once. On a closed line it may end when there is a printer. */
	bool (*pause)(void *self, int ms);
	int64_t (*now_ms)(void *self); /* monotonic */
	/* How the printer is by a way beside the data (bits of enum printer_trouble, dle_status.h); may be NULL. */
	unsigned (*peek)(void *self);
	/* Bits of enum printer_trouble, whenever they were looked at. */
	void (*tell)(void *self, unsigned trouble);
	/* From now on part of a slip hangs out of the printer (no more). `owed` bytes complete the command that was cut off in its
	 * middle. Whoever prints next must know, in another process too. */
	void (*note)(void *self, bool mid_slip, size_t owed);
	bool tells_loss; /* a printer that is gone closes the line: silence alone is no loss */
	bool mute;       /* it never answers: peek has to do */
	void *self;
};

#endif
