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

/* Everything is read anew for each sign-in, but a roster of ten thousand takes longer than a frame may. */
static void load_deputies(struct site *site, struct store *store)
{
	struct deputy_list deputies = { 0 };
	struct village_list villages = { 0 };
	int64_t link = site->deputies_link;
	if (store_deputies_changed(store, &link)) {
		if (store_deputies(store, &deputies) != ERR_OK || deputies_villages(&deputies, &villages) != ERR_OK) {
			deputy_list_clear(&deputies);
			return;
		}
		deputy_list_clear(&site->deputies);
		village_list_clear(&site->villages);
		site->deputies = deputies;
		site->villages = villages;
	}
	site->deputies_link = link;
}

void site_load(struct site *site, struct store *store, int64_t wall_ms)
{
	load_deputies(site, store);
	struct rule_list rules = { 0 };
	if (store_rules(store, &rules) == ERR_OK) {
		rule_list_clear(&site->rules);
		site->rules = rules;
	}
	/* A clock that cannot be believed knows no day: what is near the last day that was known is listed. */
	int64_t now_ms = wall_ms;
	if (store_clock(store, &now_ms, &site->clock_ok) != ERR_OK)
		now_ms = wall_ms;
	int64_t morning_ms = civil_to_ms(civil_from_ms(now_ms).date);
	int64_t until_ms = civil_to_ms(civil_add_days(civil_from_ms(now_ms).date, AHEAD_DAYS));
	struct activity_list activities = { 0 };
	if (store_activities(store, morning_ms, until_ms, &activities) == ERR_OK) {
		activity_list_clear(&site->activities);
		site->activities = activities;
	}
	site->on_duty = store_duty_now(store, wall_ms, &site->duty) == ERR_OK && site->duty.deputy[0];
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
