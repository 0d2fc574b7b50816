/* One table as CSV: each value as its column's line of the plan shows it. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/export_internal.h"

static const char shut[] = "（打不开）";

struct sheet {
	struct exporting *x;
	const struct export_table *table;
	FILE *file;
};

const struct export_cell *cell_of(const struct export_cell *cells, size_t count, const char *column)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(cells[i].column, column) == 0)
			return &cells[i];
	return NULL;
}

static void put_heading(const struct sheet *s, const struct export_column *c, const char *column, bool last)
{
	const char *heading = c->heading ? c->heading : column;
	bool opened = s->x->opened;
	if (c->form == FORM_SECRET)
		return;
	if (c->form == FORM_BODY && opened) {
		export_body_head(s->file, last);
	} else if (c->form == FORM_ANSWER && opened) {
		out_cell(s->file, "答复", false);
		out_cell(s->file, "答复人", last);
	} else if (c->form == FORM_DEPUTY || c->form == FORM_ACTIVITY) {
		char with[96];
		snprintf(with, sizeof with, "%s%s", heading, c->form == FORM_DEPUTY ? "（姓名）" : "（名称）");
		out_cell(s->file, heading, false);
		out_cell(s->file, with, last);
	} else if (c->form == FORM_BODY || c->form == FORM_ANSWER || (c->form == FORM_SEALED && !opened)) {
		char sealed[96];
		snprintf(sealed, sizeof sealed, "%s（封存，base64）", c->form == FORM_BODY ? "内容" : c->heading ? c->heading : "答复");
		out_cell(s->file, sealed, last);
	} else {
		out_cell(s->file, heading, last);
	}
}

static void put_time(FILE *file, const struct export_cell *cell, bool last)
{
	char text[32] = "";
	if (cell->kind == CELL_NUMBER && cell->number != 0) {
		struct civil_time t = civil_from_ms(cell->number);
		snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", t.date.year, t.date.month, t.date.day, t.hour, t.minute,
		         t.second);
	}
	out_cell(file, text, last);
}

static enum err put_plain(FILE *file, const struct export_cell *cell, bool last)
{
	char number[32], *hex;
	switch (cell->kind) {
	case CELL_NUMBER:
		snprintf(number, sizeof number, "%lld", (long long)cell->number);
		fprintf(file, "\"%s%s", number, last ? "\"\r\n" : "\","); /* a negative one is no formula */
		return ERR_OK;
	case CELL_TEXT: out_cell(file, cell->text, last); return ERR_OK;
	case CELL_BYTES:
		hex = malloc(cell->len * 2 + 1);
		if (!hex)
			return ERR_NOMEM;
		out_cell(file, sodium_bin2hex(hex, cell->len * 2 + 1, cell->bytes, cell->len), last);
		free(hex);
		return ERR_OK;
	default: out_cell(file, "", last); return ERR_OK;
	}
}

static void put_named(const struct sheet *s, const struct export_cell *cell, const json_t *names, bool last)
{
	const char *id = cell->kind == CELL_TEXT ? cell->text : "";
	const char *name = json_string_value(json_object_get(names, id));
	out_cell(s->file, id, false);
	out_cell(s->file, name ? name : "", last);
}

/* Sealed as it is, in base64: whoever has the key can open it later (libsodium's crypto_box_seal_open). */
static enum err put_sealed(FILE *file, const struct export_cell *cell, bool last)
{
	char *text = cell->kind == CELL_BYTES ? b64_of(cell->bytes, cell->len) : NULL;
	if (cell->kind == CELL_BYTES && !text)
		return ERR_NOMEM;
	/* No guard against formulas: base64 begins with none but '+', and is to be decoded. */
	fprintf(file, "\"%s%s", text ? text : "", last ? "\"\r\n" : "\",");
	free(text);
	return ERR_OK;
}

static enum err put_answer(FILE *file, const char *plain, size_t len, bool last)
{
	json_t *answer = plain ? json_loadb(plain, len, 0, NULL) : NULL;
	const char *text = json_string_value(json_object_get(answer, "text")), *by = json_string_value(json_object_get(answer, "by"));
	out_cell(file, text ? text : "", false);
	out_cell(file, by ? by : "", last);
	json_decref(answer);
	return ERR_OK;
}

/* One that cannot be opened is said, counted, and no reason to keep the others back. */
static enum err put_opened(const struct sheet *s, enum export_form form, const struct export_cell *cell, const char *id, bool last)
{
	char *plain = NULL;
	size_t len = 0;
	enum err e = cell->kind == CELL_BYTES ? town_unseal(s->x->town, cell->bytes, cell->len, &plain, &len) : ERR_OK;
	if (e == ERR_NOMEM)
		return e;
	if (e) {
		s->x->facts->shut++;
		e = ERR_OK;
	}
	if (form == FORM_BODY)
		e = export_body(s->x, s->file, id, plain ? plain : "", len, last);
	else if (form == FORM_ANSWER)
		e = put_answer(s->file, plain, len, last);
	else
		out_cell(s->file, plain ? plain : cell->kind == CELL_BYTES ? shut : "", last);
	town_forget(plain, len);
	return e;
}

static enum err put_photo(const struct sheet *s, const struct export_cell *cell, const char *id, bool last)
{
	char name[128] = "";
	enum err e = ERR_OK;
	if (cell->kind == CELL_BYTES && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(id)) {
		snprintf(name, sizeof name, "photos/%.100s.jpg", id);
		e = out_bytes(s->x, name, cell->bytes, cell->len);
	} else if (cell->kind == CELL_BYTES) {
		s->x->facts->shut++;
	}
	out_cell(s->file, name, last);
	return e;
}

static enum err put_cell(const struct sheet *s, const struct export_column *c, const struct export_cell *cell, const char *id,
                         bool last)
{
	switch (c->form) {
	case FORM_SECRET: return ERR_OK;
	case FORM_TIME: put_time(s->file, cell, last); return ERR_OK;
	case FORM_YES: out_cell(s->file, cell->kind != CELL_NUMBER ? "" : cell->number ? "是" : "否", last); return ERR_OK;
	case FORM_WORD:
		out_cell(s->file, cell->kind == CELL_TEXT && cell->text[0] ? c->word(cell->text) : "", last);
		return ERR_OK;
	case FORM_DEPUTY: put_named(s, cell, s->x->deputies, last); return ERR_OK;
	case FORM_ACTIVITY: put_named(s, cell, s->x->activities, last); return ERR_OK;
	case FORM_SEALED:
	case FORM_ANSWER:
	case FORM_BODY: return s->x->opened ? put_opened(s, c->form, cell, id, last) : put_sealed(s->file, cell, last);
	case FORM_PHOTO: return put_photo(s, cell, id, last);
	default: return put_plain(s->file, cell, last);
	}
}

static enum err on_row(void *arg, int64_t row, const struct export_cell *cells, size_t count)
{
	const struct sheet *s = arg;
	const struct export_cell *first = cell_of(cells, count, "id");
	const char *id = row && first && first->kind == CELL_TEXT ? first->text : "";
	size_t last = count;
	enum err e = ERR_OK;
	while (last > 0 && export_column_find(s->table->table, cells[last - 1].column)->form == FORM_SECRET)
		last--;
	for (size_t i = 0; i < last && !e; i++) {
		const struct export_column *c = export_column_find(s->table->table, cells[i].column);
		if (row == 0)
			put_heading(s, c, cells[i].column, i + 1 == last);
		else
			e = put_cell(s, c, &cells[i], id, i + 1 == last);
	}
	s->x->facts->rows += row > 0;
	return ferror(s->file) && !e ? ERR_FULL : e;
}

enum err export_table(struct exporting *x, const struct export_table *table)
{
	struct sheet s = {.x = x, .table = table};
	char name[80];
	snprintf(name, sizeof name, "%s.csv", table->table);
	enum err e = out_open(x, name, &s.file);
	if (e)
		return e;
	e = town_export_rows(x->copy, table->table, on_row, &s);
	enum err closed = out_close(s.file);
	return e ? e : closed;
}
