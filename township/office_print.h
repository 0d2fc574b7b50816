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

#endif
