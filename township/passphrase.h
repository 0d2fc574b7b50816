/* passphrase.h: asking for the passphrase that the keys are kept under: from a file or descriptor, from a systemd
 * credential, on the terminal without an echo, or through systemd-ask-password where there is no terminal. */
#ifndef TOWNSHIP_PASSPHRASE_H
#define TOWNSHIP_PASSPHRASE_H

#include <stdbool.h>

#include "township/keys_wrap.h"

enum { PASSPHRASE_TRIES = 3 };

struct passphrase_from {
	const char *file; /* its first line; NULL: $CREDENTIALS_DIRECTORY/passphrase when there is one, else a person is asked */
};

/* *person: somebody typed it, and may be asked again. ERR_NOT_FOUND: there is nobody to ask; ERR_DENIED: the file is readable
 * by others; ERR_STATE: whoever was asked broke off; ERR_TOO_LONG, ERR_IO. Wipe `out`. */
MUST_USE enum err passphrase_get(const struct passphrase_from *from, const char *prompt, char out[PASSPHRASE_MAX_BYTES],
                                 bool *person);

/* A new one: asked for twice of a person, and refused when it is weak. `problem` gets a sentence when it fails. */
MUST_USE enum err passphrase_new(const struct passphrase_from *from, char out[PASSPHRASE_MAX_BYTES], char problem[512]);

#endif
