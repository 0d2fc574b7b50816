#include "devices/escpos.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLACK_BELOW = 64,
	WHITE_ABOVE = 192,
	MAX_ROWS = 16384,   /* two metres of paper: nobody's slip */
	TEAR_FEED_DOTS = 96 /* from the head to the tear bar of a 58 mm printer without a cutter: 12 mm */
};

static const uint8_t INITIALISE[] = { 0x1b, '@' };
static const uint8_t FEED[] = { 0x1b, 'J', TEAR_FEED_DOTS };
static const uint8_t CUT[] = { 0x1d, 'V', 66, 0 };
enum { RASTER_HEADER_BYTES = 8 };

/* Floyd–Steinberg's weights in sixteenths; `step` is the direction of the row. The error rows have a margin
 * cell at each end. */
static void diffuse(int *this_row, int *next_row, int x, int step, int error)
{
	this_row[x + 1 + step] += error * 7;
	next_row[x + 1 - step] += error * 3;
	next_row[x + 1] += error * 5;
	next_row[x + 1 + step] += error;
}

static bool dot(int grey, int x, int step, int *this_row, int *next_row)
{
	if (grey < BLACK_BELOW)
		return true;
	if (grey > WHITE_ABOVE)
		return false;
	int wanted = grey + this_row[x + 1] / 16;
	bool black = wanted < 128;
	diffuse(this_row, next_row, x, step, wanted - (black ? 0 : 255));
	return black;
}

enum err bitmap_from_grey(const uint8_t *grey, int width, int height, int stride, struct bitmap *out)
{
	if (width < 1 || height < 1 || stride < width)
		return ERR_INVALID;
	if (width > ESCPOS_DOTS_80MM || height > MAX_ROWS)
		return ERR_TOO_LONG;
	int row_bytes = (width + 7) / 8;
	size_t cells = (size_t)width + 2;
	uint8_t *bits = calloc((size_t)height, (size_t)row_bytes);
	int *errors = calloc(2 * cells, sizeof *errors);
	if (!bits || !errors) {
		free(bits);
		free(errors);
		return ERR_NOMEM;
	}
	int *this_row = errors, *next_row = errors + cells;
	for (int y = 0; y < height; y++) {
		const uint8_t *from = grey + (size_t)y * (size_t)stride;
		uint8_t *to = bits + (size_t)y * (size_t)row_bytes;
		int step = y % 2 ? -1 : 1;
		for (int x = y % 2 ? width - 1 : 0; x >= 0 && x < width; x += step)
			if (dot(from[x], x, step, this_row, next_row))
				to[x / 8] = (uint8_t)(to[x / 8] | 0x80 >> x % 8);
		int *done = this_row;
		this_row = next_row;
		next_row = done;
		memset(next_row, 0, cells * sizeof *next_row);
	}
	free(errors);
	*out = (struct bitmap){ .bits = bits, .width = width, .height = height, .stride_bytes = row_bytes };
	return ERR_OK;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

/* Real-time commands (DLE EOT, DLE ENQ, DLE DC4) are obeyed wherever they stand, in a picture too: one dot more, and it is none. */
static void defuse(uint8_t *dots, size_t len)
{
	enum { DLE = 0x10, EOT = 0x04, ENQ = 0x05, DC4 = 0x14, ONE_DOT = 0x08 };
	for (size_t i = 0; i + 1 < len; i++)
		if (dots[i] == DLE && (dots[i + 1] == EOT || dots[i + 1] == ENQ || dots[i + 1] == DC4))
			dots[i] |= ONE_DOT;
}

static uint8_t *put_band(uint8_t *at, const struct bitmap *picture, int first_row, int rows)
{
	size_t row_bytes = ((size_t)picture->width + 7) / 8;
	/* What stands in the last byte beyond the width may be anything: it must not print. */
	uint8_t last_mask = (uint8_t)(0xff << (row_bytes * 8 - (size_t)picture->width));
	const uint8_t header[RASTER_HEADER_BYTES] = {
		0x1d, 'v', '0', 0, (uint8_t)row_bytes, 0, (uint8_t)rows, (uint8_t)(rows >> 8)
	};
	at = put(at, header, sizeof header);
	uint8_t *dots = at;
	for (int y = first_row; y < first_row + rows; y++) {
		at = put(at, picture->bits + (size_t)y * (size_t)picture->stride_bytes, row_bytes);
		at[-1] &= last_mask;
	}
	defuse(dots, (size_t)(at - dots));
	return at;
}

enum err escpos_job(const struct bitmap *picture, uint8_t **bytes, size_t *len)
{
	if (!picture->bits || picture->width < 1 || picture->height < 1)
		return ERR_INVALID;
	if (picture->width > ESCPOS_DOTS_80MM || picture->height > MAX_ROWS)
		return ERR_TOO_LONG;
	size_t row_bytes = ((size_t)picture->width + 7) / 8;
	if ((size_t)picture->stride_bytes < row_bytes)
		return ERR_INVALID;
	size_t bands = ((size_t)picture->height + ESCPOS_BAND_ROWS - 1) / ESCPOS_BAND_ROWS;
	size_t size = sizeof INITIALISE + bands * RASTER_HEADER_BYTES + (size_t)picture->height * row_bytes
	              + sizeof FEED + sizeof CUT;
	uint8_t *job = malloc(size);
	if (!job)
		return ERR_NOMEM;
	uint8_t *at = put(job, INITIALISE, sizeof INITIALISE);
	for (int y = 0; y < picture->height; y += ESCPOS_BAND_ROWS) {
		int left = picture->height - y;
		at = put_band(at, picture, y, left < ESCPOS_BAND_ROWS ? left : ESCPOS_BAND_ROWS);
	}
	at = put(at, FEED, sizeof FEED);
	at = put(at, CUT, sizeof CUT);
	*bytes = job;
	*len = (size_t)(at - job);
	return ERR_OK;
}
