#include "township/keep.h"

#include <stdio.h>
#include <string.h>

bool keep_flag(struct keep_options *o, const char *arg)
{
	const struct {
		const char *name;
		bool *to;
	} flags[] = {{"--with-keys", &o->with_keys}, {"--check", &o->check}, {"--opened", &o->opened}};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (strcmp(flags[i].name, arg) == 0) {
			*flags[i].to = true;
			return true;
		}
	}
	return false;
}

int keep_status(enum err e)
{
	return e == ERR_OK ? 0 : e == ERR_STATE ? KEYS_CLOSED_STATUS : 1;
}

static int wrong_form(const char *form)
{
	fprintf(stderr, "township: wrong form of the command; %s; see township --help\n", form);
	return 2;
}

static int key_command(const struct keep_options *o, int count, char **words)
{
	char problem[512] = "";
	const char *done = "";
	enum err e = ERR_INVALID;
	if (count == 2 && strcmp(words[1], "lock") == 0) {
		/* The only passphrase there is to give is the new one: either option will do. */
		struct passphrase_from fresh = o->fresh.file ? o->fresh : o->passphrase;
		e = keys_lock(o->data, &fresh, problem);
		done = "the keys are under the passphrase now, in keys/keys.locked; without it nobody opens what voters wrote: "
			   "keep it in two safe places. A server that runs goes on; the next start asks for it";
	} else if (count == 2 && strcmp(words[1], "unlock") == 0) {
		e = keys_unlock(o->data, &o->passphrase, problem);
		done = "the keys lie plain in keys/ again";
	} else if (count == 2 && strcmp(words[1], "change") == 0) {
		if (o->passphrase.file && !o->fresh.file)
			return wrong_form("key change with --passphrase-file wants --new-passphrase-file too");
		e = keys_change(o->data, &o->passphrase, &o->fresh, problem);
		done = "the keys are under the new passphrase; the old one opens older copies of keys.locked still";
	} else {
		return wrong_form("township key lock|unlock|change");
	}
	if (e)
		fprintf(stderr, "township: %s\n", problem[0] ? problem : err_name(e));
	else
		printf("township: %s\n", done);
	return keep_status(e);
}

static const struct {
	const char *word;
	int (*run)(const struct keep_options *o, int count, char **words);
} commands[] = {
	{"key", key_command},
};

bool keep_knows(const char *word)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].word, word) == 0)
			return true;
	return false;
}

int keep_main(const struct keep_options *o, int count, char **words)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].word, words[0]) == 0)
			return commands[i].run(o, count, words);
	return 2;
}
