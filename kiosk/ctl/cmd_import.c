/* cmd_import.c: rules, roster and rota from the files that offices keep. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "store/store_attendance.h"
#include "ui/pinyin.h"

enum { PROBLEMS_SHOWN = 20 };

void ctl_problems(const char *path, const struct roster_problems *problems)
{
	for (size_t i = 0; i < problems->count && i < PROBLEMS_SHOWN; i++) {
		const struct roster_problem *p = &problems->items[i];
		const char *value = p->what + strlen(p->fault);
		if (strncmp(p->what, p->fault, strlen(p->fault)) != 0)
			value = "";
		ctl_fail(_("%s 第 %d 行：%s%s"), path, p->row, _(p->fault), value);
	}
	if (problems->count > PROBLEMS_SHOWN)
		ctl_fail(_("……共 %zu 处"), problems->count);
	ctl_fail(_("什么也没有导入；改好后再来一次"));
}

/* Names whose initials the office did not give are read by the pinyin engine. */
static void fill_initials(struct roster *roster)
{
	struct pinyin *py = NULL;
	size_t unread = 0;
	for (size_t i = 0; i < roster->count; i++) {
		struct roster_person *p = &roster->people[i];
		if (p->initials[0])
			continue;
		if ((!py && pinyin_create(&py) != ERR_OK) ||
		    pinyin_initials(py, p->name, p->initials, sizeof p->initials) != ERR_OK) {
			p->initials[0] = '\0';
			unread++;
		}
	}
	if (py)
		pinyin_destroy(py);
	if (unread > 0)
		ctl_fail(_("提醒：%zu 位代表的姓名读不出拼音首字母，按字母找不到他们；可在“拼音首字母”一列写上"), unread);
}

/* Each takes some tens of milliseconds by intent: a thousand deputies are worth a word meanwhile. */
static enum err digest_numbers(struct store *store, struct roster *roster, size_t *count)
{
	struct id_params params;
	size_t total = 0, done = 0;
	bool show = isatty(STDERR_FILENO) == 1;
	for (size_t i = 0; i < roster->count; i++)
		total += roster->people[i].id_number[0] != '\0';
	*count = total;
	enum err e = total > 0 ? store_id_params_new(store, &params) : ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < roster->count && done < total; i++) {
		struct roster one = {.people = &roster->people[i], .count = 1};
		if (!one.people->id_number[0])
			continue;
		e = roster_digest_ids(&one, &params);
		done++;
		if (show && (done % 20 == 0 || done == total))
			fprintf(stderr, "\r%s %zu / %zu", _("身份证号"), done, total);
	}
	if (show && total >= 20)
		fputc('\n', stderr);
	return e;
}

/* The numbers are gone from memory when this returns, whatever became of it. */
static enum err take_roster(struct store *store, struct roster *roster)
{
	size_t mandates = 0, numbers = 0;
	enum err e = digest_numbers(store, roster, &numbers);
	if (e == ERR_OK)
		e = store_import_roster(store, roster);
	for (size_t i = 0; i < roster->count; i++)
		mandates += roster->people[i].mandate_count;
	if (e != ERR_OK) {
		ctl_fail(_("名册没有导入：%s"), ctl_error(e));
		return e;
	}
	printf(_("名册：%zu 位代表，%zu 个职务\n"), roster->count, mandates);
	if (numbers > 0)
		printf(_("身份证号：%zu 位可以刷身份证签到；只存了摘要，号码没有留下。请删掉带身份证号的文件\n"), numbers);
	return ERR_OK;
}

enum err ctl_import_roster(struct store *store, const char *path)
{
	char *text;
	size_t len;
	struct roster roster;
	struct roster_problems problems;
	enum err e = ctl_read_text(path, &text, &len);
	if (e != ERR_OK)
		return e;
	e = roster_parse_csv(text, len, &roster, &problems);
	sodium_memzero(text, len); /* ID numbers */
	free(text);
	if (e == ERR_INVALID) {
		ctl_problems(path, &problems);
	} else if (e == ERR_OK) {
		fill_initials(&roster);
		e = take_roster(store, &roster);
	} else {
		ctl_fail(_("名册没有导入：%s"), ctl_error(e));
	}
	roster_clear(&roster);
	roster_problems_clear(&problems);
	return e;
}

enum err ctl_import_rules(struct store *store, const char *path)
{
	char *text;
	size_t len, articles = 0;
	struct rules_text rules;
	enum err e = ctl_read_text(path, &text, &len);
	if (e != ERR_OK)
		return e;
	e = rules_text_parse(text, len, &rules);
	free(text);
	if (e == ERR_INVALID) {
		ctl_fail(_("%s 里没有找到制度；每项制度的名称要单独一行，以 制度、办法、规则、职责、守则、规定 或 细则 结尾"), path);
		return e;
	}
	if (e == ERR_OK) {
		e = store_import_rules(store, &rules);
		for (size_t i = 0; i < rules.count; i++)
			articles += rules.rules[i].article_count;
	}
	if (e == ERR_OK)
		printf(_("制度：%zu 项，%zu 条\n"), rules.count, articles);
	else
		ctl_fail(_("制度没有导入：%s"), ctl_error(e));
	rules_text_clear(&rules);
	return e;
}

enum err ctl_import_duty(struct store *store, const char *path)
{
	char *text;
	size_t len;
	struct duty_plan plan;
	struct roster_problems problems;
	enum err e = ctl_read_text(path, &text, &len);
	if (e != ERR_OK)
		return e;
	e = duty_parse_csv(text, len, &plan, &problems);
	free(text);
	if (e == ERR_OK)
		e = store_import_duty(store, &plan, &problems);
	if (e == ERR_OK)
		printf(_("值班表：%zu 班\n"), plan.count);
	else if (problems.count > 0)
		ctl_problems(path, &problems);
	else
		ctl_fail(_("值班表没有导入：%s"), ctl_error(e));
	duty_plan_clear(&plan);
	roster_problems_clear(&problems);
	return e;
}

int cmd_import(const struct ctl *ctl)
{
	static const struct {
		const char *what;
		enum err (*run)(struct store *store, const char *path);
		enum err (*try)(struct store *store, const char *path); /* --dry-run; NULL: not for this */
	} kinds[] = {
		{"rules", ctl_import_rules, NULL},           {"roster", ctl_import_roster, NULL},
		{"duty", ctl_import_duty, NULL},             {"activities", ctl_import_activities, ctl_try_activities},
		{"portraits", ctl_import_portraits, NULL},
	};
	bool dry = ctl->argc == 4 && strcmp(ctl->argv[3], "--dry-run") == 0;
	if (ctl->argc != 3 && !dry)
		return ctl_usage(_("用法：kioskctl import rules|roster|duty|activities FILE [--dry-run]，或 import portraits DIR"));
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].what, ctl->argv[1]) != 0)
			continue;
		struct store *store;
		if (dry && !kinds[i].try)
			return ctl_usage(_("--dry-run 只可以用在 import activities"));
		if (ctl_open(ctl, &store) != ERR_OK)
			return EXIT_FAILED;
		enum err e = (dry ? kinds[i].try : kinds[i].run)(store, ctl->argv[2]);
		store_close(store);
		return e == ERR_OK ? EXIT_DONE : EXIT_FAILED;
	}
	return ctl_usage(_("不能导入“%s”；可以导入：rules, roster, duty, activities, portraits"), ctl->argv[1]);
}
