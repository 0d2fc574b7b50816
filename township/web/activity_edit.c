/* The form of an activity: a new plan, a plan that is changed, or what is published already. The list of those invited
 * travels in the form until it is saved, so that whole groups can be added and single deputies moved or taken off. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "model/utf8.h"
#include "township/web/activity_words.h"
#include "township/web/pages.h"

enum { ROWS_MAX = 1000 /* of a form: fields.h has its limit */, NAMES_SIZE = 4096 };

struct edit {
	struct town_plan plan;
	struct plan_refusal why;
	char names[NAMES_SIZE]; /* single deputies, as they were typed */
	bool is_new;
	size_t added;           /* how many the last button put on the list */
};

/* ---- reading ---- */

static bool read_minutes(const struct request *rq, const char *name, int *out)
{
	const char *text = fields_text(rq->fields, name);
	int64_t n;
	if (!str_take_number(&text, &n) || *text || n > INT32_MAX)
		return false;
	*out = (int)n;
	return true;
}

/* A date and a time of two fields; `otherwise` names the date's field when it may be left empty. */
static enum err read_when(const struct request *rq, const char *date, const char *otherwise, const char *clock,
                          int64_t *ms)
{
	char text[64];
	const char *day = fields_text(rq->fields, date), *at = fields_text(rq->fields, clock);
	if (!day[0] && otherwise)
		day = fields_text(rq->fields, otherwise);
	if (strlen(day) != 10 || strlen(at) < 4 || strlen(at) > 8)
		return ERR_INVALID;
	snprintf(text, sizeof text, "%s %.5s", day, at);
	return web_time_read(text, ms);
}

/* The first thing that was wrong is told; all the rest is read all the same, so that nothing typed is lost. */
static void wrong(struct edit *edit, bool is_wrong, const char *what, const char *remedy)
{
	if (is_wrong && !edit->why.what[0])
		(void)!plan_refuse(&edit->why, ERR_INVALID, what, remedy);
}

static enum err read_activity(const struct request *rq, struct edit *edit)
{
	struct activity *a = &edit->plan.activity;
	wrong(edit, form_text(rq, "title", false, a->title, sizeof a->title), "名称太长", "请写短一些，八十字以内");
	wrong(edit, form_text(rq, "place", false, a->place, sizeof a->place), "地点太长", "请写短一些，四十字以内");
	wrong(edit, form_text(rq, "agenda", true, edit->plan.agenda, sizeof edit->plan.agenda), "议程太长",
	      "请写短一些，三千字以内");
	wrong(edit, activity_kind_parse(fields_text(rq->fields, "kind"), &a->kind), "没有选类别", "请选一个类别");
	wrong(edit, read_when(rq, "date", NULL, "from", &a->starts_ms), "日期或开始时间没有填写，或者不正确",
	      "日期如 2026-12-01，时间如 09:00");
	wrong(edit, read_when(rq, "last_date", "date", "until", &a->ends_ms), "结束的日期或时间不正确",
	      "日期如 2026-12-01，时间如 11:30");
	wrong(edit, !read_minutes(rq, "opens_min", &a->opens_min) || !read_minutes(rq, "grace_min", &a->grace_min) ||
	                !read_minutes(rq, "quorum", &a->quorum),
	      "分钟数或法定人数不正确", "请填写整数；法定人数填 0 表示名单的过半数");
	a->signs_out = fields_has(rq->fields, "signs_out");
	return edit->why.what[0] ? ERR_INVALID : plan_check(a, &edit->why);
}

struct row {
	const char *deputy, *seat;
	int64_t order;
	size_t n;
};

static int by_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

static bool is_dropped(const struct request *rq, const char *deputy)
{
	const char *dropped;
	for (size_t i = 0; (dropped = fields_nth(rq->fields, "drop", i)) != NULL; i++)
		if (strcmp(dropped, deputy) == 0)
			return true;
	return false;
}

static enum err too_many(struct edit *edit)
{
	return plan_refuse(&edit->why, ERR_INVALID, "名单超过一千人，这一页放不下",
	                   "请分成几个活动；或者把活动写在表格里，在服务器上用 township import activities 导入");
}

/* The list as the form has it: sorted by the numbers typed, without those who were ticked to be taken off. */
static enum err read_rows(const struct request *rq, struct edit *edit)
{
	size_t count = 0;
	enum err e = ERR_OK;
	while (count < ROWS_MAX && fields_nth(rq->fields, "deputy", count))
		count++;
	if (fields_nth(rq->fields, "deputy", ROWS_MAX))
		return too_many(edit);
	if (count == 0)
		return ERR_OK;
	struct row *rows = calloc(count, sizeof *rows);
	if (!rows)
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		const char *seat = fields_nth(rq->fields, "seat", i), *order = fields_nth(rq->fields, "order", i);
		rows[i] = (struct row){fields_nth(rq->fields, "deputy", i), seat ? seat : "", (int64_t)i + 1, i};
		if (order && !str_take_number(&order, &rows[i].order))
			rows[i].order = (int64_t)i + 1;
	}
	qsort(rows, count, sizeof *rows, by_order);
	for (size_t i = 0; i < count && !e; i++) {
		char seat[ACTIVITY_SEAT_SIZE], name[128];
		if (is_dropped(rq, rows[i].deputy))
			continue;
		if (utf8_clean(rows[i].seat, strlen(rows[i].seat), false, sizeof seat, seat, sizeof seat))
			e = plan_refuse(&edit->why, ERR_INVALID, "有一个座位太长", "座位请写在二十字以内，如“三排六号”");
		if (!e)
			e = town_deputy_name(rq->town->store, rows[i].deputy, name);
		if (e == ERR_NOT_FOUND)
			e = plan_refuse(&edit->why, ERR_INVALID, "名单上有一位代表不在名册里", "请把他移出名单，核对名册后再加");
		if (!e)
			e = town_invitees_add(&edit->plan.invited, rows[i].deputy, seat);
	}
	free(rows);
	return e;
}

static enum err invite(const struct request *rq, struct edit *edit, const char *name)
{
	struct activity_who who = activity_who_of(name, "");
	enum err e = activity_invite(rq->town, &who, &edit->plan.invited);
	if (e != ERR_NOT_FOUND && e != ERR_EXISTS)
		return e;
	snprintf(edit->why.what, sizeof edit->why.what, e == ERR_EXISTS ? "有几位代表都叫“%.60s”" : "名册里没有“%.60s”", name);
	snprintf(edit->why.remedy, sizeof edit->why.remedy, "%s",
	         e == ERR_EXISTS ? "请写这位代表的编号，编号在代表名册里" : "请核对姓名；几位代表之间用顿号或逗号分开");
	return ERR_INVALID;
}

/* What was ticked (all, levels, groups), and the names that were typed. */
static enum err read_added(const struct request *rq, struct edit *edit)
{
	static const char *const separators[] = {"、", "，", ",", "；", ";"};
	char *at, *rest = NULL, text[NAMES_SIZE];
	const char *ticked;
	size_t before = edit->plan.invited.count;
	enum err e = ERR_OK;
	for (size_t i = 0; !e && (ticked = fields_nth(rq->fields, "who", i)) != NULL; i++)
		e = invite(rq, edit, ticked);
	if (!e && form_text(rq, "names", true, edit->names, sizeof edit->names))
		e = plan_refuse(&edit->why, ERR_INVALID, "一次加的姓名太多", "请分几次加，或者按小组加");
	if (e)
		return e;
	memcpy(text, edit->names, sizeof text);
	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
		while ((at = strstr(text, separators[i])) != NULL) {
			memset(at, ' ', strlen(separators[i]) - 1);
			at[strlen(separators[i]) - 1] = '\n';
		}
	for (char *name = strtok_r(text, "\n", &rest); name && !e; name = strtok_r(NULL, "\n", &rest)) {
		name += strspn(name, " ");
		for (size_t len = strlen(name); len > 0 && name[len - 1] == ' ';)
			name[--len] = '\0';
		if (name[0])
			e = invite(rq, edit, name);
	}
	if (!e && edit->plan.invited.count > ROWS_MAX)
		e = too_many(edit);
	if (!e)
		edit->names[0] = '\0';
	edit->added = edit->plan.invited.count - before;
	return e;
}

/* ---- the form ---- */

static void put_what(struct html *h, const struct edit *edit)
{
	const struct activity *a = &edit->plan.activity;
	char day[24], last[24], from[24], until[24], opens[16], grace[16], quorum[16];
	bool days = civil_compare(civil_from_ms(a->starts_ms).date, civil_from_ms(a->ends_ms).date) != 0;
	snprintf(opens, sizeof opens, "%d", a->opens_min);
	snprintf(grace, sizeof grace, "%d", a->grace_min);
	snprintf(quorum, sizeof quorum, "%d", a->quorum);
	html_put(h, "<fieldset><legend>活动</legend>");
	web_input(h, &(struct web_field){.name = "title", .label = "名称", .value = a->title, .max = 80, .required = true});
	html_put(h, "<div class=\"pair\">");
	web_select(h, &(struct web_field){.name = "kind", .label = "类别", .value = activity_kind_id(a->kind)}, kind_options);
	web_input(h, &(struct web_field){.name = "place", .label = "地点", .value = a->place, .max = 40});
	html_put(h, "</div><div class=\"pair\">");
	web_input(h, &(struct web_field){.name = "date", .label = "日期", .value = a->starts_ms ? web_date(a->starts_ms, day) : "",
	                                 .type = "date", .required = true});
	web_input(h, &(struct web_field){.name = "from", .label = "开始", .value = a->starts_ms ? clock_zh(a->starts_ms, from) : "09:00",
	                                 .type = "time", .required = true});
	web_input(h, &(struct web_field){.name = "until", .label = "结束", .value = a->ends_ms ? clock_zh(a->ends_ms, until) : "11:30",
	                                 .type = "time", .required = true});
	web_input(h, &(struct web_field){.name = "last_date", .label = "结束日期", .value = days ? web_date(a->ends_ms, last) : "",
	                                 .hint = "同一天结束的不用填", .type = "date"});
	html_put(h, "</div>");
	web_area(h, &(struct web_field){.name = "agenda", .label = "议程", .value = edit->plan.agenda,
	                                .hint = "留在人大办，不上大屏", .max = 3000}, 4);
	html_put(h, "</fieldset><fieldset><legend>签到</legend><div class=\"pair\">");
	web_input(h, &(struct web_field){.name = "opens_min", .label = "提前多少分钟可以签到", .value = opens, .type = "number"});
	web_input(h, &(struct web_field){.name = "grace_min", .label = "开始后多少分钟内算准时", .value = grace, .type = "number"});
	web_input(h, &(struct web_field){.name = "quorum", .label = "法定人数", .value = quorum, .hint = "0 表示名单的过半数",
	                                 .type = "number"});
	html_put(h, "</div>");
	web_check(h, "signs_out", "1", "结束时还要签退（时间长的学习培训）", a->signs_out);
	html_put(h, "</fieldset>");
}

static void put_list(struct html *h, const struct edit *edit, const json_t *deputies)
{
	const struct town_invitees *list = &edit->plan.invited;
	html_put(h, "<fieldset><legend>参加人员：%d 人</legend>", (int)list->count);
	if (edit->added)
		html_put(h, "<p class=\"warn\" role=\"status\">加入了 %d 人，还没有保存。</p>", (int)edit->added);
	if (list->count == 0)
		html_put(h, "<p class=\"soft\">名单还是空的，请在下面加入。</p>");
	else
		html_put(h, "<div class=\"scroll\"><table class=\"list\"><thead><tr><th>顺序</th><th>姓名</th><th class=\"group\">小组</th><th>座位</th><th>移出</th>"
		            "</tr></thead><tbody>");
	for (size_t i = 0; i < list->count; i++) {
		const char *id = list->items[i].deputy;
		const json_t *d = json_object_get(deputies, id);
		const char *name = web_text(d, "name");
		html_put(h,
		         "<tr><td><input type=\"hidden\" name=\"deputy\" value=\"%s\"><input class=\"small\" type=\"number\" name=\"order\" "
		         "value=\"%d\" aria-label=\"%s的顺序\"></td><th scope=\"row\" class=\"who\">%s</th><td class=\"group\">%s</td>"
		         "<td><input name=\"seat\" value=\"%s\" maxlength=\"20\" aria-label=\"%s的座位\"></td>"
		         "<td><input type=\"checkbox\" name=\"drop\" value=\"%s\" aria-label=\"把%s移出名单\"></td></tr>",
		         id, (int)i + 1, name, name, web_text(d, "group"), list->items[i].seat, name, id, name);
	}
	if (list->count)
		html_put(h, "</tbody></table></div>");
	html_put(h, "</fieldset>");
}

static void put_adding(struct html *h, const struct edit *edit, const json_t *groups)
{
	char label[200];
	const json_t *g;
	size_t i;
	html_put(h, "<fieldset><legend>加入名单</legend><div class=\"pair\"><div>");
	web_check(h, "who", "all", "全体代表", false);
	web_check(h, "who", "township", "乡镇代表", false);
	web_check(h, "who", "county", "县（区）代表", false);
	web_check(h, "who", "city", "市代表", false);
	html_put(h, "</div><div>");
	json_array_foreach (groups, i, g) {
		snprintf(label, sizeof label, "%.150s（%d 人）", web_text(g, "name"), (int)web_number(g, "count"));
		web_check(h, "who", web_text(g, "name"), label, false);
	}
	html_put(h, "</div></div>");
	web_area(h, &(struct web_field){.name = "names", .label = "逐个加入", .value = edit->names,
	                                .hint = "写姓名或编号，几位之间用顿号、逗号或换行分开；同名的请写编号"}, 2);
	html_put(h, "<p><button name=\"act\" value=\"add\" formnovalidate>加入，继续修改</button></p></fieldset>");
}

static void put_last(struct html *h, const struct request *rq, const struct edit *edit)
{
	const struct activity *a = &edit->plan.activity;
	if (edit->plan.draft) {
		html_put(h, "<p><button class=\"main\" name=\"act\" value=\"save\">保存计划</button></p><p class=\"soft\">保存以后可以再改；公布以前，大屏上看不到。</p></form>");
		return;
	}
	struct notice n = notice_check(&rq->town->notice, a->kind, a->starts_ms, town_now_ms());
	if (web_is_head(rq) && !n.in_time)
		web_area(h, &(struct web_field){.name = "late_reason", .label = "换日期而提前天数不足的原因",
		                                .value = fields_text(rq->fields, "late_reason"), .hint = "只改时间、地点或名单的，不用填",
		                                .max = 300}, 2);
	html_put(h, "<p><button class=\"main\" name=\"act\" value=\"publish\">重新公布</button></p><p class=\"soft\">改动会马上送到各台大屏；改动以前的内容留在“公布的经过”里。</p></form>");
}

static void show(struct request *rq, struct reply *rp, const struct edit *edit, unsigned status)
{
	struct html h;
	char path[ACTIVITY_PATH_SIZE];
	json_t *deputies = NULL, *groups = NULL;
	enum err e = town_deputies_brief_json(rq->town->store, &deputies);
	if (!e)
		e = town_groups_brief_json(rq->town->store, &groups);
	if (e) {
		reply_err(rp, e);
	} else {
		const char *id = edit->plan.activity.id;
		web_begin(&h, rq, edit->is_new ? "计划新活动" : edit->plan.draft ? "修改计划" : "修改已公布的活动", WEB_ACTIVITIES);
		html_put(&h, "<p class=\"crumb\"><a href=\"%s\">« %s</a></p>", edit->is_new ? "/activities" : activity_path(id, "", path),
		         edit->is_new ? "活动" : edit->plan.activity.title);
		if (edit->why.what[0])
			web_problem(&h, edit->why.what, edit->why.remedy);
		web_form(&h, rq, edit->is_new ? "/activities/new" : activity_path(id, "/edit", path));
		html_put(&h, "<input type=\"hidden\" name=\"rev\" value=\"%lld\">", (long long)edit->plan.rev);
		put_what(&h, edit);
		put_list(&h, edit, deputies);
		put_adding(&h, edit, groups);
		put_last(&h, rq, edit);
		web_end(&h, rq, rp, status);
	}
	json_decref(deputies);
	json_decref(groups);
}

/* ---- the pages ---- */

static struct edit *edit_new(void)
{
	struct edit *edit = calloc(1, sizeof *edit);
	if (edit) {
		edit->is_new = edit->plan.draft = true;
		edit->plan.activity = (struct activity){
			.kind = ACTIVITY_HOME, .opens_min = ACTIVITY_OPENS_MIN, .grace_min = ACTIVITY_GRACE_MIN};
		plan_new_id(edit->plan.activity.id);
	}
	return edit;
}

static void edit_free(struct edit *edit)
{
	if (edit)
		town_plan_clear(&edit->plan);
	free(edit);
}

static int64_t read_rev(const struct request *rq)
{
	const char *text = fields_text(rq->fields, "rev");
	int64_t rev;
	return str_take_number(&text, &rev) && !*text ? rev : -1;
}

/* Reads the form over what is there, and does what its button says. */
static enum err take(struct request *rq, struct reply *rp, struct edit *edit, bool *stay)
{
	town_invitees_clear(&edit->plan.invited);
	enum err bad = read_activity(rq, edit);
	struct plan_refusal first = edit->why;
	memset(&edit->why, 0, sizeof edit->why);
	enum err e = read_rows(rq, edit);
	if (!e)
		e = read_added(rq, edit);
	/* Adding goes on with a form that is not complete yet. */
	*stay = strcmp(fields_text(rq->fields, "act"), "add") == 0;
	if (*stay && !e)
		return ERR_OK;
	/* The page comes back with the new mark: sent once more, what stands here is meant. */
	if (!e && !bad && !edit->is_new && read_rev(rq) != edit->plan.rev)
		return plan_refuse(&edit->why, ERR_STATE, "您打开这一页以后，另有人改过这个活动",
		                   "这里是您填的内容。请在另一个窗口看看改了什么；仍要按这里的办，再按一次下面的按钮");
	if (!e && bad) {
		edit->why = first;
		e = bad;
	}
	if (e)
		return e;
	if (edit->plan.draft) {
		e = plan_save(rq->town, &edit->plan, rq->user.name, &edit->why);
	} else {
		char reason[TOWN_REASON_SIZE];
		e = form_text(rq, "late_reason", true, reason, sizeof reason)
		        ? plan_refuse(&edit->why, ERR_INVALID, "原因太长", "请写短一些，三百字以内")
		        : plan_publish(rq->town, &edit->plan, rq->user.name, web_is_head(rq), reason, &edit->why);
		rp->changed = !e;
	}
	return e;
}

static void answer(struct request *rq, struct reply *rp, struct edit *edit)
{
	bool stay = false;
	enum err e = take(rq, rp, edit, &stay);
	if (e && edit->why.what[0])
		show(rq, rp, edit, refusal_status(e));
	else if (e)
		reply_err(rp, e);
	else if (stay)
		show(rq, rp, edit, 200);
	else
		web_redirect(rp, "/activities/%s?done=%s", edit->plan.activity.id, edit->plan.draft ? "planned" : "changed");
}

void web_activity_new(struct request *rq, struct reply *rp)
{
	struct edit *edit = edit_new();
	if (!edit)
		reply_err(rp, ERR_NOMEM);
	else if (rq->fields)
		answer(rq, rp, edit);
	else
		show(rq, rp, edit, 200);
	edit_free(edit);
}

void web_activity_edit(struct request *rq, struct reply *rp)
{
	struct edit *edit = edit_new();
	enum err e = edit ? town_plan_get(rq->town->store, rq->args[0], &edit->plan) : ERR_NOMEM;
	if (e) {
		reply_err(rp, e);
	} else {
		edit->is_new = false;
		if (rq->fields)
			answer(rq, rp, edit);
		else
			show(rq, rp, edit, 200);
	}
	edit_free(edit);
}
