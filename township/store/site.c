/* The wall: deputies with their mandates and groups, rules, duty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

static enum err group_id(struct town_store *store, const char *name, int64_t *id)
{
	enum err e = db_run(store, "INSERT INTO groups(name) VALUES (?) ON CONFLICT DO NOTHING", "t", name);
	return e ? e : db_one_number(store, id, "SELECT id FROM groups WHERE name = ?", "t", name);
}

enum err town_deputy_put(struct town_store *store, const struct roster_person *p)
{
	int64_t group = 0;
	enum err e = ERR_OK;
	if (p->group[0])
		e = group_id(store, p->group, &group);
	if (!e)
		e = db_run(store,
		           "INSERT INTO deputies(id, name, gender, nation, birth, job, phone, initials, group_id, "
		           "group_role)"
		           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), ?10) ON CONFLICT (id) DO UPDATE "
		           "SET name = ?2,"
		           " gender = ?3, nation = ?4, birth = ?5, job = ?6, phone = ?7, initials = ?8, group_id = "
		           "nullif(?9, 0),"
		           " group_role = ?10, left_ms = NULL",
		           "ttttttttit", p->id, p->name, p->gender, p->nation, p->birth, p->job, p->phone,
		           p->initials, group, p->group_role);
	if (!e)
		e = db_run(store, "DELETE FROM mandates WHERE deputy = ?", "t", p->id);
	for (size_t i = 0; i < p->mandate_count && !e; i++)
		e = db_run(store,
		           "INSERT INTO mandates(deputy, n, level, constituency, villages) VALUES (?, ?, ?, ?, ?)",
		           "tdttt", p->id, (int)i, p->mandates[i].level, p->mandates[i].constituency,
		           p->mandates[i].villages);
	return e;
}

enum err town_deputy_name(struct town_store *store, const char *id, char name[128])
{
	return db_one_text(store, name, 128, "SELECT name FROM deputies WHERE id = ?", "t", id);
}

enum err town_deputy_resolve(struct town_store *store, const char *id_or_name, char id[REPORT_ID_SIZE])
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT id FROM deputies WHERE left_ms IS NULL AND (id = ?1 OR name = ?1) ORDER BY id = ?1 DESC"
	                    " LIMIT 2",
	                    "t", id_or_name);
	if (e)
		return e;
	db_text(stmt, 0, id, REPORT_ID_SIZE);
	if (strcmp(id, id_or_name) != 0) {
		e = db_step(stmt);
		e = e == ERR_NOT_FOUND ? ERR_OK : e ? e : ERR_EXISTS;
	}
	sqlite3_reset(stmt);
	return e;
}

enum err town_deputy_leave(struct town_store *store, const char *id, int64_t at_ms)
{
	return db_run(store, "UPDATE deputies SET left_ms = ? WHERE id = ?", "it", at_ms, id);
}

enum err town_deputy_has_left(struct town_store *store, const char *id_or_name, bool *left)
{
	int64_t count = 0;
	enum err e = db_one_number(store, &count,
	                           "SELECT count(*) FROM deputies WHERE left_ms IS NOT NULL AND (id = ?1 OR name = ?1)", "t",
	                           id_or_name);
	*left = count > 0;
	return e;
}

enum err town_rule_put(struct town_store *store, const struct rules_rule *rule)
{
	return db_run(store,
	              "INSERT INTO rules(id, title, text, article_count) VALUES (?1, ?2, ?3, ?4)"
	              " ON CONFLICT (id) DO UPDATE SET title = ?2, text = ?3, article_count = ?4",
	              "ttti", rule->id, rule->title, rule->text, (int64_t)rule->article_count);
}

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
