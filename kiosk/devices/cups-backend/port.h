/* port.h: the line to an ESC/POS printer, a device file or a TCP socket: the part of devices/printer_line.h that moves bytes. */
#ifndef CUPS_BACKEND_PORT_H
#define CUPS_BACKEND_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devices/printer_line.h"

struct port {
	const char *device; /* path, or NULL */
	const char *host, *service;
	int fd; /* -1 when closed; owned */
};

/* Waits are cut short when the signal's pipe end `wake_fd` (-1: none) becomes readable. */
bool port_open(struct port *port, int wake_fd);
void port_close(struct port *port);

/* As in devices/printer_line.h. */
enum line_sent port_send(struct port *port, const uint8_t *bytes, size_t *len, int patience_ms, int wake_fd);
int port_receive(struct port *port, uint8_t *bytes, size_t size, int wait_ms, int wake_fd);

int64_t port_now_ms(void);

#endif
