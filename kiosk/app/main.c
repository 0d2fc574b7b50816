/* kiosk: starts everything, runs the one loop, ends everything. */
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "app/describe.h"
#include "app/events.h"
#include "app/options.h"
#include "app/overlay.h"
#include "app/window.h"
#include "store/settings_file.h"

enum { FRAME_MS = 16, MAX_REBUILDS = 4, EXIT_USAGE = 2, MINUTE_MS = 60000 };

struct kiosk {
	struct app app;
	struct window *window;
	struct events events;
	struct describer describer;
	struct ui_input input;
	Uint32 quit_event;
	uint32_t visit;             /* whose picture is on the screen */
	bool first_frame_shown;
};

static int64_t monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void read_clocks(struct app *app)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	app->wall_ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	app->now_ms = monotonic_us() / 1000;
}

/* ---- start and end -------------------------------------------------------------------------------------------------- */

/* Beside the program in a source tree, else where packages install. */
static void find_dir(const char *beside, const char *installed, char out[PATH_MAX])
{
	char exe[PATH_MAX / 2] = "";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash = n > 0 ? strrchr(exe, '/') : NULL;
	if (slash) {
		*slash = '\0';
		snprintf(out, PATH_MAX, "%s/%s", exe, beside);
		if (access(out, R_OK) == 0)
			return;
	}
	snprintf(out, PATH_MAX, "%s", installed);
}

static enum err load_settings(struct app *app, const struct options *o)
{
	char path[SETTINGS_PATH], words[SETTINGS_PATH + 1024];
	enum err e = settings_path(o->data_dir, o->config_file, path);
	if (e != ERR_OK) {
		fprintf(stderr, "kiosk: the settings' path is too long: %s\n", o->config_file ? o->config_file : o->data_dir);
		return e;
	}
	struct settings_problem problem = { 0 };
	e = settings_load(path, &app->settings, &problem);
	if (e == ERR_OK)
		return ERR_OK;
	settings_problem_text(path, &problem, words, sizeof words);
	fprintf(stderr, "kiosk: %s\n", words);
	return e;
}

static enum err open_data(struct app *app)
{
	struct store_recovery recovery = { 0 };
	enum err e = store_open(app->data_dir, STORE_OWNER | STORE_RECOVER, &app->store, &recovery);
	if (recovery.happened)
		fprintf(stderr, "kiosk: the database was damaged; kept aside as %s; %s%s\n", recovery.kept_aside,
		        recovery.backup_used[0] ? "restored from " : "no backup was there, starting empty",
		        recovery.backup_used);
	app->box.start = recovery.happened ? HEALTH_START_RECOVERED
	                 : recovery.unclean ? HEALTH_START_UNCLEAN
	                                    : HEALTH_START_CLEAN;
	if (e == ERR_OK)
		e = store_identity(app->store, &app->identity);
	if (e == ERR_OK)
		return ERR_OK;
	const char *remedy = "see 'kioskctl --data DIR verify'";
	if (e == ERR_BUSY)
		remedy = "another kiosk is running on this folder; stop it, or choose another --data";
	else if (e == ERR_NEWER)
		remedy = "this data was written by a newer version; nothing was changed; install that version again";
	else if (e == ERR_NOT_FOUND)
		remedy = "make it with 'kioskctl --data DIR init' (or 'init --demo' to try it out)";
	fprintf(stderr, "kiosk: %s: %s\n  %s\n", app->data_dir, err_name(e), remedy);
	return e;
}

static enum err start(struct kiosk *k, const struct options *o)
{
	struct app *app = &k->app;
	static const char *const what[] = { "the window", "the fonts (install fonts-noto-cjk)", "memory" };
	char problem[256] = "", path[PATH_MAX];
	app->data_dir = o->data_dir;
	read_clocks(app);
	app->last_touch_ms = app->now_ms;
	enum err e = open_data(app);
	if (e != ERR_OK)
		return e;
	int failing = 0;
	e = window_open(o->width_px, o->height_px, &k->window, problem);
	if (e == ERR_OK) {
		failing = 1;
		e = text_engine_create(&app->text);
	}
	if (e == ERR_OK) {
		failing = 2;
		e = icon_set_create(app->assets_dir, &app->icons);
	}
	if (e == ERR_OK)
		e = ui_create(app->text, app->icons, &app->ui);
	find_dir("locale", DATADIR "/locale", path);
	if (e == ERR_OK)
		e = i18n_open(path, &app->i18n);
	if (e == ERR_OK)
		e = input_panel_create(app->i18n, &app->panel);
	if (e == ERR_OK)
		e = session_create(&app->session);
	if (e == ERR_OK)
		e = events_init(&k->events, app);
	if (e == ERR_OK)
		e = worker_create(o->data_dir, events_post_job, &k->events, &app->worker);
	if (e == ERR_OK && o->describe_file) {
		k->describer.file = fopen(o->describe_file, "a");
		e = k->describer.file ? ERR_OK : ERR_IO;
	}
	if (e != ERR_OK) {
		fprintf(stderr, "kiosk: cannot open %s: %s. %s\n", what[failing], err_name(e), problem);
		return e;
	}
	app->events = &k->events;
	int width_px, height_px;
	window_size(k->window, &width_px, &height_px);
	app->large = app->settings.large_text;
	theme_make(&app->theme, width_px, height_px, app->settings.panel_mm, app->large, app->settings.calm);
	enum language language = LANG_HANS;
	(void)!i18n_parse(app->settings.language, &language); /* the settings were checked */
	i18n_set(app->i18n, language);
	site_load(&app->site, app->store, app->wall_ms);
	app->store_version = store_version(app->store);
	app->screen = &screen_attract;
	app->dirty = true;
	return ERR_OK;
}

static void finish(struct kiosk *k)
{
	struct app *app = &k->app;
	worker_destroy(app->worker); /* first: what was accepted is committed */
	if (app->worker)
		events_close(&k->events);
	chime_destroy(app->chime);
	room_clear(&app->room);
	voice_destroy(app->voice);
	session_destroy(app->session);
	input_panel_destroy(app->panel);
	canvas_destroy(&app->slip_picture);
	site_clear(&app->site);
	ui_destroy(app->ui);
	icon_set_destroy(app->icons);
	text_engine_destroy(app->text);
	i18n_close(app->i18n);
	window_close(k->window);
	store_close(app->store);
	if (k->describer.file)
		fclose(k->describer.file);
}

/* ---- a frame ---------------------------------------------------------------------------------------------------------- */

static void build(struct kiosk *k)
{
	struct app *app = &k->app;
	for (int i = 0; i < MAX_REBUILDS; i++) {
		const struct screen *screen = app->screen;
		ui_begin(app->ui, &app->theme, app_face(app), &k->input);
		bool covered = overlay_shown(app);
		/* While it is being committed nothing of the report can be changed. */
		bool deaf = app->now_ms < app->deaf_until_ms;
		if (deaf)
			ui_wake_at(app->ui, app->deaf_until_ms);
		ui_mute(app->ui, covered || deaf || app->session->submitting);
		screen->frame(app, app->ui);
		overlay_frame(app, app->ui);
		bool again = ui_end(app->ui);
		window_next_input(&k->input, app->now_ms);
		if (app->entered_anew) {
			app->entered_anew = false;
			bool at_once = app->screen == &screen_signed; /* people in a queue wait for their name */
			if (!app->settings.calm && k->first_frame_shown && !at_once)
				window_begin_transition(k->window, app->now_ms);
		}
		if (!again && screen == app->screen && covered == overlay_shown(app))
			break;
	}
}

static void frame(struct kiosk *k, int64_t event_us)
{
	struct app *app = &k->app;
	build(k);
	if (k->visit != app->visit) { /* a visit ended: nothing of it may linger */
		k->visit = app->visit;
		window_forget(k->window);
		sodium_memzero(k->input.path, sizeof k->input.path);
	}
	bool shown = window_show(k->window, ui_drawing(app->ui), app->text, app->now_ms);
	int64_t latency_us = shown && event_us ? monotonic_us() - event_us : 0;
	describe_frame(&k->describer, app, latency_us);
	app->dirty = input_panel_work(app->panel);
	if (!k->first_frame_shown) {
		k->first_frame_shown = true;
		events_open_devices(&k->events);
	}
}

/* The store may have been changed by kiosk-sync. */
static void refresh_site(struct app *app)
{
	int64_t version = store_version(app->store);
	if (version == app->store_version)
		return;
	app->store_version = version;
	(void)!store_identity(app->store, &app->identity); /* on failure the one we have stays */
	site_load(&app->site, app->store, app->wall_ms);
	app->dirty = true;
}

/* ---- the loop ----------------------------------------------------------------------------------------------------------- */

static void take_event(struct kiosk *k, const SDL_Event *event, int64_t *event_us)
{
	struct app *app = &k->app;
	if (window_take(k->window, event, &k->input)) {
		app->dirty = true;
		app->last_touch_ms = app->now_ms;
		if (!*event_us)
			*event_us = monotonic_us();
	} else if (events_handle(&k->events, event)) {
		refresh_site(app);
	} else if (event->type == SDL_KEYDOWN) { /* the only keyboard there may be is a scanner; SDL's scancodes are USB's usages */
		if (app->scanner && !event->key.repeat)
			scanner_key(app->scanner, (int)event->key.keysym.scancode, (event->key.keysym.mod & KMOD_SHIFT) != 0);
	} else if (event->type == SDL_QUIT || event->type == k->quit_event) {
		app->quit = true;
	} else if (event->type == SDL_WINDOWEVENT) {
		app->dirty = true;
	}
}

/* Waits until something happens or something is due. */
static void wait_and_take(struct kiosk *k, int64_t until_ms, int64_t *event_us)
{
	SDL_Event event;
	int64_t wait_ms = until_ms - k->app.now_ms;
	int got;
	if (k->app.dirty)
		got = SDL_PollEvent(&event);
	else if (wait_ms <= 0)
		got = SDL_PollEvent(&event);
	else
		got = SDL_WaitEventTimeout(&event, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);
	read_clocks(&k->app);
	window_next_input(&k->input, k->app.now_ms);
	while (got) {
		take_event(k, &event, event_us);
		/* One release ends the batch: a second tap belongs to the next frame. */
		if (k->input.released)
			break;
		got = SDL_PollEvent(&event);
	}
}

static void run(struct kiosk *k)
{
	struct app *app = &k->app;
	int64_t last_frame_ms = 0;
	while (!app->quit) {
		int64_t event_us = 0;
		int64_t due = overlay_idle(app);
		int64_t wake = k->first_frame_shown ? ui_wake_ms(app->ui) : app->now_ms;
		bool moving = window_in_transition(k->window) || wake <= app->now_ms;
		if (moving) /* animations go at the display's pace, not as fast as the processor can */
			wake = last_frame_ms + FRAME_MS;
		due = wake < due ? wake : due;
		int64_t minute = app->now_ms + MINUTE_MS - app->wall_ms % MINUTE_MS; /* the clock in the header */
		due = minute < due ? minute : due;
		int64_t minute_before = app->wall_ms / MINUTE_MS;
		wait_and_take(k, due, &event_us);
		if (app->wall_ms / MINUTE_MS != minute_before) {
			app->dirty = true;
			site_load(&app->site, app->store, app->wall_ms); /* who is on duty follows the clock */
			if (app->screen == &screen_attract)
				app_backup(app);
		}
		(void)overlay_idle(app);
		if (app->now_ms >= wake)
			app->dirty = true;
		if (!app->dirty)
			continue;
		last_frame_ms = app->now_ms;
		frame(k, event_us);
	}
}

/* SIGTERM and SIGINT end the loop like closing the window. A thread waits for them, so that no handler runs anywhere. */
static int wait_for_signal(void *arg)
{
	struct kiosk *k = arg;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	int number;
	sigwait(&set, &number);
	SDL_Event event;
	SDL_zero(event);
	event.type = k->quit_event;
	SDL_PushEvent(&event);
	return 0;
}

static void protect_process(void)
{
	/* No core dump, no tracing by others: memory holds visitors' words. */
	struct rlimit none = { 0, 0 };
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}

/* A terminal runs for months. Left to itself, glibc raises its threshold when the first whole picture is freed, keeps the next ones in
 * the heap, and what lies between them is never given back. */
static void return_memory(void)
{
#ifdef __GLIBC__
	enum { LARGE_BYTES = 256 << 10 };
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
#endif
}

int main(int argc, char **argv)
{
	struct options options;
	switch (options_parse(argc, argv, &options)) {
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_WRONG:
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}
	protect_process();
	return_memory();
	if (sodium_init() < 0)
		return EXIT_FAILURE;
	static struct kiosk kiosk; /* large; the one state that main owns */
	static char assets_dir[PATH_MAX]; /* as long as what points to it */
	find_dir("../assets", DATADIR "/assets", assets_dir);
	kiosk.app.assets_dir = assets_dir;
	if (load_settings(&kiosk.app, &options) != ERR_OK)
		return EXIT_USAGE;
	sigset_t ending;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (start(&kiosk, &options) != ERR_OK) {
		finish(&kiosk);
		return EXIT_FAILURE;
	}
	kiosk.quit_event = SDL_RegisterEvents(1);
	SDL_Thread *signals = SDL_CreateThread(wait_for_signal, "signals", &kiosk);
	SDL_DetachThread(signals);
	run(&kiosk);
	finish(&kiosk);
	return EXIT_SUCCESS;
}
