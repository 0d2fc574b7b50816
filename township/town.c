#include "township/town.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/civil.h"
#include "township/store_users.h"

enum { VERIFY_AT_ONCE = 200 };

/* A small number by name, kept as text; *n stays when there is none. */
static enum err meta_number(struct town_store *store, const char *key, int64_t *n)
{
	char text[24] = "";
	size_t len = sizeof text - 1;
	enum err e = town_meta_get(store, key, text, &len);
	if (!e)
		*n = strtoll(text, NULL, 10);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* That the keys are those of this database, whose name and marks are read. */
static enum err keys_belong(struct town *town, char problem[512])
{
	uint8_t known[SEAL_PUBLIC_BYTES], signer[SIGN_PUBLIC_BYTES];
	size_t len = sizeof known, signer_len = sizeof signer, name_len = sizeof town->township - 1;
	enum err e = town_meta_get(town->store, "seal_public", known, &len);
	if (!e && (len != sizeof known || sodium_memcmp(known, town->keys->seal_public, len) != 0)) {
		snprintf(problem, 512, "seal.key is not the key that this database's kiosks seal to");
		return ERR_DENIED;
	}
	if (!e)
		e = town_meta_get(town->store, "township", town->township, &name_len);
	if (!e)
		e = meta_number(town->store, "rev_floor", &town->rev_floor);
	/* Kept, so that a copy of the database can be checked without the keys. */
	if (!e)
		e = town_meta_get(town->store, "sign_public", signer, &signer_len);
	if (e == ERR_NOT_FOUND && town->township[0]) {
		e = town_meta_put(town->store, "sign_public", town->keys->sign_public, SIGN_PUBLIC_BYTES);
	} else if (!e && sodium_memcmp(signer, town->keys->sign_public, sizeof signer) != 0) {
		snprintf(problem, 512, "sign.key is not the key that signed this database's audit chain");
		e = ERR_DENIED;
	}
	if (e && !problem[0])
		snprintf(problem, 512, "%.300s/township.db is incomplete: init did not finish", town->dir);
	return e;
}

/* A restore has no keys to sign with; the first start after it has. */
static enum err note_restore(struct town *town)
{
	char from[64] = "";
	size_t len = sizeof from - 1;
	enum err e = town_meta_get(town->store, "restored_from", from, &len);
	if (e || !from[0])
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = town_begin(town->store);
	if (!e)
		e = town_audit(town, "operator", "restored", from, "");
	if (!e)
		e = town_meta_put(town->store, "restored_from", "", 0);
	return town_end(town->store, e);
}

enum err town_start_asking(const char *dir, const struct passphrase_from *from, struct town *town, char problem[512])
{
	memset(town, 0, sizeof *town);
	pthread_mutex_init(&town->lock, NULL);
	town->rules = (struct case_rules){.transfer_days = 15, .answer_months = 3, .extend_months = 1};
	town->notice = notice_defaults();
	town->proposals = proposal_rules_default();
	town->evaluations = evaluation_rules_default();
	town->idle_minutes = 60;
	if (snprintf(town->dir, sizeof town->dir, "%s", dir) >= (int)sizeof town->dir) {
		snprintf(problem, 512, "the path of the data folder is too long");
		return ERR_TOO_LONG;
	}
	enum err e = town_open(dir, false, &town->store);
	if (e) {
		snprintf(problem, 512,
		         e == ERR_NOT_FOUND ? "no township.db in %.300s: make it with 'township --data %.100s init'"
		         : e == ERR_NEWER ? "%.300s/township.db was written by a newer version; it was left as it is"
		                          : "cannot open %.300s/township.db",
		         dir, dir);
		town_stop(town);
		return e;
	}
	town->keys = keys_alloc();
	e = town->keys ? keys_open(dir, from, town->keys, problem) : ERR_NOMEM;
	if (!e)
		e = keys_belong(town, problem);
	if (!e && (e = note_restore(town)))
		snprintf(problem, 512, "cannot write to %.300s/township.db: %s", dir, err_name(e));
	if (e)
		town_stop(town);
	return e;
}

enum err town_start(const char *dir, struct town *town, char problem[512])
{
	return town_start_asking(dir, &(struct passphrase_from){0}, town, problem);
}

int64_t town_next_rev(const struct town *town, int64_t rev)
{
	return rev < town->rev_floor ? town->rev_floor + 1 : rev + 1;
}

void town_stop(struct town *town)
{
	town_close(town->store);
	town->store = NULL;
	keys_free(town->keys);
	town->keys = NULL;
	pthread_mutex_destroy(&town->lock);
}

void town_lock(struct town *town)
{
	pthread_mutex_lock(&town->lock);
}

void town_unlock(struct town *town)
{
	pthread_mutex_unlock(&town->lock);
}

int64_t town_now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void town_today(char out[TOWN_DATE_SIZE])
{
	civil_format(civil_from_ms(town_now_ms()).date, out);
}

char *town_link_text(const struct town_link *link)
{
	char prev[DIGEST_BYTES * 2 + 1];
	sodium_bin2hex(prev, sizeof prev, link->prev, DIGEST_BYTES);
	json_t *array = json_pack("[I, I, s, s, s, s, s]", (json_int_t)link->n, (json_int_t)link->at_ms,
	                          link->who, link->act, link->object, link->detail, prev);
	char *text = array ? json_dumps(array, JSON_COMPACT) : NULL;
	json_decref(array);
	return text;
}

static enum err link_hash(const struct town_link *link, uint8_t hash[DIGEST_BYTES])
{
	char *text = town_link_text(link);
	if (!text)
		return ERR_NOMEM;
	digest_of(text, strlen(text), hash);
	free(text);
	return ERR_OK;
}

enum err town_audit(struct town *town, const char *who, const char *act, const char *object,
                    const char *detail)
{
	struct town_link link = {.at_ms = town_now_ms(),
	                         .who = (char *)(uintptr_t)who,
	                         .act = (char *)(uintptr_t)act,
	                         .object = (char *)(uintptr_t)object,
	                         .detail = (char *)(uintptr_t)detail};
	enum err e = town_audit_tip(town->store, &link.n, link.prev);
	link.n++;
	if (!e)
		e = link_hash(&link, link.hash);
	if (e)
		return e;
	sign_make(town->keys->sign_secret, "DHT1", link.hash, DIGEST_BYTES, link.sig);
	return town_audit_add(town->store, &link);
}

enum err town_audit_user(struct town *town, const char *user, const char *act, const char *object, const char *detail)
{
	char who[80];
	snprintf(who, sizeof who, "user:%s", user);
	return town_audit(town, who, act, object, detail);
}

/* Links that were copied under the lock, to be checked without it: signatures take their time. */
struct walk {
	struct town_link links[VERIFY_AT_ONCE]; /* their texts owned */
	int count;
};

static enum err walk_copy(void *arg, const struct town_link *link)
{
	struct walk *w = arg;
	struct town_link *to = &w->links[w->count];
	*to = *link;
	to->who = strdup(link->who);
	to->act = strdup(link->act);
	to->object = strdup(link->object);
	to->detail = strdup(link->detail);
	w->count++;
	return to->who && to->act && to->object && to->detail ? ERR_OK : ERR_NOMEM;
}

static void walk_clear(struct walk *w)
{
	for (int i = 0; i < w->count; i++) {
		free(w->links[i].who);
		free(w->links[i].act);
		free(w->links[i].object);
		free(w->links[i].detail);
	}
	w->count = 0;
}

static enum err link_check(const struct town *town, const struct town_link *link, int64_t good, uint8_t prev[DIGEST_BYTES])
{
	uint8_t hash[DIGEST_BYTES];
	if (link->n != good + 1 || memcmp(link->prev, prev, DIGEST_BYTES) != 0)
		return ERR_CORRUPT;
	enum err e = link_hash(link, hash);
	if (e)
		return e;
	if (memcmp(hash, link->hash, DIGEST_BYTES) != 0 ||
	    sign_check(town->keys->sign_public, "DHT1", hash, DIGEST_BYTES, link->sig))
		return ERR_CORRUPT;
	memcpy(prev, hash, DIGEST_BYTES);
	return ERR_OK;
}

enum err town_audit_verify(struct town *town, int64_t *links, int64_t *bad)
{
	uint8_t prev[DIGEST_BYTES] = {0}, tip_hash[DIGEST_BYTES];
	int64_t tip = 0;
	bool more = true;
	*links = *bad = 0;
	struct walk *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	town_lock(town);
	enum err e = town_audit_tip(town->store, &tip, tip_hash);
	town_unlock(town);
	while (!e && more && *links < tip) {
		town_lock(town);
		e = town_audit_after(town->store, *links, VERIFY_AT_ONCE, walk_copy, w);
		town_unlock(town);
		more = w->count == VERIFY_AT_ONCE;
		for (int i = 0; i < w->count && !e; i++) {
			e = link_check(town, &w->links[i], *links, prev);
			*links += !e;
		}
		walk_clear(w);
	}
	free(w);
	if (e == ERR_CORRUPT)
		*bad = *links + 1;
	return e;
}

char *b64_of(const void *bytes, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
	char *text = malloc(size);
	if (text)
		sodium_bin2base64(text, size, bytes, len, sodium_base64_VARIANT_ORIGINAL);
	return text;
}

enum err hex_exact(const char *text, uint8_t *out, size_t len)
{
	size_t got;
	if (strlen(text) != len * 2 || strspn(text, "0123456789abcdef") != len * 2 ||
	    sodium_hex2bin(out, len, text, len * 2, NULL, &got, NULL) != 0 || got != len)
		return ERR_INVALID;
	return ERR_OK;
}

json_t *hex_json(const void *bytes, size_t len)
{
	char text[129];
	if (len > 64)
		return NULL;
	sodium_bin2hex(text, sizeof text, bytes, len);
	return json_string(text);
}

enum err b64_exact(const char *text, uint8_t *out, size_t len)
{
	size_t got;
	const char *end;
	if (!text ||
	    sodium_base642bin(out, len, text, strlen(text), NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) !=
	        0 ||
	    got != len || *end != '\0')
		return ERR_INVALID;
	return ERR_OK;
}

enum err b64_any(const char *text, size_t text_len, uint8_t **out, size_t *len)
{
	size_t room = text_len / 4 * 3 + 3, got;
	const char *end;
	uint8_t *bytes = malloc(room);
	if (!bytes)
		return ERR_NOMEM;
	if (sodium_base642bin(bytes, room, text, text_len, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) !=
	        0 ||
	    end != text + text_len) {
		free(bytes);
		return ERR_INVALID;
	}
	*out = bytes;
	*len = got;
	return ERR_OK;
}

json_t *b64_json(const void *bytes, size_t len)
{
	char *text = b64_of(bytes, len);
	json_t *json = text ? json_string(text) : NULL;
	free(text);
	return json;
}

enum err town_seal(const struct town *town, const void *text, size_t len, uint8_t **out, size_t *out_len)
{
	uint8_t *sealed = malloc(len + SEAL_OVERHEAD_BYTES);
	if (!sealed)
		return ERR_NOMEM;
	enum err e = seal_to(town->keys->seal_public, text, len, sealed);
	if (e) {
		free(sealed);
		return e;
	}
	*out = sealed;
	*out_len = len + SEAL_OVERHEAD_BYTES;
	return ERR_OK;
}

enum err town_unseal(const struct town *town, const uint8_t *sealed, size_t len, char **text,
                     size_t *text_len)
{
	if (!sealed || len < SEAL_OVERHEAD_BYTES)
		return ERR_DENIED;
	size_t n = len - SEAL_OVERHEAD_BYTES;
	char *out = malloc(n + 1);
	if (!out)
		return ERR_NOMEM;
	enum err e = seal_open(town->keys->seal_public, town->keys->seal_secret, sealed, len, (uint8_t *)out);
	if (e) {
		town_forget(out, n);
		return e;
	}
	out[n] = '\0';
	*text = out;
	*text_len = n;
	return ERR_OK;
}

void town_forget(char *text, size_t len)
{
	if (text)
		sodium_memzero(text, len);
	free(text);
}
