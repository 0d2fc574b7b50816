#include "model/rules_text.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"

enum { TITLE_MAX_CHARS = 40, RULES_MAX = 500 };

struct line { const char *at; size_t len; };

static bool starts(struct line l, const char *with)
{
	size_t n = strlen(with);
	return l.len >= n && memcmp(l.at, with, n) == 0;
}

static bool ends(struct line l, const char *with)
{
	size_t n = strlen(with);
	return l.len >= n && memcmp(l.at + l.len - n, with, n) == 0;
}

static struct line skip(struct line l, size_t n)
{
	return (struct line){l.at + n, l.len - n};
}

/* Without blanks (the ideographic one too) at both ends. */
static struct line trim(struct line l)
{
	for (;;) {
		if (l.len > 0 && strchr(" \t\r", l.at[0]) && l.at[0])
			l = skip(l, 1);
		else if (starts(l, "　"))
			l = skip(l, 3);
		else
			break;
	}
	for (;;) {
		if (l.len > 0 && strchr(" \t\r", l.at[l.len - 1]) && l.at[l.len - 1])
			l.len--;
		else if (ends(l, "　"))
			l.len -= 3;
		else
			return l;
	}
}

/* The bytes that Chinese or Arabic numerals take at the start; 0 when there are none. */
static size_t numeral(struct line l, bool chinese)
{
	static const char *const han[] = {"〇", "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百"};
	size_t n = 0;
	for (;;) {
		size_t before = n;
		if (!chinese && n < l.len && l.at[n] >= '0' && l.at[n] <= '9')
			n++;
		for (size_t i = 0; chinese && i < sizeof han / sizeof han[0]; i++)
			if (starts(skip(l, n), han[i]))
				n += 3;
		if (n == before)
			return n;
	}
}

/* 一、 before a title or an article. */
static size_t han_number(struct line l)
{
	size_t n = numeral(l, true);
	if (n == 0)
		return 0;
	struct line rest = skip(l, n);
	return starts(rest, "、") || starts(rest, "．") ? n + 3 : starts(rest, ".") ? n + 1 : 0;
}

static bool clause(struct line l)
{
	if (!starts(l, "第"))
		return false;
	struct line rest = skip(l, 3);
	size_t n = numeral(rest, true);
	if (n == 0)
		n = numeral(rest, false);
	return n > 0 && starts(skip(rest, n), "条");
}

static bool article(struct line l)
{
	if (clause(l) || han_number(l) > 0)
		return true;
	bool bracket = starts(l, "（") || starts(l, "(");
	struct line rest = skip(l, !bracket ? 0 : l.at[0] == '(' ? 1 : 3);
	size_t n = numeral(rest, bracket);
	if (n == 0)
		n = numeral(rest, false);
	if (n == 0)
		return false;
	rest = skip(rest, n);
	if (bracket)
		return starts(rest, "）") || starts(rest, ")");
	return starts(rest, "、") || starts(rest, "．") || starts(rest, ".");
}

/* The title in a line that is one. */
static bool title(struct line l, struct line *out)
{
	static const char *const words[] = {"制度", "办法", "规则", "职责", "守则", "规定", "细则"};
	static const char *const marks[] = {"。", "，", "；", "：", ":"};
	if (clause(l))
		return false;
	l = trim(skip(l, han_number(l)));
	if (starts(l, "《") && ends(l, "》"))
		l = (struct line){l.at + 3, l.len - 6};
	if (l.len == 0 || article(l) || utf8_count(l.at, l.len) > TITLE_MAX_CHARS)
		return false;
	bool word = false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		word = word || ends(l, words[i]);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (memmem(l.at, l.len, marks[i], strlen(marks[i])))
			return false;
	*out = l;
	return word;
}

struct reading { struct rules_text *rules; size_t text_len, text_room, lines; };

/* A rule without a line of text was a heading of the document. */
static void finish_rule(struct reading *r)
{
	struct rules_text *t = r->rules;
	if (t->count == 0)
		return;
	struct rules_rule *last = &t->rules[t->count - 1];
	if (r->lines == 0) {
		free(last->text);
		t->count--;
	} else if (last->article_count == 0) {
		last->article_count = r->lines;
	}
}

static void make_id(struct rules_text *t, struct rules_rule *rule)
{
	uint8_t sum[crypto_generichash_BYTES];
	int same = 1;
	for (size_t i = 0; i < t->count; i++)
		same += strcmp(t->rules[i].title, rule->title) == 0;
	crypto_generichash(sum, sizeof sum, (const uint8_t *)rule->title, strlen(rule->title), NULL, 0);
	char hex[17];
	sodium_bin2hex(hex, sizeof hex, sum, 8);
	if (same > 1)
		snprintf(rule->id, sizeof rule->id, "r-%s-%d", hex, same);
	else
		snprintf(rule->id, sizeof rule->id, "r-%s", hex);
}

static enum err begin_rule(struct reading *r, struct line name)
{
	struct rules_text *t = r->rules;
	finish_rule(r);
	if (t->count == RULES_MAX)
		return ERR_TOO_LONG;
	struct rules_rule *grown = realloc(t->rules, (t->count + 1) * sizeof *grown);
	if (!grown)
		return ERR_NOMEM;
	t->rules = grown;
	struct rules_rule rule = {0};
	enum err e = utf8_clean(name.at, name.len, false, TITLE_MAX_CHARS, rule.title, sizeof rule.title);
	if (e != ERR_OK)
		return e;
	make_id(t, &rule);
	rule.text = calloc(1, 1);
	if (!rule.text)
		return ERR_NOMEM;
	t->rules[t->count++] = rule;
	r->text_len = r->lines = 0;
	r->text_room = 1;
	return ERR_OK;
}

static enum err add_line(struct reading *r, struct line l)
{
	struct rules_rule *rule = &r->rules->rules[r->rules->count - 1];
	size_t need = r->text_len + l.len + 2;
	if (need > r->text_room) {
		char *grown = realloc(rule->text, need * 2);
		if (!grown)
			return ERR_NOMEM;
		rule->text = grown;
		r->text_room = need * 2;
	}
	if (r->lines++ > 0)
		rule->text[r->text_len++] = '\n';
	char *to = rule->text + r->text_len;
	/* Cleaning only drops: valid text never grows. */
	enum err e = utf8_clean(l.at, l.len, false, l.len, to, r->text_room - r->text_len);
	r->text_len += strlen(to);
	rule->article_count += article(l);
	return e;
}

enum err rules_text_parse(const char *text, size_t len, struct rules_text *rules)
{
	struct reading r = {.rules = rules};
	const char *p = text, *end = text + len;
	enum err e = utf8_valid(text, len) ? ERR_OK : ERR_INVALID;
	memset(rules, 0, sizeof *rules);
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	while (e == ERR_OK && p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct line l = trim((struct line){p, (size_t)((nl ? nl : end) - p)}), name;
		p = nl ? nl + 1 : end;
		if (l.len == 0)
			continue;
		if (title(l, &name))
			e = begin_rule(&r, name);
		else if (rules->count > 0)
			e = add_line(&r, l);
	}
	finish_rule(&r);
	if (e == ERR_OK && rules->count == 0)
		e = ERR_INVALID;
	if (e != ERR_OK)
		rules_text_clear(rules);
	return e;
}

void rules_text_clear(struct rules_text *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->rules[i].text);
	free(rules->rules);
	memset(rules, 0, sizeof *rules);
}
