/* throttle.h: the growing pause after wrong codes. Five in a row are free; then 30 s, 1, 2, 4 … up to 15
 * minutes. */
#ifndef MODEL_THROTTLE_H
#define MODEL_THROTTLE_H

#include <stdint.h>

enum { THROTTLE_FREE = 5, THROTTLE_FIRST_MS = 30000, THROTTLE_MAX_MS = 15 * 60 * 1000 };

struct throttle {
	int wrong_in_row;
	int64_t until_ms; /* monotonic; 0 when open */
};

void throttle_wrong(struct throttle *t, int64_t now_ms);
void throttle_right(struct throttle *t);
/* Milliseconds still to wait; 0 when a code may be tried. */
int64_t throttle_wait_ms(const struct throttle *t, int64_t now_ms);

#endif
