#include "documents/xlsx_write.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "model/civil.h"
#include "model/str.h"
#include "model/utf8.h"

enum { SHEET_ROWS = 1048576, CELL_MAX_CHARS = 32767, NUMBER_MAX_DIGITS = 15, WIDTH_MIN = 6, WIDTH_MAX = 48, SHEET_NAME_CHARS = 31 };

struct column { enum xlsx_kind kind; int width; };
struct xlsx_writer {
	char path[64];
	lxw_workbook *book; /* owned until the workbook is closed, which frees it */
	lxw_worksheet *sheet;
	lxw_format *heading, *text, *date;
	struct column *columns;
	size_t column_count;
	lxw_row_t row;
};

static enum err err_of(lxw_error e)
{
	switch (e) {
	case LXW_NO_ERROR:
		return ERR_OK;
	case LXW_ERROR_MEMORY_MALLOC_FAILED:
		return ERR_NOMEM;
	case LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED:
	case LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE:
		return ERR_TOO_LONG;
	default:
		return ERR_IO;
	}
}

/* The columns that a text takes: a Chinese character is as wide as two digits. */
static int width(const char *text)
{
	int w = 0;
	for (const char *p = text, *end = p + strlen(p); p < end;)
		w += utf8_next(&p, end) >= 0x1100 ? 2 : 1;
	return w;
}

static void widen(struct column *column, const char *text)
{
	int w = width(text) + 2;
	if (w > column->width)
		column->width = w < WIDTH_MAX ? w : WIDTH_MAX;
}

/* What Excel takes as a sheet's name. */
static void sheet_name(const char *wanted, char out[SHEET_NAME_CHARS * 4 + 1])
{
	size_t n = 0;
	int chars = 0;
	for (const char *p = wanted, *end = p + strlen(p); p < end && chars < SHEET_NAME_CHARS;) {
		const char *at = p;
		uint32_t c = utf8_next(&p, end);
		if (c < 0x20 || c == 0xFFFD || (c < 0x80 && strchr("[]:*?/\\'", (int)c)))
			continue;
		memcpy(out + n, at, (size_t)(p - at));
		n += (size_t)(p - at);
		chars++;
	}
	out[n] = '\0';
	if (n == 0)
		(void)str_copy(out, SHEET_NAME_CHARS * 4 + 1, "Sheet1");
}

static enum err put_text(struct xlsx_writer *w, lxw_col_t column, const char *text, lxw_format *format)
{
	size_t size = strlen(text) + 1;
	char *clean = malloc(size);
	if (!clean)
		return ERR_NOMEM;
	/* XML holds no control characters; a cell no more than so many. */
	enum err e = utf8_clean(text, size - 1, true, CELL_MAX_CHARS, clean, size);
	if (e == ERR_OK || e == ERR_TOO_LONG)
		e = err_of(worksheet_write_string(w->sheet, w->row, column, clean, format));
	explicit_bzero(clean, size);
	free(clean);
	return e;
}

static enum err put_headings(struct xlsx_writer *w, const struct xlsx_column *columns)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < w->column_count && e == ERR_OK; i++) {
		w->columns[i] = (struct column){columns[i].kind, WIDTH_MIN};
		widen(&w->columns[i], columns[i].heading);
		e = put_text(w, (lxw_col_t)i, columns[i].heading, w->heading);
	}
	w->row = 1;
	worksheet_freeze_panes(w->sheet, 1, 0);
	worksheet_repeat_rows(w->sheet, 0, 0);
	worksheet_set_paper(w->sheet, 9); /* A4 */
	worksheet_fit_to_pages(w->sheet, 1, 0);
	return e;
}

static enum err begin_book(struct xlsx_writer *w, const char *sheet)
{
	char name[SHEET_NAME_CHARS * 4 + 1];
	/* The library writes to a name, through files of its own; they are ours alone, and in memory where /dev/shm is. */
	char dir[16];
	snprintf(dir, sizeof dir, "%s", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	snprintf(w->path, sizeof w->path, "%s/deputies-home-XXXXXX", dir);
	int fd = mkstemp(w->path);
	if (fd < 0) {
		w->path[0] = '\0';
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	close(fd);
	lxw_workbook_options options = {.tmpdir = dir};
	w->book = workbook_new_opt(w->path, &options);
	if (!w->book)
		return ERR_NOMEM;
	/* The day that the file was made would make each file another one. */
	lxw_doc_properties properties = {.created = 1577836800}; /* 2020-01-01 */
	if (workbook_set_properties(w->book, &properties) != LXW_NO_ERROR)
		return ERR_NOMEM;
	sheet_name(sheet, name);
	w->sheet = workbook_add_worksheet(w->book, name);
	w->heading = workbook_add_format(w->book);
	w->text = workbook_add_format(w->book);
	w->date = workbook_add_format(w->book);
	if (!w->sheet || !w->heading || !w->text || !w->date)
		return ERR_NOMEM;
	format_set_bold(w->heading);
	format_set_bottom(w->heading, LXW_BORDER_THIN);
	format_set_num_format(w->text, "@");
	format_set_num_format(w->date, "yyyy-mm-dd");
	return ERR_OK;
}

enum err xlsx_writer_create(const char *sheet, const struct xlsx_column *columns, size_t count, struct xlsx_writer **out)
{
	if (count == 0 || count > LXW_COL_MAX)
		return ERR_INVALID;
	struct xlsx_writer *w = calloc(1, sizeof *w);
	enum err e = ERR_NOMEM;
	if (w)
		w->columns = calloc(count, sizeof *w->columns);
	if (w && w->columns) {
		w->column_count = count;
		e = begin_book(w, sheet);
	}
	if (e == ERR_OK)
		e = put_headings(w, columns);
	if (e != ERR_OK) {
		xlsx_writer_destroy(w);
		return e;
	}
	*out = w;
	return ERR_OK;
}

/* A decimal number whose digits Excel can keep. */
static bool is_number(const char *text, double *value)
{
	const char *p = text + (*text == '-');
	size_t whole = strspn(p, "0123456789"), part = 0;
	if (whole == 0 || (whole > 1 && p[0] == '0')) /* 007 is a name */
		return false;
	p += whole;
	if (*p == '.') {
		part = strspn(p + 1, "0123456789");
		p += part + 1;
	}
	*value = strtod(text, NULL);
	return !*p && whole + part <= NUMBER_MAX_DIGITS;
}

static enum err put_field(struct xlsx_writer *w, size_t i, const char *text)
{
	double value;
	struct civil_date d;
	if (!text || !text[0])
		return ERR_OK;
	widen(&w->columns[i], text);
	if (w->columns[i].kind == XLSX_NUMBER && is_number(text, &value))
		return err_of(worksheet_write_number(w->sheet, w->row, (lxw_col_t)i, value, NULL));
	if (w->columns[i].kind == XLSX_DATE && civil_parse(text, &d) == ERR_OK && d.year >= 1900) {
		lxw_datetime when = {.year = d.year, .month = d.month, .day = d.day};
		return err_of(worksheet_write_datetime(w->sheet, w->row, (lxw_col_t)i, &when, w->date));
	}
	return put_text(w, (lxw_col_t)i, text, w->text);
}

enum err xlsx_writer_row(struct xlsx_writer *writer, const char *const *fields)
{
	enum err e = ERR_OK;
	if (writer->row >= SHEET_ROWS)
		return ERR_TOO_LONG;
	for (size_t i = 0; i < writer->column_count && e == ERR_OK; i++)
		e = put_field(writer, i, fields[i]);
	writer->row++;
	return e;
}

static enum err read_back(const char *path, uint8_t **bytes, size_t *len)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return ERR_IO;
	uint8_t *all = NULL;
	long size = -1;
	enum err e = ERR_IO;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0)
		e = (all = malloc((size_t)size)) ? ERR_OK : ERR_NOMEM;
	if (e == ERR_OK && fread(all, 1, (size_t)size, file) != (size_t)size)
		e = ERR_IO;
	(void)fclose(file);
	if (e != ERR_OK) {
		free(all);
		return e;
	}
	*bytes = all;
	*len = (size_t)size;
	return ERR_OK;
}

enum err xlsx_writer_finish(struct xlsx_writer *writer, uint8_t **bytes, size_t *len)
{
	if (!writer->book)
		return ERR_STATE;
	for (size_t i = 0; i < writer->column_count; i++)
		worksheet_set_column(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, writer->columns[i].width, NULL);
	worksheet_autofilter(writer->sheet, 0, 0, writer->row - 1, (lxw_col_t)(writer->column_count - 1));
	lxw_error closed = workbook_close(writer->book);
	writer->book = NULL;
	return closed == LXW_NO_ERROR ? read_back(writer->path, bytes, len) : err_of(closed);
}

void xlsx_writer_destroy(struct xlsx_writer *writer)
{
	if (!writer)
		return;
	lxw_workbook_free(writer->book);
	if (writer->path[0])
		(void)unlink(writer->path);
	free(writer->columns);
	free(writer);
}
