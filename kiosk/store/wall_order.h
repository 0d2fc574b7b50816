/* wall_order.h: the order in which deputies stand on the wall: by the lowest level of their mandates, then by its
 * constituency's number, then by the initials of their names. */
#ifndef STORE_WALL_ORDER_H
#define STORE_WALL_ORDER_H

enum { WALL_LEVEL_NONE = 3 }; /* without a mandate: after all others */

/* What decides of one deputy; the texts are borrowed. */
struct wall_place { int level, ordinal; const char *constituency, *initials, *name, *id; };

/* "township" 0, "county" 1, "city" 2. */
int wall_level(const char *level);
/* 第十二选区 is 12, 第3选区 is 3; constituencies without a number come last. */
int wall_ordinal(const char *constituency);
/* For qsort. */
int wall_compare(const struct wall_place *a, const struct wall_place *b);

#endif
