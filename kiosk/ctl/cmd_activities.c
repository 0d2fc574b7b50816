/* cmd_activities.c: activities from the office's table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "store/store_attendance.h"

static bool in_plan(const struct activity_plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->rows[i].activity.id, id) == 0)
			return true;
	return false;
}

static void print_activity(const char *mark, const struct activity *a)
{
	char when[CTL_TIME_SIZE];
	ctl_time(a->starts_ms, when);
	printf("  %s %s  %s%s%s\n", mark, when, a->title, a->place[0] ? "  " : "", a->place);
}

/* What the file brings, changes (=) and takes back (-): those still to come that it does not name. */
static void print_plan(const struct activity_plan *plan, const struct activity_list *before, int64_t now_ms)
{
	for (size_t i = 0; i < plan->count; i++) {
		bool known = false;
		for (size_t k = 0; k < before->count && !known; k++)
			known = strcmp(before->rows[k].activity.id, plan->rows[i].activity.id) == 0;
		print_activity(known ? "=" : "+", &plan->rows[i].activity);
	}
	for (size_t k = 0; k < before->count; k++)
		if (before->rows[k].activity.starts_ms > now_ms && !in_plan(plan, before->rows[k].activity.id))
			print_activity("-", &before->rows[k].activity);
}

static enum err take_activities(struct store *store, const char *path, bool dry)
{
	char *text;
	size_t len;
	struct activity_plan plan = {0};
	struct activity_list before = {0};
	struct roster_problems problems = {0};
	int64_t now_ms = ctl_now_ms(store);
	enum err e = ctl_read_text(path, &text, &len);
	if (e != ERR_OK)
		return e;
	e = activity_parse_csv(text, len, civil_from_ms(now_ms).date, &plan, &problems);
	free(text);
	if (e == ERR_OK)
		e = store_activities(store, 0, INT64_MAX, &before);
	if (e == ERR_OK)
		e = dry ? store_try_activities(store, &plan, &problems) : store_import_activities(store, &plan, &problems);
	if (e == ERR_OK && dry) {
		printf(_("活动：%zu 场；会这样改（+ 新的，= 原有的，- 撤下的），现在还没有导入：\n"), plan.count);
		print_plan(&plan, &before, now_ms);
	} else if (e == ERR_OK) {
		printf(_("活动：%zu 场\n"), plan.count);
	} else if (problems.count > 0) {
		ctl_problems(path, &problems);
	} else {
		ctl_fail(_("活动没有导入：%s"), ctl_error(e));
	}
	activity_list_clear(&before);
	activity_plan_clear(&plan);
	roster_problems_clear(&problems);
	return e;
}

enum err ctl_import_activities(struct store *store, const char *path)
{
	return take_activities(store, path, false);
}

enum err ctl_try_activities(struct store *store, const char *path)
{
	return take_activities(store, path, true);
}
