#include "township/web/activity_words.h"

#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "model/utf8.h"

const struct web_option kind_options[] = {
	{"home", "代表之家活动"}, {"group", "小组活动"},    {"meeting", "会议"},
	{"training", "学习培训"}, {"inspection", "视察"},   {"research", "专题调研"},
	{"report", "述职评议"},   {"talk", "民情恳谈"},     {"exchange", "经验交流"},
	{NULL, NULL},
};
const struct web_option leave_reason_options[] = {
	{"work", "工作"}, {"ill", "生病"}, {"away", "外出"}, {"family", "家事"}, {"other", "其他"}, {NULL, NULL},
};
const struct web_option outcome_options[] = {
	{"present", "到会"}, {"late", "迟到"}, {"leave", "请假"}, {"absent", "缺席"}, {NULL, NULL},
};
static const struct web_option timings[] = {
	{"early", "早到"}, {"on_time", "准时"}, {"late", "迟到"}, {"unknown", "时间不准"}, {NULL, NULL},
};
static const struct web_option ways[] = {
	{"card", "身份证"}, {"qr", "代表证"}, {"phone", "手机"}, {NULL, NULL},
};
static const struct web_option leave_states[] = {
	{"asked", "等待批准"}, {"granted", "已准假"}, {"refused", "未准假"}, {NULL, NULL},
};
static const struct web_option flags[] = {
	{"two_kiosks", "在两台机器上签到"},
	{"card_lost", "用了已挂失的代表证"},
	{"card_superseded", "用了已换发的旧代表证"},
	{"card_expired", "用了过期的代表证"},
	{"card_future", "代表证的日期在以后"},
	{"unknown_activity", "签到的活动不在名单里"},
	{"unknown_deputy", "签到的人不在名册里"},
	{NULL, NULL},
};

static const char *label_of(const struct web_option *options, const char *value)
{
	for (; options->value; options++)
		if (strcmp(options->value, value) == 0)
			return options->label;
	return value;
}

const char *kind_zh(const char *kind)
{
	return label_of(kind_options, kind);
}

const char *timing_zh(const char *timing)
{
	return label_of(timings, timing);
}

const char *sign_by_zh(const char *by)
{
	return label_of(ways, by);
}

const char *leave_reason_zh(const char *reason)
{
	return label_of(leave_reason_options, reason);
}

const char *leave_state_zh(const char *state)
{
	return label_of(leave_states, state);
}

const char *outcome_zh(const char *outcome)
{
	return strcmp(outcome, "recorded") == 0 ? "恢复原来的记录" : label_of(outcome_options, outcome);
}

const char *flag_zh(const char *what)
{
	return label_of(flags, what);
}

const char *clock_zh(int64_t ms, char out[24])
{
	struct civil_time t = civil_from_ms(ms);
	snprintf(out, 24, "%02d:%02d", t.hour % 24, t.minute % 60);
	return out;
}

const char *span_zh(int64_t starts_ms, int64_t ends_ms, char out[SPAN_SIZE])
{
	static const char *const days[] = {"日", "一", "二", "三", "四", "五", "六"};
	struct civil_time from = civil_from_ms(starts_ms), until = civil_from_ms(ends_ms);
	char date[24], last[24], begins[24], ends[24];
	clock_zh(starts_ms, begins);
	clock_zh(ends_ms, ends);
	web_date(starts_ms, date);
	web_date(ends_ms, last);
	if (civil_compare(from.date, until.date) == 0)
		snprintf(out, SPAN_SIZE, "%s 周%s %s–%s", date, days[civil_weekday(from.date)], begins, ends);
	else
		snprintf(out, SPAN_SIZE, "%s 周%s %s 至 %s %s", date, days[civil_weekday(from.date)], begins, last, ends);
	return out;
}

const char *activity_path(const char *id, const char *rest, char out[ACTIVITY_PATH_SIZE])
{
	char place[REPORT_ID_SIZE * 3];
	html_url(id, place, sizeof place);
	snprintf(out, ACTIVITY_PATH_SIZE, "/activities/%s%.64s", place, rest);
	return out;
}

const char *person_path(const char *activity, const char *deputy, char out[ACTIVITY_PATH_SIZE])
{
	char place[REPORT_ID_SIZE * 3], person[REPORT_ID_SIZE * 3];
	html_url(activity, place, sizeof place);
	html_url(deputy, person, sizeof person);
	snprintf(out, ACTIVITY_PATH_SIZE, "/activities/%s/people/%s", place, person);
	return out;
}

unsigned refusal_status(enum err e)
{
	switch (e) {
	case ERR_INVALID: return 422;
	case ERR_DENIED: return 403;
	case ERR_NOT_FOUND: return 404;
	default: return 409;
	}
}

enum err form_text(const struct request *rq, const char *name, bool lines, char *out, size_t size)
{
	const char *text = fields_text(rq->fields, name);
	enum err e = utf8_clean(text, strlen(text), lines, size, out, size);
	size_t len = strlen(out);
	while (len > 0 && strchr(" \t\n", out[len - 1]))
		out[--len] = '\0';
	return e;
}

/* ---- who came ---- */

const char *person_outcome(const json_t *person, bool ended)
{
	const json_t *fix = json_object_get(person, "correction"), *in = json_object_get(person, "attendance"),
				 *leave = json_object_get(person, "leave");
	if (json_is_object(fix))
		return web_text(fix, "counts");
	if (json_is_object(in))
		return strcmp(web_text(in, "timing"), "late") == 0 ? "late" : "present";
	if (json_is_object(leave) && strcmp(web_text(leave, "state"), "refused") != 0)
		return "leave";
	return ended ? "absent" : "";
}

void put_outcome(struct html *h, const json_t *person, bool ended)
{
	const char *outcome = person_outcome(person, ended);
	const json_t *fix = json_object_get(person, "correction");
	if (!outcome[0]) {
		html_put(h, "<span class=\"soft\">—</span>");
		return;
	}
	enum web_light light = strcmp(outcome, "present") == 0  ? WEB_GREEN
	                       : strcmp(outcome, "absent") == 0 ? WEB_RED
	                                                        : WEB_AMBER;
	web_badge(h, light, outcome_zh(outcome));
	if (json_is_object(fix))
		html_put(h, " <span class=\"soft\">更正：%s（%s）</span>", web_text(fix, "reason"), web_text(fix, "user"));
}

void put_record(struct html *h, const json_t *person)
{
	const json_t *in = json_object_get(person, "attendance");
	char clock[24];
	if (!json_is_object(in)) {
		html_put(h, "<span class=\"soft\">没有签到</span>");
		return;
	}
	const char *timing = web_text(in, "timing");
	html_put(h, "%s %s · %s", clock_zh(web_number(in, "at"), clock), timing_zh(timing), sign_by_zh(web_text(in, "by")));
	if (web_text(in, "kiosk_name")[0])
		html_put(h, " · %s", web_text(in, "kiosk_name"));
	if (!json_is_true(json_object_get(in, "clock_ok")) && strcmp(timing, "unknown") != 0)
		html_put(h, "（时钟不准）");
	if (web_number(in, "out_at") > 0)
		html_put(h, " · 签退 %s", clock_zh(web_number(in, "out_at"), clock));
	if (web_number(in, "times") > 1)
		html_put(h, " · 共签 %d 次", (int)web_number(in, "times"));
}
