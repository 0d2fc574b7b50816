#include "documents/docx_counting.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/utf8.h"

static bool any_of(const char *format, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(format, *names) == 0)
			return true;
	return false;
}

struct writing { const char *digits[10], *ten, *hundred, *thousand, *myriad; bool bare_ten; };

static const struct writing plain = {
	{"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, "十", "百", "千", "万", true};
static const struct writing formal = {
	{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}, "拾", "佰", "仟", "万", false};

static void put(char out[DOCX_COUNT_SIZE], const char *text)
{
	size_t n = strlen(out);
	snprintf(out + n, DOCX_COUNT_SIZE - n, "%s", text);
}

/* 一千零二十三; 10 to 19 are 十 to 十九. */
static void han(const struct writing *w, int n, char out[DOCX_COUNT_SIZE])
{
	const struct { int unit; const char *name; } units[] = {{10000, w->myriad}, {1000, w->thousand}, {100, w->hundred}, {10, w->ten}, {1, ""}};
	bool begun = false, zero = false;
	if (n == 0)
		put(out, w == &plain ? "零" : w->digits[0]);
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		int digit = n / units[i].unit % 10;
		if (digit == 0) {
			zero = begun;
			continue;
		}
		if (zero)
			put(out, "零");
		if (!(w->bare_ten && units[i].unit == 10 && digit == 1 && !begun))
			put(out, w->digits[digit]);
		put(out, units[i].name);
		begun = true;
		zero = false;
	}
}

/* 二〇二六 */
static void han_digits(int n, char out[DOCX_COUNT_SIZE])
{
	char digits[12];
	snprintf(digits, sizeof digits, "%d", n);
	for (const char *p = digits; *p; p++)
		put(out, plain.digits[*p - '0']);
}

static void roman(int n, bool upper, char out[DOCX_COUNT_SIZE])
{
	static const struct { int value; const char *low, *high; } steps[] = {
		{1000, "m", "M"}, {900, "cm", "CM"}, {500, "d", "D"}, {400, "cd", "CD"}, {100, "c", "C"}, {90, "xc", "XC"}, {50, "l", "L"},
		{40, "xl", "XL"}, {10, "x", "X"}, {9, "ix", "IX"}, {5, "v", "V"}, {4, "iv", "IV"}, {1, "i", "I"},
	};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		for (; n >= steps[i].value; n -= steps[i].value)
			put(out, upper ? steps[i].high : steps[i].low);
}

/* a to z, then aa, bb: Word's way. */
static void letters(int n, char first, char out[DOCX_COUNT_SIZE])
{
	char letter[2] = {(char)(first + (n - 1) % 26), '\0'};
	for (int i = 0; i <= (n - 1) / 26 && i < 8; i++)
		put(out, letter);
}

/* The n-th of a row of characters of three bytes each. False when the row is shorter. */
static bool nth(const char *row, int n, char out[DOCX_COUNT_SIZE])
{
	if (n < 1 || (size_t)n * 3 > strlen(row))
		return false;
	snprintf(out, DOCX_COUNT_SIZE, "%.3s", row + (size_t)(n - 1) * 3);
	return true;
}

/* A character of a run that begins at `first` for 1. */
static bool run(uint32_t first, int n, int last, char out[DOCX_COUNT_SIZE])
{
	if (n < 1 || n > last)
		return false;
	char c[4];
	size_t len = utf8_put(first + (uint32_t)n - 1, c);
	memcpy(out, c, len);
	out[len] = '\0';
	return true;
}

static bool in_characters(const char *format, int n, char out[DOCX_COUNT_SIZE])
{
	if (strcmp(format, "ideographTraditional") == 0)
		return nth("甲乙丙丁戊己庚辛壬癸", n, out);
	if (strcmp(format, "ideographZodiac") == 0)
		return nth("子丑寅卯辰巳午未申酉戌亥", n, out);
	if (strcmp(format, "decimalEnclosedCircle") == 0 || strcmp(format, "decimalEnclosedCircleChinese") == 0)
		return run(0x2460, n, 20, out);
	if (strcmp(format, "decimalEnclosedParen") == 0)
		return run(0x2474, n, 20, out);
	if (strcmp(format, "decimalEnclosedFullstop") == 0)
		return run(0x2488, n, 20, out);
	if (strcmp(format, "ideographEnclosedCircle") == 0)
		return run(0x3280, n, 10, out);
	return false;
}

void docx_count(const char *format, int n, char out[DOCX_COUNT_SIZE])
{
	static const char *const counting[] = {"chineseCounting", "chineseCountingThousand", "taiwaneseCounting",
	                                       "taiwaneseCountingThousand", "japaneseCounting", "koreanCounting", NULL};
	static const char *const legal[] = {"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal", NULL};
	static const char *const digits[] = {"ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand", NULL};
	out[0] = '\0';
	if (any_of(format, counting))
		han(&plain, n, out);
	else if (any_of(format, legal))
		han(&formal, n, out);
	else if (any_of(format, digits))
		han_digits(n, out);
	else if (n > 0 && strcmp(format, "upperRoman") == 0)
		roman(n, true, out);
	else if (n > 0 && strcmp(format, "lowerRoman") == 0)
		roman(n, false, out);
	else if (n > 0 && strcmp(format, "upperLetter") == 0)
		letters(n, 'A', out);
	else if (n > 0 && strcmp(format, "lowerLetter") == 0)
		letters(n, 'a', out);
	else if (!in_characters(format, n, out))
		snprintf(out, DOCX_COUNT_SIZE, strcmp(format, "decimalZero") == 0 ? "%02d" : "%d", n);
}
