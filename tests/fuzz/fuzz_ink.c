/* links: kiosk/model/ink.c */
/* Ink from the wire: refused or taken, and what is taken is the same after another way there and back. */
#include "model/ink.h"
#include "tests/fuzz/fuzz.h"

static void check_same(const struct ink *a, const struct ink *b)
{
	HOLDS(a->stroke_count == b->stroke_count && a->point_count == b->point_count);
	for (size_t i = 0; i < a->stroke_count; i++) {
		size_t count, other_count;
		const struct ink_point *points = ink_stroke(a, i, &count), *others = ink_stroke(b, i, &other_count);
		HOLDS(count == other_count && memcmp(points, others, count * sizeof *points) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *bytes = fuzz_copy(data, len);
	struct ink ink = {0}, again = {0};
	uint8_t *encoded;
	size_t encoded_len;
	if (ink_decode((const uint8_t *)bytes, len, &ink) == ERR_OK) {
		HOLDS(ink.point_count <= INK_MAX_POINTS && ink.stroke_count <= INK_MAX_STROKES);
		HOLDS(ink_encode(&ink, &encoded, &encoded_len) == ERR_OK);
		HOLDS(ink_decode(encoded, encoded_len, &again) == ERR_OK);
		check_same(&ink, &again);
		free(encoded);
		while (ink_undo(&ink))
			HOLDS(ink.point_count <= again.point_count);
	}
	ink_clear(&ink);
	ink_clear(&again);
	free(bytes);
	return 0;
}
