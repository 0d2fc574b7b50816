/* What becomes of the ID numbers in a roster. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "model/roster.h"
#include "model/roster_fault.h"

static int by_number(const void *a, const void *b)
{
	const struct roster_person *const *pa = a, *const *pb = b;
	return strcmp((*pa)->id_number, (*pb)->id_number);
}

enum err roster_check_ids(const struct roster *roster, struct roster_problems *problems)
{
	const struct roster_person **sorted = malloc((roster->count + 1) * sizeof(const struct roster_person *));
	size_t count = 0;
	enum err e = sorted ? ERR_OK : ERR_NOMEM;
	for (size_t i = 0; e == ERR_OK && i < roster->count; i++) {
		if (roster->people[i].id_number[0])
			sorted[count++] = &roster->people[i];
	}
	if (count > 1)
		qsort(sorted, count, sizeof(const struct roster_person *), by_number);
	for (size_t i = 1; e == ERR_OK && i < count; i++) {
		if (by_number(&sorted[i - 1], &sorted[i]) == 0)
			e = roster_problem_add(problems, 0, FAULT_ID_TWICE, sorted[i]->name);
	}
	free(sorted);
	return e;
}

enum err roster_digest_ids(struct roster *roster, const struct id_params *params)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < roster->count; i++) {
		struct roster_person *p = &roster->people[i];
		if (e == ERR_OK && p->id_number[0]) {
			e = id_digest(p->id_number, params, p->id_digest);
			p->id_params = *params;
			p->has_digest = e == ERR_OK;
		}
		sodium_memzero(p->id_number, sizeof p->id_number); /* also those that are left when one failed */
	}
	return e;
}
