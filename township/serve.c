#include "township/serve.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <fcntl.h>
#include <unistd.h>

#include "township/attendance.h"
#include "township/http.h"
#include "township/password.h"
#include "township/publish.h"
#include "township/roster_import.h"
#include "township/search.h"
#include "township/web/web.h"

enum { DAILY_CHECK_S = 600 };

/* Ten thousand connections need as many descriptors. What voters wrote is in memory, opened: none of it goes into a core
 * dump. */
static void set_limits(void)
{
	const struct rlimit none = {0};
	struct rlimit limit;
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* What must be done once a day is looked at every ten minutes: clocks jump. */
static void daily(struct town *town, const struct config *config, struct http_server *server)
{
	bool changed = false;
	town_lock(town);
	enum err e = publish_duty_days(town, &changed);
	town_unlock(town);
	if (e)
		fprintf(stderr, "township: the rota's coming days were not published: %s\n", err_name(e));
	if (changed && server)
		http_wake(server);
	e = digest_make(town, &config->digest);
	if (e)
		fprintf(stderr, "township: the day's digest was not made or not sent: %s\n", err_name(e));
}

static void wait_for_the_end(struct town *town, const struct config *config, struct http_server *server, const sigset_t *ends)
{
	int64_t seen = 0, tip = 0;
	for (int seconds = 0;; seconds++) {
		struct timespec second = {.tv_sec = 1};
		int sig = sigtimedwait(ends, NULL, &second);
		if (sig == SIGTERM || sig == SIGINT)
			return;
		if (seconds % DAILY_CHECK_S == DAILY_CHECK_S - 1)
			daily(town, config, server);
		/* Kiosks are to hear of what another process imported. */
		town_lock(town);
		if (town_change_tip(town->store, &tip) == ERR_OK && tip != seen) {
			seen = tip;
			http_wake(server);
		}
		town_unlock(town);
	}
}

/* One server a folder: a second one would hand out numbers twice. */
static int lock_folder(const char *dir)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/township.lock", dir);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int run(struct town *town, const struct config *config, struct server_options *options)
{
	struct http_server *server;
	sigset_t ends;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	/* Before the server's threads begin, so that they inherit it. */
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	daily(town, config, NULL);
	enum err e = search_start(town);
	if (!e)
		e = roster_imports_create(town, &town->roster_imports);
	if (!e)
		e = http_start(town, options, &server);
	if (e) {
		roster_imports_destroy(town->roster_imports);
		search_stop(town);
		fprintf(stderr, "township: cannot serve at %s: %s\n", config->listen,
		        e == ERR_BUSY     ? "something else listens there; choose another --listen"
		        : e == ERR_DENIED ? "not allowed; choose a port above 1023"
		        : e == ERR_INVALID
		            ? "the certificate or its key is not usable; check --tls-cert and --tls-key"
		            : err_name(e));
		return e == ERR_INVALID ? 2 : 1;
	}
	char shown[80];
	snprintf(shown, sizeof shown, strchr(options->host, ':') ? "[%s]" : "%s", options->host);
	printf("township: serving %s at %s://%s:%u\n", town->township, options->tls_cert ? "https" : "http",
	       shown, http_port(server));
	fflush(stdout);
	wait_for_the_end(town, config, server, &ends);
	http_stop(server);
	roster_imports_destroy(town->roster_imports);
	search_stop(town);
	return 0;
}

int serve(const char *dir, const struct passphrase_from *from, const struct config *config)
{
	static struct town town; /* large; one a process */
	struct server_options options = {.error_page = web_error};
	char problem[512] = "", host[64], *cert = NULL, *key = NULL;
	size_t len;
	if (config_address(config->listen, host, &options.port)) {
		fprintf(stderr, "township: --listen %s: ADDRESS:PORT would do, e.g. 127.0.0.1:8480\n",
		        config->listen);
		return 2;
	}
	options.host = host;
	options.proxy = config->behind_proxy[0] ? config->behind_proxy : NULL;
	if (!config->tls_cert[0] != !config->tls_key[0]) {
		fprintf(stderr, "township: a certificate needs its key: give both --tls-cert and --tls-key\n");
		return 2;
	}
	if (config->tls_cert[0] &&
	    (read_file(config->tls_cert, &cert, &len) || read_file(config->tls_key, &key, &len))) {
		fprintf(stderr, "township: cannot read %s or %s\n", config->tls_cert, config->tls_key);
		free(cert);
		return 2;
	}
	options.tls_cert = cert;
	options.tls_key = key;
	set_limits();
	int status = 1;
	enum err e;
	int lock = lock_folder(dir);
	if (lock < 0 && errno == EWOULDBLOCK)
		fprintf(stderr, "township: another township serves %s already\n", dir);
	else if ((e = town_start_asking(dir, from, &town, problem))) {
		fprintf(stderr, "township: %s\n", problem);
		status = e == ERR_STATE ? KEYS_CLOSED_STATUS : 1;
	} else {
		town.second_factor = config->second_factor;
		town.idle_minutes = config->idle_minutes;
		town.rules = config->rules;
		town.notice = config->notice;
		town.quiet_hours = config->quiet_hours;
		town.proposals = config->proposals;
		town.evaluations = config->evaluations;
		status = run(&town, config, &options);
		town_stop(&town);
	}
	if (lock >= 0)
		close(lock);
	if (key)
		sodium_memzero(key, len);
	free(key);
	free(cert);
	return status;
}

/* ---- init ---- */

static bool find_demo(const char *name, char path[4096])
{
	char exe[2048];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n > 0) {
		exe[n] = '\0';
		/* build/township or build/san/township: the source tree is one or two folders up. */
		for (int up = 0; up < 3; up++) {
			char *slash = strrchr(exe, '/');
			if (!slash)
				break;
			*slash = '\0';
			snprintf(path, 4096, "%s/db/demo/%s", exe, name);
			if (access(path, R_OK) == 0)
				return true;
		}
	}
	snprintf(path, 4096, "%s/demo/%s", DATADIR, name);
	return access(path, R_OK) == 0;
}

static enum err import_demo(struct town *town, char problem[512])
{
	static const struct {
		const char *name;
		enum err (*import)(struct town *, const char *, size_t *, char *);
	} files[] = {
		{"roster.csv", import_roster},
		{"rules.txt", import_rules},
		{"duty.csv", import_duty},
		{"activities.csv", import_activities},
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[4096];
		size_t count;
		if (!find_demo(files[i].name, path)) {
			if (files[i].import == import_activities)
				continue; /* a site may announce none */
			snprintf(problem, 512, "the demo's %s is neither in the source tree nor in %s/demo",
			         files[i].name, DATADIR);
			return ERR_NOT_FOUND;
		}
		enum err e = files[i].import(town, path, &count, problem);
		if (e)
			return e;
		printf("township: %zu from %s\n", count, path);
	}
	bool changed;
	return publish_duty_days(town, &changed);
}

static enum err first_user(struct town *town)
{
	uint8_t random[9];
	char password[32], path[4096];
	randombytes_buf(random, sizeof random);
	sodium_bin2base64(password, sizeof password, random, sizeof random,
	                  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	snprintf(path, sizeof path, "%s/keys/office.password", town->dir);
	enum err e = password_user_add(town, "office", "head", NULL, password);
	if (!e)
		e = keys_write_secret(path, password, strlen(password));
	if (!e)
		printf("township: user 'office', password %s (also in %s)\n", password, path);
	sodium_memzero(password, sizeof password);
	return e;
}

static enum err make_folder(const char *dir)
{
	char path[4096];
	for (const char *p = dir + 1; *p; p++) {
		if (*p != '/')
			continue;
		snprintf(path, sizeof path, "%.*s", (int)(p - dir), dir);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return ERR_IO;
	}
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return ERR_IO;
	snprintf(path, sizeof path, "%s/blobs", dir);
	return mkdir(path, 0700) != 0 && errno != EEXIST ? ERR_IO : ERR_OK;
}

static enum err make_store(const char *dir, const char *name)
{
	struct town_store *store;
	struct town_keys *keys = keys_alloc();
	enum err e = keys ? make_folder(dir) : ERR_NOMEM;
	if (!e)
		e = town_open(dir, true, &store);
	if (e) {
		keys_free(keys);
		return e;
	}
	e = keys_create(dir, keys);
	if (!e)
		e = town_meta_put(store, "township", name, strlen(name));
	if (!e)
		e = town_meta_put(store, "seal_public", keys->seal_public, sizeof keys->seal_public);
	town_close(store);
	keys_free(keys);
	return e;
}

int init_folder(const char *dir, const char *name, bool demo)
{
	static struct town town;
	char problem[512] = "";
	enum err e = make_store(dir, name);
	if (e) {
		fprintf(stderr, "township: cannot make %s: %s\n", dir,
		        e == ERR_EXISTS ? "there is a township in it already" : err_name(e));
		return 1;
	}
	e = town_start(dir, &town, problem);
	if (!e) {
		struct id_params params;
		e = first_user(&town);
		if (!e)
			e = publish_id_params(&town, &params);
		if (!e && demo)
			e = import_demo(&town, problem);
		town_stop(&town);
	}
	if (e) {
		fprintf(stderr, "township: %s\n", problem[0] ? problem : err_name(e));
		return 1;
	}
	printf("township: %s is ready; serve it with 'township --data %s'\n", dir, dir);
	return 0;
}
