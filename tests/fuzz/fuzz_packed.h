/* fuzz_packed.h: a zip packed out of the input: no mutation gets past a zip's sums. */
#ifndef FUZZ_PACKED_H
#define FUZZ_PACKED_H

#include <zip.h>

#include "tests/fuzz/fuzz.h"

static void packed_add(zip_t *zip, const char *name, const void *text, size_t len)
{
	zip_source_t *part = zip_source_buffer(zip, text, len, 0);
	zip_int64_t at = part ? zip_file_add(zip, name, part, ZIP_FL_ENC_UTF_8) : -1;
	HOLDS(at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0);
}

/* The archive of `fixed` (name and text by turns, NULL ends it) and of the input's parts, apart by a NUL, under `names` (the
 * same); given to `read`. */
static void packed_read(const uint8_t *data, size_t len, const char *const *fixed, const char *const *names,
                        void (*read)(const uint8_t *bytes, size_t len))
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	HOLDS(zip);
	zip_source_keep(source);
	for (; *fixed; fixed += 2)
		packed_add(zip, fixed[0], fixed[1], strlen(fixed[1]));
	for (; *names && len > 0; names++) {
		const uint8_t *nul = memchr(data, '\0', len);
		size_t part = nul ? (size_t)(nul - data) : len;
		packed_add(zip, *names, data, part);
		data += part + (nul != NULL);
		len -= part + (nul != NULL);
	}
	HOLDS(zip_close(zip) == 0 && zip_source_open(source) == 0 && zip_source_seek(source, 0, SEEK_END) == 0);
	zip_int64_t size = zip_source_tell(source);
	HOLDS(size > 0 && zip_source_seek(source, 0, SEEK_SET) == 0);
	uint8_t *bytes = malloc((size_t)size);
	HOLDS(bytes && zip_source_read(source, bytes, (zip_uint64_t)size) == size);
	zip_source_close(source);
	zip_source_free(source);
	read(bytes, (size_t)size);
	free(bytes);
}

#endif
