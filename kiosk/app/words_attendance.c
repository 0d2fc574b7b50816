#include "app/words_attendance.h"

#include <stdio.h>

#include "app/words.h"
#include "model/civil.h"

enum { MINUTE_MS = 60000 };

const char *word_activity_kind(enum activity_kind kind)
{
	switch (kind) {
	case ACTIVITY_MEETING:
		return tr("会议");
	case ACTIVITY_HOME:
		return tr("代表之家活动");
	case ACTIVITY_GROUP:
		return tr("代表小组活动");
	case ACTIVITY_TRAINING:
		return tr("学习培训");
	case ACTIVITY_INSPECTION:
		return tr("视察");
	case ACTIVITY_RESEARCH:
		return tr("专题调研");
	case ACTIVITY_REPORT:
		return tr("述职评议");
	case ACTIVITY_TALK:
		return tr("民情恳谈");
	case ACTIVITY_EXCHANGE:
		return tr("经验交流");
	case ACTIVITY_KIND_COUNT:
		break;
	}
	return "";
}

const char *word_timing(enum timing timing)
{
	switch (timing) {
	case TIMING_EARLY:
		return tr("早到");
	case TIMING_ON_TIME:
		return tr("准时");
	case TIMING_LATE:
		return tr("迟到");
	case TIMING_UNKNOWN:
	case TIMING_COUNT:
		break;
	}
	return tr("时间待核对");
}

const char *word_leave_reason(enum leave_reason reason)
{
	switch (reason) {
	case LEAVE_ILL:
		return tr("生病");
	case LEAVE_WORK:
		return tr("工作走不开");
	case LEAVE_AWAY:
		return tr("出门在外");
	case LEAVE_FAMILY:
		return tr("家里有事");
	case LEAVE_OTHER:
	case LEAVE_REASON_COUNT:
		break;
	}
	return tr("其他事情");
}

const char *icon_of_leave_reason(enum leave_reason reason)
{
	static const char *const icons[LEAVE_REASON_COUNT] = { "health", "official", "road", "home", "other" };
	return reason < LEAVE_REASON_COUNT ? icons[reason] : "other";
}

static bool same_day(int64_t a_ms, int64_t b_ms)
{
	return civil_compare(civil_from_ms(a_ms).date, civil_from_ms(b_ms).date) == 0;
}

static void day_words(int64_t ms, int64_t wall_ms, char out[48])
{
	if (same_day(ms, wall_ms))
		snprintf(out, 48, "%s", tr("今天"));
	else if (same_day(ms, civil_to_ms(civil_add_days(civil_from_ms(wall_ms).date, 1))))
		snprintf(out, 48, "%s", tr("明天"));
	else
		word_date_weekday(ms, out);
}

void word_activity_when(const struct activity *a, int64_t wall_ms, char out[WHEN_SIZE])
{
	char day[48], from[8], until[8], last[48];
	day_words(a->starts_ms, wall_ms, day);
	word_clock(a->starts_ms, from);
	word_clock(a->ends_ms, until);
	if (same_day(a->starts_ms, a->ends_ms)) {
		snprintf(out, WHEN_SIZE, tr("%s %s 至 %s"), day, from, until);
		return;
	}
	word_date(a->ends_ms, last);
	snprintf(out, WHEN_SIZE, tr("%s %s 至 %s %s"), day, from, last, until);
}

void word_activity_opens(const struct activity *a, int64_t wall_ms, char out[WHEN_SIZE])
{
	int64_t opens_ms = a->starts_ms - (int64_t)a->opens_min * MINUTE_MS;
	bool same = same_day(opens_ms, a->starts_ms);
	char day[48], from[8], opens_day[48] = "", clock[8], opens[64];
	day_words(a->starts_ms, wall_ms, day);
	word_clock(a->starts_ms, from);
	if (!same)
		day_words(opens_ms, wall_ms, opens_day);
	word_clock(opens_ms, clock);
	snprintf(opens, sizeof opens, "%s%s%s", opens_day, same ? "" : " ", clock);
	snprintf(out, WHEN_SIZE, tr("%s %s 开始，%s 起可以签到"), day, from, opens);
}

void word_activity_count(const struct activity_row *row, char out[WHEN_SIZE])
{
	if (row->invited > 0)
		snprintf(out, WHEN_SIZE, tr("已到 %d 人，应到 %d 人"), row->present, row->invited);
	else
		snprintf(out, WHEN_SIZE, tr("已到 %d 人"), row->present + row->guests);
}

const char *word_how_to_sign(const struct app *app)
{
	if (!app->identity.enrolled)
		return tr("暂时不能签到。请在纸上签到，并告诉工作人员。");
	if (app->idcard_present && app->scanner_present)
		return tr("把身份证放在读卡处，或者把代表证上的码对着扫码口");
	if (app->idcard_present)
		return tr("把身份证放在读卡处");
	if (app->scanner_present && app->settings.idcard_device[0])
		return tr("读卡器没有反应。请把代表证上的码对着扫码口");
	if (app->scanner_present)
		return tr("把代表证上的码对着扫码口");
	return tr("读卡器和扫码口都没有反应，请在纸上签到，并告诉工作人员");
}
