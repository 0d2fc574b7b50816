/* links: kiosk/app/case_view.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/event.c kiosk/model/utf8.c */
/* A township's view of a case: rightly encrypted, it may still hold any JSON or none. */
#include <sodium.h>

#include "app/case_view.h"
#include "model/seal.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t key[SLIP_VIEW_KEY_BYTES] = {9};
	static const char *const ID = "0198c1d2-0000-7000-8000-000000000001";
	if (sodium_init() < 0)
		abort();
	struct case_view *view = calloc(1, sizeof *view);
	uint8_t *boxed = malloc(len + VIEW_OVERHEAD_BYTES);
	HOLDS(view && boxed);
	HOLDS(view_encrypt(key, ID, data, len, boxed) == ERR_OK);
	if (case_view_open(key, ID, boxed, len + VIEW_OVERHEAD_BYTES, view) == ERR_OK) {
		HOLDS(view->step_count <= CASE_VIEW_STEPS);
		for (size_t i = 0; i < view->step_count; i++) {
			HOLDS(utf8_valid(view->steps[i].note, strlen(view->steps[i].note)));
			HOLDS(utf8_valid(view->steps[i].who, strlen(view->steps[i].who)));
		}
		HOLDS(!view->answer || utf8_valid(view->answer, strlen(view->answer)));
	}
	case_view_clear(view);
	boxed[len] ^= 1;
	HOLDS(case_view_open(key, ID, boxed, len + VIEW_OVERHEAD_BYTES, view) == ERR_DENIED);
	case_view_clear(view);
	free(view);
	free(boxed);
	return 0;
}
