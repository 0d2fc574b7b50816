/* voice.h: a spoken report: SDL audio in, Ogg Opus (RFC 7845, 16 kHz mono, 24 kbit/s) in locked memory, and playback.
 * Capture and playback run on SDL's audio thread and an encoder thread; every function here returns at once, but for opening
 * the device, and for record and take right after a stop, which wait until the device is closed (some 50 ms). */
#ifndef UI_VOICE_H
#define UI_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct voice;
enum voice_state { VOICE_EMPTY, VOICE_RECORDING, VOICE_READY, VOICE_PLAYING, VOICE_FAILED };

/* Opens no device yet. `max_ms` ends a recording by itself. `changed` is called from another thread when the state or the
 * level changed (at most 10 times a second): post an event, nothing more. */
MUST_USE enum err voice_create(uint32_t max_ms, void (*changed)(void *ctx), void *ctx, struct voice **voice);
void voice_destroy(struct voice *voice); /* stops, wipes, frees */

MUST_USE enum err voice_record(struct voice *voice);  /* wipes what was there; ERR_NOT_FOUND: no microphone */
void voice_stop(struct voice *voice);                 /* ends recording or playing; `changed` comes when it has ended */
MUST_USE enum err voice_play(struct voice *voice);    /* ERR_STATE: nothing recorded; ERR_NOT_FOUND: no loudspeaker */
void voice_wipe(struct voice *voice);

enum voice_state voice_state(struct voice *voice);
uint32_t voice_length_ms(struct voice *voice);        /* recorded so far, or in all */
uint32_t voice_position_ms(struct voice *voice);      /* of the playback */
float voice_level(struct voice *voice);               /* 0..1, of the last 100 ms */
/* A copy of the finished recording, malloc'ed, the caller's to wipe and free. ERR_STATE when there is none. */
MUST_USE enum err voice_take(struct voice *voice, uint8_t **opus, size_t *len);

#endif
