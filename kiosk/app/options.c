#include "app/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/window.h"
#include "model/str.h"

enum { LEAST_WIDTH = 800, LEAST_HEIGHT = 480, MOST_PX = 8192 };

static const char help[] =
    "NAME\n"
    "    kiosk - the touchscreen of a deputies' home\n"
    "\n"
    "SYNOPSIS\n"
    "    kiosk [--data DIR] [--config FILE] [--window WIDTHxHEIGHT] [--describe FILE]\n"
    "\n"
    "DESCRIPTION\n"
    "    Opens the kiosk on the whole screen. Visitors leave complaints and opinions, get a slip, and come back\n"
    "    with it for the answer. Everything is kept in DIR; kiosk-sync carries it to the township. No network\n"
    "    is used by this program.\n"
    "\n"
    "OPTIONS\n"
    "    --data DIR        Where everything is kept; made by 'kioskctl --data DIR init'.\n"
    "                      Default: /var/lib/deputies-home\n"
    "    --config FILE     Settings (INI). Default: DIR/kiosk.conf\n"
    "    --window WxH      A window of this size instead of the whole screen, at least 800x480.\n"
    "    --window fit      A window of 1080x1920, 1920x1080, 1280x720 or 800x480: the first that the display has room for.\n"
    "    --describe FILE   Append a line of JSON to FILE for each frame that differs: the screen's name and what\n"
    "                      can be touched where. For tests and assistive programs; holds nothing a visitor wrote\n"
    "                      but the candidates being offered.\n"
    "    --help            This text.\n"
    "    --version         The version.\n"
    "\n"
    "ENVIRONMENT\n"
    "    DISPLAY, WAYLAND_DISPLAY, SDL_VIDEODRIVER choose the display; without any of them the console's own\n"
    "    (KMS/DRM) is used.\n"
    "\n"
    "EXIT STATUS\n"
    "    0  ended normally    1  could not start or go on (standard error says why)    2  wrong usage or settings\n"
    "\n"
    "FILES\n"
    "    DIR/kiosk.db  the record     DIR/kiosk.conf  settings     DIR/keys/  this box's keys\n"
    "\n"
    "SEE ALSO\n"
    "    kioskctl --help, kiosk-sync --help, township --help\n";

static bool parse_size(const char *text, struct options *o)
{
	int64_t width, height;
	if (strcmp(text, "fit") == 0) {
		o->width_px = o->height_px = WINDOW_FIT;
		return true;
	}
	if (!str_take_number(&text, &width) || !str_skip(&text, "x") || !str_take_number(&text, &height) || *text
		|| width > MOST_PX || height > MOST_PX)
		return false;
	o->width_px = (int)width;
	o->height_px = (int)height;
	int longer = o->width_px > o->height_px ? o->width_px : o->height_px;
	int shorter = o->width_px > o->height_px ? o->height_px : o->width_px;
	return longer >= LEAST_WIDTH && shorter >= LEAST_HEIGHT;
}

enum options_result options_parse(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "data", required_argument, NULL, 'd' },   { "config", required_argument, NULL, 'c' },
		{ "window", required_argument, NULL, 'w' }, { "describe", required_argument, NULL, 'D' },
		{ "help", no_argument, NULL, 'h' },         { "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	*o = (struct options){ .data_dir = "/var/lib/deputies-home" };
	for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
		switch (c) {
		case 'd':
			o->data_dir = optarg;
			break;
		case 'c':
			o->config_file = optarg;
			break;
		case 'D':
			o->describe_file = optarg;
			break;
		case 'w':
			if (!parse_size(optarg, o)) {
				fprintf(stderr, "kiosk: --window %s: not a size; from 800x480 up, e.g. 1080x1920, or fit\n", optarg);
				return OPTIONS_WRONG;
			}
			break;
		case 'h':
			fputs(help, stdout);
			return OPTIONS_DONE;
		case 'V':
			puts("kiosk " VERSION);
			return OPTIONS_DONE;
		default:
			fputs("kiosk: try 'kiosk --help'\n", stderr);
			return OPTIONS_WRONG;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "kiosk: what is '%s'? The options begin with --; try 'kiosk --help'\n", argv[optind]);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}
