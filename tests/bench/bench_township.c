/* bench_township: a thousand kiosks that hand in reports as fast as the township takes them.
 *
 *   bench_township enrol DATA KIOSKS                 writes the kiosks into DATA/township.db
 *   bench_township send DATA PORT KIOSKS EVENTS TEXTS LINES
 *
 * `send` seals, signs and compresses everything first, for the client's work not to be measured: one batch of EVENTS a kiosk, each
 * on a connection of its own, LINES of them at a time. It prints how many events were accepted, in how many seconds, and how long a
 * batch took. TEXTS: what voters write (db/demo/cases.txt). Keys and tokens follow from the kiosk's number. */
#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "model/event.h"
#include "model/seal.h"
#include "model/slip_code.h"
#include "tests/bench/timing.h"

enum { TEXTS_MAX = 64, REPLY_MAX = 64 * 1024, SPAN_MS = 2 * 3600 * 1000 };

struct text {
	char kind[16], subject[32], words[2048];
};

struct request {
	char *bytes;
	size_t len;
};

struct bench {
	uint8_t seal_key[SEAL_PUBLIC_BYTES];
	struct text texts[TEXTS_MAX];
	int text_count;
	char *deputies[512];
	int deputy_count;
	int kiosks, events, port;
	int64_t now_ms;
	struct request *requests;
	double *batch_ms;
	atomic_int next, refused;
	atomic_bool failed;
};

static const char *const villages[] = {"青禾村", "上禾村", "柳沟村", "新街村", "东关村", "河沿村", "石门村", "石湾村",
                                       "马家庄村", "沙坝村", "双泉村", "杨柳湾村", "牧场村", "松林村", "红崖村", "月亮湾村"};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench_township: %s\n", what);
	exit(2);
}

struct identity {
	char id[KIOSK_ID_SIZE], token[65];
	uint8_t public_key[SIGN_PUBLIC_BYTES], secret_key[SIGN_SECRET_BYTES];
};

static void identity_of(int number, struct identity *who)
{
	uint8_t seed[32];
	char text[32];
	snprintf(text, sizeof text, "bench kiosk %d", number);
	digest_of(text, strlen(text), seed);
	crypto_sign_seed_keypair(who->public_key, who->secret_key, seed);
	sodium_bin2hex(who->token, sizeof who->token, seed, sizeof seed);
	snprintf(who->id, sizeof who->id, "k-bench%05d", number);
}

static sqlite3 *open_db(const char *data)
{
	char path[4096];
	sqlite3 *db;
	snprintf(path, sizeof path, "%s/township.db", data);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		die("cannot open the database");
	sqlite3_busy_timeout(db, 5000);
	return db;
}

static int enrol(const char *data, int kiosks)
{
	sqlite3 *db = open_db(data);
	sqlite3_stmt *stmt;
	if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
	                       "INSERT INTO kiosks(id, name, public_key, token_hash, token_used, version, enrolled_ms)"
	                       " VALUES (?1, ?1, ?2, ?3, 1, 'bench', 0)",
	                       -1, &stmt, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	for (int i = 0; i < kiosks; i++) {
		struct identity who;
		uint8_t hash[DIGEST_BYTES];
		identity_of(i, &who);
		digest_of(who.token, strlen(who.token), hash);
		sqlite3_bind_text(stmt, 1, who.id, -1, SQLITE_STATIC);
		sqlite3_bind_blob(stmt, 2, who.public_key, sizeof who.public_key, SQLITE_STATIC);
		sqlite3_bind_blob(stmt, 3, hash, sizeof hash, SQLITE_STATIC);
		if (sqlite3_step(stmt) != SQLITE_DONE)
			die(sqlite3_errmsg(db));
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	sqlite3_close(db);
	return 0;
}

static void read_site(const char *data, struct bench *b)
{
	sqlite3 *db = open_db(data);
	sqlite3_stmt *stmt;
	if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key = 'seal_public'", -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW || sqlite3_column_bytes(stmt, 0) != SEAL_PUBLIC_BYTES)
		die("no key to seal to");
	memcpy(b->seal_key, sqlite3_column_blob(stmt, 0), SEAL_PUBLIC_BYTES);
	sqlite3_finalize(stmt);
	if (sqlite3_prepare_v2(db, "SELECT id FROM deputies LIMIT 512", -1, &stmt, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		b->deputies[b->deputy_count++] = strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void read_texts(const char *path, struct bench *b)
{
	FILE *file = fopen(path, "r");
	char line[8192];
	if (!file)
		die("cannot read the texts");
	while (b->text_count < TEXTS_MAX && fgets(line, sizeof line, file)) {
		char *subject = strchr(line, '\t'), *words = subject ? strchr(subject + 1, '\t') : NULL;
		struct text *t = &b->texts[b->text_count];
		if (!words)
			continue;
		*subject++ = *words++ = '\0';
		words[strcspn(words, "\t\n")] = '\0';
		snprintf(t->kind, sizeof t->kind, "%.15s", line);
		snprintf(t->subject, sizeof t->subject, "%.31s", subject);
		snprintf(t->words, sizeof t->words, "%.2040s", words);
		b->text_count++;
	}
	fclose(file);
	if (b->text_count == 0)
		die("no texts");
}

/* A sealed body, as a kiosk makes it; malloc'ed base64. */
static char *sealed_body(const struct bench *b, int number, const struct text *t)
{
	struct slip_code code;
	uint8_t random[SLIP_CODE_RANDOM_BYTES];
	char words[4096];
	randombytes_buf(random, sizeof random);
	slip_code_make(random, &code);
	snprintf(words, sizeof words, "%s（%s%d组，编号%d）", t->words, number % 3 ? villages[number % 16] : "本村", number % 7 + 1, number);
	json_t *body = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[]}", "v", 1, "code", code.chars, "kind", t->kind,
	                         "subject", t->subject, "deputy", "", "text", words, "identity", "anonymous", "name", "", "phone",
	                         "", "id_number", "", "blobs");
	char *text = json_dumps(body, JSON_COMPACT);
	size_t len = strlen(text), sealed_len = len + SEAL_OVERHEAD_BYTES;
	uint8_t *sealed = malloc(sealed_len);
	char *base64 = malloc(sodium_base64_ENCODED_LEN(sealed_len, sodium_base64_VARIANT_ORIGINAL));
	if (seal_to(b->seal_key, text, len, sealed))
		die("cannot seal");
	sodium_bin2base64(base64, sodium_base64_ENCODED_LEN(sealed_len, sodium_base64_VARIANT_ORIGINAL), sealed, sealed_len,
	                  sodium_base64_VARIANT_ORIGINAL);
	json_decref(body);
	free(text);
	free(sealed);
	return base64;
}

static json_t *event(const struct bench *b, const struct identity *who, int number, int seq)
{
	const struct text *t = &b->texts[number % b->text_count];
	char case_id[UUID_SIZE], lookup[65], receipt[24], sig64[128];
	uint8_t random[32], sig[SIGN_BYTES];
	struct event_head head = {.seq = seq, .type = "case.submitted", .clock_ok = true};
	head.at_ms = b->now_ms - randombytes_uniform(SPAN_MS);
	randombytes_buf(random, sizeof random);
	uuid7_make(head.at_ms, random, head.id);
	uuid7_make(head.at_ms, random + 10, case_id);
	sodium_bin2hex(lookup, sizeof lookup, random, sizeof random);
	snprintf(head.kiosk, sizeof head.kiosk, "%s", who->id);
	snprintf(receipt, sizeof receipt, "2026-%04d-%04d", number / 10000, number % 10000);
	char *sealed = sealed_body(b, number, t), *payload;
	size_t len;
	json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s, s:s, s:[]}", "case_id", case_id, "receipt", receipt, "kind", t->kind,
	                         "subject", t->subject, "deputy", b->deputy_count && number % 5 ? b->deputies[number % b->deputy_count] : NULL,
	                         "lookup", lookup, "sealed", sealed, "blobs");
	if (!data || event_payload(&head, data, &payload, &len))
		die("cannot make an event");
	sign_make(who->secret_key, EVENT_DOMAIN, payload, len, sig);
	sodium_bin2base64(sig64, sizeof sig64, sig, sizeof sig, sodium_base64_VARIANT_ORIGINAL);
	json_t *item = json_pack("{s:s, s:s}", "payload", payload, "sig", sig64);
	json_decref(data);
	free(payload);
	free(sealed);
	return item;
}

static size_t compress_to(const char *text, size_t len, char *out, size_t room)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)len, .next_out = (Bytef *)out, .avail_out = (uInt)room};
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		die("cannot compress");
	deflateEnd(&z);
	return z.total_out;
}

static void prepare(struct bench *b, int kiosk)
{
	struct identity who;
	identity_of(kiosk, &who);
	json_t *root = json_object(), *events = json_array();
	for (int i = 0; i < b->events; i++)
		json_array_append_new(events, event(b, &who, kiosk * b->events + i, i + 1));
	json_object_set_new(root, "events", events);
	char *text = json_dumps(root, JSON_COMPACT);
	size_t len = strlen(text), room = len + 1024;
	struct request *r = &b->requests[kiosk];
	char *body = malloc(room);
	r->bytes = malloc(room + 1024);
	size_t body_len = compress_to(text, len, body, room);
	int head = snprintf(r->bytes, 1024,
	                    "POST /v1/kiosks/%s/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
	                    "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n"
	                    "Connection: close\r\n\r\n",
	                    who.id, who.token, body_len);
	memcpy(r->bytes + head, body, body_len);
	r->len = (size_t)head + body_len;
	r->bytes = realloc(r->bytes, r->len);
	json_decref(root);
	free(text);
	free(body);
}

static void *prepare_main(void *arg)
{
	struct bench *b = arg;
	for (int i; (i = atomic_fetch_add(&b->next, 1)) < b->kiosks;)
		prepare(b, i);
	return NULL;
}

/* Sends one batch; whether it was accepted whole. */
static bool deliver(const struct bench *b, const struct request *r, int *refused)
{
	char reply[REPLY_MAX + 1];
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)b->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
		return false;
	size_t sent = 0, got = 0;
	ssize_t n = 0;
	while (sent < r->len && (n = send(fd, r->bytes + sent, r->len - sent, MSG_NOSIGNAL)) > 0)
		sent += (size_t)n;
	while (got < REPLY_MAX && (n = recv(fd, reply + got, REPLY_MAX - got, 0)) > 0)
		got += (size_t)n;
	close(fd);
	reply[got] = '\0';
	if (strncmp(reply, "HTTP/1.1 200", 12) != 0)
		fprintf(stderr, "bench_township: %.400s\n", reply);
	*refused = strstr(reply, "\"refused\":[]") ? 0 : 1;
	return strncmp(reply, "HTTP/1.1 200", 12) == 0;
}

static void *send_main(void *arg)
{
	struct bench *b = arg;
	for (int i, refused = 0; (i = atomic_fetch_add(&b->next, 1)) < b->kiosks;) {
		double began = now_ms();
		if (!deliver(b, &b->requests[i], &refused))
			atomic_store(&b->failed, true);
		b->batch_ms[i] = now_ms() - began;
		atomic_fetch_add(&b->refused, refused);
	}
	return NULL;
}

static void in_threads(struct bench *b, int threads, void *(*work)(void *))
{
	pthread_t ids[256];
	atomic_store(&b->next, 0);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, work, b) != 0)
			die("no more threads");
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
}

static int send_all(const char *data, const char *texts, struct bench *b, int lines)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	b->now_ms = (int64_t)now.tv_sec * 1000;
	read_site(data, b);
	read_texts(texts, b);
	b->requests = calloc((size_t)b->kiosks, sizeof *b->requests);
	b->batch_ms = calloc((size_t)b->kiosks, sizeof *b->batch_ms);
	in_threads(b, 2, prepare_main);
	double began = now_ms();
	in_threads(b, lines, send_main);
	double seconds = (now_ms() - began) / 1000;
	printf("events %d seconds %.3f rate %.1f refused %d\n", b->kiosks * b->events, seconds, b->kiosks * b->events / seconds,
	       atomic_load(&b->refused));
	print_times("a batch handed in", b->batch_ms, (size_t)b->kiosks);
	return atomic_load(&b->failed) || atomic_load(&b->refused) ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct bench b;
	if (sodium_init() < 0)
		die("libsodium does not start");
	if (argc == 4 && strcmp(argv[1], "enrol") == 0)
		return enrol(argv[2], (int)strtol(argv[3], NULL, 10));
	if (argc != 8 || strcmp(argv[1], "send") != 0)
		die("enrol DATA KIOSKS, or send DATA PORT KIOSKS EVENTS TEXTS LINES");
	b.port = (int)strtol(argv[3], NULL, 10);
	b.kiosks = (int)strtol(argv[4], NULL, 10);
	b.events = (int)strtol(argv[5], NULL, 10);
	int lines = (int)strtol(argv[7], NULL, 10);
	if (b.kiosks < 1 || b.events < 1 || lines < 1 || lines > 256)
		die("kiosks, events and lines (256 at most) are whole numbers above 0");
	return send_all(argv[2], argv[6], &b, lines);
}
