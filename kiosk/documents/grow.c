#include "documents/grow.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096 };

enum err grow_put(struct grow *grow, const char *bytes, size_t len)
{
	if (len > grow->max || grow->len > grow->max - len)
		return ERR_TOO_LONG;
	size_t need = grow->len + len + 1;
	if (need > grow->room) {
		size_t room = need > FIRST_ROOM / 2 ? need * 2 : FIRST_ROOM;
		char *grown = malloc(room);
		if (!grown)
			return ERR_NOMEM;
		/* Not realloc: what it leaves behind could not be wiped. */
		if (grow->len > 0)
			memcpy(grown, grow->text, grow->len);
		if (grow->text)
			explicit_bzero(grow->text, grow->room);
		free(grow->text);
		grow->text = grown;
		grow->room = room;
	}
	if (len > 0)
		memcpy(grow->text + grow->len, bytes, len);
	grow->len += len;
	grow->text[grow->len] = '\0';
	return ERR_OK;
}

enum err grow_text(struct grow *grow, const char *text)
{
	return grow_put(grow, text, strlen(text));
}

enum err grow_take(struct grow *grow, char **text, size_t *len)
{
	enum err e = grow_put(grow, "", 0);
	if (e != ERR_OK)
		return e;
	*text = grow->text;
	*len = grow->len;
	*grow = (struct grow){.max = grow->max};
	return ERR_OK;
}

void grow_clear(struct grow *grow)
{
	if (grow->text)
		explicit_bzero(grow->text, grow->room);
	free(grow->text);
	*grow = (struct grow){.max = grow->max};
}
