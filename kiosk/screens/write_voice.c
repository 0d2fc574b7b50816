/* Step 3, spoken: one round key; what was said is played back before it is sent. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "screens/write_parts.h"
#include "ui/widgets.h"

void write_take_voice(struct app *app)
{
	struct report *draft = &app->session->draft;
	uint8_t *opus;
	size_t len;
	if (!app->voice || voice_take(app->voice, &opus, &len) != ERR_OK)
		return;
	if (draft->voice) {
		sodium_memzero(draft->voice, draft->voice_len);
		free(draft->voice);
	}
	draft->voice = opus;
	draft->voice_len = len;
	draft->voice_ms = voice_length_ms(app->voice);
}

static void drop_voice(struct app *app)
{
	struct report *draft = &app->session->draft;
	voice_wipe(app->voice);
	if (draft->voice) {
		sodium_memzero(draft->voice, draft->voice_len);
		free(draft->voice);
	}
	draft->voice = NULL;
	draft->voice_len = 0;
	draft->voice_ms = 0;
}

static void minutes(uint32_t ms, char out[16])
{
	snprintf(out, 16, "%u:%02u", ms / 60000, ms / 1000 % 60);
}

/* How loud it is now, as a row of bars. */
static void level_bars(struct ui *ui, struct rect r, float level, colour c)
{
	enum { BARS = 24 };
	const struct palette *p = ui_palette(ui);
	int gap = ui_px_least(ui, 10, 3), w = (r.w - (BARS - 1) * gap) / BARS;
	for (int i = 0; i < BARS; i++) {
		bool lit = (float)i < level * BARS;
		int h = r.h * (40 + 60 * i / BARS) / 100;
		ui_box(ui, (struct rect){ r.x + i * (w + gap), r.y + r.h - h, w, h }, w / 3, lit ? c : p->line, 0, 0);
	}
}

static void round_key(struct app *app, struct ui *ui, struct rect area, enum voice_state state, int radius)
{
	const struct palette *p = ui_palette(ui);
	struct rect box = { area.x + (area.w - 2 * radius) / 2, area.y, 2 * radius, 2 * radius };
	bool busy = state == VOICE_RECORDING || state == VOICE_PLAYING;
	bool ready = state == VOICE_READY || state == VOICE_PLAYING;
	const char *icon = busy ? "stop" : ready ? "play" : "mic";
	const char *label = busy ? tr("停止") : ready ? tr("听一遍") : tr("开始说话");
	struct touch touch = ui_touch(ui, "voice.main", box, label);
	colour c = ready ? p->green : p->red;
	draw_circle(ui_draw(ui), box.x + radius, box.y + radius, radius, touch.pressed ? colour_darker(c) : c);
	int size = radius * 9 / 10;
	ui_icon(ui, icon, box.x + radius - size / 2, box.y + radius - size / 2, size, p->white);
	if (!touch.clicked)
		return;
	if (busy)
		voice_stop(app->voice);
	else if (ready && voice_play(app->voice) != ERR_OK)
		app_toast(app, "放不出声音。录音还在，可以照样交");
	else if (!ready && voice_record(app->voice) != ERR_OK)
		app_toast(app, "这台机器没有话筒，或者话筒坏了。请用“手写”或“原样手迹”");
}

void write_voice_part(struct app *app, struct ui *ui, struct rect area)
{
	const struct palette *p = ui_palette(ui);
	const struct theme *t = ui_theme(ui);
	struct voice *voice = app_voice(app);
	if (!voice)
		return;
	enum voice_state state = voice_state(voice);
	if (state == VOICE_READY && app->session->draft.voice_ms != voice_length_ms(voice))
		write_take_voice(app);
	ui_card(ui, area);
	struct rect in = inset(area, ui_px(ui, 48), ui_px_least(ui, 36, 12));
	static const char *const words[] = {
		[VOICE_EMPTY] = "点红色圆钮，对着机器说，家乡话也行。最多三分钟。",
		[VOICE_RECORDING] = "正在听您说。说完再点一下。",
		[VOICE_READY] = "录好了。可以先听一遍，再点“下一步”。",
		[VOICE_PLAYING] = "正在放您说的话。",
		[VOICE_FAILED] = "没有录上。请再点一下试试，或者改用手写。",
	};
	struct look line = { .size = SIZE_TITLE, .ink = p->ink, .align = TEXT_CENTER, .line_percent = 140 };
	int line_px = ui_text_height(ui, in.w, tr(words[state]), line);
	ui_text(ui, cut_top(&in, line_px), tr(words[state]), line);

	int key_px = ui_px_least(ui, 120, t->target_px);
	/* Where height is dear the keys stand beside the round one. */
	struct rect keys = t->landscape ? cut_right(&in, in.w / 4) : cut_bottom(&in, key_px);
	keys = (struct rect){ keys.x, keys.y + (keys.h - key_px) / 2, keys.w, key_px };
	int most = ui_px(ui, 190) < t->target_px / 2 ? t->target_px / 2 : ui_px(ui, 190);
	char now[16], whole[16], times[64];
	uint32_t at_ms = state == VOICE_PLAYING ? voice_position_ms(voice) : voice_length_ms(voice);
	minutes(at_ms, now);
	minutes(state == VOICE_PLAYING ? voice_length_ms(voice) : REPORT_VOICE_MAX_S * 1000, whole);
	snprintf(times, sizeof times, "%s / %s", now, whole);
	struct look clock = { .size = SIZE_BIG, .ink = p->ink, .align = TEXT_CENTER, .max_lines = 1, .line_percent = 130 };
	int clock_px = t->font_px[SIZE_BIG] * 130 / 100, bars_px = t->compact ? 0 : ui_px(ui, 80), gap = t->gap_px;
	if (in.h < 700)
		bars_px = 0;
	int rest = clock_px + bars_px + gap * (bars_px ? 2 : 1);
	int radius = (in.h - rest) / 2 > most ? most : (in.h - rest) / 2;
	radius = radius < t->target_px / 2 ? t->target_px / 2 : radius;
	int total = rest + 2 * radius;
	cut_top(&in, (in.h - total) / 2 > 0 ? (in.h - total) / 2 : 0);
	ui_text(ui, cut_top(&in, clock_px), times, clock);
	if (bars_px) {
		level_bars(ui, inset(cut_top(&in, bars_px), in.w / 6, 0), state == VOICE_RECORDING ? voice_level(voice) : 0,
		           p->red);
		cut_top(&in, gap);
	}
	round_key(app, ui, in, state, radius);
	if (state == VOICE_READY &&
	    ui_button(ui, "voice.again", t->landscape ? keys : inset(keys, keys.w / 5, 0), "undo", tr("重新说"), BUTTON_PLAIN))
		drop_voice(app);
}
