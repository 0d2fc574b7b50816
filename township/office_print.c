#include "township/office_print.h"

#include <stdio.h>
#include <string.h>

#include "model/civil.h"

const char *print_text(const json_t *object, const char *member)
{
	const char *s = json_string_value(json_object_get(object, member));
	return s ? s : "";
}

long long print_number(const json_t *object, const char *member)
{
	return (long long)json_integer_value(json_object_get(object, member));
}

struct word {
	const char *id, *zh;
};

static const struct word words[] = {
	{"registered", "已登记"}, {"accepted", "已受理"}, {"assigned", "已交代表"}, {"transferred", "已转办"},
	{"answered", "已答复"},   {"redo", "重新办理"},   {"closed", "已办结"},     {"complaint", "投诉"},
	{"opinion", "意见"},      {"suggestion", "建议"}, {"thanks", "感谢"},       {"accept", "受理"},
	{"assign", "交代表"},     {"transfer", "转办"},   {"extend", "延期"},       {"talk", "面谈"},
	{"answer", "答复"},       {"satisfied", "满意"},  {"partly", "基本满意"},   {"unsatisfied", "不满意"},
	{"anonymous", "匿名"},    {"named", "留名"},      {"id_card", "身份证"},    {"waiting", "等待同意"},
	{"approved", "已同意"},   {"denied", "已拒绝"},
	{"meeting", "会议"},      {"home", "代表之家活动"}, {"group", "小组活动"},   {"training", "学习培训"},
	{"inspection", "视察"},   {"research", "专题调研"}, {"report", "述职评议"},  {"exchange", "经验交流"},
	{"card", "身份证"},       {"qr", "代表证"},       {"phone", "手机"},         {"early", "早到"},
	{"on_time", "准时"},      {"late", "迟到"},       {"unknown", "时间不明"},   {"asked", "待批"},
	{"granted", "已准假"},    {"refused", "未准假"},  {"ill", "生病"},           {"work", "工作"},
	{"away", "外出"},         {"family", "家事"},     {"other", "其他"},         {"two_kiosks", "在两处签到"},
	{"card_lost", "用了挂失的代表证"},                {"card_superseded", "用了换掉的代表证"},
	{"card_expired", "用了过期的代表证"},             {"card_future", "代表证的日期在以后"},
	{"unknown_activity", "没有登记的活动"},           {"unknown_deputy", "名册里没有的代表"},
};

const char *print_zh(const char *id)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].id, id) == 0)
			return words[i].zh;
	return id;
}

void print_time(json_int_t ms)
{
	if (ms <= 0) {
		printf("%-16s", "-");
		return;
	}
	struct civil_time t = civil_from_ms(ms);
	char date[11];
	civil_format(t.date, date);
	printf("%s %02d:%02d", date, t.hour, t.minute);
}

static void print_list(const char *title, const json_t *list)
{
	const json_t *item;
	size_t i;
	printf("%s", title);
	json_array_foreach (list, i, item)
		printf("%s%s %s", i ? "、" : "", json_string_value(item), print_zh(json_string_value(item)));
	printf("\n");
}

void print_cases(const json_t *reply)
{
	const json_t *list = json_object_get(reply, "cases"), *c;
	size_t i;
	json_array_foreach (list, i, c) {
		print_time(json_integer_value(json_object_get(c, "at")));
		printf("  %-14s  %s  %-11s  第 %d 轮  %s  限 %s%s  %s%s%s\n", print_text(c, "receipt"), print_zh(print_text(c, "kind")),
		       print_text(c, "subject"), (int)json_integer_value(json_object_get(c, "round")), print_zh(print_text(c, "state")),
		       print_text(c, "answer_due"), json_is_true(json_object_get(c, "overdue")) ? "（逾期）" : "",
		       print_text(c, "assigned_name")[0] ? print_text(c, "assigned_name") : print_text(c, "deputy_name"),
		       print_text(c, "office")[0] ? " → " : "", print_text(c, "office"));
	}
	printf("共 %zu 件%s\n", json_array_size(list),
	       json_is_string(json_object_get(reply, "next")) ? "，还有更早的" : "");
}

static void print_body(const json_t *body)
{
	const json_t *blob;
	size_t i;
	printf("身份    %s %s %s %s\n", print_zh(print_text(body, "identity")), print_text(body, "name"), print_text(body, "phone"),
	       print_text(body, "id_number"));
	printf("内容    %s\n", print_text(body, "text")[0] ? print_text(body, "text") : "（没有文字）");
	json_array_foreach (json_object_get(body, "blobs"), i, blob)
		printf("附件    %s %s %s\n", strncmp(print_text(blob, "media"), "audio", 5) == 0 ? "录音" : "手写",
		       print_text(blob, "sha256"), json_is_true(json_object_get(blob, "here")) ? "" : "（还没有传到）");
}

void print_case(const json_t *opened)
{
	const json_t *step, *rating, *answer = json_object_get(opened, "answer");
	size_t i;
	printf("受理号  %s（%s）\n状态    %s，第 %d 轮\n事项    %s / %s\n", print_text(opened, "receipt"),
	       print_text(opened, "case_id"), print_zh(print_text(opened, "state")),
	       (int)json_integer_value(json_object_get(opened, "round")), print_zh(print_text(opened, "kind")),
	       print_text(opened, "subject"));
	printf("代表    %s\n", print_text(opened, "deputy_name")[0] ? print_text(opened, "deputy_name") : "值班代表");
	printf("期限    %s 前交办，%s 前答复\n", print_text(opened, "transfer_due"), print_text(opened, "answer_due"));
	print_body(json_object_get(opened, "body"));
	printf("经过\n        ");
	print_time(json_integer_value(json_object_get(opened, "at")));
	printf("  登记\n");
	json_array_foreach (json_object_get(opened, "steps"), i, step) {
		printf("        ");
		print_time(json_integer_value(json_object_get(step, "at")));
		printf("  %s  %s  %s\n", print_zh(print_text(step, "step")), print_text(step, "who"), print_text(step, "note"));
	}
	if (json_is_object(answer))
		printf("答复    %s（%s）\n", print_text(answer, "text"), print_text(answer, "by"));
	json_array_foreach (json_object_get(opened, "ratings"), i, rating)
		printf("评价    第 %d 轮 %s %s\n", (int)json_integer_value(json_object_get(rating, "round")),
		       print_zh(print_text(rating, "rating")), print_text(rating, "reason"));
	print_list("可以    ", json_object_get(opened, "allowed"));
}

void print_enrolments(const json_t *reply)
{
	const json_t *e;
	size_t i;
	json_array_foreach (json_object_get(reply, "enrolments"), i, e) {
		print_time(json_integer_value(json_object_get(e, "at")));
		printf("  登记码 %s  %s  %s %s\n", print_text(e, "code"), print_zh(print_text(e, "state")), print_text(e, "name"),
		       print_text(e, "kiosk"));
	}
	if (i == 0)
		printf("没有申请登记的机器\n");
}

void print_kiosks(const json_t *reply)
{
	const json_t *k;
	size_t i;
	json_array_foreach (json_object_get(reply, "kiosks"), i, k) {
		printf("%s  %s  最近联系 ", print_text(k, "kiosk"), print_text(k, "name"));
		print_time(json_integer_value(json_object_get(k, "last_contact")));
		printf("  事件 %lld  被退回 %lld%s\n", (long long)json_integer_value(json_object_get(k, "last_seq")),
		       (long long)json_integer_value(json_object_get(k, "refused")),
		       json_is_true(json_object_get(k, "revoked")) ? "  已停用" : "");
	}
}

void print_refusals(const json_t *reply)
{
	const json_t *r;
	size_t i;
	json_array_foreach (json_object_get(reply, "refusals"), i, r) {
		print_time(json_integer_value(json_object_get(r, "at")));
		printf("  %s  第 %lld 号  %s\n", print_text(r, "kiosk"),
		       (long long)json_integer_value(json_object_get(r, "seq")), print_text(r, "reason"));
	}
	printf("共 %zu 条\n", i);
}

void print_step(const json_t *reply)
{
	if (print_text(reply, "state")[0])
		printf("现在是：%s，第 %d 轮，%s 前答复\n", print_zh(print_text(reply, "state")),
		       (int)json_integer_value(json_object_get(reply, "round")), print_text(reply, "answer_due"));
	if (json_object_get(reply, "allowed"))
		print_list("接下来可以：", json_object_get(reply, "allowed"));
	if (print_text(reply, "kiosk")[0])
		printf("%s %s\n", print_text(reply, "kiosk"), print_text(reply, "name"));
}

void print_error(const json_t *reply, long status)
{
	const json_t *error = json_object_get(reply, "error"), *item;
	size_t i;
	fprintf(stderr, "township: %ld %s：%s。%s", status, print_text(error, "code"), print_text(error, "message"),
	        print_text(error, "remedy"));
	json_array_foreach (json_object_get(reply, "allowed"), i, item)
		fprintf(stderr, "%s%s", i ? "、" : "：", json_string_value(item));
	fprintf(stderr, "\n");
}
