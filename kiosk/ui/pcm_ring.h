/* pcm_ring.h: samples on their way between SDL's audio thread and the worker: one writer, one reader, no lock. */
#ifndef UI_PCM_RING_H
#define UI_PCM_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { PCM_RING_SIZE = 1 << 15 }; /* 2 s of recording, 0.7 s of playback */

/* Zero-initialise. */
struct pcm_ring {
	int16_t samples[PCM_RING_SIZE];
	atomic_size_t written, read; /* since the beginning */
};

size_t pcm_ring_used(const struct pcm_ring *r);
size_t pcm_ring_room(const struct pcm_ring *r);
/* Both give how many samples they moved. */
size_t pcm_ring_write(struct pcm_ring *r, const int16_t *pcm, size_t n);
size_t pcm_ring_read(struct pcm_ring *r, int16_t *pcm, size_t n);
/* Nobody may be writing or reading. */
void pcm_ring_wipe(struct pcm_ring *r);

#endif
