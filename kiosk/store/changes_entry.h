/* changes_entry.h: one change of the township, as it is read, and what is done with each type of it. */
#ifndef STORE_CHANGES_ENTRY_H
#define STORE_CHANGES_ENTRY_H

#include "model/roster.h"
#include "store/store_internal.h"

struct change_entry { json_int_t cursor; bool has_cursor; const char *type, *id; bool put; json_t *data; };

/* Why an entry is skipped: an English word for the operator. ERR_INVALID goes with it. */
static inline enum err change_skip(const char **reason, const char *why)
{
	*reason = why;
	return ERR_INVALID;
}

/* A member's text into a fixed field; a missing or null one is "". False: too long, or no text. */
bool change_text(json_t *object, const char *name, char *out, size_t size);

/* Both run inside the open transaction, check the entry whole before they write anything, and note what they wrote. On
 * ERR_INVALID *reason says why the entry is skipped. Without `del` the row goes from `table`; without both nothing is ever
 * deleted. */
struct change_kind {
	const char *type, *table;
	enum err (*put)(struct store *store, const struct change_entry *en, const char **reason);
	enum err (*del)(struct store *store, const char *id);
};
/* Activities and what belongs to them; ends with a type of NULL. */
extern const struct change_kind change_attendance_kinds[];

/* The member "id_digest" of a deputy's change into *p: absent, what is known stays; null, *forget is set. */
MUST_USE enum err change_id_digest(json_t *data, struct roster_person *p, bool *forget, const char **reason);

#endif
