#include "model/throttle.h"

void throttle_wrong(struct throttle *t, int64_t now_ms)
{
	t->wrong_in_row++;
	if (t->wrong_in_row < THROTTLE_FREE)
		return;
	int64_t pause = THROTTLE_FIRST_MS;
	for (int i = THROTTLE_FREE; i < t->wrong_in_row && pause < THROTTLE_MAX_MS; i++)
		pause *= 2;
	t->until_ms = now_ms + (pause < THROTTLE_MAX_MS ? pause : THROTTLE_MAX_MS);
}

void throttle_right(struct throttle *t)
{
	t->wrong_in_row = 0;
	t->until_ms = 0;
}

int64_t throttle_wait_ms(const struct throttle *t, int64_t now_ms)
{
	return t->until_ms > now_ms ? t->until_ms - now_ms : 0;
}
