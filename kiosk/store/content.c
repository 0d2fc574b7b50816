#include "store/content.h"

#include <stdio.h>
#include <string.h>

#include "store/credentials.h"

static enum err mandates_delete(struct store *store, const char *id)
{
	sqlite3_stmt *stmt;
	bool row = false;
	char ids[sizeof((struct roster_person *)0)->mandates / sizeof(struct roster_mandate)]
			[REPORT_ID_SIZE + 12];
	size_t count = 0;
	enum err e = db_query(store->db, &stmt, "SELECT id FROM mandates WHERE deputy = ?", "s", id);
	while (e == ERR_OK && (e = db_step(stmt, &row)) == ERR_OK && row) {
		if (count == sizeof ids / sizeof ids[0])
			e = ERR_CORRUPT;
		else
			e = db_text(stmt, 0, ids[count++], sizeof ids[0]);
	}
	sqlite3_finalize(stmt);
	if (e == ERR_OK)
		e = db_run(store->db, "DELETE FROM mandates WHERE deputy = ?", "s", id);
	for (size_t i = 0; e == ERR_OK && i < count; i++)
		e = tx_note(store, "mandates", ids[i]);
	return e;
}

static enum err mandates_put(struct store *store, const struct roster_person *p)
{
	enum err e = mandates_delete(store, p->id);
	for (size_t i = 0; e == ERR_OK && i < p->mandate_count; i++) {
		const struct roster_mandate *m = &p->mandates[i];
		char id[REPORT_ID_SIZE + 12];
		snprintf(id, sizeof id, "%.63s/%u", p->id, (unsigned)i);
		e = db_run(store->db, "INSERT INTO mandates(id, deputy, position, level, constituency, villages)"
		                      " VALUES(?, ?, ?, ?, ?, ?)",
		           "ssisss", id, p->id, (int64_t)i, m->level, m->constituency, m->villages);
		if (e == ERR_OK)
			e = tx_note(store, "mandates", id);
	}
	return e;
}

enum err person_put(struct store *store, const struct roster_person *p)
{
	enum err e = db_run(
		store->db,
		"INSERT INTO deputies(id, name, gender, nation, birth, job, grp, group_role, phone, initials)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT(id) DO UPDATE SET name = ?2, gender = "
	    "?3,"
		" nation = ?4, birth = ?5, job = ?6, grp = ?7, group_role = ?8, phone = ?9, initials = ?10",
		"ssssssssss", p->id, p->name, p->gender, p->nation, p->birth, p->job, p->group, p->group_role,
		p->phone, p->initials);
	if (e == ERR_OK)
		e = tx_note(store, "deputies", p->id);
	if (e == ERR_OK)
		e = mandates_put(store, p);
	return e == ERR_OK && p->has_digest ? id_digest_put(store, p->id, &p->id_params, p->id_digest) : e;
}

enum err person_delete(struct store *store, const char *id)
{
	static const char *const known_by[] = {"id_digests", "cards", "portraits"};
	enum err e = mandates_delete(store, id);
	for (size_t i = 0; e == ERR_OK && i < sizeof known_by / sizeof known_by[0]; i++)
		e = row_delete(store, known_by[i], "deputy", id);
	return e == ERR_OK ? row_delete(store, "deputies", "id", id) : e;
}

enum err rule_put(struct store *store, const char *id, int64_t position, const char *title, int64_t articles,
                  const char *text)
{
	enum err e = db_run(store->db, "INSERT OR REPLACE INTO rules(id, position, title, article_count, text)"
	                               " VALUES(?, ?, ?, ?, ?)",
	                    "sisis", id, position, title, articles, text);
	return e == ERR_OK ? tx_note(store, "rules", id) : e;
}

enum err duty_put(struct store *store, const struct duty_entry *d)
{
	enum err e = db_run(store->db, "INSERT OR REPLACE INTO duties(id, deputy, day, starts, ends, room)"
	                               " VALUES(?, ?, ?, ?, ?, ?)",
	                    "ssssss", d->id, d->deputy, d->day, d->from, d->until, d->room);
	return e == ERR_OK ? tx_note(store, "duties", d->id) : e;
}
