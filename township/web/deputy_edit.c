/* The form of a deputy: a new one, one who is there, or one who comes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/roster_change.h"
#include "township/roster_edit.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

struct edit {
	struct roster_person p;
	char mark[ROSTER_MARK_SIZE]; /* of the person as the form was made */
	bool is_new, left;
	struct refusal refusal;
};
enum { MANDATES = sizeof((struct roster_person *)0)->mandates / sizeof(struct roster_mandate) };

static const struct web_option genders[] = {{"", "请选"}, {"女", "女"}, {"男", "男"}, {NULL, NULL}};
static const struct web_option roles[] = {{"", "组员"}, {"组长", "组长"}, {"副组长", "副组长"}, {"记录员", "记录员"}, {NULL, NULL}};

/* ---- the form ---- */

static void put_person(struct html *h, const struct roster_person *p)
{
	html_put(h, "<fieldset><legend>本人</legend><div class=\"pair\">");
	web_input(h, &(struct web_field){.name = "name", .label = "姓名", .value = p->name, .max = 40, .required = true});
	web_select(h, &(struct web_field){.name = "gender", .label = "性别", .value = p->gender, .required = true}, genders);
	web_input(h, &(struct web_field){.name = "nation", .label = "民族", .value = p->nation, .max = 10});
	web_input(h, &(struct web_field){.name = "birth", .label = "出生年月", .value = p->birth, .max = 12, .hint = "如 1979-05", .required = true});
	web_input(h, &(struct web_field){.name = "job", .label = "职务", .value = p->job, .max = 40});
	web_input(h, &(struct web_field){.name = "phone", .label = "电话", .value = p->phone, .type = "tel", .max = 30});
	web_input(h, &(struct web_field){.name = "initials", .label = "拼音首字母", .value = p->initials, .max = 30,
	                                 .hint = "如 ZYL；在大屏上按拼音找人用"});
	html_put(h, "</div></fieldset>");
}

static void put_mandate(struct html *h, const struct roster_person *p, size_t i)
{
	static const struct roster_mandate none;
	const struct roster_mandate *m = i < p->mandate_count ? &p->mandates[i] : &none;
	char level[16], constituency[24], villages[24];
	snprintf(level, sizeof level, "level-%zu", i);
	snprintf(constituency, sizeof constituency, "constituency-%zu", i);
	snprintf(villages, sizeof villages, "villages-%zu", i);
	html_put(h, "<div class=\"pair\">");
	web_select(h, &(struct web_field){.name = level, .label = "层级", .value = m->level}, level_options);
	web_input(h, &(struct web_field){.name = constituency, .label = "选区", .value = m->constituency, .max = 40, .list = "constituencies"});
	web_input(h, &(struct web_field){.name = villages, .label = "所辖村", .value = m->villages, .max = 80});
	html_put(h, "</div>");
}

static void put_mandates_form(struct html *h, const struct roster_person *p, const json_t *constituencies)
{
	const json_t *c;
	size_t i;
	html_put(h, "<fieldset><legend>层级和选区</legend><p class=\"hint\">一个人可以同时是几级代表，一级一行；层级选“—”的行不算。几个村之间用顿号。"
	            "没有的选区会新建。</p><datalist id=\"constituencies\">");
	json_array_foreach (constituencies, i, c)
		html_put(h, "<option value=\"%s\">%s</option>", web_text(c, "name"), roster_level_zh(web_text(c, "level")));
	html_put(h, "</datalist>");
	/* Levels are three; a row is free for another. */
	for (i = 0; i < MANDATES && i < p->mandate_count + 2; i++)
		put_mandate(h, p, i);
	html_put(h, "</fieldset>");
}

static void put_group(struct html *h, const struct roster_person *p, const json_t *groups)
{
	struct web_option own[sizeof roles / sizeof *roles + 1] = {{0}};
	size_t n = 0;
	bool known = false;
	for (; roles[n].value; n++) {
		own[n] = roles[n];
		known = known || strcmp(roles[n].value, p->group_role) == 0;
	}
	if (!known) /* an import may have brought another */
		own[n] = (struct web_option){p->group_role, p->group_role};
	html_put(h, "<fieldset><legend>代表小组</legend><div class=\"pair\">");
	web_select_json(h, &(struct web_field){.name = "group", .label = "小组", .value = p->group}, "不在小组", groups, "name", "name");
	web_select(h, &(struct web_field){.name = "group_role", .label = "小组职务", .value = p->group_role,
	                                  .hint = "一组各一位：选了别人正担任的，由这一位接任"}, own);
	html_put(h, "</div></fieldset>");
}

static void show(struct request *rq, struct reply *rp, const struct edit *edit)
{
	struct html h;
	char path[ROSTER_PATH_SIZE];
	json_t *groups = NULL, *constituencies = NULL;
	enum err e = town_groups_json(rq->town->store, &groups);
	if (!e)
		e = town_constituencies_json(rq->town->store, &constituencies);
	if (e) {
		reply_err(rp, e);
	} else {
		roster_begin_deputy(&h, rq, edit->is_new ? "新增代表" : edit->left ? "核对并恢复" : "修改代表", edit->p.id,
		                    edit->is_new ? NULL : edit->p.name);
		put_refusal(&h, &edit->refusal);
		web_form(&h, rq, edit->is_new ? "/roster/new" : roster_path(edit->p.id, "/edit", path));
		html_put(&h, "<input type=\"hidden\" name=\"mark\" value=\"%s\">", edit->mark);
		put_person(&h, &edit->p);
		put_mandates_form(&h, &edit->p, constituencies);
		put_group(&h, &edit->p, groups);
		html_put(&h, "<p class=\"soft\">保存后马上送到各台大屏。照片、身份证、荣誉和代表证在代表的页面上办。</p>");
		web_form_end(&h, edit->left ? "恢复" : "保存");
		web_end(&h, rq, rp, roster_status(&edit->refusal));
	}
	json_decref(groups);
	json_decref(constituencies);
}

/* ---- what came back ---- */

static enum err read_mandates(const struct request *rq, struct roster_person *p)
{
	char name[32];
	enum err e = ERR_OK;
	p->mandate_count = 0;
	for (size_t i = 0; i < MANDATES && !e; i++) {
		struct roster_mandate m = {0};
		snprintf(name, sizeof name, "level-%zu", i);
		e = roster_field(rq, name, m.level, sizeof m.level);
		if (!e && m.level[0] && strcmp(m.level, "township") != 0 && strcmp(m.level, "county") != 0 && strcmp(m.level, "city") != 0)
			e = ERR_INVALID;
		snprintf(name, sizeof name, "constituency-%zu", i);
		if (!e)
			e = roster_field(rq, name, m.constituency, sizeof m.constituency);
		snprintf(name, sizeof name, "villages-%zu", i);
		if (!e)
			e = roster_field(rq, name, m.villages, sizeof m.villages);
		if (!e && m.level[0])
			p->mandates[p->mandate_count++] = m;
	}
	return e;
}

static enum err read_form(const struct request *rq, struct edit *edit)
{
	struct roster_person *p = &edit->p;
	struct {
		const char *name;
		char *out;
		size_t size;
	} fields[] = {
		{"name", p->name, sizeof p->name},       {"gender", p->gender, sizeof p->gender},
		{"nation", p->nation, sizeof p->nation}, {"birth", p->birth, sizeof p->birth},
		{"job", p->job, sizeof p->job},          {"phone", p->phone, sizeof p->phone},
		{"group", p->group, sizeof p->group},    {"group_role", p->group_role, sizeof p->group_role},
		{"initials", p->initials, sizeof p->initials}, {"mark", edit->mark, sizeof edit->mark},
	};
	enum err e = ERR_OK;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		enum err one = roster_field(rq, fields[i].name, fields[i].out, fields[i].size);
		e = e ? e : one;
	}
	enum err mandates = read_mandates(rq, p);
	e = e ? e : mandates;
	p->has_digest = false; /* as it is */
	return e ? refuse_with(&edit->refusal, ERR_INVALID, "姓名、职务四十字以内，村名共八十字以内；请写短一些", "有一栏太长，或选的不在列表里") : ERR_OK;
}

/* The role must be one of the list's, or the one that was there: imports may have brought another. */
static enum err check_role(const char *role, const char *before, struct refusal *refusal)
{
	for (const struct web_option *o = roles; o->value; o++)
		if (strcmp(o->value, role) == 0)
			return ERR_OK;
	return strcmp(role, before) == 0 ? ERR_OK : refuse_with(refusal, ERR_INVALID, "请从列表里选", "没有“%s”这个小组职务", role);
}

static void answer(struct request *rq, struct reply *rp, struct edit *edit)
{
	char before[sizeof edit->p.group_role];
	memcpy(before, edit->p.group_role, sizeof before);
	enum err e = read_form(rq, edit);
	if (!e)
		e = check_role(edit->p.group_role, before, &edit->refusal);
	if (!e)
		e = roster_save(rq->town, &edit->p, edit->mark, rq->user.name, &edit->refusal);
	rp->changed = !e;
	if (!e)
		web_redirect(rp, "/roster/%s?done=%s", edit->p.id, edit->is_new ? "deputy-added" : edit->left ? "deputy-back" : "saved");
	else if (roster_refused(rp, e, &edit->refusal))
		show(rq, rp, edit);
}

void web_deputy_new(struct request *rq, struct reply *rp)
{
	struct edit *edit = calloc(1, sizeof *edit);
	if (!edit) {
		reply_err(rp, ERR_NOMEM);
		return;
	}
	edit->is_new = true;
	if (rq->fields) {
		answer(rq, rp, edit);
	} else {
		snprintf(edit->p.nation, sizeof edit->p.nation, "汉族");
		show(rq, rp, edit);
	}
	free(edit);
}

void web_deputy_edit(struct request *rq, struct reply *rp)
{
	struct edit *edit = calloc(1, sizeof *edit);
	struct town_person person;
	enum err e = edit ? town_person_get(rq->town->store, rq->args[0], &person) : ERR_NOMEM;
	if (e) {
		reply_err(rp, e);
	} else {
		edit->p = person.p;
		edit->left = person.left;
		roster_person_mark(&person, edit->mark);
		if (rq->fields)
			answer(rq, rp, edit);
		else
			show(rq, rp, edit);
	}
	free(edit);
}
