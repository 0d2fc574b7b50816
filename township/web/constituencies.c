/* Constituencies: their level, name, villages and seats, and who was elected there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/roster_change.h"
#include "township/roster_edit.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

static void put_people(struct html *h, const json_t *c)
{
	const json_t *d;
	size_t i;
	char path[ROSTER_PATH_SIZE];
	json_array_foreach (json_object_get(c, "deputies"), i, d)
		html_put(h, "%s<a href=\"%s\">%s</a>", i ? "、" : "", roster_path(web_text(d, "id"), "", path), web_text(d, "name"));
	if (i == 0)
		html_put(h, "—");
}

static void put_row(struct html *h, const struct request *rq, const json_t *c)
{
	size_t elected = json_array_size(json_object_get(c, "deputies"));
	int64_t seats = web_number(c, "seats");
	html_put(h, "<tr><td data-label=\"层级\">%s</td><th scope=\"row\" class=\"nowrap\">", roster_level_zh(web_text(c, "level")));
	if (web_may_write(rq))
		html_put(h, "<a href=\"/roster/constituencies/%s\">%s</a>", web_text(c, "id"), web_text(c, "name"));
	else
		html_put(h, "%s", web_text(c, "name"));
	html_put(h, "</th><td data-label=\"所辖村\">%s</td><td data-label=\"名额\" class=\"n nowrap\">", web_text(c, "villages")[0] ? web_text(c, "villages") : "—");
	if (seats)
		html_put(h, "%zu / %lld", elected, (long long)seats);
	else
		html_put(h, "%zu", elected);
	html_put(h, "</td><td data-label=\"代表\">");
	put_people(h, c);
	html_put(h, "</td></tr>");
}

void web_constituencies(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *list;
	const json_t *c;
	size_t i;
	enum err e = town_constituencies_json(rq->town->store, &list);
	if (e) {
		reply_err(rp, e);
		return;
	}
	roster_begin(&h, rq, "选区", ROSTER_CONSTITUENCIES);
	if (web_may_write(rq))
		html_put(&h, "<p class=\"bar noprint\"><a class=\"button main\" href=\"/roster/constituencies/new\">新建选区</a></p>");
	if (json_array_size(list)) {
		html_put(&h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">层级</th><th scope=\"col\">选区</th>"
		             "<th scope=\"col\">所辖村</th><th scope=\"col\" class=\"n\">在任／名额</th><th scope=\"col\">代表</th></tr></thead><tbody>");
		json_array_foreach (list, i, c)
			put_row(&h, rq, c);
		html_put(&h, "</tbody></table></div>");
	} else {
		html_put(&h, "<p class=\"card empty\">还没有选区；导入名册时会自动建立。</p>");
	}
	web_end(&h, rq, rp, 200);
	json_decref(list);
}

/* ---- one ---- */

static void show(struct request *rq, struct reply *rp, const struct town_constituency *c, const char *seats,
                 const struct refusal *refusal)
{
	static const struct web_option levels[] = {{"township", "乡"}, {"county", "县"}, {"city", "市"}, {NULL, NULL}};
	struct html h;
	char action[96];
	bool is_new = c->id[0] == '\0';
	snprintf(action, sizeof action, "/roster/constituencies/%s", is_new ? "new" : c->id);
	roster_begin(&h, rq, is_new ? "新建选区" : c->name, ROSTER_CONSTITUENCIES);
	put_refusal(&h, refusal);
	html_put(&h, "<section class=\"card\">");
	web_form(&h, rq, action);
	html_put(&h, "<div class=\"pair\">");
	if (is_new)
		web_select(&h, &(struct web_field){.name = "level", .label = "层级", .value = c->level}, levels);
	else
		html_put(&h, "<div class=\"field\"><span class=\"label\">层级</span>%s</div>", roster_level_zh(c->level));
	web_input(&h, &(struct web_field){.name = "name", .label = "名称", .value = c->name, .max = 40, .required = true});
	web_input(&h, &(struct web_field){.name = "seats", .label = "代表名额", .value = seats, .type = "number", .hint = "不清楚就空着"});
	html_put(&h, "</div>");
	web_input(&h, &(struct web_field){.name = "villages", .label = "所辖村", .value = c->villages, .hint = "几个村之间用顿号", .max = 300});
	if (!is_new)
		html_put(&h, "<p class=\"soft\">改了名称或所辖村，这个选区的代表会马上在各台大屏更新。只联系其中几个村的代表，仍联系那几个村。</p>");
	web_form_end(&h, "保存");
	if (!is_new) {
		snprintf(action, sizeof action, "/roster/constituencies/%s/remove", c->id);
		web_button(&h, rq, action, "撤销选区", true);
	}
	html_put(&h, "</section>");
	web_end(&h, rq, rp, roster_status(refusal));
}

static enum err read_form(struct request *rq, struct town_constituency *c, struct refusal *refusal)
{
	const char *seats = fields_text(rq->fields, "seats"), *level = fields_text(rq->fields, "level");
	enum err e = roster_field(rq, "name", c->name, sizeof c->name);
	if (!e)
		e = roster_field(rq, "villages", c->villages, sizeof c->villages);
	if (e)
		return refuse_with(refusal, ERR_INVALID, "名称四十字以内，村名共三百字以内", "内容太长");
	if (strlen(seats) > 3 || strspn(seats, "0123456789") != strlen(seats))
		return refuse_with(refusal, ERR_INVALID, "请写 1 到 999，不清楚就空着", "名额不对");
	c->seats = (int)strtol(seats, NULL, 10);
	if (c->id[0])
		return ERR_OK;
	if (strcmp(level, "township") != 0 && strcmp(level, "county") != 0 && strcmp(level, "city") != 0)
		return refuse_with(refusal, ERR_INVALID, "请选乡、县或市", "没有选层级");
	snprintf(c->level, sizeof c->level, "%s", level);
	return ERR_OK;
}

static void constituency_page(struct request *rq, struct reply *rp, struct town_constituency *c)
{
	struct refusal refusal = {0};
	char seats[16] = "";
	if (!rq->fields) {
		if (c->seats)
			snprintf(seats, sizeof seats, "%d", c->seats);
		show(rq, rp, c, seats, NULL);
		return;
	}
	char id[sizeof c->id];
	memcpy(id, c->id, sizeof id);
	enum err e = read_form(rq, c, &refusal);
	if (!e)
		e = constituency_save(rq->town, c, rq->user.name, &refusal);
	rp->changed = !e;
	if (!e) {
		web_redirect(rp, "/roster/constituencies?done=saved");
	} else if (roster_refused(rp, e, &refusal)) {
		memcpy(c->id, id, sizeof id);
		show(rq, rp, c, fields_text(rq->fields, "seats"), &refusal);
	}
}

void web_constituency(struct request *rq, struct reply *rp)
{
	struct town_constituency c;
	enum err e = town_constituency_get(rq->town->store, rq->args[0], &c);
	if (e)
		reply_err(rp, e);
	else
		constituency_page(rq, rp, &c);
}

void web_constituency_new(struct request *rq, struct reply *rp)
{
	struct town_constituency c = {.level = "township"};
	constituency_page(rq, rp, &c);
}

void web_constituency_remove(struct request *rq, struct reply *rp)
{
	struct town_constituency c;
	struct refusal refusal = {0};
	char seats[16] = "";
	enum err e = town_constituency_get(rq->town->store, rq->args[0], &c);
	if (e) {
		reply_err(rp, e);
		return;
	}
	e = constituency_remove(rq->town, c.id, rq->user.name, &refusal);
	rp->changed = !e;
	if (c.seats)
		snprintf(seats, sizeof seats, "%d", c.seats);
	if (!e)
		web_redirect(rp, "/roster/constituencies?done=constituency-removed");
	else if (roster_refused(rp, e, &refusal))
		show(rq, rp, &c, seats, &refusal);
}
