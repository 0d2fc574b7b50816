/* settings_key.h: the table of every key of the configuration file, its kind and its limits. For settings.c
 * alone. */
#ifndef MODEL_SETTINGS_KEY_H
#define MODEL_SETTINGS_KEY_H

#include "model/settings.h"

enum { SETTINGS_SHOWN_SIZE = 96 };

/* As much of what the file says as a message has room for, in whole characters. */
void settings_shown(const char *text, char out[SETTINGS_SHOWN_SIZE]);
/* False for a section that is not ours; *why then says which there are. */
bool settings_section_known(const char *section, struct settings_problem *why);
/* The key's number in the table (below 64), or -1 with *why told. */
int settings_key_find(const char *section, const char *name, struct settings_problem *why);
/* Checks the value and puts it in its place. ERR_INVALID with *why told. */
MUST_USE enum err settings_key_set(int key, const char *value, struct settings *s,
                                   struct settings_problem *why);

#endif
