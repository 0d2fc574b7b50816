/* wall_order.c: the order in which deputies stand on the wall. */
#include "store/wall_order.h"

#include <stdbool.h>
#include <string.h>

int wall_level(const char *level)
{
	return strcmp(level, "township") == 0 ? 0 : strcmp(level, "county") == 0 ? 1 : 2;
}

int wall_ordinal(const char *name)
{
	static const char *const digits[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
	int value = 0, digit = 0;
	bool any = false;
	const char *p = strncmp(name, "第", 3) == 0 ? name + 3 : name;
	while (*p) {
		if (*p >= '0' && *p <= '9') {
			digit = digit * 10 + (*p++ - '0');
			any = true;
			if (digit > 9999)
				break;
			continue;
		}
		if (strncmp(p, "十", 3) == 0) {
			value += (digit ? digit : 1) * 10;
			digit = 0;
		} else {
			int d = 0;
			while (d < 10 && strncmp(p, digits[d], 3) != 0)
				d++;
			if (d == 10)
				break;
			digit = d;
		}
		any = true;
		p += 3;
	}
	return any ? value + digit : 100000;
}

int wall_compare(const struct wall_place *a, const struct wall_place *b)
{
	if (a->level != b->level)
		return a->level - b->level;
	if (a->ordinal != b->ordinal)
		return a->ordinal - b->ordinal;
	int c = strcmp(a->constituency, b->constituency);
	if (c == 0)
		c = strcmp(a->initials, b->initials);
	if (c == 0)
		c = strcmp(a->name, b->name);
	return c ? c : strcmp(a->id, b->id);
}
