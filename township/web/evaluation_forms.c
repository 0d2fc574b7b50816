/* What the office does to an evaluation: only what its state allows is offered. */
#include <stdio.h>
#include <string.h>

#include "township/evaluations.h"
#include "township/web/evaluation_page.h"
#include "township/web/proposal_page.h"

/* Whether it was this form that came back: by the end of the address it was sent to. */
static bool came_back(const struct request *rq, const char *action)
{
	const char *end = strrchr(rq->path, '/');
	return rq->fields && end && strcmp(end + 1, action) == 0;
}

static const char *typed(const struct request *rq, const char *action, const char *field, const char *otherwise)
{
	return came_back(rq, action) ? fields_text(rq->fields, field) : otherwise;
}

void evaluation_form(struct html *h, const struct request *rq, const json_t *v, const json_t *deputies, const char *action,
                     const char *button)
{
	char today[TOWN_DATE_SIZE];
	const char *end = strrchr(action, '/') + 1;
	const char *deputy = web_text(v, "deputy_name"), *day = web_text(v, "day");
	town_today(today);
	web_form(h, rq, action);
	web_select(h, &(struct web_field){.name = "kind", .label = "种类", .value = typed(rq, end, "kind", v ? web_text(v, "kind") : "deputy")},
	           evaluation_kinds + 1);
	html_put(h, "<div class=\"pair\">");
	web_deputy_list(h, deputies);
	web_input(h, &(struct web_field){.name = "deputy", .label = "述职的代表", .value = typed(rq, end, "deputy", deputy),
	                                 .list = "deputies", .max = 60, .hint = "代表述职评议填这一项：键入姓名，从名册中选。"});
	web_input(h, &(struct web_field){.name = "office", .label = "被评议的单位", .value = typed(rq, end, "office", web_text(v, "office")),
	                                 .max = 30, .hint = "站所评议填这一项，一般在第四季度。"});
	html_put(h, "</div><div class=\"pair\">");
	web_input(h, &(struct web_field){.name = "day", .label = "评议日期", .type = "date", .required = true,
	                                 .value = typed(rq, end, "day", day[0] ? day : today)});
	web_input(h, &(struct web_field){.name = "place", .label = "地点", .value = typed(rq, end, "place", web_text(v, "place")), .max = 60});
	html_put(h, "</div>");
	web_input(h, &(struct web_field){.name = "title", .label = "名称（可不填）", .value = typed(rq, end, "title", web_text(v, "title")),
	                                 .max = EVALUATION_TITLE_MAX_CHARS, .hint = "不填就用“某某代表述职评议”“某单位工作评议”。"});
	web_form_end(h, button);
}

static const char *path_of(const json_t *v, const char *action, char out[96])
{
	snprintf(out, 96, "/evaluations/%.40s/%s", web_text(v, "id"), action);
	return out;
}

static void put_votes(struct html *h, const struct request *rq, const json_t *v, const char *name, const char *label)
{
	char was[16] = "";
	if (strcmp(web_text(v, "state"), "counted") == 0)
		snprintf(was, sizeof was, "%d", (int)web_number(v, name));
	web_input(h, &(struct web_field){.name = name, .label = label, .type = "number", .required = true,
	                                 .value = typed(rq, "count", name, was)});
}

static void put_count(struct html *h, const struct request *rq, const json_t *v)
{
	char action[96];
	bool again = strcmp(web_text(v, "state"), "counted") == 0;
	html_put(h, "<details%s><summary>%s</summary>", again && !came_back(rq, "count") ? "" : " open",
	         again ? "改正登记的票数" : "登记纸质测评的票数");
	html_put(h, "<p class=\"soft\">有效票不足 %d 张的，结果仅供参考。登记以后，由另一位同事核对确认。</p>",
	         rq->town->evaluations.min_voters);
	web_form(h, rq, path_of(v, "count", action));
	html_put(h, "<div class=\"pair\">");
	put_votes(h, rq, v, "handed_out", "发出测评票");
	put_votes(h, rq, v, "returned", "收回测评票");
	html_put(h, "</div><div class=\"pair\">");
	put_votes(h, rq, v, "satisfied", "满意");
	put_votes(h, rq, v, "basically", "基本满意");
	html_put(h, "</div><div class=\"pair\">");
	put_votes(h, rq, v, "unsatisfied", "不满意");
	put_votes(h, rq, v, "invalid", "无效票");
	html_put(h, "</div>");
	web_area(h, &(struct web_field){.name = "comments", .label = "意见汇总", .value = typed(rq, "count", "comments", web_text(v, "comments")),
	                                .max = EVALUATION_COMMENTS_MAX_CHARS, .hint = "票上写的意见，归纳录入，不写投票人的姓名。"}, 4);
	web_form_end(h, "登记票数");
	html_put(h, "</details>");
}

static void put_confirm(struct html *h, const struct request *rq, const json_t *v)
{
	char action[96];
	html_put(h, "<div class=\"card\"><p>请对照测评票核对左边的票数。确认以后结果不能再改。</p>");
	web_form(h, rq, path_of(v, "confirm", action));
	html_put(h, "<input type=\"hidden\" name=\"counted\" value=\"%lld\"><button class=\"danger\" data-ask=\"确认以后结果不能再改。"
	            "票数都核对过了吗？\">核对无误，确认结果</button></form></div>", (long long)web_number(v, "counted"));
	html_put(h, "<details%s><summary>不符，退回重新清点</summary>", came_back(rq, "recount") ? " open" : "");
	web_form(h, rq, path_of(v, "recount", action));
	web_area(h, &(struct web_field){.name = "reason", .label = "哪里不符", .value = typed(rq, "recount", "reason", ""), .max = 1000,
	                                .required = true}, 3);
	web_form_end(h, "退回重新清点");
	html_put(h, "</details>");
}

static void put_note(struct html *h, const struct request *rq, const json_t *v, const char *kind, const char *title,
                     const char *label, const char *button)
{
	char action[96], today[TOWN_DATE_SIZE], day_id[24], text_id[24];
	bool mine = came_back(rq, "notes") && strcmp(fields_text(rq->fields, "kind"), kind) == 0;
	snprintf(day_id, sizeof day_id, "day-%s", kind);
	snprintf(text_id, sizeof text_id, "text-%s", kind);
	town_today(today);
	html_put(h, "<details%s><summary>%s</summary>", mine ? " open" : "", title);
	web_form(h, rq, path_of(v, "notes", action));
	html_put(h, "<input type=\"hidden\" name=\"kind\" value=\"%s\">", kind);
	web_input(h, &(struct web_field){.name = "day", .id = day_id, .label = "日期", .type = "date", .required = true,
	                                 .value = mine ? fields_text(rq->fields, "day") : today});
	web_area(h, &(struct web_field){.name = "text", .id = text_id, .label = label, .max = 1000, .required = true,
	                                .value = mine ? fields_text(rq->fields, "text") : ""}, 4);
	web_form_end(h, button);
	html_put(h, "</details>");
}

static void put_edit(struct html *h, const struct request *rq, const json_t *v, const json_t *deputies)
{
	char action[96];
	html_put(h, "<details%s><summary>修改评议的内容</summary>", came_back(rq, "edit") ? " open" : "");
	evaluation_form(h, rq, v, deputies, path_of(v, "edit", action), "保存");
	html_put(h, "</details>");
}

void evaluation_steps(struct html *h, const struct request *rq, const json_t *v, const json_t *deputies)
{
	char action[96];
	const char *state = web_text(v, "state");
	bool draft = strcmp(state, "draft") == 0, open = strcmp(state, "open") == 0;
	html_put(h, "<section class=\"noprint\" aria-label=\"办理\"><h2>可以办的</h2>");
	if (draft) {
		html_put(h, "<div class=\"card\"><p>开始以后，评议对象不能再改。</p>");
		web_form(h, rq, path_of(v, "begin", action));
		web_form_end(h, "开始测评");
		html_put(h, "</div>");
	}
	if (open || (strcmp(state, "counted") == 0 && strcmp(web_text(v, "counted_by"), rq->user.name) == 0))
		put_count(h, rq, v);
	else if (strcmp(state, "counted") == 0)
		put_confirm(h, rq, v);
	if (draft || open)
		put_edit(h, rq, v, deputies);
	if (draft)
		web_button(h, rq, path_of(v, "drop", action), "删除这次评议", true);
	if (strcmp(state, "closed") == 0) {
		if (json_is_true(json_object_get(v, "poor")))
			put_note(h, rq, v, "put_right", "登记整改情况", "怎样整改，结果如何", "登记整改");
		put_note(h, rq, v, "correction", "更正说明", "哪里有误、为什么、应是多少（结果不改动，说明附在旁边）", "附上说明");
	}
	html_put(h, "</section>");
}
