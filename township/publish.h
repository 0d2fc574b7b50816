/* publish.h: the wall's contents, kept and put into the stream of changes; and their import from files. */
#ifndef TOWNSHIP_PUBLISH_H
#define TOWNSHIP_PUBLISH_H

#include "township/store_groups.h"
#include "township/town.h"

enum { DUTY_AHEAD_DAYS = 56, DUTY_KEPT_DAYS = 7 };

/* How this township makes digests of ID numbers: under one salt, made at the first use. Begins its own transaction. */
MUST_USE enum err publish_id_params(struct town *town, struct id_params *params);

/* ---- people, groups, constituencies (publish_people.c) ----
 * Each inside the caller's transaction. */

/* A person without a digest keeps the one that is known, unless it is to be taken back. Whoever held the same role in the
 * group before loses it; group and constituencies are made where they are new. ERR_EXISTS: the digest is another deputy's. */
MUST_USE enum err publish_deputy(struct town *town, const struct roster_person *person, bool digest_back);
/* The deputy as they are kept, once more. ERR_NOT_FOUND */
MUST_USE enum err publish_deputy_again(struct town *town, const char *deputy);
/* They are no deputy any more: no box knows them by number or card, and the number is free for another. */
MUST_USE enum err publish_deputy_left(struct town *town, const char *deputy);

#define GROUP_LEADER "组长"
#define GROUP_DEPUTY_LEADER "副组长"
#define GROUP_RECORDER "记录员"
/* Whether a group has only one of that role. */
bool group_role_single(const char *role);
/* Whoever else of the group has that role loses it. */
MUST_USE enum err publish_role_taken(struct town *town, int64_t group, const char *role, const char *by);
/* As it is kept. ERR_NOT_FOUND */
MUST_USE enum err publish_group(struct town *town, int64_t id);
MUST_USE enum err publish_group_gone(struct town *town, int64_t id);
MUST_USE enum err publish_constituency(struct town *town, const struct town_constituency *constituency);
MUST_USE enum err publish_constituency_gone(struct town *town, const char *id);
void constituency_new_id(char id[32]);

/* ---- rules, rota ---- */

/* Hangs the rule on the wall, at its end or in the place it has there, and tells the kiosks. */
MUST_USE enum err publish_rule(struct town *town, const struct rules_rule *rule, const char *by);
/* The rule as it hangs there, once more. ERR_NOT_FOUND */
MUST_USE enum err publish_rule_again(struct town *town, const char *id);

/* Takes in a whole file, or nothing; *count is how many there were. On failure `problem` names file, row and
 * remedy. */
MUST_USE enum err import_roster(struct town *town, const char *path, size_t *count, char problem[512]);
MUST_USE enum err import_rules(struct town *town, const char *path, size_t *count, char problem[512]);
/* The rota; the deputies must be there already. */
MUST_USE enum err import_duty(struct town *town, const char *path, size_t *count, char problem[512]);

/* Puts the weekly rota's coming days into the stream, and takes out the days that are over. Once a day is
 * enough; *changed tells whether there was anything to do. Takes no lock and begins its own transaction. */
MUST_USE enum err publish_duty_days(struct town *town, bool *changed);

/* A whole file, malloc'ed, NUL-terminated, at most 8 MiB; import_text also wants it to be UTF-8, and says in `problem` what
 * is wrong. */
MUST_USE enum err read_file(const char *path, char **text, size_t *len);
MUST_USE enum err import_text(const char *path, char **text, size_t *len, char problem[512]);
/* Names every bad row on standard error; the sentence that ends it goes into `problem`. */
void import_problems(const char *path, const struct roster_problems *problems, enum err e, char problem[512]);

#endif
