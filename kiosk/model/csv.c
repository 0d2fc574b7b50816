#include "model/csv.h"

#include <stdbool.h>
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
