/* The accounts of those who use the office's side: for the head alone. */
#include "township/users.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "township/second_factor.h"
#include "township/store_activity_papers.h"
#include "township/web/account.h"
#include "township/web/pages.h"

static const struct web_option roles[] = {
	{"clerk", "工作人员"}, {"readonly", "只能查看"}, {"head", "负责人"}, {0},
};

static void put_state(struct html *h, const struct request *rq, const json_t *user)
{
	struct town_user u = {.second_factor = json_is_true(json_object_get(user, "second_factor"))};
	snprintf(u.role, sizeof u.role, "%s", web_text(user, "role"));
	if (json_is_true(json_object_get(user, "disabled")))
		web_badge(h, WEB_RED, "已停用");
	else if (json_is_true(json_object_get(user, "left")))
		web_badge(h, WEB_GREY, "已不是代表，不能签到");
	else if (json_is_true(json_object_get(user, "must_change")))
		web_badge(h, WEB_AMBER, "还没有换密码");
	else
		web_badge(h, WEB_GREEN, "可以登录");
	html_put(h, "</td><td data-label=\"验证码\">");
	if (u.second_factor)
		html_put(h, "已开启，备用码 %lld 个", (long long)web_number(user, "recovery"));
	else
		html_put(h, second_factor_due(rq->town, &u) ? "没有，下次登录时要开启" : "没有");
}

static void put_user(struct html *h, const struct request *rq, const json_t *user)
{
	char login[24];
	const char *deputy = web_text(user, "deputy_name");
	html_put(h, "<tr><th scope=\"row\"><a href=\"/users/%lld\">%s</a></th><td data-label=\"角色\">%s", (long long)web_number(user, "id"),
	         web_text(user, "name"), account_role(web_text(user, "role")));
	if (deputy[0] && strcmp(deputy, web_text(user, "name")) != 0)
		html_put(h, "：%s", deputy);
	html_put(h, "</td><td data-label=\"状态\">");
	put_state(h, rq, user);
	html_put(h, "</td><td data-label=\"最近登录\">%s</td></tr>", web_time(web_number(user, "login"), login));
}

static void put_list(struct html *h, const struct request *rq, const json_t *users, bool deputies)
{
	const json_t *user;
	size_t i, shown = 0;
	html_put(h, "<h2>%s</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">用户名</th><th scope=\"col\">角色</th>"
	            "<th scope=\"col\">状态</th><th scope=\"col\">验证码</th><th scope=\"col\">最近登录</th></tr></thead><tbody>",
	         deputies ? "代表" : "人大办");
	json_array_foreach (users, i, user) {
		if ((strcmp(web_text(user, "role"), "deputy") == 0) == deputies) {
			put_user(h, rq, user);
			shown++;
		}
	}
	if (shown == 0)
		html_put(h, "<tr><td class=\"empty\" colspan=\"5\">还没有代表的账号。有了账号，代表可以用手机签到，看自己的活动和要答复的群众反映。</td></tr>");
	html_put(h, "</tbody></table></div>");
}

void web_users(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *users;
	enum err e = town_users_json(rq->town->store, &users);
	if (e) {
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "账号", WEB_USERS);
	html_put(&h, "<p class=\"bar\"><a class=\"button main\" href=\"/users/new\">添加账号</a>"
	             "<a class=\"button\" href=\"/users/deputies\">给代表开账号</a><a class=\"button\" href=\"/audit\">操作记录</a></p>");
	put_list(&h, rq, users, false);
	put_list(&h, rq, users, true);
	json_decref(users);
	web_end(&h, rq, rp, 200);
}

/* ---- adding ---- */

static void new_page(struct request *rq, struct reply *rp, unsigned status, const struct user_refusal *refusal)
{
	struct html h;
	const struct fields *f = rq->fields;
	web_begin(&h, rq, "添加账号", WEB_USERS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/users\">« 账号</a></p><div class=\"card narrow\">");
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	web_form(&h, rq, "/users/new");
	web_input(&h, &(struct web_field){.name = "name", .label = "用户名", .value = fields_text(f, "name"), .max = 20, .required = true,
	                                  .hint = "一般用姓名；登录时填的就是它。"});
	web_select(&h, &(struct web_field){.name = "role", .label = "角色", .value = fields_text(f, "role"),
	                                   .hint = "负责人可以管账号和机器；工作人员办理各项工作；只能查看的不能改动。"},
	           roles);
	web_form_end(&h, "添加");
	html_put(&h, "<p class=\"hint\">代表的账号请用“<a href=\"/users/deputies\">给代表开账号</a>”。</p></div>");
	web_end(&h, rq, rp, status);
}

void web_user_new(struct request *rq, struct reply *rp)
{
	new_page(rq, rp, 200, NULL);
}

/* A password that is seen this once, on paper too. */
static void password_reply(struct request *rq, struct reply *rp, const char *title, const char *name, const char *password)
{
	struct html h;
	web_begin(&h, rq, title, WEB_USERS);
	html_put(&h, "<div class=\"card\"><p>请把用户名和一次性密码当面交给本人。<strong>密码只显示这一次</strong>，第一次登录时要换成自己的。</p>"
	             "<dl class=\"facts\"><dt>用户名</dt><dd class=\"key\">%s</dd><dt>一次性密码</dt><dd class=\"key\">%s</dd></dl></div>"
	             "<p class=\"bar noprint\"><button type=\"button\" data-print>打印</button><a class=\"button main\" href=\"/users\">回到账号</a></p>",
	         name, password);
	web_end(&h, rq, rp, 200);
}

void web_user_new_post(struct request *rq, struct reply *rp)
{
	char name[64], password[PASSWORD_ONCE_SIZE];
	struct user_refusal refusal = {0};
	struct new_user order = {.name = fields_text(rq->fields, "name"), .role = fields_text(rq->fields, "role"), .deputy = ""};
	if (strcmp(order.role, "deputy") == 0)
		order.role = "";
	enum err e = users_add(rq->town, rq->user.name, &order, name, password, &refusal);
	if (e == ERR_INVALID && refusal.what)
		new_page(rq, rp, 422, &refusal);
	else if (e)
		reply_err(rp, e);
	else
		password_reply(rq, rp, "账号已添加", name, password);
	sodium_memzero(password, sizeof password);
}

/* ---- deputies ---- */

static void deputies_page(struct request *rq, struct reply *rp, unsigned status, const struct user_refusal *refusal)
{
	struct html h;
	json_t *missing = NULL, *groups = NULL;
	town_lock(rq->town);
	enum err e = town_deputies_unknown_json(rq->town->store, NULL, &missing);
	if (!e)
		e = town_groups_brief_json(rq->town->store, &groups);
	town_unlock(rq->town);
	if (e) {
		json_decref(missing);
		reply_err(rp, e);
		return;
	}
	web_begin(&h, rq, "给代表开账号", WEB_USERS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/users\">« 账号</a></p>");
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	html_put(&h, "<p>还没有账号的代表有 %zu 位。用户名就是代表的姓名；密码是一次性的，打印出来，一人一条剪开发给本人。</p><div class=\"columns\">"
	             "<div class=\"card\"><h2>一个代表小组，或全部</h2>",
	         json_array_size(missing));
	web_form(&h, rq, "/users/deputies");
	web_select_json(&h, &(struct web_field){.name = "group", .label = "给谁开"}, "全部还没有账号的代表", groups, "name", "name");
	web_form_end(&h, "开账号");
	html_put(&h, "</div><div class=\"card\"><h2>一位代表</h2>");
	web_form(&h, rq, "/users/deputies/one");
	web_select_json(&h, &(struct web_field){.name = "deputy", .label = "代表", .required = true}, "请选择", missing, "id", "name");
	web_form_end(&h, "开账号");
	html_put(&h, "</div></div>");
	json_decref(missing);
	json_decref(groups);
	web_end(&h, rq, rp, status);
}

void web_user_deputies(struct request *rq, struct reply *rp)
{
	deputies_page(rq, rp, 200, NULL);
}

/* An A4 page of slips to cut apart. */
static void slips_reply(struct request *rq, struct reply *rp, const json_t *made)
{
	struct html h;
	const json_t *user;
	size_t i;
	web_begin_paper(&h, rq, "代表账号");
	html_put(&h, "<p class=\"noprint warn\">这些密码<strong>只显示这一次</strong>：请现在打印，剪开，当面交给每位代表。"
	             "<a href=\"/users\">都收好了，回到账号</a></p><ul class=\"slips\">");
	json_array_foreach (made, i, user)
		html_put(&h, "<li><strong>%s 代表</strong><br>用户名：<span class=\"key\">%s</span><br>一次性密码：<span class=\"key\">%s</span><br>"
		             "<small>第一次登录时换成自己的密码。签到时扫屏幕上的码，或打开%s人大代表之家网页。</small></li>",
		         web_text(user, "deputy_name"), web_text(user, "name"), web_text(user, "password"), rq->town->township);
	html_put(&h, "</ul>");
	web_end(&h, rq, rp, 200);
}

void web_user_deputies_post(struct request *rq, struct reply *rp)
{
	const char *group = fields_text(rq->fields, "group");
	json_t *made;
	enum err e = users_add_deputies(rq->town, rq->user.name, group[0] ? group : NULL, &made);
	if (e) {
		reply_err(rp, e);
		return;
	}
	if (json_array_size(made) == 0)
		deputies_page(rq, rp, 422, &(struct user_refusal){"没有要开的账号", "这里的代表都已经有账号了；忘了密码，请在各人的账号里重设。"});
	else
		slips_reply(rq, rp, made);
	json_decref(made);
}

void web_user_deputy_post(struct request *rq, struct reply *rp)
{
	char name[64], password[PASSWORD_ONCE_SIZE];
	struct user_refusal refusal = {0};
	struct new_user order = {.name = "", .role = "deputy", .deputy = fields_text(rq->fields, "deputy")};
	enum err e = users_add(rq->town, rq->user.name, &order, name, password, &refusal);
	if (e == ERR_INVALID && refusal.what)
		deputies_page(rq, rp, 422, &refusal);
	else if (e)
		reply_err(rp, e);
	else
		password_reply(rq, rp, "账号已添加", name, password);
	sodium_memzero(password, sizeof password);
}

/* ---- one account ---- */

static bool find_user(struct request *rq, struct reply *rp, struct town_user *user)
{
	const char *text = rq->args[0];
	int64_t id;
	town_lock(rq->town);
	enum err e = str_take_number(&text, &id) && !*text ? town_user_get(rq->town->store, id, user) : ERR_NOT_FOUND;
	town_unlock(rq->town);
	sodium_memzero(user->password, sizeof user->password);
	if (e)
		reply_err(rp, e);
	return !e;
}

static void put_acts(struct html *h, const struct request *rq, const struct town_user *user)
{
	char path[64];
	snprintf(path, sizeof path, "/users/%lld", (long long)user->id);
	html_put(h, "<div class=\"columns\">");
	if (strcmp(user->role, "deputy") != 0) {
		html_put(h, "<div class=\"card\"><h2>角色</h2>");
		web_form(h, rq, path);
		html_put(h, "<input type=\"hidden\" name=\"act\" value=\"role\">");
		web_select(h, &(struct web_field){.name = "role", .label = "改为", .value = user->role}, roles);
		html_put(h, "<button>改角色</button></form></div>");
	}
	static const struct {
		const char *act, *label, *why;
	} acts[] = {
		{"password", "重设密码", "得到一个一次性密码，原来的密码作废。"},
		{"factor", "重设验证码", "手机丢了、备用码也没有了：先确认是本人，再关掉验证码，让本人重新开启。"},
		{"disable", "停用账号", "不能再登录，做过的事都留着记录。调走、不再担任的，请停用。"},
		{"enable", "重新启用", "又可以用原来的密码登录。"},
	};
	html_put(h, "<div class=\"card\"><h2>办理</h2>");
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if ((strcmp(acts[i].act, "factor") == 0 && !user->second_factor) || (strcmp(acts[i].act, "enable") == 0 && !user->disabled) ||
		    (strcmp(acts[i].act, "disable") == 0 && user->disabled))
			continue;
		web_form(h, rq, path);
		html_put(h, "<input type=\"hidden\" name=\"act\" value=\"%s\"><button class=\"%s\" data-ask=\"确定要%s吗？\">%s</button><p class=\"hint\">%s</p></form>",
		         acts[i].act, strcmp(acts[i].act, "disable") == 0 ? "danger" : "", acts[i].label, acts[i].label, acts[i].why);
	}
	html_put(h, "</div></div>");
}

static void user_page(struct request *rq, struct reply *rp, unsigned status, const struct town_user *user, const struct user_refusal *refusal)
{
	struct html h;
	char title[96], who[200];
	snprintf(title, sizeof title, "账号：%s", user->name);
	html_url(user->name, who, sizeof who);
	web_begin(&h, rq, title, WEB_USERS);
	html_put(&h, "<p class=\"crumb\"><a href=\"/users\">« 账号</a></p>");
	if (refusal)
		web_problem(&h, refusal->what, refusal->remedy);
	html_put(&h, "<div class=\"card\"><dl class=\"facts\"><dt>角色</dt><dd>%s</dd><dt>状态</dt><dd>", account_role(user->role));
	if (user->disabled)
		web_badge(&h, WEB_RED, "已停用");
	else
		web_badge(&h, user->must_change ? WEB_AMBER : WEB_GREEN, user->must_change ? "还没有换密码" : "可以登录");
	html_put(&h, "</dd><dt>登录验证码</dt><dd>%s</dd></dl><p><a href=\"/audit?who=%s\">这个账号做过的事</a></p></div>",
	         user->second_factor ? "已开启" : "没有", who);
	if (user->id == rq->user.id)
		html_put(&h, "<p>这是您自己的账号，请在“<a href=\"/account\">我的账号</a>”里改密码和验证码。</p>");
	else
		put_acts(&h, rq, user);
	web_end(&h, rq, rp, status);
}

void web_user(struct request *rq, struct reply *rp)
{
	struct town_user user;
	if (find_user(rq, rp, &user))
		user_page(rq, rp, 200, &user, NULL);
}

void web_user_post(struct request *rq, struct reply *rp)
{
	static const char *const names[] = {"disable", "enable", "role", "password", "factor"};
	static const char *const done[] = {"user-disabled", "user-enabled", "user-role", "", "factor-reset"};
	const char *act = fields_text(rq->fields, "act");
	char password[PASSWORD_ONCE_SIZE] = "";
	struct user_refusal refusal;
	struct town_user user;
	size_t which = 0;
	if (!find_user(rq, rp, &user))
		return;
	while (which < sizeof names / sizeof *names && strcmp(names[which], act) != 0)
		which++;
	if (which == sizeof names / sizeof *names) {
		user_page(rq, rp, 422, &user, &(struct user_refusal){"没有说明要办什么", "请用本页的按钮。"});
		return;
	}
	enum err e = users_act(rq->town, &rq->user, user.id, (enum user_act)which, fields_text(rq->fields, "role"), password, &refusal);
	if (e == ERR_INVALID && refusal.what)
		user_page(rq, rp, 422, &user, &refusal);
	else if (e && !(e == ERR_NOT_FOUND && which == USER_RESET_FACTOR))
		reply_err(rp, e);
	else if (which == USER_RESET_PASSWORD)
		password_reply(rq, rp, "密码已重设", user.name, password);
	else
		web_redirect(rp, "/users/%d?done=%s", (int)user.id, done[which]);
	sodium_memzero(password, sizeof password);
}
