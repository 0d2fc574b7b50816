#include "township/web/proposal_words.h"

#include <string.h>

const struct web_option proposal_kinds[] = {
	{"", "全部类别"}, {"suggestion", "建议"}, {"criticism", "批评"}, {"opinion", "意见"}, {"motion", "议案"}, {0},
};
const struct web_option proposal_states[] = {
	{"", "全部状态"},   {"filed", "待交办"},  {"transferred", "办理中"},      {"answered", "已答复，待评价"},
	{"redo", "重新办理"}, {"closed", "已办结"}, {"withdrawn", "代表已撤回"}, {0},
};
static const struct web_option steps[] = {
	{"file", "登记"},
	{"amend", "更正登记"},
	{"convert", "议案改为建议"},
	{"transfer", "交办"},
	{"extend", "延期"},
	{"talk", "当面沟通"},
	{"answer", "书面答复"},
	{"satisfied", "代表评价：满意"},
	{"partly", "代表评价：基本满意"},
	{"unsatisfied", "代表评价：不满意，退回重新办理"},
	{"withdraw", "代表撤回"},
	{0},
};

static const char *word_of(const struct web_option *table, const char *id)
{
	for (; table->value; table++)
		if (id[0] && strcmp(table->value, id) == 0)
			return table->label;
	return id;
}

const char *proposal_kind_word(const char *id)
{
	return word_of(proposal_kinds, id);
}

const char *proposal_state_word(const char *id)
{
	return word_of(proposal_states, id);
}

const char *proposal_step_word(const char *id)
{
	return word_of(steps, id);
}

const char *proposal_congress_word(const json_t *proposal)
{
	const char *name = web_text(proposal, "congress_name");
	return name[0] ? name : "闭会期间";
}

static void put_before(struct html *h, const char *words)
{
	html_put(h, "<details><summary>更正前的登记</summary>");
	html_paragraphs(h, words);
	html_put(h, "</details>");
}

void proposal_timeline(struct html *h, const json_t *proposal)
{
	const json_t *step;
	size_t i;
	char at[24];
	html_put(h, "<ol class=\"timeline\">");
	json_array_foreach (json_object_get(proposal, "steps"), i, step) {
		const char *id = web_text(step, "step"), *who = web_text(step, "who"), *due = web_text(step, "due");
		html_put(h, "<li><strong>%s</strong>", proposal_step_word(id));
		if (who[0])
			html_put(h, " · %s", who);
		html_put(h, " <span class=\"soft nowrap\">%s</span>", web_text(step, "day"));
		if (web_number(step, "round") > 1)
			html_put(h, " <span class=\"soft\">第 %d 轮</span>", (int)web_number(step, "round"));
		if (strcmp(id, "amend") == 0)
			put_before(h, web_text(step, "note"));
		else
			html_paragraphs(h, web_text(step, "note"));
		if (due[0] && strcmp(id, "talk") != 0)
			html_put(h, "<p class=\"soft\">%s %s</p>",
			         strcmp(id, "transfer") == 0 || strcmp(id, "extend") == 0 ? "答复期限" : "交办期限", due);
		if (json_object_get(step, "user"))
			html_put(h, "<p class=\"hint\">经手：%s，%s</p>", web_text(step, "user"), web_time(web_number(step, "at"), at));
		html_put(h, "</li>");
	}
	html_put(h, "</ol>");
}

unsigned refused_status(const struct refusal *refusal)
{
	switch (refusal->e) {
	case ERR_STATE:
	case ERR_EXISTS: return 409;
	case ERR_TOO_LONG: return 413;
	case ERR_DENIED: return 403;
	default: return 422;
	}
}
