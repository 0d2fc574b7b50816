/* A deputy's page: what is known of them, their honours, number, portrait and card; and leaving office. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "township/roster_edit.h"
#include "township/store_attendance.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

/* What the page is made of. */
struct look {
	json_t *deputy, *honours; /* owned */
	bool left, writes;
	struct card_state card;
	const char *id, *name; /* in deputy */
};

static void look_clear(struct look *look)
{
	json_decref(look->deputy);
	json_decref(look->honours);
}

static enum err look_up(struct request *rq, const char *id, struct look *look)
{
	*look = (struct look){0};
	enum err e = town_roster_one(rq->town->store, id, &look->deputy);
	if (!e)
		e = town_honours_json(rq->town->store, id, &look->honours);
	if (!e)
		e = town_card_state(rq->town->store, id, &look->card);
	look->left = look->deputy && !json_is_null(json_object_get(look->deputy, "left"));
	look->writes = web_may_write(rq) && !look->left;
	look->id = look->deputy ? web_text(look->deputy, "id") : "";
	look->name = look->deputy ? web_text(look->deputy, "name") : "";
	return e;
}

static void put_fact(struct html *h, const char *label, const char *value)
{
	html_put(h, "<dt>%s</dt><dd>%s</dd>", label, value[0] ? value : "—");
}

static void put_facts(struct html *h, const struct request *rq, const struct look *look)
{
	char path[ROSTER_PATH_SIZE], when[24];
	const json_t *d = look->deputy;
	html_put(h, "<section class=\"card\"><h2>基本情况</h2>");
	if (look->left)
		html_put(h, "<p class=\"warn\">已于 %s 离任；大屏上不再显示。</p>", web_date(web_number(d, "left"), when));
	html_put(h, "<dl class=\"facts\">");
	put_fact(h, "性别", web_text(d, "gender"));
	put_fact(h, "民族", web_text(d, "nation"));
	put_fact(h, "出生年月", web_text(d, "birth"));
	put_fact(h, "职务", web_text(d, "job"));
	html_put(h, "<dt>层级、选区</dt><dd>");
	put_mandates(h, d);
	html_put(h, "</dd>");
	put_fact(h, "代表小组", web_text(d, "group"));
	put_fact(h, "小组职务", web_text(d, "group_role"));
	put_fact(h, "电话", web_text(d, "phone"));
	put_fact(h, "拼音首字母", web_text(d, "initials"));
	put_fact(h, "代表编号", look->id);
	html_put(h, "</dl>");
	if (web_may_write(rq)) {
		html_put(h, "<p class=\"bar noprint\"><a class=\"button\" href=\"%s\">%s</a>", roster_path(look->id, "/edit", path),
		         look->left ? "核对并恢复" : "修改");
		if (!look->left)
			html_put(h, "<a class=\"button\" href=\"%s\">办理离任</a>", roster_path(look->id, "/leave", path));
		html_put(h, "</p>");
	}
	html_put(h, "</section>");
}

static void put_honour(struct html *h, const struct request *rq, const struct look *look, const json_t *one)
{
	char rest[80], path[ROSTER_PATH_SIZE];
	html_put(h, "<tr><td data-label=\"日期\" class=\"nowrap\">%s</td><th scope=\"row\">%s</th><td data-label=\"授予单位\">%s</td>",
	         web_text(one, "date"), web_text(one, "title"), web_text(one, "by"));
	if (look->writes) {
		snprintf(rest, sizeof rest, "/honours/%s", web_text(one, "id"));
		html_put(h, "<td>");
		web_button(h, rq, roster_path(look->id, rest, path), "撤下", true);
		html_put(h, "</td>");
	}
	html_put(h, "</tr>");
}

static void put_honours(struct html *h, const struct request *rq, const struct look *look)
{
	const json_t *one;
	size_t i;
	char path[ROSTER_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>荣誉</h2>");
	if (json_array_size(look->honours) == 0)
		html_put(h, "<p class=\"soft\">还没有记录荣誉。</p>");
	else {
		html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">日期</th><th scope=\"col\">荣誉</th>"
		            "<th scope=\"col\">授予单位</th>");
		html_put(h, look->writes ? "<th scope=\"col\">办理</th></tr></thead><tbody>" : "</tr></thead><tbody>");
		json_array_foreach (look->honours, i, one)
			put_honour(h, rq, look, one);
		html_put(h, "</tbody></table></div>");
	}
	if (look->writes) {
		html_put(h, "<h3>记一项荣誉</h3>");
		web_form(h, rq, roster_path(look->id, "/honours", path));
		html_put(h, "<div class=\"pair\">");
		web_input(h, &(struct web_field){.name = "date", .label = "日期", .value = fields_text(rq->fields, "date"), .max = 10,
		                                 .hint = "年、年月或年月日，如 2026-03", .required = true});
		web_input(h, &(struct web_field){.name = "title", .label = "荣誉", .value = fields_text(rq->fields, "title"), .max = 80, .required = true});
		web_input(h, &(struct web_field){.name = "by", .label = "授予单位", .value = fields_text(rq->fields, "by"), .max = 80});
		html_put(h, "</div>");
		web_form_end(h, "记下");
	}
	html_put(h, "</section>");
}

static void put_portrait(struct html *h, const struct request *rq, const struct look *look)
{
	char path[ROSTER_PATH_SIZE];
	bool has = json_is_true(json_object_get(look->deputy, "portrait"));
	(void)rq;
	html_put(h, "<section class=\"card\"><h2>照片</h2>");
	if (has)
		html_put(h, "<p><img class=\"portrait\" src=\"%s\" alt=\"%s的照片\"></p>", roster_path(look->id, "/portrait.jpg", path), look->name);
	else
		html_put(h, "<p class=\"soft\">还没有照片；大屏上显示一个人形。</p>");
	if (look->writes)
		html_put(h, "<p><a class=\"button\" href=\"%s\">%s</a></p>", roster_path(look->id, "/portrait", path), has ? "换照片" : "上传照片");
	html_put(h, "</section>");
}

static void put_number(struct html *h, const struct request *rq, const struct look *look)
{
	char path[ROSTER_PATH_SIZE];
	bool has = json_is_true(json_object_get(look->deputy, "id_number"));
	html_put(h, "<section class=\"card\"><h2>身份证</h2><p>");
	web_badge(h, has ? WEB_GREEN : WEB_GREY, has ? "已登记" : "未登记");
	html_put(h, "</p><p class=\"hint\">登记后可以刷身份证签到。号码算成摘要后立即抹掉，不保存，也不显示。</p>");
	if (look->writes) {
		web_form(h, rq, roster_path(look->id, "/id-number", path));
		web_input(h, &(struct web_field){.name = "number", .label = has ? "换一个身份证号" : "身份证号", .max = 18, .required = true});
		html_put(h, "<button name=\"act\" value=\"put\">登记</button></form>");
		if (has) {
			web_form(h, rq, roster_path(look->id, "/id-number", path));
			html_put(h, "<button class=\"danger\" name=\"act\" value=\"back\" data-ask=\"撤回后，这位代表不能再刷身份证签到。确定吗？\">撤回登记</button></form>");
		}
	}
	html_put(h, "</section>");
}

static void put_card(struct html *h, const struct look *look)
{
	char path[ROSTER_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>代表证</h2><p>");
	if (look->card.issue == 0)
		html_put(h, "还没有发证。");
	else if (look->card.lost_through >= look->card.issue)
		web_badge(h, WEB_RED, "已挂失");
	else
		html_put(h, "第 %u 张，有效。", (unsigned)look->card.issue);
	html_put(h, "</p>");
	if (!look->left)
		html_put(h, "<p><a class=\"button\" href=\"%s\">发证、打印、挂失</a></p>", roster_path(look->id, "/card", path));
	html_put(h, "</section>");
}

void show_deputy(struct request *rq, struct reply *rp, const char *id, const struct refusal *refusal)
{
	struct html h;
	struct look look;
	enum err e = look_up(rq, id, &look);
	if (e) {
		reply_err(rp, e);
	} else {
		roster_begin_deputy(&h, rq, look.name, look.id, NULL);
		put_refusal(&h, refusal);
		html_put(&h, "<div class=\"columns\"><div>");
		put_facts(&h, rq, &look);
		put_honours(&h, rq, &look);
		html_put(&h, "</div><div>");
		put_portrait(&h, rq, &look);
		put_card(&h, &look);
		put_number(&h, rq, &look);
		html_put(&h, "</div></div>");
		web_end(&h, rq, rp, roster_status(refusal));
	}
	look_clear(&look);
}

void web_deputy(struct request *rq, struct reply *rp)
{
	show_deputy(rq, rp, rq->args[0], NULL);
}

/* ---- acts ---- */

static void answer(struct request *rq, struct reply *rp, enum err e, const struct refusal *refusal, const char *done)
{
	rp->changed = !e;
	if (!e)
		web_redirect(rp, "/roster/%s?done=%s", rq->args[0], done);
	else if (roster_refused(rp, e, refusal))
		show_deputy(rq, rp, rq->args[0], refusal);
}

void web_deputy_honour_add(struct request *rq, struct reply *rp)
{
	struct town_honour honour = {0};
	struct refusal refusal = {0};
	snprintf(honour.deputy, sizeof honour.deputy, "%.63s", rq->args[0]);
	enum err e = roster_field(rq, "date", honour.date, sizeof honour.date);
	if (!e)
		e = roster_field(rq, "title", honour.title, sizeof honour.title);
	if (!e)
		e = roster_field(rq, "by", honour.by_whom, sizeof honour.by_whom);
	e = e ? refuse_with(&refusal, ERR_INVALID, "请写短一些：日期如 2026-03-12，名称和单位各八十字以内", "内容太长")
	      : roster_honour_add(rq->town, &honour, rq->user.name, &refusal);
	answer(rq, rp, e, &refusal, "honour-added");
}

void web_deputy_honour_remove(struct request *rq, struct reply *rp)
{
	struct refusal refusal = {0};
	enum err e = roster_honour_remove(rq->town, rq->args[0], rq->args[1], rq->user.name, &refusal);
	answer(rq, rp, e, &refusal, "honour-removed");
}

/* Blanks are what people put between the digits. Takes the lock by itself: a digest takes its time. */
void web_deputy_number(struct request *rq, struct reply *rp)
{
	struct refusal refusal = {0};
	char number[64];
	size_t n = 0;
	bool back = strcmp(fields_text(rq->fields, "act"), "back") == 0;
	for (const char *c = fields_text(rq->fields, "number"); *c && n < sizeof number - 1; c++)
		if (*c != ' ')
			number[n++] = *c == 'x' ? 'X' : *c;
	number[n] = '\0';
	enum err e = roster_id_number(rq->town, rq->args[0], back ? NULL : number, rq->user.name, &refusal);
	sodium_memzero(number, sizeof number);
	town_lock(rq->town);
	answer(rq, rp, e, &refusal, back ? "number-back" : "number-put");
	town_unlock(rq->town);
}

void web_deputy_leave(struct request *rq, struct reply *rp)
{
	struct html h;
	struct look look;
	char path[ROSTER_PATH_SIZE];
	enum err e = look_up(rq, rq->args[0], &look);
	if (e) {
		reply_err(rp, e);
	} else if (look.left) {
		web_redirect(rp, "/roster/%s", rq->args[0]);
	} else {
		roster_begin_deputy(&h, rq, "办理离任", look.id, look.name);
		html_put(&h, "<section class=\"card\"><p>%s不再担任代表以后：</p><ul><li>各台大屏不再显示这一位；</li><li>身份证的登记撤回，代表证作废，不能再签到；</li>"
		            "<li>小组职务和联系小组一并免去；</li><li>以前的签到、建议、接待记录都保留。</li></ul>"
		            "<p class=\"soft\">办错了可以在“已离任”里找到，核对后恢复；身份证要重新登记。</p>", look.name);
		web_form(&h, rq, roster_path(look.id, "/leave", path));
		html_put(&h, "<button class=\"danger\">确认离任</button> <a class=\"button\" href=\"%s\">不办了</a></form></section>",
		         roster_path(look.id, "", path));
		web_end(&h, rq, rp, 200);
	}
	look_clear(&look);
}

void web_deputy_leave_post(struct request *rq, struct reply *rp)
{
	struct refusal refusal = {0};
	enum err e = roster_leave(rq->town, rq->args[0], rq->user.name, &refusal);
	answer(rq, rp, e, &refusal, "deputy-left");
}
