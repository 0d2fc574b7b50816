/* chart.h: bars as inline SVG: read by eyes, while the table beside it is for everybody. */
#ifndef TOWNSHIP_WEB_CHART_H
#define TOWNSHIP_WEB_CHART_H

#include "township/web/web.h"

struct chart_bar {
	const char *label; /* borrowed */
	int64_t value;
};
/* One bar a line, from the top; `title` says what it shows (for those who do not see it too). */
void chart_bars(struct html *h, const char *title, const struct chart_bar *bars, size_t count);

#endif
