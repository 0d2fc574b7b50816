#include "township/refusal.h"

#include <stdarg.h>
#include <stdio.h>

enum err refuse_with(struct refusal *refusal, enum err e, const char *remedy, const char *what, ...)
{
	va_list args;
	refusal->e = e;
	snprintf(refusal->remedy, sizeof refusal->remedy, "%s", remedy);
	va_start(args, what);
	vsnprintf(refusal->what, sizeof refusal->what, what, args);
	va_end(args);
	return e;
}
