/* What the office does to one deputy. */
#include "township/roster_edit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "model/civil.h"
#include "township/publish.h"
#include "township/roster_change.h"
#include "township/store_attendance.h"

static enum err no_such(struct refusal *refusal, enum err e)
{
	return e == ERR_NOT_FOUND ? refuse_with(refusal, e, "请从名册里打开", "没有这位代表") : e;
}

static enum err check_mandates(const struct roster_person *p, struct refusal *refusal)
{
	if (p->mandate_count == 0)
		return refuse_with(refusal, ERR_INVALID, "请至少选一个层级", "没有写是哪一级的代表");
	for (size_t i = 0; i < p->mandate_count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(p->mandates[i].level, p->mandates[k].level) == 0)
				return refuse_with(refusal, ERR_INVALID, "一个层级只写一次；选区改了的，直接改那一行", "“%s”写了两次",
				                   roster_level_zh(p->mandates[i].level));
	return ERR_OK;
}

static enum err check_person(struct roster_person *p, struct refusal *refusal)
{
	char birth[sizeof p->birth];
	roster_name_close_up(p->name);
	if (!p->name[0])
		return refuse_with(refusal, ERR_INVALID, "请写上姓名", "没有写姓名");
	if (!roster_birth(p->birth, birth))
		return refuse_with(refusal, ERR_INVALID, "请写年和月，例如 1979-05", "出生年月不对");
	memcpy(p->birth, birth, sizeof birth);
	if (strcmp(p->gender, "男") != 0 && strcmp(p->gender, "女") != 0)
		return refuse_with(refusal, ERR_INVALID, "请选男或女", "没有选性别");
	if (p->group_role[0] && !p->group[0])
		return refuse_with(refusal, ERR_INVALID, "请先选代表小组，或不选小组职务", "有小组职务，没有小组");
	return check_mandates(p, refusal);
}

/* The one that the form was made from, or nobody where it is a new one. */
static enum err check_known(struct town *town, struct roster_person *p, const char *mark, struct refusal *refusal)
{
	struct town_person known;
	char now[ROSTER_MARK_SIZE];
	bool new_one = p->id[0] == '\0';
	if (new_one)
		roster_make_id(p);
	enum err e = town_person_get(town->store, p->id, &known);
	if (new_one) {
		if (e)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		e = refuse_with(refusal, ERR_EXISTS,
		                known.left ? "这位代表离任了；请在名册里筛选“已离任”，打开后恢复" : "请在名册里找到这一位来修改",
		                "名册里已有姓名、性别、出生年月都相同的代表");
		p->id[0] = '\0';
		return e;
	}
	if (e)
		return no_such(refusal, e);
	roster_person_mark(&known, now);
	return strcmp(now, mark) == 0
	           ? ERR_OK
	           : refuse_with(refusal, ERR_STATE, "请重新打开这一页，看过现在的内容再改", "您打开以后，别人改过这位代表");
}

enum err roster_save(struct town *town, struct roster_person *p, const char *mark, const char *user, struct refusal *refusal)
{
	enum err e = check_person(p, refusal);
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = check_known(town, p, mark, refusal);
	if (!e)
		e = publish_deputy(town, p, false);
	if (!e)
		e = town_audit_user(town, user, "deputy.put", p->id, "");
	return town_end(town->store, e);
}

enum err roster_leave(struct town *town, const char *deputy, const char *user, struct refusal *refusal)
{
	struct town_person person;
	enum err e = town_begin(town->store);
	if (!e)
		e = no_such(refusal, town_person_get(town->store, deputy, &person));
	if (!e && person.left)
		e = refuse_with(refusal, ERR_STATE, "不必再办", "这位代表已经离任");
	if (!e)
		e = publish_deputy_left(town, deputy);
	if (!e)
		e = town_audit_user(town, user, "deputy.left", deputy, "");
	return town_end(town->store, e);
}

/* ---- the ID number ---- */

static enum err put_digest(struct town *town, struct roster_person *p, const char *user, struct refusal *refusal)
{
	char owner[REPORT_ID_SIZE], name[128] = "";
	enum err e = ERR_OK;
	if (p->has_digest) {
		e = town_digest_owner(town->store, p->id_digest, p->id, owner);
		if (!e) {
			e = town_deputy_name(town->store, owner, name);
			return e ? e : refuse_with(refusal, ERR_EXISTS, "请先核对；登记错了的，先在那一位的页面撤回", "这个身份证号登记在%s名下", name);
		}
		e = e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	if (!e)
		e = p->has_digest ? town_digest_put(town->store, p->id, &p->id_params, p->id_digest)
		                  : town_digest_put(town->store, p->id, NULL, NULL);
	if (!e)
		e = publish_deputy_again(town, p->id);
	return e ? e : town_audit_user(town, user, p->has_digest ? "deputy.id_number" : "deputy.id_number_back", p->id, "");
}

/* Under the lock: the deputy is there, and the number may be theirs. */
static enum err look_up(struct town *town, const char *deputy, const char *number, struct id_params *params,
                        struct refusal *refusal)
{
	struct town_person person;
	char birth[8];
	enum err e = no_such(refusal, town_person_get(town->store, deputy, &person));
	if (!e && person.left)
		e = refuse_with(refusal, ERR_STATE, "请先恢复这位代表", "这位代表已经离任");
	if (!e && number) {
		snprintf(birth, sizeof birth, "%.4s-%.2s", number + 6, number + 10);
		if (person.p.birth[0] && strncmp(birth, person.p.birth, sizeof birth - 1) != 0)
			e = refuse_with(refusal, ERR_INVALID, "请核对号码，或先改正出生年月", "身份证号里的出生年月和名册里的不一样");
	}
	return !e && number ? publish_id_params(town, params) : e;
}

enum err roster_id_number(struct town *town, const char *deputy, const char *number, const char *user, struct refusal *refusal)
{
	struct roster_person p = {0};
	if (number && !id_number_ok(number))
		return refuse_with(refusal, ERR_INVALID, "请核对 18 位号码，最后一位可以是 X", "身份证号不对");
	snprintf(p.id, sizeof p.id, "%.63s", deputy);
	town_lock(town);
	enum err e = look_up(town, deputy, number, &p.id_params, refusal);
	town_unlock(town);
	if (!e && number) {
		e = id_digest(number, &p.id_params, p.id_digest);
		p.has_digest = !e;
	}
	if (e)
		return e;
	town_lock(town);
	e = town_begin(town->store);
	if (!e)
		e = put_digest(town, &p, user, refusal);
	e = town_end(town->store, e);
	town_unlock(town);
	return e;
}

/* ---- honours ---- */

/* 2026, 2026-03 or 2026-03-12 */
static bool honour_date_ok(const char *date)
{
	char whole[TOWN_DATE_SIZE + 8];
	struct civil_date day;
	size_t len = strlen(date);
	if (len != 4 && len != 7 && len != 10)
		return false;
	snprintf(whole, sizeof whole, "%.10s%s", date, len == 4 ? "-01-01" : len == 7 ? "-01" : "");
	return civil_parse(whole, &day) == ERR_OK;
}

enum err roster_honour_add(struct town *town, struct town_honour *h, const char *user, struct refusal *refusal)
{
	struct town_person person;
	uint8_t random[10];
	if (!h->title[0])
		return refuse_with(refusal, ERR_INVALID, "请写上荣誉的名称", "没有写荣誉");
	if (!honour_date_ok(h->date))
		return refuse_with(refusal, ERR_INVALID, "请写年、年月或年月日，例如 2026、2026-03、2026-03-12", "日期不对");
	randombytes_buf(random, sizeof random);
	uuid7_make(town_now_ms(), random, h->id);
	enum err e = town_begin(town->store);
	if (!e)
		e = no_such(refusal, town_person_get(town->store, h->deputy, &person));
	if (!e && person.left)
		e = refuse_with(refusal, ERR_STATE, "请先恢复这位代表", "这位代表已经离任");
	if (!e)
		e = town_honour_add(town->store, h);
	if (!e)
		e = publish_deputy_again(town, h->deputy);
	if (!e)
		e = town_audit_user(town, user, "honour.added", h->deputy, h->title);
	return town_end(town->store, e);
}

enum err roster_honour_remove(struct town *town, const char *deputy, const char *id, const char *user, struct refusal *refusal)
{
	struct town_person person = {.left = true};
	enum err e = town_begin(town->store);
	if (!e)
		e = no_such(refusal, town_person_get(town->store, deputy, &person));
	if (!e) {
		e = town_honour_remove(town->store, deputy, id);
		if (e == ERR_NOT_FOUND)
			e = refuse_with(refusal, e, "可能已经撤下了；请看现在的列表", "没有这一项荣誉");
	}
	if (!e && !person.left)
		e = publish_deputy_again(town, deputy);
	if (!e)
		e = town_audit_user(town, user, "honour.removed", deputy, id);
	return town_end(town->store, e);
}

enum err roster_portrait(struct town *town, const char *deputy, const char *op, json_t *data, const char *user)
{
	char name[128];
	enum err e = data ? town_begin(town->store) : ERR_NOMEM;
	if (e)
		return e;
	e = town_deputy_name(town->store, deputy, name);
	if (!e)
		e = town_change_put(town->store, "portrait", op, deputy, data, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, op[0] == 'd' ? "portrait.removed" : "portrait.put", deputy, "");
	return town_end(town->store, e);
}
