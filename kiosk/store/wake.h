/* wake.h: the datagram on a Unix socket by which kiosk and kiosk-sync tell each other "look again".
 * Nothing travels in it: what is true stands in the database, so that a lost datagram costs only a moment. */
#ifndef STORE_WAKE_H
#define STORE_WAKE_H

#include <stdbool.h>

#include "model/err.h"

enum wake_party { WAKE_KIOSK, WAKE_SYNC };

/* Opens DIR/run/kiosk.sock or DIR/run/sync.sock for receiving; non-blocking. *fd is the caller's to close. */
MUST_USE enum err wake_listen(const char *dir, enum wake_party self, int *fd);
/* Reads away all that is waiting; the number of datagrams. */
int wake_drain(int fd);
/* Whether it listens now: it runs. Disturbs nobody. */
bool wake_heard(const char *dir, enum wake_party other);
/* Wakes the other; that nobody listens is no error. */
void wake_send(const char *dir, enum wake_party other);

#endif
