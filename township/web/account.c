/* One's own account: password, and from where one is signed in. */
#include "township/web/account.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "township/password.h"
#include "township/second_factor.h"
#include "township/web/pages.h"

void account_begin(struct html *h, const struct request *rq, const char *title)
{
	if (strcmp(rq->user.role, "deputy") == 0)
		web_begin_phone(h, rq, title);
	else
		web_begin(h, rq, title, WEB_NONE);
}

const char *account_role(const char *role)
{
	static const struct web_option roles[] = {{"head", "负责人"}, {"clerk", "工作人员"}, {"readonly", "只能查看"}, {"deputy", "代表"}};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(roles[i].value, role) == 0)
			return roles[i].label;
	return role;
}

const char *account_client(const char *client, char out[64])
{
	/* The first that fits: others call themselves by its name too. */
	static const char *const browsers[][2] = {{"MicroMessenger", "微信"}, {"Edg", "Edge"},         {"OPR/", "Opera"},
	                                          {"Firefox/", "Firefox"},    {"HeadlessChrome", "Chrome"}, {"Chrome/", "Chrome"},
	                                          {"Safari/", "Safari"}};
	static const char *const systems[][2] = {{"HarmonyOS", "鸿蒙"}, {"Android", "安卓手机"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
	                                         {"Windows", "Windows"}, {"Mac OS", "Mac"},       {"Linux", "Linux"}};
	const char *browser = "其他浏览器", *system = NULL;
	for (size_t i = 0; i < sizeof browsers / sizeof *browsers; i++)
		if (strstr(client, browsers[i][0])) {
			browser = browsers[i][1];
			break;
		}
	for (size_t i = 0; i < sizeof systems / sizeof *systems && !system; i++)
		if (strstr(client, systems[i][0]))
			system = systems[i][1];
	snprintf(out, 64, system ? "%s（%s）" : "%s", browser, system);
	return out;
}

const char *account_wait(int64_t wait_ms, char out[64])
{
	snprintf(out, 64, "请过 %" PRId64 " 秒再试。", wait_ms / 1000 + 1);
	return out;
}

static void put_session(struct html *h, const struct request *rq, const json_t *s)
{
	char at[24], seen[24], client[64];
	bool web = json_is_true(json_object_get(s, "web")), own = json_is_true(json_object_get(s, "own"));
	html_put(h, "<tr><td data-label=\"登录时间\">%s</td><td data-label=\"最近使用\">%s</td><td data-label=\"从哪里\">%s，%s</td><td>",
	         web_time(web_number(s, "at"), at), web ? web_time(web_number(s, "seen"), seen) : "—",
	         web ? account_client(web_text(s, "client"), client) : "命令行", web_text(s, "peer"));
	if (own) {
		html_put(h, "就是现在这个");
	} else {
		web_form(h, rq, "/account/sessions");
		html_put(h, "<input type=\"hidden\" name=\"number\" value=\"%lld\"><button>让它退出</button></form>",
		         (long long)web_number(s, "number"));
	}
	html_put(h, "</td></tr>");
}

static void put_sessions(struct html *h, const struct request *rq, const json_t *list)
{
	const json_t *session;
	size_t i;
	html_put(h, "<h2>登录在哪些地方</h2><p class=\"soft\">看到不是自己登录的，请让它退出，再换密码。网页 %d 分钟没有人用会自动退出。</p>"
	            "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>登录时间</th><th>最近使用</th><th>从哪里</th><th>操作</th>"
	            "</tr></thead><tbody>",
	         rq->town->idle_minutes);
	json_array_foreach (list, i, session)
		put_session(h, rq, session);
	html_put(h, "</tbody></table></div>");
	if (json_array_size(list) > 1) {
		html_put(h, "<p></p>");
		web_form(h, rq, "/account/sessions");
		html_put(h, "<input type=\"hidden\" name=\"number\" value=\"0\"><button>让别处的都退出</button></form>");
	}
}

void web_account(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *sessions = NULL;
	int64_t left = 0;
	enum err e = session_list(rq->town, rq->user.id, rq->token, &sessions);
	if (!e)
		e = town_recovery_left(rq->town->store, rq->user.id, &left);
	if (e) {
		json_decref(sessions);
		reply_err(rp, e);
		return;
	}
	account_begin(&h, rq, "我的账号");
	html_put(&h, "<div class=\"card\"><dl class=\"facts\"><dt>用户名</dt><dd>%s</dd><dt>角色</dt><dd>%s</dd><dt>登录验证码</dt><dd>",
	         rq->user.name, account_role(rq->user.role));
	if (rq->user.second_factor) {
		web_badge(&h, WEB_GREEN, "已开启");
		html_put(&h, " 备用码还有 %lld 个", (long long)left);
	} else {
		web_badge(&h, WEB_GREY, "没有开启");
	}
	html_put(&h, "</dd></dl><p class=\"bar\"><a class=\"button\" href=\"/account/password\">换密码</a>"
	             "<a class=\"button\" href=\"/account/second-factor\">%s</a></p></div>",
	         rq->user.second_factor ? "登录验证码" : "开启登录验证码");
	put_sessions(&h, rq, sessions);
	json_decref(sessions);
	if (strcmp(rq->user.role, "deputy") == 0)
		html_put(&h, "<p><a class=\"button\" href=\"/me\">回到我的页面</a></p>");
	web_end(&h, rq, rp, 200);
}

void web_account_sessions(struct request *rq, struct reply *rp)
{
	const char *text = fields_text(rq->fields, "number");
	int64_t number;
	enum err e = str_take_number(&text, &number) && !*text ? session_end(rq->town, &rq->user, number, rq->token) : ERR_NOT_FOUND;
	/* One that has ended by itself meanwhile is what was wanted. */
	if (e && e != ERR_NOT_FOUND)
		reply_err(rp, e);
	else
		web_redirect(rp, "/account?done=session-ended");
}

static void password_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct html h;
	account_begin(&h, rq, "换密码");
	html_put(&h, "<div class=\"card narrow\">");
	if (rq->user.must_change)
		html_put(&h, "<p class=\"warn\">您用的是一次性密码，请先换成自己的密码，再接着使用。</p>");
	web_problem(&h, what, remedy);
	web_form(&h, rq, "/account/password");
	html_put(&h, "<input type=\"hidden\" name=\"user\" value=\"%s\" autocomplete=\"username\">", rq->user.name);
	web_input(&h, &(struct web_field){.name = "password", .label = rq->user.must_change ? "一次性密码" : "现在的密码", .type = "password",
	                                  .required = true});
	web_input(&h, &(struct web_field){.name = "fresh", .label = "新密码", .type = "password", .required = true,
	                                  .hint = "至少 8 个字，汉字、字母、数字都可以；一句自己记得住的话最好。"});
	web_input(&h, &(struct web_field){.name = "again", .label = "新密码再写一遍", .type = "password", .required = true});
	web_form_end(&h, "换密码");
	if (!rq->user.must_change)
		html_put(&h, "<p class=\"hint\">换了以后，别处登录着的都会退出。</p>");
	html_put(&h, "</div>");
	web_end(&h, rq, rp, status);
}

void web_account_password(struct request *rq, struct reply *rp)
{
	password_page(rq, rp, 200, NULL, NULL);
}

void web_account_password_post(struct request *rq, struct reply *rp)
{
	const char *fresh = fields_text(rq->fields, "fresh"), *flaw = NULL;
	char wait[64];
	int64_t wait_ms;
	if (strcmp(fresh, fields_text(rq->fields, "again")) != 0) {
		password_page(rq, rp, 422, "两遍新密码不一样", "请重新填写，两遍要一样。");
		return;
	}
	enum err e = password_change(rq->town, &rq->user, fields_text(rq->fields, "password"), fresh, rq->peer, rq->token, &flaw, &wait_ms);
	if (e == ERR_INVALID && flaw)
		password_page(rq, rp, 422, "新密码不能用", flaw);
	else if (e == ERR_DENIED)
		password_page(rq, rp, 422, "现在的密码不对", "请核对后再填一遍，密码没有换。");
	else if (e == ERR_BUSY)
		password_page(rq, rp, 429, "密码错误次数太多", account_wait(wait_ms, wait));
	else if (e)
		reply_err(rp, e);
	else if (rq->user.must_change)
		web_redirect(rp, strcmp(rq->user.role, "deputy") == 0 ? "/me?done=password" : "/?done=password");
	else
		web_redirect(rp, "/account?done=password");
}
