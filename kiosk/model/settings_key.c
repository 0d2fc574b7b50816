#include "model/settings_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/str.h"
#include "model/utf8.h"

enum kind {
	KIND_TEXT,
	KIND_REQUIRED_TEXT,
	KIND_CHOICE,
	KIND_BOOL,
	KIND_INT,
	KIND_MM,
	KIND_PRINTER,
	KIND_READER,
	KIND_SCANNER,
	KIND_URL
};

struct key {
	const char *section, *name;
	enum kind kind;
	size_t offset, size;
	int min, max;
	const char *choices; /* "a|b|c" for KIND_CHOICE and for the few numbers that are choices */
};

#define TEXT(section, name, kind, field) {section, name, kind, offsetof(struct settings, field), \
                                          sizeof(((struct settings *)0)->field), 0, 0, NULL}
#define NUMBER(section, name, field, min, max)                                                               \
	{                                                                                                        \
		section, name, KIND_INT, offsetof(struct settings, field), sizeof(int), min, max, NULL               \
	}

static const struct key keys[] = {
	TEXT("site", "township", KIND_REQUIRED_TEXT, township),
	TEXT("site", "home", KIND_REQUIRED_TEXT, home),
	TEXT("site", "home_en", KIND_TEXT, home_en),
	TEXT("site", "help_phone", KIND_TEXT, help_phone),
	TEXT("site", "kiosk_name", KIND_TEXT, kiosk_name),
	{"site", "language", KIND_CHOICE, offsetof(struct settings, language), 16, 0, 0, "zh_Hans|zh_Hant|en"},
	{"screen", "large_text", KIND_BOOL, offsetof(struct settings, large_text), sizeof(bool), 0, 0, NULL},
	{"screen", "calm", KIND_BOOL, offsetof(struct settings, calm), sizeof(bool), 0, 0, NULL},
	{"screen", "panel_mm", KIND_MM, offsetof(struct settings, panel_mm), sizeof(double), 0, 3000, NULL},
	NUMBER("session", "idle_s", idle_s, 20, 600),
	NUMBER("session", "countdown_s", countdown_s, 5, 120),
	TEXT("printer", "device", KIND_PRINTER, printer_device),
	{"printer", "paper", KIND_INT, offsetof(struct settings, paper_mm), sizeof(int), 58, 80, "58|80"},
	TEXT("idcard", "device", KIND_READER, idcard_device),
	TEXT("scanner", "device", KIND_SCANNER, scanner_device),
	TEXT("sync", "url", KIND_URL, sync_url),
	TEXT("sync", "phone_url", KIND_URL, phone_url),
	TEXT("sync", "ca_file", KIND_TEXT, sync_ca_file),
	NUMBER("rules", "transfer_days", rules.transfer_days, 1, 365),
	NUMBER("rules", "answer_months", rules.answer_months, 1, 36),
	NUMBER("rules", "extend_months", rules.extend_months, 0, 12),
	NUMBER("rules", "diary_month", diary_month, 0, 100),
	NUMBER("rules", "diary_year", diary_year, 0, 1000),
	NUMBER("rules", "home_notice_days", home_notice_days, 0, 90),
	NUMBER("rules", "group_notice_days", group_notice_days, 0, 90),
	NUMBER("rules", "evaluation_min_voters", evaluation_min_voters, 1, 10000),
	NUMBER("rules", "motion_min_signatories", motion_min_signatories, 1, 100),
	NUMBER("rules", "attendance_percent", attendance_percent, 0, 100),
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };
_Static_assert(KEY_COUNT <= 64, "a bit for each key");

static const char sections[] = "site, subjects, screen, session, printer, idcard, scanner, sync, rules";

static const char *const section_names[] = {"site",   "subjects", "screen", "session", "printer",
                                            "idcard", "scanner",  "sync",   "rules"};
enum { SECTION_COUNT = sizeof section_names / sizeof section_names[0] };

void settings_shown(const char *text, char out[SETTINGS_SHOWN_SIZE])
{
	/* Too long is what it is for. libinih cuts names at its own limit, within a character if need be. */
	(void)!utf8_clean(text, strlen(text), false, SIZE_MAX, out, SETTINGS_SHOWN_SIZE);
}

/* Edit distance, but anything above 2 counts as 3; both words are short. */
static int distance(const char *a, const char *b)
{
	enum { MAX = 48 };
	size_t n = strlen(a), m = strlen(b);
	int row[MAX + 1];
	if (n > MAX || m > MAX)
		return 3;
	for (size_t j = 0; j <= m; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int diagonal = row[0];
		row[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[m] > 2 ? 3 : row[m];
}

static void suggest(struct settings_problem *why, const char *near, const char *before, const char *after,
                    const char *known)
{
	if (near) {
		snprintf(why->remedy, sizeof why->remedy, "did you mean %s%s%s? known: %s", before, near, after,
		         known);
		snprintf(why->remedy_zh, sizeof why->remedy_zh, "是不是 %s%s%s？有的是：%s", before, near, after, known);
	} else {
		snprintf(why->remedy, sizeof why->remedy, "known: %s", known);
		snprintf(why->remedy_zh, sizeof why->remedy_zh, "有的是：%s", known);
	}
}

bool settings_section_known(const char *section, struct settings_problem *why)
{
	const char *near = NULL;
	for (int i = 0; i < SECTION_COUNT; i++) {
		int d = distance(section, section_names[i]);
		if (d == 0)
			return true;
		if (d < 3)
			near = section_names[i];
	}
	char shown[SETTINGS_SHOWN_SIZE];
	settings_shown(section, shown);
	snprintf(why->what, sizeof why->what, "unknown section [%s]", shown);
	snprintf(why->what_zh, sizeof why->what_zh, "没有 [%s] 这个分组", shown);
	suggest(why, near, "[", "]", sections);
	return false;
}

int settings_key_find(const char *section, const char *name, struct settings_problem *why)
{
	const char *near = NULL;
	char known[200] = "", shown[SETTINGS_SHOWN_SIZE];
	size_t used = 0;
	settings_shown(name, shown);
	if (!section[0]) {
		snprintf(why->what, sizeof why->what, "'%s' stands before any section", shown);
		snprintf(why->remedy, sizeof why->remedy, "put a section such as [site] above it; known: %s",
		         sections);
		snprintf(why->what_zh, sizeof why->what_zh, "“%s”前面没有分组", shown);
		snprintf(why->remedy_zh, sizeof why->remedy_zh, "在它上面写 [site] 这样的一行；有的分组：%s", sections);
		return -1;
	}
	if (!settings_section_known(section, why))
		return -1;
	for (int i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].section, section) != 0)
			continue;
		int d = distance(name, keys[i].name);
		if (d == 0)
			return i;
		if (d < 3)
			near = keys[i].name;
		int n = snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", keys[i].name);
		if (n > 0 && (size_t)n < sizeof known - used)
			used += (size_t)n;
	}
	snprintf(why->what, sizeof why->what, "unknown key '%s' in [%s]", shown, section);
	snprintf(why->what_zh, sizeof why->what_zh, "[%s] 里没有“%s”这一项", section, shown);
	suggest(why, near, "'", "'", known);
	return -1;
}

static bool choice_has(const char *choices, const char *value)
{
	size_t n = strlen(value);
	for (const char *c = choices; n > 0; c++) {
		size_t m = strcspn(c, "|");
		if (m == n && memcmp(c, value, n) == 0)
			return true;
		c += m;
		if (!*c)
			break;
	}
	return false;
}

static bool parse_bool(const char *value, bool *out)
{
	if (choice_has("yes|true|on|1|是", value))
		*out = true;
	else if (choice_has("no|false|off|0|否", value))
		*out = false;
	else
		return false;
	return true;
}

/* Digits with at most one point; strtod would want the locale's. */
static bool parse_decimal(const char *value, double *out)
{
	size_t whole = strspn(value, "0123456789");
	const char *rest = value + whole;
	double v = 0, unit = 1;
	if (whole == 0 || whole > 6)
		return false;
	for (size_t i = 0; i < whole; i++)
		v = v * 10 + (value[i] - '0');
	if (*rest == '.') {
		for (rest++; *rest >= '0' && *rest <= '9'; rest++)
			v += (*rest - '0') * (unit /= 10);
	}
	if (*rest)
		return false;
	*out = v;
	return true;
}

/* auto, or vendor and product as lsusb lists them. */
static bool usb_valid(const char *v, size_t len)
{
	if (len == 4 && memcmp(v, "auto", 4) == 0)
		return true;
	return len == 9 && v[4] == ':' && strspn(v, "0123456789abcdefABCDEF") == 4 &&
	       strspn(v + 5, "0123456789abcdefABCDEF") >= 4;
}

static bool reader_valid(const char *v)
{
	if (strncmp(v, "usb:", 4) == 0)
		return usb_valid(v + 4, strlen(v + 4));
	return strncmp(v, "serial:/", 8) == 0 && v[8];
}

static bool scanner_valid(const char *v)
{
	if (strncmp(v, "evdev:/", 7) == 0)
		return v[7] != '\0';
	return strcmp(v, "keyboard") == 0 || (strncmp(v, "serial:/", 8) == 0 && v[8]);
}

static bool printer_valid(const char *v)
{
	if (strncmp(v, "file:", 5) == 0)
		return v[5] != '\0';
	if (strncmp(v, "usb:", 4) == 0) {
		size_t n = strcspn(v + 4, "?");
		return usb_valid(v + 4, n) && (!v[4 + n] || strcmp(v + 4 + n, "?status=port") == 0);
	}
	if (strncmp(v, "cups:", 5) != 0 || !v[5])
		return false;
	return strcspn(v + 5, " \t/#?\\'\"") == strlen(v + 5); /* what CUPS refuses in a queue's name */
}

/* Without TLS only to this very machine: the token and the voters' receipts travel in it. */
static bool url_valid(const char *v)
{
	static const char *const local[] = {"127.0.0.1", "localhost", "[::1]"};
	if (strcspn(v, " \t\"<>@") != strlen(v)) /* user@host could hide the real host */
		return false;
	if (strncmp(v, "https://", 8) == 0)
		return v[8] != '\0' && v[8] != '/' && v[8] != ':';
	if (strncmp(v, "http://", 7) != 0)
		return false;
	for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
		size_t n = strlen(local[i]);
		if (strncmp(v + 7, local[i], n) == 0 && strchr(":/", v[7 + n]))
			return true; /* strchr finds the end of the text too */
	}
	return false;
}

static enum err refuse(const struct key *k, const char *value, struct settings_problem *why,
                       const char *remedy, const char *remedy_zh)
{
	char shown[SETTINGS_SHOWN_SIZE];
	settings_shown(value, shown);
	snprintf(why->what, sizeof why->what, "'%s' is not possible for '%s' in [%s]", shown, k->name, k->section);
	snprintf(why->what_zh, sizeof why->what_zh, "[%s] 里的“%s”不能是“%s”", k->section, k->name, shown);
	snprintf(why->remedy, sizeof why->remedy, "%s", remedy);
	snprintf(why->remedy_zh, sizeof why->remedy_zh, "%s", remedy_zh);
	return ERR_INVALID;
}

static enum err set_text(const struct key *k, const char *value, char *out, struct settings_problem *why)
{
	char remedy[128], remedy_zh[128];
	if (strlen(value) >= k->size) {
		snprintf(remedy, sizeof remedy, "at most %zu bytes (a Chinese character is 3)", k->size - 1);
		snprintf(remedy_zh, sizeof remedy_zh, "最多 %zu 字节（一个汉字 3 字节）", k->size - 1);
		return refuse(k, value, why, remedy, remedy_zh);
	}
	if (k->kind == KIND_REQUIRED_TEXT && !value[0])
		return refuse(k, value, why, "write a name, or remove the line for the default",
		              "写上名称；要用默认的，就删去这一行");
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20)
			return refuse(k, value, why, "remove control characters", "删去控制字符");
	if (k->kind == KIND_PRINTER && value[0] && !printer_valid(value))
		return refuse(k, value, why, "cups:QUEUE, usb:VVVV:PPPP, usb:auto, file:PATH, or nothing where there is no printer",
		              "写 cups:队列名、usb:厂商号:产品号、usb:auto 或 file:文件；没有打印机就留空");
	if (k->kind == KIND_READER && value[0] && !reader_valid(value))
		return refuse(k, value, why, "usb:auto, usb:VVVV:PPPP, serial:/dev/..., or nothing where there is none",
		              "写 usb:auto、usb:厂商号:产品号 或 serial:/dev/…；没有就留空");
	if (k->kind == KIND_SCANNER && value[0] && !scanner_valid(value))
		return refuse(k, value, why,
		              "serial:/dev/..., evdev:/dev/input/by-id/..., keyboard, or nothing where there is none",
		              "写 serial:/dev/…、evdev:/dev/input/by-id/… 或 keyboard；没有就留空");
	if (k->kind == KIND_URL && value[0] && !url_valid(value))
		return refuse(k, value, why, "https://HOST[:PORT] (http:// only to 127.0.0.1, localhost or [::1])",
		              "写 https://主机[:端口]（http:// 只许用于 127.0.0.1、localhost 或 [::1]）");
	(void)str_copy(out, k->size, value);
	return ERR_OK;
}

enum err settings_key_set(int key, const char *value, struct settings *s, struct settings_problem *why)
{
	const struct key *k = &keys[key];
	char *field = (char *)s + k->offset;
	char remedy[128], remedy_zh[128];
	double number;
	switch (k->kind) {
	case KIND_TEXT:
	case KIND_REQUIRED_TEXT:
	case KIND_PRINTER:
	case KIND_READER:
	case KIND_SCANNER:
	case KIND_URL:
		return set_text(k, value, field, why);
	case KIND_CHOICE:
		if (!choice_has(k->choices, value))
			break;
		(void)str_copy(field, k->size, value);
		return ERR_OK;
	case KIND_BOOL:
		return parse_bool(value, (bool *)(void *)field)
		           ? ERR_OK
		           : refuse(k, value, why, "yes or no", "写 yes 或 no（是 或 否）");
	case KIND_INT:
		if (strchr(value, '.') || !parse_decimal(value, &number) || number < k->min || number > k->max ||
		    (k->choices && !choice_has(k->choices, value)))
			break;
		*(int *)(void *)field = (int)number;
		return ERR_OK;
	case KIND_MM:
		if (!parse_decimal(value, &number) || number > k->max)
			break;
		*(double *)(void *)field = number;
		return ERR_OK;
	}
	if (k->choices) {
		size_t n = 0;
		for (const char *c = k->choices; *c && n + 6 < sizeof remedy; c++)
			n += (size_t)snprintf(remedy + n, sizeof remedy - n, *c == '|' ? ", " : "%c", *c);
		snprintf(remedy_zh, sizeof remedy_zh, "可以是：%.100s", remedy);
	} else {
		snprintf(remedy, sizeof remedy, "a number from %d to %d", k->min, k->max);
		snprintf(remedy_zh, sizeof remedy_zh, "写 %d 到 %d 的数", k->min, k->max);
	}
	return refuse(k, value, why, remedy, remedy_zh);
}
