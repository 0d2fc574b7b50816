/* export.h: everything that the township has, in open formats, in a folder. */
#ifndef TOWNSHIP_EXPORT_H
#define TOWNSHIP_EXPORT_H

#include "township/town.h"

struct export_facts {
	int64_t files, rows;
	int64_t shut;        /* sealed texts and attachments that could not be opened, or were not there */
	int64_t unthought;   /* tables that no line of export_plan.c speaks of */
};

/* Writes the folder `dir` (which must not be there, or be empty), whole or not at all, as all stood at one moment; folders
 * 0700, files 0600. `opened`: what is sealed to the township is opened; else it stays sealed. The act stands in the audit
 * chain, and so in what is written. On failure `problem` has a sentence. */
MUST_USE enum err export_all(struct town *town, const char *dir, bool opened, struct export_facts *facts, char problem[512]);

#endif
