/* kioskctl: every operator's task from a shell. */
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "store/settings_file.h"

static const struct command {
	const char *name;
	int (*run)(const struct ctl *ctl);
} commands[] = {
	{"init", cmd_init},     {"status", cmd_status},   {"verify", cmd_verify}, {"import", cmd_import},
	{"backup", cmd_backup}, {"restore", cmd_restore}, {"parked", cmd_parked}, {"print-test", cmd_print_test},
	{"card", cmd_card},     {"flags", cmd_flags},     {"devices", cmd_devices},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };
static const char command_names[] = "init, status, verify, import, backup, restore, parked, print-test, card, flags, devices";

static void say(const char *form, va_list args)
{
	fputs("kioskctl: ", stderr);
	vfprintf(stderr, form, args);
	fputc('\n', stderr);
}

int ctl_fail(const char *form, ...)
{
	va_list args;
	va_start(args, form);
	say(form, args);
	va_end(args);
	return EXIT_FAILED;
}

int ctl_usage(const char *form, ...)
{
	va_list args;
	va_start(args, form);
	say(form, args);
	va_end(args);
	fprintf(stderr, "%s\n", _("用 kioskctl --help 看全部说明。"));
	return EXIT_USAGE;
}

/* Chinese needs no catalogue: it is what the source says. Any other language is English, with whatever
 * locale. */
static void choose_language(void)
{
	setlocale(LC_ALL, "");
	if (!operator_reads_chinese()) {
		setlocale(LC_MESSAGES, "C.UTF-8"); /* in "C" itself gettext translates nothing */
		setenv("LANGUAGE", "en", 1);
	}
	char exe[PATH_MAX], local[PATH_MAX + 16];
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	exe[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	snprintf(local, sizeof local, "%s/locale", exe);
	bindtextdomain("deputies-home", stat(local, &st) == 0 ? local : DATADIR "/locale");
	bind_textdomain_codeset("deputies-home", "UTF-8");
	textdomain("deputies-home");
}

static int run(struct ctl *ctl)
{
	const char *name = ctl->argv[0];
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(ctl);
	return ctl_usage(_("没有“%s”这个命令；有的是：%s"), name, command_names);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"data", required_argument, NULL, 'd'},
		{"config", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	struct ctl ctl = {.dir = DEFAULT_DATA_DIR};
	choose_language();
	opterr = 0;
	for (int c; (c = getopt_long(argc, argv, "+:hV", options, NULL)) != -1;) {
		switch (c) {
		case 'd':
			ctl.dir = optarg;
			break;
		case 'c':
			ctl.config = optarg;
			break;
		case 'h':
			fputs(help_text(), stdout);
			return EXIT_DONE;
		case 'V':
			puts("kioskctl " VERSION);
			return EXIT_DONE;
		case ':':
			return ctl_usage(_("选项 %s 后面缺少内容；例如：--data /var/lib/deputies-home"), argv[optind - 1]);
		default:
			return ctl_usage(_("没有“%s”这个选项；命令之前可以用：--data DIR, --config FILE, --help, --version"),
			                 argv[optind - 1]);
		}
	}
	if (optind == argc)
		return ctl_usage(_("请写出要做什么：%s"), command_names);
	if (!ctl.dir[0])
		return ctl_usage(_("--data 后面要写文件夹"));
	if (sodium_init() < 0)
		return ctl_fail(_("系统没有可用的随机数"));
	ctl.argc = argc - optind;
	ctl.argv = argv + optind;
	return run(&ctl);
}
