/* str.h: bounded copies, numbers out of text, names of enums. Header only: tests that link a file alone stay so. */
#ifndef MODEL_STR_H
#define MODEL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Copies all of `text`, or nothing: false, and *out is empty, when `size` bytes are too few. */
static inline bool str_copy(char *out, size_t size, const char *text)
{
	size_t n = strnlen(text, size);
	if (n == size) {
		if (size)
			out[0] = '\0';
		return false;
	}
	memcpy(out, text, n + 1);
	return true;
}

/* Steps over `word` if the text goes on with it. */
static inline bool str_skip(const char **p, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

/* Takes 1 to 18 digits, no sign, no blanks; more could not be told from what overflows. */
static inline bool str_take_number(const char **p, int64_t *out)
{
	size_t n = strspn(*p, "0123456789");
	if (n == 0 || n > 18)
		return false;
	int64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + ((*p)[i] - '0');
	*p += n;
	*out = v;
	return true;
}

/* A name out of an enum's table, "" beyond it; and which of the table's names it is, -1 for none. */
static inline const char *str_id_at(const char *const *ids, unsigned count, unsigned i)
{
	return i < count ? ids[i] : "";
}
static inline int str_id_find(const char *const *ids, int count, const char *id)
{
	for (int i = 0; i < count; i++)
		if (strcmp(ids[i], id) == 0)
			return i;
	return -1;
}

#endif
