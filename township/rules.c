#include "township/rules.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rules_line.h"
#include "model/str.h"
#include "model/utf8.h"
#include "township/publish.h"

/* ---- a document ---- */

enum err rules_read(const char *text, size_t len, struct rules_preview *preview, struct refusal *why)
{
	memset(preview, 0, sizeof *preview);
	if (len > RULES_DOCUMENT_MAX_BYTES)
		return refuse_with(why, ERR_TOO_LONG, "请分成几份，一份一份地取入；什么也没有取入", "文字太长（最多 %d KB）",
		                   RULES_DOCUMENT_MAX_BYTES / 1024);
	if (strspn(text, " \t\r\n") == len)
		return refuse_with(why, ERR_INVALID, "请粘贴制度的全文，或选一个文件", "没有文字");
	enum err e = rules_text_parse(text, len, &preview->found);
	if (e == ERR_TOO_LONG)
		return refuse_with(why, e, "请分成几份，一份一份地取入；什么也没有取入", "制度太多（一份最多 %d 项）", RULES_MAX);
	if (e == ERR_INVALID)
		return refuse_with(why, e, "每项制度的名称要单独占一行，以“制度”“办法”“规则”“职责”“守则”“规定”“细则”等结尾，下面是正文；改好后再试",
		                   "没有找到制度");
	if (e == ERR_OK) {
		preview->fates = calloc(preview->found.count, sizeof *preview->fates);
		e = preview->fates ? ERR_OK : ERR_NOMEM;
	}
	return e;
}

void rules_preview_clear(struct rules_preview *preview)
{
	rules_text_clear(&preview->found);
	free(preview->fates);
	preview->fates = NULL;
}

static enum err fate_of(struct town *town, const struct rules_text *found, size_t i, enum rules_fate *fate)
{
	const struct rules_rule *rule = &found->rules[i];
	struct town_rule hanging, draft;
	char id[64];
	for (size_t j = 0; j < i; j++) {
		if (strcmp(found->rules[j].title, rule->title) == 0) {
			*fate = RULES_TWICE;
			return ERR_OK;
		}
	}
	*fate = strlen(rule->text) > RULE_TEXT_MAX_BYTES ? RULES_LONG : RULES_NEW;
	enum err e = *fate == RULES_NEW ? town_rule_find(town->store, rule->title, id) : ERR_NOT_FOUND;
	if (e)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = town_rule_draft_get(town->store, id, &draft);
	if (e != ERR_NOT_FOUND) {
		town_rule_clear(&draft);
		*fate = RULES_REPLACES_DRAFT;
		return e;
	}
	e = town_rule_get(town->store, id, &hanging);
	*fate = !e && strcmp(hanging.text, rule->text) == 0 ? RULES_SAME : RULES_REPLACES;
	town_rule_clear(&hanging);
	return e;
}

enum err rules_compare(struct town *town, struct rules_preview *preview)
{
	enum err e = ERR_OK;
	for (size_t i = 0; i < preview->found.count && !e; i++)
		e = fate_of(town, &preview->found, i, &preview->fates[i]);
	return e;
}

/* ---- drafts ---- */

/* The id that a title gives, or another where that is taken (the rule of that id has since got another title). */
static enum err new_id(struct town *town, const char *title, char id[64])
{
	bool known;
	rules_id(title, id);
	enum err e = town_rule_known(town->store, id, &known);
	if (!e && known) {
		uint8_t bytes[8];
		char hex[17];
		randombytes_buf(bytes, sizeof bytes);
		sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
		snprintf(id, 64, "r-%s", hex);
	}
	return e;
}

/* Inside the caller's transaction. `text` is borrowed. */
static enum err put_draft(struct town *town, const char *id, const char *title, char *text, const char *user, const char *act)
{
	struct town_rule draft = {.text = text, .at_ms = town_now_ms()};
	if (!str_copy(draft.id, sizeof draft.id, id) || !str_copy(draft.title, sizeof draft.title, title) ||
	    !str_copy(draft.by, sizeof draft.by, user))
		return ERR_TOO_LONG;
	draft.article_count = (int64_t)rules_articles(text, strlen(text));
	enum err e = town_rule_draft_put(town->store, &draft);
	return e ? e : town_audit_user(town, user, act, id, title);
}

enum err rules_take(struct town *town, const struct rules_preview *preview, const bool *chosen, const char *user, size_t *count,
                    struct refusal *why)
{
	*count = 0;
	enum err e = town_begin(town->store);
	for (size_t i = 0; i < preview->found.count && !e; i++) {
		const struct rules_rule *rule = &preview->found.rules[i];
		enum rules_fate fate;
		char id[64];
		e = chosen[i] ? fate_of(town, &preview->found, i, &fate) : ERR_OK;
		if (e || !chosen[i] || fate == RULES_SAME || fate == RULES_TWICE || fate == RULES_LONG)
			continue;
		e = town_rule_find(town->store, rule->title, id);
		if (e == ERR_NOT_FOUND)
			e = new_id(town, rule->title, id);
		if (!e)
			e = put_draft(town, id, rule->title, rule->text, user, "rule.taken");
		*count += !e;
	}
	if (!e && *count == 0)
		e = refuse_with(why, ERR_INVALID, "请在要取入的制度前面打勾", "没有选中要取入的制度");
	return town_end(town->store, e);
}

/* Lines without blanks around them, none empty: as the wall shows them. *out is malloc'ed. */
static enum err tidy(const char *text, char **out)
{
	size_t size = strlen(text) * 3 + 1, n = 0; /* a byte that is none becomes three */
	char *clean = malloc(size);
	if (!clean)
		return ERR_NOMEM;
	enum err e = utf8_clean(text, strlen(text), true, size, clean, size);
	for (const char *p = clean, *end = clean + strlen(clean); p < end && !e;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct rules_span l = rules_trim((struct rules_span){p, (size_t)((nl ? nl : end) - p)});
		p = nl ? nl + 1 : end;
		if (l.len == 0)
			continue;
		if (n > 0)
			clean[n++] = '\n';
		memmove(clean + n, l.at, l.len);
		n += l.len;
	}
	clean[n] = '\0';
	*out = clean;
	return e;
}

static enum err check(struct town *town, const char *id, const char *title, const char *text, struct refusal *why)
{
	char other[64];
	if (!title[0])
		return refuse_with(why, ERR_INVALID, "请写上制度的名称，例如“代表学习制度”", "没有名称");
	if (utf8_count(title, strlen(title)) > RULES_TITLE_MAX_CHARS)
		return refuse_with(why, ERR_INVALID, "请写短一些，大屏上要一行放得下", "名称太长（最多 %d 个字）", RULES_TITLE_MAX_CHARS);
	if (!text[0])
		return refuse_with(why, ERR_INVALID, "请写上制度的条文", "没有正文");
	if (strlen(text) > RULE_TEXT_MAX_BYTES)
		return refuse_with(why, ERR_INVALID, "请分成几项制度", "正文太长（最多约 %d 万字）", RULE_TEXT_MAX_BYTES / 3 / 10000);
	enum err e = town_rule_find(town->store, title, other);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (!e && strcmp(other, id) != 0)
		return refuse_with(why, ERR_EXISTS, "请换一个名称，或直接修改那一项", "已经有一项“%s”", title);
	return e;
}

enum err rules_save(struct town *town, char id[64], const char *title, const char *text, const char *user, struct refusal *why)
{
	char name[TOWN_NAME_SIZE], *words = NULL;
	bool known = true;
	enum err e = utf8_clean(title, strlen(title), false, TOWN_NAME_SIZE, name, sizeof name);
	if (e == ERR_TOO_LONG)
		return refuse_with(why, ERR_INVALID, "请写短一些，大屏上要一行放得下", "名称太长（最多 %d 个字）", RULES_TITLE_MAX_CHARS);
	struct rules_span trimmed = rules_trim((struct rules_span){name, strlen(name)});
	memmove(name, trimmed.at, trimmed.len);
	name[trimmed.len] = '\0';
	e = e ? e : tidy(text, &words);
	if (e)
		return e;
	e = town_begin(town->store);
	if (!e)
		e = check(town, id, name, words, why);
	if (!e && id[0])
		e = town_rule_known(town->store, id, &known);
	if (!e && !known)
		e = refuse_with(why, ERR_NOT_FOUND, "也许刚被别人删除；请回到制度列表看看", "没有这项制度");
	if (!e && !id[0])
		e = new_id(town, name, id);
	if (!e)
		e = put_draft(town, id, name, words, user, "rule.draft");
	free(words);
	return town_end(town->store, e);
}

static enum err missing(enum err e, struct refusal *why)
{
	return e == ERR_NOT_FOUND ? refuse_with(why, e, "也许刚被别人公布、撤下或删除；请回到制度列表看看", "没有找到") : e;
}

enum err rules_drop(struct town *town, const char *id, const char *user, struct refusal *why)
{
	struct town_rule draft = {0};
	enum err e = town_begin(town->store);
	if (!e)
		e = missing(town_rule_draft_get(town->store, id, &draft), why);
	if (!e)
		e = town_rule_draft_remove(town->store, id);
	if (!e)
		e = town_audit_user(town, user, "rule.draft_dropped", id, draft.title);
	town_rule_clear(&draft);
	return town_end(town->store, e);
}

/* ---- the wall ---- */

/* Inside the caller's transaction. */
static enum err publish_draft(struct town *town, const char *id, const char *user)
{
	struct town_rule draft = {0};
	enum err e = town_rule_draft_get(town->store, id, &draft);
	if (!e) {
		struct rules_rule rule = {.text = draft.text, .article_count = (size_t)draft.article_count};
		memcpy(rule.id, draft.id, sizeof rule.id);
		memcpy(rule.title, draft.title, sizeof rule.title);
		e = publish_rule(town, &rule, user);
	}
	if (!e)
		e = town_rule_draft_remove(town->store, id);
	if (!e)
		e = town_audit_user(town, user, "rule.published", id, draft.title);
	town_rule_clear(&draft);
	return e;
}

enum err rules_publish(struct town *town, const char *id, const char *user, size_t *count, struct refusal *why)
{
	json_t *drafts = NULL;
	const json_t *draft;
	size_t i;
	*count = 0;
	enum err e = town_begin(town->store);
	if (!e && id) {
		e = missing(publish_draft(town, id, user), why);
		*count = 1;
	} else if (!e) {
		e = town_rule_drafts_json(town->store, &drafts);
		json_array_foreach (drafts, i, draft)
			e = e ? e : publish_draft(town, json_string_value(json_object_get(draft, "id")), user);
		*count = json_array_size(drafts);
		if (!e && *count == 0)
			e = refuse_with(why, ERR_NOT_FOUND, "也许刚被别人公布；请看看墙上的制度", "没有要公布的草稿");
	}
	json_decref(drafts);
	return town_end(town->store, e);
}

enum err rules_withdraw(struct town *town, const char *id, const char *user, struct refusal *why)
{
	struct town_rule rule = {0}, draft = {0};
	json_t *nothing = json_object();
	enum err e = nothing ? town_begin(town->store) : ERR_NOMEM;
	if (e) {
		json_decref(nothing);
		return e;
	}
	e = missing(town_rule_get(town->store, id, &rule), why);
	if (!e) {
		e = town_rule_draft_get(town->store, id, &draft);
		if (e == ERR_NOT_FOUND) { /* so that no words are lost */
			struct town_rule kept = rule;
			kept.at_ms = town_now_ms();
			(void)str_copy(kept.by, sizeof kept.by, user);
			e = town_rule_draft_put(town->store, &kept);
		}
	}
	if (!e)
		e = town_rule_remove(town->store, id);
	if (!e)
		e = town_change_put(town->store, "rule", "del", id, nothing, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "rule.withdrawn", id, rule.title);
	town_rule_clear(&rule);
	town_rule_clear(&draft);
	json_decref(nothing);
	return town_end(town->store, e);
}

/* Numbers the wall from 1 with the rules at `i` and `j` exchanged, and tells the kiosks what they do not know yet. */
static enum err renumber(struct town *town, const json_t *wall, size_t i, size_t j)
{
	enum err e = ERR_OK;
	for (size_t n = 0; n < json_array_size(wall) && !e; n++) {
		const json_t *rule = json_array_get(wall, n == i ? j : n == j ? i : n);
		const char *id = json_string_value(json_object_get(rule, "id"));
		json_int_t position = (json_int_t)n + 1;
		if (json_integer_value(json_object_get(rule, "position")) == position && json_is_true(json_object_get(rule, "placed")))
			continue;
		e = town_rule_place(town->store, id, position);
		if (!e)
			e = publish_rule_again(town, id);
	}
	return e;
}

enum err rules_move(struct town *town, const char *id, bool up, const char *user, struct refusal *why)
{
	json_t *wall = NULL;
	enum err e = town_begin(town->store);
	if (!e)
		e = town_rules_json(town->store, &wall);
	size_t count = json_array_size(wall), at = 0;
	while (at < count && strcmp(json_string_value(json_object_get(json_array_get(wall, at), "id")), id) != 0)
		at++;
	if (!e && at == count)
		e = missing(ERR_NOT_FOUND, why);
	if (!e && (up ? at > 0 : at + 1 < count)) {
		e = renumber(town, wall, at, up ? at - 1 : at + 1);
		if (!e)
			e = town_audit_user(town, user, "rule.moved", id, up ? "up" : "down");
	}
	json_decref(wall);
	return town_end(town->store, e);
}
