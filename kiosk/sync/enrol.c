/* Becoming known: the kiosk shows a code, the office approves it, and the keys come. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "sync/sync.h"

static json_t *base64(const void *bytes, size_t len)
{
	char text[128];
	if (sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL) > sizeof text)
		return NULL;
	sodium_bin2base64(text, sizeof text, bytes, len, sodium_base64_VARIANT_ORIGINAL);
	return json_string(text);
}

static enum err ask(struct sync *sync)
{
	struct store_identity identity;
	struct transfer *t;
	uint8_t proof[SIGN_BYTES];
	enum err e = store_identity(sync->store, &identity);
	if (e)
		return e;
	snprintf(sync->code, sizeof sync->code, "%08u", randombytes_uniform(100000000));
	e = store_sign(sync->store, "DHN1", sync->code, 8, proof);
	if (!e)
		e = transfer_new(sync->http, "POST", "/v1/enrolments", NULL, &t);
	if (e)
		return e;
	const char *name = sync->settings->kiosk_name[0] ? sync->settings->kiosk_name : sync->settings->home;
	e = transfer_json(t,
	                  json_pack("{s:s, s:o, s:s, s:s, s:o}", "name", name, "public_key",
	                            base64(identity.sign_public, SIGN_PUBLIC_BYTES), "code", sync->code,
	                            "version", VERSION, "proof", base64(proof, sizeof proof)),
	                  false);
	if (e) {
		transfer_free(t);
		return e;
	}
	transfer_timeout(t, 30);
	return lane_send(&sync->up, LANE_ENROL_ASK, t);
}

enum err enrol_start(struct sync *sync)
{
	char ticket[128], path[192];
	struct transfer *t;
	enum err e = enrol_ticket(sync->store, ticket);
	if (e == ERR_NOT_FOUND || (!e && sync->code[0] == 'X'))
		return ask(sync);
	if (e)
		return e;
	snprintf(path, sizeof path, "/v1/enrolments/%s", ticket);
	e = transfer_new(sync->http, "GET", path, NULL, &t);
	if (e)
		return e;
	transfer_timeout(t, 30);
	return lane_send(&sync->up, LANE_ENROL_POLL, t);
}

static bool key(json_t *reply, const char *name, uint8_t *out, size_t len)
{
	const char *text = json_string_value(json_object_get(reply, name));
	size_t got;
	return text &&
	       sodium_base642bin(out, len, text, strlen(text), NULL, &got, NULL,
	                         sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == len;
}

static enum err granted(struct sync *sync, json_t *reply)
{
	uint8_t seal[SEAL_PUBLIC_BYTES], sign[SIGN_PUBLIC_BYTES], salt[SLIP_SALT_BYTES];
	struct enrol_grant grant = {.kiosk = json_string_value(json_object_get(reply, "kiosk")),
	                            .token = json_string_value(json_object_get(reply, "token")),
	                            .seal_key = seal,
	                            .sign_key = sign,
	                            .slip_salt = salt};
	if (!grant.kiosk || !grant.token || !key(reply, "seal_key", seal, sizeof seal) ||
	    !key(reply, "sign_key", sign, sizeof sign) || !key(reply, "slip_salt", salt, sizeof salt))
		return lane_ill(sync, &sync->up, "offline: the enrolment's answer is not what it should be", false);
	enum err e = enrol_finish(sync->store, &grant);
	if (e == ERR_STATE)
		return lane_ill(sync, &sync->up,
		                "this kiosk belongs to another township: its data folder cannot move to this one",
		                true);
	if (e == ERR_INVALID)
		return lane_ill(sync, &sync->up, "offline: the enrolment's answer is not what it should be", false);
	if (!e)
		e = sync_begin(sync);
	if (!e)
		fprintf(stderr, "kiosk-sync: enrolled as %s\n", sync->kiosk);
	return e ? e : lane_well(sync, &sync->up, 0);
}

/* The office said no, or the ticket ran out: a new code, after a while. */
static enum err ask_again(struct sync *sync, const char *problem, bool slow)
{
	snprintf(sync->code, sizeof sync->code, "X");
	return lane_ill(sync, &sync->up, problem, slow);
}

enum err enrol_done(struct sync *sync, struct transfer *t)
{
	char problem[256];
	enum outcome outcome = transfer_outcome(t, problem);
	json_t *reply = transfer_reply(t);
	if (sync->up.state == LANE_ENROL_ASK) {
		const char *ticket = json_string_value(json_object_get(reply, "ticket"));
		if (outcome == OUTCOME_REFUSED && transfer_status(t) == 409)
			return lane_ill(sync, &sync->up, problem,
			                false); /* the code is another's: the next one will do */
		if (outcome == OUTCOME_OK && !ticket)
			return lane_ill(sync, &sync->up, "offline: what answers is not the township (a captive portal?)",
			                false);
		if (outcome != OUTCOME_OK)
			return lane_outcome(sync, &sync->up, outcome, problem);
		enum err e = enrol_begin(sync->store, sync->code, ticket);
		return e ? e : lane_well(sync, &sync->up, 0);
	}
	if (outcome == OUTCOME_OK && transfer_status(t) == 200)
		return granted(sync, reply);
	const char *state = json_string_value(json_object_get(reply, "state"));
	if (outcome == OUTCOME_OK && (!state || strcmp(state, "waiting") != 0))
		return lane_ill(sync, &sync->up, "offline: what answers is not the township (a captive portal?)",
		                false);
	if (outcome == OUTCOME_OK) {
		enum err e = lane_well(sync, &sync->up, 0);
		sync->up.caught_up = true;
		sync->up.rest_until_ms = sync_now_ms() + ENROL_POLL_MS;
		return e;
	}
	if (outcome == OUTCOME_REFUSED && transfer_status(t) == 403)
		return ask_again(sync, "the office did not admit this kiosk; it will ask again with a new code",
		                 true);
	if (outcome == OUTCOME_REFUSED)
		return ask_again(sync, "the enrolment's code has run out; a new one comes", false);
	return lane_outcome(sync, &sync->up, outcome, problem);
}
