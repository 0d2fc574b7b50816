#include "model/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Copies a field down over itself, without its quotes. `*closed` is false when its quote never ends. */
static char *read_field(struct csv *csv, bool *closed)
{
	char *from = csv->at, *to = csv->at, *start;
	while (from < csv->end && (*from == ' ' || *from == '\t'))
		from++;
	start = to;
	*closed = true;
	if (from < csv->end && *from == '"') {
		*closed = false;
		for (from++; from < csv->end; from++) {
			if (*from == '\n')
				csv->line++;
			if (*from != '"') {
				*to++ = *from;
			} else if (from + 1 < csv->end && from[1] == '"') {
				*to++ = *from++;
			} else {
				*closed = true;
				from++;
				break;
			}
		}
	}
	while (from < csv->end && *from != ',' && *from != '\n')
		*to++ = *from++;
	csv->at = from;
	while (to > start && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'))
		to--;
	/* `to` may stand on the separator that is still to be looked at: the caller ends the field after that. */
	return to;
}

enum err csv_next(struct csv *csv, struct csv_row *row)
{
	for (;;) {
		if (csv->at >= csv->end)
			return ERR_NOT_FOUND;
		row->count = 0;
		row->line = ++csv->line;
		bool more = true, blank = true;
		while (more) {
			bool closed;
			char *start = csv->at;
			char *stop = read_field(csv, &closed);
			if (!closed || row->count == CSV_MAX_FIELDS)
				return ERR_INVALID;
			more = csv->at < csv->end && *csv->at == ',';
			if (csv->at < csv->end)
				csv->at++;
			*stop = '\0';
			row->fields[row->count++] = start;
			blank = blank && stop == start;
		}
		if (!blank)
			return ERR_OK;
	}
}

enum err csv_open(const char *text, size_t len, struct csv *csv)
{
	static const char bom[] = "\xEF\xBB\xBF";
	char *copy = malloc(len + 1);
	if (!copy)
		return ERR_NOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	*csv = (struct csv){.copy = copy, .at = copy, .end = copy + len};
	if (len >= sizeof bom - 1 && memcmp(copy, bom, sizeof bom - 1) == 0)
		csv->at += sizeof bom - 1;
	return ERR_OK;
}

void csv_close(struct csv *csv)
{
	if (csv->copy)
		explicit_bzero(csv->copy, (size_t)(csv->end - csv->copy)); /* rosters hold ID numbers */
	free(csv->copy);
	*csv = (struct csv){.copy = NULL};
}
