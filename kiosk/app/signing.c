#include "app/signing.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/chime.h"
#include "app/photo.h"
#include "model/civil.h"

enum { DONE_MS = 6000, ALREADY_MS = 10000, PROBLEM_MS = 12000, CHOOSE_MS = 30000, DAY_MS = 86400000, ID_PARAMS = 4 };

enum from { FROM_CARD, FROM_CODE, FROM_CHOICE };

struct sign_job {
	struct job job;
	enum from from;
	uint32_t visit;
	bool enrolled;
	uint8_t township_key[SIGN_PUBLIC_BYTES];
	struct idcard card;
	char code[SCANNER_MAX_BYTES + 1];
	size_t code_len;
	char chosen[REPORT_ID_SIZE];
	bool out;
	struct photo_size photo;
	struct signing result;
};

void signing_clear(struct signing *s)
{
	deputy_activities_clear(&s->year);
	canvas_destroy(&s->portrait);
	sodium_memzero(s, sizeof *s);
}

static void problem(struct signing *s, enum signing_problem what)
{
	s->outcome = SIGNING_PROBLEM;
	s->problem = what;
}

/* ---- who it is (worker) ----------------------------------------------------------------------------------------------- */

/* 0 where the card's date could not be read. */
static int day_of(const char *yyyymmdd)
{
	char iso[11];
	struct civil_date d;
	if (strlen(yyyymmdd) != 8)
		return 0;
	memcpy(iso, yyyymmdd, 4);
	iso[4] = iso[7] = '-';
	memcpy(iso + 5, yyyymmdd + 4, 2);
	memcpy(iso + 8, yyyymmdd + 6, 2);
	iso[10] = '\0';
	return civil_parse(iso, &d) == ERR_OK ? (int)civil_day_number(d) : 0;
}

static int today(const struct signing *s)
{
	return (int)civil_day_number(civil_from_ms(s->now_ms).date);
}

/* The number becomes a digest here, and goes no further. */
static enum err find_by_number(struct store *store, const char *number, char deputy[REPORT_ID_SIZE])
{
	struct id_params params[ID_PARAMS];
	size_t count = 0;
	enum err e = store_id_params(store, params, ID_PARAMS, &count);
	if (e == ERR_OK && count == 0)
		e = ERR_NOT_FOUND;
	for (size_t i = 0; i < count && (e == ERR_OK || e == ERR_NOT_FOUND); i++) {
		uint8_t digest[ID_DIGEST_BYTES];
		e = id_digest(number, &params[i], digest);
		if (e == ERR_OK)
			e = store_deputy_by_digest(store, &params[i], digest, deputy);
		sodium_memzero(digest, sizeof digest);
		if (e == ERR_OK)
			break;
	}
	return e;
}

static void identify_card(struct store *store, const struct idcard *card, struct signing *s)
{
	s->by = SIGN_BY_CARD;
	if (card->type == IDCARD_HMT_PERMIT) {
		problem(s, PROBLEM_PERMIT);
		return;
	}
	if (card->type == IDCARD_FOREIGNER) {
		problem(s, PROBLEM_FOREIGNER);
		return;
	}
	int from = day_of(card->from), until = day_of(card->until);
	enum err e = find_by_number(store, card->number, s->deputy);
	if (e != ERR_OK)
		problem(s, e == ERR_NOT_FOUND ? PROBLEM_NOT_IN_ROSTER : PROBLEM_NOT_KEPT);
	else if (s->clock_ok && until && until < today(s))
		problem(s, PROBLEM_ID_EXPIRED);
	else if (s->clock_ok && from > today(s) + CARD_CLOCK_TOLERANCE_DAYS)
		problem(s, PROBLEM_ID_EARLY);
}

static void identify_code(struct store *store, const struct sign_job *j, struct signing *s)
{
	struct card_token token;
	struct card_state known;
	s->by = SIGN_BY_QR;
	switch (card_token_open(j->code, j->code_len, j->township_key, &token)) {
	case ERR_OK:
		break;
	case ERR_NOT_FOUND:
		problem(s, PROBLEM_CODE_OTHER);
		return;
	case ERR_UNSUPPORTED:
		problem(s, PROBLEM_CODE_NEWER);
		return;
	case ERR_DENIED:
		problem(s, PROBLEM_CODE_FORGED);
		return;
	default:
		problem(s, PROBLEM_CODE_DAMAGED);
		return;
	}
	memcpy(s->deputy, token.deputy, sizeof s->deputy);
	s->issue = token.issue;
	if (store_card_state(store, token.deputy, &known) != ERR_OK) {
		problem(s, PROBLEM_NOT_KEPT);
		return;
	}
	static const struct { enum signing_problem problem; const char *odd; } odd[] = {
		[CARD_EXPIRED] = { PROBLEM_CODE_EXPIRED, "card_expired" },
		[CARD_FUTURE] = { PROBLEM_CODE_FUTURE, "card_future" },
		[CARD_SUPERSEDED] = { PROBLEM_CODE_REVOKED, "card_superseded" },
		[CARD_LOST] = { PROBLEM_CODE_REVOKED, "card_lost" },
	};
	enum card_verdict verdict = card_token_judge(&token, &known, today(s), s->clock_ok);
	if (verdict == CARD_GOOD)
		return;
	/* For the liaison officer; that it could not be noted changes nothing for whoever stands here. */
	(void)!store_note_odd(store, odd[verdict].odd, token.deputy, token.issue);
	problem(s, odd[verdict].problem);
}

/* ---- what for (worker) ------------------------------------------------------------------------------------------------ */

static void self(struct store *store, struct signing *s)
{
	s->outcome = SIGNING_SELF;
	int year = civil_from_ms(s->now_ms).date.year;
	if (store_deputy_year(store, s->deputy, year, s->now_ms, &s->year, &s->sum) != ERR_OK)
		problem(s, PROBLEM_NOT_KEPT);
}

static void sign(struct store *store, struct signing *s, const char *activity, bool out)
{
	struct sign_in in = { .by = s->by, .issue = s->issue, .out = out };
	memcpy(in.deputy, s->deputy, sizeof in.deputy);
	memcpy(in.activity, activity, sizeof in.activity);
	enum err e = store_sign_in(store, &in, &s->result);
	if (e == ERR_NOT_FOUND && store_activity(store, activity, &s->activity) == ERR_NOT_FOUND) {
		s->outcome = SIGNING_DONE; /* taken back by the office while one chose */
		s->result.what = PRESENTED_CANCELLED;
		return;
	}
	if (e != ERR_OK) {
		problem(s, e == ERR_STATE ? PROBLEM_NOT_ENROLLED : e == ERR_NOT_FOUND ? PROBLEM_UNKNOWN_DEPUTY : PROBLEM_NOT_KEPT);
		return;
	}
	int year = civil_from_ms(s->now_ms).date.year;
	s->outcome = SIGNING_DONE;
	/* The record stands; what is said beside it may be missing. */
	(void)!store_activity(store, activity, &s->activity);
	(void)!store_deputy_year(store, s->deputy, year, s->now_ms, &s->year, &s->sum);
}

/* Those whose door is open now; with a clock that cannot be trusted, those that may be meant. */
static void open_activities(struct store *store, struct signing *s)
{
	struct activity_list list = { 0 };
	int64_t ahead = s->clock_ok ? s->now_ms + (int64_t)ACTIVITY_MAX_MIN * 60000 : s->now_ms + 60LL * DAY_MS;
	if (store_activities(store, s->now_ms - (s->clock_ok ? 0 : DAY_MS), ahead, &list) != ERR_OK)
		return;
	size_t listed = 0;
	for (size_t i = 0; i < list.count && listed < SIGNING_CHOICES; i++) {
		const struct activity *a = &list.rows[i].activity;
		struct attendance_row row = { 0 };
		enum activity_phase phase = activity_phase_at(a, s->now_ms);
		if (s->clock_ok && phase != ACTIVITY_OPEN && phase != ACTIVITY_LINGERING)
			continue;
		bool known = store_attendance(store, a->id, s->deputy, &row) == ERR_OK;
		bool to_sign_out = known && row.signed_in && !row.signed_out && a->signs_out;
		if (phase == ACTIVITY_LINGERING && !to_sign_out)
			continue;
		/* Those the deputy is on the list of come first, and alone if there are any. */
		if (row.listed && listed == 0)
			s->choice_count = 0;
		if (!row.listed && (listed > 0 || s->choice_count == SIGNING_CHOICES))
			continue;
		listed += row.listed;
		s->choices[s->choice_count++] = list.rows[i];
	}
	activity_list_clear(&list);
}

static void decide(struct store *store, struct sign_job *j, struct signing *s)
{
	if (s->want_self) {
		self(store, s);
		return;
	}
	if (j->from == FROM_CHOICE) {
		sign(store, s, j->chosen, j->out);
		return;
	}
	open_activities(store, s);
	if (s->choice_count == 0)
		self(store, s);
	else if (s->choice_count == 1 && s->clock_ok)
		sign(store, s, s->choices[0].activity.id, false);
	else
		s->outcome = SIGNING_CHOOSE;
}

static void sign_run(struct job *job, struct store *store)
{
	struct sign_job *j = (struct sign_job *)job;
	struct signing *s = &j->result;
	if (!store || store_clock(store, &s->now_ms, &s->clock_ok) != ERR_OK)
		problem(s, PROBLEM_NOT_KEPT);
	else if (!j->enrolled)
		problem(s, PROBLEM_NOT_ENROLLED);
	else if (j->from == FROM_CARD)
		identify_card(store, &j->card, s);
	else if (j->from == FROM_CODE)
		identify_code(store, j, s);
	if (s->outcome == SIGNING_PROBLEM)
		return;
	decide(store, j, s);
	if (s->outcome != SIGNING_PROBLEM)
		photo_load(store, s->deputy, &j->photo, &s->portrait, &s->portrait_key);
}

/* ---- the result (main thread) ------------------------------------------------------------------------------------------- */

static bool among_ours(const struct screen *s)
{
	return s == &screen_signed || s == &screen_choose || s == &screen_self || s == &screen_leave || s == &screen_identify;
}

static const struct screen *screen_of(const struct signing *s, int *stay_ms)
{
	switch (s->outcome) {
	case SIGNING_CHOOSE:
		*stay_ms = CHOOSE_MS;
		return &screen_choose;
	case SIGNING_SELF:
		*stay_ms = 0;
		return &screen_self;
	case SIGNING_DONE:
		/* Nothing to read but one's name, or a key to sign out with. */
		*stay_ms = s->result.what == PRESENTED_SIGN_IN || s->result.what == PRESENTED_SIGN_OUT ? DONE_MS : ALREADY_MS;
		return &screen_signed;
	case SIGNING_PROBLEM:
	case SIGNING_NONE:
		break;
	}
	*stay_ms = PROBLEM_MS;
	return &screen_signed;
}

static void show(struct app *app, struct signing *result)
{
	struct signing *s = &app->session->signing;
	const struct screen *from = among_ours(app->screen) ? s->return_to : app->screen;
	int stay_ms;
	/* A good card of somebody who is no longer on the roster, or not yet: asked nothing, and shown nothing without a name. */
	if ((result->outcome == SIGNING_SELF || result->outcome == SIGNING_CHOOSE) && !site_deputy(&app->site, result->deputy))
		problem(result, PROBLEM_UNKNOWN_DEPUTY);
	const struct screen *to = screen_of(result, &stay_ms);
	signing_clear(s);
	*s = *result; /* with what it owns */
	s->return_to = from && from->quiet ? from : &screen_home;
	s->until_ms = stay_ms ? app->now_ms + stay_ms : 0;
	app->last_touch_ms = app->now_ms;
	app->toast = NULL; /* it was said to somebody else */
	if (among_ours(app->screen))
		app_replace(app, to);
	else
		app_go(app, to);
	bool good = s->outcome != SIGNING_PROBLEM &&
	            !(s->outcome == SIGNING_DONE && (s->result.what == PRESENTED_NOT_YET || s->result.what == PRESENTED_OVER ||
	                                             s->result.what == PRESENTED_CANCELLED));
	chime_play(app->chime, good ? CHIME_GOOD : CHIME_CARE);
}

/* What a deputy asked to see who has left since; a card held up is shown whoever stands there. */
static bool unwanted(const struct sign_job *j, const struct app *app)
{
	return j->visit != app->visit && (j->from == FROM_CHOICE || j->result.want_self);
}

static void sign_done(struct job *job, struct app *app)
{
	struct sign_job *j = (struct sign_job *)job;
	if (!unwanted(j, app) && (app->screen->quiet || among_ours(app->screen))) {
		show(app, &j->result);
	} else { /* they left, or somebody began to write in that instant: theirs is the screen, and the record stands */
		if (j->result.outcome == SIGNING_DONE &&
		    (j->result.result.what == PRESENTED_SIGN_IN || j->result.result.what == PRESENTED_ALREADY))
			app_toast(app, "签到已经记下");
		signing_clear(&j->result);
	}
	sodium_memzero(j, sizeof *j);
	free(j);
}

static struct sign_job *job_new(struct app *app, enum from from)
{
	struct sign_job *j = calloc(1, sizeof *j);
	if (!j)
		return NULL;
	j->job.run = sign_run;
	j->job.done = sign_done;
	j->from = from;
	j->visit = app->visit;
	j->enrolled = app->identity.enrolled;
	memcpy(j->township_key, app->identity.township_sign_key, sizeof j->township_key);
	j->photo = photo_size_for(&app->theme);
	j->result.want_self = app->screen == &screen_identify;
	return j;
}

void app_sign_in_card(struct app *app, const struct idcard *card)
{
	struct sign_job *j = job_new(app, FROM_CARD);
	if (!j)
		return;
	j->card = *card;
	worker_submit(app->worker, &j->job);
}

void app_sign_in_code(struct app *app, const char *text, size_t len)
{
	struct sign_job *j = len <= SCANNER_MAX_BYTES ? job_new(app, FROM_CODE) : NULL;
	if (!j)
		return;
	memcpy(j->code, text, len);
	j->code_len = len;
	worker_submit(app->worker, &j->job);
}

/* Carries on with the deputy who is identified already. */
static struct sign_job *job_of_present(struct app *app)
{
	const struct signing *s = &app->session->signing;
	struct sign_job *j = s->deputy[0] && !s->busy ? job_new(app, FROM_CHOICE) : NULL;
	if (!j)
		return NULL;
	memcpy(j->result.deputy, s->deputy, sizeof s->deputy);
	j->result.by = s->by;
	j->result.issue = s->issue;
	return j;
}

void app_sign_in_chosen(struct app *app, const char *activity, bool out)
{
	struct sign_job *j = job_of_present(app);
	if (!j)
		return;
	j->out = out;
	memcpy(j->chosen, activity, strnlen(activity, sizeof j->chosen - 1));
	app->session->signing.busy = true;
	worker_submit(app->worker, &j->job);
}

/* Reads the deputy's year anew, with what was just asked for. */
static void refresh_self(struct app *app)
{
	struct sign_job *j = job_of_present(app);
	if (!j)
		return;
	j->result.want_self = true;
	app->session->signing.busy = true;
	worker_submit(app->worker, &j->job);
}

void app_end_signing(struct app *app)
{
	const struct screen *to = app->session->signing.return_to;
	app_leave(app, to ? to : &screen_home);
}

/* ---- leave ---------------------------------------------------------------------------------------------------------------- */

struct leave_job {
	struct job job;
	uint32_t visit;
	char activity[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE];
	enum leave_reason reason;
	enum err result;
};

static void leave_run(struct job *job, struct store *store)
{
	struct leave_job *j = (struct leave_job *)job;
	j->result = store ? store_ask_leave(store, j->activity, j->deputy, j->reason) : ERR_IO;
}

static void leave_done(struct job *job, struct app *app)
{
	struct leave_job *j = (struct leave_job *)job;
	struct signing *s = &app->session->signing;
	if (app->visit == j->visit && app->screen == &screen_leave) {
		s->busy = false;
		s->leave_failed = j->result != ERR_OK;
		if (j->result == ERR_OK) {
			refresh_self(app);
			app_back(app);
		}
	}
	free(j);
}

void app_ask_leave(struct app *app)
{
	struct signing *s = &app->session->signing;
	struct leave_job *j = s->busy || s->leave_row >= s->year.count ? NULL : calloc(1, sizeof *j);
	if (!j)
		return;
	j->job.run = leave_run;
	j->job.done = leave_done;
	j->visit = app->visit;
	j->reason = s->leave_reason;
	memcpy(j->activity, s->year.rows[s->leave_row].activity.id, sizeof j->activity);
	memcpy(j->deputy, s->deputy, sizeof j->deputy);
	s->busy = true;
	worker_submit(app->worker, &j->job);
}
