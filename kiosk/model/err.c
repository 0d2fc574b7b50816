#include "model/err.h"

static const char *const names[ERR_COUNT] = {
	[ERR_OK] = "ok",
	[ERR_NOMEM] = "out of memory",
	[ERR_INVALID] = "invalid input",
	[ERR_TOO_LONG] = "too long",
	[ERR_NOT_FOUND] = "not found",
	[ERR_EXISTS] = "exists already",
	[ERR_DENIED] = "denied",
	[ERR_BUSY] = "busy",
	[ERR_FULL] = "disk full",
	[ERR_IO] = "input/output error",
	[ERR_CORRUPT] = "corrupt data",
	[ERR_NEWER] = "from a newer version",
	[ERR_OFFLINE] = "offline",
	[ERR_TIMEOUT] = "timed out",
	[ERR_UNSUPPORTED] = "not supported",
	[ERR_STATE] = "not allowed in this state",
};

const char *err_name(enum err e)
{
	unsigned i = (unsigned)e;
	return i < ERR_COUNT ? names[i] : "unknown error";
}
