/* cmd_flags.c: what the liaison officer should look at, in words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/people.h"
#include "store/store_attendance.h"

enum { FLAGS_SHOWN = 200 };

static const char *words(const char *what)
{
	static const struct { const char *what, *words; } known[] = {
		{"two_kiosks", "在两台终端都签了到"},
		{"card_lost", "用了已经挂失的卡"},
		{"card_superseded", "用了换过的旧卡"},
		{"card_expired", "用了过期的卡"},
		{"card_future", "卡的日期在今天以后（也可能是终端的时间不对）"},
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].what, what) == 0)
			return _(known[i].words);
	return what; /* of a newer program */
}

static void print_flag(struct store *store, const struct deputy_list *people, const struct flag_row *flag)
{
	char when[CTL_TIME_SIZE];
	struct activity_row about;
	ctl_time(flag->at_ms, when);
	printf("%s  %s  %s", when, people_name(people, flag->deputy), words(flag->what));
	if (strncmp(flag->what, "card_", 5) == 0 && flag->detail[0])
		printf(_("（第 %s 次制的卡）"), flag->detail);
	if (flag->activity[0] && store_activity(store, flag->activity, &about) == ERR_OK)
		printf(_("：%s"), about.activity.title);
	putchar('\n');
}

int cmd_flags(const struct ctl *ctl)
{
	struct store *store;
	struct flag_list flags = {0};
	struct deputy_list people = {0};
	if (ctl->argc != 1)
		return ctl_usage(_("flags 后面不用写别的"));
	if (ctl_open(ctl, &store) != ERR_OK)
		return EXIT_FAILED;
	enum err e = store_flags(store, FLAGS_SHOWN + 1, &flags);
	if (e == ERR_OK)
		e = store_deputies(store, &people);
	if (e == ERR_OK && flags.count == 0)
		puts(_("没有要留意的事"));
	for (size_t i = 0; e == ERR_OK && i < flags.count && i < FLAGS_SHOWN; i++)
		print_flag(store, &people, &flags.rows[i]);
	if (e == ERR_OK && flags.count > FLAGS_SHOWN)
		printf(_("……更早的没有列出\n"));
	deputy_list_clear(&people);
	flag_list_clear(&flags);
	store_close(store);
	return e == ERR_OK ? EXIT_DONE : ctl_fail(_("没有办成：%s"), ctl_error(e));
}
