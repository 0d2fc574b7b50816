#include "ui/draw.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_COMMANDS = 256, FIRST_POINTS = 1024 };

uint64_t draw_hash(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < len; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): see fields[] below */
		hash = (hash ^ p[i]) * 0x100000001b3u;
	return hash;
}

void draw_list_destroy(struct draw_list *list)
{
	if (list->points)
		sodium_memzero(list->points, list->point_room * sizeof *list->points);
	free(list->points);
	free(list->commands);
	memset(list, 0, sizeof *list);
}

void draw_reset(struct draw_list *list, struct rect clip)
{
	if (list->point_count)
		sodium_memzero(list->points, list->point_count * sizeof *list->points);
	list->point_count = 0;
	list->count = 0;
	list->clip = clip;
	list->failure = ERR_OK;
}

/* A new command of this kind, or NULL when nothing of it would show or memory ran out. */
static struct draw_command *push(struct draw_list *list, enum draw_kind kind, struct rect box)
{
	struct rect visible;
	if (!rect_intersect(box, list->clip, &visible))
		return NULL;
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : FIRST_COMMANDS;
		struct draw_command *grown = realloc(list->commands, room * sizeof *grown);
		if (!grown) {
			list->failure = ERR_NOMEM;
			return NULL;
		}
		list->commands = grown;
		list->room = room;
	}
	struct draw_command *c = &list->commands[list->count++];
	memset(c, 0, sizeof *c);
	c->kind = kind;
	c->box = box;
	c->clip = list->clip;
	return c;
}

/* The plain fields first, then what the command refers to. */
static void seal_hash(struct draw_command *c, uint64_t content)
{
	int32_t fields[] = { (int32_t)c->kind, c->radius_px, c->border_px, c->dy_px, c->box.x, c->box.y, c->box.w, c->box.h,
		             c->clip.x, c->clip.y, c->clip.w, c->clip.h, (int32_t)c->a, (int32_t)c->b,
		             (int32_t)(c->width_px * 16.0f) };
	uint64_t h = draw_hash(DRAW_HASH_SEED, fields, sizeof fields);
	c->hash = draw_hash(h, &content, sizeof content);
}

void draw_rect(struct draw_list *list, struct rect r, int radius_px, colour fill, int border_px, colour border)
{
	struct draw_command *c = push(list, DRAW_RECT, r);
	if (!c)
		return;
	c->radius_px = radius_px;
	c->border_px = border_px;
	c->a = fill;
	c->b = border;
	seal_hash(c, 0);
}

void draw_gradient(struct draw_list *list, struct rect r, int radius_px, colour from, colour to)
{
	struct draw_command *c = push(list, DRAW_GRADIENT, r);
	if (!c)
		return;
	c->radius_px = radius_px;
	c->a = from;
	c->b = to;
	seal_hash(c, 0);
}

void draw_shadow(struct draw_list *list, struct rect r, int radius_px, int blur_px, int dy_px, colour shade)
{
	struct rect box = { r.x - blur_px, r.y - blur_px + dy_px, r.w + 2 * blur_px, r.h + 2 * blur_px };
	struct draw_command *c = push(list, DRAW_SHADOW, box);
	if (!c)
		return;
	c->radius_px = radius_px;
	c->border_px = blur_px;
	c->dy_px = dy_px;
	c->a = shade;
	seal_hash(c, 0);
}

void draw_circle(struct draw_list *list, int cx, int cy, int radius_px, colour fill)
{
	struct rect box = { cx - radius_px - 1, cy - radius_px - 1, 2 * radius_px + 3, 2 * radius_px + 3 };
	struct draw_command *c = push(list, DRAW_CIRCLE, box);
	if (!c)
		return;
	c->radius_px = radius_px;
	c->a = fill;
	seal_hash(c, 0);
}

void draw_text(struct draw_list *list, const struct text_layout *layout, uint64_t content, struct rect box, colour ink)
{
	struct draw_command *c = layout ? push(list, DRAW_TEXT, box) : NULL;
	if (!c)
		return;
	c->of.layout = layout;
	c->a = ink;
	seal_hash(c, content);
}

void draw_mask(struct draw_list *list, const struct mask *mask, uint64_t content, int x, int y, colour ink)
{
	struct draw_command *c = mask ? push(list, DRAW_MASK, (struct rect){ x, y, mask->width, mask->height }) : NULL;
	if (!c)
		return;
	c->of.mask = *mask;
	c->a = ink;
	seal_hash(c, content);
}

void draw_line(struct draw_list *list, const struct canvas_point *points, size_t count, float width_px, colour ink)
{
	if (count == 0)
		return;
	float left = points[0].x, right = left, top = points[0].y, bottom = top;
	for (size_t i = 1; i < count; i++) {
		left = fminf(left, points[i].x);
		right = fmaxf(right, points[i].x);
		top = fminf(top, points[i].y);
		bottom = fmaxf(bottom, points[i].y);
	}
	float half = width_px / 2 + 2;
	struct rect box = { (int)floorf(left - half), (int)floorf(top - half), (int)ceilf(right - left + 2 * half) + 1,
		            (int)ceilf(bottom - top + 2 * half) + 1 };
	struct rect visible;
	if (!rect_intersect(box, list->clip, &visible))
		return;
	if (list->point_count + count > list->point_room) {
		size_t room = list->point_room ? list->point_room : FIRST_POINTS;
		while (room < list->point_count + count)
			room *= 2;
		/* Not realloc: it would leave the visitor's hand behind in freed memory. */
		struct canvas_point *grown = malloc(room * sizeof *grown);
		if (!grown) {
			list->failure = ERR_NOMEM;
			return;
		}
		if (list->points) {
			memcpy(grown, list->points, list->point_count * sizeof *grown);
			sodium_memzero(list->points, list->point_count * sizeof *grown);
		}
		free(list->points);
		list->points = grown;
		list->point_room = room;
	}
	struct draw_command *c = push(list, DRAW_LINE, box);
	if (!c)
		return;
	c->first_point = list->point_count;
	c->point_count = count;
	c->width_px = width_px;
	c->a = ink;
	memcpy(list->points + list->point_count, points, count * sizeof *points);
	list->point_count += count;
	seal_hash(c, draw_hash(DRAW_HASH_SEED, points, count * sizeof *points));
}

void draw_dashes(struct draw_list *list, int x, int y, int w, int thick_px, int dash_px, colour ink)
{
	struct draw_command *c = push(list, DRAW_DASHES, (struct rect){ x, y, w, thick_px });
	if (!c)
		return;
	c->border_px = dash_px;
	c->a = ink;
	seal_hash(c, 0);
}

void draw_image(struct draw_list *list, const struct canvas *image, uint64_t content, int x, int y)
{
	struct draw_command *c = push(list, DRAW_IMAGE, (struct rect){ x, y, image->width, image->height });
	if (!c)
		return;
	c->of.image = image;
	seal_hash(c, content);
}
