#include "store/settings_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/files.h"

enum { SETTINGS_FILE_MAX = 256 * 1024 };

enum err settings_path(const char *dir, const char *config, char out[SETTINGS_PATH])
{
	int n = config ? snprintf(out, SETTINGS_PATH, "%s", config)
	               : snprintf(out, SETTINGS_PATH, "%s/kiosk.conf", dir);
	return n > 0 && n < SETTINGS_PATH ? ERR_OK : ERR_TOO_LONG;
}

bool operator_reads_chinese(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value && value[0])
			return strncmp(value, "zh", 2) == 0;
	}
	return false;
}

static void tell_unreadable(enum err e, struct settings_problem *problem)
{
	static const struct { enum err e; const char *remedy, *what_zh, *remedy_zh; } rows[] = {
		{ERR_NOT_FOUND, "make one with 'kioskctl init', or name another with --config FILE", "没有这个文件",
		 "用 kioskctl init 建一个，或用 --config FILE 写另一个"},
		{ERR_DENIED, "let this user read it, or name another with --config FILE", "没有读它的权限",
		 "让这个用户能读它，或用 --config FILE 写另一个"},
		{ERR_TOO_LONG, "at most 256 KiB; is it a configuration file?", "文件太大", "最多 256 KiB；它是设置文件吗？"},
		{ERR_OK, "name another with --config FILE", "读不了", "用 --config FILE 写另一个"},
	};
	size_t i = 0;
	while (rows[i].e != e && rows[i].e != ERR_OK)
		i++;
	memset(problem, 0, sizeof *problem);
	snprintf(problem->what, sizeof problem->what, "cannot read it: %s", err_name(e));
	snprintf(problem->remedy, sizeof problem->remedy, "%s", rows[i].remedy);
	snprintf(problem->what_zh, sizeof problem->what_zh, "%s", rows[i].what_zh);
	snprintf(problem->remedy_zh, sizeof problem->remedy_zh, "%s", rows[i].remedy_zh);
}

enum err settings_load(const char *path, struct settings *s, struct settings_problem *problem)
{
	uint8_t *text;
	size_t len;
	settings_defaults(s);
	enum err e = file_read(path, SETTINGS_FILE_MAX, &text, &len);
	if (e != ERR_OK) {
		tell_unreadable(e, problem);
		return e;
	}
	e = settings_parse((const char *)text, len, s, problem);
	free(text);
	return e;
}

void settings_problem_text(const char *path, const struct settings_problem *problem, char *out, size_t size)
{
	bool zh = operator_reads_chinese();
	const char *what = zh ? problem->what_zh : problem->what,
			   *remedy = zh ? problem->remedy_zh : problem->remedy;
	char line[16] = "";
	if (problem->line > 0)
		snprintf(line, sizeof line, ":%d", problem->line);
	snprintf(out, size, zh ? "%s%s: %s；%s" : "%s%s: %s; %s", path, line, what, remedy);
}
