/* help.h: what --help prints. */
#ifndef TOWNSHIP_HELP_H
#define TOWNSHIP_HELP_H

#include <stdio.h>

void help_print(FILE *out);

#endif
