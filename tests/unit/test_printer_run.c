/* links: kiosk/devices/printer_run.c kiosk/devices/printer_talk.c kiosk/devices/dle_status.c kiosk/devices/escpos_scan.c */
/* A slip through every trouble at every byte of it: one whole slip comes out, whatever else does. Two may where the printer broke
 * between the last line of the picture and the answer that tells of it: printer_run.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "devices/escpos_scan.h"
#include "devices/printer_run.h"

enum { MEND_MS = 700, LINE_BYTES = 1 << 16, NEVER = 1 << 30, FEED_AND_CUT = 7 };

static const uint8_t SLIP[] = { 0x1b, '@', 0x1d, 'v', '0', 0, 1, 0, 3, 0, 0xa1, 0xa2, 0xa3, 0x1d, 'v', '0', 0, 1, 0,
	                        2, 0, 0xb1, 0xb2, 0x1b, 'J', 96, 0x1d, 'V', 66, 0 };

enum fault { NO_FAULT, PAPER, COVER, FORGETS, CABLE, POWER, JAM, MUTE, NOISE, HOT, PAUSED };

static const char *const NAMES[] = { "no fault", "paper", "cover", "forgets", "cable", "power",
	                             "jam",      "mute",  "noise", "hot",     "paused" };

/* The printer, the line to it, and the clock. It prints at once, or not at all while it is in trouble. */
struct fake {
	enum fault fault;
	size_t fault_at;        /* bytes taken, questions too, until it happens */
	bool no_gs_r, no_clear; /* it does not know these commands */
	int64_t now_ms, mended_ms;
	bool broken, latched; /* in trouble; an error that DLE ENQ alone ends */
	bool open, taken_back;
	int64_t take_back_ms;
	size_t taken;
	uint8_t waiting[LINE_BYTES], said[LINE_BYTES], piece[LINE_BYTES];
	size_t waiting_len, said_len, said_at, piece_len;
	const uint8_t *counted; /* the slip that is counted, as long as SLIP; NULL for SLIP */
	int whole, cuts, breaks;
	size_t every_bytes; /* it breaks again that many bytes of the slip later; 0: once */
	bool picture_told;
	bool unsaid; /* it broke with the picture on paper and the answer to GS r not given */
	unsigned told;
	bool mid_slip;
};

static bool reachable(const struct fake *f)
{
	return !(f->broken && (f->fault == CABLE || f->fault == POWER));
}

static bool prints(const struct fake *f)
{
	bool goes_on = f->fault == CABLE || f->fault == MUTE || f->fault == NOISE || f->fault == JAM;
	return (!f->broken || goes_on) && !f->latched;
}

static void say(struct fake *f, uint8_t byte)
{
	bool noise = f->broken && f->fault == NOISE;
	if ((f->broken && f->fault == MUTE) || !reachable(f))
		return;
	if (noise)
		f->said[f->said_len++] = 0xff;
	f->said[f->said_len++] = byte;
}

static void answer(struct fake *f, uint8_t which)
{
	uint8_t bits = 0x12;
	bool stopped = !prints(f);
	if (which == 1 && stopped)
		bits |= 0x08;
	if (which == 2 && f->broken && (f->fault == COVER || f->fault == FORGETS))
		bits |= 0x24;
	if (which == 2 && f->broken && f->fault == PAPER)
		bits |= 0x20;
	if (which == 2 && (f->latched || (f->broken && f->fault == HOT)))
		bits |= 0x40;
	if (which == 3 && f->latched)
		bits |= 0x08;
	if (which == 4 && f->broken && f->fault == PAPER)
		bits |= 0x60;
	say(f, bits);
}

/* The picture, whether it has been fed on or not: a person could read it. */
static bool has_picture(const struct fake *f)
{
	static const uint8_t RESET[] = { 0x1b, '@' };
	size_t picture = sizeof SLIP - FEED_AND_CUT - sizeof RESET, at = 0;
	while (f->piece_len - at >= sizeof RESET && memcmp(f->piece + at, RESET, sizeof RESET) == 0)
		at += sizeof RESET;
	return f->piece_len - at >= picture && memcmp(f->piece + at, (f->counted ? f->counted : SLIP) + sizeof RESET, picture) == 0;
}

static void end_piece(struct fake *f)
{
	f->whole += has_picture(f);
	f->piece_len = 0;
}

static void break_now(struct fake *f)
{
	f->broken = true;
	f->breaks++;
	f->unsaid = has_picture(f) && (!f->picture_told || f->said_at < f->said_len);
	f->mended_ms = f->now_ms + MEND_MS;
	if (f->fault == PAPER)
		end_piece(f);
	if (f->fault == POWER || f->fault == FORGETS)
		f->waiting_len = 0;
	if (!reachable(f)) {
		f->open = false;
		f->said_len = f->said_at = 0;
	}
}

static void eat(struct fake *f, size_t len)
{
	f->waiting_len -= len;
	memmove(f->waiting, f->waiting + len, f->waiting_len);
}

/* Real-time commands go by what waits. True if there was one at `at`. */
static bool real_time(struct fake *f, size_t at)
{
	static const uint8_t CLEAR[] = { 0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08 };
	uint8_t *here = f->waiting + at;
	size_t len = f->waiting_len - at, eaten = 0;
	if (len >= 3 && here[0] == 0x10 && here[1] == 0x04) {
		answer(f, here[2]);
		eaten = 3;
	} else if (len >= 3 && here[0] == 0x10 && here[1] == 0x05) {
		if (f->latched && !f->broken) {
			f->latched = false;
			f->waiting_len = 0;
			return true;
		}
		eaten = 3;
	} else if (len >= sizeof CLEAR && memcmp(here, CLEAR, sizeof CLEAR) == 0) {
		if (!f->no_clear) {
			f->waiting_len = 0;
			say(f, 0x37);
			say(f, 0x25);
			say(f, 0x00);
			return true;
		}
		eaten = sizeof CLEAR;
	}
	f->waiting_len -= eaten;
	memmove(here, here + eaten, f->waiting_len - at);
	return eaten > 0;
}

static size_t command_at(const struct fake *f, size_t at)
{
	const uint8_t *here = f->waiting + at;
	size_t len = f->waiting_len - at;
	if (here[0] != 0x10 && here[0] != 0x1d && here[0] != 0x1b)
		return 1; /* a nought, or what is left of a command */
	if (len < 2)
		return 0;
	if (here[0] == 0x10)
		return here[1] == 0x04 || here[1] == 0x05 || (here[1] == 0x14 && len < 10) ? 0 : 1;
	if (here[0] == 0x1d && here[1] == 'r')
		return len >= 3 ? 3 : 0;
	if (!strchr(here[0] == 0x1d ? "vV" : "@J", here[1]) || !here[1])
		return 1;
	return escpos_command_len(here, len);
}

static void print_one(struct fake *f, size_t len)
{
	if (f->waiting[0] == 0x1d && f->waiting[1] == 'r') {
		f->picture_told = f->picture_told || (!f->no_gs_r && has_picture(f));
		if (!f->no_gs_r)
			say(f, 0);
	} else if (f->waiting[0] == 0x1d && f->waiting[1] == 'V' && f->broken && f->fault == JAM) {
		f->latched = true;
		return;
	} else if (f->waiting[0] == 0x1d && f->waiting[1] == 'V') {
		f->cuts++;
		end_piece(f);
	} else if (len > 1) {
		memcpy(f->piece + f->piece_len, f->waiting, len);
		f->piece_len += len;
	}
	eat(f, len);
}

static void turn(struct fake *f)
{
	size_t at = 0;
	while (at < f->waiting_len) {
		if (real_time(f, at)) {
			at = at < f->waiting_len ? at : 0;
			continue;
		}
		size_t len = command_at(f, at);
		if (!len)
			break;
		if (at == 0 && prints(f))
			print_one(f, len);
		else
			at += len;
	}
}

static void pass(struct fake *f, int64_t ms)
{
	f->now_ms += ms;
	if (f->broken && f->now_ms >= f->mended_ms) {
		f->broken = false;
		f->fault = f->fault == JAM || f->every_bytes ? f->fault : NO_FAULT;
		f->fault_at = f->every_bytes ? f->taken + f->every_bytes : NEVER;
	}
	f->taken_back = f->taken_back || f->now_ms >= f->take_back_ms;
	turn(f);
}

static bool fake_is_open(const void *self)
{
	const struct fake *f = self;
	return f->open;
}

static bool fake_open(void *self)
{
	struct fake *f = self;
	f->open = reachable(f);
	return f->open;
}

static void fake_close(void *self)
{
	struct fake *f = self;
	f->open = false;
}

static enum line_sent fake_send(void *self, const uint8_t *bytes, size_t *len, int patience_ms)
{
	struct fake *f = self;
	(void)patience_ms;
	assert_true(f->open);
	for (size_t i = 0; i < *len; i++) {
		if (f->waiting_len == LINE_BYTES)
			fail_msg("%s: it never prints again", NAMES[f->fault]);
		f->waiting[f->waiting_len++] = bytes[i];
		f->taken++;
		turn(f);
		if (f->taken == f->fault_at && f->fault != NO_FAULT)
			break_now(f);
		if (!f->open) {
			*len = 0; /* as libusb has it: nothing is known */
			return LINE_GONE;
		}
	}
	return LINE_SENT;
}

static int fake_receive(void *self, uint8_t *bytes, size_t size, int wait_ms)
{
	struct fake *f = self;
	assert_true(f->open);
	if (f->said_at == f->said_len)
		pass(f, wait_ms > 0 ? wait_ms : 1);
	if (!reachable(f)) {
		f->open = false;
		return -1;
	}
	int got = 0;
	while (f->said_at < f->said_len && (size_t)got < size)
		bytes[got++] = f->said[f->said_at++];
	if (f->said_at == f->said_len)
		f->said_at = f->said_len = 0;
	return got;
}

static bool fake_pause(void *self, int ms)
{
	struct fake *f = self;
	if (!f->taken_back)
		pass(f, ms);
	return !f->taken_back;
}

static int64_t fake_now_ms(void *self)
{
	const struct fake *f = self;
	return f->now_ms;
}

static void fake_tell(void *self, unsigned trouble)
{
	struct fake *f = self;
	f->told |= trouble;
}

static void fake_note(void *self, bool mid_slip, size_t owed)
{
	struct fake *f = self;
	(void)owed;
	f->mid_slip = mid_slip;
}

static struct printer_line line_of(struct fake *f)
{
	return (struct printer_line){ .open = fake_open,
		                      .close = fake_close,
		                      .is_open = fake_is_open,
		                      .send = fake_send,
		                      .receive = fake_receive,
		                      .pause = fake_pause,
		                      .now_ms = fake_now_ms,
		                      .tell = fake_tell,
		                      .note = fake_note,
		                      .tells_loss = true,
		                      .self = f };
}

static enum run_end print_through(struct fake *f)
{
	const struct printer_line line = line_of(f);
	struct printer_run run;
	if (!f->take_back_ms)
		f->take_back_ms = INT64_MAX;
	run_begin(&run, &line, false, 0);
	enum run_end end = run_print(&run, SLIP, sizeof SLIP);
	assert_int_equal(run.mid_slip, f->mid_slip);
	return end;
}

/* A run without trouble, to know how many bytes there are to break it at. */
static size_t bytes_of_a_run(bool no_gs_r, bool no_clear)
{
	static struct fake f;
	f = (struct fake){ .no_gs_r = no_gs_r, .no_clear = no_clear, .fault_at = NEVER };
	assert_int_equal(print_through(&f), RUN_DONE);
	assert_int_equal(f.whole, 1);
	assert_int_equal(f.cuts, 1);
	assert_int_equal(f.piece_len, 0);
	assert_int_equal(f.told & TROUBLE_BLOCKING, 0);
	assert_false(f.mid_slip);
	return f.taken;
}

static void break_everywhere(enum fault fault, bool no_gs_r, bool no_clear, int most)
{
	static struct fake f;
	size_t bytes = bytes_of_a_run(no_gs_r, no_clear);
	for (size_t at = 1; at <= bytes; at++) {
		f = (struct fake){ .fault = fault, .fault_at = at, .no_gs_r = no_gs_r, .no_clear = no_clear };
		enum run_end end = print_through(&f);
		if (end != RUN_DONE || f.whole < 1 || f.whole > most + f.unsaid || f.piece_len)
			fail_msg("%s%s%s at byte %zu: end %d, %d whole slips, %zu bytes left hanging", NAMES[fault],
			         no_gs_r ? ", no GS r" : "", no_clear ? ", no clear" : "", at, (int)end, f.whole, f.piece_len);
	}
}

static void every_trouble_at_every_byte(void **state)
{
	(void)state;
	static const enum fault FAULTS[] = { PAPER, COVER, FORGETS, CABLE, POWER, JAM, MUTE, NOISE, HOT, PAUSED };
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
		break_everywhere(FAULTS[i], false, false, 1);
}

static void a_printer_that_cannot_be_cleared(void **state)
{
	(void)state;
	static const enum fault FAULTS[] = { COVER, POWER, MUTE, HOT, PAUSED };
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
		break_everywhere(FAULTS[i], false, true, 1);
	/* What it has kept may be all of the slip, where the paper or the cable went before its first line: never none. */
	break_everywhere(PAPER, false, true, 2);
	break_everywhere(CABLE, false, true, 2);
}

static void a_printer_without_gs_r(void **state)
{
	(void)state;
	static const enum fault FAULTS[] = { MUTE, NOISE, HOT, PAUSED };
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
		break_everywhere(FAULTS[i], true, false, 1);
}

static void taken_back_at_every_moment(void **state)
{
	(void)state;
	static struct fake f;
	const struct printer_line line = line_of(&f);
	uint8_t other[sizeof SLIP];
	memcpy(other, SLIP, sizeof SLIP);
	other[10] = 0xcc;
	for (int fault = NO_FAULT; fault <= PAUSED; fault++) {
		for (int64_t ms = 1; ms < 1500; ms += 7) {
			f = (struct fake){ .fault = (enum fault)fault, .fault_at = 60, .take_back_ms = ms };
			struct printer_run run;
			run_begin(&run, &line, false, 0);
			enum run_end end = run_print(&run, SLIP, sizeof SLIP);
			int64_t late = f.now_ms - ms;
			assert_true(end == RUN_DONE || (end == RUN_TAKEN_BACK && late < 2500));
			if (f.whole > 1 + f.unsaid)
				fail_msg("%s, taken back at %d ms: %d whole slips", NAMES[fault], (int)ms, f.whole);
			/* And nothing of it hangs on the next one, which is not confounded with it. */
			f.taken_back = false;
			f.take_back_ms = INT64_MAX;
			f.fault_at = NEVER;
			f.whole = 0;
			f.counted = other;
			assert_int_equal(run_print(&run, other, sizeof other), RUN_DONE);
			if (f.whole != 1 || f.piece_len)
				fail_msg("%s, taken back at %d ms: then %d whole slips", NAMES[fault], (int)ms, f.whole);
		}
	}
}

static void given_up_in_the_end(void **state)
{
	(void)state;
	static struct fake f;
	const struct printer_line line = line_of(&f);
	struct printer_run run;
	f = (struct fake){ .fault = PAPER, .fault_at = 40, .every_bytes = 60, .take_back_ms = INT64_MAX };
	run_begin(&run, &line, false, 0);
	assert_int_equal(run_print(&run, SLIP, sizeof SLIP), RUN_GIVEN_UP);
	assert_int_equal(f.breaks, RUN_SENDS);
	assert_int_equal(f.whole, 0);
	assert_true(f.told & TROUBLE_PAPER_END);
	/* The next one is not the worse for it. */
	f.every_bytes = 0;
	assert_int_equal(run_print(&run, SLIP, sizeof SLIP), RUN_DONE);
	assert_int_equal(f.whole, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trouble_at_every_byte), cmocka_unit_test(a_printer_that_cannot_be_cleared),
		cmocka_unit_test(a_printer_without_gs_r),      cmocka_unit_test(taken_back_at_every_moment),
		cmocka_unit_test(given_up_in_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
