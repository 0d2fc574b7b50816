/* links: township/inflate.c */
/* A packed body from the wire: unpacked within the limit, or refused. */
#include "tests/fuzz/fuzz.h"
#include "township/inflate.h"

enum { LIMIT = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *packed = fuzz_copy(data, len);
	uint8_t *out = NULL;
	size_t out_len = 0;
	enum err e = inflate_gzip((const uint8_t *)packed, len, LIMIT, &out, &out_len);
	if (e == ERR_OK) {
		HOLDS(out_len <= LIMIT);
		HOLDS(out || out_len == 0);
		free(out);
	}
	free(packed);
	return 0;
}
