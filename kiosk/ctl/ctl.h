/* ctl.h: what the commands of kioskctl share. A command gives the program's exit status. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <libintl.h>

#include "model/settings.h"
#include "store/health.h"
#include "store/store_admin.h"

#define _(zh) gettext(zh)

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct ctl {
	const char *dir;
	const char *config;   /* NULL: DIR/kiosk.conf */
	int argc;             /* the command's own arguments, its name first */
	char **argv;
};

int cmd_init(const struct ctl *ctl);
int cmd_status(const struct ctl *ctl);
int cmd_verify(const struct ctl *ctl);
int cmd_import(const struct ctl *ctl);
int cmd_backup(const struct ctl *ctl);
int cmd_restore(const struct ctl *ctl);
int cmd_parked(const struct ctl *ctl);
int cmd_print_test(const struct ctl *ctl);
int cmd_devices(const struct ctl *ctl);
int cmd_card(const struct ctl *ctl);
int cmd_flags(const struct ctl *ctl);

/* A message on stderr, "kioskctl: …". Gives EXIT_FAILED. */
__attribute__((format(printf, 1, 2))) int ctl_fail(const char *form, ...);
/* The same with what would do, and EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int ctl_usage(const char *form, ...);
/* An error in the operator's words. */
const char *ctl_error(enum err e);

/* Opens the folder; says what is wrong, and what would do, when it cannot. */
MUST_USE enum err ctl_open(const struct ctl *ctl, struct store **store);
/* Reads the configuration; says its problem with file and line. */
MUST_USE enum err ctl_settings(const struct ctl *ctl, struct settings *settings);

/* How the box is, a line for each part; `printer_uri` as it is set, "" for none. */
void ctl_print_box(const struct health *health, const char *printer_uri);

/* Reads a text file whole, turning GB 18030 (as spreadsheets here save) into UTF-8. *text is malloc'ed. */
MUST_USE enum err ctl_read_text(const char *path, char **text, size_t *len);
/* The imports themselves; they say what they did, or which rows are bad. */
MUST_USE enum err ctl_import_roster(struct store *store, const char *path);
MUST_USE enum err ctl_import_rules(struct store *store, const char *path);
MUST_USE enum err ctl_import_duty(struct store *store, const char *path);
MUST_USE enum err ctl_import_activities(struct store *store, const char *path);
/* Says what the import would do; writes nothing. */
MUST_USE enum err ctl_try_activities(struct store *store, const char *path);
/* Of a folder; what cannot be taken in is named, the rest is, and the result is ERR_INVALID. */
MUST_USE enum err ctl_import_portraits(struct store *store, const char *path);
/* Says which rows of a file are bad, and that nothing was taken in. */
void ctl_problems(const char *path, const struct roster_problems *problems);

/* The time to go by, in unix milliseconds: the store's, or the clock's where nothing better is known. */
int64_t ctl_now_ms(struct store *store);
enum { CTL_TIME_SIZE = 20 };
/* "2026-03-12 14:30" in the room's time. */
void ctl_time(int64_t ms, char out[CTL_TIME_SIZE]);

/* Prints a test slip and follows it for limit_s seconds, or until stop_fd is readable (-1: none). `result` says how it went,
 * for the operator. ERR_TIMEOUT, ERR_STATE: taken back; ERR_IO: it failed; else it was not begun. */
MUST_USE enum err ctl_print_slip(const struct settings *settings, int limit_s, int stop_fd, char *result, size_t size);

/* The manual, in the operator's language. */
const char *help_text(void);

#endif
