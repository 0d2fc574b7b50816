/* What the program frees is zeroed first, whoever frees it: the input methods, the JSON reader and the font shaper all handle
 * what visitors write and know nothing of secrets. So free and realloc are defined here, before the C library's. */
#if !defined(__SANITIZE_ADDRESS__)

#include <malloc.h>
#include <stddef.h>
#include <string.h>

/* glibc's own, exported for this purpose. */
void __libc_free(void *p);
void *__libc_malloc(size_t size);

void free(void *p)
{
	if (!p)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	__libc_free(p);
}

void *realloc(void *p, size_t size)
{
	if (!p)
		return __libc_malloc(size);
	if (size == 0) {
		free(p);
		return NULL;
	}
	size_t room = malloc_usable_size(p);
	if (size <= room && size >= room / 2)
		return p;
	void *grown = __libc_malloc(size);
	if (!grown)
		return NULL;
	memcpy(grown, p, room < size ? room : size);
	free(p);
	return grown;
}

#else
typedef int wipe_free_is_not_built_with_address_sanitizer;
#endif
