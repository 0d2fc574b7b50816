#include "model/rules_text.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rules_line.h"
#include "model/utf8.h"

enum { LOOK_AHEAD = 50, WRAPPED_CHARS = 20, EXCERPT_CHARS = 30 };

/* A line that is not blank, or one of the articles that ran together on it. */
struct entry {
	struct rules_span span, title;
	struct rules_number number;
	size_t line;
	bool titled, after_blank; /* looks like a title; a blank line is before it */
};

/* How far the numbers of each kind have come in a rule. */
struct counting { int last[RULES_NUMBER_KINDS]; size_t articles[RULES_NUMBER_KINDS], lines; };

struct reading {
	struct rules_text *rules;
	struct entry *entries; /* owned */
	size_t entry_count, entry_room;
	struct counting counting; /* of the last rule */
	size_t text_len, text_room;
};

/* ---- lines ---- */

static enum err doubt_at(struct reading *r, enum rules_doubt_kind kind, size_t line, struct rules_span span)
{
	struct rules_text *t = r->rules;
	if (t->doubt_count == RULES_DOUBTS_MAX)
		return ERR_OK;
	if (t->doubt_count % 16 == 0) {
		struct rules_doubt *grown = realloc(t->doubts, (t->doubt_count + 16) * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		t->doubts = grown;
	}
	struct rules_doubt *d = &t->doubts[t->doubt_count++];
	*d = (struct rules_doubt){.kind = kind, .line = line};
	enum err e = utf8_clean(span.at, span.len, false, EXCERPT_CHARS, d->text, sizeof d->text);
	return e == ERR_TOO_LONG ? ERR_OK : e;
}

static enum err doubt(struct reading *r, enum rules_doubt_kind kind, const struct entry *entry)
{
	return doubt_at(r, kind, entry->line, entry->span);
}

static enum err add_entry(struct reading *r, struct entry entry)
{
	if (r->entry_count == r->entry_room) {
		size_t room = r->entry_room ? r->entry_room * 2 : 64;
		struct entry *grown = realloc(r->entries, room * sizeof *grown);
		if (!grown)
			return ERR_NOMEM;
		r->entries = grown;
		r->entry_room = room;
	}
	entry.number = rules_number_of(entry.span);
	entry.titled = rules_title(entry.span, &entry.title);
	r->entries[r->entry_count++] = entry;
	return ERR_OK;
}

/* Where in the line the article after `number` begins, behind the end of a sentence; 0 when it does not. */
static size_t next_article(struct rules_span l, struct rules_number number)
{
	static const char *const ends[] = {"。", "；", "！"};
	static const char *const mentions[] = {"规定", "所列", "所称", "第", "的", "和", "、", "至", "中"};
	for (size_t at = number.len; at + 3 < l.len; at++) {
		struct rules_span rest = rules_skip(l, at);
		bool end = false;
		for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
			end = end || rules_starts(rest, ends[i]);
		if (!end)
			continue;
		rest = rules_trim(rules_skip(rest, 3));
		struct rules_number n = rules_number_of(rest);
		if (n.kind != number.kind || n.value != number.value + 1)
			continue;
		struct rules_span behind = rules_skip(rest, n.len);
		bool mention = behind.len == 0;
		for (size_t i = 0; n.kind == RULES_CLAUSE && i < sizeof mentions / sizeof mentions[0]; i++)
			mention = mention || rules_starts(behind, mentions[i]); /* 第二条规定的… is no article */
		if (!mention)
			return (size_t)(rest.at - l.at);
	}
	return 0;
}

static enum err add_line(struct reading *r, struct rules_span l, size_t line, bool after_blank)
{
	struct entry entry = {.span = l, .line = line, .after_blank = after_blank};
	bool parted = false;
	for (;;) {
		struct rules_number n = rules_number_of(entry.span);
		size_t at = n.kind == RULES_NO_NUMBER || n.kind == RULES_CHAPTER ? 0 : next_article(entry.span, n);
		struct rules_span rest = rules_skip(entry.span, at);
		if (at > 0)
			entry.span = rules_trim((struct rules_span){entry.span.at, at});
		enum err e = at > 0 && !parted ? doubt(r, RULES_DOUBT_SPLIT, &entry) : ERR_OK;
		if (e == ERR_OK)
			e = add_entry(r, entry);
		if (e != ERR_OK || at == 0)
			return e;
		entry.span = rest;
		entry.after_blank = false;
		parted = true;
	}
}

static enum err read_lines(struct reading *r, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	enum err e = ERR_OK;
	bool blank = true;
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	for (size_t line = 1; e == ERR_OK && p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct rules_span l = rules_trim((struct rules_span){p, (size_t)((nl ? nl : end) - p)});
		p = nl ? nl + 1 : end;
		if (l.len > 0)
			e = add_line(r, l, line, blank);
		blank = l.len == 0;
	}
	return e;
}

/* ---- what a line is ---- */

static bool signature(const struct reading *r, size_t i)
{
	const struct entry *entry = &r->entries[i], *next = i + 1 < r->entry_count ? entry + 1 : NULL;
	if (rules_date_line(entry->span))
		return true;
	return rules_signer(entry->span) && (!next || next->titled || rules_date_line(next->span));
}

/* A line that ends like a title, and yet the rule goes on over it: a list of such names, or a line that was broken. */
static bool goes_on(const struct reading *r, size_t i)
{
	const struct entry *entry = &r->entries[i];
	if (r->rules->count == 0 || r->counting.lines == 0 || i == 0)
		return false;
	size_t ahead = i + 1;
	while (ahead < r->entry_count && ahead - i < LOOK_AHEAD && r->entries[ahead].titled)
		ahead++;
	struct rules_number n = ahead < r->entry_count ? r->entries[ahead].number : (struct rules_number){0};
	struct rules_span before = r->entries[i - 1].span;
	struct rules_number own = entry->number;
	bool broken = rules_ends(before, "，") || rules_ends(before, "、") || rules_ends(before, "：") ||
	              (!rules_sentence_ends(before) && utf8_count(before.at, before.len) >= WRAPPED_CHARS);
	/* The rule's numbers go on below (Word may count on over the next rule: so only where it looks like a list or a line). */
	if ((own.kind == RULES_HAN || broken || r->entries[i - 1].titled) && n.kind > RULES_CHAPTER && n.value >= 2 &&
	    r->counting.last[n.kind] == n.value - 1)
		return true;
	/* Its own number goes on, and nothing begins under it. */
	if (own.kind == RULES_HAN && own.value >= 2 && r->counting.last[RULES_HAN] == own.value - 1 && !(n.kind > RULES_CHAPTER && n.value == 1))
		return true;
	return own.kind == RULES_NO_NUMBER && !entry->after_blank && broken && n.value != 1;
}

/* A short line under which the rule's numbers begin anew. */
static bool unusual_title(const struct reading *r, size_t i)
{
	const struct entry *entry = &r->entries[i];
	if (i + 1 == r->entry_count || !rules_maybe_title(entry->span))
		return false;
	struct rules_number n = r->entries[i + 1].number;
	if (n.value != 1 || (n.kind != RULES_CLAUSE && n.kind != RULES_HAN && n.kind != RULES_DIGIT))
		return false;
	if (r->rules->count == 0)
		return true;
	size_t larger = 0, any = 0; /* articles: below a 第一条 a 一、 begins nothing new */
	for (int kind = RULES_CLAUSE; kind < RULES_NUMBER_KINDS; kind++) {
		any += r->counting.articles[kind];
		larger += kind < (int)n.kind ? r->counting.articles[kind] : 0;
	}
	return any > 0 && larger == 0 && (entry->after_blank || rules_sentence_ends(r->entries[i - 1].span) || signature(r, i - 1));
}

/* ---- rules ---- */

static size_t articles(const struct counting *c)
{
	for (int kind = RULES_CLAUSE; kind < RULES_NUMBER_KINDS; kind++)
		if (c->articles[kind] > 0)
			return c->articles[kind];
	return c->lines;
}

/* Counts the line on, `beside` the articles or not; tells in *kind what is odd about its number, RULES_DOUBT_KINDS for nothing. */
static void count(struct counting *c, struct rules_number n, bool beside, enum rules_doubt_kind *kind)
{
	*kind = RULES_DOUBT_KINDS;
	c->lines += !beside;
	if (n.kind == RULES_NO_NUMBER)
		return;
	if (n.kind != RULES_CHAPTER) {
		int larger = 0, last = c->last[n.kind];
		for (int k = RULES_CLAUSE; k < (int)n.kind; k++)
			larger += c->last[k] > 0;
		if (n.value != last + 1 && (n.value != 1 || (larger == 0 && last > 0)))
			*kind = n.value == 1 ? RULES_DOUBT_AGAIN : RULES_DOUBT_NUMBER;
		c->articles[n.kind]++;
		c->last[n.kind] = n.value;
	}
	/* 第一章 begins everything anew but the clauses, which are counted through. */
	for (int k = n.kind == RULES_CHAPTER ? RULES_HAN : (int)n.kind + 1; k < RULES_NUMBER_KINDS; k++)
		c->last[k] = 0;
}

/* A rule with nothing but remarks under it was a heading of the document, or a line of its contents. */
static enum err finish_rule(struct reading *r)
{
	struct rules_text *t = r->rules;
	if (t->count == 0)
		return ERR_OK;
	struct rules_rule *last = &t->rules[t->count - 1];
	last->article_count = articles(&r->counting);
	if (r->counting.lines > 0 && r->text_len > 0)
		return ERR_OK;
	enum err e = doubt_at(r, RULES_DOUBT_HEADING, last->line, (struct rules_span){last->title, strlen(last->title)});
	free(last->text);
	t->count--;
	return e;
}

void rules_id(const char *title, char id[64])
{
	uint8_t sum[crypto_generichash_BYTES];
	char hex[17];
	crypto_generichash(sum, sizeof sum, (const uint8_t *)title, strlen(title), NULL, 0);
	sodium_bin2hex(hex, sizeof hex, sum, 8);
	snprintf(id, 64, "r-%s", hex);
}

static void make_id(struct rules_text *t, struct rules_rule *rule)
{
	int same = 1;
	for (size_t i = 0; i < t->count; i++)
		same += strcmp(t->rules[i].title, rule->title) == 0;
	rules_id(rule->title, rule->id);
	size_t n = strlen(rule->id);
	if (same > 1)
		snprintf(rule->id + n, sizeof rule->id - n, "-%d", same);
}

static enum err begin_rule(struct reading *r, const struct entry *entry, struct rules_span name)
{
	struct rules_text *t = r->rules;
	enum err e = finish_rule(r);
	if (e != ERR_OK)
		return e;
	if (t->count == RULES_MAX)
		return ERR_TOO_LONG;
	struct rules_rule *grown = realloc(t->rules, (t->count + 1) * sizeof *grown);
	if (!grown)
		return ERR_NOMEM;
	t->rules = grown;
	struct rules_rule rule = {.line = entry->line};
	e = utf8_clean(name.at, name.len, false, RULES_TITLE_MAX_CHARS, rule.title, sizeof rule.title);
	if (e != ERR_OK)
		return e;
	make_id(t, &rule);
	rule.text = calloc(1, 1);
	if (!rule.text)
		return ERR_NOMEM;
	t->rules[t->count++] = rule;
	r->text_len = 0;
	r->text_room = 1;
	r->counting = (struct counting){0};
	return ERR_OK;
}

static enum err add_text(struct reading *r, const struct entry *entry, bool is_signature)
{
	struct rules_rule *rule = &r->rules->rules[r->rules->count - 1];
	size_t need = r->text_len + entry->span.len + 2;
	if (need > r->text_room) {
		char *grown = realloc(rule->text, need * 2);
		if (!grown)
			return ERR_NOMEM;
		rule->text = grown;
		r->text_room = need * 2;
	}
	if (r->text_len > 0)
		rule->text[r->text_len++] = '\n';
	char *to = rule->text + r->text_len;
	/* Cleaning only drops: valid text never grows. */
	enum err e = utf8_clean(entry->span.at, entry->span.len, false, entry->span.len, to, r->text_room - r->text_len);
	r->text_len += strlen(to);
	enum rules_doubt_kind kind;
	count(&r->counting, entry->number, is_signature || rules_remark(entry->span), &kind);
	kind = is_signature ? RULES_DOUBT_SIGNATURE : kind;
	return e == ERR_OK && kind != RULES_DOUBT_KINDS ? doubt(r, kind, entry) : e;
}

static enum err take_entry(struct reading *r, size_t i)
{
	const struct entry *entry = &r->entries[i];
	bool on = entry->titled && goes_on(r, i);
	if (entry->titled && !on)
		return begin_rule(r, entry, entry->title);
	if (!entry->titled && unusual_title(r, i)) {
		enum err e = doubt(r, RULES_DOUBT_TITLE, entry);
		return e == ERR_OK ? begin_rule(r, entry, entry->span) : e;
	}
	if (r->rules->count == 0)
		return doubt(r, RULES_DOUBT_BEFORE, entry);
	enum err e = on ? doubt(r, RULES_DOUBT_TEXT, entry) : ERR_OK;
	return e == ERR_OK ? add_text(r, entry, signature(r, i)) : e;
}

static int by_line(const void *a, const void *b)
{
	const struct rules_doubt *x = a, *y = b;
	return x->line != y->line ? (x->line < y->line ? -1 : 1) : (int)x->kind - (int)y->kind;
}

enum err rules_text_parse(const char *text, size_t len, struct rules_text *rules)
{
	struct reading r = {.rules = rules};
	memset(rules, 0, sizeof *rules);
	enum err e = utf8_valid(text, len) ? read_lines(&r, text, len) : ERR_INVALID;
	for (size_t i = 0; e == ERR_OK && i < r.entry_count; i++)
		e = take_entry(&r, i);
	enum err finished = finish_rule(&r);
	e = e == ERR_OK ? finished : e;
	free(r.entries);
	if (e == ERR_OK && rules->count == 0)
		e = ERR_INVALID;
	for (size_t i = 0; e != ERR_OK && i < rules->count; i++)
		free(rules->rules[i].text);
	if (e != ERR_OK)
		rules->count = 0;
	if (rules->doubt_count > 1)
		qsort(rules->doubts, rules->doubt_count, sizeof *rules->doubts, by_line);
	return e;
}

void rules_text_clear(struct rules_text *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->rules[i].text);
	free(rules->rules);
	free(rules->doubts);
	memset(rules, 0, sizeof *rules);
}

size_t rules_articles(const char *text, size_t len)
{
	struct counting c = {{0}, {0}, 0};
	const char *p = text, *end = text + len;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct rules_span l = rules_trim((struct rules_span){p, (size_t)((nl ? nl : end) - p)});
		enum rules_doubt_kind kind;
		p = nl ? nl + 1 : end;
		if (l.len > 0)
			count(&c, rules_number_of(l), rules_remark(l) || rules_date_line(l) || (rules_signer(l) && p >= end), &kind);
	}
	return articles(&c);
}
