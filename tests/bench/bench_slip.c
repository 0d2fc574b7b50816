/* bench_slip: random codes on whole slips, through the printer's bytes and back, read by zbar (libzbar, another party's
 * reader). Both paper widths. Prints a line each: name, median, 99th percentile; then how many were read.
 *
 *   bench_slip [--count N]      1,000 by default, for each width; exit 1 unless every one was read, and as what it is */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#include "devices/escpos.h"
#include "model/slip_code.h"
#include "ui/slip.h"
#include "tests/bench/timing.h"

enum { COUNT_MAX = 100000, PAPER_MARGIN = 16, ROWS_MAX = 8192 };

struct times { double *make_ms, *read_ms; };
/* 8-bit grey, as a reader's camera is given it. */
struct paper { uint8_t *grey; unsigned width, height, room; };

static void die(const char *what)
{
	fprintf(stderr, "bench_slip: %s\n", what);
	exit(2);
}

static void check(enum err e, const char *what)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_slip: %s: %s\n", what, err_name(e));
	exit(2);
}

/* ---- to the printer ---- */

/* The rows vary with n, so that the code lies at different heights and beside different words. */
static void print_slip(struct text_engine *text, const struct slip_code *code, long n, int dots, uint8_t **bytes, size_t *len)
{
	static const char *const matters[] = { "投诉 · 道路交通", "建议 · 饮水", "意见 · 补贴发放与低保", "感谢 · 其他" };
	static const char *const deputies[] = { "值班代表", "周玉兰 代表", "由双泉村、上河村选出的各位代表共同接待" };
	char qr[SLIP_CODE_QR_SIZE], dashed[SLIP_CODE_DASHED_SIZE], receipt[32];
	slip_code_qr(code, qr);
	slip_code_dashed(code, dashed);
	snprintf(receipt, sizeof receipt, "2026-0001-%04ld", n % 10000);
	struct slip slip = { .home = "青禾乡人大代表之家", .title = "群众意见接待回执", .qr = qr, .code = dashed, .row_count = 4,
		             .rows = { { "编号", receipt }, { "时间", "2026年3月12日 星期四 9:41" },
			               { "事项", matters[n % 4] }, { "送交", deputies[n % 3] } },
		             .next_head = "接下来", .foot = "小票就是钥匙，请收好，不要给别人看",
		             .next = "7 日内交办，3 个月内书面答复。凭这张小票随时可以来查，看办到了哪一步，并评价是否满意。" };
	struct canvas canvas;
	struct bitmap bitmap;
	uint8_t *grey;
	check(slip_render(text, TEXT_SC, &slip, dots, &canvas), "drawing");
	check(slip_grey(&canvas, &grey), "greys");
	check(bitmap_from_grey(grey, canvas.width, canvas.height, canvas.width, &bitmap), "dithering");
	check(escpos_job(&bitmap, bytes, len), "the printer's bytes");
	free(grey);
	free(bitmap.bits);
	canvas_destroy(&canvas);
}

/* ---- and back ---- */

static void put_row(struct paper *p, const uint8_t *bits, unsigned across)
{
	unsigned width = across * 8 + 2 * PAPER_MARGIN;
	if (p->width && p->width != width)
		die("bands of different widths");
	p->width = width;
	if (!p->grey) {
		p->room = ROWS_MAX;
		p->grey = malloc((size_t)ROWS_MAX * width);
		if (!p->grey)
			die("memory");
	}
	if (p->height >= p->room)
		die("a slip longer than any");
	uint8_t *to = p->grey + (size_t)p->height++ * width;
	memset(to, 255, width);
	for (unsigned x = 0; bits && x < across * 8; x++)
		to[PAPER_MARGIN + x] = bits[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
}

/* What the bytes leave on the paper, by Epson's description of the commands. Refuses anything else. */
static void decode(const uint8_t *b, size_t len, unsigned across, struct paper *p)
{
	size_t at = 0;
	for (int i = 0; i < PAPER_MARGIN; i++)
		put_row(p, NULL, across);
	while (at < len) {
		if (len - at >= 2 && b[at] == 0x1B && b[at + 1] == '@') {
			at += 2;
		} else if (len - at >= 3 && b[at] == 0x1B && b[at + 1] == 'J') {
			for (int i = 0; i < b[at + 2]; i++)
				put_row(p, NULL, across);
			at += 3;
		} else if (len - at >= 4 && b[at] == 0x1D && b[at + 1] == 'V') {
			at += 4;
		} else if (len - at >= 8 && b[at] == 0x1D && b[at + 1] == 'v' && b[at + 2] == '0') {
			unsigned wide = b[at + 4] | (unsigned)b[at + 5] << 8, rows = b[at + 6] | (unsigned)b[at + 7] << 8;
			at += 8;
			if (wide != across || len - at < (size_t)wide * rows)
				die("a band of another width, or cut short");
			for (unsigned y = 0; y < rows; y++, at += wide)
				put_row(p, b + at, across);
		} else {
			die("a command that no slip should hold");
		}
	}
	for (int i = 0; i < PAPER_MARGIN; i++)
		put_row(p, NULL, across);
}

static bool read_back(zbar_image_scanner_t *scanner, const struct paper *p, const char *expected)
{
	zbar_image_t *image = zbar_image_create();
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, p->width, p->height);
	zbar_image_set_data(image, p->grey, (unsigned long)p->width * p->height, NULL);
	int found = zbar_scan_image(scanner, image);
	const zbar_symbol_t *s = zbar_image_first_symbol(image);
	bool right = found == 1 && s && strcmp(zbar_symbol_get_data(s), expected) == 0;
	zbar_image_destroy(image);
	return right;
}

static long run_width(struct text_engine *text, zbar_image_scanner_t *scanner, int dots, long count, struct times *t)
{
	long read = 0;
	for (long n = 0; n < count; n++) {
		uint8_t random[SLIP_CODE_RANDOM_BYTES], *bytes;
		struct slip_code code;
		char qr[SLIP_CODE_QR_SIZE];
		size_t len;
		struct paper paper = { 0 };
		randombytes_buf(random, sizeof random);
		slip_code_make(random, &code);
		slip_code_qr(&code, qr);
		double from = now_ms();
		print_slip(text, &code, n, dots, &bytes, &len);
		t->make_ms[n] = now_ms() - from;
		decode(bytes, len, (unsigned)dots / 8, &paper);
		from = now_ms();
		if (read_back(scanner, &paper, qr))
			read++;
		else
			fprintf(stderr, "bench_slip: %d dots: %s was not read\n", dots, qr);
		t->read_ms[n] = now_ms() - from;
		free(bytes);
		free(paper.grey);
	}
	return read;
}

int main(int argc, char **argv)
{
	static const int widths[] = { ESCPOS_DOTS_58MM, ESCPOS_DOTS_80MM };
	long count = 1000, missed = 0;
	if (argc == 3 && strcmp(argv[1], "--count") == 0)
		count = strtol(argv[2], NULL, 10);
	else if (argc != 1)
		die("usage: bench_slip [--count N]");
	if (count < 1 || count > COUNT_MAX)
		die("--count from 1 to 100000");
	struct times t = { calloc((size_t)count, sizeof(double)), calloc((size_t)count, sizeof(double)) };
	struct text_engine *text;
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	if (!t.make_ms || !t.read_ms || !scanner || sodium_init() < 0)
		die("memory");
	check(text_engine_create(&text), "fonts");
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
		char name[64];
		long read = run_width(text, scanner, widths[i], count, &t);
		snprintf(name, sizeof name, "slip of %d dots drawn, as bytes", widths[i]);
		(void)print_times(name, t.make_ms, (size_t)count);
		snprintf(name, sizeof name, "slip of %d dots read by zbar", widths[i]);
		(void)print_times(name, t.read_ms, (size_t)count);
		printf("%d dots: %ld of %ld read\n", widths[i], read, count);
		missed += count - read;
	}
	zbar_image_scanner_destroy(scanner);
	text_engine_destroy(text);
	free(t.make_ms);
	free(t.read_ms);
	return missed ? 1 : 0;
}
