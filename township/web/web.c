/* The frame around every page, and errors as pages. */
#include "township/web/web.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char policy[] = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; "
							 "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static const struct {
	const char *path, *label;
	bool head; /* for the head of the office alone */
} sections[WEB_SECTION_COUNT] = {
	[WEB_FRONT] = {"/", "首页", false},
	[WEB_CASES] = {"/cases", "群众反映", false},
	[WEB_PROPOSALS] = {"/proposals", "建议议案", false},
	[WEB_ACTIVITIES] = {"/activities", "活动", false},
	[WEB_ROSTER] = {"/roster", "代表名册", false},
	[WEB_RULES] = {"/rules", "制度", false},
	[WEB_EVALUATIONS] = {"/evaluations", "评议", false},
	[WEB_FIGURES] = {"/figures", "统计", false},
	[WEB_KIOSKS] = {"/kiosks", "机器", false},
	[WEB_USERS] = {"/users", "账号", true},
};

bool web_is_head(const struct request *rq)
{
	return strcmp(rq->user.role, "head") == 0;
}

bool web_may_write(const struct request *rq)
{
	return web_is_head(rq) || strcmp(rq->user.role, "clerk") == 0;
}

static void put_head(struct html *h, const struct request *rq, const char *title, const char *body_class)
{
	html_put(h,
	         "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
	         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s · %s人大代表之家</title>"
	         "<link rel=\"stylesheet\" href=\"/office.css\"><link rel=\"icon\" href=\"/favicon.svg\">"
	         "<script src=\"/office.js\" defer></script></head><body class=\"%s\">",
	         title, rq->town->township, body_class);
}

static void put_sections(struct html *h, const struct request *rq, enum web_section section)
{
	html_put(h, "<nav class=\"sections\" aria-label=\"栏目\"><ul>");
	for (int i = 0; i < WEB_SECTION_COUNT; i++) {
		if (sections[i].head && !web_is_head(rq))
			continue;
		html_put(h, "<li><a href=\"%s\"", sections[i].path);
		if (i == (int)section)
			html_put(h, " aria-current=\"page\"");
		html_put(h, ">%s</a></li>", sections[i].label);
	}
	html_put(h, "</ul></nav>");
}

static void put_top(struct html *h, const struct request *rq, const char *of)
{
	html_put(h, "<header class=\"top\"><div class=\"in\"><strong>%s人大代表之家 · %s</strong>", rq->town->township, of);
	if (rq->user.id) {
		html_put(h, "<a href=\"/account\">%s</a>", rq->user.name);
		web_form(h, rq, "/logout");
		html_put(h, "<button>退出</button></form>");
	}
	html_put(h, "</div></header>");
}

static void put_title(struct html *h, const struct request *rq, const char *title)
{
	const char *code = request_query(rq, "done"), *done = code ? web_done_text(code) : NULL;
	html_put(h, "<main id=\"main\">");
	if (done)
		html_put(h, "<p class=\"done\" role=\"status\">✓ %s</p>", done);
	html_put(h, "<h1>%s</h1>", title);
}

void web_begin(struct html *h, const struct request *rq, const char *title, enum web_section section)
{
	*h = (struct html){0};
	put_head(h, rq, title, "");
	html_put(h, "<a class=\"skip\" href=\"#main\">跳到正文</a>");
	put_top(h, rq, "人大办");
	if (rq->user.id && strcmp(rq->user.role, "deputy") != 0)
		put_sections(h, rq, section);
	put_title(h, rq, title);
}

void web_begin_paper(struct html *h, const struct request *rq, const char *title)
{
	*h = (struct html){0};
	put_head(h, rq, title, "paper");
	html_put(h, "<p class=\"bar noprint in\"><button class=\"main\" type=\"button\" data-print>打印</button></p>");
	put_title(h, rq, title);
}

void web_begin_phone(struct html *h, const struct request *rq, const char *title)
{
	*h = (struct html){0};
	put_head(h, rq, title, "phone");
	put_top(h, rq, "代表");
	put_title(h, rq, title);
}

void web_end(struct html *h, const struct request *rq, struct reply *rp, unsigned status)
{
	html_put(h, "</main></body></html>\n");
	html_reply(h, rp, status, "text/html; charset=utf-8");
	reply_header(rp, "Content-Security-Policy", policy);
	reply_header(rp, "Referrer-Policy", "same-origin");
	reply_header(rp, "X-Frame-Options", "DENY");
	if (rq->secure)
		reply_header(rp, "Strict-Transport-Security", "max-age=31536000");
}

void web_problem(struct html *h, const char *what, const char *remedy)
{
	if (what)
		html_put(h, "<div class=\"problem\" role=\"alert\"><strong>%s</strong>%s</div>", what, remedy);
}

void web_error(struct request *rq, struct reply *rp)
{
	const json_t *error = json_object_get(rp->json, "error");
	struct html h;
	char what[256], remedy[512];
	unsigned status = rp->status;
	snprintf(what, sizeof what, "%s", web_text(error, "message"));
	snprintf(remedy, sizeof remedy, "%s",
	         status == 404 || status == 405 ? "请核对网址，或从首页找起"
	         : status == 413                ? "请按浏览器的“后退”回到刚才的页面，把文字写短一些，或者换一个小些的文件"
	                                        : web_text(error, "remedy"));
	json_decref(rp->json);
	rp->json = NULL;
	bool deputy = strcmp(rq->user.role, "deputy") == 0;
	if (deputy || strncmp(rq->path, "/s/", 3) == 0)
		web_begin_phone(&h, rq, what);
	else
		web_begin(&h, rq, what, WEB_NONE);
	html_put(&h, "<p class=\"problem\" role=\"alert\">%s。</p><p><a href=\"%s\">回到首页</a></p>", remedy, deputy ? "/me" : "/");
	web_end(&h, rq, rp, status);
}

void web_redirect(struct reply *rp, const char *path, ...)
{
	/* As html_put, but each text is made fit for an address. */
	char where[320], piece[200];
	size_t n = 0;
	va_list args;
	va_start(args, path);
	while (*path && n < sizeof where - 1) {
		if (*path != '%') {
			where[n++] = *path++;
			continue;
		}
		if (path[1] == 's')
			html_url(va_arg(args, const char *), piece, sizeof piece);
		else
			snprintf(piece, sizeof piece, "%d", va_arg(args, int));
		path += 2;
		n += (size_t)snprintf(where + n, sizeof where - n, "%s", piece);
		if (n >= sizeof where)
			n = sizeof where - 1;
	}
	va_end(args);
	where[n] = '\0';
	json_decref(rp->json);
	rp->json = NULL;
	rp->status = 303;
	reply_header(rp, "Location", where);
}
