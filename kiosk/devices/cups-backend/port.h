/* port.h: the line to an ESC/POS printer, a device file or a TCP socket, and its real-time status (Epson's
 * DLE EOT n). */
#ifndef CUPS_BACKEND_PORT_H
#define CUPS_BACKEND_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the printer says; `answers` is false when it said nothing in time or the line is gone. */
struct port_status {
	bool answers, offline, cover_open, paper_end, paper_low, error;
};

struct port {
	const char *device; /* path, or NULL */
	const char *host, *service;
	int fd;              /* -1 when closed; owned */
	int drain_questions; /* asked with port_ask_drained on this line, and how many were answered: an old
	                        one may still */
	int drain_answers;   /* wait in the printer's buffer */
};

/* Waits are cut short when the signal's pipe end `wake_fd` becomes readable. */
bool port_open(struct port *port, int wake_fd);
void port_close(struct port *port);

/* Asks with DLE EOT 1, 2 and 4. */
struct port_status port_ask(struct port *port, int wake_fd);

enum port_sent { PORT_SENT, PORT_STALLED, PORT_GONE };
/* Writes all, or says why not: PORT_STALLED when the printer has taken nothing for `patience_ms`. *len is
 * what it took. */
enum port_sent port_send(struct port *port, const uint8_t *bytes, size_t *len, int patience_ms, int wake_fd);

/* GS r 1 waits its turn among the data: its answer means that all before it is on paper. */
bool port_drained(const struct port *port);
bool port_ask_drained(struct port *port, int wake_fd);
/* Takes in what the printer says, for up to `wait_ms`. */
void port_listen(struct port *port, int wait_ms, int wake_fd);

#endif
