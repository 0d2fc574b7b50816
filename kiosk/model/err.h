/* err.h: the one kind of error that travels through every program of this tree.
 *
 * A function that can fail returns `enum err` and is marked MUST_USE; results come back through pointers,
 * which are left alone on failure unless the header says otherwise. */
#ifndef MODEL_ERR_H
#define MODEL_ERR_H

#define MUST_USE __attribute__((warn_unused_result))

enum err {
	ERR_OK = 0,
	ERR_NOMEM,       /* out of memory */
	ERR_INVALID,     /* the input is not what it should be */
	ERR_TOO_LONG,    /* well-formed, but over its limit */
	ERR_NOT_FOUND,   /* no such record, file or device */
	ERR_EXISTS,      /* it is there already */
	ERR_DENIED,      /* not allowed, or a wrong key or code */
	ERR_BUSY,        /* somebody else holds it */
	ERR_FULL,        /* no space left on the disk */
	ERR_IO,          /* reading or writing failed */
	ERR_CORRUPT,     /* stored data failed its check */
	ERR_NEWER,       /* written by a newer version of the program */
	ERR_OFFLINE,     /* the other side cannot be reached */
	ERR_TIMEOUT,     /* no reply in time */
	ERR_UNSUPPORTED, /* understood, but not something we do */
	ERR_STATE,       /* not allowed in the present state */
	ERR_COUNT
};

/* A short English name for logs, e.g. "disk full". Never NULL. */
const char *err_name(enum err e);

#endif
