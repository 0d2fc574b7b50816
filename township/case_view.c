/* How a case looks: to the voter who holds the slip (encrypted for them), and to the office (opened). */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/cases.h"

json_t *case_allowed(const struct town_case *c)
{
	json_t *list = json_array();
	struct case_facts facts = {.state = c->state, .extended = c->extended, .consented = true};
	for (int s = STEP_ACCEPT; s <= STEP_ANSWER; s++) {
		enum case_state next;
		if (case_step_apply(&facts, (enum case_step)s, &next) == ERR_OK)
			json_array_append_new(list, json_string(case_step_id((enum case_step)s)));
	}
	return list;
}

static json_t *due_json(const char *due)
{
	return due[0] ? json_string(due) : json_null();
}

/* A text that is kept sealed to ourselves; "" for none. */
static enum err kept_text(const struct town *town, const uint8_t *sealed, size_t len, json_t **out)
{
	char *text = NULL;
	size_t n = 0;
	enum err e = sealed ? town_unseal(town, sealed, len, &text, &n) : ERR_OK;
	if (e)
		return e == ERR_DENIED ? ERR_CORRUPT : e;
	*out = json_stringn(text ? text : "", n);
	town_forget(text, n);
	return *out ? ERR_OK : ERR_NOMEM;
}

/* The round's answer as {"text","by","at"}, or null. */
static enum err answer_json(struct town *town, const char *case_id, int round, json_t **out)
{
	struct town_round r;
	enum err e = town_round_get(town->store, case_id, round, &r);
	if (e)
		return e;
	if (!r.answer) {
		*out = json_null();
	} else {
		char *text;
		size_t n;
		e = town_unseal(town, r.answer, r.answer_len, &text, &n);
		if (!e) {
			*out = json_loadb(text, n, 0, NULL);
			town_forget(text, n);
			if (!*out || json_object_set_new(*out, "at", json_integer(r.answered_ms)))
				e = ERR_CORRUPT;
		}
	}
	town_round_clear(&r);
	return e;
}

/* What a step says besides: its own note, or the answer of an earlier round, which the next one replaces. */
static enum err step_note(struct town *town, const struct town_case *c, const struct town_step *s,
                          json_t **note)
{
	if (strcmp(s->step, "answer") != 0 || s->round == c->round)
		return kept_text(town, s->note, s->note_len, note);
	json_t *answer;
	enum err e = answer_json(town, c->id, s->round, &answer);
	if (e)
		return e;
	json_t *text = json_object_get(answer, "text");
	json_incref(text);
	json_decref(answer);
	if (!text)
		return kept_text(town, s->note, s->note_len, note); /* the answer was lost: case_restored.c */
	*note = text;
	return ERR_OK;
}

static enum err timeline(struct town *town, const struct town_case *c, bool for_office, json_t **out)
{
	struct town_steps steps;
	json_t *list = json_array();
	enum err e = town_steps_get(town->store, c->id, &steps);
	for (size_t i = 0; i < steps.count && !e; i++) {
		const struct town_step *s = &steps.items[i];
		json_t *note = NULL;
		e = step_note(town, c, s, &note);
		if (e)
			break;
		json_t *row = json_pack("{s:s, s:I, s:s, s:o, s:o, s:i}", "step", s->step, "at", (json_int_t)s->at_ms,
		                        "who", s->who, "due", due_json(s->due), "note", note, "round", s->round);
		if (row && for_office)
			json_object_set_new(row, "user", json_string(s->user));
		e = !row || json_array_append_new(list, row) ? ERR_NOMEM : ERR_OK;
	}
	town_steps_clear(&steps);
	if (e)
		json_decref(list);
	else
		*out = list;
	return e;
}

/* The view's plain JSON; secret. */
static enum err view_text(struct town *town, const struct town_case *c, char **text)
{
	json_t *steps, *answer;
	enum err e = timeline(town, c, false, &steps);
	if (e)
		return e;
	e = answer_json(town, c->id, c->round, &answer);
	if (e) {
		json_decref(steps);
		return e;
	}
	json_t *view = json_pack("{s:o, s:o, s:i}", "steps", steps, "answer", answer, "round", c->round);
	*text = view ? json_dumps(view, JSON_COMPACT) : NULL;
	json_decref(view);
	return *text ? ERR_OK : ERR_NOMEM;
}

static enum err boxed_view(struct town *town, const struct town_case *c, json_t **out)
{
	if (c->rev == 0 || !c->has_view_key) {
		*out = json_null();
		return ERR_OK;
	}
	char *key = NULL, *text = NULL;
	size_t key_len = 0;
	uint8_t *box = NULL;
	enum err e = town_unseal(town, c->view_key_sealed, sizeof c->view_key_sealed, &key, &key_len);
	if (!e)
		e = view_text(town, c, &text);
	if (!e) {
		size_t len = strlen(text);
		box = malloc(len + VIEW_OVERHEAD_BYTES);
		e = box ? view_encrypt((const uint8_t *)key, c->id, text, len, box) : ERR_NOMEM;
		if (!e) {
			*out = b64_json(box, len + VIEW_OVERHEAD_BYTES);
			e = *out ? ERR_OK : ERR_NOMEM;
		}
		town_forget(text, len);
	}
	free(box);
	town_forget(key, key_len);
	return e;
}

enum err case_publish(struct town *town, const struct town_case *c)
{
	json_t *view;
	enum err e = boxed_view(town, c, &view);
	if (e)
		return e;
	json_t *data =
		json_pack("{s:s, s:s, s:i, s:I, s:o, s:s, s:s, s:s, s:s, s:o, s:I, s:b, s:s}", "case_id", c->id,
	              "state", case_state_id(c->state), "round", c->round, "rev", (json_int_t)c->rev, "view",
	              view, "receipt", c->receipt, "kind", report_kind_id(c->kind), "subject", c->subject,
	              "deputy", c->deputy, "lookup", hex_json(c->lookup, sizeof c->lookup), "at",
	              (json_int_t)c->at_ms, "clock_ok", c->clock_ok, "kiosk", c->kiosk);
	if (!data)
		return ERR_NOMEM;
	e = town_change_put(town->store, "case", "put", c->id, data, town_now_ms());
	json_decref(data);
	return e;
}

static enum err ratings_json(struct town *town, const struct town_case *c, json_t **out)
{
	json_t *list = json_array();
	enum err e = ERR_OK;
	for (int round = 1; round <= c->round && !e; round++) {
		struct town_round r;
		json_t *reason = NULL;
		e = town_round_get(town->store, c->id, round, &r);
		if (e)
			break;
		if (r.rating[0]) {
			e = kept_text(town, r.reason, r.reason_len, &reason);
			if (e == ERR_CORRUPT) {
				/* One bad reason must not hide the whole case from the office. */
				reason = json_string("（无法解开）");
				e = ERR_OK;
			}
			if (!e)
				json_array_append_new(list,
				                      json_pack("{s:i, s:s, s:o, s:I}", "round", round, "rating", r.rating,
				                                "reason", reason, "at", (json_int_t)r.rated_ms));
		}
		town_round_clear(&r);
	}
	if (e)
		json_decref(list);
	else
		*out = list;
	return e;
}

/* Which of the body's blobs have come in whole. */
static void mark_blobs(struct town *town, json_t *body)
{
	json_t *blob;
	size_t i;
	json_array_foreach (json_object_get(body, "blobs"), i, blob) {
		const char *sha = json_string_value(json_object_get(blob, "sha256"));
		int64_t size = 0;
		bool here = sha && town_blob_find(town->store, sha, &size) == ERR_OK;
		json_object_set_new(blob, "here", json_boolean(here));
		json_object_set_new(blob, "size", json_integer(size));
	}
}

enum err case_open(struct town *town, const struct town_case *c, json_t **opened)
{
	uint8_t *sealed = NULL;
	size_t sealed_len = 0, len = 0;
	char *text = NULL, name[128] = "", assigned[128] = "";
	json_t *body = NULL, *steps = NULL, *ratings = NULL, *answer = NULL;
	enum err e = town_case_sealed(town->store, c->id, &sealed, &sealed_len);
	if (!e)
		e = town_unseal(town, sealed, sealed_len, &text, &len);
	free(sealed);
	if (e)
		return e == ERR_DENIED ? ERR_CORRUPT : e;
	body = json_loadb(text, len, 0, NULL);
	town_forget(text, len);
	if (!body)
		return ERR_CORRUPT;
	/* The code is the voter's alone; the office has no use for it. */
	json_object_del(body, "code");
	json_object_del(body, "v");
	mark_blobs(town, body);
	if (c->deputy[0] && town_deputy_name(town->store, c->deputy, name))
		name[0] = '\0';
	if (c->assigned[0] && town_deputy_name(town->store, c->assigned, assigned))
		assigned[0] = '\0';
	e = timeline(town, c, true, &steps);
	if (!e)
		e = ratings_json(town, c, &ratings);
	if (!e)
		e = answer_json(town, c->id, c->round, &answer);
	if (e) {
		json_decref(body);
		json_decref(steps);
		json_decref(ratings);
		return e;
	}
	*opened =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:I, s:b, s:s, s:s, s:s, s:s, s:s, s:o, "
	              "s:o, s:o, s:o, s:o}",
	              "case_id", c->id, "receipt", c->receipt, "kiosk", c->kiosk, "kind", report_kind_id(c->kind),
	              "subject", c->subject, "deputy", c->deputy, "deputy_name", name, "round", c->round,
	              "extended", c->extended, "at", (json_int_t)c->at_ms, "clock_ok", c->clock_ok, "state",
	              case_state_id(c->state), "assigned", c->assigned, "assigned_name", assigned, "transfer_due",
	              c->transfer_due, "answer_due", c->answer_due, "body", body, "steps", steps, "ratings",
	              ratings, "answer", answer, "allowed", case_allowed(c));
	if (*opened)
		json_object_set_new(*opened, "office", json_string(c->office));
	return *opened ? ERR_OK : ERR_NOMEM;
}
