/* duty_text.h: the reception rota as offices keep it, from CSV: 日期,开始,结束,代表,房间. */
#ifndef MODEL_DUTY_TEXT_H
#define MODEL_DUTY_TEXT_H

#include "model/roster.h"

struct duty_slot {
	int row;
	char day[11];            /* "2026-03-12", or "w1" (every Monday) to "w7" */
	char from[6], until[6];  /* "09:00" */
	char name[128];          /* the deputy's, as in the roster */
	char room[64];
};
struct duty_plan { struct duty_slot *slots; size_t count; };

/* 日期 is 2026-03-12 or 周一 to 周日 (星期一, 每周一). ERR_INVALID: `problems` says which rows and why. Clear
 * both afterwards. */
MUST_USE enum err duty_parse_csv(const char *text, size_t len, struct duty_plan *plan,
                                 struct roster_problems *problems);
void duty_plan_clear(struct duty_plan *plan);

/* "09:30": hours and minutes of a day. */
bool duty_time_valid(const char *s);

#endif
