#include "township/login_slots.h"

#include <stdbool.h>
#include <string.h>

struct login_slot *login_slot_of(struct login_slot *slots, int count, const uint8_t key[DIGEST_BYTES], int64_t now_ms)
{
	struct login_slot *gone = &slots[0];
	for (int i = 0; i < count; i++) {
		struct login_slot *s = &slots[i];
		if (memcmp(s->key, key, sizeof s->key) == 0) {
			s->used_ms = now_ms;
			return s;
		}
		bool waits = throttle_wait_ms(&s->throttle, now_ms) > 0, goner_waits = throttle_wait_ms(&gone->throttle, now_ms) > 0;
		if (waits != goner_waits ? goner_waits : s->used_ms < gone->used_ms)
			gone = s;
	}
	*gone = (struct login_slot){.used_ms = now_ms};
	memcpy(gone->key, key, sizeof gone->key);
	return gone;
}
