#include "ui/qr.h"

#include <qrencode.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static QRcode *encode(const char *text)
{
	return QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
}

static void discard(QRcode *code)
{
	sodium_memzero(code->data, (size_t)code->width * (size_t)code->width);
	QRcode_free(code);
}

int qr_modules(const char *text)
{
	QRcode *code = encode(text);
	if (!code)
		return 0;
	int modules = code->width;
	discard(code);
	return modules;
}

enum err qr_mask(const char *text, int module_px, struct mask *mask)
{
	QRcode *code = encode(text);
	if (!code)
		return ERR_INVALID;
	int side = code->width * module_px;
	uint8_t *bytes = calloc((size_t)side, (size_t)side);
	if (!bytes) {
		discard(code);
		return ERR_NOMEM;
	}
	for (int y = 0; y < side; y++) {
		const unsigned char *row = code->data + (y / module_px) * code->width;
		for (int x = 0; x < side; x++)
			bytes[(size_t)y * (size_t)side + (size_t)x] = row[x / module_px] & 1 ? 255 : 0;
	}
	discard(code);
	*mask = (struct mask){ .bytes = bytes, .width = side, .height = side, .stride = side };
	return ERR_OK;
}

void qr_mask_clear(struct mask *mask)
{
	if (!mask->bytes)
		return;
	void *bytes = (void *)(uintptr_t)mask->bytes;
	sodium_memzero(bytes, (size_t)mask->stride * (size_t)mask->height);
	free(bytes);
	memset(mask, 0, sizeof *mask);
}
