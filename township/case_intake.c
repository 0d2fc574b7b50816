/* What kiosks say of cases: a report was submitted, an answer was judged. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/slip_code.h"
#include "model/utf8.h"
#include "township/cases.h"

enum { SEALED_MAX = 64 * 1024, REASON_MAX = 8 * 1024, BLOBS_MAX = 16 };

static bool short_text(const char *s, size_t size)
{
	return s && strlen(s) < size;
}

static bool hex64(const char *s)
{
	return s && strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

/* A day far from ours comes from a clock that was not set: the day it came in is then the day of filing. */
static struct civil_date filing_day(const struct event_head *head, int64_t now_ms)
{
	const int64_t day = 86400000;
	bool sane = head->clock_ok && head->at_ms < now_ms + day && head->at_ms > now_ms - 400 * day;
	return civil_from_ms(sane ? head->at_ms : now_ms).date;
}

/* The body must be for our key and be what it should be: else ERR_DENIED. Of what it says only the words are kept, until the
 * event is taken. */
static enum err open_body(const struct town *town, struct case_report *r)
{
	char *plain;
	size_t plain_len;
	struct slip_code code;
	enum err e = town_unseal(town, r->sealed, r->sealed_len, &plain, &plain_len);
	if (e)
		return e;
	json_t *body = json_loadb(plain, plain_len, 0, NULL);
	const char *chars = json_string_value(json_object_get(body, "code"));
	const json_t *text = json_object_get(body, "text");
	if (!chars || !json_is_string(text) || slip_code_parse(chars, strlen(chars), &code)) {
		e = ERR_DENIED;
	} else {
		r->text_len = json_string_length(text);
		r->text = malloc(r->text_len + 1);
		e = r->text ? ERR_OK : ERR_NOMEM;
		if (!e)
			memcpy(r->text, json_string_value(text), r->text_len + 1);
	}
	json_decref(body);
	sodium_memzero(&code, sizeof code);
	town_forget(plain, plain_len);
	return e;
}

static const char *blobs_fault(const json_t *blobs)
{
	const json_t *item;
	size_t i;
	if (json_array_size(blobs) > BLOBS_MAX)
		return "bad_field";
	json_array_foreach (blobs, i, item) {
		const char *sha = json_is_string(item) ? json_string_value(item)
		                                       : json_string_value(json_object_get(item, "sha256"));
		if (!hex64(sha))
			return "bad_blob";
	}
	return NULL;
}

/* All but the sealed body; the reason of a refusal, or NULL. */
static const char *read_fields(const struct event_head *head, json_t *data, struct case_report *r)
{
	struct town_case *c = &r->c;
	const char *id = NULL, *receipt = NULL, *kind = NULL, *subject = NULL, *deputy = NULL, *lookup = NULL;
	json_t *blobs = NULL, *deputy_json = NULL;
	if (json_unpack(data, "{s:s, s:s, s:s, s:s, s?o, s:s, s:s%, s?o}", "case_id", &id, "receipt", &receipt, "kind",
	                &kind, "subject", &subject, "deputy", &deputy_json, "lookup", &lookup, "sealed", &r->base64,
	                &r->base64_len, "blobs", &blobs) != 0)
		return "missing_field";
	/* "" is whoever was on duty. */
	deputy = !deputy_json || json_is_null(deputy_json) ? "" : json_string_value(deputy_json);
	if (!uuid_valid(id) || !short_text(receipt, sizeof c->receipt) || !receipt[0] || report_kind_parse(kind, &c->kind) ||
	    !short_text(subject, sizeof c->subject) || !short_text(deputy, sizeof c->deputy) ||
	    hex_exact(lookup, c->lookup, sizeof c->lookup))
		return "bad_field";
	const char *fault = blobs_fault(blobs);
	if (fault)
		return fault;
	if (r->base64_len > SEALED_MAX)
		return "sealed_too_long";
	snprintf(c->id, sizeof c->id, "%s", id);
	snprintf(c->kiosk, sizeof c->kiosk, "%s", head->kiosk);
	snprintf(c->receipt, sizeof c->receipt, "%s", receipt);
	snprintf(c->subject, sizeof c->subject, "%s", subject);
	snprintf(c->deputy, sizeof c->deputy, "%s", deputy);
	return NULL;
}

enum err case_report_read(const struct town *town, const struct villages *villages, const struct event_head *head,
                          json_t *data, struct case_report *r)
{
	const char *by;
	*r = (struct case_report){
		.c = {.state = CASE_REGISTERED, .round = 1, .at_ms = head->at_ms, .clock_ok = head->clock_ok}};
	r->reason = read_fields(head, data, r);
	if (r->reason)
		return ERR_OK;
	enum err e = b64_any(r->base64, r->base64_len, &r->sealed, &r->sealed_len);
	if (e == ERR_INVALID)
		r->reason = "bad_base64";
	if (!e)
		e = open_body(town, r);
	if (e == ERR_DENIED)
		r->reason = "sealed_not_for_this_township";
	if (e)
		return r->reason ? ERR_OK : e;
	village_find(villages, r->text, r->text_len, r->c.deputy, r->c.village, &by);
	snprintf(r->c.village_by, sizeof r->c.village_by, "%s", by);
	return ERR_OK;
}

void case_report_clear(struct case_report *r)
{
	town_forget(r->text, r->text_len);
	free(r->sealed);
	memset(r, 0, sizeof *r);
}

enum err case_submitted(struct town *town, const struct event_head *head, struct case_report *r, const char **reason)
{
	struct town_case *c = &r->c;
	char from[TOWN_DATE_SIZE];
	*reason = r->reason;
	if (r->reason)
		return ERR_OK;
	c->received_ms = c->updated_ms = town_now_ms();
	struct civil_date day = filing_day(head, c->received_ms);
	civil_format(day, from);
	civil_format(case_transfer_due(day, &town->rules), c->transfer_due);
	civil_format(case_answer_due(day, false, &town->rules), c->answer_due);
	enum err e = town_case_add(town->store, c, r->sealed, r->sealed_len, from);
	if (e == ERR_EXISTS) {
		*reason = "case_exists";
		return ERR_OK;
	}
	return e ? e : case_publish(town, c);
}

enum err case_rated(struct town *town, const struct event_head *head, json_t *data, const char **reason)
{
	static const enum case_step steps[RATING_COUNT] = {STEP_RATE_SATISFIED, STEP_RATE_PARTLY,
	                                                   STEP_RATE_UNSATISFIED};
	const char *id = NULL, *name = NULL, *why = NULL;
	json_t *reason_json = NULL;
	json_int_t round = 0;
	enum rating rating;
	struct town_case c;
	*reason = NULL;
	if (json_unpack(data, "{s:s, s:s, s?I, s?o}", "case_id", &id, "rating", &name, "round", &round,
	                "reason_sealed", &reason_json) != 0) {
		*reason = "missing_field";
		return ERR_OK;
	}
	why = json_string_value(reason_json);
	if (!uuid_valid(id) || rating_parse(name, &rating) || (why && strlen(why) > REASON_MAX)) {
		*reason = "bad_field";
		return ERR_OK;
	}
	enum err e = town_case_get(town->store, id, &c);
	if (e == ERR_NOT_FOUND) {
		*reason = "no_such_case";
		return ERR_OK;
	}
	if (e)
		return e;
	bool lost = case_answer_lost(town, &c, head, round);
	struct case_facts facts = {.state = lost ? CASE_ANSWERED : c.state, .extended = c.extended};
	if ((round && round != c.round) || case_step_apply(&facts, steps[rating], &c.state)) {
		*reason = "not_answered_or_rated_already";
		return ERR_OK;
	}
	uint8_t *sealed = NULL;
	size_t sealed_len = 0;
	if (why && why[0] && (e = b64_any(why, strlen(why), &sealed, &sealed_len))) {
		*reason = e == ERR_INVALID ? "bad_base64" : NULL;
		return *reason ? ERR_OK : e;
	}
	c.updated_ms = town_now_ms();
	if (lost)
		e = case_note_lost_answer(town, &c, head->at_ms);
	if (!e)
		e = town_round_rate(town->store, c.id, c.round, rating, sealed, sealed_len, head->at_ms);
	free(sealed);
	if (!e && rating == RATING_UNSATISFIED) {
		struct town_step step = {.step = "redo"};
		snprintf(step.who, sizeof step.who, "%s人大办", town->township);
		e = case_begin_redo(town, &c, &step);
	}
	if (!e && !lost)
		c.rev = town_next_rev(town, c.rev);
	if (!e)
		e = town_case_update(town->store, &c);
	/* Kiosks keep the view that still has the lost answer, until the office's next step. */
	return e || lost ? e : case_publish(town, &c);
}
