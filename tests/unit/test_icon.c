/* links: kiosk/ui/icon.c kiosk/model/err.c */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/icon.h"

static void test_one(void **state)
{
	(void)state;
	struct icon_set *set;
	assert_int_equal(icon_set_create("assets", &set), ERR_OK);
	const struct mask *m = icon_get(set, "home", 72);
	assert_non_null(m);
	assert_int_equal(m->width, 72);
	assert_int_equal(m->height, 72);
	assert_ptr_equal(m, icon_get(set, "home", 72));
	assert_ptr_not_equal(m, icon_get(set, "home", 44));
	assert_int_equal(icon_get(set, "home", 44)->width, 44);
	assert_null(icon_get(set, "no-such-icon", 72));
	assert_null(icon_get(set, "no-such-icon", 44));
	assert_null(icon_get(set, "../ui/home", 72));
	assert_null(icon_get(set, "", 72));
	assert_null(icon_get(set, "home", 0));
	assert_null(icon_get(set, "home", 100000));
	icon_set_destroy(set);
}

static void see(const struct mask *m, const char *name)
{
	int ink = 0, solid = 0;
	for (int y = 0; y < m->height; y++)
		for (int x = 0; x < m->width; x++) {
			int v = m->bytes[y * m->stride + x];
			ink += v > 0;
			solid += v == 255;
			/* Nothing is cut off at the edge. */
			if (v > 128 && (x == 0 || y == 0 || x == m->width - 1 || y == m->height - 1))
				fail_msg("%s touches its edge", name);
		}
	if (ink < 96 * 3 || solid < 96 || ink > 96 * 96 / 2)
		fail_msg("%s: %d pixels of ink, %d solid", name, ink, solid);
}

static void test_every_file_draws(void **state)
{
	(void)state;
	struct icon_set *set;
	int count = 0;
	DIR *dir = opendir("assets/ui");
	assert_non_null(dir);
	assert_int_equal(icon_set_create("assets", &set), ERR_OK);
	for (struct dirent *d; (d = readdir(dir));) {
		char name[64];
		size_t len = strlen(d->d_name);
		if (len < 5 || len > sizeof(name) || strcmp(d->d_name + len - 4, ".svg") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)len - 4, d->d_name);
		const struct mask *m = icon_get(set, name, 96);
		assert_non_null(m);
		see(m, name);
		count++;
	}
	closedir(dir);
	icon_set_destroy(set);
	assert_true(count >= 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_every_file_draws),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
