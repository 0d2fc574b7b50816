/* civil.h: calendar dates and clock times of the room (China Standard Time, UTC+8, no summer time since
 * 1991). */
#ifndef MODEL_CIVIL_H
#define MODEL_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct civil_date { int year, month, day; };                 /* month and day count from 1 */
struct civil_time { struct civil_date date; int hour, minute, second; };

/* From milliseconds since 1970-01-01 UTC to the room's clock, and a date to its day number (1970-01-01 is 0).
 */
struct civil_time civil_from_ms(int64_t unix_ms);
int64_t civil_day_number(struct civil_date d);
struct civil_date civil_from_day_number(int64_t day);
/* Midnight in the room that begins the date, in milliseconds since 1970-01-01 UTC. */
int64_t civil_to_ms(struct civil_date d);

bool civil_valid(struct civil_date d);
int civil_weekday(struct civil_date d); /* 0 is Sunday */
struct civil_date civil_add_days(struct civil_date d, int days);
/* Same day of the month, or the month's last day where it has none (31 January + 1 month is 28 or 29
 * February). */
struct civil_date civil_add_months(struct civil_date d, int months);
int civil_compare(struct civil_date a, struct civil_date b);

/* "2026-03-12" and back; the text must be exactly that. */
void civil_format(struct civil_date d, char out[11]);
MUST_USE enum err civil_parse(const char *text, struct civil_date *d);

#endif
