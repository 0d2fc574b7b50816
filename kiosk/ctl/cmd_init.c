/* cmd_init.c: a new data folder, empty or as the demo site. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ctl.h"
#include "store/files.h"
#include "store/settings_file.h"

static const char template[] =
	"# 代表之家自助终端的设置。改完后重新启动终端；写错了会说明是哪一行、怎样改。\n"
	"\n"
	"[site]\n"
	"# township = 青禾乡\n"
	"# home = 青禾乡人大代表之家\n"
	"# home_en = Qinghe Township Deputies' Home\n"
	"# help_phone =\n"
	"# kiosk_name = 大厅一号机\n"
	"language = zh_Hans\n"
	"\n"
	"[printer]\n"
	"# cups:队列名，或 usb:auto；留空表示没有打印机\n"
	"device =\n"
	"# 纸宽，毫米：58 或 80\n"
	"paper = 80\n"
	"\n"
	"[idcard]\n"
	"# 身份证阅读器：usb:auto 或 serial:/dev/…；留空表示没有。插着什么，运行 kioskctl devices 看\n"
	"device =\n"
	"\n"
	"[scanner]\n"
	"# 扫码器：serial:/dev/…，或像键盘一样打字的 evdev:/dev/input/by-id/…；留空表示没有\n"
	"device =\n"
	"\n"
	"[sync]\n"
	"# 乡镇人大办公室服务器的地址，如 https://rd.example.gov.cn\n"
	"url =\n";

/* The folder of the demo site: ../db/demo beside a built tree, else where it was installed. */
static enum err demo_dir(char out[PATH_SIZE])
{
	char exe[PATH_MAX], probe[PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n > 0) {
		exe[n] = '\0';
		char *slash = strrchr(exe, '/');
		if (slash)
			*slash = '\0';
		if (path_join(out, exe, "../db/demo") == ERR_OK && path_join(probe, out, "roster.csv") == ERR_OK &&
		    file_exists(probe))
			return ERR_OK;
	}
	snprintf(out, PATH_SIZE, "%s", DATADIR "/demo");
	return path_join(probe, out, "roster.csv") == ERR_OK && file_exists(probe) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err write_config(const struct ctl *ctl, const char *demo)
{
	char path[SETTINGS_PATH], from[PATH_SIZE];
	enum err e = settings_path(ctl->dir, ctl->config, path);
	if (e != ERR_OK || file_exists(path))
		return e; /* the office's own file is never overwritten */
	if (!demo)
		return file_write(path, template, sizeof template - 1);
	e = path_join(from, demo, "kiosk.conf");
	return e == ERR_OK ? file_copy(from, path) : e;
}

static enum err import_demo(const struct ctl *ctl, const char *demo)
{
	static const struct {
		const char *file;
		enum err (*run)(struct store *store, const char *path);
	} parts[] = {
		{"roster.csv", ctl_import_roster},
		{"rules.txt", ctl_import_rules},
		{"duty.csv", ctl_import_duty},
		{"activities.csv", ctl_import_activities},
	};
	struct store *store;
	char path[PATH_SIZE];
	enum err e = ctl_open(ctl, &store);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; e == ERR_OK && i < sizeof parts / sizeof parts[0]; i++) {
		e = path_join(path, demo, parts[i].file);
		if (e == ERR_OK)
			e = parts[i].run(store, path);
	}
	store_close(store);
	return e;
}

int cmd_init(const struct ctl *ctl)
{
	bool demo = ctl->argc == 2 && strcmp(ctl->argv[1], "--demo") == 0;
	char demo_path[PATH_SIZE];
	if (ctl->argc > 1 && !demo)
		return ctl_usage(_("init 不认识“%s”；只可以加 --demo"), ctl->argv[ctl->argc - 1]);
	if (demo && demo_dir(demo_path) != ERR_OK)
		return ctl_fail(_("没有找到演示站点的文件（%s）"), DATADIR "/demo");
	enum err e = store_create(ctl->dir);
	if (e == ERR_EXISTS)
		return ctl_fail(_("%s 里已经有数据，没有动它；要重新开始，请先把这个文件夹移走"), ctl->dir);
	if (e != ERR_OK)
		return ctl_fail(_("建不了 %s：%s"), ctl->dir, ctl_error(e));
	e = write_config(ctl, demo ? demo_path : NULL);
	if (e != ERR_OK)
		return ctl_fail(_("设置文件没有写成：%s"), ctl_error(e));
	if (demo && import_demo(ctl, demo_path) != ERR_OK)
		return EXIT_FAILED;
	printf(_("已建好：%s\n"), ctl->dir);
	return EXIT_DONE;
}
