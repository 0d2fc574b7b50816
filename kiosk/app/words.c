#include "app/words.h"

#include <stdio.h>
#include <string.h>

#include "model/civil.h"

const char *word_kind(enum report_kind kind)
{
	switch (kind) {
	case REPORT_COMPLAINT:
		return tr("投诉");
	case REPORT_OPINION:
		return tr("意见");
	case REPORT_SUGGESTION:
		return tr("建议");
	case REPORT_THANKS:
		return tr("感谢");
	case REPORT_KIND_COUNT:
		break;
	}
	return "";
}

const char *icon_of_kind(enum report_kind kind)
{
	static const char *const icons[] = { "megaphone", "speech", "bulb", "thanks" };
	return kind < REPORT_KIND_COUNT ? icons[kind] : "other";
}

const char *word_subject(const struct app *app, const char *id)
{
	for (size_t i = 0; i < app->settings.subject_count; i++) {
		const struct subject *s = &app->settings.subjects[i];
		if (strcmp(s->id, id) != 0)
			continue;
		if (i18n_language(app->i18n) == LANG_EN && s->name_en[0])
			return s->name_en;
		return i18n_content(app->i18n, s->name);
	}
	return id;
}

const char *icon_of_subject(const char *id)
{
	static const struct { const char *id, *icon; } table[] = {
		{ "roads", "road" }, { "water", "water" }, { "farmland", "field" }, { "subsidies", "money" },
		{ "schools", "school" }, { "health", "health" }, { "environment", "tree" }, { "officials", "official" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (strcmp(table[i].id, id) == 0)
			return table[i].icon;
	}
	return "other";
}

const char *word_state(enum case_state state)
{
	switch (state) {
	case CASE_REGISTERED:
		return tr("已登记");
	case CASE_ACCEPTED:
		return tr("已受理");
	case CASE_ASSIGNED:
		return tr("代表在办");
	case CASE_TRANSFERRED:
		return tr("部门在办");
	case CASE_ANSWERED:
		return tr("已答复");
	case CASE_REDO:
		return tr("重新办理");
	case CASE_CLOSED:
		return tr("已办结");
	case CASE_STATE_COUNT:
		break;
	}
	return "";
}

const char *word_rating(enum rating rating)
{
	switch (rating) {
	case RATING_SATISFIED:
		return tr("满意");
	case RATING_PARTLY:
		return tr("基本满意");
	case RATING_UNSATISFIED:
		return tr("不满意");
	case RATING_COUNT:
		break;
	}
	return "";
}

const char *word_step(const char *step)
{
	static const struct { const char *id, *words; } table[] = {
		{ "accept", "乡人大办公室已受理" }, { "assign", "交代表办理" }, { "transfer", "转交部门办理" },
		{ "extend", "经主席团同意，延期办理" }, { "talk", "已当面沟通" }, { "answer", "已答复" },
		{ "redo", "您不满意，重新办理" }, { "sent_back", "对答复不满意，退回重新办理" }, { "rate_satisfied", "您评价：满意" }, { "rate_partly", "您评价：基本满意" },
		{ "rate_unsatisfied", "您评价：不满意" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (strcmp(table[i].id, step) == 0)
			return tr(table[i].words);
	}
	return tr("有新进展");
}

const char *word_level(const char *level)
{
	if (strcmp(level, "city") == 0)
		return tr("市代表");
	if (strcmp(level, "county") == 0)
		return tr("县代表");
	return tr("乡代表");
}

void word_deputy(const struct app *app, const char *id, char *out, size_t size)
{
	const struct deputy_row *d = id[0] ? site_deputy(&app->site, id) : NULL;
	if (d)
		snprintf(out, size, tr("%s 代表"), i18n_content(app->i18n, d->name));
	else
		snprintf(out, size, "%s", id[0] ? tr("原定的代表") : tr("当天值班的代表"));
}

void word_clock(int64_t unix_ms, char out[8])
{
	struct civil_time t = civil_from_ms(unix_ms);
	snprintf(out, 8, "%d:%02d", t.hour % 24, t.minute % 60);
}

static void month_day(struct civil_date d, char *out, size_t size)
{
	/* TRANSLATORS: month, then day, as numbers; the order cannot be changed */
	snprintf(out, size, tr("%d月%d日"), d.month, d.day);
}

void word_date(int64_t unix_ms, char out[48])
{
	month_day(civil_from_ms(unix_ms).date, out, 48);
}

void word_date_time(int64_t unix_ms, char out[48])
{
	char day[32], clock[8];
	month_day(civil_from_ms(unix_ms).date, day, sizeof day);
	word_clock(unix_ms, clock);
	snprintf(out, 48, "%s %s", day, clock);
}

void word_date_weekday(int64_t unix_ms, char out[48])
{
	static const char *const names[] = { "星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六" };
	char day[32];
	struct civil_date d = civil_from_ms(unix_ms).date;
	month_day(d, day, sizeof day);
	snprintf(out, 48, "%s %s", day, tr(names[civil_weekday(d) % 7]));
}

void word_civil(const char *iso, int64_t now_ms, char out[48])
{
	struct civil_date d;
	if (civil_parse(iso, &d) != ERR_OK)
		out[0] = '\0';
	else if (d.year == civil_from_ms(now_ms).date.year)
		month_day(d, out, 48);
	else /* TRANSLATORS: year, month, day, as numbers; the order cannot be changed */
		snprintf(out, 48, tr("%d年%d月%d日"), d.year, d.month, d.day);
}
