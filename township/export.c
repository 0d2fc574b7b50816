#include "township/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/civil.h"
#include "township/backup_read.h"
#include "township/export_internal.h"
#include "township/store_copy.h"

struct naming {
	json_t *names;
	const char *column;
};

static enum err on_name(void *arg, int64_t row, const struct export_cell *cells, size_t count)
{
	const struct naming *n = arg;
	const struct export_cell *id = cell_of(cells, count, "id"), *name = cell_of(cells, count, n->column);
	if (row == 0 || !id || !name || id->kind != CELL_TEXT || name->kind != CELL_TEXT)
		return ERR_OK;
	return json_object_set_new(n->names, id->text, json_string(name->text)) ? ERR_NOMEM : ERR_OK;
}

static enum err read_names(struct exporting *x)
{
	x->deputies = json_object();
	x->activities = json_object();
	struct naming deputies = {x->deputies, "name"}, activities = {x->activities, "title"};
	if (!x->deputies || !x->activities)
		return ERR_NOMEM;
	enum err e = town_export_rows(x->copy, "deputies", on_name, &deputies);
	return e ? e : town_export_rows(x->copy, "activities", on_name, &activities);
}

static enum err tables_out(struct exporting *x, const json_t *tables)
{
	const json_t *item;
	size_t i;
	enum err e = ERR_OK;
	json_array_foreach (tables, i, item) {
		const struct export_table *t = export_table_find(json_string_value(item));
		if (!t)
			x->facts->unthought++;
		else if (!t->reason && !e)
			e = export_table(x, t);
	}
	return e;
}

static enum err all_out(struct exporting *x)
{
	json_t *tables = NULL;
	enum err e = town_export_tables(x->copy, &tables);
	if (!e)
		e = read_names(x);
	if (!e)
		e = out_folder(x, "photos");
	if (!e)
		e = x->opened ? out_folder(x, "attachments") : export_sealed(x);
	if (!e)
		e = tables_out(x, tables);
	if (!e)
		e = export_audit(x);
	if (!e)
		e = export_rules(x);
	if (!e)
		e = export_portraits(x);
	if (!e)
		e = export_readme(x, tables);
	json_decref(tables);
	json_decref(x->deputies);
	json_decref(x->activities);
	return e;
}

/* The act first, so that it is in what is written; then all as it stands at one moment, in a copy that holds nobody up. */
static enum err from_copy(struct exporting *x)
{
	char folder[4096 - 256], path[4096];
	enum err e = town_begin(x->town->store);
	if (!e)
		e = town_audit(x->town, "operator", "exported", x->opened ? "opened" : "sealed", "");
	e = town_end(x->town->store, e);
	snprintf(folder, sizeof folder, "%s/.database", x->dir);
	snprintf(path, sizeof path, "%s/" TOWN_DATABASE, folder);
	if (!e && mkdir(folder, 0700) != 0)
		e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	if (!e)
		e = town_copy_to(x->town->store, path);
	if (!e)
		e = town_open(folder, false, &x->copy);
	if (!e) {
		e = all_out(x);
		town_close(x->copy);
	}
	backup_forget(folder);
	return e;
}

enum err export_all(struct town *town, const char *dir, bool opened, struct export_facts *facts, char problem[512])
{
	struct exporting x = {.town = town, .opened = opened, .facts = facts};
	size_t len = strlen(dir);
	*facts = (struct export_facts){0};
	problem[0] = '\0';
	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (snprintf(x.dir, sizeof x.dir, "%.*s.part", (int)len, dir) >= (int)sizeof x.dir) {
		snprintf(problem, 512, "the path is too long");
		return ERR_TOO_LONG;
	}
	if (access(dir, F_OK) == 0 && rmdir(dir) != 0) {
		snprintf(problem, 512, "%.300s is not empty: name a new folder", dir);
		return ERR_EXISTS;
	}
	backup_forget(x.dir); /* of one that was cut off */
	enum err e = mkdir(x.dir, 0700) == 0 ? ERR_OK : errno == ENOSPC ? ERR_FULL : ERR_IO;
	if (!e)
		e = from_copy(&x);
	if (!e && rename(x.dir, dir) != 0)
		e = ERR_IO;
	if (e) {
		backup_forget(x.dir);
		snprintf(problem, 512, "cannot write %.300s: %s", dir, err_name(e));
	}
	return e;
}
