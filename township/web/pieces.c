/* Badges, pages of a list, times, downloads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/web/web.h"

void web_badge(struct html *h, enum web_light light, const char *words)
{
	static const char *const classes[] = {"green", "amber", "red", "grey"}, *const signs[] = {"●", "◆", "▲", "○"};
	html_put(h, "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</span>", classes[light], signs[light], words);
}

void web_pager(struct html *h, const char *path, const char *query, const char *next, bool first)
{
	if (first && !next)
		return;
	html_put(h, "<nav class=\"pager\" aria-label=\"翻页\">");
	if (!first)
		html_put(h, "<a class=\"button\" href=\"%s%s\">« 回到第一页</a>", path, query);
	if (next)
		html_put(h, "<a class=\"button\" href=\"%s%safter=%s\" rel=\"next\">下一页 »</a>", path, query, next);
	html_put(h, "</nav>");
}

const char *web_date(int64_t ms, char out[24])
{
	if (ms > 0)
		civil_format(civil_from_ms(ms).date, out);
	else
		snprintf(out, 24, "—");
	return out;
}

const char *web_time(int64_t ms, char out[24])
{
	web_date(ms, out);
	if (ms > 0) {
		struct civil_time t = civil_from_ms(ms);
		snprintf(out + 10, 14, " %02d:%02d", t.hour % 24, t.minute % 60);
	}
	return out;
}

enum err web_time_read(const char *text, int64_t *ms)
{
	char date[11];
	struct civil_date day;
	int64_t hour = 0, minute = 0;
	if (strlen(text) < 10)
		return ERR_INVALID;
	memcpy(date, text, 10);
	date[10] = '\0';
	const char *clock = text + 10;
	enum err e = civil_parse(date, &day);
	if (!e && *clock &&
	    ((!str_skip(&clock, "T") && !str_skip(&clock, " ")) || !str_take_number(&clock, &hour) || !str_skip(&clock, ":") ||
	     !str_take_number(&clock, &minute) || *clock || hour < 0 || hour > 23 || minute < 0 || minute > 59))
		e = ERR_INVALID;
	if (!e)
		*ms = civil_to_ms(day) + (hour * 60 + minute) * 60000;
	return e;
}

const char *web_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

int64_t web_number(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

void web_csv_begin(struct html *h)
{
	*h = (struct html){0};
	html_raw(h, "\xEF\xBB\xBF", 3);
}

/* RFC 6266: the name in UTF-8, and a plain one for what cannot read that. */
static void name_download(struct reply *rp, const char *filename, bool inline_too)
{
	char name[220], value[320];
	html_url(filename, name, sizeof name);
	snprintf(value, sizeof value, "%s; filename*=UTF-8''%s", inline_too ? "inline" : "attachment", name);
	reply_header(rp, "Content-Disposition", value);
}

void web_csv_reply(struct html *h, struct reply *rp, const char *filename)
{
	html_reply(h, rp, 200, "text/csv; charset=utf-8");
	if (rp->status == 200)
		name_download(rp, filename, false);
}

void web_bytes_reply(struct reply *rp, const void *bytes, size_t len, const char *type, const char *filename,
                     bool inline_too)
{
	struct html h = {0};
	html_raw(&h, bytes, len);
	html_reply(&h, rp, 200, type);
	name_download(rp, filename, inline_too);
	/* A picture that somebody sent is a picture, whatever is in it. */
	reply_header(rp, "Content-Security-Policy", "default-src 'none'; sandbox");
}

bool web_range(const struct request *rq, size_t len, size_t *from, size_t *until)
{
	const char *range = request_header(rq, "Range");
	int64_t first = 0, last = INT64_MAX - 1;
	*from = 0;
	*until = len;
	if (!range || !str_skip(&range, "bytes=") || !str_take_number(&range, &first) || !str_skip(&range, "-") ||
	    (*range && !str_take_number(&range, &last)) || *range || first < 0 || last < first || (uint64_t)first >= len)
		return false;
	*from = (size_t)first;
	*until = (uint64_t)last < len ? (size_t)last + 1 : len;
	return true;
}

void web_part_reply(const struct request *rq, struct reply *rp, const char *bytes, size_t len, const char *type,
                    const char *filename)
{
	size_t from, until;
	char range[96];
	bool part = web_range(rq, len, &from, &until);
	web_bytes_reply(rp, bytes + from, until - from, type, filename, true);
	reply_header(rp, "Accept-Ranges", "bytes");
	if (!part || rp->status != 200)
		return;
	rp->status = 206;
	snprintf(range, sizeof range, "bytes %zu-%zu/%zu", from, until - 1, len);
	reply_header(rp, "Content-Range", range);
}
