/* links: kiosk/ui/handwriting.c kiosk/ui/stroke_model.c kiosk/ui/stroke_readings.c kiosk/ui/glyph.c kiosk/ui/marks.c kiosk/model/ink.c kiosk/model/err.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <zinnia.h>

#include "strokes_fixture.h"
#include "ui/handwriting.h"
#include "ui/stroke_model.h"

#define MODEL "/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model"

static struct handwriting *hw;

static int set_up(void **state)
{
	(void)state;
	return drawn_load("tests/data/strokes.txt") || drawn_count < 40 || handwriting_create(&hw) != ERR_OK;
}

static int tear_down(void **state)
{
	(void)state;
	handwriting_destroy(hw);
	return 0;
}

static size_t rank_of(const struct candidates *c, const char *text)
{
	size_t i = 0;
	while (i < c->count && strcmp(c->items[i], text) != 0)
		i++;
	return i;
}

struct rates { double first, eight; };

static struct rates measure(enum drawn_slip slip, float crude, int times)
{
	size_t first = 0, eight = 0, all = 0;
	drawn_seed = 7;
	for (int t = 0; t < times; t++) {
		for (size_t i = 0; i < drawn_count; i++) {
			struct drawn d = drawn_slipped(&drawn[i], slip);
			struct ink ink = { 0 };
			struct candidates c;
			assert_int_equal(drawn_ink(&d, crude, 6000, 1500, 1500, &ink), ERR_OK);
			assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_OK);
			assert_int_equal(c.count, HANDWRITING_MAX);
			size_t rank = rank_of(&c, d.character);
			first += rank == 0;
			eight += rank < 8;
			all++;
			ink_clear(&ink);
		}
	}
	struct rates r = { (double)first / (double)all, (double)eight / (double)all };
	print_message("slip %d, crude %.0f: first %.2f, of the first eight %.2f\n", slip, (double)crude, r.first, r.eight);
	return r;
}

static void characters_written_as_taught(void **state)
{
	(void)state;
	struct rates neat = measure(SLIP_NONE, 0, 1), crude = measure(SLIP_NONE, 1, 3);
	assert_true(neat.first >= 0.82 && neat.eight >= 0.94);
	assert_true(crude.first >= 0.82 && crude.eight >= 0.94);
}

static void characters_written_otherwise(void **state)
{
	(void)state;
	static const double AT_LEAST[SLIP_COUNT] = { 0, 0.7, 0.6, 0.68 };
	for (enum drawn_slip slip = SLIP_SWAPPED; slip < SLIP_COUNT; slip++)
		assert_true(measure(slip, 1, 2).eight >= AT_LEAST[slip]);
}

/* The scores are zinnia's: its own library is asked for the same strokes. */
static void scores_equal_zinnia(void **state)
{
	(void)state;
	struct stroke_model *model = NULL;
	zinnia_recognizer_t *zinnia = zinnia_recognizer_new();
	assert_true(zinnia_recognizer_open(zinnia, MODEL));
	assert_int_equal(stroke_model_open(MODEL, &model), ERR_OK);
	size_t count = stroke_model_count(model);
	assert_int_equal(count, zinnia_recognizer_size(zinnia));
	float *scores = calloc(count, sizeof *scores);
	assert_non_null(scores);
	for (size_t d = 0; d < drawn_count; d += 3) {
		struct ink ink = { 0 };
		struct glyph g;
		assert_int_equal(drawn_ink(&drawn[d], 1, 6000, 1500, 1500, &ink), ERR_OK);
		assert_int_equal(glyph_from_ink(&ink, &g), ERR_OK);
		stroke_model_score(model, &g, scores);
		zinnia_character_t *c = zinnia_character_new();
		zinnia_character_set_width(c, 10000);
		zinnia_character_set_height(c, 10000);
		for (size_t s = 0; s < g.count; s++)
			for (size_t k = 0; k < g.strokes[s].count; k++)
				zinnia_character_add(c, s, (int)lrintf(g.strokes[s].points[k].x * 10000),
					(int)lrintf(g.strokes[s].points[k].y * 10000));
		zinnia_result_t *result = zinnia_recognizer_classify(zinnia, c, 20);
		for (size_t r = 0; r < 20; r++) {
			size_t i = 0;
			while (i < count && strcmp(stroke_model_character(model, i), zinnia_result_value(result, r)) != 0)
				i++;
			assert_true(i < count);
			assert_true(fabsf(scores[i] - zinnia_result_score(result, r)) < 0.02f);
		}
		zinnia_result_destroy(result);
		zinnia_character_destroy(c);
		ink_clear(&ink);
	}
	free(scores);
	stroke_model_close(model);
	zinnia_recognizer_destroy(zinnia);
}

static void where_and_how_large_does_not_matter(void **state)
{
	(void)state;
	static const float SIZES[] = { 2500, 9000 };
	const struct drawn *d = &drawn[0];
	while (strcmp(d->character, "路") != 0)
		d++;
	for (int i = 0; i < 2; i++) {
		struct ink ink = { 0 };
		struct candidates c;
		assert_int_equal(drawn_ink(d, 0, SIZES[i], 300, 700, &ink), ERR_OK);
		assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_OK);
		assert_string_equal(c.items[0], "路");
		ink_clear(&ink);
	}
}

static void draw_line(struct ink *ink, bool begin, int x0, int y0, int x1, int y1)
{
	for (int i = begin ? 0 : 1; i <= 20; i++) {
		struct ink_point p = { (uint16_t)(x0 + (x1 - x0) * i / 20), (uint16_t)(y0 + (y1 - y0) * i / 20) };
		assert_int_equal(i == 0 ? ink_begin(ink, p) : ink_extend(ink, p), ERR_OK);
	}
}

static void draw_ring(struct ink *ink, float rx, float ry)
{
	for (int i = 0; i <= 40; i++) {
		float a = -1.57f - 6.283f * (float)i / 40;
		struct ink_point p = { (uint16_t)(5000 + rx * cosf(a)), (uint16_t)(5000 + ry * sinf(a)) };
		assert_int_equal(i == 0 ? ink_begin(ink, p) : ink_extend(ink, p), ERR_OK);
	}
}

static void expect_among(struct ink *ink, const char *text, size_t first_few)
{
	struct candidates c;
	assert_int_equal(handwriting_recognise(hw, ink, &c), ERR_OK);
	if (rank_of(&c, text) >= first_few)
		fail_msg("%s comes %zu., first is %s", text, rank_of(&c, text) + 1, c.items[0]);
	ink_clear(ink);
}

static void marks_and_digits(void **state)
{
	(void)state;
	struct ink ink = { 0 };
	draw_line(&ink, true, 4000, 6000, 4500, 6600);
	expect_among(&ink, "、", 1);
	draw_line(&ink, true, 4500, 6000, 4200, 6700);
	expect_among(&ink, "，", 1);
	draw_ring(&ink, 400, 400);
	expect_among(&ink, "。", 1);
	draw_ring(&ink, 1600, 2600);
	expect_among(&ink, "0", 1);
	draw_line(&ink, true, 5000, 2000, 5000, 8000);
	expect_among(&ink, "1", 1);
	draw_line(&ink, true, 3500, 2000, 6500, 2000);
	draw_line(&ink, false, 6500, 2000, 4600, 8000);
	expect_among(&ink, "7", 1);
	draw_line(&ink, true, 5500, 2000, 3500, 5500);
	draw_line(&ink, false, 3500, 5500, 7000, 5500);
	draw_line(&ink, true, 6000, 3500, 6000, 8000);
	expect_among(&ink, "4", 4);
	/* A horizontal stroke is 一 and no digit. */
	draw_line(&ink, true, 2000, 5000, 8000, 4900);
	expect_among(&ink, "一", 1);
}

static void odd_input(void **state)
{
	(void)state;
	struct ink ink = { 0 };
	struct candidates c;
	assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_INVALID);
	/* A touch without a move; the same point many times over; the whole page in one stroke. */
	assert_int_equal(ink_begin(&ink, (struct ink_point){ 0, 0 }), ERR_OK);
	assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_OK);
	for (int i = 0; i < 30; i++)
		assert_int_equal(ink_begin(&ink, (struct ink_point){ INK_UNITS, 20000 }), ERR_OK);
	assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_OK);
	for (int i = 0; i < 20000; i++)
		assert_int_equal(ink_extend(&ink, (struct ink_point){ (uint16_t)(i * 7919 % INK_UNITS), (uint16_t)(i * 104729 % 20000) }),
			ERR_OK);
	assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_OK);
	assert_int_equal(c.count, HANDWRITING_MAX);
	for (int i = 0; i < 30; i++)
		assert_int_equal(ink_begin(&ink, (struct ink_point){ 5, 5 }), ERR_OK);
	assert_int_equal(handwriting_recognise(hw, &ink, &c), ERR_TOO_LONG);
	ink_clear(&ink);
}

static void a_spoilt_model_is_refused(void **state)
{
	(void)state;
	struct stroke_model *model = NULL;
	char path[] = "/tmp/test-model-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(stroke_model_open("/nonexistent/model", &model), ERR_NOT_FOUND);
	assert_int_equal(stroke_model_open(path, &model), ERR_CORRUPT);
	/* Right size and version, and one character whose list of weights never ends. */
	uint32_t head[] = { (12 + 20 + 8) ^ 0xef71821u, 1, 1 };
	uint8_t rest[28] = { 0 };
	assert_int_equal(write(fd, head, sizeof head), sizeof head);
	assert_int_equal(write(fd, rest, sizeof rest), sizeof rest);
	assert_int_equal(stroke_model_open(path, &model), ERR_CORRUPT);
	assert_int_equal(ftruncate(fd, 30), 0);
	assert_int_equal(stroke_model_open(path, &model), ERR_CORRUPT);
	assert_null(model);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_written_as_taught),
		cmocka_unit_test(characters_written_otherwise),
		cmocka_unit_test(scores_equal_zinnia),
		cmocka_unit_test(where_and_how_large_does_not_matter),
		cmocka_unit_test(marks_and_digits),
		cmocka_unit_test(odd_input),
		cmocka_unit_test(a_spoilt_model_is_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
