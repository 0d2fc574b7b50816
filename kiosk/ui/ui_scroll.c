#include "ui/ui_scroll.h"

#include <math.h>
#include <string.h>

#include "ui/ui.h"

/* Feel: how far a finger may wander in a tap, how a glide dies away, below what it stands still. */
static const float slop_design_px = 18.0f, decay_ms = 325.0f, still_px_per_ms = 0.02f, fastest_px_per_ms = 8.0f;
enum { VELOCITY_WINDOW_MS = 80 };

static struct scroll_area *area_of(struct scroller *s, uint64_t id)
{
	struct scroll_area *unused = NULL;
	for (int i = 0; i < SCROLLER_AREAS; i++) {
		if (s->areas[i].id == id)
			return &s->areas[i];
		if (!unused && s->areas[i].id == 0)
			unused = &s->areas[i];
	}
	if (!unused)
		unused = &s->areas[0]; /* more areas than any screen has: the oldest begins anew */
	*unused = (struct scroll_area){ .id = id };
	return unused;
}

static void move(struct scroll_area *area, float by)
{
	area->offset = fminf(fmaxf(area->offset + by, 0.0f), area->limit);
}

static void sample(struct scroller *s, float y, int64_t ms)
{
	if (s->sample_count == SCROLLER_SAMPLES) {
		memmove(s->samples, s->samples + 1, (SCROLLER_SAMPLES - 1) * sizeof s->samples[0]);
		s->sample_count--;
	}
	s->samples[s->sample_count].y = y;
	s->samples[s->sample_count].ms = ms;
	s->sample_count++;
}

static float release_velocity(const struct scroller *s)
{
	if (s->sample_count < 2)
		return 0;
	int last = s->sample_count - 1, first = last;
	while (first > 0 && s->samples[last].ms - s->samples[first - 1].ms <= VELOCITY_WINDOW_MS)
		first--;
	int64_t ms = s->samples[last].ms - s->samples[first].ms;
	if (ms <= 0)
		return 0;
	float v = (s->samples[first].y - s->samples[last].y) / (float)ms;
	return fminf(fmaxf(v, -fastest_px_per_ms), fastest_px_per_ms);
}

void scroller_begin(struct scroller *s, const struct ui_input *input, float press_x, float press_y, float scale)
{
	s->input = input;
	s->slop_px = fmaxf(slop_design_px * scale, 8.0f);
	s->blocked = false;
	s->claim = 0;
	if (input->pressed) {
		s->press_x = press_x;
		s->press_y = press_y;
		s->last_y = press_y;
		s->dragging = false;
		s->gliding = 0;
		s->velocity = 0;
		s->sample_count = 0;
		s->held = 0;
		sample(s, press_y, input->now_ms);
	}
	if (s->held && (input->down || input->released)) {
		if (!s->dragging && fabsf(input->y - s->press_y) > s->slop_px) {
			s->dragging = true;
			/* The list starts from where the finger is now: no jump by the slop. */
			s->last_y = input->y;
		}
		if (s->dragging) {
			move(area_of(s, s->held), s->last_y - input->y);
			s->last_y = input->y;
			if (!input->released)
				sample(s, input->y, input->now_ms);
		}
	}
	if (s->gliding) {
		float ms = (float)(input->now_ms - s->last_ms);
		struct scroll_area *area = area_of(s, s->gliding);
		float before = area->offset;
		move(area, s->velocity * ms);
		s->velocity *= expf(-ms / decay_ms);
		bool at_end = ms > 0 && before == area->offset;
		if (fabsf(s->velocity) < still_px_per_ms || at_end)
			s->gliding = 0;
	}
	s->last_ms = input->now_ms;
}

void scroller_end(struct scroller *s)
{
	const struct ui_input *in = s->input;
	if (in->pressed)
		s->held = s->blocked ? 0 : s->claim;
	if (in->released && s->held) {
		if (s->dragging && in->now_ms - s->samples[s->sample_count - 1].ms < VELOCITY_WINDOW_MS) {
			s->velocity = release_velocity(s);
			if (fabsf(s->velocity) > still_px_per_ms)
				s->gliding = s->held;
		}
		s->held = 0;
	}
	if (!in->down && !in->released)
		s->dragging = false;
}

void scroller_block(struct scroller *s)
{
	s->blocked = true;
	s->claim = 0;
}

void scroller_hold(struct scroller *s)
{
	scroller_block(s);
	s->held = 0;
	s->dragging = false;
}

int scroller_offset(struct scroller *s, uint64_t id, struct rect view, int limit)
{
	struct scroll_area *area = area_of(s, id);
	area->limit = (float)limit;
	move(area, 0);
	if (s->input->pressed && limit > 0 && rect_has(view, s->press_x, s->press_y)) {
		s->claim = id;
		s->blocked = false; /* lies above whatever blocked before it */
	}
	return (int)lroundf(area->offset);
}

void scroller_set(struct scroller *s, uint64_t id, int offset)
{
	area_of(s, id)->offset = fmaxf((float)offset, 0.0f);
	if (s->gliding == id)
		s->gliding = 0;
}

void scroller_forget(struct scroller *s)
{
	memset(s->areas, 0, sizeof s->areas);
	s->held = s->gliding = s->claim = 0;
	s->dragging = false;
}

bool scroller_dragging(const struct scroller *s)
{
	return s->dragging;
}

bool scroller_moving(const struct scroller *s)
{
	return s->gliding != 0;
}
