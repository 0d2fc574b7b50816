#include "devices/printer_id.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_BYTES = 2, VALUE_SIZE = 64 };

/* The first value of that key; false if it has none. Some printers count the length without itself, or put it the other way
 * round: what came is gone by instead. */
static bool find_value(const char *text, size_t len, const char *key, char value[VALUE_SIZE])
{
	size_t key_len = strlen(key);
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, ';', len - at);
		size_t part = end ? (size_t)(end - text) - at : len - at;
		while (part && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r')) {
			at++;
			part--;
		}
		if (part > key_len && text[at + key_len] == ':' && strncasecmp(text + at, key, key_len) == 0) {
			size_t used = 0;
			for (size_t i = key_len + 1; i < part && used < VALUE_SIZE - 1; i++)
				if (text[at + i] > ' ' || (text[at + i] == ' ' && used))
					value[used++] = text[at + i];
			while (used && value[used - 1] == ' ')
				used--;
			value[used] = '\0';
			return used > 0;
		}
		at += part + 1;
	}
	return false;
}

void printer_id_join(const char *maker, const char *model, char text[PRINTER_DESCRIPTION_SIZE])
{
	size_t len = strlen(maker);
	if (len && strncasecmp(model, maker, len) == 0)
		len = 0;
	snprintf(text, PRINTER_DESCRIPTION_SIZE, "%.*s%s%s", (int)len, maker, len && *model ? " " : "", model);
}

enum err printer_id_model(const uint8_t *id, size_t len, char text[PRINTER_DESCRIPTION_SIZE])
{
	char maker[VALUE_SIZE] = "", model[VALUE_SIZE] = "";
	if (len <= LENGTH_BYTES)
		return ERR_NOT_FOUND;
	const char *from = (const char *)id + LENGTH_BYTES;
	len -= LENGTH_BYTES;
	if (!find_value(from, len, "MFG", maker))
		(void)find_value(from, len, "MANUFACTURER", maker);
	if (!find_value(from, len, "MDL", model) && !find_value(from, len, "MODEL", model))
		return ERR_NOT_FOUND;
	printer_id_join(maker, model, text);
	return ERR_OK;
}
