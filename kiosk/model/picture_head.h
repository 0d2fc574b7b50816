/* picture_head.h: what a picture file says of itself before anybody decodes it: its kind, its size, which way is up.
 *
 * JPEG: ITU-T T.81 (markers) and Exif 2.3 (orientation); PNG: ISO/IEC 15948; WebP: RFC 9649. */
#ifndef MODEL_PICTURE_HEAD_H
#define MODEL_PICTURE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum picture_kind { PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP, PICTURE_KIND_COUNT };

struct picture_head {
	enum picture_kind kind;
	int width, height;  /* px, as stored: before it is turned */
	int orientation;    /* Exif's, 1 (upright) to 8 */
	int components;     /* of a JPEG: 1 grey, 3 colour, 4 for print; 0 otherwise */
	bool metadata;      /* a JPEG carries more than its picture: place and time, a thumbnail, comments */
};

/* "image/jpeg" "image/png" "image/webp" */
const char *picture_media(enum picture_kind kind);

/* ERR_UNSUPPORTED: none of the three; ERR_CORRUPT: one of them, but cut short or broken in its structure. *head is written on
 * ERR_OK alone. */
MUST_USE enum err picture_head_read(const uint8_t *bytes, size_t len, struct picture_head *head);

#endif
