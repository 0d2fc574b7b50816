/* What the office does to a proposal: only what the rules allow is offered. */
#include <stdio.h>
#include <string.h>

#include "township/proposals.h"
#include "township/web/proposal_page.h"
#include "township/web/step_form.h"

static void open_step(struct html *h, const struct request *rq, const json_t *p, const char *step, const char *title)
{
	char action[80];
	snprintf(action, sizeof action, "/proposals/%.40s/steps", web_text(p, "id"));
	step_open(h, rq, action, step, title);
}

static void put_day(struct html *h, const struct request *rq, const char *step, const char *label)
{
	char id[32], today[TOWN_DATE_SIZE];
	snprintf(id, sizeof id, "day-%s", step);
	town_today(today);
	web_input(h, &(struct web_field){.name = "day", .id = id, .label = label, .type = "date", .value = step_typed(rq, step, "day", today),
	                                 .required = true});
}

static void put_text(struct html *h, const struct request *rq, const char *step, const char *label, const char *hint,
                     bool required, int rows)
{
	char id[32];
	snprintf(id, sizeof id, "text-%s", step);
	web_area(h, &(struct web_field){.name = "text", .id = id, .label = label, .hint = hint, .value = step_typed(rq, step, "text", ""),
	                                .max = PROPOSAL_TEXT_MAX_CHARS, .required = required}, rows);
}

static void put_who(struct html *h, const struct request *rq, const char *step, const char *label, const char *hint,
                    const char *otherwise, bool required)
{
	char id[32];
	snprintf(id, sizeof id, "who-%s", step);
	web_input(h, &(struct web_field){.name = "who", .id = id, .label = label, .hint = hint, .max = 60,
	                                 .value = step_typed(rq, step, "who", otherwise), .required = required});
}

static void put_transfer(struct html *h, const struct request *rq, const json_t *p)
{
	open_step(h, rq, p, "transfer", "交办：转交政府办理");
	web_input(h, &(struct web_field){.name = "office", .label = "承办单位", .max = 60, .required = true,
	                                 .value = step_typed(rq, "transfer", "office", web_text(p, "office"))});
	put_day(h, rq, "transfer", "交办日期");
	put_text(h, rq, "transfer", "交办要求（可不填）", NULL, false, 2);
	step_close(h, "交办");
}

static void put_talk(struct html *h, const struct request *rq, const json_t *p)
{
	open_step(h, rq, p, "talk", "记录当面沟通");
	put_who(h, rq, "talk", "谁去沟通的", NULL, web_text(p, "office"), false);
	put_day(h, rq, "talk", "沟通日期");
	put_text(h, rq, "talk", "沟通情况和代表的意见", NULL, true, 4);
	step_close(h, "记下这次沟通");
}

static void put_answer(struct html *h, const struct request *rq, const json_t *p)
{
	open_step(h, rq, p, "answer", "书面答复");
	put_text(h, rq, "answer", "答复正文", "领衔代表和联名代表都能看到。写清办了什么、没办的为什么、接下来怎么办。", true, 8);
	put_who(h, rq, "answer", "答复单位", NULL, web_text(p, "office"), false);
	put_day(h, rq, "answer", "答复日期");
	step_close(h, "答复代表");
}

static void put_extend(struct html *h, const struct request *rq, const json_t *p)
{
	char hint[80];
	const char *latest = web_text(p, "latest");
	snprintf(hint, sizeof hint, "只能延期一次，最晚 %s。", latest);
	open_step(h, rq, p, "extend", "延期一次");
	put_who(h, rq, "extend", "哪次主席团会议同意，或文号", "没有主席团同意不能延期。", "", true);
	put_day(h, rq, "extend", "同意的日期");
	web_input(h, &(struct web_field){.name = "due", .label = "新的答复期限", .type = "date", .hint = hint,
	                                 .value = step_typed(rq, "extend", "due", latest), .required = true});
	put_text(h, rq, "extend", "延期的原因（可不填）", NULL, false, 2);
	step_close(h, "延期");
}

static void put_rate(struct html *h, const struct request *rq, const json_t *p)
{
	static const struct web_option ratings[] = {
		{"", "请选择"}, {"satisfied", "满意"}, {"partly", "基本满意"}, {"unsatisfied", "不满意（退回重新办理）"}, {0},
	};
	open_step(h, rq, p, "rate", "代录领衔代表的评价");
	html_put(h, "<p class=\"hint\">代表可以在自己的手机页面上评价；交来纸质意见表的，由人大办照表代录。</p>");
	web_select(h, &(struct web_field){.name = "rating", .label = "评价", .value = step_typed(rq, "rate", "rating", ""), .required = true},
	           ratings);
	put_day(h, rq, "rate", "评价日期");
	put_text(h, rq, "rate", "意见表上写的意见", "不满意的，须写明哪里没有办好。", false, 3);
	step_close(h, "记下评价");
}

static void put_convert(struct html *h, const struct request *rq, const json_t *p)
{
	open_step(h, rq, p, "convert", "议案改为建议");
	html_put(h, "<p class=\"hint\">改为建议以后另编建议号，不能再改回议案。</p>");
	put_day(h, rq, "convert", "决定的日期");
	put_text(h, rq, "convert", "由谁决定、为什么（可不填）", NULL, false, 2);
	step_close(h, "改为建议");
}

static void put_amend(struct html *h, const struct request *rq, const json_t *p)
{
	const json_t *signer;
	size_t i;
	char names[PROPOSAL_SIGNERS_MAX * 132] = "";
	json_array_foreach (json_object_get(p, "signers"), i, signer) {
		size_t n = strlen(names);
		snprintf(names + n, sizeof names - n, "%s%s", i ? "、" : "", web_text(signer, "as"));
	}
	open_step(h, rq, p, "amend", "更正登记");
	web_input(h, &(struct web_field){.name = "title", .label = "标题", .max = PROPOSAL_TITLE_MAX_CHARS, .required = true,
	                                 .value = step_typed(rq, "amend", "title", web_text(p, "title"))});
	web_area(h, &(struct web_field){.name = "text", .id = "text-amend", .label = "正文", .max = PROPOSAL_TEXT_MAX_CHARS,
	                                .value = step_typed(rq, "amend", "text", web_text(p, "text")), .required = true}, 8);
	web_input(h, &(struct web_field){.name = "author", .label = "领衔代表", .max = 60, .required = true,
	                                 .value = step_typed(rq, "amend", "author", web_text(p, "author_as"))});
	web_area(h, &(struct web_field){.name = "cosigners", .label = "联名代表", .value = step_typed(rq, "amend", "cosigners", names)}, 2);
	step_close(h, "保存更正");
}

static void put_withdraw(struct html *h, const struct request *rq, const json_t *p)
{
	open_step(h, rq, p, "withdraw", "领衔代表要求撤回");
	html_put(h, "<p class=\"hint\">撤回以后不再办理，编号保留。</p>");
	put_day(h, rq, "withdraw", "撤回日期");
	put_text(h, rq, "withdraw", "原因（可不填）", NULL, false, 2);
	step_close(h, "撤回");
}

void proposal_step_forms(struct html *h, const struct request *rq, const json_t *p)
{
	const char *state = web_text(p, "state");
	html_put(h, "<section class=\"noprint\" aria-label=\"办理\"><h2>可以办的</h2>");
	if (step_allowed(p, "transfer"))
		put_transfer(h, rq, p);
	if (step_allowed(p, "talk") && strcmp(state, "answered") != 0)
		put_talk(h, rq, p);
	if (step_allowed(p, "answer"))
		put_answer(h, rq, p);
	else if (strcmp(state, "transferred") == 0)
		html_put(h, "<p class=\"hint\">记录当面沟通以后，才能登记书面答复。</p>");
	if (step_allowed(p, "extend") && web_text(p, "latest")[0])
		put_extend(h, rq, p);
	if (step_allowed(p, "satisfied"))
		put_rate(h, rq, p);
	if (step_allowed(p, "talk") && strcmp(state, "answered") == 0)
		put_talk(h, rq, p);
	if (step_allowed(p, "convert"))
		put_convert(h, rq, p);
	if (strcmp(state, "filed") == 0)
		put_amend(h, rq, p);
	if (step_allowed(p, "withdraw"))
		put_withdraw(h, rq, p);
	if (json_array_size(json_object_get(p, "allowed")) == 0)
		html_put(h, "<p class=\"soft\">%s</p>", strcmp(state, "closed") == 0 ? "已经办结，没有要办的了。" : "代表已撤回，不再办理。");
	html_put(h, "</section>");
}
