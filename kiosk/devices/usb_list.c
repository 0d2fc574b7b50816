#include <string.h>

#include <libusb.h>

#include "devices/usb_link.h"

static int first_class(libusb_device *device)
{
	struct libusb_config_descriptor *config;
	int class = -1;
	if (libusb_get_active_config_descriptor(device, &config) != 0)
		return class;
	if (config->bNumInterfaces && config->interface[0].num_altsetting)
		class = config->interface[0].altsetting[0].bInterfaceClass;
	libusb_free_config_descriptor(config);
	return class;
}

static void read_string(libusb_device_handle *handle, uint8_t index, char *out, size_t size)
{
	int len = index ? libusb_get_string_descriptor_ascii(handle, index, (unsigned char *)out, (int)size - 1) : 0;
	out[len > 0 ? len : 0] = '\0';
	for (char *c = out; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
}

static void look_at(libusb_device *device, void (*each)(void *ctx, const struct usb_seen *seen), void *ctx)
{
	struct libusb_device_descriptor d;
	libusb_device_handle *handle;
	if (libusb_get_device_descriptor(device, &d) != 0 || d.bDeviceClass == LIBUSB_CLASS_HUB)
		return;
	struct usb_seen seen = { .id = { d.idVendor, d.idProduct },
		                 .bus = libusb_get_bus_number(device),
		                 .address = libusb_get_device_address(device),
		                 .first_class = first_class(device) };
	int code = libusb_open(device, &handle);
	if (code == LIBUSB_SUCCESS) {
		read_string(handle, d.iManufacturer, seen.maker, sizeof seen.maker);
		read_string(handle, d.iProduct, seen.name, sizeof seen.name);
		libusb_close(handle);
	}
	seen.denied = code == LIBUSB_ERROR_ACCESS;
	each(ctx, &seen);
}

enum err usb_list(void (*each)(void *ctx, const struct usb_seen *seen), void *ctx)
{
	libusb_context *usb;
	libusb_device **list;
	if (libusb_init(&usb) != 0)
		return ERR_IO;
	ssize_t count = libusb_get_device_list(usb, &list);
	for (ssize_t i = 0; i < count; i++)
		look_at(list[i], each, ctx);
	if (count >= 0)
		libusb_free_device_list(list, 1);
	libusb_exit(usb);
	return count >= 0 ? ERR_OK : count == LIBUSB_ERROR_NO_MEM ? ERR_NOMEM : ERR_IO;
}
