#include "ui/voice_store.h"

#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

enum err voice_store_reserve(struct voice_store *s)
{
	if (s->bytes)
		return ERR_OK;
	void *room = mmap(NULL, VOICE_STORE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return ERR_NOMEM;
	/* Either may be refused by the system's limits; the recording works without. */
	(void)mlock2(room, VOICE_STORE_MAX, MLOCK_ONFAULT);
	(void)madvise(room, VOICE_STORE_MAX, MADV_DONTDUMP);
	s->bytes = room;
	s->len = 0;
	return ERR_OK;
}

enum err voice_store_add(struct voice_store *s, const uint8_t *bytes, size_t len)
{
	if (!s->bytes || len > VOICE_STORE_MAX - s->len)
		return ERR_TOO_LONG;
	memcpy(s->bytes + s->len, bytes, len);
	s->len += len;
	return ERR_OK;
}

void voice_store_wipe(struct voice_store *s)
{
	if (!s->bytes)
		return;
	sodium_memzero(s->bytes, s->len);
	munmap(s->bytes, VOICE_STORE_MAX);
	s->bytes = NULL;
	s->len = 0;
}
