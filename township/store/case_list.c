/* The list of cases: filtered, in pages, counted. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/store/db.h"

#define NO_DUE "9999-12-31" /* as in the column's rule */

enum { BINDS = 24 };

/* The parts of a query, put together from literals; what comes from outside is bound. Only the filters that are wanted stand
 * in it: a hundred thousand index entries are looked at in turn. */
struct query {
	char sql[2048];
	size_t len;
	struct {
		const char *text; /* borrowed; NULL: the number */
		int64_t number;
	} binds[BINDS];
	int count;
};

static void add(struct query *q, const char *sql)
{
	q->len += (size_t)snprintf(q->sql + q->len, sizeof q->sql - q->len, "%s", sql);
}

static void bind_text(struct query *q, const char *text)
{
	q->binds[q->count++].text = text;
}

static void bind_number(struct query *q, int64_t number)
{
	q->binds[q->count].text = NULL;
	q->binds[q->count++].number = number;
}

static void equal(struct query *q, const char *sql, const char *text)
{
	if (!text)
		return;
	add(q, sql);
	bind_text(q, text);
}

static enum err run(struct town_store *store, const struct query *q, sqlite3_stmt **stmt)
{
	if (q->len >= sizeof q->sql)
		return ERR_TOO_LONG;
	int rc = sqlite3_prepare_v3(store->db, q->sql, -1, 0, stmt, NULL);
	if (rc != SQLITE_OK)
		fprintf(stderr, "township: database: %s\n", sqlite3_errmsg(store->db));
	for (int i = 0; i < q->count && rc == SQLITE_OK; i++)
		rc = q->binds[i].text ? sqlite3_bind_text(*stmt, i + 1, q->binds[i].text, -1, SQLITE_STATIC)
		                      : sqlite3_bind_int64(*stmt, i + 1, q->binds[i].number);
	return db_err(rc);
}

/* ---- the filter ---- */

static const char *const lights[] = {"green", "amber", "red", "none"};

static enum err add_light(struct query *q, const char *light, const char *today, const char *soon)
{
	if (strcmp(light, "red") == 0) {
		equal(q, " AND due < ?", today);
	} else if (strcmp(light, "amber") == 0) {
		equal(q, " AND due >= ?", today);
		equal(q, " AND due <= ?", soon);
	} else if (strcmp(light, "green") == 0) {
		equal(q, " AND due > ?", soon);
		equal(q, " AND due < ?", NO_DUE);
	} else if (strcmp(light, "none") == 0) {
		equal(q, " AND due = ?", NO_DUE);
	} else {
		return ERR_INVALID;
	}
	return ERR_OK;
}

/* "2026-11" as the milliseconds at which it begins and the next one does. */
static enum err add_month(struct query *q, const char *month)
{
	char first[TOWN_DATE_SIZE];
	struct civil_date day;
	if (strlen(month) != 7)
		return ERR_INVALID;
	snprintf(first, sizeof first, "%s-01", month);
	if (civil_parse(first, &day))
		return ERR_INVALID;
	add(q, " AND received_ms >= ? AND received_ms < ?");
	bind_number(q, civil_to_ms(day));
	bind_number(q, civil_to_ms(civil_add_months(day, 1)));
	return ERR_OK;
}

/* Last of all: it takes the longest. */
static void add_words(struct query *q, const char *words, bool hits)
{
	if (words) {
		add(q, hits ? " AND (town_hit(id) OR" : " AND (");
		add(q, " instr(receipt, :words) OR instr(office, :words)"
		       " OR deputy IN (SELECT id FROM deputies WHERE instr(name, :words)))");
		bind_text(q, words);
	} else if (hits) {
		add(q, " AND town_hit(id)");
	}
}

static enum err add_filter(struct query *q, const struct town_case_filter *f, const char *soon)
{
	enum case_state state;
	enum report_kind kind;
	if ((f->state && case_state_parse(f->state, &state)) || (f->kind && report_kind_parse(f->kind, &kind)))
		return ERR_INVALID;
	equal(q, " AND state = ?", f->state);
	equal(q, " AND kind = ?", f->kind);
	equal(q, " AND subject = ?", f->subject);
	equal(q, " AND village = ?", f->village);
	if (f->deputy) {
		equal(q, " AND (deputy = ?", f->deputy);
		equal(q, " OR assigned = ?)", f->deputy);
	}
	if (f->assigned)
		add(q, f->assigned > 0 ? " AND assigned <> ''" : " AND assigned = ''");
	if (f->open)
		add(q, " AND state NOT IN ('answered', 'closed')");
	if (f->overdue)
		equal(q, " AND due < ?", f->today);
	enum err e = f->light ? add_light(q, f->light, f->today, soon) : ERR_OK;
	return !e && f->month ? add_month(q, f->month) : e;
}

/* ---- where a page begins ---- */

struct place {
	char due[TOWN_DATE_SIZE]; /* in the order by deadlines */
	int64_t received_ms;
	char id[UUID_SIZE];
};

/* "RECEIVED_ID", in the order by deadlines "DUE_RECEIVED_ID". */
static enum err place_read(const char *text, enum town_case_order order, struct place *place)
{
	memset(place, 0, sizeof *place);
	if (order == TOWN_CASES_BY_DUE) {
		struct civil_date due;
		if (strlen(text) < TOWN_DATE_SIZE || text[TOWN_DATE_SIZE - 1] != '_')
			return ERR_INVALID;
		memcpy(place->due, text, TOWN_DATE_SIZE - 1);
		if (civil_parse(place->due, &due))
			return ERR_INVALID;
		text += TOWN_DATE_SIZE;
	}
	if (!str_take_number(&text, &place->received_ms) || !str_skip(&text, "_") || !uuid_valid(text))
		return ERR_INVALID;
	memcpy(place->id, text, sizeof place->id);
	return ERR_OK;
}

/* Whether the row comes after the place: the newest first, the nearest deadline first. */
static bool is_after(sqlite3_stmt *stmt, const struct place *place, enum town_case_order order)
{
	if (order == TOWN_CASES_BY_DUE) {
		int by_due = strcmp((const char *)sqlite3_column_text(stmt, 3), place->due);
		if (by_due)
			return by_due > 0;
	}
	int64_t received = sqlite3_column_int64(stmt, 1);
	int by_id = received == place->received_ms ? strcmp((const char *)sqlite3_column_text(stmt, 2), place->id)
	            : received < place->received_ms ? -1
	                                            : 1;
	return order == TOWN_CASES_BY_DUE ? by_id > 0 : by_id < 0;
}

static void place_write(sqlite3_stmt *stmt, enum town_case_order order, char out[TOWN_CURSOR_SIZE])
{
	snprintf(out, TOWN_CURSOR_SIZE, "%s%s%" PRId64 "_%s",
	         order == TOWN_CASES_BY_DUE ? (const char *)sqlite3_column_text(stmt, 3) : "",
	         order == TOWN_CASES_BY_DUE ? "_" : "", (int64_t)sqlite3_column_int64(stmt, 1),
	         (const char *)sqlite3_column_text(stmt, 2));
}

/* ---- a page ---- */

static json_t *row_json(sqlite3_stmt *stmt, struct civil_date today)
{
	struct civil_date due = today;
	const char *due_text = (const char *)sqlite3_column_text(stmt, 19);
	bool waits = due_text && strcmp(due_text, NO_DUE) != 0 && civil_parse(due_text, &due) == ERR_OK;
	int64_t left = civil_day_number(due) - civil_day_number(today);
#define TEXT(i) sqlite3_column_text(stmt, i)
	json_t *row = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:b, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:b, s:I, s:s, s:s, s:s}",
		"case_id", TEXT(0), "receipt", TEXT(1), "kind", TEXT(2), "subject", TEXT(3), "deputy", TEXT(4), "deputy_name",
		TEXT(5), "state", TEXT(6), "round", sqlite3_column_int(stmt, 7), "at",
		(json_int_t)sqlite3_column_int64(stmt, 8), "clock_ok", sqlite3_column_int(stmt, 9), "transfer_due", TEXT(10),
		"answer_due", TEXT(11), "assigned", TEXT(12), "office", TEXT(13), "kiosk", TEXT(14), "updated",
		(json_int_t)sqlite3_column_int64(stmt, 15), "assigned_name", TEXT(16), "overdue", waits && left < 0, "received",
		(json_int_t)sqlite3_column_int64(stmt, 20), "village", TEXT(17), "village_by", TEXT(18), "light",
		lights[waits ? case_light(due, today) : CASE_NO_LIGHT]);
#undef TEXT
	if (row && (json_object_set_new(row, "due", waits ? json_string(due_text) : json_null()) ||
	            json_object_set_new(row, "days_left", waits ? json_integer(left) : json_null()))) {
		json_decref(row);
		return NULL;
	}
	return row;
}

static enum err add_row(struct town_store *store, int64_t rowid, struct civil_date today, json_t *rows)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(
		store, &stmt,
		"SELECT c.id, c.receipt, c.kind, c.subject, c.deputy, coalesce(d.name, ''), c.state, c.round, c.at_ms, c.clock_ok,"
		" c.transfer_due, c.answer_due, c.assigned, c.office, c.kiosk, c.updated_ms, coalesce(a.name, ''), c.village,"
		" coalesce(c.village_by, ''), c.due, c.received_ms"
		" FROM cases c LEFT JOIN deputies d ON d.id = c.deputy LEFT JOIN deputies a ON a.id = c.assigned"
		" WHERE c.rowid = ?",
		"i", rowid);
	if (e)
		return e;
	json_t *row = row_json(stmt, today);
	sqlite3_reset(stmt);
	return !row || json_array_append_new(rows, row) ? ERR_NOMEM : ERR_OK;
}

/* Goes through all that match, in order: counts them, and takes those that stand on the page. */
static enum err walk(struct town_store *store, sqlite3_stmt *stmt, const struct town_case_filter *f,
                     const struct place *from, struct civil_date today, struct town_case_page *page)
{
	char last[TOWN_CURSOR_SIZE] = "";
	int taken = 0;
	enum err e = ERR_OK;
	while (!e && !(e = db_step(stmt))) {
		if (page->count <= TOWN_CASES_COUNTED)
			page->count++;
		if (taken <= f->limit && (!from || is_after(stmt, from, f->order))) {
			if (taken++ == f->limit) {
				memcpy(page->next, last, sizeof last);
			} else {
				place_write(stmt, f->order, last);
				e = add_row(store, sqlite3_column_int64(stmt, 0), today, page->cases);
			}
		}
		if (page->count > TOWN_CASES_COUNTED && taken > f->limit)
			break;
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Few have a deadline that is near or past: those are found by it and put into the other order afterwards. */
static bool is_pressing(const struct town_case_filter *f)
{
	return f->overdue || (f->light && (strcmp(f->light, "red") == 0 || strcmp(f->light, "amber") == 0));
}

enum err town_cases_page(struct town_store *store, const struct town_case_filter *filter, struct town_case_page *page)
{
	struct query q = {.len = 0};
	struct place from;
	struct civil_date today;
	char soon[TOWN_DATE_SIZE];
	bool by_due = filter->order == TOWN_CASES_BY_DUE, later = filter->after && filter->after[0];
	memset(page, 0, sizeof *page);
	if (filter->limit < 1 || civil_parse(filter->today, &today) ||
	    (later && place_read(filter->after, filter->order, &from)))
		return ERR_INVALID;
	civil_format(civil_add_days(today, CASE_SOON_DAYS), soon);
	add(&q, "SELECT rowid, received_ms, id, due FROM cases INDEXED BY ");
	add(&q, by_due || is_pressing(filter) ? "cases_due WHERE true" : "cases_newest WHERE true");
	enum err e = add_filter(&q, filter, soon);
	add_words(&q, filter->q, filter->hits != NULL);
	add(&q, by_due ? " ORDER BY due, received_ms, id" : " ORDER BY received_ms DESC, id DESC");
	if (e)
		return e;
	sqlite3_stmt *stmt = NULL;
	page->cases = json_array();
	e = db_hits_begin(store, filter->hits);
	if (!e)
		e = run(store, &q, &stmt);
	if (!e)
		e = walk(store, stmt, filter, later ? &from : NULL, today, page);
	sqlite3_finalize(stmt);
	db_hits_end(store);
	if (e) {
		json_decref(page->cases);
		page->cases = NULL;
	}
	return e;
}

/* ---- the numbers on the front page ---- */

/* One state's row: state, how many, red, amber, with nobody, of no village. */
static enum err count_state(sqlite3_stmt *stmt, struct town_case_counts *counts)
{
	char text[24];
	enum case_state state;
	db_text(stmt, 0, text, sizeof text);
	if (case_state_parse(text, &state))
		return ERR_CORRUPT;
	int64_t all = sqlite3_column_int64(stmt, 1), red = sqlite3_column_int64(stmt, 2), amber = sqlite3_column_int64(stmt, 3);
	counts->states[state] = all;
	counts->lights[CASE_RED] += red;
	counts->lights[CASE_AMBER] += amber;
	counts->lights[CASE_GREEN] += all - red - amber;
	counts->unassigned += sqlite3_column_int64(stmt, 4);
	counts->no_village += sqlite3_column_int64(stmt, 5);
	return ERR_OK;
}

/* Most are done with: those are told by what is left over, since counting all rows reads none of them. */
static enum err count_done(struct town_store *store, struct town_case_counts *counts)
{
	int64_t total = 0, answered = 0;
	enum err e = town_case_total(store, &total);
	if (!e)
		e = db_one_number(store, &answered, "SELECT count(*) FROM cases INDEXED BY cases_state WHERE state = 'answered'", "");
	for (int i = 0; i < CASE_STATE_COUNT; i++)
		total -= counts->states[i];
	counts->states[CASE_ANSWERED] = answered;
	counts->states[CASE_CLOSED] = total - answered;
	counts->lights[CASE_NO_LIGHT] = total;
	return e;
}

enum err town_case_counts(struct town_store *store, const char *today, struct town_case_counts *counts)
{
	char soon[TOWN_DATE_SIZE];
	struct civil_date day;
	sqlite3_stmt *stmt;
	memset(counts, 0, sizeof *counts);
	if (civil_parse(today, &day))
		return ERR_INVALID;
	civil_format(civil_add_days(day, CASE_SOON_DAYS), soon);
	enum err e = db_query(store, &stmt,
	                      "SELECT state, count(*), total(due < ?1), total(due BETWEEN ?1 AND ?2), total(assigned = '' AND"
	                      " office = ''), total(village = '') FROM cases INDEXED BY cases_state"
	                      " WHERE state IN ('registered', 'accepted', 'assigned', 'transferred', 'redo') GROUP BY state",
	                      "tt", today, soon);
	while (!e && !(e = db_step(stmt))) {
		e = count_state(stmt, counts);
		if (e)
			sqlite3_reset(stmt);
	}
	return e == ERR_NOT_FOUND ? count_done(store, counts) : e;
}
