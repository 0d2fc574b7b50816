#include "devices/usb_link.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libusb.h>
#include <sodium.h>

enum {
	PACKET_MAX = 1024, /* the largest bulk packet there is, of USB 3 */
	PIECE_BYTES = 16384,
	CONTROL_MAX = 512,
	BACKOFF_MIN_MS = 250,
	BACKOFF_MAX_MS = 5000,
	PROTOCOL_IPP = 4, /* of the printer class: not for raw bytes */
	FOR_EVER = -1,
};

struct usb_link {
	libusb_context *usb;
	libusb_hotplug_callback_handle notice;
	bool has_hotplug;
	struct usb_wish wish;
	int interrupted; /* __atomic: set by any thread */
	int backoff_ms;
	/* set by libusb's callbacks, which run in the worker */
	bool arrived, gone;
	int ended;
	/* while it is open */
	libusb_device_handle *handle;
	struct libusb_transfer *transfer; /* the only one; under way inside run() alone */
	int interface;
	unsigned char in, out;
	int packet_bytes;
	size_t packet_at, packet_len;
	unsigned char packet[PACKET_MAX];
	unsigned char control[LIBUSB_CONTROL_SETUP_SIZE + CONTROL_MAX];
};

/* An interface that fits, as found in the descriptors. */
struct place {
	int interface, alternate;
	unsigned char in, out; /* in 0: there is none */
	int packet_bytes;
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t deadline_of(int timeout_ms)
{
	return timeout_ms < 0 ? FOR_EVER : now_ms() + timeout_ms;
}

static bool is_past(int64_t deadline_ms)
{
	return deadline_ms != FOR_EVER && now_ms() >= deadline_ms;
}

static enum err err_of(int code)
{
	switch (code) {
	case LIBUSB_SUCCESS:
		return ERR_OK;
	case LIBUSB_ERROR_NO_MEM:
		return ERR_NOMEM;
	case LIBUSB_ERROR_ACCESS:
		return ERR_DENIED;
	case LIBUSB_ERROR_BUSY:
		return ERR_BUSY;
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND:
		return ERR_NOT_FOUND;
	default:
		return ERR_IO;
	}
}

/* --- waiting --------------------------------------------------------------------------------- */

static int LIBUSB_CALL on_notice(libusb_context *usb, libusb_device *device, libusb_hotplug_event event, void *arg)
{
	struct usb_link *link = arg;
	(void)usb;
	if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED)
		link->arrived = true;
	else if (link->handle && libusb_get_device(link->handle) == device)
		link->gone = true;
	return 0;
}

static void LIBUSB_CALL on_end(struct libusb_transfer *transfer)
{
	struct usb_link *link = transfer->user_data;
	link->ended = 1;
}

/* One round of libusb's events, at most until then. */
static void pump(struct usb_link *link, int64_t deadline_ms, int *ended)
{
	enum { ROUND_MS = 60000 };
	int64_t left = deadline_ms == FOR_EVER ? ROUND_MS : deadline_ms - now_ms();
	if (left < 0)
		left = 0;
	if (left > ROUND_MS)
		left = ROUND_MS;
	struct timeval limit = { .tv_sec = (time_t)(left / 1000), .tv_usec = (suseconds_t)(left % 1000 * 1000) };
	(void)libusb_handle_events_timeout_completed(link->usb, &limit, ended);
}

static bool is_interrupted(struct usb_link *link)
{
	return __atomic_load_n(&link->interrupted, __ATOMIC_ACQUIRE) != 0;
}

/* Why to wait no longer. */
static enum err reason_to_stop(struct usb_link *link, int64_t deadline_ms)
{
	if (link->gone)
		return ERR_OFFLINE;
	if (is_interrupted(link))
		return ERR_STATE;
	return is_past(deadline_ms) ? ERR_TIMEOUT : ERR_OK;
}

static enum err lose(struct usb_link *link)
{
	usb_link_drop(link, false);
	return ERR_OFFLINE;
}

/* What a transfer's end means; `why` it was cancelled, if it was. */
static enum err judge(struct usb_link *link, enum err why)
{
	switch (link->transfer->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return ERR_OK;
	case LIBUSB_TRANSFER_CANCELLED:
		return why == ERR_OFFLINE ? lose(link) : why ? why : ERR_IO;
	case LIBUSB_TRANSFER_NO_DEVICE:
		return lose(link);
	case LIBUSB_TRANSFER_STALL:
		if (link->transfer->type == LIBUSB_TRANSFER_TYPE_CONTROL)
			return ERR_IO; /* the next setup packet clears it */
		return libusb_clear_halt(link->handle, link->transfer->endpoint) == LIBUSB_ERROR_NO_DEVICE ? lose(link)
		                                                                                          : ERR_IO;
	default:
		return ERR_IO;
	}
}

/* The transfer as it is filled in, to its end: it is never under way when this returns. *done holds on errors too. */
static enum err run(struct usb_link *link, int64_t deadline_ms, size_t *done)
{
	enum err why = reason_to_stop(link, deadline_ms);
	*done = 0;
	if (why == ERR_OFFLINE)
		return lose(link);
	if (why == ERR_STATE)
		return why;
	link->ended = 0;
	int code = libusb_submit_transfer(link->transfer);
	if (code == LIBUSB_ERROR_NO_DEVICE)
		return lose(link);
	if (code)
		return err_of(code);
	bool cancelled = false;
	while (!link->ended) {
		why = cancelled ? why : reason_to_stop(link, deadline_ms);
		if (why && !cancelled) {
			(void)libusb_cancel_transfer(link->transfer);
			cancelled = true;
		}
		pump(link, cancelled ? FOR_EVER : deadline_ms, &link->ended);
	}
	*done = link->transfer->actual_length > 0 ? (size_t)link->transfer->actual_length : 0;
	return judge(link, why);
}

/* --- finding and opening --------------------------------------------------------------------- */

static bool is_wanted(const struct usb_wish *wish, const struct libusb_device_descriptor *device)
{
	for (size_t i = 0; i < wish->id_count; i++) {
		if (wish->ids[i].vendor == device->idVendor && wish->ids[i].product == device->idProduct)
			return true;
	}
	return wish->id_count == 0;
}

static bool find_endpoints(const struct libusb_interface_descriptor *d, const struct usb_wish *wish, struct place *place)
{
	struct place found = { .interface = d->bInterfaceNumber, .alternate = d->bAlternateSetting };
	bool ipp = d->bInterfaceClass == LIBUSB_CLASS_PRINTER && d->bInterfaceProtocol == PROTOCOL_IPP;
	if (ipp || (wish->interface_class != USB_ANY_CLASS && wish->interface_class != d->bInterfaceClass))
		return false;
	for (int i = 0; i < d->bNumEndpoints; i++) {
		const struct libusb_endpoint_descriptor *e = &d->endpoint[i];
		if ((e->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) != LIBUSB_TRANSFER_TYPE_BULK)
			continue;
		if (!(e->bEndpointAddress & LIBUSB_ENDPOINT_IN)) {
			found.out = found.out ? found.out : e->bEndpointAddress;
		} else if (!found.in) {
			found.in = e->bEndpointAddress;
			found.packet_bytes = e->wMaxPacketSize & 0x7ff;
		}
	}
	if (!found.out || (!found.in && !wish->one_way_will_do) || found.packet_bytes > PACKET_MAX)
		return false;
	*place = found;
	return true;
}

/* The first interface that fits; one that speaks both ways goes before one that does not. */
static bool find_place(libusb_device *device, const struct usb_wish *wish, struct place *place)
{
	struct libusb_config_descriptor *config;
	bool found = false;
	if (libusb_get_active_config_descriptor(device, &config) != 0)
		return false;
	for (int i = 0; i < config->bNumInterfaces; i++) {
		for (int a = 0; a < config->interface[i].num_altsetting; a++) {
			struct place here;
			if (find_endpoints(&config->interface[i].altsetting[a], wish, &here)
			    && (!found || (here.in && !place->in))) {
				*place = here;
				found = true;
			}
		}
	}
	libusb_free_config_descriptor(config);
	return found;
}

static enum err open_place(struct usb_link *link, libusb_device *device, const struct place *place)
{
	libusb_device_handle *handle;
	int code = libusb_open(device, &handle);
	if (code)
		return err_of(code);
	/* Takes usblp and the like off, and puts it on again at the release; not everywhere needed, so never an error. */
	(void)libusb_set_auto_detach_kernel_driver(handle, 1);
	code = libusb_claim_interface(handle, place->interface);
	if (!code && place->alternate)
		code = libusb_set_interface_alt_setting(handle, place->interface, place->alternate);
	if (code) {
		(void)libusb_release_interface(handle, place->interface);
		libusb_close(handle);
		return err_of(code);
	}
	link->handle = handle;
	link->interface = place->interface;
	link->in = place->in;
	link->out = place->out;
	link->packet_bytes = place->packet_bytes;
	link->gone = false;
	return ERR_OK;
}

/* Opens the first that can be; else the error of the last one that was wanted, else ERR_NOT_FOUND. */
static enum err look(struct usb_link *link)
{
	libusb_device **list;
	enum err e = ERR_NOT_FOUND;
	ssize_t count = libusb_get_device_list(link->usb, &list);
	if (count < 0)
		return err_of((int)count);
	for (ssize_t i = 0; i < count && e != ERR_OK; i++) {
		struct libusb_device_descriptor device;
		struct place place = { 0 };
		if (libusb_get_device_descriptor(list[i], &device) != 0 || !is_wanted(&link->wish, &device))
			continue;
		if (find_place(list[i], &link->wish, &place))
			e = open_place(link, list[i], &place);
		else if (link->wish.id_count && e == ERR_NOT_FOUND)
			e = ERR_UNSUPPORTED;
	}
	libusb_free_device_list(list, 1);
	return e;
}

enum err usb_link_await(struct usb_link *link, int timeout_ms)
{
	int64_t deadline = deadline_of(timeout_ms);
	int never = 0;
	while (!link->handle) {
		if (is_interrupted(link))
			return ERR_STATE;
		link->arrived = false;
		enum err e = look(link);
		if (e == ERR_OK)
			break;
		if (is_past(deadline))
			return e;
		int64_t again = FOR_EVER;
		if (!link->has_hotplug || e != ERR_NOT_FOUND) {
			int doubled = link->backoff_ms ? link->backoff_ms * 2 : BACKOFF_MIN_MS;
			link->backoff_ms = doubled < BACKOFF_MAX_MS ? doubled : BACKOFF_MAX_MS;
			again = now_ms() + link->backoff_ms;
		}
		if (again == FOR_EVER || (deadline != FOR_EVER && deadline < again))
			again = deadline;
		while (!link->arrived && !is_interrupted(link) && !is_past(again))
			pump(link, again, &never);
	}
	link->backoff_ms = 0;
	return ERR_OK;
}

bool usb_link_is_open(const struct usb_link *link)
{
	return link->handle != NULL;
}

int usb_link_interface(const struct usb_link *link)
{
	return link->interface;
}

void usb_link_drop(struct usb_link *link, bool reset)
{
	if (!link->handle)
		return;
	if (reset && !link->gone)
		(void)libusb_reset_device(link->handle);
	(void)libusb_release_interface(link->handle, link->interface);
	libusb_close(link->handle);
	link->handle = NULL;
	link->gone = false;
	usb_link_drain(link);
}

/* --- talking --------------------------------------------------------------------------------- */

enum err usb_link_write(struct usb_link *link, const uint8_t *bytes, size_t len, int timeout_ms, size_t *done)
{
	int64_t deadline = deadline_of(timeout_ms);
	*done = 0;
	if (!link->handle)
		return ERR_OFFLINE;
	while (*done < len) {
		size_t piece = len - *done < PIECE_BYTES ? len - *done : PIECE_BYTES, went;
		/* libusb takes no const, but only reads what goes out */
		libusb_fill_bulk_transfer(link->transfer, link->handle, link->out,
		                          (unsigned char *)(uintptr_t)(bytes + *done), (int)piece, on_end, link, 0);
		enum err e = run(link, deadline, &went);
		*done += went;
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err read_packet(struct usb_link *link, int64_t deadline_ms)
{
	/* A packet at a time: a reply that ends with a full packet would else be waited for in vain. */
	libusb_fill_bulk_transfer(link->transfer, link->handle, link->in, link->packet, link->packet_bytes, on_end, link,
	                          0);
	size_t got;
	enum err e = run(link, deadline_ms, &got);
	if (e == ERR_OFFLINE)
		return e;
	link->packet_at = 0;
	link->packet_len = got;
	/* What arrived just as it was cancelled has arrived. */
	return got ? ERR_OK : e;
}

enum err usb_link_read(struct usb_link *link, uint8_t *bytes, size_t size, int timeout_ms, size_t *got)
{
	int64_t deadline = deadline_of(timeout_ms);
	*got = 0;
	if (!link->handle)
		return ERR_OFFLINE;
	if (!link->in)
		return ERR_UNSUPPORTED;
	while (link->packet_at == link->packet_len) {
		enum err e = read_packet(link, deadline);
		if (!e && !link->packet_len && is_past(deadline))
			e = ERR_TIMEOUT; /* nothing but empty packets */
		if (e)
			return e;
	}
	size_t left = link->packet_len - link->packet_at;
	*got = left < size ? left : size;
	memcpy(bytes, link->packet + link->packet_at, *got);
	sodium_memzero(link->packet + link->packet_at, *got);
	link->packet_at += *got;
	return ERR_OK;
}

void usb_link_drain(struct usb_link *link)
{
	sodium_memzero(link->packet, sizeof link->packet);
	link->packet_at = link->packet_len = 0;
}

enum err usb_link_control(struct usb_link *link, uint8_t request_type, uint8_t request, uint16_t value, uint16_t index,
                          uint8_t *data, uint16_t len, int timeout_ms, size_t *done)
{
	bool in = request_type & LIBUSB_ENDPOINT_IN;
	*done = 0;
	if (!link->handle)
		return ERR_OFFLINE;
	if (len > CONTROL_MAX)
		return ERR_TOO_LONG;
	libusb_fill_control_setup(link->control, request_type, request, value, index, len);
	if (!in && len)
		memcpy(link->control + LIBUSB_CONTROL_SETUP_SIZE, data, len);
	libusb_fill_control_transfer(link->transfer, link->handle, link->control, on_end, link, 0);
	enum err e = run(link, deadline_of(timeout_ms), done);
	if (!e && in && *done)
		memcpy(data, link->control + LIBUSB_CONTROL_SETUP_SIZE, *done);
	sodium_memzero(link->control, sizeof link->control);
	return e;
}

enum err usb_link_pause(struct usb_link *link, int timeout_ms)
{
	int64_t deadline = deadline_of(timeout_ms);
	int never = 0;
	if (!link->handle)
		return ERR_OFFLINE;
	for (;;) {
		enum err why = reason_to_stop(link, deadline);
		if (why)
			return why == ERR_OFFLINE ? lose(link) : why == ERR_TIMEOUT ? ERR_OK : why;
		pump(link, deadline, &never);
	}
}

void usb_link_interrupt(struct usb_link *link)
{
	__atomic_store_n(&link->interrupted, 1, __ATOMIC_RELEASE);
	libusb_interrupt_event_handler(link->usb);
}

void usb_link_resume(struct usb_link *link)
{
	__atomic_store_n(&link->interrupted, 0, __ATOMIC_RELEASE);
}

/* --- beginning and end ----------------------------------------------------------------------- */

enum err usb_link_create(const struct usb_wish *wish, struct usb_link **out)
{
	struct usb_link *link = calloc(1, sizeof *link);
	if (!link)
		return ERR_NOMEM;
	link->wish = *wish;
	link->transfer = libusb_alloc_transfer(0);
	int code = link->transfer ? libusb_init(&link->usb) : LIBUSB_ERROR_NO_MEM;
	if (code) {
		libusb_free_transfer(link->transfer);
		free(link);
		return code == LIBUSB_ERROR_NO_MEM ? ERR_NOMEM : ERR_IO;
	}
	const int both = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
	link->has_hotplug = libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG)
	                    && libusb_hotplug_register_callback(link->usb, both, 0, LIBUSB_HOTPLUG_MATCH_ANY,
	                                                        LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
	                                                        on_notice, link, &link->notice)
	                               == LIBUSB_SUCCESS;
	*out = link;
	return ERR_OK;
}

void usb_link_destroy(struct usb_link *link)
{
	if (!link)
		return;
	usb_link_drop(link, false);
	if (link->has_hotplug)
		libusb_hotplug_deregister_callback(link->usb, link->notice);
	libusb_free_transfer(link->transfer);
	libusb_exit(link->usb);
	sodium_memzero(link, sizeof *link);
	free(link);
}
