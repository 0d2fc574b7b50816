/* roster_change.h: what a roster file would change: found first, shown, and then done exactly so. */
#ifndef TOWNSHIP_ROSTER_CHANGE_H
#define TOWNSHIP_ROSTER_CHANGE_H

#include "township/refusal.h"
#include "township/store_groups.h"
#include "township/town.h"

enum { ROSTER_FIELDS = 11, ROSTER_MARK_SIZE = 65 };

/* Which of a person's fields a file speaks of; what it does not speak of stays as it is. By roster_field_label's order. */
struct roster_columns {
	bool has[ROSTER_FIELDS];
};
/* "姓名" … ; mandates are one field, 层级和选区. */
const char *roster_field_label(size_t field);
/* From the headings of the file (which roster_parse_csv has taken). */
MUST_USE enum err roster_columns_read(const char *csv, size_t len, struct roster_columns *columns);

/* 乡 第一选区（青禾村）；县 … */
enum { ROSTER_MANDATES_SIZE = 2048 };
void roster_mandates_text(const struct roster_person *p, char out[ROSTER_MANDATES_SIZE]);
/* "乡" "县" "市" */
const char *roster_level_zh(const char *level);

struct roster_diff {
	size_t field; /* ROSTER_FIELDS: the ID number's digest */
	char *from, *to; /* owned */
};
enum roster_entry_kind { ROSTER_NEW, ROSTER_BACK, ROSTER_CHANGED, ROSTER_UNCHANGED };
struct roster_entry {
	enum roster_entry_kind kind;
	const struct roster_person *person; /* in the plan's roster */
	struct roster_diff *diffs;          /* owned */
	size_t diff_count;
};
struct roster_missing {
	char id[REPORT_ID_SIZE], name[128], group[128];
	char role[32], taker[128]; /* a role in the group that somebody in the file takes over; "" for none */
};

struct roster_plan {
	struct roster roster; /* owned: the file's people as they will be kept */
	struct roster_entry *entries; /* owned, one for each */
	struct roster_missing *missing; /* owned: on the roster, but not in the file */
	size_t missing_count;
	size_t counts[ROSTER_UNCHANGED + 1];
	struct roster_problems problems; /* owned: what is wrong between the file and the roster; nothing can be done then */
	char mark[ROSTER_MARK_SIZE]; /* of all that is shown: another mark, another change */
};
/* What taking in `file` would change in `people` (with those who have left). Its digests, not its ID numbers, are compared.
 * Pure. */
MUST_USE enum err roster_plan_make(const struct roster *file, const struct roster_columns *columns,
                                   const struct town_people *people, struct roster_plan *plan);
void roster_plan_clear(struct roster_plan *plan);

/* Does it, with those at `left` (ids) leaving, in one transaction with its audit link. Under the town's lock; the plan was made
 * under the same lock. ERR_INVALID, ERR_EXISTS: refused. */
MUST_USE enum err roster_plan_apply(struct town *town, const struct roster_plan *plan, const char *const *left, size_t left_count,
                                    const char *user, struct refusal *refusal);

/* A mark of one person as they are kept, to know whether somebody else has changed them meanwhile. */
void roster_person_mark(const struct town_person *person, char mark[ROSTER_MARK_SIZE]);

#endif
