#include "app/site.h"

#include <string.h>

#include "model/civil.h"

enum { AHEAD_DAYS = 60 };

void site_clear(struct site *site)
{
	deputy_list_clear(&site->deputies);
	village_list_clear(&site->villages);
	rule_list_clear(&site->rules);
	activity_list_clear(&site->activities);
	memset(site, 0, sizeof *site);
}

void site_load(struct site *site, struct store *store, int64_t wall_ms)
{
	struct site fresh = { 0 };
	if (store_deputies(store, &fresh.deputies) != ERR_OK || store_villages(store, &fresh.villages) != ERR_OK ||
	    store_rules(store, &fresh.rules) != ERR_OK) {
		site_clear(&fresh);
		return;
	}
	int64_t morning_ms = civil_to_ms(civil_from_ms(wall_ms).date);
	int64_t until_ms = civil_to_ms(civil_add_days(civil_from_ms(wall_ms).date, AHEAD_DAYS));
	(void)!store_activities(store, morning_ms, until_ms, &fresh.activities); /* none is better than no wall at all */
	fresh.on_duty = store_duty_now(store, wall_ms, &fresh.duty) == ERR_OK && fresh.duty.deputy[0];
	site_clear(site);
	*site = fresh;
}

const struct deputy_row *site_deputy(const struct site *site, const char *id)
{
	for (size_t i = 0; i < site->deputies.count; i++) {
		if (strcmp(site->deputies.rows[i].id, id) == 0)
			return &site->deputies.rows[i];
	}
	return NULL;
}

bool site_deputy_serves(const struct deputy_row *deputy, const char *village)
{
	static const char between[] = "、";
	size_t len = strlen(village);
	/* Whole names only: 新街村 is not 新街村二组. */
	for (const char *at = deputy->villages; at; at = strstr(at, between), at = at ? at + sizeof between - 1 : NULL) {
		if (strncmp(at, village, len) == 0 && (at[len] == '\0' || strncmp(at + len, between, sizeof between - 1) == 0))
			return true;
	}
	return false;
}

const struct activity_row *site_open_activity(const struct site *site, int64_t wall_ms)
{
	const struct activity_row *open = NULL;
	for (size_t i = 0; i < site->activities.count; i++) {
		const struct activity_row *row = &site->activities.rows[i];
		if (activity_phase_at(&row->activity, wall_ms) == ACTIVITY_OPEN &&
		    (!open || row->activity.ends_ms < open->activity.ends_ms))
			open = row;
	}
	return open;
}

bool site_activity_today(const struct activity *a, int64_t wall_ms)
{
	struct civil_date today = civil_from_ms(wall_ms).date;
	return a->starts_ms < civil_to_ms(civil_add_days(today, 1)) && a->ends_ms > civil_to_ms(today);
}
