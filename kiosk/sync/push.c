/* Upwards: blobs first, so that no event speaks of what is not there; then events, in their order. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sync/sync.h"

static enum err blob_request(struct sync *sync, const char *method, struct transfer **t)
{
	char path[128];
	snprintf(path, sizeof path, "/v1/blobs/%s", sync->blob.sha256_hex);
	return transfer_new(sync->http, method, path, sync->token, t);
}

/* Nothing of it can be sent for now; it is told, and the events go on. */
static enum err blob_stuck(struct sync *sync, const char *why)
{
	snprintf(sync->blob_problem, sizeof sync->blob_problem, "attachment %.12s cannot be sent: %.150s",
	         sync->blob.sha256_hex, why);
	sync->blob_stuck_until_ms = sync_now_ms() + SLOW_RETRY_MS;
	fprintf(stderr, "kiosk-sync: %s\n", sync->blob_problem);
	return lane_report(sync, 0);
}

static enum err blob_put(struct sync *sync, int64_t offset)
{
	struct transfer *t;
	enum err e = blob_request(sync, "PUT", &t);
	if (e)
		return e;
	e = transfer_file(t, sync->blob.path, offset, sync->blob.size);
	if (e) {
		transfer_free(t);
		return e == ERR_NOMEM ? e : blob_stuck(sync, "its file cannot be read");
	}
	return lane_send(&sync->up, LANE_BLOB_PUT, t);
}

/* While the township lacks numbers, only a run without holes is sent: each hole is told in front of the run
 * behind it. */
static size_t without_holes(const struct sync *sync, const struct outbox_batch *batch)
{
	size_t n = 1;
	while (n < batch->count &&
	       (sync->expected_seq == 0 || batch->events[n].seq == batch->events[n - 1].seq + 1))
		n++;
	return n;
}

static json_t *batch_json(const struct sync *sync, const struct outbox_batch *batch, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		char sig[sodium_base64_ENCODED_LEN(SIGN_BYTES, sodium_base64_VARIANT_ORIGINAL)];
		const struct outbox_event *ev = &batch->events[i];
		sodium_bin2base64(sig, sizeof sig, ev->sig, SIGN_BYTES, sodium_base64_VARIANT_ORIGINAL);
		if (json_array_append_new(list, json_pack("{s:s%, s:s}", "payload", ev->payload, ev->payload_len,
		                                          "sig", sig))) {
			json_decref(list);
			return NULL;
		}
	}
	json_t *body = json_pack("{s:o}", "events", list);
	/* Numbers that this box has not any more (its disk was damaged) are said to be lost, or nothing would
	 * ever pass again. */
	int64_t from = sync->expected_seq, until = sync->first_sent_seq - 1;
	if (body && from > 0 && from <= until)
		json_object_set_new(body, "lost",
		                    json_pack("{s:I, s:I}", "from", (json_int_t)from, "until",
		                              (json_int_t)(until - from < LOST_MAX ? until : from + LOST_MAX - 1)));
	return body;
}

static enum err events_start(struct sync *sync, bool *started)
{
	struct outbox_batch batch;
	struct transfer *t;
	char path[96];
	*started = false;
	enum err e = outbox_next(sync->store, BATCH_EVENTS, BATCH_BYTES, &batch);
	if (e || batch.count == 0) {
		if (!e)
			outbox_batch_clear(&batch);
		return e;
	}
	*started = true;
	sync->first_sent_seq = batch.events[0].seq;
	size_t count = without_holes(sync, &batch);
	sync->last_sent_seq = batch.events[count - 1].seq;
	snprintf(path, sizeof path, "/v1/kiosks/%s/events", sync->kiosk);
	e = transfer_new(sync->http, "POST", path, sync->token, &t);
	if (!e) {
		e = transfer_json(t, batch_json(sync, &batch, count), true);
		if (e)
			transfer_free(t);
	}
	outbox_batch_clear(&batch);
	return e ? e : lane_send(&sync->up, LANE_EVENTS, t);
}

enum err push_start(struct sync *sync, bool *started)
{
	struct transfer *t;
	enum err e = ERR_NOT_FOUND;
	if (sync->blob_stuck_until_ms <= sync_now_ms())
		e = blob_next(sync->store, &sync->blob);
	if (e == ERR_NOT_FOUND)
		return events_start(sync, started);
	if (!e)
		e = blob_request(sync, "HEAD", &t);
	if (e)
		return e;
	*started = true;
	return lane_send(&sync->up, LANE_BLOB_HEAD, t);
}

static enum err blob_arrived(struct sync *sync)
{
	enum err e = blob_sent(sync->store, sync->blob.sha256_hex);
	sync->blob_problem[0] = '\0';
	return e ? e : lane_well(sync, &sync->up, 0);
}

static enum err head_done(struct sync *sync, struct transfer *t, enum outcome outcome, const char *problem)
{
	bool complete;
	int64_t have = transfer_offset(t, &complete);
	if (outcome == OUTCOME_REFUSED && transfer_status(t) == 404)
		return blob_put(sync, 0);
	/* Without its headers the answer is not from the township. */
	if (outcome == OUTCOME_OK && have < 0)
		return lane_ill(sync, &sync->up, "offline: a captive portal answers in the township's place", false);
	if (outcome != OUTCOME_OK)
		return lane_outcome(sync, &sync->up, outcome, problem);
	if (complete)
		return blob_arrived(sync);
	return blob_put(sync, have < sync->blob.size ? have : 0);
}

static enum err put_done(struct sync *sync, struct transfer *t, enum outcome outcome, const char *problem)
{
	if (outcome == OUTCOME_OK && json_is_true(json_object_get(transfer_reply(t), "complete")))
		return blob_arrived(sync);
	if (outcome == OUTCOME_OK || (outcome == OUTCOME_REFUSED && transfer_status(t) == 409))
		return lane_ill(sync, &sync->up, "an attachment is being sent in parts", false);
	if (outcome == OUTCOME_REFUSED)
		return blob_stuck(sync, problem);
	return lane_outcome(sync, &sync->up, outcome, problem);
}

/* A refused event is parked; one whose number the township gave to another (this box was restored from an older backup) goes
 * out again under a new one. */
static enum err event_refused(struct sync *sync, int64_t seq, const char *reason, int64_t township_last)
{
	if (strcmp(reason, "number_taken") == 0) {
		fprintf(stderr, "kiosk-sync: event %lld gets a new number\n", (long long)seq);
		return outbox_renumber(sync->store, seq, township_last);
	}
	fprintf(stderr, "kiosk-sync: event %lld was refused: %s\n", (long long)seq, reason);
	return outbox_park(sync->store, seq, reason);
}

/* Refused ones are settled before the rest is acknowledged: an acknowledgement covers them too. */
static enum err events_answered(struct sync *sync, json_t *reply)
{
	json_t *acked = json_object_get(reply, "acked"), *refused = json_object_get(reply, "refused"), *item;
	size_t i;
	enum err e = ERR_OK;
	if (!json_is_integer(acked) || !json_is_array(refused))
		return lane_ill(sync, &sync->up, "offline: the answer to the events is not what it should be", false);
	json_array_foreach (refused, i, item) {
		int64_t seq = json_integer_value(json_object_get(item, "seq"));
		const char *reason = json_string_value(json_object_get(item, "reason"));
		if (seq < sync->first_sent_seq || seq > sync->last_sent_seq)
			continue;
		e = event_refused(sync, seq, reason ? reason : "", json_integer_value(acked));
		if (e && e != ERR_NOT_FOUND)
			return e;
	}
	int64_t up_to = json_integer_value(acked);
	if (up_to < sync->first_sent_seq)
		return lane_ill(sync, &sync->up, "the township took nothing of the batch", false);
	/* The township may know later numbers than were sent now (a batch that came twice); only what was sent is
	 * settled. */
	e = outbox_ack(sync->store, up_to < sync->last_sent_seq ? up_to : sync->last_sent_seq);
	return e ? e : lane_well(sync, &sync->up, 0);
}

/* The township lacks numbers that were sent before: it was restored from a backup, or this box was. All from
 * there on are sent once more; they have one effect. */
static enum err gap_answered(struct sync *sync, int64_t expected)
{
	char what[256];
	snprintf(what, sizeof what, "the township is missing events from %lld on", (long long)expected);
	fprintf(stderr, "kiosk-sync: %s: sending them again\n", what);
	if (expected < 1 || ++sync->gaps_in_row > GAPS_MAX) {
		sync->gaps_in_row = 0;
		return lane_ill(sync, &sync->up, what, true);
	}
	sync->expected_seq = expected;
	enum err e = outbox_requeue(sync->store, expected);
	return e ? e : lane_well(sync, &sync->up, 0);
}

static enum err events_done(struct sync *sync, struct transfer *t, enum outcome outcome, const char *problem)
{
	if (outcome == OUTCOME_OK) {
		sync->expected_seq = 0;
		sync->gaps_in_row = 0;
		sync->look_down_again = true;
		return events_answered(sync, transfer_reply(t));
	}
	if (outcome == OUTCOME_REFUSED && transfer_status(t) == 409)
		return gap_answered(sync, json_integer_value(json_object_get(transfer_reply(t), "expected")));
	return lane_outcome(sync, &sync->up, outcome, problem);
}

enum err push_done(struct sync *sync, struct transfer *t)
{
	char problem[256];
	enum outcome outcome = transfer_outcome(t, problem);
	switch (sync->up.state) {
	case LANE_BLOB_HEAD: return head_done(sync, t, outcome, problem);
	case LANE_BLOB_PUT: return put_done(sync, t, outcome, problem);
	default: return events_done(sync, t, outcome, problem);
	}
}
