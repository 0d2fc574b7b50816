/* An activity as it happens: who signs in, as it comes; and what is printed of it: the roll, and the proof that it was
 * announced in time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "township/web/activity_words.h"
#include "township/web/pages.h"

enum { LIVE_S = 3 };

struct counts {
	int invited, present, late, leave, guests;
};

static struct counts count_people(const json_t *people, bool ended)
{
	struct counts c = {0};
	const json_t *p;
	size_t i;
	json_array_foreach (people, i, p) {
		const char *outcome = person_outcome(p, ended);
		bool late = strcmp(outcome, "late") == 0, there = late || strcmp(outcome, "present") == 0;
		if (!json_is_true(json_object_get(p, "listed"))) {
			c.guests += there;
			continue;
		}
		c.invited++;
		c.present += there;
		c.late += late;
		c.leave += strcmp(outcome, "leave") == 0;
	}
	return c;
}

/* ---- live ---- */

struct came {
	int64_t at_ms;
	const json_t *person; /* borrowed */
};

static int by_sign_in(const void *a, const void *b)
{
	const struct came *x = a, *y = b;
	return x->at_ms > y->at_ms ? -1 : x->at_ms < y->at_ms;
}

/* Those who signed in, the last one first; NULL when out of memory. The caller frees it. */
static struct came *signed_in(const json_t *people, size_t *count)
{
	struct came *list = calloc(json_array_size(people) + 1, sizeof *list);
	const json_t *p;
	size_t i;
	*count = 0;
	if (!list)
		return NULL;
	json_array_foreach (people, i, p)
		if (json_is_object(json_object_get(p, "attendance")))
			list[(*count)++] = (struct came){web_number(json_object_get(p, "attendance"), "at"), p};
	qsort(list, *count, sizeof *list, by_sign_in);
	return list;
}

static const char *name_of(const json_t *person)
{
	const char *name = web_text(person, "name");
	return name[0] ? name : web_text(person, "deputy");
}

static void put_came(struct html *h, const json_t *people)
{
	size_t count;
	struct came *list = signed_in(people, &count);
	html_put(h, "<h2>已经签到</h2>");
	if (!list || count == 0)
		html_put(h, "<p class=\"card empty\">还没有人签到</p>");
	else
		html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th>时间</th><th>姓名</th><th>到得早晚</th><th>怎样签到</th>"
		            "<th>座位</th></tr></thead><tbody>");
	for (size_t i = 0; list && i < count; i++) {
		const json_t *in = json_object_get(list[i].person, "attendance");
		const char *timing = web_text(in, "timing");
		char clock[24];
		html_put(h, "<tr><td data-label=\"时间\">%s</td><th scope=\"row\">%s", clock_zh(web_number(in, "at"), clock), name_of(list[i].person));
		if (!json_is_true(json_object_get(list[i].person, "listed")))
			html_put(h, " <span class=\"soft\">列席</span>");
		html_put(h, "</th><td data-label=\"到得早晚\">");
		web_badge(h, strcmp(timing, "late") == 0 ? WEB_AMBER : strcmp(timing, "unknown") == 0 ? WEB_GREY : WEB_GREEN, timing_zh(timing));
		html_put(h, "</td><td data-label=\"怎样签到\">%s %s</td><td data-label=\"座位\">%s</td></tr>", sign_by_zh(web_text(in, "by")),
		         web_text(in, "kiosk_name"), web_text(list[i].person, "seat"));
	}
	if (list && count)
		html_put(h, "</tbody></table></div>");
	free(list);
}

static void put_missing(struct html *h, const json_t *people)
{
	const json_t *p;
	size_t i, shown = 0;
	html_put(h, "<h2>还没有签到</h2><p class=\"card\">");
	json_array_foreach (people, i, p) {
		const json_t *leave = json_object_get(p, "leave");
		if (json_is_object(json_object_get(p, "attendance")) || !json_is_true(json_object_get(p, "listed")))
			continue;
		html_put(h, "%s%s", shown++ ? "、" : "", name_of(p));
		if (json_is_object(leave) && strcmp(web_text(leave, "state"), "refused") != 0)
			html_put(h, "（请假）");
	}
	html_put(h, "%s</p>", shown ? "" : "都到齐了");
}

void web_activity_live(struct request *rq, struct reply *rp)
{
	struct html h;
	struct activity a;
	char path[ACTIVITY_PATH_SIZE], span[SPAN_SIZE], now[24];
	json_t *people = NULL;
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	if (!e)
		e = town_activity_people_json(rq->town->store, a.id, &people);
	if (e) {
		reply_err(rp, e);
		return;
	}
	struct counts c = count_people(people, false);
	int needed = activity_quorum(&a, c.invited);
	web_begin(&h, rq, "实时签到", WEB_ACTIVITIES);
	/* Where scripts do not run, the page comes anew by itself. */
	html_put(&h, "<noscript><meta http-equiv=\"refresh\" content=\"%d\"></noscript>", LIVE_S * 2);
	html_put(&h, "<p class=\"crumb\"><a href=\"%s\">« %s</a></p>", activity_path(a.id, "", path), a.title);
	html_put(&h, "<p>%s，%s</p><div id=\"live\" data-live=\"%d\">", span_zh(a.starts_ms, a.ends_ms, span), a.place, LIVE_S);
	html_put(&h, "<ul class=\"tiles\"><li class=\"tile\"><b>%d</b>应到</li><li class=\"tile\"><b>%d</b>实到</li><li class=\"tile\"><b>%d</b>"
	             "其中迟到</li><li class=\"tile\"><b>%d</b>请假</li><li class=\"tile\"><b>%d</b>列席</li></ul><p role=\"status\">",
	         c.invited, c.present, c.late, c.leave, c.guests);
	if (c.present >= needed)
		web_badge(&h, WEB_GREEN, "已够法定人数");
	else
		web_badge(&h, WEB_AMBER, "还不够法定人数");
	html_put(&h, " 法定 %d 人。<span class=\"soft\">%s 时的情况，每隔几秒自动更新。</span></p>", needed, clock_zh(town_now_ms(), now));
	put_came(&h, people);
	put_missing(&h, people);
	html_put(&h, "</div>");
	web_end(&h, rq, rp, 200);
	json_decref(people);
}

/* ---- the roll ---- */

static void put_roll_row(struct html *h, const json_t *p, int n, bool ended)
{
	const json_t *in = json_object_get(p, "attendance"), *leave = json_object_get(p, "leave"),
				 *fix = json_object_get(p, "correction");
	char clock[24] = "";
	html_put(h, "<tr><td class=\"seq\">%d</td><th scope=\"row\">%s%s</th><td>%s</td><td>", n, name_of(p),
	         json_is_true(json_object_get(p, "listed")) ? "" : "（列席）", web_text(p, "seat"));
	if (json_is_object(in))
		html_put(h, "%s %s %s", clock_zh(web_number(in, "at"), clock), timing_zh(web_text(in, "timing")), sign_by_zh(web_text(in, "by")));
	html_put(h, "</td><td>");
	if (json_is_object(leave))
		html_put(h, "%s（%s）", leave_reason_zh(web_text(leave, "reason")), leave_state_zh(web_text(leave, "state")));
	html_put(h, "</td><td>%s", outcome_zh(person_outcome(p, ended)));
	if (json_is_object(fix))
		html_put(h, "（更正：%s）", web_text(fix, "reason"));
	html_put(h, "</td></tr>");
}

void web_activity_roll(struct request *rq, struct reply *rp)
{
	struct html h;
	struct activity a;
	char span[SPAN_SIZE], printed[24], path[ACTIVITY_PATH_SIZE];
	json_t *people = NULL;
	const json_t *p;
	size_t i;
	enum err e = town_activity_get(rq->town->store, rq->args[0], &a);
	if (!e)
		e = town_activity_people_json(rq->town->store, a.id, &people);
	if (e) {
		reply_err(rp, e);
		return;
	}
	bool ended = a.ends_ms <= town_now_ms() && !a.cancelled;
	struct counts c = count_people(people, ended);
	web_begin_paper(&h, rq, "签到表");
	html_put(&h, "<p class=\"crumb noprint\"><a href=\"%s\">« %s</a></p>", activity_path(a.id, "", path), a.title);
	html_put(&h, "<dl class=\"facts\"><dt>活动</dt><dd>%s%s</dd><dt>时间</dt><dd>%s</dd><dt>地点</dt><dd>%s</dd><dt>人数</dt>"
	             "<dd>应到 %d，实到 %d（其中迟到 %d），请假 %d，列席 %d；法定 %d</dd></dl>",
	         a.title, a.cancelled ? "（已取消）" : "", span_zh(a.starts_ms, a.ends_ms, span), a.place, c.invited, c.present, c.late,
	         c.leave, c.guests, activity_quorum(&a, c.invited));
	html_put(&h, "<table><thead><tr><th class=\"seq\">序</th><th>姓名</th><th>座位</th><th>签到的记录</th><th>请假</th><th>计为</th></tr></thead><tbody>");
	json_array_foreach (people, i, p)
		put_roll_row(&h, p, (int)i + 1, ended);
	html_put(&h, "</tbody></table><p class=\"soft\">%s人大办 %s 打印。</p>", rq->town->township, web_time(town_now_ms(), printed));
	web_end(&h, rq, rp, 200);
	json_decref(people);
}
