/* links: kiosk/ui/voice.c kiosk/ui/voice_store.c kiosk/ui/pcm_ring.c kiosk/model/err.c */
/* Real SDL with its disk driver: the microphone is a file of samples, the loudspeaker another. */
#include <math.h>
#include <opusfile.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ui/pcm_ring.h"
#include "ui/voice.h"
#include "ui/voice_store.h"

static char dir[] = "/tmp/test-voice-XXXXXX";
static char mic_path[64], speaker_path[64];
static atomic_int changes;

static void count_change(void *ctx)
{
	(void)ctx;
	atomic_fetch_add(&changes, 1);
}

/* `loud_ms` of a 440 Hz tone at half of full scale; the driver gives silence after it. */
static void write_mic(unsigned loud_ms)
{
	FILE *f = fopen(mic_path, "wb");
	assert_non_null(f);
	for (unsigned i = 0; i < loud_ms * 16; i++) {
		int16_t s = (int16_t)(16384 * sin(2 * 3.14159265 * 440 * i / 16000));
		assert_int_equal(fwrite(&s, sizeof s, 1, f), 1);
	}
	fclose(f);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(mic_path, sizeof mic_path, "%s/mic", dir);
	snprintf(speaker_path, sizeof speaker_path, "%s/speaker", dir);
	setenv("SDL_AUDIODRIVER", "disk", 1);
	setenv("SDL_DISKAUDIOFILEIN", mic_path, 1);
	setenv("SDL_DISKAUDIOFILE", speaker_path, 1);
	setenv("SDL_DISKAUDIODELAY", "0", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(mic_path);
	unlink(speaker_path);
	return rmdir(dir);
}

static bool wait_while(struct voice *v, enum voice_state state, unsigned at_most_ms)
{
	for (unsigned ms = 0; ms < at_most_ms; ms += 2) {
		if (voice_state(v) != state)
			return true;
		usleep(2000);
	}
	return false;
}

static struct voice *new_voice(uint32_t max_ms)
{
	struct voice *v = NULL;
	atomic_store(&changes, 0);
	assert_int_equal(voice_create(max_ms, count_change, NULL, &v), ERR_OK);
	assert_int_equal(voice_state(v), VOICE_EMPTY);
	return v;
}

static struct voice *recorded(uint32_t ms)
{
	struct voice *v = new_voice(ms);
	assert_int_equal(voice_record(v), ERR_OK);
	assert_true(wait_while(v, VOICE_RECORDING, 60000));
	assert_int_equal(voice_state(v), VOICE_READY);
	return v;
}

static double rms(const int16_t *pcm, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return n ? sqrt(sum / (double)n) : 0;
}

/* The whole recording as 48 kHz samples, malloc'ed. */
static int16_t *decoded(const uint8_t *opus, size_t len, size_t *n)
{
	int error = 0;
	OggOpusFile *f = op_open_memory(opus, len, &error);
	assert_non_null(f);
	assert_int_equal(op_channel_count(f, -1), 1);
	size_t total = (size_t)op_pcm_total(f, -1);
	int16_t *pcm = calloc(total + 5760, sizeof *pcm);
	assert_non_null(pcm);
	*n = 0;
	for (int got; (got = op_read(f, pcm + *n, 5760, NULL)) > 0;) {
		*n += (size_t)got;
		assert_true(*n <= total);
	}
	op_free(f);
	return pcm;
}

static void what_was_said_is_in_the_recording(void **state)
{
	(void)state;
	write_mic(2000);
	struct voice *v = recorded(3000);
	assert_int_equal(voice_length_ms(v), 3000);
	uint8_t *opus = NULL;
	size_t len = 0, n = 0;
	assert_int_equal(voice_take(v, &opus, &len), ERR_OK);
	assert_memory_equal(opus, "OggS", 4);
	assert_in_range(len, 2000, 3 * 24000 / 8 * 3 / 2);
	int16_t *pcm = decoded(opus, len, &n);
	assert_in_range(n, 3000 * 48 - 480, 3000 * 48 + 480);
	double loud = rms(pcm + 4800, 1800 * 48), quiet = rms(pcm + 2200 * 48, 700 * 48), expected = 16384 / sqrt(2);
	assert_true(loud > expected * 0.8 && loud < expected * 1.25);
	assert_true(quiet < expected / 50);
	free(pcm);
	free(opus);
	voice_destroy(v);
}

static void it_is_played_back(void **state)
{
	(void)state;
	write_mic(1000);
	struct voice *v = recorded(1500);
	setenv("SDL_DISKAUDIODELAY", "5", 1); /* a speaker at four times its speed: at full tilt it would outrun the decoder */
	assert_int_equal(voice_play(v), ERR_OK);
	assert_int_equal(voice_state(v), VOICE_PLAYING);
	assert_true(wait_while(v, VOICE_PLAYING, 20000));
	assert_int_equal(voice_state(v), VOICE_READY);
	assert_in_range(voice_position_ms(v), 1400, 1500);
	assert_true(atomic_load(&changes) >= 2);
	static int16_t heard[48 * 4000];
	FILE *f = fopen(speaker_path, "rb");
	assert_non_null(f);
	size_t n = fread(heard, sizeof *heard, sizeof heard / sizeof *heard, f);
	fclose(f);
	assert_in_range(n, 1500 * 48, 1500 * 48 + 16 * 1024);
	size_t loud = 0;
	for (size_t i = 0; i < n; i++)
		loud += abs(heard[i]) > 2000;
	assert_in_range(loud, 900 * 48 * 8 / 10, 1100 * 48);
	/* Again, and stopped in the middle. */
	assert_int_equal(voice_play(v), ERR_OK);
	voice_stop(v);
	assert_true(wait_while(v, VOICE_PLAYING, 5000));
	assert_int_equal(voice_state(v), VOICE_READY);
	setenv("SDL_DISKAUDIODELAY", "0", 1);
	voice_destroy(v);
}

static void three_minutes_end_by_themselves_and_fit(void **state)
{
	(void)state;
	write_mic(180000);
	struct voice *v = recorded(180000);
	assert_int_equal(voice_length_ms(v), 180000);
	uint8_t *opus = NULL;
	size_t len = 0, n = 0;
	assert_int_equal(voice_take(v, &opus, &len), ERR_OK);
	assert_true(len < VOICE_STORE_MAX * 3 / 4);
	int16_t *pcm = decoded(opus, len, &n);
	assert_in_range(n, 180000 * 48 - 480, 180000 * 48 + 480);
	assert_true(rms(pcm + n - 48000, 48000) > 8000);
	free(pcm);
	free(opus);
	voice_destroy(v);
}

static void stopping_keeps_and_wiping_forgets(void **state)
{
	(void)state;
	write_mic(500);
	setenv("SDL_DISKAUDIODELAY", "5", 1);
	struct voice *v = new_voice(180000);
	uint8_t *opus = NULL;
	size_t len = 0;
	assert_int_equal(voice_take(v, &opus, &len), ERR_STATE);
	assert_int_equal(voice_play(v), ERR_STATE);
	assert_int_equal(voice_record(v), ERR_OK);
	while (voice_length_ms(v) < 300)
		usleep(2000);
	assert_true(voice_level(v) > 0.8f && voice_level(v) <= 1);
	voice_stop(v);
	assert_int_equal(voice_take(v, &opus, &len), ERR_OK); /* waits for the end of it */
	assert_int_equal(voice_state(v), VOICE_READY);
	assert_true(voice_length_ms(v) >= 300);
	assert_true(voice_level(v) == 0);
	free(opus);
	voice_wipe(v);
	assert_int_equal(voice_state(v), VOICE_EMPTY);
	assert_int_equal(voice_length_ms(v), 0);
	assert_int_equal(voice_take(v, &opus, &len), ERR_STATE);
	/* Wiped while it runs; and recorded over while it plays. */
	assert_int_equal(voice_record(v), ERR_OK);
	usleep(20000);
	voice_wipe(v);
	assert_int_equal(voice_state(v), VOICE_EMPTY);
	assert_int_equal(voice_record(v), ERR_OK);
	while (voice_length_ms(v) == 0)
		usleep(2000);
	voice_stop(v);
	assert_int_equal(voice_play(v), ERR_OK);
	assert_int_equal(voice_record(v), ERR_OK);
	assert_int_equal(voice_state(v), VOICE_RECORDING);
	voice_destroy(v); /* in the middle */
	setenv("SDL_DISKAUDIODELAY", "0", 1);
}

static void no_microphone_is_said(void **state)
{
	(void)state;
	unlink(mic_path);
	struct voice *v = new_voice(1000);
	assert_int_equal(voice_record(v), ERR_NOT_FOUND);
	assert_int_equal(voice_state(v), VOICE_EMPTY);
	/* Plugged in again. */
	write_mic(500);
	assert_int_equal(voice_record(v), ERR_OK);
	assert_true(wait_while(v, VOICE_RECORDING, 20000));
	assert_int_equal(voice_state(v), VOICE_READY);
	voice_destroy(v);
}

static void changes_are_told_at_most_ten_times_a_second(void **state)
{
	(void)state;
	write_mic(5000);
	setenv("SDL_DISKAUDIODELAY", "4", 1);
	struct voice *v = new_voice(4000); /* recorded at eight times the speed of a microphone */
	assert_int_equal(voice_record(v), ERR_OK);
	usleep(400000);
	int told = atomic_load(&changes);
	assert_in_range(told, 1, 6);
	voice_destroy(v);
	setenv("SDL_DISKAUDIODELAY", "0", 1);
}

static void the_ring_keeps_order_across_its_end(void **state)
{
	(void)state;
	static struct pcm_ring ring;
	int16_t in[1000], out[1000], next_in = 0, next_out = 0;
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 1000; i++)
			in[i] = next_in++;
		assert_int_equal(pcm_ring_write(&ring, in, 1000), 1000);
		size_t n = pcm_ring_read(&ring, out, 1000);
		assert_int_equal(n, 1000);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(out[i], next_out++);
	}
	size_t put = 0;
	for (int i = 0; i < 40; i++)
		put += pcm_ring_write(&ring, in, 1000);
	assert_int_equal(put, PCM_RING_SIZE);
	assert_int_equal(pcm_ring_room(&ring), 0);
	pcm_ring_wipe(&ring);
	for (size_t i = 0; i < PCM_RING_SIZE; i++)
		assert_int_equal(ring.samples[i], 0);
}

static void the_store_is_bounded(void **state)
{
	(void)state;
	struct voice_store s = { 0 };
	static uint8_t block[VOICE_STORE_MAX / 4];
	assert_int_equal(voice_store_reserve(&s), ERR_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(voice_store_add(&s, block, sizeof block), ERR_OK);
	assert_int_equal(voice_store_add(&s, block, 1), ERR_TOO_LONG);
	assert_int_equal(s.len, VOICE_STORE_MAX);
	voice_store_wipe(&s);
	assert_null(s.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_said_is_in_the_recording),
		cmocka_unit_test(it_is_played_back),
		cmocka_unit_test(three_minutes_end_by_themselves_and_fit),
		cmocka_unit_test(stopping_keeps_and_wiping_forgets),
		cmocka_unit_test(no_microphone_is_said),
		cmocka_unit_test(changes_are_told_at_most_ten_times_a_second),
		cmocka_unit_test(the_ring_keeps_order_across_its_end),
		cmocka_unit_test(the_store_is_bounded),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
