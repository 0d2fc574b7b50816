#include "documents/docx_numbers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/docx_counting.h"
#include "documents/xml.h"
#include "model/str.h"
#include "model/utf8.h"

enum { LISTS_MAX = 4096, STYLES_MAX = 4096, ID_MAX = 65535, BASED_ON_MAX = 10, NONE = -1 };

struct level { int start; char format[32], text[64], suffix[8]; bool decimal; };
/* w:abstractNum: the levels' looks; and the one count that all lists of it share. */
struct look {
	int id;
	char style_link[DOCX_STYLE_SIZE]; /* the looks are those of this style's list */
	struct level levels[DOCX_LEVELS];
	int at[DOCX_LEVELS]; /* NONE: not begun */
};
/* w:num */
struct list { int look; int restart[DOCX_LEVELS]; bool restarted[DOCX_LEVELS]; }; /* look: its id, then its index */
struct style { char id[DOCX_STYLE_SIZE], based_on[DOCX_STYLE_SIZE]; int list, level; };

struct docx_numbers {
	struct look *looks;
	struct list *lists;
	struct style *styles;
	size_t look_count, list_count, style_count;
	uint16_t list_of[ID_MAX + 1]; /* w:numId to the list's index and one */

	/* Where the reading is. */
	bool in_list, in_override, in_paragraph;
	int level;
};

/* Room for one more at the end of a list that doubles. */
static enum err more(void **items, size_t count, size_t size, size_t max)
{
	if (count == max)
		return ERR_TOO_LONG;
	if (count > 0 && (count & (count - 1)) != 0)
		return ERR_OK;
	void *grown = realloc(*items, (count ? count * 2 : 1) * size);
	if (!grown)
		return ERR_NOMEM;
	*items = grown;
	memset((char *)grown + count * size, 0, (count ? count : 1) * size);
	return ERR_OK;
}

static enum err begin_look(struct docx_numbers *n, const char **attributes)
{
	enum err e = more((void **)&n->looks, n->look_count, sizeof *n->looks, LISTS_MAX);
	if (e != ERR_OK)
		return e;
	struct look *look = &n->looks[n->look_count++];
	*look = (struct look){.id = xml_number(attributes, "abstractNumId", INT32_MAX, NONE)};
	for (int i = 0; i < DOCX_LEVELS; i++) {
		look->levels[i].start = 1;
		look->at[i] = NONE;
	}
	n->level = NONE;
	return ERR_OK;
}

static enum err begin_list(struct docx_numbers *n, const char **attributes)
{
	int id = xml_number(attributes, "numId", ID_MAX, 0);
	enum err e = more((void **)&n->lists, n->list_count, sizeof *n->lists, LISTS_MAX);
	if (e != ERR_OK)
		return e;
	struct list *list = &n->lists[n->list_count++];
	*list = (struct list){.look = NONE};
	for (int i = 0; i < DOCX_LEVELS; i++)
		list->restart[i] = NONE;
	n->list_of[id] = (uint16_t)n->list_count;
	n->in_list = true;
	return ERR_OK;
}

static void take_level(struct docx_numbers *n, const char *name, const char **attributes)
{
	struct look *look = &n->looks[n->look_count - 1];
	const char *value = xml_attribute_or(attributes, "val", "");
	if (strcmp(name, "lvl") == 0)
		n->level = xml_number(attributes, "ilvl", DOCX_LEVELS - 1, NONE);
	else if (strcmp(name, "numStyleLink") == 0)
		(void)str_copy(look->style_link, sizeof look->style_link, value);
	if (n->level == NONE)
		return;
	struct level *level = &look->levels[n->level];
	if (strcmp(name, "start") == 0)
		level->start = xml_number(attributes, "val", INT16_MAX, 1);
	else if (strcmp(name, "numFmt") == 0)
		(void)str_copy(level->format, sizeof level->format, value);
	else if (strcmp(name, "lvlText") == 0)
		(void)str_copy(level->text, sizeof level->text, value);
	else if (strcmp(name, "suff") == 0)
		(void)str_copy(level->suffix, sizeof level->suffix, value);
	else if (strcmp(name, "isLgl") == 0)
		level->decimal = true;
}

static enum err on_numbering(void *ctx, const char *name, const char **attributes)
{
	struct docx_numbers *n = ctx;
	if (strcmp(name, "abstractNum") == 0)
		return begin_look(n, attributes);
	if (strcmp(name, "num") == 0)
		return begin_list(n, attributes);
	if (!n->in_list) {
		if (n->look_count > 0)
			take_level(n, name, attributes);
		return ERR_OK;
	}
	struct list *list = &n->lists[n->list_count - 1];
	if (strcmp(name, "abstractNumId") == 0)
		list->look = xml_number(attributes, "val", INT32_MAX, NONE);
	else if (strcmp(name, "lvlOverride") == 0)
		n->level = xml_number(attributes, "ilvl", DOCX_LEVELS - 1, NONE);
	else if (strcmp(name, "startOverride") == 0 && n->level != NONE)
		list->restart[n->level] = xml_number(attributes, "val", INT16_MAX, 1);
	return ERR_OK;
}

static enum err on_numbering_end(void *ctx, const char *name)
{
	struct docx_numbers *n = ctx;
	if (strcmp(name, "lvl") == 0 && !n->in_list)
		n->level = NONE;
	if (strcmp(name, "num") == 0)
		n->in_list = false;
	return ERR_OK;
}

static enum err on_style(void *ctx, const char *name, const char **attributes)
{
	struct docx_numbers *n = ctx;
	const char *value = xml_attribute_or(attributes, "val", "");
	if (strcmp(name, "style") == 0) {
		enum err e = more((void **)&n->styles, n->style_count, sizeof *n->styles, STYLES_MAX);
		if (e != ERR_OK)
			return e;
		struct style *style = &n->styles[n->style_count++];
		*style = (struct style){.list = NONE, .level = NONE};
		(void)str_copy(style->id, sizeof style->id, xml_attribute_or(attributes, "styleId", ""));
	} else if (n->style_count > 0) {
		struct style *style = &n->styles[n->style_count - 1];
		if (strcmp(name, "basedOn") == 0)
			(void)str_copy(style->based_on, sizeof style->based_on, value);
		else if (strcmp(name, "numId") == 0)
			style->list = xml_number(attributes, "val", ID_MAX, NONE);
		else if (strcmp(name, "ilvl") == 0)
			style->level = xml_number(attributes, "val", DOCX_LEVELS - 1, NONE);
	}
	return ERR_OK;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct style *)a)->id, ((const struct style *)b)->id);
}

static const struct style *find_style(const struct docx_numbers *n, const char *id)
{
	struct style wanted = {.list = NONE};
	if (!id[0] || n->style_count == 0 || !str_copy(wanted.id, sizeof wanted.id, id))
		return NULL;
	return bsearch(&wanted, n->styles, n->style_count, sizeof wanted, by_id);
}

bool docx_numbers_of_style(const struct docx_numbers *numbers, const char *style, int *list, int *level)
{
	int found_level = NONE;
	for (int i = 0; i < BASED_ON_MAX; i++) {
		const struct style *s = find_style(numbers, style);
		if (!s)
			return false;
		if (found_level == NONE)
			found_level = s->level;
		if (s->list != NONE) {
			*list = s->list;
			*level = found_level == NONE ? 0 : found_level;
			return s->list > 0;
		}
		style = s->based_on;
	}
	return false;
}

static int look_index(const struct docx_numbers *n, int id)
{
	for (size_t i = 0; i < n->look_count; i++)
		if (n->looks[i].id == id && id != NONE)
			return (int)i;
	return NONE;
}

/* From the looks' ids to their places, through a list style where the look is only a link to one. */
static void join(struct docx_numbers *n)
{
	for (size_t i = 0; i < n->list_count; i++)
		n->lists[i].look = look_index(n, n->lists[i].look);
	for (size_t i = 0; i < n->list_count; i++) {
		struct list *list = &n->lists[i];
		int linked, level;
		if (list->look == NONE || !n->looks[list->look].style_link[0] ||
		    !docx_numbers_of_style(n, n->looks[list->look].style_link, &linked, &level))
			continue;
		uint16_t of = n->list_of[linked];
		if (of > 0 && n->lists[of - 1].look != NONE)
			list->look = n->lists[of - 1].look;
	}
}

static enum err read_part(struct package *package, const char *name, const struct xml_take *take, struct docx_numbers *n)
{
	char *xml;
	size_t len;
	enum err e = package_part(package, name, &xml, &len);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK) {
		e = xml_read(xml, len, take, n);
		free(xml);
	}
	return e;
}

enum err docx_numbers_read(struct package *package, struct docx_numbers **out)
{
	struct docx_numbers *n = calloc(1, sizeof *n);
	if (!n)
		return ERR_NOMEM;
	n->level = NONE;
	enum err e = read_part(package, "word/numbering.xml", &(struct xml_take){.start = on_numbering, .end = on_numbering_end}, n);
	if (e == ERR_OK)
		e = read_part(package, "word/styles.xml", &(struct xml_take){.start = on_style}, n);
	if (e != ERR_OK) {
		docx_numbers_free(n);
		return e;
	}
	if (n->style_count > 0)
		qsort(n->styles, n->style_count, sizeof *n->styles, by_id);
	join(n);
	*out = n;
	return ERR_OK;
}

void docx_numbers_free(struct docx_numbers *numbers)
{
	if (!numbers)
		return;
	free(numbers->looks);
	free(numbers->lists);
	free(numbers->styles);
	free(numbers);
}

static void count(struct list *list, struct look *look, int level)
{
	if (list->restart[level] != NONE && !list->restarted[level]) {
		list->restarted[level] = true;
		look->at[level] = list->restart[level];
	} else if (look->at[level] == NONE) {
		look->at[level] = look->levels[level].start;
	} else if (look->at[level] < INT16_MAX) {
		look->at[level]++;
	}
	for (int i = level + 1; i < DOCX_LEVELS; i++)
		look->at[i] = NONE;
}

static void add(char label[DOCX_LABEL_SIZE], const char *text)
{
	size_t n = strlen(label);
	(void)str_copy(label + n, DOCX_LABEL_SIZE - n, text); /* or nothing of it */
}

/* What parts the label from the text: nothing behind Chinese marks, which bring their own room. */
static const char *gap(const struct level *level, const char *label)
{
	static const char *const marks[] = {"、", "．", "。", "）", "：", "，", "】", "　"};
	size_t n = strlen(label);
	if (n == 0 || strcmp(level->suffix, "nothing") == 0)
		return "";
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (n >= strlen(marks[i]) && strcmp(label + n - strlen(marks[i]), marks[i]) == 0)
			return "";
	return (unsigned char)label[n - 1] >= 0x80 ? "　" : " ";
}

void docx_numbers_next(struct docx_numbers *numbers, int list_id, int level, char label[DOCX_LABEL_SIZE])
{
	label[0] = '\0';
	if (list_id <= 0 || list_id > ID_MAX || level < 0 || level >= DOCX_LEVELS || numbers->list_of[list_id] == 0)
		return;
	struct list *list = &numbers->lists[numbers->list_of[list_id] - 1];
	if (list->look == NONE)
		return;
	struct look *look = &numbers->looks[list->look];
	const struct level *own = &look->levels[level];
	count(list, look, level);
	if (strcmp(own->format, "none") == 0)
		return;
	if (strcmp(own->format, "bullet") == 0) { /* its sign is often one of a symbol font, with no meaning elsewhere */
		add(label, "• ");
		return;
	}
	for (const char *p = own->text, *end = p + strlen(p); p < end;) {
		char piece[DOCX_COUNT_SIZE] = "";
		if (p[0] == '%' && p[1] >= '1' && p[1] <= '9') {
			int of = p[1] - '1';
			int n = look->at[of] == NONE ? look->levels[of].start : look->at[of];
			docx_count(own->decimal ? "decimal" : look->levels[of].format, n, piece);
			p += 2;
		} else {
			const char *at = p;
			(void)utf8_next(&p, end);
			memcpy(piece, at, (size_t)(p - at));
			piece[p - at] = '\0';
		}
		add(label, piece);
	}
	add(label, gap(own, label));
}
