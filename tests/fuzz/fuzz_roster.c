/* links: kiosk/model/roster.c kiosk/model/csv.c kiosk/model/utf8.c kiosk/model/roster_ids.c kiosk/model/id_number.c kiosk/model/civil.c kiosk/model/err.c */
/* A roster of any bytes: people that are whole, or problems that name their rows. */
#include "model/roster.h"
#include "model/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);
	struct roster roster = {0};
	struct roster_problems problems = {0};
	if (roster_parse_csv(text, len, &roster, &problems) == ERR_OK) {
		for (size_t i = 0; i < roster.count; i++) {
			const struct roster_person *p = &roster.people[i];
			HOLDS(p->id[0] && p->name[0] && utf8_valid(p->name, strlen(p->name)));
			HOLDS(p->mandate_count >= 1 && p->mandate_count <= sizeof p->mandates / sizeof p->mandates[0]);
		}
	} else {
		HOLDS(problems.count > 0);
		for (size_t i = 0; i < problems.count; i++)
			HOLDS(problems.items[i].fault && utf8_valid(problems.items[i].what, strlen(problems.items[i].what)));
	}
	roster_clear(&roster);
	roster_problems_clear(&problems);
	free(text);
	return 0;
}
