/* What a voter handed in, opened: its words as cells, ink and sound as files. */
#include <string.h>

#include "model/event.h"
#include "township/blobs.h"
#include "township/export_internal.h"
#include "township/ink_svg.h"

static const char *const members[] = {"text", "identity", "name", "phone", "id_number"};
static const char *const headings[] = {"内容", "留名", "姓名", "电话", "身份证号"};

void export_body_head(FILE *file, bool last)
{
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		out_cell(file, headings[i], false);
	out_cell(file, "附件", last);
}

/* attachments/CASE-1.svg; `name` is "" when it is not there or cannot be opened. */
static enum err put_attachment(struct exporting *x, const char *id, size_t number, const json_t *blob, char name[128])
{
	const char *sha = json_string_value(json_object_get(blob, "sha256"));
	const char *media = json_string_value(json_object_get(blob, "media"));
	char *plain = NULL, *svg = NULL;
	size_t len = 0, svg_len = 0;
	name[0] = '\0';
	enum err e = sha ? blob_unseal(x->town, sha, &plain, &len) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND || e == ERR_CORRUPT) {
		x->facts->shut++;
		return ERR_OK;
	}
	if (e)
		return e;
	bool ink = ink_svg((const uint8_t *)plain, len, &svg, &svg_len) == ERR_OK;
	snprintf(name, 128, "attachments/%.40s-%zu.%s", id, number,
	         ink ? "svg" : media && strcmp(media, "audio/ogg") == 0 ? "ogg" : "bin");
	e = out_bytes(x, name, ink ? svg : plain, ink ? svg_len : len);
	town_forget(svg, svg_len);
	town_forget(plain, len);
	return e;
}

enum err export_body(struct exporting *x, FILE *file, const char *id, const char *plain, size_t len, bool last)
{
	json_t *body = json_loadb(plain, len, 0, NULL), *blob;
	char names[2048] = "", name[128];
	size_t i, used = 0;
	enum err e = ERR_OK;
	for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
		const char *text = json_string_value(json_object_get(body, members[k]));
		out_cell(file, text ? text : k == 0 && !body ? "（打不开）" : "", false);
	}
	json_array_foreach (json_object_get(body, "blobs"), i, blob) {
		if (e || !uuid_valid(id))
			break;
		e = put_attachment(x, id, i + 1, blob, name);
		if (!e && used < sizeof names - 160)
			used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? "；" : "", name[0] ? name : "（没有收到，或打不开）");
	}
	out_cell(file, names, last);
	json_decref(body);
	return e;
}
