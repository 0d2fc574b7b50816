/* login_slots.h: wrong passwords in a row, by name and address, in a table of fixed size. */
#ifndef TOWNSHIP_LOGIN_SLOTS_H
#define TOWNSHIP_LOGIN_SLOTS_H

#include "model/seal.h"
#include "model/throttle.h"

/* Each name that pushes out another costs an Argon2: thousands, so that four guesses before the first pause, and then other names
 * until they are forgotten, is no quicker than to wait. */
enum { LOGIN_SLOTS = 8192 };

struct login_slot {
	uint8_t key[DIGEST_BYTES];
	struct throttle throttle;
	int64_t used_ms; /* monotonic */
};

/* The slot of that key; where there is none, a fresh one in the place of the longest unused. One that still makes somebody wait
 * goes only when all of them do: who guesses must not make room by trying other names. */
struct login_slot *login_slot_of(struct login_slot *slots, int count, const uint8_t key[DIGEST_BYTES], int64_t now_ms);

#endif
