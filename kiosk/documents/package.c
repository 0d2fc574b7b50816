#include "documents/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "documents/xml.h"

struct package {
	zip_t *zip;
	size_t unpacked;
};

enum err package_open(const uint8_t *bytes, size_t len, struct package **out)
{
	if (len > DOCUMENT_MAX_BYTES)
		return ERR_TOO_LONG;
	struct package *package = calloc(1, sizeof *package);
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = package ? zip_source_buffer_create(bytes, len, 0, &error) : NULL;
	if (source)
		package->zip = zip_open_from_source(source, ZIP_RDONLY, &error);
	enum err e = ERR_OK;
	if (!package || !source || !package->zip)
		e = !package || zip_error_code_zip(&error) == ZIP_ER_MEMORY ? ERR_NOMEM : ERR_INVALID;
	zip_error_fini(&error);
	if (e != ERR_OK) {
		if (source)
			zip_source_free(source);
		free(package);
		return e;
	}
	*out = package;
	return ERR_OK;
}

void package_close(struct package *package)
{
	if (!package)
		return;
	zip_discard(package->zip);
	free(package);
}

int package_has(struct package *package, const char *name)
{
	return zip_name_locate(package->zip, name, 0) >= 0;
}

/* Reads all of a part that says it has `size` bytes; one that lies is damaged. */
static enum err read_part(zip_file_t *file, char *text, size_t size)
{
	size_t got = 0;
	while (got < size) {
		zip_int64_t n = zip_fread(file, text + got, size - got);
		if (n <= 0)
			return ERR_INVALID;
		got += (size_t)n;
	}
	char more;
	return zip_fread(file, &more, 1) == 0 ? ERR_OK : ERR_INVALID;
}

enum err package_part(struct package *package, const char *name, char **text, size_t *len)
{
	zip_stat_t stat;
	zip_int64_t at = zip_name_locate(package->zip, name, 0);
	if (at < 0)
		return ERR_NOT_FOUND;
	if (zip_stat_index(package->zip, (zip_uint64_t)at, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE))
		return ERR_INVALID;
	if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE)
		return ERR_UNSUPPORTED;
	if (stat.size > DOCUMENT_PART_MAX_BYTES || package->unpacked + stat.size > 2 * (size_t)DOCUMENT_PART_MAX_BYTES)
		return ERR_TOO_LONG;
	size_t size = (size_t)stat.size;
	char *into = malloc(size + 1);
	if (!into)
		return ERR_NOMEM;
	zip_file_t *file = zip_fopen_index(package->zip, (zip_uint64_t)at, 0);
	enum err e = file ? read_part(file, into, size) : ERR_INVALID;
	if (file)
		zip_fclose(file);
	if (e != ERR_OK) {
		explicit_bzero(into, size);
		free(into);
		return e;
	}
	into[size] = '\0';
	package->unpacked += size;
	*text = into;
	*len = size;
	return ERR_OK;
}

struct relation {
	const char *id;
	char target[256];
};

static enum err take_relation(void *ctx, const char *name, const char **attributes)
{
	struct relation *relation = ctx;
	const char *target = xml_attribute(attributes, "Target");
	if (strcmp(name, "Relationship") == 0 && target && strcmp(xml_attribute_or(attributes, "Id", ""), relation->id) == 0 &&
	    strcmp(xml_attribute_or(attributes, "TargetMode", ""), "External") != 0)
		snprintf(relation->target, sizeof relation->target, "%s", target);
	return ERR_OK;
}

enum err package_relation(struct package *package, const char *of, const char *id, char *name, size_t size)
{
	const char *slash = strrchr(of, '/');
	int folder = slash ? (int)(slash + 1 - of) : 0;
	char path[256], *text;
	size_t len;
	struct relation relation = {.id = id};
	if ((size_t)snprintf(path, sizeof path, "%.*s_rels/%s.rels", folder, of, of + folder) >= sizeof path)
		return ERR_NOT_FOUND;
	enum err e = package_part(package, path, &text, &len);
	if (e != ERR_OK)
		return e;
	e = xml_read(text, len, &(struct xml_take){.start = take_relation}, &relation);
	free(text);
	if (e != ERR_OK)
		return e;
	if (!relation.target[0])
		return ERR_NOT_FOUND;
	int n = relation.target[0] == '/' ? snprintf(name, size, "%s", relation.target + 1)
	                                  : snprintf(name, size, "%.*s%s", folder, of, relation.target);
	return n >= 0 && (size_t)n < size ? ERR_OK : ERR_NOT_FOUND;
}
