/* links: township/ingest.c township/case_intake.c township/case_redo.c township/case_restored.c township/case_view.c township/publish.c township/town.c township/keys.c township/store/all township/attendance.c gen/township_migrations.c kiosk/model/all township/notice.c township/keys_lock.c township/search.c township/villages.c township/keys_wrap.c township/passphrase.c township/search_index.c */
/* What an enrolled kiosk sends, taken over by someone: rightly signed events of any content, and batches of any JSON.
 * In the input, "@seal:" and a JSON text stands for that text sealed to the township. */
#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "township/store/db.h"
#include "township/ingest.h"

enum { BATCHES_A_TOWN = 500, BATCHES_A_CHECK = 50 };

/* One township for many batches, since making one takes longer than a batch; how many it has seen. */
static struct {
	char root[512];
	struct town town;
	struct town_kiosk kiosk;
	uint8_t secret[SIGN_SECRET_BYTES];
	int batches;
} room;

static void remove_all(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	while (d && (entry = readdir(d))) {
		char inner[1024];
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		if (unlink(inner) != 0)
			remove_all(inner);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

static void leave(void)
{
	if (!room.town.store)
		return;
	town_stop(&room.town);
	room.town.store = NULL;
	remove_all(room.root);
}

static void enter(void)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};
	static bool told;
	const char *temp = getenv("TMPDIR");
	char problem[512] = "";
	struct town_store *store = NULL;
	HOLDS(sodium_init() >= 0);
	if (!told)
		HOLDS(atexit(leave) == 0);
	told = true;
	snprintf(room.root, sizeof room.root, "%s/fuzz-batch-XXXXXX", temp ? temp : "/tmp");
	HOLDS(mkdtemp(room.root));
	struct town_keys *keys = keys_alloc();
	HOLDS(keys && keys_create(room.root, keys) == ERR_OK);
	HOLDS(town_open(room.root, true, &store) == ERR_OK);
	HOLDS(town_begin(store) == ERR_OK);
	enum err e = town_meta_put(store, "seal_public", keys->seal_public, sizeof keys->seal_public);
	HOLDS(e == ERR_OK && town_meta_put(store, "township", "青禾乡", strlen("青禾乡")) == ERR_OK);
	HOLDS(town_end(store, ERR_OK) == ERR_OK);
	town_close(store);
	keys_free(keys);
	HOLDS(town_start(room.root, &room.town, problem) == ERR_OK);
	HOLDS(sqlite3_exec(room.town.store->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL) == SQLITE_OK);
	room.kiosk = (struct town_kiosk){.id = "k1", .name = "一号机"};
	HOLDS(crypto_sign_seed_keypair(room.kiosk.public_key, room.secret, seed) == 0);
	HOLDS(town_begin(room.town.store) == ERR_OK);
	HOLDS(town_end(room.town.store, town_kiosk_put(room.town.store, &room.kiosk, "0.1", 1773280025000)) == ERR_OK);
	room.batches = 0;
}

/* The sealed body that the input gives in clear. */
static void seal_body(json_t *data)
{
	const char *text = json_string_value(json_object_get(data, "sealed"));
	if (!text || strncmp(text, "@seal:", 6) != 0)
		return;
	size_t len = strlen(text + 6);
	uint8_t *box = malloc(len + SEAL_OVERHEAD_BYTES);
	HOLDS(box && seal_to(room.town.keys->seal_public, text + 6, len, box) == ERR_OK);
	json_object_set_new(data, "sealed", b64_json(box, len + SEAL_OVERHEAD_BYTES));
	free(box);
}

/* {"type","at","data"} as the kiosk would sign it, with the number that is due. */
static json_t *signed_event(json_t *from, int64_t seq)
{
	struct event_head head = {.seq = seq, .type = json_string_value(json_object_get(from, "type")),
	                          .at_ms = json_integer_value(json_object_get(from, "at")), .clock_ok = true};
	json_t *data = json_object_get(from, "data");
	uint8_t random[10], sig[SIGN_BYTES];
	char *payload = NULL;
	size_t len = 0;
	if (!head.type || !json_is_object(data))
		return json_incref(from);
	seal_body(data);
	randombytes_buf(random, sizeof random);
	uuid7_make(1773280025000, random, head.id);
	snprintf(head.kiosk, sizeof head.kiosk, "k1");
	if (event_payload(&head, data, &payload, &len) != ERR_OK)
		return json_null();
	sign_make(room.secret, EVENT_DOMAIN, payload, len, sig);
	json_t *event = json_pack("{s:s%, s:o}", "payload", payload, len, "sig", b64_json(sig, sizeof sig));
	free(payload);
	return event ? event : json_null();
}

static void send_batch(json_t *events)
{
	const struct ingest_lost lost = {0};
	struct ingest result = {0};
	size_t count = json_array_size(events);
	enum err e = ingest_batch(&room.town, &room.kiosk, events, &lost, &result);
	HOLDS(e == ERR_OK || e == ERR_STATE || e == ERR_INVALID);
	if (e != ERR_OK)
		return;
	HOLDS(result.accepted >= 0 && (size_t)result.accepted + json_array_size(result.refused) <= count);
	HOLDS(result.acked >= room.kiosk.last_seq);
	json_decref(result.refused);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	json_t *batch = json_loadb((const char *)data, len, JSON_DECODE_ANY, NULL);
	if (!batch)
		return -1; /* the server does not come this far */
	if (room.town.store && room.batches == BATCHES_A_TOWN)
		leave();
	if (!room.town.store)
		enter();
	HOLDS(town_kiosk_by_id(room.town.store, "k1", &room.kiosk) == ERR_OK);
	json_t *events = json_array();
	for (size_t i = 0; i < json_array_size(batch); i++)
		json_array_append_new(events, signed_event(json_array_get(batch, i), room.kiosk.last_seq + 1 + (int64_t)i));
	send_batch(events);
	send_batch(events); /* the same again has no effect but the answer */
	json_decref(events);
	send_batch(batch);
	json_decref(batch);
	if (room.batches++ % BATCHES_A_CHECK == 0) {
		int64_t links = 0, bad = 0;
		HOLDS(town_audit_verify(&room.town, &links, &bad) == ERR_OK);
	}
	return 0;
}
