/* serve.h: the server's life, from the start to the signal that ends it. */
#ifndef TOWNSHIP_SERVE_H
#define TOWNSHIP_SERVE_H

#include "township/config.h"
#include "township/keys_lock.h"

/* Serves until SIGTERM or SIGINT. Gives the process's exit status. */
int serve(const char *dir, const struct passphrase_from *from, const struct config *config);

/* Makes DIR (init). `name` is the township's; the demo's files come from the source tree or
 * /usr/share/deputies-home. */
int init_folder(const char *dir, const char *name, bool demo);

#endif
