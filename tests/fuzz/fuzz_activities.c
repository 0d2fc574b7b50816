/* links: kiosk/model/activity_csv.c kiosk/model/activity.c kiosk/model/duty_text.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/civil.c kiosk/model/utf8.c kiosk/model/err.c */
/* An office's table of activities, of any bytes: activities that are whole, or problems that name their rows. */
#include "model/activity_csv.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

static void check_row(const struct activity_plan_row *row)
{
	const struct activity *a = &row->activity;
	const char *why;
	HOLDS(activity_check(a, &why) == ERR_OK);
	HOLDS(row->row > 1 && row->who_count > 0);
	HOLDS(utf8_valid(a->title, strlen(a->title)) && utf8_valid(a->place, strlen(a->place)));
	for (size_t i = 0; i < row->who_count; i++) {
		const struct activity_who *w = &row->who[i];
		HOLDS(memchr(w->name, '\0', sizeof w->name) && memchr(w->seat, '\0', sizeof w->seat));
		HOLDS(utf8_valid(w->name, strlen(w->name)) && utf8_valid(w->seat, strlen(w->seat)));
		HOLDS(w->kind == WHO_ALL ? !w->name[0] : w->name[0] != '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);
	struct activity_plan plan = {0};
	struct roster_problems problems = {0};
	if (activity_parse_csv(text, len, (struct civil_date){2026, 2, 26}, &plan, &problems) == ERR_OK) {
		for (size_t i = 0; i < plan.count; i++) {
			check_row(&plan.rows[i]);
			for (size_t k = 0; k < i; k++)
				HOLDS(strcmp(plan.rows[i].activity.id, plan.rows[k].activity.id) != 0);
		}
	} else {
		HOLDS(problems.count > 0);
		for (size_t i = 0; i < problems.count; i++)
			HOLDS(problems.items[i].fault && utf8_valid(problems.items[i].what, strlen(problems.items[i].what)));
	}
	activity_plan_clear(&plan);
	roster_problems_clear(&problems);
	free(text);
	return 0;
}
