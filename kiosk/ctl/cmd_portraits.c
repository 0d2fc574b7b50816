/* cmd_portraits.c: a folder of deputies' pictures, whatever cameras made of them. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "ctl/people.h"
#include "model/utf8.h"
#include "pdf/portrait.h"
#include "store/files.h"
#include "store/store_attendance.h"

enum { PICTURE_FILE_MAX = 64 * 1024 * 1024, NAME_SHOWN = 120 };

struct intake {
	struct store *store;
	struct deputy_list people;
	const char *dir;
	bool *done; /* owned, one for each of people: has a picture from this folder */
	size_t taken, left;
};

/* Left out, and why; the others are taken in all the same. */
static void leave(struct intake *in, const char *name, const char *why)
{
	char shown[NAME_SHOWN * 4 + 1];
	if (utf8_clean(name, strlen(name), false, NAME_SHOWN, shown, sizeof shown) == ERR_TOO_LONG)
		shown[sizeof shown - 1] = '\0'; /* what fits is there */
	ctl_fail(_("%s：%s"), shown, why);
	in->left++;
}

static const char *fault(enum err e)
{
	switch (e) {
	case ERR_UNSUPPORTED: return _("不是 JPEG、PNG 或 WebP 图片（印刷用的 CMYK 也不行）；请另存为普通的 JPEG");
	case ERR_CORRUPT: return _("图片坏了或者不完整");
	case ERR_TOO_LONG: return _("图片太大（最多 64 MB、5000 万像素）；请缩小后再来");
	case ERR_INVALID: return _("图片太小，印出来看不清；宽至少 64、高至少 80 像素");
	default: return ctl_error(e);
	}
}

static enum err take(struct intake *in, const char *path, const char *deputy)
{
	struct portrait portrait = {0};
	uint8_t *file, *jpeg;
	size_t len, jpeg_len;
	enum err e = file_read(path, PICTURE_FILE_MAX, &file, &len);
	if (e != ERR_OK)
		return e == ERR_INVALID ? ERR_UNSUPPORTED : e; /* no plain file */
	e = portrait_decode(file, len, &portrait);
	if (e == ERR_OK)
		e = portrait_jpeg(&portrait, PORTRAIT_MAX_BYTES, &jpeg, &jpeg_len);
	free(file);
	portrait_clear(&portrait);
	if (e != ERR_OK)
		return e;
	e = store_portrait_put(in->store, deputy, "image/jpeg", jpeg, jpeg_len);
	free(jpeg);
	return e;
}

static enum err take_file(struct intake *in, const char *name)
{
	char stem[PATH_SIZE], path[PATH_SIZE];
	const struct deputy_row *who = NULL;
	snprintf(stem, sizeof stem, "%s", name);
	char *dot = strrchr(stem, '.');
	if (dot && dot != stem)
		*dot = '\0';
	size_t found = people_find(&in->people, stem, &who);
	if (found == 0) {
		leave(in, name, _("文件名不是名册里的姓名或编号"));
		return ERR_OK;
	}
	if (found > 1) {
		leave(in, name, _("名册里有几位代表同名；请用编号作文件名："));
		people_tell_apart(&in->people, stem);
		return ERR_OK;
	}
	if (in->done[who - in->people.rows]) {
		leave(in, name, _("这位代表在这个文件夹里还有一张，用了那一张"));
		return ERR_OK;
	}
	enum err e = path_join(path, in->dir, name);
	if (e == ERR_OK)
		e = take(in, path, who->id);
	if (e == ERR_FULL || e == ERR_BUSY) /* the store's: the next will not do either */
		return e;
	if (e != ERR_OK) {
		leave(in, name, fault(e));
		return ERR_OK;
	}
	in->done[who - in->people.rows] = true;
	in->taken++;
	return ERR_OK;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In the order of their names, so that it is the same each time. */
static enum err take_folder(struct intake *in)
{
	struct dirent **entries;
	int count = scandir(in->dir, &entries, visible, alphasort);
	if (count < 0)
		return err_of_errno(errno);
	enum err e = ERR_OK;
	for (int i = 0; i < count; i++) {
		if (e == ERR_OK)
			e = take_file(in, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return e;
}

enum err ctl_import_portraits(struct store *store, const char *path)
{
	struct intake in = {.store = store, .dir = path};
	enum err e = store_deputies(store, &in.people);
	if (e == ERR_OK)
		in.done = calloc(in.people.count + 1, sizeof *in.done);
	if (e == ERR_OK && !in.done)
		e = ERR_NOMEM;
	if (e == ERR_OK)
		e = take_folder(&in);
	printf(_("照片：导入 %zu 张，没有导入 %zu 张；名册里 %zu 位代表\n"), in.taken, in.left, in.people.count);
	if (e != ERR_OK)
		ctl_fail(_("%s：%s"), path, ctl_error(e));
	free(in.done);
	deputy_list_clear(&in.people);
	return e == ERR_OK && in.left > 0 ? ERR_INVALID : e;
}
