/* credentials.h: by what a deputy is known, as it comes from imports and from the township: written inside an open
 * transaction, and noted. */
#ifndef STORE_CREDENTIALS_H
#define STORE_CREDENTIALS_H

#include "model/card_token.h"
#include "model/id_number.h"
#include "store/store_internal.h"

/* ERR_NOT_FOUND: there is no such deputy. */
MUST_USE enum err deputy_exists(struct store *store, const char *deputy);
MUST_USE enum err id_digest_put(struct store *store, const char *deputy, const struct id_params *params,
                                const uint8_t digest[ID_DIGEST_BYTES]);
MUST_USE enum err card_put(struct store *store, const char *deputy, const struct card_state *state);
/* `media` and bytes as store_portrait_put wants them; ERR_INVALID, ERR_TOO_LONG. */
MUST_USE enum err portrait_put(struct store *store, const char *deputy, const char *media, const uint8_t *bytes,
                               size_t len);

#endif
