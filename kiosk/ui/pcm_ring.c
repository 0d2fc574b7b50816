#include "ui/pcm_ring.h"

#include <sodium.h>
#include <string.h>

size_t pcm_ring_used(const struct pcm_ring *r)
{
	size_t read = atomic_load_explicit(&r->read, memory_order_acquire);
	return atomic_load_explicit(&r->written, memory_order_acquire) - read;
}

size_t pcm_ring_room(const struct pcm_ring *r)
{
	return PCM_RING_SIZE - pcm_ring_used(r);
}

/* How many of n samples from position `at` lie before the end of the array. */
static size_t first_part(size_t at, size_t n)
{
	size_t to_end = PCM_RING_SIZE - at % PCM_RING_SIZE;
	return n < to_end ? n : to_end;
}

size_t pcm_ring_write(struct pcm_ring *r, const int16_t *pcm, size_t n)
{
	size_t room = pcm_ring_room(r), at = atomic_load_explicit(&r->written, memory_order_relaxed);
	if (n > room)
		n = room;
	size_t first = first_part(at, n);
	memcpy(r->samples + at % PCM_RING_SIZE, pcm, first * sizeof *pcm);
	memcpy(r->samples, pcm + first, (n - first) * sizeof *pcm);
	atomic_store_explicit(&r->written, at + n, memory_order_release);
	return n;
}

size_t pcm_ring_read(struct pcm_ring *r, int16_t *pcm, size_t n)
{
	size_t used = pcm_ring_used(r), at = atomic_load_explicit(&r->read, memory_order_relaxed);
	if (n > used)
		n = used;
	size_t first = first_part(at, n);
	memcpy(pcm, r->samples + at % PCM_RING_SIZE, first * sizeof *pcm);
	memcpy(pcm + first, r->samples, (n - first) * sizeof *pcm);
	atomic_store_explicit(&r->read, at + n, memory_order_release);
	return n;
}

void pcm_ring_wipe(struct pcm_ring *r)
{
	sodium_memzero(r->samples, sizeof r->samples);
	atomic_store(&r->written, 0);
	atomic_store(&r->read, 0);
}
