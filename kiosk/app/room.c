#include "app/room.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "ui/qr.h"

enum { QUIET_MODULES = 4, ADDRESS_SIZE = SETTINGS_PATH + PHONE_PATH_SIZE };

static void drop_code(struct room *room)
{
	qr_mask_clear(&room->qr);
	memset(&room->qr, 0, sizeof room->qr);
	room->side_px = 0;
}

void room_clear(struct room *room)
{
	roll_clear(&room->roll);
	drop_code(room);
	memset(room, 0, sizeof *room);
}

void room_choose(struct room *room, const char *activity)
{
	if (strcmp(room->activity, activity) == 0)
		return;
	room_clear(room);
	snprintf(room->activity, sizeof room->activity, "%s", activity);
}

bool room_refresh(struct app *app)
{
	struct room *room = &app->room;
	if (!room->activity[0])
		return false;
	if (room->version == app->store_version && room->row.activity.id[0])
		return true;
	struct roll fresh = { 0 };
	if (store_activity(app->store, room->activity, &room->row) != ERR_OK ||
	    store_roll(app->store, room->activity, &fresh) != ERR_OK)
		return false;
	roll_clear(&room->roll);
	room->roll = fresh;
	room->version = app->store_version;
	return true;
}

const struct mask *room_code(struct app *app, int side_px)
{
	struct room *room = &app->room;
	const char *base = app->settings.phone_url[0] ? app->settings.phone_url : app->settings.sync_url;
	int64_t slot = app->wall_ms / PHONE_SLOT_MS;
	if (!app->identity.enrolled || !base[0])
		return NULL;
	char path[PHONE_PATH_SIZE], address[ADDRESS_SIZE];
	if (room->qr.bytes && room->slot == slot && room->wanted_px == side_px)
		return &room->qr;
	drop_code(room);
	if (store_phone_path(app->store, room->activity, app->wall_ms, path) != ERR_OK)
		return NULL;
	size_t len = strlen(base);
	while (len > 0 && base[len - 1] == '/')
		len--;
	snprintf(address, sizeof address, "%.*s%s", (int)len, base, path);
	int modules = qr_modules(address);
	int module_px = modules ? side_px / (modules + 2 * QUIET_MODULES) : 0;
	if (module_px < 1 || qr_mask(address, module_px, &room->qr) != ERR_OK)
		return NULL;
	room->slot = slot;
	room->wanted_px = side_px;
	room->side_px = module_px * (modules + 2 * QUIET_MODULES);
	return &room->qr;
}
