/* links: kiosk/ui/canvas.c kiosk/ui/canvas_shape.c kiosk/ui/canvas_line.c */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/canvas.h"

enum { SIDE = 96 };
static const colour WHITE = 0xFFFFFFFF, RED = 0xFFA8201A, INK = 0xFF221C17;

static struct canvas white_canvas(void)
{
	struct canvas c;
	assert_int_equal(canvas_create(SIDE, SIDE, &c), ERR_OK);
	canvas_fill(&c, c.clip, WHITE);
	return c;
}

static uint32_t at(const struct canvas *c, int x, int y)
{
	return c->pixels[y * c->stride_px + x];
}

static int green(const struct canvas *c, int x, int y)
{
	return (int)(at(c, x, y) >> 8 & 0xFF);
}

static void test_rects(void **state)
{
	(void)state;
	struct rect r;
	assert_true(rect_intersect((struct rect){ 0, 0, 10, 10 }, (struct rect){ 5, -5, 10, 10 }, &r));
	assert_int_equal(r.x, 5);
	assert_int_equal(r.y, 0);
	assert_int_equal(r.w, 5);
	assert_int_equal(r.h, 5);
	assert_false(rect_intersect((struct rect){ 0, 0, 10, 10 }, (struct rect){ 10, 0, 4, 4 }, &r));
	assert_false(rect_intersect((struct rect){ 0, 0, 10, 10 }, (struct rect){ 0, 0, -4, 4 }, &r));
	assert_true(rect_intersect((struct rect){ 2147483000, 0, 2147483000, 9 },
	                           (struct rect){ 2147483000, 0, 600, 9 }, &r));
	assert_int_equal(r.w, 600);
	struct canvas c;
	assert_int_equal(canvas_create(0, 5, &c), ERR_INVALID);
	assert_int_equal(canvas_create(5, 1 << 20, &c), ERR_INVALID);
}

static void test_fill_is_exact_and_blends(void **state)
{
	(void)state;
	struct canvas c = white_canvas();
	canvas_fill(&c, (struct rect){ 10, 10, 37, 5 }, RED);
	assert_int_equal(at(&c, 10, 10), RED);
	assert_int_equal(at(&c, 46, 14), RED);
	assert_int_equal(at(&c, 47, 14), WHITE);
	assert_int_equal(at(&c, 9, 10), WHITE);
	assert_int_equal(at(&c, 10, 15), WHITE);
	/* 37 pixels: two blocks and a rest, which must mix alike. */
	canvas_fill(&c, (struct rect){ 10, 20, 37, 1 }, 0x80000000);
	for (int x = 10; x < 47; x++)
		assert_in_range(green(&c, x, 20), 126, 128);
	assert_int_equal(at(&c, 10, 20), at(&c, 46, 20));
	canvas_fill(&c, (struct rect){ 0, 0, SIDE, SIDE }, 0x00FF0000);
	assert_int_equal(at(&c, 10, 10), RED);
	canvas_destroy(&c);
	assert_null(c.pixels);
}

static void test_round_rect(void **state)
{
	(void)state;
	struct canvas c = white_canvas();
	canvas_round_rect(&c, (struct rect){ 8, 8, 64, 48 }, 16, RED, 0, 0);
	assert_int_equal(at(&c, 8, 8), WHITE);
	assert_int_equal(at(&c, 40, 30), RED);
	assert_int_equal(at(&c, 8, 30), RED);
	assert_int_equal(at(&c, 40, 8), RED);
	assert_int_equal(at(&c, 7, 30), WHITE);
	bool soft = false;
	for (int y = 8; y < 56; y++)
		for (int x = 8; x < 72; x++) {
			assert_int_equal(at(&c, x, y), at(&c, 79 - x, y));
			assert_int_equal(at(&c, x, y), at(&c, x, 63 - y));
			soft |= at(&c, x, y) != RED && at(&c, x, y) != WHITE;
		}
	assert_true(soft);
	canvas_destroy(&c);
}

static void test_border_hides_the_ground(void **state)
{
	(void)state;
	struct canvas c = white_canvas();
	canvas_fill(&c, c.clip, 0xFF00FF00);
	canvas_round_rect(&c, (struct rect){ 8, 8, 64, 64 }, 20, INK, 3, INK);
	canvas_round_rect(&c, (struct rect){ 8, 8, 64, 64 }, 20, INK, 3, INK);
	/* Border and fill of one colour leave no seam: along the middle row and a diagonal all is that colour. */
	for (int i = 16; i < 64; i++) {
		assert_int_equal(at(&c, i, 40), INK);
		assert_in_range(green(&c, i, i), 0x1C, 0x1F);
	}
	canvas_fill(&c, c.clip, WHITE);
	canvas_round_rect(&c, (struct rect){ 8, 8, 64, 64 }, 20, 0xFFFFFFFF, 2, RED);
	assert_int_equal(at(&c, 8, 40), RED);
	assert_int_equal(at(&c, 9, 40), RED);
	assert_int_equal(at(&c, 10, 40), WHITE);
	assert_int_equal(at(&c, 40, 71), RED);
	assert_int_equal(at(&c, 40, 69), WHITE);
	/* Thinner than its borders: all border. */
	canvas_round_rect(&c, (struct rect){ 80, 80, 3, 10 }, 2, WHITE, 2, RED);
	assert_int_equal(at(&c, 81, 85), RED);
	canvas_destroy(&c);
}

static void test_gradient(void **state)
{
	(void)state;
	struct canvas c = white_canvas();
	canvas_gradient(&c, (struct rect){ 0, 0, 80, 80 }, 0, 0xFF000000, 0xFFF0F0F0);
	assert_in_range(green(&c, 0, 0), 0, 1);
	assert_in_range(green(&c, 79, 79), 0xEE, 0xF0);
	assert_in_range(green(&c, 79, 0), 0x76, 0x7A);
	assert_in_range(abs(green(&c, 79, 0) - green(&c, 0, 79)), 0, 1);
	for (int i = 1; i < 80; i++)
		assert_true(green(&c, i, i) >= green(&c, i - 1, i - 1));
	canvas_fill(&c, c.clip, WHITE);
	canvas_gradient(&c, (struct rect){ 0, 0, 80, 80 }, 30, 0x80000000, 0xFF000000);
	assert_int_equal(at(&c, 0, 0), WHITE);
	assert_in_range(green(&c, 1, 40), 0x40, 0x70);
	canvas_destroy(&c);
}

static void test_shadow_fades(void **state)
{
	(void)state;
	struct canvas c = white_canvas();
	canvas_shadow(&c, (struct rect){ 30, 30, 36, 36 }, 6, 12, 0, 0xFF000000);
	for (int x = 49; x < 90; x++)
		assert_true(green(&c, x, 48) >= green(&c, x - 1, 48));
	for (int i = 49; i < 90; i++)
		assert_true(green(&c, i, i) >= green(&c, i - 1, i - 1));
	assert_in_range(green(&c, 48, 48), 0, 8);
	assert_int_equal(at(&c, 79, 48), WHITE);
	assert_int_equal(at(&c, 17, 48), WHITE);
	assert_in_range(green(&c, 66, 48), 110, 145);
	canvas_destroy(&c);
}

static void test_line_covers_once(void **state)
{
	(void)state;
	struct canvas c = white_canvas();
	/* It crosses itself at 48, 48. */
	struct canvas_point p[] = { { 10, 48 }, { 86, 48 }, { 86, 10 }, { 48, 10 }, { 48, 86 } };
	canvas_polyline(&c, p, 5, 10, 0x80000000);
	assert_int_equal(at(&c, 48, 48), at(&c, 20, 48));
	assert_int_equal(at(&c, 86, 48), at(&c, 20, 48));
	assert_in_range(green(&c, 20, 48), 126, 128);
	assert_int_equal(at(&c, 30, 60), WHITE);
	assert_int_equal(at(&c, 2, 48), WHITE);
	assert_true(green(&c, 7, 48) < 255); /* round end */
	canvas_fill(&c, c.clip, WHITE);
	canvas_polyline(&c, p, 1, 10, INK);
	assert_int_equal(at(&c, 10, 48), INK);
	assert_int_equal(at(&c, 16, 48), WHITE);
	struct canvas_point wild[] = { { 1e30F, -1e30F }, { NAN, 20 }, { -1e30F, 1e30F } };
	canvas_polyline(&c, wild, 3, 4, INK);
	canvas_polyline(&c, p, 0, 10, INK);
	canvas_polyline(&c, p, 5, -1, INK);
	canvas_destroy(&c);
}

static void test_mask_and_blit(void **state)
{
	(void)state;
	struct canvas c = white_canvas(), small;
	uint8_t bytes[6] = { 0, 255, 128, 255, 0, 0 };
	struct mask m = { bytes, 3, 2, 3 };
	canvas_mask(&c, &m, 10, 10, RED);
	assert_int_equal(at(&c, 10, 10), WHITE);
	assert_int_equal(at(&c, 11, 10), RED);
	assert_int_equal(at(&c, 10, 11), RED);
	assert_in_range(green(&c, 12, 10), 0x8E, 0x91);
	canvas_mask(&c, &m, -2, -1, RED);
	canvas_mask(&c, &m, SIDE - 1, SIDE - 1, RED);
	assert_int_equal(canvas_create(8, 8, &small), ERR_OK);
	canvas_fill(&small, small.clip, RED);
	canvas_blit(&c, &small, -4, 50, 255);
	assert_int_equal(at(&c, 3, 50), RED);
	assert_int_equal(at(&c, 4, 50), WHITE);
	canvas_blit(&c, &small, 92, 92, 128);
	assert_in_range(green(&c, 95, 95), 0x8E, 0x91);
	canvas_destroy(&small);
	canvas_destroy(&c);
}

static void draw_everything(struct canvas *c, int x, int y)
{
	struct rect r = { x, y, 60, 44 };
	struct canvas_point p[] = { { (float)x, (float)y }, { (float)x + 90, (float)y + 50 }, { 0, 90 } };
	uint8_t bytes[64];
	memset(bytes, 200, sizeof(bytes));
	canvas_fill(c, r, 0x800000FF);
	canvas_round_rect(c, r, 12, RED, 3, INK);
	canvas_round_rect(c, r, 200, 0x80FF0000, 0, 0);
	canvas_gradient(c, r, 14, RED, INK);
	canvas_gradient(c, r, 14, 0x40FF0000, INK);
	canvas_shadow(c, r, 10, 16, 4, 0x60000000);
	canvas_circle(c, x, y, 30, RED);
	canvas_mask(c, &(struct mask){ bytes, 8, 8, 8 }, x, y, INK);
	canvas_polyline(c, p, 3, 7.5F, RED);
	canvas_dashes(c, x - 50, y, 200, 3, 7, 5, INK);
}

static void test_nothing_leaves_the_clip(void **state)
{
	(void)state;
	static const struct rect CLIPS[] = {
		{ 30, 40, 1, 1 }, { 0, 0, 17, 9 }, { 50, 3, 40, 80 }, { 95, 95, 1, 1 },
		{ 20, 20, 50, 50 }, { 90, 90, 50, 50 },
	};
	int touched = 0;
	for (size_t i = 0; i < sizeof(CLIPS) / sizeof(CLIPS[0]); i++) {
		struct canvas c = white_canvas();
		canvas_set_clip(&c, CLIPS[i]);
		for (int y = -70; y < 120; y += 19)
			for (int x = -70; x < 120; x += 23)
				draw_everything(&c, x, y);
		draw_everything(&c, 16000000, -16000000);
		draw_everything(&c, -16000000, 16000000);
		for (int y = 0; y < SIDE; y++)
			for (int x = 0; x < SIDE; x++) {
				struct rect one;
				if (!rect_intersect((struct rect){ x, y, 1, 1 }, c.clip, &one))
					assert_int_equal(at(&c, x, y), WHITE);
				else
					touched += at(&c, x, y) != WHITE;
			}
		canvas_destroy(&c);
	}
	assert_true(touched > 5000);
	struct canvas c = white_canvas();
	canvas_set_clip(&c, (struct rect){ 200, 200, 10, 10 });
	draw_everything(&c, 0, 0);
	for (int i = 0; i < SIDE * SIDE; i++)
		assert_int_equal(c.pixels[i], WHITE);
	canvas_destroy(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rects),
		cmocka_unit_test(test_fill_is_exact_and_blends),
		cmocka_unit_test(test_round_rect),
		cmocka_unit_test(test_border_hides_the_ground),
		cmocka_unit_test(test_gradient),
		cmocka_unit_test(test_shadow_fades),
		cmocka_unit_test(test_line_covers_once),
		cmocka_unit_test(test_mask_and_blit),
		cmocka_unit_test(test_nothing_leaves_the_clip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
