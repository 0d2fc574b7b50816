/* Groups: who leads them, who records, who of the presidium is linked to them, who is in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/roster_edit.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

enum { LIAISONS_MAX = 64 };

/* ---- the list ---- */

static void put_person(struct html *h, const char *label, const char *id, const char *name)
{
	char path[ROSTER_PATH_SIZE];
	html_put(h, "<td data-label=\"%s\">", label);
	if (id[0])
		html_put(h, "<a href=\"%s\">%s</a></td>", roster_path(id, "", path), name);
	else
		html_put(h, "—</td>");
}

static void put_row(struct html *h, const json_t *g)
{
	const json_t *one;
	size_t i;
	html_put(h, "<tr><th scope=\"row\" class=\"nowrap\"><a href=\"/roster/groups/%s\">%s</a></th>", web_text(g, "id"), web_text(g, "name"));
	put_person(h, "组长", web_text(g, "leader"), web_text(g, "leader_name"));
	put_person(h, "副组长", web_text(g, "deputy_leader"), web_text(g, "deputy_leader_name"));
	put_person(h, "记录员", web_text(g, "recorder"), web_text(g, "recorder_name"));
	html_put(h, "<td data-label=\"联系主席团成员\">");
	json_array_foreach (json_object_get(g, "liaisons"), i, one)
		html_put(h, "%s%s", i ? "、" : "", web_text(one, "name"));
	html_put(h, "%s</td><td data-label=\"人数\" class=\"n\">%lld</td></tr>",
	         json_array_size(json_object_get(g, "liaisons")) ? "" : "—", (long long)web_number(g, "members"));
}

void web_groups(struct request *rq, struct reply *rp)
{
	struct html h;
	json_t *groups;
	const json_t *g;
	size_t i;
	enum err e = town_groups_json(rq->town->store, &groups);
	if (e) {
		reply_err(rp, e);
		return;
	}
	roster_begin(&h, rq, "代表小组", ROSTER_GROUPS);
	if (web_may_write(rq))
		html_put(&h, "<p class=\"bar noprint\"><a class=\"button main\" href=\"/roster/groups/new\">新建小组</a></p>");
	if (json_array_size(groups)) {
		html_put(&h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">小组</th><th scope=\"col\">组长</th>"
		             "<th scope=\"col\">副组长</th><th scope=\"col\">记录员</th><th scope=\"col\">联系主席团成员</th>"
		             "<th scope=\"col\" class=\"n\">人数</th></tr></thead><tbody>");
		json_array_foreach (groups, i, g)
			put_row(&h, g);
		html_put(&h, "</tbody></table></div>");
	} else {
		html_put(&h, "<p class=\"card empty\">还没有小组。</p>");
	}
	web_end(&h, rq, rp, 200);
	json_decref(groups);
}

/* ---- one ---- */

struct group_form {
	int64_t id; /* 0: a new one */
	char name[128];
	const char *leader, *deputy_leader, *recorder;
	const char *liaisons[LIAISONS_MAX];
	size_t liaison_count;
	json_t *group;    /* owned: as it is kept; NULL for a new one */
	json_t *members;  /* owned */
	json_t *deputies; /* owned: everybody, [{"id","label"}] */
	struct refusal refusal;
};

static void form_clear(struct group_form *f)
{
	json_decref(f->group);
	json_decref(f->members);
	json_decref(f->deputies);
}

static bool group_number(const char *text, int64_t *id)
{
	if (!text[0] || strlen(text) > 15 || strspn(text, "0123456789") != strlen(text))
		return false;
	*id = strtoll(text, NULL, 10);
	return *id > 0;
}

static enum err everybody(struct request *rq, json_t **list)
{
	struct town_roster_page page;
	const json_t *d;
	size_t i;
	char label[300];
	enum err e = town_roster_page(rq->town->store, &(struct town_roster_filter){.limit = 20000}, &page);
	if (e)
		return e;
	*list = json_array();
	json_array_foreach (page.deputies, i, d) {
		snprintf(label, sizeof label, "%.127s（%s）", web_text(d, "name"), web_text(d, "group")[0] ? web_text(d, "group") : "不在小组");
		json_array_append_new(*list, json_pack("{s:s, s:s, s:s}", "id", web_text(d, "id"), "label", label, "group", web_text(d, "group")));
	}
	json_decref(page.deputies);
	return *list ? ERR_OK : ERR_NOMEM;
}

static enum err look_up(struct request *rq, struct group_form *f)
{
	json_t *groups = NULL, *g, *one;
	size_t i, k;
	enum err e = everybody(rq, &f->deputies);
	if (!e && f->id)
		e = town_group_members_json(rq->town->store, f->id, &f->members);
	if (!e && f->id)
		e = town_groups_json(rq->town->store, &groups);
	if (e || !f->id)
		return e;
	json_array_foreach (groups, i, g)
		if (strtoll(web_text(g, "id"), NULL, 10) == f->id)
			f->group = json_incref(g);
	json_decref(groups);
	if (!f->group)
		return ERR_NOT_FOUND;
	snprintf(f->name, sizeof f->name, "%s", web_text(f->group, "name"));
	f->leader = web_text(f->group, "leader");
	f->deputy_leader = web_text(f->group, "deputy_leader");
	f->recorder = web_text(f->group, "recorder");
	json_array_foreach (json_object_get(f->group, "liaisons"), k, one)
		if (f->liaison_count < LIAISONS_MAX)
			f->liaisons[f->liaison_count++] = web_text(one, "id");
	return ERR_OK;
}

static void put_liaisons(struct html *h, const struct group_form *f)
{
	const json_t *d;
	size_t i;
	html_put(h, "<div class=\"field\"><span class=\"label\" id=\"l-liaisons\">联系主席团成员</span><div class=\"pick\" role=\"group\" aria-labelledby=\"l-liaisons\">");
	json_array_foreach (f->deputies, i, d) {
		bool chosen = false;
		for (size_t k = 0; k < f->liaison_count; k++)
			chosen = chosen || strcmp(f->liaisons[k], web_text(d, "id")) == 0;
		web_check(h, "liaison", web_text(d, "id"), web_text(d, "label"), chosen);
	}
	html_put(h, "</div><p class=\"hint\">可选一位或几位，可以不是本组的代表。</p></div>");
}

static void put_members(struct html *h, const struct group_form *f)
{
	const json_t *m;
	size_t i;
	char path[ROSTER_PATH_SIZE];
	html_put(h, "<section class=\"card\"><h2>组员（%zu 位）</h2><ul class=\"names\">", json_array_size(f->members));
	json_array_foreach (f->members, i, m)
		html_put(h, "<li><a href=\"%s\">%s</a>%s%s</li>", roster_path(web_text(m, "id"), "", path), web_text(m, "name"),
		         web_text(m, "role")[0] ? " · " : "", web_text(m, "role"));
	html_put(h, "</ul><p class=\"hint\">进组、换组在代表的页面上改。</p></section>");
}

static void put_form(struct html *h, const struct request *rq, const struct group_form *f)
{
	char action[64];
	snprintf(action, sizeof action, f->id ? "/roster/groups/%lld" : "/roster/groups/new", (long long)f->id);
	html_put(h, "<section class=\"card\"><h2>小组</h2>");
	web_form(h, rq, action);
	web_input(h, &(struct web_field){.name = "name", .label = "名称", .value = f->name, .max = 40, .required = true});
	html_put(h, "<div class=\"pair\">");
	web_select_json(h, &(struct web_field){.name = "leader", .label = "组长", .value = f->leader}, "暂缺", f->deputies, "id", "label");
	web_select_json(h, &(struct web_field){.name = "deputy_leader", .label = "副组长", .value = f->deputy_leader}, "暂缺", f->deputies, "id", "label");
	web_select_json(h, &(struct web_field){.name = "recorder", .label = "记录员", .value = f->recorder}, "暂缺", f->deputies, "id", "label");
	html_put(h, "</div><p class=\"hint\">选了别的小组的代表，这一位就转到本组来。</p>");
	put_liaisons(h, f);
	web_form_end(h, "保存");
	html_put(h, "</section>");
	if (f->id && json_array_size(f->members) == 0) {
		snprintf(action, sizeof action, "/roster/groups/%lld/remove", (long long)f->id);
		web_button(h, rq, action, "撤销小组", true);
	}
}

static void put_plain(struct html *h, const struct group_form *f)
{
	html_put(h, "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">小组</th><th scope=\"col\">组长</th><th scope=\"col\">副组长</th>"
	            "<th scope=\"col\">记录员</th><th scope=\"col\">联系主席团成员</th><th scope=\"col\" class=\"n\">人数</th></tr></thead><tbody>");
	put_row(h, f->group);
	html_put(h, "</tbody></table></div>");
}

static void show(struct request *rq, struct reply *rp, const struct group_form *f)
{
	struct html h;
	roster_begin(&h, rq, f->group ? web_text(f->group, "name") : "新建小组", ROSTER_GROUPS);
	put_refusal(&h, &f->refusal);
	if (web_may_write(rq))
		put_form(&h, rq, f);
	else
		put_plain(&h, f);
	if (f->id)
		put_members(&h, f);
	web_end(&h, rq, rp, roster_status(&f->refusal));
}

static void save(struct request *rq, struct reply *rp, struct group_form *f)
{
	struct group_officers officers = {.liaisons = f->liaisons};
	int64_t id = f->id;
	const char *one;
	enum err e = roster_field(rq, "name", f->name, sizeof f->name);
	officers.leader = f->leader = fields_text(rq->fields, "leader");
	officers.deputy_leader = f->deputy_leader = fields_text(rq->fields, "deputy_leader");
	officers.recorder = f->recorder = fields_text(rq->fields, "recorder");
	f->liaison_count = 0;
	while (!e && (one = fields_nth(rq->fields, "liaison", f->liaison_count)) != NULL) {
		if (f->liaison_count == LIAISONS_MAX)
			e = refuse_with(&f->refusal, ERR_INVALID, "请少选几位", "联系主席团成员最多 %d 位", LIAISONS_MAX);
		else
			f->liaisons[f->liaison_count++] = one;
	}
	if (e && !f->refusal.e)
		e = refuse_with(&f->refusal, ERR_INVALID, "请写在四十个字以内", "名称太长");
	officers.liaison_count = f->liaison_count;
	if (!e)
		e = group_save(rq->town, &id, f->name, &officers, rq->user.name, &f->refusal);
	rp->changed = !e;
	if (!e)
		web_redirect(rp, "/roster/groups/%d?done=saved", (int)id);
	else if (roster_refused(rp, e, &f->refusal))
		show(rq, rp, f);
}

static void group_page(struct request *rq, struct reply *rp, bool is_new)
{
	struct group_form *f = calloc(1, sizeof *f);
	enum err e = f ? ERR_OK : ERR_NOMEM;
	if (!e && !is_new && !group_number(rq->args[0], &f->id))
		e = ERR_NOT_FOUND;
	if (!e)
		e = look_up(rq, f);
	if (e)
		reply_err(rp, e);
	else if (rq->fields)
		save(rq, rp, f);
	else
		show(rq, rp, f);
	if (f)
		form_clear(f);
	free(f);
}

void web_group(struct request *rq, struct reply *rp)
{
	group_page(rq, rp, false);
}

void web_group_new(struct request *rq, struct reply *rp)
{
	group_page(rq, rp, true);
}

void web_group_remove(struct request *rq, struct reply *rp)
{
	struct group_form *f = calloc(1, sizeof *f);
	enum err e = f ? ERR_OK : ERR_NOMEM;
	if (!e && !group_number(rq->args[0], &f->id))
		e = ERR_NOT_FOUND;
	if (!e)
		e = look_up(rq, f);
	if (e) {
		reply_err(rp, e);
	} else {
		e = group_remove(rq->town, f->id, rq->user.name, &f->refusal);
		rp->changed = !e;
		if (!e)
			web_redirect(rp, "/roster/groups?done=group-removed");
		else if (roster_refused(rp, e, &f->refusal))
			show(rq, rp, f);
	}
	if (f)
		form_clear(f);
	free(f);
}
