/* A roster from a file: uploaded, shown as what it will change, and done when it was confirmed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/document.h"
#include "township/roster_import.h"
#include "township/web/pages.h"
#include "township/web/roster_page.h"

enum { LOOK_WAIT_MS = 1500, LEFT_MAX = 4096 };

/* ---- the file ---- */

static void put_upload(struct html *h, const struct request *rq)
{
	html_put(h, "<section class=\"card\"><h2>选文件</h2>");
	web_form_upload(h, rq, "/roster/import");
	web_file(h, &(struct web_field){.name = "file", .label = "名册文件", .hint = "Excel（.xlsx）或 CSV，最大 8 MB", .required = true},
	         ".xlsx,.csv,.txt");
	web_form_end(h, "上传并核对");
	html_put(h, "</section><section class=\"card\"><h2>怎样准备</h2><p>先<a href=\"/roster/export.xlsx\">导出现在的名册</a>，在表格里修改，再上传。上传以后先显示会改什么，"
	            "确认了才改。</p><p>第一行是标题，认得这些列（次序不限）：代表编号、姓名、性别、民族、出生年月、职务、选区、所辖村、代表小组、小组职务、层级、电话、拼音首字母、身份证号。"
	            "必须有姓名、出生年月、选区、层级。没有的列，保持名册里原来的内容。一个人是几级代表就写几行。</p>"
	            "<p>“代表编号”是导出时带的，请不要改；新代表空着。身份证号算成摘要后立即抹掉，不保存，也不显示。</p></section>");
}

static void upload_page(struct request *rq, struct reply *rp, const struct refusal *refusal, const struct roster_problems *problems)
{
	struct html h;
	roster_begin(&h, rq, "导入名册", ROSTER_IMPORT);
	put_refusal(&h, refusal);
	if (problems && problems->count > 0) {
		html_put(&h, "<section class=\"card\"><h2>要改的地方</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">行</th><th scope=\"col\">问题</th></tr></thead><tbody>");
		for (size_t i = 0; i < problems->count; i++)
			if (problems->items[i].row > 0)
				html_put(&h, "<tr><th scope=\"row\" class=\"nowrap\">第 %d 行</th><td>%s</td></tr>", problems->items[i].row, problems->items[i].what);
			else
				html_put(&h, "<tr><th scope=\"row\">—</th><td>%s</td></tr>", problems->items[i].what);
		html_put(&h, "</tbody></table></div></section>");
	}
	put_upload(&h, rq);
	web_end(&h, rq, rp, roster_status(refusal));
}

void web_roster_import(struct request *rq, struct reply *rp)
{
	upload_page(rq, rp, NULL, NULL);
}

/* The table in the file, as people. */
static enum err read_roster(const struct field *file, struct roster *roster, struct roster_columns *columns,
                            struct roster_problems *problems, struct refusal *refusal)
{
	struct document_note note = {""};
	char *csv;
	size_t len;
	enum err e = document_table((const uint8_t *)file->value, file->len, &csv, &len, &note);
	if (e)
		return e == ERR_NOMEM ? e : refuse_with(refusal, ERR_INVALID, note.text[0] ? note.text : "请另存为 .xlsx 或 CSV 再上传",
		                                        "读不出“%.120s”", file->filename);
	e = roster_parse_csv(csv, len, roster, problems);
	if (!e)
		e = roster_columns_read(csv, len, columns);
	document_free(csv, len);
	return e == ERR_INVALID ? refuse_with(refusal, e, "请按下面所说的改好文件，再上传；没有导入任何内容", "“%.120s”里有 %zu 处问题",
	                                      file->filename, problems->count)
	                        : e;
}

void web_roster_import_post(struct request *rq, struct reply *rp)
{
	struct refusal refusal = {0};
	struct roster roster = {0};
	struct roster_columns columns;
	struct roster_problems problems = {0};
	char token[ROSTER_IMPORT_TOKEN_SIZE];
	const struct field *file = fields_file(rq->fields, "file", 0);
	enum err e = file ? read_roster(file, &roster, &columns, &problems, &refusal)
	                  : refuse_with(&refusal, ERR_INVALID, "请选一个 .xlsx 或 CSV 文件", "没有选文件");
	if (!e) {
		e = roster_import_add(rq->town->roster_imports, rq->token, &roster, &columns, file->filename, token);
		if (e == ERR_BUSY)
			e = refuse_with(&refusal, e, "请过几分钟再上传", "正在核对的名册太多");
	}
	roster_clear(&roster);
	if (!e)
		web_redirect(rp, "/roster/import/%s", token);
	else if (roster_refused(rp, e, &refusal))
		upload_page(rq, rp, &refusal, &problems);
	roster_problems_clear(&problems);
}

/* ---- what it will change ---- */

static void progress_page(struct request *rq, struct reply *rp, const struct roster_import_state *state)
{
	struct html h;
	roster_begin(&h, rq, "正在核对名册", ROSTER_IMPORT);
	html_put(&h, "<section class=\"card\"><p>正在把身份证号算成摘要：%zu / %zu，大约还要 %d 秒。</p><progress max=\"%zu\" value=\"%zu\">%zu / %zu</progress>"
	             "<p class=\"soft\">可以先做别的事，过一会儿再回到这一页。这一页每几秒自动刷新；也可以自己<a href=\"%s\">刷新</a>。</p></section>",
	         state->done, state->total, state->seconds, state->total, state->done, state->done, state->total, rq->path);
	web_end(&h, rq, rp, 200);
	reply_header(rp, "Refresh", "3");
}

static void put_diffs(struct html *h, const struct roster_entry *entry)
{
	html_put(h, "<ul class=\"diffs\">");
	for (size_t i = 0; i < entry->diff_count; i++) {
		const struct roster_diff *d = &entry->diffs[i];
		html_put(h, "<li>%s：<del>%s</del> → <ins>%s</ins></li>", roster_field_label(d->field), d->from[0] ? d->from : "（空）",
		         d->to[0] ? d->to : "（空）");
	}
	if (entry->kind == ROSTER_BACK)
		html_put(h, "<li>在任：<del>已离任</del> → <ins>在任</ins></li>");
	html_put(h, "</ul>");
}

static void put_changed(struct html *h, const struct roster_plan *plan)
{
	if (plan->counts[ROSTER_CHANGED] + plan->counts[ROSTER_BACK] == 0)
		return;
	html_put(h, "<section class=\"card\"><h2>改动（%zu 位）</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">姓名</th>"
	            "<th scope=\"col\">原来 → 以后</th></tr></thead><tbody>", plan->counts[ROSTER_CHANGED] + plan->counts[ROSTER_BACK]);
	for (size_t i = 0; i < plan->roster.count; i++) {
		const struct roster_entry *entry = &plan->entries[i];
		if (entry->kind != ROSTER_CHANGED && entry->kind != ROSTER_BACK)
			continue;
		html_put(h, "<tr><th scope=\"row\" class=\"nowrap\">%s</th><td>", entry->person->name);
		put_diffs(h, entry);
		html_put(h, "</td></tr>");
	}
	html_put(h, "</tbody></table></div></section>");
}

static void put_new(struct html *h, const struct roster_plan *plan)
{
	char mandates[ROSTER_MANDATES_SIZE];
	if (plan->counts[ROSTER_NEW] == 0)
		return;
	html_put(h, "<section class=\"card\"><h2>新增（%zu 位）</h2><div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">姓名</th>"
	            "<th scope=\"col\">性别</th><th scope=\"col\">出生年月</th><th scope=\"col\">层级、选区</th><th scope=\"col\">代表小组</th>"
	            "<th scope=\"col\">其他</th><th scope=\"col\">身份证</th></tr></thead><tbody>", plan->counts[ROSTER_NEW]);
	for (size_t i = 0; i < plan->roster.count; i++) {
		const struct roster_person *p = plan->entries[i].person;
		if (plan->entries[i].kind != ROSTER_NEW)
			continue;
		roster_mandates_text(p, mandates);
		html_put(h, "<tr><th scope=\"row\" class=\"nowrap\">%s</th><td data-label=\"性别\">%s</td><td data-label=\"出生年月\" class=\"nowrap\">%s</td>"
		            "<td data-label=\"层级、选区\">%s</td><td data-label=\"代表小组\">%s%s%s</td><td data-label=\"其他\">%s %s %s %s</td>"
		            "<td data-label=\"身份证\">%s</td></tr>",
		         p->name, p->gender, p->birth, mandates, p->group, p->group_role[0] ? " · " : "", p->group_role, p->nation, p->job,
		         p->phone, p->initials, p->has_digest ? "登记" : "—");
	}
	html_put(h, "</tbody></table></div></section>");
}

static void put_missing(struct html *h, const struct roster_plan *plan)
{
	if (plan->missing_count == 0)
		return;
	html_put(h, "<section class=\"card\"><h2>名册里有、文件里没有（%zu 位）</h2><p>不再担任代表的，请勾选“已离任”；不勾的留在名册里。</p>"
	            "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\">姓名</th><th scope=\"col\">代表小组</th>"
	            "<th scope=\"col\">怎样办</th></tr></thead><tbody>", plan->missing_count);
	for (size_t i = 0; i < plan->missing_count; i++) {
		const struct roster_missing *m = &plan->missing[i];
		char label[200];
		html_put(h, "<tr><th scope=\"row\" class=\"nowrap\">%s</th><td data-label=\"代表小组\">%s", m->name, m->group);
		if (m->taker[0])
			html_put(h, "；%s由%s接任", m->role, m->taker);
		html_put(h, "</td><td>");
		snprintf(label, sizeof label, "已离任");
		html_put(h, "<div class=\"check\"><input type=\"checkbox\" id=\"f-left-%s\" name=\"left\" value=\"%s\"><label for=\"f-left-%s\">%s"
		            "<span class=\"skip\">：%s</span></label></div></td></tr>", m->id, m->id, m->id, label, m->name);
	}
	html_put(h, "</tbody></table></div></section>");
}

static void put_plan(struct html *h, const struct request *rq, const struct roster_plan *plan)
{
	size_t acts = plan->counts[ROSTER_NEW] + plan->counts[ROSTER_CHANGED] + plan->counts[ROSTER_BACK];
	web_form(h, rq, rq->path);
	html_put(h, "<input type=\"hidden\" name=\"mark\" value=\"%s\">", plan->mark);
	put_changed(h, plan);
	put_new(h, plan);
	put_missing(h, plan);
	if (acts == 0)
		html_put(h, "<p class=\"card\">文件和名册的内容一样%s。</p>", plan->missing_count ? "；没有列在文件里的见上" : "，没有要改的");
	html_put(h, "<p class=\"bar\">");
	if (acts > 0 || plan->missing_count > 0)
		html_put(h, "<button class=\"main\" name=\"act\" value=\"confirm\">确认导入</button>");
	html_put(h, "<button name=\"act\" value=\"drop\">不导入</button></p></form>");
}

static void plan_page(struct request *rq, struct reply *rp, const struct roster_plan *plan, const char *filename,
                      const struct refusal *refusal)
{
	struct html h;
	if (plan->problems.count > 0) {
		struct refusal wrong = {0};
		(void)!refuse_with(&wrong, ERR_STATE, "请按下面所说的改好文件，再上传；没有导入任何内容", "“%.120s”里有 %zu 处问题", filename,
		                   plan->problems.count);
		upload_page(rq, rp, &wrong, &plan->problems);
		return;
	}
	roster_begin(&h, rq, "核对要导入的名册", ROSTER_IMPORT);
	put_refusal(&h, refusal);
	html_put(&h, "<p>文件：%s。<strong>现在还没有改动任何内容</strong>，请核对后确认；%d 分钟内有效。</p><ul class=\"tiles\">"
	             "<li class=\"tile\"><b>%zu</b>新增</li><li class=\"tile\"><b>%zu</b>改动</li><li class=\"tile\"><b>%zu</b>不变</li>"
	             "<li class=\"tile\"><b>%zu</b>文件里没有</li></ul>",
	         filename, ROSTER_IMPORT_MINUTES, plan->counts[ROSTER_NEW], plan->counts[ROSTER_CHANGED] + plan->counts[ROSTER_BACK],
	         plan->counts[ROSTER_UNCHANGED], plan->missing_count);
	put_plan(&h, rq, plan);
	web_end(&h, rq, rp, roster_status(refusal));
}

static void gone_page(struct request *rq, struct reply *rp)
{
	struct refusal refusal = {0};
	(void)!refuse_with(&refusal, ERR_STATE, "请重新上传；没有导入任何内容", "这份名册已经核对过，或放了太久");
	upload_page(rq, rp, &refusal, NULL);
}

/* Shows how far it is, or what would change now. */
static void show(struct request *rq, struct reply *rp, const struct refusal *refusal)
{
	struct roster_import_state state;
	struct roster_plan plan;
	struct roster_imports *imports = rq->town->roster_imports;
	enum err e = roster_import_look(imports, rq->token, rq->args[0], LOOK_WAIT_MS, &state);
	if (!e && state.failed)
		e = state.failed;
	if (!e && !state.ready) {
		progress_page(rq, rp, &state);
		return;
	}
	if (!e)
		e = roster_import_plan(imports, rq->token, rq->args[0], &plan);
	if (e == ERR_NOT_FOUND)
		gone_page(rq, rp);
	else if (e)
		reply_err(rp, e);
	else
		plan_page(rq, rp, &plan, state.filename, refusal);
	if (!e)
		roster_plan_clear(&plan);
}

void web_roster_import_look(struct request *rq, struct reply *rp)
{
	show(rq, rp, NULL);
}

static enum err confirm(struct request *rq, struct roster_plan *plan, struct refusal *refusal)
{
	const char **left = calloc(LEFT_MAX, sizeof *left), *one;
	size_t count = 0;
	if (!left)
		return ERR_NOMEM;
	while (count < LEFT_MAX && (one = fields_nth(rq->fields, "left", count)) != NULL)
		left[count++] = one;
	enum err e = roster_import_confirm(rq->town->roster_imports, rq->token, rq->args[0], fields_text(rq->fields, "mark"), left,
	                                   count, rq->user.name, plan, refusal);
	free(left);
	return e;
}

void web_roster_import_confirm(struct request *rq, struct reply *rp)
{
	struct roster_plan plan = {0};
	struct refusal refusal = {0};
	if (strcmp(fields_text(rq->fields, "act"), "confirm") != 0) {
		roster_import_drop(rq->town->roster_imports, rq->token, rq->args[0]);
		web_redirect(rp, "/roster/import?done=import-dropped");
		return;
	}
	enum err e = confirm(rq, &plan, &refusal);
	if ((e == ERR_STATE || e == ERR_INVALID) && !refusal.e)
		e = refuse_with(&refusal, ERR_STATE, "下面是按现在的名册重新核对的结果，请再看一遍；没有导入任何内容", "您核对的时候，名册有了变动");
	rp->changed = !e;
	if (!e)
		web_redirect(rp, "/roster?done=imported");
	else if (e == ERR_NOT_FOUND)
		gone_page(rq, rp);
	else if (roster_refused(rp, e, &refusal))
		show(rq, rp, &refusal);
	roster_plan_clear(&plan);
}
