/* case_view.h: what the township sends to whoever holds the slip: the steps of the case and the answer, decrypted. */
#ifndef APP_CASE_VIEW_H
#define APP_CASE_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "model/err.h"
#include "model/event.h"

enum { CASE_VIEW_STEPS = 32 };

struct case_view_step {
	char step[16];       /* accept, assign, transfer, extend, talk, answer, redo … */
	int64_t at_ms;
	char who[128];
	char due[11];        /* 2026-06-20 or "" */
	char note[512];
};

struct case_view {
	struct case_view_step steps[CASE_VIEW_STEPS];
	size_t step_count;
	char *answer;        /* owned, NULL when there is none yet */
	char answer_by[128];
	int64_t answer_at_ms;
};

/* Decrypts and reads; *view must be cleared or zero before. ERR_DENIED: not for this key; ERR_CORRUPT: not what it should be. */
MUST_USE enum err case_view_open(const uint8_t key[SLIP_VIEW_KEY_BYTES], const char *case_id, const uint8_t *boxed,
                                 size_t len, struct case_view *view);
/* Wipes and frees. */
void case_view_clear(struct case_view *view);

#endif
