#include "app/describe.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "app/app.h"

static json_t *targets_json(const struct app *app)
{
	const struct ui_target *targets;
	size_t count = ui_targets(app->ui, &targets);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct ui_target *t = &targets[i];
		json_array_append_new(list, json_pack("{s:s, s:s, s:[i,i,i,i], s:b}", "id", t->id, "label", t->label, "rect",
		                                      t->box.x, t->box.y, t->box.w, t->box.h, "enabled", (int)t->enabled));
	}
	return list;
}

/* What came of the card held up last: deputies' names are on the wall anyway. */
static json_t *signing_json(const struct app *app)
{
	static const char *const outcomes[] = { [SIGNING_NONE] = "", [SIGNING_DONE] = "done", [SIGNING_CHOOSE] = "choose",
		                                [SIGNING_SELF] = "self", [SIGNING_PROBLEM] = "problem" };
	static const char *const presented[] = {
		[PRESENTED_SIGN_IN] = "signed_in", [PRESENTED_ALREADY] = "already", [PRESENTED_SIGN_OUT] = "signed_out",
		[PRESENTED_ALREADY_OUT] = "already_out", [PRESENTED_NOT_YET] = "not_yet", [PRESENTED_OVER] = "over",
		[PRESENTED_CANCELLED] = "cancelled",
	};
	const struct signing *s = &app->session->signing;
	const struct deputy_row *d = s->deputy[0] && s->outcome != SIGNING_PROBLEM ? site_deputy(&app->site, s->deputy) : NULL;
	bool done = s->outcome == SIGNING_DONE;
	return json_pack("{s:s, s:i, s:s, s:s, s:s, s:b, s:b, s:b, s:i, s:i}", "outcome", outcomes[s->outcome], "problem",
	                 s->outcome == SIGNING_PROBLEM ? (int)s->problem : -1, "name", d ? d->name : "", "what",
	                 done ? presented[s->result.what] : "", "timing", done ? timing_id(s->result.row.timing) : "", "listed",
	                 (int)s->result.row.listed, "on_leave", (int)s->result.row.on_leave, "photo", (int)(s->portrait.pixels != NULL),
	                 "present", s->activity.present, "room_present", app->room.row.present);
}

/* What the kiosk itself says beside its buttons. */
static json_t *said_json(const struct app *app)
{
	const struct session *s = app->session;
	enum paper_tone tone;
	const char *paper = app->screen == &screen_done ? app_paper_words(app, &tone) : "";
	return json_pack("{s:s, s:s, s:s, s:i, s:I, s:s, s:b, s:o}", "toast", app->toast ? app->toast : "", "code",
	                 s->find_message ? s->find_message : "", "paper", paper, "countdown_s", app->countdown_s, "pause_s",
	                 (json_int_t)((throttle_wait_ms(&app->throttle, app->now_ms) + 999) / 1000), "receipt",
	                 s->submitted ? s->done.receipt : "", "reader", (int)app->idcard_present, "signing", signing_json(app));
}

static int64_t monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void describe_frame(struct describer *d, const struct app *app, int64_t latency_us)
{
	if (!d->file)
		return;
	int64_t shown_us = monotonic_us();
	d->frame++;
	const struct session *s = app->session;
	json_t *fields = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "write.text", (json_int_t)strlen(s->draft.text), "name.name",
	                           (json_int_t)strlen(s->draft.name), "name.phone", (json_int_t)strlen(s->draft.phone),
	                           "rate.reason", (json_int_t)strlen(s->reason), "query.code",
	                           (json_int_t)strlen(s->typed), "ink.strokes",
	                           (json_int_t)s->draft.pages[0].stroke_count);
	const char *name = app->help_open ? "help" : app->screen->name;
	json_t *line = json_pack("{s:s, s:o, s:o, s:o}", "screen", name, "targets", targets_json(app), "fields", fields, "said",
	                         said_json(app));
	char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
	uint64_t hash = text ? draw_hash(DRAW_HASH_SEED, text, strlen(text)) : 0;
	if (text && (hash != d->last || latency_us)) {
		d->last = hash;
		json_object_set_new(line, "frame", json_integer(d->frame));
		json_object_set_new(line, "latency_us", json_integer(latency_us));
		json_object_set_new(line, "shown_us", json_integer(shown_us));
		json_dumpf(line, d->file, JSON_COMPACT);
		fputc('\n', d->file);
		fflush(d->file);
	}
	free(text);
	json_decref(line);
}
