/* refusal.h: why what the office asked for was not done: in Chinese, for the person who asked. */
#ifndef TOWNSHIP_REFUSAL_H
#define TOWNSHIP_REFUSAL_H

#include "model/err.h"

struct refusal {
	enum err e;        /* ERR_OK: nothing was refused, whatever else went wrong */
	char what[256];    /* what is wrong */
	char remedy[384];  /* what to do next */
};

/* Fills it in and gives `e`; `what` is as for printf. */
MUST_USE enum err refuse_with(struct refusal *refusal, enum err e, const char *remedy, const char *what, ...)
	__attribute__((format(printf, 4, 5)));

#endif
