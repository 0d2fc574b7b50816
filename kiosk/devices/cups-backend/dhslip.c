/* dhslip: a CUPS backend (cups-backend(7)) for thermal slip printers. Unlike CUPS' own it asks the printer
 * how it is between chunks (DLE EOT) and says so (STATE:), it prints a slip that was cut short again, whole, and it
 * finishes when the slip is on paper, not when the bytes are gone: devices/printer_run.h.
 *
 *   dhslip:/dev/usb/lp0     dhslip://HOST:PORT
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
#include "devices/printer_run.h"

enum { BACKEND_OK = 0, BACKEND_FAILED = 1, BACKEND_CANCEL = 5 };
enum { MAX_JOB_BYTES = 8 * 1024 * 1024, LAST_WORDS_MS = 50 /* a wait, once the job is cancelled */ };

/* What CUPS is told for each trouble. */
static const struct {
	unsigned trouble;
	const char *reason;
} REASONS[] = {
	{ TROUBLE_PAPER_END, "media-empty-error" }, { TROUBLE_COVER_OPEN, "cover-open-error" },
	{ TROUBLE_ERROR, "other-error" },           { TROUBLE_OFFLINE, "offline-report" },
	{ TROUBLE_PAPER_LOW, "media-low-warning" },
};
enum { REASON_COUNT = sizeof REASONS / sizeof *REASONS };

/* What the line's functions get as `self`. */
struct backend {
	struct port port;
	int wake_fd;    /* readable once the job is cancelled */
	unsigned told;  /* what CUPS knows of, bits of enum printer_trouble */
	char note[512]; /* path; "" when CUPS gave us no place for it */
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

static bool line_pause(void *self, int ms)
{
	const struct backend *backend = self;
	struct pollfd fd = { .fd = backend->wake_fd, .events = POLLIN };
	return poll(&fd, 1, ms) == 0;
}

/* Once cancelled there is nothing more to wake for; the waits are short instead. */
static int waker(struct backend *backend, int *wait_ms)
{
	if (line_pause(backend, 0))
		return backend->wake_fd;
	*wait_ms = *wait_ms < LAST_WORDS_MS ? *wait_ms : LAST_WORDS_MS;
	return -1;
}

static bool line_is_open(const void *self)
{
	const struct backend *backend = self;
	return backend->port.fd >= 0;
}

static bool line_open(void *self)
{
	struct backend *backend = self;
	return line_is_open(backend) || port_open(&backend->port, backend->wake_fd);
}

static void line_close(void *self)
{
	struct backend *backend = self;
	port_close(&backend->port);
}

static enum line_sent line_send(void *self, const uint8_t *bytes, size_t *len, int patience_ms)
{
	struct backend *backend = self;
	int wake_fd = waker(backend, &patience_ms);
	return port_send(&backend->port, bytes, len, patience_ms, wake_fd);
}

static int line_receive(void *self, uint8_t *bytes, size_t size, int wait_ms)
{
	struct backend *backend = self;
	int wake_fd = waker(backend, &wait_ms);
	return port_receive(&backend->port, bytes, size, wait_ms, wake_fd);
}

static int64_t line_now_ms(void *self)
{
	(void)self;
	return port_now_ms();
}

static void line_tell(void *self, unsigned trouble)
{
	struct backend *backend = self;
	for (int i = 0; i < REASON_COUNT; i++)
		if ((trouble ^ backend->told) & REASONS[i].trouble)
			fprintf(stderr, "STATE: %c%s\n", trouble & REASONS[i].trouble ? '+' : '-', REASONS[i].reason);
	backend->told = trouble;
}

/* A slip left unfinished must not come out hanging on the next voter's, which another process prints: a file says so, and how many
 * bytes its last command is short of. */
static bool find_note(struct backend *backend, size_t *owed)
{
	const char *folder = getenv("CUPS_CACHEDIR"), *queue = getenv("PRINTER");
	*owed = 0;
	if (!folder || !queue || strchr(queue, '/'))
		return false;
	int len = snprintf(backend->note, sizeof backend->note, "%s/dhslip-unfinished-%s", folder, queue);
	if (len < 0 || (size_t)len >= sizeof backend->note)
		backend->note[0] = '\0';
	FILE *file = backend->note[0] ? fopen(backend->note, "re") : NULL;
	if (!file)
		return false;
	char text[24] = "";
	unsigned long long number = fgets(text, sizeof text, file) ? strtoull(text, NULL, 10) : 0;
	*owed = number < MAX_JOB_BYTES ? (size_t)number : 0;
	fclose(file);
	return true;
}

static void line_note(void *self, bool mid_slip, size_t owed)
{
	const struct backend *backend = self;
	if (!backend->note[0])
		return;
	if (!mid_slip) {
		unlink(backend->note);
		return;
	}
	int fd = open(backend->note, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || dprintf(fd, "%zu\n", owed) < 0)
		fprintf(stderr, "DEBUG: %s cannot be written\n", backend->note);
	if (fd >= 0)
		close(fd);
}

static int print(struct backend *backend, const uint8_t *job, size_t len)
{
	const struct printer_line line = {
		.open = line_open,     .close = line_close,   .is_open = line_is_open, .send = line_send, .receive = line_receive,
		.pause = line_pause,   .now_ms = line_now_ms, .tell = line_tell,       .note = line_note, .self = backend,
	};
	struct printer_run run;
	size_t owed;
	bool mid_slip = find_note(backend, &owed);
	run_begin(&run, &line, mid_slip, owed);
	if (run_print(&run, job, len) != RUN_GIVEN_UP)
		return BACKEND_OK;
	fprintf(stderr, "ERROR: the slip was cut short %d times: given up\n", RUN_SENDS);
	return BACKEND_CANCEL;
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
	struct backend backend = { .wake_fd = wake_pipe[0] };
	if (!parse_uri(uri, &backend.port)) {
		fprintf(stderr, "ERROR: the device must be dhslip:/dev/usb/lp0 or dhslip://HOST:PORT\n");
		return BACKEND_CANCEL;
	}
	uint8_t *job = malloc(MAX_JOB_BYTES);
	size_t len = 0;
	int code = BACKEND_FAILED;
	if (job && read_job(fd, job, &len)) {
		for (int i = 0; i < REASON_COUNT; i++)
			fprintf(stderr, "STATE: -%s\n", REASONS[i].reason); /* a killed predecessor's */
		code = print(&backend, job, len);
		/* Nobody asks the printer between jobs: trouble must not outlive who would see it mended. */
		line_tell(&backend, backend.told & TROUBLE_PAPER_LOW);
	} else {
		fprintf(stderr, "ERROR: the job is empty, unreadable, or over %d bytes\n", MAX_JOB_BYTES);
	}
	port_close(&backend.port);
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
