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
void web_sign_in_code(struct request *rq, struct reply *rp);
void web_sign_out(struct request *rq, struct reply *rp);

/* front.c */
void web_front(struct request *rq, struct reply *rp);

/* cases.c, case.c, case_forms.c */
void web_cases(struct request *rq, struct reply *rp);
void web_case(struct request *rq, struct reply *rp);
void web_case_ink(struct request *rq, struct reply *rp);
void web_case_sound(struct request *rq, struct reply *rp);
void web_case_step(struct request *rq, struct reply *rp);
void web_case_send_back(struct request *rq, struct reply *rp);
void web_case_village(struct request *rq, struct reply *rp);

/* activities.c, activity.c, activity_edit.c, activity_person.c, activity_live.c, activity_proof.c, activity_minutes.c */
void web_activities(struct request *rq, struct reply *rp);
void web_activity_leaves(struct request *rq, struct reply *rp);
void web_activity_flags(struct request *rq, struct reply *rp);
void web_activity(struct request *rq, struct reply *rp);
void web_activity_publish(struct request *rq, struct reply *rp);
void web_activity_cancel(struct request *rq, struct reply *rp);
void web_activity_drop(struct request *rq, struct reply *rp);
void web_activity_new(struct request *rq, struct reply *rp);
void web_activity_edit(struct request *rq, struct reply *rp);
void web_activity_person(struct request *rq, struct reply *rp);
void web_activity_person_post(struct request *rq, struct reply *rp);
void web_activity_live(struct request *rq, struct reply *rp);
void web_activity_roll(struct request *rq, struct reply *rp);
void web_activity_proof(struct request *rq, struct reply *rp);
void web_activity_minutes(struct request *rq, struct reply *rp);
void web_activity_minutes_post(struct request *rq, struct reply *rp);
/* photos.c */
void web_activity_photos(struct request *rq, struct reply *rp);
void web_activity_photos_post(struct request *rq, struct reply *rp);
void web_activity_photo(struct request *rq, struct reply *rp);
void web_activity_photo_post(struct request *rq, struct reply *rp);

/* figures.c */
void web_figures(struct request *rq, struct reply *rp);
void web_figure(struct request *rq, struct reply *rp);
void web_figure_paper(struct request *rq, struct reply *rp);
void web_figure_csv(struct request *rq, struct reply *rp);

/* proposals.c, proposal.c, proposal_new.c, congresses.c */
void web_proposals(struct request *rq, struct reply *rp);
void web_proposal_new(struct request *rq, struct reply *rp);
void web_proposal_file(struct request *rq, struct reply *rp);
void web_proposal(struct request *rq, struct reply *rp);
void web_proposal_step(struct request *rq, struct reply *rp);
void web_congresses(struct request *rq, struct reply *rp);
void web_congress_add(struct request *rq, struct reply *rp);
void web_congress(struct request *rq, struct reply *rp);
void web_congress_save(struct request *rq, struct reply *rp);

/* kiosks.c, kiosk.c */
void web_kiosks(struct request *rq, struct reply *rp);
void web_kiosk_waiting(struct request *rq, struct reply *rp);
void web_kiosk_approve(struct request *rq, struct reply *rp);
void web_kiosk_deny(struct request *rq, struct reply *rp);
void web_kiosk(struct request *rq, struct reply *rp);
void web_kiosk_name(struct request *rq, struct reply *rp);
void web_kiosk_revoke(struct request *rq, struct reply *rp);
void web_kiosk_refusal(struct request *rq, struct reply *rp);

/* evaluations.c, evaluation.c */
void web_evaluations(struct request *rq, struct reply *rp);
void web_evaluation_new(struct request *rq, struct reply *rp);
void web_evaluation_add(struct request *rq, struct reply *rp);
void web_evaluation(struct request *rq, struct reply *rp);
void web_evaluation_paper(struct request *rq, struct reply *rp);
void web_evaluation_edit(struct request *rq, struct reply *rp);
void web_evaluation_begin(struct request *rq, struct reply *rp);
void web_evaluation_drop(struct request *rq, struct reply *rp);
void web_evaluation_count(struct request *rq, struct reply *rp);
void web_evaluation_confirm(struct request *rq, struct reply *rp);
void web_evaluation_recount(struct request *rq, struct reply *rp);
void web_evaluation_note(struct request *rq, struct reply *rp);
/* account.c, account_factor.c: one's own account */
void web_account(struct request *rq, struct reply *rp);
void web_account_sessions(struct request *rq, struct reply *rp);
void web_account_password(struct request *rq, struct reply *rp);
void web_account_password_post(struct request *rq, struct reply *rp);
void web_account_factor(struct request *rq, struct reply *rp);
void web_account_factor_post(struct request *rq, struct reply *rp);
void web_account_factor_off(struct request *rq, struct reply *rp);

/* users.c: others' accounts; audit.c: what everybody did */
void web_users(struct request *rq, struct reply *rp);
void web_user_new(struct request *rq, struct reply *rp);
void web_user_new_post(struct request *rq, struct reply *rp);
void web_user_deputies(struct request *rq, struct reply *rp);
void web_user_deputies_post(struct request *rq, struct reply *rp);
void web_user_deputy_post(struct request *rq, struct reply *rp);
void web_user(struct request *rq, struct reply *rp);
void web_user_post(struct request *rq, struct reply *rp);
void web_audit(struct request *rq, struct reply *rp);
void web_audit_verify(struct request *rq, struct reply *rp);
void web_audit_csv(struct request *rq, struct reply *rp);

/* me.c, me_case.c, me_proposal.c: a deputy's own, on a phone */
void web_me(struct request *rq, struct reply *rp);
void web_me_leave(struct request *rq, struct reply *rp);
void web_me_activities(struct request *rq, struct reply *rp);
void web_me_case(struct request *rq, struct reply *rp);
void web_me_ink(struct request *rq, struct reply *rp);
void web_me_sound(struct request *rq, struct reply *rp);
void web_me_talk(struct request *rq, struct reply *rp);
void web_me_send_back(struct request *rq, struct reply *rp);
void web_me_proposal(struct request *rq, struct reply *rp);
void web_me_rate(struct request *rq, struct reply *rp);

/* rules.c, rules_import.c */
void web_rules(struct request *rq, struct reply *rp);
void web_rule(struct request *rq, struct reply *rp);
void web_rule_new(struct request *rq, struct reply *rp);
void web_rule_edit(struct request *rq, struct reply *rp);
void web_rule_save(struct request *rq, struct reply *rp);
void web_rule_publish(struct request *rq, struct reply *rp);
void web_rules_publish(struct request *rq, struct reply *rp);
void web_rule_withdraw(struct request *rq, struct reply *rp);
void web_rule_drop(struct request *rq, struct reply *rp);
void web_rule_move(struct request *rq, struct reply *rp);
void web_rules_import(struct request *rq, struct reply *rp);
void web_rules_import_post(struct request *rq, struct reply *rp);

/* roster.c, deputy.c, deputy_edit.c, groups.c, constituencies.c, roster_import.c, cards.c, portrait.c */
void web_roster(struct request *rq, struct reply *rp);
void web_roster_csv(struct request *rq, struct reply *rp);
void web_roster_xlsx(struct request *rq, struct reply *rp);
void web_deputy(struct request *rq, struct reply *rp);
void web_deputy_new(struct request *rq, struct reply *rp);
void web_deputy_edit(struct request *rq, struct reply *rp);
void web_deputy_leave(struct request *rq, struct reply *rp);
void web_deputy_leave_post(struct request *rq, struct reply *rp);
void web_deputy_number(struct request *rq, struct reply *rp);
void web_deputy_honour_add(struct request *rq, struct reply *rp);
void web_deputy_honour_remove(struct request *rq, struct reply *rp);
void web_groups(struct request *rq, struct reply *rp);
void web_group(struct request *rq, struct reply *rp);
void web_group_new(struct request *rq, struct reply *rp);
void web_group_remove(struct request *rq, struct reply *rp);
void web_constituencies(struct request *rq, struct reply *rp);
void web_constituency(struct request *rq, struct reply *rp);
void web_constituency_new(struct request *rq, struct reply *rp);
void web_constituency_remove(struct request *rq, struct reply *rp);
void web_roster_import(struct request *rq, struct reply *rp);
void web_roster_import_post(struct request *rq, struct reply *rp);
void web_roster_import_look(struct request *rq, struct reply *rp);
void web_roster_import_confirm(struct request *rq, struct reply *rp);
void web_cards(struct request *rq, struct reply *rp);
void web_card(struct request *rq, struct reply *rp);
void web_card_post(struct request *rq, struct reply *rp);
void web_card_pdf(struct request *rq, struct reply *rp);
void web_portrait(struct request *rq, struct reply *rp);
void web_portrait_post(struct request *rq, struct reply *rp);
void web_portrait_cut(struct request *rq, struct reply *rp);
void web_portrait_picture(struct request *rq, struct reply *rp);

#endif
