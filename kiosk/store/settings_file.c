#include "store/settings_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/files.h"

enum { SETTINGS_FILE_MAX = 256 * 1024 };

enum err settings_path(const char *dir, const char *config, char out[SETTINGS_PATH])
{
	int n = config ? snprintf(out, SETTINGS_PATH, "%s", config) : snprintf(out, SETTINGS_PATH, "%s/kiosk.conf", dir);
	return n > 0 && n < SETTINGS_PATH ? ERR_OK : ERR_TOO_LONG;
}

static const char *remedy_for(enum err e)
{
	switch (e) {
	case ERR_NOT_FOUND:
		return "make one with 'kioskctl init', or name another with --config FILE";
	case ERR_DENIED:
		return "let this user read it, or name another with --config FILE";
	case ERR_TOO_LONG:
		return "at most 256 KiB; is it a configuration file?";
	default:
		return "name another with --config FILE";
	}
}

enum err settings_load(const char *path, struct settings *s, struct settings_problem *problem)
{
	uint8_t *text;
	size_t len;
	settings_defaults(s);
	enum err e = file_read(path, SETTINGS_FILE_MAX, &text, &len);
	if (e != ERR_OK) {
		problem->line = 0;
		snprintf(problem->what, sizeof problem->what, "cannot read it: %s", err_name(e));
		snprintf(problem->remedy, sizeof problem->remedy, "%s", remedy_for(e));
		return e;
	}
	e = settings_parse((const char *)text, len, s, problem);
	free(text);
	return e;
}

void settings_problem_text(const char *path, const struct settings_problem *problem, char *out, size_t size)
{
	if (problem->line > 0)
		snprintf(out, size, "%s:%d: %s; %s", path, problem->line, problem->what, problem->remedy);
	else
		snprintf(out, size, "%s: %s; %s", path, problem->what, problem->remedy);
}
