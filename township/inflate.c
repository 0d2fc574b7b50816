#include "township/inflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum err inflate_gzip(const uint8_t *in, size_t len, size_t max, uint8_t **out, size_t *out_len)
{
	z_stream z = {0};
	if (len > UINT32_MAX)
		return ERR_TOO_LONG;
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return ERR_NOMEM;
	size_t room = len * 4 < 4096 ? 4096 : len * 4;
	if (room > max + 1)
		room = max + 1;
	uint8_t *bytes = malloc(room);
	enum err e = bytes ? ERR_OK : ERR_NOMEM;
	size_t have = 0;
	int rc = Z_OK;
	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = (uInt)len;
	while (!e && rc != Z_STREAM_END) {
		if (have == room) {
			if (room > max) {
				e = ERR_TOO_LONG;
				break;
			}
			room = room * 2 > max + 1 ? max + 1 : room * 2;
			uint8_t *grown = realloc(bytes, room);
			if (!grown) {
				e = ERR_NOMEM;
				break;
			}
			bytes = grown;
		}
		z.next_out = bytes + have;
		z.avail_out = (uInt)(room - have);
		rc = inflate(&z, Z_NO_FLUSH);
		have = room - z.avail_out;
		if (rc != Z_OK && rc != Z_STREAM_END)
			e = ERR_INVALID;
		else if (rc == Z_OK && z.avail_in == 0 && z.avail_out > 0)
			e = ERR_INVALID; /* cut short */
	}
	if (!e && have > max)
		e = ERR_TOO_LONG;
	if (!e && z.avail_in > 0)
		e = ERR_INVALID;
	inflateEnd(&z);
	if (e) {
		free(bytes);
		return e;
	}
	*out = bytes;
	*out_len = have;
	return ERR_OK;
}
