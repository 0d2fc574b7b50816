#include "ui/pinyin.h"

#include <glib.h>
#include <stdbool.h>
/* libpinyin's header needs <stdbool.h> before it. */
#include <pinyin.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/str.h"
#include "ui/pinyin_words.h"

enum { LETTERS_MAX = 60, CHOICES_MAX = 32, CHOSEN_SIZE = 256, PREEDIT_SIZE = 512 };

/* What one choice took away: so many letters from the front, so many bytes put to the chosen text. */
struct choice { char letters[LETTERS_MAX + 1]; size_t bytes; };

struct pinyin {
	pinyin_context_t *context;   /* owned */
	pinyin_instance_t *typing;   /* owned; of `context` */
	struct pinyin_words *words;  /* owned; of `context` */
	struct candidates candidates;
	guint positions[CANDIDATES_MAX]; /* of each candidate in libpinyin's own list */
	size_t parsed;                   /* letters that libpinyin could read */
	bool stale;                      /* candidates are of older letters */
	struct choice choices[CHOICES_MAX];
	size_t choice_count;
	char typed[LETTERS_MAX + 1];
	char chosen[CHOSEN_SIZE];
	char preedit[PREEDIT_SIZE];
	char commit[CHOSEN_SIZE];
};

static const pinyin_option_t OPTIONS = PINYIN_INCOMPLETE | PINYIN_CORRECT_ALL | USE_DIVIDED_TABLE | USE_RESPLIT_TABLE
	| PINYIN_AMB_C_CH | PINYIN_AMB_S_SH | PINYIN_AMB_Z_ZH | PINYIN_AMB_L_N | PINYIN_AMB_AN_ANG | PINYIN_AMB_EN_ENG
	| PINYIN_AMB_IN_ING;

/* libpinyin wants a directory for what it learns. It gets an empty one, gone again before the first letter: nothing that is
 * typed can be kept there. */
static pinyin_context_t *open_context(const char *data)
{
	const char *roots[] = { getenv("XDG_RUNTIME_DIR"), "/dev/shm", "/tmp" };
	for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
		char dir[512];
		if (!roots[i] || snprintf(dir, sizeof dir, "%s/pinyin-XXXXXX", roots[i]) >= (int)sizeof dir || !mkdtemp(dir))
			continue;
		pinyin_context_t *context = pinyin_init(data, dir);
		rmdir(dir);
		return context;
	}
	return NULL;
}

enum err pinyin_create(struct pinyin **out)
{
	char data[PINYIN_PATH_SIZE];
	enum err e = pinyin_data_dir(data);
	if (e != ERR_OK)
		return e;
	struct pinyin *py = calloc(1, sizeof *py);
	if (!py)
		return ERR_NOMEM;
	py->context = open_context(data);
	if (!py->context) {
		free(py);
		return ERR_IO;
	}
	pinyin_set_options(py->context, OPTIONS);
	py->typing = pinyin_alloc_instance(py->context);
	e = py->typing ? pinyin_words_create(py->context, data, &py->words) : ERR_NOMEM;
	if (e != ERR_OK) {
		pinyin_destroy(py);
		return e;
	}
	*out = py;
	return ERR_OK;
}

enum err pinyin_forget(struct pinyin *py)
{
	pinyin_clear(py);
	pinyin_free_instance(py->typing);
	py->typing = pinyin_alloc_instance(py->context);
	return py->typing ? ERR_OK : ERR_NOMEM;
}

void pinyin_destroy(struct pinyin *py)
{
	if (!py)
		return;
	if (py->typing) { /* NULL after a pinyin_forget that failed */
		pinyin_clear(py);
		pinyin_free_instance(py->typing);
	}
	pinyin_words_destroy(py->words);
	pinyin_fini(py->context);
	sodium_memzero(py, sizeof *py);
	free(py);
}

const char *pinyin_typed(const struct pinyin *py)
{
	return py->typed;
}

/* The letters with ' between syllables, as libpinyin parted them; what it cannot read is shown as typed. */
static void write_preedit(struct pinyin *py)
{
	size_t at = strlen(py->chosen), end = 0;
	memcpy(py->preedit, py->chosen, at);
	if (at > 0 && py->typed[0])
		py->preedit[at++] = ' ';
	for (size_t offset = 0; offset < py->parsed;) {
		ChewingKeyRest *rest = NULL;
		guint16 from = 0, to = 0;
		size_t next = offset;
		/* libpinyin steps over a ' by itself, and asserts when it is stood on at the end. */
		if (strspn(py->typed + offset, "'") >= py->parsed - offset)
			break;
		if (!pinyin_get_pinyin_key_rest(py->typing, offset, &rest) || !rest
			|| !pinyin_get_pinyin_key_rest_positions(py->typing, rest, &from, &to) || to <= from || to > py->parsed)
			break;
		if (end > 0)
			py->preedit[at++] = '\'';
		memcpy(py->preedit + at, py->typed + from, (size_t)(to - from));
		at += (size_t)(to - from);
		end = to;
		if (!pinyin_get_right_pinyin_offset(py->typing, offset, &next) || next <= offset)
			break;
		offset = next;
	}
	size_t left = strlen(py->typed + end);
	memcpy(py->preedit + at, py->typed + end, left);
	py->preedit[at + left] = '\0';
}

static void parse(struct pinyin *py)
{
	pinyin_reset(py->typing);
	py->parsed = py->typed[0] ? pinyin_parse_more_full_pinyins(py->typing, py->typed) : 0;
	py->stale = true;
	sodium_memzero(py->preedit, sizeof py->preedit);
	write_preedit(py);
}

const char *pinyin_preedit(const struct pinyin *py)
{
	return py->preedit;
}

enum err pinyin_type(struct pinyin *py, char letter)
{
	size_t len = strlen(py->typed);
	if (!((letter >= 'a' && letter <= 'z') || (letter == '\'' && len > 0)))
		return ERR_INVALID;
	if (len >= LETTERS_MAX)
		return ERR_TOO_LONG;
	py->typed[len] = letter;
	py->typed[len + 1] = '\0';
	parse(py);
	return ERR_OK;
}

void pinyin_backspace(struct pinyin *py)
{
	size_t len = strlen(py->typed);
	if (len > 0) {
		py->typed[len - 1] = '\0';
	}
	if (!py->typed[0] && py->choice_count > 0) {
		struct choice *c = &py->choices[--py->choice_count];
		memcpy(py->typed, c->letters, sizeof py->typed);
		size_t chosen = strlen(py->chosen);
		sodium_memzero(py->chosen + chosen - c->bytes, c->bytes);
		sodium_memzero(c, sizeof *c);
	}
	parse(py);
}

void pinyin_clear(struct pinyin *py)
{
	sodium_memzero(&py->candidates, sizeof py->candidates);
	sodium_memzero(py->choices, sizeof py->choices);
	sodium_memzero(py->typed, sizeof py->typed);
	sodium_memzero(py->chosen, sizeof py->chosen);
	sodium_memzero(py->commit, sizeof py->commit);
	py->choice_count = 0;
	parse(py);
}

static bool listed(const struct candidates *c, const char *text)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->items[i], text) == 0)
			return true;
	return false;
}

const struct candidates *pinyin_candidates(struct pinyin *py)
{
	if (!py->stale)
		return &py->candidates;
	py->stale = false;
	sodium_memzero(&py->candidates, sizeof py->candidates);
	guint count = 0;
	if (py->parsed == 0) {
		/* Letters that no syllable begins with are offered as they are, so that nobody is stuck with them. */
		if (py->typed[0]) {
			py->candidates.count = str_copy(py->candidates.items[0], CANDIDATE_SIZE, py->typed);
		}
		return &py->candidates;
	}
	if (py->chosen[0])
		pinyin_guess_sentence_with_prefix(py->typing, py->chosen);
	else
		pinyin_guess_sentence(py->typing);
	pinyin_guess_candidates(py->typing, 0, SORT_BY_PHRASE_LENGTH_AND_PINYIN_LENGTH_AND_FREQUENCY);
	pinyin_get_n_candidate(py->typing, &count);
	for (guint i = 0; i < count && py->candidates.count < CANDIDATES_MAX; i++) {
		lookup_candidate_t *candidate = NULL;
		const gchar *text = NULL;
		if (!pinyin_get_candidate(py->typing, i, &candidate) || !candidate
			|| !pinyin_get_candidate_string(py->typing, candidate, &text) || !text || listed(&py->candidates, text)
			|| !str_copy(py->candidates.items[py->candidates.count], CANDIDATE_SIZE, text))
			continue;
		py->positions[py->candidates.count++] = i;
	}
	return &py->candidates;
}

/* How many of the typed letters the candidate stands for. */
static size_t letters_of(struct pinyin *py, size_t index)
{
	lookup_candidate_t *candidate = NULL;
	lookup_candidate_type_t type;
	if (py->parsed == 0)
		return strlen(py->typed);
	if (!pinyin_get_candidate(py->typing, py->positions[index], &candidate) || !candidate
		|| !pinyin_get_candidate_type(py->typing, candidate, &type))
		return 0;
	if (type == NBEST_MATCH_CANDIDATE)
		return py->parsed;
	int end = pinyin_choose_candidate(py->typing, 0, candidate);
	return end > 0 && (size_t)end <= py->parsed ? (size_t)end : 0;
}

enum err pinyin_choose(struct pinyin *py, size_t index, const char **commit)
{
	const struct candidates *c = pinyin_candidates(py);
	if (index >= c->count)
		return ERR_INVALID;
	size_t bytes = strlen(c->items[index]), chosen = strlen(py->chosen);
	if (chosen + bytes >= CHOSEN_SIZE || py->choice_count == CHOICES_MAX)
		return ERR_TOO_LONG;
	size_t letters = letters_of(py, index);
	if (letters == 0)
		return ERR_INVALID;
	struct choice *made = &py->choices[py->choice_count++];
	memcpy(made->letters, py->typed, sizeof made->letters);
	made->bytes = bytes;
	memcpy(py->chosen + chosen, c->items[index], bytes + 1);
	while (py->typed[letters] == '\'')
		letters++;
	size_t left = strlen(py->typed + letters);
	memmove(py->typed, py->typed + letters, left);
	sodium_memzero(py->typed + left, sizeof py->typed - left);
	*commit = "";
	if (left > 0) {
		parse(py);
		return ERR_OK;
	}
	char done[CHOSEN_SIZE];
	memcpy(done, py->chosen, sizeof done);
	pinyin_clear(py);
	memcpy(py->commit, done, sizeof py->commit);
	sodium_memzero(done, sizeof done);
	*commit = py->commit;
	return ERR_OK;
}

enum err pinyin_predict(struct pinyin *py, const char *before, size_t len, struct candidates *out)
{
	return pinyin_words_predict(py->words, before, len, out);
}

enum err pinyin_initials(struct pinyin *py, const char *name, char *out, size_t size)
{
	return pinyin_words_initials(py->words, name, out, size);
}
