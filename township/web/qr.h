/* qr.h: a QR code as a picture in a page. */
#ifndef TOWNSHIP_WEB_QR_H
#define TOWNSHIP_WEB_QR_H

#include "township/web/html.h"

/* `text` (up to about 1,000 bytes) as an SVG of at least `side_px`, with its quiet zone, black on white whatever the page is; `label` says what
 * it is. Nothing where the text is too long. */
void web_qr(struct html *h, const char *text, int side_px, const char *label);

#endif
