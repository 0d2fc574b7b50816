#include "documents/xlsx_style.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/xml.h"
#include "model/civil.h"

enum { CUSTOM_MAX = 1000, DAY_S = 86400, DAYS_1904 = 1462, LEAP_BUG_DAY = 60 };

/* Excel's own formats, and those that its Chinese version has under the numbers 27 to 58. */
struct xlsx_format xlsx_format_builtin(int number)
{
	static const struct xlsx_format date = {.year = true, .month = true, .day = true}, month = {.year = true, .month = true},
	                                day = {.month = true, .day = true}, clock = {.hour = true};
	switch (number) {
	case 14: case 15: case 29: case 30: case 31: case 51: case 53: case 58:
		return number == 58 || number == 30 ? day : date;
	case 16: case 28: case 54:
		return day;
	case 17: case 27: case 36: case 50: case 52: case 57:
		return month;
	case 18: case 20: case 32: case 34: case 55:
		return clock;
	case 19: case 21: case 33: case 35: case 45: case 46: case 47: case 56:
		return (struct xlsx_format){.hour = true, .second = true};
	case 22:
		return (struct xlsx_format){.year = true, .month = true, .day = true, .hour = true};
	default:
		return (struct xlsx_format){0};
	}
}

/* Moves over what is written out: "text", \c, _c, *c, [Red], AM/PM. */
static const char *skip_literal(const char *p)
{
	if (*p == '"') {
		const char *end = strchr(p + 1, '"');
		return end ? end + 1 : p + strlen(p);
	}
	if ((*p == '\\' || *p == '_' || *p == '*') && p[1])
		return p + 2;
	if (*p == '[' && !strchr("hHmMsS", p[1] ? p[1] : '?')) {
		const char *end = strchr(p, ']');
		return end ? end + 1 : p + strlen(p);
	}
	return strncmp(p, "AM/PM", 5) == 0 ? p + 5 : strncmp(p, "A/P", 3) == 0 ? p + 3 : p;
}

struct xlsx_format xlsx_format_code(const char *code)
{
	struct xlsx_format f = {0};
	if (strcmp(code, "General") == 0)
		return f;
	for (const char *p = code; *p && *p != ';';) {
		const char *next = skip_literal(p);
		if (next != p) {
			p = next;
			continue;
		}
		f.year = f.year || *p == 'y' || *p == 'Y';
		f.month = f.month || *p == 'm' || *p == 'M';
		f.day = f.day || *p == 'd' || *p == 'D';
		f.hour = f.hour || *p == 'h' || *p == 'H';
		f.second = f.second || *p == 's' || *p == 'S';
		p++;
	}
	if (!f.year && !f.day && (f.hour || f.second)) /* minutes */
		f.month = false;
	return f;
}

struct custom { int number; struct xlsx_format format; };
struct reading {
	struct xlsx_styles *styles;
	struct custom custom[CUSTOM_MAX];
	size_t customs, room;
	bool in_cells;
};

static enum err add_style(struct reading *r, int number)
{
	struct xlsx_styles *s = r->styles;
	if (s->count == XLSX_MAX_STYLES)
		return ERR_TOO_LONG;
	if (s->count == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct xlsx_format *grown = realloc(s->cells, room * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		s->cells = grown;
		r->room = room;
	}
	struct xlsx_format format = xlsx_format_builtin(number);
	for (size_t i = 0; i < r->customs; i++)
		if (r->custom[i].number == number)
			format = r->custom[i].format;
	s->cells[s->count++] = format;
	return ERR_OK;
}

static enum err on_start(void *ctx, const char *name, const char **attributes)
{
	struct reading *r = ctx;
	const char *code = xml_attribute(attributes, "formatCode");
	if (strcmp(name, "numFmt") == 0 && code && r->customs < CUSTOM_MAX)
		r->custom[r->customs++] = (struct custom){xml_number(attributes, "numFmtId", 1000000, -1), xlsx_format_code(code)};
	r->in_cells = r->in_cells || strcmp(name, "cellXfs") == 0;
	if (r->in_cells && strcmp(name, "xf") == 0)
		return add_style(r, xml_number(attributes, "numFmtId", 1000000, 0));
	return ERR_OK;
}

static enum err on_end(void *ctx, const char *name)
{
	struct reading *r = ctx;
	if (strcmp(name, "cellXfs") == 0)
		r->in_cells = false;
	return ERR_OK;
}

enum err xlsx_styles_read(const char *xml, size_t len, struct xlsx_styles *styles)
{
	struct reading *r = calloc(1, sizeof *r);
	if (!r)
		return ERR_NOMEM;
	r->styles = styles;
	enum err e = xml_read(xml, len, &(struct xml_take){.start = on_start, .end = on_end}, r);
	free(r);
	return e;
}

void xlsx_styles_clear(struct xlsx_styles *styles)
{
	free(styles->cells);
	*styles = (struct xlsx_styles){0};
}

static void plain_number(double v, const char *value, char out[XLSX_NUMBER_SIZE])
{
	/* 15 digits are all that Excel keeps; what is longer shows that it was cut ("5.1302E+17"), as Excel itself shows it. */
	if (fabs(v) >= 1e15)
		snprintf(out, XLSX_NUMBER_SIZE, "%s", value);
	else if (v == floor(v))
		snprintf(out, XLSX_NUMBER_SIZE, "%.0f", v == 0 ? 0.0 : v);
	else
		snprintf(out, XLSX_NUMBER_SIZE, "%.15g", v);
}

void xlsx_number(const char *value, struct xlsx_format format, bool from_1904, char out[XLSX_NUMBER_SIZE])
{
	char *end;
	double v = strtod(value, &end);
	bool date = format.year || format.month || format.day, clock = format.hour || format.second;
	if (end == value || *end || !isfinite(v)) {
		snprintf(out, XLSX_NUMBER_SIZE, "%.39s", value);
		return;
	}
	/* From 1900-01-01 to 9999-12-31 */
	if (!(date || clock) || v < 0 || v >= 2958466 || (date && v < 1)) {
		plain_number(v, value, out);
		return;
	}
	int64_t seconds = llround(v * DAY_S), days = seconds / DAY_S;
	int rest = (int)(seconds % DAY_S);
	if (from_1904)
		days += DAYS_1904;
	/* Day 1 is 1900-01-01, and day 60 a 29 February that there never was. */
	struct civil_date d = civil_from_day_number(civil_day_number((struct civil_date){1899, 12, 31}) + days - (days >= LEAP_BUG_DAY));
	int n = 0;
	if (date && format.year && !format.month && !format.day)
		n = snprintf(out, XLSX_NUMBER_SIZE, "%04d", d.year);
	else if (date && format.year && !format.day)
		n = snprintf(out, XLSX_NUMBER_SIZE, "%04d-%02d", d.year, d.month);
	else if (date)
		n = snprintf(out, XLSX_NUMBER_SIZE, "%04d-%02d-%02d", d.year, d.month, d.day);
	if (clock)
		snprintf(out + n, XLSX_NUMBER_SIZE - (size_t)n, format.second ? "%s%02d:%02d:%02d" : "%s%02d:%02d", n ? " " : "", rest / 3600,
		         rest / 60 % 60, rest % 60);
}
