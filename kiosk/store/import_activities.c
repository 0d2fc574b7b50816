/* import_activities.c: the activities of a table that the office wrote, and who of the roster is invited to each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/roster_fault.h"
#include "store/activity_rows.h"
#include "store/store_admin.h"
#include "store/wake.h"

/* Adds all whom the query finds; *found counts them. */
static enum err add_found(struct store *store, const char *sql, const char *name, const char *seat,
                          struct invitee_list *list, size_t *found)
{
	sqlite3_stmt *stmt;
	bool row = false;
	size_t before = list->count;
	enum err e = db_query(store->db, &stmt, sql, name ? "s" : "", name);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row)
		e = invitee_add(list, (const char *)sqlite3_column_text(stmt, 0), seat);
	sqlite3_finalize(stmt);
	*found = list->count - before;
	return e;
}

/* A name is a group's before it is a person's. */
static enum err add_named(struct store *store, const struct activity_who *who, struct invitee_list *list, size_t *found,
                          bool *several)
{
	enum err e = add_found(store, "SELECT id FROM deputies WHERE grp = ?", who->name, who->seat, list, found);
	if (e != ERR_OK || *found > 0)
		return e;
	e = add_found(store, "SELECT id FROM deputies WHERE name = ? LIMIT 2", who->name, who->seat, list, found);
	*several = *found > 1;
	return e;
}

static enum err add_who(struct store *store, int row, const struct activity_who *who, struct invitee_list *list,
                        struct roster_problems *problems)
{
	size_t found = 0;
	bool several = false;
	enum err e;
	switch (who->kind) {
	case WHO_ALL:
		e = add_found(store, "SELECT id FROM deputies", NULL, "", list, &found);
		break;
	case WHO_LEVEL:
		e = add_found(store, "SELECT DISTINCT deputy FROM mandates WHERE level = ?", who->name, "", list, &found);
		break;
	default:
		e = add_named(store, who, list, &found, &several);
		break;
	}
	if (e == ERR_OK && found == 0)
		e = roster_problem_add(problems, row, who->kind == WHO_NAME ? FAULT_NOT_IN_ROSTER : FAULT_NOBODY, who->name);
	else if (e == ERR_OK && several)
		e = roster_problem_add(problems, row, FAULT_SEVERAL, who->name);
	return e;
}

static enum err import_row(struct store *store, const struct activity_plan_row *row, struct roster_problems *problems)
{
	struct invitee_list list = {0};
	size_t known = problems->count;
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < row->who_count; i++)
		e = add_who(store, row->row, &row->who[i], &list, problems);
	if (e == ERR_OK && problems->count == known)
		e = activity_put(store, &row->activity, &list);
	free(list.rows);
	return e;
}

static bool in_plan(const struct activity_plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->rows[i].activity.id, id) == 0)
			return true;
	return false;
}

/* Takes back one that is still to come and no longer in the plan. ERR_NOT_FOUND: there is none. */
static enum err take_back_one(struct store *store, const struct activity_plan *plan, int64_t now_ms)
{
	sqlite3_stmt *stmt;
	bool row = false;
	char id[REPORT_ID_SIZE] = "";
	enum err e = db_query(store->db, &stmt, "SELECT id FROM activities WHERE starts_ms > ?", "i", now_ms);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		e = db_text(stmt, 0, id, sizeof id);
		if (e != ERR_OK || !in_plan(plan, id))
			break;
	}
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		e = row ? activity_delete(store, id) : ERR_NOT_FOUND;
	return e;
}

/* By a clock that cannot be trusted nothing is taken back: all of it might seem to be still to come. */
static enum err take_back(struct store *store, const struct activity_plan *plan)
{
	struct stamp stamp;
	enum err e = stamp_now(store, &stamp);
	while (e == ERR_OK && stamp.clock_ok)
		e = take_back_one(store, plan, stamp.at_ms);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Inside the open transaction. */
static enum err import_plan(struct store *store, const struct activity_plan *plan, struct roster_problems *problems)
{
	enum err e = take_back(store, plan);
	for (size_t i = 0; e == ERR_OK && i < plan->count; i++)
		e = import_row(store, &plan->rows[i], problems);
	return e == ERR_OK && problems->count > 0 ? ERR_INVALID : e;
}

enum err store_import_activities(struct store *store, const struct activity_plan *plan, struct roster_problems *problems)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = import_plan(store, plan, problems);
	if (e == ERR_OK)
		e = tx_commit(store, "import.activities");
	tx_rollback(store);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

enum err store_try_activities(struct store *store, const struct activity_plan *plan, struct roster_problems *problems)
{
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = import_plan(store, plan, problems);
	tx_rollback(store);
	return e;
}
