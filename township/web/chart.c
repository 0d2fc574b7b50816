#include "township/web/chart.h"

enum { WIDTH = 720, ROW = 30, LABEL = 170, VALUE = 60 };

void chart_bars(struct html *h, const char *title, const struct chart_bar *bars, size_t count)
{
	int64_t most = 1;
	for (size_t i = 0; i < count; i++)
		most = bars[i].value > most ? bars[i].value : most;
	html_put(h, "<svg class=\"chart\" viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"%s\">", WIDTH, count * ROW + 8, title);
	for (size_t i = 0; i < count; i++) {
		int y = (int)i * ROW + 4, length = (int)(bars[i].value * (WIDTH - LABEL - VALUE) / most);
		html_put(h, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LABEL - 10, y + 20, bars[i].label);
		html_put(h, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"#a8201a\"/>", LABEL, y + 4,
		         length > 2 ? length : 2, ROW - 8);
		html_put(h, "<text x=\"%d\" y=\"%d\">%lld</text>", LABEL + (length > 2 ? length : 2) + 8, y + 20, (long long)bars[i].value);
	}
	html_put(h, "</svg>");
}
