/* ui_scroll.h: kinetic scrolling, private to ui.c: which area the finger has hold of, and where each one stands. */
#ifndef UI_UI_SCROLL_H
#define UI_UI_SCROLL_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/canvas.h"

struct ui_input;

enum { SCROLLER_AREAS = 16, SCROLLER_SAMPLES = 8 };

struct scroll_area {
	uint64_t id;   /* 0: free */
	float offset;  /* px */
	float limit;   /* of the offset, as last told */
};

struct scroller {
	const struct ui_input *input; /* of this frame */
	struct scroll_area areas[SCROLLER_AREAS];
	uint64_t held, claim;         /* area under the finger */
	bool blocked;                 /* a pad or a dialog has the finger */
	bool dragging;
	float press_x, press_y, last_y, slop_px;
	float velocity;               /* px per ms, of the area that glides */
	uint64_t gliding;
	int64_t last_ms;
	struct { float y; int64_t ms; } samples[SCROLLER_SAMPLES];
	int sample_count;
};

void scroller_begin(struct scroller *s, const struct ui_input *input, float press_x, float press_y, float scale);
void scroller_end(struct scroller *s);
void scroller_block(struct scroller *s);
void scroller_hold(struct scroller *s);
int scroller_offset(struct scroller *s, uint64_t id, struct rect view, int limit);
void scroller_set(struct scroller *s, uint64_t id, int offset);
void scroller_forget(struct scroller *s);
bool scroller_dragging(const struct scroller *s);
bool scroller_moving(const struct scroller *s);

#endif
