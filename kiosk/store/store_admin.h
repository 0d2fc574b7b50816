/* store_admin.h: the operator's side of the store: imports, verification, backup. */
#ifndef STORE_STORE_ADMIN_H
#define STORE_STORE_ADMIN_H

#include <stdio.h>

#include "model/activity_csv.h"
#include "model/duty_text.h"
#include "model/roster.h"
#include "model/rules_text.h"
#include "store/store.h"

/* Takes in a parsed roster whole, or nothing; the audit chain says who did it. */
MUST_USE enum err store_import_roster(struct store *store, const struct roster *roster);
MUST_USE enum err store_import_rules(struct store *store, const struct rules_text *rules);
/* The rota's names are looked up in the roster. ERR_INVALID: `problems` (zero-initialised, the caller's to
 * clear) says which are not in it, or are several persons' there. */
MUST_USE enum err store_import_duty(struct store *store, const struct duty_plan *plan,
                                    struct roster_problems *problems);

/* Adds and replaces activities with their lists (who is on them is looked up in the roster); those already begun that the
 * file does not name stay. ERR_INVALID: `problems` says who is not in the roster. */
MUST_USE enum err store_import_activities(struct store *store, const struct activity_plan *plan,
                                          struct roster_problems *problems);
/* The same with nothing written: what would be wrong. */
MUST_USE enum err store_try_activities(struct store *store, const struct activity_plan *plan,
                                       struct roster_problems *problems);

struct verify_report {
	int64_t links, events, cases;   /* checked */
	bool ok;
	int64_t bad_link;               /* the first bad audit link's number; 0 when none */
	char what[256];                 /* what is wrong, in English, for the operator; "" when ok */
};
/* Checks the database's integrity, foreign keys, the chain and every signature, the gaplessness of events,
 * that each case has its event, and that each blob has its sum. */
MUST_USE enum err store_verify(struct store *store, struct verify_report *report);

/* A consistent copy while running, by SQLite's backup API, of the database, the keys and the blobs. */
MUST_USE enum err store_backup(struct store *store, const char *to_dir);
/* Puts a backup in place of an absent or set-aside folder. ERR_EXISTS when DIR holds a database. */
MUST_USE enum err store_restore(const char *from_dir, const char *dir);
/* The kiosk's own daily backup into DIR/backup/, the newest seven are kept. */
MUST_USE enum err store_backup_daily(struct store *store, int64_t now_ms);

#endif
