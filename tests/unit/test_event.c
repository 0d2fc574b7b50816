/* links: kiosk/model/event.c kiosk/model/seal.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "model/event.h"

static uint8_t public_key[SIGN_PUBLIC_BYTES], secret_key[SIGN_SECRET_BYTES];

static void test_uuid(void **state)
{
	(void)state;
	static const uint8_t random[10] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
	static const uint8_t zero[10];
	char id[UUID_SIZE];
	uuid7_make(0x017F22E279B0, zero, id); /* the time of RFC 9562's example (A.6) */
	assert_string_equal(id, "017f22e2-79b0-7000-8000-000000000000");
	uuid7_make(0x017F22E279B0, random, id);
	assert_string_equal(id, "017f22e2-79b0-7fff-bfff-ffffffffffff");
	assert_true(uuid_valid(id));
	assert_false(uuid_valid("017F22E2-79B0-7000-8000-000000000000"));
	assert_false(uuid_valid("017f22e2-79b0-7000-8000-00000000000"));
	assert_false(uuid_valid("017f22e2-79b0-7000-8000-0000000000000"));
	assert_false(uuid_valid("017f22e2279b0-7000-8000-000000000000"));
	assert_false(uuid_valid(""));
}

static const struct event_head good = {
	"017f22e2-79b0-7000-8000-000000000000", "k1", 7, "case.submitted", 1773280025999, true};
static const char good_payload[] = "{\"v\":1,\"id\":\"017f22e2-79b0-7000-8000-000000000000\",\"kiosk\":"
                                   "\"k1\",\"seq\":7,\"type\":\"case.submitted\","
								   "\"at\":1773280025999,\"clock\":\"ok\",\"data\":{\"a\":\"路\"}}";

static void test_payload(void **state)
{
	(void)state;
	json_t *data = json_pack("{s:s}", "a", "路");
	char *payload;
	size_t len;
	assert_int_equal(event_payload(&good, data, &payload, &len), ERR_OK);
	assert_string_equal(payload, good_payload);
	assert_int_equal(len, strlen(good_payload));
	free(payload);
	struct event_head bad = good;
	bad.seq = 0;
	assert_int_equal(event_payload(&bad, data, &payload, &len), ERR_INVALID);
	bad = good;
	bad.kiosk[0] = '\0';
	assert_int_equal(event_payload(&bad, data, &payload, &len), ERR_INVALID);
	bad = good;
	strcpy(bad.kiosk, "../k");
	assert_int_equal(event_payload(&bad, data, &payload, &len), ERR_INVALID);
	json_decref(data);
	data = json_array();
	assert_int_equal(event_payload(&good, data, &payload, &len), ERR_INVALID);
	json_decref(data);
	char *big = malloc(EVENT_PAYLOAD_MAX + 1);
	memset(big, 'x', EVENT_PAYLOAD_MAX);
	big[EVENT_PAYLOAD_MAX] = '\0';
	data = json_pack("{s:s}", "a", big);
	assert_int_equal(event_payload(&good, data, &payload, &len), ERR_TOO_LONG);
	json_decref(data);
	free(big);
}

static enum err open_text(const char *payload, struct event_head *head, json_t **root)
{
	uint8_t sig[SIGN_BYTES];
	sign_make(secret_key, EVENT_DOMAIN, payload, strlen(payload), sig);
	return event_open(payload, strlen(payload), sig, public_key, head, root);
}

static void test_open(void **state)
{
	(void)state;
	struct event_head head;
	json_t *root;
	assert_int_equal(open_text(good_payload, &head, &root), ERR_OK);
	assert_string_equal(head.id, good.id);
	assert_string_equal(head.kiosk, "k1");
	assert_string_equal(head.type, "case.submitted");
	assert_int_equal(head.seq, 7);
	assert_int_equal(head.at_ms, good.at_ms);
	assert_true(head.clock_ok);
	assert_string_equal(json_string_value(json_object_get(json_object_get(root, "data"), "a")), "路");
	json_decref(root);
}

#define ID "\"id\":\"017f22e2-79b0-7000-8000-000000000000\""
static const struct { const char *payload; enum err e;
} forms[] = {
	{"{\"v\":1," ID
     ",\"kiosk\":\"k1\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"unsure\",\"data\":{},\"new\":1}",
     ERR_OK},
	{"{\"v\":2," ID ",\"kiosk\":\"k1\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_UNSUPPORTED},
	{"{\"v\":1,\"id\":\"x\",\"kiosk\":\"k1\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"a/b\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"k1\",\"seq\":-7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"k1\",\"seq\":1.5,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"k1\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"maybe\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"k1\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":[]}",
     ERR_INVALID},
	{"{\"v\":1," ID
     ",\"kiosk\":\"k1\",\"seq\":7,\"seq\":8,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}}",
     ERR_INVALID},
	{"{\"v\":1," ID ",\"kiosk\":\"k1\",\"seq\":7,\"type\":\"t\",\"at\":1,\"clock\":\"ok\",\"data\":{}} x",
     ERR_INVALID},
	{"{\"v\":1}", ERR_INVALID},
	{"[]", ERR_INVALID},
	{"", ERR_INVALID},
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct event_head head;
		json_t *root = NULL;
		assert_int_equal(open_text(forms[i].payload, &head, &root), forms[i].e);
		json_decref(root);
	}
}

static void test_forgery(void **state)
{
	(void)state;
	uint8_t sig[SIGN_BYTES], other_public[SIGN_PUBLIC_BYTES], other_secret[SIGN_SECRET_BYTES];
	char payload[sizeof good_payload];
	struct event_head head;
	json_t *root = NULL;
	size_t len = sizeof good_payload - 1;
	memcpy(payload, good_payload, sizeof payload);
	sign_make(secret_key, EVENT_DOMAIN, payload, len, sig);
	for (size_t i = 0; i < len; i++) {
		payload[i] ^= 1;
		assert_int_equal(event_open(payload, len, sig, public_key, &head, &root), ERR_DENIED);
		payload[i] ^= 1;
	}
	crypto_sign_keypair(other_public, other_secret);
	assert_int_equal(event_open(payload, len, sig, other_public, &head, &root), ERR_DENIED);
	sign_make(secret_key, "DHA1", payload, len, sig); /* a signature for something else */
	assert_int_equal(event_open(payload, len, sig, public_key, &head, &root), ERR_DENIED);
	assert_null(root);
}

static int setup(void **state)
{
	(void)state;
	return sodium_init() < 0 || crypto_sign_keypair(public_key, secret_key) != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uuid), cmocka_unit_test(test_payload), cmocka_unit_test(test_open),
		cmocka_unit_test(test_forms), cmocka_unit_test(test_forgery),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
