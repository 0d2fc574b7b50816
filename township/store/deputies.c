/* Deputies with their mandates, as they are kept and as lists show them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"
#include "township/store_groups.h"

static enum err group_id(struct town_store *store, const char *name, int64_t *id)
{
	enum err e = town_group_find(store, name, id);
	return e == ERR_NOT_FOUND ? town_group_add(store, name, id) : e;
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
	return db_run(store, "UPDATE deputies SET left_ms = ?, group_role = '' WHERE id = ?", "it", at_ms, id);
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

/* ---- whole people ---- */

#define PERSON_COLUMNS \
	"SELECT d.id, d.name, d.gender, d.nation, d.birth, d.job, d.phone, d.initials, coalesce(g.name, ''), d.group_role," \
	" d.left_ms IS NOT NULL, i.salt, i.ops, i.mem_kib, i.digest FROM deputies d LEFT JOIN groups g ON g.id = d.group_id" \
	" LEFT JOIN id_digests i ON i.deputy = d.id "

/* What the row says; the statement stays where it is. */
static enum err read_person(sqlite3_stmt *stmt, struct town_person *person)
{
	struct roster_person *p = &person->p;
	enum err e = ERR_OK;
	memset(person, 0, sizeof *person);
	db_text(stmt, 0, p->id, sizeof p->id);
	db_text(stmt, 1, p->name, sizeof p->name);
	db_text(stmt, 2, p->gender, sizeof p->gender);
	db_text(stmt, 3, p->nation, sizeof p->nation);
	db_text(stmt, 4, p->birth, sizeof p->birth);
	db_text(stmt, 5, p->job, sizeof p->job);
	db_text(stmt, 6, p->phone, sizeof p->phone);
	db_text(stmt, 7, p->initials, sizeof p->initials);
	db_text(stmt, 8, p->group, sizeof p->group);
	db_text(stmt, 9, p->group_role, sizeof p->group_role);
	person->left = sqlite3_column_int(stmt, 10) != 0;
	if (sqlite3_column_type(stmt, 14) != SQLITE_NULL) {
		e = db_bytes(stmt, 11, p->id_params.salt, sizeof p->id_params.salt);
		if (!e)
			e = db_bytes(stmt, 14, p->id_digest, sizeof p->id_digest);
		p->id_params.ops = (uint32_t)sqlite3_column_int64(stmt, 12);
		p->id_params.mem_kib = (uint32_t)sqlite3_column_int64(stmt, 13);
		p->has_digest = !e;
	}
	return e;
}

static enum err read_mandates(struct town_store *store, struct roster_person *p)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt, "SELECT level, constituency, villages FROM mandates WHERE deputy = ? ORDER BY n", "t", p->id);
	while (!e && p->mandate_count < sizeof p->mandates / sizeof *p->mandates && !(e = db_step(stmt))) {
		struct roster_mandate *m = &p->mandates[p->mandate_count++];
		db_text(stmt, 0, m->level, sizeof m->level);
		db_text(stmt, 1, m->constituency, sizeof m->constituency);
		db_text(stmt, 2, m->villages, sizeof m->villages);
	}
	if (!e)
		sqlite3_reset(stmt);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err town_person_get(struct town_store *store, const char *id, struct town_person *person)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, PERSON_COLUMNS "WHERE d.id = ?", "t", id);
	if (e)
		return e;
	e = read_person(stmt, person);
	sqlite3_reset(stmt);
	return e ? e : read_mandates(store, &person->p);
}

enum err town_people_get(struct town_store *store, bool with_left, struct town_people *people)
{
	sqlite3_stmt *stmt;
	size_t room = 0;
	memset(people, 0, sizeof *people);
	enum err e = db_query(store, &stmt, PERSON_COLUMNS "WHERE ? OR d.left_ms IS NULL ORDER BY d.rowid", "d", (int)with_left);
	while (!e && !(e = db_step(stmt))) {
		if (people->count == room) {
			struct town_person *grown = realloc(people->items, (room ? room * 2 : 64) * sizeof *grown);
			if (!grown) {
				e = ERR_NOMEM;
				sqlite3_reset(stmt);
				break;
			}
			people->items = grown;
			room = room ? room * 2 : 64;
		}
		e = read_person(stmt, &people->items[people->count]);
		if (e)
			sqlite3_reset(stmt);
		else
			people->count++;
	}
	e = e == ERR_NOT_FOUND ? ERR_OK : e;
	for (size_t i = 0; i < people->count && !e; i++)
		e = read_mandates(store, &people->items[i].p);
	if (e)
		town_people_clear(people);
	return e;
}

void town_people_clear(struct town_people *people)
{
	free(people->items);
	memset(people, 0, sizeof *people);
}
