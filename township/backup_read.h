/* backup_read.h: reading a copy through, for the check and for the restore. */
#ifndef TOWNSHIP_BACKUP_READ_H
#define TOWNSHIP_BACKUP_READ_H

#include "township/backup.h"

enum { BACKUP_FORMAT = 1, BACKUP_MANIFEST_MAX = 64 * 1024, BACKUP_KEY_MAX = 4096, BACKUP_CONF_MAX = 1024 * 1024 };

/* Reads FILE into the empty folder `dir` (its attachments only when `all`), and checks all of it. */
MUST_USE enum err backup_unpack(const char *file, const char *dir, bool all, struct backup_facts *facts, char problem[512]);
/* Removes a folder that backup_unpack filled, with all in it. */
void backup_forget(const char *dir);

#endif
