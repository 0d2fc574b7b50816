/* input_panel.h: everything to write with, under a field: the handwriting pad, the pinyin keys, marks and digits, with one candidate
 * line above. Handwriting goes on by itself: after a short rest the best guess is put in (underlined) and the pad is
 * free for the next character; a touch on another candidate corrects it; what usually follows is offered next.
 *
 *   HAND   pen up ─► recognise (input_panel_work) ─► candidates ─┬─ touch one ─► inserted ─► predictions
 *                                                                └─ rest of 1 s ─► guess inserted, candidates stay
 *   PINYIN letter ─► candidates ─► touch one ─► (letters left? ─► candidates) : inserted ─► predictions */
#ifndef UI_INPUT_PANEL_H
#define UI_INPUT_PANEL_H

#include "model/ink.h"
#include "ui/editor.h"
#include "ui/i18n.h"
#include "ui/ui.h"

enum input_mode { INPUT_HAND, INPUT_PINYIN, INPUT_MARKS, INPUT_DIGITS };

struct input_panel; /* opaque; holds the engines, loaded when first used */

MUST_USE enum err input_panel_create(struct i18n *i18n, struct input_panel **panel); /* borrows i18n */
void input_panel_destroy(struct input_panel *panel);

/* The visitor leaves: strokes, letters and candidates are wiped. The engines' tables stay loaded, what
 * they worked on is freed. */
void input_panel_forget(struct input_panel *panel);

/* Another field or a new start: drops what was half-written. */
void input_panel_reset(struct input_panel *panel, enum input_mode mode);
enum input_mode input_panel_mode(const struct input_panel *panel);

/* The visitor goes on: what is still on the pad or in the letters goes in as its first candidate, so that nothing written is
 * lost. */
void input_panel_settle(struct input_panel *panel, struct editor *ed);

/* Draws the panel and writes into `ed`. */
void input_panel_frame(struct input_panel *panel, struct ui *ui, struct rect r, struct editor *ed);

/* The slow part (recognition, loading an engine), called after the frame was shown. True: draw again. */
bool input_panel_work(struct input_panel *panel);

#endif
