/* settings_file.h: the configuration file on disk, for every program alike. */
#ifndef STORE_SETTINGS_FILE_H
#define STORE_SETTINGS_FILE_H

#include <stdbool.h>

#include "model/settings.h"

#define DEFAULT_DATA_DIR "/var/lib/deputies-home"

/* Which file it is: `config` when given, else DIR/kiosk.conf. ERR_TOO_LONG when the path does not fit. */
MUST_USE enum err settings_path(const char *dir, const char *config, char out[SETTINGS_PATH]);

/* Defaults, then the file over them. On any error *problem says what and what would do (line 0: about the
 * whole file), and *s is not to be used. ERR_NOT_FOUND: no such file. */
MUST_USE enum err settings_load(const char *path, struct settings *s, struct settings_problem *problem);

/* The operator reads Chinese: LC_ALL, LC_MESSAGES or LANG, the first that is set, begins with "zh". */
bool operator_reads_chinese(void);

/* The problem as a line for the operator, in their language: "FILE:LINE: what; remedy". */
void settings_problem_text(const char *path, const struct settings_problem *problem, char *out, size_t size);

#endif
