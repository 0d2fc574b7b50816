/* Reading a copy through, and making a folder of one.
 *
 * A restored server lacks what came after the copy; kiosks still have their own part of it, and may have seen more than the
 * restored server knows to have said:
 *   events       a kiosk keeps what it sent. With every look at the changes the server says up to where it has the kiosk's
 *                events (`acked`); what it lacks is sent once more, attachments too.
 *   changes      cursors go on above any that the lost server can have given out: every kiosk reads all there is once more.
 *   views        a view replaces an older revision alone; revisions go on above a floor (town_next_rev).
 *   enrolment    a kiosk's id comes from its key: one that the copy does not know gets its own id when it is admitted again.
 * What the office itself entered after the copy is not anywhere else: the report says so. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "township/backup_read.h"
#include "township/store_copy.h"
#include "township/town.h"

enum err backup_check(const char *file, struct backup_facts *facts, char problem[512])
{
	char room[4096];
	if (snprintf(room, sizeof room, "%s.check-XXXXXX", file) >= (int)sizeof room) {
		snprintf(problem, 512, "the name is too long");
		return ERR_TOO_LONG;
	}
	if (access(file, R_OK) != 0) {
		snprintf(problem, 512, "cannot read %.400s", file);
		return ERR_NOT_FOUND;
	}
	if (!mkdtemp(room)) {
		snprintf(problem, 512, "cannot make a folder beside %.300s to check it in", file);
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	enum err e = backup_unpack(file, room, false, facts, problem);
	backup_forget(room);
	return e;
}

/* Absent or an empty folder. */
static bool is_free(const char *dir)
{
	return access(dir, F_OK) != 0 || rmdir(dir) == 0;
}

static enum err mark(const char *dir, const struct backup_facts *facts)
{
	struct town_store *store;
	char from[64];
	snprintf(from, sizeof from, "a copy of %s", facts->made);
	enum err e = town_open(dir, false, &store);
	if (e)
		return e;
	e = town_mark_restored(store, town_now_ms(), from);
	town_close(store);
	return e;
}

static enum err parent_sync(const char *dir)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/..", dir);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	enum err e = fsync(fd) == 0 ? ERR_OK : ERR_IO;
	close(fd);
	return e;
}

enum err backup_restore(const char *file, const char *dir, struct backup_facts *facts, char problem[512])
{
	char part[4096];
	size_t len = strlen(dir);
	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (snprintf(part, sizeof part, "%.*s.restoring", (int)len, dir) >= (int)sizeof part) {
		snprintf(problem, 512, "the path of the data folder is too long");
		return ERR_TOO_LONG;
	}
	if (!is_free(dir)) {
		snprintf(problem, 512, "%.300s is not empty: restore into a new folder (--data), so that nothing is overwritten", dir);
		return ERR_EXISTS;
	}
	backup_forget(part); /* of one that was cut off */
	if (mkdir(part, 0700) != 0) {
		snprintf(problem, 512, "cannot make %.300s", part);
		return errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	enum err e = backup_unpack(file, part, true, facts, problem);
	/* A copy of a folder that had lost attachments is still all there is: it is restored, and told. */
	bool best = e == ERR_CORRUPT && facts->missing > 0;
	if (!e || best)
		e = mark(part, facts);
	if (!e && rename(part, dir) != 0)
		e = ERR_IO;
	if (!e)
		e = parent_sync(dir);
	if (e) {
		backup_forget(part);
		if (!problem[0])
			snprintf(problem, 512, "cannot make %.300s: %s", dir, err_name(e));
	}
	return e;
}
