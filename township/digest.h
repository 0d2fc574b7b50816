/* digest.h: once a day, what is late and what will be: a file in DIR/digest/ and, where it is wished, a letter by the
 * machine's own mail program. It names receipts, villages and dates, never anybody's words. */
#ifndef TOWNSHIP_DIGEST_H
#define TOWNSHIP_DIGEST_H

#include <stdbool.h>

#include "township/town.h"

enum { DIGEST_PATH_SIZE = 2200 };

struct digest_rules {
	char mail_to[128];  /* "" for no letter */
	char sendmail[256]; /* /usr/sbin/sendmail */
	int hour;           /* of the room's clock, from which it is made */
};
struct digest_rules digest_defaults(void);

/* Writes today's digest where it is time and there is none yet, and sends it. Takes the town's lock itself. A letter that
 * could not be sent is tried again the next time; the file stays the first one of the day. */
MUST_USE enum err digest_make(struct town *town, const struct digest_rules *rules);

#endif
