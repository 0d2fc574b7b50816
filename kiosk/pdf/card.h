/* card.h: a deputy's QR card as a PDF of two pages, front and back, of the size of a bank card (ISO/IEC 7810 ID-1), for a card
 * printer, or to be cut out. What is drawn is all vectors and embedded fonts, but for the portrait. */
#ifndef PDF_CARD_H
#define PDF_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "model/civil.h"
#include "model/err.h"
#include "pdf/portrait.h"

enum { CARD_WIDTH_UM = 85600, CARD_HEIGHT_UM = 53980 }; /* µm */

struct card {
	const char *home;          /* 青禾乡人大代表之家 */
	const char *phone;         /* of the home, for who finds the card; "" when it has none */
	const char *name;          /* at most 127 bytes */
	const char *levels;        /* "township,county", as in struct deputy_row */
	const char *group;         /* 第三代表小组; "" without one */
	const char *token;         /* of card_token.h */
	uint32_t issue;
	struct civil_date expires; /* the last day it is good */
	const struct portrait *portrait; /* borrowed; NULL: a neutral figure is drawn */
	int64_t made_ms;           /* unix; the document's date. The same card gives the same bytes */
};

/* *pdf is malloc'ed, the caller's. ERR_NOT_FOUND: no installed font has a character of the name or another text; ERR_TOO_LONG:
 * a text does not fit however small; ERR_INVALID: the token cannot be coded with modules of 0.5 mm; ERR_NOMEM. */
MUST_USE enum err card_pdf(const struct card *card, uint8_t **pdf, size_t *len);

#endif
