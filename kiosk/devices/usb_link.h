/* usb_link.h: one USB device with bulk endpoints, over libusb: the card reader's and the printer's way to it.
 * Inside devices/ only (and for `kioskctl devices`, which lists).
 *
 * A link waits for its device, works with it, and when it is unplugged waits for the next one:
 *
 *      usb_link_create            usb_link_await: it is here, claimed
 *     ───────────────► ABSENT ──────────────────────────────► OPEN
 *                        ▲      unplugged (ERR_OFFLINE, once),  │
 *                        └────────── or usb_link_drop ──────────┘
 *
 * Threads: all calls on one link come from one thread, its worker, apart from usb_link_interrupt. There is no thread
 * inside: the worker's own waits do libusb's event handling, so callbacks of libusb run in the worker, inside a call of
 * this file, and start nothing but flags. Each link has its own libusb context.
 * Blocking: whatever takes timeout_ms may block that long (-1: for ever) and ends within some 20 ms of
 * usb_link_interrupt. Nothing else blocks for longer than opening a device takes; a stalled endpoint is cleared by the
 * kernel in place, which a device that does not answer can draw out.
 * Errors of the calls that talk: ERR_OFFLINE, the device is gone (the link is ABSENT from then on, everything was
 * given back); ERR_TIMEOUT; ERR_STATE, interrupted; ERR_IO, the wire failed or the endpoint had stalled: it was cleared,
 * what was on its way is lost, ask again; ERR_NOMEM. */
#ifndef DEVICES_USB_LINK_H
#define DEVICES_USB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

struct usb_id {
	uint16_t vendor, product;
};
enum { USB_ANY_CLASS = -1, USB_PRINTER_CLASS = 7 };

/* Which device, and which of its interfaces: the first one that fits. */
struct usb_wish {
	const struct usb_id *ids; /* any of these; not copied, outlives the link */
	size_t id_count;          /* 0: whatever device has such an interface */
	int interface_class;      /* USB_ANY_CLASS, or as in the interface's descriptor */
	bool one_way_will_do;     /* a bulk OUT is enough (printers of protocol 1); else a bulk IN must be there too */
};

struct usb_link;

/* Starts libusb and its notices of plugging. ERR_NOMEM; ERR_IO: libusb cannot start here. */
MUST_USE enum err usb_link_create(const struct usb_wish *wish, struct usb_link **link);
/* Gives the device back (a kernel driver that was taken off is put on again). NULL is fine. */
void usb_link_destroy(struct usb_link *link);

/* Waits for a wanted device, and opens and claims it. At once ERR_OK when it is open already. When the time is up:
 * ERR_NOT_FOUND, none is plugged in; ERR_DENIED, there is one that we may not open (the udev rule); ERR_BUSY, another
 * program has it; ERR_UNSUPPORTED, it has no such interface. Plugging in wakes it (without hotplug support of the
 * system, and while one cannot be opened, it looks again after 250 ms to 5 s). */
MUST_USE enum err usb_link_await(struct usb_link *link, int timeout_ms);
/* Gives the open device back, to begin anew with usb_link_await: for one that has lost its senses.
 * With `reset` its port is reset first, as by pulling the plug; what comes back is a new device. */
void usb_link_drop(struct usb_link *link, bool reset);
bool usb_link_is_open(const struct usb_link *link);

/* Sends all of it, in pieces of at most 16 KiB. While the device takes nothing (a printer without paper) it waits; on any
 * error *done bytes went, and what follows them did not. */
MUST_USE enum err usb_link_write(struct usb_link *link, const uint8_t *bytes, size_t len, int timeout_ms, size_t *done);
/* What comes next, at most `size`: returns as soon as there is something (*got > 0), a packet as a rule: a long reply
 * takes several calls. Zero-length packets are passed over. ERR_UNSUPPORTED: there is no bulk IN. */
MUST_USE enum err usb_link_read(struct usb_link *link, uint8_t *bytes, size_t size, int timeout_ms, size_t *got);
/* Throws away what is left of the last packet. */
void usb_link_drain(struct usb_link *link);
/* A control transfer; its setup packet as in USB 2.0, 9.3 (request_type 0xa1 and index = usb_link_interface() << 8 or the
 * like for a printer's). `len` at most 512; data goes or comes by request_type's top bit. */
MUST_USE enum err usb_link_control(struct usb_link *link, uint8_t request_type, uint8_t request, uint16_t value,
                                   uint16_t index, uint8_t *data, uint16_t len, int timeout_ms, size_t *done);
int usb_link_interface(const struct usb_link *link);

/* Does nothing for that long, but sees the device go: ERR_OK, the time passed; ERR_OFFLINE; ERR_STATE. */
MUST_USE enum err usb_link_pause(struct usb_link *link, int timeout_ms);

/* From any thread: the call that blocks, and every later one that would, ends with ERR_STATE, until usb_link_resume
 * (from the worker; look at what you were interrupted for after it, or you may miss the next). */
void usb_link_interrupt(struct usb_link *link);
void usb_link_resume(struct usb_link *link);

/* What is plugged in, for people. The strings are "" where the device may not be opened or has none. */
struct usb_seen {
	struct usb_id id;
	int bus, address;
	int first_class; /* of its first interface, -1 unknown */
	bool denied;     /* it is there, but this user may not open it */
	char maker[64], name[64];
};
/* Calls `each` for every device but hubs. Blocks for some 10 ms a device. ERR_IO, ERR_NOMEM. */
MUST_USE enum err usb_list(void (*each)(void *ctx, const struct usb_seen *seen), void *ctx);

#endif
