/* roster.h: a roster as offices keep it, from CSV (UTF-8, with or without BOM), each bad row named. */
#ifndef MODEL_ROSTER_H
#define MODEL_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/err.h"
#include "model/id_number.h"

struct roster_mandate {
	char level[16]; /* township | county | city */
	char constituency[128];
	char villages[256];
};
struct roster_person {
	char id[64]; /* the file's 代表编号; else "p-" and 16 hex digits of BLAKE2b over name, birth and gender: the same in every import */
	char name[128], gender[16], nation[32], birth[16], job[128], group[128], group_role[32], phone[32];
	char initials[32];
	struct roster_mandate mandates[4];
	size_t mandate_count;
	char id_number[ID_NUMBER_SIZE]; /* from the file, "" when it has none; wiped by roster_digest_ids and roster_clear */
	bool has_digest;
	struct id_params id_params;
	uint8_t id_digest[ID_DIGEST_BYTES];
};
struct roster { struct roster_person *people; size_t count; };
/* `fault` is a fixed sentence in Simplified Chinese (a gettext msgid), `what` is the same with the value at
 * fault. */
struct roster_problem { int row; const char *fault; char what[256]; };
struct roster_problems { struct roster_problem *items; size_t count; };

/* Columns by their Chinese headings, in any order: 姓名 性别 民族 出生年月 职务 选区 所辖村 代表小组 小组职务
 * 层级 电话 拼音首字母 身份证号 代表编号 (unknown ones are ignored; needed are 姓名 出生年月 选区 层级). Rows of one person
 * (same 代表编号, or same name, birth and gender) are one person with several mandates. ERR_INVALID when a needed column is
 * missing or any row is bad: `problems` says which and why. Clear both afterwards. */
MUST_USE enum err roster_parse_csv(const char *text, size_t len, struct roster *roster,
                                   struct roster_problems *problems);
void roster_clear(struct roster *roster);
/* Offices stretch a name of two characters with a blank to the width of three: such blanks are taken out, of a name
 * that fits roster_person. */
void roster_name_close_up(char *name);
/* 1979-05, 1979.5, 1979/05/12, 1979年5月, 197905 and 19790512 all become 1979-05; false for anything else. */
bool roster_birth(const char *text, char out[16]);
/* The id of somebody who has none yet, from name, birth and gender. */
void roster_make_id(struct roster_person *p);
/* Puts a digest in the place of every ID number, which is wiped. Some tens of milliseconds a person. */
MUST_USE enum err roster_digest_ids(struct roster *roster, const struct id_params *params);
/* Part of roster_parse_csv: two persons with one number are a problem. */
MUST_USE enum err roster_check_ids(const struct roster *roster, struct roster_problems *problems);
void roster_problems_clear(struct roster_problems *problems);

/* Adds to the problems of a file; ERR_NOMEM. `fault` is kept as it is (a fixed text). */
MUST_USE enum err roster_problem_add(struct roster_problems *problems, int row, const char *fault,
                                     const char *value);

#endif
