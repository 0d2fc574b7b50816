/* roll.c: everybody of one activity, for the room's screen; and one deputy's year. */
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "store/activity_rows.h"
#include "store/wall_order.h"

/* ---- the roll ---- */

struct entry {
	struct roll_row row;
	bool guest;
	int level, ordinal;
	char constituency[128], initials[32];
};
struct entries { struct entry *rows; size_t count, room; };

static int by_wall_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->guest != y->guest)
		return x->guest - y->guest;
	struct wall_place p = {x->level, x->ordinal, x->constituency, x->initials, x->row.name, x->row.deputy};
	struct wall_place q = {y->level, y->ordinal, y->constituency, y->initials, y->row.name, y->row.deputy};
	return wall_compare(&p, &q);
}

/* What the roster says of somebody, after their attendance; a mandate's level and constituency follow. */
enum { COLUMN_ID = ATTENDANCE_COLUMN_COUNT, COLUMN_NAME, COLUMN_GROUP, COLUMN_INITIALS, COLUMN_LEVEL, COLUMN_CONSTITUENCY };

static enum err take_person(sqlite3_stmt *stmt, const char *self, bool guest, struct entry *en)
{
	memset(en, 0, sizeof *en);
	en->guest = guest;
	en->level = WALL_LEVEL_NONE;
	enum err e = attendance_take(stmt, 0, self, &en->row.row);
	if (e == ERR_OK)
		e = db_text(stmt, COLUMN_ID, en->row.deputy, sizeof en->row.deputy);
	if (e == ERR_OK)
		e = db_text(stmt, COLUMN_NAME, en->row.name, sizeof en->row.name);
	if (e == ERR_OK)
		e = db_text(stmt, COLUMN_GROUP, en->row.group, sizeof en->row.group);
	if (e == ERR_OK)
		e = db_text(stmt, COLUMN_INITIALS, en->initials, sizeof en->initials);
	return e;
}

/* Of several mandates the one of the lowest level decides where they stand. */
static enum err take_mandate(sqlite3_stmt *stmt, struct entry *en)
{
	char level[16];
	enum err e = db_text(stmt, COLUMN_LEVEL, level, sizeof level);
	if (e != ERR_OK || !level[0] || wall_level(level) >= en->level)
		return e;
	en->level = wall_level(level);
	e = db_text(stmt, COLUMN_CONSTITUENCY, en->constituency, sizeof en->constituency);
	en->ordinal = wall_ordinal(en->constituency);
	return e;
}

/* Rows of one person stand together, one for each mandate. */
static enum err take_rows(struct store *store, const char *sql, const char *self, const char *activity, bool guests,
                          struct entries *all)
{
	sqlite3_stmt *stmt;
	bool row = false;
	size_t first = all->count;
	enum err e = db_query(store->db, &stmt, sql, "s", activity);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		const char *id = (const char *)sqlite3_column_text(stmt, COLUMN_ID);
		if (all->count == first || strcmp(all->rows[all->count - 1].row.deputy, id) != 0) {
			void *rows = all->rows;
			e = rows_grow(&rows, all->count, &all->room, sizeof *all->rows);
			all->rows = rows;
			if (e == ERR_OK)
				e = take_person(stmt, self, guests, &all->rows[all->count]);
			all->count += e == ERR_OK;
		}
		if (e == ERR_OK)
			e = take_mandate(stmt, &all->rows[all->count - 1]);
	}
	sqlite3_finalize(stmt);
	return e;
}

/* Somebody whom the roster does not know (yet) is called by their id. */
#define ROLL_COLUMNS(of) \
	ATTENDANCE_COLUMNS ", " of ".deputy, coalesce(d.name, " of ".deputy), d.grp, d.initials, m.level, m.constituency"
#define ROLL_PERSON(of) \
	" LEFT JOIN leaves l ON l.id = " of ".id LEFT JOIN deputies d ON d.id = " of ".deputy" \
	" LEFT JOIN mandates m ON m.deputy = " of ".deputy WHERE " ROWS_OF(of, "?1")

static enum err read_roll(struct store *store, const char *self, const char *activity, struct entries *all)
{
	enum err e = take_rows(store,
	                       "SELECT " ROLL_COLUMNS("i") " FROM invitees i LEFT JOIN attendance t ON t.id = i.id" ROLL_PERSON("i")
	                       " ORDER BY i.id, m.position",
	                       self, activity, false, all);
	if (e == ERR_OK)
		e = take_rows(store,
		              "SELECT " ROLL_COLUMNS("t") " FROM attendance t LEFT JOIN invitees i ON i.id = t.id" ROLL_PERSON("t")
		              " AND i.id IS NULL ORDER BY t.id, m.position",
		              self, activity, true, all);
	return e;
}

enum err store_roll(struct store *store, const char *activity, struct roll *roll)
{
	struct store_identity identity;
	struct entries all = {0};
	struct roll_row *rows = NULL;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK)
		e = read_roll(store, identity.kiosk, activity, &all);
	if (e == ERR_OK && all.count > 0) {
		qsort(all.rows, all.count, sizeof *all.rows, by_wall_order);
		rows = calloc(all.count, sizeof *rows);
		e = rows ? ERR_OK : ERR_NOMEM;
	}
	for (size_t i = 0; rows && i < all.count; i++)
		rows[i] = all.rows[i].row;
	free(all.rows);
	if (e != ERR_OK)
		return e;
	roll->rows = rows;
	roll->count = all.count;
	return ERR_OK;
}

void roll_clear(struct roll *roll)
{
	free(roll->rows);
	roll->rows = NULL;
	roll->count = 0;
}

/* ---- one deputy's year ---- */

enum { AHEAD_DAYS = 60 }; /* as far as the home announces */

static void add_up(struct attendance_sum *sum, const struct deputy_activity *d, bool invited, int64_t now_ms)
{
	bool settled = d->activity.ends_ms <= now_ms || d->row.signed_in; /* nobody has missed what still goes on */
	if (!invited || d->activity.cancelled || !settled)
		return;
	sum->due++;
	sum->attended += d->row.signed_in;
	sum->late += d->row.signed_in && d->row.timing == TIMING_LATE;
	sum->leave += !d->row.signed_in && (d->row.leave == LEAVE_ASKED || d->row.leave == LEAVE_GRANTED);
}

/* At the end of a year those of the next that are announced stand there too: leave is asked for before they begin. */
static int64_t until_ms_of(int year, int64_t now_ms)
{
	int64_t next_ms = civil_to_ms((struct civil_date){year + 1, 1, 1}), ahead_ms = now_ms + AHEAD_DAYS * INT64_C(86400000);
	return now_ms < next_ms && ahead_ms > next_ms ? ahead_ms : next_ms;
}

static enum err open_year(struct store *store, const char *deputy, int year, int64_t now_ms, sqlite3_stmt **stmt)
{
	return db_query(store->db, stmt,
	                "SELECT " ACTIVITY_COLUMNS ", " ATTENDANCE_COLUMNS " FROM (SELECT id, activity FROM invitees"
	                " WHERE deputy = ?1 UNION SELECT id, activity FROM attendance WHERE deputy = ?1) m"
	                " JOIN activities a ON a.id = m.activity LEFT JOIN attendance t ON t.id = m.id"
	                " LEFT JOIN invitees i ON i.id = m.id LEFT JOIN leaves l ON l.id = m.id"
	                " WHERE a.starts_ms >= ?2 AND a.starts_ms < ?3 ORDER BY a.starts_ms, a.id",
	                "sii", deputy, civil_to_ms((struct civil_date){year, 1, 1}),
	                until_ms_of(year, now_ms));
}

struct year { const char *self; int64_t next_ms, now_ms; struct attendance_sum sum; };

static enum err take_year(sqlite3_stmt *stmt, void *to, void *arg)
{
	enum { COLUMN_ATTENDANCE = ACTIVITY_COLUMN_COUNT, COLUMN_INVITED = COLUMN_ATTENDANCE + 9 };
	struct deputy_activity *d = to;
	struct year *y = arg;
	enum err e = activity_take(stmt, 0, &d->activity);
	if (e == ERR_OK)
		e = attendance_take(stmt, COLUMN_ATTENDANCE, y->self, &d->row);
	if (e == ERR_OK && d->activity.starts_ms < y->next_ms)
		add_up(&y->sum, d, sqlite3_column_type(stmt, COLUMN_INVITED) != SQLITE_NULL, y->now_ms);
	return e;
}

enum err store_deputy_year(struct store *store, const char *deputy, int year, int64_t now_ms,
                           struct deputy_activities *list, struct attendance_sum *sum)
{
	struct store_identity identity;
	struct year y = {.self = identity.kiosk, .next_ms = civil_to_ms((struct civil_date){year + 1, 1, 1}), .now_ms = now_ms};
	void *rows;
	sqlite3_stmt *stmt;
	enum err e = store_identity(store, &identity);
	if (e == ERR_OK)
		e = open_year(store, deputy, year, now_ms, &stmt);
	if (e == ERR_OK)
		e = rows_read(stmt, take_year, &y, sizeof *list->rows, &rows, &list->count);
	if (e != ERR_OK)
		return e;
	list->rows = rows;
	*sum = y.sum;
	return ERR_OK;
}

void deputy_activities_clear(struct deputy_activities *list)
{
	free(list->rows);
	list->rows = NULL;
	list->count = 0;
}
