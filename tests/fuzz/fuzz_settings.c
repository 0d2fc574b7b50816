/* links: kiosk/model/settings.c kiosk/model/settings_key.c kiosk/model/utf8.c */
/* A settings file of any bytes: taken, or refused with what is wrong and what would do in both languages. */
#include "model/settings.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);
	struct settings *s = malloc(sizeof *s);
	struct settings_problem problem = {0};
	HOLDS(s);
	settings_defaults(s); /* what the file does not say stays as it is here */
	if (settings_parse(text, len, s, &problem) == ERR_OK) {
		HOLDS(s->paper_mm == 58 || s->paper_mm == 80);
		HOLDS(s->subject_count <= SETTINGS_MAX_SUBJECTS);
		HOLDS(memchr(s->home, 0, sizeof s->home) && s->home[0]);
	} else {
		HOLDS(problem.what[0] && problem.what_zh[0]);
		HOLDS(problem.line >= 0);
		HOLDS(utf8_valid(problem.what, strlen(problem.what)));
		HOLDS(utf8_valid(problem.what_zh, strlen(problem.what_zh)));
		HOLDS(utf8_valid(problem.remedy_zh, strlen(problem.remedy_zh)));
	}
	free(s);
	free(text);
	return 0;
}
