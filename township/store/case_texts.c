/* The villages that the roster names, and the sealed texts of all cases one by one: for finding villages and words. */
#include <stdlib.h>
#include <string.h>

#include "township/store/db.h"

static json_t *mandate_row(sqlite3_stmt *stmt)
{
	return json_pack("{s:s, s:s}", "deputy", sqlite3_column_text(stmt, 0), "villages", sqlite3_column_text(stmt, 1));
}

enum err town_mandate_villages_json(struct town_store *store, json_t **list)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt,
	                      "SELECT m.deputy, m.villages FROM mandates m JOIN deputies d ON d.id = m.deputy"
	                      " WHERE d.left_ms IS NULL AND m.villages <> '' ORDER BY d.rowid, m.n",
	                      "");
	return e ? e : db_list(stmt, mandate_row, list);
}

enum err town_case_total(struct town_store *store, int64_t *total)
{
	return db_one_number(store, total, "SELECT count(*) FROM cases", "");
}

void town_case_texts_clear(struct town_case_texts *texts)
{
	for (size_t i = 0; i < texts->answer_count; i++)
		free(texts->answers[i].bytes);
	free(texts->answers);
	free(texts->sealed);
	memset(texts, 0, sizeof *texts);
}

static enum err read_answers(struct town_store *store, struct town_case_texts *texts)
{
	sqlite3_stmt *stmt;
	enum err e = db_query(store, &stmt, "SELECT answer FROM rounds WHERE case_id = ? AND answer IS NOT NULL", "t", texts->id);
	while (!e && !(e = db_step(stmt))) {
		struct town_sealed *grown = realloc(texts->answers, (texts->answer_count + 1) * sizeof *grown);
		if (grown) {
			texts->answers = grown;
			struct town_sealed *answer = &grown[texts->answer_count++];
			e = db_blob(stmt, 0, &answer->bytes, &answer->len);
		} else {
			e = ERR_NOMEM;
		}
		if (e)
			sqlite3_reset(stmt);
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

#define TEXTS_COLUMNS "SELECT rowid, id, deputy, village_by IS NULL, coalesce(village_by, '') = '', sealed FROM cases "

/* The row that the query found. */
static enum err read_texts(struct town_store *store, sqlite3_stmt *stmt, struct town_case_texts *texts)
{
	db_text(stmt, 1, texts->id, sizeof texts->id);
	db_text(stmt, 2, texts->deputy, sizeof texts->deputy);
	texts->village_due = sqlite3_column_int(stmt, 3) != 0;
	texts->village_unknown = sqlite3_column_int(stmt, 4) != 0;
	enum err e = db_blob(stmt, 5, &texts->sealed, &texts->sealed_len);
	sqlite3_reset(stmt);
	if (!e)
		e = read_answers(store, texts);
	if (e)
		town_case_texts_clear(texts);
	return e;
}

enum err town_case_texts_next(struct town_store *store, int64_t *rowid, struct town_case_texts *texts)
{
	sqlite3_stmt *stmt;
	memset(texts, 0, sizeof *texts);
	enum err e = db_one(store, &stmt, TEXTS_COLUMNS "WHERE rowid > ? ORDER BY rowid LIMIT 1", "i", *rowid);
	if (e)
		return e;
	*rowid = sqlite3_column_int64(stmt, 0);
	return read_texts(store, stmt, texts);
}

enum err town_case_texts_get(struct town_store *store, const char *id, struct town_case_texts *texts)
{
	sqlite3_stmt *stmt;
	memset(texts, 0, sizeof *texts);
	enum err e = db_one(store, &stmt, TEXTS_COLUMNS "WHERE id = ?", "t", id);
	return e ? e : read_texts(store, stmt, texts);
}
