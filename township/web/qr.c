#include "township/web/qr.h"

#include <qrencode.h>
#include <sodium.h>

enum { QUIET = 4 };

void web_qr(struct html *h, const char *text, int side_px, const char *label)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!code)
		return;
	int side = code->width + 2 * QUIET;
	/* Whole pixels a module: others blur. */
	side_px = side * ((side_px + side - 1) / side);
	html_put(h, "<svg class=\"qr\" role=\"img\" aria-label=\"%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
	            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
	         label, side_px, side_px, side, side, side, side);
	for (int y = 0; y < code->width; y++) {
		const unsigned char *row = code->data + y * code->width;
		for (int x = 0; x < code->width; x++) {
			int from = x;
			while (x < code->width && row[x] & 1)
				x++;
			if (x > from)
				html_put(h, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
		}
	}
	html_put(h, "\"/></svg>");
	/* It may be a key. */
	sodium_memzero(code->data, (size_t)code->width * (size_t)code->width);
	QRcode_free(code);
}
