#include "ctl/office_link.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http.h"

enum { ANSWER_S = 60, STEP_MS = 1000, TOKEN_SIZE = 160 };

struct office_link {
	struct http *http; /* owned */
	char token[TOKEN_SIZE]; /* secret; "" before signing in */
	char problem[256];
};

enum err office_open(const char *url, const char *ca_file, struct office_link **link)
{
	struct office_link *l = calloc(1, sizeof *l);
	if (!l)
		return ERR_NOMEM;
	enum err e = http_open(url, ca_file, &l->http);
	if (e != ERR_OK) {
		free(l);
		return e;
	}
	*link = l;
	return ERR_OK;
}

void office_close(struct office_link *link)
{
	if (!link)
		return;
	http_close(link->http);
	sodium_memzero(link->token, sizeof link->token);
	free(link);
}

const char *office_problem(const struct office_link *link)
{
	return link->problem;
}

/* What of the three is not known there: the server's own code says it. */
static enum office_answer unknown_why(const struct transfer *t)
{
	const char *code = json_string_value(json_object_get(json_object_get(transfer_reply(t), "error"), "code"));
	return code && strcmp(code, "second_factor_needed") == 0 ? OFFICE_CODE_NEEDED
	       : code && strcmp(code, "wrong_code") == 0         ? OFFICE_WRONG_CODE
	                                                         : OFFICE_WRONG_PASSWORD;
}

static enum office_answer answer_of(const struct transfer *t, char problem[256])
{
	switch (transfer_outcome(t, problem)) {
	case OUTCOME_OK: return OFFICE_OK;
	case OUTCOME_OFFLINE: return OFFICE_OFFLINE;
	case OUTCOME_LATER: return OFFICE_LATER;
	case OUTCOME_UNKNOWN_US: return unknown_why(t);
	case OUTCOME_REFUSED: break;
	}
	switch (transfer_status(t)) {
	case 403: return OFFICE_NOT_ALLOWED;
	case 404: return OFFICE_NO_SUCH;
	default: return OFFICE_REFUSED;
	}
}

static enum err send(struct office_link *link, const char *path, json_t *body, struct transfer **out)
{
	struct transfer *t;
	enum err e = transfer_new(link->http, "POST", path, link->token, &t);
	if (e != ERR_OK) {
		json_decref(body);
		return e;
	}
	e = transfer_json(t, body, false);
	transfer_timeout(t, ANSWER_S);
	if (e == ERR_OK)
		e = transfer_start(t);
	if (e != ERR_OK) {
		transfer_free(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

enum office_answer office_post(struct office_link *link, const char *path, json_t *body, json_t **reply)
{
	struct transfer *t;
	enum err e = body ? send(link, path, body, &t) : ERR_NOMEM;
	if (e != ERR_OK) {
		snprintf(link->problem, sizeof link->problem, "%s", err_name(e));
		return OFFICE_FAULT;
	}
	do
		http_wait(link->http, -1, -1, STEP_MS);
	while (!http_done(link->http)); /* there is no other */
	enum office_answer answer = answer_of(t, link->problem);
	if (answer == OFFICE_OK && !json_is_object(transfer_reply(t))) {
		snprintf(link->problem, sizeof link->problem, "the answer is not what was asked for");
		answer = OFFICE_REFUSED;
	}
	if (answer == OFFICE_OK)
		*reply = json_incref(transfer_reply(t));
	transfer_free(t);
	return answer;
}

/* It goes into a header: nothing but letters, digits and the marks of base64. */
static bool token_ok(const char *token)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
	return token && token[0] && strlen(token) < TOKEN_SIZE && token[strspn(token, allowed)] == '\0';
}

enum office_answer office_sign_in(struct office_link *link, const char *user, const char *password, const char *code)
{
	json_t *reply = NULL;
	enum office_answer answer = office_post(link, "/v1/office/login",
	                                        json_pack("{s:s, s:s, s:s*}", "user", user, "password", password, "totp", code), &reply);
	if (answer != OFFICE_OK)
		return answer;
	const char *token = json_string_value(json_object_get(reply, "token"));
	if (token_ok(token)) {
		snprintf(link->token, sizeof link->token, "%s", token);
	} else {
		snprintf(link->problem, sizeof link->problem, "the answer to the login has no usable token");
		answer = OFFICE_REFUSED;
	}
	json_decref(reply);
	return answer;
}
