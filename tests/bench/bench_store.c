/* links: kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/content.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/recover.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/wake.c kiosk/model/err.c kiosk/model/utf8.c kiosk/model/civil.c kiosk/model/slip_code.c kiosk/model/seal.c kiosk/model/ink.c kiosk/model/report.c kiosk/model/case.c kiosk/model/event.c kiosk/model/roster.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/duty_text.c kiosk/model/csv.c kiosk/model/csv_table.c gen/migrations.c */
/* bench_store: what opening the store, submitting, finding a case and verifying cost, on the disk of DIR (the
 * argument, else /var/tmp). Prints one line each: name, median, 99th percentile. Exits 1 where submitting
 * misses 50 ms at the 99th percentile, or opening 10 ms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_admin.h"
#include "store/store_internal.h"
#include "store/store_sync.h"
#include "tests/bench/timing.h"

enum { SUBMISSIONS = 1000, OPENINGS = 200, SUBMIT_LIMIT_MS = 50, OPEN_LIMIT_MS = 10 };

static void check(enum err e, const char *what)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_store: %s: %s\n", what, err_name(e));
	exit(1);
}

static void enrol(struct store *store)
{
	uint8_t public_key[SEAL_PUBLIC_BYTES], secret[SEAL_SECRET_BYTES], salt[SLIP_SALT_BYTES] = {1};
	crypto_box_keypair(public_key, secret);
	struct enrol_grant grant = {"bench", "token", public_key, public_key, salt};
	check(enrol_finish(store, &grant), "enrol");
}

/* A long text, a page of ink and a minute of voice: what a voter with much to say leaves. */
static void fill(struct report *r)
{
	memset(r, 0, sizeof *r);
	r->kind_chosen = true;
	strcpy(r->subject, "roads");
	for (int i = 0; i < 900; i++)
		strcat(r->text, "路");
	r->identity = IDENTITY_ANONYMOUS;
	r->page_count = 1;
	for (unsigned i = 0; i < 20000; i++) {
		struct ink_point p = {(uint16_t)(i % 9973), (uint16_t)(i % 7919)};
		check(i % 40 == 0 ? ink_begin(&r->pages[0], p) : ink_extend(&r->pages[0], p), "ink");
	}
	r->voice_len = 180000;
	r->voice = calloc(1, r->voice_len);
	r->voice_ms = 60000;
}

static void make_keys(int n, struct slip_code *code, struct slip_keys *keys)
{
	uint8_t random[SLIP_CODE_RANDOM_BYTES] = {(uint8_t)(n >> 8), (uint8_t)n};
	slip_code_make(random, code);
	digest_of(code->chars, SLIP_CODE_CHARS, keys->lookup);
	memset(keys->view_key, 0, sizeof keys->view_key);
}

static double submit_all(struct store *store, const struct report *r, int first, const char *name)
{
	static double ms[SUBMISSIONS];
	for (int i = 0; i < SUBMISSIONS; i++) {
		struct slip_code code;
		struct slip_keys keys;
		struct submission s;
		make_keys(first + i, &code, &keys);
		double from = now_ms();
		check(store_submit(store, r, &code, &keys, &s), "submit");
		ms[i] = now_ms() - from;
	}
	return print_times(name, ms, SUBMISSIONS);
}

static double open_all(const char *dir)
{
	static double ms[OPENINGS];
	for (int i = 0; i < OPENINGS; i++) {
		struct store *store;
		double from = now_ms();
		check(store_open(dir, STORE_OWNER | STORE_RECOVER, &store, NULL), "open");
		ms[i] = now_ms() - from;
		store_close(store);
	}
	return print_times("store opened (2,000 cases)", ms, OPENINGS);
}

static void find_and_verify(struct store *store)
{
	static double ms[SUBMISSIONS];
	struct verify_report report;
	for (int i = 0; i < SUBMISSIONS; i++) {
		struct slip_code code;
		struct slip_keys keys;
		struct case_summary c;
		make_keys(i, &code, &keys);
		double from = now_ms();
		check(store_find_case(store, keys.lookup, &c), "find");
		ms[i] = now_ms() - from;
		case_summary_clear(&c);
	}
	print_times("case found", ms, SUBMISSIONS);
	double from = now_ms();
	check(store_verify(store, &report), "verify");
	ms[0] = now_ms() - from;
	print_times("whole store verified (2,000 cases)", ms, 1);
	if (!report.ok)
		check(ERR_CORRUPT, report.what);
}

int main(int argc, char **argv)
{
	char dir[PATH_SIZE], data[PATH_SIZE];
	struct store *store;
	struct report r;
	snprintf(dir, sizeof dir, "%s/bench-store-XXXXXX", argc > 1 ? argv[1] : "/var/tmp");
	if (sodium_init() < 0 || !mkdtemp(dir))
		check(ERR_IO, dir);
	check(path_join(data, dir, "data"), "path");
	check(store_create(data), "create");
	check(store_open(data, STORE_OWNER, &store, NULL), "open");
	enrol(store);
	fill(&r);
	double blobs = submit_all(store, &r, 0, "submit to durable, text, ink and voice");
	r.page_count = 0;
	free(r.voice);
	r.voice = NULL;
	r.voice_len = 0;
	double text = submit_all(store, &r, SUBMISSIONS, "submit to durable, text alone");
	find_and_verify(store);
	store_close(store);
	double opening = open_all(data);
	report_wipe(&r);
	dir_remove(dir);
	return blobs <= SUBMIT_LIMIT_MS && text <= SUBMIT_LIMIT_MS && opening <= OPEN_LIMIT_MS ? 0 : 1;
}
