#include "ui/i18n.h"

#include <libintl.h>
#include <locale.h>
#include <opencc/opencc.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CONVERTED = 256 };

struct converted { char *from, *to; uint64_t hash; unsigned used; }; /* both owned */

struct i18n {
	enum language language;
	opencc_t opencc;      /* opened when Traditional is first shown; (opencc_t)-1 when it cannot be */
	struct converted cache[CONVERTED];
	unsigned clock;
};

static const char domain[] = "deputies-home";
static const char *const names[LANG_COUNT] = { "zh_Hans", "zh_Hant", "en" };

/* gettext reads LANGUAGE anew when this is counted up (gettext manual, 11.2.8, "Changing the language at run time"). */
extern int _nl_msg_cat_cntr;

enum err i18n_open(const char *locale_dir, struct i18n **i18n)
{
	struct i18n *i = calloc(1, sizeof *i);
	if (!i)
		return ERR_NOMEM;
	/* Any locale but "C" lets LANGUAGE choose; this one is in every Debian. */
	setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_MESSAGES, "C.UTF-8");
	bindtextdomain(domain, locale_dir);
	bind_textdomain_codeset(domain, "UTF-8");
	textdomain(domain);
	i18n_set(i, LANG_HANS);
	*i18n = i;
	return ERR_OK;
}

static void wipe_string(char *s)
{
	if (!s)
		return;
	sodium_memzero(s, strlen(s));
	free(s);
}

void i18n_forget(struct i18n *i)
{
	for (size_t k = 0; k < CONVERTED; k++) {
		wipe_string(i->cache[k].from);
		wipe_string(i->cache[k].to);
	}
	memset(i->cache, 0, sizeof i->cache);
}

void i18n_close(struct i18n *i)
{
	if (!i)
		return;
	i18n_forget(i);
	if (i->opencc && i->opencc != (opencc_t)-1)
		opencc_close(i->opencc);
	free(i);
}

void i18n_set(struct i18n *i, enum language language)
{
	i->language = language;
	setenv("LANGUAGE", names[language], 1);
	_nl_msg_cat_cntr++;
}

enum language i18n_language(const struct i18n *i)
{
	return i->language;
}

enum err i18n_parse(const char *name, enum language *language)
{
	for (int k = 0; k < LANG_COUNT; k++) {
		if (strcmp(names[k], name) == 0) {
			*language = (enum language)k;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}

const char *tr(const char *msgid)
{
	/* gettext("") is the catalogue's header. */
	return msgid[0] ? gettext(msgid) : msgid;
}

static char *convert(struct i18n *i, const char *utf8)
{
	if (!i->opencc)
		i->opencc = opencc_open("s2t.json");
	if (i->opencc == (opencc_t)-1)
		return strdup(utf8);
	char *raw = opencc_convert_utf8(i->opencc, utf8, strlen(utf8));
	if (!raw)
		return strdup(utf8);
	char *own = strdup(raw);
	sodium_memzero(raw, strlen(raw));
	opencc_convert_utf8_free(raw);
	return own;
}

static uint64_t hash_of(const char *s)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3u;
	return hash;
}

const char *i18n_content(struct i18n *i, const char *utf8)
{
	if (i->language != LANG_HANT)
		return utf8;
	uint64_t hash = hash_of(utf8);
	struct converted *oldest = &i->cache[0];
	for (size_t k = 0; k < CONVERTED; k++) {
		struct converted *c = &i->cache[k];
		if (c->from && c->hash == hash && strcmp(c->from, utf8) == 0) {
			c->used = ++i->clock;
			return c->to;
		}
		if (c->used < oldest->used)
			oldest = c;
	}
	char *from = strdup(utf8), *to = from ? convert(i, utf8) : NULL;
	if (!to) {
		wipe_string(from);
		return utf8;
	}
	wipe_string(oldest->from);
	wipe_string(oldest->to);
	*oldest = (struct converted){ .from = from, .to = to, .hash = hash, .used = ++i->clock };
	return to;
}
