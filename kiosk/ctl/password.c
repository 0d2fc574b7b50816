#include "ctl/password.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "model/str.h"

enum { CTRL_C = 3 };

/* One line from a terminal that does not echo. */
static enum err read_line(char out[PASSWORD_SIZE])
{
	size_t n = 0;
	enum err e = ERR_OK;
	for (;;) {
		char c;
		ssize_t got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || c == CTRL_C) {
			e = ERR_STATE;
			break;
		}
		if (c == '\n' || c == '\r')
			break;
		if (n + 1 < PASSWORD_SIZE)
			out[n++] = c;
		else
			e = ERR_TOO_LONG;
	}
	out[n] = '\0';
	return e == ERR_OK && n == 0 ? ERR_STATE : e;
}

enum err password_get(const char *variable, const char *prompt, char out[PASSWORD_SIZE])
{
	struct termios before, silent;
	const char *given = getenv(variable);
	if (given)
		return str_copy(out, PASSWORD_SIZE, given) ? ERR_OK : ERR_TOO_LONG;
	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return ERR_NOT_FOUND;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	silent.c_cc[VEOL] = CTRL_C; /* a character that ends the line, not the program while the echo is off */
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0)
		return ERR_IO;
	fputs(prompt, stderr);
	fflush(stderr);
	enum err e = read_line(out);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	if (e != ERR_OK)
		sodium_memzero(out, PASSWORD_SIZE);
	return e;
}
