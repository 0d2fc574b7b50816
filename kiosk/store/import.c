/* import.c: a whole roster, rule book or rota in place of the one before. */
#include <stdio.h>
#include <string.h>

#include "model/roster_fault.h"
#include "store/content.h"
#include "store/store_admin.h"
#include "store/wake.h"

/* Deletes the rows of a table that `keep` does not want; every id is read before the first one goes. */
static enum err delete_others(struct store *store, const char *sql,
                              bool (*keep)(const void *ctx, const char *id), const void *ctx,
                              enum err (*drop)(struct store *store, const char *id))
{
	enum { BATCH = 64 };
	char ids[BATCH][REPORT_ID_SIZE];
	size_t count = BATCH;
	enum err e = ERR_OK;
	while (e == ERR_OK && count == BATCH) {
		sqlite3_stmt *stmt;
		bool row = false;
		count = 0;
		e = db_query(store->db, &stmt, sql, "");
		while (e == ERR_OK && count < BATCH && (e = db_step(stmt, &row)) == ERR_OK && row) {
			e = db_text(stmt, 0, ids[count], sizeof ids[count]);
			if (e == ERR_OK && !keep(ctx, ids[count]))
				count++;
		}
		sqlite3_finalize(stmt);
		for (size_t i = 0; e == ERR_OK && i < count; i++)
			e = drop(store, ids[i]);
	}
	return e;
}

static enum err finish(struct store *store, enum err e, const char *kind)
{
	if (e == ERR_OK)
		e = tx_commit(store, kind);
	tx_rollback(store);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

static bool in_roster(const void *ctx, const char *id)
{
	const struct roster *r = ctx;
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->people[i].id, id) == 0)
			return true;
	return false;
}

enum err store_import_roster(struct store *store, const struct roster *roster)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = delete_others(store, "SELECT id FROM deputies", in_roster, roster, person_delete);
	for (size_t i = 0; e == ERR_OK && i < roster->count; i++)
		e = person_put(store, &roster->people[i]);
	return finish(store, e, "import.roster");
}

static bool in_rules(const void *ctx, const char *id)
{
	const struct rules_text *t = ctx;
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->rules[i].id, id) == 0)
			return true;
	return false;
}

static enum err drop_rule(struct store *store, const char *id)
{
	return row_delete(store, "rules", "id", id);
}

enum err store_import_rules(struct store *store, const struct rules_text *rules)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = delete_others(store, "SELECT id FROM rules", in_rules, rules, drop_rule);
	for (size_t i = 0; e == ERR_OK && i < rules->count; i++) {
		const struct rules_rule *r = &rules->rules[i];
		e = rule_put(store, r->id, (int64_t)i + 1, r->title, (int64_t)r->article_count, r->text);
	}
	return finish(store, e, "import.rules");
}

static bool keep_none(const void *ctx, const char *id)
{
	(void)ctx;
	(void)id;
	return false;
}

static enum err drop_duty(struct store *store, const char *id)
{
	return row_delete(store, "duties", "id", id);
}

static enum err find_deputy(struct store *store, const struct duty_slot *slot, char id[REPORT_ID_SIZE],
                            struct roster_problems *problems)
{
	sqlite3_stmt *stmt;
	bool row = false, second = false;
	enum err e = db_query(store->db, &stmt, "SELECT id FROM deputies WHERE name = ? LIMIT 2", "s",
	                      slot->name);
	if (e == ERR_OK)
		e = db_step(stmt, &row);
	if (e == ERR_OK && row)
		e = db_text(stmt, 0, id, REPORT_ID_SIZE);
	if (e == ERR_OK && row)
		e = db_step(stmt, &second);
	sqlite3_finalize(stmt);
	if (e == ERR_OK && !row)
		e = roster_problem_add(problems, slot->row, FAULT_NOT_IN_ROSTER, slot->name);
	else if (e == ERR_OK && second)
		e = roster_problem_add(problems, slot->row, FAULT_SEVERAL, slot->name);
	return e;
}

enum err store_import_duty(struct store *store, const struct duty_plan *plan,
                           struct roster_problems *problems)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = delete_others(store, "SELECT id FROM duties", keep_none, NULL, drop_duty);
	for (size_t i = 0; e == ERR_OK && i < plan->count; i++) {
		const struct duty_slot *s = &plan->slots[i];
		struct duty_entry d = {0};
		size_t known = problems->count;
		e = find_deputy(store, s, d.deputy, problems);
		if (e != ERR_OK || problems->count > known)
			continue;
		snprintf(d.id, sizeof d.id, "d-%s-%s-%u", s->day, s->from, (unsigned)i);
		memcpy(d.day, s->day, sizeof d.day);
		memcpy(d.from, s->from, sizeof d.from);
		memcpy(d.until, s->until, sizeof d.until);
		memcpy(d.room, s->room, sizeof d.room);
		e = duty_put(store, &d);
	}
	if (e == ERR_OK && problems->count > 0)
		e = ERR_INVALID;
	return finish(store, e, "import.duty");
}
