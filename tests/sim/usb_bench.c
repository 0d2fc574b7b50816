/* usb_bench: runs any program on a machine that has emulated USB devices, for its unmodified libusb.
 *
 *   usb_bench --KIND SOCKET [--KIND SOCKET …] -- PROGRAM [ARGUMENT…]
 *
 * KIND is one of DEVICES below (reader, printer, …). SOCKET is where a simulator listens (AF_UNIX, stream):
 * it plays the device's part, with the frames below. PROGRAM becomes the process that was started (same pid, stdin, stdout,
 * signals and exit status), under umockdev (UMOCKDEV_DIR, LD_PRELOAD); a child of it plays the kernel and ends with it.
 * PROGRAM starts once every simulator has said P or U. `lsusb` of usbutils and `udevadm monitor` see the devices too.
 * A program built with ASan wants ASAN_OPTIONS=verify_asan_link_order=0.
 *
 * Frames, both ways: 1 letter, 4 bytes length (little endian), as many bytes.
 * From the simulator:
 *   P plugged in (under a new address)       U unplugged: everything on its way fails, the uevent follows
 *   D data for the bulk IN, one transfer: it ends with a short packet; a length that the packet size divides ends without
 *   Z a zero-length packet on the bulk IN    F forget what the bulk IN still holds
 *   S the bulk IN stalls until it is cleared  T the bulk OUT likewise
 *   H (4 bytes, little endian: n) the bulk OUT takes n more bytes and then nothing     G it takes everything again
 *   B (1 byte) 1: another program has the interface claimed, 0: no more
 *   c data that answers a control request    s a control request stalls
 * To the simulator:
 *   O data from the bulk OUT   C setup packet and data of a control request (class or vendor): answer with c or s
 *   A the interface is claimed   L it is released, with 1 byte: is a kernel driver on it   K (endpoint) a halt is cleared
 *   R the port is reset        X it is unplugged, as U wanted: O and C before it were on their way when U was said */
#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <umockdev.h>

static const char PRELOAD[] = "libumockdev-preload.so.0";
enum {
	URB_CONTROL = USBDEVFS_URB_TYPE_CONTROL,
	SETUP_BYTES = 8,
	FIRST_ADDRESS = 2,
	LAST_ADDRESS = 127,
	REAP_MS = 10, /* a poll for something to reap that finds nothing is answered after this, or libusb spins */
};

/* What can be plugged in. `decoy`: an interface without bulk endpoints (a keyboard's) comes first. */
struct kind {
	const char *name;
	uint16_t vendor, product;
	uint8_t interface_class, subclass, protocol;
	uint8_t bulk_out, bulk_in; /* 0: there is none */
	uint16_t packet;
	bool decoy;
	const char *driver; /* the kernel's own that has it at first */
	const char *maker, *title;
};
static const struct kind DEVICES[] = {
	{ "reader", 0x0400, 0xc35a, 0xff, 0, 0, 0x02, 0x81, 64, false, NULL, "SIM", "ID card reader" },
	{ "reader-fast", 0x0483, 0x5652, 0xff, 0, 0, 0x01, 0x82, 512, false, NULL, "SIM", "fast ID card reader" },
	{ "reader-second", 0x0316, 0x5020, 0xff, 0, 0, 0x03, 0x84, 64, true, "cardio", "SIM", "reader and keyboard" },
	{ "reader-deaf", 0x9573, 0x4836, 0x03, 0, 0, 0, 0, 64, false, NULL, "SIM", "no bulk endpoints" },
	{ "printer", 0x0416, 0x5011, 7, 1, 2, 0x01, 0x82, 64, false, "usblp", "SIM", "slip printer" },
	{ "printer-oneway", 0x0fe6, 0x811e, 7, 1, 1, 0x02, 0, 64, false, "usblp", "SIM", "one-way printer" },
	{ "stranger", 0x1d6b, 0x0104, 0xff, 0, 0, 0x01, 0x81, 64, false, NULL, "SIM", "something else" },
};
enum { KINDS = G_N_ELEMENTS(DEVICES), MAX_DEVICES = 4 };

struct device;
/* One transfer that the program has given to the kernel. */
struct urb {
	UMockdevIoctlData *data, *buffer;
	guint8 type, endpoint;
	int length, done, status;
};
/* One opened file of a device. */
struct opened {
	struct device *device;
	UMockdevIoctlClient *client; /* not owned */
	int generation;
	bool claimed;
	GQueue waiting, finished; /* of struct urb */
	UMockdevIoctlClient *reaping; /* owned: its poll is not answered yet */
	UMockdevIoctlData *reap_to;
	guint reap_timer;
	bool just_reaped; /* libusb asks once more after each: that is answered at once */
};
enum in_kind { IN_PACKET, IN_STALL };
struct in {
	enum in_kind kind;
	GBytes *bytes;
};
struct device {
	const struct kind *kind;
	const char *path;
	int bus;
	GMutex lock; /* ioctls come from umockdev's thread, frames from ours */
	int generation; /* counts plugs; what was opened before is gone */
	bool plugged, told;
	bool node_known[LAST_ADDRESS + 1];
	int address;
	char *sysfs;
	bool driver_on, held, taken, in_halted, out_halted;
	guint32 credit;
	GQueue in; /* of struct in */
	GList *opened;
	UMockdevIoctlBase *handler;
	int fd;
	GByteArray *received;
	GByteArray *to_send;
	guint send_watch;
};

static UMockdevTestbed *testbed;
static struct device devices[MAX_DEVICES];
static int device_count;
static GMainLoop *loop;

/* --- to the simulator ------------------------------------------------------------------------ */

/* With the lock. */
static gboolean flush_frames(gint fd, GIOCondition condition, gpointer arg)
{
	struct device *d = arg;
	(void)condition;
	g_mutex_lock(&d->lock);
	ssize_t sent = d->to_send->len ? send(fd, d->to_send->data, d->to_send->len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
	if (sent > 0)
		g_byte_array_remove_range(d->to_send, 0, (guint)sent);
	bool go_on = d->to_send->len && (sent > 0 || errno == EAGAIN);
	if (!go_on)
		d->send_watch = 0;
	g_mutex_unlock(&d->lock);
	return go_on;
}

/* With the lock. */
static void tell(struct device *d, char letter, const void *bytes, guint32 len)
{
	guint32 size = GUINT32_TO_LE(len);
	g_byte_array_append(d->to_send, (const guint8 *)&letter, 1);
	g_byte_array_append(d->to_send, (const guint8 *)&size, sizeof size);
	if (len)
		g_byte_array_append(d->to_send, bytes, len);
	ssize_t sent = d->send_watch ? 0 : send(d->fd, d->to_send->data, d->to_send->len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent > 0)
		g_byte_array_remove_range(d->to_send, 0, (guint)sent);
	if (d->to_send->len && !d->send_watch)
		d->send_watch = g_unix_fd_add(d->fd, G_IO_OUT, flush_frames, d);
}

/* --- transfers, all with the lock ------------------------------------------------------------ */

static void free_urb(struct urb *urb)
{
	umockdev_ioctl_data_unref(urb->data);
	if (urb->buffer)
		umockdev_ioctl_data_unref(urb->buffer);
	g_free(urb);
}

static void answer_reap(struct opened *o, struct urb *urb)
{
	UMockdevIoctlClient *client = g_steal_pointer(&o->reaping);
	UMockdevIoctlData *to = g_steal_pointer(&o->reap_to);
	if (o->reap_timer)
		g_source_remove(o->reap_timer);
	o->reap_timer = 0;
	if (urb) {
		g_queue_remove(&o->finished, urb);
		umockdev_ioctl_data_update(urb->data, offsetof(struct usbdevfs_urb, status), (guint8 *)&urb->status,
		                           sizeof urb->status);
		umockdev_ioctl_data_update(urb->data, offsetof(struct usbdevfs_urb, actual_length),
		                           (guint8 *)&urb->done, sizeof urb->done);
		umockdev_ioctl_data_set_ptr(to, 0, urb->data);
		free_urb(urb);
		umockdev_ioctl_client_complete(client, 0, 0);
		o->just_reaped = true;
	} else {
		bool gone = o->generation != o->device->generation || !o->device->plugged;
		umockdev_ioctl_client_complete(client, -1, gone ? ENODEV : EAGAIN);
	}
	umockdev_ioctl_data_unref(to);
	g_object_unref(client);
}

static void finish(struct opened *o, struct urb *urb, int status)
{
	urb->status = status;
	g_queue_remove(&o->waiting, urb);
	g_queue_push_tail(&o->finished, urb);
	if (o->reaping)
		answer_reap(o, g_queue_peek_head(&o->finished));
}

/* True: it is finished. */
static bool serve_in(struct opened *o, struct urb *urb)
{
	struct device *d = o->device;
	int packet = d->kind->packet;
	while (!d->in_halted && !g_queue_is_empty(&d->in)) {
		struct in *in = g_queue_pop_head(&d->in);
		gsize len = 0;
		const guint8 *bytes = in->bytes ? g_bytes_get_data(in->bytes, &len) : NULL;
		int room = urb->length - urb->done;
		int take = (int)len < room ? (int)len : room;
		bool stall = in->kind == IN_STALL, over = (int)len > room;
		if (take)
			umockdev_ioctl_data_update(urb->buffer, (gsize)urb->done, (guint8 *)(guintptr)bytes, take);
		urb->done += take;
		if (in->bytes)
			g_bytes_unref(in->bytes);
		g_free(in);
		d->in_halted = stall;
		if (stall || over || (int)len < packet || urb->done == urb->length) {
			finish(o, urb, stall ? -EPIPE : over ? -EOVERFLOW : 0);
			return true;
		}
	}
	if (d->in_halted)
		finish(o, urb, -EPIPE);
	return d->in_halted;
}

static bool serve_out(struct opened *o, struct urb *urb)
{
	struct device *d = o->device;
	if (d->out_halted) {
		finish(o, urb, -EPIPE);
		return true;
	}
	guint32 left = (guint32)(urb->length - urb->done);
	guint32 take = d->held && d->credit < left ? d->credit : left;
	if (take)
		tell(d, 'O', urb->buffer->data + urb->done, take);
	if (d->held)
		d->credit -= take;
	urb->done += (int)take;
	if (urb->done < urb->length)
		return false;
	finish(o, urb, 0);
	return true;
}

/* Gives each endpoint's transfers what there is, in the order they were submitted. */
static void serve(struct device *d)
{
	for (GList *at = d->opened; at; at = at->next) {
		struct opened *o = at->data;
		bool blocked_in = false, blocked_out = false;
		if (!d->plugged || o->generation != d->generation)
			continue;
		GList *copy = g_list_copy(o->waiting.head);
		for (GList *u = copy; u; u = u->next) {
			struct urb *urb = u->data;
			if (urb->type == URB_CONTROL)
				continue;
			bool in = urb->endpoint & 0x80;
			if (in && !blocked_in)
				blocked_in = !serve_in(o, urb);
			else if (!in && !blocked_out)
				blocked_out = !serve_out(o, urb);
		}
		g_list_free(copy);
	}
}

static int put_string(guint8 *out, const char *text)
{
	int n = 2;
	for (; *text; text++) {
		out[n++] = (guint8)*text;
		out[n++] = 0;
	}
	out[0] = (guint8)n;
	out[1] = 3;
	return n;
}

/* The device's strings; what else is asked goes to the simulator. */
static void begin_control(struct opened *o, struct urb *urb)
{
	const struct kind *k = o->device->kind;
	const guint8 *setup = urb->buffer->data;
	guint8 text[256];
	if ((setup[0] & 0x60) != 0) {
		guint32 len = setup[0] & 0x80 ? SETUP_BYTES : (guint32)urb->length;
		tell(o->device, 'C', setup, len);
		return;
	}
	if (setup[0] != 0x80 || setup[1] != 6 || setup[3] != 3 || setup[2] > 2) {
		finish(o, urb, -EPIPE);
		return;
	}
	int len = put_string(text, setup[2] == 1 ? k->maker : k->title);
	if (setup[2] == 0) {
		static const guint8 english[] = { 4, 3, 9, 4 };
		memcpy(text, english, sizeof english);
		len = sizeof english;
	}
	urb->done = len < urb->length - SETUP_BYTES ? len : urb->length - SETUP_BYTES;
	umockdev_ioctl_data_update(urb->buffer, SETUP_BYTES, text, urb->done);
	finish(o, urb, 0);
}

static void end_control(struct device *d, const guint8 *bytes, int len, int status)
{
	for (GList *at = d->opened; at; at = at->next) {
		struct opened *o = at->data;
		for (GList *u = o->waiting.head; u; u = u->next) {
			struct urb *urb = u->data;
			if (urb->type != URB_CONTROL)
				continue;
			int room = urb->length - SETUP_BYTES;
			bool in = urb->buffer->data[0] & 0x80;
			urb->done = in ? (len < room ? len : room) : room;
			if (in && urb->done)
				umockdev_ioctl_data_update(urb->buffer, SETUP_BYTES, (guint8 *)(guintptr)bytes,
				                           urb->done);
			finish(o, urb, status);
			return;
		}
	}
}

/* --- the kernel's side: ioctls, from umockdev's thread --------------------------------------- */

#define BENCH_TYPE_HANDLER (bench_handler_get_type())
typedef struct {
	UMockdevIoctlBase parent;
	struct device *device;
} BenchHandler;
typedef UMockdevIoctlBaseClass BenchHandlerClass;
GType bench_handler_get_type(void);
G_DEFINE_TYPE(BenchHandler, bench_handler, UMOCKDEV_TYPE_IOCTL_BASE)

static struct opened *find_opened(struct device *d, UMockdevIoctlClient *client)
{
	/* Kept at the client itself: another one may come to stand where one was that vanished. */
	struct opened *o = g_object_get_data(G_OBJECT(client), "opened");
	if (o)
		return o;
	o = g_new0(struct opened, 1);
	g_object_set_data(G_OBJECT(client), "opened", o);
	char *node = g_strdup_printf("/%03d", d->address);
	bool current = d->plugged && g_str_has_suffix(umockdev_ioctl_client_get_devnode(client), node);
	*o = (struct opened){ .device = d, .client = client, .generation = current ? d->generation : -1 };
	g_free(node);
	d->opened = g_list_prepend(d->opened, o);
	return o;
}

static int submit(struct opened *o, UMockdevIoctlData *data)
{
	const struct usbdevfs_urb *asked = (const struct usbdevfs_urb *)(const void *)data->data;
	struct urb *urb = g_new0(struct urb, 1);
	*urb = (struct urb){ .type = asked->type, .endpoint = asked->endpoint, .length = asked->buffer_length };
	urb->data = umockdev_ioctl_data_ref(data);
	urb->buffer = umockdev_ioctl_data_resolve(data, offsetof(struct usbdevfs_urb, buffer), (gsize)urb->length, NULL);
	if (urb->length && !urb->buffer) {
		free_urb(urb);
		return EFAULT;
	}
	if (urb->type != URB_CONTROL && !o->claimed) {
		free_urb(urb);
		return ENOENT;
	}
	g_queue_push_tail(&o->waiting, urb);
	if (urb->type == URB_CONTROL)
		begin_control(o, urb);
	else
		serve(o->device);
	return 0;
}

static int discard(struct opened *o, gulong address)
{
	for (GList *u = o->waiting.head; u; u = u->next) {
		struct urb *urb = u->data;
		if (urb->data->client_addr == address) {
			finish(o, urb, -ENOENT);
			return 0;
		}
	}
	return EINVAL;
}

static gboolean reap_nothing(gpointer arg)
{
	struct opened *o = arg;
	g_mutex_lock(&o->device->lock);
	o->reap_timer = 0;
	if (o->reaping)
		answer_reap(o, NULL);
	g_mutex_unlock(&o->device->lock);
	return G_SOURCE_REMOVE;
}

static void begin_reap(struct opened *o, UMockdevIoctlClient *client, UMockdevIoctlData *to)
{
	bool gone = o->generation != o->device->generation || !o->device->plugged;
	o->reaping = g_object_ref(client);
	o->reap_to = umockdev_ioctl_data_ref(to);
	bool at_once = !g_queue_is_empty(&o->finished) || gone || o->just_reaped;
	o->just_reaped = !g_queue_is_empty(&o->finished);
	if (at_once)
		answer_reap(o, g_queue_peek_head(&o->finished));
	else
		o->reap_timer = g_timeout_add(REAP_MS, reap_nothing, o);
}

static int claim(struct opened *o, unsigned interface)
{
	struct device *d = o->device;
	if (interface != (d->kind->decoy ? 1U : 0U))
		return 0;
	if (d->taken || d->driver_on)
		return EBUSY;
	o->claimed = true;
	tell(d, 'A', NULL, 0);
	return 0;
}

static int release(struct opened *o)
{
	guint8 on = o->device->driver_on;
	if (!o->claimed)
		return EINVAL;
	o->claimed = false;
	tell(o->device, 'L', &on, 1);
	return 0;
}

static int driver_ioctl(struct device *d, UMockdevIoctlData *data)
{
	const struct usbdevfs_ioctl *command = (const struct usbdevfs_ioctl *)(const void *)data->data;
	bool mine = d->kind->driver && command->ifno == (d->kind->decoy ? 1 : 0);
	guint8 on = 1;
	switch ((unsigned)command->ioctl_code) {
	case USBDEVFS_DISCONNECT:
		if (!mine || !d->driver_on)
			return ENODATA;
		d->driver_on = false;
		return 0;
	case USBDEVFS_CONNECT:
		if (!mine || d->driver_on)
			return d->driver_on ? EBUSY : ENODATA;
		d->driver_on = true;
		tell(d, 'L', &on, 1);
		return 0;
	default:
		return ENOTTY;
	}
}

static int get_driver(struct device *d, UMockdevIoctlData *data)
{
	struct usbdevfs_getdriver *asked = (struct usbdevfs_getdriver *)(void *)data->data;
	char name[sizeof asked->driver] = "";
	if (!d->driver_on)
		return ENODATA;
	g_strlcpy(name, d->kind->driver, sizeof name);
	umockdev_ioctl_data_update(data, offsetof(struct usbdevfs_getdriver, driver), (guint8 *)name, sizeof name);
	return 0;
}

static int clear_halt(struct device *d, unsigned endpoint)
{
	guint8 which = (guint8)endpoint;
	if (endpoint & 0x80)
		d->in_halted = false;
	else
		d->out_halted = false;
	tell(d, 'K', &which, 1);
	serve(d);
	return 0;
}

/* The errno, or -1: it is answered later. */
static int do_ioctl(struct opened *o, UMockdevIoctlClient *client, gulong request, UMockdevIoctlData *data)
{
	struct device *d = o->device;
	guint32 caps = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM
	               | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
	bool gone = o->generation != d->generation || !d->plugged;
	if (request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY) {
		begin_reap(o, client, data);
		return -1;
	}
	if (request == USBDEVFS_DISCARDURB)
		return discard(o, (gulong)*(void **)(void *)umockdev_ioctl_client_get_arg(client)->data);
	if (gone)
		return ENODEV;
	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		umockdev_ioctl_data_update(data, 0, (guint8 *)&caps, sizeof caps);
		return 0;
	case USBDEVFS_CLAIMINTERFACE:
		return claim(o, *(unsigned *)(void *)data->data);
	case USBDEVFS_RELEASEINTERFACE:
		return release(o);
	case USBDEVFS_GETDRIVER:
		return get_driver(d, data);
	case USBDEVFS_IOCTL:
		return driver_ioctl(d, data);
	case USBDEVFS_CLEAR_HALT:
	case USBDEVFS_RESETEP:
		return clear_halt(d, *(unsigned *)(void *)data->data);
	case USBDEVFS_RESET:
		d->in_halted = d->out_halted = false;
		tell(d, 'R', NULL, 0);
		return 0;
	case USBDEVFS_SUBMITURB:
		return submit(o, data);
	default:
		return ENOTTY;
	}
}

static gboolean handle_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct device *d = ((BenchHandler *)base)->device;
	gulong request = umockdev_ioctl_client_get_request(client);
	gsize size = _IOC_SIZE(request);
	UMockdevIoctlData *data = NULL;
	if (size && request != USBDEVFS_DISCARDURB)
		data = umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, size, NULL);
	if (!data && size && request != USBDEVFS_DISCARDURB) {
		umockdev_ioctl_client_complete(client, -1, EFAULT); /* it has just ended */
		return TRUE;
	}
	g_mutex_lock(&d->lock);
	struct opened *o = find_opened(d, client);
	int e = do_ioctl(o, client, request, data);
	if (e >= 0)
		umockdev_ioctl_client_complete(client, e ? -1 : 0, e);
	g_mutex_unlock(&d->lock);
	if (data)
		umockdev_ioctl_data_unref(data);
	return TRUE;
}

static void drop_opened(struct opened *o)
{
	struct urb *urb;
	if (o->reap_timer)
		g_source_remove(o->reap_timer);
	if (o->reaping) {
		umockdev_ioctl_data_unref(o->reap_to);
		g_object_unref(o->reaping);
	}
	while ((urb = g_queue_pop_head(&o->waiting)) || (urb = g_queue_pop_head(&o->finished)))
		free_urb(urb);
	if (o->claimed && o->generation == o->device->generation)
		(void)release(o);
	/* Not freed: a timer of its last poll may be about to run. */
	o->reaping = NULL;
	o->device->opened = g_list_remove(o->device->opened, o);
}

static void client_vanished(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct device *d = ((BenchHandler *)base)->device;
	g_mutex_lock(&d->lock);
	GList *at = d->opened;
	while (at && ((struct opened *)at->data)->client != client)
		at = at->next;
	if (at)
		drop_opened(at->data);
	g_mutex_unlock(&d->lock);
}

static void bench_handler_init(BenchHandler *self)
{
	(void)self;
}

static void bench_handler_class_init(BenchHandlerClass *class)
{
	class->handle_ioctl = handle_ioctl;
	class->client_vanished = client_vanished;
}

/* --- plugging -------------------------------------------------------------------------------- */

static void put_endpoint(GByteArray *to, uint8_t address, uint16_t packet)
{
	const guint8 endpoint[] = { 7, 5, address, 2, (guint8)packet, (guint8)(packet >> 8), 0 };
	if (address)
		g_byte_array_append(to, endpoint, sizeof endpoint);
}

static char *descriptors(const struct kind *k)
{
	GByteArray *all = g_byte_array_new();
	const guint8 device[] = { 18, 1, 0x00, 0x02, 0, 0, 0, 64, (guint8)k->vendor, (guint8)(k->vendor >> 8),
		                  (guint8)k->product, (guint8)(k->product >> 8), 0, 1, 1, 2, 0, 1 };
	const guint8 keyboard[] = { 9, 4, 0, 0, 1, 3, 1, 1, 0, 7, 5, 0x8f, 3, 8, 0, 10 };
	const guint8 endpoints = (guint8)((k->bulk_out != 0) + (k->bulk_in != 0));
	const guint8 interface[] = { 9, 4, k->decoy, 0, endpoints, k->interface_class, k->subclass, k->protocol, 0 };
	guint16 total = (guint16)(9 + (k->decoy ? sizeof keyboard : 0) + sizeof interface + 7U * endpoints);
	const guint8 config[] = { 9, 2, (guint8)total, (guint8)(total >> 8), (guint8)(1 + k->decoy), 1, 0, 0x80, 50 };
	g_byte_array_append(all, device, sizeof device);
	g_byte_array_append(all, config, sizeof config);
	if (k->decoy)
		g_byte_array_append(all, keyboard, sizeof keyboard);
	g_byte_array_append(all, interface, sizeof interface);
	put_endpoint(all, k->bulk_out, k->packet);
	put_endpoint(all, k->bulk_in, k->packet);
	GString *hex = g_string_new(NULL);
	for (guint i = 0; i < all->len; i++)
		g_string_append_printf(hex, "%02X", all->data[i]);
	g_byte_array_free(all, TRUE);
	return g_string_free(hex, FALSE);
}

static void forget_in(struct device *d)
{
	while (!g_queue_is_empty(&d->in)) {
		struct in *in = g_queue_pop_head(&d->in);
		if (in->bytes)
			g_bytes_unref(in->bytes);
		g_free(in);
	}
}

static void plug(struct device *d)
{
	GError *error = NULL;
	g_mutex_lock(&d->lock);
	bool already = d->plugged;
	d->address = d->address < FIRST_ADDRESS || d->address >= LAST_ADDRESS ? FIRST_ADDRESS : d->address + 1;
	g_mutex_unlock(&d->lock);
	if (already)
		return;
	char *node = g_strdup_printf("bus/usb/%03d/%03d", d->bus, d->address);
	char *full = g_strdup_printf("/dev/%s", node);
	char *bytes = descriptors(d->kind);
	char *text = g_strdup_printf("P: /devices/pci0000:00/0000:00:14.0/usb%d/%d-1\nN: %s\nE: DEVTYPE=usb_device\n"
	                             "E: DEVNAME=/dev/%s\nE: SUBSYSTEM=usb\nE: BUSNUM=%03d\nE: DEVNUM=%03d\n"
	                             "E: MAJOR=189\nE: MINOR=%d\nE: PRODUCT=%x/%x/0\nA: busnum=%d\nA: devnum=%d\n"
	                             "A: idVendor=%04x\nA: idProduct=%04x\nA: manufacturer=%s\\n\nA: product=%s\\n\n"
	                             "A: bConfigurationValue=1\nA: speed=%d\nH: descriptors=%s\n\n",
	                             d->bus, d->bus, node, node, d->bus, d->address, (d->bus - 1) * 128 + d->address - 1,
	                             d->kind->vendor, d->kind->product, d->bus, d->address, d->kind->vendor,
	                             d->kind->product, d->kind->maker, d->kind->title,
	                             d->kind->packet > 64 ? 480 : 12, bytes);
	if (!d->node_known[d->address] && !umockdev_testbed_attach_ioctl(testbed, full, d->handler, &error))
		g_error("usb_bench: %s: %s", full, error->message);
	d->node_known[d->address] = true;
	g_mutex_lock(&d->lock);
	d->generation++;
	d->driver_on = d->kind->driver != NULL;
	d->in_halted = d->out_halted = d->held = false;
	forget_in(d);
	d->plugged = true;
	g_mutex_unlock(&d->lock);
	if (!umockdev_testbed_add_from_string(testbed, text, &error))
		g_error("usb_bench: %s", error->message);
	d->sysfs = g_strdup_printf("/sys/devices/pci0000:00/0000:00:14.0/usb%d/%d-1", d->bus, d->bus);
	g_free(node);
	g_free(full);
	g_free(bytes);
	g_free(text);
}

static void unplug(struct device *d)
{
	g_mutex_lock(&d->lock);
	bool was = d->plugged;
	d->plugged = false;
	for (GList *at = d->opened; at; at = at->next) {
		struct opened *o = at->data;
		while (!g_queue_is_empty(&o->waiting))
			finish(o, g_queue_peek_head(&o->waiting), -ESHUTDOWN);
		if (o->reaping)
			answer_reap(o, g_queue_peek_head(&o->finished));
	}
	tell(d, 'X', NULL, 0);
	g_mutex_unlock(&d->lock);
	if (!was)
		return;
	umockdev_testbed_uevent(testbed, d->sysfs, "remove");
	umockdev_testbed_remove_device(testbed, d->sysfs);
	g_clear_pointer(&d->sysfs, g_free);
}

/* --- from the simulator ---------------------------------------------------------------------- */

static void push_in(struct device *d, enum in_kind kind, const guint8 *bytes, gsize len)
{
	struct in *in = g_new0(struct in, 1);
	*in = (struct in){ .kind = kind, .bytes = kind == IN_PACKET ? g_bytes_new(bytes, len) : NULL };
	g_queue_push_tail(&d->in, in);
}

static void push_packets(struct device *d, const guint8 *bytes, gsize len)
{
	for (gsize at = 0; at < len; at += d->kind->packet)
		push_in(d, IN_PACKET, bytes + at, len - at < d->kind->packet ? len - at : d->kind->packet);
}

/* With the lock. */
static void obey_locked(struct device *d, char letter, const guint8 *bytes, guint32 len)
{
	switch (letter) {
	case 'D':
		push_packets(d, bytes, len);
		break;
	case 'Z':
		push_in(d, IN_PACKET, bytes, 0);
		break;
	case 'F':
		forget_in(d);
		break;
	case 'S':
		push_in(d, IN_STALL, NULL, 0);
		break;
	case 'T':
		d->out_halted = true;
		break;
	case 'H':
		d->held = true;
		d->credit = 0;
		for (guint32 i = 0; i < len && i < sizeof d->credit; i++)
			d->credit |= (guint32)bytes[i] << 8 * i;
		break;
	case 'G':
		d->held = false;
		break;
	case 'B':
		d->taken = len && bytes[0];
		break;
	case 'c':
		end_control(d, bytes, (int)len, 0);
		break;
	case 's':
		end_control(d, NULL, 0, -EPIPE);
		break;
	default:
		g_error("usb_bench: unknown frame %c", letter);
	}
	serve(d);
}

static void obey(struct device *d, char letter, const guint8 *bytes, guint32 len)
{
	if (letter == 'P') {
		plug(d);
	} else if (letter == 'U') {
		unplug(d);
	} else {
		g_mutex_lock(&d->lock);
		obey_locked(d, letter, bytes, len);
		g_mutex_unlock(&d->lock);
	}
	d->told = true;
}

static gboolean receive(gint fd, GIOCondition condition, gpointer arg)
{
	enum { HEAD = 5 };
	struct device *d = arg;
	guint8 bytes[4096];
	(void)condition;
	ssize_t got = recv(fd, bytes, sizeof bytes, 0);
	if (got <= 0) {
		unplug(d);
		return G_SOURCE_REMOVE;
	}
	g_byte_array_append(d->received, bytes, (guint)got);
	for (;;) {
		const guint8 *head = d->received->data;
		if (d->received->len < HEAD)
			return G_SOURCE_CONTINUE;
		guint32 len = head[1] | (guint32)head[2] << 8 | (guint32)head[3] << 16 | (guint32)head[4] << 24;
		if (d->received->len - HEAD < len)
			return G_SOURCE_CONTINUE;
		obey(d, (char)head[0], head + HEAD, len);
		g_byte_array_remove_range(d->received, 0, HEAD + len);
	}
}

/* --- the whole ------------------------------------------------------------------------------- */

static gboolean end(gpointer arg)
{
	(void)arg;
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

static void connect_device(struct device *d)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_strlcpy(address.sun_path, d->path, sizeof address.sun_path);
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->fd < 0 || connect(d->fd, (struct sockaddr *)&address, sizeof address) != 0)
		g_error("usb_bench: %s: %s", d->path, g_strerror(errno));
	g_mutex_init(&d->lock);
	g_queue_init(&d->in);
	d->received = g_byte_array_new();
	d->to_send = g_byte_array_new();
	d->handler = g_object_new(BENCH_TYPE_HANDLER, NULL);
	((BenchHandler *)d->handler)->device = d;
	g_unix_fd_add(d->fd, G_IO_IN | G_IO_HUP, receive, d);
}

/* Plays the kernel until the program ends; tells it over `ready` where its /sys and /dev are. */
static void play(int ready)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
	testbed = umockdev_testbed_new();
	loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGTERM, end, NULL);
	for (int i = 0; i < device_count; i++)
		connect_device(&devices[i]);
	for (int i = 0; i < device_count; i++) {
		while (!devices[i].told)
			g_main_context_iteration(NULL, TRUE);
	}
	const char *dir = g_getenv("UMOCKDEV_DIR");
	bool told = write(ready, dir, strlen(dir)) == (ssize_t)strlen(dir);
	close(ready);
	if (told)
		g_main_loop_run(loop);
	g_object_unref(testbed);
	_exit(0);
}

static bool add_device(const char *name, const char *path)
{
	for (int i = 0; i < KINDS && device_count < MAX_DEVICES; i++) {
		if (g_str_has_prefix(name, "--") && strcmp(name + 2, DEVICES[i].name) == 0) {
			struct device *d = &devices[device_count++];
			*d = (struct device){ .kind = &DEVICES[i], .path = path, .bus = device_count };
			return true;
		}
	}
	return false;
}

static int usage(void)
{
	fprintf(stderr, "Usage: usb_bench --KIND SOCKET [--KIND SOCKET ...] -- PROGRAM [ARGUMENT...]\nKIND:");
	for (int i = 0; i < KINDS; i++)
		fprintf(stderr, " %s", DEVICES[i].name);
	fprintf(stderr, "\n");
	return 2;
}

int main(int argc, char **argv)
{
	int at = 1, ready[2];
	char dir[256];
	while (at + 1 < argc && strcmp(argv[at], "--") != 0) {
		if (!add_device(argv[at], argv[at + 1]))
			return usage();
		at += 2;
	}
	if (at + 1 >= argc || !device_count)
		return usage();
	if (!strstr(g_getenv("LD_PRELOAD") ? g_getenv("LD_PRELOAD") : "", PRELOAD)) {
		g_setenv("LD_PRELOAD", PRELOAD, TRUE);
		execv("/proc/self/exe", argv);
		perror("usb_bench");
		return 1;
	}
	pid_t program = getpid();
	if (pipe2(ready, O_CLOEXEC) != 0)
		return 1;
	pid_t kernel = fork();
	if (kernel == 0) {
		close(ready[0]);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != program)
			_exit(1);
		play(ready[1]);
	}
	close(ready[1]);
	ssize_t got = kernel > 0 ? read(ready[0], dir, sizeof dir - 1) : 0;
	if (got <= 0) {
		fprintf(stderr, "usb_bench: the devices could not be set up\n");
		return 1;
	}
	dir[got] = '\0';
	g_setenv("UMOCKDEV_DIR", dir, TRUE);
	execvp(argv[at + 1], argv + at + 1);
	perror(argv[at + 1]);
	return 127;
}
