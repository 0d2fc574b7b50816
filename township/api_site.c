/* What the office keeps besides cases: kiosks, deputies, rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"
#include "township/api.h"
#include "township/kiosks.h"
#include "township/publish.h"

static void reply_list(struct reply *rp, enum err e, const char *name, json_t *list)
{
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:o}", name, list));
}

void api_enrolments(struct request *rq, struct reply *rp)
{
	json_t *list = NULL;
	enum err e = town_enrolments_json(rq->town->store, &list);
	reply_list(rp, e, "enrolments", list);
}

void api_kiosks(struct request *rq, struct reply *rp)
{
	json_t *list = NULL;
	enum err e = town_kiosks_json(rq->town->store, &list);
	reply_list(rp, e, "kiosks", list);
}

void api_refusals(struct request *rq, struct reply *rp)
{
	json_t *list = NULL;
	enum err e = town_refusals_json(rq->town->store, &list);
	reply_list(rp, e, "refusals", list);
}

void api_enrolment_approve(struct request *rq, struct reply *rp)
{
	struct town_kiosk kiosk = {0};
	enum err e = kiosk_admit(rq->town, rq->args[0], request_text(rq, "name"), rq->user.name, &kiosk);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:s, s:s}", "kiosk", kiosk.id, "name", kiosk.name));
}

void api_enrolment_deny(struct request *rq, struct reply *rp)
{
	enum err e = kiosk_deny(rq->town, rq->args[0], rq->user.name);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:s}", "state", "denied"));
}

void api_kiosk_revoke(struct request *rq, struct reply *rp)
{
	struct town_kiosk kiosk;
	enum err e = kiosk_revoke(rq->town, rq->args[0], rq->user.name, &kiosk);
	if (e && e != ERR_STATE) { /* revoked before: so it is */
		reply_err(rp, e);
		return;
	}
	rp->changed = !e;
	reply_json(rp, 200, json_pack("{s:s, s:b}", "kiosk", kiosk.id, "revoked", 1));
}

/* Copies a member's text, cleaned; false when it is there but no text, or too long. */
static bool take_text(const json_t *object, const char *member, char *out, size_t size)
{
	const json_t *value = json_object_get(object, member);
	out[0] = '\0';
	if (!value)
		return true;
	return json_is_string(value) &&
	       utf8_clean(json_string_value(value), json_string_length(value), false, size, out, size) == ERR_OK;
}

static bool id_valid(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
	return n > 0 && n < REPORT_ID_SIZE && id[n] == '\0';
}

static bool mandates_read(const json_t *list, struct roster_person *p)
{
	const json_t *item;
	size_t i;
	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > sizeof p->mandates / sizeof *p->mandates)
		return false;
	json_array_foreach (list, i, item) {
		struct roster_mandate *m = &p->mandates[i];
		if (!take_text(item, "level", m->level, sizeof m->level) ||
		    !take_text(item, "constituency", m->constituency, sizeof m->constituency) ||
		    !take_text(item, "villages", m->villages, sizeof m->villages) ||
		    (strcmp(m->level, "township") != 0 && strcmp(m->level, "county") != 0 &&
		     strcmp(m->level, "city") != 0))
			return false;
	}
	p->mandate_count = json_array_size(list);
	return true;
}

/* The number, NULL for none, becomes a digest in the time that it takes: not under the lock. */
static enum err digest_number(struct town *town, const char *number, struct roster_person *p)
{
	if (!number)
		return ERR_OK;
	town_lock(town);
	enum err e = publish_id_params(town, &p->id_params);
	town_unlock(town);
	if (!e)
		e = id_digest(number, &p->id_params, p->id_digest);
	p->has_digest = !e;
	return e;
}

void api_deputy_put(struct request *rq, struct reply *rp)
{
	struct roster_person p = {0};
	const json_t *j = rq->json;
	snprintf(p.id, sizeof p.id, "%.63s", rq->args[0]);
	if (!id_valid(rq->args[0]) || !take_text(j, "name", p.name, sizeof p.name) || !p.name[0] ||
	    !take_text(j, "gender", p.gender, sizeof p.gender) ||
	    !take_text(j, "nation", p.nation, sizeof p.nation) ||
	    !take_text(j, "birth", p.birth, sizeof p.birth) || !take_text(j, "job", p.job, sizeof p.job) ||
	    !take_text(j, "group", p.group, sizeof p.group) ||
	    !take_text(j, "group_role", p.group_role, sizeof p.group_role) ||
	    !take_text(j, "phone", p.phone, sizeof p.phone) ||
	    !take_text(j, "initials", p.initials, sizeof p.initials) ||
	    !mandates_read(json_object_get(j, "mandates"), &p)) {
		reply_error(rp, 422, "bad_deputy", "代表信息不正确",
		            "需要 name 和 mandates（level 为 township、county 或 city）");
		return;
	}
	const json_t *number = json_object_get(j, "id_number");
	if (number && !json_is_null(number) && !id_number_ok(json_is_string(number) ? json_string_value(number) : "")) {
		reply_error(rp, 422, "bad_id_number", "身份证号不正确", "请核对 18 位号码，最后一位可以是 X");
		return;
	}
	enum err e = digest_number(rq->town, json_string_value(number), &p);
	town_lock(rq->town);
	if (!e)
		e = town_begin(rq->town->store);
	if (!e) {
		e = publish_deputy(rq->town, &p, json_is_null(number));
		if (!e)
			e = town_audit_user(rq->town, rq->user.name, "deputy.put", p.id, number ? "with id_number" : "");
		e = town_end(rq->town->store, e);
	}
	town_unlock(rq->town);
	rp->changed = !e;
	if (e == ERR_EXISTS)
		reply_error(rp, 409, "id_number_taken", "这个身份证号已经登记在另一位代表名下", "请先核对，再把那一位的改掉");
	else if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:s}", "id", p.id));
}

/* ERR_STATE: had left before; ERR_NOT_FOUND: never was here; ERR_EXISTS: several have the name. */
static enum err find_leaver(struct town *town, const char *id_or_name, char deputy[REPORT_ID_SIZE], char name[128])
{
	bool left = false;
	enum err e = town_deputy_resolve(town->store, id_or_name, deputy);
	if (!e)
		return town_deputy_name(town->store, deputy, name);
	if (e == ERR_NOT_FOUND && (e = town_deputy_has_left(town->store, id_or_name, &left)) == ERR_OK)
		e = left ? ERR_STATE : ERR_NOT_FOUND;
	return e;
}

void api_deputy_left(struct request *rq, struct reply *rp)
{
	char deputy[REPORT_ID_SIZE], name[128];
	enum err e = town_begin(rq->town->store);
	if (!e)
		e = find_leaver(rq->town, rq->args[0], deputy, name);
	if (!e)
		e = publish_deputy_left(rq->town, deputy);
	if (!e)
		e = town_audit_user(rq->town, rq->user.name, "deputy.left", deputy, "");
	e = town_end(rq->town->store, e);
	rp->changed = !e;
	if (e == ERR_STATE)
		reply_error(rp, 409, "already_left", "这位代表已经离任", "不必再办");
	else if (e == ERR_EXISTS)
		reply_error(rp, 409, "several_deputies", "有几位代表同名", "请用代表的编号");
	else if (e == ERR_NOT_FOUND)
		reply_error(rp, 404, "no_such_deputy", "没有这位代表", "请核对名册");
	else if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:s, s:s}", "deputy", deputy, "name", name));
}

void api_rule_put(struct request *rq, struct reply *rp)
{
	struct rules_rule rule = {0};
	const char *text = request_text(rq, "text");
	json_t *articles = json_object_get(rq->json, "article_count");
	snprintf(rule.id, sizeof rule.id, "%.63s", rq->args[0]);
	if (!id_valid(rq->args[0]) || !take_text(rq->json, "title", rule.title, sizeof rule.title) ||
	    !rule.title[0] || !text || !text[0] || !json_is_integer(articles) ||
	    json_integer_value(articles) < 0 || json_integer_value(articles) > 10000) {
		reply_error(rp, 422, "bad_rule", "制度内容不正确", "需要 title、text、article_count");
		return;
	}
	size_t size = strlen(text) * 3 + 1;
	rule.article_count = (size_t)json_integer_value(articles);
	rule.text = malloc(size);
	enum err e = rule.text ? utf8_clean(text, strlen(text), true, size, rule.text, size) : ERR_NOMEM;
	if (!e)
		e = town_begin(rq->town->store);
	if (!e) {
		e = publish_rule(rq->town, &rule, rq->user.name);
		if (!e)
			e = town_audit_user(rq->town, rq->user.name, "rule.put", rule.id, "");
		e = town_end(rq->town->store, e);
	}
	free(rule.text);
	rp->changed = !e;
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:s}", "id", rule.id));
}
