#include "redir_profile.h"

#include <string.h>

enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3, INTERFACE = 4, ENDPOINT = 5 };
enum { ZERO_PACKET = 64, CLASS_PRINTER = 7 };

#define CONFIG(size, interfaces) 9, CONFIGURATION, size, 0, interfaces, 1, 0, 0x80, 50
#define BULK(address) 7, ENDPOINT, address, 2, 64, 0, 0

/* A vendor's own class, as the readers have it. */
static const uint8_t READER[] = { CONFIG(32, 1), 9, INTERFACE, 0, 0, 2, 0xff, 0, 0, 0, BULK(0x81), BULK(0x02) };
/* The same, but the reader's interface is the second one and its endpoints have other numbers. */
static const uint8_t ODD[] = { CONFIG(48, 2),
	                       9, INTERFACE, 0, 0, 1, 3, 0, 0, 0, 7, ENDPOINT, 0x83, 3, 8, 0, 10,
	                       9, INTERFACE, 1, 0, 2, 0xff, 0, 0, 0, BULK(0x05), BULK(0x86) };
static const uint8_t PRINTER[] = { CONFIG(32, 1),
	                           9, INTERFACE, 0, 0, 2, CLASS_PRINTER, 1, 2, 0, BULK(0x01), BULK(0x82) };
/* A modem by its descriptors (CDC ACM 1.2): header, call management, ACM, union; then the data interface. */
static const uint8_t ACM[] = { CONFIG(67, 2),
	                       9, INTERFACE, 0, 0, 1, 2, 2, 1, 0,
	                       5, 0x24, 0, 0x10, 1, 5, 0x24, 1, 0, 1, 4, 0x24, 2, 2, 5, 0x24, 6, 0, 1,
	                       7, ENDPOINT, 0x83, 3, 16, 0, 32,
	                       9, INTERFACE, 1, 0, 2, 10, 0, 0, 0, BULK(0x81), BULK(0x02) };

static const struct profile PROFILES[] = {
	{ "reader", 0x0400, 0xc35a, 64, 0, READER, sizeof READER, { "SDT", "ID card reader", "R001", NULL }, NULL },
	{ "odd", 0x0483, 0x5652, 64, 0, ODD, sizeof ODD, { "SDT", "Reader with a keypad", "R002", NULL }, NULL },
	{ "printer", 0x0416, 0x5011, 64, 0, PRINTER, sizeof PRINTER, { "Sim", "POS80 slip printer", "P001", NULL },
	  "MFG:Sim;MDL:POS80;CMD:ESC/POS;CLS:PRINTER;" },
	{ "acm", 0x1eab, 0x8006, 64, 2, ACM, sizeof ACM, { "Sim", "QR scanner", "S001", NULL }, NULL },
};

const struct profile *profile_named(const char *name)
{
	for (size_t i = 0; i < sizeof PROFILES / sizeof *PROFILES; i++)
		if (strcmp(PROFILES[i].name, name) == 0)
			return &PROFILES[i];
	return NULL;
}

void profile_describe(const struct profile *profile, struct usb_redir_device_connect_header *device,
                      struct usb_redir_interface_info_header *interfaces, struct usb_redir_ep_info_header *endpoints)
{
	*device = (struct usb_redir_device_connect_header){ .speed = usb_redir_speed_full,
		                                            .device_class = profile->device_class,
		                                            .vendor_id = profile->vendor,
		                                            .product_id = profile->product,
		                                            .device_version_bcd = 0x0100 };
	memset(interfaces, 0, sizeof *interfaces);
	memset(endpoints, 0, sizeof *endpoints);
	memset(endpoints->type, usb_redir_type_invalid, sizeof endpoints->type);
	endpoints->type[0] = endpoints->type[16] = usb_redir_type_control;
	endpoints->max_packet_size[0] = endpoints->max_packet_size[16] = ZERO_PACKET;
	uint8_t interface = 0;
	for (const uint8_t *at = profile->config; at < profile->config + profile->config_size; at += at[0]) {
		if (at[1] == INTERFACE) {
			uint32_t i = interfaces->interface_count++;
			interfaces->interface[i] = interface = at[2];
			interfaces->interface_class[i] = at[5];
			interfaces->interface_subclass[i] = at[6];
			interfaces->interface_protocol[i] = at[7];
		} else if (at[1] == ENDPOINT) {
			int i = (at[2] & 0x80) >> 3 | (at[2] & 0x0f);
			endpoints->type[i] = at[3] & 3;
			endpoints->interval[i] = at[6];
			endpoints->interface[i] = interface;
			endpoints->max_packet_size[i] = at[4];
		}
	}
}

static int string_descriptor(const struct profile *profile, int index, uint8_t *answer, size_t size)
{
	static const uint8_t LANGUAGES[] = { 4, STRING, 0x09, 0x04 };
	if (index == 0) {
		memcpy(answer, LANGUAGES, sizeof LANGUAGES);
		return sizeof LANGUAGES;
	}
	if (index > 3 || !profile->strings[index - 1])
		return -1;
	const char *text = profile->strings[index - 1];
	size_t len = strlen(text);
	if (2 + 2 * len > size)
		return -1;
	answer[0] = (uint8_t)(2 + 2 * len);
	answer[1] = STRING;
	for (size_t i = 0; i < len; i++) {
		answer[2 + 2 * i] = (uint8_t)text[i];
		answer[3 + 2 * i] = 0;
	}
	return answer[0];
}

static int descriptor(const struct profile *profile, uint16_t value, uint8_t *answer, size_t size)
{
	const uint8_t device[] = { 18, DEVICE, 0, 2, profile->device_class, 0, 0, ZERO_PACKET,
		                   (uint8_t)profile->vendor, (uint8_t)(profile->vendor >> 8),
		                   (uint8_t)profile->product, (uint8_t)(profile->product >> 8), 0, 1, 1, 2, 3, 1 };
	switch (value >> 8) {
	case DEVICE:
		memcpy(answer, device, sizeof device);
		return sizeof device;
	case CONFIGURATION:
		memcpy(answer, profile->config, profile->config_size);
		return (int)profile->config_size;
	case STRING:
		return string_descriptor(profile, value & 0xff, answer, size);
	default:
		return -1;
	}
}

/* The printer class's GET_DEVICE_ID, GET_PORT_STATUS (no error, selected, paper) and SOFT_RESET. */
static int printer_request(const struct profile *profile, const struct profile_setup *setup, uint8_t *answer)
{
	size_t len = strlen(profile->device_id);
	switch (setup->request) {
	case 0:
		answer[0] = (uint8_t)((len + 2) >> 8);
		answer[1] = (uint8_t)(len + 2);
		memcpy(answer + 2, profile->device_id, len);
		return (int)len + 2;
	case 1:
		answer[0] = 0x18;
		return 1;
	case 2:
		return 0;
	default:
		return -1;
	}
}

int profile_control(const struct profile *profile, const struct profile_setup *setup, uint8_t *answer, size_t size)
{
	int length = -1;
	if ((setup->type & 0x60) == 0x20) {
		/* A serial line's settings (SET_LINE_CODING, SET_CONTROL_LINE_STATE, SEND_BREAK) mean nothing here. */
		if (profile->device_id)
			length = printer_request(profile, setup, answer);
		else if (profile->device_class == 2 && !(setup->type & 0x80))
			length = 0;
	} else if (setup->type == 0x80 && setup->request == 6) {
		length = descriptor(profile, setup->value, answer, size);
	} else if (!(setup->type & 0x60)) {
		/* GET_STATUS is two zero bytes; CLEAR_FEATURE and SET_FEATURE are done. */
		memset(answer, 0, 2);
		length = setup->request == 0 ? 2 : setup->request == 1 || setup->request == 3 ? 0 : -1;
	}
	return length > setup->length ? setup->length : length;
}
