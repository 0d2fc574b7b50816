/* Deputies' QR cards, for the office. */
#include <sodium.h>
#include <stdio.h>

#include "model/civil.h"
#include "township/api.h"
#include "township/attendance.h"

/* False, with the reply filled in. */
static bool resolve(struct request *rq, struct reply *rp, const char *name, char deputy[REPORT_ID_SIZE])
{
	enum err e = town_deputy_resolve(rq->town->store, name, deputy);
	if (e == ERR_EXISTS)
		reply_error(rp, 409, "several_deputies", "有几位代表同名", "请用代表的编号");
	else if (e == ERR_NOT_FOUND)
		reply_error(rp, 404, "no_such_deputy", "没有这位代表", "请核对名册");
	else if (e)
		reply_err(rp, e);
	return !e;
}

void api_cards(struct request *rq, struct reply *rp)
{
	json_t *list = NULL;
	enum err e = town_cards_json(rq->town->store, &list);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:o}", "cards", list));
}

void api_card_issue(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE], name[128], text[CARD_TOKEN_SIZE], detail[32];
	char issued[TOWN_DATE_SIZE], expires[TOWN_DATE_SIZE];
	struct card_token card = {0};
	const char *wanted = request_text(rq, "deputy");
	const json_t *days = json_object_get(rq->json, "days");
	json_int_t n = days ? json_integer_value(days) : CARD_DAYS_DEFAULT;
	if (!wanted || n < 1 || n > CARD_DAYS_MAX) {
		reply_error(rp, 422, "bad_card", "制卡的内容不正确", "deputy 是代表的编号或姓名，days 是 1 至 3650 天");
		return;
	}
	if (!resolve(rq, rp, wanted, deputy))
		return;
	enum err e = town_deputy_name(rq->town->store, deputy, name);
	if (!e)
		e = town_begin(rq->town->store);
	if (!e) {
		e = card_issue(rq->town, deputy, (int)n, rq->user.name, &card, text);
		if (!e) {
			civil_format(civil_from_day_number(card.issued_day), issued);
			civil_format(civil_from_day_number(card.expires_day), expires);
			snprintf(detail, sizeof detail, "%u until %s", (unsigned)card.issue, expires);
			e = town_audit_user(rq->town, rq->user.name, "card.issued", deputy, detail);
		}
		e = town_end(rq->town->store, e);
	}
	rp->changed = !e;
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200,
		           json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "token", text, "deputy", deputy, "name", name, "issue",
		                     (json_int_t)card.issue, "issued", issued, "expires", expires));
	sodium_memzero(text, sizeof text);
}

void api_card_lost(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE], detail[32];
	struct card_state before = {0}, after = {0};
	if (!resolve(rq, rp, rq->args[0], deputy))
		return;
	enum err e = town_begin(rq->town->store);
	if (!e)
		e = town_card_state(rq->town->store, deputy, &before);
	if (!e)
		e = card_report_lost(rq->town, deputy, rq->user.name, &after);
	if (!e && after.lost_through != before.lost_through) {
		snprintf(detail, sizeof detail, "up to %u", (unsigned)after.lost_through);
		e = town_audit_user(rq->town, rq->user.name, "card.lost", deputy, detail);
		rp->changed = !e;
	}
	e = town_end(rq->town->store, e);
	if (e == ERR_STATE)
		reply_error(rp, 409, "no_card", "这位代表还没有代表证", "不必挂失");
	else if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200,
		           json_pack("{s:s, s:I, s:I}", "deputy", deputy, "issue", (json_int_t)after.issue, "lost_through",
		                     (json_int_t)after.lost_through));
}
