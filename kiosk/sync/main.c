#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/settings_file.h"
#include "store/wake.h"
#include "sync/sync.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_WAITING = 3, EXIT_OFFLINE = 4, EXIT_REVOKED = 5 };

static const char help[] =
	"NAME\n"
	"  kiosk-sync - carries what voters wrote to the township, and the answers back\n"
	"\n"
	"SYNOPSIS\n"
	"  kiosk-sync [--data DIR] [--config FILE] [--once]\n"
	"  kiosk-sync --help | --version\n"
	"\n"
	"DESCRIPTION\n"
	"  Runs beside the kiosk on the same data folder until SIGTERM or SIGINT. A\n"
	"  kiosk that is not enrolled yet asks the township with a code of eight\n"
	"  digits, which the kiosk shows; the office approves it. Then attachments and\n"
	"  events go up in their order, and changes come down as they happen. The\n"
	"  network may be away for a year: nothing is lost. What hinders it stands in\n"
	"  'kioskctl status'. One kiosk-sync a folder.\n"
	"\n"
	"OPTIONS\n"
	"  --data DIR      the data folder (default " DEFAULT_DATA_DIR ")\n"
	"  --config FILE   settings (default DIR/kiosk.conf); of them it reads\n"
	"                  kiosk_name in [site], url and ca_file in [sync]\n"
	"  --once          do all that can be done now, and exit\n"
	"\n"
	"EXIT STATUS\n"
	"  0 done, or ended by a signal; 1 it failed, and the message says why;\n"
	"  2 wrong command line or settings. With --once also: 3 waiting for the\n"
	"  office to approve the code; 4 the township cannot be reached, or asks to\n"
	"  wait; 5 the township has revoked this kiosk.\n";

struct options {
	const char *data, *config;
	bool once;
};

static int parse(int argc, char **argv, struct options *o)
{
	*o = (struct options){.data = DEFAULT_DATA_DIR};
	for (int i = 1; i < argc; i++) {
		const char **value = strcmp(argv[i], "--data") == 0     ? &o->data
		                     : strcmp(argv[i], "--config") == 0 ? &o->config
		                                                        : NULL;
		if (strcmp(argv[i], "--help") == 0) {
			fputs(help, stdout);
			return 1;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("kiosk-sync %s\n", VERSION);
			return 1;
		}
		if (strcmp(argv[i], "--once") == 0) {
			o->once = true;
		} else if (value && i + 1 < argc) {
			*value = argv[++i];
		} else {
			fprintf(stderr, "kiosk-sync: unknown or incomplete option '%s'; see kiosk-sync --help\n",
			        argv[i]);
			return EXIT_USAGE + 1;
		}
	}
	return 0;
}

/* One kiosk-sync a folder: two would race for the same numbers. -1 with errno. */
static int lock_folder(const char *dir)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/run", dir);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return -1;
	snprintf(path, sizeof path, "%s/run/sync.lock", dir);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		errno = EWOULDBLOCK;
		return -1;
	}
	return fd;
}

static int signal_descriptor(void)
{
	sigset_t ends;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int once_status(const struct sync *sync)
{
	if (sync->revoked)
		return EXIT_REVOKED;
	if (sync->up.problem[0] || sync->down.problem[0])
		return EXIT_OFFLINE;
	return sync->enrolled ? EXIT_DONE : EXIT_WAITING;
}

static enum err loop(struct sync *sync, int signal_fd, int wake_fd, bool *ended)
{
	struct signalfd_siginfo info;
	enum err e = sync_begin(sync);
	*ended = false;
	while (!e) {
		e = sync_go_on(sync);
		if (e || (sync->once && sync_finished(sync)))
			break;
		http_wait(sync->http, signal_fd, wake_fd, sync_rest(sync));
		if (read(signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
			*ended = true;
			break;
		}
		if (wake_drain(wake_fd) > 0)
			sync_wake(sync);
		struct transfer *t;
		while (!e && (t = http_done(sync->http)))
			e = sync_done(sync, t);
	}
	return e;
}

static int run(const struct options *o, const struct settings *settings, struct store *store,
               struct http *http)
{
	int wake_fd, signal_fd = signal_descriptor();
	enum err e = signal_fd < 0 ? ERR_IO : wake_listen(o->data, WAKE_SYNC, &wake_fd);
	if (e) {
		fprintf(stderr, "kiosk-sync: %s/run/sync.sock: %s\n", o->data, err_name(e));
		return EXIT_FAILED;
	}
	struct sync sync = {.dir = o->data, .settings = settings, .store = store, .http = http, .once = o->once};
	bool ended;
	e = loop(&sync, signal_fd, wake_fd, &ended);
	sync_end(&sync);
	close(wake_fd);
	close(signal_fd);
	if (e) {
		fprintf(stderr, "kiosk-sync: the kiosk's data cannot be read or written: %s\n", err_name(e));
		return EXIT_FAILED;
	}
	return ended || !o->once ? EXIT_DONE : once_status(&sync);
}

static int with_store(const struct options *o, const struct settings *settings)
{
	struct store *store;
	struct http *http;
	enum err e = http_open(settings->sync_url, settings->sync_ca_file, &http);
	if (e) {
		fprintf(stderr, "kiosk-sync: [sync] url %s: %s\n", settings->sync_url,
		        e == ERR_NOMEM ? err_name(e)
		                       : "https://HOST[:PORT] (http:// only to 127.0.0.1, localhost or [::1])");
		return EXIT_USAGE;
	}
	e = store_open(o->data, 0, &store, NULL);
	if (e) {
		fprintf(stderr, "kiosk-sync: %s: %s%s\n", o->data, err_name(e),
		        e == ERR_NOT_FOUND ? "; make it with 'kioskctl init'" : "");
		http_close(http);
		return EXIT_FAILED;
	}
	int status = EXIT_FAILED, lock = lock_folder(o->data);
	if (lock < 0)
		fprintf(stderr,
		        errno == EWOULDBLOCK ? "kiosk-sync: another kiosk-sync serves %s already\n"
		                             : "kiosk-sync: cannot write in %s/run\n",
		        o->data);
	else
		status = run(o, settings, store, http);
	if (lock >= 0)
		close(lock);
	store_close(store);
	http_close(http);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	char path[SETTINGS_PATH] = "", text[1024];
	struct settings_problem problem = {0};
	int status = parse(argc, argv, &o);
	if (status)
		return status - 1;
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		fprintf(stderr, "kiosk-sync: libsodium or libcurl does not start\n");
		return EXIT_FAILED;
	}
	struct settings *settings = calloc(1, sizeof *settings);
	enum err e = settings ? settings_path(o.data, o.config, path) : ERR_NOMEM;
	if (!e)
		e = settings_load(path, settings, &problem);
	if (e && !problem.what[0]) {
		fprintf(stderr, "kiosk-sync: the settings cannot be read: %s\n", err_name(e));
		status = EXIT_USAGE;
	} else if (e) {
		settings_problem_text(path, &problem, text, sizeof text);
		fprintf(stderr, "kiosk-sync: %s\n", text);
		status = EXIT_USAGE;
	} else if (!settings->sync_url[0]) {
		fprintf(stderr, "kiosk-sync: %s: no township is set; write url = https://… under [sync]\n", path);
		status = EXIT_USAGE;
	} else {
		status = with_store(&o, settings);
	}
	free(settings);
	curl_global_cleanup();
	return status;
}
