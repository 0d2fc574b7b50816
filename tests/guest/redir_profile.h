/* redir_profile.h: what the emulated USB devices say of themselves: descriptors and control requests. */
#ifndef TESTS_GUEST_REDIR_PROFILE_H
#define TESTS_GUEST_REDIR_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include <usbredirparser.h>

struct profile {
	const char *name;
	uint16_t vendor, product, packet; /* packet: of the bulk endpoints, in bytes */
	uint8_t device_class;
	const uint8_t *config; /* the configuration's descriptor, with all that follows it */
	size_t config_size;
	const char *strings[4]; /* maker, name, serial number; NULL ends */
	const char *device_id;  /* IEEE 1284, of a printer */
};

/* NULL if there is none. */
const struct profile *profile_named(const char *name);
void profile_describe(const struct profile *profile, struct usb_redir_device_connect_header *device,
                      struct usb_redir_interface_info_header *interfaces, struct usb_redir_ep_info_header *endpoints);

struct profile_setup {
	uint8_t type, request;
	uint16_t value, index, length;
};
/* The bytes of the answer, -1 to stall. */
int profile_control(const struct profile *profile, const struct profile_setup *setup, uint8_t *answer, size_t size);

#endif
