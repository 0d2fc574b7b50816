#include "ui/voice.h"

#include <SDL.h>
#include <opusenc.h>
#include <opusfile.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ui/pcm_ring.h"
#include "ui/voice_store.h"

/*
 * EMPTY --record--> RECORDING --stop, limit, device lost--> READY (or FAILED with nothing recorded)
 * READY --play--> PLAYING --stop, end, device lost--> READY
 * any --wipe--> EMPTY        READY, FAILED --record--> RECORDING
 *
 * The audio thread only moves PCM in or out of the ring and posts `wake`. The worker encodes, decodes, closes the device and
 * makes every transition out of RECORDING and PLAYING. `lock` guards all but the ring and what the worker alone uses.
 */
enum { RATE = 16000, PLAY_RATE = 48000, BITRATE = 24000, LEVEL_MS = 100, CALLS_MS = 100, LOST_MS = 3000, IDLE_MS = 250,
	CHUNK = 960 };

struct voice {
	void (*changed)(void *ctx);
	void *ctx;
	uint32_t max_ms;

	pthread_mutex_t lock;
	pthread_cond_t settled;   /* RECORDING or PLAYING was left */
	enum voice_state state;
	bool stop, wipe, quit;    /* asked of the worker */
	uint32_t length_ms, position_ms;
	float level;
	struct voice_store store; /* the worker's while RECORDING, nobody's to change while PLAYING */

	pthread_t worker;
	bool has_worker, has_sdl;
	SDL_sem *wake;            /* owned */
	struct pcm_ring ring;
	SDL_AudioDeviceID device;

	/* the worker's own */
	uint64_t samples;         /* recorded, or played */
	uint64_t level_sum;
	uint32_t level_samples, last_call;
	Uint32 last_sound;
};

static void captured(void *ctx, Uint8 *stream, int len)
{
	struct voice *v = ctx;
	size_t left = (size_t)len / sizeof(int16_t);
	const int16_t *pcm = (const int16_t *)(const void *)stream;
	/* A full ring means a slow encoder: wait a moment for it, then rather lose sound than hold up the device. */
	for (int tries = 0; left > 0 && tries < 40; tries++) {
		size_t n = pcm_ring_write(&v->ring, pcm, left);
		pcm += n;
		left -= n;
		SDL_SemPost(v->wake);
		if (left > 0)
			SDL_Delay(1);
	}
}

static void wanted(void *ctx, Uint8 *stream, int len)
{
	struct voice *v = ctx;
	size_t want = (size_t)len / sizeof(int16_t);
	size_t n = pcm_ring_read(&v->ring, (int16_t *)(void *)stream, want);
	memset(stream + n * sizeof(int16_t), 0, (want - n) * sizeof(int16_t));
	SDL_SemPost(v->wake);
}

static void tell(struct voice *v, bool now)
{
	Uint32 t = SDL_GetTicks();
	if (!now && t - v->last_call < CALLS_MS)
		return;
	v->last_call = t;
	if (v->changed)
		v->changed(v->ctx);
}

static void settle(struct voice *v, enum voice_state state)
{
	pthread_mutex_lock(&v->lock);
	v->state = state;
	v->level = 0;
	v->stop = false;
	if (v->wipe || state == VOICE_FAILED)
		voice_store_wipe(&v->store);
	if (v->wipe) {
		v->state = VOICE_EMPTY;
		v->length_ms = v->position_ms = 0;
		v->wipe = false;
	}
	pthread_cond_broadcast(&v->settled);
	pthread_mutex_unlock(&v->lock);
	tell(v, true);
}

static bool asked_to_stop(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	bool stop = v->stop || v->wipe || v->quit;
	pthread_mutex_unlock(&v->lock);
	return stop;
}

static bool device_lost(struct voice *v)
{
	return SDL_GetAudioDeviceStatus(v->device) == SDL_AUDIO_STOPPED || SDL_GetTicks() - v->last_sound > LOST_MS;
}

static void close_device(struct voice *v)
{
	SDL_CloseAudioDevice(v->device);
	v->device = 0;
}

static int write_page(void *ctx, const unsigned char *bytes, opus_int32 len)
{
	struct voice *v = ctx;
	pthread_mutex_lock(&v->lock);
	enum err e = voice_store_add(&v->store, bytes, (size_t)len);
	pthread_mutex_unlock(&v->lock);
	return e == ERR_OK ? 0 : 1;
}

static int close_stream(void *ctx)
{
	(void)ctx;
	return 0;
}

static OggOpusEnc *open_encoder(struct voice *v)
{
	static const OpusEncCallbacks CALLBACKS = { write_page, close_stream };
	OggOpusComments *comments = ope_comments_create();
	if (!comments)
		return NULL;
	OggOpusEnc *enc = ope_encoder_create_callbacks(&CALLBACKS, v, comments, RATE, 1, 0, NULL);
	ope_comments_destroy(comments);
	if (enc) {
		ope_encoder_ctl(enc, OPUS_SET_BITRATE(BITRATE));
		ope_encoder_ctl(enc, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
		ope_encoder_ctl(enc, OPUS_SET_MAX_BANDWIDTH(OPUS_BANDWIDTH_WIDEBAND));
		ope_encoder_ctl(enc, OPUS_SET_COMPLEXITY(5));
	}
	return enc;
}

/* Loudness of the last LEVEL_MS: -50 dB is 0, full scale is 1, as ears hear it. */
static void measure(struct voice *v, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v->level_sum += (uint64_t)((int64_t)pcm[i] * pcm[i]);
	v->level_samples += (uint32_t)n;
	if (v->level_samples < RATE / 1000 * LEVEL_MS)
		return;
	double rms = SDL_sqrt((double)v->level_sum / v->level_samples) / INT16_MAX;
	double level = 1 + 20 * SDL_log10(rms + 1e-9) / 50;
	v->level_sum = v->level_samples = 0;
	pthread_mutex_lock(&v->lock);
	v->level = (float)(level < 0 ? 0 : level > 1 ? 1 : level);
	v->length_ms = (uint32_t)(v->samples * 1000 / RATE);
	pthread_mutex_unlock(&v->lock);
	tell(v, false);
}

static void record(struct voice *v)
{
	uint64_t limit = (uint64_t)v->max_ms * RATE / 1000;
	int16_t pcm[CHUNK];
	OggOpusEnc *enc = open_encoder(v);
	bool ok = enc != NULL, going = ok;
	v->samples = v->level_sum = v->level_samples = 0;
	v->last_sound = SDL_GetTicks();
	while (going) {
		SDL_SemWaitTimeout(v->wake, IDLE_MS);
		going = !asked_to_stop(v) && !device_lost(v);
		if (!going)
			close_device(v);
		for (size_t n; ok && (n = pcm_ring_read(&v->ring, pcm, CHUNK)) > 0;) {
			v->last_sound = SDL_GetTicks();
			if (n > limit - v->samples)
				n = (size_t)(limit - v->samples);
			ok = n > 0 && ope_encoder_write(enc, pcm, (int)n) == OPE_OK;
			v->samples += n;
			measure(v, pcm, n);
		}
		going = going && ok && v->samples < limit;
	}
	if (v->device)
		close_device(v);
	if (enc) {
		if (v->samples > 0) /* with nothing written, libopusenc encodes what it never filled */
			ope_encoder_drain(enc);
		ope_encoder_destroy(enc);
	}
	sodium_memzero(pcm, sizeof pcm);
	pcm_ring_wipe(&v->ring);
	pthread_mutex_lock(&v->lock);
	v->length_ms = (uint32_t)(v->samples * 1000 / RATE);
	pthread_mutex_unlock(&v->lock);
	settle(v, enc && v->samples > 0 ? VOICE_READY : VOICE_FAILED);
}

/* Fills the ring; gives false when the recording is at its end. */
static bool decode(struct voice *v, OggOpusFile *file)
{
	opus_int16 pcm[CHUNK * 6]; /* 120 ms, the longest an Opus packet can be */
	bool more = true;
	while (more && pcm_ring_room(&v->ring) >= sizeof pcm / sizeof pcm[0]) {
		int n = op_read(file, pcm, (int)(sizeof pcm / sizeof pcm[0]), NULL);
		more = n > 0;
		if (more)
			pcm_ring_write(&v->ring, pcm, (size_t)n);
	}
	sodium_memzero(pcm, sizeof pcm);
	return more;
}

static void play(struct voice *v)
{
	OggOpusFile *file = op_open_memory(v->store.bytes, v->store.len, NULL);
	bool more = file != NULL, going = more;
	v->last_sound = SDL_GetTicks();
	v->samples = 0;
	if (going) {
		more = decode(v, file);
		SDL_PauseAudioDevice(v->device, 0);
	}
	while (going) {
		SDL_SemWaitTimeout(v->wake, IDLE_MS);
		if (more)
			more = decode(v, file);
		size_t waiting = pcm_ring_used(&v->ring);
		uint64_t played = (uint64_t)op_pcm_tell(file) - waiting;
		if (played != v->samples)
			v->last_sound = SDL_GetTicks();
		v->samples = played;
		uint32_t ms = (uint32_t)(played * 1000 / PLAY_RATE);
		pthread_mutex_lock(&v->lock);
		v->position_ms = ms < v->length_ms ? ms : v->length_ms;
		pthread_mutex_unlock(&v->lock);
		tell(v, false);
		going = (more || waiting > 0) && !asked_to_stop(v) && !device_lost(v);
	}
	close_device(v);
	if (file)
		op_free(file);
	pcm_ring_wipe(&v->ring);
	settle(v, VOICE_READY);
}

static void *work(void *ctx)
{
	struct voice *v = ctx;
	for (;;) {
		pthread_mutex_lock(&v->lock);
		enum voice_state state = v->state;
		bool quit = v->quit;
		pthread_mutex_unlock(&v->lock);
		if (state == VOICE_RECORDING)
			record(v);
		else if (state == VOICE_PLAYING)
			play(v);
		else if (quit)
			return NULL;
		else
			SDL_SemWait(v->wake);
	}
}

enum err voice_create(uint32_t max_ms, void (*changed)(void *ctx), void *ctx, struct voice **out)
{
	struct voice *v = calloc(1, sizeof *v);
	if (!v)
		return ERR_NOMEM;
	v->changed = changed;
	v->ctx = ctx;
	v->max_ms = max_ms;
	pthread_mutex_init(&v->lock, NULL);
	pthread_cond_init(&v->settled, NULL);
	*out = v;
	return ERR_OK;
}

void voice_destroy(struct voice *v)
{
	if (!v)
		return;
	if (v->has_worker) {
		pthread_mutex_lock(&v->lock);
		v->quit = v->wipe = true;
		pthread_mutex_unlock(&v->lock);
		SDL_SemPost(v->wake);
		pthread_join(v->worker, NULL);
	}
	if (v->wake)
		SDL_DestroySemaphore(v->wake);
	if (v->has_sdl)
		SDL_QuitSubSystem(SDL_INIT_AUDIO);
	voice_store_wipe(&v->store);
	pcm_ring_wipe(&v->ring);
	pthread_cond_destroy(&v->settled);
	pthread_mutex_destroy(&v->lock);
	sodium_memzero(v, sizeof *v);
	free(v);
}

/* SDL's audio and the worker, at the first use. */
static enum err get_ready(struct voice *v)
{
	if (!v->has_sdl && SDL_InitSubSystem(SDL_INIT_AUDIO) != 0)
		return ERR_NOT_FOUND;
	v->has_sdl = true;
	if (!v->wake)
		v->wake = SDL_CreateSemaphore(0);
	if (!v->wake)
		return ERR_NOMEM;
	if (!v->has_worker && pthread_create(&v->worker, NULL, work, v) != 0)
		return ERR_NOMEM;
	v->has_worker = true;
	return ERR_OK;
}

static bool is_busy(const struct voice *v)
{
	return v->state == VOICE_RECORDING || v->state == VOICE_PLAYING;
}

/* Waits, with the lock held, for what goes on to end: as long as a device takes to close. */
static void end_activity(struct voice *v, bool wipe)
{
	while (is_busy(v)) {
		v->stop = true;
		v->wipe = v->wipe || wipe;
		SDL_SemPost(v->wake);
		pthread_cond_wait(&v->settled, &v->lock);
	}
}

static enum err open_device(struct voice *v, bool capture)
{
	SDL_AudioSpec want = { .freq = capture ? RATE : PLAY_RATE, .format = AUDIO_S16SYS, .channels = 1,
		.samples = capture ? 512 : 1024, .callback = capture ? captured : wanted, .userdata = v };
	SDL_AudioSpec have;
	if (SDL_GetNumAudioDevices(capture) == 0)
		return ERR_NOT_FOUND;
	v->device = SDL_OpenAudioDevice(NULL, capture, &want, &have, 0);
	return v->device ? ERR_OK : ERR_NOT_FOUND;
}

enum err voice_record(struct voice *v)
{
	enum err e = get_ready(v);
	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&v->lock);
	end_activity(v, true);
	voice_store_wipe(&v->store);
	v->state = VOICE_EMPTY;
	v->length_ms = v->position_ms = 0;
	pcm_ring_wipe(&v->ring);
	e = voice_store_reserve(&v->store);
	if (e == ERR_OK)
		e = open_device(v, true);
	if (e == ERR_OK) {
		v->stop = v->wipe = false;
		v->state = VOICE_RECORDING;
		SDL_PauseAudioDevice(v->device, 0);
		SDL_SemPost(v->wake);
	} else {
		voice_store_wipe(&v->store);
	}
	pthread_mutex_unlock(&v->lock);
	return e;
}

void voice_stop(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	if (is_busy(v)) {
		v->stop = true;
		SDL_SemPost(v->wake);
	}
	pthread_mutex_unlock(&v->lock);
}

enum err voice_play(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	if (v->state == VOICE_RECORDING && v->stop)
		end_activity(v, false);
	enum err e = v->state == VOICE_READY ? ERR_OK : ERR_STATE;
	if (e == ERR_OK)
		e = get_ready(v);
	if (e == ERR_OK)
		e = open_device(v, false);
	if (e == ERR_OK) {
		pcm_ring_wipe(&v->ring);
		v->position_ms = 0;
		v->stop = false;
		v->state = VOICE_PLAYING;
		SDL_SemPost(v->wake);
	}
	pthread_mutex_unlock(&v->lock);
	return e;
}

void voice_wipe(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	if (is_busy(v)) {
		v->wipe = true;
		SDL_SemPost(v->wake);
	} else {
		voice_store_wipe(&v->store);
		v->state = VOICE_EMPTY;
		v->length_ms = v->position_ms = 0;
	}
	pthread_mutex_unlock(&v->lock);
}

enum voice_state voice_state(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	enum voice_state state = v->wipe ? VOICE_EMPTY : v->state;
	pthread_mutex_unlock(&v->lock);
	return state;
}

uint32_t voice_length_ms(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	uint32_t ms = v->length_ms;
	pthread_mutex_unlock(&v->lock);
	return ms;
}

uint32_t voice_position_ms(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	uint32_t ms = v->position_ms;
	pthread_mutex_unlock(&v->lock);
	return ms;
}

float voice_level(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	float level = v->level;
	pthread_mutex_unlock(&v->lock);
	return level;
}

enum err voice_take(struct voice *v, uint8_t **opus, size_t *len)
{
	pthread_mutex_lock(&v->lock);
	if (v->state == VOICE_RECORDING && v->stop)
		end_activity(v, false);
	bool there = v->state == VOICE_READY || v->state == VOICE_PLAYING;
	uint8_t *copy = there ? malloc(v->store.len) : NULL;
	if (copy) {
		memcpy(copy, v->store.bytes, v->store.len);
		*opus = copy;
		*len = v->store.len;
	}
	pthread_mutex_unlock(&v->lock);
	return !there ? ERR_STATE : copy ? ERR_OK : ERR_NOMEM;
}
