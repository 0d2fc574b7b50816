#include "township/roster_change.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/csv.h"
#include "township/publish.h"

/* Fields that are texts, and one for all mandates; each with the heading in a file. */
enum { FIELD_MANDATES = ROSTER_FIELDS - 1 };
#define TEXT_FIELD(heading, member) {heading, offsetof(struct roster_person, member), sizeof(((struct roster_person *)0)->member)}
static const struct {
	const char *heading;
	size_t offset, size;
} fields[ROSTER_FIELDS] = {
	TEXT_FIELD("姓名", name),         TEXT_FIELD("性别", gender),
	TEXT_FIELD("民族", nation),       TEXT_FIELD("出生年月", birth),
	TEXT_FIELD("职务", job),          TEXT_FIELD("代表小组", group),
	TEXT_FIELD("小组职务", group_role), TEXT_FIELD("电话", phone),
	TEXT_FIELD("拼音首字母", initials), TEXT_FIELD("所辖村", mandates),
	{"层级和选区", 0, 0},
};
enum { FIELD_VILLAGES = FIELD_MANDATES - 1, FIELD_GROUP = 5, FIELD_ROLE = 6 };

const char *roster_field_label(size_t field)
{
	return field < ROSTER_FIELDS ? fields[field].heading : "身份证号";
}

const char *roster_level_zh(const char *level)
{
	return strcmp(level, "county") == 0 ? "县" : strcmp(level, "city") == 0 ? "市" : "乡";
}

void roster_mandates_text(const struct roster_person *p, char out[ROSTER_MANDATES_SIZE])
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < p->mandate_count && n < ROSTER_MANDATES_SIZE; i++) {
		const struct roster_mandate *m = &p->mandates[i];
		bool villages = m->villages[0] != '\0';
		n += (size_t)snprintf(out + n, ROSTER_MANDATES_SIZE - n, "%s%s%s%s%s%s%s", i ? "；" : "", roster_level_zh(m->level),
		                      m->constituency[0] ? " " : "", m->constituency, villages ? "（" : "", m->villages,
		                      villages ? "）" : "");
	}
}

enum err roster_columns_read(const char *text, size_t len, struct roster_columns *columns)
{
	struct csv csv;
	struct csv_row row;
	memset(columns, 0, sizeof *columns);
	enum err e = csv_open(text, len, &csv);
	if (e)
		return e;
	e = csv_next(&csv, &row);
	for (size_t f = 0; f < ROSTER_FIELDS && !e; f++)
		for (size_t i = 0; i < row.count; i++)
			columns->has[f] = columns->has[f] || strcmp(row.fields[i], fields[f].heading) == 0;
	columns->has[FIELD_MANDATES] = true; /* its headings are needed */
	csv_close(&csv);
	return e;
}

static char *text_of(struct roster_person *p, size_t field)
{
	return (char *)p + fields[field].offset;
}

static const char *const_text_of(const struct roster_person *p, size_t field)
{
	return (const char *)p + fields[field].offset;
}

/* ---- finding people on the roster ---- */

struct index {
	const struct town_person **by_id, **by_who; /* owned */
	bool *in_file;                              /* owned, in the order of people */
	const struct town_people *people;
};

static int compare_id(const void *a, const void *b)
{
	const struct town_person *const *pa = a, *const *pb = b;
	return strcmp((*pa)->p.id, (*pb)->p.id);
}

static int compare_who(const void *a, const void *b)
{
	const struct town_person *const *pa = a, *const *pb = b;
	int c = strcmp((*pa)->p.name, (*pb)->p.name);
	return c != 0 ? c : strcmp((*pa)->p.birth, (*pb)->p.birth);
}

static void index_clear(struct index *index)
{
	free(index->by_id);
	free(index->by_who);
	free(index->in_file);
}

/* To be cleared also when it failed. */
static enum err index_make(const struct town_people *people, struct index *index)
{
	size_t n = people->count;
	*index = (struct index){.by_id = malloc((n + 1) * sizeof(const struct town_person *)),
	                        .by_who = malloc((n + 1) * sizeof(const struct town_person *)),
	                        .in_file = calloc(n + 1, sizeof(bool)),
	                        .people = people};
	if (!index->by_id || !index->by_who || !index->in_file)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		index->by_id[i] = index->by_who[i] = &people->items[i];
	qsort(index->by_id, n, sizeof(const struct town_person *), compare_id);
	qsort(index->by_who, n, sizeof(const struct town_person *), compare_who);
	return ERR_OK;
}

/* The only one of that name and birth, and of that gender where the file says it; NULL for nobody, or for several. */
static const struct town_person *only_one(const struct index *index, const struct town_person **found, const char *gender)
{
	const struct town_person **end = index->by_who + index->people->count, *one = NULL, *key = *found;
	while (found > index->by_who && compare_who(found - 1, &key) == 0)
		found--;
	for (; found < end && compare_who(found, &key) == 0; found++) {
		if (gender[0] && strcmp((*found)->p.gender, gender) != 0)
			continue;
		if (one)
			return NULL;
		one = *found;
	}
	return one;
}

/* By id; else by who it is. */
static const struct town_person *index_find(const struct index *index, const struct roster_person *p)
{
	struct town_person *wanted = calloc(1, sizeof *wanted);
	if (!wanted)
		return NULL;
	size_t n = index->people->count, size = sizeof(const struct town_person *);
	wanted->p = *p;
	const struct town_person *key = wanted, **found = bsearch(&key, index->by_id, n, size, compare_id), *person = NULL;
	if (found)
		person = *found;
	else if ((found = bsearch(&key, index->by_who, n, size, compare_who)) != NULL)
		person = only_one(index, found, p->gender);
	free(wanted);
	return person;
}

/* ---- what changes in one ---- */

static enum err add_diff(struct roster_entry *entry, size_t field, const char *from, const char *to)
{
	struct roster_diff *grown = realloc(entry->diffs, (entry->diff_count + 1) * sizeof *grown);
	if (!grown)
		return ERR_NOMEM;
	entry->diffs = grown;
	struct roster_diff *d = &grown[entry->diff_count];
	*d = (struct roster_diff){.field = field, .from = strdup(from), .to = strdup(to)};
	if (!d->from || !d->to) {
		free(d->from);
		free(d->to);
		return ERR_NOMEM;
	}
	entry->diff_count++;
	return ERR_OK;
}

static bool same_digest(const struct roster_person *a, const struct roster_person *b)
{
	return a->has_digest && b->has_digest && memcmp(&a->id_params, &b->id_params, sizeof a->id_params) == 0 &&
	       memcmp(a->id_digest, b->id_digest, sizeof a->id_digest) == 0;
}

/* What the file does not speak of stays. */
static void keep_unspoken(struct roster_person *p, const struct roster_person *old, const struct roster_columns *columns)
{
	for (size_t f = 0; f < FIELD_VILLAGES; f++)
		if (!columns->has[f])
			memcpy(text_of(p, f), const_text_of(old, f), fields[f].size);
	/* The group's role belongs to the group: another group is another role. */
	if (!columns->has[FIELD_ROLE] && strcmp(p->group, old->group) != 0)
		p->group_role[0] = '\0';
	for (size_t i = 0; i < p->mandate_count && !columns->has[FIELD_VILLAGES]; i++)
		for (size_t k = 0; k < old->mandate_count; k++)
			if (strcmp(p->mandates[i].level, old->mandates[k].level) == 0 &&
			    strcmp(p->mandates[i].constituency, old->mandates[k].constituency) == 0)
				memcpy(p->mandates[i].villages, old->mandates[k].villages, sizeof p->mandates[i].villages);
}

static enum err compare(struct roster_entry *entry, const struct roster_person *old)
{
	char from[ROSTER_MANDATES_SIZE], to[ROSTER_MANDATES_SIZE];
	const struct roster_person *p = entry->person;
	enum err e = ERR_OK;
	for (size_t f = 0; f < FIELD_VILLAGES && !e; f++)
		if (strcmp(const_text_of(old, f), const_text_of(p, f)) != 0)
			e = add_diff(entry, f, const_text_of(old, f), const_text_of(p, f));
	roster_mandates_text(old, from);
	roster_mandates_text(p, to);
	if (!e && strcmp(from, to) != 0)
		e = add_diff(entry, FIELD_MANDATES, from, to);
	if (!e && p->has_digest && !same_digest(old, p))
		e = add_diff(entry, ROSTER_FIELDS, old->has_digest ? "已登记" : "未登记", old->has_digest ? "另一个号码" : "登记");
	return e;
}

static enum err look_at(struct roster_plan *plan, size_t i, const struct roster_columns *columns, struct index *index)
{
	struct roster_person *p = &plan->roster.people[i];
	struct roster_entry *entry = &plan->entries[i];
	const struct town_person *known = index_find(index, p);
	enum err e = ERR_OK;
	entry->person = p;
	entry->kind = ROSTER_NEW;
	if (known) {
		bool *in_file = &index->in_file[known - index->people->items];
		if (*in_file) /* by the id in one row, by name and birth in another */
			return roster_problem_add(&plan->problems, 0, "文件里的两行是名册里的同一位代表", p->name);
		*in_file = true;
		memcpy(p->id, known->p.id, sizeof p->id);
		keep_unspoken(p, &known->p, columns);
		e = compare(entry, &known->p);
		entry->kind = known->left ? ROSTER_BACK : entry->diff_count > 0 ? ROSTER_CHANGED : ROSTER_UNCHANGED;
	}
	plan->counts[entry->kind]++;
	return e;
}

/* ---- what does not go together ---- */

static int compare_role(const void *a, const void *b)
{
	const struct roster_person *const *pa = a, *const *pb = b;
	int c = strcmp((*pa)->group, (*pb)->group);
	return c != 0 ? c : strcmp((*pa)->group_role, (*pb)->group_role);
}

/* The file's people that have a role of which a group has only one, sorted; NULL when out of memory. */
static const struct roster_person **role_holders(const struct roster *roster, size_t *count)
{
	const struct roster_person **list = malloc((roster->count + 1) * sizeof(const struct roster_person *));
	*count = 0;
	for (size_t i = 0; list && i < roster->count; i++)
		if (roster->people[i].group[0] && group_role_single(roster->people[i].group_role))
			list[(*count)++] = &roster->people[i];
	if (list)
		qsort(list, *count, sizeof(const struct roster_person *), compare_role);
	return list;
}

static enum err check_roles(struct roster_plan *plan, const struct roster_person *const *holders, size_t count)
{
	char text[512];
	enum err e = ERR_OK;
	for (size_t i = 1; i < count && !e; i++) {
		if (compare_role(&holders[i - 1], &holders[i]) != 0)
			continue;
		snprintf(text, sizeof text, "%.100s的%.20s写了%.60s和%.60s", holders[i]->group, holders[i]->group_role,
		         holders[i - 1]->name, holders[i]->name);
		e = roster_problem_add(&plan->problems, 0, "一个小组的组长、副组长、记录员各只能有一位", text);
	}
	return e;
}

static int compare_digest(const void *a, const void *b)
{
	const struct roster_person *const *pa = a, *const *pb = b;
	return memcmp((*pa)->id_digest, (*pb)->id_digest, ID_DIGEST_BYTES);
}

/* A number that stands with another deputy who is not in the file, or who keeps it there. */
static enum err check_digests(struct roster_plan *plan, const struct town_people *people)
{
	const struct roster_person **known = malloc((people->count + 1) * sizeof(const struct roster_person *));
	char text[512];
	size_t count = 0;
	enum err e = known ? ERR_OK : ERR_NOMEM;
	for (size_t i = 0; i < people->count && !e; i++)
		if (people->items[i].p.has_digest)
			known[count++] = &people->items[i].p;
	if (!e)
		qsort(known, count, sizeof(const struct roster_person *), compare_digest);
	for (size_t i = 0; i < plan->roster.count && !e; i++) {
		const struct roster_person *p = &plan->roster.people[i], **found;
		found = p->has_digest ? bsearch(&p, known, count, sizeof(const struct roster_person *), compare_digest) : NULL;
		if (!found || strcmp((*found)->id, p->id) == 0)
			continue;
		snprintf(text, sizeof text, "%.100s的号码登记在%.100s名下；是同一位的，请在文件的“代表编号”一栏写 %.64s", p->name,
		         (*found)->name, (*found)->id);
		e = roster_problem_add(&plan->problems, 0, "身份证号已经登记在另一位代表名下", text);
	}
	free(known);
	return e;
}

/* ---- who is not in the file ---- */

static void find_taker(struct roster_missing *m, const struct roster_person *p, const struct roster_person *const *holders,
                       size_t count)
{
	const struct roster_person *const *found =
		count > 0 && p->group[0] ? bsearch(&p, holders, count, sizeof(const struct roster_person *), compare_role) : NULL;
	if (found) {
		snprintf(m->role, sizeof m->role, "%s", p->group_role);
		snprintf(m->taker, sizeof m->taker, "%s", (*found)->name);
	}
}

static enum err list_missing(struct roster_plan *plan, const struct index *index, const struct roster_person *const *holders,
                             size_t count)
{
	plan->missing = calloc(index->people->count + 1, sizeof *plan->missing);
	if (!plan->missing)
		return ERR_NOMEM;
	for (size_t i = 0; i < index->people->count; i++) {
		const struct town_person *person = &index->people->items[i];
		if (person->left || index->in_file[i])
			continue;
		struct roster_missing *m = &plan->missing[plan->missing_count++];
		snprintf(m->id, sizeof m->id, "%s", person->p.id);
		snprintf(m->name, sizeof m->name, "%s", person->p.name);
		snprintf(m->group, sizeof m->group, "%s", person->p.group);
		find_taker(m, &person->p, holders, count);
	}
	return ERR_OK;
}

/* ---- marks ---- */

static void add_text(crypto_generichash_state *state, const char *text)
{
	crypto_generichash_update(state, (const uint8_t *)text, strlen(text) + 1);
}

static void add_person(crypto_generichash_state *state, const struct roster_person *p)
{
	char mandates[ROSTER_MANDATES_SIZE];
	add_text(state, p->id);
	for (size_t f = 0; f < FIELD_VILLAGES; f++)
		add_text(state, const_text_of(p, f));
	roster_mandates_text(p, mandates);
	add_text(state, mandates);
	crypto_generichash_update(state, p->id_digest, p->has_digest ? sizeof p->id_digest : 0);
}

static void end_mark(crypto_generichash_state *state, char mark[ROSTER_MARK_SIZE])
{
	uint8_t sum[(ROSTER_MARK_SIZE - 1) / 2];
	crypto_generichash_final(state, sum, sizeof sum);
	sodium_bin2hex(mark, ROSTER_MARK_SIZE, sum, sizeof sum);
}

void roster_person_mark(const struct town_person *person, char mark[ROSTER_MARK_SIZE])
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, (ROSTER_MARK_SIZE - 1) / 2);
	add_person(&state, &person->p);
	add_text(&state, person->left ? "left" : "");
	end_mark(&state, mark);
}

static void mark_plan(struct roster_plan *plan)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, (ROSTER_MARK_SIZE - 1) / 2);
	for (size_t i = 0; i < plan->roster.count; i++) {
		const struct roster_entry *entry = &plan->entries[i];
		add_text(&state, (const char *[]){"new", "back", "changed", "unchanged"}[entry->kind]);
		add_text(&state, entry->person->id);
		if (entry->kind == ROSTER_NEW)
			add_person(&state, entry->person);
		for (size_t k = 0; k < entry->diff_count; k++) {
			add_text(&state, roster_field_label(entry->diffs[k].field));
			add_text(&state, entry->diffs[k].from);
			add_text(&state, entry->diffs[k].to);
		}
	}
	for (size_t i = 0; i < plan->missing_count; i++) {
		add_text(&state, plan->missing[i].id);
		add_text(&state, plan->missing[i].taker);
	}
	end_mark(&state, plan->mark);
}

/* ---- the plan ---- */

static enum err copy_roster(const struct roster *file, struct roster *roster)
{
	roster->people = malloc((file->count + 1) * sizeof *roster->people);
	if (!roster->people)
		return ERR_NOMEM;
	memcpy(roster->people, file->people, file->count * sizeof *roster->people);
	roster->count = file->count;
	for (size_t i = 0; i < roster->count; i++)
		sodium_memzero(roster->people[i].id_number, sizeof roster->people[i].id_number);
	return ERR_OK;
}

enum err roster_plan_make(const struct roster *file, const struct roster_columns *columns, const struct town_people *people,
                          struct roster_plan *plan)
{
	struct index index = {0};
	size_t holder_count = 0;
	memset(plan, 0, sizeof *plan);
	plan->entries = calloc(file->count + 1, sizeof *plan->entries);
	enum err e = plan->entries ? copy_roster(file, &plan->roster) : ERR_NOMEM;
	if (!e)
		e = index_make(people, &index);
	for (size_t i = 0; i < plan->roster.count && !e; i++)
		e = look_at(plan, i, columns, &index);
	const struct roster_person **holders = e ? NULL : role_holders(&plan->roster, &holder_count);
	if (!e && !holders)
		e = ERR_NOMEM;
	if (!e)
		e = check_roles(plan, holders, holder_count);
	if (!e)
		e = check_digests(plan, people);
	if (!e)
		e = list_missing(plan, &index, holders, holder_count);
	if (!e)
		mark_plan(plan);
	free(holders);
	index_clear(&index);
	if (e)
		roster_plan_clear(plan);
	return e;
}

void roster_plan_clear(struct roster_plan *plan)
{
	for (size_t i = 0; plan->entries && i < plan->roster.count; i++) {
		for (size_t k = 0; k < plan->entries[i].diff_count; k++) {
			free(plan->entries[i].diffs[k].from);
			free(plan->entries[i].diffs[k].to);
		}
		free(plan->entries[i].diffs);
	}
	free(plan->entries);
	free(plan->missing);
	roster_clear(&plan->roster);
	roster_problems_clear(&plan->problems);
	memset(plan, 0, sizeof *plan);
}

/* ---- doing it ---- */

static bool is_missing(const struct roster_plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->missing_count; i++)
		if (strcmp(plan->missing[i].id, id) == 0)
			return true;
	return false;
}

static enum err let_leave(struct town *town, const struct roster_plan *plan, const char *const *left, size_t count,
                          const char *user)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < count && !e; i++) {
		if (!is_missing(plan, left[i]))
			return ERR_INVALID;
		e = publish_deputy_left(town, left[i]);
		if (!e)
			e = town_audit_user(town, user, "deputy.left", left[i], "roster");
	}
	return e;
}

enum err roster_plan_apply(struct town *town, const struct roster_plan *plan, const char *const *left, size_t left_count,
                           const char *user, struct refusal *refusal)
{
	char detail[128];
	if (plan->problems.count > 0)
		return refuse_with(refusal, ERR_INVALID, "请改好文件再上传。", "文件里有 %zu 处问题，没有导入", plan->problems.count);
	enum err e = town_begin(town->store);
	if (!e)
		e = let_leave(town, plan, left, left_count, user);
	for (size_t i = 0; i < plan->roster.count && !e; i++) {
		if (plan->entries[i].kind == ROSTER_UNCHANGED)
			continue;
		e = publish_deputy(town, plan->entries[i].person, false);
		if (e == ERR_EXISTS)
			e = refuse_with(refusal, e, "请核对号码，再上传。没有导入任何内容。", "%.100s的身份证号已经登记在另一位代表名下",
			                plan->entries[i].person->name);
	}
	if (!e) {
		snprintf(detail, sizeof detail, "%zu new, %zu back, %zu changed, %zu left", plan->counts[ROSTER_NEW],
		         plan->counts[ROSTER_BACK], plan->counts[ROSTER_CHANGED], left_count);
		e = town_audit_user(town, user, "roster.imported", plan->mark, detail);
	}
	return town_end(town->store, e);
}
