#include "township/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Reads up to the end of the line, the end of the file, or until a signal is waiting on `signals` (-1: none looked for). */
static enum err read_line(int fd, int signals, char out[PASSPHRASE_MAX_BYTES])
{
	size_t len = 0;
	for (;;) {
		struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
		char c;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return ERR_IO;
		if (fds[1].revents)
			return ERR_STATE;
		ssize_t n = fds[0].revents ? read(fd, &c, 1) : -1;
		if (n < 0 && fds[0].revents && errno != EINTR && errno != EAGAIN)
			return ERR_IO;
		if (n < 0)
			continue;
		if (n == 0 || c == '\n')
			break;
		if (len == PASSPHRASE_MAX_BYTES - 1)
			return ERR_TOO_LONG;
		out[len++] = c;
	}
	if (len > 0 && out[len - 1] == '\r')
		len--;
	out[len] = '\0';
	return ERR_OK;
}

static enum err from_file(const char *path, char out[PASSPHRASE_MAX_BYTES])
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	enum err e = fstat(fd, &st) != 0 ? ERR_IO : S_ISREG(st.st_mode) && (st.st_mode & 077) ? ERR_DENIED : ERR_OK;
	if (!e)
		e = read_line(fd, -1, out);
	close(fd);
	return e;
}

/* The terminal gets its echo back also when Ctrl-C or SIGTERM comes in the middle. */
static enum err from_terminal(int tty, const char *prompt, char out[PASSPHRASE_MAX_BYTES])
{
	struct termios before, quiet;
	sigset_t ends, old;
	if (tcgetattr(tty, &before) != 0)
		return ERR_IO;
	sigemptyset(&ends);
	for (size_t i = 0; i < 4; i++)
		sigaddset(&ends, (const int[]){SIGINT, SIGTERM, SIGHUP, SIGQUIT}[i]);
	sigprocmask(SIG_BLOCK, &ends, &old);
	int signals = signalfd(-1, &ends, SFD_CLOEXEC);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	enum err e = signals < 0 || tcsetattr(tty, TCSAFLUSH, &quiet) != 0 ? ERR_IO : ERR_OK;
	if (!e && dprintf(tty, "%s: ", prompt) < 0)
		e = ERR_IO;
	if (!e)
		e = read_line(tty, signals, out);
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	(void)dprintf(tty, "\n");
	if (signals >= 0)
		close(signals);
	/* A signal that came is still to be had: it ends the process now, or whoever waits for it takes it. */
	sigprocmask(SIG_SETMASK, &old, NULL);
	return e;
}

/* For a unit that is started at boot: systemd shows the question on the console and to whoever is signed in,
 * for a minute and a half. */
static enum err from_systemd(const char *prompt, char out[PASSPHRASE_MAX_BYTES])
{
	char question[160];
	snprintf(question, sizeof question, "%s:", prompt);
	char *const argv[] = {(char[]){"systemd-ask-password"}, question, NULL};
	int ends[2], status = 0;
	pid_t child;
	posix_spawn_file_actions_t actions;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_IO;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	int rc = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	enum err e = rc == ENOENT ? ERR_NOT_FOUND : rc ? ERR_IO : read_line(ends[0], -1, out);
	close(ends[0]);
	if (rc == 0 && (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0))
		e = WIFEXITED(status) && WEXITSTATUS(status) == 127 ? ERR_NOT_FOUND : ERR_STATE;
	return e;
}

enum err passphrase_get(const struct passphrase_from *from, const char *prompt, char out[PASSPHRASE_MAX_BYTES],
                        bool *person)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];
	*person = false;
	out[0] = '\0';
	if (from->file)
		return from_file(from->file, out);
	if (credentials && snprintf(path, sizeof path, "%s/passphrase", credentials) < (int)sizeof path &&
	    access(path, F_OK) == 0)
		return from_file(path, out);
	*person = true;
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0)
		return from_systemd(prompt, out);
	enum err e = from_terminal(tty, prompt, out);
	close(tty);
	return e;
}

static enum err explain(const struct passphrase_from *from, enum err e, char problem[512])
{
	if (e == ERR_NOT_FOUND)
		snprintf(problem, 512, "there is no terminal to ask for the passphrase: give it with --passphrase-file");
	else if (e == ERR_DENIED)
		snprintf(problem, 512, "%.300s is readable by others: chmod 600 it", from->file ? from->file : "the passphrase's file");
	else if (e == ERR_STATE)
		snprintf(problem, 512, "no passphrase was given");
	else if (e == ERR_TOO_LONG)
		snprintf(problem, 512, "the passphrase is too long");
	else if (e)
		snprintf(problem, 512, "cannot read the passphrase from %.300s", from->file ? from->file : "the terminal");
	return e;
}

enum err passphrase_new(const struct passphrase_from *from, char out[PASSPHRASE_MAX_BYTES], char problem[512])
{
	char again[PASSPHRASE_MAX_BYTES];
	bool person;
	for (int i = 0;; i++) {
		enum err e = passphrase_get(from, "new passphrase of the township's keys", out, &person);
		if (e)
			return explain(from, e, problem);
		const char *weak = passphrase_problem(out);
		if (!weak && person) {
			e = passphrase_get(from, "the same once more", again, &person);
			weak = !e && strcmp(out, again) != 0 ? "the two are not the same" : NULL;
			sodium_memzero(again, sizeof again);
			if (e)
				return explain(from, e, problem);
		}
		if (!weak)
			return ERR_OK;
		sodium_memzero(out, PASSPHRASE_MAX_BYTES);
		snprintf(problem, 512, "the passphrase was not taken: %s", weak);
		if (!person || i + 1 == PASSPHRASE_TRIES)
			return ERR_INVALID;
		fprintf(stderr, "township: %s\n", problem);
	}
}
