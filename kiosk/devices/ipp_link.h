/* ipp_link.h: one short conversation with cupsd: own connection, no hidden reconnecting, every wait bounded
 * and interruptible (libcups' cupsDoRequest may sit for half a minute in a reconnect). */
#ifndef DEVICES_IPP_LINK_H
#define DEVICES_IPP_LINK_H

#include <stddef.h>
#include <stdint.h>

#include <cups/cups.h>

#include "devices/printer_carrier.h"

struct ipp_link {
	http_t *http; /* owned; NULL when closed */
	struct interrupt *interrupt;
};

/* To cupsServer(): $CUPS_SERVER, client.conf, or CUPS' own socket. ERR_OFFLINE, ERR_TIMEOUT. */
MUST_USE enum err ipp_link_open(struct ipp_link *link, struct interrupt *interrupt);
void ipp_link_close(struct ipp_link *link);

/* Sends `request` (taken over, and freed in any case) with `len` bytes of document after it. ERR_OFFLINE or
 * ERR_TIMEOUT when no whole reply came: what the server did is unknown then. *response is the caller's to
 * ippDelete, and set only on ERR_OK; a refusal is in its status code. */
MUST_USE enum err ipp_link_call(struct ipp_link *link, const char *resource, ipp_t *request,
                                const uint8_t *document, size_t len, ipp_t **response);

/* ERR_OK, or what an IPP status code means to the printer. */
enum err ipp_link_refusal(ipp_t *response);

#endif
