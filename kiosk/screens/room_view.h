/* room_view.h: who has come to an activity, as large as the place allows: the room's own screen, and the attract screen while an
 * activity's sign-in is open. */
#ifndef SCREENS_ROOM_VIEW_H
#define SCREENS_ROOM_VIEW_H

#include "app/app.h"

/* Draws the chosen room (app->room) into the rectangle; wakes when the phone's code changes. False: there is no such activity. */
bool room_view(struct app *app, struct ui *ui, struct rect r);

#endif
