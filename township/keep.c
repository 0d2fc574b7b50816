#include "township/keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "township/backup.h"
#include "township/export.h"

bool keep_flag(struct keep_options *o, const char *arg)
{
	const struct {
		const char *name;
		bool *to;
	} flags[] = {{"--with-keys", &o->with_keys}, {"--check", &o->check}, {"--opened", &o->opened}, {"--yes", &o->yes}};
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

/* What a copy has in it, in a line. */
static void print_facts(const char *what, const struct backup_facts *f)
{
	printf("township: %s: %s as of %s, %" PRId64 " attachments, %" PRId64 " audit links, %.1f MB; %s\n", what, f->township,
	       f->made, f->blobs, f->links, (double)f->bytes / 1e6,
	       !f->keys    ? "without the secret keys"
	       : f->locked ? "with the keys under their passphrase"
	                   : "WITH THE SECRET KEYS, PLAIN");
}

static int backup_command(const struct keep_options *o, int count, char **words)
{
	struct backup_facts facts = {0};
	char problem[512] = "";
	if (count != 2 || (o->check && o->with_keys))
		return wrong_form("township backup FILE [--with-keys], or township backup --check FILE");
	enum err e = o->check ? backup_check(words[1], &facts, problem)
	                      : backup_make(o->data, o->config, o->with_keys, words[1], &facts, problem);
	if (e)
		fprintf(stderr, "township: %s\n", problem);
	if (!e || (!o->check && e == ERR_CORRUPT && facts.missing > 0))
		print_facts(words[1], &facts);
	if (e || o->check)
		return e ? 1 : 0;
	if (!facts.keys)
		printf("township: seal.key and sign.key are not in it: whoever restores it needs them too, so keep a copy of keys/ in "
		       "another place (or use --with-keys)%s\n",
		       o->with_keys ? "; there are none in keys/, they are credentials" : "");
	else if (!facts.locked)
		fprintf(stderr, "township: WARNING: whoever gets hold of this file reads everything that voters wrote. Keep it under lock "
		                "and key, or put the keys under a passphrase first ('township key lock')\n");
	return 0;
}

static int restore_command(const struct keep_options *o, int count, char **words)
{
	struct backup_facts facts = {0};
	char problem[512] = "";
	if (count != 2)
		return wrong_form("township [--data DIR] restore FILE");
	enum err e = backup_restore(words[1], o->data, &facts, problem);
	if (e) {
		fprintf(stderr, "township: %s\n", problem);
		return 1;
	}
	print_facts(o->data, &facts);
	if (facts.missing)
		fprintf(stderr, "township: %" PRId64 " attachments were lost before the copy was made\n", facts.missing);
	if (!facts.keys)
		printf("township: next, put seal.key and sign.key (or keys.locked) into %s/keys, chmod 600\n", o->data);
	printf("township: next, serve it: township --data %s\n"
	       "township: kiosks send again by themselves what they handed in after %s; one admitted since then asks to be admitted "
	       "anew (remove its keys/token)\n"
	       "township: what the office entered after that is to be entered again: steps and answers, publications, users and their "
	       "passwords, cards lost, kiosks revoked\n",
	       o->data, facts.made);
	return 0;
}

/* A person says it on the terminal; a script with --yes. */
static bool confirmed(const struct keep_options *o, const char *dir)
{
	char answer[16] = "";
	FILE *tty = o->yes ? NULL : fopen("/dev/tty", "r+e");
	if (o->yes)
		return true;
	if (!tty) {
		fprintf(stderr, "township: --opened writes what voters entrusted to you as plain files; without a terminal to ask on, say --yes\n");
		return false;
	}
	fprintf(tty,
	        "All that voters wrote, drew and said, and who they are, will lie in %s as plain files.\n"
	        "Whoever gets hold of that folder reads it. Type 'open' to go on: ",
	        dir);
	fflush(tty);
	bool yes = fgets(answer, sizeof answer, tty) && strcmp(answer, "open\n") == 0;
	fclose(tty);
	if (!yes)
		fprintf(stderr, "township: nothing was written\n");
	return yes;
}

static int export_command(const struct keep_options *o, int count, char **words)
{
	static struct town town;
	struct export_facts facts;
	char problem[512] = "";
	if (count != 2)
		return wrong_form("township export FOLDER [--opened]");
	if (o->opened && !confirmed(o, words[1]))
		return 1;
	enum err e = town_start_asking(o->data, &o->passphrase, &town, problem);
	if (!e) {
		enum err done = export_all(&town, words[1], o->opened, &facts, problem);
		town_stop(&town);
		if (!done)
			printf("township: %s: %" PRId64 " rows in %" PRId64 " files, %s; README.txt says what each is\n", words[1], facts.rows,
			       facts.files, o->opened ? "OPENED: keep it under lock and key" : "what is sealed stays sealed");
		if (!done && facts.shut)
			fprintf(stderr, "township: %" PRId64 " sealed texts or attachments are missing or cannot be opened; they are marked\n",
			        facts.shut);
		if (!done)
			return facts.unthought ? 1 : 0;
		e = done == ERR_STATE ? ERR_IO : done;
	}
	fprintf(stderr, "township: %s\n", problem);
	return keep_status(e);
}

static const struct {
	const char *word;
	int (*run)(const struct keep_options *o, int count, char **words);
} commands[] = {
	{"key", key_command},
	{"backup", backup_command},
	{"restore", restore_command},
	{"export", export_command},
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
