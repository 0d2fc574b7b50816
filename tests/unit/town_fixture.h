/* town_fixture.h: a township of its own for a test: keys, a store in a folder under TMPDIR, and some deputies. */
#ifndef TESTS_TOWN_FIXTURE_H
#define TESTS_TOWN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "township/store/db.h"
#include "township/town.h"

struct town_fixture {
	char root[512];
	struct town town;
};

static inline int fixture_remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* "p-01" and on, 代表01 and on. */
static inline void fixture_town_deputies(struct town_fixture *f, int count)
{
	assert_int_equal(town_begin(f->town.store), ERR_OK);
	for (int i = 1; i <= count; i++) {
		struct roster_person p = {0};
		snprintf(p.id, sizeof p.id, "p-%02d", i);
		snprintf(p.name, sizeof p.name, "代表%02d", i);
		snprintf(p.mandates[0].level, sizeof p.mandates[0].level, "township");
		p.mandate_count = 1;
		assert_int_equal(town_deputy_put(f->town.store, &p), ERR_OK);
	}
	assert_int_equal(town_end(f->town.store, ERR_OK), ERR_OK);
}

static inline int fixture_town_open(void **state)
{
	const char *temp = getenv("TMPDIR");
	char problem[512] = "";
	struct town_store *store = NULL;
	struct town_fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	assert_true(sodium_init() >= 0);
	snprintf(f->root, sizeof f->root, "%s/dhk-town-XXXXXX", temp ? temp : "/tmp");
	assert_non_null(mkdtemp(f->root));
	struct town_keys *keys = keys_alloc();
	assert_non_null(keys);
	assert_int_equal(keys_create(f->root, keys), ERR_OK);
	assert_int_equal(town_open(f->root, true, &store), ERR_OK);
	assert_int_equal(town_meta_put(store, "seal_public", keys->seal_public, sizeof keys->seal_public), ERR_OK);
	assert_int_equal(town_meta_put(store, "township", "青禾乡", strlen("青禾乡")), ERR_OK);
	town_close(store);
	keys_free(keys);
	assert_int_equal(town_start(f->root, &f->town, problem), ERR_OK);
	fixture_town_deputies(f, 12);
	*state = f;
	return 0;
}

static inline int fixture_town_close(void **state)
{
	struct town_fixture *f = *state;
	town_stop(&f->town);
	nftw(f->root, fixture_remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

/* The room's date so many days from now. */
static inline const char *fixture_day(int from_now, char out[TOWN_DATE_SIZE])
{
	civil_format(civil_add_days(civil_from_ms(town_now_ms()).date, from_now), out);
	return out;
}

#endif
