#include "township/search_index.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK = 1024 * 1024, FIRST_ROOM = 256 };
#define NONE UINT32_MAX /* no piece, no item */

/* One text. They stand in the order of their chunks and offsets, for a place in a chunk to find its text. */
struct piece {
	uint32_t offset, len;
	uint32_t item; /* whose it is */
	uint32_t next; /* of the same case; NONE */
};
struct chunk {
	char *bytes; /* mapped; each text ends with a NUL, so that no word reaches over into the next */
	size_t used;
	uint32_t first; /* its first piece */
};
struct item {
	uint8_t id[16];
	uint32_t first; /* piece */
};

struct search_index {
	pthread_rwlock_t lock; /* of all that follows */
	struct chunk *chunks;
	size_t chunk_count, chunk_room;
	struct piece *pieces;
	size_t piece_count, piece_room;
	struct item *items;
	size_t item_count, item_room;
	uint32_t *slots; /* items by id; NONE: free */
	size_t slot_count; /* a power of two, at least twice the items */
	size_t bytes;
	atomic_bool may_swap;
};

struct word {
	const char *text;
	size_t len;
};

enum err search_index_new(struct search_index **index)
{
	struct search_index *ix = calloc(1, sizeof *ix);
	if (!ix)
		return ERR_NOMEM;
	pthread_rwlock_init(&ix->lock, NULL);
	*index = ix;
	return ERR_OK;
}

void search_index_free(struct search_index *ix)
{
	if (!ix)
		return;
	for (size_t i = 0; i < ix->chunk_count; i++) {
		sodium_memzero(ix->chunks[i].bytes, ix->chunks[i].used);
		munmap(ix->chunks[i].bytes, CHUNK);
	}
	free(ix->chunks);
	free(ix->pieces);
	free(ix->items);
	free(ix->slots);
	pthread_rwlock_destroy(&ix->lock);
	free(ix);
}

bool search_index_may_swap(const struct search_index *ix)
{
	return atomic_load(&ix->may_swap);
}

/* ---- room ---- */

/* One more of `size` bytes in an array. */
static enum err room_for(void **items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return ERR_OK;
	size_t wanted = *room ? *room * 2 : FIRST_ROOM;
	void *grown = wanted >= NONE ? NULL : realloc(*items, wanted * size);
	if (!grown)
		return ERR_NOMEM;
	*items = grown;
	*room = wanted;
	return ERR_OK;
}

/* A chunk that has `len` bytes left. */
static enum err chunk_for(struct search_index *ix, size_t len)
{
	if (ix->chunk_count && ix->chunks[ix->chunk_count - 1].used + len <= CHUNK)
		return ERR_OK;
	enum err e = room_for((void **)&ix->chunks, ix->chunk_count, &ix->chunk_room, sizeof *ix->chunks);
	if (e)
		return e;
	char *bytes = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return ERR_NOMEM;
	(void)madvise(bytes, CHUNK, MADV_DONTDUMP);
	if (mlock2(bytes, CHUNK, MLOCK_ONFAULT) != 0)
		atomic_store(&ix->may_swap, true);
	ix->chunks[ix->chunk_count++] = (struct chunk){.bytes = bytes, .first = (uint32_t)ix->piece_count};
	return ERR_OK;
}

/* ---- cases by their id ---- */

static size_t slot_of(const struct search_index *ix, const uint8_t id[16])
{
	uint64_t a, b;
	memcpy(&a, id, 8);
	memcpy(&b, id + 8, 8);
	size_t at = (size_t)((a ^ b) * 0x9E3779B97F4A7C15u >> 20) & (ix->slot_count - 1);
	while (ix->slots[at] != NONE && memcmp(ix->items[ix->slots[at]].id, id, 16) != 0)
		at = (at + 1) & (ix->slot_count - 1);
	return at;
}

static enum err more_slots(struct search_index *ix)
{
	if (ix->item_count * 2 < ix->slot_count)
		return ERR_OK;
	size_t count = ix->slot_count ? ix->slot_count * 2 : FIRST_ROOM * 2;
	uint32_t *slots = malloc(count * sizeof *slots);
	if (!slots)
		return ERR_NOMEM;
	memset(slots, 0xff, count * sizeof *slots);
	free(ix->slots);
	ix->slots = slots;
	ix->slot_count = count;
	for (size_t i = 0; i < ix->item_count; i++)
		slots[slot_of(ix, ix->items[i].id)] = (uint32_t)i;
	return ERR_OK;
}

/* The case's place, made when it is new. */
static enum err item_of(struct search_index *ix, const uint8_t id[16], uint32_t *item)
{
	enum err e = more_slots(ix);
	if (!e)
		e = room_for((void **)&ix->items, ix->item_count, &ix->item_room, sizeof *ix->items);
	if (e)
		return e;
	size_t at = slot_of(ix, id);
	if (ix->slots[at] == NONE) {
		struct item *new = &ix->items[ix->item_count];
		memcpy(new->id, id, 16);
		new->first = NONE;
		ix->slots[at] = (uint32_t)ix->item_count++;
	}
	*item = ix->slots[at];
	return ERR_OK;
}

/* ---- adding ---- */

static struct chunk *chunk_of(const struct search_index *ix, uint32_t piece)
{
	size_t low = 0, high = ix->chunk_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (ix->chunks[middle].first <= piece)
			low = middle;
		else
			high = middle;
	}
	return &ix->chunks[low];
}

static bool has_text(const struct search_index *ix, uint32_t item, const char *text, size_t len)
{
	for (uint32_t i = ix->items[item].first; i != NONE; i = ix->pieces[i].next)
		if (ix->pieces[i].len == len && memcmp(chunk_of(ix, i)->bytes + ix->pieces[i].offset, text, len) == 0)
			return true;
	return false;
}

static enum err add_piece(struct search_index *ix, uint32_t item, const char *text, size_t len)
{
	enum err e = room_for((void **)&ix->pieces, ix->piece_count, &ix->piece_room, sizeof *ix->pieces);
	if (!e)
		e = chunk_for(ix, len + 1);
	if (e)
		return e;
	struct chunk *chunk = &ix->chunks[ix->chunk_count - 1];
	memcpy(chunk->bytes + chunk->used, text, len);
	chunk->bytes[chunk->used + len] = '\0';
	ix->pieces[ix->piece_count] = (struct piece){
		.offset = (uint32_t)chunk->used, .len = (uint32_t)len, .item = item, .next = ix->items[item].first};
	ix->items[item].first = (uint32_t)ix->piece_count++;
	chunk->used += len + 1;
	ix->bytes += len;
	return ERR_OK;
}

enum err search_index_add(struct search_index *ix, const uint8_t id[16], const char *text, size_t len)
{
	if (len > INDEX_TEXT_MAX)
		len = INDEX_TEXT_MAX;
	char *folded = malloc(len + 1);
	if (!folded)
		return ERR_NOMEM;
	memcpy(folded, text, len);
	size_t n = search_fold(folded, len);
	uint32_t item;
	pthread_rwlock_wrlock(&ix->lock);
	enum err e = item_of(ix, id, &item);
	if (!e && n > 0 && !has_text(ix, item, folded, n))
		e = add_piece(ix, item, folded, n);
	pthread_rwlock_unlock(&ix->lock);
	sodium_memzero(folded, len);
	free(folded);
	return e;
}

bool search_index_has(struct search_index *ix, const uint8_t id[16])
{
	pthread_rwlock_rdlock(&ix->lock);
	bool has = ix->item_count && ix->slots[slot_of(ix, id)] != NONE;
	pthread_rwlock_unlock(&ix->lock);
	return has;
}

void search_index_size(struct search_index *ix, size_t *cases, size_t *bytes)
{
	pthread_rwlock_rdlock(&ix->lock);
	*cases = ix->item_count;
	*bytes = ix->bytes;
	pthread_rwlock_unlock(&ix->lock);
}

size_t search_fold(char *text, size_t len)
{
	size_t to = 0;
	for (size_t from = 0; from < len;) {
		unsigned char c = (unsigned char)text[from];
		if (c == 0xe3 && from + 2 < len && memcmp(text + from, "　", 3) == 0) {
			text[to++] = ' ';
			from += 3;
		} else if (c == 0xef && from + 2 < len) {
			/* U+FF01 to U+FF5E, the full-width forms of '!' to '~'. */
			unsigned cp = 0xf000u | ((unsigned char)text[from + 1] & 0x3fu) << 6 | ((unsigned char)text[from + 2] & 0x3fu);
			if (cp >= 0xff01 && cp <= 0xff5e) {
				text[from + 2] = (char)(cp - 0xff01 + '!');
				from += 2;
				continue;
			}
			memmove(text + to, text + from, 3);
			to += 3;
			from += 3;
		} else {
			bool capital = c >= 'A' && c <= 'Z', blank = c < ' ';
			text[to++] = (char)(capital ? c + 'a' - 'A' : blank ? ' ' : c);
			from++;
		}
	}
	return to;
}

/* ---- finding ---- */

/* The piece in which the place of the chunk lies. */
static uint32_t piece_at(const struct search_index *ix, const struct chunk *chunk, size_t offset)
{
	const struct chunk *next = chunk + 1;
	size_t low = chunk->first, high = next < ix->chunks + ix->chunk_count ? next->first : ix->piece_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (ix->pieces[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static bool occurs(const struct search_index *ix, uint32_t item, const struct word *word)
{
	for (uint32_t i = ix->items[item].first; i != NONE; i = ix->pieces[i].next)
		if (memmem(chunk_of(ix, i)->bytes + ix->pieces[i].offset, ix->pieces[i].len, word->text, word->len))
			return true;
	return false;
}

/* Marks the cases that have all words: the first is looked for in whole chunks, the others where it was found. */
static size_t mark(const struct search_index *ix, const struct word *words, int count, uint8_t *found)
{
	size_t hits = 0;
	for (const struct chunk *chunk = ix->chunks; chunk < ix->chunks + ix->chunk_count; chunk++) {
		const char *from = chunk->bytes, *end = chunk->bytes + chunk->used, *at;
		while (from < end && (at = memmem(from, (size_t)(end - from), words[0].text, words[0].len))) {
			const struct piece *piece = &ix->pieces[piece_at(ix, chunk, (size_t)(at - chunk->bytes))];
			bool all = !found[piece->item];
			for (int i = 1; i < count && all; i++)
				all = occurs(ix, piece->item, &words[i]);
			if (all) {
				found[piece->item] = 1;
				hits++;
			}
			from = chunk->bytes + piece->offset + piece->len + 1;
		}
	}
	return hits;
}

static enum err find(const struct search_index *ix, const struct word *words, int count, uint8_t (**ids)[16], size_t *hits)
{
	uint8_t *found = calloc(ix->item_count + 1, 1);
	if (!found)
		return ERR_NOMEM;
	*hits = mark(ix, words, count, found);
	*ids = calloc(*hits + 1, sizeof **ids);
	if (*ids) {
		size_t n = 0;
		for (size_t i = 0; i < ix->item_count; i++)
			if (found[i])
				memcpy((*ids)[n++], ix->items[i].id, 16);
	}
	free(found);
	return *ids ? ERR_OK : ERR_NOMEM;
}

/* The words of a folded text, the longest first: it is the rarest. */
static enum err take_apart(const char *text, struct word *words, int *count)
{
	*count = 0;
	for (const char *p = text; *p;) {
		p += strspn(p, " ");
		size_t len = strcspn(p, " ");
		if (len == 0)
			break;
		if (*count == INDEX_WORDS_MAX)
			return ERR_TOO_LONG;
		words[(*count)++] = (struct word){p, len};
		if (len > words[0].len) {
			struct word longest = words[*count - 1];
			words[*count - 1] = words[0];
			words[0] = longest;
		}
		p += len;
	}
	return *count ? ERR_OK : ERR_INVALID;
}

enum err search_index_find(struct search_index *ix, const char *text, uint8_t (**ids)[16], size_t *hits)
{
	char folded[INDEX_BYTES_MAX + 1];
	struct word words[INDEX_WORDS_MAX];
	int count;
	size_t len = strlen(text);
	if (len > INDEX_BYTES_MAX)
		return ERR_TOO_LONG;
	memcpy(folded, text, len);
	folded[search_fold(folded, len)] = '\0';
	enum err e = take_apart(folded, words, &count);
	if (!e) {
		pthread_rwlock_rdlock(&ix->lock);
		e = find(ix, words, count, ids, hits);
		pthread_rwlock_unlock(&ix->lock);
	}
	sodium_memzero(folded, sizeof folded);
	return e;
}
