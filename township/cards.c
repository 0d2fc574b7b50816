/* Deputies' QR cards: issued one number after the other, revoked by a number that has passed. */
#include <stdio.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/attendance.h"

static enum err publish_card(struct town *town, const char *deputy, struct card_state *state)
{
	enum err e = town_card_state(town->store, deputy, state);
	if (e)
		return e;
	json_t *data = json_pack("{s:I, s:I}", "issue", (json_int_t)state->issue, "lost_through",
	                         (json_int_t)state->lost_through);
	e = data ? town_change_put(town->store, "card", "put", deputy, data, town_now_ms()) : ERR_NOMEM;
	json_decref(data);
	return e;
}

enum err card_issue(struct town *town, const char *deputy, int days, const char *user, struct card_token *card,
                    char text[CARD_TOKEN_SIZE])
{
	struct card_state state;
	if (days < 1 || days > CARD_DAYS_MAX)
		return ERR_INVALID;
	enum err e = town_card_state(town->store, deputy, &state);
	if (e)
		return e;
	*card = (struct card_token){.issue = state.issue + 1,
	                            .issued_day = (int)civil_day_number(civil_from_ms(town_now_ms()).date)};
	card->expires_day = card->issued_day + days;
	if (!str_copy(card->deputy, sizeof card->deputy, deputy))
		return ERR_TOO_LONG;
	e = card_token_make(card, town->keys->sign_secret, town->keys->sign_public, text);
	if (!e)
		e = town_card_add(town->store, card, user);
	return e ? e : publish_card(town, deputy, &state);
}

enum err card_again(struct town *town, const char *deputy, uint32_t issue, struct card_token *card, char text[CARD_TOKEN_SIZE])
{
	*card = (struct card_token){.issue = issue};
	if (!str_copy(card->deputy, sizeof card->deputy, deputy))
		return ERR_TOO_LONG;
	enum err e = town_card_days(town->store, deputy, issue, &card->issued_day, &card->expires_day);
	return e ? e : card_token_make(card, town->keys->sign_secret, town->keys->sign_public, text);
}

enum err card_report_lost(struct town *town, const char *deputy, const char *user, struct card_state *state)
{
	enum err e = town_card_state(town->store, deputy, state);
	if (e)
		return e;
	if (state->issue == 0)
		return ERR_STATE;
	if (state->lost_through >= state->issue)
		return ERR_OK;
	e = town_card_lost(town->store, deputy, state->issue, town_now_ms(), user);
	return e ? e : publish_card(town, deputy, state);
}
