/* What came of a card that was held up: read at two metres, gone by itself, ready for the next in the queue. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/words.h"
#include "app/words_attendance.h"
#include "screens/parts.h"
#include "ui/widgets.h"

enum { SECOND_MS = 1000 };

/* What is said in large letters, and under them. */
struct message {
	const char *icon, *title;
	char line[384];
	colour ground;
};

static const struct { const char *title, *line; } problems[PROBLEM_COUNT] = {
	[PROBLEM_NOT_IN_ROSTER] = { "代表名册里没有这张身份证",
	                            "您有事要反映，请点首页的“我要反映”。您是代表的话，请扫代表证，或者找工作人员核对名册。" },
	[PROBLEM_PERMIT] = { "港澳台居民居住证不能用来签到", "请扫代表证上的码签到。没有代表证，请找工作人员。" },
	[PROBLEM_FOREIGNER] = { "外国人永久居留证不能用来签到", "您有事要反映，请点首页的“我要反映”，不用刷证。" },
	[PROBLEM_ID_EXPIRED] = { "身份证过了有效期", "请扫代表证上的码签到。换领新证以后，就可以再刷身份证了。" },
	[PROBLEM_ID_EARLY] = { "身份证还没有到生效的日子", "可能是这台机器的日期不对。请扫代表证上的码签到，并告诉工作人员。" },
	[PROBLEM_CODE_DAMAGED] = { "代表证没有扫清楚", "请把代表证放平，离扫码口一拳远，再扫一次。还不行，请刷身份证。" },
	[PROBLEM_CODE_OTHER] = { "这是别的乡镇的代表证", "在这里签到，请刷身份证，或者用本乡镇发的代表证。" },
	[PROBLEM_CODE_NEWER] = { "这台机器还认不得这种新证", "请刷身份证签到，并告诉工作人员：这台机器要更新了。" },
	[PROBLEM_CODE_FORGED] = { "这张代表证认不出来", "请刷身份证签到，并请工作人员看一看这张证。" },
	[PROBLEM_CODE_EXPIRED] = { "代表证过了有效期", "请刷身份证签到。新证请向乡人大办公室领。" },
	[PROBLEM_CODE_FUTURE] = { "代表证的日期和机器对不上", "可能是这台机器的日期不对。请刷身份证签到，并告诉工作人员。" },
	[PROBLEM_CODE_REVOKED] = { "这张代表证已经停用", "请用新发的那一张，或者刷身份证签到。没有新证，请向乡人大办公室领。" },
	[PROBLEM_UNKNOWN_DEPUTY] = { "这台机器的名册里还没有您", "名册可能还没有更新到这里。请在纸上签到，并告诉工作人员。" },
	[PROBLEM_NOT_ENROLLED] = { "这台机器还没有和乡人大办公室连上", "暂时不能签到。请在纸上签到，并告诉工作人员。" },
	[PROBLEM_NOT_KEPT] = { "没有记下来", "请再刷一次。还不行，请在纸上签到，并告诉工作人员。" },
};

static void signed_in_words(const struct signing *s, struct message *m)
{
	const struct attendance_row *row = &s->result.row;
	char clock[8];
	word_clock(row->in_ms, clock);
	m->title = tr("签到成功");
	snprintf(m->line, sizeof m->line, "%s%s%s%s%s", row->clock_ok ? clock : "", row->clock_ok ? " · " : "", word_timing(row->timing),
	         row->listed ? "" : tr(" · 列席"), row->on_leave ? tr(" · 请过假，照常签到") : "");
}

static void already_words(const struct signing *s, struct message *m)
{
	const struct attendance_row *row = &s->result.row;
	char clock[8];
	word_clock(row->in_ms, clock);
	m->title = tr("已经签过到了");
	if (!row->clock_ok)
		snprintf(m->line, sizeof m->line, "%s", tr("不用再签了"));
	else
		snprintf(m->line, sizeof m->line, row->by == SIGN_BY_PHONE ? tr("%s 已用手机签到，不用再签了") : tr("%s 已签到，不用再签了"),
		         clock);
}

static void result_words(const struct signing *s, const struct palette *p, struct message *m)
{
	const struct attendance_row *row = &s->result.row;
	char clock[8];
	word_clock(row->out_ms, clock);
	m->icon = "ok";
	m->ground = p->green;
	switch (s->result.what) {
	case PRESENTED_SIGN_IN:
		signed_in_words(s, m);
		if (row->timing == TIMING_LATE)
			m->ground = p->amber;
		return;
	case PRESENTED_ALREADY:
		already_words(s, m);
		return;
	case PRESENTED_SIGN_OUT:
		m->title = tr("签退成功");
		snprintf(m->line, sizeof m->line, tr("%s 签退，您辛苦了"), clock);
		return;
	case PRESENTED_ALREADY_OUT:
		m->title = tr("已经签退了");
		snprintf(m->line, sizeof m->line, tr("%s 已签退"), clock);
		return;
	case PRESENTED_NOT_YET:
		m->title = tr("还没到签到时间");
		word_activity_opens(&s->activity.activity, s->now_ms, m->line);
		break;
	case PRESENTED_OVER:
		m->title = tr("这场活动已经结束");
		snprintf(m->line, sizeof m->line, "%s", tr("没来得及签到的，请告诉工作人员"));
		break;
	case PRESENTED_CANCELLED:
		m->title = tr("这场活动取消了");
		snprintf(m->line, sizeof m->line, "%s", tr("不用签到"));
		break;
	}
	m->icon = "clock";
	m->ground = p->amber;
}

static void compose(const struct signing *s, const struct palette *p, struct message *m)
{
	memset(m, 0, sizeof *m);
	if (s->outcome == SIGNING_DONE) {
		result_words(s, p, m);
		return;
	}
	m->icon = "warn";
	m->ground = p->amber;
	m->title = tr(problems[s->problem].title);
	snprintf(m->line, sizeof m->line, "%s", tr(problems[s->problem].line));
}

/* The sign, the large words and the line under them, in the middle of the column. Gives the height used. */
static int headline(struct ui *ui, struct rect r, const struct message *m, bool draw)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	bool problem = strlen(m->line) > 96;
	struct look big = { .size = problem ? SIZE_BIG : SIZE_GIANT, .bold = true, .ink = p->white, .align = TEXT_CENTER, .line_percent = 130 };
	struct look line = { .size = problem ? SIZE_TITLE : SIZE_HEADING, .ink = p->white, .align = TEXT_CENTER, .line_percent = 150 };
	while (big.size > SIZE_HEADING && ui_text_width(ui, m->title, big) > r.w)
		big.size--;
	int radius = ui_px(ui, t->compact ? 60 : t->landscape ? 110 : 150), gap = ui_px(ui, t->compact ? 12 : 40);
	int title_px = ui_text_height(ui, r.w, m->title, big), line_px = ui_text_height(ui, r.w, m->line, line);
	int total = 2 * radius + gap + title_px + line_px;
	if (!draw)
		return total;
	int y = r.y + (r.h > total ? (r.h - total) / 2 : 0), size = radius * 135 / 100;
	draw_circle(ui_draw(ui), r.x + r.w / 2, y + radius, radius, p->white);
	ui_icon(ui, m->icon, r.x + (r.w - size) / 2, y + radius - size / 2, size, m->ground);
	y += 2 * radius + gap;
	ui_text(ui, (struct rect){ r.x, y, r.w, title_px }, m->title, big);
	ui_text(ui, (struct rect){ r.x, y + title_px, r.w, line_px }, m->line, line);
	return total;
}

/* Portrait, name, mandates, group and seat. */
static void person(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct signing *s = &app->session->signing;
	const struct deputy_row *d = site_deputy(&app->site, s->deputy);
	ui_card(ui, r);
	struct rect in = inset(r, ui_px(ui, 56), ui_px(ui, 48));
	int face_h = in.h < ui_px(ui, 340) ? in.h : ui_px(ui, 340), face_w = face_h * 260 / 340;
	struct rect left = cut_left(&in, face_w + ui_px(ui, 48));
	struct rect face = { left.x, left.y + (left.h - face_h) / 2, face_w, face_h };
	if (s->portrait.pixels && s->portrait.width <= face_w + 2 && s->portrait.height <= left.h)
		draw_image(ui_draw(ui), &s->portrait, s->portrait_key, face.x + (face_w - s->portrait.width) / 2,
		           left.y + (left.h - s->portrait.height) / 2);
	else
		ui_face(ui, face);
	char levels[96] = "", seat[160] = "";
	const char *seat_of = s->result.row.seat;
	if (d)
		deputy_levels(d, levels, sizeof levels);
	if (seat_of[0])
		snprintf(seat, sizeof seat, tr("座位 %s"), i18n_content(app->i18n, seat_of));
	const char *lines[] = { levels, d ? i18n_content(app->i18n, d->group) : "", seat };
	enum { LINES = sizeof lines / sizeof lines[0] };
	struct look name = { .size = ui_theme(ui)->compact ? SIZE_BIG : SIZE_HERO, .bold = true, .ink = p->ink, .max_lines = 1, .line_percent = 130 };
	struct look soft = { .size = SIZE_BODY, .ink = p->soft, .max_lines = 1, .line_percent = 145 };
	const char *who = d ? i18n_content(app->i18n, d->name) : tr("代表");
	ui_shrink(ui, who, &name, in.w);
	int name_px = ui_text_height(ui, in.w, who, name), line_px = ui_text_height(ui, in.w, "", soft), total = name_px;
	/* Where there is no room for all, the seat is what one needs now. */
	for (size_t i = LINES; i-- > 0;) {
		if (lines[i][0] && total + line_px > in.h)
			lines[i] = "";
		total += lines[i][0] ? line_px : 0;
	}
	int y = in.y + (in.h > total ? (in.h - total) / 2 : 0);
	ui_text(ui, (struct rect){ in.x, y, in.w, name_px }, who, name);
	y += name_px;
	for (size_t i = 0; i < LINES; i++) {
		if (!lines[i][0])
			continue;
		struct look line = soft;
		ui_shrink(ui, lines[i], &line, in.w);
		ui_text(ui, (struct rect){ in.x, y, in.w, line_px }, lines[i], line);
		y += line_px;
	}
}

/* Which activity, and how many have come. */
static void progress(struct app *app, struct ui *ui, struct rect r)
{
	const struct palette *p = ui_palette(ui);
	const struct activity_row *row = &app->session->signing.activity;
	char clock[8], line[ACTIVITY_TITLE_SIZE + ACTIVITY_PLACE_SIZE + 32], count[WHEN_SIZE];
	word_clock(row->activity.starts_ms, clock);
	word_activity_count(row, count);
	const char *place = row->activity.place;
	snprintf(line, sizeof line, "%s · %s%s%s", i18n_content(app->i18n, row->activity.title), clock, place[0] ? " · " : "",
	         i18n_content(app->i18n, place));
	struct look what = { .size = SIZE_TITLE, .ink = p->white, .align = TEXT_CENTER, .max_lines = ui_theme(ui)->landscape ? 2 : 3,
		             .line_percent = 140 };
	if (ui_theme(ui)->compact) {
		snprintf(line, sizeof line, "%s · %s", i18n_content(app->i18n, row->activity.title), clock);
		what.max_lines = 1;
		ui_shrink(ui, line, &what, r.w);
	}
	struct look soft = { .size = SIZE_BODY, .ink = p->white, .align = TEXT_CENTER, .max_lines = 1, .line_percent = 145 };
	cut_top(&r, ui_text(ui, r, line, what) + ui_px(ui, 12));
	if (row->invited > 0) {
		progress_bar(ui, cut_top(&r, ui_px_least(ui, 28, 10)), row->present, row->invited, 0x33FFFFFF, p->white);
		cut_top(&r, ui_px(ui, 12));
	}
	ui_shrink(ui, count, &soft, r.w);
	if (ui_text_height(ui, r.w, count, soft) <= r.h)
		ui_text(ui, r, count, soft);
}

static bool may_sign_out(const struct signing *s)
{
	return s->outcome == SIGNING_DONE && s->result.what == PRESENTED_ALREADY && s->activity.activity.signs_out && s->clock_ok;
}

static void keys(struct app *app, struct ui *ui, struct rect r)
{
	struct signing *s = &app->session->signing;
	int gap = ui_theme(ui)->gap_px, columns = s->outcome != SIGNING_DONE ? 1 : may_sign_out(s) ? 3 : 2;
	size_t at = 0;
	if (ui_button(ui, "signed.back", grid_cell(r, columns, gap, r.h, at++), "home", tr("首页"), BUTTON_PLAIN)) {
		app_leave(app, &screen_home);
		return;
	}
	if (s->outcome != SIGNING_DONE)
		return;
	if (ui_button(ui, "signed.self", grid_cell(r, columns, gap, r.h, at++), "chart", tr("我的出席"), BUTTON_PLAIN)) {
		app_replace(app, &screen_self);
		return;
	}
	if (may_sign_out(s) && ui_button(ui, "signed.out", grid_cell(r, columns, gap, r.h, at), "check", tr("提前签退"), BUTTON_PLAIN))
		app_sign_in_chosen(app, s->activity.activity.id, true);
}

static void foot(struct app *app, struct ui *ui, struct rect r)
{
	const struct signing *s = &app->session->signing;
	long long left_s = (s->until_ms - app->now_ms + SECOND_MS - 1) / SECOND_MS;
	char words[192], year[96] = "";
	if (s->outcome == SIGNING_DONE && s->sum.due > 0)
		snprintf(year, sizeof year, tr("今年到会 %d 次中的 %d 次 · "), s->sum.due, s->sum.attended);
	snprintf(words, sizeof words, tr("%s画面 %lld 秒后返回"), year, left_s > 0 ? left_s : 0);
	struct look soft = { .size = SIZE_SMALL, .ink = ui_palette(ui)->white, .align = TEXT_CENTER, .max_lines = 1, .middle = true };
	ui_text(ui, r, words, soft);
	ui_wake_at(ui, app->now_ms + (s->until_ms - app->now_ms - 1) % SECOND_MS + 1);
}

static void signed_frame(struct app *app, struct ui *ui)
{
	const struct theme *t = ui_theme(ui);
	const struct signing *s = &app->session->signing;
	if (app->now_ms >= s->until_ms) {
		app_end_signing(app);
		return;
	}
	struct message m;
	compose(s, ui_palette(ui), &m);
	struct rect screen = ui_screen_rect(ui), in = inset(screen, t->margin_px * 2, t->compact ? 10 : t->margin_px);
	ui_fill(ui, screen, m.ground);
	int gap = t->gap_px;
	foot(app, ui, cut_bottom(&in, t->font_px[SIZE_SMALL] * 2));
	keys(app, ui, cut_bottom(&in, ui_px_least(ui, 140, t->target_px)));
	cut_bottom(&in, gap);
	if (s->outcome != SIGNING_DONE) {
		headline(ui, in, &m, true);
		return;
	}
	struct rect words = t->landscape ? cut_left(&in, in.w * 46 / 100) : in;
	if (t->landscape) {
		cut_left(&in, gap);
		headline(ui, words, &m, true);
		int progress_px = t->compact ? in.h * 38 / 100 : ui_px(ui, 240);
		progress(app, ui, cut_bottom(&in, progress_px));
		cut_bottom(&in, gap / 2);
		int most = ui_px(ui, 450);
		person(app, ui, in.h > most ? (struct rect){ in.x, in.y + (in.h - most) / 2, in.w, most } : in);
		return;
	}
	int head_px = headline(ui, in, &m, false), card_px = ui_px(ui, 450), progress_px = ui_px(ui, 260);
	int spare = in.h - head_px - card_px - progress_px, between = spare > 0 ? spare / 4 : 0;
	cut_top(&in, between);
	headline(ui, cut_top(&in, head_px), &m, true);
	cut_top(&in, between > gap ? between : gap);
	person(app, ui, cut_top(&in, card_px));
	cut_top(&in, gap * 2);
	progress(app, ui, in);
}

const struct screen screen_signed = { .name = "signed", .frame = signed_frame, .quiet = true };
