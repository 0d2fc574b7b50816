#include "documents/xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

/* The parser keeps each element that is open: a part of nothing but beginnings, small in the archive, would take gigabytes. */
enum { DEPTH_MAX = 256 };

struct reading {
	XML_Parser parser;
	const struct xml_take *take;
	void *ctx;
	int depth; /* elements that are open */
	enum err e;
};

static const char *local(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static void told(struct reading *r, enum err e)
{
	if (e == ERR_OK || r->e != ERR_OK)
		return;
	r->e = e;
	XML_StopParser(r->parser, XML_FALSE);
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = data;
	if (++r->depth > DEPTH_MAX)
		told(r, ERR_INVALID);
	if (r->e == ERR_OK && r->take->start)
		told(r, r->take->start(r->ctx, local(name), attributes));
}

static void on_end(void *data, const XML_Char *name)
{
	struct reading *r = data;
	r->depth--;
	if (r->e == ERR_OK && r->take->end)
		told(r, r->take->end(r->ctx, local(name)));
}

static void on_text(void *data, const XML_Char *text, int len)
{
	struct reading *r = data;
	if (r->e == ERR_OK && len > 0)
		told(r, r->take->text(r->ctx, text, (size_t)len));
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	told(data, ERR_INVALID);
}

enum err xml_read(const char *text, size_t len, const struct xml_take *take, void *ctx)
{
	struct reading r = {.take = take, .ctx = ctx};
	if (len > INT_MAX)
		return ERR_TOO_LONG;
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		return ERR_NOMEM;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	if (take->text)
		XML_SetCharacterDataHandler(r.parser, on_text);
	enum XML_Status status = XML_Parse(r.parser, text, (int)len, 1);
	if (status != XML_STATUS_OK && r.e == ERR_OK)
		r.e = XML_GetErrorCode(r.parser) == XML_ERROR_NO_MEMORY ? ERR_NOMEM : ERR_INVALID;
	XML_ParserFree(r.parser);
	return r.e;
}

const char *xml_attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (strcmp(local(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

const char *xml_attribute_or(const char **attributes, const char *name, const char *otherwise)
{
	const char *value = xml_attribute(attributes, name);
	return value ? value : otherwise;
}

int xml_number(const char **attributes, const char *name, int max, int otherwise)
{
	const char *value = xml_attribute(attributes, name);
	if (!value || !*value)
		return otherwise;
	int n = 0;
	for (; *value; value++) {
		if (*value < '0' || *value > '9' || n > (INT_MAX - 9) / 10)
			return otherwise;
		n = n * 10 + (*value - '0');
	}
	return n <= max ? n : otherwise;
}
