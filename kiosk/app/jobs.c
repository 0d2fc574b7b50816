/* The background work of a visit, each as a job: keys for the receipt, the commit, the look-up, the rating. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "store/store_admin.h"

enum { HASTE_MS = 800 };

/* A job of an earlier visit whose result nobody waits for any more. */
static bool is_stale(const struct app *app, uint32_t visit)
{
	return app->visit != visit;
}

static void discard(void *job, size_t size)
{
	sodium_memzero(job, size);
	free(job);
}

/* ---- the receipt's code and keys ---------------------------------------------------------------------------------- */

struct prepare_job {
	struct job job;
	uint32_t visit;
	uint8_t salt[SLIP_SALT_BYTES];
	struct slip_code code;
	struct slip_keys keys;
	enum err result;
};

static void prepare_run(struct job *job, struct store *store)
{
	(void)store;
	struct prepare_job *j = (struct prepare_job *)job;
	uint8_t random[SLIP_CODE_RANDOM_BYTES];
	randombytes_buf(random, sizeof random);
	slip_code_make(random, &j->code);
	sodium_memzero(random, sizeof random);
	j->result = slip_keys_derive(&j->code, j->salt, &j->keys);
}

/* What was written stays, and back leads to it. */
static void refuse(struct app *app, enum err why)
{
	app->session->submitting = false;
	app->session->submit_error = why;
	if (app->screen == &screen_refused)
		app_replace(app, &screen_refused);
	else
		app_go(app, &screen_refused);
}

static void prepare_done(struct job *job, struct app *app)
{
	struct prepare_job *j = (struct prepare_job *)job;
	struct session *s = app->session;
	if (!is_stale(app, j->visit)) {
		s->keys_asked = false;
		if (j->result == ERR_OK) {
			s->code = j->code;
			s->keys = j->keys;
			s->keys_ready = true;
			if (s->submitting && !app->quit) /* the voter was faster */
				app_submit(app);
		} else if (s->submitting) {
			refuse(app, j->result);
		}
	}
	discard(j, sizeof *j);
}

void app_prepare_receipt(struct app *app)
{
	struct session *s = app->session;
	if (s->keys_ready || s->keys_asked || !app->identity.enrolled)
		return;
	struct prepare_job *j = calloc(1, sizeof *j);
	if (!j)
		return; /* app_submit tries again, and says so when it fails */
	j->job.run = prepare_run;
	j->job.done = prepare_done;
	j->visit = app->visit;
	memcpy(j->salt, app->identity.slip_salt, sizeof j->salt);
	s->keys_asked = true;
	worker_submit(app->worker, &j->job);
}

/* ---- the commit ---------------------------------------------------------------------------------------------------- */

struct submit_job {
	struct job job;
	struct session *session; /* borrowed: a visit does not end while it is submitting */
	struct submission done;
	enum err result;
};

static void submit_run(struct job *job, struct store *store)
{
	struct submit_job *j = (struct submit_job *)job;
	struct session *s = j->session;
	j->result = store ? store_submit(store, &s->draft, &s->code, &s->keys, &j->done) : ERR_IO;
}

static void submit_done(struct job *job, struct app *app)
{
	struct submit_job *j = (struct submit_job *)job;
	struct session *s = app->session;
	app->last_touch_ms = app->now_ms; /* however long it took, there is time to read what came of it */
	if (j->result == ERR_OK) {
		s->submitting = false;
		s->submit_error = ERR_OK;
		s->submitted = true;
		s->done = j->done;
		app_print_slip(app);
		app_replace(app, &screen_done);
		app->deaf_until_ms = app->now_ms + HASTE_MS; /* a second touch would wipe the code, unread */
	} else {
		refuse(app, j->result);
	}
	free(j);
}

void app_submit(struct app *app)
{
	struct session *s = app->session;
	s->submitting = true;
	if (!s->keys_ready) {
		app_prepare_receipt(app);
		if (s->keys_asked)
			return;
	}
	struct submit_job *j = s->keys_ready ? calloc(1, sizeof *j) : NULL;
	if (!j) {
		refuse(app, app->identity.enrolled ? ERR_NOMEM : ERR_STATE);
		return;
	}
	j->job.run = submit_run;
	j->job.done = submit_done;
	j->session = s;
	worker_submit(app->worker, &j->job);
}

/* ---- the look-up ----------------------------------------------------------------------------------------------------- */

struct find_job {
	struct job job;
	uint32_t visit;
	struct slip_code code;
	uint8_t salt[SLIP_SALT_BYTES];
	struct case_summary found;
	struct case_view view;
	enum err result, view_result;
};

static void find_run(struct job *job, struct store *store)
{
	struct find_job *j = (struct find_job *)job;
	struct slip_keys keys;
	j->result = store ? slip_keys_derive(&j->code, j->salt, &keys) : ERR_IO;
	if (j->result != ERR_OK)
		return;
	j->result = store_find_case(store, keys.lookup, &j->found);
	if (j->result == ERR_OK && j->found.view_rev > 0)
		j->view_result = case_view_open(keys.view_key, j->found.case_id, j->found.view, j->found.view_len, &j->view);
	sodium_memzero(&keys, sizeof keys);
}

static void find_done(struct job *job, struct app *app)
{
	struct find_job *j = (struct find_job *)job;
	struct session *s = app->session;
	if (is_stale(app, j->visit)) {
		case_summary_clear(&j->found);
		case_view_clear(&j->view);
		discard(j, sizeof *j);
		return;
	}
	s->looking = false;
	if (j->result == ERR_OK && j->view_result == ERR_OK) {
		throttle_right(&app->throttle);
		case_summary_clear(&s->found);
		case_view_clear(&s->view);
		s->found = j->found; /* with what it owns */
		s->view = j->view;
		s->found_ready = true;
		s->find_message = NULL;
		/* Another slip may be read while one case is shown: what was said of that one is not said of this. */
		s->rating_sent = false;
		sodium_memzero(s->reason, sizeof s->reason);
		sodium_memzero(s->typed, sizeof s->typed);
		if (app->screen != &screen_case)
			app_go(app, &screen_case);
	} else {
		case_summary_clear(&j->found);
		case_view_clear(&j->view);
		if (j->result == ERR_NOT_FOUND) {
			throttle_wrong(&app->throttle, app->now_ms);
			s->find_message = "没有查到这个码。请对着小票，一个字一个字再核对一遍";
		} else {
			s->find_message = "暂时查不了，请稍后再试，或者问一问工作人员";
		}
		if (app->screen != &screen_query) /* which shows it by itself */
			app_toast(app, s->find_message);
	}
	discard(j, sizeof *j);
}

void app_find_case(struct app *app, const char *text, size_t len)
{
	struct session *s = app->session;
	if (s->looking || throttle_wait_ms(&app->throttle, app->now_ms) > 0)
		return;
	struct slip_code code;
	enum err e = slip_code_parse(text, len, &code);
	if (e != ERR_OK) {
		/* The check character catches a slip of the finger: that is no guess at somebody's code. */
		s->find_message = e == ERR_CORRUPT ? "这个码里有一个字不对，请对着小票再核对一遍"
		                                   : "码一共 12 位，请对着小票输完";
		return;
	}
	struct find_job *j = calloc(1, sizeof *j);
	if (j) {
		j->job.run = find_run;
		j->job.done = find_done;
		j->visit = app->visit;
		j->code = code;
		memcpy(j->salt, app->identity.slip_salt, sizeof j->salt);
		s->looking = true;
		s->find_message = NULL;
		worker_submit(app->worker, &j->job);
	}
	sodium_memzero(&code, sizeof code);
}

/* ---- the daily backup ------------------------------------------------------------------------------------------------- */

struct backup_job {
	struct job job;
	int64_t wall_ms;
	enum err result;
};

static void backup_run(struct job *job, struct store *store)
{
	struct backup_job *j = (struct backup_job *)job;
	j->result = store ? store_backup_daily(store, j->wall_ms) : ERR_IO;
}

static void backup_done(struct job *job, struct app *app)
{
	struct backup_job *j = (struct backup_job *)job;
	(void)app;
	if (j->result != ERR_OK)
		fprintf(stderr, "kiosk: daily backup: %s\n", err_name(j->result));
	free(j);
}

void app_backup(struct app *app)
{
	struct backup_job *j = calloc(1, sizeof *j);
	if (!j)
		return; /* asked again in a minute */
	j->job.run = backup_run;
	j->job.done = backup_done;
	j->wall_ms = app->wall_ms;
	worker_submit(app->worker, &j->job);
}

/* ---- the rating -------------------------------------------------------------------------------------------------------- */

struct rate_job {
	struct job job;
	uint32_t visit;
	char case_id[UUID_SIZE];
	enum rating rating;
	char reason[RATING_REASON_SIZE];
	enum err result;
};

static void rate_run(struct job *job, struct store *store)
{
	struct rate_job *j = (struct rate_job *)job;
	j->result = store ? store_rate(store, j->case_id, j->rating, j->reason) : ERR_IO;
}

static void rate_done(struct job *job, struct app *app)
{
	struct rate_job *j = (struct rate_job *)job;
	if (!is_stale(app, j->visit)) {
		struct session *s = app->session;
		s->rating_busy = false;
		s->rating_error = j->result;
		s->rating_sent = j->result == ERR_OK;
		if (s->rating_sent) {
			s->found.rated = true;
			s->found.rating = j->rating;
			s->found.state = j->rating == RATING_UNSATISFIED ? CASE_REDO : CASE_CLOSED;
			if (app->screen == &screen_rate)
				app_back(app);
		}
	}
	discard(j, sizeof *j);
}

void app_send_rating(struct app *app)
{
	struct session *s = app->session;
	struct rate_job *j = s->rating_busy ? NULL : calloc(1, sizeof *j);
	if (!j)
		return;
	j->job.run = rate_run;
	j->job.done = rate_done;
	j->visit = app->visit;
	memcpy(j->case_id, s->found.case_id, sizeof j->case_id);
	j->rating = s->rating;
	memcpy(j->reason, s->reason, sizeof j->reason);
	s->rating_busy = true;
	worker_submit(app->worker, &j->job);
}
