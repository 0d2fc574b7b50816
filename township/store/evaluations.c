/* Evaluations, and what stands beside their results. */
#include "township/store_evaluations.h"

#include <string.h>

#include "township/store/db.h"

#define TEXT(i) (const char *)sqlite3_column_text(stmt, i)
#define NUMBER(i) (json_int_t)sqlite3_column_int64(stmt, i)

enum err town_evaluation_add(struct town_store *store, const struct town_evaluation *v)
{
	return db_run(store,
	              "INSERT INTO evaluations(id, kind, deputy, office, title, day, place, state, min_voters, created_by, created_ms)"
	              " VALUES (?1, ?2, nullif(?3, ''), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	              "ttttttttdti", v->id, evaluation_kind_id(v->kind), v->deputy, v->office, v->title, v->day, v->place,
	              evaluation_state_id(v->state), v->min_voters, v->created_by, v->created_ms);
}

enum err town_evaluation_get(struct town_store *store, const char *id, struct town_evaluation *v)
{
	sqlite3_stmt *stmt;
	char kind[16], state[16];
	enum err e = db_one(store, &stmt,
	                    "SELECT id, kind, deputy, office, title, day, place, state, min_voters, handed_out, returned, satisfied,"
	                    " basically, unsatisfied, invalid, counted_by, counted_ms, confirmed_by, confirmed_ms, poor, created_by,"
	                    " created_ms FROM evaluations WHERE id = ?",
	                    "t", id);
	if (e)
		return e;
	db_text(stmt, 0, v->id, sizeof v->id);
	db_text(stmt, 1, kind, sizeof kind);
	db_text(stmt, 2, v->deputy, sizeof v->deputy);
	db_text(stmt, 3, v->office, sizeof v->office);
	db_text(stmt, 4, v->title, sizeof v->title);
	db_text(stmt, 5, v->day, sizeof v->day);
	db_text(stmt, 6, v->place, sizeof v->place);
	db_text(stmt, 7, state, sizeof state);
	v->min_voters = sqlite3_column_int(stmt, 8);
	v->ballots = (struct ballots){.handed_out = sqlite3_column_int(stmt, 9), .returned = sqlite3_column_int(stmt, 10),
	                              .satisfied = sqlite3_column_int(stmt, 11), .basically = sqlite3_column_int(stmt, 12),
	                              .unsatisfied = sqlite3_column_int(stmt, 13), .invalid = sqlite3_column_int(stmt, 14)};
	db_text(stmt, 15, v->counted_by, sizeof v->counted_by);
	v->counted_ms = sqlite3_column_int64(stmt, 16);
	db_text(stmt, 17, v->confirmed_by, sizeof v->confirmed_by);
	v->confirmed_ms = sqlite3_column_int64(stmt, 18);
	v->poor = sqlite3_column_int(stmt, 19) != 0;
	db_text(stmt, 20, v->created_by, sizeof v->created_by);
	v->created_ms = sqlite3_column_int64(stmt, 21);
	sqlite3_reset(stmt);
	return evaluation_kind_parse(kind, &v->kind) || evaluation_state_parse(state, &v->state) ? ERR_CORRUPT : ERR_OK;
}

enum err town_evaluation_update(struct town_store *store, const struct town_evaluation *v, const char *comments)
{
	return db_run(store,
	              "UPDATE evaluations SET kind = ?2, deputy = nullif(?3, ''), office = ?4, title = ?5, day = ?6, place = ?7,"
	              " state = ?8, min_voters = ?9, handed_out = ?10, returned = ?11, satisfied = ?12, basically = ?13,"
	              " unsatisfied = ?14, invalid = ?15, counted_by = ?16, counted_ms = ?17, confirmed_by = ?18,"
	              " confirmed_ms = ?19, poor = ?20, comments = coalesce(?21, comments) WHERE id = ?1",
	              "ttttttttdddddddtitidt", v->id, evaluation_kind_id(v->kind), v->deputy, v->office, v->title, v->day, v->place,
	              evaluation_state_id(v->state), v->min_voters, v->ballots.handed_out, v->ballots.returned,
	              v->ballots.satisfied, v->ballots.basically, v->ballots.unsatisfied, v->ballots.invalid, v->counted_by,
	              v->counted_ms, v->confirmed_by, v->confirmed_ms, v->poor ? 1 : 0, comments);
}

enum err town_evaluation_drop(struct town_store *store, const char *id)
{
	struct town_evaluation v;
	enum err e = town_evaluation_get(store, id, &v);
	if (!e && v.state != EVALUATION_DRAFT)
		e = ERR_STATE;
	return e ? e : db_run(store, "DELETE FROM evaluations WHERE id = ? AND state = 'draft'", "t", id);
}

#define ROW_COLUMNS                                                                                                   \
	"v.id, v.kind, coalesce(v.deputy, ''), coalesce(d.name, ''), v.office, v.title, v.day, v.place, v.state,"          \
	" v.min_voters, v.handed_out, v.returned, v.satisfied, v.basically, v.unsatisfied, v.invalid, v.counted_by,"       \
	" v.counted_ms, v.confirmed_by, v.confirmed_ms, v.poor,"                                                           \
	" (SELECT count(*) FROM evaluation_notes n WHERE n.evaluation = v.id AND n.kind = 'put_right') AS put_right,"      \
	" v.created_by, v.created_ms"
#define ROW_FROM " FROM evaluations v LEFT JOIN deputies d ON d.id = v.deputy "

static json_t *evaluation_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:s, s:I,"
	                 " s:b, s:I, s:s, s:I}",
	                 "id", TEXT(0), "kind", TEXT(1), "deputy", TEXT(2), "deputy_name", TEXT(3), "office", TEXT(4), "title",
	                 TEXT(5), "day", TEXT(6), "place", TEXT(7), "state", TEXT(8), "min_voters", NUMBER(9), "handed_out",
	                 NUMBER(10), "returned", NUMBER(11), "satisfied", NUMBER(12), "basically", NUMBER(13), "unsatisfied",
	                 NUMBER(14), "invalid", NUMBER(15), "counted_by", TEXT(16), "counted", NUMBER(17), "confirmed_by", TEXT(18),
	                 "confirmed", NUMBER(19), "poor", sqlite3_column_int(stmt, 20), "put_right", NUMBER(21), "created_by",
	                 TEXT(22), "created", NUMBER(23));
}

enum err town_evaluations_json(struct town_store *store, const struct town_evaluation_filter *f, json_t **list, bool *more)
{
	sqlite3_stmt *stmt;
	json_t *rows = NULL;
	enum err e = db_query(store, &stmt,
	                      "SELECT " ROW_COLUMNS ROW_FROM
	                      "WHERE (?1 IS NULL OR v.kind = ?1) AND (?2 IS NULL OR v.state = ?2) AND (?3 IS NULL OR v.deputy = ?3)"
	                      " AND (?4 IS NULL OR substr(v.day, 1, 4) = ?4)"
	                      " AND (?5 IS NULL OR instr(v.title, ?5) OR instr(v.office, ?5) OR instr(d.name, ?5))"
	                      " AND (NOT ?6 OR (v.state = 'closed' AND v.poor AND NOT put_right))"
	                      " AND (?7 IS NULL OR (v.day, v.id) < (?7, ?8)) ORDER BY v.day DESC, v.id DESC LIMIT ?9",
	                      "tttttdttd", f->kind, f->state, f->deputy, f->year, f->q, f->follow_up ? 1 : 0, f->before_day,
	                      f->before_id, f->limit + 1);
	if (!e)
		e = db_list(stmt, evaluation_row, &rows);
	if (e)
		return e;
	*more = json_array_size(rows) > (size_t)f->limit;
	if (*more)
		json_array_remove(rows, (size_t)f->limit);
	*list = rows;
	return ERR_OK;
}

enum err town_evaluations_waiting(struct town_store *store, int64_t *to_confirm, int64_t *to_put_right)
{
	enum err e = db_one_number(store, to_confirm, "SELECT count(*) FROM evaluations WHERE state = 'counted'", "");
	return e ? e
	         : db_one_number(store, to_put_right,
	                         "SELECT count(*) FROM evaluations v WHERE v.state = 'closed' AND v.poor AND NOT EXISTS"
	                         " (SELECT 1 FROM evaluation_notes n WHERE n.evaluation = v.id AND n.kind = 'put_right')",
	                         "");
}

static json_t *note_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I}", "kind", TEXT(0), "day", TEXT(1), "text", TEXT(2), "user", TEXT(3), "at",
	                 NUMBER(4));
}

enum err town_evaluation_json(struct town_store *store, const char *id, json_t **evaluation)
{
	sqlite3_stmt *stmt;
	json_t *notes = NULL;
	enum err e = db_one(store, &stmt, "SELECT " ROW_COLUMNS ", v.comments" ROW_FROM "WHERE v.id = ?", "t", id);
	if (e)
		return e;
	json_t *found = evaluation_row(stmt);
	e = !found || json_object_set_new(found, "comments", json_string(TEXT(24))) ? ERR_NOMEM : ERR_OK;
	sqlite3_reset(stmt);
	if (!e)
		e = db_query(store, &stmt, "SELECT kind, day, text, user, at_ms FROM evaluation_notes WHERE evaluation = ? ORDER BY n",
		             "t", id);
	if (!e)
		e = db_list(stmt, note_row, &notes);
	if (!e && json_object_set_new(found, "notes", notes))
		e = ERR_NOMEM;
	if (e)
		json_decref(found);
	else
		*evaluation = found;
	return e;
}

enum err town_evaluation_note_add(struct town_store *store, const char *id, const char *kind, const char *day, const char *text,
                                  const char *user, int64_t at_ms)
{
	return db_run(store, "INSERT INTO evaluation_notes(evaluation, kind, day, text, user, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
	              "ttttti", id, kind, day, text, user, at_ms);
}
