/* Plans of activities: what is not published yet, and what of a published one stays at the office. */
#include <string.h>

#include "township/store/activity_row.h"
#include "township/store_activity_papers.h"

void town_plan_clear(struct town_plan *plan)
{
	town_invitees_clear(&plan->invited);
}

/* id, kind, title, place, starts, ends, opens, grace, quorum, signs out, agenda, changed. */
static enum err read_draft(sqlite3_stmt *stmt, struct town_plan *plan)
{
	enum err e = activity_read(stmt, &plan->activity);
	db_text(stmt, 10, plan->agenda, sizeof plan->agenda);
	plan->rev = sqlite3_column_int64(stmt, 11);
	sqlite3_reset(stmt);
	return e;
}

static enum err draft_get(struct town_store *store, const char *id, struct town_plan *plan)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT id, kind, title, place, starts_ms, ends_ms, opens_min, grace_min, quorum, signs_out, agenda,"
	                    " changed_ms FROM activity_drafts WHERE id = ?",
	                    "t", id);
	if (!e)
		e = read_draft(stmt, plan);
	if (!e)
		e = db_query(store, &stmt, "SELECT deputy, seat FROM draft_invitees WHERE activity = ? ORDER BY n", "t", id);
	if (e)
		return e;
	plan->draft = true;
	while (!e && !(e = db_step(stmt)))
		e = town_invitees_add(&plan->invited, (const char *)sqlite3_column_text(stmt, 0),
		                      (const char *)sqlite3_column_text(stmt, 1));
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	sqlite3_reset(stmt);
	town_plan_clear(plan);
	return e;
}

enum err town_plan_get(struct town_store *store, const char *id, struct town_plan *plan)
{
	memset(plan, 0, sizeof *plan);
	enum err e = draft_get(store, id, plan);
	if (e != ERR_NOT_FOUND)
		return e;
	e = town_activity_get(store, id, &plan->activity);
	if (!e)
		e = db_one_text(store, plan->agenda, sizeof plan->agenda, "SELECT agenda FROM activities WHERE id = ?", "t", id);
	if (!e)
		e = db_one_number(store, &plan->rev, "SELECT coalesce(max(n), 0) FROM publications WHERE activity = ?", "t", id);
	return e ? e : town_invitees_get(store, id, &plan->invited);
}

enum err town_draft_put(struct town_store *store, const struct town_plan *plan, const char *user, int64_t now_ms)
{
	const struct activity *a = &plan->activity;
	enum err e = db_run(store,
	                    "INSERT INTO activity_drafts(id, kind, title, place, starts_ms, ends_ms, opens_min, grace_min, quorum,"
	                    " signs_out, agenda, changed_ms, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
	                    " ?12, ?13) ON CONFLICT (id) DO UPDATE SET kind = ?2, title = ?3, place = ?4, starts_ms = ?5,"
	                    " ends_ms = ?6, opens_min = ?7, grace_min = ?8, quorum = ?9, signs_out = ?10, agenda = ?11,"
	                    " changed_ms = ?12, changed_by = ?13",
	                    "ttttiiddddtit", a->id, activity_kind_id(a->kind), a->title, a->place, a->starts_ms, a->ends_ms,
	                    a->opens_min, a->grace_min, a->quorum, a->signs_out ? 1 : 0, plan->agenda, now_ms, user);
	if (!e)
		e = db_run(store, "DELETE FROM draft_invitees WHERE activity = ?", "t", a->id);
	for (size_t i = 0; i < plan->invited.count && !e; i++)
		e = db_run(store, "INSERT INTO draft_invitees(activity, n, deputy, seat) VALUES (?, ?, ?, ?)", "titt", a->id,
		           (int64_t)i, plan->invited.items[i].deputy, plan->invited.items[i].seat);
	return e;
}

enum err town_draft_remove(struct town_store *store, const char *id)
{
	return db_run(store, "DELETE FROM activity_drafts WHERE id = ?", "t", id);
}

static json_t *draft_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "id", sqlite3_column_text(stmt, 0), "kind",
	                 sqlite3_column_text(stmt, 1), "title", sqlite3_column_text(stmt, 2), "place",
	                 sqlite3_column_text(stmt, 3), "starts", (json_int_t)sqlite3_column_int64(stmt, 4), "ends",
	                 (json_int_t)sqlite3_column_int64(stmt, 5), "invited", (json_int_t)sqlite3_column_int64(stmt, 6),
	                 "changed", (json_int_t)sqlite3_column_int64(stmt, 7), "changed_by", sqlite3_column_text(stmt, 8));
}

enum err town_drafts_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT d.id, d.kind, d.title, d.place, d.starts_ms, d.ends_ms,"
	                      " (SELECT count(*) FROM draft_invitees i WHERE i.activity = d.id), d.changed_ms, d.changed_by"
	                      " FROM activity_drafts d ORDER BY d.starts_ms, d.id LIMIT 500",
	                      "");
	return e ? e : db_list(stmt, draft_row, list);
}

enum err town_agenda_put(struct town_store *store, const char *id, const char *agenda)
{
	return db_run(store, "UPDATE activities SET agenda = ? WHERE id = ?", "tt", agenda, id);
}

enum err town_deputies_brief_json(struct town_store *store, json_t **deputies)
{
	sqlite3_stmt *stmt;
	json_t *all = json_object();
	enum err e = all ? db_query(store, &stmt,
	                            "SELECT d.id, d.name, coalesce(g.name, ''), d.left_ms IS NOT NULL FROM deputies d"
	                            " LEFT JOIN groups g ON g.id = d.group_id ORDER BY d.rowid",
	                            "")
	                 : ERR_NOMEM;
	while (!e && !(e = db_step(stmt))) {
		json_t *one = json_pack("{s:s, s:s, s:b}", "name", sqlite3_column_text(stmt, 1), "group",
		                        sqlite3_column_text(stmt, 2), "left", sqlite3_column_int(stmt, 3));
		if (!one || json_object_set_new(all, (const char *)sqlite3_column_text(stmt, 0), one)) {
			sqlite3_reset(stmt);
			e = ERR_NOMEM;
		}
	}
	if (e != ERR_NOT_FOUND) {
		json_decref(all);
		return e;
	}
	*deputies = all;
	return ERR_OK;
}

static json_t *group_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:I}", "name", sqlite3_column_text(stmt, 0), "count",
	                 (json_int_t)sqlite3_column_int64(stmt, 1));
}

enum err town_groups_brief_json(struct town_store *store, json_t **groups)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT g.name, count(*) FROM groups g JOIN deputies d ON d.group_id = g.id WHERE d.left_ms IS NULL"
	                      " GROUP BY g.id ORDER BY min(d.rowid)",
	                      "");
	return e ? e : db_list(stmt, group_row, groups);
}
