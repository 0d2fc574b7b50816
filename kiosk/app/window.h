/* window.h: the screen as SDL gives it: a surface of pixels, and fingers (or a mouse) as ui_input. */
#ifndef APP_WINDOW_H
#define APP_WINDOW_H

#include <SDL2/SDL.h>
#include <stdbool.h>

#include "model/err.h"
#include "ui/render.h"
#include "ui/ui.h"

struct window;

/* As a width: a window that leaves room for the rest of the desktop. */
enum { WINDOW_FIT = -1 };

/* width_px 0: fullscreen, at the display's own size; WINDOW_FIT: a usual size that fits. ERR_NOT_FOUND: there is no display (`problem` says what would do). */
MUST_USE enum err window_open(int width_px, int height_px, struct window **window, char problem[256]);
void window_close(struct window *window);
void window_size(const struct window *window, int *width_px, int *height_px);

/* Takes an event into the input. True: it belongs to a finger. */
bool window_take(struct window *window, const SDL_Event *event, struct ui_input *input);
/* Empties the input for the next frame; what is held down stays down. */
void window_next_input(struct ui_input *input, int64_t now_ms);

/* Shows the drawing, as far as it changed. True: something did. */
bool window_show(struct window *window, const struct draw_list *drawing, struct text_engine *text, int64_t now_ms);
/* The next frames fade from what is shown now, for 180 ms. */
void window_begin_transition(struct window *window, int64_t now_ms);
bool window_in_transition(const struct window *window);
/* Wipes the picture of a transition and draws the next frame whole. */
void window_forget(struct window *window);

#endif
