/* pages.h: the pages behind web_routes (routes.c). */
#ifndef TOWNSHIP_WEB_PAGES_H
#define TOWNSHIP_WEB_PAGES_H

#include "township/http.h"

/* files.c: the style sheet, the script and the icon; kept by browsers */
void web_style(struct request *rq, struct reply *rp);
void web_script(struct request *rq, struct reply *rp);
void web_icon(struct request *rq, struct reply *rp);

/* sign_in.c */
void web_sign_in(struct request *rq, struct reply *rp);
void web_sign_in_post(struct request *rq, struct reply *rp);
void web_sign_out(struct request *rq, struct reply *rp);

/* front.c */
void web_front(struct request *rq, struct reply *rp);

#endif
