/* export_internal.h: shared by the export*.c files alone. */
#ifndef TOWNSHIP_EXPORT_INTERNAL_H
#define TOWNSHIP_EXPORT_INTERNAL_H

#include <stdio.h>

#include "township/export.h"
#include "township/export_plan.h"
#include "township/store_export.h"

struct exporting {
	struct town *town;       /* keys, name, attachments */
	struct town_store *copy; /* as it stood at one moment */
	char dir[4096 - 512];    /* where it is written */
	bool opened;
	json_t *deputies, *activities; /* names by id */
	struct export_facts *facts;
};

/* A new file of the folder, "rules/01.txt"; 0600. The text begins with the mark that spreadsheets know UTF-8 by. */
MUST_USE enum err out_open(struct exporting *x, const char *name, FILE **file);
/* Ends it: what could not be written is told here. */
MUST_USE enum err out_close(FILE *file);
/* A file of these bytes, without a mark. */
MUST_USE enum err out_bytes(struct exporting *x, const char *name, const void *bytes, size_t len);
MUST_USE enum err out_folder(struct exporting *x, const char *name);
/* One CSV cell after another; a text that a spreadsheet would take for a formula gets a ' in front. */
void out_cell(FILE *file, const char *text, bool last);

/* One table as TABLE.csv. */
MUST_USE enum err export_table(struct exporting *x, const struct export_table *table);
/* The cells of what a voter handed in, and its attachments as files. `id` is the case's. */
MUST_USE enum err export_body(struct exporting *x, FILE *file, const char *id, const char *plain, size_t len, bool last);
/* The headings of the same. */
void export_body_head(FILE *file, bool last);
/* The files beside the tables. */
MUST_USE enum err export_audit(struct exporting *x);
MUST_USE enum err export_rules(struct exporting *x);
MUST_USE enum err export_portraits(struct exporting *x);
MUST_USE enum err export_sealed(struct exporting *x);
MUST_USE enum err export_readme(struct exporting *x, const json_t *tables);

/* The cell of that name; NULL: there is none. */
const struct export_cell *cell_of(const struct export_cell *cells, size_t count, const char *column);

#endif
