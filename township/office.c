#include "township/office.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/office_http.h"
#include "township/office_print.h"
#include "township/publish.h"

/* What was typed: the command, its words in order, and its own options. */
struct order {
	const char *command, *words[4];
	int count;
	const char *consent, *by;
	bool overdue;
};

static bool order_parse(int argc, char **argv, struct order *o)
{
	memset(o, 0, sizeof *o);
	for (int i = 0; i < argc; i++) {
		const char **value = strcmp(argv[i], "--consent") == 0 ? &o->consent
		                     : strcmp(argv[i], "--by") == 0    ? &o->by
		                                                       : NULL;
		if (value) {
			if (i + 1 == argc)
				return false;
			*value = argv[++i];
		} else if (strcmp(argv[i], "--overdue") == 0) {
			o->overdue = true;
		} else if (argv[i][0] == '-' && argv[i][1]) {
			return false;
		} else if (!o->command) {
			o->command = argv[i];
		} else if (o->count < 4) {
			o->words[o->count++] = argv[i];
		} else {
			return false;
		}
	}
	return o->command != NULL;
}

enum call { GET, STEP, APPROVE, PLAIN_POST, GRANT, REFUSE, ISSUE };

static const struct command {
	const char *name, *path; /* %s: the next word, escaped. A name of two words takes the first of them */
	enum call call;
	int min, max;       /* words */
	const char *member; /* of the step's body: where the second word goes */
	void (*print)(const json_t *reply);
} commands[] = {
	{"cases", "/v1/office/cases?limit=200", GET, 0, 0, NULL, print_cases},
	{"show", "/v1/office/cases/%s", GET, 1, 1, NULL, print_case},
	{"accept", "/v1/office/cases/%s/steps", STEP, 1, 1, NULL, print_step},
	{"assign", "/v1/office/cases/%s/steps", STEP, 2, 2, "deputy", print_step},
	{"transfer", "/v1/office/cases/%s/steps", STEP, 2, 2, "office", print_step},
	{"extend", "/v1/office/cases/%s/steps", STEP, 1, 1, NULL, print_step},
	{"talk", "/v1/office/cases/%s/steps", STEP, 2, 2, "text", print_step},
	{"answer", "/v1/office/cases/%s/steps", STEP, 2, 2, "text", print_step},
	{"enrolments", "/v1/office/enrolments", GET, 0, 0, NULL, print_enrolments},
	{"approve", "/v1/office/enrolments/%s/approve", APPROVE, 1, 2, NULL, print_step},
	{"deny", "/v1/office/enrolments/%s/deny", PLAIN_POST, 1, 1, NULL, print_step},
	{"kiosks", "/v1/office/kiosks", GET, 0, 0, NULL, print_kiosks},
	{"revoke", "/v1/office/kiosks/%s/revoke", PLAIN_POST, 1, 1, NULL, print_step},
	{"refusals", "/v1/office/refusals", GET, 0, 0, NULL, print_refusals},
	{"activities", "/v1/office/activities", GET, 0, 0, NULL, print_activities},
	{"activity show", "/v1/office/activities/%s", GET, 1, 1, NULL, print_activity},
	{"activity cancel", "/v1/office/activities/%s/cancel", PLAIN_POST, 1, 1, NULL, print_activity},
	{"leaves", "/v1/office/leaves", GET, 0, 0, NULL, print_leaves},
	{"leave grant", "/v1/office/activities/%s/leaves/%s", GRANT, 2, 2, NULL, print_leave},
	{"leave refuse", "/v1/office/activities/%s/leaves/%s", REFUSE, 2, 2, NULL, print_leave},
	{"flags", "/v1/office/flags", GET, 0, 0, NULL, print_flags},
	{"deputy left", "/v1/office/deputies/%s/left", PLAIN_POST, 1, 1, NULL, print_left},
	{"cards", "/v1/office/cards", GET, 0, 0, NULL, print_cards},
	{"card issue", "/v1/office/cards", ISSUE, 1, 1, NULL, print_new_card},
	{"card lost", "/v1/office/cards/%s/lost", PLAIN_POST, 1, 1, NULL, print_card},
};

/* A second word that belongs to the command's name is taken out of the words. */
static const struct command *find_command(struct order *o)
{
	size_t first = strlen(o->command);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		const struct command *c = &commands[i];
		bool two = strncmp(c->name, o->command, first) == 0 && c->name[first] == ' ';
		if (two ? o->count == 0 || strcmp(c->name + first + 1, o->words[0]) != 0 : strcmp(c->name, o->command) != 0)
			continue;
		if (two)
			memmove(o->words, o->words + 1, (size_t)--o->count * sizeof *o->words);
		return o->count >= c->min && o->count <= c->max ? c : NULL;
	}
	return NULL;
}

/* "-" is the text on standard input; *owned is to be freed. */
static const char *second_word(const struct order *o, char **owned)
{
	size_t len;
	*owned = NULL;
	if (o->count < 2 || strcmp(o->words[1], "-") != 0)
		return o->count < 2 ? NULL : o->words[1];
	if (read_file("/dev/stdin", owned, &len))
		return "";
	while (len > 0 && (*owned)[len - 1] == '\n')
		(*owned)[--len] = '\0';
	return *owned;
}

static json_t *body_of(const struct command *c, const struct order *o)
{
	char *owned;
	const char *second = second_word(o, &owned);
	json_t *body = json_object();
	if (c->call == STEP)
		json_object_set_new(body, "step", json_string(c->name));
	if (c->member && second)
		json_object_set_new(body, c->member, json_string(second));
	if (c->call == GRANT || c->call == REFUSE)
		json_object_set_new(body, "state", json_string(c->call == GRANT ? "granted" : "refused"));
	if (c->call == ISSUE)
		json_object_set_new(body, "deputy", json_string(o->words[0]));
	if (c->call == APPROVE && second)
		json_object_set_new(body, "name", json_string(second));
	if (o->consent)
		json_object_set_new(body, "consent", json_string(o->consent));
	if (o->by)
		json_object_set_new(body, "by", json_string(o->by));
	free(owned);
	return body;
}

/* The command's path with the words in their places. */
static void make_path(struct office_http *http, const struct command *c, const struct order *o, char *path, size_t size)
{
	size_t n = 0;
	int word = 0;
	for (const char *p = c->path; *p && n + 1 < size;) {
		if (strncmp(p, "%s", 2) != 0) {
			path[n++] = *p++;
			continue;
		}
		char *escaped = word < o->count ? office_http_escape(http, o->words[word++]) : NULL;
		int put = snprintf(path + n, size - n, "%s", escaped ? escaped : "");
		n = put > 0 && (size_t)put < size - n ? n + (size_t)put : size - 1;
		curl_free(escaped);
		p += 2;
	}
	path[n] = '\0';
	if (o->overdue && strchr(c->path, '?'))
		strncat(path, "&overdue=1", size - n - 1);
}

static int perform(struct office_http *http, const struct command *c, const struct order *o)
{
	char path[1024];
	long status = 0;
	json_t *reply = NULL;
	make_path(http, c, o, path, sizeof path);
	json_t *body = c->call == GET ? NULL : body_of(c, o);
	enum err e = office_http_call(http, c->call == GET ? "GET" : "POST", path, body, &status, &reply);
	json_decref(body);
	int result = 0;
	if (e) {
		fprintf(stderr, "township: the server does not answer: %s\n", office_http_problem(http));
		result = 1;
	} else if (status >= 300 || !reply) {
		print_error(reply, status);
		result = 3;
	} else {
		c->print(reply);
	}
	json_decref(reply);
	return result;
}

/* The first line of the file; secret. */
static enum err read_password(const struct office_options *options, char out[300])
{
	char path[4096], *text;
	size_t len;
	snprintf(path, sizeof path, "%s/keys/office.password", options->dir);
	enum err e = read_file(options->password_file ? options->password_file : path, &text, &len);
	if (e)
		return e;
	snprintf(out, 300, "%.*s", (int)strcspn(text, "\r\n"), text);
	sodium_memzero(text, len);
	free(text);
	return ERR_OK;
}

static bool code_needed(const json_t *reply)
{
	const char *code = json_string_value(json_object_get(json_object_get(reply, "error"), "code"));
	return code && strcmp(code, "second_factor_needed") == 0;
}

/* From the terminal itself: standard input may be a text that a command takes. False where there is no terminal. */
static bool ask_code(const char *user, char code[64])
{
	FILE *tty = fopen("/dev/tty", "r+e");
	if (!tty)
		return false;
	fprintf(tty, "code of %s (six digits from the phone, or a recovery code): ", user);
	fflush(tty);
	bool got = fgets(code, 64, tty) != NULL;
	fclose(tty);
	code[strcspn(code, "\r\n")] = '\0';
	return got && code[0];
}

static int sign_in_and_perform(struct office_http *http, const struct office_options *options,
                               const struct command *c, const struct order *o)
{
	char password[300];
	json_t *reply = NULL;
	if (read_password(options, password)) {
		fprintf(stderr, "township: no password: give --password-file, or --data with the server's folder\n");
		return 2;
	}
	const char *user = options->user ? options->user : "office";
	char code[64] = "";
	enum err e = office_http_login(http, user, password, options->code, &reply);
	if (e == ERR_DENIED && !options->code && code_needed(reply) && ask_code(user, code)) {
		json_decref(reply);
		reply = NULL;
		e = office_http_login(http, user, password, code, &reply);
	}
	sodium_memzero(code, sizeof code);
	sodium_memzero(password, sizeof password);
	if (e == ERR_DENIED)
		print_error(reply, 401);
	else if (e)
		fprintf(stderr, "township: the server does not answer: %s\n", office_http_problem(http));
	json_decref(reply);
	return e == ERR_DENIED ? 3 : e ? 1 : perform(http, c, o);
}

int office_main(const struct office_options *options, int argc, char **argv)
{
	struct order o;
	struct office_http *http;
	const struct command *c = order_parse(argc, argv, &o) ? find_command(&o) : NULL;
	if (!c) {
		fprintf(stderr, "township: no such office command, or not its words; see township --help\n");
		return 2;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	enum err e =
		office_http_open(options->url ? options->url : "http://127.0.0.1:8480", options->ca_file, &http);
	if (e) {
		fprintf(stderr, "township: %s\n", err_name(e));
		return 1;
	}
	int status = sign_in_and_perform(http, options, c, &o);
	office_http_close(http);
	curl_global_cleanup();
	return status;
}
