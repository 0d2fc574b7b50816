/* kiosks.h: the township's kiosks: they are admitted, named and revoked, they say how they are, and what of it needs a person.
 * Under the town's lock; what writes begins its own transaction. */
#ifndef TOWNSHIP_KIOSKS_H
#define TOWNSHIP_KIOSKS_H

#include "township/store_kiosks.h"
#include "township/town.h"

enum { KIOSK_NAME_CHARS = 60, KIOSK_CODE_HOURS = 24 };

/* Lets the kiosk in that waits with that code; `name` NULL or "": as it calls itself. One whose key is known comes back as
 * itself: its numbers go on where they were. ERR_NOT_FOUND: nobody waits with it (any more). ERR_INVALID, ERR_TOO_LONG: the
 * name. */
MUST_USE enum err kiosk_admit(struct town *town, const char *code, const char *name, const char *user,
                              struct town_kiosk *kiosk);
MUST_USE enum err kiosk_deny(struct town *town, const char *code, const char *user);
/* The office's own name for it; kiosks do not hear of it. ERR_NOT_FOUND; ERR_INVALID, ERR_TOO_LONG: the name. */
MUST_USE enum err kiosk_rename(struct town *town, const char *id, const char *name, const char *user);
/* It is not listened to any more; what it sent stays. ERR_NOT_FOUND. ERR_STATE: revoked before. */
MUST_USE enum err kiosk_revoke(struct town *town, const char *id, const char *user, struct town_kiosk *kiosk);
/* Somebody has seen to a refused event. ERR_NOT_FOUND: no such one, or it was seen to before. */
MUST_USE enum err kiosk_refusal_handled(struct town *town, const char *id, int64_t seq, const char *user);

/* What a kiosk says of itself at `now_ms`: the newest is kept, and what changed. */
MUST_USE enum err kiosk_health_take(struct town *town, const char *id, const struct health *health, int64_t now_ms);

/* What needs a person, a set of 1 << enum health_trouble; of a revoked one nothing. While nothing is heard of a kiosk, what it
 * said before does not count. */
unsigned kiosk_troubles(const struct town *town, const struct town_kiosk_look *look, int64_t now_ms);
/* In a few words; what to do about it. */
const char *kiosk_trouble_words(enum health_trouble trouble);
const char *kiosk_trouble_remedy(enum health_trouble trouble);
/* For the front page: [{"kiosk","name","words"}], one for each kiosk that needs a person, its troubles in one line. */
MUST_USE enum err town_kiosk_troubles(struct town *town, int64_t now_ms, json_t **list);

#endif
