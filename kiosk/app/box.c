/* What the township should know of this box's devices, written down when it changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"

struct note_job {
	struct job job;
	struct box_note note;
	enum err result;
};

static void note_run(struct job *job, struct store *store)
{
	struct note_job *j = (struct note_job *)job;
	j->result = store ? store_note_box(store, &j->note) : ERR_IO;
}

static void note_done(struct job *job, struct app *app)
{
	struct note_job *j = (struct note_job *)job;
	if (j->result != ERR_OK) {
		fprintf(stderr, "kiosk: noting the devices' state: %s\n", err_name(j->result));
		app->box_noted = false; /* with the next change all of it is */
	}
	free(j);
}

static enum health_printer printer_now(const struct app *app)
{
	if (!app->printer)
		return HEALTH_PRINTER_FAULT; /* its setting is wrong */
	switch (printer_health(app->printer)) {
	case PRINTER_READY:
		return HEALTH_PRINTER_READY;
	case PRINTER_PAPER_LOW:
		return HEALTH_PRINTER_LOW;
	case PRINTER_PAPER_OUT:
		return HEALTH_PRINTER_OUT;
	case PRINTER_COVER_OPEN:
		return HEALTH_PRINTER_COVER;
	case PRINTER_ERROR:
		return HEALTH_PRINTER_FAULT;
	case PRINTER_OFFLINE:
		return HEALTH_PRINTER_OFFLINE;
	case PRINTER_NONE:
		return HEALTH_PRINTER_NONE;
	case PRINTER_UNKNOWN:
		break;
	}
	return HEALTH_PRINTER_UNKNOWN;
}

static enum health_device device_now(const char *uri, bool told, bool present)
{
	if (!uri[0])
		return HEALTH_DEVICE_NONE;
	if (!told)
		return HEALTH_DEVICE_UNKNOWN;
	return present ? HEALTH_DEVICE_PRESENT : HEALTH_DEVICE_ABSENT;
}

void app_note_box(struct app *app)
{
	const struct settings *s = &app->settings;
	struct box_note now = { printer_now(app), device_now(s->idcard_device, app->idcard_told, app->idcard_present),
	                        device_now(s->scanner_device, app->scanner_told, app->scanner_present), app->box.start };
	if (app->quit || /* the worker is gone while the last events are taken */
	     (app->box_noted && memcmp(&now, &app->box, sizeof now) == 0))
		return;
	struct note_job *j = calloc(1, sizeof *j);
	if (!j)
		return; /* with the next change */
	j->job.run = note_run;
	j->job.done = note_done;
	j->note = now;
	app->box = now;
	app->box_noted = true;
	worker_submit(app->worker, &j->job);
}
