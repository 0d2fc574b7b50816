/* Congresses, deputies' proposals and their steps. */
#include "township/store_proposals.h"

#include <stdio.h>
#include <string.h>

#include "township/store/db.h"

#define TEXT(i) (const char *)sqlite3_column_text(stmt, i)
#define NUMBER(i) (json_int_t)sqlite3_column_int64(stmt, i)

/* ---- congresses ---- */

enum err town_congress_put(struct town_store *store, const struct town_congress *c, int64_t now_ms)
{
	return db_run(store,
	              "INSERT INTO congresses(id, name, opens, closes, motion_deadline, created_ms)"
	              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET name = ?2, opens = ?3, closes = ?4,"
	              " motion_deadline = ?5",
	              "ttttti", c->id, c->name, c->opens, c->closes, c->motion_deadline, now_ms);
}

enum err town_congress_get(struct town_store *store, const char *id, struct town_congress *c)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT id, name, opens, closes, motion_deadline FROM congresses WHERE id = ?", "t", id);
	if (e)
		return e;
	db_text(stmt, 0, c->id, sizeof c->id);
	db_text(stmt, 1, c->name, sizeof c->name);
	db_text(stmt, 2, c->opens, sizeof c->opens);
	db_text(stmt, 3, c->closes, sizeof c->closes);
	db_text(stmt, 4, c->motion_deadline, sizeof c->motion_deadline);
	sqlite3_reset(stmt);
	return ERR_OK;
}

static json_t *congress_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "id", TEXT(0), "name", TEXT(1), "opens", TEXT(2), "closes",
	                 TEXT(3), "motion_deadline", TEXT(4), "proposals", NUMBER(5), "motions", NUMBER(6), "waiting", NUMBER(7));
}

enum err town_congresses_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT c.id, c.name, c.opens, c.closes, c.motion_deadline, count(p.id),"
	                      " coalesce(sum(p.kind = 'motion'), 0), coalesce(sum(p.state NOT IN ('closed', 'withdrawn')), 0)"
	                      " FROM congresses c LEFT JOIN proposals p ON p.congress = c.id"
	                      " GROUP BY c.id ORDER BY c.opens DESC, c.id DESC",
	                      "");
	return e ? e : db_list(stmt, congress_row, list);
}

/* ---- proposals ---- */

enum err town_proposal_next_number(struct town_store *store, const char *scope, bool motion, int *number)
{
	int64_t next = 0;
	enum err e = motion ? db_one_number(store, &next,
	                                    "SELECT coalesce(max(motion_number), 0) + 1 FROM proposals WHERE scope = ?", "t", scope)
	                    : db_one_number(store, &next, "SELECT coalesce(max(number), 0) + 1 FROM proposals WHERE scope = ?",
	                                    "t", scope);
	if (!e)
		*number = (int)next;
	return e;
}

static enum err add_signers(struct town_store *store, const char *id, const char (*signers)[REPORT_ID_SIZE], size_t count)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < count && !e; i++)
		e = db_run(store, "INSERT INTO proposal_signers(proposal, n, deputy) VALUES (?, ?, ?)", "tit", id, (int64_t)i + 1,
		           signers[i]);
	return e;
}

enum err town_proposal_add(struct town_store *store, const struct town_proposal *p, const char *text,
                           const char (*signers)[REPORT_ID_SIZE], size_t signer_count)
{
	enum err e = db_run(store,
	                    "INSERT INTO proposals(id, kind, title, text, author, filed, congress, scope, number, motion_number,"
	                    " state, since, due, created_ms, updated_ms)"
	                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), nullif(?10, 0), ?11, ?12, ?13, ?14, ?14)",
	                    "ttttttttddttti", p->id, proposal_kind_id(p->kind), p->title, text, p->author, p->filed,
	                    p->congress[0] ? p->congress : NULL, p->scope, p->number, p->motion_number,
	                    proposal_state_id(p->state), p->since, p->due, p->created_ms);
	return e ? e : add_signers(store, p->id, signers, signer_count);
}

enum err town_proposal_get(struct town_store *store, const char *id, struct town_proposal *p)
{
	sqlite3_stmt *stmt;
	char kind[16], state[16];
	enum err e = db_one(store, &stmt,
	                    "SELECT id, kind, title, author, filed, congress, scope, coalesce(number, 0), coalesce(motion_number, 0),"
	                    " state, round, extended, talked, office, since, transferred, due, rating, created_ms, updated_ms"
	                    " FROM proposals WHERE id = ?",
	                    "t", id);
	if (e)
		return e;
	db_text(stmt, 0, p->id, sizeof p->id);
	db_text(stmt, 1, kind, sizeof kind);
	db_text(stmt, 2, p->title, sizeof p->title);
	db_text(stmt, 3, p->author, sizeof p->author);
	db_text(stmt, 4, p->filed, sizeof p->filed);
	db_text(stmt, 5, p->congress, sizeof p->congress);
	db_text(stmt, 6, p->scope, sizeof p->scope);
	p->number = sqlite3_column_int(stmt, 7);
	p->motion_number = sqlite3_column_int(stmt, 8);
	db_text(stmt, 9, state, sizeof state);
	p->round = sqlite3_column_int(stmt, 10);
	p->extended = sqlite3_column_int(stmt, 11) != 0;
	p->talked = sqlite3_column_int(stmt, 12) != 0;
	db_text(stmt, 13, p->office, sizeof p->office);
	db_text(stmt, 14, p->since, sizeof p->since);
	db_text(stmt, 15, p->transferred, sizeof p->transferred);
	db_text(stmt, 16, p->due, sizeof p->due);
	db_text(stmt, 17, p->rating, sizeof p->rating);
	p->created_ms = sqlite3_column_int64(stmt, 18);
	p->updated_ms = sqlite3_column_int64(stmt, 19);
	sqlite3_reset(stmt);
	return proposal_kind_parse(kind, &p->kind) || proposal_state_parse(state, &p->state) ? ERR_CORRUPT : ERR_OK;
}

enum err town_proposal_update(struct town_store *store, const struct town_proposal *p)
{
	return db_run(store,
	              "UPDATE proposals SET kind = ?2, number = nullif(?3, 0), motion_number = nullif(?4, 0), state = ?5, round = ?6,"
	              " extended = ?7, talked = ?8, office = ?9, since = ?10, transferred = ?11, due = ?12, rating = ?13,"
	              " updated_ms = ?14 WHERE id = ?1",
	              "ttddtdddttttti", p->id, proposal_kind_id(p->kind), p->number, p->motion_number,
	              proposal_state_id(p->state), p->round, p->extended ? 1 : 0, p->talked ? 1 : 0, p->office, p->since,
	              p->transferred, p->due, p->rating, p->updated_ms);
}

enum err town_proposal_reword(struct town_store *store, const struct town_proposal *p, const char *text,
                              const char (*signers)[REPORT_ID_SIZE], size_t signer_count)
{
	enum err e = db_run(store, "UPDATE proposals SET title = ?2, text = ?3, author = ?4 WHERE id = ?1", "tttt", p->id, p->title,
	                    text, p->author);
	if (!e)
		e = db_run(store, "DELETE FROM proposal_signers WHERE proposal = ?", "t", p->id);
	return e ? e : add_signers(store, p->id, signers, signer_count);
}

enum err town_proposal_signed_by(struct town_store *store, const char *id, const char *deputy, bool *is)
{
	int64_t yes = 0;
	enum err e = db_one_number(store, &yes,
	                           "SELECT author = ?2 OR EXISTS (SELECT 1 FROM proposal_signers WHERE proposal = ?1 AND deputy = ?2)"
	                           " FROM proposals WHERE id = ?1",
	                           "tt", id, deputy);
	if (!e)
		*is = yes != 0;
	return e;
}

enum err town_proposal_signatories(struct town_store *store, const char *id, int *count)
{
	int64_t n = 0;
	enum err e = db_one_number(store, &n, "SELECT count(*) FROM proposal_signers WHERE proposal = ?", "t", id);
	if (!e)
		*count = (int)n + 1;
	return e;
}

enum err town_proposal_step_add(struct town_store *store, const char *id, const struct town_proposal_step *s)
{
	return db_run(store,
	              "INSERT INTO proposal_steps(proposal, round, step, day, at_ms, user, who, due, note)"
	              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	              "tdttitttt", id, s->round, s->step, s->day, s->at_ms, s->user, s->who, s->due, s->note);
}

enum err town_proposal_last_day(struct town_store *store, const char *id, bool with_talks, char day[TOWN_DATE_SIZE])
{
	return db_one_text(store, day, TOWN_DATE_SIZE,
	                   "SELECT coalesce(max(day), '') FROM proposal_steps WHERE proposal = ?"
	                   " AND (step IN ('file', 'transfer', 'answer', 'unsatisfied') OR (?2 AND step = 'talk'))",
	                   "td", id, with_talks ? 1 : 0);
}

/* What a row of the list and a whole proposal have in common; the columns of ROW_COLUMNS. */
#define ROW_COLUMNS                                                                                                   \
	"p.id, p.kind, p.title, p.author, coalesce(a.name, ''), p.filed, coalesce(p.congress, ''), coalesce(c.name, ''),"  \
	" coalesce(p.number, 0), coalesce(p.motion_number, 0), p.state, p.round, p.office, p.due, p.rating,"               \
	" 1 + (SELECT count(*) FROM proposal_signers s WHERE s.proposal = p.id), p.created_ms, p.updated_ms"
#define ROW_FROM " FROM proposals p LEFT JOIN deputies a ON a.id = p.author LEFT JOIN congresses c ON c.id = p.congress "

static json_t *proposal_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I}", "id",
	                 TEXT(0), "kind", TEXT(1), "title", TEXT(2), "author", TEXT(3), "author_name", TEXT(4), "filed", TEXT(5),
	                 "congress", TEXT(6), "congress_name", TEXT(7), "number", NUMBER(8), "motion_number", NUMBER(9), "state",
	                 TEXT(10), "round", NUMBER(11), "office", TEXT(12), "due", TEXT(13), "rating", TEXT(14), "signatories",
	                 NUMBER(15), "created", NUMBER(16), "updated", NUMBER(17));
}

static json_t *signer_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s}", "id", TEXT(0), "name", TEXT(1), "as", TEXT(2));
}

/* How a deputy is written so that it is found again: the name, where no two have it. */
#define AS_WRITTEN(d) \
	"CASE WHEN (SELECT count(*) FROM deputies o WHERE o.name = " d ".name AND o.left_ms IS NULL) > 1 THEN " d ".id ELSE " d ".name END"

static json_t *step_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:s}", "round", NUMBER(0), "step", TEXT(1), "day", TEXT(2), "at",
	                 NUMBER(3), "user", TEXT(4), "who", TEXT(5), "due", TEXT(6), "note", TEXT(7));
}

static enum err add_lists(struct town_store *store, const char *id, json_t *proposal)
{
	sqlite3_stmt *stmt;
	json_t *signers = NULL, *steps = NULL;
	enum err e = db_query(store, &stmt,
	                      "SELECT s.deputy, d.name, " AS_WRITTEN("d") " FROM proposal_signers s JOIN deputies d ON d.id = s.deputy"
	                      " WHERE s.proposal = ? ORDER BY s.n",
	                      "t", id);
	if (!e)
		e = db_list(stmt, signer_row, &signers);
	if (!e && json_object_set_new(proposal, "signers", signers))
		e = ERR_NOMEM;
	if (!e)
		e = db_query(store, &stmt,
		             "SELECT round, step, day, at_ms, user, who, due, note FROM proposal_steps WHERE proposal = ? ORDER BY n",
		             "t", id);
	if (!e)
		e = db_list(stmt, step_row, &steps);
	if (!e && json_object_set_new(proposal, "steps", steps))
		e = ERR_NOMEM;
	return e;
}

enum err town_proposal_json(struct town_store *store, const char *id, json_t **proposal)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT " ROW_COLUMNS ", p.text, p.since, p.transferred, p.extended, p.talked, " AS_WRITTEN("a") ROW_FROM "WHERE p.id = ?",
	                    "t", id);
	if (e)
		return e;
	json_t *found = proposal_row(stmt);
	bool whole = found && !json_object_set_new(found, "text", json_string(TEXT(18))) &&
	             !json_object_set_new(found, "since", json_string(TEXT(19))) &&
	             !json_object_set_new(found, "transferred", json_string(TEXT(20))) &&
	             !json_object_set_new(found, "extended", json_boolean(sqlite3_column_int(stmt, 21))) &&
	             !json_object_set_new(found, "talked", json_boolean(sqlite3_column_int(stmt, 22))) &&
	             !json_object_set_new(found, "author_as", json_string(TEXT(23)));
	sqlite3_reset(stmt);
	e = whole ? add_lists(store, id, found) : ERR_NOMEM;
	if (e)
		json_decref(found);
	else
		*proposal = found;
	return e;
}

enum err town_proposals_json(struct town_store *store, const struct town_proposal_filter *f, json_t **list, bool *more)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(
		store, &stmt,
		"SELECT " ROW_COLUMNS ROW_FROM
		"WHERE (?1 IS NULL OR p.kind = ?1) AND (?2 IS NULL OR p.state = ?2)"
		" AND (?3 IS NULL OR p.state NOT IN ('closed', 'withdrawn')) AND (?4 IS NULL OR coalesce(p.congress, '') = ?4)"
		" AND (?5 IS NULL OR p.author = ?5 OR EXISTS"
		"  (SELECT 1 FROM proposal_signers s WHERE s.proposal = p.id AND s.deputy = ?5))"
		" AND (?6 IS NULL OR instr(p.title, ?6) OR instr(p.office, ?6) OR instr(a.name, ?6)"
		"  OR p.number = ?6 OR p.motion_number = ?6)"
		" AND (?7 IS NULL OR (p.due <> '' AND p.due < ?7)) AND (?8 IS NULL OR substr(p.filed, 1, 4) = ?8)"
		" AND (?9 = 0 OR (p.created_ms, p.id) < (?9, ?10)) ORDER BY CASE WHEN ?12 THEN p.due ELSE '' END, p.created_ms DESC, p.id DESC LIMIT ?11",
		"ttttttttitdd", f->kind, f->state, f->open, f->congress, f->deputy, f->q, f->due_before, f->year, f->before_ms,
		f->before_id ? f->before_id : "", f->limit + 1, f->by_due ? 1 : 0);
	json_t *rows = NULL;
	if (!e)
		e = db_list(stmt, proposal_row, &rows);
	if (e)
		return e;
	*more = json_array_size(rows) > (size_t)f->limit;
	if (*more)
		json_array_remove(rows, (size_t)f->limit);
	*list = rows;
	return ERR_OK;
}

enum err town_proposal_counts_json(struct town_store *store, const char *congress, const char *today, const char *until,
                                   json_t **counts)
{
	static const char *const names[] = {"total",     "motions", "filed",       "transferred", "answered", "redo",   "closed",
	                                    "withdrawn", "satisfied", "partly", "unsatisfied", "talked", "overdue", "soon"};
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt,
	                    "SELECT count(*), coalesce(sum(kind = 'motion'), 0), coalesce(sum(state = 'filed'), 0),"
	                    " coalesce(sum(state = 'transferred'), 0), coalesce(sum(state = 'answered'), 0),"
	                    " coalesce(sum(state = 'redo'), 0), coalesce(sum(state = 'closed'), 0),"
	                    " coalesce(sum(state = 'withdrawn'), 0), coalesce(sum(rating = 'satisfied'), 0),"
	                    " coalesce(sum(rating = 'partly'), 0), coalesce(sum(rating = 'unsatisfied'), 0),"
	                    " coalesce(sum(EXISTS (SELECT 1 FROM proposal_steps s WHERE s.proposal = p.id AND s.step = 'talk')), 0),"
	                    " coalesce(sum(due <> '' AND due < ?2), 0), coalesce(sum(due BETWEEN ?2 AND ?3), 0)"
	                    " FROM proposals p WHERE ?1 IS NULL OR coalesce(congress, '') = ?1",
	                    "ttt", congress, today, until);
	if (e)
		return e;
	json_t *found = json_object();
	for (int i = 0; i < (int)(sizeof names / sizeof *names) && !e; i++)
		e = json_object_set_new(found, names[i], json_integer(NUMBER(i))) ? ERR_NOMEM : ERR_OK;
	sqlite3_reset(stmt);
	if (e)
		json_decref(found);
	else
		*counts = found;
	return e;
}

static json_t *id_row(sqlite3_stmt *stmt)
{
	return json_string(TEXT(0));
}

enum err town_proposals_to_transfer(struct town_store *store, const char *congress, json_t **ids)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT id FROM proposals WHERE congress = ? AND state = 'filed' AND round = 1 ORDER BY id", "t",
	                      congress);
	return e ? e : db_list(stmt, id_row, ids);
}

static json_t *choice_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s, s:s, s:I}", "id", TEXT(0), "name", TEXT(1), "group", TEXT(2), "namesakes", NUMBER(3));
}

enum err town_deputies_to_choose(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT d.id, d.name, coalesce(g.name, ''),"
	                      " (SELECT count(*) - 1 FROM deputies o WHERE o.name = d.name AND o.left_ms IS NULL)"
	                      " FROM deputies d LEFT JOIN groups g ON g.id = d.group_id WHERE d.left_ms IS NULL"
	                      " ORDER BY d.initials, d.name, d.id LIMIT 500",
	                      "");
	return e ? e : db_list(stmt, choice_row, list);
}
