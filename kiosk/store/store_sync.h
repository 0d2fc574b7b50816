/* store_sync.h: the sync's side of the store: the outbox, blobs waiting to go, enrolment, and changes coming
 * in. */
#ifndef STORE_STORE_SYNC_H
#define STORE_STORE_SYNC_H

#include <jansson.h>

#include "store/store.h"

struct outbox_event {
	int64_t seq;
	char *payload;
	size_t payload_len;
	uint8_t sig[SIGN_BYTES];
}; /* payload owned */
struct outbox_batch { struct outbox_event *events; size_t count; };

/* The oldest events that are neither acknowledged nor parked, at most `max`, their payloads together at most
 * `max_bytes` (but at least one event). */
MUST_USE enum err outbox_next(struct store *store, size_t max, size_t max_bytes, struct outbox_batch *batch);
void outbox_batch_clear(struct outbox_batch *batch);
/* Everything up to `seq` has reached the township. */
MUST_USE enum err outbox_ack(struct store *store, int64_t seq);
/* The township refused it: kept, with the reason, shown to the liaison officer, never sent again
 * by itself. */
MUST_USE enum err outbox_park(struct store *store, int64_t seq, const char *reason);
/* Sets a parked one free to be sent again (after the cause is mended). */
MUST_USE enum err outbox_unpark(struct store *store, int64_t seq);
/* The township has given the event's number to another ("number_taken": this box was restored from a backup
 * older than its last events). What the event says becomes a new one, numbered after `township_last`, and waits
 * to be sent. */
MUST_USE enum err outbox_renumber(struct store *store, int64_t seq, int64_t township_last);

/* What is parked, oldest first; rows owned, parked_list_clear. */
struct parked_row { int64_t seq, at_ms; char type[64]; char reason[256]; };
struct parked_list { struct parked_row *rows; size_t count; };
MUST_USE enum err outbox_parked(struct store *store, struct parked_list *list);
void parked_list_clear(struct parked_list *list);

/* Sends again all from that number on with their blobs, whatever was acknowledged: the township lost them (restored from a
 * backup). */
MUST_USE enum err outbox_requeue(struct store *store, int64_t from_seq);
/* Whether a township that has everything up to `acked` lacks what it acknowledged once. */
MUST_USE enum err outbox_lacks(struct store *store, int64_t acked, bool *lacks);

/* Blobs not yet sent, oldest first. */
struct blob_row { char sha256_hex[65]; int64_t size; char path[512]; };
MUST_USE enum err blob_next(struct store *store, struct blob_row *row); /* ERR_NOT_FOUND: none waits */
MUST_USE enum err blob_sent(struct store *store, const char *sha256_hex);

/* Enrolment: a code to show, the server's ticket, and at last the keys. The token is kept in DIR/keys/token,
 * 0600. */
MUST_USE enum err enrol_begin(struct store *store, const char *code, const char *ticket);
MUST_USE enum err enrol_ticket(struct store *store, char ticket[128]); /* ERR_NOT_FOUND */
struct enrol_grant { const char *kiosk, *token; const uint8_t *seal_key, *sign_key, *slip_salt; };
MUST_USE enum err enrol_finish(struct store *store, const struct enrol_grant *grant);
MUST_USE enum err enrol_token(struct store *store, char token[128]); /* ERR_NOT_FOUND */
/* Signs with the kiosk's key (proof of possession at enrolment; domain "DHN1"). */
MUST_USE enum err store_sign(struct store *store, const char domain[4], const void *msg, size_t len,
                             uint8_t sig[SIGN_BYTES]);

/* Applies a page of changes ("changes" array of the reply) and its cursor in one transaction. An entry of a
 * type we do not know is kept for a newer program and skipped; one that is malformed is recorded with its
 * reason and skipped. */
MUST_USE enum err changes_apply(struct store *store, json_t *changes, int64_t next_cursor);
MUST_USE enum err changes_cursor(struct store *store, int64_t *cursor);
/* The result of a contact, for the status: `problem` NULL when it went well. `server_ms` is the server's
 * clock, 0 unknown. */
MUST_USE enum err sync_contact(struct store *store, int64_t now_ms, int64_t server_ms, const char *problem);

#endif
