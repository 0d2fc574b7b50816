#include "township/ingest.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "township/attendance.h"
#include "township/cases.h"
#include "township/search.h"

/* One entry of a batch, as far as it could be read. */
struct entry {
	const char *payload; /* borrowed */
	size_t len;
	uint8_t sig[SIGN_BYTES];
	int64_t claimed; /* the number that it says it has; 0: it does not say */
	int64_t seq;     /* the number that it has here */
	const char *reason; /* why it is refused; NULL so far */
	struct event_head head;
	json_t *root;               /* owned; NULL when refused */
	struct case_report *report; /* owned; of a new case, NULL as long as it was not opened */
	bool taken;
};

/* The number that an unsigned or broken payload claims; 0 when there is none. */
static int64_t claimed_seq(const char *payload, size_t len)
{
	json_t *root = json_loadb(payload, len, 0, NULL);
	json_int_t seq = json_integer_value(json_object_get(root, "seq"));
	json_decref(root);
	return seq > 0 ? seq : 0;
}

static void entry_read(const json_t *item, const struct town_kiosk *kiosk, struct entry *en)
{
	*en = (struct entry){.seq = 0};
	const json_t *payload = json_object_get(item, "payload");
	const char *sig = json_string_value(json_object_get(item, "sig"));
	en->payload = json_string_value(payload);
	en->len = json_string_length(payload);
	if (!en->payload || !sig || memchr(en->payload, '\0', en->len)) {
		en->payload = "";
		en->len = 0;
		en->reason = "malformed";
		return;
	}
	enum err e = ERR_DENIED;
	if (b64_exact(sig, en->sig, sizeof en->sig) == ERR_OK)
		e = event_open(en->payload, en->len, en->sig, kiosk->public_key, &en->head, &en->root);
	if (!e && strcmp(en->head.kiosk, kiosk->id) != 0) {
		json_decref(en->root);
		en->root = NULL;
		en->reason = "other_kiosk";
	} else if (e) {
		en->reason = e == ERR_DENIED        ? "bad_signature"
		             : e == ERR_TOO_LONG    ? "too_long"
		             : e == ERR_UNSUPPORTED ? "unknown_version"
		                                    : "malformed";
	}
	en->claimed = en->root ? en->head.seq : e == ERR_TOO_LONG ? 0 : claimed_seq(en->payload, en->len);
}

/* `next` is the number that an entry has when it does not say so itself: the one after the entry before it. Only a signed
 * number may open a gap: a bad entry must not block the ones behind it. */
static void entry_number(struct entry *en, int64_t next)
{
	en->seq = en->claimed > 0 && (en->root || en->claimed < next) ? en->claimed : next;
}

static bool is_report(const struct entry *en)
{
	return en->root && !en->reason && strcmp(en->head.type, "case.submitted") == 0;
}

static enum err open_report(const struct town *town, const struct villages *villages, struct entry *en)
{
	en->report = calloc(1, sizeof *en->report);
	return en->report ? case_report_read(town, villages, &en->head, json_object_get(en->root, "data"), en->report)
	                  : ERR_NOMEM;
}

/* A batch, with what it needs besides. */
struct batch {
	struct entry *entries; /* owned */
	size_t count;
	struct villages villages; /* owned */
	char digest[DIGEST_BYTES * 2 + 1]; /* of its signatures, for the audit chain */
};

static void batch_clear(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		json_decref(batch->entries[i].root);
		if (batch->entries[i].report)
			case_report_clear(batch->entries[i].report);
		free(batch->entries[i].report);
	}
	free(batch->entries);
	villages_clear(&batch->villages);
}

/* Checks the signatures and opens the new reports: nearly all of the time that a batch takes, and without the lock. What this
 * kiosk has sent before is not opened again. */
static enum err batch_read(struct town *town, const struct town_kiosk *kiosk, const json_t *events, struct batch *batch)
{
	crypto_generichash_state state;
	uint8_t sum[DIGEST_BYTES];
	enum err e = ERR_OK;
	*batch = (struct batch){.count = json_array_size(events)};
	batch->entries = calloc(batch->count + 1, sizeof *batch->entries);
	if (!batch->entries) {
		batch->count = 0;
		return ERR_NOMEM;
	}
	if (batch->count > 0) {
		town_lock(town);
		e = villages_load(town, &batch->villages);
		town_unlock(town);
	}
	crypto_generichash_init(&state, NULL, 0, sizeof sum);
	for (size_t i = 0; i < batch->count && !e; i++) {
		struct entry *en = &batch->entries[i];
		entry_read(json_array_get(events, i), kiosk, en);
		crypto_generichash_update(&state, en->sig, sizeof en->sig);
		if (is_report(en) && en->head.seq > kiosk->last_seq)
			e = open_report(town, &batch->villages, en);
	}
	crypto_generichash_final(&state, sum, sizeof sum);
	sodium_bin2hex(batch->digest, sizeof batch->digest, sum, sizeof sum);
	return e;
}

/* What the event does. A reason is a refusal; an error ends the batch. */
static enum err apply(struct town *town, const struct batch *batch, struct entry *en)
{
	json_t *data = json_object_get(en->root, "data");
	static const struct {
		const char *type;
		enum err (*take)(struct town *, const struct event_head *, json_t *, const char **);
	} kinds[] = {
		{"case.rated", case_rated},
		{"attendance.signed_in", attendance_signed_in},
		{"attendance.repeated", attendance_repeated},
		{"attendance.signed_out", attendance_signed_out},
		{"leave.asked", leave_asked},
		{"credential.odd", credential_odd},
	};
	if (is_report(en)) {
		/* A number that was refused before, mended: it was not opened yet. */
		enum err e = en->report ? ERR_OK : open_report(town, &batch->villages, en);
		return e ? e : case_submitted(town, &en->head, en->report, &en->reason);
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].type, en->head.type) == 0)
			return kinds[i].take(town, &en->head, data, &en->reason);
	en->reason = "unknown_type";
	return ERR_OK;
}

static enum err refuse(struct town *town, const struct town_kiosk *kiosk, const struct entry *en,
                       struct ingest *result)
{
	char who[KIOSK_ID_SIZE + 8], object[32];
	snprintf(who, sizeof who, "kiosk:%s", kiosk->id);
	snprintf(object, sizeof object, "%lld", (long long)en->seq);
	enum err e = town_refusal_put(town->store, kiosk->id, en->seq, en->reason, en->payload, town_now_ms());
	if (!e)
		e = town_audit(town, who, "event.refused", object, en->reason);
	if (!e && json_array_append_new(result->refused, json_pack("{s:I, s:s}", "seq", (json_int_t)en->seq,
	                                                           "reason", en->reason)))
		e = ERR_NOMEM;
	return e;
}

/* Takes a good entry whose number is free: the event and what it does, or neither. */
static enum err accept(struct town *town, const struct town_kiosk *kiosk, const struct batch *batch, struct entry *en,
                       struct ingest *result)
{
	enum err e = town_event_add(town->store, &en->head, en->payload, en->sig, town_now_ms());
	if (e == ERR_EXISTS) {
		en->reason = "id_taken";
		return ERR_OK;
	}
	if (!e)
		e = apply(town, batch, en);
	if (e)
		return e;
	if (en->reason)
		return town_event_remove(town->store, kiosk->id, en->seq);
	if (en->seq <= kiosk->last_seq)
		e = town_refusal_clear(town->store, kiosk->id, en->seq);
	en->taken = !e;
	if (!e)
		result->accepted++;
	return e;
}

static enum err take(struct town *town, const struct town_kiosk *kiosk, const struct batch *batch, struct entry *en,
                     struct ingest *result)
{
	bool known = false, same = false;
	enum err e = ERR_OK;
	if (en->seq > result->acked + 1) {
		result->gap_at = result->acked + 1;
		return ERR_STATE;
	}
	if (en->seq <= result->acked) {
		e = town_event_known(town->store, kiosk->id, en->seq, en->payload, en->len, &known, &same);
		if (e || same)
			return e;
		/* A number that was refused may come again, mended; one that was taken is never given to another
		 * event, and a forger's try at it leaves no more than the reply. */
		if (known) {
			return json_array_append_new(result->refused,
			                             json_pack("{s:I, s:s}", "seq", (json_int_t)en->seq, "reason",
			                                       en->reason ? en->reason : "number_taken"))
			           ? ERR_NOMEM
			           : ERR_OK;
		}
	}
	if (!en->reason)
		e = accept(town, kiosk, batch, en, result);
	if (!e && en->reason)
		e = refuse(town, kiosk, en, result);
	if (!e && en->seq > result->acked)
		result->acked = en->seq;
	return e;
}

static enum err batch_link(struct town *town, const struct town_kiosk *kiosk, const struct ingest *result,
                           const char *digest)
{
	char who[KIOSK_ID_SIZE + 8], object[64];
	snprintf(who, sizeof who, "kiosk:%s", kiosk->id);
	snprintf(object, sizeof object, "%d up to %lld", result->accepted, (long long)result->acked);
	return town_audit(town, who, "events.accepted", object, digest);
}

static enum err pass_over(struct town *town, const struct town_kiosk *kiosk, const struct ingest_lost *lost,
                          struct ingest *result)
{
	char who[KIOSK_ID_SIZE + 8], object[64];
	if (lost->from > result->acked + 1) {
		result->gap_at = result->acked + 1;
		return ERR_STATE;
	}
	if (lost->until <= result->acked)
		return ERR_OK;
	enum err e = ERR_OK;
	for (int64_t seq = result->acked + 1; seq <= lost->until && !e; seq++)
		e = town_refusal_put(town->store, kiosk->id, seq, "lost", "", town_now_ms());
	snprintf(who, sizeof who, "kiosk:%s", kiosk->id);
	snprintf(object, sizeof object, "%lld to %lld", (long long)result->acked + 1, (long long)lost->until);
	result->acked = lost->until;
	return e ? e : town_audit(town, who, "events.lost", object, "");
}

/* The transaction, under the lock. */
static enum err batch_take(struct town *town, struct town_kiosk *kiosk, struct batch *batch,
                           const struct ingest_lost *lost, struct ingest *result)
{
	enum err e = town_begin(town->store);
	if (!e)
		e = town_kiosk_contact(town->store, kiosk->id, town_now_ms());
	if (!e)
		e = town_kiosk_by_id(town->store, kiosk->id, kiosk);
	*result = (struct ingest){.acked = kiosk->last_seq, .refused = json_array()};
	if (!e && lost->from)
		e = pass_over(town, kiosk, lost, result);
	int64_t previous = result->acked;
	for (size_t i = 0; i < batch->count && !e; i++) {
		struct entry *en = &batch->entries[i];
		entry_number(en, previous + 1);
		previous = en->seq;
		e = take(town, kiosk, batch, en, result);
	}
	if (!e && result->acked != kiosk->last_seq)
		e = town_kiosk_seq(town->store, kiosk->id, result->acked);
	if (!e && result->accepted > 0)
		e = batch_link(town, kiosk, result, batch->digest);
	return town_end(town->store, e);
}

enum err ingest_batch(struct town *town, struct town_kiosk *kiosk, const json_t *events, const struct ingest_lost *lost,
                      struct ingest *result)
{
	struct batch batch;
	if (!json_is_array(events) || json_array_size(events) > BATCH_MAX_EVENTS ||
	    (lost->from &&
	     (lost->from < 1 || lost->until < lost->from || lost->until - lost->from >= LOST_MAX_EVENTS)))
		return ERR_INVALID;
	enum err e = batch_read(town, kiosk, events, &batch);
	if (!e) {
		town_lock(town);
		e = batch_take(town, kiosk, &batch, lost, result);
		town_unlock(town);
	}
	for (size_t i = 0; i < batch.count && !e; i++) {
		const struct case_report *report = batch.entries[i].report;
		if (report && batch.entries[i].taken)
			search_add(town, report->c.id, report->text, report->text_len);
	}
	batch_clear(&batch);
	if (e) {
		json_decref(result->refused);
		result->refused = NULL;
	}
	return e;
}
