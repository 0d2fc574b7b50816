#include "township/web/words.h"

#include <stdio.h>
#include <string.h>

#include "model/case.h"
#include "model/settings.h"

const struct web_option word_states[] = {
	{"", "全部状态"},       {"registered", "待受理"}, {"accepted", "已受理"}, {"assigned", "代表在办"}, {"transferred", "部门在办"},
	{"answered", "已答复"}, {"redo", "重新办理"},     {"closed", "已办结"},   {0},
};
const struct web_option word_kinds[] = {
	{"", "全部类别"}, {"complaint", "投诉"}, {"opinion", "意见"}, {"suggestion", "建议"}, {"thanks", "感谢"}, {0},
};
static const struct web_option ratings[] = {{"satisfied", "满意"}, {"partly", "基本满意"}, {"unsatisfied", "不满意"}, {0}};
static const struct web_option steps[] = {
	{"accept", "受理"},   {"assign", "交给代表"}, {"transfer", "交办"},     {"extend", "延期"},   {"talk", "面谈"},
	{"answer", "答复"},   {"redo", "重新办理"},   {"sent_back", "不满意，退回重办"}, {0},
};
static const struct web_option levels[] = {{"township", "乡镇"}, {"county", "县"}, {"city", "市"}, {0}};

static const char *word_of(const struct web_option *table, const char *id)
{
	for (; table->value; table++)
		if (id[0] && strcmp(table->value, id) == 0)
			return table->label;
	return id;
}

const char *word_state(const char *id)
{
	return word_of(word_states, id);
}

const char *word_kind(const char *id)
{
	return word_of(word_kinds, id);
}

const char *word_rating(const char *id)
{
	return word_of(ratings, id);
}

const char *word_step(const char *id)
{
	return word_of(steps, id);
}

const char *word_level(const char *id)
{
	return word_of(levels, id);
}

const char *word_subject(const char *id)
{
	size_t count;
	const struct subject *subjects = settings_default_subjects(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(subjects[i].id, id) == 0)
			return subjects[i].name;
	return id[0] ? id : "未分类";
}

json_t *word_subjects(void)
{
	size_t count;
	const struct subject *subjects = settings_default_subjects(&count);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "id", subjects[i].id, "name", subjects[i].name));
	return list;
}

void word_due(struct html *h, const char *light, int64_t days_left)
{
	char words[48];
	if (!light[0] || strcmp(light, "none") == 0) {
		html_put(h, "—");
		return;
	}
	if (days_left > 0)
		snprintf(words, sizeof words, "还有 %lld 天", (long long)days_left);
	else if (days_left == 0)
		snprintf(words, sizeof words, "今天到期");
	else
		snprintf(words, sizeof words, "超期 %lld 天", (long long)-days_left);
	web_badge(h, strcmp(light, "red") == 0 ? WEB_RED : strcmp(light, "amber") == 0 ? WEB_AMBER : WEB_GREEN, words);
}

void word_due_date(struct html *h, const char *due)
{
	static const char *const lights[] = {"green", "amber", "red", "none"};
	struct civil_date day, today = civil_from_ms(town_now_ms()).date;
	if (!due[0] || civil_parse(due, &day))
		word_due(h, "none", 0);
	else
		word_due(h, lights[case_light(day, today)], civil_day_number(day) - civil_day_number(today));
}
