/* The steps of a deputy's proposal: what each needs, and what it changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/str.h"
#include "township/proposals.h"

enum { WHO_MAX_CHARS = 60, TEXT_ROOM = PROPOSAL_TEXT_SIZE + 2 * PROPOSAL_NUMBER_SIZE + 16 };

/* A step under way: the order made clean, and the row that it becomes. */
struct doing {
	enum proposal_step kind;
	struct civil_date day;
	char who[TOWN_NAME_SIZE], office[TOWN_NAME_SIZE], author[128];
	char day_text[TOWN_DATE_SIZE], due[TOWN_DATE_SIZE];
	char *text; /* owned, TEXT_ROOM: what was typed, with room for a line before it */
};

/* Where the rules have no way: why, as far as it can be told. */
static enum err no_way(const struct town_proposal *p, const struct proposal_facts *facts, enum proposal_step kind,
                       struct refusal *r)
{
	if (p->state == PROPOSAL_WITHDRAWN)
		return refuse_with(r, ERR_STATE, "撤回以后不再办理；如需再提，请重新登记一件", "这一件已由代表撤回");
	if (p->state == PROPOSAL_CLOSED)
		return refuse_with(r, ERR_STATE, "已经办结的不再改动", "这一件已经办结");
	if (kind == PROPOSAL_EXTEND && p->state == PROPOSAL_TRANSFERRED)
		return facts->extended ? refuse_with(r, ERR_STATE, "请在现在的期限内答复", "本轮已经延期过一次")
		                       : refuse_with(r, ERR_INVALID, "请写明哪次主席团会议同意，或文号", "延期须经主席团同意");
	if (kind == PROPOSAL_ANSWER && p->state == PROPOSAL_TRANSFERRED)
		return refuse_with(r, ERR_STATE, "请先登记“当面沟通”，再登记答复", "还没有与领衔代表当面沟通的记录");
	return refuse_with(r, ERR_STATE, "请看这一件现在可以办的步骤", "现在不能走这一步");
}

static enum err read_day(struct town *town, const struct town_proposal *p, const struct proposal_order *o, struct doing *d,
                         struct refusal *r)
{
	char last[TOWN_DATE_SIZE], today[TOWN_DATE_SIZE];
	town_today(today);
	bool ok = str_copy(d->day_text, sizeof d->day_text, o->day && o->day[0] ? o->day : today);
	if (!ok || civil_parse(d->day_text, &d->day))
		return refuse_with(r, ERR_INVALID, "请按 2026-03-12 这样填写", "日期不正确");
	if (strcmp(d->day_text, today) > 0)
		return refuse_with(r, ERR_INVALID, "请填写实际办理的日期", "日期在今天之后");
	enum err e = town_proposal_last_day(town->store, p->id, d->kind == PROPOSAL_ANSWER, last);
	if (!e && strcmp(d->day_text, last) < 0)
		return refuse_with(r, ERR_INVALID, "请核对日期", "日期不能早于上一步（%s）", last);
	return e;
}

static enum err read_order(struct town *town, const struct town_proposal *p, const struct proposal_order *o, struct doing *d,
                           struct refusal *r)
{
	if (proposal_clean(o->who, false, WHO_MAX_CHARS, d->who, sizeof d->who) ||
	    proposal_clean(o->office, false, WHO_MAX_CHARS, d->office, sizeof d->office) ||
	    proposal_clean(o->text, true, PROPOSAL_TEXT_MAX_CHARS, d->text, PROPOSAL_TEXT_SIZE))
		return refuse_with(r, ERR_TOO_LONG, "名称不超过 60 字，内容不超过 8000 字", "文字太长");
	enum err e = town_deputy_name(town->store, p->author, d->author);
	return e ? e : read_day(town, p, o, d, r);
}

static enum err do_transfer(struct town *town, struct town_proposal *p, struct doing *d, struct refusal *r)
{
	if (!d->office[0])
		return refuse_with(r, ERR_INVALID, "请写明承办单位，例如：乡人民政府社会事务办公室", "没有填写承办单位");
	memcpy(p->office, d->office, sizeof p->office);
	memcpy(d->who, d->office, sizeof d->who);
	memcpy(p->transferred, d->day_text, sizeof p->transferred);
	civil_format(case_answer_due(d->day, false, &town->rules), p->due);
	return ERR_OK;
}

static enum err do_extend(struct town *town, struct town_proposal *p, const struct proposal_order *o, struct refusal *r)
{
	struct civil_date transferred, due;
	char latest[TOWN_DATE_SIZE];
	enum err e = civil_parse(p->transferred, &transferred);
	if (e)
		return ERR_CORRUPT;
	civil_format(case_answer_due(transferred, true, &town->rules), latest);
	const char *asked = o->due && o->due[0] ? o->due : latest;
	if (civil_parse(asked, &due) || strcmp(asked, p->due) <= 0 || strcmp(asked, latest) > 0)
		return refuse_with(r, ERR_INVALID, "延期只有一次，请填写这个范围内的日期", "新的期限应在 %s 之后，最晚 %s", p->due, latest);
	memcpy(p->due, asked, sizeof p->due);
	p->extended = true;
	return ERR_OK;
}

/* The author's word: what was answered is closed, or begins anew. */
static enum err do_rate(struct town *town, struct town_proposal *p, struct doing *d, struct refusal *r)
{
	memcpy(d->who, d->author, sizeof d->author);
	snprintf(p->rating, sizeof p->rating, "%s", proposal_step_id(d->kind));
	if (d->kind != PROPOSAL_UNSATISFIED)
		return ERR_OK;
	if (!d->text[0])
		return refuse_with(r, ERR_INVALID, "请写明哪里没有办好，以便重新办理", "没有写不满意的理由");
	p->round++;
	p->extended = p->talked = false;
	p->transferred[0] = '\0';
	memcpy(p->since, d->day_text, sizeof p->since);
	civil_format(case_transfer_due(d->day, &town->rules), p->due);
	return ERR_OK;
}

static enum err do_convert(struct town *town, struct town_proposal *p, struct doing *d)
{
	char was[PROPOSAL_NUMBER_SIZE], is[PROPOSAL_NUMBER_SIZE];
	enum err e = town_proposal_next_number(town->store, p->scope, false, &p->number);
	if (e)
		return e;
	p->kind = PROPOSAL_SUGGESTION;
	proposal_number_text(true, p->motion_number, was);
	proposal_number_text(false, p->number, is);
	char head[PROPOSAL_NUMBER_SIZE * 2 + 16];
	snprintf(head, sizeof head, d->text[0] ? "%s改为%s\n" : "%s改为%s", was, is);
	memmove(d->text + strlen(head), d->text, strlen(d->text) + 1);
	memcpy(d->text, head, strlen(head));
	return ERR_OK;
}

/* What the step needs, and what it makes of the proposal; its state is set already. */
static enum err details(struct town *town, struct town_proposal *p, const struct proposal_order *o, struct doing *d,
                        struct refusal *r)
{
	switch (d->kind) {
	case PROPOSAL_CONVERT: return do_convert(town, p, d);
	case PROPOSAL_TRANSFER: return do_transfer(town, p, d, r);
	case PROPOSAL_EXTEND: return do_extend(town, p, o, r);
	case PROPOSAL_TALK:
	case PROPOSAL_ANSWER:
		if (!d->text[0])
			return d->kind == PROPOSAL_ANSWER
			           ? refuse_with(r, ERR_INVALID, "请录入书面答复的正文", "没有填写答复内容")
			           : refuse_with(r, ERR_INVALID, "请简要写明沟通的情况和代表的意见", "没有填写沟通情况");
		if (!d->who[0])
			memcpy(d->who, p->office, sizeof d->who);
		p->talked = true; /* an answer has had its talk before it */
		return ERR_OK;
	case PROPOSAL_WITHDRAW: memcpy(d->who, d->author, sizeof d->author); return ERR_OK;
	default: return do_rate(town, p, d, r);
	}
}

static enum err write_step(struct town *town, struct town_proposal *p, const struct doing *d, int round, const char *user)
{
	char act[40], detail[32];
	const char *step = proposal_step_id(d->kind);
	if (p->state == PROPOSAL_ANSWERED || p->state == PROPOSAL_CLOSED || p->state == PROPOSAL_WITHDRAWN)
		p->due[0] = '\0';
	p->updated_ms = town_now_ms();
	enum err e = town_proposal_update(town->store, p);
	if (!e)
		e = town_proposal_step_add(town->store, p->id,
		                           &(struct town_proposal_step){.round = round, .step = step, .day = d->day_text, .user = user,
		                                                        .who = d->who, .due = p->due, .note = d->text,
		                                                        .at_ms = p->updated_ms});
	snprintf(act, sizeof act, "proposal.%s", step);
	snprintf(detail, sizeof detail, "round %d", round);
	return e ? e : town_audit_user(town, user, act, p->id, detail);
}

/* `deputy`: by the author on their own page; NULL: by the office. */
static enum err do_step(struct town *town, const char *id, const char *deputy, const struct proposal_order *o,
                        struct doing *d, struct refusal *r)
{
	struct town_proposal p;
	enum proposal_state next;
	enum err e = town_proposal_get(town->store, id, &p);
	if (e)
		return e;
	if (deputy && strcmp(deputy, p.author) != 0)
		return refuse_with(r, ERR_DENIED, "请领衔代表本人评价", "只有领衔代表可以评价答复");
	e = read_order(town, &p, o, d, r);
	if (e)
		return e;
	struct proposal_facts facts = {p.kind, p.state, p.extended, p.talked, d->kind == PROPOSAL_EXTEND && d->who[0]};
	if (proposal_step_apply(&facts, d->kind, &next))
		return no_way(&p, &facts, d->kind, r);
	int round = p.round;
	p.state = next;
	e = details(town, &p, o, d, r);
	return e ? e : write_step(town, &p, d, round, o->user);
}

static enum err in_transaction(struct town *town, const char *id, const char *deputy, const struct proposal_order *order,
                               struct refusal *refusal)
{
	struct doing d = {0};
	*refusal = (struct refusal){0};
	if (!order->step || proposal_step_parse(order->step, &d.kind))
		return refuse_with(refusal, ERR_INVALID, "请在页面上选择步骤", "没有这个办理步骤");
	d.text = calloc(1, TEXT_ROOM);
	enum err e = d.text ? town_begin(town->store) : ERR_NOMEM;
	if (!e)
		e = town_end(town->store, do_step(town, id, deputy, order, &d, refusal));
	free(d.text);
	return e;
}

enum err proposal_step_do(struct town *town, const char *id, const struct proposal_order *order, struct refusal *refusal)
{
	return in_transaction(town, id, NULL, order, refusal);
}

enum err proposal_rate(struct town *town, const char *id, const char *deputy, enum rating rating, const char *reason,
                       const char *user, struct refusal *refusal)
{
	/* A rating and its step have one name. */
	struct proposal_order order = {.step = rating_id(rating), .text = reason, .user = user};
	return in_transaction(town, id, deputy, &order, refusal);
}
