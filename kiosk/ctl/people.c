#include "ctl/people.h"

#include <stdio.h>
#include <string.h>

size_t people_find(const struct deputy_list *list, const char *word, const struct deputy_row **first)
{
	size_t found = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct deputy_row *d = &list->rows[i];
		if (strcmp(d->id, word) == 0) {
			*first = d;
			return 1;
		}
		if (strcmp(d->name, word) == 0 && found++ == 0)
			*first = d;
	}
	return found;
}

const char *people_name(const struct deputy_list *list, const char *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->rows[i].id, id) == 0)
			return list->rows[i].name;
	return id;
}

void people_tell_apart(const struct deputy_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct deputy_row *d = &list->rows[i];
		if (strcmp(d->name, name) == 0)
			fprintf(stderr, "  %s\t%s\t%s\t%s\n", d->id, d->name, d->constituency, d->group);
	}
}
