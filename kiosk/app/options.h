/* options.h: the command line of kiosk. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *data_dir;      /* borrowed from argv */
	const char *config_file;   /* NULL: DIR/kiosk.conf */
	const char *describe_file; /* NULL: none */
	int width_px, height_px;   /* 0: fullscreen; WINDOW_FIT */
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };
/* Prints help, version or what is wrong by itself. */
enum options_result options_parse(int argc, char **argv, struct options *options);

#endif
