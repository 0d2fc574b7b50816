/* password.h: the office's password and code, from the environment or asked for on the terminal. */
#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include "model/err.h"

enum { PASSWORD_SIZE = 257 };

/* From the environment variable of that name (KIOSKCTL_PASSWORD, KIOSKCTL_CODE), else asked for with `prompt` on the terminal, without showing it. The caller wipes it. ERR_NOT_FOUND:
 * neither is there; ERR_TOO_LONG; ERR_STATE: given up with Ctrl-C, or nothing was typed. */
MUST_USE enum err password_get(const char *variable, const char *prompt, char out[PASSWORD_SIZE]);

#endif
