/* One kiosk: how it is, what was refused of it, how that came to be; naming and revoking it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/web/kiosk_words.h"
#include "township/web/pages.h"

static void put_troubles(struct html *h, const struct town *town, const struct town_kiosk_look *look, int64_t now_ms)
{
	char when[24];
	unsigned set = kiosk_troubles(town, look, now_ms);
	if (look->revoked_ms)
		html_put(h, "<p class=\"warn\">这台机器在 %s 停用了，送来的东西不再收。以前的记录都还在。要再用它，请在机器上重新登记。</p>",
		         web_time(look->revoked_ms, when));
	if (set)
		html_put(h, "<div class=\"problem\">");
	for (int i = 0; i < TROUBLE_COUNT; i++)
		if (set & 1u << i)
			html_put(h, "<p><strong>▲ %s</strong>%s</p>", kiosk_trouble_words((enum health_trouble)i),
			         kiosk_trouble_remedy((enum health_trouble)i));
	if (set)
		html_put(h, "</div>");
}

static void put_uptime(struct html *h, int64_t seconds)
{
	if (seconds < 7200)
		html_put(h, "%d 分钟", (int)(seconds / 60));
	else if (seconds < 172800)
		html_put(h, "%d 小时", (int)(seconds / 3600));
	else
		html_put(h, "%d 天", (int)(seconds / 86400));
}

static void put_health(struct html *h, const struct town_kiosk_look *look, int64_t now_ms)
{
	static const char *const starts[HEALTH_STARTS] = {"", "（上次正常结束）", "（上次没有正常结束：断电或中断）", "（数据损坏，已从备份恢复）"};
	const struct health *health = &look->health;
	char ago[32];
	if (!look->health_ms) {
		html_put(h, "<dt>状况</dt><dd>未报告：它的程序较旧，或者刚刚登记</dd>");
		return;
	}
	html_put(h, "<dt>状况报告于</dt><dd>%s</dd><dt>屏幕程序</dt><dd>", word_ago(look->health_ms, now_ms, ago));
	if (health->running)
		html_put(h, "在运行%s", starts[health->start]);
	else
		web_badge(h, WEB_RED, "没有运行");
	html_put(h, "</dd><dt>打印机</dt><dd>");
	put_printer(h, health->printer);
	html_put(h, "</dd><dt>身份证读卡器</dt><dd>");
	put_device(h, health->reader);
	html_put(h, "</dd><dt>扫码器</dt><dd>");
	put_device(h, health->scanner);
	html_put(h, "</dd><dt>时钟</dt><dd>");
	put_clock(h, look);
	html_put(h, "（与服务器相差 %" PRId64 " 秒）</dd><dt>存储</dt><dd>", (health->at_ms - look->health_ms) / 1000);
	put_disk(h, health, true);
	html_put(h, "</dd><dt>待送出</dt><dd>");
	put_queue(h, health);
	if (health->oldest_s > 0) {
		html_put(h, "，最早的等了 ");
		put_uptime(h, health->oldest_s);
	}
	html_put(h, "</dd><dt>开机</dt><dd>");
	put_uptime(h, health->uptime_s);
	html_put(h, "</dd><dt>数据结构</dt><dd>%d</dd>", health->schema);
}

static void put_facts(struct html *h, const struct town *town, const struct town_kiosk_look *look, int64_t now_ms)
{
	char when[24], ago[32];
	html_put(h, "<div id=\"now\" data-live=\"20\">");
	put_troubles(h, town, look, now_ms);
	html_put(h, "<section class=\"card\">");
	if (!kiosk_troubles(town, look, now_ms)) {
		html_put(h, "<p>");
		put_condition(h, town, look, now_ms);
		html_put(h, "</p>");
	}
	html_put(h, "<dl class=\"facts\"><dt>上次联系</dt><dd>%s</dd>", word_ago(look->last_contact_ms, now_ms, ago));
	put_health(h, look, now_ms);
	html_put(h, "<dt>程序版本</dt><dd>%s</dd><dt>收到的记录</dt><dd>到第 %" PRId64 " 条</dd><dt>编号</dt><dd>%s</dd>"
	            "<dt>登记于</dt><dd>%s</dd></dl></section></div>",
	         look->version, look->last_seq, look->id, web_time(look->enrolled_ms, when));
}

/* ---- what was refused ---- */

static void put_refusals(struct html *h, const struct request *rq, const struct town_kiosk_look *look, const json_t *refusals)
{
	const json_t *r;
	char when[24], action[96];
	size_t i;
	if (json_array_size(refusals) == 0)
		return;
	html_put(h, "<section><h2>没有收下的记录</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">序号</th>"
	            "<th scope=\"col\">是什么</th><th scope=\"col\">为什么没有收下</th><th scope=\"col\">时间</th>"
	            "<th scope=\"col\">处理</th></tr></thead><tbody>");
	json_array_foreach (refusals, i, r) {
		const char *reason = web_text(r, "reason");
		html_put(h, "<tr><th scope=\"row\">%lld</th><td data-label=\"是什么\">%s</td><td data-label=\"原因\">%s"
		            "<p class=\"hint\">%s</p></td><td data-label=\"时间\" class=\"nowrap\">%s</td><td data-label=\"处理\">",
		         (long long)web_number(r, "seq"), word_event(web_text(r, "type")), word_refusal(reason),
		         word_refusal_remedy(reason), web_time(web_number(r, "at"), when));
		if (web_number(r, "handled")) {
			html_put(h, "%s 标为已处理，%s", web_text(r, "handled_by"), web_date(web_number(r, "handled"), when));
		} else if (web_may_write(rq)) {
			snprintf(action, sizeof action, "/kiosks/%s/refusals/%lld", look->id, (long long)web_number(r, "seq"));
			web_button(h, rq, action, "标为已处理", false);
		} else {
			web_badge(h, WEB_RED, "还没有处理");
		}
		html_put(h, "</td></tr>");
	}
	html_put(h, "</tbody></table></div></section>");
}

/* ---- how it came to be ---- */

static void put_change(struct html *h, const json_t *c)
{
	char when[24];
	const char *part = web_text(c, "part"), *was = web_text(c, "was"), *now = web_text(c, "now");
	html_put(h, "<li><span class=\"soft\">%s</span><br>%s：", web_time(web_number(c, "at"), when), word_part(part));
	if (was[0])
		html_put(h, "%s → ", word_part_value(part, was));
	if (part_value_bad(part, now))
		web_badge(h, WEB_RED, word_part_value(part, now));
	else
		html_put(h, "%s", word_part_value(part, now));
	html_put(h, "%s</li>", strcmp(part, "parked") == 0 && strcmp(now, "0") != 0 ? " 条" : "");
}

/* What was told first is how it began, and no change, unless it was bad already. */
static bool is_change(const json_t *c)
{
	const char *part = web_text(c, "part");
	return web_text(c, "was")[0] || strcmp(part, "restart") == 0 || part_value_bad(part, web_text(c, "now"));
}

static void put_history(struct html *h, const json_t *changes)
{
	enum { SHOWN = 8 };
	const json_t *c;
	size_t i, shown = 0, all = 0;
	json_array_foreach (changes, i, c)
		all += is_change(c);
	html_put(h, "<section class=\"card\"><h2>变化的经过</h2>");
	if (all == 0)
		html_put(h, "<p class=\"soft\">还没有变化。</p>");
	html_put(h, "<ol class=\"timeline\">");
	json_array_foreach (changes, i, c) {
		if (!is_change(c))
			continue;
		if (shown++ == SHOWN)
			html_put(h, "</ol><details><summary>更早的（%zu 条）</summary><ol class=\"timeline\">", all - SHOWN);
		put_change(h, c);
	}
	html_put(h, all > SHOWN ? "</ol></details></section>" : "</ol></section>");
}

/* ---- naming and revoking ---- */

static void put_acts(struct html *h, const struct request *rq, const struct town_kiosk_look *look)
{
	char action[64];
	if (!web_may_write(rq))
		return;
	html_put(h, "<section class=\"card\">");
	snprintf(action, sizeof action, "/kiosks/%s/name", look->id);
	web_form(h, rq, action);
	web_input(h, &(struct web_field){.name = "name", .label = "名称",
	                                 .value = fields_has(rq->fields, "name") ? fields_text(rq->fields, "name") : look->name,
	                                 .hint = "只在人大办的页面上用，机器的屏幕不变", .max = KIOSK_NAME_CHARS, .required = true});
	html_put(h, "<button>改名</button></form></section>");
	if (look->revoked_ms || !web_is_head(rq))
		return;
	html_put(h, "<details%s><summary>停用这台机器</summary><p>机器丢失、报废或调走时停用。停用后它送来的东西不再收，名册和答复也不再给它；"
	            "已经收下的都还在。机器里还没送出的，要重新登记后才能送出。</p>",
	         fields_has(rq->fields, "revoke") ? " open" : "");
	snprintf(action, sizeof action, "/kiosks/%s/revoke", look->id);
	web_form(h, rq, action);
	html_put(h, "<input type=\"hidden\" name=\"revoke\" value=\"1\">");
	web_check(h, "sure", "yes", "我已核对，要停用的就是这台机器", false);
	html_put(h, "<button class=\"danger\" data-ask=\"停用后这台机器不能再用，要重新登记。确定停用吗？\">停用</button></form></details>");
}

static void kiosk_page(struct request *rq, struct reply *rp, unsigned status, const char *what, const char *remedy)
{
	struct town_store *store = rq->town->store;
	struct town_kiosk_look look;
	json_t *refusals = NULL, *changes = NULL;
	struct html h;
	int64_t now_ms = town_now_ms();
	enum err e = town_kiosk_look(store, rq->args[0], &look);
	if (!e)
		e = town_kiosk_refusals_json(store, look.id, &refusals);
	if (!e)
		e = town_health_changes_json(store, look.id, &changes);
	if (e) {
		reply_err(rp, e);
	} else {
		web_begin(&h, rq, look.name, WEB_KIOSKS);
		html_put(&h, "<p class=\"crumb\"><a href=\"/kiosks\">« 机器</a></p>");
		web_problem(&h, what, remedy);
		html_put(&h, "<div class=\"columns\"><div>");
		put_facts(&h, rq->town, &look, now_ms);
		put_refusals(&h, rq, &look, refusals);
		html_put(&h, "</div><div>");
		put_history(&h, changes);
		put_acts(&h, rq, &look);
		html_put(&h, "</div></div>");
		web_end(&h, rq, rp, status);
	}
	json_decref(refusals);
	json_decref(changes);
}

void web_kiosk(struct request *rq, struct reply *rp)
{
	kiosk_page(rq, rp, 200, NULL, NULL);
}

void web_kiosk_name(struct request *rq, struct reply *rp)
{
	enum err e = kiosk_rename(rq->town, rq->args[0], fields_text(rq->fields, "name"), rq->user.name);
	if (e == ERR_INVALID || e == ERR_TOO_LONG)
		kiosk_page(rq, rp, 422, e == ERR_INVALID ? "还没有写名称" : "名称太长", "请写 1 到 60 个字。");
	else if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/kiosks/%s?done=saved", rq->args[0]);
}

void web_kiosk_revoke(struct request *rq, struct reply *rp)
{
	struct town_kiosk kiosk;
	if (strcmp(fields_text(rq->fields, "sure"), "yes") != 0) {
		kiosk_page(rq, rp, 422, "还没有停用", "请核对是不是这台机器，勾上“我已核对”再按停用。");
		return;
	}
	enum err e = kiosk_revoke(rq->town, rq->args[0], rq->user.name, &kiosk);
	rp->changed = !e;
	if (e && e != ERR_STATE)
		reply_err(rp, e);
	else
		web_redirect(rp, "/kiosks/%s?done=kiosk-revoked", rq->args[0]);
}

void web_kiosk_refusal(struct request *rq, struct reply *rp)
{
	char *end;
	long long seq = strtoll(rq->args[1], &end, 10);
	enum err e = *end || seq < 0 ? ERR_NOT_FOUND : kiosk_refusal_handled(rq->town, rq->args[0], seq, rq->user.name);
	if (e)
		reply_err(rp, e);
	else
		web_redirect(rp, "/kiosks/%s?done=refusal-handled", rq->args[0]);
}
