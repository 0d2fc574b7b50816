/* bench_sign: what signing in costs without a screen, on the disk of DIR (the argument, else /var/tmp): the digest of an ID number, and
 * a sign-in until it is durable, with an activity of a hundred and one of ten thousand. Prints one line each: name, median, 99th
 * percentile. Exits 1 where the digest misses 40 ms at the 99th percentile. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_admin.h"
#include "store/store_attendance.h"
#include "store/store_internal.h"
#include "store/store_sync.h"
#include "tests/bench/timing.h"

enum { DIGESTS = 200, SIGN_INS = 1000, DIGEST_LIMIT_MS = 40, FEW = 100, MANY = 10000, HOUR_MS = 3600000, PAUSE_NS = 30000000 };

static void check(enum err e, const char *what)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_sign: %s: %s\n", what, err_name(e));
	exit(1);
}

static double digests(void)
{
	static double ms[DIGESTS];
	struct id_params params = {.ops = ID_ARGON_OPS, .mem_kib = ID_ARGON_MEM_KIB};
	uint8_t digest[ID_DIGEST_BYTES];
	randombytes_buf(params.salt, sizeof params.salt);
	for (int i = 0; i < DIGESTS; i++) {
		double from = now_ms();
		check(id_digest("99010119600101001X", &params, digest), "digest");
		ms[i] = now_ms() - from;
		/* Cards do not come without a pause; and who runs before all others (BENCH_ALONE) is held back if it never rests. */
		nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
	}
	return print_times("Argon2id digest of an ID number", ms, DIGESTS);
}

static void deputy_id(size_t n, char *id, size_t size)
{
	snprintf(id, size, "p-%06zu", n);
}

/* A store of so many deputies, all of them on the list of one activity that is under way. */
static void fill(struct store *store, size_t count)
{
	uint8_t public_key[SEAL_PUBLIC_BYTES], secret[SEAL_SECRET_BYTES], salt[SLIP_SALT_BYTES] = {1};
	crypto_box_keypair(public_key, secret);
	struct enrol_grant grant = {"bench", "token", public_key, public_key, salt};
	check(enrol_finish(store, &grant), "enrol");
	struct roster roster = {calloc(count, sizeof *roster.people), count};
	json_t *list = json_array();
	check(roster.people && list ? ERR_OK : ERR_NOMEM, "memory");
	for (size_t i = 0; i < count; i++) {
		struct roster_person *p = &roster.people[i];
		deputy_id(i, p->id, sizeof p->id);
		snprintf(p->name, sizeof p->name, "代表%06zu", i);
		snprintf(p->mandates[0].level, sizeof p->mandates[0].level, "township");
		snprintf(p->mandates[0].constituency, sizeof p->mandates[0].constituency, "第一选区");
		p->mandate_count = 1;
		json_array_append_new(list, json_pack("{s:s, s:s}", "deputy", p->id, "seat", "1排"));
	}
	check(store_import_roster(store, &roster), "roster");
	free(roster.people);
	json_int_t starts = (json_int_t)time(NULL) * 1000 - HOUR_MS / 2;
	json_t *activity = json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s:o}", "kind", "home", "title", "全体会议", "place",
	                             "会场", "starts", starts, "ends", starts + 3 * HOUR_MS, "opens_min", 120, "grace_min", 5, "quorum",
	                             0, "signs_out", 0, "cancelled", 0, "invited", list);
	json_t *page = json_pack("[{s:i, s:s, s:s, s:s, s:o}]", "cursor", 1, "type", "activity", "op", "put", "id", "a-bench", "data",
	                         activity);
	check(page ? changes_apply(store, page, 1) : ERR_NOMEM, "activity");
	json_decref(page);
}

static void sign_ins(const char *dir, size_t count, const char *name)
{
	static double ms[SIGN_INS];
	char data[PATH_SIZE], folder[32];
	struct store *store;
	int runs = count < SIGN_INS ? (int)count : SIGN_INS;
	snprintf(folder, sizeof folder, "data-%zu", count);
	check(path_join(data, dir, folder), "path");
	check(store_create(data), "create");
	check(store_open(data, STORE_OWNER, &store, NULL), "open");
	fill(store, count);
	for (int i = 0; i < runs; i++) {
		struct sign_in in = {.activity = "a-bench", .by = SIGN_BY_CARD};
		struct sign_in_result result;
		deputy_id((size_t)i, in.deputy, sizeof in.deputy);
		double from = now_ms();
		check(store_sign_in(store, &in, &result), "sign in");
		ms[i] = now_ms() - from;
		check(result.what == PRESENTED_SIGN_IN && result.row.listed ? ERR_OK : ERR_STATE, "what it meant");
	}
	(void)print_times(name, ms, (size_t)runs);
	store_close(store);
}

int main(int argc, char **argv)
{
	char dir[PATH_SIZE];
	snprintf(dir, sizeof dir, "%s/bench-sign-XXXXXX", argc > 1 ? argv[1] : "/var/tmp");
	if (sodium_init() < 0 || !mkdtemp(dir))
		check(ERR_IO, dir);
	double digest = digests();
	sign_ins(dir, FEW, "sign-in to durable, list of 100");
	sign_ins(dir, MANY, "sign-in to durable, list of 10,000");
	dir_remove(dir);
	return digest <= DIGEST_LIMIT_MS ? 0 : 1;
}
