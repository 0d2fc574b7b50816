#include "model/picture_head.h"

#include <string.h>

static unsigned be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static uint32_t le24(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static uint32_t le32(const uint8_t *p)
{
	return le24(p) | (uint32_t)p[3] << 24;
}

const char *picture_media(enum picture_kind kind)
{
	static const char *const media[PICTURE_KIND_COUNT] = {"image/jpeg", "image/png", "image/webp"};
	return (unsigned)kind < PICTURE_KIND_COUNT ? media[kind] : "";
}

/* The orientation that an Exif block (a TIFF file) gives; 1 when it gives none, or nonsense. */
static int exif_orientation(const uint8_t *p, size_t len)
{
	enum { TAG = 0x0112, TYPE_SHORT = 3, ENTRY = 12 };
	if (len >= 6 && memcmp(p, "Exif\0", 6) == 0) {
		p += 6;
		len -= 6;
	}
	bool little = len >= 8 && memcmp(p, "II*\0", 4) == 0;
	if (len < 8 || (!little && memcmp(p, "MM\0*", 4) != 0))
		return 1;
	size_t at = little ? le32(p + 4) : be32(p + 4);
	if (at > len - 2)
		return 1;
	size_t count = little ? le24(p + at) & 0xFFFF : be16(p + at);
	at += 2;
	for (size_t i = 0; i < count && len - at >= ENTRY; i++, at += ENTRY) {
		unsigned tag = little ? le24(p + at) & 0xFFFF : be16(p + at);
		unsigned type = little ? le24(p + at + 2) & 0xFFFF : be16(p + at + 2);
		unsigned value = little ? le24(p + at + 8) & 0xFFFF : be16(p + at + 8);
		if (tag == TAG && type == TYPE_SHORT)
			return value >= 1 && value <= 8 ? (int)value : 1;
	}
	return 1;
}

static bool jpeg_is_frame(unsigned marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* One segment's content, behind its length. */
static void jpeg_segment(struct picture_head *h, unsigned marker, const uint8_t *p, size_t len)
{
	enum { APP0 = 0xE0, APP1 = 0xE1, APP14 = 0xEE, APP15 = 0xEF, COMMENT = 0xFE };
	if (jpeg_is_frame(marker) && len >= 6 && h->width == 0) {
		h->height = (int)be16(p + 1);
		h->width = (int)be16(p + 3);
		h->components = p[5];
	} else if (marker == APP1 && len >= 6 && memcmp(p, "Exif\0", 6) == 0) {
		h->orientation = exif_orientation(p, len);
		h->metadata = true;
	} else if ((marker > APP0 && marker <= APP15 && marker != APP14) || marker == COMMENT) {
		h->metadata = true;
	}
}

static enum err jpeg_read(const uint8_t *p, size_t len, struct picture_head *h)
{
	enum { SCAN = 0xDA, END = 0xD9, ALONE_FIRST = 0xD0, ALONE_LAST = 0xD7, ALONE = 0x01 };
	size_t at = 2;
	unsigned marker = 0;
	while (marker != SCAN) {
		if (at + 2 > len || p[at] != 0xFF)
			return ERR_CORRUPT;
		marker = p[at + 1];
		if (marker == 0xFF) { /* fill */
			at++;
			continue;
		}
		at += 2;
		if (marker == ALONE || (marker >= ALONE_FIRST && marker <= ALONE_LAST))
			continue;
		if (marker == END || at + 2 > len || be16(p + at) < 2 || be16(p + at) > len - at)
			return ERR_CORRUPT;
		jpeg_segment(h, marker, p + at + 2, be16(p + at) - 2);
		at += be16(p + at);
	}
	/* A height of 0 is told after the first scan (DNL): nobody makes such portraits. */
	if (h->width == 0 || h->height == 0)
		return ERR_CORRUPT;
	/* Cut short, it would decode to a picture that ends in grey. */
	for (size_t end = len; end >= at + 2; end--)
		if (p[end - 2] == 0xFF && p[end - 1] == END)
			return ERR_OK;
	return ERR_CORRUPT;
}

static enum err png_read(const uint8_t *p, size_t len, struct picture_head *h)
{
	enum { SIGNATURE = 8, HEADER = 13, AROUND = 12 };
	for (size_t at = SIGNATURE; len - at >= AROUND;) {
		size_t n = be32(p + at);
		const uint8_t *kind = p + at + 4, *data = p + at + 8;
		if (n > len - at - AROUND)
			return ERR_CORRUPT;
		if (at == SIGNATURE) {
			if (n != HEADER || memcmp(kind, "IHDR", 4) != 0 || be32(data) > INT32_MAX ||
			    be32(data + 4) > INT32_MAX)
				return ERR_CORRUPT;
			h->width = (int)be32(data);
			h->height = (int)be32(data + 4);
		} else if (memcmp(kind, "eXIf", 4) == 0) {
			h->orientation = exif_orientation(data, n);
		} else if (memcmp(kind, "IEND", 4) == 0) {
			return h->width > 0 && h->height > 0 ? ERR_OK : ERR_CORRUPT;
		}
		at += AROUND + n;
	}
	return ERR_CORRUPT;
}

static void webp_chunk(struct picture_head *h, const uint8_t *kind, const uint8_t *data, size_t n)
{
	if (memcmp(kind, "EXIF", 4) == 0) {
		h->orientation = exif_orientation(data, n);
	} else if (h->width > 0) {
		return; /* the first that tells it */
	} else if (memcmp(kind, "VP8X", 4) == 0 && n >= 10) {
		h->width = (int)le24(data + 4) + 1;
		h->height = (int)le24(data + 7) + 1;
	} else if (memcmp(kind, "VP8 ", 4) == 0 && n >= 10 && memcmp(data + 3, "\x9D\x01\x2A", 3) == 0) {
		h->width = (int)(le24(data + 6) & 0x3FFF);
		h->height = (int)(le32(data + 6) >> 16 & 0x3FFF);
	} else if (memcmp(kind, "VP8L", 4) == 0 && n >= 5 && data[0] == 0x2F) {
		h->width = (int)(le32(data + 1) & 0x3FFF) + 1;
		h->height = (int)(le32(data + 1) >> 14 & 0x3FFF) + 1;
	}
}

static enum err webp_read(const uint8_t *p, size_t len, struct picture_head *h)
{
	enum { START = 12, HEAD = 8 };
	size_t end = (size_t)le32(p + 4) + 8;
	if (end > len)
		return ERR_CORRUPT;
	for (size_t at = START; at + HEAD <= end;) {
		size_t n = le32(p + at + 4);
		if (n > end - at - HEAD)
			return ERR_CORRUPT;
		webp_chunk(h, p + at, p + at + HEAD, n);
		at += HEAD + n + (n & 1);
	}
	return h->width > 0 && h->height > 0 ? ERR_OK : ERR_CORRUPT;
}

enum err picture_head_read(const uint8_t *bytes, size_t len, struct picture_head *head)
{
	struct picture_head h = {.orientation = 1};
	enum err e = ERR_UNSUPPORTED;
	if (len >= 3 && memcmp(bytes, "\xFF\xD8\xFF", 3) == 0) {
		h.kind = PICTURE_JPEG;
		e = jpeg_read(bytes, len, &h);
	} else if (len >= 8 && memcmp(bytes, "\x89PNG\r\n\x1A\n", 8) == 0) {
		h.kind = PICTURE_PNG;
		e = png_read(bytes, len, &h);
	} else if (len >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) {
		h.kind = PICTURE_WEBP;
		e = webp_read(bytes, len, &h);
	}
	if (e == ERR_OK)
		*head = h;
	return e;
}
