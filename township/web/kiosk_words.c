#include "township/web/kiosk_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *word_printer(enum health_printer printer)
{
	switch (printer) {
	case HEALTH_PRINTER_READY: return "正常";
	case HEALTH_PRINTER_LOW: return "纸快用完了";
	case HEALTH_PRINTER_OUT: return "没有纸";
	case HEALTH_PRINTER_COVER: return "盖子没有关好";
	case HEALTH_PRINTER_FAULT: return "出了故障";
	case HEALTH_PRINTER_OFFLINE: return "没有连上";
	case HEALTH_PRINTER_NONE: return "没有配置";
	case HEALTH_PRINTER_UNKNOWN:
	case HEALTH_PRINTERS: break;
	}
	return "不清楚";
}

const char *word_device(enum health_device device)
{
	switch (device) {
	case HEALTH_DEVICE_PRESENT: return "正常";
	case HEALTH_DEVICE_ABSENT: return "没有连上";
	case HEALTH_DEVICE_NONE: return "没有配置";
	case HEALTH_DEVICE_UNKNOWN:
	case HEALTH_DEVICES: break;
	}
	return "不清楚";
}

const char *word_ago(int64_t ms, int64_t now_ms, char out[32])
{
	enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };
	int64_t ago = now_ms - ms;
	if (ms <= 0)
		snprintf(out, 32, "从未");
	else if (ago < MINUTE_MS)
		snprintf(out, 32, "刚刚");
	else if (ago < HOUR_MS)
		snprintf(out, 32, "%d 分钟前", (int)(ago / MINUTE_MS));
	else if (ago < DAY_MS)
		snprintf(out, 32, "%d 小时前", (int)(ago / HOUR_MS));
	else
		web_time(ms, out);
	return out;
}

/* ---- the history ---- */

static const struct {
	const char *part, *words;
} parts[] = {
	{"version", "程序版本"}, {"program", "屏幕程序"}, {"printer", "打印机"}, {"reader", "身份证读卡器"}, {"scanner", "扫码器"},
	{"clock", "时钟"},       {"disk", "存储空间"},    {"parked", "被退回的记录"}, {"restart", "重新启动"},
};

const char *word_part(const char *part)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(parts[i].part, part) == 0)
			return parts[i].words;
	return part;
}

static const struct {
	const char *part, *value, *words;
	bool bad;
} values[] = {
	{"program", "running", "在运行", false},
	{"program", "stopped", "没有运行", true},
	{"clock", "good", "准", false},
	{"clock", "off", "不准", true},
	{"clock", "untrusted", "机器自己觉得不可信", true},
	{"disk", "good", "够用", false},
	{"disk", "short", "不足", true},
	{"restart", "clean", "正常关机后", false},
	{"restart", "unclean", "断电或中断后", true},
	{"restart", "recovered", "数据损坏、从备份恢复后", true},
	{"restart", "unknown", "屏幕程序还没有起来", false},
	{"parked", "0", "没有", false},
};

const char *word_part_value(const char *part, const char *value)
{
	if (strcmp(part, "printer") == 0)
		return word_printer(health_printer_of(value));
	if (strcmp(part, "reader") == 0 || strcmp(part, "scanner") == 0)
		return word_device(health_device_of(value));
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strcmp(values[i].part, part) == 0 && strcmp(values[i].value, value) == 0)
			return values[i].words;
	return value;
}

static bool printer_bad(enum health_printer p)
{
	return p == HEALTH_PRINTER_OUT || p == HEALTH_PRINTER_COVER || p == HEALTH_PRINTER_FAULT || p == HEALTH_PRINTER_OFFLINE;
}

bool part_value_bad(const char *part, const char *value)
{
	if (strcmp(part, "printer") == 0)
		return printer_bad(health_printer_of(value));
	if (strcmp(part, "reader") == 0 || strcmp(part, "scanner") == 0)
		return health_device_of(value) == HEALTH_DEVICE_ABSENT;
	if (strcmp(part, "parked") == 0)
		return strcmp(value, "0") != 0;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strcmp(values[i].part, part) == 0 && strcmp(values[i].value, value) == 0)
			return values[i].bad;
	return false;
}

/* ---- what was refused ---- */

const char *word_event(const char *type)
{
	static const struct {
		const char *type, *words;
	} events[] = {
		{"case.submitted", "群众反映"},       {"case.rated", "满意度评价"},        {"attendance.signed_in", "签到"},
		{"attendance.repeated", "重复签到"},  {"attendance.signed_out", "签退"},   {"leave.asked", "请假"},
		{"credential.odd", "证件异常"},
	};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (strcmp(events[i].type, type) == 0)
			return events[i].words;
	return type[0] ? type : "看不出是什么";
}

static const char mend[] = "内容还在机器里；请联系维护人员核对后，在机器上用 kioskctl parked 重新送出";
static const char none[] = "不影响已经收下的记录；核对后标为已处理";
static const struct {
	const char *reason, *words, *remedy;
} refusals[] = {
	{"malformed", "内容残缺，读不出来", mend},
	{"other_kiosk", "是另一台机器的记录", mend},
	{"bad_signature", "签名不对，可能被改动过", mend},
	{"too_long", "内容太长", mend},
	{"unknown_version", "机器的程序比服务器新", "请先升级服务器，再在机器上用 kioskctl parked 重新送出"},
	{"unknown_type", "服务器还不认识这一类记录", "请先升级服务器，再在机器上用 kioskctl parked 重新送出"},
	{"id_taken", "与已收下的另一条记录编号相同", none},
	{"number_taken", "序号已被另一条记录占用", none},
	{"lost", "机器的存储损坏，这一条没有了", "内容找不回来了；如知道是谁办的事，请与他联系"},
	{"missing_field", "缺少必要的内容", mend},
	{"bad_field", "有一项内容不正确", mend},
	{"bad_base64", "密封的内容残缺", mend},
	{"bad_blob", "附件的说明不正确", mend},
	{"sealed_too_long", "密封的内容太长", mend},
	{"sealed_not_for_this_township", "不是密封给本乡镇的，打不开", "请确认这台机器登记在本乡镇；内容还在机器里"},
	{"case_exists", "这件反映已经收下过", none},
	{"no_such_case", "找不到它所评价的反映", mend},
	{"not_answered_or_rated_already", "所评价的反映还没有答复，或已经评价过", none},
};

const char *word_refusal(const char *reason)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (strcmp(refusals[i].reason, reason) == 0)
			return refusals[i].words;
	return reason;
}

const char *word_refusal_remedy(const char *reason)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (strcmp(refusals[i].reason, reason) == 0)
			return refusals[i].remedy;
	return mend;
}

/* ---- cells ---- */

static void put_words(struct html *h, bool bad, bool soon, const char *words)
{
	if (bad)
		web_badge(h, WEB_RED, words);
	else if (soon)
		web_badge(h, WEB_AMBER, words);
	else
		html_put(h, "%s", words);
}

void put_printer(struct html *h, enum health_printer printer)
{
	put_words(h, printer_bad(printer), printer == HEALTH_PRINTER_LOW, word_printer(printer));
}

void put_device(struct html *h, enum health_device device)
{
	put_words(h, device == HEALTH_DEVICE_ABSENT, false, word_device(device));
}

void put_disk(struct html *h, const struct health *health, bool gigabytes)
{
	char words[64];
	int percent = health_disk_percent(health);
	if (health->disk_size <= 0) {
		html_put(h, "不清楚");
		return;
	}
	snprintf(words, sizeof words, "剩 %d%%", percent);
	put_words(h, percent < HEALTH_DISK_PERCENT, false, words);
	snprintf(words, sizeof words, "（%.1f GB）", (double)health->disk_free / 1e9);
	if (gigabytes)
		html_put(h, "%s", words);
}

void put_clock(struct html *h, const struct town_kiosk_look *look)
{
	char words[64];
	int64_t skew_s = (look->health.at_ms - look->health_ms) / 1000, off_s = skew_s < 0 ? -skew_s : skew_s;
	if (off_s <= HEALTH_SKEW_MS / 1000) {
		put_words(h, !look->health.clock_ok, false, look->health.clock_ok ? "准" : "待核对");
		return;
	}
	const char *way = skew_s > 0 ? "快" : "慢";
	if (off_s < 7200)
		snprintf(words, sizeof words, "%s %d 分钟", way, (int)(off_s / 60));
	else if (off_s < 172800)
		snprintf(words, sizeof words, "%s %d 小时", way, (int)(off_s / 3600));
	else
		snprintf(words, sizeof words, "%s %" PRId64 " 天", way, off_s / 86400);
	put_words(h, true, false, words);
}

void put_queue(struct html *h, const struct health *health)
{
	char words[96] = "没有";
	if (health->unsent && health->blobs)
		snprintf(words, sizeof words, "%" PRId64 " 条记录、%" PRId64 " 个附件", health->unsent, health->blobs);
	else if (health->unsent)
		snprintf(words, sizeof words, "%" PRId64 " 条记录", health->unsent);
	else if (health->blobs)
		snprintf(words, sizeof words, "%" PRId64 " 个附件", health->blobs);
	put_words(h, health->oldest_s > HEALTH_BACKLOG_S, false, words);
}

void put_condition(struct html *h, const struct town *town, const struct town_kiosk_look *look, int64_t now_ms)
{
	unsigned set = kiosk_troubles(town, look, now_ms);
	if (look->revoked_ms)
		web_badge(h, WEB_GREY, "已停用");
	else if (!set && !look->health_ms)
		web_badge(h, WEB_GREY, "未报告");
	else if (!set && look->health.printer == HEALTH_PRINTER_LOW)
		web_badge(h, WEB_AMBER, "备好打印纸");
	else if (!set)
		web_badge(h, WEB_GREEN, "正常");
	for (int i = 0; i < TROUBLE_COUNT; i++) {
		if (set & 1u << i) {
			web_badge(h, WEB_RED, kiosk_trouble_words((enum health_trouble)i));
			html_put(h, " ");
		}
	}
}
