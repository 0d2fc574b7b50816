/* fuzz.h: what the fuzz targets share. A property that does not hold is a crash that libFuzzer keeps the input of. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define HOLDS(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* A copy of exactly `len` bytes, so that a read past its end is seen. */
static inline char *fuzz_copy(const uint8_t *data, size_t len)
{
	char *copy = malloc(len ? len : 1);
	HOLDS(copy);
	if (len)
		memcpy(copy, data, len);
	return copy;
}

#endif
