/* pinyin_words.h: what libpinyin's data knows about words: which follows which, and how a name is read. Used by pinyin.c. */
#ifndef UI_PINYIN_WORDS_H
#define UI_PINYIN_WORDS_H

#include "ui/handwriting.h"

enum { PINYIN_PATH_SIZE = 512 };

struct _pinyin_context_t;
struct pinyin_words;

/* Where libpinyin-data lies: beside the library that was loaded, whatever the architecture. ERR_NOT_FOUND. */
MUST_USE enum err pinyin_data_dir(char out[PINYIN_PATH_SIZE]);

/* `context` stays the caller's and outlives the words. */
MUST_USE enum err pinyin_words_create(struct _pinyin_context_t *context, const char *data_dir, struct pinyin_words **out);
void pinyin_words_destroy(struct pinyin_words *w);
MUST_USE enum err pinyin_words_predict(struct pinyin_words *w, const char *before, size_t len, struct candidates *out);
MUST_USE enum err pinyin_words_initials(struct pinyin_words *w, const char *name, char *out, size_t size);

#endif
