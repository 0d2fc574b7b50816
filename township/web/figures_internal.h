/* figures_internal.h: shared by figures_cases.c and figures_deputies.c alone. */
#ifndef TOWNSHIP_WEB_FIGURES_INTERNAL_H
#define TOWNSHIP_WEB_FIGURES_INTERNAL_H

#include "township/web/figures.h"

/* `columns` ends with NULL; its texts are static. */
enum err figure_begin(struct figure_table *table, int chart, const char *const *columns);
/* Takes the row; NULL is ERR_NOMEM. */
enum err figure_row(struct figure_table *table, json_t *row);
enum err figure_note(struct figure_table *table, const char *note);

enum err figure_deputies(struct town *town, int year, struct figure_table *table);
enum err figure_groups(struct town *town, int year, struct figure_table *table);
enum err figure_norms(struct town *town, int year, struct figure_table *table);

#endif
