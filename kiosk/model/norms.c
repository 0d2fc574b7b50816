#include "model/norms.h"

static struct norm_result times(const char *what, int have, int want, bool over)
{
	return (struct norm_result){what, have, want, false, have >= want ? NORM_MET : over ? NORM_SHORT : NORM_AHEAD};
}

static struct norm_result share(const char *what, const struct attendance_sum *sum, int want, bool over)
{
	struct norm_result r = {what, sum->due > 0 ? attendance_percent(sum) : 0, want, true, NORM_NONE};
	if (sum->due > 0)
		r.state = r.have >= want ? NORM_MET : over ? NORM_SHORT : NORM_AHEAD;
	return r;
}

size_t norms_of_home(const struct norm_year *y, struct norm_result out[NORM_MAX])
{
	static const char *const quarters[] = {"第一季度的家活动", "第二季度的家活动", "第三季度的家活动", "第四季度的家活动"};
	bool over = y->quarters_over == 4;
	size_t n = 0;
	for (int q = 0; q < y->quarters_begun && q < 4; q++)
		out[n++] = times(quarters[q], y->home_by_quarter[q], NORM_HOME_QUARTER, q < y->quarters_over);
	out[n++] = times("全年的家活动", y->held[ACTIVITY_HOME], NORM_HOME_YEAR, over);
	out[n++] = share("家活动的参加率", &y->home, NORM_HOME_PERCENT, over);
	out[n++] = times("视察", y->held[ACTIVITY_INSPECTION], NORM_INSPECTION_YEAR, over);
	out[n++] = times("专题调研", y->held[ACTIVITY_RESEARCH], NORM_RESEARCH_YEAR, over);
	return n;
}

struct norm_result norm_of_group(int held, bool year_over)
{
	return times("代表小组活动", held, NORM_GROUP_YEAR, year_over);
}

struct norm_result norm_of_deputy(const struct attendance_sum *sum, bool year_over)
{
	return share("出勤", sum, NORM_DEPUTY_PERCENT, year_over);
}
