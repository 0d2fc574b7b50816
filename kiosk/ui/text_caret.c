/* text_caret.c: where in a laid-out text a byte is, and which byte is at a point. */
#include "ui/text_layout.h"

static int to_px(int32_t v)
{
	return (v + 32) >> 6;
}

/* The line that the caret before `offset` stands in: at a soft break, the start of the next line. */
static const struct text_line *line_of(const struct text_layout *layout, size_t offset)
{
	uint32_t low = 0, high = layout->line_count;

	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		if (layout->lines[mid].start <= offset)
			low = mid;
		else
			high = mid;
	}
	return &layout->lines[low];
}

static int32_t end_x(const struct text_layout *layout, const struct text_line *line)
{
	if (line->end == line->first)
		return 0;
	const struct text_cluster *last = &layout->clusters[line->end - 1];
	/* The ellipsis stands for what was cut: the caret stays before it. */
	return last->start == line->stop ? last->x : last->x + last->advance;
}

/* The caret's place from the line's left end. */
static int32_t x_of(const struct text_layout *layout, const struct text_line *line, size_t offset)
{
	if (offset >= line->stop)
		return end_x(layout, line);
	uint32_t low = line->first, high = line->end;
	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;
		if (layout->clusters[mid].start <= offset)
			low = mid;
		else
			high = mid;
	}
	return low < line->end ? layout->clusters[low].x : 0;
}

/* Blanks hang out at a line's end; the caret and selections stay inside. */
static int inside(const struct text_layout *layout, const struct text_line *line, int32_t x)
{
	int px = to_px(line->x + x);
	return layout->style.width_px > 0 && px > layout->style.width_px ? layout->style.width_px : px;
}

void text_caret(const struct text_layout *layout, size_t offset, struct rect *caret)
{
	*caret = (struct rect){ 0, 0, 0, layout->style.line_px };
	if (!layout->line_count)
		return;
	const struct text_line *line = line_of(layout, offset);
	caret->x = inside(layout, line, x_of(layout, line, offset));
	caret->y = (int)(line - layout->lines) * layout->style.line_px;
}

size_t text_hit(const struct text_layout *layout, int x, int y)
{
	if (!layout->line_count)
		return 0;
	int row = y < 0 ? 0 : y / layout->style.line_px;
	if (row >= (int)layout->line_count)
		row = (int)layout->line_count - 1;
	const struct text_line *line = &layout->lines[row];
	int64_t at = (int64_t)x * 64 - line->x;
	/* The first cluster whose middle lies to the right of the point. */
	uint32_t low = line->first, high = line->end;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		const struct text_cluster *c = &layout->clusters[mid];
		if (at < (int64_t)c->x + c->advance / 2)
			high = mid;
		else
			low = mid + 1;
	}
	if (low >= line->end || layout->clusters[low].start > line->stop)
		return line->stop;
	return layout->clusters[low].start;
}

size_t text_span(const struct text_layout *layout, size_t from, size_t to, struct rect *rects, size_t max)
{
	size_t count = 0;

	if (from >= to || !layout->line_count)
		return 0;
	const struct text_line *end = layout->lines + layout->line_count;
	const struct text_line *line = line_of(layout, from);
	for (; line < end && line->start < to && count < max; line++) {
		int x0 = inside(layout, line, from <= line->start ? 0 : x_of(layout, line, from));
		int x1 = inside(layout, line, x_of(layout, line, to));
		/* A selected line end shows as a narrow mark. */
		if (to > line->stop && !line->wrapped && line + 1 < end)
			x1 += layout->style.size_px / 4;
		if (x1 > x0)
			rects[count++] = (struct rect){ x0, (int)(line - layout->lines) * layout->style.line_px, x1 - x0,
				                        layout->style.line_px };
	}
	return count;
}

int text_width(const struct text_layout *layout)
{
	return (int)(((int64_t)layout->width + 63) >> 6);
}

int text_height(const struct text_layout *layout)
{
	return (int)layout->line_count * layout->style.line_px;
}

int text_lines(const struct text_layout *layout)
{
	return (int)layout->line_count;
}

bool text_was_cut(const struct text_layout *layout)
{
	return layout->cut;
}
