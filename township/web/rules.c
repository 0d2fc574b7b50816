/* The rules of the house: what hangs on the wall in its order, drafts, one rule, editing, publishing, taking down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/rules.h"
#include "township/web/pages.h"
#include "township/web/rules_page.h"

unsigned rules_status(const struct refusal *why)
{
	switch (why->e) {
	case ERR_TOO_LONG:
		return 413;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_EXISTS:
		return 409;
	default:
		return 422;
	}
}

/* ---- the list ---- */

static void put_draft_row(struct html *h, const struct request *rq, const json_t *draft)
{
	char when[24], action[96];
	const char *id = web_text(draft, "id"), *replaces = web_text(draft, "replaces");
	html_put(h, "<tr><td data-label=\"名称\"><a href=\"/rules/%s\">%s</a></td><td class=\"n\" data-label=\"条数\">%d</td><td data-label=\"公布以后\">",
	         id, web_text(draft, "title"), (int)web_number(draft, "articles"));
	if (!replaces[0])
		web_badge(h, WEB_GREEN, "新增一项");
	else if (strcmp(replaces, web_text(draft, "title")) == 0)
		web_badge(h, WEB_AMBER, "替换现行的");
	else
		html_put(h, "替换“%s”", replaces);
	html_put(h, "</td><td data-label=\"保存\"><span class=\"nowrap\">%s</span> %s</td>", web_time(web_number(draft, "at"), when),
	         web_text(draft, "by"));
	if (web_may_write(rq)) {
		html_put(h, "<td><div class=\"moves\">");
		snprintf(action, sizeof action, "/rules/%s/publish", id);
		web_form(h, rq, action);
		html_put(h, "<button class=\"step\" aria-label=\"公布“%s”\">公布</button></form></div></td>", web_text(draft, "title"));
	}
	html_put(h, "</tr>");
}

static void put_drafts(struct html *h, const struct request *rq, const json_t *drafts)
{
	const json_t *draft;
	size_t i;
	if (json_array_size(drafts) == 0)
		return;
	html_put(h, "<h2>草稿（还没有公布）</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">名称</th><th scope=\"col\" class=\"n\">条数</th>"
	            "<th scope=\"col\">公布以后</th><th scope=\"col\">保存</th>");
	if (web_may_write(rq))
		html_put(h, "<th scope=\"col\">可以办的</th>");
	html_put(h, "</tr></thead><tbody>");
	json_array_foreach (drafts, i, draft)
		put_draft_row(h, rq, draft);
	html_put(h, "</tbody></table></div>");
	if (web_may_write(rq) && json_array_size(drafts) > 1) {
		web_form(h, rq, "/rules/publish");
		html_put(h, "<button class=\"main\" data-ask=\"确定要公布全部 %zu 份草稿吗？\">全部公布（%zu 份）</button></form>", json_array_size(drafts),
		         json_array_size(drafts));
	}
}

static void put_move(struct html *h, const struct request *rq, const json_t *rule, bool up)
{
	char action[96];
	snprintf(action, sizeof action, "/rules/%s/move", web_text(rule, "id"));
	web_form(h, rq, action);
	html_put(h, "<button class=\"step\" name=\"to\" value=\"%s\" aria-label=\"%s“%s”\">%s</button></form>", up ? "up" : "down", up ? "上移" : "下移",
	         web_text(rule, "title"), up ? "↑ 上移" : "↓ 下移");
}

static void put_wall(struct html *h, const struct request *rq, const json_t *wall)
{
	const json_t *rule;
	size_t i, count = json_array_size(wall);
	char when[24];
	html_put(h, "<h2>墙上的制度</h2>");
	if (count == 0) {
		html_put(h, "<p class=\"card empty\">墙上还没有制度。%s</p>", web_may_write(rq) ? "请粘贴或上传制度文件，看过草稿后公布。" : "");
		return;
	}
	html_put(h, "<p class=\"soft\">代表之家的大屏按这个次序显示。</p><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\" class=\"seq\">次序</th>"
	            "<th scope=\"col\">名称</th><th scope=\"col\" class=\"n\">条数</th><th scope=\"col\">公布</th>");
	if (web_may_write(rq))
		html_put(h, "<th scope=\"col\">调整次序</th>");
	html_put(h, "</tr></thead><tbody>");
	json_array_foreach (wall, i, rule) {
		html_put(h, "<tr><td class=\"seq\" data-label=\"次序\">%zu</td><td data-label=\"名称\"><a href=\"/rules/%s\">%s</a> ", i + 1, web_text(rule, "id"),
		         web_text(rule, "title"));
		if (json_is_true(json_object_get(rule, "draft")))
			web_badge(h, WEB_AMBER, "有修改未公布");
		html_put(h, "</td><td class=\"n\" data-label=\"条数\">%d</td><td data-label=\"公布\"><span class=\"nowrap\">%s</span> %s</td>",
		         (int)web_number(rule, "articles"), web_date(web_number(rule, "at"), when),
		         strcmp(web_text(rule, "by"), "operator") == 0 ? "命令行导入" : web_text(rule, "by"));
		if (web_may_write(rq)) {
			html_put(h, "<td><div class=\"moves\">");
			if (i > 0)
				put_move(h, rq, rule, true);
			if (i + 1 < count)
				put_move(h, rq, rule, false);
			html_put(h, "</div></td>");
		}
		html_put(h, "</tr>");
	}
	html_put(h, "</tbody></table></div>");
}

static void show_list(struct request *rq, struct reply *rp, unsigned status, const struct refusal *why)
{
	json_t *wall = NULL, *drafts = NULL;
	enum err e = town_rules_json(rq->town->store, &wall);
	if (!e)
		e = town_rule_drafts_json(rq->town->store, &drafts);
	if (e) {
		json_decref(wall);
		reply_err(rp, e);
		return;
	}
	struct html h;
	web_begin(&h, rq, "规章制度", WEB_RULES);
	if (why)
		web_problem(&h, why->what, why->remedy);
	if (web_may_write(rq))
		html_put(&h, "<p class=\"bar noprint\"><a class=\"button main\" href=\"/rules/import\">粘贴或上传文件</a><a class=\"button\" href=\"/rules/new\">新写一项</a></p>");
	put_drafts(&h, rq, drafts);
	put_wall(&h, rq, wall);
	web_end(&h, rq, rp, status);
	json_decref(wall);
	json_decref(drafts);
}

void web_rules(struct request *rq, struct reply *rp)
{
	show_list(rq, rp, 200, NULL);
}

/* ---- one rule ---- */

static void put_draft(struct html *h, const struct request *rq, const struct town_rule *draft, const struct town_rule *replaces)
{
	char when[24], action[96];
	html_put(h, "<section class=\"card\"><h2>%s</h2><p class=\"soft\">", replaces ? "修改稿" : "草稿");
	if (replaces && strcmp(replaces->title, draft->title) != 0)
		html_put(h, "改名为“%s”。", draft->title);
	html_put(h, "%s 保存于 %s，共 %d 条，还没有公布。</p><div class=\"words\">", draft->by, web_time(draft->at_ms, when), (int)draft->article_count);
	html_paragraphs(h, draft->text);
	html_put(h, "</div>");
	if (web_may_write(rq)) {
		html_put(h, "<div class=\"bar noprint\">");
		snprintf(action, sizeof action, "/rules/%s/publish", draft->id);
		web_form(h, rq, action);
		web_form_end(h, replaces ? "公布，替换现行的" : "公布");
		html_put(h, "<a class=\"button\" href=\"/rules/%s/edit\">修改</a>", draft->id);
		snprintf(action, sizeof action, "/rules/%s/drop", draft->id);
		web_button(h, rq, action, "删除草稿", true);
		html_put(h, "</div>");
	}
	html_put(h, "</section>");
}

static void put_hanging(struct html *h, const struct request *rq, const struct town_rule *rule, bool has_draft)
{
	char when[24], action[96];
	html_put(h, "<section class=\"card\">");
	if (has_draft)
		html_put(h, "<h2>现行的</h2>");
	html_put(h, "<p class=\"soft\">");
	if (rule->at_ms > 0)
		html_put(h, strcmp(rule->by, "operator") == 0 ? "%s %s，" : "%s 由 %s 公布，", web_time(rule->at_ms, when),
		         strcmp(rule->by, "operator") == 0 ? "从命令行导入" : rule->by);
	html_put(h, "现在挂在墙上，共 %d 条。</p><div class=\"words\">", (int)rule->article_count);
	html_paragraphs(h, rule->text);
	html_put(h, "</div>");
	if (web_may_write(rq)) {
		html_put(h, "<div class=\"bar noprint\">");
		if (!has_draft)
			html_put(h, "<a class=\"button main\" href=\"/rules/%s/edit\">修改</a>", rule->id);
		snprintf(action, sizeof action, "/rules/%s/withdraw", rule->id);
		web_button(h, rq, action, "从墙上撤下", true);
		html_put(h, "</div>");
	}
	html_put(h, "</section>");
}

void web_rule(struct request *rq, struct reply *rp)
{
	struct town_rule rule, draft;
	enum err e = town_rule_get(rq->town->store, rq->args[0], &rule), d = town_rule_draft_get(rq->town->store, rq->args[0], &draft);
	if ((e && e != ERR_NOT_FOUND) || (d && d != ERR_NOT_FOUND) || (e && d)) {
		reply_err(rp, e && e != ERR_NOT_FOUND ? e : d);
	} else {
		struct html h;
		const char *title = e ? draft.title : rule.title;
		web_begin(&h, rq, title, WEB_RULES);
		html_put(&h, "<p class=\"crumb noprint\"><a href=\"/rules\">规章制度</a> › %s</p>", title);
		if (!d)
			put_draft(&h, rq, &draft, e ? NULL : &rule);
		if (!e)
			put_hanging(&h, rq, &rule, !d);
		web_end(&h, rq, rp, 200);
	}
	town_rule_clear(&rule);
	town_rule_clear(&draft);
}

/* ---- editing ---- */

static void show_form(struct request *rq, struct reply *rp, const char *id, const char *title, const char *text, const struct refusal *why)
{
	struct html h;
	char action[96];
	web_begin(&h, rq, id[0] ? "修改制度" : "新写一项制度", WEB_RULES);
	html_put(&h, "<p class=\"crumb\"><a href=\"/rules\">规章制度</a> › ");
	if (id[0])
		html_put(&h, "<a href=\"/rules/%s\">这项制度</a> › ", id);
	html_put(&h, "%s</p>", id[0] ? "修改" : "新写");
	if (why)
		web_problem(&h, why->what, why->remedy);
	if (id[0])
		snprintf(action, sizeof action, "/rules/%s/edit", id);
	else
		snprintf(action, sizeof action, "/rules/new");
	web_form(&h, rq, action);
	web_input(&h, &(struct web_field){.name = "title", .label = "名称", .value = title, .max = RULES_TITLE_MAX_CHARS, .required = true,
	                                  .hint = "例如“代表学习制度”，最多 40 个字"});
	web_area(&h, &(struct web_field){.name = "text", .label = "正文", .value = text, .required = true,
	                                 .hint = "一条一行；条数按最高一级的编号数（第一条、一、（一）、1、），没有编号的每行算一条"},
	         22);
	html_put(&h, "<p class=\"bar\"><button class=\"main\" name=\"act\" value=\"save\">保存草稿</button><button name=\"act\" value=\"publish\" "
	             "data-ask=\"保存后马上在各台大屏上公布。确定吗？\">保存并公布</button></p></form>");
	web_end(&h, rq, rp, why ? rules_status(why) : 200);
}

void web_rule_new(struct request *rq, struct reply *rp)
{
	show_form(rq, rp, "", "", "", NULL);
}

void web_rule_edit(struct request *rq, struct reply *rp)
{
	struct town_rule rule;
	enum err e = town_rule_draft_get(rq->town->store, rq->args[0], &rule);
	if (e == ERR_NOT_FOUND)
		e = town_rule_get(rq->town->store, rq->args[0], &rule);
	if (e)
		reply_err(rp, e);
	else
		show_form(rq, rp, rule.id, rule.title, rule.text, NULL);
	town_rule_clear(&rule);
}

/* POST /rules/new and /rules/{}/edit */
void web_rule_save(struct request *rq, struct reply *rp)
{
	struct refusal why = {0};
	const char *title = fields_text(rq->fields, "title"), *text = fields_text(rq->fields, "text");
	char id[64];
	size_t count;
	snprintf(id, sizeof id, "%.63s", rq->args[0]);
	enum err e = rules_save(rq->town, id, title, text, rq->user.name, &why);
	if (e) {
		if (why.e == ERR_NOT_FOUND)
			show_list(rq, rp, 404, &why);
		else if (why.e)
			show_form(rq, rp, rq->args[0], title, text, &why);
		else
			reply_err(rp, e);
		return;
	}
	if (strcmp(fields_text(rq->fields, "act"), "publish") != 0) {
		web_redirect(rp, "/rules/%s?done=rule-saved", id);
		return;
	}
	e = rules_publish(rq->town, id, rq->user.name, &count, &why);
	rp->changed = !e;
	if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/rules/%s?done=published", id);
}

/* ---- what is done to one ---- */

static void end(struct request *rq, struct reply *rp, enum err e, const struct refusal *why, const char *done)
{
	if (!e)
		web_redirect(rp, "/rules?done=%s", done);
	else if (why->e)
		show_list(rq, rp, rules_status(why), why);
	else
		reply_err(rp, e);
}

void web_rule_publish(struct request *rq, struct reply *rp)
{
	struct refusal why = {0};
	size_t count;
	enum err e = rules_publish(rq->town, rq->args[0], rq->user.name, &count, &why);
	rp->changed = !e;
	end(rq, rp, e, &why, "published");
}

void web_rules_publish(struct request *rq, struct reply *rp)
{
	struct refusal why = {0};
	size_t count;
	enum err e = rules_publish(rq->town, NULL, rq->user.name, &count, &why);
	rp->changed = !e;
	end(rq, rp, e, &why, "published");
}

void web_rule_withdraw(struct request *rq, struct reply *rp)
{
	struct refusal why = {0};
	enum err e = rules_withdraw(rq->town, rq->args[0], rq->user.name, &why);
	rp->changed = !e;
	end(rq, rp, e, &why, "rule-withdrawn");
}

void web_rule_drop(struct request *rq, struct reply *rp)
{
	struct refusal why = {0};
	end(rq, rp, rules_drop(rq->town, rq->args[0], rq->user.name, &why), &why, "rule-dropped");
}

void web_rule_move(struct request *rq, struct reply *rp)
{
	struct refusal why = {0};
	enum err e = rules_move(rq->town, rq->args[0], strcmp(fields_text(rq->fields, "to"), "up") == 0, rq->user.name, &why);
	rp->changed = !e;
	end(rq, rp, e, &why, "rule-moved");
}
