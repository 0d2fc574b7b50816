/* roster_import.h: a roster that somebody uploaded and has not confirmed yet. It is in memory alone, for a quarter of an hour,
 * under a token that only the session that sent it can use; ID numbers become digests first, on a thread of its own. */
#ifndef TOWNSHIP_ROSTER_IMPORT_H
#define TOWNSHIP_ROSTER_IMPORT_H

#include "township/roster_change.h"

enum { ROSTER_IMPORT_TOKEN_SIZE = 33, ROSTER_IMPORT_MINUTES = 15, ROSTER_IMPORTS_MAX = 8 };

struct roster_imports; /* opaque; one a server */

/* Begins its thread. */
MUST_USE enum err roster_imports_create(struct town *town, struct roster_imports **imports);
/* Ends the thread and wipes all that waits; NULL is allowed. */
void roster_imports_destroy(struct roster_imports *imports);

/* Takes a parsed roster (its people are the import's from now on, also on failure). A session's earlier one is forgotten.
 * ERR_BUSY: too many wait. */
MUST_USE enum err roster_import_add(struct roster_imports *imports, const char *session, struct roster *roster,
                                    const struct roster_columns *columns, const char *filename,
                                    char token[ROSTER_IMPORT_TOKEN_SIZE]);

struct roster_import_state {
	bool ready;         /* all ID numbers are digests */
	enum err failed;    /* they could not be made */
	size_t done, total; /* ID numbers */
	int seconds;        /* how long it will take yet, about */
	char filename[128];
};
/* ERR_NOT_FOUND: there is no such import of this session, or not any more. Waits for up to `wait_ms` until it is ready. */
MUST_USE enum err roster_import_look(struct roster_imports *imports, const char *session, const char *token, int wait_ms,
                                     struct roster_import_state *state);
/* What it would change now. Takes the town's lock for as long as the roster is read. ERR_STATE: not ready; ERR_NOT_FOUND. */
MUST_USE enum err roster_import_plan(struct roster_imports *imports, const char *session, const char *token,
                                     struct roster_plan *plan);
/* Does it, if it is still what was shown under `mark`; forgets it then. Takes the town's lock. ERR_STATE: it is not, and must
 * be shown anew; otherwise as roster_plan_apply. *plan is what was done, to be cleared. */
MUST_USE enum err roster_import_confirm(struct roster_imports *imports, const char *session, const char *token, const char *mark,
                                        const char *const *left, size_t left_count, const char *user, struct roster_plan *plan,
                                        struct refusal *refusal);
void roster_import_drop(struct roster_imports *imports, const char *session, const char *token);

#endif
