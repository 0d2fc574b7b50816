#include "app/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSITION_MS = 180, NO_FINGER = -1, MOUSE_FINGER = -2, FINGER_SILENT_MS = 1000 };

struct window {
	SDL_Window *sdl;
	int width_px, height_px;
	struct renderer *renderer; /* owned */
	struct canvas before;      /* owned; pixels NULL outside a transition */
	int64_t transition_ms;     /* when it began */
	int64_t finger;            /* the one that works the screen */
	SDL_TouchID panel;         /* where it is */
	int64_t heard_ms;          /* when it was last told of */
};

static bool have_display(void)
{
	if (getenv("SDL_VIDEODRIVER") || getenv("DISPLAY") || getenv("WAYLAND_DISPLAY"))
		return true;
	/* Otherwise SDL would take its "offscreen" driver and say nothing. */
	FILE *card = fopen("/dev/dri/card0", "r");
	if (!card)
		return false;
	fclose(card);
	return true;
}

/* The first of the panels' usual sizes that the desktop has room for, beside its own bars. */
static void fitting_size(int *width_px, int *height_px)
{
	static const int sizes[][2] = { { 1080, 1920 }, { 1920, 1080 }, { 1280, 720 }, { 800, 480 } };
	enum { LAST = sizeof sizes / sizeof sizes[0] - 1 };
	SDL_Rect room = { 0 };
	int i = SDL_GetDisplayUsableBounds(0, &room) == 0 ? 0 : LAST;
	while (i < LAST && (sizes[i][0] > room.w || sizes[i][1] > room.h))
		i++;
	*width_px = sizes[i][0];
	*height_px = sizes[i][1];
}

static enum err open_sdl(struct window *w, int width_px, int height_px, char problem[256])
{
	SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0"); /* every finger would come twice */
	SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
	SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	if (SDL_VideoInit(NULL) != 0) {
		snprintf(problem, 256, "cannot use the display: %s", SDL_GetError());
		return ERR_NOT_FOUND;
	}
	/* A display that does not answer makes SDL take one that nobody sees. */
	if (!getenv("SDL_VIDEODRIVER") && strcmp(SDL_GetCurrentVideoDriver(), "offscreen") == 0) {
		snprintf(problem, 256, "the display cannot be reached: check DISPLAY or WAYLAND_DISPLAY, and /dev/dri");
		return ERR_NOT_FOUND;
	}
	if (width_px == WINDOW_FIT)
		fitting_size(&width_px, &height_px);
	/* On X11 pixels go by shared memory; without a window system they need a texture. */
	bool direct = strcmp(SDL_GetCurrentVideoDriver(), "KMSDRM") != 0;
	SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, direct ? "0" : "opengles2");
	Uint32 flags = width_px ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_BORDERLESS;
	w->sdl = SDL_CreateWindow("代表之家", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width_px ? width_px : 1080,
	                          width_px ? height_px : 1920, flags);
	SDL_Surface *surface = w->sdl ? SDL_GetWindowSurface(w->sdl) : NULL;
	if (!surface || surface->format->BytesPerPixel != 4 || surface->format->Rmask != 0xFF0000) {
		snprintf(problem, 256, "cannot open a window of 32-bit colour: %s", SDL_GetError());
		return ERR_UNSUPPORTED;
	}
	if (!width_px)
		SDL_ShowCursor(SDL_DISABLE);
	w->width_px = surface->w;
	w->height_px = surface->h;
	return ERR_OK;
}

enum err window_open(int width_px, int height_px, struct window **window, char problem[256])
{
	if (!have_display()) {
		snprintf(problem, 256, "there is no display: set DISPLAY, or run on the console of a machine with a screen");
		return ERR_NOT_FOUND;
	}
	struct window *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	w->finger = NO_FINGER;
	enum err e = open_sdl(w, width_px, height_px, problem);
	if (e == ERR_OK)
		e = renderer_create(w->width_px, w->height_px, &w->renderer);
	if (e != ERR_OK) {
		window_close(w);
		return e;
	}
	*window = w;
	return ERR_OK;
}

void window_close(struct window *w)
{
	if (!w)
		return;
	canvas_destroy(&w->before);
	renderer_destroy(w->renderer);
	if (w->sdl)
		SDL_DestroyWindow(w->sdl);
	SDL_VideoQuit();
	free(w);
}

void window_size(const struct window *w, int *width_px, int *height_px)
{
	*width_px = w->width_px;
	*height_px = w->height_px;
}

/* ---- input -------------------------------------------------------------------------------------------------------- */

static void at(struct ui_input *in, float x, float y)
{
	in->x = x;
	in->y = y;
	if (in->path_count < UI_PATH_MAX)
		in->path[in->path_count++] = (struct canvas_point){ x, y };
}

static bool finger_down(struct window *w, struct ui_input *in, int64_t finger, float x, float y)
{
	if (w->finger != NO_FINGER)
		return false;
	w->finger = finger;
	in->pressed = in->down = true;
	in->path_count = 0;
	at(in, x, y);
	return true;
}

static bool finger_up(struct window *w, struct ui_input *in, int64_t finger, float x, float y)
{
	if (w->finger != finger)
		return false;
	w->finger = NO_FINGER;
	in->released = true;
	in->down = false;
	at(in, x, y);
	return true;
}

/* A panel that is unplugged under a finger never says that it was lifted: without this no other would ever be heard. */
static bool finger_lost(const struct window *w, int64_t now_ms)
{
	if (w->finger == NO_FINGER || w->finger == MOUSE_FINGER || now_ms - w->heard_ms < FINGER_SILENT_MS)
		return false;
	int count = SDL_GetNumTouchFingers(w->panel);
	for (int i = 0; i < count; i++) {
		const SDL_Finger *finger = SDL_GetTouchFinger(w->panel, i);
		if (finger && finger->id == w->finger)
			return false;
	}
	return true;
}

static bool panel_down(struct window *w, struct ui_input *in, const SDL_TouchFingerEvent *e)
{
	if (finger_lost(w, in->now_ms))
		w->finger = NO_FINGER;
	if (!finger_down(w, in, e->fingerId, e->x * (float)w->width_px, e->y * (float)w->height_px))
		return false;
	w->panel = e->touchId;
	w->heard_ms = in->now_ms;
	return true;
}

bool window_take(struct window *w, const SDL_Event *e, struct ui_input *in)
{
	float width = (float)w->width_px, height = (float)w->height_px;
	switch (e->type) {
	case SDL_FINGERDOWN:
		return panel_down(w, in, &e->tfinger);
	case SDL_FINGERUP:
		return finger_up(w, in, e->tfinger.fingerId, e->tfinger.x * width, e->tfinger.y * height);
	case SDL_FINGERMOTION:
		if (w->finger != e->tfinger.fingerId)
			return false;
		w->heard_ms = in->now_ms;
		at(in, e->tfinger.x * width, e->tfinger.y * height);
		return true;
	case SDL_MOUSEBUTTONDOWN:
		return e->button.button == SDL_BUTTON_LEFT &&
		       finger_down(w, in, MOUSE_FINGER, (float)e->button.x, (float)e->button.y);
	case SDL_MOUSEBUTTONUP:
		return e->button.button == SDL_BUTTON_LEFT &&
		       finger_up(w, in, MOUSE_FINGER, (float)e->button.x, (float)e->button.y);
	case SDL_MOUSEMOTION:
		if (w->finger == MOUSE_FINGER)
			at(in, (float)e->motion.x, (float)e->motion.y);
		return w->finger == MOUSE_FINGER;
	case SDL_WINDOWEVENT:
		if (e->window.event == SDL_WINDOWEVENT_EXPOSED)
			renderer_invalidate(w->renderer);
		if (e->window.event == SDL_WINDOWEVENT_LEAVE || e->window.event == SDL_WINDOWEVENT_FOCUS_LOST) {
			/* A mouse let go outside never says so. */
			if (w->finger == MOUSE_FINGER)
				return finger_up(w, in, MOUSE_FINGER, -1, -1);
		}
		return false;
	default:
		return false;
	}
}

void window_next_input(struct ui_input *in, int64_t now_ms)
{
	in->pressed = in->released = false;
	in->path_count = 0;
	in->now_ms = now_ms;
}

/* ---- output ------------------------------------------------------------------------------------------------------- */

static struct canvas surface_canvas(SDL_Surface *surface)
{
	return (struct canvas){ .pixels = surface->pixels,
		                .width = surface->w,
		                .height = surface->h,
		                .stride_px = surface->pitch / 4,
		                .clip = { 0, 0, surface->w, surface->h } };
}

void window_begin_transition(struct window *w, int64_t now_ms)
{
	SDL_Surface *surface = SDL_GetWindowSurface(w->sdl);
	if (!surface)
		return;
	if (!w->before.pixels && canvas_create(w->width_px, w->height_px, &w->before) != ERR_OK)
		return; /* a cut instead of a fade */
	struct canvas shown = surface_canvas(surface);
	canvas_blit(&w->before, &shown, 0, 0, 255);
	w->transition_ms = now_ms;
}

bool window_in_transition(const struct window *w)
{
	return w->before.pixels != NULL;
}

static void end_transition(struct window *w)
{
	canvas_destroy(&w->before);
	memset(&w->before, 0, sizeof w->before);
}

void window_forget(struct window *w)
{
	end_transition(w);
	renderer_invalidate(w->renderer);
}

bool window_show(struct window *w, const struct draw_list *drawing, struct text_engine *text, int64_t now_ms)
{
	SDL_Surface *surface = SDL_GetWindowSurface(w->sdl);
	if (!surface)
		return false;
	struct canvas canvas = surface_canvas(surface);
	bool fading = w->before.pixels != NULL;
	if (fading)
		renderer_invalidate(w->renderer);
	const struct rect *changed;
	size_t count = renderer_frame(w->renderer, drawing, text, &canvas, &changed);
	if (count == 0)
		return false;
	if (fading) {
		/* The first frame of a fade already shows a little of the new screen. */
		int64_t passed = now_ms - w->transition_ms + 16;
		if (passed >= TRANSITION_MS)
			end_transition(w);
		else
			canvas_blit(&canvas, &w->before, 0, 0, (int)(255 - 255 * passed / TRANSITION_MS));
	}
	_Static_assert(sizeof(struct rect) == sizeof(SDL_Rect), "the same four ints");
	SDL_Rect rects[64];
	count = count < 64 ? count : 64;
	for (size_t i = 0; i < count; i++)
		rects[i] = (SDL_Rect){ changed[i].x, changed[i].y, changed[i].w, changed[i].h };
	SDL_UpdateWindowSurfaceRects(w->sdl, rects, (int)count);
	return true;
}
