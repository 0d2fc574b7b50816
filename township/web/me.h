/* me.h: what a deputy's own pages share. Whatever they show or do is the deputy's whose account it is, and nobody else's. */
#ifndef TOWNSHIP_WEB_ME_H
#define TOWNSHIP_WEB_ME_H

#include "township/store_attendance.h"
#include "township/web/web.h"

/* Whose account it is; false with a page where they are no deputy any more. Takes the town's lock itself. */
bool me_deputy(struct request *rq, struct reply *rp, char deputy[REPORT_ID_SIZE]);
/* Frame with the way back to the first page. */
void me_begin(struct html *h, const struct request *rq, const char *title);

#endif
