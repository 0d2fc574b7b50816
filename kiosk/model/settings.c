#include "model/settings.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "model/settings_key.h"
#include "model/str.h"
#include "model/utf8.h"

static const struct subject default_subjects[] = {
	{"roads", "道路交通", "Roads and traffic"},
	{"water", "饮水水利", "Water"},
	{"farmland", "土地耕种", "Farmland"},
	{"subsidies", "补贴低保", "Subsidies and allowances"},
	{"schools", "教育学校", "Schools"},
	{"health", "医疗卫生", "Health"},
	{"environment", "环境卫生", "Environment"},
	{"officials", "干部作风", "Officials' conduct"},
	{"other", "其他", "Other"},
};

const struct subject *settings_default_subjects(size_t *count)
{
	*count = sizeof default_subjects / sizeof default_subjects[0];
	return default_subjects;
}

void settings_defaults(struct settings *s)
{
	memset(s, 0, sizeof *s);
	(void)str_copy(s->home, sizeof s->home, "人大代表之家");
	(void)str_copy(s->home_en, sizeof s->home_en, "Deputies' Home");
	(void)str_copy(s->language, sizeof s->language, "zh_Hans");
	s->subject_count = sizeof default_subjects / sizeof default_subjects[0];
	memcpy(s->subjects, default_subjects, sizeof default_subjects);
	s->idle_s = 60;
	s->countdown_s = 15;
	s->paper_mm = 80;
	s->rules = (struct case_rules){.transfer_days = 15, .answer_months = 3, .extend_months = 1};
	s->diary_month = 5;
	s->diary_year = 60;
	s->home_notice_days = 7;
	s->group_notice_days = 3;
	s->evaluation_min_voters = 50;
	s->motion_min_signatories = 5;
	s->attendance_percent = 90;
}

struct parse {
	const char *at, *end;
	int line;
	struct settings *s;
	struct settings_problem *problem;
	bool failed;
	uint64_t seen;        /* a bit for each key of the table */
	bool subjects_begun;  /* the file's own list replaces the default one */
	int countdown_line;
};

static void fail(struct parse *p, const struct settings_problem *why)
{
	if (p->failed)
		return;
	p->failed = true;
	*p->problem = *why;
	p->problem->line = p->line;
}

/* A problem that needs no particulars. */
struct plain { const char *what, *remedy, *what_zh, *remedy_zh; };

static void fail_plain(struct parse *p, const struct plain *plain)
{
	struct settings_problem why = {0};
	snprintf(why.what, sizeof why.what, "%s", plain->what);
	snprintf(why.remedy, sizeof why.remedy, "%s", plain->remedy);
	snprintf(why.what_zh, sizeof why.what_zh, "%s", plain->what_zh);
	snprintf(why.remedy_zh, sizeof why.remedy_zh, "%s", plain->remedy_zh);
	fail(p, &why);
}

static const struct plain bad_bracket = {"'[' without ']'", "write the section's name as [site]",
                                         "“[”没有对应的“]”", "分组的名称写成 [site] 这样"};
static const struct plain bad_text = {"not UTF-8 text", "save the file as UTF-8",
                                      "不是 UTF-8 文字", "把文件另存为 UTF-8 编码"};
static const struct plain bad_nul = {"a NUL byte", "save the file as plain UTF-8 text",
                                     "有空字节", "把文件另存为 UTF-8 编码的纯文本"};
static const struct plain bad_length = {"the line is too long",
                                        "at most 190 bytes a line (about 60 Chinese characters)",
                                        "这一行太长", "每行最多 190 字节（约 60 个汉字）"};
static const struct plain bad_id = {"a subject's id may hold only a-z, 0-9, - and _",
                                    "for example: roads = 道路交通 | Roads and traffic",
                                    "事项的代号只能用 a-z、0-9、- 和 _", "例如：roads = 道路交通 | Roads and traffic"};
static const struct plain no_name = {"the subject has no name",
                                     "for example: roads = 道路交通 | Roads and traffic", "事项没有名称",
                                     "例如：roads = 道路交通 | Roads and traffic"};
static const struct plain long_name = {"the subject's name is too long", "at most 42 Chinese characters",
                                       "事项的名称太长", "最多 42 个汉字"};
static const struct plain twice = {"the subject is given twice", "remove one of the two lines",
                                   "同一个事项写了两次", "删去其中一行"};
static const struct plain too_many = {"too many subjects", "at most 24 fit on the screen",
                                      "事项太多", "屏幕上最多放得下 24 个"};
static const struct plain no_form = {"neither a [section] nor key = value", "put # before a remark",
                                     "既不是 [分组]，也不是 名称 = 内容", "说明文字前面请加 #"};
static const struct plain bad_countdown = {"the countdown must be shorter than the time without a touch",
                                           "set countdown_s below idle_s, for example 15 and 60",
                                           "倒数的时间要比没人碰的时间短", "countdown_s 要小于 idle_s，例如 15 和 60"};

static void check_section(struct parse *p, const char *line)
{
	size_t n = strcspn(line + 1, "]\r\n");
	char name[200]; /* a line is shorter */
	snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), line + 1);
	struct settings_problem why = {0};
	if (line[1 + n] != ']')
		fail_plain(p, &bad_bracket);
	else if (!settings_section_known(name, &why))
		fail(p, &why);
}

/* Gives libinih one line at a time, so that a problem can be told with its line, and strips what it would
 * read as the continuation of the line before. */
static char *next_line(char *out, int room, void *ctx)
{
	struct parse *p = ctx;
	if (p->at == p->end || p->failed)
		return NULL;
	p->line++;
	const char *nl = memchr(p->at, '\n', (size_t)(p->end - p->at));
	const char *stop = nl ? nl + 1 : p->end;
	const char *from = p->at;
	p->at = stop;
	while (from < stop && (*from == ' ' || *from == '\t'))
		from++;
	size_t n = (size_t)(stop - from);
	bool comment = n > 0 && (*from == '#' || *from == ';');
	if (comment)
		n = 0;
	if (!utf8_valid(from, n))
		fail_plain(p, &bad_text);
	else if (memchr(from, '\0', n))
		fail_plain(p, &bad_nul);
	else if (n >= (size_t)room)
		fail_plain(p, &bad_length);
	if (p->failed)
		return NULL;
	if (n == 0) {
		snprintf(out, (size_t)room, "\n");
		return out;
	}
	memcpy(out, from, n);
	out[n] = '\0';
	if (out[0] == '[')
		check_section(p, out);
	return out;
}

static bool id_valid(const char *id, size_t size)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return n > 0 && n < size && id[n] == '\0';
}

/* Copies the trimmed text between two ends; false when it does not fit. */
static bool copy_part(const char *from, const char *to, char *out, size_t size)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	size_t n = (size_t)(to - from);
	if (n >= size)
		return false;
	memcpy(out, from, n);
	out[n] = '\0';
	return true;
}

static void take_subject(struct parse *p, const char *id, const char *value)
{
	struct settings *s = p->s;
	if (!p->subjects_begun) {
		p->subjects_begun = true;
		s->subject_count = 0;
	}
	struct subject got = {0};
	const char *bar = strchr(value, '|'), *end = value + strlen(value);
	if (!id_valid(id, sizeof got.id)) {
		fail_plain(p, &bad_id);
		return;
	}
	(void)str_copy(got.id, sizeof got.id, id);
	bool fits = copy_part(value, bar ? bar : end, got.name, sizeof got.name);
	if (bar)
		fits = fits && copy_part(bar + 1, end, got.name_en, sizeof got.name_en);
	if (!fits || !got.name[0]) {
		fail_plain(p, fits ? &no_name : &long_name);
		return;
	}
	for (size_t i = 0; i < s->subject_count; i++) {
		if (strcmp(s->subjects[i].id, id) == 0) {
			fail_plain(p, &twice);
			return;
		}
	}
	if (s->subject_count == SETTINGS_MAX_SUBJECTS) {
		fail_plain(p, &too_many);
		return;
	}
	s->subjects[s->subject_count++] = got;
}

static int take(void *ctx, const char *section, const char *name, const char *value)
{
	struct parse *p = ctx;
	if (p->failed)
		return 1;
	if (strcmp(section, "subjects") == 0) {
		take_subject(p, name, value);
		return 1;
	}
	struct settings_problem why = {0};
	int key = settings_key_find(section, name, &why);
	if (key < 0) {
		fail(p, &why);
	} else if (p->seen >> key & 1) {
		snprintf(why.what, sizeof why.what, "'%.60s' in [%.60s] is given twice", name, section);
		snprintf(why.what_zh, sizeof why.what_zh, "[%.60s] 里的“%.60s”写了两次", section, name);
		snprintf(why.remedy, sizeof why.remedy, "%s", twice.remedy);
		snprintf(why.remedy_zh, sizeof why.remedy_zh, "%s", twice.remedy_zh);
		fail(p, &why);
	} else if (settings_key_set(key, value, p->s, &why) != ERR_OK) {
		fail(p, &why);
	} else {
		p->seen |= (uint64_t)1 << key;
		if (strcmp(name, "countdown_s") == 0)
			p->countdown_line = p->line;
	}
	return 1;
}

enum err settings_parse(const char *text, size_t len, struct settings *s, struct settings_problem *problem)
{
	struct parse p = {.at = text, .end = text + len, .s = s, .problem = problem};
	memset(problem, 0, sizeof *problem);
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		p.at += 3;
	int bad = ini_parse_stream(next_line, &p, take, &p);
	if (!p.failed && bad != 0) {
		p.line = bad > 0 ? bad : 0;
		fail_plain(&p, &no_form);
	}
	if (!p.failed && s->countdown_s >= s->idle_s) {
		p.line = p.countdown_line;
		fail_plain(&p, &bad_countdown);
	}
	return p.failed ? ERR_INVALID : ERR_OK;
}
