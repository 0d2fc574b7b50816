/* What a search of the words found, for the list's query: town_hit(id). */
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

bool town_hits_id(const char *uuid, uint8_t id[16])
{
	/* '0' to '9', 'A' to 'F', 'a' to 'f' as 1 to 16. */
	static const uint8_t digits[256] = {
		['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
		['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
		['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	};
	int n = 0;
	for (const char *p = uuid; *p; p++) {
		int digit = digits[(unsigned char)*p] - 1;
		if (*p == '-')
			continue;
		if (digit < 0 || n == 32)
			return false;
		id[n / 2] = (uint8_t)(n % 2 ? id[n / 2] << 4 | digit : digit);
		n++;
	}
	return n == 32;
}

void town_hits_clear(struct town_hits *hits)
{
	free(hits->ids);
	memset(hits, 0, sizeof *hits);
}

/* Where the id is in the table, or where it would be: at a slot that is 0. */
static size_t hit_slot(const struct town_store *store, const uint8_t id[16])
{
	uint64_t a, b;
	memcpy(&a, id, 8);
	memcpy(&b, id + 8, 8);
	size_t at = (size_t)((a ^ b) * 0x9E3779B97F4A7C15u >> 20) & store->hit_mask;
	while (store->hit_slots[at] && memcmp(store->hits->ids[store->hit_slots[at] - 1], id, 16) != 0)
		at = (at + 1) & store->hit_mask;
	return at;
}

enum err db_hits_begin(struct town_store *store, const struct town_hits *hits)
{
	size_t size = 16;
	if (!hits)
		return ERR_OK;
	if (hits->count >= UINT32_MAX / 4)
		return ERR_TOO_LONG;
	while (size < hits->count * 2)
		size *= 2;
	store->hit_slots = calloc(size, sizeof *store->hit_slots);
	if (!store->hit_slots)
		return ERR_NOMEM;
	store->hit_mask = size - 1;
	store->hits = hits;
	for (size_t i = 0; i < hits->count; i++)
		store->hit_slots[hit_slot(store, hits->ids[i])] = (uint32_t)i + 1;
	return ERR_OK;
}

void db_hits_end(struct town_store *store)
{
	free(store->hit_slots);
	store->hit_slots = NULL;
	store->hits = NULL;
}

/* town_hit(id): whether the search found that case. */
static void hit_function(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct town_store *store = sqlite3_user_data(context);
	const char *text = count == 1 && store->hits ? (const char *)sqlite3_value_text(values[0]) : NULL;
	uint8_t id[16];
	sqlite3_result_int(context, text && town_hits_id(text, id) && store->hit_slots[hit_slot(store, id)]);
}

enum err db_hits_function(struct town_store *store)
{
	return db_err(sqlite3_create_function_v2(store->db, "town_hit", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, store,
	                                         hit_function, NULL, NULL, NULL));
}
