/* keep.h: the commands that keep what the township has: key, backup, restore, export. */
#ifndef TOWNSHIP_KEEP_H
#define TOWNSHIP_KEEP_H

#include <stdbool.h>

#include "township/keys_lock.h"

struct keep_options {
	const char *data, *config;             /* DIR; --config or NULL */
	struct passphrase_from passphrase, fresh;
	bool with_keys, check, opened, yes;
};

/* Takes one of their flags (--with-keys, …); false: it is none. */
bool keep_flag(struct keep_options *o, const char *arg);
/* Whether the word is one of these commands. */
bool keep_knows(const char *word);
/* Runs it and gives the program's exit status. `words` begins with the command. */
int keep_main(const struct keep_options *o, int count, char **words);
/* The exit status that tells of an error: 0 for none. */
int keep_status(enum err e);

#endif
