/* Rules out of a document: pasted or uploaded, shown as they would be split with every doubtful line, taken in as drafts.
 *
 * Nothing is kept between the steps: the preview carries the text along. What is taken in is what was shown: a text that was
 * changed meanwhile is shown again first. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents/document.h"
#include "township/rules.h"
#include "township/web/pages.h"
#include "township/web/rules_page.h"

enum { SUM_SIZE = 33 };

struct import {
	char *text; /* owned; LF */
	size_t len;
	struct document_note note; /* what was assumed of the file */
	struct rules_preview preview;
	struct refusal why;
	char sum[SUM_SIZE];
	bool again; /* the text is not the one that was shown */
};

/* ---- the text ---- */

static void make_sum(struct import *im)
{
	uint8_t hash[(SUM_SIZE - 1) / 2];
	crypto_generichash(hash, sizeof hash, (const uint8_t *)im->text, im->len, NULL, 0);
	sodium_bin2hex(im->sum, sizeof im->sum, hash, sizeof hash);
}

/* Browsers send CRLF, and the last line break as they like. */
static enum err take_typed(struct import *im, const char *typed)
{
	size_t len = strlen(typed);
	im->text = malloc(len + 1);
	if (!im->text)
		return ERR_NOMEM;
	for (size_t i = 0; i < len; i++)
		if (typed[i] != '\r')
			im->text[im->len++] = typed[i];
	while (im->len > 0 && im->text[im->len - 1] == '\n')
		im->len--;
	im->text[im->len] = '\0';
	return ERR_OK;
}

static enum err take_file(struct import *im, const struct field *file)
{
	enum err e = document_text((const uint8_t *)file->value, file->len, &im->text, &im->len, &im->note);
	if (e == ERR_NOMEM)
		return e;
	if (e)
		return refuse_with(&im->why, e == ERR_UNSUPPORTED ? ERR_INVALID : e, im->note.text, "“%.120s”没有读进来", file->filename);
	while (im->len > 0 && im->text[im->len - 1] == '\n')
		im->text[--im->len] = '\0';
	return ERR_OK;
}

static enum err read_input(struct request *rq, struct import *im)
{
	const struct field *file = fields_file(rq->fields, "file", 0);
	const char *typed = fields_text(rq->fields, "text");
	size_t blanks = strspn(typed, " \t\r\n");
	if (file && typed[blanks])
		return refuse_with(&im->why, ERR_INVALID, "请去掉其中一样：清空文字，或不选文件", "既粘贴了文字，又选了文件");
	enum err e = file ? take_file(im, file) : take_typed(im, typed);
	if (e)
		return e;
	make_sum(im);
	return rules_read(im->text, im->len, &im->preview, &im->why);
}

static void drop(struct import *im)
{
	rules_preview_clear(&im->preview);
	document_free(im->text, im->len);
	im->text = NULL;
}

/* ---- the pages ---- */

static void begin(struct html *h, const struct request *rq, const struct import *im)
{
	web_begin(h, rq, "从文件取入制度", WEB_RULES);
	html_put(h, "<p class=\"crumb\"><a href=\"/rules\">规章制度</a> › 粘贴或上传文件</p>");
	if (im->why.e)
		web_problem(h, im->why.what, im->why.remedy);
	else if (im->again)
		html_put(h, "<div class=\"warn\" role=\"status\">文字改过了。这是重新拆分的结果，请再看一遍，然后取入。</div>");
	if (im->note.text[0] && !im->why.e)
		html_put(h, "<div class=\"warn\" role=\"status\">%s</div>", im->note.text);
}

static const char *doubt_word(enum rules_doubt_kind kind)
{
	switch (kind) {
	case RULES_DOUBT_BEFORE:
		return "在第一项制度的前面，没有取入";
	case RULES_DOUBT_HEADING:
		return "像制度的名称，下面没有正文，当作总标题或目录，没有取入";
	case RULES_DOUBT_TITLE:
		return "下面重新编号，所以当作一项制度的名称";
	case RULES_DOUBT_TEXT:
		return "像制度的名称，但编号接着上文，所以当作正文";
	case RULES_DOUBT_SPLIT:
		return "几条连在一行，已经分开";
	case RULES_DOUBT_NUMBER:
		return "编号和上一条接不上，请看看是不是漏了一条";
	case RULES_DOUBT_AGAIN:
		return "重新从一编号，请看看是不是缺了制度的名称";
	case RULES_DOUBT_SIGNATURE:
		return "落款或日期，留在正文里，不算一条";
	default:
		return "";
	}
}

static void put_doubts(struct html *h, const struct rules_text *found)
{
	if (found->doubt_count == 0)
		return;
	html_put(h, "<h2>请看看这 %zu 处</h2><p class=\"soft\">拆分时拿不准的地方。不对的话，在下面的全文里改好，再点“重新拆分”。</p>"
	            "<div class=\"scroll\"><table class=\"cards\"><thead><tr><th scope=\"col\" class=\"n\">行</th><th scope=\"col\">文字</th><th scope=\"col\">怎样处理的</th>"
	            "</tr></thead><tbody>",
	         found->doubt_count);
	for (size_t i = 0; i < found->doubt_count; i++)
		html_put(h, "<tr><td class=\"n\" data-label=\"行\">%zu</td><td data-label=\"文字\">%s</td><td data-label=\"处理\">%s</td></tr>", found->doubts[i].line,
		         found->doubts[i].text, doubt_word(found->doubts[i].kind));
	html_put(h, "</tbody></table></div>");
	if (found->doubt_count == RULES_DOUBTS_MAX)
		html_put(h, "<p class=\"soft\">只列出前 %d 处。</p>", RULES_DOUBTS_MAX);
}

static const struct {
	enum web_light light;
	const char *words;
	bool takes;
} fates[] = {
	[RULES_NEW] = {WEB_GREEN, "新的", true},
	[RULES_REPLACES] = {WEB_AMBER, "替换墙上的同名制度", true},
	[RULES_REPLACES_DRAFT] = {WEB_AMBER, "替换同名的草稿", true},
	[RULES_SAME] = {WEB_GREY, "和墙上的一样，不用取入", false},
	[RULES_TWICE] = {WEB_RED, "和前面一项同名，不能取入；请改名", false},
	[RULES_LONG] = {WEB_RED, "太长，不能取入；请分成几项", false},
};

static bool was_chosen(const struct request *rq, size_t i)
{
	char wanted[24];
	const char *value;
	snprintf(wanted, sizeof wanted, "%zu", i);
	for (size_t n = 0; (value = fields_nth(rq->fields, "take", n)); n++)
		if (strcmp(value, wanted) == 0)
			return true;
	return false;
}

/* `typed`: the boxes are as they were sent. */
static void put_rules(struct html *h, const struct request *rq, const struct rules_preview *p, bool typed)
{
	html_put(h, "<h2>拆成 %zu 项制度</h2>", p->found.count);
	for (size_t i = 0; i < p->found.count; i++) {
		const struct rules_rule *rule = &p->found.rules[i];
		char index[24];
		snprintf(index, sizeof index, "%zu", i);
		html_put(h, "<section class=\"card found\"><div class=\"bar\">");
		if (fates[p->fates[i]].takes)
			web_check(h, "take", index, rule->title, !typed || was_chosen(rq, i));
		else
			html_put(h, "<strong>%s</strong>", rule->title);
		web_badge(h, fates[p->fates[i]].light, fates[p->fates[i]].words);
		html_put(h, "<span class=\"soft\">%zu 条，从第 %zu 行起</span></div><details><summary>看正文</summary>", rule->article_count, rule->line);
		html_paragraphs(h, rule->text);
		html_put(h, "</details></section>");
	}
}

static void put_text(struct html *h, const struct import *im, int rows, const char *label, const char *hint)
{
	web_area(h, &(struct web_field){.name = "text", .label = label, .value = im->text ? im->text : "", .hint = hint}, rows);
}

/* The preview, or the first page with what was wrong. */
static void show(struct request *rq, struct reply *rp, const struct import *im, unsigned status)
{
	struct html h;
	bool found = im->preview.fates != NULL;
	begin(&h, rq, im);
	web_form_upload(&h, rq, "/rules/import");
	if (found) {
		put_doubts(&h, &im->preview.found);
		put_rules(&h, rq, &im->preview, im->why.e != ERR_OK);
		html_put(&h, "<input type=\"hidden\" name=\"shown\" value=\"%s\"><p><button class=\"main\" name=\"act\" value=\"take\">取入选中的，存为草稿</button></p>"
		             "<p class=\"soft\">取入后是草稿，看过、改好再公布；现在大屏上什么也不变。</p>",
		         im->sum);
		put_text(&h, im, 16, "全文", "可以在这里改：制度的名称单独占一行，一条一行");
		html_put(&h, "<p><button name=\"act\" value=\"read\">重新拆分</button></p></form>");
	} else {
		put_text(&h, im, 14, "粘贴制度的全文", "可以一次粘贴很多项。制度的名称单独占一行，条文用“第一条”“一、”“（一）”“1、”等编号都可以");
		web_file(&h, &(struct web_field){.name = "file", .label = "或者选一个文件", .hint = "Word 文档（.docx）或文本文件（.txt），最大 8 MB；.doc 请先另存为 .docx"},
		         ".docx,.txt,text/plain,application/vnd.openxmlformats-officedocument.wordprocessingml.document");
		html_put(&h, "<p><button class=\"main\" name=\"act\" value=\"read\">拆分看看</button></p></form>");
	}
	web_end(&h, rq, rp, status);
}

void web_rules_import(struct request *rq, struct reply *rp)
{
	struct import im = {.len = 0};
	show(rq, rp, &im, 200);
}

static enum err take(struct request *rq, struct import *im, size_t *count)
{
	bool *chosen = calloc(im->preview.found.count, sizeof *chosen);
	if (!chosen)
		return ERR_NOMEM;
	for (size_t i = 0; i < im->preview.found.count; i++)
		chosen[i] = was_chosen(rq, i);
	town_lock(rq->town);
	enum err e = rules_take(rq->town, &im->preview, chosen, rq->user.name, count, &im->why);
	town_unlock(rq->town);
	free(chosen);
	return e;
}

/* The route takes no lock: a document is slow work. */
void web_rules_import_post(struct request *rq, struct reply *rp)
{
	struct import im = {.len = 0};
	size_t count = 0;
	enum err e = read_input(rq, &im);
	bool taking = !e && strcmp(fields_text(rq->fields, "act"), "take") == 0;
	if (taking && strcmp(fields_text(rq->fields, "shown"), im.sum) != 0) {
		im.again = true;
		taking = false;
	}
	if (taking)
		e = take(rq, &im, &count);
	if (taking && !e) {
		web_redirect(rp, "/rules?done=rules-taken");
		drop(&im);
		return;
	}
	if (im.preview.fates && (!e || im.why.e)) {
		town_lock(rq->town);
		enum err compared = rules_compare(rq->town, &im.preview);
		town_unlock(rq->town);
		e = compared ? compared : e;
	}
	if (im.why.e == ERR_TOO_LONG && im.text) { /* a megabyte would come back with every try */
		document_free(im.text, im.len);
		im.text = NULL;
	}
	if (e && !im.why.e)
		reply_err(rp, e);
	else
		show(rq, rp, &im, e ? rules_status(&im.why) : 200);
	drop(&im);
}
