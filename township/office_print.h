/* office_print.h: what the office client shows. */
#ifndef TOWNSHIP_OFFICE_PRINT_H
#define TOWNSHIP_OFFICE_PRINT_H

#include <jansson.h>

void print_cases(const json_t *reply);
void print_case(const json_t *opened);
void print_enrolments(const json_t *reply);
void print_kiosks(const json_t *reply);
void print_refusals(const json_t *reply);
/* After a step: the new state and what is allowed next. */
void print_step(const json_t *reply);
/* What the server refused, on stderr. */
void print_error(const json_t *reply, long status);

/* office_print_room.c: activities, leave, cards and flags. */
void print_activities(const json_t *reply);
void print_activity(const json_t *reply);
void print_leaves(const json_t *reply);
void print_leave(const json_t *reply);
void print_flags(const json_t *reply);
void print_cards(const json_t *reply);
void print_left(const json_t *reply);
void print_card(const json_t *reply);
void print_new_card(const json_t *reply);

/* Parts of the above: a member's text, "" without one; its number; the Chinese of an id of the wire; a time in 16 columns. */
const char *print_text(const json_t *object, const char *member);
long long print_number(const json_t *object, const char *member);
const char *print_zh(const char *id);
void print_time(json_int_t ms);

#endif
