/* backup.h: all that a township has, in one file, and back.
 *
 * The file is a tar:   manifest.json   what it is, how many entries follow, the database's SHA-256
 *                      township.db     as it stood at one moment
 *                      township.conf   where there is one
 *                      keys/slip.salt  and the other files of keys/ where they were asked for
 *                      blobs/SHA256    every one that the database names */
#ifndef TOWNSHIP_BACKUP_H
#define TOWNSHIP_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "model/err.h"

/* What a copy holds, as it was found when it was read through. */
struct backup_facts {
	char township[128], version[32], made[20]; /* made: "2026-03-12 10:00" */
	int64_t made_ms, blobs, bytes, links;
	int64_t missing; /* blobs that the database names and the copy has not */
	bool keys, locked; /* the secret keys are in it; they are under a passphrase */
};

/* Writes a copy of DIR, also while its server runs, to FILE (0600, whole or not at all), and reads it through. `config` is
 * the settings file, or NULL for DIR's own. On failure `problem` has a sentence. ERR_CORRUPT with facts->missing > 0: it is
 * written, but DIR itself lacks attachments. */
MUST_USE enum err backup_make(const char *dir, const char *config, bool with_keys, const char *file,
                              struct backup_facts *facts, char problem[512]);

/* Reads a copy through: that it is whole, its database sound, its audit chain good, every attachment what its name says. */
MUST_USE enum err backup_check(const char *file, struct backup_facts *facts, char problem[512]);

/* Makes DIR (which must not be there, or be empty) out of a copy: whole or not at all. */
MUST_USE enum err backup_restore(const char *file, const char *dir, struct backup_facts *facts, char problem[512]);

#endif
