/* package_fixture.h: an Office file made in memory out of its parts, for the tests of what reads them. */
#ifndef TESTS_PACKAGE_FIXTURE_H
#define TESTS_PACKAGE_FIXTURE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct part { const char *name, *text; };

/* The zip archive of the parts, the last of which has no name; malloc'ed. */
static inline uint8_t *package_of(const struct part *parts, size_t *len)
{
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
	assert_non_null(zip);
	zip_source_keep(source);
	for (; parts->name; parts++) {
		zip_source_t *part = zip_source_buffer(zip, parts->text, strlen(parts->text), 0);
		assert_true(zip_file_add(zip, parts->name, part, ZIP_FL_ENC_UTF_8) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
	assert_int_equal(zip_source_open(source), 0);
	assert_int_equal(zip_source_seek(source, 0, SEEK_END), 0);
	*len = (size_t)zip_source_tell(source);
	assert_int_equal(zip_source_seek(source, 0, SEEK_SET), 0);
	uint8_t *bytes = malloc(*len);
	assert_non_null(bytes);
	assert_int_equal(zip_source_read(source, bytes, *len), (zip_int64_t)*len);
	zip_source_close(source);
	zip_source_free(source);
	return bytes;
}

#endif
