/* links: kiosk/pdf/portrait.c kiosk/model/picture_head.c */
/* A picture of any bytes: refused, or a portrait of 4:5 that a JPEG of its own size can be made of. */
#include "model/picture_head.h"
#include "pdf/portrait.h"
#include "tests/fuzz/fuzz.h"

enum { DECODED_MAX_PX = 1000 * 1000 }; /* more takes its time, and finds nothing new */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *bytes = (uint8_t *)fuzz_copy(data, len);
	struct picture_head head;
	struct portrait p = {0};
	enum err e = picture_head_read(bytes, len, &head);
	HOLDS(e == ERR_OK || e == ERR_CORRUPT || e == ERR_UNSUPPORTED);
	if (e == ERR_OK) {
		HOLDS(head.width > 0 && head.height > 0 && head.orientation >= 1 && head.orientation <= 8);
		if ((int64_t)head.width * head.height <= DECODED_MAX_PX && portrait_decode(bytes, len, &p) == ERR_OK) {
			uint8_t *jpeg;
			size_t jpeg_len;
			HOLDS(p.width * 5 == p.height * 4 && p.width >= PORTRAIT_MIN_PX && p.width <= PORTRAIT_WIDTH_PX);
			HOLDS(portrait_jpeg(&p, 1 << 20, &jpeg, &jpeg_len) == ERR_OK);
			HOLDS(picture_head_read(jpeg, jpeg_len, &head) == ERR_OK && head.width == p.width && !head.metadata);
			free(jpeg);
		}
	}
	portrait_clear(&p);
	free(bytes);
	return 0;
}
