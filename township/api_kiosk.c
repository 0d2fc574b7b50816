/* What kiosks ask: to be enrolled, to hand in events, to be told of changes. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"
#include "township/api.h"
#include "township/ingest.h"
#include "township/kiosks.h"
#include "township/store_activity_papers.h"

enum {
	WAIT_MAX_S = 60,
	CHANGES_PAGE = 500,
	CHANGES_BYTES = 512 * 1024,
	WAITING_MAX = 50,
	TICKET_BYTES = 24,
	TOKEN_BYTES = 32
};
static const int64_t enrolment_life_ms = KIOSK_CODE_HOURS * 3600LL * 1000;

void api_health(struct request *rq, struct reply *rp)
{
	(void)rq;
	reply_json(rp, 200,
	           json_pack("{s:s, s:s, s:I}", "status", "ok", "version", VERSION, "now",
	                     (json_int_t)town_now_ms()));
}

/* A random text of hex digits and its digest, which is what is kept of it. */
static void make_secret(size_t bytes, char *hex, size_t size, uint8_t hash[TOWN_TOKEN_HASH_BYTES])
{
	uint8_t random[64];
	randombytes_buf(random, bytes);
	sodium_bin2hex(hex, size, random, bytes);
	digest_of(hex, strlen(hex), hash);
	sodium_memzero(random, sizeof random);
}

static bool enrolment_read(struct request *rq, struct town_enrolment *en, struct reply *rp)
{
	uint8_t proof[SIGN_BYTES];
	const char *name = request_text(rq, "name"), *code = request_text(rq, "code"),
			   *key = request_text(rq, "public_key");
	const char *version = request_text(rq, "version"), *sig = request_text(rq, "proof");
	*en = (struct town_enrolment){.created_ms = town_now_ms()};
	if (!name || !code || !key || !version || !sig || strlen(code) != 8 || strspn(code, "0123456789") != 8 ||
	    strlen(version) >= sizeof en->version || b64_exact(key, en->public_key, sizeof en->public_key) ||
	    b64_exact(sig, proof, sizeof proof) ||
	    utf8_clean(name, strlen(name), false, 60, en->name, sizeof en->name)) {
		reply_error(rp, 422, "bad_enrolment", "登记申请的内容不正确",
		            "需要 name、code（8 位数字）、public_key、version、proof");
		return false;
	}
	memcpy(en->code, code, 9);
	snprintf(en->version, sizeof en->version, "%s", version);
	if (sign_check(en->public_key, "DHN1", code, 8, proof)) {
		reply_error(rp, 403, "bad_proof", "这台机器没有证明密钥是它的", "请在机器上重新登记");
		return false;
	}
	return true;
}

void api_enrol(struct request *rq, struct reply *rp)
{
	struct town_enrolment en;
	char ticket[TICKET_BYTES * 2 + 1];
	int64_t waiting = 0;
	if (!enrolment_read(rq, &en, rp))
		return;
	make_secret(TICKET_BYTES, ticket, sizeof ticket, en.ticket_hash);
	enum err e = town_begin(rq->town->store);
	if (!e)
		e = town_enrolment_expire(rq->town->store, en.created_ms - enrolment_life_ms, &waiting);
	if (!e && waiting >= WAITING_MAX) {
		town_rollback(rq->town->store);
		reply_error(rp, 429, "too_many_waiting", "等待登记的机器太多", "请人大办先处理已有的申请");
		reply_header(rp, "Retry-After", "300");
		return;
	}
	if (!e)
		e = town_enrolment_add(rq->town->store, &en);
	if (!e)
		e = town_audit(rq->town, "kiosk:?", "enrolment.asked", en.code, en.name);
	e = town_end(rq->town->store, e);
	if (e == ERR_EXISTS)
		reply_error(rp, 409, "code_taken", "这个登记码正在使用", "请换一个登记码");
	else if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 202, json_pack("{s:s}", "ticket", ticket));
}

static void grant(struct request *rq, struct reply *rp, const struct town_enrolment *en)
{
	struct town *town = rq->town;
	struct town_kiosk kiosk;
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	char token[TOKEN_BYTES * 2 + 1];
	enum err e = town_begin(town->store);
	if (!e)
		e = town_kiosk_by_id(town->store, en->kiosk, &kiosk);
	if (!e && (kiosk.token_used || kiosk.revoked))
		e = ERR_NOT_FOUND; /* the ticket has done its work */
	make_secret(TOKEN_BYTES, token, sizeof token, hash);
	if (!e)
		e = town_kiosk_token(town->store, en->kiosk, hash);
	e = town_end(town->store, e);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200,
		           json_pack("{s:s, s:s, s:o, s:o, s:o, s:s}", "kiosk", en->kiosk, "token", token, "seal_key",
		                     b64_json(town->keys->seal_public, SEAL_PUBLIC_BYTES), "sign_key",
		                     b64_json(town->keys->sign_public, SIGN_PUBLIC_BYTES), "slip_salt",
		                     b64_json(town->keys->slip_salt, SLIP_SALT_BYTES), "township", town->township));
	sodium_memzero(token, sizeof token);
}

void api_enrol_poll(struct request *rq, struct reply *rp)
{
	struct town_enrolment en;
	uint8_t hash[TOWN_TOKEN_HASH_BYTES];
	digest_of(rq->args[0], strlen(rq->args[0]), hash);
	enum err e = town_enrolment_by_ticket(rq->town->store, hash, &en);
	if (!e && strcmp(en.state, "waiting") == 0 && en.created_ms < town_now_ms() - enrolment_life_ms)
		e = ERR_NOT_FOUND;
	if (e)
		reply_err(rp, e);
	else if (strcmp(en.state, "waiting") == 0)
		reply_json(rp, 202, json_pack("{s:s}", "state", "waiting"));
	else if (strcmp(en.state, "denied") == 0)
		reply_error(rp, 403, "enrolment_denied", "人大办没有同意登记这台机器", "请与人大办联系后重新登记");
	else
		grant(rq, rp, &en);
}

void api_events(struct request *rq, struct reply *rp)
{
	struct ingest result = {0};
	const json_t *events = json_object_get(rq->json, "events"), *gone = json_object_get(rq->json, "lost");
	struct ingest_lost lost = {.from = gone ? -1 : 0};
	if (json_is_integer(json_object_get(gone, "from")) && json_is_integer(json_object_get(gone, "until")))
		lost = (struct ingest_lost){json_integer_value(json_object_get(gone, "from")),
		                            json_integer_value(json_object_get(gone, "until"))};
	if (gone && lost.from == 0)
		lost.from = -1;
	enum err e = ingest_batch(rq->town, &rq->kiosk, events, &lost, &result);
	if (e == ERR_STATE) {
		reply_json(rp, 409,
		           json_pack("{s:{s:s, s:s, s:s}, s:I}", "error", "code", "gap", "message",
		                     "事件的编号不连续，没有收下", "remedy", "请从 expected 所示的编号起重新发送",
		                     "expected", (json_int_t)result.gap_at));
		return;
	}
	if (e == ERR_INVALID) {
		reply_error(rp, 422, "bad_batch",
		            "events 应为数组，且不超过 1000 项；lost 应有 from 和 until，不超过 10000 项",
		            "请分批发送");
		return;
	}
	if (e) {
		reply_err(rp, e);
		return;
	}
	rp->changed = result.accepted > 0;
	reply_json(rp, 200,
	           json_pack("{s:I, s:o}", "acked", (json_int_t)result.acked, "refused", result.refused));
}

void api_kiosk_health(struct request *rq, struct reply *rp)
{
	struct health health;
	int64_t now_ms = town_now_ms();
	if (health_read(rq->json, &health)) {
		reply_error(rp, 422, "bad_health", "机器状态的内容不正确", "内容见 tests/openapi.yaml");
		return;
	}
	enum err e = kiosk_health_take(rq->town, rq->kiosk.id, &health, now_ms);
	if (e)
		reply_err(rp, e);
	else
		reply_json(rp, 200, json_pack("{s:I}", "now", (json_int_t)now_ms));
}

void api_changes(struct request *rq, struct reply *rp)
{
	int64_t after, wait, next;
	bool more;
	json_t *list;
	struct town_kiosk kiosk; /* anew: while this waited, events may have come */
	if (!request_number(rq, "after", 0, INT64_MAX, 0, &after) ||
	    !request_number(rq, "wait", 0, 3600, 0, &wait)) {
		reply_error(rp, 400, "bad_query", "after 或 wait 不正确", "after 是上次的 next，wait 是秒数");
		return;
	}
	enum err e = rq->waited ? ERR_OK : town_publications_seen(rq->town->store, rq->kiosk.id, after, town_now_ms());
	if (!e)
		e = town_kiosk_by_id(rq->town->store, rq->kiosk.id, &kiosk);
	if (!e)
		e = town_changes_after(rq->town->store, after, CHANGES_PAGE, CHANGES_BYTES, &list, &next, &more);
	if (e) {
		reply_err(rp, e);
		return;
	}
	if (json_array_size(list) == 0)
		rp->wait_s = (int)(wait < WAIT_MAX_S ? wait : WAIT_MAX_S);
	reply_json(rp, 200,
	           json_pack("{s:o, s:I, s:b, s:I, s:I}", "changes", list, "next", (json_int_t)next, "more", more,
	                     "acked", (json_int_t)kiosk.last_seq, "now", (json_int_t)town_now_ms()));
}
