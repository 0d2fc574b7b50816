#include "devices/printer_run.h"

#include "devices/escpos_scan.h"

enum {
	CHUNK_BYTES = 1024, /* of data that is none of our commands */
	SMALL_BYTES = 64,   /* commands that are not worth a look each */
	WAIT_MS = 200,      /* between two questions to a printer that is not ready */
	PATIENCE_MS = 2000, /* a band takes a third of a second */
	CUT_OFF_MS = 200,
	RECOVER_MS = 3000, /* between two tries to get out of an error */
	DRAIN_ROUND_MS = 100,
	DRAIN_ROUNDS = 150,   /* nearly a metre of paper */
	NO_GS_R_ROUNDS = 30,  /* for a printer that does not know GS r */
	MAX_TAILS = 3,
	LEARN_MS = 300,
	LEARN_AFTER_CUT_MS = 1500
};

static const uint8_t RESET_AND_CUT[] = { 0x1b, '@', 0x1d, 'V', 66, 0 };

enum outcome {
	DONE,
	INTERRUPTED, /* part of it came out */
	UNCUT,       /* the picture is on paper, the cut may be missing */
	NOT_BEGUN,
	CANCELLED
};

static bool is_open(const struct printer_run *run)
{
	return run->line->is_open(run->line->self);
}

static bool pause_ms(const struct printer_run *run, int ms)
{
	return run->line->pause(run->line->self, ms);
}

static bool cancelled(const struct printer_run *run)
{
	return !pause_ms(run, 0);
}

static void tell(const struct printer_run *run, unsigned trouble)
{
	run->line->tell(run->line->self, trouble);
}

static void note(struct printer_run *run, bool mid_slip, size_t owed)
{
	if (run->mid_slip == mid_slip && run->owed == owed)
		return;
	run->mid_slip = mid_slip;
	run->owed = owed;
	run->line->note(run->line->self, mid_slip, owed);
}

void run_begin(struct printer_run *run, const struct printer_line *line, bool mid_slip, size_t owed)
{
	*run = (struct printer_run){ .line = line, .talk = { .line = line }, .mid_slip = mid_slip, .owed = owed };
}

static bool reach(struct printer_run *run)
{
	if (is_open(run))
		return true;
	if (!run->line->open(run->line->self))
		return false;
	talk_begin(&run->talk);
	return true;
}

/* A command that was cut off in its middle swallows whatever comes next, questions too, and in its head they would make it a
 * picture without end. Noughts are white in a picture and nothing outside of one. */
static bool pay_owed(struct printer_run *run)
{
	static const uint8_t NOUGHTS[CHUNK_BYTES] = { 0 };
	while (run->owed) {
		size_t want = run->owed < sizeof NOUGHTS ? run->owed : sizeof NOUGHTS, done = want;
		enum line_sent sent = run->line->send(run->line->self, NOUGHTS, &done, CUT_OFF_MS);
		note(run, run->mid_slip, run->owed - done);
		if (sent != LINE_SENT)
			return false;
	}
	return true;
}

static void recover(struct printer_run *run, unsigned trouble)
{
	int64_t now = run->line->now_ms(run->line->self);
	if (!(trouble & TROUBLE_RECOVER) || (trouble & (TROUBLE_COVER_OPEN | TROUBLE_PAPER_END))
	    || (run->recovered_ms && now - run->recovered_ms < RECOVER_MS))
		return;
	run->recovered_ms = now;
	talk_recover(&run->talk);
}

static unsigned look(struct printer_run *run)
{
	if (!reach(run) || !pay_owed(run))
		return TROUBLE_OFFLINE | TROUBLE_SILENT;
	unsigned trouble = talk_look(&run->talk);
	recover(run, trouble);
	return trouble;
}

static bool wait_ready(struct printer_run *run)
{
	while (!cancelled(run)) {
		unsigned trouble = look(run);
		if (cancelled(run))
			break;
		tell(run, trouble);
		if (!(trouble & TROUBLE_BLOCKING))
			return true;
		/* The line may be open to nobody: a printer that was off for a while answers on a new one. */
		if ((trouble & TROUBLE_SILENT) && !run->line->tells_loss && is_open(run))
			run->line->close(run->line->self);
		if (!pause_ms(run, WAIT_MS))
			break;
	}
	return false;
}

static unsigned peek(const struct printer_run *run)
{
	return run->line->peek && is_open(run) ? run->line->peek(run->line->self) & TROUBLE_BLOCKING : 0;
}

/* One chunk. A stall means that the printer has stopped, and in the middle of a picture it cannot be asked why, unless there is a
 * way beside the data. */
static enum outcome send_chunk(struct printer_run *run, const uint8_t *bytes, size_t len)
{
	bool stalled = false;
	while (len) {
		size_t done = len;
		enum line_sent sent = run->line->send(run->line->self, bytes, &done, PATIENCE_MS);
		if (sent == LINE_GONE) {
			note(run, true, len); /* how much of it got there is not known */
			return cancelled(run) ? CANCELLED : INTERRUPTED;
		}
		bytes += done;
		len -= done;
		if (done)
			note(run, true, len);
		if (cancelled(run))
			return CANCELLED;
		if (sent == LINE_STALLED) {
			unsigned trouble = peek(run);
			stalled = true;
			tell(run, trouble ? trouble : TROUBLE_OFFLINE);
		}
	}
	return stalled ? INTERRUPTED : DONE;
}

/* With nothing in front of it the question is answered at once, or never. */
static void learn_gs_r(struct printer_run *run, int wait_ms)
{
	if (run->knows_gs_r || run->line->mute || !talk_ask_drained(&run->talk))
		return;
	talk_listen(&run->talk, wait_ms);
	run->knows_gs_r = talk_drained(&run->talk);
}

/* Whether this trouble has cut the slip short, as told in the header. Empties the printer where it can. With the picture on paper
 * there is little left to lose: the feed and the cut wait in the printer for paper. */
static bool splits(struct printer_run *run, unsigned trouble)
{
	if (!is_open(run))
		return true;
	if (run->cutting && !(trouble & (TROUBLE_SILENT | TROUBLE_RECOVER | TROUBLE_COVER_OPEN)))
		return false;
	if (trouble & TROUBLE_PAPER_END) {
		(void)talk_clear(&run->talk);
		return true;
	}
	if (trouble & TROUBLE_SILENT)
		return !run->line->tells_loss;
	if (trouble & (TROUBLE_COVER_OPEN | TROUBLE_RECOVER))
		return talk_clear(&run->talk) || !run->knows_gs_r;
	return false; /* a hot head, a pause: it goes on by itself */
}

/* An answer that may be lost in a silence, or made up by noise, spoils the count for the rest of the slip. */
static bool counts(const struct printer_run *run)
{
	return run->knows_gs_r && run->talk.noise == run->noise && run->talk.lapses == run->lapses;
}

/* On paper, and said so by a printer that makes sense. */
static bool confirmed(struct printer_run *run)
{
	if (!counts(run) || !talk_drained(&run->talk))
		return false;
	(void)talk_look(&run->talk);
	return run->talk.noise == run->noise;
}

/* Until what was sent so far is on paper. */
static enum outcome drain(struct printer_run *run)
{
	bool counted = counts(run);
	for (int round = 0; round < (counted ? DRAIN_ROUNDS : NO_GS_R_ROUNDS);) {
		unsigned lapses = run->talk.lapses + run->talk.noise;
		if (counted)
			talk_listen(&run->talk, DRAIN_ROUND_MS);
		else
			(void)pause_ms(run, DRAIN_ROUND_MS);
		if (confirmed(run))
			return DONE;
		unsigned trouble = talk_look(&run->talk);
		if (cancelled(run))
			return CANCELLED;
		tell(run, trouble);
		if (splits(run, trouble))
			return INTERRUPTED;
		round = run->talk.lapses + run->talk.noise != lapses ? 0 : round + !(trouble & TROUBLE_BLOCKING);
		counted = counts(run);
	}
	if (!counted)
		return DONE;
	if (!run->line->tells_loss)
		run->line->close(run->line->self); /* the questions are lost with the buffer: on a new line none is open */
	return INTERRUPTED;
}

/* Each chunk has a question behind it, asked before anything can be known to be wrong with it. */
static enum outcome send_and_ask(struct printer_run *run, const uint8_t *chunk, size_t len)
{
	run->last_chunk = len;
	enum outcome outcome = send_chunk(run, chunk, len);
	if (outcome == DONE && run->knows_gs_r)
		(void)talk_ask_drained(&run->talk); /* a lapse if it could not be asked */
	return outcome;
}

/* Whole commands, small ones together. */
static size_t next_chunk(const uint8_t *bytes, size_t len)
{
	size_t chunk = 0;
	while (chunk < len && chunk < SMALL_BYTES) {
		size_t command = escpos_command_len(bytes + chunk, len - chunk);
		if (!command)
			return chunk ? chunk : len < CHUNK_BYTES ? len : CHUNK_BYTES;
		chunk += command;
	}
	return chunk;
}

/* From one command to the next, looking in between. */
static enum outcome send_part(struct printer_run *run, const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t chunk = next_chunk(bytes + at, len - at);
		unsigned trouble = talk_look(&run->talk);
		if (cancelled(run))
			return CANCELLED;
		tell(run, trouble);
		enum outcome outcome = DONE;
		if ((trouble & TROUBLE_BLOCKING) && !run->mid_slip)
			outcome = NOT_BEGUN;
		else if ((trouble & TROUBLE_BLOCKING) && splits(run, trouble))
			outcome = INTERRUPTED;
		else if (trouble & TROUBLE_BLOCKING)
			outcome = drain(run);
		if (outcome == DONE)
			outcome = send_and_ask(run, bytes + at, chunk);
		if (outcome != DONE)
			return outcome;
		at += chunk;
	}
	return drain(run);
}

/* Where the feed and the cut after the last picture begin; `len` if they are not told apart from the rest. */
static size_t tail_of(const uint8_t *job, size_t len)
{
	size_t tail = len, command;
	for (size_t at = 0; at < len; at += command) {
		command = escpos_command_len(job + at, len - at);
		if (!command)
			return len;
		if (job[at] == 0x1d && job[at + 1] == 'v')
			tail = at + command;
	}
	return tail;
}

static void cut_off(struct printer_run *run)
{
	size_t len = sizeof RESET_AND_CUT;
	if (!run->mid_slip || !is_open(run))
		return;
	if (!pay_owed(run))
		return;
	(void)talk_clear(&run->talk); /* else the rest of it comes out before the cut */
	/* One that is in trouble may lose the cut as well: better one too many. */
	if (is_open(run) && run->line->send(run->line->self, RESET_AND_CUT, &len, CUT_OFF_MS) == LINE_SENT
	    && !(talk_look(&run->talk) & TROUBLE_BLOCKING))
		note(run, false, 0);
}

/* All of it, or after an interruption what is still wanted of it: *picture bytes, and the tail. */
static enum outcome send_slip(struct printer_run *run, const uint8_t *job, size_t len, size_t *picture)
{
	if (!run->cutting) {
		bool cut = run->mid_slip;
		cut_off(run);
		learn_gs_r(run, cut ? LEARN_AFTER_CUT_MS : LEARN_MS);
		run->noise = run->talk.noise;
		run->lapses = run->talk.lapses;
		/* Without GS r there is no telling when the picture is on paper. */
		*picture = run->knows_gs_r ? tail_of(job, len) : len;
		enum outcome outcome = send_part(run, job, *picture);
		if (outcome != DONE || *picture == len)
			return outcome;
		run->cutting = true;
	}
	enum outcome outcome = send_part(run, job + *picture, len - *picture);
	return outcome == INTERRUPTED || outcome == NOT_BEGUN ? UNCUT : outcome;
}

enum run_end run_print(struct printer_run *run, const uint8_t *job, size_t len)
{
	size_t picture = 0;
	run->cutting = run->knows_gs_r = false; /* it may be another printer than the last time */
	for (int sends = 1, tails = 1; wait_ready(run);) {
		enum outcome outcome = send_slip(run, job, len, &picture);
		if (outcome == DONE) {
			note(run, false, 0);
			return RUN_DONE;
		}
		/* What the line had taken, a printer that was torn from it may have lost. */
		if (run->mid_slip && !is_open(run) && run->owed < run->last_chunk)
			note(run, run->mid_slip, run->last_chunk);
		if (outcome == CANCELLED)
			break;
		if (outcome == UNCUT && ++tails <= MAX_TAILS)
			continue;
		run->cutting = false;
		sends += outcome != NOT_BEGUN;
		if (sends > RUN_SENDS)
			return RUN_GIVEN_UP;
	}
	cut_off(run);
	return RUN_TAKEN_BACK;
}

unsigned run_idle(struct printer_run *run)
{
	unsigned trouble = look(run);
	if (!(trouble & TROUBLE_BLOCKING))
		cut_off(run);
	return trouble;
}
