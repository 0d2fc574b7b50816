/* links: kiosk/ui/text.c kiosk/ui/text_caret.c kiosk/ui/text_layout.c kiosk/ui/text_shape.c kiosk/ui/text_masks.c kiosk/ui/text_fonts.c kiosk/ui/canvas.c kiosk/model/utf8.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/text.h"

enum { SIZE_PX = 40, LINE_PX = 60, HAN_BYTES = 3 };

static struct text_engine *engine;

static int open_engine(void **state)
{
	(void)state;
	return text_engine_create(&engine) == ERR_OK ? 0 : -1;
}

static int close_engine(void **state)
{
	(void)state;
	text_engine_destroy(engine);
	return 0;
}

static const struct text_layout *lay(const char *text, int han_wide, enum text_align align, bool fair)
{
	struct text_style style = { .size_px = SIZE_PX, .line_px = LINE_PX, .width_px = han_wide * SIZE_PX, .align = align,
		                    .fair = fair };
	return text_layout(engine, text, strlen(text), &style);
}

/* On which line a character is, counted from 0. */
static int line_of(const struct text_layout *layout, int han)
{
	struct rect caret;
	text_caret(layout, (size_t)han * HAN_BYTES + 1, &caret);
	return caret.y / LINE_PX;
}

static void last_line_is_no_lone_character(void **state)
{
	(void)state;
	const char *text = "月底前修好请家长留意。"; /* eleven, ten to a line: 意 and its stop would stand alone */
	const struct text_layout *l = lay(text, 10, TEXT_LEFT, false);
	assert_int_equal(text_lines(l), 2);
	assert_int_equal(line_of(l, 8), 0);
	l = lay(text, 10, TEXT_LEFT, true);
	assert_int_equal(text_lines(l), 2);
	assert_int_equal(line_of(l, 7), 0);
	assert_int_equal(line_of(l, 8), 1);
	assert_int_equal(text_width(l), 8 * SIZE_PX);
}

static void every_paragraph_ends_fairly_and_long_ends_stay(void **state)
{
	(void)state;
	const struct text_layout *l = lay("一二三四五六七八九十甲\n一二三四五六七八九十甲乙丙", 10, TEXT_LEFT, true);
	assert_int_equal(text_lines(l), 4);
	assert_int_equal(line_of(l, 8), 0);
	assert_int_equal(line_of(l, 9), 1);
	struct rect caret;
	text_caret(l, 11 * HAN_BYTES + 1 + 9 * HAN_BYTES + 1, &caret); /* the second paragraph's tenth: its end is long enough */
	assert_int_equal(caret.y / LINE_PX, 2);
}

static void centred_lines_part_after_a_mark(void **state)
{
	(void)state;
	const char *text = "机器没能存好，没有收下。请再试一次，或者找人。"; /* twenty-three */
	const struct text_layout *l = lay(text, 20, TEXT_CENTER, true);
	assert_int_equal(text_lines(l), 2);
	assert_int_equal(line_of(l, 11), 0);
	assert_int_equal(line_of(l, 12), 1);
	l = lay("一二三四五六七八九十甲", 10, TEXT_CENTER, true); /* no mark: in the middle */
	assert_int_equal(text_lines(l), 2);
	assert_in_range(text_width(l), 6 * SIZE_PX, 6 * SIZE_PX);
}

static void one_line_and_narrow_ones_stay(void **state)
{
	(void)state;
	assert_int_equal(text_lines(lay("谁能看到", 10, TEXT_CENTER, true)), 1);
	const struct text_layout *l = lay("一二三四", 3, TEXT_LEFT, true);
	assert_int_equal(text_lines(l), 2);
	assert_int_equal(line_of(l, 2), 0);
	assert_int_equal(text_lines(lay("", 10, TEXT_LEFT, true)), 1);
	assert_int_equal(text_lines(lay("一\n", 10, TEXT_CENTER, true)), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_line_is_no_lone_character),
		cmocka_unit_test(every_paragraph_ends_fairly_and_long_ends_stay),
		cmocka_unit_test(centred_lines_part_after_a_mark),
		cmocka_unit_test(one_line_and_narrow_ones_stay),
	};
	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
