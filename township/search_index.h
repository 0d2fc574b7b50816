/* search_index.h: opened texts in memory, and finding the cases in which words occur. Knows neither the store nor the keys.
 *
 * The texts lie in chunks of their own: locked where the system allows it, in no core dump, wiped at the end. Any number of
 * threads may find while one adds: it has a lock of its own. */
#ifndef TOWNSHIP_SEARCH_INDEX_H
#define TOWNSHIP_SEARCH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum { INDEX_WORDS_MAX = 8, INDEX_BYTES_MAX = 200, INDEX_TEXT_MAX = 128 * 1024 };

struct search_index; /* opaque */

MUST_USE enum err search_index_new(struct search_index **index);
/* Wipes and frees; NULL is fine. */
void search_index_free(struct search_index *index);
/* Whether the system has refused to keep the texts out of the swap. */
bool search_index_may_swap(const struct search_index *index);

/* Adds a text to those of the case; one that the case has already changes nothing. What is longer than INDEX_TEXT_MAX is cut. */
MUST_USE enum err search_index_add(struct search_index *index, const uint8_t id[16], const char *text, size_t len);
bool search_index_has(struct search_index *index, const uint8_t id[16]);
/* Cases and bytes of text. */
void search_index_size(struct search_index *index, size_t *cases, size_t *bytes);

/* Texts and words are compared in this form: ASCII letters small, full-width forms and blanks as ASCII. In place; gives the
 * new length. */
size_t search_fold(char *text, size_t len);

/* The cases in whose texts each of the words (separated by blanks) occurs; *ids is malloc'ed, in no order. ERR_INVALID: no word;
 * ERR_TOO_LONG: over INDEX_BYTES_MAX or INDEX_WORDS_MAX. */
MUST_USE enum err search_index_find(struct search_index *index, const char *words, uint8_t (**ids)[16], size_t *count);

#endif
