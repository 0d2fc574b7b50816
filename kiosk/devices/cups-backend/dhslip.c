/* dhslip: a CUPS backend (cups-backend(7)) for thermal slip printers. Unlike CUPS' own it asks the printer
 * how it is between chunks (DLE EOT) and says so (STATE:), and it finishes when the slip is on paper, not
 * when the bytes are gone.
 *
 *   dhslip:/dev/usb/lp0     dhslip://HOST:PORT
 *
 *                 ready                all sent                 GS r answered
 *   WAITING ─────────────► SENDING ───────────────► DRAINING ─────────────────► done
 *      ▲                      │ paper out, line lost   │
 *      └──────────────────────┴────────────────────────┘  at most once: the whole slip again from
 *                                                          its start, after a cut that frees it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/cups-backend/port.h"
#include "devices/escpos_scan.h"

enum { BACKEND_OK = 0, BACKEND_FAILED = 1, BACKEND_CANCEL = 5 };
enum {
	MAX_JOB_BYTES = 8 * 1024 * 1024,
	CHUNK_BYTES = 1024, /* of data that is none of our commands */
	MAX_SENDS = 2,
	WAIT_MS = 200,      /* between two questions to a printer that is not ready */
	PATIENCE_MS = 2000, /* a band takes a third of a second */
	CONFIRM_MS = 40,
	DRAIN_ROUND_MS = 100,
	DRAIN_ROUNDS = 150,  /* nearly a metre of paper */
	NO_GS_R_ROUNDS = 30, /* for a printer that does not know GS r */
};

static const uint8_t RESET_AND_CUT[] = { 0x1b, '@', 0x1d, 'V', 66, 0 };

enum outcome { DONE, INTERRUPTED, NOT_BEGUN, CANCELLED };

/* As bits, in the order of REASONS. */
enum trouble {
	PAPER_END = 1,
	COVER_OPEN = 2,
	OTHER_ERROR = 4,
	OFFLINE = 8,
	PAPER_LOW = 16,
	SILENT = 32, /* offline, and not even that is said: for ourselves alone */
	BLOCKING = PAPER_END | COVER_OPEN | OTHER_ERROR | OFFLINE
};
static const char *const REASONS[] = { "media-empty-error", "cover-open-error", "other-error",
	                               "offline-report", "media-low-warning" };
enum { REASON_COUNT = sizeof REASONS / sizeof *REASONS };

struct run {
	struct port port;
	int wake_fd;   /* readable once the job is cancelled */
	unsigned told; /* what CUPS knows of, bits of enum trouble */
	bool mid_slip; /* part of a slip hangs out of the printer; the note below outlives this process */
	char note[512]; /* path; "" when CUPS gave us no place for it */
	bool knows_gs_r;
};

static int wake_pipe[2] = { -1, -1 }; /* a signal handler has nothing else to reach */

static void on_terminate(int number)
{
	(void)number;
	int saved = errno;
	ssize_t ignored = write(wake_pipe[1], "", 1);
	(void)ignored;
	errno = saved;
}

static bool pause_ms(const struct run *run, int ms)
{
	struct pollfd fd = { .fd = run->wake_fd, .events = POLLIN };
	return poll(&fd, 1, ms) == 0;
}

static bool cancelled(const struct run *run)
{
	return !pause_ms(run, 0);
}

/* A slip left unfinished must not come out hanging on the next voter's, which another process prints. */
static void find_note(struct run *run)
{
	const char *folder = getenv("CUPS_CACHEDIR"), *queue = getenv("PRINTER");
	if (!folder || !queue || strchr(queue, '/'))
		return;
	int len = snprintf(run->note, sizeof run->note, "%s/dhslip-unfinished-%s", folder, queue);
	if (len < 0 || (size_t)len >= sizeof run->note)
		run->note[0] = '\0';
	run->mid_slip = run->note[0] && access(run->note, F_OK) == 0;
}

static void note_mid_slip(struct run *run, bool mid_slip)
{
	if (run->mid_slip == mid_slip)
		return;
	run->mid_slip = mid_slip;
	if (!run->note[0])
		return;
	if (!mid_slip) {
		unlink(run->note);
		return;
	}
	int fd = open(run->note, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
	else
		fprintf(stderr, "DEBUG: %s cannot be written\n", run->note);
}

static void tell(struct run *run, unsigned trouble)
{
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		unsigned bit = 1u << i;
		if ((trouble ^ run->told) & bit)
			fprintf(stderr, "STATE: %c%s\n", trouble & bit ? '+' : '-', REASONS[i]);
	}
	run->told = trouble;
}

static unsigned trouble_of(const struct port_status *status)
{
	if (!status->answers)
		return OFFLINE | SILENT;
	unsigned trouble = status->cover_open ? COVER_OPEN : 0;
	/* An open cover hides the paper from its sensor. */
	if (status->paper_end && !status->cover_open)
		trouble |= PAPER_END;
	if (status->error)
		trouble |= OTHER_ERROR;
	if (status->offline && !trouble)
		trouble |= OFFLINE;
	if (status->paper_low && !status->paper_end)
		trouble |= PAPER_LOW;
	return trouble;
}

/* Asked twice when bad: a picture's bytes may look like a question to the printer, and their answers like
 * trouble. */
static unsigned look(struct run *run)
{
	unsigned trouble = OFFLINE | SILENT;
	for (int i = 0; i < 2 && (trouble & BLOCKING); i++) {
		if (run->port.fd < 0 || (i && !pause_ms(run, CONFIRM_MS)))
			return OFFLINE | SILENT;
		struct port_status status = port_ask(&run->port, run->wake_fd);
		trouble = trouble_of(&status);
	}
	return trouble;
}

static bool wait_ready(struct run *run)
{
	while (!cancelled(run)) {
		if (run->port.fd < 0)
			port_open(&run->port, run->wake_fd);
		unsigned trouble = look(run);
		if (cancelled(run))
			break;
		tell(run, trouble);
		if (!(trouble & BLOCKING))
			return true;
		/* The line may be open to nobody: a printer that was off for a while answers on a new one. */
		if (trouble & SILENT)
			port_close(&run->port);
		if (!pause_ms(run, WAIT_MS))
			break;
	}
	return false;
}

/* One chunk. A stall means that the printer has stopped, and in the middle of a picture it cannot be asked
 * why. */
static enum outcome send_chunk(struct run *run, const uint8_t *bytes, size_t len)
{
	bool stalled = false;
	while (len) {
		size_t done = len;
		enum port_sent sent = port_send(&run->port, bytes, &done, PATIENCE_MS, run->wake_fd);
		if (done)
			note_mid_slip(run, true);
		bytes += done;
		len -= done;
		if (cancelled(run))
			return CANCELLED;
		if (sent == PORT_GONE) {
			port_close(&run->port);
			return run->mid_slip ? INTERRUPTED : NOT_BEGUN;
		}
		if (sent == PORT_STALLED) {
			stalled = true;
			tell(run, run->told | OFFLINE);
		}
	}
	return stalled ? INTERRUPTED : DONE;
}

/* With nothing in front of it the question is answered at once, or never. */
static void learn_gs_r(struct run *run)
{
	if (run->knows_gs_r || !port_ask_drained(&run->port, run->wake_fd))
		return;
	port_listen(&run->port, 3 * DRAIN_ROUND_MS, run->wake_fd);
	run->knows_gs_r = port_drained(&run->port);
}

/* The end of the paper splits a slip, and a lost line loses it; a cover, once closed, lets the printer go on
 * where it was, if its buffer has lived: the answer to GS r says whether. To send it again then would make
 * two whole slips. */
static bool splits(const struct run *run, unsigned trouble)
{
	return (trouble & BLOCKING) && (!run->knows_gs_r || (trouble & (PAPER_END | SILENT)));
}

/* Until what was sent so far is on paper. */
static enum outcome drain(struct run *run)
{
	if (!port_ask_drained(&run->port, run->wake_fd))
		return cancelled(run) ? CANCELLED : INTERRUPTED;
	for (int round = 0; round < (run->knows_gs_r ? DRAIN_ROUNDS : NO_GS_R_ROUNDS);) {
		port_listen(&run->port, DRAIN_ROUND_MS, run->wake_fd);
		if (port_drained(&run->port))
			return DONE;
		unsigned trouble = look(run);
		if (port_drained(&run->port))
			return DONE;
		if (cancelled(run))
			return CANCELLED;
		tell(run, trouble);
		if (splits(run, trouble))
			return INTERRUPTED;
		if (!(trouble & BLOCKING))
			round++;
	}
	if (!run->knows_gs_r)
		return DONE;
	port_close(&run->port); /* the question is lost with the buffer: on a new line none is open */
	return INTERRUPTED;
}

static enum outcome send_job(struct run *run, const uint8_t *job, size_t len)
{
	learn_gs_r(run);
	for (size_t at = 0; at < len;) {
		size_t chunk = escpos_command_len(job + at, len - at);
		if (!chunk)
			chunk = len - at < CHUNK_BYTES ? len - at : CHUNK_BYTES;
		unsigned trouble = look(run);
		if (cancelled(run))
			return CANCELLED;
		tell(run, trouble);
		enum outcome outcome = DONE;
		if ((trouble & BLOCKING) && !run->mid_slip)
			outcome = NOT_BEGUN;
		else if (splits(run, trouble))
			outcome = INTERRUPTED;
		else if (trouble & BLOCKING)
			outcome = drain(run);
		if (outcome == DONE)
			outcome = send_chunk(run, job + at, chunk);
		if (outcome != DONE)
			return outcome;
		at += chunk;
	}
	return drain(run);
}

static void cut_off(struct run *run)
{
	size_t len = sizeof RESET_AND_CUT;
	if (run->mid_slip && run->port.fd >= 0
	    && port_send(&run->port, RESET_AND_CUT, &len, 100, -1) == PORT_SENT)
		note_mid_slip(run, false);
}

static int print(struct run *run, const uint8_t *job, size_t len)
{
	for (int sends = 1; wait_ready(run);) {
		cut_off(run);
		enum outcome outcome = send_job(run, job, len);
		if (outcome == DONE) {
			note_mid_slip(run, false);
			return BACKEND_OK;
		}
		if (outcome == CANCELLED)
			break;
		if (outcome == NOT_BEGUN)
			continue;
		if (++sends > MAX_SENDS) {
			fprintf(stderr, "ERROR: the slip was cut short %d times: given up\n", MAX_SENDS);
			return BACKEND_CANCEL;
		}
		fprintf(stderr,
		        "INFO: the slip was cut short; it is printed again when the printer is ready\n");
	}
	cut_off(run);
	return BACKEND_OK;
}

static bool read_job(int fd, uint8_t *job, size_t *len)
{
	*len = 0;
	while (*len < MAX_JOB_BYTES) {
		ssize_t got = read(fd, job + *len, MAX_JOB_BYTES - *len);
		if (got == 0)
			return *len > 0;
		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0)
			*len += (size_t)got;
	}
	return false;
}

/* Splits `uri`, which is changed, and stays referred to. */
static bool parse_uri(char *uri, struct port *port)
{
	static const char SCHEME[] = "dhslip:";
	*port = (struct port){ .fd = -1 };
	if (strncmp(uri, SCHEME, sizeof SCHEME - 1) != 0)
		return false;
	char *rest = uri + sizeof SCHEME - 1;
	if (strncmp(rest, "//", 2) != 0) {
		port->device = rest;
		return rest[0] == '/';
	}
	rest += 2;
	rest[strcspn(rest, "/?")] = '\0';
	char *colon = strrchr(rest, ':');
	if (!colon || colon == rest || !colon[1])
		return false;
	*colon = '\0';
	port->service = colon + 1;
	size_t len = strlen(rest);
	if (rest[0] == '[' && rest[len - 1] == ']') {
		rest[len - 1] = '\0';
		rest++;
	}
	port->host = rest;
	return true;
}

static int run_job(char *uri, int fd)
{
	struct run run = { .wake_fd = wake_pipe[0] };
	if (!parse_uri(uri, &run.port)) {
		fprintf(stderr, "ERROR: the device must be dhslip:/dev/usb/lp0 or dhslip://HOST:PORT\n");
		return BACKEND_CANCEL;
	}
	uint8_t *job = malloc(MAX_JOB_BYTES);
	size_t len = 0;
	int code = BACKEND_FAILED;
	if (job && read_job(fd, job, &len)) {
		for (int i = 0; i < REASON_COUNT; i++)
			fprintf(stderr, "STATE: -%s\n", REASONS[i]); /* a killed predecessor's */
		find_note(&run);
		code = print(&run, job, len);
		/* Nobody asks the printer between jobs: trouble must not outlive who would see it mended. */
		tell(&run, run.told & PAPER_LOW);
	} else {
		fprintf(stderr, "ERROR: the job is empty, unreadable, or over %d bytes\n", MAX_JOB_BYTES);
	}
	port_close(&run.port);
	if (job)
		explicit_bzero(job, len);
	free(job);
	return code;
}

int main(int argc, char **argv)
{
	if (argc == 1) {
		puts("direct dhslip \"Unknown\" \"Thermal slip printer with paper status\"");
		return BACKEND_OK;
	}
	const char *from_cups = getenv("DEVICE_URI");
	char *uri = strdup(from_cups ? from_cups : argv[0]);
	if (argc < 6 || argc > 7 || !uri) {
		fprintf(stderr, "Usage: dhslip job-id user title copies options [file]\n");
		free(uri);
		return BACKEND_FAILED;
	}
	int fd = argc == 7 ? open(argv[6], O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct sigaction terminate = { .sa_handler = on_terminate }, ignore = { .sa_handler = SIG_IGN };
	if (fd < 0 || pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0
	    || sigaction(SIGTERM, &terminate, NULL) != 0 || sigaction(SIGPIPE, &ignore, NULL) != 0) {
		perror("ERROR: dhslip");
		free(uri);
		return BACKEND_FAILED;
	}
	setvbuf(stderr, NULL, _IOLBF, 0);
	int code = run_job(uri, fd);
	free(uri);
	return code;
}
