/* cases.c: a case as the holder of its slip sees it, and their judgement of the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"
#include "store/store_internal.h"
#include "store/wake.h"

static enum err take_view(sqlite3_stmt *stmt, int column, struct case_summary *c)
{
	const void *bytes = sqlite3_column_blob(stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(stmt, column);
	if (!bytes)
		return ERR_OK;
	c->view = malloc(len);
	if (!c->view)
		return ERR_NOMEM;
	memcpy(c->view, bytes, len);
	c->view_len = len;
	return ERR_OK;
}

static enum err read_case(sqlite3_stmt *stmt, struct case_summary *c)
{
	char word[32], day[11];
	enum err e = db_text(stmt, 0, c->case_id, sizeof c->case_id);
	if (e == ERR_OK)
		e = db_text(stmt, 1, day, sizeof day);
	if (e == ERR_OK) {
		unsigned number = (unsigned)(sqlite3_column_int64(stmt, 2) % 100000000);
		snprintf(c->receipt, sizeof c->receipt, "%.4s-%.2s%.2s-%04u", day, day + 5, day + 8, number);
		e = db_text(stmt, 3, word, sizeof word);
	}
	if (e == ERR_OK)
		e = report_kind_parse(word, &c->kind);
	if (e == ERR_OK)
		e = db_text(stmt, 4, c->subject, sizeof c->subject);
	if (e == ERR_OK)
		e = db_text(stmt, 5, c->deputy, sizeof c->deputy);
	if (e == ERR_OK)
		e = db_text(stmt, 6, word, sizeof word);
	if (e == ERR_OK)
		e = case_state_parse(word, &c->state);
	c->at_ms = sqlite3_column_int64(stmt, 7);
	c->clock_ok = sqlite3_column_int(stmt, 8) != 0;
	c->round = sqlite3_column_int(stmt, 9);
	c->rated = sqlite3_column_type(stmt, 10) != SQLITE_NULL && sqlite3_column_int(stmt, 11) == c->round;
	if (e == ERR_OK && c->rated) {
		e = db_text(stmt, 10, word, sizeof word);
		if (e == ERR_OK)
			e = rating_parse(word, &c->rating);
	}
	c->view_rev = sqlite3_column_int64(stmt, 12);
	c->synced = sqlite3_column_int(stmt, 14) == 0;
	return e == ERR_OK ? take_view(stmt, 13, c) : e;
}

enum err store_find_case(struct store *store, const uint8_t lookup[SLIP_LOOKUP_BYTES],
                         struct case_summary *summary)
{
	sqlite3_stmt *stmt;
	struct case_summary got;
	memset(&got, 0, sizeof got);
	enum err e =
		db_one(store->db, &stmt,
	           "SELECT case_id, receipt_day, receipt_number, kind, subject, deputy, state, at_ms, clock_ok, round,"
	           " rating, rated_round, view_rev, view, EXISTS(SELECT 1 FROM outbox WHERE seq = event_seq)"
	           " FROM cases WHERE lookup = ?",
	           "b", (const void *)lookup, (size_t)SLIP_LOOKUP_BYTES);
	if (e == ERR_OK)
		e = read_case(stmt, &got);
	sqlite3_finalize(stmt);
	if (e != ERR_OK) {
		case_summary_clear(&got);
		return e == ERR_INVALID ? ERR_CORRUPT : e;
	}
	*summary = got;
	return ERR_OK;
}

void case_summary_clear(struct case_summary *summary)
{
	free(summary->view);
	memset(summary, 0, sizeof *summary);
}

/* What the rules say of rating this case now; ERR_STATE where they say no. */
static enum err rate_rules(struct store *store, const char *case_id, enum rating rating, int64_t *round,
                           enum case_state *next)
{
	static const enum case_step steps[RATING_COUNT] = {
		[RATING_SATISFIED] = STEP_RATE_SATISFIED,
		[RATING_PARTLY] = STEP_RATE_PARTLY,
		[RATING_UNSATISFIED] = STEP_RATE_UNSATISFIED,
	};
	sqlite3_stmt *stmt;
	char word[32];
	struct case_facts facts = {0};
	enum err e =
		db_one(store->db, &stmt, "SELECT state, round, rated_round FROM cases WHERE case_id = ?", "s", case_id);
	if (e == ERR_OK)
		e = db_text(stmt, 0, word, sizeof word);
	if (e == ERR_OK && case_state_parse(word, &facts.state) != ERR_OK)
		e = ERR_CORRUPT;
	if (e == ERR_OK) {
		*round = sqlite3_column_int64(stmt, 1);
		bool rated = sqlite3_column_type(stmt, 2) != SQLITE_NULL && sqlite3_column_int64(stmt, 2) == *round;
		e = rated ? ERR_STATE : case_step_apply(&facts, steps[rating], next);
	}
	sqlite3_finalize(stmt);
	return e;
}

static enum err rate(struct store *store, const char *case_id, enum rating rating, json_t *reason)
{
	struct stamp stamp;
	enum case_state next;
	int64_t round = 0, seq;
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = rate_rules(store, case_id, rating, &round, &next);
	if (e == ERR_OK)
		e = stamp_now(store, &stamp);
	if (e != ERR_OK)
		return e;
	json_t *data = json_pack("{s:s, s:I, s:s, s:O}", "case_id", case_id, "round", (json_int_t)round, "rating",
	                         rating_id(rating), "reason_sealed", reason);
	e = data ? event_write(store, "case.rated", case_id, &stamp, data, &seq) : ERR_NOMEM;
	json_decref(data);
	if (e == ERR_OK)
		e = db_run(store->db, "UPDATE cases SET state = ?, rating = ?, rated_round = ? WHERE case_id = ?",
		           "ssis", case_state_id(next), rating_id(rating), round, case_id);
	if (e == ERR_OK)
		e = tx_note(store, "cases", case_id);
	return e == ERR_OK ? tx_commit(store, "case.rated") : e;
}

enum err store_rate(struct store *store, const char *case_id, enum rating rating, const char *reason)
{
	struct store_identity identity;
	size_t len = strlen(reason);
	json_t *sealed = NULL;
	if ((unsigned)rating >= RATING_COUNT || !utf8_valid(reason, len) ||
	    utf8_count(reason, len) > RATING_REASON_MAX_CHARS)
		return ERR_INVALID;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK && !identity.enrolled)
		e = ERR_STATE;
	if (e == ERR_OK)
		e = len > 0 ? seal_json(identity.township_seal_key, reason, len, &sealed) : ERR_OK;
	if (e == ERR_OK && len == 0)
		sealed = json_null();
	if (e == ERR_OK)
		e = rate(store, case_id, rating, sealed);
	tx_rollback(store);
	json_decref(sealed);
	if (e == ERR_OK)
		wake_send(store->dir, WAKE_SYNC);
	return e;
}
