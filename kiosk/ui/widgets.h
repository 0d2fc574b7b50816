/* widgets.h: the family of things that screens are made of. */
#ifndef UI_WIDGETS_H
#define UI_WIDGETS_H

#include "ui/ui.h"

enum button_kind { BUTTON_PLAIN, BUTTON_MAIN, BUTTON_SELECTED, BUTTON_GREEN, BUTTON_AMBER, BUTTON_RED, BUTTON_OFF };

/* A button with an icon (NULL for none), a label (NULL for none) or both. True when it was touched. BUTTON_OFF shows and does nothing. */
bool ui_button(struct ui *ui, const char *id, struct rect r, const char *icon, const char *label, enum button_kind kind);

/* A white card; a touchable one gives true when it was touched, and where its (sinking) content goes. */
void ui_card(struct ui *ui, struct rect r);
bool ui_card_touch(struct ui *ui, const char *id, struct rect *r, const char *label, bool chosen);

/* A rounded chip with a short text; gives its width. */
enum chip_kind { CHIP_GOLD, CHIP_GREEN, CHIP_DARK, CHIP_AMBER };
int ui_chip(struct ui *ui, int x, int y, const char *label, enum chip_kind kind);
int ui_chip_height(const struct ui *ui);

/* A card of one choice: icon above, title, a line of explanation (NULL for none). */
bool ui_choice(struct ui *ui, const char *id, struct rect r, const char *icon, const char *title, const char *line,
               bool chosen);

/* A neutral portrait. */
void ui_face(struct ui *ui, struct rect r);

/* A round sign with an icon in it: done, take care. */
void ui_sign(struct ui *ui, int cx, int cy, int radius_px, const char *icon, colour c);

/* A message with an icon on a coloured ground, over the whole width: what is wrong and what to do next. Gives its height. */
enum notice_kind { NOTICE_QUIET, NOTICE_CARE, NOTICE_GOOD };
int ui_notice(struct ui *ui, struct rect r, enum notice_kind kind, const char *icon, const char *text);

/* Colours a step darker: what a pressed thing looks like. */
colour colour_darker(colour c);

#endif
