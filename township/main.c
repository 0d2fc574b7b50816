#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/attendance.h"
#include "township/help.h"
#include "township/keep.h"
#include "township/office.h"
#include "township/password.h"
#include "township/publish.h"
#include "township/second_factor.h"
#include "township/serve.h"

#define DEFAULT_DATA "/var/lib/deputies-home/township"

struct options {
	const char *data, *config, *listen, *tls_cert, *tls_key, *name, *role, *deputy;
	bool demo;
	struct passphrase_from passphrase;
	struct keep_options keep;
	struct office_options office;
	char *rest[64]; /* the command and its words; borrowed */
	int count;
};

static int usage(const char *what, const char *which)
{
	fprintf(stderr, "township: %s '%s'; see township --help\n", what, which);
	return 2;
}

/* 0: go on; else the exit status + 1. */
static int parse(int argc, char **argv, struct options *o)
{
	const struct {
		const char *name;
		const char **to;
	} values[] = {
		{"--data", &o->data},
		{"--config", &o->config},
		{"--listen", &o->listen},
		{"--tls-cert", &o->tls_cert},
		{"--tls-key", &o->tls_key},
		{"--name", &o->name},
		{"--role", &o->role},
		{"--deputy", &o->deputy},
		{"--passphrase-file", &o->passphrase.file},
		{"--new-passphrase-file", &o->keep.fresh.file},
		{"--url", &o->office.url},
		{"--user", &o->office.user},
		{"--password-file", &o->office.password_file},
		{"--ca-file", &o->office.ca_file},
		{"--code", &o->office.code},
	};
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		bool found = false, office = o->count > 0 && strcmp(o->rest[0], "office") == 0;
		if (strcmp(arg, "--help") == 0) {
			help_print(stdout);
			return 1;
		}
		if (strcmp(arg, "--version") == 0) {
			printf("township %s\n", VERSION);
			return 1;
		}
		for (size_t k = 0; k < sizeof values / sizeof *values && !found; k++) {
			if (strcmp(arg, values[k].name) != 0)
				continue;
			if (i + 1 == argc)
				return usage("a value is missing after", arg) + 1;
			*values[k].to = argv[++i];
			found = true;
		}
		if (found)
			continue;
		if (strcmp(arg, "--demo") == 0) {
			o->demo = true;
		} else if (!office && keep_flag(&o->keep, arg)) {
			continue;
		} else if (arg[0] == '-' && arg[1] && !office) {
			return usage("unknown option", arg) + 1;
		} else if (o->count == (int)(sizeof o->rest / sizeof *o->rest)) {
			return usage("too many words at", arg) + 1;
		} else {
			o->rest[o->count++] = argv[i];
		}
	}
	return 0;
}

/* For whoever lost the phone and the recovery codes, when no head can sign in to do it. */
static int reset_factor(const struct options *o)
{
	static struct town town;
	char problem[512] = "";
	struct town_user user;
	if (town_start(o->data, &town, problem)) {
		fprintf(stderr, "township: %s\n", problem);
		return 1;
	}
	enum err e = town_user_find(town.store, o->rest[2], &user);
	if (!e)
		e = second_factor_off(&town, &user, "operator");
	town_stop(&town);
	if (e)
		fprintf(stderr, "township: %s\n", e == ERR_NOT_FOUND ? "no such user, or the user has no second factor" : err_name(e));
	else
		printf("township: %s signs in by password alone until a new second factor is set up\n", user.name);
	return e ? 1 : 0;
}

static int user_command(const struct options *o)
{
	static struct town town;
	char problem[512] = "", password[PASSWORD_MAX_BYTES + 2] = "";
	if (o->count == 3 && strcmp(o->rest[1], "reset-factor") == 0)
		return reset_factor(o);
	if (o->count != 3 || strcmp(o->rest[1], "add") != 0 || !o->role)
		return usage("wrong form of the command", "user; township user add NAME --role head|clerk|readonly, or --role deputy"
		                                          " --deputy NAME_OR_ID; township user reset-factor NAME");
	bool deputy = strcmp(o->role, "deputy") == 0;
	if (!deputy && strcmp(o->role, "head") != 0 && strcmp(o->role, "clerk") != 0 && strcmp(o->role, "readonly") != 0)
		return usage("the role is head, clerk, readonly or deputy, not", o->role);
	if (deputy != (o->deputy != NULL))
		return usage(deputy ? "whose account it is: give --deputy NAME_OR_ID for" : "--deputy goes with --role deputy, not",
		             deputy ? o->rest[2] : o->role);
	if (!fgets(password, sizeof password, stdin) || password[0] == '\n') {
		fprintf(stderr, "township: no password on standard input\n");
		return 2;
	}
	password[strcspn(password, "\r\n")] = '\0';
	enum err e = town_start_asking(o->data, &o->passphrase, &town, problem);
	if (e) {
		fprintf(stderr, "township: %s\n", problem);
		return keep_status(e);
	}
	char id[REPORT_ID_SIZE] = "";
	e = o->deputy ? town_deputy_resolve(town.store, o->deputy, id) : ERR_OK;
	if (e == ERR_NOT_FOUND || e == ERR_EXISTS)
		snprintf(problem, sizeof problem,
		         e == ERR_EXISTS ? "several deputies are called %.100s: give the id"
		                         : "no deputy is called %.100s: import the roster first",
		         o->deputy);
	if (!e)
		e = password_user_add(&town, o->rest[2], o->role, o->deputy ? id : NULL, password);
	sodium_memzero(password, sizeof password);
	town_stop(&town);
	if (e)
		fprintf(stderr, "township: %s\n",
		        problem[0]         ? problem
		        : e == ERR_INVALID ? "the name has no spaces, / or :, the password at least 8 characters, and is not one that is guessed at once"
		                           : err_name(e));
	return e ? 1 : 0;
}

static int import_command(const struct options *o)
{
	static struct town town;
	static const struct {
		const char *what;
		enum err (*import)(struct town *, const char *, size_t *, char *);
	} kinds[] = {
		{"roster", import_roster},
		{"rules", import_rules},
		{"duty", import_duty},
		{"activities", import_activities},
	};
	char problem[512] = "";
	size_t count = 0;
	bool changed;
	if (o->count != 3)
		return usage("wrong form of the command", "import; township import roster|rules|duty|activities FILE");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].what, o->rest[1]) != 0)
			continue;
		enum err e = town_start_asking(o->data, &o->passphrase, &town, problem);
		if (!e) {
			e = kinds[i].import(&town, o->rest[2], &count, problem);
			if (!e)
				e = publish_duty_days(&town, &changed);
			town_stop(&town);
		}
		if (e)
			fprintf(stderr, "township: %s\n", problem[0] ? problem : err_name(e));
		else
			printf("township: %zu taken in from %s\n", count, o->rest[2]);
		return keep_status(e);
	}
	return usage("it imports roster, rules, duty or activities, not", o->rest[1]);
}

static int verify_command(const struct options *o)
{
	static struct town town;
	char problem[512] = "";
	int64_t links, bad;
	enum err e = town_start_asking(o->data, &o->passphrase, &town, problem);
	if (e) {
		fprintf(stderr, "township: %s\n", problem);
		return keep_status(e);
	}
	e = town_audit_verify(&town, &links, &bad);
	town_stop(&town);
	if (e == ERR_CORRUPT)
		fprintf(stderr, "township: link %lld of the audit chain is bad; the %lld before it are good\n",
		        (long long)bad, (long long)links);
	else if (e)
		fprintf(stderr, "township: %s\n", err_name(e));
	else
		printf("township: %lld links, all good\n", (long long)links);
	return e ? 1 : 0;
}

static int serve_command(const struct options *o)
{
	static struct config config;
	char path[4096], problem[512];
	config_defaults(&config);
	snprintf(path, sizeof path, "%s/township.conf", o->data);
	enum err e = config_load(o->config ? o->config : path, &config, problem);
	if (e && (e != ERR_NOT_FOUND || o->config)) {
		if (e == ERR_INVALID)
			fprintf(stderr, "township: %s\n", problem);
		else
			fprintf(stderr, "township: %s: %s\n", o->config ? o->config : path, err_name(e));
		return 2;
	}
	const struct {
		const char *from;
		char *to;
		size_t size;
	} over[] = {
		{o->listen, config.listen, sizeof config.listen},
		{o->tls_cert, config.tls_cert, sizeof config.tls_cert},
		{o->tls_key, config.tls_key, sizeof config.tls_key},
	};
	for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
		if (over[i].from && strlen(over[i].from) >= over[i].size)
			return usage("too long:", over[i].from);
		if (over[i].from)
			memcpy(over[i].to, over[i].from, strlen(over[i].from) + 1);
	}
	return serve(o->data, &o->passphrase, &config);
}

/* jansson's memory holds opened complaints: it is wiped when it is given back. */
static void wiping_free(void *p)
{
	if (p)
		sodium_memzero(p, malloc_usable_size(p));
	free(p);
}

int main(int argc, char **argv)
{
	struct options o = {.data = DEFAULT_DATA};
	int status = parse(argc, argv, &o);
	if (status)
		return status - 1;
	if (sodium_init() < 0) {
		fprintf(stderr, "township: libsodium does not start\n");
		return 1;
	}
	json_set_alloc_funcs(malloc, wiping_free);
	o.office.dir = o.data;
	if (o.count == 0)
		return serve_command(&o);
	if (strcmp(o.rest[0], "init") == 0 && o.count == 1)
		return init_folder(o.data, o.name ? o.name : o.demo ? "青禾乡" : "本乡", o.demo);
	if (strcmp(o.rest[0], "user") == 0)
		return user_command(&o);
	if (strcmp(o.rest[0], "import") == 0)
		return import_command(&o);
	if (strcmp(o.rest[0], "verify") == 0 && o.count == 1)
		return verify_command(&o);
	o.keep.data = o.data;
	o.keep.config = o.config;
	o.keep.passphrase = o.passphrase;
	if (keep_knows(o.rest[0]))
		return keep_main(&o.keep, o.count, o.rest);
	if (strcmp(o.rest[0], "office") == 0)
		return office_main(&o.office, o.count - 1, o.rest + 1);
	return usage("unknown command", o.rest[0]);
}
