/* What the office does with a case, step by step, as far as the rules of model/case.h allow. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/slip_code.h"
#include "model/utf8.h"
#include "township/cases.h"
#include "township/search.h"

enum { STEP_TEXT_MAX_CHARS = 4000, STEP_TEXT_SIZE = STEP_TEXT_MAX_CHARS * 4 + 1, STEP_NAME_MAX_CHARS = 60 };

static enum err refuse(struct step_refusal *refusal, enum err e, const char *what, const char *remedy)
{
	*refusal = (struct step_refusal){e, what, remedy};
	return e;
}

/* The slip's code out of the sealed body. */
static enum err sealed_code(struct town *town, const char *case_id, struct slip_code *code)
{
	uint8_t *sealed;
	size_t sealed_len, len;
	char *text;
	town_lock(town);
	enum err e = town_case_sealed(town->store, case_id, &sealed, &sealed_len);
	town_unlock(town);
	if (e)
		return e;
	e = town_unseal(town, sealed, sealed_len, &text, &len);
	free(sealed);
	if (e)
		return e == ERR_DENIED ? ERR_CORRUPT : e;
	json_t *body = json_loadb(text, len, 0, NULL);
	const char *chars = json_string_value(json_object_get(body, "code"));
	e = chars && slip_code_parse(chars, strlen(chars), code) == ERR_OK ? ERR_OK : ERR_CORRUPT;
	json_decref(body);
	town_forget(text, len);
	return e;
}

enum err case_prepare_key(struct town *town, const char *case_id)
{
	struct town_case c;
	struct slip_code code;
	struct slip_keys keys;
	town_lock(town);
	enum err e = town_case_get(town->store, case_id, &c);
	town_unlock(town);
	if (e || c.has_view_key)
		return e;
	e = sealed_code(town, case_id, &code);
	if (e)
		return e;
	e = slip_keys_derive(&code, town->keys->slip_salt, &keys);
	sodium_memzero(&code, sizeof code);
	if (!e && sodium_memcmp(keys.lookup, c.lookup, sizeof c.lookup) != 0)
		fprintf(stderr, "township: case %s: its lookup tag is not its code's; no slip will find it\n",
		        case_id);
	uint8_t sealed[TOWN_VIEW_KEY_SEALED];
	if (!e)
		e = seal_to(town->keys->seal_public, keys.view_key, sizeof keys.view_key, sealed);
	sodium_memzero(&keys, sizeof keys);
	if (e)
		return e;
	town_lock(town);
	e = town_begin(town->store);
	if (!e)
		e = town_case_get(town->store, case_id, &c);
	if (!e && !c.has_view_key) {
		memcpy(c.view_key_sealed, sealed, sizeof sealed);
		c.has_view_key = true;
		e = town_case_update(town->store, &c);
	}
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}

static bool given(const char *s)
{
	return s && s[0];
}

/* Fills in who acts, and checks that each step has what it needs. */
static enum err step_details(struct town *town, struct town_case *c, enum case_step kind,
                             const struct step_order *o, struct town_step *step, struct step_refusal *r)
{
	char name[128] = "";
	if (c->assigned[0] && town_deputy_name(town->store, c->assigned, name))
		name[0] = '\0';
	snprintf(step->who, sizeof step->who, "%s人大办", town->township);
	switch (kind) {
	case STEP_ACCEPT: memcpy(step->due, c->transfer_due, sizeof step->due); break;
	case STEP_ASSIGN: {
		if (!given(o->deputy))
			return refuse(r, ERR_INVALID, "没有指定代表", "请写明代表的编号或姓名");
		char id[REPORT_ID_SIZE];
		enum err e = town_deputy_resolve(town->store, o->deputy, id);
		if (e == ERR_NOT_FOUND)
			return refuse(r, e, "没有这位代表", "请核对代表名册中的编号或姓名");
		if (e == ERR_EXISTS)
			return refuse(r, ERR_INVALID, "有几位代表同名", "请改用代表的编号");
		if (!e)
			e = town_deputy_name(town->store, id, name);
		if (e)
			return e;
		memcpy(c->assigned, id, sizeof id);
		snprintf(step->who, sizeof step->who, "%s 代表", name);
		memcpy(step->due, c->answer_due, sizeof step->due);
		break;
	}
	case STEP_TRANSFER:
		if (!given(o->office))
			return refuse(r, ERR_INVALID, "没有指定承办单位", "请写明承办单位的名称");
		snprintf(c->office, sizeof c->office, "%s", o->office);
		snprintf(step->who, sizeof step->who, "%s", o->office);
		memcpy(step->due, c->answer_due, sizeof step->due);
		break;
	case STEP_EXTEND: {
		struct town_round round;
		struct civil_date from;
		enum err e = town_round_get(town->store, c->id, c->round, &round);
		if (!e)
			e = civil_parse(round.from_date, &from);
		if (e)
			return e;
		town_round_clear(&round);
		c->extended = true;
		civil_format(case_answer_due(from, true, &town->rules), c->answer_due);
		memcpy(step->due, c->answer_due, sizeof step->due);
		break;
	}
	default: /* talk, answer: by whoever is named, or whoever has the case */
		if (!given(o->text))
			return refuse(r, ERR_INVALID, kind == STEP_ANSWER ? "没有写答复内容" : "没有写面谈记录",
			              "请写明内容");
		if (given(o->by))
			snprintf(step->who, sizeof step->who, "%s", o->by);
		else if (kind == STEP_ANSWER && c->office[0])
			snprintf(step->who, sizeof step->who, "%s", c->office);
		else if (name[0])
			snprintf(step->who, sizeof step->who, "%s 代表", name);
		break;
	}
	return ERR_OK;
}

/* The answer is kept with its author, sealed, on the round. */
static enum err keep_answer(struct town *town, const struct town_case *c, const struct town_step *step,
                            const char *text)
{
	uint8_t *sealed;
	size_t len;
	json_t *answer = json_pack("{s:s, s:s}", "text", text, "by", step->who);
	char *plain = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	json_decref(answer);
	if (!plain)
		return ERR_NOMEM;
	enum err e = town_seal(town, plain, strlen(plain), &sealed, &len);
	town_forget(plain, strlen(plain));
	if (e)
		return e;
	e = town_round_answer(town->store, c->id, c->round, step->at_ms, sealed, len);
	free(sealed);
	search_again(town, c->id);
	return e;
}

static enum err record(struct town *town, struct town_case *c, enum case_step kind, struct town_step *step,
                       const char *note, const char *user)
{
	char detail[64];
	enum err e = ERR_OK;
	if (kind == STEP_ANSWER)
		e = keep_answer(town, c, step, note);
	else if (note[0])
		e = town_seal(town, note, strlen(note), &step->note, &step->note_len);
	if (!e)
		e = town_step_add(town->store, c->id, step);
	free(step->note);
	step->note = NULL;
	if (!e && kind == STEP_EXTEND)
		e = town_round_dates(town->store, c);
	c->rev = town_next_rev(town, c->rev);
	c->updated_ms = step->at_ms;
	if (!e)
		e = town_case_update(town->store, c);
	if (!e)
		e = case_publish(town, c);
	snprintf(detail, sizeof detail, "round %d", c->round);
	char act[40];
	snprintf(act, sizeof act, "case.%s", step->step);
	return e ? e : town_audit_user(town, user, act, c->id, detail);
}

enum err case_step_do(struct town *town, struct town_case *c, const struct step_order *order,
                      struct step_refusal *refusal)
{
	struct town_step step = {.at_ms = town_now_ms()};
	enum case_step kind;
	*refusal = (struct step_refusal){0};
	if (case_step_parse(order->step, &kind) || kind > STEP_ANSWER)
		return refuse(refusal, ERR_INVALID, "没有这个办理步骤",
		              "可用的步骤：accept assign transfer extend talk answer");
	const char *texts[] = {order->office, order->by, order->text, order->consent};
	for (int i = 0; i < 4; i++)
		if (texts[i] &&
		    utf8_count(texts[i], strlen(texts[i])) > (i < 2 ? STEP_NAME_MAX_CHARS : STEP_TEXT_MAX_CHARS))
			return refuse(refusal, ERR_TOO_LONG, "文字太长", "名称不超过 60 字，内容不超过 4000 字");
	struct case_facts facts = {.state = c->state,
	                           .extended = c->extended,
	                           .consented = given(order->consent)};
	enum case_state next;
	if (case_step_apply(&facts, kind, &next)) {
		facts.consented = true;
		if (kind == STEP_EXTEND && case_step_apply(&facts, kind, &next) == ERR_OK)
			return refuse(refusal, ERR_INVALID, "延期须经主席团同意", "请写明是哪次主席团会议同意的，或同意的文号");
		return refuse(refusal, ERR_STATE,
		              kind == STEP_EXTEND && c->extended ? "本轮已经延期过一次" : "现在不能走这一步",
		              "请刷新页面，看现在可以走的步骤");
	}
	enum err e = step_details(town, c, kind, order, &step, refusal);
	if (e)
		return e;
	c->state = next;
	step.round = c->round;
	snprintf(step.step, sizeof step.step, "%s", case_step_id(kind));
	snprintf(step.user, sizeof step.user, "%s", order->user);
	char *note = malloc(STEP_TEXT_SIZE);
	if (!note)
		return ERR_NOMEM;
	const char *text = kind == STEP_EXTEND ? order->consent : order->text ? order->text : "";
	e = utf8_clean(text, strlen(text), true, STEP_TEXT_MAX_CHARS, note, STEP_TEXT_SIZE);
	if (!e)
		e = record(town, c, kind, &step, note, order->user);
	town_forget(note, STEP_TEXT_SIZE);
	return e;
}
