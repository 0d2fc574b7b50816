#include "pdf/sheet.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"

enum { PDF_MAX_BYTES = 64 * 1024 * 1024 };

static const double pt_per_mm = 72.0 / 25.4;
static const double shrink_step = 0.1;  /* mm */
static const double line_factor = 0.84; /* of the fonts' own line height, which is generous for Latin accents */

struct sheet {
	cairo_surface_t *surface;
	cairo_t *cr;           /* scaled to mm */
	PangoFontMap *fonts;   /* its own, so that nothing of the names stays behind in a cache */
	PangoContext *context; /* in points: font hinting and caches do not expect letters of 3 units */
	enum err error;
	uint8_t *bytes; /* what cairo has written so far */
	size_t len, room;
};

static cairo_status_t on_bytes(void *closure, const unsigned char *bytes, unsigned n)
{
	struct sheet *s = closure;
	if (s->len + n > PDF_MAX_BYTES)
		return CAIRO_STATUS_WRITE_ERROR;
	if (s->len + n > s->room) {
		size_t room = (s->len + n) * 2;
		uint8_t *grown = realloc(s->bytes, room);
		if (!grown)
			return CAIRO_STATUS_NO_MEMORY;
		s->bytes = grown;
		s->room = room;
	}
	memcpy(s->bytes + s->len, bytes, n);
	s->len += n;
	return CAIRO_STATUS_SUCCESS;
}

static void set_metadata(struct sheet *s, const struct sheet_info *info)
{
	char day[11], date[40];
	struct civil_time t = civil_from_ms(info->made_ms);
	civil_format(t.date, day);
	snprintf(date, sizeof date, "%sT%02u:%02u:%02u+08:00", day, (unsigned)t.hour % 24, (unsigned)t.minute % 60,
	         (unsigned)t.second % 60);
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_TITLE, info->title);
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_AUTHOR, info->author);
	cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
}

/* Glyphs where the outlines want them, not on a screen's pixels. */
static void set_fonts(struct sheet *s)
{
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(s->context, options);
	cairo_font_options_destroy(options);
	pango_cairo_context_set_resolution(s->context, 72);
	pango_context_set_round_glyph_positions(s->context, FALSE);
	pango_context_set_language(s->context, pango_language_from_string("zh-cn"));
}

enum err sheet_create(const struct sheet_info *info, struct sheet **sheet)
{
	struct sheet *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->surface = cairo_pdf_surface_create_for_stream(on_bytes, s, info->width_mm * pt_per_mm,
	                                                 info->height_mm * pt_per_mm);
	cairo_pdf_surface_restrict_to_version(s->surface, CAIRO_PDF_VERSION_1_5);
	s->cr = cairo_create(s->surface);
	s->fonts = pango_cairo_font_map_new();
	s->context = s->fonts ? pango_font_map_create_context(s->fonts) : NULL;
	if (!s->context || cairo_status(s->cr) != CAIRO_STATUS_SUCCESS) {
		sheet_destroy(s);
		return ERR_NOMEM;
	}
	set_metadata(s, info);
	set_fonts(s);
	cairo_scale(s->cr, pt_per_mm, pt_per_mm);
	*sheet = s;
	return ERR_OK;
}

void sheet_destroy(struct sheet *sheet)
{
	if (!sheet)
		return;
	if (sheet->context)
		g_object_unref(sheet->context);
	if (sheet->fonts)
		g_object_unref(sheet->fonts);
	cairo_destroy(sheet->cr);
	cairo_surface_destroy(sheet->surface);
	free(sheet->bytes);
	free(sheet);
}

void sheet_next_page(struct sheet *sheet)
{
	cairo_show_page(sheet->cr);
}

enum err sheet_finish(struct sheet *sheet, uint8_t **pdf, size_t *len)
{
	cairo_show_page(sheet->cr);
	cairo_status_t drawn = cairo_status(sheet->cr);
	cairo_surface_finish(sheet->surface);
	if (drawn == CAIRO_STATUS_SUCCESS)
		drawn = cairo_surface_status(sheet->surface);
	if (drawn != CAIRO_STATUS_SUCCESS)
		sheet_fail(sheet, drawn == CAIRO_STATUS_NO_MEMORY ? ERR_NOMEM : ERR_IO);
	if (sheet->error)
		return sheet->error;
	*pdf = sheet->bytes;
	*len = sheet->len;
	sheet->bytes = NULL;
	sheet->len = sheet->room = 0;
	return ERR_OK;
}

cairo_t *sheet_cairo(struct sheet *sheet)
{
	return sheet->cr;
}

void sheet_fail(struct sheet *sheet, enum err e)
{
	if (!sheet->error)
		sheet->error = e;
}

void sheet_colour(struct sheet *sheet, uint32_t rgb)
{
	cairo_set_source_rgb(sheet->cr, (rgb >> 16 & 0xFF) / 255.0, (rgb >> 8 & 0xFF) / 255.0, (rgb & 0xFF) / 255.0);
}

void sheet_rect(struct sheet *sheet, double x, double y, double w, double h, uint32_t rgb)
{
	sheet_colour(sheet, rgb);
	cairo_rectangle(sheet->cr, x, y, w, h);
	cairo_fill(sheet->cr);
}

void sheet_round(struct sheet *sheet, double x, double y, double w, double h, double radius)
{
	const double quarter = acos(0);
	cairo_new_path(sheet->cr);
	cairo_arc(sheet->cr, x + w - radius, y + radius, radius, -quarter, 0);
	cairo_arc(sheet->cr, x + w - radius, y + h - radius, radius, 0, quarter);
	cairo_arc(sheet->cr, x + radius, y + h - radius, radius, quarter, 2 * quarter);
	cairo_arc(sheet->cr, x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
	cairo_close_path(sheet->cr);
}

static void set_size(PangoLayout *layout, const struct sheet_text *box, double size)
{
	PangoFontDescription *font = pango_font_description_new();
	pango_font_description_set_family_static(font, "Noto Sans CJK SC");
	pango_font_description_set_weight(font, box->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, size * pt_per_mm * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
}

static PangoLayout *layout_of(struct sheet *sheet, const struct sheet_text *box, const char *text)
{
	static const PangoAlignment aligns[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
	PangoLayout *layout = pango_layout_new(sheet->context);
	PangoAttrList *attributes = pango_attr_list_new();
	if (box->spacing > 0)
		pango_attr_list_insert(attributes,
		                       pango_attr_letter_spacing_new((int)(box->spacing * pt_per_mm * PANGO_SCALE)));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_alignment(layout, aligns[box->align]);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(layout, (float)line_factor);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

/* In points. */
static void extents(PangoLayout *layout, double *x, double *w, double *h)
{
	PangoRectangle r;
	pango_layout_get_extents(layout, NULL, &r);
	*x = (double)r.x / PANGO_SCALE;
	*w = (double)r.width / PANGO_SCALE;
	*h = (double)r.height / PANGO_SCALE;
}

/* Few lines and large comes first: each number of lines is tried from the largest size down to where one line more would be
 * larger. */
static bool fit(PangoLayout *layout, const struct sheet_text *box, double *w, double *h)
{
	double x;
	pango_layout_set_width(layout, (int)(box->w * pt_per_mm * PANGO_SCALE));
	for (int lines = 1; lines <= box->lines; lines++) {
		double floor = lines == box->lines ? box->least : fmax(box->least, box->size * pow(0.68, lines));
		int steps = (int)((box->size - floor) / shrink_step + 0.5);
		for (int i = 0; i <= steps; i++) {
			set_size(layout, box, box->size - i * shrink_step);
			extents(layout, &x, w, h);
			if (pango_layout_get_line_count(layout) <= lines && *w <= box->w * pt_per_mm &&
			    (lines == 1 || *h <= box->h * pt_per_mm))
				return true;
		}
	}
	return false;
}

double sheet_put(struct sheet *sheet, const struct sheet_text *box, const char *text)
{
	double w = 0, h = 0;
	if (sheet->error || !text[0])
		return 0;
	PangoLayout *layout = layout_of(sheet, box, text);
	if (!fit(layout, box, &w, &h)) {
		sheet_fail(sheet, ERR_TOO_LONG);
	} else if (pango_layout_get_unknown_glyphs_count(layout) > 0) {
		sheet_fail(sheet, ERR_NOT_FOUND);
	} else {
		sheet_colour(sheet, box->rgb);
		cairo_save(sheet->cr);
		cairo_translate(sheet->cr, box->x, box->y + (box->h - h / pt_per_mm) / 2);
		cairo_scale(sheet->cr, 1 / pt_per_mm, 1 / pt_per_mm);
		pango_cairo_show_layout(sheet->cr, layout);
		cairo_restore(sheet->cr);
	}
	g_object_unref(layout);
	return w / pt_per_mm;
}

double sheet_measure(struct sheet *sheet, const struct sheet_text *box, const char *text)
{
	double x, w, h;
	PangoLayout *layout = layout_of(sheet, box, text);
	set_size(layout, box, box->size);
	extents(layout, &x, &w, &h);
	g_object_unref(layout);
	return w / pt_per_mm;
}
