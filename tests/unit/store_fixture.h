/* store_fixture.h: a data folder for one test, an enrolled store in it, and a report to submit. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store_admin.h"
#include "store/store_internal.h"
#include "store/store_sync.h"
#include "store/wake.h"

struct fixture {
	char root[64], dir[128];
	uint8_t seal_public[SEAL_PUBLIC_BYTES], seal_secret[SEAL_SECRET_BYTES], salt[SLIP_SALT_BYTES];
	struct store *store;
};

/* 2090-03-12 09:47:05.999 in the room: later than the day of any build that these tests meet. */
static int64_t fixture_clock = 3792966425999;

static inline int64_t fixture_now(void)
{
	return fixture_clock;
}

static inline void fixture_open(struct fixture *f, unsigned flags)
{
	assert_int_equal(store_open(f->dir, flags, &f->store, NULL), ERR_OK);
	f->store->now_ms = fixture_now;
}

static inline void fixture_reopen(struct fixture *f)
{
	store_close(f->store);
	fixture_open(f, 0);
}

static inline enum err fixture_enrol(struct fixture *f)
{
	static const uint8_t sign_key[SIGN_PUBLIC_BYTES] = {1};
	struct enrol_grant grant = {"k1", "token-of-k1", f->seal_public, sign_key, f->salt};
	return enrol_finish(f->store, &grant);
}

/* At `root` (which exists and is empty) or, when NULL, in a new folder of /tmp. */
static inline struct fixture *fixture_make(const char *root)
{
	struct fixture *f = calloc(1, sizeof *f);
	assert_true(sodium_init() >= 0);
	strcpy(f->root, root ? root : "/tmp/store-test-XXXXXX");
	if (!root)
		assert_non_null(mkdtemp(f->root));
	snprintf(f->dir, sizeof f->dir, "%s/data", f->root);
	fixture_clock = 3792966425999;
	crypto_box_keypair(f->seal_public, f->seal_secret);
	memset(f->salt, 9, sizeof f->salt);
	assert_int_equal(store_create(f->dir), ERR_OK);
	fixture_open(f, STORE_OWNER);
	assert_int_equal(fixture_enrol(f), ERR_OK);
	return f;
}

static inline int fixture_setup(void **state)
{
	*state = fixture_make(NULL);
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	dir_remove(f->root);
	free(f);
	return 0;
}

#define FIXTURE_TEXT "村口的路灯坏了三个月，晚上老人走路不安全"
#define FIXTURE_NAME "欧阳文博"
#define FIXTURE_PHONE "13912345678"
#define FIXTURE_VOICE "OggS-voice-of-the-voter-OggS-voice-of-the-voter"

static inline void fixture_report(struct report *r, bool with_blobs)
{
	memset(r, 0, sizeof *r);
	r->kind = REPORT_COMPLAINT;
	r->kind_chosen = r->deputy_chosen = true;
	strcpy(r->subject, "roads");
	strcpy(r->text, FIXTURE_TEXT);
	r->identity = IDENTITY_NAMED;
	strcpy(r->name, FIXTURE_NAME);
	strcpy(r->phone, FIXTURE_PHONE);
	if (!with_blobs)
		return;
	r->page_count = 2; /* the second was left empty */
	for (uint16_t i = 0; i < 200; i++) {
		struct ink_point p = {(uint16_t)(i * 13), (uint16_t)(i * 7)};
		assert_int_equal(i % 20 == 0 ? ink_begin(&r->pages[0], p) : ink_extend(&r->pages[0], p), ERR_OK);
	}
	r->voice_len = sizeof FIXTURE_VOICE;
	r->voice = malloc(r->voice_len);
	memcpy(r->voice, FIXTURE_VOICE, r->voice_len);
	r->voice_ms = 2500;
}

/* Keys without the cost of Argon2id, different for each n. */
static inline void fixture_keys(unsigned n, struct slip_code *code, struct slip_keys *keys)
{
	uint8_t random[SLIP_CODE_RANDOM_BYTES] = {
		0x5A, 0xC3, 0x77, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
	slip_code_make(random, code);
	digest_of(code->chars, SLIP_CODE_CHARS, keys->lookup);
	digest_of(keys->lookup, SLIP_LOOKUP_BYTES, keys->view_key);
}

static inline enum err fixture_submit(struct fixture *f, unsigned n, bool with_blobs, struct submission *s)
{
	struct report r;
	struct slip_code code;
	struct slip_keys keys;
	fixture_report(&r, with_blobs);
	fixture_keys(n, &code, &keys);
	enum err e = store_submit(f->store, &r, &code, &keys, s);
	report_wipe(&r);
	return e;
}

static inline struct submission fixture_submitted(struct fixture *f, unsigned n, bool with_blobs)
{
	struct submission s;
	assert_int_equal(fixture_submit(f, n, with_blobs, &s), ERR_OK);
	return s;
}

static inline void assert_intact(struct fixture *f)
{
	struct verify_report r;
	assert_int_equal(store_verify(f->store, &r), ERR_OK);
	if (!r.ok)
		fail_msg("link %lld: %s", (long long)r.bad_link, r.what);
}

static inline int64_t fixture_number(struct fixture *f, const char *sql)
{
	int64_t n = -1;
	assert_int_equal(db_number(f->store->db, sql, 0, &n), ERR_OK);
	return n;
}

/* The township's message of a case's new state, with a boxed view. */
static inline json_t *fixture_case_change(int64_t cursor, const char *case_id, const char *state, int round,
                                          int rev)
{
	uint8_t key[SLIP_VIEW_KEY_BYTES] = {3}, boxed[2 + VIEW_OVERHEAD_BYTES];
	char text[200];
	assert_int_equal(view_encrypt(key, case_id, "{}", 2, boxed), ERR_OK);
	sodium_bin2base64(text, sizeof text, boxed, sizeof boxed, sodium_base64_VARIANT_ORIGINAL);
	return json_pack("{s:I, s:s, s:s, s:s, s:{s:s, s:s, s:i, s:i, s:s}}", "cursor", (json_int_t)cursor,
	                 "type", "case", "op", "put", "id", case_id, "data", "case_id", case_id, "state", state,
	                 "round", round, "rev", rev, "view", text);
}

static inline enum err fixture_apply(struct fixture *f, json_t *change, int64_t next)
{
	json_t *page = json_array();
	json_array_append_new(page, change);
	enum err e = changes_apply(f->store, page, next);
	json_decref(page);
	return e;
}

#endif
