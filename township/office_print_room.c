/* Activities, leave, cards and flags on the office's terminal. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "township/office_print.h"

/* "talk" is a step of a case too. */
static const char *kind_zh(const char *kind)
{
	return strcmp(kind, "talk") == 0 ? "民情恳谈" : print_zh(kind);
}

void print_activities(const json_t *reply)
{
	const json_t *a;
	size_t i;
	json_array_foreach (json_object_get(reply, "activities"), i, a) {
		print_time(json_integer_value(json_object_get(a, "starts")));
		printf("  %-18s  %s  %s  应到 %lld 实到 %lld 列席 %lld 请假 %lld%s\n", print_text(a, "id"),
		       kind_zh(print_text(a, "kind")), print_text(a, "title"), print_number(a, "invited"),
		       print_number(a, "present"), print_number(a, "guests"), print_number(a, "on_leave"),
		       json_is_true(json_object_get(a, "cancelled")) ? "  已取消" : "");
	}
	printf("共 %zu 个\n", i);
}

static void print_attendance(const json_t *in)
{
	print_time(json_integer_value(json_object_get(in, "at")));
	printf("  %s  %s  %s%s", print_zh(print_text(in, "timing")), print_zh(print_text(in, "by")),
	       print_text(in, "kiosk_name"), json_is_true(json_object_get(in, "clock_ok")) ? "" : "（时钟不准）");
	if (json_is_integer(json_object_get(in, "out_at"))) {
		printf("  签退 ");
		print_time(json_integer_value(json_object_get(in, "out_at")));
	}
	if (print_number(in, "times") > 1)
		printf("  签到 %lld 次", print_number(in, "times"));
}

/* The words of the figures: "late" is part of having come. */
static const char *correction_zh(const char *counts)
{
	return strcmp(counts, "present") == 0 ? "到会" : strcmp(counts, "late") == 0 ? "迟到" : strcmp(counts, "leave") == 0 ? "请假" : "缺席";
}

void print_activity(const json_t *reply)
{
	const json_t *p;
	size_t i;
	printf("活动    %s（%s）%s\n类别    %s\n地点    %s\n时间    ", print_text(reply, "title"), print_text(reply, "id"),
	       json_is_true(json_object_get(reply, "cancelled")) ? "  已取消" : "", kind_zh(print_text(reply, "kind")),
	       print_text(reply, "place"));
	print_time(json_integer_value(json_object_get(reply, "starts")));
	printf(" 至 ");
	print_time(json_integer_value(json_object_get(reply, "ends")));
	printf("\n人数    应到 %lld，实到 %lld，更正后 %lld，法定 %lld\n", print_number(reply, "invited"),
	       print_number(reply, "present"), print_number(reply, "counted"), print_number(reply, "needed"));
	json_array_foreach (json_object_get(reply, "people"), i, p) {
		const json_t *in = json_object_get(p, "attendance"), *leave = json_object_get(p, "leave"),
					 *fix = json_object_get(p, "correction");
		printf("        %s  %s%s%s  ", print_text(p, "name")[0] ? print_text(p, "name") : print_text(p, "deputy"),
		       print_text(p, "seat"), print_text(p, "seat")[0] ? "  " : "",
		       json_is_true(json_object_get(p, "listed")) ? "" : "列席");
		if (json_is_object(in))
			print_attendance(in);
		else
			printf("没有签到");
		if (json_is_object(leave))
			printf("  请假（%s）%s", print_zh(print_text(leave, "reason")), print_zh(print_text(leave, "state")));
		if (json_is_object(fix))
			printf("  更正为%s（%s，%s）", correction_zh(print_text(fix, "counts")), print_text(fix, "reason"),
			       print_text(fix, "user"));
		printf("\n");
	}
}

void print_leaves(const json_t *reply)
{
	const json_t *l;
	size_t i;
	json_array_foreach (json_object_get(reply, "leaves"), i, l) {
		print_time(json_integer_value(json_object_get(l, "at")));
		printf("  %s  %s  %s  %s  %s %s\n", print_zh(print_text(l, "state")),
		       print_text(l, "name")[0] ? print_text(l, "name") : print_text(l, "deputy"),
		       print_zh(print_text(l, "reason")), print_text(l, "activity"), print_text(l, "title"),
		       print_text(l, "decided_by"));
	}
	printf("共 %zu 条\n", i);
}

void print_leave(const json_t *reply)
{
	printf("%s\n", print_zh(print_text(reply, "state")));
}

void print_flags(const json_t *reply)
{
	const json_t *f;
	size_t i;
	json_array_foreach (json_object_get(reply, "flags"), i, f) {
		print_time(json_integer_value(json_object_get(f, "at")));
		printf("  %s  %s  %s  %s  %s\n", print_zh(print_text(f, "what")),
		       print_text(f, "name")[0] ? print_text(f, "name") : print_text(f, "deputy"),
		       print_text(f, "title")[0] ? print_text(f, "title") : print_text(f, "activity"),
		       print_text(f, "kiosk_name"), print_text(f, "detail"));
	}
	printf("共 %zu 条\n", i);
}

static bool card_lost(const json_t *card)
{
	return print_number(card, "lost_through") >= print_number(card, "issue");
}

void print_cards(const json_t *reply)
{
	const json_t *c;
	size_t i;
	json_array_foreach (json_object_get(reply, "cards"), i, c)
		printf("%s  %s  第 %lld 号  %s 制  有效期至 %s%s\n", print_text(c, "name"), print_text(c, "deputy"),
		       print_number(c, "issue"), print_text(c, "issued"), print_text(c, "expires"),
		       card_lost(c) ? "  已挂失" : "");
	printf("共 %zu 张\n", i);
}

void print_card(const json_t *reply)
{
	printf("%s 第 %lld 号及以前的代表证已挂失\n", print_text(reply, "deputy"), print_number(reply, "lost_through"));
}

void print_left(const json_t *reply)
{
	printf("%s（%s）已离任，身份证和代表证不能再用来签到\n", print_text(reply, "name"), print_text(reply, "deputy"));
}

/* The code stands alone on its line, for whatever makes the card. */
void print_new_card(const json_t *reply)
{
	printf("%s 第 %lld 号代表证，有效期至 %s；以前的各号从此停用\n%s\n", print_text(reply, "name"), print_number(reply, "issue"),
	       print_text(reply, "expires"), print_text(reply, "token"));
}
