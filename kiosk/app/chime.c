#include "app/chime.h"

#include <SDL2/SDL.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { RATE = 22050, GOOD_MS = 140, CARE_MS = 260, TAIL_MS = 90, ATTACK_MS = 5, LEVEL = 9000, NOTES = 2, REST_MS = 20000 };

static const double TAU = 6.283185307179586;
/* Up for done (a fifth), a low pair for take care. */
static const struct { double hertz[NOTES]; int ms; } chimes[CHIME_COUNT] = {
	[CHIME_GOOD] = { { 784.0, 1174.7 }, GOOD_MS },
	[CHIME_CARE] = { { 392.0, 349.2 }, CARE_MS },
};

struct chime {
	SDL_Thread *thread;
	SDL_mutex *lock;
	SDL_cond *wake, *hushed;
	bool stopping, wanted, hushing, open; /* under the lock */
	enum chime_kind kind;
	SDL_AudioDeviceID device; /* the thread's own; 0 while closed */
};

static int note(int16_t *out, double pitch, int ms)
{
	int count = RATE * ms / 1000, tail = RATE * TAIL_MS / 1000, attack = RATE * ATTACK_MS / 1000;
	for (int i = 0; i < count; i++) {
		double level = LEVEL;
		if (i < attack)
			level *= (double)i / attack;
		if (i > count - tail)
			level *= (double)(count - i) / tail;
		double turn = TAU * pitch * i / RATE;
		out[i] = (int16_t)(level * (0.8 * sin(turn) + 0.2 * sin(2 * turn)));
	}
	return count;
}

static void sound(struct chime *c, enum chime_kind kind)
{
	int16_t samples[NOTES * RATE * CARE_MS / 1000];
	if (!c->device) {
		SDL_AudioSpec want = { .freq = RATE, .format = AUDIO_S16SYS, .channels = 1, .samples = 512 };
		if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0)
			return;
		if (SDL_GetNumAudioDevices(0) != 0) /* ALSA fills the log when asked for a card that is not there */
			c->device = SDL_OpenAudioDevice(NULL, 0, &want, NULL, 0);
		if (!c->device) {
			SDL_QuitSubSystem(SDL_INIT_AUDIO);
			return;
		}
		SDL_PauseAudioDevice(c->device, 0);
	}
	int count = 0;
	for (int i = 0; i < NOTES; i++)
		count += note(samples + count, chimes[kind].hertz[i], chimes[kind].ms);
	SDL_ClearQueuedAudio(c->device); /* the next in the queue is heard, not the one before */
	(void)SDL_QueueAudio(c->device, samples, (Uint32)((size_t)count * sizeof *samples));
}

/* An open device keeps waking the processor. */
static void rest(struct chime *c)
{
	if (!c->device)
		return;
	SDL_CloseAudioDevice(c->device);
	SDL_QuitSubSystem(SDL_INIT_AUDIO);
	c->device = 0;
}

static int work(void *arg)
{
	struct chime *c = arg;
	SDL_LockMutex(c->lock);
	while (!c->stopping) {
		if (c->wanted) {
			enum chime_kind kind = c->kind;
			c->wanted = false;
			c->open = true;
			SDL_UnlockMutex(c->lock);
			sound(c, kind);
			SDL_LockMutex(c->lock);
			c->open = c->device != 0;
		} else if (c->open && c->hushing) {
			SDL_UnlockMutex(c->lock);
			rest(c);
			SDL_LockMutex(c->lock);
			c->open = false;
		} else if (!c->open) {
			c->hushing = false;
			SDL_CondBroadcast(c->hushed);
			SDL_CondWait(c->wake, c->lock);
		} else if (SDL_CondWaitTimeout(c->wake, c->lock, REST_MS) == SDL_MUTEX_TIMEDOUT) {
			c->hushing = true;
		}
	}
	SDL_UnlockMutex(c->lock);
	rest(c);
	return 0;
}

enum err chime_create(struct chime **chime)
{
	struct chime *c = calloc(1, sizeof *c);
	if (!c)
		return ERR_NOMEM;
	c->lock = SDL_CreateMutex();
	c->wake = SDL_CreateCond();
	c->hushed = SDL_CreateCond();
	c->thread = c->lock && c->wake && c->hushed ? SDL_CreateThread(work, "chime", c) : NULL;
	if (!c->thread) {
		chime_destroy(c);
		return ERR_NOMEM;
	}
	*chime = c;
	return ERR_OK;
}

void chime_play(struct chime *c, enum chime_kind kind)
{
	if (!c)
		return;
	SDL_LockMutex(c->lock);
	c->kind = kind;
	c->wanted = true;
	SDL_CondSignal(c->wake);
	SDL_UnlockMutex(c->lock);
}

void chime_hush(struct chime *c)
{
	if (!c)
		return;
	SDL_LockMutex(c->lock);
	c->wanted = false;
	c->hushing = true;
	SDL_CondSignal(c->wake);
	while (c->hushing && c->open)
		SDL_CondWait(c->hushed, c->lock);
	c->hushing = false;
	SDL_UnlockMutex(c->lock);
}

void chime_destroy(struct chime *c)
{
	if (!c)
		return;
	if (c->thread) {
		SDL_LockMutex(c->lock);
		c->stopping = true;
		SDL_CondSignal(c->wake);
		SDL_UnlockMutex(c->lock);
		SDL_WaitThread(c->thread, NULL);
	}
	if (c->hushed)
		SDL_DestroyCond(c->hushed);
	if (c->wake)
		SDL_DestroyCond(c->wake);
	if (c->lock)
		SDL_DestroyMutex(c->lock);
	free(c);
}
