/* rules.h: the rules of the house as the office keeps them: taken in from a document as drafts, edited, hung on the wall,
 * taken down, moved. Each in a transaction of its own with its audit link; the caller holds the town's lock. */
#ifndef TOWNSHIP_RULES_H
#define TOWNSHIP_RULES_H

#include "township/refusal.h"
#include "township/store_rules.h"
#include "township/town.h"

enum { RULES_DOCUMENT_MAX_BYTES = 1024 * 1024, RULE_TEXT_MAX_BYTES = 120 * 1024 };

/* What taking in a rule of a document would do. */
enum rules_fate {
	RULES_NEW,
	RULES_REPLACES,       /* one of this title hangs on the wall */
	RULES_REPLACES_DRAFT, /* there is a draft of this title (and perhaps one on the wall) */
	RULES_SAME,           /* the very words that hang on the wall: there is nothing to take in */
	RULES_TWICE,          /* the document has this title already: not taken in */
	RULES_LONG            /* over RULE_TEXT_MAX_BYTES: not taken in */
};
struct rules_preview {
	struct rules_text found; /* with what was doubtful */
	enum rules_fate *fates;  /* of each rule; owned */
};
/* What there is in the document. Needs no lock. ERR_INVALID, ERR_TOO_LONG: `why` says what to do; the doubts are there all the
 * same. Clear it in any case. */
MUST_USE enum err rules_read(const char *text, size_t len, struct rules_preview *preview, struct refusal *why);
/* Fills in the fates. */
MUST_USE enum err rules_compare(struct town *town, struct rules_preview *preview);
void rules_preview_clear(struct rules_preview *preview);
/* Takes those in as drafts that are `chosen` (and may be); *count tells how many. ERR_INVALID: none is chosen. */
MUST_USE enum err rules_take(struct town *town, const struct rules_preview *preview, const bool *chosen, const char *user,
                             size_t *count, struct refusal *why);

/* Saves a draft: of the rule or draft `id`, or a new one ("": `id` gets its id). */
MUST_USE enum err rules_save(struct town *town, char id[64], const char *title, const char *text, const char *user,
                             struct refusal *why);
MUST_USE enum err rules_drop(struct town *town, const char *id, const char *user, struct refusal *why);
/* Hangs the draft on the wall; NULL: all drafts, *count tells how many. */
MUST_USE enum err rules_publish(struct town *town, const char *id, const char *user, size_t *count, struct refusal *why);
/* Takes it off the wall and every kiosk; its words stay as a draft. */
MUST_USE enum err rules_withdraw(struct town *town, const char *id, const char *user, struct refusal *why);
/* One place up or down the wall; nothing at its ends. */
MUST_USE enum err rules_move(struct town *town, const char *id, bool up, const char *user, struct refusal *why);

#endif
