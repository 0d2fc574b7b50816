#include "pdf/card.h"

#include <qrencode.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/sheet.h"

/* The colours of the look's README. */
enum {
	PAPER = 0xF6F2EA, WHITE = 0xFFFFFF, LINE = 0xE3DACB, INK = 0x221C17, SOFT = 0x6B6157, RED = 0xA8201A, RED_LIGHT = 0xC43A2E,
	GOLD = 0xB98A2E, GOLD_SOFT = 0xF4E7C8, GOLD_INK = 0x6B4C0D, FACE = 0xEADFCB, FACE_INK = 0x8C7A5C, FIELD = 0xECE4D5,
};
enum { QUIET_MODULES = 4, PORTRAIT_BYTES = 512 * 1024 };

static const double card_w = CARD_WIDTH_UM / 1000.0, card_h = CARD_HEIGHT_UM / 1000.0;
static const double module_min = 0.5; /* mm; what a hand-held scanner reads from a worn card */
static const double head_h = 11.4, edge = 4.5, dated_y = 41.9;
static const struct { double x, y, side; } qr_box = {51.3, 14.4, 30.5};
static const struct { double x, y, w, h; } face_box = {edge, 15.2, 20, 25};
static const struct { double x, w; } column = {27.2, 22.6};

/* ---- the QR code --------------------------------------------------------------------------------------------------- */

/* All its squares in one path, filled once: no hairlines between neighbours. */
static void qr_path(cairo_t *cr, const QRcode *code, double x, double y, double module)
{
	for (int row = 0; row < code->width; row++) {
		const unsigned char *bits = code->data + row * code->width;
		for (int from = 0; from < code->width;) {
			int to = from;
			while (to < code->width && (bits[to] & 1))
				to++;
			if (to > from)
				cairo_rectangle(cr, x + from * module, y + row * module, (to - from) * module, module);
			from = to > from ? to : from + 1;
		}
	}
}

static void draw_qr(struct sheet *sheet, const char *token)
{
	cairo_t *cr = sheet_cairo(sheet);
	QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
	QRcode *code = NULL;
	/* The alphanumeric mode takes no lower case: then it is no token. */
	if (input && QRinput_append(input, QR_MODE_AN, (int)strlen(token), (const unsigned char *)token) == 0)
		code = QRcode_encodeInput(input);
	QRinput_free(input);
	double module = code ? qr_box.side / (code->width + 2 * QUIET_MODULES) : 0;
	if (!code || module < module_min) {
		sheet_fail(sheet, ERR_INVALID);
		QRcode_free(code);
		return;
	}
	const double rim = 0.2; /* the frame stands around the quiet zone */
	sheet_round(sheet, qr_box.x - rim, qr_box.y - rim, qr_box.side + 2 * rim, qr_box.side + 2 * rim, 1.4);
	sheet_colour(sheet, WHITE);
	cairo_fill_preserve(cr);
	sheet_colour(sheet, LINE);
	cairo_set_line_width(cr, 0.15);
	cairo_stroke(cr);
	sheet_colour(sheet, 0);
	qr_path(cr, code, qr_box.x + QUIET_MODULES * module, qr_box.y + QUIET_MODULES * module, module);
	cairo_fill(cr);
	QRcode_free(code);
}

/* ---- the portrait -------------------------------------------------------------------------------------------------- */

static void face_outline(struct sheet *sheet)
{
	sheet_round(sheet, face_box.x, face_box.y, face_box.w, face_box.h, 1.4);
}

static void draw_nobody(struct sheet *sheet)
{
	cairo_t *cr = sheet_cairo(sheet);
	double x = face_box.x + face_box.w / 2, y = face_box.y + face_box.h * 0.40;
	face_outline(sheet);
	sheet_colour(sheet, FACE);
	cairo_fill(cr);
	sheet_colour(sheet, FACE_INK);
	cairo_set_line_width(cr, 0.7);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_new_path(cr);
	cairo_arc(cr, x, y, 2.5, 0, 6.2832);
	cairo_stroke(cr);
	cairo_move_to(cr, x - 4.8, y + 9.6);
	cairo_curve_to(cr, x - 4.8, y + 3.0, x + 4.8, y + 3.0, x + 4.8, y + 9.6);
	cairo_stroke(cr);
}

static enum err jpeg_of(const struct portrait *p, uint8_t **bytes, size_t *len)
{
	if (!p->jpeg)
		return portrait_jpeg(p, PORTRAIT_BYTES, bytes, len);
	*bytes = malloc(p->jpeg_len);
	if (!*bytes)
		return ERR_NOMEM;
	memcpy(*bytes, p->jpeg, p->jpeg_len);
	*len = p->jpeg_len;
	return ERR_OK;
}

/* The picture goes into the document as a JPEG, its own where it has one. */
static enum err portrait_surface(const struct portrait *p, cairo_surface_t **surface)
{
	uint8_t *bytes;
	size_t len;
	enum err e = jpeg_of(p, &bytes, &len);
	if (e != ERR_OK)
		return e;
	cairo_surface_t *s = cairo_image_surface_create_for_data((unsigned char *)p->pixels, CAIRO_FORMAT_RGB24, p->width,
	                                                         p->height, p->width * 4);
	if (cairo_surface_set_mime_data(s, CAIRO_MIME_TYPE_JPEG, bytes, len, free, bytes) != CAIRO_STATUS_SUCCESS) {
		free(bytes);
		cairo_surface_destroy(s);
		return ERR_NOMEM;
	}
	*surface = s;
	return ERR_OK;
}

static void draw_portrait(struct sheet *sheet, const struct portrait *p)
{
	cairo_t *cr = sheet_cairo(sheet);
	cairo_surface_t *surface;
	enum err e = portrait_surface(p, &surface);
	if (e != ERR_OK) {
		sheet_fail(sheet, e);
		return;
	}
	cairo_save(cr);
	face_outline(sheet);
	cairo_clip(cr);
	cairo_translate(cr, face_box.x, face_box.y);
	cairo_scale(cr, face_box.w / p->width, face_box.h / p->height);
	cairo_set_source_surface(cr, surface, 0, 0);
	cairo_paint(cr);
	cairo_restore(cr);
	cairo_surface_destroy(surface);
}

/* ---- what both sides have ---------------------------------------------------------------------------------------------- */

/* The house of the screens' header: of nobody's arms. */
static void draw_mark(struct sheet *sheet, double x, double y, double side, uint32_t ground, uint32_t rgb)
{
	cairo_t *cr = sheet_cairo(sheet);
	sheet_round(sheet, x, y, side, side, side * 0.2);
	sheet_colour(sheet, ground);
	cairo_fill(cr);
	cairo_save(cr);
	cairo_translate(cr, x + side * 0.16, y + side * 0.15);
	cairo_scale(cr, side * 0.68 / 48, side * 0.68 / 48);
	cairo_set_line_width(cr, 3.6);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	sheet_colour(sheet, rgb);
	static const double roof[] = {6, 23, 24, 8, 42, 23}, walls[] = {11, 20, 11, 40, 37, 40, 37, 20},
	                    door[] = {20, 40, 20, 28, 28, 28, 28, 40};
	static const struct { const double *at; int count; } lines[] = {{roof, 3}, {walls, 4}, {door, 4}};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		cairo_new_path(cr);
		for (int k = 0; k < lines[i].count; k++)
			cairo_line_to(cr, lines[i].at[2 * k], lines[i].at[2 * k + 1]);
		cairo_stroke(cr);
	}
	cairo_restore(cr);
}

/* Terraced fields along the lower edge, hardly darker than the paper. */
static void draw_ground(struct sheet *sheet)
{
	cairo_t *cr = sheet_cairo(sheet);
	sheet_rect(sheet, 0, 0, card_w, card_h, PAPER);
	sheet_colour(sheet, FIELD);
	cairo_set_line_width(cr, 0.3);
	for (int i = 0; i < 6; i++) {
		double y = card_h - 4 + i * 1.2, swing = 3.6 - i * 0.4;
		cairo_move_to(cr, 0, y + swing * 0.2);
		cairo_curve_to(cr, card_w * 0.3, y - swing * 0.6, card_w * 0.6, y + swing * 1.2, card_w, y - swing * 0.2);
		cairo_stroke(cr);
	}
}

/* ---- front ------------------------------------------------------------------------------------------------------------- */

static void draw_head(struct sheet *sheet, const struct card *card)
{
	const struct sheet_text title = {.x = 60, .w = card_w - edge - 60 + 0.6, .h = head_h, .size = 4.6, .least = 3, .lines = 1,
	                                 .bold = true, .spacing = 0.6, .align = SHEET_RIGHT, .rgb = GOLD_SOFT};
	const struct sheet_text home = {.x = 13.2, .w = 45.6, .h = head_h, .size = 3.7, .least = 1.2, .lines = 2, .bold = true,
	                                .rgb = WHITE};
	sheet_rect(sheet, 0, 0, card_w, head_h, RED);
	sheet_rect(sheet, 0, head_h, card_w, 0.5, GOLD);
	draw_mark(sheet, edge, 2.4, 6.6, RED_LIGHT, WHITE);
	sheet_put(sheet, &home, card->home);
	sheet_put(sheet, &title, "代表证");
}

/* A mark for each level that the deputy was elected to; gives where the last row ends. */
static double draw_levels(struct sheet *sheet, const char *levels, double y)
{
	static const struct { const char *id, *word; } known[] = {
		{"township", "乡代表"}, {"county", "县代表"}, {"city", "市代表"}};
	const double pad = 1.1, gap = 1.2, row = 4.6;
	struct sheet_text word = {.h = 4, .size = 2.7, .least = 1, .lines = 1, .rgb = GOLD_INK};
	double x = column.x;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (!strstr(levels, known[i].id))
			continue;
		double w = sheet_measure(sheet, &word, known[i].word) + 0.1;
		if (x > column.x && x + w + 2 * pad > column.x + column.w) {
			x = column.x;
			y += row;
		}
		sheet_round(sheet, x, y, w + 2 * pad, word.h, word.h / 2);
		sheet_colour(sheet, GOLD_SOFT);
		cairo_fill(sheet_cairo(sheet));
		word.x = x + pad;
		word.y = y;
		word.w = w;
		sheet_put(sheet, &word, known[i].word);
		x += w + 2 * pad + gap;
	}
	return x > column.x ? y + row : y;
}

static void draw_dated(struct sheet *sheet, double x, double w, const char *label, const char *value)
{
	const struct sheet_text above = {.x = x, .y = dated_y, .w = w, .h = 3, .size = 2.1, .least = 1, .lines = 1, .rgb = SOFT};
	const struct sheet_text below = {.x = x, .y = dated_y + 3, .w = w, .h = 4, .size = 2.8, .least = 1, .lines = 1, .bold = true,
	                                 .rgb = INK};
	sheet_put(sheet, &above, label);
	sheet_put(sheet, &below, value);
}

/* Large; a name of two parts, 买买提·艾力, is parted there if it has to be. */
static void draw_name(struct sheet *sheet, const char *name)
{
	static const char dot[] = "·";
	const struct sheet_text box = {.x = column.x, .y = 14.6, .w = column.w, .h = 12.6, .size = 7, .least = 0.8, .lines = 9,
	                               .bold = true, .rgb = INK};
	struct sheet_text small = box;
	char text[256];
	size_t n = 0;
	small.size = 4.7;
	bool part = sheet_measure(sheet, &small, name) > box.w;
	for (const char *p = name; *p && n + 2 < sizeof text; p++) {
		text[n++] = *p;
		if (part && n >= strlen(dot) && memcmp(text + n - strlen(dot), dot, strlen(dot)) == 0 && p[1])
			text[n++] = '\n';
	}
	text[n] = '\0';
	sheet_put(sheet, &box, text);
}

static void draw_front(struct sheet *sheet, const struct card *card)
{
	struct sheet_text group = {.x = column.x, .w = column.w, .h = 5.4, .size = 2.8, .least = 0.8, .lines = 2, .rgb = SOFT};
	const struct sheet_text hint = {.x = qr_box.x, .y = qr_box.y + qr_box.side + 0.5, .w = qr_box.side, .h = 3.2, .size = 2.3,
	                                .least = 1, .lines = 1, .align = SHEET_CENTRE, .rgb = SOFT};
	char issue[32], until[32];
	draw_ground(sheet);
	draw_head(sheet, card);
	if (card->portrait)
		draw_portrait(sheet, card->portrait);
	else
		draw_nobody(sheet);
	draw_name(sheet, card->name);
	group.y = draw_levels(sheet, card->levels, 28.2);
	if (group.y + group.h > dated_y)
		group.h = dated_y - group.y;
	sheet_put(sheet, &group, card->group);
	snprintf(issue, sizeof issue, "第 %u 次", (unsigned)card->issue);
	snprintf(until, sizeof until, "%d年%d月%d日", card->expires.year, card->expires.month, card->expires.day);
	draw_dated(sheet, edge, 22, "有效期至", until);
	draw_dated(sheet, column.x, column.w, "制卡", issue);
	draw_qr(sheet, card->token);
	sheet_put(sheet, &hint, "签到时对准扫码器");
}

/* ---- back -------------------------------------------------------------------------------------------------------------- */

static void draw_back(struct sheet *sheet, const struct card *card)
{
	const double w = card_w - 2 * edge;
	struct sheet_text home = {.x = edge, .y = 16.2, .w = w, .h = 6, .size = 4, .least = 1, .lines = 2, .bold = true,
	                          .align = SHEET_CENTRE, .rgb = INK};
	struct sheet_text line = {.x = edge, .y = 23.4, .w = w, .h = 6, .size = 3.1, .least = 1, .lines = 3, .align = SHEET_CENTRE,
	                          .rgb = INK};
	const struct sheet_text phone = {.x = edge, .y = 30.4, .w = w, .h = 9, .size = 6.6, .least = 2, .lines = 1, .bold = true,
	                                 .spacing = 0.3, .align = SHEET_CENTRE, .rgb = RED};
	const struct sheet_text note = {.x = edge, .y = 43.6, .w = w, .h = 4, .size = 2.4, .least = 1, .lines = 2,
	                                .align = SHEET_CENTRE, .rgb = SOFT};
	draw_ground(sheet);
	sheet_rect(sheet, 0, 0, card_w, 3.2, RED);
	sheet_rect(sheet, 0, 3.2, card_w, 0.5, GOLD);
	if (!card->phone[0]) { /* the words take the number's place too */
		home.y += 3;
		line.y += 4;
	}
	draw_mark(sheet, card_w / 2 - 3.5, home.y - 9, 7, RED, WHITE);
	sheet_put(sheet, &home, card->home);
	sheet_put(sheet, &line, card->phone[0] ? "拾到这张卡，请送到这里，或者打电话告诉我们。谢谢您。"
	                                       : "拾到这张卡，请送到这里，交给工作人员。谢谢您。");
	sheet_put(sheet, &phone, card->phone);
	sheet_put(sheet, &note, "本卡只供本人签到。丢了请马上告诉乡人大办公室，旧卡随即停用。");
}

enum err card_pdf(const struct card *card, uint8_t **pdf, size_t *len)
{
	const struct sheet_info info = {
		.width_mm = card_w, .height_mm = card_h, .title = "代表证", .author = card->home, .made_ms = card->made_ms};
	struct sheet *sheet;
	enum err e = sheet_create(&info, &sheet);
	if (e != ERR_OK)
		return e;
	draw_front(sheet, card);
	sheet_next_page(sheet);
	draw_back(sheet, card);
	e = sheet_finish(sheet, pdf, len);
	sheet_destroy(sheet);
	return e;
}
