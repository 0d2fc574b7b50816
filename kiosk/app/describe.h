/* describe.h: what the screen offers, as one JSON line a frame, for tests and whoever stands in for eyes: the names of the targets and
 * where they are, never what a visitor wrote. */
#ifndef APP_DESCRIBE_H
#define APP_DESCRIBE_H

#include <stdint.h>
#include <stdio.h>

struct app;

struct describer {
	FILE *file;             /* owned; NULL: nobody asked */
	uint64_t last;          /* hash of the last line's content */
	unsigned frame;
};

/* Call it when the frame is on the screen. Writes a line when it differs from the last one or a touch caused it. `latency_us` is
 * from the taking of the event to the picture, 0 when no touch caused the frame; the line's `shown_us` is CLOCK_MONOTONIC. */
void describe_frame(struct describer *d, const struct app *app, int64_t latency_us);

#endif
