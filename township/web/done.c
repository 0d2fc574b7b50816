/* What was done, told on the page that follows. */
#include <string.h>

#include "township/web/web.h"

static const struct {
	const char *code, *text;
} done[] = {
	{"saved", "已保存"},
	{"signed-out", "您已退出"},
};

const char *web_done_text(const char *code)
{
	for (size_t i = 0; i < sizeof done / sizeof *done; i++)
		if (strcmp(done[i].code, code) == 0)
			return done[i].text;
	return NULL;
}
