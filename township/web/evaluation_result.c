/* What an evaluation says: words, bars and numbers, on its page and on paper. */
#include <stdio.h>
#include <string.h>

#include "township/web/evaluation_page.h"

const struct web_option evaluation_kinds[] = {{"", "全部种类"}, {"deputy", "代表述职评议"}, {"office", "站所评议"}, {0}};
static const struct web_option states[] = {
	{"draft", "还没开始"}, {"open", "测评中"}, {"counted", "票数等待核对"}, {"closed", "已有结果"}, {0},
};

static const char *word_of(const struct web_option *table, const char *id)
{
	for (; table->value; table++)
		if (strcmp(table->value, id) == 0)
			return table->label;
	return id;
}

const char *evaluation_kind_word(const char *id)
{
	return word_of(evaluation_kinds, id);
}

const char *evaluation_state_word(const char *id)
{
	return word_of(states, id);
}

const char *evaluation_subject(const json_t *v)
{
	return web_text(v, strcmp(web_text(v, "kind"), "deputy") == 0 ? "deputy_name" : "office");
}

struct ballots evaluation_ballots(const json_t *v)
{
	return (struct ballots){.handed_out = (int)web_number(v, "handed_out"), .returned = (int)web_number(v, "returned"),
	                        .satisfied = (int)web_number(v, "satisfied"), .basically = (int)web_number(v, "basically"),
	                        .unsatisfied = (int)web_number(v, "unsatisfied"), .invalid = (int)web_number(v, "invalid")};
}

bool evaluation_is_short(const json_t *v, int *min_voters)
{
	struct ballots b = evaluation_ballots(v);
	const struct evaluation_rules rules = {.min_voters = (int)web_number(v, "min_voters")};
	*min_voters = rules.min_voters;
	return strcmp(web_text(v, "state"), "closed") == 0 && ballots_short(&b, &rules);
}

const char *evaluation_percent(const struct ballots *b, int part, char out[16])
{
	int permille = ballots_permille(b, part);
	snprintf(out, 16, "%d.%d%%", permille / 10, permille % 10);
	return out;
}

void evaluation_facts(struct html *h, const json_t *v)
{
	const char *place = web_text(v, "place");
	html_put(h, "<dl class=\"facts\"><dt>种类</dt><dd>%s</dd><dt>评议对象</dt><dd>%s</dd><dt>日期</dt><dd class=\"nowrap\">%s</dd>",
	         evaluation_kind_word(web_text(v, "kind")), evaluation_subject(v), web_text(v, "day"));
	html_put(h, "<dt>地点</dt><dd>%s</dd></dl>", place[0] ? place : "—");
}

/* A bar each, as wide as the page where all are of one mind. The words stand beside it as text, so that they can be read on a
 * phone too. */
static void put_bars(struct html *h, const struct ballots *b)
{
	const struct {
		const char *label, *colour;
		int votes;
	} bars[] = {{"满意", "#14593d", b->satisfied}, {"基本满意", "#b88a2c", b->basically}, {"不满意", "#a8201a", b->unsatisfied}};
	char percent[16];
	for (int i = 0; i < 3; i++) {
		html_put(h, "<p>%s <strong>%s</strong> <span class=\"soft\">%d 张</span></p>", bars[i].label,
		         evaluation_percent(b, bars[i].votes, percent), bars[i].votes);
		html_put(h, "<svg class=\"chart\" viewBox=\"0 0 1000 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		            "<rect width=\"1000\" height=\"24\" fill=\"#eee7da\"/><rect width=\"%d\" height=\"24\" fill=\"%s\"/></svg>",
		         ballots_permille(b, bars[i].votes), bars[i].colour);
	}
}

static void put_table(struct html *h, const struct ballots *b)
{
	const struct {
		const char *label;
		int votes;
		bool share;
	} rows[] = {{"发出测评票", b->handed_out, false}, {"收回测评票", b->returned, false}, {"有效票", ballots_valid(b), false},
	            {"满意", b->satisfied, true},         {"基本满意", b->basically, true},   {"不满意", b->unsatisfied, true},
	            {"无效票", b->invalid, false}};
	char percent[16];
	html_put(h, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">项目</th><th scope=\"col\" class=\"n\">票数</th>"
	            "<th scope=\"col\" class=\"n\">占有效票</th></tr></thead><tbody>");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		html_put(h, "<tr><th scope=\"row\">%s</th><td class=\"n\">%d</td><td class=\"n\">%s</td></tr>", rows[i].label, rows[i].votes,
		         rows[i].share ? evaluation_percent(b, rows[i].votes, percent) : "");
	html_put(h, "</tbody></table></div>");
}

void evaluation_result(struct html *h, const json_t *v)
{
	struct ballots b = evaluation_ballots(v);
	int min_voters;
	char at[24];
	if (evaluation_is_short(v, &min_voters))
		html_put(h, "<p class=\"warn\">有效票 %d 张，人数不足 %d 人，结果仅供参考。</p>", ballots_valid(&b), min_voters);
	if (json_is_true(json_object_get(v, "poor")))
		html_put(h, "<p class=\"warn\">不满意超过三分之一，应当整改；%s</p>",
		         web_number(v, "put_right") > 0 ? "整改情况见下。" : "还没有登记整改情况。");
	put_bars(h, &b);
	put_table(h, &b);
	if (web_text(v, "comments")[0]) {
		html_put(h, "<h3>意见汇总</h3>");
		html_paragraphs(h, web_text(v, "comments"));
	}
	html_put(h, "<p class=\"soft\">票数由 %s 于 %s 登记", web_text(v, "counted_by"), web_time(web_number(v, "counted"), at));
	if (strcmp(web_text(v, "state"), "closed") == 0)
		html_put(h, "，由 %s 于 %s 核对确认", web_text(v, "confirmed_by"), web_time(web_number(v, "confirmed"), at));
	html_put(h, "。</p>");
}

void evaluation_notes(struct html *h, const json_t *v, const char *kind, const char *heading)
{
	const json_t *note;
	size_t i;
	int count = 0;
	json_array_foreach (json_object_get(v, "notes"), i, note) {
		if (strcmp(web_text(note, "kind"), kind) != 0)
			continue;
		if (count++ == 0)
			html_put(h, "<section class=\"card\"><h2>%s</h2><ol class=\"timeline\">", heading);
		html_put(h, "<li><span class=\"soft nowrap\">%s</span>", web_text(note, "day"));
		html_paragraphs(h, web_text(note, "text"));
		html_put(h, "<p class=\"hint\">经手：%s</p></li>", web_text(note, "user"));
	}
	if (count)
		html_put(h, "</ol></section>");
}
