/* events.h: what comes to the main thread from elsewhere: finished jobs, the printer, the reader, the scanner, the other process. */
#ifndef APP_EVENTS_H
#define APP_EVENTS_H

#include <SDL2/SDL.h>
#include <pthread.h>
#include <stdbool.h>

#include "app/app.h"

struct events {
	struct app *app;        /* borrowed */
	Uint32 first;           /* SDL event number of the first of ours */
	pthread_t wake_thread;  /* waits for the other process's datagrams */
	int wake_fd, stop_pipe[2];
	bool wake_running;
};

MUST_USE enum err events_init(struct events *events, struct app *app);
/* Opens what is not needed for the first frame: printer, reader, scanner, the wake socket. */
void events_open_devices(struct events *events);
void events_close(struct events *events);

/* For worker_create. */
void events_post_job(void *events, struct job *job);
/* For voice_create. */
void events_voice_changed(void *events);

/* Handles one of ours; false when it is somebody else's. */
bool events_handle(struct events *events, const SDL_Event *event);

#endif
