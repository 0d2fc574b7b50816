#include "model/rules_line.h"

#include <string.h>

#include "model/utf8.h"

enum { TITLE_MAX_CHARS = 40, MAYBE_MAX_CHARS = 24, SIGNER_MAX_CHARS = 30, DATE_MAX_CHARS = 45, NUMBER_MAX = 9999 };

struct rules_span rules_skip(struct rules_span line, size_t bytes)
{
	return (struct rules_span){line.at + bytes, line.len - bytes};
}

bool rules_starts(struct rules_span line, const char *with)
{
	size_t n = strlen(with);
	return line.len >= n && memcmp(line.at, with, n) == 0;
}

bool rules_ends(struct rules_span line, const char *with)
{
	size_t n = strlen(with);
	return line.len >= n && memcmp(line.at + line.len - n, with, n) == 0;
}

/* The bytes of the blank that the line begins with; 0 for none. */
static size_t blank(struct rules_span l)
{
	if (l.len > 0 && (l.at[0] == ' ' || l.at[0] == '\t' || l.at[0] == '\r'))
		return 1;
	return rules_starts(l, "　") ? 3 : rules_starts(l, "\xC2\xA0") ? 2 : 0; /* Word's fixed blank */
}

static struct rules_span skip_blanks(struct rules_span l)
{
	for (size_t n; (n = blank(l)) > 0;)
		l = rules_skip(l, n);
	return l;
}

struct rules_span rules_trim(struct rules_span line)
{
	line = skip_blanks(line);
	for (;;) {
		if (line.len > 0 && strchr(" \t\r", line.at[line.len - 1]) && line.at[line.len - 1])
			line.len--;
		else if (rules_ends(line, "　"))
			line.len -= 3;
		else if (rules_ends(line, "\xC2\xA0"))
			line.len -= 2;
		else
			return line;
	}
}

/* A numeral's digit at the start: its value, 10 for 十, 100 for 百, -1 for none. */
static int han_digit(struct rules_span l)
{
	static const struct { const char *text; int value; } digits[] = {
		{"〇", 0}, {"零", 0}, {"○", 0}, {"一", 1}, {"二", 2}, {"三", 3}, {"四", 4}, {"五", 5}, {"六", 6}, {"七", 7},
		{"八", 8}, {"九", 9}, {"十", 10}, {"百", 100},
	};
	for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++)
		if (rules_starts(l, digits[i].text))
			return digits[i].value;
	return -1;
}

/* 二十三, 一百零五, 二〇: steps over it and gives its value, -1 when there is none. */
static int han_numeral(struct rules_span *l)
{
	int value = 0, digit = 0, d;
	bool any = false, units = false;
	while ((d = han_digit(*l)) >= 0 && value <= NUMBER_MAX && digit <= NUMBER_MAX) {
		if (d >= 10) {
			value += (digit == 0 && !units ? 1 : digit) * d;
			digit = 0;
			units = true;
		} else {
			digit = units ? d : digit * 10 + d;
		}
		*l = rules_skip(*l, 3);
		any = true;
	}
	return any ? value + digit : -1;
}

/* 12, １２ */
static int digits(struct rules_span *l)
{
	int value = 0;
	bool any = false;
	for (;;) {
		int d;
		if (l->len > 0 && l->at[0] >= '0' && l->at[0] <= '9') {
			d = l->at[0] - '0';
			*l = rules_skip(*l, 1);
		} else if (l->len >= 3 && memcmp(l->at, "\xEF\xBC", 2) == 0 && (unsigned char)l->at[2] >= 0x90 && (unsigned char)l->at[2] <= 0x99) {
			d = (unsigned char)l->at[2] - 0x90;
			*l = rules_skip(*l, 3);
		} else {
			return any ? value : -1;
		}
		any = true;
		value = value <= NUMBER_MAX ? value * 10 + d : value;
	}
}

static int numeral(struct rules_span *l, bool *han)
{
	int value = han_numeral(l);
	*han = value >= 0;
	return value >= 0 ? value : digits(l);
}

/* Steps over the first of the marks that the line begins with. */
static bool take_mark(struct rules_span *l, const char *const *marks)
{
	for (; *marks; marks++) {
		if (rules_starts(*l, *marks)) {
			*l = rules_skip(*l, strlen(*marks));
			return true;
		}
	}
	return false;
}

static const char *const opening[] = {"（", "(", "﹙", NULL}, *const closing[] = {"）", ")", "﹚", NULL},
                  *const commas[] = {"、", "．", ".", "﹒", NULL};

/* 第一条, 第 1 条, 第三章 */
static struct rules_number clause(struct rules_span line)
{
	struct rules_span l = skip_blanks(rules_skip(line, 3));
	bool han;
	int value = numeral(&l, &han);
	l = skip_blanks(l);
	if (value < 0)
		return (struct rules_number){RULES_NO_NUMBER, 0, 0};
	enum rules_number_kind kind = rules_starts(l, "条")                            ? RULES_CLAUSE
	                              : rules_starts(l, "章") || rules_starts(l, "节") ? RULES_CHAPTER
	                                                                             : RULES_NO_NUMBER;
	if (kind == RULES_NO_NUMBER)
		return (struct rules_number){RULES_NO_NUMBER, 0, 0};
	return (struct rules_number){kind, value, (size_t)(l.at - line.at) + 3};
}

struct rules_number rules_number_of(struct rules_span line)
{
	static const struct rules_number none = {RULES_NO_NUMBER, 0, 0};
	struct rules_span l = line;
	bool han, bracket = take_mark(&l, opening);
	if (rules_starts(line, "第"))
		return clause(line);
	if (line.len >= 3 && memcmp(line.at, "\xE2\x91", 2) == 0 && (unsigned char)line.at[2] >= 0xA0 && (unsigned char)line.at[2] <= 0xB3)
		return (struct rules_number){RULES_CIRCLE, (unsigned char)line.at[2] - 0xA0 + 1, 3};
	l = skip_blanks(l);
	int value = numeral(&l, &han);
	if (value < 0)
		return none;
	l = skip_blanks(l);
	bool closed = take_mark(&l, closing), comma = take_mark(&l, commas); /* （一）、 too */
	if (!closed && (bracket || !comma))
		return none;
	if (!closed && !han && digits(&(struct rules_span){l.at, l.len}) >= 0) /* 1.5 万元, 2026.3.1 */
		return none;
	enum rules_number_kind kind = closed ? (han ? RULES_HAN_PAREN : RULES_DIGIT_PAREN) : han ? RULES_HAN : RULES_DIGIT;
	return (struct rules_number){kind, value, (size_t)(l.at - line.at)};
}

/* Without a remark in brackets at its end: （试行）, （草案）. */
static struct rules_span without_remark(struct rules_span l)
{
	const char *open;
	if (!rules_ends(l, "）") && !rules_ends(l, ")"))
		return l;
	for (open = l.at + l.len - 1; open > l.at; open--) {
		struct rules_span rest = {open, (size_t)(l.at + l.len - open)};
		if (rules_starts(rest, "（") || rules_starts(rest, "("))
			return rules_trim((struct rules_span){l.at, (size_t)(open - l.at)});
	}
	return l;
}

static bool has_any(struct rules_span l, const char *const *marks)
{
	for (; *marks; marks++)
		if (memmem(l.at, l.len, *marks, strlen(*marks)))
			return true;
	return false;
}

static const char *const sentence_marks[] = {"。", "，", "；", "：", ":", ";", "！", "？", "\t", NULL};

bool rules_title(struct rules_span line, struct rules_span *title)
{
	static const char *const words[] = {"制度", "办法", "规则", "职责", "守则", "规定", "细则", "公约", "章程", "准则", "须知", "条例", NULL};
	struct rules_number number = rules_number_of(line);
	if (number.kind != RULES_NO_NUMBER && number.kind != RULES_HAN)
		return false;
	struct rules_span l = rules_trim(rules_skip(line, number.len));
	if (rules_starts(l, "《") && rules_ends(l, "》"))
		l = (struct rules_span){l.at + 3, l.len - 6};
	if (l.len == 0 || rules_number_of(l).kind != RULES_NO_NUMBER || utf8_count(l.at, l.len) > TITLE_MAX_CHARS || has_any(l, sentence_marks))
		return false;
	struct rules_span bare = without_remark(l);
	for (size_t i = 0; words[i]; i++) {
		if (rules_ends(bare, words[i])) {
			*title = l;
			return true;
		}
	}
	return false;
}

static bool has_han(struct rules_span l)
{
	for (const char *p = l.at, *end = p + l.len; p < end;) {
		uint32_t c = utf8_next(&p, end);
		if (c >= 0x4E00 && c <= 0x9FFF)
			return true;
	}
	return false;
}

bool rules_maybe_title(struct rules_span line)
{
	static const char *const no_title[] = {"、", "“", ",", "．", NULL};
	size_t chars = utf8_count(line.at, line.len);
	return chars >= 2 && chars <= MAYBE_MAX_CHARS && has_han(line) && rules_number_of(line).kind == RULES_NO_NUMBER && !has_any(line, sentence_marks) &&
	       !has_any(line, no_title) && !rules_ends(line, "的") && !rules_date_line(line) && !rules_starts(line, "（") &&
	       !rules_starts(line, "(");
}

/* Steps over a number and the unit behind it. */
static bool dated(struct rules_span *l, const char *unit)
{
	bool han;
	struct rules_span rest = skip_blanks(*l);
	if (numeral(&rest, &han) < 0)
		return false;
	rest = skip_blanks(rest);
	if (!rules_starts(rest, unit))
		return false;
	*l = rules_skip(rest, strlen(unit));
	return true;
}

bool rules_date_line(struct rules_span line)
{
	if (rules_ends(line, "）"))
		line = (struct rules_span){line.at, line.len - 3};
	const char *year = memmem(line.at, line.len, "年", strlen("年"));
	if (!year || utf8_count(line.at, line.len) > DATE_MAX_CHARS || has_any(line, sentence_marks))
		return false;
	/* Back to where the year's number begins. */
	struct rules_span l = {year, (size_t)(line.at + line.len - year)};
	while (l.at > line.at) {
		size_t before = utf8_prev_boundary(line.at, line.len, (size_t)(l.at - line.at));
		struct rules_span c = {line.at + before, (size_t)(l.at - line.at) - before};
		struct rules_span one = c;
		if (han_digit(c) < 0 && digits(&one) < 0 && blank(c) == 0)
			break;
		l = (struct rules_span){c.at, l.len + c.len};
	}
	if (!dated(&l, "年") || !dated(&l, "月"))
		return false;
	(void)dated(&l, "日");
	return rules_trim(l).len == 0;
}

bool rules_signer(struct rules_span line)
{
	static const char *const words[] = {"主席团", "办公室", "委员会", "政府", "党委", "人大", "代表之家", "联络站", "代表大会", "人大办", NULL};
	if (line.len == 0 || utf8_count(line.at, line.len) > SIGNER_MAX_CHARS || has_any(line, sentence_marks) ||
	    rules_number_of(line).kind != RULES_NO_NUMBER)
		return false;
	for (size_t i = 0; words[i]; i++)
		if (rules_ends(line, words[i]))
			return true;
	return false;
}

bool rules_remark(struct rules_span line)
{
	if (rules_number_of(line).kind != RULES_NO_NUMBER)
		return false;
	if ((rules_starts(line, "（") || rules_starts(line, "(")) && (rules_ends(line, "）") || rules_ends(line, ")")))
		return true;
	struct rules_span rest = rules_starts(line, "目") ? rules_trim(rules_skip(line, 3)) : line;
	return rest.at != line.at && rest.len == 3 && (rules_starts(rest, "录") || rules_starts(rest, "次"));
}

bool rules_sentence_ends(struct rules_span line)
{
	static const char *const ends[] = {"。", "；", "！", "？", "”", "）", ")", ";", ".", NULL};
	for (size_t i = 0; ends[i]; i++)
		if (rules_ends(line, ends[i]))
			return true;
	return false;
}
