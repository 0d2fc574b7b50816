/* The front page: what waits for somebody. */
#include "township/web/pages.h"
#include "township/web/web.h"

void web_front(struct request *rq, struct reply *rp)
{
	struct html h;
	web_begin(&h, rq, "今天要办的", WEB_FRONT);
	web_end(&h, rq, rp, 200);
}
