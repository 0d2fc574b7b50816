/* write_parts.h: the two ways of step 3 that are not letters: the voice and the page of ink. */
#ifndef SCREENS_WRITE_PARTS_H
#define SCREENS_WRITE_PARTS_H

#include "app/app.h"

void write_voice_part(struct app *app, struct ui *ui, struct rect area);
void write_ink_part(struct app *app, struct ui *ui, struct rect area);
/* Takes a finished recording into the draft. */
void write_take_voice(struct app *app);

#endif
