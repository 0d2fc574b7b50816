#include "township/web/roster_page.h"

#include <stdio.h>
#include <string.h>

#include "model/utf8.h"
#include "township/roster_change.h"

const struct web_option level_options[] = {{"", "—"}, {"township", "乡"}, {"county", "县"}, {"city", "市"}, {NULL, NULL}};

static const struct {
	const char *path, *label;
	bool writes; /* for who may write */
} tabs[ROSTER_TAB_COUNT] = {
	[ROSTER_PEOPLE] = {"/roster", "代表", false},
	[ROSTER_GROUPS] = {"/roster/groups", "代表小组", false},
	[ROSTER_CONSTITUENCIES] = {"/roster/constituencies", "选区", false},
	[ROSTER_CARDS] = {"/roster/cards", "代表证", false},
	[ROSTER_IMPORT] = {"/roster/import", "导入名册", true},
};

void roster_begin(struct html *h, const struct request *rq, const char *title, enum roster_tab tab)
{
	web_begin(h, rq, title, WEB_ROSTER);
	html_put(h, "<nav class=\"tabs noprint\" aria-label=\"名册\">");
	for (int i = 0; i < ROSTER_TAB_COUNT; i++) {
		if (tabs[i].writes && !web_may_write(rq))
			continue;
		html_put(h, "<a href=\"%s\"", tabs[i].path);
		if (i == (int)tab)
			html_put(h, " aria-current=\"page\"");
		html_put(h, ">%s</a>", tabs[i].label);
	}
	html_put(h, "</nav>");
}

void roster_begin_deputy(struct html *h, const struct request *rq, const char *title, const char *id, const char *page)
{
	char path[ROSTER_PATH_SIZE];
	web_begin(h, rq, title, WEB_ROSTER);
	html_put(h, "<p class=\"crumb\"><a href=\"/roster\">« 代表名册</a>");
	if (page)
		html_put(h, " › <a href=\"%s\">%s</a>", roster_path(id, "", path), page);
	html_put(h, "</p>");
}

const char *roster_path(const char *id, const char *rest, char out[ROSTER_PATH_SIZE])
{
	char place[REPORT_ID_SIZE * 3 - 60];
	html_url(id, place, sizeof place);
	snprintf(out, ROSTER_PATH_SIZE, "/roster/%s%.100s", place, rest);
	return out;
}

void put_refusal(struct html *h, const struct refusal *refusal)
{
	char remedy[sizeof((struct refusal *)0)->remedy + 8];
	if (!refusal || !refusal->e)
		return;
	snprintf(remedy, sizeof remedy, "%s。", refusal->remedy);
	web_problem(h, refusal->what, remedy);
}

unsigned roster_status(const struct refusal *refusal)
{
	if (!refusal || !refusal->e)
		return 200;
	return refusal->e == ERR_INVALID || refusal->e == ERR_TOO_LONG ? 422 : refusal->e == ERR_NOT_FOUND ? 404 : 409;
}

bool roster_refused(struct reply *rp, enum err e, const struct refusal *refusal)
{
	if (!refusal->e)
		reply_err(rp, e);
	return refusal->e != ERR_OK;
}

enum err roster_field(const struct request *rq, const char *name, char *out, size_t size)
{
	const char *text = fields_text(rq->fields, name);
	while (*text == ' ' || *text == '\t')
		text++;
	enum err e = utf8_clean(text, strlen(text), false, size, out, size);
	size_t len = strlen(out);
	while (len > 0 && out[len - 1] == ' ')
		out[--len] = '\0';
	return e;
}

void put_mandates(struct html *h, const json_t *deputy)
{
	const json_t *m;
	size_t i;
	json_array_foreach (json_object_get(deputy, "mandates"), i, m) {
		const char *villages = web_text(m, "villages");
		html_put(h, "%s%s", i ? "；" : "", roster_level_zh(web_text(m, "level")));
		if (web_text(m, "constituency")[0])
			html_put(h, " %s", web_text(m, "constituency"));
		if (villages[0])
			html_put(h, "（%s）", villages);
	}
}
