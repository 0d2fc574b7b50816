#include "ui/ink_pad.h"

#include <math.h>

#include "ui/widgets.h"

enum { CHUNK = 256 };

void ink_draw(struct ui *ui, struct rect r, const struct ink *ink, float line_px)
{
	float scale = (float)r.w / (float)INK_UNITS;
	for (size_t s = 0; s < ink->stroke_count; s++) {
		size_t count;
		const struct ink_point *points = ink_stroke(ink, s, &count);
		/* Long strokes go in pieces that share their ends. */
		for (size_t from = 0; from < count; from += CHUNK - 1) {
			struct canvas_point line[CHUNK];
			size_t n = count - from < CHUNK ? count - from : CHUNK;
			for (size_t i = 0; i < n; i++) {
				line[i].x = (float)r.x + (float)points[from + i].x * scale;
				line[i].y = (float)r.y + (float)points[from + i].y * scale;
			}
			draw_line(ui_draw(ui), line, n, line_px, ui_palette(ui)->ink);
			if (n == count - from)
				break;
		}
	}
}

static struct ink_point to_units(struct rect r, struct canvas_point at)
{
	float scale = (float)INK_UNITS / (float)r.w;
	float limit_y = (float)r.h * scale;
	float x = fminf(fmaxf((at.x - (float)r.x) * scale, 0.0f), (float)INK_UNITS);
	float y = fminf(fmaxf((at.y - (float)r.y) * scale, 0.0f), fminf(limit_y, 65535.0f));
	return (struct ink_point){ (uint16_t)x, (uint16_t)y };
}

static enum ink_pad_event take_points(struct ui *ui, struct rect r, struct ink *ink)
{
	const struct ui_input *in = ui_input(ui);
	enum ink_pad_event event = INK_PAD_NOTHING;
	for (size_t i = 0; i < in->path_count; i++) {
		struct ink_point p = to_units(r, in->path[i]);
		bool begins = in->pressed && i == 0;
		enum err e = begins ? ink_begin(ink, p) : ink_extend(ink, p);
		if (e != ERR_OK)
			return INK_PAD_FULL;
		if (begins)
			event = INK_PAD_BEGAN;
	}
	if (in->released)
		event = INK_PAD_ENDED;
	return event;
}

enum ink_pad_event ink_pad(struct ui *ui, const char *id, struct rect r, struct ink *ink, struct ink_pad_look look)
{
	const struct palette *p = ui_palette(ui);
	int border = ui_px_least(ui, 2, 1);
	ui_box(ui, r, ui_theme(ui)->corner_px, p->pad, border, p->line);
	if (look.cross) {
		ui_fill(ui, (struct rect){ r.x + r.w / 2, r.y + border, border, r.h - 2 * border }, p->line);
		ui_fill(ui, (struct rect){ r.x + border, r.y + r.h / 2, r.w - 2 * border, border }, p->line);
	}
	if (look.ruled) {
		int step = ui_px_least(ui, 120, 72);
		for (int y = step; y < r.h - step / 3; y += step)
			ui_fill(ui, (struct rect){ r.x + ui_px(ui, 32), r.y + y, r.w - 2 * ui_px(ui, 32), border }, p->line);
	}
	bool drag = false;
	ui_touch_drag(ui, id, r, "", &drag);
	enum ink_pad_event event = drag ? take_points(ui, r, ink) : INK_PAD_NOTHING;
	struct rect before = ui_clip(ui, r);
	float line_px = (float)look.width_design_px * ui_theme(ui)->scale;
	ink_draw(ui, r, ink, line_px < 4.0f ? 4.0f : line_px);
	ui_unclip(ui, before);
	return event;
}
