#include "app/site.h"

#include <string.h>

void site_clear(struct site *site)
{
	deputy_list_clear(&site->deputies);
	village_list_clear(&site->villages);
	rule_list_clear(&site->rules);
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
	const char *found = strstr(deputy->villages, village);
	if (!found)
		return false;
	/* Whole names only: 新街村 is not 新街村二组. */
	const char *after = found + strlen(village);
	bool starts = found == deputy->villages || strncmp(found - 3, "、", 3) == 0;
	return starts && (*after == '\0' || strncmp(after, "、", 3) == 0);
}
