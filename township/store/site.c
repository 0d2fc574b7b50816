/* The rota. Deputies are in deputies.c, rules in rules.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

enum err town_duty_put(struct town_store *store, const struct town_duty *duty)
{
	return db_run(store,
	              "INSERT INTO duty(id, deputy, date, weekday, from_time, until_time, room) VALUES (?, ?, ?, "
	              "?, ?, ?, ?)",
	              "tttdttt", duty->id, duty->deputy, duty->date, duty->weekday, duty->from, duty->until,
	              duty->room);
}

enum err town_duties_drop(struct town_store *store)
{
	return db_run(store, "DELETE FROM duty", "");
}

enum err town_duties_get(struct town_store *store, struct town_duties *duties)
{
	sqlite3_stmt *stmt;
	memset(duties, 0, sizeof *duties);
	enum err e =
		db_query(store, &stmt,
	             "SELECT id, deputy, date, weekday, from_time, until_time, room FROM duty ORDER BY id", "");
	while (!e && !(e = db_step(stmt))) {
		struct town_duty *grown = realloc(duties->items, (duties->count + 1) * sizeof *grown);
		if (!grown) {
			sqlite3_reset(stmt);
			town_duties_clear(duties);
			return ERR_NOMEM;
		}
		duties->items = grown;
		struct town_duty *d = &grown[duties->count++];
		db_text(stmt, 0, d->id, sizeof d->id);
		db_text(stmt, 1, d->deputy, sizeof d->deputy);
		db_text(stmt, 2, d->date, sizeof d->date);
		d->weekday = sqlite3_column_int(stmt, 3);
		db_text(stmt, 4, d->from, sizeof d->from);
		db_text(stmt, 5, d->until, sizeof d->until);
		db_text(stmt, 6, d->room, sizeof d->room);
	}
	if (e != ERR_NOT_FOUND) {
		town_duties_clear(duties);
		return e;
	}
	return ERR_OK;
}

void town_duties_clear(struct town_duties *duties)
{
	free(duties->items);
	memset(duties, 0, sizeof *duties);
}
