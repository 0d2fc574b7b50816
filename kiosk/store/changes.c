/* changes.c: what the township sends back, a page at a time: all of it and the cursor in one transaction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/duty_text.h"
#include "model/str.h"
#include "model/utf8.h"
#include "store/changes_entry.h"
#include "store/content.h"
#include "store/credentials.h"
#include "store/store_sync.h"
#include "store/wake.h"

static const char unknown_type[] = "a type that this version does not know";
enum { RULE_TEXT_MAX = 1024 * 1024, VIEW_MAX = 256 * 1024, SKIPPED_ENTRY_MAX = 64 * 1024 };

bool change_text(json_t *object, const char *name, char *out, size_t size)
{
	json_t *v = json_object_get(object, name);
	out[0] = '\0';
	if (!v || json_is_null(v))
		return true;
	if (!json_is_string(v) || json_string_length(v) >= size)
		return false;
	return utf8_clean(json_string_value(v), json_string_length(v), false, size, out, size) == ERR_OK;
}

static bool read_mandate(json_t *v, struct roster_mandate *m)
{
	return json_is_object(v) && change_text(v, "level", m->level, sizeof m->level) &&
	       (strcmp(m->level, "township") == 0 || strcmp(m->level, "county") == 0 ||
	        strcmp(m->level, "city") == 0) &&
	       change_text(v, "constituency", m->constituency, sizeof m->constituency) &&
	       change_text(v, "villages", m->villages, sizeof m->villages);
}

static enum err apply_deputy(struct store *store, const struct change_entry *en, const char **reason)
{
	struct roster_person p = {0};
	json_t *d = en->data, *mandates = json_object_get(d, "mandates");
	size_t i;
	json_t *v;
	bool forget = false;
	if (!change_text(d, "name", p.name, sizeof p.name) ||
	    !change_text(d, "gender", p.gender, sizeof p.gender) ||
	    !change_text(d, "nation", p.nation, sizeof p.nation) ||
	    !change_text(d, "birth", p.birth, sizeof p.birth) || !change_text(d, "job", p.job, sizeof p.job) ||
	    !change_text(d, "group", p.group, sizeof p.group) ||
	    !change_text(d, "group_role", p.group_role, sizeof p.group_role) ||
	    !change_text(d, "phone", p.phone, sizeof p.phone) ||
	    !change_text(d, "initials", p.initials, sizeof p.initials) || !p.name[0])
		return change_skip(reason, "a field of the deputy is missing, too long or no text");
	if (json_array_size(mandates) > sizeof p.mandates / sizeof p.mandates[0])
		return change_skip(reason, "too many mandates");
	json_array_foreach(mandates, i, v)
		if (!read_mandate(v, &p.mandates[p.mandate_count++]))
			return change_skip(reason, "a mandate is malformed");
	(void)str_copy(p.id, sizeof p.id, en->id);
	enum err e = change_id_digest(d, &p, &forget, reason);
	if (e == ERR_OK)
		e = person_put(store, &p);
	return e == ERR_OK && forget ? row_delete(store, "id_digests", "deputy", p.id) : e;
}

static enum err apply_named(struct store *store, const struct change_entry *en, const char *table, const char *sql,
                            const char **reason)
{
	char name[128];
	if (!change_text(en->data, "name", name, sizeof name) || !name[0])
		return change_skip(reason, "no name");
	char *data = json_dumps(en->data, JSON_COMPACT);
	if (!data)
		return ERR_NOMEM;
	enum err e = db_run(store->db, sql, "sss", en->id, name, data);
	free(data);
	return e == ERR_OK ? tx_note(store, table, en->id) : e;
}

static enum err apply_group(struct store *store, const struct change_entry *en, const char **reason)
{
	return apply_named(store, en, "groups", "INSERT OR REPLACE INTO groups(id, name, data) VALUES(?, ?, ?)",
	                   reason);
}

static enum err apply_constituency(struct store *store, const struct change_entry *en, const char **reason)
{
	return apply_named(store, en, "constituencies",
	                   "INSERT OR REPLACE INTO constituencies(id, name, data) VALUES(?, ?, ?)", reason);
}

static enum err rule_position(struct store *store, const char *id, int64_t *position)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt,
	                    "SELECT coalesce((SELECT position FROM rules WHERE id = ?), (SELECT max(position) "
	                    "+ 1 FROM rules), 1)",
	                    "s", id);
	if (e == ERR_OK)
		*position = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return e;
}

static enum err apply_rule(struct store *store, const struct change_entry *en, const char **reason)
{
	char title[256];
	json_t *text = json_object_get(en->data, "text"), *count = json_object_get(en->data, "article_count");
	json_t *place = json_object_get(en->data, "position");
	int64_t position = 0;
	if (!change_text(en->data, "title", title, sizeof title) || !title[0] || !json_is_string(text) ||
	    json_string_length(text) > RULE_TEXT_MAX ||
	    (count && (!json_is_integer(count) || json_integer_value(count) < 0)))
		return change_skip(reason, "the rule's title, text or article_count is missing or malformed");
	size_t len = json_string_length(text);
	char *clean = malloc(len * 3 + 1);
	if (!clean)
		return ERR_NOMEM;
	enum err e = utf8_clean(json_string_value(text), len, true, len, clean, len * 3 + 1);
	if (e == ERR_OK && json_is_integer(place))
		position = json_integer_value(place);
	else if (e == ERR_OK)
		e = rule_position(store, en->id, &position);
	if (e == ERR_OK)
		e = rule_put(store, en->id, position, title, json_integer_value(count), clean);
	free(clean);
	return e;
}

static enum err apply_duty(struct store *store, const struct change_entry *en, const char **reason)
{
	struct duty_entry d = {0};
	struct civil_date date;
	if (!change_text(en->data, "deputy", d.deputy, sizeof d.deputy) ||
	    !change_text(en->data, "date", d.day, sizeof d.day) ||
	    !change_text(en->data, "from", d.from, sizeof d.from) ||
	    !change_text(en->data, "until", d.until, sizeof d.until) ||
	    !change_text(en->data, "room", d.room, sizeof d.room) || civil_parse(d.day, &date) != ERR_OK ||
	    !duty_time_valid(d.from) || !duty_time_valid(d.until))
		return change_skip(reason, "the duty's deputy, date, from or until is malformed");
	(void)str_copy(d.id, sizeof d.id, en->id);
	return duty_put(store, &d);
}

static enum err known_rev(struct store *store, const char *case_id, int64_t *rev)
{
	sqlite3_stmt *stmt;
	enum err e = db_one(store->db, &stmt, "SELECT view_rev FROM cases WHERE case_id = ?", "s", case_id);
	if (e == ERR_OK)
		*rev = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return e;
}

struct case_entry {
	const char *case_id;
	enum case_state state;
	json_int_t round, rev;
	uint8_t *view;           /* owned; NULL at rev 0 */
	size_t view_len;
};

static enum err update_case(struct store *store, const struct case_entry *c)
{
	/* A rating belongs to its round: in a later one the case is unrated again. */
	return db_run(store->db,
	              "UPDATE cases SET state = ?, round = ?, view_rev = ?, view = ? WHERE case_id = ?", "siibs",
	              case_state_id(c->state), (int64_t)c->round, (int64_t)c->rev, (const void *)c->view,
	              c->view_len, c->case_id);
}

/* "2026-0312-0017" into its day and number. */
static bool read_receipt(const char *text, char day[11], int64_t *number)
{
	struct civil_date date;
	size_t len = strlen(text);
	if (len < 11 || len > 18 || text[4] != '-' || text[9] != '-' ||
	    strspn(text + 10, "0123456789") != len - 10)
		return false;
	memcpy(day, text, 7);
	day[7] = '-';
	memcpy(day + 8, text + 7, 2);
	day[10] = '\0';
	*number = strtoll(text + 10, NULL, 10);
	return civil_parse(day, &date) == ERR_OK;
}

/* A case that was filed at another kiosk: its slip is good here too. */
static enum err insert_case(struct store *store, const struct case_entry *c, json_t *data,
                            const char **reason)
{
	const char *receipt = NULL, *kind_name = NULL, *lookup_hex = NULL;
	char subject[REPORT_ID_SIZE], deputy[REPORT_ID_SIZE], day[11];
	uint8_t lookup[SLIP_LOOKUP_BYTES];
	json_int_t at = 0;
	int clock_ok = 0;
	int64_t number = 0;
	size_t got = 0;
	enum report_kind kind;
	if (json_unpack(data, "{s:s, s:s, s:s, s:I, s?b}", "receipt", &receipt, "kind", &kind_name, "lookup",
	                &lookup_hex, "at", &at, "clock_ok", &clock_ok) != 0)
		return change_skip(reason, "no such case on this kiosk, and its receipt, kind, lookup or at is missing");
	if (!uuid_valid(c->case_id) || !read_receipt(receipt, day, &number) ||
	    report_kind_parse(kind_name, &kind) != ERR_OK ||
	    !change_text(data, "subject", subject, sizeof subject) || !subject[0] ||
	    !change_text(data, "deputy", deputy, sizeof deputy) || at < 0 ||
	    sodium_hex2bin(lookup, sizeof lookup, lookup_hex, strlen(lookup_hex), NULL, &got, NULL) != 0 ||
	    got != sizeof lookup)
		return change_skip(reason, "another kiosk's case is malformed");
	enum err e = db_run(
		store->db,
		"INSERT INTO cases(case_id, event_seq, receipt_day, receipt_number, lookup, kind, subject, deputy, "
	    "at_ms,"
		" clock_ok, state, round, view_rev, view) VALUES(?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"ssibsssiisiib", c->case_id, day, number, (const void *)lookup, sizeof lookup, report_kind_id(kind),
		subject, deputy[0] ? deputy : NULL, (int64_t)at, (int64_t)clock_ok, case_state_id(c->state),
		(int64_t)c->round, (int64_t)c->rev, (const void *)c->view, c->view_len);
	return e == ERR_EXISTS ? change_skip(reason, "another case has this lookup tag") : e;
}

static enum err read_view(json_t *view, struct case_entry *c, const char **reason)
{
	size_t len = json_string_length(view);
	if (c->rev == 0)
		return ERR_OK;
	c->view = malloc(len / 4 * 3 + 3);
	if (!c->view)
		return ERR_NOMEM;
	/* NOLINTBEGIN(clang-analyzer-unix.Malloc): apply_case frees the view, whatever comes of it */
	if (sodium_base642bin(c->view, len / 4 * 3 + 3, json_string_value(view), len, NULL, &c->view_len, NULL,
	                      sodium_base64_VARIANT_ORIGINAL) != 0 || c->view_len < VIEW_OVERHEAD_BYTES)
		return change_skip(reason, "the case's view is not base64 of a boxed view");
	return ERR_OK;
	/* NOLINTEND(clang-analyzer-unix.Malloc) */
}

static enum err apply_case(struct store *store, const struct change_entry *en, const char **reason)
{
	const char *state_name = NULL;
	struct case_entry c = {0};
	json_t *view = NULL;
	int64_t known = 0;
	if (json_unpack(en->data, "{s:s, s:s, s:I, s:I, s:o}", "case_id", &c.case_id, "state", &state_name,
	                "round", &c.round, "rev", &c.rev, "view", &view) != 0)
		return change_skip(reason, "the case's case_id, state, round, rev or view is missing");
	if (case_state_parse(state_name, &c.state) != ERR_OK)
		return change_skip(reason, "unknown state of the case");
	/* Before the office's first step there is no view: rev 0 only makes the slip known at every kiosk. */
	bool fitting = c.rev == 0 ? json_is_null(view)
	                          : json_is_string(view) && json_string_length(view) <= VIEW_MAX;
	if (c.round < 1 || c.round > 1000 || c.rev < 0 || !fitting)
		return change_skip(reason, "the case's round, rev or view is out of range");
	enum err e = known_rev(store, c.case_id, &known);
	bool here = e == ERR_OK;
	if ((!here && e != ERR_NOT_FOUND) || (here && c.rev <= known))
		return e;
	e = read_view(view, &c, reason);
	if (e == ERR_OK)
		e = here ? update_case(store, &c) : insert_case(store, &c, en->data, reason);
	free(c.view);
	return e == ERR_OK ? tx_note(store, "cases", c.case_id) : e;
}

static const struct change_kind kinds[] = {
	{"deputy", NULL, apply_deputy, person_delete},
	{"group", "groups", apply_group, NULL},
	{"constituency", "constituencies", apply_constituency, NULL},
	{"rule", "rules", apply_rule, NULL},
	{"duty", "duties", apply_duty, NULL},
	{"case", NULL, apply_case, NULL},
	{NULL, NULL, NULL, NULL},
};

static const struct change_kind *find_kind(const char *type)
{
	const struct change_kind *const lists[] = {kinds, change_attendance_kinds};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		for (const struct change_kind *k = lists[i]; k->type; k++)
			if (strcmp(k->type, type) == 0)
				return k;
	return NULL;
}

static bool read_entry(json_t *json, struct change_entry *en)
{
	const char *op = NULL;
	memset(en, 0, sizeof *en);
	if (json_unpack(json, "{s:I}", "cursor", &en->cursor) == 0)
		en->has_cursor = true;
	if (json_unpack(json, "{s:s, s:s, s:s}", "type", &en->type, "op", &op, "id", &en->id) != 0)
		return false;
	en->put = strcmp(op, "put") == 0;
	en->data = json_object_get(json, "data");
	size_t len = strlen(en->id);
	return en->has_cursor && len > 0 && len < REPORT_ID_SIZE &&
	       (en->put ? json_is_object(en->data) : strcmp(op, "del") == 0);
}

static enum err apply(struct store *store, const struct change_entry *en, const char **reason)
{
	const struct change_kind *k = find_kind(en->type);
	if (!k)
		return change_skip(reason, unknown_type);
	if (en->put)
		return k->put(store, en, reason);
	if (k->del)
		return k->del(store, en->id);
	return k->table ? row_delete(store, k->table, "id", en->id)
	                : change_skip(reason, "what is of this type cannot be deleted from here");
}

static enum err record_skipped(struct store *store, json_t *json, const struct change_entry *en, const char *reason)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!text)
		return ERR_NOMEM;
	char cut[96];
	snprintf(cut, sizeof cut, "(%zu bytes, too long to keep: change %lld)", strlen(text), (long long)en->cursor);
	const char *kept = strlen(text) <= SKIPPED_ENTRY_MAX ? text : cut;
	enum err e = db_run(store->db,
	                    "INSERT OR IGNORE INTO skipped_changes(cursor, type, reason, entry)"
	                    " VALUES(nullif(?, -1), ?, ?, ?)",
	                    "isss", en->has_cursor ? (int64_t)en->cursor : -1, en->type ? en->type : "", reason,
	                    kept);
	free(text);
	return e;
}

static enum err apply_or_skip(struct store *store, json_t *json, int64_t after)
{
	struct change_entry en;
	const char *reason = NULL;
	bool readable = read_entry(json, &en);
	if (en.has_cursor && en.cursor <= after)
		return ERR_OK; /* a page that came twice */
	enum err e = readable ? apply(store, &en, &reason)
	                      : change_skip(&reason, "not a change: cursor, type, op, id or data is wrong");
	if (e == ERR_INVALID && reason)
		e = record_skipped(store, json, &en, reason);
	return e;
}

/* The first one after *n that was skipped for its type alone, which is known by now; ERR_NOT_FOUND: none. */
static enum err next_known(struct store *store, int64_t *n, json_t **entry)
{
	sqlite3_stmt *stmt;
	bool row = false, known = false;
	enum err e = db_query(store->db, &stmt, "SELECT n, type, entry FROM skipped_changes WHERE reason = ? AND n > ? ORDER BY n",
	                      "si", unknown_type, *n);
	while (e == ERR_OK && !known && (e = db_step(stmt, &row)) == ERR_OK && row)
		known = find_kind((const char *)sqlite3_column_text(stmt, 1)) != NULL;
	if (e == ERR_OK && known) {
		*n = sqlite3_column_int64(stmt, 0);
		*entry = json_loads((const char *)sqlite3_column_text(stmt, 2), 0, NULL); /* NULL: too long to have been kept */
	}
	sqlite3_finalize(stmt);
	return e == ERR_OK && !known ? ERR_NOT_FOUND : e;
}

static enum err retry_one(struct store *store, int64_t n, json_t *json)
{
	struct change_entry en;
	const char *reason = NULL;
	if (!json || !read_entry(json, &en))
		return ERR_OK; /* stays as it is */
	enum err e = apply(store, &en, &reason);
	if (e == ERR_INVALID && reason)
		return db_run(store->db, "UPDATE skipped_changes SET reason = ? WHERE n = ?", "si", reason, n);
	return e == ERR_OK ? db_run(store->db, "DELETE FROM skipped_changes WHERE n = ?", "i", n) : e;
}

enum err changes_retry(struct store *store)
{
	int64_t n = 0;
	json_t *json = NULL;
	enum err e = next_known(store, &n, &json);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	json_decref(json);
	n = 0;
	e = tx_begin(store);
	while (e == ERR_OK && (e = next_known(store, &n, &json)) == ERR_OK) {
		e = retry_one(store, n, json);
		json_decref(json);
	}
	if (e == ERR_NOT_FOUND)
		e = tx_commit(store, "changes");
	tx_rollback(store);
	return e;
}

enum err changes_apply(struct store *store, json_t *changes, int64_t next_cursor)
{
	int64_t after = 0;
	size_t i;
	json_t *json;
	if (!json_is_array(changes) || next_cursor < 0)
		return ERR_INVALID;
	enum err e = tx_begin(store);
	if (e == ERR_OK)
		e = changes_cursor(store, &after);
	for (i = 0; e == ERR_OK && i < json_array_size(changes); i++) {
		json = json_array_get(changes, i);
		e = apply_or_skip(store, json, after);
	}
	if (e == ERR_OK && next_cursor > after)
		e = state_set_number(store, "changes_cursor", next_cursor);
	bool noted = store->tx.items > 0;
	if (e == ERR_OK)
		e = tx_commit(store, "changes");
	tx_rollback(store);
	if (e == ERR_OK && noted)
		wake_send(store->dir, WAKE_KIOSK);
	return e;
}

enum err changes_cursor(struct store *store, int64_t *cursor)
{
	return state_number(store, "changes_cursor", 0, cursor);
}
