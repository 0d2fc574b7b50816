#include "township/fields.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"
#include "township/town.h"

enum { POST_BUFFER = 32 * 1024 };

struct fields {
	struct field *items; /* owned */
	size_t count, room;
	enum err e; /* of the taking apart */
};

static struct field *add_field(struct fields *f, const char *name, const char *filename)
{
	if (f->count == FIELDS_MAX || strlen(name) >= FIELD_NAME_SIZE) {
		f->e = ERR_TOO_LONG;
		return NULL;
	}
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : 16;
		struct field *grown = realloc(f->items, room * sizeof *grown);
		if (!grown) {
			f->e = ERR_NOMEM;
			return NULL;
		}
		f->items = grown;
		f->room = room;
	}
	struct field *item = &f->items[f->count];
	*item = (struct field){.value = calloc(1, 1)};
	if (!item->value) {
		f->e = ERR_NOMEM;
		return NULL;
	}
	f->count++;
	memcpy(item->name, name, strlen(name) + 1);
	/* The end of a long file name is what tells its kind. */
	size_t skip = filename && strlen(filename) >= FIELD_FILENAME_SIZE ? strlen(filename) - FIELD_FILENAME_SIZE + 1 : 0;
	if (filename)
		memcpy(item->filename, filename + skip, strlen(filename + skip) + 1);
	return item;
}

/* Room is a power of two: a file comes in many pieces. */
static size_t room_of(size_t len)
{
	size_t room = 64;
	while (room < len + 1)
		room *= 2;
	return room;
}

static bool append(struct field *item, const char *data, size_t len)
{
	if (item->len == 0 || room_of(item->len + len) != room_of(item->len)) {
		char *grown = malloc(room_of(item->len + len));
		if (!grown)
			return false;
		memcpy(grown, item->value, item->len);
		town_forget(item->value, item->len);
		item->value = grown;
	}
	memcpy(item->value + item->len, data, len);
	item->len += len;
	item->value[item->len] = '\0';
	return true;
}

static enum MHD_Result on_piece(void *cls, enum MHD_ValueKind kind, const char *key, const char *filename,
                                const char *type, const char *encoding, const char *data, uint64_t offset, size_t size)
{
	(void)kind;
	(void)type;
	(void)encoding;
	struct fields *f = cls;
	if (!key)
		return MHD_YES;
	struct field *item = offset > 0 && f->count > 0 ? &f->items[f->count - 1] : add_field(f, key, filename);
	if (item && size > 0 && !append(item, data, size))
		f->e = ERR_NOMEM;
	return f->e ? MHD_NO : MHD_YES;
}

enum err fields_parse(struct MHD_Connection *connection, const uint8_t *body, size_t len, struct fields **fields)
{
	struct fields *f = calloc(1, sizeof *f);
	struct MHD_PostProcessor *post = f ? MHD_create_post_processor(connection, POST_BUFFER, on_piece, f) : NULL;
	if (!post) {
		free(f);
		return f ? ERR_INVALID : ERR_NOMEM;
	}
	bool whole = len == 0 || MHD_post_process(post, (const char *)body, len) == MHD_YES;
	whole = MHD_destroy_post_processor(post) == MHD_YES && whole;
	for (size_t i = 0; i < f->count && !f->e; i++) {
		const struct field *item = &f->items[i];
		if (!item->filename[0] && (!utf8_valid(item->value, item->len) || memchr(item->value, '\0', item->len)))
			f->e = ERR_INVALID;
	}
	enum err e = f->e ? f->e : whole ? ERR_OK : ERR_INVALID;
	if (e)
		fields_free(f);
	else
		*fields = f;
	return e;
}

void fields_free(struct fields *fields)
{
	if (!fields)
		return;
	for (size_t i = 0; i < fields->count; i++)
		town_forget(fields->items[i].value, fields->items[i].len);
	free(fields->items);
	free(fields);
}

static const struct field *find(const struct fields *fields, const char *name, bool file, size_t n)
{
	for (size_t i = 0; fields && i < fields->count; i++) {
		const struct field *item = &fields->items[i];
		if (strcmp(item->name, name) == 0 && (item->filename[0] != '\0') == file && n-- == 0)
			return item;
	}
	return NULL;
}

const char *fields_text(const struct fields *fields, const char *name)
{
	const struct field *item = find(fields, name, false, 0);
	return item ? item->value : "";
}

bool fields_has(const struct fields *fields, const char *name)
{
	return find(fields, name, false, 0) != NULL;
}

const char *fields_nth(const struct fields *fields, const char *name, size_t n)
{
	const struct field *item = find(fields, name, false, n);
	return item ? item->value : NULL;
}

const struct field *fields_file(const struct fields *fields, const char *name, size_t n)
{
	return find(fields, name, true, n);
}
