#include "township/notice.h"

#include "model/civil.h"

struct notice_rules notice_defaults(void)
{
	return (struct notice_rules){.home_days = 7, .group_days = 3};
}

struct notice notice_check(const struct notice_rules *rules, enum activity_kind kind, int64_t starts_ms, int64_t now_ms)
{
	struct notice n = {.days = kind == ACTIVITY_GROUP ? rules->group_days : rules->home_days};
	struct civil_date latest = civil_add_days(civil_from_ms(starts_ms).date, -n.days);
	n.in_time = civil_compare(civil_from_ms(now_ms).date, latest) <= 0;
	civil_format(latest, n.latest);
	return n;
}
