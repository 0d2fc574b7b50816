/* overlay.h: what lies over a screen: the help, and the question whether anybody is still there. */
#ifndef APP_OVERLAY_H
#define APP_OVERLAY_H

#include "app/app.h"

/* True while one of them lies over the screen (which is then muted). */
bool overlay_shown(const struct app *app);
void overlay_frame(struct app *app, struct ui *ui);

/* When nobody has touched anything for long enough the visit ends; gives the next moment this has to be looked at again
 * (monotonic ms, INT64_MAX for never). */
int64_t overlay_idle(struct app *app);

#endif
