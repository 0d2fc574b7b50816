/* qr.h: QR codes (ISO/IEC 18004, through libqrencode) as masks. */
#ifndef UI_QR_H
#define UI_QR_H

#include "model/err.h"
#include "ui/canvas.h"

/* Error correction M; whole modules of `module_px`, without the quiet zone. mask->bytes is malloc'ed: qr_mask_clear. */
MUST_USE enum err qr_mask(const char *text, int module_px, struct mask *mask);
/* Modules a side that `text` needs; 0 when it cannot be coded. */
int qr_modules(const char *text);
/* Wipes and frees. */
void qr_mask_clear(struct mask *mask);

#endif
