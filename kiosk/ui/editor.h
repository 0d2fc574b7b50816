/* editor.h: a text being written: caret, selection, limit; and the field that shows it. The text itself belongs to whoever owns the
 * buffer (a visitor's draft lives in locked memory). */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

#include "ui/ui.h"

struct editor {
	char *text;          /* borrowed, NUL-terminated UTF-8 */
	size_t size;         /* of the buffer */
	size_t max_chars;
	bool lines;          /* LF is allowed */
	size_t caret, anchor; /* byte offsets; different: a selection */
	size_t guess_bytes;  /* before the caret: a guess of the handwriting, still to be confirmed */
	bool full;           /* the last insertion did not fit */
	bool selecting, moved;
};

void editor_bind(struct editor *ed, char *text, size_t size, size_t max_chars, bool lines);
/* Replaces the selection by utf8. ERR_TOO_LONG: nothing changed, `full` is set for the field to show. */
MUST_USE enum err editor_insert(struct editor *ed, const char *utf8);
/* Deletes the selection, or the character before the caret. */
void editor_delete(struct editor *ed);
void editor_select_all(struct editor *ed);
size_t editor_chars(const struct editor *ed);
/* A guess is inserted underlined, and replaced by the next guess or choice; anything else confirms it. */
MUST_USE enum err editor_guess(struct editor *ed, const char *utf8);
void editor_confirm(struct editor *ed);

/* The field. `placeholder` shows while it is empty; `counter` is printed at its lower right ("35 / 1000 字"), NULL for none. */
void ui_editor(struct ui *ui, const char *id, struct rect r, struct editor *ed, enum text_size size,
               const char *placeholder, const char *counter);

#endif
