/* office.h: the office's work from a shell, through the server's HTTP interface. */
#ifndef TOWNSHIP_OFFICE_H
#define TOWNSHIP_OFFICE_H

struct office_options {
	const char *url, *user, *password_file, *ca_file; /* NULL: the default */
	const char *code;                                 /* of the second factor; NULL: asked for on the terminal when needed */
	const char *dir;                                  /* for the default password file */
};

/* Runs `township office ARGV...`; the process's exit status. */
int office_main(const struct office_options *options, int argc, char **argv);

#endif
