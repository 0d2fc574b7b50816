#include "model/roster.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/csv.h"
#include "model/roster_fault.h"
#include "model/str.h"
#include "model/utf8.h"

enum column { COL_NAME, COL_GENDER, COL_NATION, COL_BIRTH, COL_JOB, COL_CONSTITUENCY, COL_VILLAGES, COL_GROUP,
              COL_GROUP_ROLE, COL_LEVEL, COL_PHONE, COL_INITIALS, COL_ID_NUMBER, COL_ID, COLUMN_COUNT };

static const struct { const char *heading; bool needed; } columns[COLUMN_COUNT] = {
	[COL_NAME] = {"姓名", true},
	[COL_GENDER] = {"性别", false},
	[COL_NATION] = {"民族", false},
	[COL_BIRTH] = {"出生年月", true},
	[COL_JOB] = {"职务", false},
	[COL_CONSTITUENCY] = {"选区", true},
	[COL_VILLAGES] = {"所辖村", false},
	[COL_GROUP] = {"代表小组", false},
	[COL_GROUP_ROLE] = {"小组职务", false},
	[COL_LEVEL] = {"层级", true},
	[COL_PHONE] = {"电话", false},
	[COL_INITIALS] = {"拼音首字母", false},
	[COL_ID_NUMBER] = {"身份证号", false},
	[COL_ID] = {"代表编号", false},
};
/* What offices head that column with besides. */
static const char *const id_headings[] = {"身份证号码", "公民身份号码", "公民身份证号", "身份证"};

enum { PEOPLE_MAX = 20000, PROBLEMS_MAX = 1000 };

struct reading {
	struct roster *roster;
	struct roster_problems *problems;
	size_t people_room;
	int at[COLUMN_COUNT]; /* the field of each column, -1 when there is none */
	enum err e;           /* out of memory */
};

enum err roster_problem_add(struct roster_problems *problems, int row, const char *fault, const char *value)
{
	if (problems->count == PROBLEMS_MAX)
		return ERR_OK;
	struct roster_problem *grown = realloc(problems->items, (problems->count + 1) * sizeof *grown);
	if (!grown)
		return ERR_NOMEM;
	problems->items = grown;
	struct roster_problem *it = &problems->items[problems->count++];
	memset(it, 0, sizeof *it);
	it->row = row;
	it->fault = fault;
	char text[sizeof it->what * 2];
	snprintf(text, sizeof text, value[0] ? "%s：%.200s" : "%s", fault, value);
	/* The value may be cut inside a character, and may be no UTF-8 at all; what fits is enough. */
	(void)!utf8_clean(text, strlen(text), false, sizeof it->what, it->what, sizeof it->what);
	return ERR_OK;
}

static void blame(struct reading *r, int row, const char *fault, const char *value)
{
	if (roster_problem_add(r->problems, row, fault, value) != ERR_OK)
		r->e = ERR_NOMEM;
}

static const char *field(const struct reading *r, const struct csv_row *row, enum column c)
{
	int i = r->at[c];
	const char *value = i >= 0 && (size_t)i < row->count ? row->fields[i] : "";
	/* An apostrophe keeps a text from being a formula: it is no part of the text. */
	return value[0] == '\'' && value[1] && strchr("=+-@", value[1]) ? value + 1 : value;
}

/* Takes a field over; false (and blamed) when it is no UTF-8 or too long. */
static bool take(struct reading *r, const struct csv_row *row, enum column c, char *out, size_t size)
{
	const char *value = field(r, row, c);
	if (!utf8_valid(value, strlen(value))) {
		blame(r, row->line, FAULT_NOT_UTF8, "");
		return false;
	}
	if (utf8_clean(value, strlen(value), false, size, out, size) != ERR_OK) {
		blame(r, row->line, FAULT_TOO_LONG, value);
		return false;
	}
	return true;
}

void roster_name_close_up(char *name)
{
	char tight[sizeof((struct roster_person *)0)->name];
	size_t n = 0;
	for (const char *p = name; *p && n < sizeof tight - 1;) {
		if (*p == ' ') {
			p++;
		} else if (strncmp(p, "　", 3) == 0) {
			p += 3;
		} else {
			tight[n++] = *p++;
		}
	}
	tight[n] = '\0';
	if (utf8_count(tight, n) <= 3)
		memcpy(name, tight, n + 1);
}

bool roster_birth(const char *text, char out[16])
{
	int year = 0, month = 0, digits = 0;
	const char *p = text;
	for (; *p >= '0' && *p <= '9' && digits < 4; p++, digits++)
		year = year * 10 + (*p - '0');
	if (digits != 4)
		return false;
	while (*p && (*p < '0' || *p > '9'))
		p++;
	for (digits = 0; *p >= '0' && *p <= '9' && digits < 2; p++, digits++)
		month = month * 10 + (*p - '0');
	if (year < 1900 || year > 2100 || month < 1 || month > 12)
		return false;
	snprintf(out, 16, "%04d-%02d", year, month);
	return true;
}

static const char *level_of(const char *word, size_t len)
{
	static const struct { const char *word, *level;
	} words[] = {
		{"乡", "township"},   {"镇", "township"},     {"乡镇", "township"},     {"乡级", "township"},
		{"镇级", "township"}, {"乡镇级", "township"}, {"township", "township"}, {"县", "county"},
		{"区", "county"},     {"旗", "county"},       {"县级", "county"},       {"区级", "county"},
		{"县区", "county"},   {"county", "county"},   {"市", "city"},           {"州", "city"},
		{"市级", "city"},     {"州级", "city"},       {"市州", "city"},         {"city", "city"},
	};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i].word) == len && memcmp(words[i].word, word, len) == 0)
			return words[i].level;
	return NULL;
}

/* Separators of several levels in one cell. */
static size_t separator(const char *p)
{
	if (*p == '/' || *p == ';' || *p == ' ')
		return 1;
	return strncmp(p, "、", 3) == 0 || strncmp(p, "，", 3) == 0 || strncmp(p, "；", 3) == 0 ? 3 : 0;
}

static bool add_mandate(struct reading *r, const struct csv_row *row, struct roster_person *p,
                        const char *level)
{
	struct roster_mandate m = {0};
	(void)str_copy(m.level, sizeof m.level, level);
	if (!take(r, row, COL_CONSTITUENCY, m.constituency, sizeof m.constituency) ||
	    !take(r, row, COL_VILLAGES, m.villages, sizeof m.villages))
		return false;
	for (size_t i = 0; i < p->mandate_count; i++) {
		if (strcmp(p->mandates[i].level, level) == 0) {
			blame(r, row->line, FAULT_LEVEL_TWICE, p->name);
			return false;
		}
	}
	if (p->mandate_count == sizeof p->mandates / sizeof p->mandates[0]) {
		blame(r, row->line, FAULT_LEVELS_MANY, p->name);
		return false;
	}
	p->mandates[p->mandate_count++] = m;
	return true;
}

static bool add_mandates(struct reading *r, const struct csv_row *row, struct roster_person *p)
{
	const char *cell = field(r, row, COL_LEVEL), *from = cell;
	bool any = false;
	for (const char *q = cell;; q++) {
		size_t sep = *q ? separator(q) : 0;
		if (*q && sep == 0)
			continue;
		if (q > from) {
			const char *level = level_of(from, (size_t)(q - from));
			if (!level) {
				blame(r, row->line, FAULT_LEVEL, cell);
				return false;
			}
			if (!add_mandate(r, row, p, level))
				return false;
			any = true;
		}
		if (!*q)
			break;
		q += sep - 1;
		from = q + 1;
	}
	if (!any)
		blame(r, row->line, FAULT_NO_LEVEL, p->name);
	return any;
}

void roster_make_id(struct roster_person *p)
{
	uint8_t sum[crypto_generichash_BYTES];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof sum);
	crypto_generichash_update(&state, (const uint8_t *)p->name, strlen(p->name) + 1);
	crypto_generichash_update(&state, (const uint8_t *)p->birth, strlen(p->birth) + 1);
	crypto_generichash_update(&state, (const uint8_t *)p->gender, strlen(p->gender) + 1);
	crypto_generichash_final(&state, sum, sizeof sum);
	char hex[17];
	snprintf(p->id, sizeof p->id, "p-%s", sodium_bin2hex(hex, sizeof hex, sum, 8));
}

/* The id that the township gave, where the file has it: so a name or a birth that was corrected is still the same person. */
static bool take_id(struct reading *r, const struct csv_row *row, struct roster_person *p)
{
	const char *id = field(r, row, COL_ID);
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
	if (!id[0]) {
		roster_make_id(p);
		return true;
	}
	if (id[n] || n >= sizeof p->id) {
		blame(r, row->line, FAULT_ID, id);
		return false;
	}
	memcpy(p->id, id, n + 1);
	return true;
}

static struct roster_person *find_person(struct roster *roster, const char *id)
{
	for (size_t i = 0; i < roster->count; i++)
		if (strcmp(roster->people[i].id, id) == 0)
			return &roster->people[i];
	return NULL;
}

static struct roster_person *new_person(struct reading *r, const struct csv_row *row,
                                        const struct roster_person *p)
{
	struct roster *roster = r->roster;
	if (roster->count == PEOPLE_MAX) {
		blame(r, row->line, FAULT_ROSTER_LONG, "");
		return NULL;
	}
	if (roster->count == r->people_room) {
		size_t more = r->people_room ? r->people_room * 2 : 128;
		struct roster_person *grown = malloc(more * sizeof *grown);
		if (!grown) {
			r->e = ERR_NOMEM;
			return NULL;
		}
		if (roster->count > 0) { /* realloc would leave ID numbers behind */
			memcpy(grown, roster->people, roster->count * sizeof *grown);
			sodium_memzero(roster->people, roster->count * sizeof *grown);
		}
		free(roster->people);
		roster->people = grown;
		r->people_room = more;
	}
	roster->people[roster->count] = *p;
	return &roster->people[roster->count++];
}

/* A person's second row may be kept shorter than the first. */
static void fill_in(char *kept, const char *later, size_t size)
{
	if (!kept[0])
		snprintf(kept, size, "%s", later);
}

/* "" where the file has none. The message names the person, not the number: it may be read aloud, or kept in a log. */
static bool take_id_number(struct reading *r, const struct csv_row *row, struct roster_person *p)
{
	size_t n = 0;
	char birth[8];
	for (const char *c = field(r, row, COL_ID_NUMBER); *c; c++) {
		if (*c == ' ' || *c == '\'') /* spreadsheets keep long numbers as text with an apostrophe */
			continue;
		if (n + 1 == sizeof p->id_number) {
			blame(r, row->line, FAULT_ID_NUMBER, p->name);
			return false;
		}
		p->id_number[n++] = *c == 'x' ? 'X' : *c;
	}
	p->id_number[n] = '\0';
	if (n == 0)
		return true;
	if (!id_number_ok(p->id_number)) {
		blame(r, row->line, FAULT_ID_NUMBER, p->name);
		return false;
	}
	snprintf(birth, sizeof birth, "%.4s-%.2s", p->id_number + 6, p->id_number + 10);
	if (strcmp(birth, p->birth) != 0) {
		blame(r, row->line, FAULT_ID_BIRTH, p->name);
		return false;
	}
	return true;
}

/* Two rows of one person agree on the number, or one of them has none. */
static bool same_id_number(struct reading *r, const struct csv_row *row, struct roster_person *known, const struct roster_person *p)
{
	if (known->id_number[0] && p->id_number[0] && strcmp(known->id_number, p->id_number) != 0) {
		blame(r, row->line, FAULT_ID_DIFFERS, p->name);
		return false;
	}
	fill_in(known->id_number, p->id_number, sizeof known->id_number);
	return true;
}

static void read_person(struct reading *r, const struct csv_row *row, struct roster_person *p)
{
	const char *birth = field(r, row, COL_BIRTH);
	if (!take(r, row, COL_NAME, p->name, sizeof p->name) ||
	    !take(r, row, COL_GENDER, p->gender, sizeof p->gender) ||
	    !take(r, row, COL_NATION, p->nation, sizeof p->nation) || !take(r, row, COL_JOB, p->job, sizeof p->job) ||
	    !take(r, row, COL_GROUP, p->group, sizeof p->group) ||
	    !take(r, row, COL_GROUP_ROLE, p->group_role, sizeof p->group_role) ||
	    !take(r, row, COL_PHONE, p->phone, sizeof p->phone) ||
	    !take(r, row, COL_INITIALS, p->initials, sizeof p->initials))
		return;
	roster_name_close_up(p->name);
	if (!p->name[0]) {
		blame(r, row->line, FAULT_NO_NAME, "");
		return;
	}
	if (!roster_birth(birth, p->birth)) {
		blame(r, row->line, FAULT_BIRTH, birth);
		return;
	}
	if (p->gender[0] && strcmp(p->gender, "男") != 0 && strcmp(p->gender, "女") != 0) {
		blame(r, row->line, FAULT_GENDER, p->gender);
		return;
	}
	if (!take_id_number(r, row, p))
		return;
	if (!take_id(r, row, p))
		return;
	struct roster_person *known = find_person(r->roster, p->id);
	if (known) {
		if (strcmp(known->name, p->name) != 0 || strcmp(known->birth, p->birth) != 0) {
			blame(r, row->line, FAULT_ID_OTHER, p->name);
			return;
		}
		if (!same_id_number(r, row, known, p))
			return;
		fill_in(known->nation, p->nation, sizeof known->nation);
		fill_in(known->job, p->job, sizeof known->job);
		fill_in(known->group, p->group, sizeof known->group);
		fill_in(known->group_role, p->group_role, sizeof known->group_role);
		fill_in(known->phone, p->phone, sizeof known->phone);
		fill_in(known->initials, p->initials, sizeof known->initials);
	} else {
		known = new_person(r, row, p);
	}
	if (known)
		(void)add_mandates(r, row, known); /* what is wrong has been told */
}

static void read_row(struct reading *r, const struct csv_row *row)
{
	struct roster_person p = {0};
	read_person(r, row, &p);
	sodium_memzero(&p, sizeof p);
}

static bool read_headings(struct reading *r, const struct csv_row *row)
{
	bool complete = true;
	for (int c = 0; c < COLUMN_COUNT; c++) {
		r->at[c] = -1;
		for (size_t i = 0; i < row->count; i++)
			if (strcmp(row->fields[i], columns[c].heading) == 0)
				r->at[c] = (int)i;
		for (size_t k = 0; c == COL_ID_NUMBER && k < sizeof id_headings / sizeof id_headings[0]; k++)
			for (size_t i = 0; r->at[c] < 0 && i < row->count; i++)
				if (strcmp(row->fields[i], id_headings[k]) == 0)
					r->at[c] = (int)i;
		if (r->at[c] < 0 && columns[c].needed) {
			blame(r, row->line, FAULT_HEADING, columns[c].heading);
			complete = false;
		}
	}
	return complete;
}

static void read_all(struct reading *r, struct csv *csv)
{
	struct csv_row row;
	enum err e = csv_next(csv, &row);
	if (e == ERR_NOT_FOUND) {
		blame(r, 1, FAULT_EMPTY, "");
		return;
	}
	if (e == ERR_OK && !read_headings(r, &row))
		return;
	while (e == ERR_OK && r->e == ERR_OK && (e = csv_next(csv, &row)) == ERR_OK)
		read_row(r, &row);
	if (e == ERR_INVALID)
		blame(r, row.line, FAULT_QUOTES, "");
	else if (r->e == ERR_OK && r->roster->count == 0 && r->problems->count == 0)
		blame(r, 1, FAULT_NOBODY, "");
}

enum err roster_parse_csv(const char *text, size_t len, struct roster *roster,
                          struct roster_problems *problems)
{
	struct reading r = {.roster = roster, .problems = problems};
	memset(roster, 0, sizeof *roster);
	memset(problems, 0, sizeof *problems);
	struct csv csv;
	enum err e = csv_open(text, len, &csv);
	if (e != ERR_OK)
		return e;
	if (memchr(text, '\0', len))
		blame(&r, 1, FAULT_NO_TEXT, "");
	else
		read_all(&r, &csv);
	csv_close(&csv);
	if (r.e == ERR_OK)
		r.e = roster_check_ids(roster, problems);
	if (r.e != ERR_OK)
		return r.e;
	return problems->count > 0 ? ERR_INVALID : ERR_OK;
}

void roster_clear(struct roster *roster)
{
	if (roster->people)
		sodium_memzero(roster->people, roster->count * sizeof *roster->people);
	free(roster->people);
	memset(roster, 0, sizeof *roster);
}

void roster_problems_clear(struct roster_problems *problems)
{
	free(problems->items);
	memset(problems, 0, sizeof *problems);
}
