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
	static const char between[] = "、";
	size_t len = strlen(village);
	/* Whole names only: 新街村 is not 新街村二组. */
	for (const char *at = deputy->villages; at; at = strstr(at, between), at = at ? at + sizeof between - 1 : NULL) {
		if (strncmp(at, village, len) == 0 && (at[len] == '\0' || strncmp(at + len, between, sizeof between - 1) == 0))
			return true;
	}
	return false;
}
