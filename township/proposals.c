/* Deputies' proposals as they come in, congresses, and how a proposal is shown. */
#include "township/proposals.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/civil.h"
#include "model/roster.h"
#include "model/str.h"
#include "model/utf8.h"

enum { NAMES_MAX = 16 * 1024 };

static void new_id(char id[UUID_SIZE])
{
	uint8_t random[10];
	randombytes_buf(random, sizeof random);
	uuid7_make(town_now_ms(), random, id);
}

static bool blank_at(const char *s, size_t *len)
{
	static const char *const blanks[] = {" ", "\t", "\n", "\xE3\x80\x80"}; /* the last: an ideographic space */
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
		*len = strlen(blanks[i]);
		if (strncmp(s, blanks[i], *len) == 0)
			return true;
	}
	return false;
}

enum err proposal_clean(const char *typed, bool lines, size_t max_chars, char *out, size_t size)
{
	size_t n, end = 0;
	typed = typed ? typed : "";
	while (*typed && blank_at(typed, &n))
		typed += n;
	enum err e = utf8_clean(typed, strlen(typed), lines, max_chars, out, size);
	for (size_t at = 0; out[at];) {
		bool blank = blank_at(out + at, &n);
		at += blank ? n : 1;
		if (!blank)
			end = at;
	}
	out[end] = '\0';
	return e;
}

/* ---- congresses ---- */

static enum err congress_dates(const struct town_congress *c, struct congress_dates *dates)
{
	*dates = (struct congress_dates){.has_deadline = c->motion_deadline[0] != '\0'};
	if (civil_parse(c->opens, &dates->opens) || civil_parse(c->closes, &dates->closes) ||
	    (dates->has_deadline && civil_parse(c->motion_deadline, &dates->motion_deadline)))
		return ERR_INVALID;
	return ERR_OK;
}

static enum err read_congress(const struct congress_draft *d, struct town_congress *c, struct refusal *r)
{
	struct congress_dates dates;
	const char *deadline = d->motion_deadline ? d->motion_deadline : "";
	if (proposal_clean(d->name, false, 60, c->name, sizeof c->name))
		return refuse_with(r, ERR_TOO_LONG, "名称请不超过 60 字", "会议名称太长");
	if (!c->name[0])
		return refuse_with(r, ERR_INVALID, "例如：第十九届人民代表大会第三次会议", "没有填写会议名称");
	if (!str_copy(c->opens, sizeof c->opens, d->opens ? d->opens : "") ||
	    !str_copy(c->closes, sizeof c->closes, d->closes ? d->closes : "") ||
	    !str_copy(c->motion_deadline, sizeof c->motion_deadline, deadline) || congress_dates(c, &dates))
		return refuse_with(r, ERR_INVALID, "请填写开幕和闭幕日期，例如 2026-03-10；议案截止日期可以不填", "日期不正确");
	if (!congress_dates_fit(&dates))
		return refuse_with(r, ERR_INVALID, "闭幕不能早于开幕，议案截止不能晚于闭幕", "日期的先后不对");
	return ERR_OK;
}

/* What waits for its first transfer is due so long after the close; with another close it is due on another day. */
static enum err recount(struct town *town, const struct town_congress *c)
{
	struct civil_date closes;
	json_t *ids = NULL;
	const json_t *id;
	size_t i;
	enum err e = civil_parse(c->closes, &closes);
	if (!e)
		e = town_proposals_to_transfer(town->store, c->id, &ids);
	json_array_foreach (ids, i, id) {
		struct town_proposal p;
		if (!e)
			e = town_proposal_get(town->store, json_string_value(id), &p);
		if (e)
			break;
		memcpy(p.since, c->closes, sizeof p.since);
		civil_format(case_transfer_due(closes, &town->rules), p.due);
		e = town_proposal_update(town->store, &p);
	}
	json_decref(ids);
	return e;
}

enum err congress_save(struct town *town, const char *id, const struct congress_draft *draft, const char *user,
                       char made[UUID_SIZE], struct refusal *refusal)
{
	struct town_congress c = {0}, known;
	*refusal = (struct refusal){0};
	enum err e = read_congress(draft, &c, refusal);
	if (e)
		return e;
	if (id[0] && !str_copy(c.id, sizeof c.id, id))
		return ERR_NOT_FOUND;
	if (!id[0])
		new_id(c.id);
	e = town_begin(town->store);
	if (!e && id[0])
		e = town_congress_get(town->store, id, &known);
	if (!e) {
		e = town_congress_put(town->store, &c, town_now_ms());
		if (e == ERR_EXISTS)
			e = refuse_with(refusal, e, "请核对届次和会次", "已经有一次会议叫这个名称");
	}
	if (!e)
		e = recount(town, &c);
	if (!e)
		e = town_audit_user(town, user, id[0] ? "congress.changed" : "congress.added", c.id, c.closes);
	e = town_end(town->store, e);
	if (!e)
		memcpy(made, c.id, UUID_SIZE);
	return e;
}

/* ---- taking one in ---- */

struct signers {
	char ids[PROPOSAL_SIGNERS_MAX][REPORT_ID_SIZE];
	size_t count;
};

/* Names are often written 李　明 on paper: then once more without the blank. */
static enum err resolve(struct town *town, const char *name, char id[REPORT_ID_SIZE], struct refusal *r)
{
	char close[sizeof ((struct roster_person *)NULL)->name];
	enum err e = town_deputy_resolve(town->store, name, id);
	if (e == ERR_NOT_FOUND && str_copy(close, sizeof close, name)) {
		roster_name_close_up(close);
		e = town_deputy_resolve(town->store, close, id);
	}
	if (e == ERR_NOT_FOUND)
		return refuse_with(r, e, "请按代表名册核对姓名", "名册上没有这位代表：%.60s", name);
	if (e == ERR_EXISTS)
		return refuse_with(r, ERR_INVALID, "请改写这位代表的编号（在代表名册中可以查到）", "有几位代表都叫%.60s", name);
	return e;
}

static size_t separator_at(const char *s)
{
	static const char *const marks[] = {"\n", ",", ";", "、", "，", "；"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(s, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

static enum err add_signer(struct town *town, const char *author, const char *name, struct signers *s, struct refusal *r)
{
	char id[REPORT_ID_SIZE];
	enum err e = resolve(town, name, id, r);
	if (e)
		return e;
	if (strcmp(id, author) == 0)
		return refuse_with(r, ERR_INVALID, "领衔代表不用再写一次，请从联名代表中删去", "%.60s已经是领衔代表", name);
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->ids[i], id) == 0)
			return refuse_with(r, ERR_INVALID, "每位代表只算一次，请删去重复的", "%.60s写了两次", name);
	if (s->count == PROPOSAL_SIGNERS_MAX - 1)
		return refuse_with(r, ERR_TOO_LONG, "请核对名单", "联名代表太多");
	memcpy(s->ids[s->count++], id, sizeof id);
	return ERR_OK;
}

static enum err read_signers(struct town *town, const char *author, const char *typed, struct signers *s, struct refusal *r)
{
	char names[NAMES_MAX], piece[TOWN_NAME_SIZE], name[TOWN_NAME_SIZE];
	s->count = 0;
	if (proposal_clean(typed, true, NAMES_MAX, names, sizeof names))
		return refuse_with(r, ERR_TOO_LONG, "请核对名单", "联名代表的名单太长");
	for (const char *p = names; *p;) {
		size_t len = 0, skip = 0;
		while (p[len] && (skip = separator_at(p + len)) == 0)
			len++;
		if (len >= sizeof piece)
			return refuse_with(r, ERR_INVALID, "请一行写一位，或用顿号隔开", "联名代表的姓名没有分开");
		memcpy(piece, p, len);
		piece[len] = '\0';
		enum err e = proposal_clean(piece, false, sizeof name, name, sizeof name);
		if (!e && name[0])
			e = add_signer(town, author, name, s, r);
		if (e)
			return e;
		p += len + (p[len] ? skip : 0);
	}
	return ERR_OK;
}

static enum err fault_words(struct town *town, enum proposal_fault fault, size_t signatories,
                            const struct town_congress *c, struct refusal *r)
{
	switch (fault) {
	case PROPOSAL_FITS: return ERR_OK;
	case PROPOSAL_TOO_FEW:
		return refuse_with(r, ERR_INVALID, "请补齐联名代表后再登记；也可以改按“建议”登记",
		                   "议案须有至少 %d 位代表联名（含领衔代表），现在是 %zu 位", town->proposals.motion_signatories,
		                   signatories);
	case PROPOSAL_NO_CONGRESS:
		return refuse_with(r, ERR_INVALID, "请选择提出议案的会议；闭会期间的请改按“建议”登记", "议案须在人民代表大会会议上提出");
	case PROPOSAL_MOTION_LATE:
		return refuse_with(r, ERR_INVALID, "过了截止日期的，请改按“建议”登记", "这次会议的议案截止日期是 %s", c->motion_deadline);
	case PROPOSAL_AFTER_CONGRESS:
		return refuse_with(r, ERR_INVALID, "闭会以后提出的，会议一栏请选“闭会期间”", "这次会议已在 %s 闭幕", c->closes);
	default: return refuse_with(r, ERR_INVALID, "请核对提出日期", "提出日期在今天之后");
	}
}

static enum err read_words(const char *title, const char *text, char *title_out, char *text_out, struct refusal *r)
{
	if (proposal_clean(title, false, PROPOSAL_TITLE_MAX_CHARS, title_out, PROPOSAL_TITLE_SIZE))
		return refuse_with(r, ERR_TOO_LONG, "标题请不超过 60 字", "标题太长");
	if (!title_out[0])
		return refuse_with(r, ERR_INVALID, "例如：关于修缮青禾小学操场的建议", "没有填写标题");
	if (proposal_clean(text, true, PROPOSAL_TEXT_MAX_CHARS, text_out, PROPOSAL_TEXT_SIZE))
		return refuse_with(r, ERR_TOO_LONG, "正文请不超过 8000 字", "正文太长");
	if (!text_out[0])
		return refuse_with(r, ERR_INVALID, "请录入案由和具体内容", "没有填写正文");
	return ERR_OK;
}

/* Dates, congress and signatories against the rules; what the number runs in, and when it is due. */
static enum err place(struct town *town, const struct proposal_draft *d, size_t signatories, struct town_proposal *p,
                      struct refusal *r)
{
	struct town_congress c = {0};
	struct congress_dates dates, *congress = NULL;
	struct civil_date filed, today = civil_from_ms(town_now_ms()).date;
	if (!d->filed || civil_parse(d->filed, &filed) || !str_copy(p->filed, sizeof p->filed, d->filed))
		return refuse_with(r, ERR_INVALID, "请填写代表交来的日期，例如 2026-03-12", "提出日期不正确");
	if (d->congress && d->congress[0]) {
		enum err e = town_congress_get(town->store, d->congress, &c);
		if (e == ERR_NOT_FOUND)
			return refuse_with(r, ERR_INVALID, "请重新选择", "没有这次会议");
		if (!e)
			e = congress_dates(&c, &dates);
		if (e)
			return e;
		congress = &dates;
		memcpy(p->congress, c.id, sizeof p->congress);
		memcpy(p->scope, c.id, sizeof p->scope);
	} else {
		memcpy(p->scope, p->filed, 4);
	}
	enum err e = fault_words(town, proposal_check(p->kind, signatories, filed, today, congress, &town->proposals), signatories,
	                         &c, r);
	if (e)
		return e;
	struct civil_date since = proposal_counts_from(filed, congress);
	civil_format(since, p->since);
	civil_format(case_transfer_due(since, &town->rules), p->due);
	bool motion = p->kind == PROPOSAL_MOTION;
	return town_proposal_next_number(town->store, p->scope, motion, motion ? &p->motion_number : &p->number);
}

static enum err write_down(struct town *town, const struct town_proposal *p, const char *text, const struct signers *s,
                           const char *user)
{
	char author[128], number[PROPOSAL_NUMBER_SIZE];
	proposal_number_text(p->kind == PROPOSAL_MOTION, p->kind == PROPOSAL_MOTION ? p->motion_number : p->number, number);
	enum err e = town_deputy_name(town->store, p->author, author);
	if (!e)
		e = town_proposal_add(town->store, p, text, s->ids, s->count);
	if (!e)
		e = town_proposal_step_add(town->store, p->id,
		                           &(struct town_proposal_step){.round = 1, .step = "file", .day = p->filed, .user = user,
		                                                        .who = author, .due = p->due, .note = "",
		                                                        .at_ms = p->created_ms});
	return e ? e : town_audit_user(town, user, "proposal.file", p->id, number);
}

/* Title, text, author and co-signers. */
static enum err read_paper(struct town *town, const struct proposal_draft *d, struct town_proposal *p, struct signers *s,
                           char *text, struct refusal *r)
{
	const char *author = d->author ? d->author : "";
	enum err e = read_words(d->title, d->text, p->title, text, r);
	if (!e && !author[0])
		e = refuse_with(r, ERR_INVALID, "请填写领衔（提出）的代表", "没有填写领衔代表");
	if (!e)
		e = resolve(town, author, p->author, r);
	return e ? e : read_signers(town, p->author, d->cosigners, s, r);
}

static enum err take_in(struct town *town, const struct proposal_draft *d, struct town_proposal *p, struct signers *s,
                        char *text, const char *user, struct refusal *r)
{
	enum err e = read_paper(town, d, p, s, text, r);
	if (!e)
		e = place(town, d, s->count + 1, p, r);
	return e ? e : write_down(town, p, text, s, user);
}

enum err proposal_file(struct town *town, const struct proposal_draft *draft, const char *user, char made[UUID_SIZE],
                       struct refusal *refusal)
{
	struct town_proposal p = {.state = PROPOSAL_FILED, .round = 1, .created_ms = town_now_ms()};
	*refusal = (struct refusal){0};
	if (!draft->kind || proposal_kind_parse(draft->kind, &p.kind))
		return refuse_with(refusal, ERR_INVALID, "请选择建议、批评、意见或议案", "没有选择类别");
	char *text = malloc(PROPOSAL_TEXT_SIZE);
	struct signers *signers = malloc(sizeof *signers);
	enum err e = text && signers ? town_begin(town->store) : ERR_NOMEM;
	if (!e) {
		new_id(p.id);
		e = town_end(town->store, take_in(town, draft, &p, signers, text, user, refusal));
	}
	free(signers);
	free(text);
	if (!e)
		memcpy(made, p.id, UUID_SIZE);
	return e;
}

/* What was there before: title, who signed, text. malloc'ed; NULL when out of memory. */
static char *as_it_was(const json_t *p)
{
	const json_t *signer;
	size_t i, size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	fprintf(f, "%s\n领衔代表：%s", json_string_value(json_object_get(p, "title")),
	        json_string_value(json_object_get(p, "author_name")));
	json_array_foreach (json_object_get(p, "signers"), i, signer)
		fprintf(f, "%s%s", i ? "、" : "；联名代表：", json_string_value(json_object_get(signer, "name")));
	fprintf(f, "\n%s", json_string_value(json_object_get(p, "text")));
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static enum err amend(struct town *town, const char *id, const struct proposal_draft *d, struct signers *s, char *text,
                      const char *user, struct refusal *r)
{
	struct town_proposal p;
	json_t *was = NULL;
	char today[TOWN_DATE_SIZE];
	town_today(today);
	enum err e = town_proposal_get(town->store, id, &p);
	if (!e && p.state != PROPOSAL_FILED)
		e = refuse_with(r, ERR_STATE, "已经交办的，登记的内容不再改动；有补充请记在沟通记录里", "现在不能更正登记的内容");
	if (!e)
		e = read_paper(town, d, &p, s, text, r);
	if (!e && p.kind == PROPOSAL_MOTION && s->count + 1 < (size_t)town->proposals.motion_signatories)
		e = fault_words(town, PROPOSAL_TOO_FEW, s->count + 1, NULL, r);
	if (!e)
		e = town_proposal_json(town->store, id, &was);
	if (e)
		return e;
	const struct signers *read = s; /* C11 takes no array of char for one of const char */
	char *note = as_it_was(was);
	json_decref(was);
	e = note ? town_proposal_reword(town->store, &p, text, read->ids, read->count) : ERR_NOMEM;
	if (!e)
		e = town_proposal_step_add(town->store, id,
		                           &(struct town_proposal_step){.round = p.round, .step = "amend", .day = today, .user = user,
		                                                        .who = "", .due = "", .note = note, .at_ms = town_now_ms()});
	free(note);
	return e ? e : town_audit_user(town, user, "proposal.amend", id, "");
}

enum err proposal_amend(struct town *town, const char *id, const struct proposal_draft *draft, const char *user,
                        struct refusal *refusal)
{
	*refusal = (struct refusal){0};
	char *text = malloc(PROPOSAL_TEXT_SIZE);
	struct signers *signers = malloc(sizeof *signers);
	enum err e = text && signers ? town_begin(town->store) : ERR_NOMEM;
	if (!e)
		e = town_end(town->store, amend(town, id, draft, signers, text, user, refusal));
	free(signers);
	free(text);
	return e;
}
