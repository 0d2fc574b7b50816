/* ui.h: the immediate-mode toolkit. A screen is a function that, given the state and this frame's input, emits drawing commands and
 * reads what was touched; nothing of a screen is kept here but presses, scroll positions and caches.
 *
 * One finger works the screen; a second one is ignored. A target is pressed on touch-down and acts on touch-up inside
 * it; moving further than the slop inside a scrolling area makes it a scroll instead. */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/draw.h"
#include "ui/icon.h"
#include "ui/text.h"
#include "ui/theme.h"

enum { UI_PATH_MAX = 256 };

/* What the finger did since the last frame. */
struct ui_input {
	bool pressed, released; /* edges, at most one of each, in this order */
	bool down;              /* now */
	float x, y;             /* last position, pixels */
	struct canvas_point path[UI_PATH_MAX]; /* every position while down, in order: for ink */
	size_t path_count;
	int64_t now_ms;         /* monotonic */
};

struct ui; /* opaque */

MUST_USE enum err ui_create(struct text_engine *text, struct icon_set *icons, struct ui **ui); /* borrows both */
void ui_destroy(struct ui *ui);

/* ---- a frame --------------------------------------------------------------------------------------------------- */

void ui_begin(struct ui *ui, const struct theme *theme, enum text_face face, const struct ui_input *input);
/* True: something acted or a press moved, build the frame once more (without its input) before showing it. */
bool ui_end(struct ui *ui);
const struct draw_list *ui_drawing(const struct ui *ui);
/* When the next frame is wanted by an animation: monotonic ms, INT64_MAX for never. */
int64_t ui_wake_ms(const struct ui *ui);
void ui_wake_at(struct ui *ui, int64_t when_ms);
/* Ends presses and forgets scroll positions: a new screen begins. */
void ui_forget(struct ui *ui);

const struct ui_input *ui_input(const struct ui *ui);
const struct theme *ui_theme(const struct ui *ui);
const struct palette *ui_palette(const struct ui *ui);
struct text_engine *ui_text_engine(struct ui *ui);
int ui_px(const struct ui *ui, int design_px);
/* The same, but never less than `least_px` of this screen: a hairline, a target, an icon. */
int ui_px_least(const struct ui *ui, int design_px, int least_px);
struct rect ui_screen_rect(const struct ui *ui);

/* ---- what can be touched --------------------------------------------------------------------------------------- */

struct touch { bool pressed, clicked; };
/* Declares a target. Later ones lie on top of earlier ones. `id` names it ("home.report") for tests and the screen reader,
 * `label` is what it says. */
struct touch ui_touch(struct ui *ui, const char *id, struct rect r, const char *label);
/* A target that also follows the finger while it is down on it (pads, text fields): `drag` is true then. No scrolling begins
 * on it. */
struct touch ui_touch_drag(struct ui *ui, const char *id, struct rect r, const char *label, bool *drag);
/* Something that would be a target if it were possible now: shown, described, not touchable. */
void ui_untouchable(struct ui *ui, const char *id, struct rect r, const char *label);
/* True when somebody touched a thing that is off: say why. */
bool ui_tried(struct ui *ui, const char *id, struct rect r);
/* Where the present press came down. */
void ui_press_point(const struct ui *ui, float *x, float *y);
/* Somebody follows the finger (a selection): the present press scrolls nothing. */
void ui_hold(struct ui *ui);
/* Something changed while the frame was built: build it once more before showing it. */
void ui_again(struct ui *ui);
/* While muted, targets and scrolls are drawn but cannot be touched (a dialog will lie over them). */
void ui_mute(struct ui *ui, bool muted);

/* What this frame offers: for --describe. */
struct ui_target { char id[48]; char label[96]; struct rect box; bool enabled; };
size_t ui_targets(const struct ui *ui, const struct ui_target **targets);

/* ---- drawing --------------------------------------------------------------------------------------------------- */

struct look {
	enum text_size size;
	colour ink;
	enum text_align align;
	bool bold, middle;      /* middle: vertically centred in the rectangle */
	int max_lines;          /* 0: all that there is */
	int line_percent;       /* of the size; 0: 150 */
	int tracking;           /* design px */
	bool as_typed;          /* lines break where they are full: for text that is being written */
};

/* Draws text broken to the rectangle's width; gives the height used. */
int ui_text(struct ui *ui, struct rect r, const char *utf8, struct look look);
int ui_text_height(struct ui *ui, int width_px, const char *utf8, struct look look);
int ui_text_width(struct ui *ui, const char *utf8, struct look look);
/* Takes the largest size, from look's own down to SIZE_SMALL, in which the text stands in one line of this width. */
void ui_shrink(struct ui *ui, const char *utf8, struct look *look, int width_px);
/* The layout itself, for carets and selections, in the style that `ui_text` would use. */
const struct text_layout *ui_text_layout(struct ui *ui, int width_px, const char *utf8, size_t len, struct look look);
void ui_text_at(struct ui *ui, int x, int y, int width_px, const char *utf8, size_t len, struct look look);

void ui_fill(struct ui *ui, struct rect r, colour c);
void ui_box(struct ui *ui, struct rect r, int radius_px, colour fill, int border_px, colour border);
void ui_icon(struct ui *ui, const char *name, int x, int y, int size_px, colour c);
struct draw_list *ui_draw(struct ui *ui);

struct rect ui_clip(struct ui *ui, struct rect r); /* the clip before, for ui_unclip */
void ui_unclip(struct ui *ui, struct rect before);

/* ---- scrolling ------------------------------------------------------------------------------------------------- */

/* Clips to `view` and gives how far the content is scrolled (px, >= 0). Kinetic. */
struct scroll { struct rect view, clip_before; int offset, content_px; };
struct scroll ui_scroll_begin(struct ui *ui, const char *id, struct rect view, int content_px);
void ui_scroll_end(struct ui *ui, const struct scroll *scroll);
/* Sets the position, e.g. so that a caret is seen; takes effect in the next frame. */
void ui_scroll_to(struct ui *ui, const char *id, int offset);
/* The rows of a list of equal rows that show: first and one past the last. */
void ui_scroll_rows(const struct scroll *scroll, int row_px, size_t count, size_t *first, size_t *end);

/* ---- rectangles ------------------------------------------------------------------------------------------------ */

struct rect cut_top(struct rect *r, int h);
struct rect cut_bottom(struct rect *r, int h);
struct rect cut_left(struct rect *r, int w);
struct rect cut_right(struct rect *r, int w);
struct rect inset(struct rect r, int x, int y);
/* Cell i of a grid of `columns` with `gap_px` between, `row_px` high. */
struct rect grid_cell(struct rect area, int columns, int gap_px, int row_px, size_t i);
bool rect_has(struct rect r, float x, float y);

#endif
