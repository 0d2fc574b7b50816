/* api.h: the handlers behind the routes (routes.c), each for one address; described in tests/openapi.yaml. */
#ifndef TOWNSHIP_API_H
#define TOWNSHIP_API_H

#include "township/http.h"

/* api_kiosk.c */
void api_health(struct request *rq, struct reply *rp);
void api_enrol(struct request *rq, struct reply *rp);
void api_enrol_poll(struct request *rq, struct reply *rp);
void api_events(struct request *rq, struct reply *rp);
void api_kiosk_health(struct request *rq, struct reply *rp);
void api_changes(struct request *rq, struct reply *rp);

/* api_office.c */
void api_login(struct request *rq, struct reply *rp);
void api_cases(struct request *rq, struct reply *rp);
void api_case(struct request *rq, struct reply *rp);
void api_case_step(struct request *rq, struct reply *rp);
void api_office_blob(struct request *rq, struct reply *rp);

/* api_site.c */
void api_enrolments(struct request *rq, struct reply *rp);
void api_enrolment_approve(struct request *rq, struct reply *rp);
void api_enrolment_deny(struct request *rq, struct reply *rp);
void api_kiosks(struct request *rq, struct reply *rp);
void api_kiosk_revoke(struct request *rq, struct reply *rp);
void api_refusals(struct request *rq, struct reply *rp);
void api_deputy_put(struct request *rq, struct reply *rp);
void api_deputy_left(struct request *rq, struct reply *rp);
void api_rule_put(struct request *rq, struct reply *rp);

/* api_portrait.c */
void api_portrait_put(struct request *rq, struct reply *rp);
void api_portrait_delete(struct request *rq, struct reply *rp);

/* api_activities.c */
void api_activities(struct request *rq, struct reply *rp);
void api_activity(struct request *rq, struct reply *rp);
void api_activity_post(struct request *rq, struct reply *rp);
void api_activity_cancel(struct request *rq, struct reply *rp);
void api_leave_decide(struct request *rq, struct reply *rp);
void api_leaves(struct request *rq, struct reply *rp);
void api_flags(struct request *rq, struct reply *rp);

/* api_cards.c */
void api_cards(struct request *rq, struct reply *rp);
void api_card_issue(struct request *rq, struct reply *rp);
void api_card_lost(struct request *rq, struct reply *rp);

/* api_phone.c: pages, not JSON */
void api_phone_page(struct request *rq, struct reply *rp);
void api_phone_sign_in(struct request *rq, struct reply *rp);

#endif
