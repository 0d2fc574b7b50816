#include "documents/docx_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/docx_numbers.h"
#include "documents/grow.h"
#include "documents/kind.h"
#include "documents/xml.h"
#include "model/str.h"

enum { NESTED_MAX = 8, NONE = -1 };

/* A paragraph whose end is still to come; a text box stands inside one. */
struct paragraph {
	struct grow text;
	char style[DOCX_STYLE_SIZE];
	int list, level; /* NONE: the style's */
};
struct reading {
	struct docx_numbers *numbers;
	struct grow out;
	struct paragraph open[NESTED_MAX];
	int depth;    /* paragraphs begun; those below NESTED_MAX are kept */
	int left_out; /* elements begun whose contents do not count */
	bool in_text, in_run;
	int rows; /* rows begun: tables nest */
	size_t row_begun, cell_begun;
	int cells; /* of the outermost row */
};

/* Deleted with changes tracked, an older form of the paragraph, and what stands in twice for older programs. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = {"del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "numberingChange"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static struct paragraph *current(struct reading *r)
{
	return r->depth > 0 && r->depth <= NESTED_MAX ? &r->open[r->depth - 1] : NULL;
}

static void begin_paragraph(struct reading *r)
{
	r->depth++;
	struct paragraph *p = current(r);
	if (p) {
		grow_clear(&p->text);
		p->text.max = DOCUMENT_TEXT_MAX_BYTES;
		p->style[0] = '\0';
		p->list = p->level = NONE;
	}
}

static void begin_row(struct reading *r)
{
	if (r->rows++ == 0) {
		r->cells = 0;
		r->row_begun = r->cell_begun = r->out.len;
	}
}

static enum err on_start(void *ctx, const char *name, const char **attributes)
{
	struct reading *r = ctx;
	struct paragraph *p = current(r);
	if (r->left_out > 0 || is_left_out(name)) {
		r->left_out++;
		return ERR_OK;
	}
	if (strcmp(name, "p") == 0)
		begin_paragraph(r);
	else if (strcmp(name, "tr") == 0)
		begin_row(r);
	else if (strcmp(name, "tc") == 0 && r->rows == 1)
		r->cell_begun = r->out.len;
	else if (strcmp(name, "r") == 0)
		r->in_run = true;
	else if (strcmp(name, "t") == 0)
		r->in_text = true;
	else if (!p)
		return ERR_OK;
	else if (strcmp(name, "pStyle") == 0)
		(void)str_copy(p->style, sizeof p->style, xml_attribute_or(attributes, "val", ""));
	else if (strcmp(name, "numId") == 0)
		p->list = xml_number(attributes, "val", 65535, NONE);
	else if (strcmp(name, "ilvl") == 0)
		p->level = xml_number(attributes, "val", DOCX_LEVELS - 1, NONE);
	else if (r->in_run && strcmp(name, "tab") == 0)
		return grow_text(&p->text, "\t");
	else if (r->in_run && strcmp(name, "noBreakHyphen") == 0)
		return grow_text(&p->text, "-");
	else if (r->in_run && (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0))
		return grow_text(&p->text, "\n");
	return ERR_OK;
}

static enum err on_text(void *ctx, const char *text, size_t len)
{
	struct reading *r = ctx;
	struct paragraph *p = current(r);
	return p && r->in_text && r->left_out == 0 ? grow_put(&p->text, text, len) : ERR_OK;
}

static bool is_blank(const struct grow *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (!strchr(" \t\n", text->text[i]))
			return false;
	return true;
}

static enum err end_paragraph(struct reading *r)
{
	struct paragraph *p = current(r);
	enum err e = ERR_OK;
	r->depth -= r->depth > 0;
	if (!p)
		return ERR_OK;
	int list = p->list, level = p->level == NONE ? 0 : p->level, style_list, style_level;
	if (list == NONE && docx_numbers_of_style(r->numbers, p->style, &style_list, &style_level)) {
		list = style_list;
		level = p->level == NONE ? style_level : p->level;
	}
	if (list > 0 && !is_blank(&p->text)) {
		char label[DOCX_LABEL_SIZE];
		docx_numbers_next(r->numbers, list, level, label);
		e = grow_text(&r->out, label);
	}
	if (e == ERR_OK && p->text.len > 0)
		e = grow_put(&r->out, p->text.text, p->text.len);
	grow_clear(&p->text);
	return e == ERR_OK ? grow_text(&r->out, "\n") : e;
}

/* A cell ends in one tab; its paragraphs become one line unless it is the row's only cell (letters are often laid out so). */
static void end_cell(struct reading *r)
{
	struct grow *out = &r->out;
	if (r->rows != 1 || out->len == 0 || out->len == r->row_begun)
		return;
	if (r->cells++ == 1) /* so the first was not alone */
		for (size_t i = r->row_begun; i + 1 < r->cell_begun; i++)
			if (out->text[i] == '\n')
				out->text[i] = ' ';
	if (r->cells > 1 && r->cell_begun > r->row_begun) {
		out->text[r->cell_begun - 1] = '\t';
		for (size_t i = r->cell_begun; i + 1 < out->len; i++)
			if (out->text[i] == '\n')
				out->text[i] = ' ';
	}
}

static enum err on_end(void *ctx, const char *name)
{
	struct reading *r = ctx;
	if (r->left_out > 0) {
		r->left_out--;
		return ERR_OK;
	}
	if (strcmp(name, "p") == 0)
		return end_paragraph(r);
	if (strcmp(name, "tc") == 0)
		end_cell(r);
	else if (strcmp(name, "tr") == 0)
		r->rows -= r->rows > 0;
	else if (strcmp(name, "r") == 0)
		r->in_run = false;
	else if (strcmp(name, "t") == 0)
		r->in_text = false;
	return ERR_OK;
}

static enum err read_document(struct package *package, struct reading *r)
{
	char *xml;
	size_t len;
	enum err e = docx_numbers_read(package, &r->numbers);
	if (e == ERR_OK)
		e = package_part(package, "word/document.xml", &xml, &len);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_INVALID : e;
	e = xml_read(xml, len, &(struct xml_take){.start = on_start, .end = on_end, .text = on_text}, r);
	explicit_bzero(xml, len);
	free(xml);
	return e;
}

static enum err say(enum err e, struct reading *r, struct document_note *note)
{
	if (e == ERR_OK && is_blank(&r->out)) {
		snprintf(note->text, sizeof note->text, "文档里没有文字（也许只有图片）。请换一个文档，或把文字粘贴进来。");
		return ERR_INVALID;
	}
	if (e == ERR_TOO_LONG)
		snprintf(note->text, sizeof note->text, "文档太大，请分成几个文件。");
	else if (e == ERR_UNSUPPORTED)
		return document_refuse(DOCUMENT_ENCRYPTED, false, note);
	else if (e == ERR_NOMEM)
		snprintf(note->text, sizeof note->text, "内存不够，请稍后再试。");
	else if (e != ERR_OK)
		snprintf(note->text, sizeof note->text, "文档已损坏，打不开。请在电脑上打开它，重新保存后再上传。");
	return e;
}

enum err docx_to_text(const uint8_t *bytes, size_t len, char **text, size_t *text_len, struct document_note *note)
{
	struct reading r = {.out.max = DOCUMENT_TEXT_MAX_BYTES};
	struct package *package = NULL;
	note->text[0] = '\0';
	enum document_kind kind = document_kind(bytes, len);
	if (kind != DOCUMENT_DOCX)
		return document_refuse(kind, false, note);
	enum err e = package_open(bytes, len, &package);
	if (e == ERR_OK)
		e = read_document(package, &r);
	e = say(e, &r, note);
	if (e == ERR_OK)
		e = grow_take(&r.out, text, text_len);
	package_close(package);
	docx_numbers_free(r.numbers);
	grow_clear(&r.out);
	for (int i = 0; i < NESTED_MAX; i++)
		grow_clear(&r.open[i].text);
	return e;
}
