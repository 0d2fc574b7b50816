/* links: kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/utf8.c */
/* A document of rules of any bytes: split into rules that each have a title, an id and a text. */
#include "model/rules_text.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);
	struct rules_text rules = {0};
	if (rules_text_parse(text, len, &rules) == ERR_OK) {
		HOLDS(rules.count > 0 && rules.count <= RULES_MAX);
		for (size_t i = 0; i < rules.count; i++) {
			const struct rules_rule *r = &rules.rules[i];
			HOLDS(r->id[0] && r->title[0] && r->text);
			HOLDS(utf8_valid(r->title, strlen(r->title)) && utf8_valid(r->text, strlen(r->text)));
		}
	}
	for (size_t i = 0; i < rules.doubt_count; i++)
		HOLDS(rules.doubts[i].line > 0 && utf8_valid(rules.doubts[i].text, strlen(rules.doubts[i].text)));
	rules_text_clear(&rules);
	if (utf8_valid(text, len))
		HOLDS(rules_articles(text, len) <= len);
	free(text);
	return 0;
}
