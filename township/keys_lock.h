/* keys_lock.h: the keys' folder with its keys under a passphrase: opening it at the start, and `township key …`.
 *
 *   plain (seal.key, sign.key) ──keys_lock──► keys.locked ──keys_unlock──► plain
 *                                              └──keys_change──► keys.locked
 *
 * What takes another's place is written whole, read back and renamed before the other goes: cut off anywhere, one of the two
 * is there and good; where both are, the plain ones are read. */
#ifndef TOWNSHIP_KEYS_LOCK_H
#define TOWNSHIP_KEYS_LOCK_H

#include "township/passphrase.h"

/* What a program ends with that could not open its keys. */
enum { KEYS_CLOSED_STATUS = 4 };

/* Loads the keys of DIR, and asks for the passphrase where they are kept under one: a person three times. On failure
 * `problem` has a sentence; ERR_STATE: no passphrase or a wrong one. */
MUST_USE enum err keys_open(const char *dir, const struct passphrase_from *from, struct town_keys *keys, char problem[512]);

/* ERR_STATE: there is nothing to lock or to unlock. */
MUST_USE enum err keys_lock(const char *dir, const struct passphrase_from *fresh, char problem[512]);
MUST_USE enum err keys_unlock(const char *dir, const struct passphrase_from *from, char problem[512]);
MUST_USE enum err keys_change(const char *dir, const struct passphrase_from *from, const struct passphrase_from *fresh,
                              char problem[512]);

#endif
