#include "township/office_print.h"

#include <stdio.h>
#include <string.h>

#include "model/civil.h"

static const char *text(const json_t *object, const char *member)
{
	const char *s = json_string_value(json_object_get(object, member));
	return s ? s : "";
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
};

static const char *zh(const char *id)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].id, id) == 0)
			return words[i].zh;
	return id;
}

static void print_time(json_int_t ms)
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
		printf("%s%s %s", i ? "、" : "", json_string_value(item), zh(json_string_value(item)));
	printf("\n");
}

void print_cases(const json_t *reply)
{
	const json_t *list = json_object_get(reply, "cases"), *c;
	size_t i;
	json_array_foreach (list, i, c) {
		print_time(json_integer_value(json_object_get(c, "at")));
		printf("  %-14s  %s  %-11s  第 %d 轮  %s  限 %s%s  %s%s%s\n", text(c, "receipt"), zh(text(c, "kind")),
		       text(c, "subject"), (int)json_integer_value(json_object_get(c, "round")), zh(text(c, "state")),
		       text(c, "answer_due"), json_is_true(json_object_get(c, "overdue")) ? "（逾期）" : "",
		       text(c, "assigned_name")[0] ? text(c, "assigned_name") : text(c, "deputy_name"),
		       text(c, "office")[0] ? " → " : "", text(c, "office"));
	}
	printf("共 %zu 件%s\n", json_array_size(list),
	       json_is_string(json_object_get(reply, "next")) ? "，还有更早的" : "");
}

static void print_body(const json_t *body)
{
	const json_t *blob;
	size_t i;
	printf("身份    %s %s %s %s\n", zh(text(body, "identity")), text(body, "name"), text(body, "phone"),
	       text(body, "id_number"));
	printf("内容    %s\n", text(body, "text")[0] ? text(body, "text") : "（没有文字）");
	json_array_foreach (json_object_get(body, "blobs"), i, blob)
		printf("附件    %s %s %s\n", strncmp(text(blob, "media"), "audio", 5) == 0 ? "录音" : "手写",
		       text(blob, "sha256"), json_is_true(json_object_get(blob, "here")) ? "" : "（还没有传到）");
}

void print_case(const json_t *opened)
{
	const json_t *step, *rating, *answer = json_object_get(opened, "answer");
	size_t i;
	printf("受理号  %s（%s）\n状态    %s，第 %d 轮\n事项    %s / %s\n", text(opened, "receipt"),
	       text(opened, "case_id"), zh(text(opened, "state")),
	       (int)json_integer_value(json_object_get(opened, "round")), zh(text(opened, "kind")),
	       text(opened, "subject"));
	printf("代表    %s\n", text(opened, "deputy_name")[0] ? text(opened, "deputy_name") : "值班代表");
	printf("期限    %s 前交办，%s 前答复\n", text(opened, "transfer_due"), text(opened, "answer_due"));
	print_body(json_object_get(opened, "body"));
	printf("经过\n        ");
	print_time(json_integer_value(json_object_get(opened, "at")));
	printf("  登记\n");
	json_array_foreach (json_object_get(opened, "steps"), i, step) {
		printf("        ");
		print_time(json_integer_value(json_object_get(step, "at")));
		printf("  %s  %s  %s\n", zh(text(step, "step")), text(step, "who"), text(step, "note"));
	}
	if (json_is_object(answer))
		printf("答复    %s（%s）\n", text(answer, "text"), text(answer, "by"));
	json_array_foreach (json_object_get(opened, "ratings"), i, rating)
		printf("评价    第 %d 轮 %s %s\n", (int)json_integer_value(json_object_get(rating, "round")),
		       zh(text(rating, "rating")), text(rating, "reason"));
	print_list("可以    ", json_object_get(opened, "allowed"));
}

void print_enrolments(const json_t *reply)
{
	const json_t *e;
	size_t i;
	json_array_foreach (json_object_get(reply, "enrolments"), i, e) {
		print_time(json_integer_value(json_object_get(e, "at")));
		printf("  登记码 %s  %s  %s %s\n", text(e, "code"), zh(text(e, "state")), text(e, "name"),
		       text(e, "kiosk"));
	}
	if (i == 0)
		printf("没有申请登记的机器\n");
}

void print_kiosks(const json_t *reply)
{
	const json_t *k;
	size_t i;
	json_array_foreach (json_object_get(reply, "kiosks"), i, k) {
		printf("%s  %s  最近联系 ", text(k, "kiosk"), text(k, "name"));
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
		printf("  %s  第 %lld 号  %s\n", text(r, "kiosk"),
		       (long long)json_integer_value(json_object_get(r, "seq")), text(r, "reason"));
	}
	printf("共 %zu 条\n", i);
}

void print_step(const json_t *reply)
{
	if (text(reply, "state")[0])
		printf("现在是：%s，第 %d 轮，%s 前答复\n", zh(text(reply, "state")),
		       (int)json_integer_value(json_object_get(reply, "round")), text(reply, "answer_due"));
	if (json_object_get(reply, "allowed"))
		print_list("接下来可以：", json_object_get(reply, "allowed"));
	if (text(reply, "kiosk")[0])
		printf("%s %s\n", text(reply, "kiosk"), text(reply, "name"));
}

void print_error(const json_t *reply, long status)
{
	const json_t *error = json_object_get(reply, "error"), *item;
	size_t i;
	fprintf(stderr, "township: %ld %s：%s。%s", status, text(error, "code"), text(error, "message"),
	        text(error, "remedy"));
	json_array_foreach (json_object_get(reply, "allowed"), i, item)
		fprintf(stderr, "%s%s", i ? "、" : "：", json_string_value(item));
	fprintf(stderr, "\n");
}
