/* links: kiosk/ui/ui.c kiosk/ui/ui_scroll.c kiosk/ui/draw.c kiosk/ui/render.c kiosk/ui/theme.c kiosk/ui/widgets.c kiosk/ui/chrome.c kiosk/ui/editor.c kiosk/ui/icon.c kiosk/ui/text.c kiosk/ui/text_caret.c kiosk/ui/text_fonts.c kiosk/ui/text_layout.c kiosk/ui/text_masks.c kiosk/ui/text_shape.c kiosk/ui/canvas.c kiosk/ui/canvas_line.c kiosk/ui/canvas_shape.c kiosk/model/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/editor.h"
#include "ui/render.h"
#include "ui/ui.h"
#include "ui/widgets.h"

enum { WIDTH = 1080, HEIGHT = 1920 };

struct room {
	struct text_engine *text;
	struct icon_set *icons;
	struct ui *ui;
	struct theme theme;
	struct ui_input input;
};

static int setup(void **state)
{
	struct room *r = test_calloc(1, sizeof *r);
	assert_int_equal(text_engine_create(&r->text), ERR_OK);
	assert_int_equal(icon_set_create("assets", &r->icons), ERR_OK);
	assert_int_equal(ui_create(r->text, r->icons, &r->ui), ERR_OK);
	theme_make(&r->theme, WIDTH, HEIGHT, 0, false, false);
	r->input.now_ms = 1000;
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct room *r = *state;
	ui_destroy(r->ui);
	icon_set_destroy(r->icons);
	text_engine_destroy(r->text);
	test_free(r);
	return 0;
}

static void begin(struct room *r)
{
	ui_begin(r->ui, &r->theme, TEXT_SC, &r->input);
}

/* Ends the frame as the main loop does: edges are seen once. */
static bool end(struct room *r)
{
	bool again = ui_end(r->ui);
	r->input.pressed = r->input.released = false;
	r->input.path_count = 0;
	return again;
}

static void press(struct room *r, float x, float y)
{
	r->input.pressed = r->input.down = true;
	r->input.x = x;
	r->input.y = y;
	r->input.path[0] = (struct canvas_point){ x, y };
	r->input.path_count = 1;
}

static void move(struct room *r, float x, float y)
{
	r->input.x = x;
	r->input.y = y;
	r->input.now_ms += 16;
}

static void release(struct room *r)
{
	r->input.released = true;
	r->input.down = false;
}

static const struct rect low = { 100, 100, 300, 200 }, high = { 200, 150, 300, 200 };

static struct touch frame_of_two(struct room *r, struct touch *top)
{
	begin(r);
	struct touch bottom = ui_touch(r->ui, "low", low, "low");
	*top = ui_touch(r->ui, "high", high, "high");
	end(r);
	return bottom;
}

static void a_touch_acts_on_release_inside_and_the_topmost_has_it(void **state)
{
	struct room *r = *state;
	struct touch top, bottom;
	press(r, 250, 200); /* where both lie */
	frame_of_two(r, &top);
	bottom = frame_of_two(r, &top); /* the rebuild after the press */
	assert_true(top.pressed);
	assert_false(bottom.pressed);
	release(r);
	bottom = frame_of_two(r, &top);
	assert_true(top.clicked);
	assert_false(bottom.clicked);
	bottom = frame_of_two(r, &top);
	assert_false(top.clicked || top.pressed || bottom.clicked || bottom.pressed);
}

static void a_finger_that_slides_off_does_nothing(void **state)
{
	struct room *r = *state;
	struct touch top;
	press(r, 450, 300);
	frame_of_two(r, &top);
	move(r, 900, 900);
	frame_of_two(r, &top);
	assert_false(top.pressed);
	release(r);
	frame_of_two(r, &top);
	assert_false(top.clicked);
}

static void what_is_muted_cannot_be_touched(void **state)
{
	struct room *r = *state;
	press(r, 250, 200);
	begin(r);
	ui_mute(r->ui, true);
	struct touch below = ui_touch(r->ui, "low", low, "low");
	ui_mute(r->ui, false);
	struct touch above = ui_touch(r->ui, "high", high, "high");
	end(r);
	assert_false(below.pressed);
	assert_true(above.pressed);
	const struct ui_target *targets;
	assert_int_equal(ui_targets(r->ui, &targets), 1);
	assert_string_equal(targets[0].id, "high");
}

/* ---- scrolling --------------------------------------------------------------------------------------------------- */

enum { ROW = 100, ROWS = 100000 };
static const struct rect view = { 0, 300, 1000, 1000 };

static int scroll_frame(struct room *r, size_t *first, size_t *last, struct touch *touch)
{
	begin(r);
	struct scroll s = ui_scroll_begin(r->ui, "list", view, ROW * ROWS);
	ui_scroll_rows(&s, ROW, ROWS, first, last);
	*touch = ui_touch(r->ui, "row", (struct rect){ 0, 700, 1000, ROW }, "row");
	ui_scroll_end(r->ui, &s);
	end(r);
	return s.offset;
}

static void a_drag_scrolls_and_does_not_touch(void **state)
{
	struct room *r = *state;
	size_t first, last;
	struct touch touch;
	press(r, 500, 750);
	assert_int_equal(scroll_frame(r, &first, &last, &touch), 0);
	for (int i = 1; i <= 10; i++) {
		move(r, 500, 750 - (float)i * 20);
		scroll_frame(r, &first, &last, &touch);
	}
	release(r);
	int offset = scroll_frame(r, &first, &last, &touch);
	assert_false(touch.clicked);
	assert_true(offset > 100 && offset <= 200);
}

static void a_fling_glides_and_comes_to_rest(void **state)
{
	struct room *r = *state;
	size_t first, last;
	struct touch touch;
	press(r, 500, 750);
	scroll_frame(r, &first, &last, &touch);
	for (int i = 1; i <= 5; i++) {
		move(r, 500, 750 - (float)i * 60);
		scroll_frame(r, &first, &last, &touch);
	}
	release(r);
	int at_release = scroll_frame(r, &first, &last, &touch), offset = at_release;
	for (int i = 0; i < 400; i++) {
		r->input.now_ms += 16;
		int before = offset;
		offset = scroll_frame(r, &first, &last, &touch);
		assert_true(offset >= before);
	}
	assert_true(offset > at_release + 200);
	r->input.now_ms += 16;
	assert_int_equal(scroll_frame(r, &first, &last, &touch), offset);
	assert_true(ui_wake_ms(r->ui) == INT64_MAX); /* at rest: no frame is asked for */
}

static void a_list_of_100000_rows_shows_only_those_in_view(void **state)
{
	struct room *r = *state;
	size_t first, last;
	struct touch touch;
	scroll_frame(r, &first, &last, &touch);
	ui_scroll_to(r->ui, "list", ROW * 50000);
	scroll_frame(r, &first, &last, &touch);
	assert_int_equal(first, 50000);
	assert_true(last - first <= 12);
	ui_scroll_to(r->ui, "list", ROW * ROWS * 2); /* beyond the end: the end */
	scroll_frame(r, &first, &last, &touch);
	assert_int_equal(last, ROWS);
	assert_true(first >= ROWS - 12);
}

/* ---- what is drawn again ------------------------------------------------------------------------------------------- */

static size_t shown(struct room *r, struct renderer *renderer, struct canvas *canvas, colour c, const struct rect **changed)
{
	begin(r);
	ui_fill(r->ui, ui_screen_rect(r->ui), 0xFFF6F2EA);
	ui_fill(r->ui, (struct rect){ 600, 600, 10, 10 }, c);
	end(r);
	return renderer_frame(renderer, ui_drawing(r->ui), r->text, canvas, changed);
}

static void only_what_changed_is_drawn_again(void **state)
{
	struct room *r = *state;
	struct renderer *renderer;
	struct canvas canvas;
	const struct rect *changed;
	assert_int_equal(renderer_create(WIDTH, HEIGHT, &renderer), ERR_OK);
	assert_int_equal(canvas_create(WIDTH, HEIGHT, &canvas), ERR_OK);
	assert_int_equal(shown(r, renderer, &canvas, 0xFF112233, &changed), 1);
	assert_int_equal(changed[0].w, WIDTH);
	assert_int_equal(shown(r, renderer, &canvas, 0xFF112233, &changed), 0);
	assert_int_equal(shown(r, renderer, &canvas, 0xFF445566, &changed), 1);
	assert_true(changed[0].w <= 60 && changed[0].h <= 60);
	assert_true(rect_has(changed[0], 605, 605));
	assert_int_equal(canvas.pixels[(size_t)605 * (size_t)canvas.stride_px + 605] & 0xFFFFFF, 0x445566);
	assert_int_equal(canvas.pixels[0] & 0xFFFFFF, 0xF6F2EA);
	canvas_destroy(&canvas);
	renderer_destroy(renderer);
}

/* ---- the editor ------------------------------------------------------------------------------------------------------ */

static void an_editor_keeps_its_limit_and_its_characters_whole(void **state)
{
	(void)state;
	char text[64] = "";
	struct editor ed;
	editor_bind(&ed, text, sizeof text, 4, true);
	assert_int_equal(editor_insert(&ed, "村口"), ERR_OK);
	assert_int_equal(editor_insert(&ed, "的路"), ERR_OK);
	assert_int_equal(editor_insert(&ed, "。"), ERR_TOO_LONG);
	assert_true(ed.full);
	assert_string_equal(text, "村口的路");
	editor_delete(&ed);
	assert_false(ed.full);
	assert_string_equal(text, "村口的");
	ed.caret = ed.anchor = 0;
	editor_delete(&ed); /* nothing before it */
	assert_string_equal(text, "村口的");
	ed.anchor = 0;
	ed.caret = 6;
	assert_int_equal(editor_insert(&ed, "𡘙"), ERR_OK); /* Extension B, over the selection */
	assert_string_equal(text, "𡘙的");
	editor_select_all(&ed);
	editor_delete(&ed);
	assert_string_equal(text, "");
	for (size_t i = 0; i < sizeof text; i++)
		assert_int_equal(text[i], 0); /* what was deleted is not left behind the end */
}

static void a_guess_is_replaced_until_it_is_confirmed(void **state)
{
	(void)state;
	char text[64] = "大";
	struct editor ed;
	editor_bind(&ed, text, sizeof text, 20, true);
	assert_int_equal(editor_guess(&ed, "入"), ERR_OK);
	assert_string_equal(text, "大入");
	assert_int_equal(editor_guess(&ed, "人"), ERR_OK);
	assert_string_equal(text, "大人");
	editor_confirm(&ed);
	assert_int_equal(editor_guess(&ed, "们"), ERR_OK);
	assert_string_equal(text, "大人们");
	assert_int_equal(editor_insert(&ed, "，"), ERR_OK); /* anything else confirms */
	assert_string_equal(text, "大人们，");
}

/* ---- sizes --------------------------------------------------------------------------------------------------------------- */

static void letters_and_targets_keep_their_least_size(void **state)
{
	(void)state;
	static const struct { int w, h; } panels[] = { { 1080, 1920 }, { 1920, 1080 }, { 800, 480 }, { 480, 800 }, { 1280, 800 } };
	for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
		for (int large = 0; large < 2; large++) {
			struct theme t;
			theme_make(&t, panels[i].w, panels[i].h, 0, large, false);
			for (int s = 0; s < SIZE_COUNT; s++)
				assert_true(t.font_px[s] >= (large ? 40 : 28));
			assert_int_equal(t.target_px, 96);
			assert_true(t.bar_px >= t.target_px);
		}
	}
	struct theme known;
	theme_make(&known, 800, 480, 177.8, false, false); /* a 7-inch panel: 5.25 px a millimetre */
	assert_int_equal(known.target_px, 79);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_touch_acts_on_release_inside_and_the_topmost_has_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_finger_that_slides_off_does_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_muted_cannot_be_touched, setup, teardown),
		cmocka_unit_test_setup_teardown(a_drag_scrolls_and_does_not_touch, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fling_glides_and_comes_to_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_of_100000_rows_shows_only_those_in_view, setup, teardown),
		cmocka_unit_test_setup_teardown(only_what_changed_is_drawn_again, setup, teardown),
		cmocka_unit_test(an_editor_keeps_its_limit_and_its_characters_whole),
		cmocka_unit_test(a_guess_is_replaced_until_it_is_confirmed),
		cmocka_unit_test(letters_and_targets_keep_their_least_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
