/* The style sheet, the script and the icon, compiled in. */
#include <string.h>

#include "township/web/pages.h"
#include "township/web/web.h"

extern const char *const web_assets[];

static void asset_reply(struct reply *rp, int n, const char *type)
{
	struct html h = {0};
	html_raw(&h, web_assets[n], strlen(web_assets[n]));
	reply_header(rp, "Cache-Control", "max-age=600");
	html_reply(&h, rp, 200, type);
}

void web_style(struct request *rq, struct reply *rp)
{
	(void)rq;
	asset_reply(rp, 0, "text/css; charset=utf-8");
}

void web_script(struct request *rq, struct reply *rp)
{
	(void)rq;
	asset_reply(rp, 1, "text/javascript; charset=utf-8");
}

void web_icon(struct request *rq, struct reply *rp)
{
	(void)rq;
	asset_reply(rp, 2, "image/svg+xml");
}
