#include "ui/pinyin_words.h"

#include <db.h>
#include <dlfcn.h>
#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libpinyin's header defines these variables in every file that includes it; here they get names of their own. */
#define null_token words_null_token
#define sentence_start words_sentence_start
#define token_min words_token_min
#define token_max words_token_max
#define c_separate words_c_separate
#include <pinyin.h>

#include "model/str.h"
#include "model/utf8.h"
#include "ui/name_readings.h"

enum { CONTEXT_CHARS = 6, TOP = 64, PHRASES_MAX = 4000, ENOUGH = 12, HAN_FIRST = 0x3400, HAN_LAST = 0x9fff, FORMAT_VERSION = 7 };

struct guess { char text[CANDIDATE_SIZE]; uint32_t count; };

struct pinyin_words {
	pinyin_instance_t *instance; /* owned */
	DB *phrases, *followers;     /* owned; NULL when their format is not known */
	char *readings;              /* owned; made at the first name: the initial of each character, 0 for none */
	struct guess guesses[TOP];   /* sorted, highest first */
	size_t guess_count;
};

/* What villagers' sentences to their deputies begin with. Content in Chinese, not interface. */
static const char *const FIRST_WORDS[] = { "我", "我们", "我家", "村里", "村口", "这", "请", "希望", "建议", "反映", "代表", "我村",
	"因为", "现在", "去年", "今年", "每次", "有人", "大家", "路", "水", "感谢", "能不能", "什么时候" };
/* What goes on after almost any word, for those that are rarely written. */
static const char *const GOING_ON[] = { "的", "了", "是", "有", "在", "没有", "不", "和", "要", "都", "也", "就" };

/* What is said in this house, before what a general dictionary counted. */
static const struct { const char *after, *next; } IN_THIS_HOUSE[] = {
	{ "人民代表", "大会" }, { "人大代表", "之家" }, { "代表", "大会" }, { "代表", "反映" }, { "代表", "建议" },
	{ "村", "口" }, { "村", "里" }, { "村", "委会" }, { "排水", "沟" }, { "自来水", "管" }, { "乡", "政府" },
};

enum err pinyin_data_dir(char out[PINYIN_PATH_SIZE])
{
	static const char *const KNOWN[] = { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
		"/usr/lib/arm-linux-gnueabihf", "/usr/lib", "/usr/lib64" };
	Dl_info lib;
	void *symbol = dlsym(RTLD_DEFAULT, "pinyin_init");
	if (symbol && dladdr(symbol, &lib) && lib.dli_fname && strrchr(lib.dli_fname, '/')) {
		int dir = (int)(strrchr(lib.dli_fname, '/') - lib.dli_fname);
		int n = snprintf(out, PINYIN_PATH_SIZE, "%.*s/libpinyin/data", dir, lib.dli_fname);
		if (n < PINYIN_PATH_SIZE && access(out, R_OK) == 0)
			return ERR_OK;
	}
	for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
		snprintf(out, PINYIN_PATH_SIZE, "%s/libpinyin/data", KNOWN[i]);
		if (access(out, R_OK) == 0)
			return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

static DB *open_table(const char *data_dir, const char *name)
{
	char path[PINYIN_PATH_SIZE + 32];
	DB *db = NULL;
	snprintf(path, sizeof path, "%s/%s", data_dir, name);
	if (db_create(&db, NULL, 0) != 0)
		return NULL;
	if (db->open(db, NULL, path, NULL, DB_UNKNOWN, DB_RDONLY, 0) == 0)
		return db;
	db->close(db, 0);
	return NULL;
}

/* libpinyin's own predictions come from what the user wrote before, which this kiosk never keeps, and its look-up of a phrase leaks a
 * copy of it. So the tables that come with it are read here. Format 7: phrases are UTF-32 to words (u32 each), counts are
 * word to u32 total, then pairs of u32 word and u32 count. */
static void open_tables(struct pinyin_words *w, const char *data_dir)
{
	static const char VERSION_KEY[] = "binary format version:";
	char path[PINYIN_PATH_SIZE + 32], line[128];
	int version = 0;
	snprintf(path, sizeof path, "%s/table.conf", data_dir);
	FILE *conf = fopen(path, "re");
	while (conf && version == 0 && fgets(line, sizeof line, conf))
		if (strncmp(line, VERSION_KEY, sizeof VERSION_KEY - 1) == 0)
			version = (int)strtol(line + sizeof VERSION_KEY - 1, NULL, 10);
	if (conf)
		fclose(conf);
	if (version != FORMAT_VERSION)
		return;
	w->phrases = open_table(data_dir, "phrase_index.bin");
	w->followers = open_table(data_dir, "bigram.db");
}

enum err pinyin_words_create(struct _pinyin_context_t *context, const char *data_dir, struct pinyin_words **out)
{
	struct pinyin_words *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	w->instance = pinyin_alloc_instance(context);
	if (!w->instance) {
		free(w);
		return ERR_NOMEM;
	}
	open_tables(w, data_dir);
	*out = w;
	return ERR_OK;
}

void pinyin_words_destroy(struct pinyin_words *w)
{
	if (!w)
		return;
	if (w->phrases)
		w->phrases->close(w->phrases, 0);
	if (w->followers)
		w->followers->close(w->followers, 0);
	pinyin_free_instance(w->instance);
	free(w->readings);
	sodium_memzero(w, sizeof *w);
	free(w);
}

static uint32_t lowest(const struct pinyin_words *w)
{
	return w->guess_count == TOP ? w->guesses[TOP - 1].count : 0;
}

/* Keeps the list sorted and without doubles. */
static void guess(struct pinyin_words *w, const char *text, uint32_t count)
{
	if (count <= lowest(w) || (unsigned char)text[0] < 0xe3 || strlen(text) >= CANDIDATE_SIZE)
		return;
	size_t at = w->guess_count;
	for (size_t i = 0; i < w->guess_count; i++) {
		if (strcmp(w->guesses[i].text, text) == 0) {
			if (w->guesses[i].count >= count)
				return;
			at = i;
			break;
		}
	}
	if (at == TOP) {
		if (w->guesses[TOP - 1].count >= count)
			return;
		at = TOP - 1;
	} else if (at == w->guess_count) {
		w->guess_count++;
	}
	while (at > 0 && w->guesses[at - 1].count < count) {
		w->guesses[at] = w->guesses[at - 1];
		at--;
	}
	(void)str_copy(w->guesses[at].text, sizeof w->guesses[at].text, text);
	w->guesses[at].count = count;
}

/* The words counted after this one. */
static void guess_followers(struct pinyin_words *w, phrase_token_t word)
{
	DBT key = { .data = &word, .size = sizeof word }, value = { .flags = DB_DBT_MALLOC };
	if (w->followers->get(w->followers, NULL, &key, &value, 0) != 0)
		return;
	const char *bytes = value.data;
	for (size_t at = sizeof(uint32_t); at + 8 <= value.size; at += 8) {
		phrase_token_t next;
		uint32_t count;
		memcpy(&next, bytes + at, sizeof next);
		memcpy(&count, bytes + at + 4, sizeof count);
		gchar *text = NULL;
		guint chars;
		if (count > lowest(w) && pinyin_token_get_phrase(w->instance, next, &chars, &text) && text)
			guess(w, text, count);
		g_free(text);
	}
	free(value.data);
}

/* How often the words of a table entry are written. */
static uint32_t frequency(struct pinyin_words *w, const DBT *words)
{
	uint32_t sum = 0;
	for (size_t at = 0; at + sizeof(phrase_token_t) <= words->size; at += sizeof(phrase_token_t)) {
		phrase_token_t word;
		guint count = 0;
		memcpy(&word, (const char *)words->data + at, sizeof word);
		if (pinyin_token_get_unigram_frequency(w->instance, word, &count))
			sum += count;
	}
	return sum;
}

/* The rest of a longer phrase: 口 for 村口 after 村. */
static void guess_ending(struct pinyin_words *w, const DBT *phrase, size_t skip, uint32_t count)
{
	char text[CANDIDATE_SIZE];
	size_t at = 0;
	for (size_t i = skip; i + sizeof(uint32_t) <= phrase->size && at + 4 < sizeof text; i += sizeof(uint32_t)) {
		uint32_t c;
		memcpy(&c, (const char *)phrase->data + i, sizeof c);
		at += utf8_put(c, text + at);
	}
	text[at] = '\0';
	guess(w, text, count);
}

/* What follows `run` and what it begins, when it is a word. */
static bool guess_after(struct pinyin_words *w, uint32_t *run, size_t chars)
{
	u_int32_t size = (u_int32_t)(chars * sizeof *run);
	DBT key = { .data = run, .size = size }, words = { 0 };
	DBC *cursor = NULL;
	if (!w->phrases || !w->followers || w->phrases->cursor(w->phrases, NULL, &cursor, 0) != 0)
		return false;
	bool is_word = false;
	int end = cursor->get(cursor, &key, &words, DB_SET_RANGE);
	for (int i = 0; i < PHRASES_MAX && end == 0 && key.size >= size && memcmp(key.data, run, size) == 0; i++) {
		if (key.size > size) {
			guess_ending(w, &key, size, frequency(w, &words));
		} else {
			for (size_t at = 0; at + sizeof(phrase_token_t) <= words.size; at += sizeof(phrase_token_t)) {
				phrase_token_t word;
				memcpy(&word, (const char *)words.data + at, sizeof word);
				guess_followers(w, word);
				is_word = true;
			}
		}
		end = cursor->get(cursor, &key, &words, DB_NEXT);
	}
	cursor->close(cursor);
	return is_word;
}

static void append(struct candidates *out, const char *text)
{
	for (size_t k = 0; k < out->count; k++)
		if (strcmp(out->items[k], text) == 0)
			return;
	if (out->count < HANDWRITING_MAX && str_copy(out->items[out->count], CANDIDATE_SIZE, text))
		out->count++;
}

static void list(const struct pinyin_words *w, struct candidates *out)
{
	for (size_t i = 0; i < w->guess_count; i++)
		append(out, w->guesses[i].text);
}

static void list_in_this_house(const char *before, size_t len, struct candidates *out)
{
	for (size_t i = 0; i < sizeof IN_THIS_HOUSE / sizeof IN_THIS_HOUSE[0]; i++) {
		size_t n = strlen(IN_THIS_HOUSE[i].after);
		if (n <= len && memcmp(before + len - n, IN_THIS_HOUSE[i].after, n) == 0)
			append(out, IN_THIS_HOUSE[i].next);
	}
}

static bool is_han(uint32_t c)
{
	return (c >= HAN_FIRST && c <= HAN_LAST) || (c >= 0x20000 && c <= 0x323af);
}

/* The Han characters that the text ends with, at most CONTEXT_CHARS. */
static size_t last_run(const char *before, size_t len, uint32_t run[CONTEXT_CHARS])
{
	/* A character is 4 bytes at most; what lies further back does not matter. */
	size_t skip = len, count = 0;
	while (skip > 0 && len - skip < 4 * CONTEXT_CHARS)
		skip = utf8_prev_boundary(before, len, skip);
	for (const char *p = before + skip, *end = before + len; p < end;) {
		uint32_t c = utf8_next(&p, end);
		if (!is_han(c)) {
			count = 0;
			continue;
		}
		if (count == CONTEXT_CHARS)
			memmove(run, run + 1, --count * sizeof *run);
		run[count++] = c;
	}
	return count;
}

enum err pinyin_words_predict(struct pinyin_words *w, const char *before, size_t len, struct candidates *out)
{
	uint32_t run[CONTEXT_CHARS];
	if (!utf8_valid(before, len))
		return ERR_INVALID;
	memset(out, 0, sizeof *out);
	list_in_this_house(before, len, out);
	size_t count = last_run(before, len, run);
	/* The longest word that ends here; what its last character alone would call for is beside the point. */
	for (size_t i = 0; i < count; i++) {
		w->guess_count = 0;
		bool is_word = guess_after(w, run + i, count - i);
		list(w, out);
		if (is_word)
			break;
	}
	sodium_memzero(run, sizeof run);
	sodium_memzero(w->guesses, sizeof w->guesses);
	w->guess_count = 0;
	for (size_t i = 0; count > 0 && i < sizeof GOING_ON / sizeof GOING_ON[0] && out->count < ENOUGH; i++)
		append(out, GOING_ON[i]);
	if (count > 0)
		return ERR_OK;
	for (size_t i = 0; i < sizeof FIRST_WORDS / sizeof FIRST_WORDS[0]; i++)
		(void)str_copy(out->items[out->count++], CANDIDATE_SIZE, FIRST_WORDS[i]);
	return ERR_OK;
}

/* The most frequent reading of each single character, from the two tables of characters. */
static enum err load_readings(struct pinyin_words *w)
{
	size_t count = HAN_LAST - HAN_FIRST + 1;
	char *letters = calloc(count, 1);
	gint *best = calloc(count, sizeof *best);
	if (!letters || !best) {
		free(letters);
		free(best);
		return ERR_NOMEM;
	}
	for (guint table = GB_DICTIONARY; table <= GBK_DICTIONARY; table++) {
		export_iterator_t *it = pinyin_begin_get_phrases(pinyin_get_context(w->instance), table);
		while (it && pinyin_iterator_has_next_phrase(it)) {
			gchar *phrase = NULL, *reading = NULL;
			gint often = 0;
			if (!pinyin_iterator_get_next_phrase(it, &phrase, &reading, &often))
				break;
			const char *p = phrase, *end = phrase + strlen(phrase);
			uint32_t c = p < end ? utf8_next(&p, end) : 0;
			if (p == end && c >= HAN_FIRST && c <= HAN_LAST && g_ascii_islower(reading[0])
				&& (!letters[c - HAN_FIRST] || often > best[c - HAN_FIRST])) {
				letters[c - HAN_FIRST] = g_ascii_toupper(reading[0]);
				best[c - HAN_FIRST] = often;
			}
			g_free(phrase);
			g_free(reading);
		}
		if (it)
			pinyin_end_get_phrases(it);
	}
	free(best);
	w->readings = letters;
	return ERR_OK;
}

/* The surname's own reading when it has one; gives the bytes of name it stands for, 0 for none. */
static size_t surname(const char *name, const char **initials)
{
	for (size_t i = 0; i < sizeof NAME_READINGS / sizeof NAME_READINGS[0]; i++) {
		size_t n = strlen(NAME_READINGS[i].surname);
		if (strncmp(name, NAME_READINGS[i].surname, n) == 0) {
			*initials = NAME_READINGS[i].initials;
			return n;
		}
	}
	return 0;
}

enum err pinyin_words_initials(struct pinyin_words *w, const char *name, char *out, size_t size)
{
	size_t len = strlen(name), at = 0;
	if (!utf8_valid(name, len) || len == 0)
		return ERR_INVALID;
	if (!w->readings) {
		enum err e = load_readings(w);
		if (e != ERR_OK)
			return e;
	}
	const char *special = "", *p = name, *end = name + len;
	p += surname(name, &special);
	char made[64];
	for (; *special; special++)
		made[at++] = *special;
	while (p < end && at + 1 < sizeof made) {
		uint32_t c = utf8_next(&p, end);
		char letter = c < 0x80 && g_ascii_isalpha((gchar)c) ? g_ascii_toupper((gchar)c)
			: c >= HAN_FIRST && c <= HAN_LAST ? w->readings[c - HAN_FIRST] : '\0';
		/* The dot of names such as 买买提·吐尔逊, and blanks, have no reading. */
		if (c == 0xb7 || c == 0x2022 || c == 0x30fb || c == ' ' || c == 0x3000)
			continue;
		if (!letter)
			return ERR_NOT_FOUND;
		made[at++] = letter;
	}
	if (p < end || at >= size)
		return ERR_TOO_LONG;
	made[at] = '\0';
	memcpy(out, made, at + 1);
	return ERR_OK;
}
