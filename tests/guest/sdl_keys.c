/* sdl_keys: what an SDL program hears of the keyboards, a line each: "key NAME", "text …". First "ready DRIVER". It ends
 * after "end" on stdin. With SDL_VIDEODRIVER=evdev SDL reads /dev/input itself, as it does without a window system. */
#include <stdio.h>
#include <unistd.h>

#include <poll.h>

#include <SDL.h>

static void tell(const SDL_Event *event)
{
	if (event->type == SDL_KEYDOWN)
		printf("key %s\n", SDL_GetScancodeName(event->key.keysym.scancode));
	else if (event->type == SDL_TEXTINPUT)
		printf("text %s\n", event->text.text);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	if (SDL_Init(SDL_INIT_VIDEO) != 0) {
		printf("no SDL: %s\n", SDL_GetError());
		return 1;
	}
	SDL_Window *window = SDL_CreateWindow("keys", 0, 0, 320, 240, SDL_WINDOW_SHOWN);
	SDL_StartTextInput();
	printf("ready %s\n", window ? SDL_GetCurrentVideoDriver() : SDL_GetError());
	fflush(stdout);
	struct pollfd commands = { .fd = STDIN_FILENO, .events = POLLIN };
	while (poll(&commands, 1, 0) == 0) {
		SDL_Event event;
		if (SDL_WaitEventTimeout(&event, 20))
			tell(&event);
	}
	SDL_Quit();
	return 0;
}
