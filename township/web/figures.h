/* figures.h: how this home is doing, as tables: for the page, for paper and for a spreadsheet the same. */
#ifndef TOWNSHIP_WEB_FIGURES_H
#define TOWNSHIP_WEB_FIGURES_H

#include "township/town.h"

enum { FIGURE_COLUMNS_MAX = 12, FIGURE_YEAR_FIRST = 2000, FIGURE_YEAR_LAST = 2199 };

struct figure_table {
	const char *columns[FIGURE_COLUMNS_MAX]; /* headings, static; NULL ends them */
	json_t *rows;                            /* owned: [[text or whole number, …]]; NULL in a cell: nothing to say */
	json_t *notes;                           /* owned: ["…"]: what must be said beside the table */
	int chart;                               /* the column that the chart shows, -1 for none; the first names the bars */
};
void figure_table_clear(struct figure_table *table);

struct figure {
	const char *name;  /* "villages": in addresses and file names */
	const char *title; /* 各村反映 */
	const char *about; /* one line */
	enum err (*make)(struct town *town, int year, struct figure_table *table); /* under the town's lock */
};
/* In the order of the page; ends with a NULL name. */
extern const struct figure figures[];
/* NULL: no such figure. */
const struct figure *figure_find(const char *name);

#endif
