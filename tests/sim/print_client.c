/* print_client --describe URI: what the printer says of itself, and how asking went.
 * print_client URI [FILE...]: prints each FILE through devices/printer.h and tells what happens, a line each:
 *   health NAME      state JOB NAME
 * Lines on stdin: "submit FILE", "cancel JOB", "close" (as the end of stdin does). It ends with "closed" and
 * the milliseconds that closing took. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "devices/printer.h"

enum { MAX_JOBS = 4096 };

static const char *const HEALTH[] = { "UNKNOWN",    "READY", "PAPER_LOW", "PAPER_OUT",
	                              "COVER_OPEN", "ERROR", "OFFLINE",   "NONE" };
static const char *const STATE[] = { "NONE", "QUEUED", "PRINTING", "HELD", "DONE", "FAILED" };

struct client {
	struct printer *printer;
	int event_fd;
	enum printer_health health;
	enum print_state states[MAX_JOBS];
	int last_job;
};

static void changed(void *ctx)
{
	const struct client *client = ctx;
	uint64_t one = 1;
	if (write(client->event_fd, &one, sizeof one) != (ssize_t)sizeof one)
		abort();
}

static long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell(struct client *client)
{
	enum printer_health health = printer_health(client->printer);
	if (health != client->health)
		printf("health %s\n", HEALTH[health]);
	client->health = health;
	for (int job = 1; job <= client->last_job; job++) {
		enum print_state state = printer_job_state(client->printer, job);
		if (state != client->states[job])
			printf("state %d %s\n", job, STATE[state]);
		client->states[job] = state;
	}
	fflush(stdout);
}

static void submit(struct client *client, const char *path)
{
	FILE *file = fopen(path, "rb");
	static uint8_t bytes[8 * 1024 * 1024];
	size_t len = file ? fread(bytes, 1, sizeof bytes, file) : 0;
	if (file)
		fclose(file);
	int job = 0;
	enum err e = printer_submit(client->printer, bytes, len, &job);
	if (e)
		printf("refused %s\n", err_name(e));
	else if (job < MAX_JOBS)
		client->last_job = job;
	tell(client);
}

static bool obey(struct client *client, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "submit ", 7) == 0)
		submit(client, line + 7);
	else if (strncmp(line, "cancel ", 7) == 0)
		printer_cancel(client->printer, atoi(line + 7));
	return strcmp(line, "close") != 0;
}

static void loop(struct client *client)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
		                { .fd = client->event_fd, .events = POLLIN } };
	char line[1024];
	size_t used = 0;
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			return;
		uint64_t count;
		if ((fds[1].revents & POLLIN) && read(client->event_fd, &count, sizeof count) > 0)
			tell(client);
		if (!fds[0].revents)
			continue;
		ssize_t got = read(STDIN_FILENO, line + used, 1);
		if (got <= 0)
			return;
		if (line[used] != '\n' && used < sizeof line - 2) {
			used++;
			continue;
		}
		line[used] = '\0';
		used = 0;
		if (!obey(client, line))
			return;
	}
}

static int describe(const char *uri)
{
	char text[PRINTER_DESCRIPTION_SIZE], problem[256];
	enum err e = printer_describe(uri, text, problem);
	printf("%s: %s%s\n", err_name(e), text, problem);
	return e != ERR_OK;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--describe") == 0)
		return describe(argv[2]);
	if (argc < 2) {
		fprintf(stderr, "Usage: print_client URI [FILE...]\n");
		return 2;
	}
	static struct client client;
	char problem[256];
	client.event_fd = eventfd(0, EFD_CLOEXEC);
	client.health = PRINTER_UNKNOWN;
	enum err e = printer_open(argv[1], changed, &client, &client.printer, problem);
	if (e) {
		printf("open %s: %s\n", err_name(e), problem);
		return 1;
	}
	tell(&client);
	for (int i = 2; i < argc; i++)
		submit(&client, argv[i]);
	loop(&client);
	long began = now_ms();
	printer_close(client.printer);
	printf("closed %ld\n", now_ms() - began);
	return 0;
}
