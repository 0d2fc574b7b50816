/* people.h: the roster as an operator names those in it. */
#ifndef CTL_PEOPLE_H
#define CTL_PEOPLE_H

#include "store/store.h"

/* How many deputies `word` means: the one whose id it is, or all of that name; *first is the first of them. */
size_t people_find(const struct deputy_list *list, const char *word, const struct deputy_row **first);
/* The deputy's name, or the id itself of somebody who is no longer in the roster. */
const char *people_name(const struct deputy_list *list, const char *id);
/* Says on stderr who they are that have this name, with their ids. */
void people_tell_apart(const struct deputy_list *list, const char *name);

#endif
