/* export_plan.h: what becomes of every table when all is exported: a line a table, and what a column is called and shown as. */
#ifndef TOWNSHIP_EXPORT_PLAN_H
#define TOWNSHIP_EXPORT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

struct export_table {
	const char *table;
	const char *title;  /* 选民反映 */
	const char *reason; /* NULL: it is exported to TABLE.csv; else why it is not, or where it is instead */
};
extern const struct export_table export_tables[];
extern const size_t export_table_count;

/* NULL: nobody has thought of it; it is then not exported, and the README of the export says so. */
const struct export_table *export_table_find(const char *table);

enum export_form {
	FORM_PLAIN,  /* as it stands; bytes as hex */
	FORM_TIME,   /* ms → 2026-03-12 10:00:00 of the room's clock; 0 is nothing */
	FORM_YES,    /* 是, 否 */
	FORM_WORD,   /* through `word` */
	FORM_DEPUTY, /* an id, with the name in a column of its own behind it */
	FORM_ACTIVITY,
	FORM_SECRET, /* left out: it would let somebody in, or open what is sealed */
	FORM_SEALED, /* text sealed to the township */
	FORM_ANSWER, /* the same, of {"text","by"} */
	FORM_BODY,   /* the same, of what a voter handed in */
	FORM_PHOTO,  /* a JPEG, as a file of its own */
};
struct export_column {
	const char *table; /* NULL: in every table */
	const char *column, *heading;
	enum export_form form;
	const char *(*word)(const char *id);
};
/* How the column is shown; never NULL: one that nobody named is called as it is in the database. */
const struct export_column *export_column_find(const char *table, const char *column);

#endif
