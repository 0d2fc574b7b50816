#include "township/web/audit_words.h"

#include <stdio.h>
#include <string.h>

#include "model/str.h"
#include "township/web/account.h"

const struct web_option audit_choices[] = {
	{"", "全部"},
	{"case.opened", "打开群众反映"},
	{"blob.opened", "打开手写或录音"},
	{"case", "群众反映的全部"},
	{"cases", "在群众反映里查找"},
	{"proposal", "建议议案"},
	{"activity", "活动"},
	{"attendance", "签到"},
	{"evaluation", "评议"},
	{"deputy", "代表名册"},
	{"rule", "制度"},
	{"kiosk", "机器"},
	{"login", "登录"},
	{"user", "账号"},
	{"password", "换密码"},
	{"second_factor", "登录验证码"},
	{0},
};

static const struct web_option words[] = {
	{"login", "登录"},
	{"login.wrong", "密码连续填错，暂停登录"},
	{"logout", "退出"},
	{"session.ended", "让登录退出"},
	{"password.changed", "换了密码"},
	{"second_factor.on", "开启登录验证码"},
	{"second_factor.off", "关闭登录验证码"},
	{"second_factor.reset", "重设登录验证码"},
	{"second_factor.recovery", "用备用码登录"},
	{"second_factor.wrong", "登录验证码填错"},
	{"user.added", "添加账号"},
	{"user.put", "用命令设置账号"},
	{"user.disabled", "停用账号"},
	{"user.enabled", "启用账号"},
	{"user.role", "改账号的角色"},
	{"user.password_reset", "重设账号的密码"},
	{"case.opened", "打开群众反映"},
	{"case.submitted", "收到群众反映"},
	{"case.rated", "收到群众评价"},
	{"case.accept", "受理群众反映"},
	{"case.assign", "交给代表"},
	{"case.transfer", "交办"},
	{"case.extend", "延期"},
	{"case.talk", "记录面谈"},
	{"case.answer", "答复群众"},
	{"case.redo", "群众不满意，重新办理"},
	{"case.sent_back", "退回重新办理"},
	{"case.village", "记下是哪个村的事"},
	{"cases.searched", "在群众反映里查找"},
	{"blob.opened", "打开手写或录音"},
	{"activity.planned", "计划活动"},
	{"activity.dropped", "删除活动计划"},
	{"activity.published", "公布活动"},
	{"activity.changed", "改动活动"},
	{"activity.cancelled", "取消活动"},
	{"activity.agenda", "改活动议程"},
	{"activities.imported", "导入活动"},
	{"attendance.signed_in", "签到"},
	{"attendance.signed_out", "签退"},
	{"attendance.repeated", "重复签到"},
	{"attendance.corrected", "更正签到"},
	{"leave.asked", "请假"},
	{"leave.granted", "准假"},
	{"leave.refused", "不准假"},
	{"minutes.saved", "保存纪要"},
	{"minutes.final", "纪要定稿"},
	{"minutes.added", "补充纪要"},
	{"photo.added", "添加照片"},
	{"photo.captioned", "写照片说明"},
	{"photo.removed", "删除照片"},
	{"card.issued", "发代表证"},
	{"card.lost", "代表证挂失"},
	{"deputy.put", "改代表资料"},
	{"deputy.left", "代表离任"},
	{"portrait.put", "换代表照片"},
	{"portrait.removed", "删除代表照片"},
	{"roster.imported", "导入代表名册"},
	{"roster.exported", "导出代表名册"},
	{"deputy.id_number", "登记身份证"},
	{"deputy.id_number_back", "撤回身份证登记"},
	{"honour.added", "记荣誉"},
	{"honour.removed", "撤下荣誉"},
	{"card.printed", "打印代表证"},
	{"group.put", "改代表小组"},
	{"group.removed", "撤销代表小组"},
	{"constituency.put", "改选区"},
	{"constituency.removed", "撤销选区"},
	{"duty.imported", "导入值班表"},
	{"rule.put", "改制度"},
	{"rule.taken", "取入制度草稿"},
	{"rule.draft", "存制度草稿"},
	{"rule.draft_dropped", "删除制度草稿"},
	{"rule.published", "公布制度"},
	{"rule.withdrawn", "撤下制度"},
	{"rule.moved", "调整制度次序"},
	{"rules.imported", "导入制度"},
	{"proposal.file", "登记建议议案"},
	{"proposal.amend", "改建议议案"},
	{"proposal.accept", "受理建议议案"},
	{"proposal.transfer", "交办建议议案"},
	{"proposal.extend", "建议议案延期"},
	{"proposal.talk", "与代表面商"},
	{"proposal.answer", "答复代表"},
	{"congress.added", "添加大会"},
	{"congress.changed", "改大会日期"},
	{"evaluation.planned", "计划评议"},
	{"evaluation.changed", "改评议"},
	{"evaluation.dropped", "删除评议"},
	{"evaluation.opened", "开始评议"},
	{"evaluation.closed", "结束评议"},
	{"evaluation.counted", "计票"},
	{"evaluation.confirmed", "核票"},
	{"evaluation.sent_back", "退回计票"},
	{"enrolment.asked", "机器申请登记"},
	{"enrolment.approved", "同意机器登记"},
	{"enrolment.denied", "不同意机器登记"},
	{"kiosk.renamed", "改机器名称"},
	{"kiosk.revoked", "停用机器"},
	{"events.accepted", "收到机器的数据"},
	{"events.lost", "机器的数据有缺"},
	{"event.refused", "不收的数据"},
	{"refusal.handled", "处理了不收的数据"},
	{"credential.odd", "签到凭据有疑问"},
};

const char *audit_act(const char *act)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].value, act) == 0)
			return words[i].label;
	return act;
}

const char *audit_who(const char *who, char out[100])
{
	if (strncmp(who, "user:", 5) == 0)
		snprintf(out, 100, "%s", who + 5);
	else if (strncmp(who, "kiosk:", 6) == 0)
		snprintf(out, 100, "机器 %s", who + 6);
	else
		snprintf(out, 100, "%s", strcmp(who, "operator") == 0 ? "服务器上的命令" : who);
	return out;
}

enum { SUM_SHOWN = 8, LONG_HEX = 40 };

/* A check sum's first digits are enough to tell it by. */
static const char *shorten(const char *text, char out[AUDIT_WORDS_SIZE])
{
	size_t len = strlen(text);
	if (len >= LONG_HEX && strspn(text, "0123456789abcdef") == len)
		snprintf(out, AUDIT_WORDS_SIZE, "%.*s…", SUM_SHOWN, text);
	else
		snprintf(out, AUDIT_WORDS_SIZE, "%s", text);
	return out;
}

const char *audit_object(const json_t *link, char out[AUDIT_WORDS_SIZE])
{
	const char *act = web_text(link, "act"), *object = web_text(link, "object"), *label = web_text(link, "label"), *p = object;
	int64_t count, until;
	if (label[0])
		snprintf(out, AUDIT_WORDS_SIZE, "%s", label);
	else if (strcmp(act, "login") == 0 || strcmp(act, "login.wrong") == 0)
		snprintf(out, AUDIT_WORDS_SIZE, "从 %s", object);
	else if (strcmp(act, "events.accepted") == 0 && str_take_number(&p, &count) && str_skip(&p, " up to ") && str_take_number(&p, &until))
		snprintf(out, AUDIT_WORDS_SIZE, "%lld 条，到第 %lld 号", (long long)count, (long long)until);
	else
		shorten(object, out);
	return out;
}

const char *audit_detail(const json_t *link, char out[AUDIT_WORDS_SIZE])
{
	const char *act = web_text(link, "act"), *detail = web_text(link, "detail"), *p = detail;
	int64_t round;
	char from[16] = "";
	out[0] = '\0';
	if (strcmp(act, "blob.opened") == 0) {
		/* the case, told as the object */
	} else if (strcmp(act, "session.ended") == 0) {
		snprintf(out, AUDIT_WORDS_SIZE, strcmp(detail, "one") == 0 ? "别处的一个" : "别处的全部");
	} else if (strcmp(act, "case.opened") == 0 && detail[0]) {
		snprintf(out, AUDIT_WORDS_SIZE, "代表在自己的页面");
	} else if (strncmp(act, "user.", 5) == 0) {
		const char *to = strstr(detail, " > ");
		if (to && (size_t)(to - detail) < sizeof from) {
			memcpy(from, detail, (size_t)(to - detail));
			snprintf(out, AUDIT_WORDS_SIZE, "%s 改为 %s", account_role(from), account_role(to + 3));
		} else {
			snprintf(out, AUDIT_WORDS_SIZE, "%s", account_role(detail));
		}
	} else if (str_skip(&p, "round ") && str_take_number(&p, &round) && !*p) {
		snprintf(out, AUDIT_WORDS_SIZE, "第 %lld 轮", (long long)round);
	} else {
		shorten(detail, out);
	}
	return out;
}

const char *audit_case(const json_t *link)
{
	const char *act = web_text(link, "act");
	if (!web_text(link, "label")[0])
		return "";
	return strcmp(act, "blob.opened") == 0 ? web_text(link, "detail") : strncmp(act, "case.", 5) == 0 ? web_text(link, "object") : "";
}
