/* pinyin.h: sentence input by libpinyin, and the next-word predictions for both input methods. Loads on first use. Learns
 * nothing: its user directory is a private one in memory (/dev/shm or the runtime directory), removed at once. */
#ifndef UI_PINYIN_H
#define UI_PINYIN_H

#include "ui/handwriting.h"

struct pinyin;
MUST_USE enum err pinyin_create(struct pinyin **py);
void pinyin_destroy(struct pinyin *py);
/* A visitor leaves: all that libpinyin worked on is freed and begun anew; its tables stay loaded (pinyin_init loses 16 KB each
 * time it is called). On failure only pinyin_destroy may follow. */
MUST_USE enum err pinyin_forget(struct pinyin *py);

/* The letters typed so far (a-z and '), without those already chosen. */
const char *pinyin_typed(const struct pinyin *py);
/* As shown above the candidates: chosen characters, then the letters parted into syllables ("人民 dai'biao"). */
const char *pinyin_preedit(const struct pinyin *py);
/* Adds a letter; ERR_INVALID for anything but a-z and ', ERR_TOO_LONG at 60 letters. */
MUST_USE enum err pinyin_type(struct pinyin *py, char letter);
void pinyin_backspace(struct pinyin *py);
void pinyin_clear(struct pinyin *py); /* forgets what was typed and chosen; libpinyin itself owns the name pinyin_reset */
/* The candidates for what is typed, sentence first. */
const struct candidates *pinyin_candidates(struct pinyin *py);
/* Chooses one. When letters remain, *commit is "" and they stay; when the sentence is complete *commit is all of it
 * (owned by py until the next call). */
MUST_USE enum err pinyin_choose(struct pinyin *py, size_t index, const char **commit);

/* Up to HANDWRITING_MAX words or characters that often follow `before` (the text left of the cursor). */
MUST_USE enum err pinyin_predict(struct pinyin *py, const char *before, size_t len, struct candidates *out);
/* The initials of a Chinese name in capitals ("ZYL"), for the roster; ERR_NOT_FOUND for characters without a reading. */
MUST_USE enum err pinyin_initials(struct pinyin *py, const char *name, char *out, size_t size);

#endif
