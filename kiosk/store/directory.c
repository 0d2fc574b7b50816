/* directory.c: what the wall and the forms show: deputies, villages, rules, who is on duty. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "store/store_internal.h"
#include "store/wall_order.h"

struct sortable { struct deputy_row row; int level, ordinal; };

static int by_wall_order(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;
	struct wall_place p = {x->level, x->ordinal, x->row.constituency, x->row.initials, x->row.name, x->row.id};
	struct wall_place q = {y->level, y->ordinal, y->row.constituency, y->row.initials, y->row.name, y->row.id};
	return wall_compare(&p, &q);
}

/* One row of the join: the first of a person (lowest level first) gives constituency and villages, later ones
 * add levels. */
static enum err take_mandate(sqlite3_stmt *stmt, struct sortable *d, bool first)
{
	char level[16];
	enum err e = db_text(stmt, 6, level, sizeof level);
	if (e != ERR_OK || !level[0])
		return e;
	if (first) {
		d->level = wall_level(level);
		e = db_text(stmt, 7, d->row.constituency, sizeof d->row.constituency);
		if (e == ERR_OK)
			e = db_text(stmt, 8, d->row.villages, sizeof d->row.villages);
		d->ordinal = wall_ordinal(d->row.constituency);
	}
	size_t used = strlen(d->row.levels);
	if (!strstr(d->row.levels, level))
		snprintf(d->row.levels + used, sizeof d->row.levels - used, "%s%s", used ? "," : "", level);
	return e;
}

static enum err take_person(sqlite3_stmt *stmt, struct deputy_row *r)
{
	struct { char *out; size_t size; } fields[] = {
		{r->id, sizeof r->id}, {r->name, sizeof r->name}, {r->gender, sizeof r->gender},
		{r->group, sizeof r->group}, {r->job, sizeof r->job}, {r->initials, sizeof r->initials},
	};
	enum err e = ERR_OK;
	for (int i = 0; e == ERR_OK && i < 6; i++)
		e = db_text(stmt, i, fields[i].out, fields[i].size);
	return e;
}

enum err store_deputies(struct store *store, struct deputy_list *list)
{
	struct sortable *people = NULL;
	size_t count = 0, room = 0;
	sqlite3_stmt *stmt;
	bool row = false;
	enum err e = db_query(
		store->db, &stmt,
		"SELECT d.id, d.name, d.gender, d.grp, d.job, d.initials, m.level, m.constituency, m.villages"
		" FROM deputies d LEFT JOIN mandates m ON m.deputy = d.id"
		" ORDER BY d.id, CASE m.level WHEN 'township' THEN 0 WHEN 'county' THEN 1 ELSE 2 END, m.position",
		"");
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const char *id = (const char *)sqlite3_column_text(stmt, 0);
		bool first = count == 0 || strcmp(people[count - 1].row.id, id) != 0;
		if (first) {
			void *rows = people;
			e = rows_grow(&rows, count, &room, sizeof *people);
			people = rows;
			if (e != ERR_OK)
				break;
			memset(&people[count], 0, sizeof people[count]);
			people[count].level = WALL_LEVEL_NONE;
			e = take_person(stmt, &people[count++].row);
		}
		if (e == ERR_OK)
			e = take_mandate(stmt, &people[count - 1], first);
	}
	sqlite3_finalize(stmt);
	struct deputy_row *rows = NULL;
	if (e == ERR_OK && count > 0) {
		qsort(people, count, sizeof *people, by_wall_order);
		rows = calloc(count, sizeof *rows);
		e = rows ? ERR_OK : ERR_NOMEM;
		for (size_t i = 0; rows && i < count; i++)
			rows[i] = people[i].row;
	}
	free(people);
	if (e != ERR_OK)
		return e;
	list->rows = rows;
	list->count = count;
	return ERR_OK;
}

bool store_deputies_changed(struct store *store, int64_t *link)
{
	sqlite3_stmt *stmt;
	int64_t newest = 0;
	bool row = false, changed = true;
	/* The links one by one: by table (hence the +) all that was ever written of deputies would be gone through. */
	enum err e = db_query(store->db, &stmt,
	                      "SELECT (SELECT max(seq) FROM audit), EXISTS(SELECT 1 FROM audit_items"
	                      " WHERE link > ? AND +tbl IN ('deputies', 'mandates'))",
	                      "i", *link);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK && row) {
		newest = sqlite3_column_int64(stmt, 0);
		changed = sqlite3_column_int(stmt, 1) != 0;
	}
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		*link = newest;
	return changed;
}

void deputy_list_clear(struct deputy_list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
}

struct villages { char (*names)[128]; size_t count, room; };

static enum err add_village(struct villages *v, const char *name, size_t len)
{
	if (len == 0 || len >= sizeof v->names[0])
		return ERR_OK;
	for (size_t i = 0; i < v->count; i++)
		if (strlen(v->names[i]) == len && memcmp(v->names[i], name, len) == 0)
			return ERR_OK;
	void *rows = v->names;
	enum err e = rows_grow(&rows, v->count, &v->room, sizeof v->names[0]);
	v->names = rows;
	if (e != ERR_OK)
		return e;
	memcpy(v->names[v->count], name, len);
	v->names[v->count++][len] = '\0';
	return ERR_OK;
}

/* Offices part the names by 、 or by any of the marks that keyboards give instead. */
static enum err split_villages(struct villages *v, const char *text)
{
	static const char *const marks[] = {"、", "，", "；", ",", ";", " ", "　"};
	const char *from = text, *p = text;
	enum err e = ERR_OK;
	while (e == ERR_OK) {
		size_t skip = 0;
		for (size_t i = 0; *p && i < sizeof marks / sizeof marks[0] && skip == 0; i++)
			if (strncmp(p, marks[i], strlen(marks[i])) == 0)
				skip = strlen(marks[i]);
		if (*p && skip == 0) {
			p++;
			continue;
		}
		e = add_village(v, from, (size_t)(p - from));
		if (!*p)
			break;
		p += skip;
		from = p;
	}
	return e;
}

enum err deputies_villages(const struct deputy_list *deputies, struct village_list *list)
{
	struct villages v = {0};
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < deputies->count; i++)
		e = split_villages(&v, deputies->rows[i].villages);
	if (e != ERR_OK) {
		free(v.names);
		return e;
	}
	list->names = v.names;
	list->count = v.count;
	return ERR_OK;
}

void village_list_clear(struct village_list *list)
{
	free(list->names);
	list->names = NULL;
	list->count = 0;
}

static enum err take_rule(sqlite3_stmt *stmt, void *to, void *arg)
{
	struct rule_row *row = to;
	(void)arg;
	enum err e = db_text(stmt, 0, row->id, sizeof row->id);
	if (e == ERR_OK)
		e = db_text(stmt, 1, row->title, sizeof row->title);
	row->article_count = (size_t)sqlite3_column_int64(stmt, 2);
	return e;
}

enum err store_rules(struct store *store, struct rule_list *list)
{
	void *rows;
	sqlite3_stmt *stmt;
	enum err e = db_query(store->db, &stmt,
	                      "SELECT id, title, article_count FROM rules ORDER BY position, id", "");
	if (e == ERR_OK)
		e = rows_read(stmt, take_rule, NULL, sizeof *list->rows, &rows, &list->count);
	if (e == ERR_OK)
		list->rows = rows;
	return e;
}

void rule_list_clear(struct rule_list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
}

enum err store_rule_text(struct store *store, const char *id, char **text)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt, "SELECT text FROM rules WHERE id = ?", "s", id);
	if (e == ERR_OK) {
		char *copy = strdup((const char *)sqlite3_column_text(stmt, 0));
		e = copy ? ERR_OK : ERR_NOMEM;
		if (copy)
			*text = copy;
	}
	sqlite3_finalize(stmt);
	return e;
}

enum err store_duty_now(struct store *store, int64_t now_ms, struct duty_row *row)
{
	struct civil_time t = civil_from_ms(now_ms);
	char day[11], week[4], at[6];
	int weekday = civil_weekday(t.date);
	sqlite3_stmt *stmt;
	bool found = false;
	civil_format(t.date, day);
	snprintf(at, sizeof at, "%02u:%02u", (unsigned)t.hour % 24, (unsigned)t.minute % 60);
	snprintf(week, sizeof week, "w%d", weekday == 0 ? 7 : weekday);
	memset(row, 0, sizeof *row);
	/* A day of its own in the rota stands before the weekly one. */
	enum err e = db_query(
		store->db, &stmt,
		"SELECT deputy, starts, ends, duties.room FROM duties JOIN deputies d ON d.id = deputy"
		" WHERE day IN (?1, ?2) AND starts <= ?3 AND ends > ?3 ORDER BY day = ?2, starts, duties.id LIMIT 1",
		"sss", day, week, at);
	if (e == ERR_OK)
		e = db_step(stmt, &found);
	if (e == ERR_OK && found) {
		e = db_text(stmt, 0, row->deputy, sizeof row->deputy);
		if (e == ERR_OK)
			e = db_text(stmt, 1, row->from, sizeof row->from);
		if (e == ERR_OK)
			e = db_text(stmt, 2, row->until, sizeof row->until);
		if (e == ERR_OK)
			e = db_text(stmt, 3, row->room, sizeof row->room);
	}
	sqlite3_finalize(stmt);
	return e;
}
