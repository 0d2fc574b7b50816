#include "sync/backoff.h"

int64_t backoff_fail(struct backoff *b, uint32_t random)
{
	int64_t step = BACKOFF_FIRST_MS;
	for (int i = 0; i < b->failures && step < BACKOFF_MAX_MS; i++)
		step *= 2;
	if (step > BACKOFF_MAX_MS)
		step = BACKOFF_MAX_MS;
	if (b->failures < 30)
		b->failures++;
	/* The very first wait keeps its full second: a server that restarts is not hammered. */
	int64_t half = b->failures == 1 ? step : step / 2;
	return half + (int64_t)random * (step - half + 1) / ((int64_t)UINT32_MAX + 1);
}

void backoff_reset(struct backoff *b)
{
	b->failures = 0;
}
