/* links: kiosk/ui/voice.c kiosk/ui/voice_store.c kiosk/ui/pcm_ring.c kiosk/model/err.c */
/* A microphone that is pulled out: SDL's device functions are replaced here by ones that can fail. */
#include <SDL.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/voice.h"

static struct {
	SDL_AudioSpec spec;
	pthread_t thread;
	atomic_bool open, running, plugged_in;
	int devices;
} fake;

static void *device_thread(void *ctx)
{
	Uint8 *buffer = ctx;
	while (atomic_load(&fake.running)) {
		memset(buffer, 0x11, fake.spec.samples * 2u);
		if (atomic_load(&fake.plugged_in))
			fake.spec.callback(fake.spec.userdata, buffer, fake.spec.samples * 2);
		usleep(1000);
	}
	free(buffer);
	return NULL;
}

int SDL_GetNumAudioDevices(int capture)
{
	(void)capture;
	return fake.devices;
}

SDL_AudioDeviceID SDL_OpenAudioDevice(const char *name, int capture, const SDL_AudioSpec *want, SDL_AudioSpec *have, int changes)
{
	(void)name;
	(void)capture;
	(void)changes;
	assert_false(atomic_load(&fake.open));
	fake.spec = *have = *want;
	atomic_store(&fake.open, true);
	return 2;
}

void SDL_PauseAudioDevice(SDL_AudioDeviceID id, int pause)
{
	assert_int_equal(id, 2);
	if (pause || atomic_exchange(&fake.running, true))
		return;
	void *buffer = malloc(fake.spec.samples * 2u);
	pthread_create(&fake.thread, NULL, device_thread, buffer);
}

void SDL_CloseAudioDevice(SDL_AudioDeviceID id)
{
	assert_int_equal(id, 2);
	if (atomic_exchange(&fake.running, false))
		pthread_join(fake.thread, NULL);
	atomic_store(&fake.open, false);
}

SDL_AudioStatus SDL_GetAudioDeviceStatus(SDL_AudioDeviceID id)
{
	(void)id;
	return atomic_load(&fake.plugged_in) ? SDL_AUDIO_PLAYING : SDL_AUDIO_STOPPED;
}

static struct voice *recording(void)
{
	struct voice *v = NULL;
	setenv("SDL_AUDIODRIVER", "dummy", 1);
	assert_int_equal(voice_create(180000, NULL, NULL, &v), ERR_OK);
	assert_int_equal(voice_record(v), ERR_OK);
	return v;
}

static void wait_while(struct voice *v, enum voice_state state)
{
	for (int ms = 0; ms < 5000 && voice_state(v) == state; ms++)
		usleep(1000);
}

static void what_was_recorded_is_kept(void **state)
{
	(void)state;
	fake.devices = 1;
	atomic_store(&fake.plugged_in, true);
	struct voice *v = recording();
	while (voice_length_ms(v) < 1000)
		usleep(1000);
	atomic_store(&fake.plugged_in, false);
	wait_while(v, VOICE_RECORDING);
	assert_int_equal(voice_state(v), VOICE_READY);
	assert_true(voice_length_ms(v) >= 1000);
	assert_false(atomic_load(&fake.open));
	uint8_t *opus = NULL;
	size_t len = 0;
	assert_int_equal(voice_take(v, &opus, &len), ERR_OK);
	assert_true(len > 1000);
	free(opus);
	voice_destroy(v);
}

static void a_microphone_gone_at_once_is_a_failure(void **state)
{
	(void)state;
	fake.devices = 1;
	atomic_store(&fake.plugged_in, false);
	struct voice *v = recording();
	wait_while(v, VOICE_RECORDING);
	assert_int_equal(voice_state(v), VOICE_FAILED);
	uint8_t *opus = NULL;
	size_t len = 0;
	assert_int_equal(voice_take(v, &opus, &len), ERR_STATE);
	/* Plugged in again, it goes on. */
	atomic_store(&fake.plugged_in, true);
	assert_int_equal(voice_record(v), ERR_OK);
	assert_int_equal(voice_state(v), VOICE_RECORDING);
	voice_destroy(v);
	assert_false(atomic_load(&fake.open));
}

static void a_loudspeaker_gone_leaves_the_recording(void **state)
{
	(void)state;
	fake.devices = 1;
	atomic_store(&fake.plugged_in, true);
	struct voice *v = recording();
	while (voice_length_ms(v) < 2000)
		usleep(1000);
	voice_stop(v);
	wait_while(v, VOICE_RECORDING);
	assert_int_equal(voice_play(v), ERR_OK);
	atomic_store(&fake.plugged_in, false);
	wait_while(v, VOICE_PLAYING);
	assert_int_equal(voice_state(v), VOICE_READY);
	fake.devices = 0;
	assert_int_equal(voice_play(v), ERR_NOT_FOUND);
	assert_int_equal(voice_state(v), VOICE_READY);
	voice_destroy(v);
}

static void no_device_at_all(void **state)
{
	(void)state;
	struct voice *v = NULL;
	fake.devices = 0;
	assert_int_equal(voice_create(180000, NULL, NULL, &v), ERR_OK);
	assert_int_equal(voice_record(v), ERR_NOT_FOUND);
	assert_int_equal(voice_state(v), VOICE_EMPTY);
	voice_destroy(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_recorded_is_kept),
		cmocka_unit_test(a_microphone_gone_at_once_is_a_failure),
		cmocka_unit_test(a_loudspeaker_gone_leaves_the_recording),
		cmocka_unit_test(no_device_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
