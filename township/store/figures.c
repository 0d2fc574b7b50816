/* Sums over cases and activities. */
#include <stdlib.h>

#include "model/civil.h"
#include "township/store/db.h"
#include "township/store_figures.h"

/* A report's time, by the clock that is trusted; c is cases. */
#define CASE_TIME "(CASE WHEN c.clock_ok THEN c.at_ms ELSE c.received_ms END)"

#define SUMS                                                                                                                 \
	"SELECT c.key, count(*), sum(c.answered), sum(c.state = 'closed'), sum(c.late), sum(c.round > 1),"                       \
	" sum(c.rating = 'satisfied'), sum(c.rating = 'partly'), sum(c.rating = 'unsatisfied') FROM (SELECT "
#define OF_CASES                                                                                                              \
	" AS key, c.state, c.round, r.rating, EXISTS (SELECT 1 FROM rounds a WHERE a.case_id = c.id AND a.answered_ms IS NOT NULL)" \
	" AS answered, c.state NOT IN ('answered', 'closed') AND (c.answer_due < ?3 OR"                                           \
	" (c.state IN ('registered', 'accepted', 'assigned', 'redo') AND c.transfer_due < ?3)) AS late"                           \
	" FROM cases c JOIN rounds r ON r.case_id = c.id AND r.round ="                                                           \
	" (SELECT max(l.round) FROM rounds l WHERE l.case_id = c.id AND (l.rating IS NOT NULL OR l.round = 1))"                   \
	" LEFT JOIN deputies d ON d.id = CASE WHEN c.assigned <> '' THEN c.assigned ELSE c.deputy END"                            \
	" WHERE " CASE_TIME " >= ?1 AND " CASE_TIME " < ?2) c GROUP BY c.key"

static json_t *sums_row(sqlite3_stmt *stmt)
{
	const char *key = (const char *)sqlite3_column_text(stmt, 0);
#define N(i) (json_int_t) sqlite3_column_int64(stmt, i)
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "key", key ? key : "", "received", N(1), "answered", N(2),
	                 "closed", N(3), "late", N(4), "redo", N(5), "satisfied", N(6), "partly", N(7), "unsatisfied", N(8));
#undef N
}

enum err town_figures_cases(struct town_store *store, const struct town_span *span, enum town_figure_by by, json_t **rows)
{
	sqlite3_stmt *stmt;
	enum err e = ERR_INVALID;
	switch (by) {
	case TOWN_BY_SUBJECT:
		e = db_query(store, &stmt, SUMS "c.subject" OF_CASES " ORDER BY 2 DESC, 1", "iit", span->from_ms, span->until_ms, span->today);
		break;
	case TOWN_BY_VILLAGE:
		e = db_query(store, &stmt, SUMS "c.village" OF_CASES " ORDER BY 2 DESC, 1", "iit", span->from_ms, span->until_ms, span->today);
		break;
	case TOWN_BY_MONTH:
		e = db_query(store, &stmt, SUMS "strftime('%m', " CASE_TIME " / 1000 + 28800, 'unixepoch')" OF_CASES " ORDER BY 1", "iit",
		             span->from_ms, span->until_ms, span->today);
		break;
	case TOWN_BY_KIND:
		e = db_query(store, &stmt, SUMS "c.kind" OF_CASES " ORDER BY 2 DESC, 1", "iit", span->from_ms, span->until_ms, span->today);
		break;
	case TOWN_BY_DEPUTY:
		e = db_query(store, &stmt, SUMS "coalesce(d.name, '')" OF_CASES " ORDER BY 2 DESC, 1", "iit", span->from_ms, span->until_ms,
		             span->today);
		break;
	}
	return e ? e : db_list(stmt, sums_row, rows);
}

enum err town_figures_answer_days(struct town_store *store, const struct town_span *span, int **days, size_t *count)
{
	sqlite3_stmt *stmt;
	int *list = NULL;
	size_t n = 0, room = 0;
	enum err e = db_query(store, &stmt,
	                      "SELECT max(0, (min(r.answered_ms) - " CASE_TIME ") / 86400000) AS days FROM cases c"
	                      " JOIN rounds r ON r.case_id = c.id WHERE r.answered_ms IS NOT NULL AND " CASE_TIME " >= ? AND " CASE_TIME
	                      " < ? GROUP BY c.id ORDER BY days",
	                      "ii", span->from_ms, span->until_ms);
	while (!e && !(e = db_step(stmt))) {
		if (n == room) {
			room = room ? room * 2 : 256;
			int *grown = realloc(list, room * sizeof *grown);
			if (!grown) {
				sqlite3_reset(stmt);
				e = ERR_NOMEM;
				break;
			}
			list = grown;
		}
		list[n++] = sqlite3_column_int(stmt, 0);
	}
	if (e != ERR_NOT_FOUND) {
		free(list);
		return e;
	}
	*days = list;
	*count = n;
	return ERR_OK;
}

static void year_span(int year, int64_t *from_ms, int64_t *until_ms)
{
	*from_ms = civil_to_ms((struct civil_date){year, 1, 1});
	*until_ms = civil_to_ms((struct civil_date){year + 1, 1, 1});
}

enum err town_figures_held(struct town_store *store, int year, int64_t now_ms, int held[4][ACTIVITY_KIND_COUNT])
{
	sqlite3_stmt *stmt;
	int64_t from, until;
	year_span(year, &from, &until);
	for (int q = 0; q < 4; q++)
		for (int k = 0; k < ACTIVITY_KIND_COUNT; k++)
			held[q][k] = 0;
	enum err e = db_query(store, &stmt,
	                      "SELECT kind, starts_ms FROM activities WHERE NOT cancelled AND starts_ms >= ? AND starts_ms < ? AND ends_ms <= ?",
	                      "iii", from, until, now_ms);
	while (!e && !(e = db_step(stmt))) {
		char id[24];
		enum activity_kind kind;
		db_text(stmt, 0, id, sizeof id);
		int quarter = (civil_from_ms(sqlite3_column_int64(stmt, 1)).date.month - 1) / 3;
		if (activity_kind_parse(id, &kind) == ERR_OK)
			held[quarter][kind]++;
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static json_t *group_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:I, s:I}", "group", sqlite3_column_text(stmt, 0), "members", (json_int_t)sqlite3_column_int64(stmt, 1),
	                 "activities", (json_int_t)sqlite3_column_int64(stmt, 2));
}

enum err town_figures_groups(struct town_store *store, int year, int64_t now_ms, json_t **rows)
{
	sqlite3_stmt *stmt;
	int64_t from, until;
	year_span(year, &from, &until);
	enum err e = db_query(store, &stmt,
	                      "WITH sizes AS (SELECT g.id, g.name, count(d.id) AS members FROM groups g"
	                      "  JOIN deputies d ON d.group_id = g.id AND d.left_ms IS NULL GROUP BY g.id),"
	                      " invited AS (SELECT a.id AS activity, d.group_id, count(*) AS n FROM activities a"
	                      "  JOIN invitees i ON i.activity = a.id JOIN deputies d ON d.id = i.deputy"
	                      "  WHERE a.kind = 'group' AND NOT a.cancelled AND a.starts_ms >= ?1 AND a.starts_ms < ?2 AND a.ends_ms <= ?3"
	                      "  GROUP BY a.id, d.group_id)"
	                      " SELECT s.name, s.members, (SELECT count(*) FROM invited v WHERE v.group_id = s.id AND v.n * 2 >= s.members)"
	                      " FROM sizes s ORDER BY s.id",
	                      "iii", from, until, now_ms);
	return e ? e : db_list(stmt, group_row, rows);
}
