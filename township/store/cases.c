/* Cases, their rounds and their steps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

enum err town_round_add(struct town_store *store, const struct town_case *c, const char *from_date)
{
	return db_run(store,
	              "INSERT INTO rounds(case_id, round, from_date, extended, transfer_due, answer_due)"
	              " VALUES (?, ?, ?, ?, ?, ?)",
	              "tdtdtt", c->id, c->round, from_date, c->extended ? 1 : 0, c->transfer_due, c->answer_due);
}

enum err town_round_dates(struct town_store *store, const struct town_case *c)
{
	return db_run(
		store,
		"UPDATE rounds SET extended = ?, transfer_due = ?, answer_due = ? WHERE case_id = ? AND round = ?",
		"dtttd", c->extended ? 1 : 0, c->transfer_due, c->answer_due, c->id, c->round);
}

enum err town_case_add(struct town_store *store, const struct town_case *c, const uint8_t *sealed, size_t len,
                       const char *from_date)
{
	enum err e =
		db_run(store,
	           "INSERT INTO cases(id, kiosk, receipt, kind, subject, deputy, lookup, sealed, at_ms, clock_ok,"
	           " received_ms, state, round, transfer_due, answer_due, updated_ms, village, village_by)"
	           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 1, ?13, ?14, ?11, ?15, ?16)",
	           "ttttttbbidittttt", c->id, c->kiosk, c->receipt, report_kind_id(c->kind), c->subject, c->deputy,
	           (const void *)c->lookup, (size_t)SLIP_LOOKUP_BYTES, (const void *)sealed, len, c->at_ms,
	           c->clock_ok ? 1 : 0, c->received_ms, case_state_id(c->state), c->transfer_due, c->answer_due,
	           c->village, c->village_by);
	return e ? e : town_round_add(store, c, from_date);
}

#define CASE_COLUMNS                                                                                             \
	"SELECT id, kiosk, receipt, kind, subject, deputy, lookup, at_ms, received_ms, updated_ms, clock_ok, state," \
	" round, extended, assigned, office, transfer_due, answer_due, rev, view_key, village, village_by,"          \
	" nullif(due, '9999-12-31') FROM cases "

static enum err read_case(sqlite3_stmt *stmt, struct town_case *c)
{
	char kind[24], state[24];
	memset(c, 0, sizeof *c);
	db_text(stmt, 0, c->id, sizeof c->id);
	db_text(stmt, 1, c->kiosk, sizeof c->kiosk);
	db_text(stmt, 2, c->receipt, sizeof c->receipt);
	db_text(stmt, 3, kind, sizeof kind);
	db_text(stmt, 4, c->subject, sizeof c->subject);
	db_text(stmt, 5, c->deputy, sizeof c->deputy);
	c->at_ms = sqlite3_column_int64(stmt, 7);
	c->received_ms = sqlite3_column_int64(stmt, 8);
	c->updated_ms = sqlite3_column_int64(stmt, 9);
	c->clock_ok = sqlite3_column_int(stmt, 10) != 0;
	db_text(stmt, 11, state, sizeof state);
	c->round = sqlite3_column_int(stmt, 12);
	c->extended = sqlite3_column_int(stmt, 13) != 0;
	db_text(stmt, 14, c->assigned, sizeof c->assigned);
	db_text(stmt, 15, c->office, sizeof c->office);
	db_text(stmt, 16, c->transfer_due, sizeof c->transfer_due);
	db_text(stmt, 17, c->answer_due, sizeof c->answer_due);
	c->rev = sqlite3_column_int64(stmt, 18);
	c->has_view_key = sqlite3_column_type(stmt, 19) != SQLITE_NULL;
	db_text(stmt, 20, c->village, sizeof c->village);
	db_text(stmt, 21, c->village_by, sizeof c->village_by);
	db_text(stmt, 22, c->due, sizeof c->due);
	enum err e = db_bytes(stmt, 6, c->lookup, sizeof c->lookup);
	if (!e && c->has_view_key)
		e = db_bytes(stmt, 19, c->view_key_sealed, sizeof c->view_key_sealed);
	if (!e && (report_kind_parse(kind, &c->kind) || case_state_parse(state, &c->state)))
		e = ERR_CORRUPT;
	return e;
}

enum err town_case_get(struct town_store *store, const char *id, struct town_case *c)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, CASE_COLUMNS "WHERE id = ?", "t", id);
	if (e)
		return e;
	e = read_case(stmt, c);
	sqlite3_reset(stmt);
	return e;
}

enum err town_case_resolve(struct town_store *store, const char *id_or_receipt, struct town_case *c)
{
	enum err e = town_case_get(store, id_or_receipt, c);
	if (e != ERR_NOT_FOUND)
		return e;
	sqlite3_stmt *stmt;
	struct town_case found;
	e = db_one(store, &stmt, CASE_COLUMNS "WHERE receipt = ? LIMIT 2", "t", id_or_receipt);
	if (e)
		return e;
	e = read_case(stmt, &found);
	if (!e) {
		/* Two kiosks may have given the same number on one day: then only the id will do. */
		enum err second = db_step(stmt);
		e = second == ERR_NOT_FOUND ? ERR_OK : second ? second : ERR_EXISTS;
	}
	sqlite3_reset(stmt);
	if (!e)
		*c = found;
	return e;
}

enum err town_case_update(struct town_store *store, const struct town_case *c)
{
	return db_run(
		store,
		"UPDATE cases SET state = ?, round = ?, extended = ?, assigned = ?, office = ?, transfer_due = ?,"
		" answer_due = ?, rev = ?, view_key = ?, updated_ms = ? WHERE id = ?",
		"tddttttibit", case_state_id(c->state), c->round, c->extended ? 1 : 0, c->assigned, c->office,
		c->transfer_due, c->answer_due, c->rev, c->has_view_key ? (const void *)c->view_key_sealed : NULL,
		sizeof c->view_key_sealed, c->updated_ms, c->id);
}

enum err town_case_sealed(struct town_store *store, const char *id, uint8_t **sealed, size_t *len)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store, &stmt, "SELECT sealed FROM cases WHERE id = ?", "t", id);
	if (e)
		return e;
	e = db_blob(stmt, 0, sealed, len);
	sqlite3_reset(stmt);
	return e;
}

enum err town_case_village(struct town_store *store, const char *id, const char *village, const char *by)
{
	enum err e = db_run(store, "UPDATE cases SET village = ?, village_by = ? WHERE id = ?", "ttt", village, by, id);
	return e ? e : sqlite3_changes(store->db) == 1 ? ERR_OK : ERR_NOT_FOUND;
}

void town_round_clear(struct town_round *round)
{
	free(round->answer);
	free(round->reason);
	memset(round, 0, sizeof *round);
}

enum err town_round_get(struct town_store *store, const char *case_id, int round, struct town_round *r)
{
	sqlite3_stmt *stmt;
	memset(r, 0, sizeof *r);
	enum err e = db_one(store, &stmt,
	                    "SELECT round, coalesce(answered_ms, 0), answer, rating, rating_reason, coalesce(rated_ms, 0),"
	                    " from_date FROM rounds WHERE case_id = ? AND round = ?",
	                    "td", case_id, round);
	if (e)
		return e;
	r->round = sqlite3_column_int(stmt, 0);
	r->answered_ms = sqlite3_column_int64(stmt, 1);
	db_text(stmt, 3, r->rating, sizeof r->rating);
	r->rated_ms = sqlite3_column_int64(stmt, 5);
	db_text(stmt, 6, r->from_date, sizeof r->from_date);
	e = db_blob(stmt, 2, &r->answer, &r->answer_len);
	if (!e)
		e = db_blob(stmt, 4, &r->reason, &r->reason_len);
	sqlite3_reset(stmt);
	if (e)
		town_round_clear(r);
	return e;
}

enum err town_round_answer(struct town_store *store, const char *case_id, int round, int64_t at_ms,
                           const uint8_t *answer, size_t len)
{
	return db_run(store, "UPDATE rounds SET answered_ms = ?, answer = ? WHERE case_id = ? AND round = ?",
	              "ibtd", at_ms, (const void *)answer, len, case_id, round);
}

enum err town_round_rate(struct town_store *store, const char *case_id, int round, enum rating rating,
                         const uint8_t *reason, size_t len, int64_t at_ms)
{
	return db_run(
		store,
		"UPDATE rounds SET rating = ?, rating_reason = ?, rated_ms = ? WHERE case_id = ? AND round = ?",
		"tbitd", rating_id(rating), (const void *)reason, len, at_ms, case_id, round);
}

enum err town_step_add(struct town_store *store, const char *case_id, const struct town_step *step)
{
	return db_run(store,
	              "INSERT INTO steps(case_id, round, step, at_ms, user, who, due, note) VALUES (?, ?, ?, ?, "
	              "?, ?, ?, ?)",
	              "tdtitttb", case_id, step->round, step->step, step->at_ms, step->user, step->who, step->due,
	              (const void *)step->note, step->note_len);
}

enum err town_steps_get(struct town_store *store, const char *case_id, struct town_steps *steps)
{
	sqlite3_stmt *stmt;
	memset(steps, 0, sizeof *steps);
	enum err e =
		db_query(store, &stmt,
	             "SELECT round, step, at_ms, user, who, due, note FROM steps WHERE case_id = ? ORDER BY n",
	             "t", case_id);
	while (!e && !(e = db_step(stmt))) {
		struct town_step *grown = realloc(steps->items, (steps->count + 1) * sizeof *grown);
		if (!grown) {
			sqlite3_reset(stmt);
			e = ERR_NOMEM;
			break;
		}
		steps->items = grown;
		struct town_step *s = &grown[steps->count++];
		s->round = sqlite3_column_int(stmt, 0);
		db_text(stmt, 1, s->step, sizeof s->step);
		s->at_ms = sqlite3_column_int64(stmt, 2);
		db_text(stmt, 3, s->user, sizeof s->user);
		db_text(stmt, 4, s->who, sizeof s->who);
		db_text(stmt, 5, s->due, sizeof s->due);
		e = db_blob(stmt, 6, &s->note, &s->note_len);
		if (e)
			sqlite3_reset(stmt);
	}
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	town_steps_clear(steps);
	return e;
}

void town_steps_clear(struct town_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		free(steps->items[i].note);
	free(steps->items);
	memset(steps, 0, sizeof *steps);
}
