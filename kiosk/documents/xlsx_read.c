#include "documents/xlsx_read.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/kind.h"
#include "documents/package.h"
#include "documents/xlsx_cells.h"
#include "documents/xlsx_style.h"
#include "documents/xml.h"
#include "model/utf8.h"

enum { STRINGS_MAX = XLSX_MAX_CELLS, STORE_MAX_BYTES = 2 * DOCUMENT_TEXT_MAX_BYTES };

struct span { uint32_t at, len; };
struct workbook {
	struct package *package;
	const char *wanted; /* NULL: the first that is not hidden */
	char sheet_name[128], sheet_id[64], path[256];
	struct xlsx_styles styles;
	struct span *strings; /* owned: the shared ones, in cells.store */
	size_t string_count, string_room;
	struct xlsx_cells cells;

	/* Where the reading of a part is. */
	bool in_item, in_text, in_reading; /* a string; the text of it; how to pronounce it, which is left out */
	uint32_t begun;                    /* where in the store the string begins */
	uint32_t row, column;
	char type[12];
	int style;
};

/* ---- the list of sheets ---- */

static enum err on_workbook(void *ctx, const char *name, const char **attributes)
{
	struct workbook *w = ctx;
	if (strcmp(name, "workbookPr") == 0) {
		const char *from = xml_attribute_or(attributes, "date1904", "0");
		w->styles.from_1904 = strcmp(from, "1") == 0 || strcmp(from, "true") == 0;
	}
	if (strcmp(name, "sheet") != 0 || w->sheet_id[0])
		return ERR_OK;
	const char *title = xml_attribute_or(attributes, "name", "");
	if (w->wanted ? strcmp(title, w->wanted) == 0 : strcmp(xml_attribute_or(attributes, "state", "visible"), "visible") == 0) {
		if (utf8_clean(title, strlen(title), false, 40, w->sheet_name, sizeof w->sheet_name) != ERR_OK)
			w->sheet_name[0] = '\0';
		snprintf(w->sheet_id, sizeof w->sheet_id, "%s", xml_attribute_or(attributes, "id", ""));
	}
	return ERR_OK;
}

/* ---- strings, shared and inline: <si> or <is> with <t>, or with runs <r><t> ---- */

static void begin_string(struct workbook *w)
{
	w->in_item = true;
	w->in_text = w->in_reading = false;
	w->begun = (uint32_t)w->cells.store.len;
}

static enum err on_text(void *ctx, const char *text, size_t len)
{
	struct workbook *w = ctx;
	return w->in_item && w->in_text && !w->in_reading ? grow_put(&w->cells.store, text, len) : ERR_OK;
}

static enum err on_string_start(void *ctx, const char *name, const char **attributes)
{
	struct workbook *w = ctx;
	(void)attributes;
	if (strcmp(name, "si") == 0)
		begin_string(w);
	w->in_reading = w->in_reading || strcmp(name, "rPh") == 0;
	w->in_text = w->in_text || strcmp(name, "t") == 0;
	return ERR_OK;
}

static enum err add_string(struct workbook *w)
{
	if (w->string_count == STRINGS_MAX)
		return ERR_TOO_LONG;
	if (w->string_count == w->string_room) {
		size_t room = w->string_room ? w->string_room * 2 : 256;
		struct span *grown = realloc(w->strings, room * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		w->strings = grown;
		w->string_room = room;
	}
	w->strings[w->string_count++] = (struct span){w->begun, (uint32_t)w->cells.store.len - w->begun};
	w->in_item = false;
	return ERR_OK;
}

static enum err on_string_end(void *ctx, const char *name)
{
	struct workbook *w = ctx;
	if (strcmp(name, "rPh") == 0)
		w->in_reading = false;
	if (strcmp(name, "t") == 0)
		w->in_text = false;
	return strcmp(name, "si") == 0 && w->in_item ? add_string(w) : ERR_OK;
}

/* ---- the cells: <row r><c r s t><v> or <is> ---- */

static void begin_cell(struct workbook *w, const char **attributes)
{
	const char *place = xml_attribute(attributes, "r");
	uint32_t row, column;
	if (place && xlsx_place(place, &row, &column)) {
		w->row = row;
		w->column = column;
	} /* else the one after the last */
	w->style = xml_number(attributes, "s", XLSX_MAX_STYLES, 0);
	snprintf(w->type, sizeof w->type, "%.11s", xml_attribute_or(attributes, "t", "n"));
	begin_string(w);
}

static void merge_place(const char *ref, struct xlsx_merge *merge)
{
	uint32_t last_column;
	const char *colon = xlsx_place(ref, &merge->row, &merge->column);
	if (!colon || *colon != ':' || !xlsx_place(colon + 1, &merge->last_row, &last_column))
		*merge = (struct xlsx_merge){0};
}

static enum err on_cell_start(void *ctx, const char *name, const char **attributes)
{
	struct workbook *w = ctx;
	if (strcmp(name, "row") == 0) {
		int row = xml_number(attributes, "r", 100000000, 0);
		w->row = row > 0 ? (uint32_t)row - 1 : w->row + 1;
		w->column = 0;
	} else if (strcmp(name, "c") == 0) {
		begin_cell(w, attributes);
	} else if (strcmp(name, "rPh") == 0) {
		w->in_reading = true;
	} else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
		w->in_text = true;
	} else if (strcmp(name, "mergeCell") == 0) {
		struct xlsx_merge merge = {0};
		merge_place(xml_attribute_or(attributes, "ref", ""), &merge);
		return xlsx_cells_merge(&w->cells, merge);
	}
	return ERR_OK;
}

/* Puts the cell's text in the place of its number. */
static enum err replace(struct workbook *w, struct xlsx_cell *cell, const char *text)
{
	cell->len = (uint32_t)strlen(text);
	return xlsx_cells_store(&w->cells, text, cell->len, &cell->at);
}

static enum err end_cell(struct workbook *w)
{
	struct xlsx_cell cell = {w->row, w->column++, w->begun, (uint32_t)w->cells.store.len - w->begun};
	enum err e = ERR_OK;
	w->in_item = false;
	if (cell.len == 0)
		return ERR_OK;
	const char *value = w->cells.store.text + cell.at;
	if (strcmp(w->type, "s") == 0) {
		char *end;
		unsigned long i = strtoul(value, &end, 10);
		if (*end || i >= w->string_count)
			return ERR_INVALID;
		cell.at = w->strings[i].at;
		cell.len = w->strings[i].len;
	} else if (strcmp(w->type, "b") == 0) {
		e = replace(w, &cell, strcmp(value, "0") == 0 ? "否" : "是");
	} else if (strcmp(w->type, "n") == 0 && cell.len < XLSX_NUMBER_SIZE) {
		char number[XLSX_NUMBER_SIZE];
		struct xlsx_format none = {0};
		xlsx_number(value, (size_t)w->style < w->styles.count ? w->styles.cells[w->style] : none, w->styles.from_1904, number);
		e = replace(w, &cell, number);
	}
	return e == ERR_OK ? xlsx_cells_add(&w->cells, cell) : e;
}

static enum err on_cell_end(void *ctx, const char *name)
{
	struct workbook *w = ctx;
	if (strcmp(name, "rPh") == 0)
		w->in_reading = false;
	if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		w->in_text = false;
	return strcmp(name, "c") == 0 && w->in_item ? end_cell(w) : ERR_OK;
}

/* ---- the parts ---- */

static enum err read_part(struct workbook *w, const char *path, const struct xml_take *take)
{
	char *xml;
	size_t len;
	enum err e = package_part(w->package, path, &xml, &len);
	if (e != ERR_OK)
		return e;
	w->in_item = w->in_text = w->in_reading = false;
	e = xml_read(xml, len, take, w);
	explicit_bzero(xml, len);
	free(xml);
	return e;
}

static enum err read_styles(struct workbook *w)
{
	char *xml;
	size_t len;
	enum err e = package_part(w->package, "xl/styles.xml", &xml, &len);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK) {
		e = xlsx_styles_read(xml, len, &w->styles);
		free(xml);
	}
	return e;
}

static enum err read_workbook(struct workbook *w)
{
	enum err e = read_part(w, "xl/workbook.xml", &(struct xml_take){.start = on_workbook});
	if (e == ERR_NOT_FOUND)
		e = ERR_INVALID;
	if (e == ERR_OK && !w->sheet_id[0])
		return ERR_NOT_FOUND;
	if (e == ERR_OK && package_relation(w->package, "xl/workbook.xml", w->sheet_id, w->path, sizeof w->path) != ERR_OK)
		e = ERR_INVALID;
	if (e == ERR_OK)
		e = read_styles(w);
	if (e == ERR_OK)
		e = read_part(w, "xl/sharedStrings.xml",
		              &(struct xml_take){.start = on_string_start, .end = on_string_end, .text = on_text});
	if (e == ERR_OK || e == ERR_NOT_FOUND) {
		w->row = UINT32_MAX; /* so that a first row without its number is row 0 */
		e = read_part(w, w->path, &(struct xml_take){.start = on_cell_start, .end = on_cell_end, .text = on_text});
		if (e == ERR_NOT_FOUND)
			e = ERR_INVALID;
	}
	return e;
}

static enum err say(enum err e, const struct workbook *w, size_t rows, struct document_note *note)
{
	char *out = note->text;
	if (e == ERR_OK && rows == 0) {
		snprintf(out, sizeof note->text, "工作表“%s”是空的。请把表格放在第一个工作表里再上传。", w->sheet_name);
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		out[0] = '\0';
	else if (e == ERR_NOT_FOUND)
		snprintf(out, sizeof note->text, "工作簿里没有%s%.60s%s。", w->wanted ? "名叫“" : "看得见的工作表", w->wanted ? w->wanted : "",
		         w->wanted ? "”的工作表" : "");
	else if (e == ERR_TOO_LONG)
		snprintf(out, sizeof note->text, "表格太大（最多 %d 行、%d 列），请删去用不着的行和列，或分成几个文件。", XLSX_MAX_ROWS,
		         XLSX_MAX_COLUMNS);
	else if (e == ERR_UNSUPPORTED)
		return document_refuse(DOCUMENT_ENCRYPTED, true, note);
	else if (e == ERR_NOMEM)
		snprintf(out, sizeof note->text, "内存不够，请稍后再试。");
	else
		snprintf(out, sizeof note->text, "表格文件已损坏，打不开。请在电脑上打开它，重新保存后再上传。");
	return e;
}

enum err xlsx_to_csv(const uint8_t *bytes, size_t len, const char *sheet, char **csv, size_t *csv_len, struct document_note *note)
{
	struct workbook w = {.wanted = sheet, .cells.store.max = STORE_MAX_BYTES};
	struct grow out = {.max = DOCUMENT_TEXT_MAX_BYTES};
	size_t rows = 0;
	note->text[0] = '\0';
	enum document_kind kind = document_kind(bytes, len);
	if (kind != DOCUMENT_XLSX)
		return document_refuse(kind, true, note);
	enum err e = package_open(bytes, len, &w.package);
	if (e == ERR_OK)
		e = read_workbook(&w);
	if (e == ERR_OK)
		e = xlsx_cells_csv(&w.cells, &out, &rows);
	e = say(e, &w, rows, note);
	if (e == ERR_OK)
		e = grow_take(&out, csv, csv_len);
	package_close(w.package);
	grow_clear(&out);
	xlsx_cells_clear(&w.cells);
	xlsx_styles_clear(&w.styles);
	free(w.strings);
	return e;
}
