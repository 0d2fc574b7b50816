/* redir_device reader|printer|acm|odd SOCKET RELAY: a USB device for QEMU's usb-redir, whose bulk bytes go to RELAY and
 * come from it: a tty's path, or a port of 127.0.0.1. SOCKET is QEMU's. It is unplugged at first.
 *
 * stdin: plug    unplug    unplug after out|in N (bytes more, in the middle of that transfer)    stall out|in N
 *        (the next N transfers)    vanish (the connection breaks, as when QEMU's peer dies; it comes again)    quit
 * stdout: "ok COMMAND" each; "unplugged" when "unplug after" did; "configured" when the kernel has chosen a
 *        configuration; "reset"; "control TYPE REQUEST" for what is asked of the class. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <usbredirparser.h>

#include "redir_profile.h"

enum { MAX_WAITING = 64, MAX_HELD = 1 << 20, NO_LIMIT = -1 };

/* A bulk transfer that the guest waits for. */
struct transfer {
	struct usb_redir_bulk_packet_header head;
	uint64_t id;
	uint8_t *data; /* OUT: what is to go, `done` of it has gone */
	size_t len, done;
};
struct waiting {
	struct transfer transfers[MAX_WAITING];
	size_t count;
};

struct device {
	const struct profile *profile;
	struct usbredirparser *parser;
	const char *socket_path, *relay_path;
	int socket, relay;
	bool greeted, plugged;
	struct waiting out, in;
	uint8_t held[MAX_HELD]; /* from the relay, not asked for yet */
	size_t held_len;
	long cut_out, cut_in; /* bytes until it is unplugged */
	int stall_out, stall_in;
};

static uint32_t length_of(const struct usb_redir_bulk_packet_header *head)
{
	return (uint32_t)head->length_high << 16 | head->length;
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

/* Ends the transfer at `at`; of an OUT without data, of an IN with `data`. */
static void finish(struct device *device, struct waiting *queue, size_t at, int status, uint8_t *data, size_t len)
{
	struct transfer transfer = queue->transfers[at];
	bool in = transfer.head.endpoint & 0x80;
	transfer.head.status = (uint8_t)status;
	transfer.head.length = (uint16_t)len;
	transfer.head.length_high = (uint16_t)(len >> 16);
	usbredirparser_send_bulk_packet(device->parser, transfer.id, &transfer.head, in ? data : NULL, in ? (int)len : 0);
	usbredirparser_free_packet_data(device->parser, transfer.data);
	queue->count--;
	memmove(queue->transfers + at, queue->transfers + at + 1, (queue->count - at) * sizeof transfer);
}

static void forget(struct device *device)
{
	struct waiting *queues[] = { &device->out, &device->in };
	for (int i = 0; i < 2; i++) {
		for (size_t t = 0; t < queues[i]->count; t++)
			usbredirparser_free_packet_data(device->parser, queues[i]->transfers[t].data);
		queues[i]->count = 0;
	}
	device->held_len = 0;
	device->cut_out = device->cut_in = NO_LIMIT;
	device->stall_out = device->stall_in = 0;
}

/* The works have power of their own: they go on while the cable is out. */
static bool open_relay(struct device *device)
{
	if (device->relay_path[0] == '/') {
		device->relay = open(device->relay_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
		struct termios line;
		if (device->relay >= 0 && tcgetattr(device->relay, &line) == 0) {
			cfmakeraw(&line);
			tcsetattr(device->relay, TCSANOW, &line);
		}
	} else {
		struct sockaddr_in address = { .sin_family = AF_INET,
			                       .sin_port = htons((uint16_t)atoi(device->relay_path)),
			                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		device->relay = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(device->relay, (struct sockaddr *)&address, sizeof address) != 0)
			return false;
	}
	return device->relay >= 0 && fcntl(device->relay, F_SETFL, O_NONBLOCK) == 0;
}

static void close_relay(struct device *device)
{
	if (device->relay >= 0)
		close(device->relay);
	device->relay = -1;
}

static void unplug(struct device *device)
{
	if (!device->plugged)
		return;
	device->plugged = false;
	forget(device);
	usbredirparser_send_device_disconnect(device->parser);
}

static void plug(struct device *device)
{
	const struct profile *profile = device->profile;
	struct usb_redir_interface_info_header interfaces;
	struct usb_redir_ep_info_header endpoints;
	struct usb_redir_device_connect_header connect_header;
	if (device->plugged || (device->relay < 0 && !open_relay(device))) {
		say(device->plugged ? "plugged already" : "no relay");
		return;
	}
	profile_describe(profile, &connect_header, &interfaces, &endpoints);
	usbredirparser_send_ep_info(device->parser, &endpoints);
	usbredirparser_send_interface_info(device->parser, &interfaces);
	usbredirparser_send_device_connect(device->parser, &connect_header);
	device->plugged = true;
}

/* Bytes to the relay, as far as it takes them: a printer without paper does not. */
static void pump_out(struct device *device)
{
	while (device->plugged && device->relay >= 0 && device->out.count) {
		struct transfer *transfer = &device->out.transfers[0];
		if (device->stall_out > 0) {
			device->stall_out--;
			finish(device, &device->out, 0, usb_redir_stall, NULL, 0);
			continue;
		}
		size_t want = transfer->len - transfer->done;
		if (device->cut_out != NO_LIMIT && want > (size_t)device->cut_out)
			want = (size_t)device->cut_out;
		ssize_t done = want ? write(device->relay, transfer->data + transfer->done, want) : 0;
		if (done < 0 && errno == EAGAIN)
			return;
		if (done < 0) {
			finish(device, &device->out, 0, usb_redir_ioerror, NULL, transfer->done);
			continue;
		}
		transfer->done += (size_t)done;
		if (device->cut_out != NO_LIMIT && (device->cut_out -= done) <= 0) {
			unplug(device);
			say("unplugged");
		} else if (transfer->done == transfer->len) {
			finish(device, &device->out, 0, usb_redir_success, NULL, transfer->len);
		}
	}
}

/* What one IN transfer takes: whole packets, up to a short one. Babble: a packet longer than the room left. */
static size_t packets_for(const struct device *device, size_t room, bool *babble)
{
	size_t taken = 0, size = device->profile->packet;
	*babble = false;
	while (taken < room && taken < device->held_len) {
		size_t packet = device->held_len - taken < size ? device->held_len - taken : size;
		if (packet > room - taken) {
			*babble = true;
			return taken + packet;
		}
		taken += packet;
		if (packet < size)
			break;
	}
	return taken;
}

static void pump_in(struct device *device)
{
	while (device->plugged && device->in.count && (device->held_len || device->stall_in > 0)) {
		if (device->stall_in > 0) {
			device->stall_in--;
			finish(device, &device->in, 0, usb_redir_stall, NULL, 0);
			continue;
		}
		bool babble;
		size_t room = length_of(&device->in.transfers[0].head), sent = packets_for(device, room, &babble);
		if (device->cut_in != NO_LIMIT && (device->cut_in -= (long)sent) <= 0) {
			unplug(device);
			say("unplugged");
			return;
		}
		finish(device, &device->in, 0, babble ? usb_redir_babble : usb_redir_success, device->held,
		       sent < room ? sent : room);
		device->held_len -= sent;
		memmove(device->held, device->held + sent, device->held_len);
	}
}

static void from_relay(struct device *device)
{
	ssize_t got = read(device->relay, device->held + device->held_len, MAX_HELD - device->held_len);
	if (got > 0 && !device->plugged) {
		device->held_len = 0; /* said to nobody */
	} else if (got > 0) {
		device->held_len += (size_t)got;
		pump_in(device);
	} else if (got == 0 || errno != EAGAIN) {
		close_relay(device); /* the works are dead, but it is plugged in */
	}
}

/* libusbredirparser's side */

static void on_log(void *priv, int level, const char *message)
{
	(void)priv;
	if (level <= usbredirparser_warning)
		fprintf(stderr, "redir_device: %s\n", message);
}

static int on_read(void *priv, uint8_t *data, int count)
{
	const struct device *device = priv;
	ssize_t got = read(device->socket, data, (size_t)count);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return got ? (int)got : -1;
}

static int on_write(void *priv, uint8_t *data, int count)
{
	const struct device *device = priv;
	ssize_t done = send(device->socket, data, (size_t)count, MSG_NOSIGNAL);
	if (done < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return (int)done;
}

static void on_hello(void *priv, struct usb_redir_hello_header *hello)
{
	struct device *device = priv;
	(void)hello;
	device->greeted = true;
	if (device->plugged) { /* it vanished, and here it is again */
		device->plugged = false;
		plug(device);
	}
}

static void on_reset(void *priv)
{
	struct device *device = priv;
	device->held_len = 0;
	say("reset");
}

static void on_set_configuration(void *priv, uint64_t id, struct usb_redir_set_configuration_header *set)
{
	struct device *device = priv;
	struct usb_redir_configuration_status_header status = { .status = usb_redir_success,
		                                                .configuration = set->configuration };
	usbredirparser_send_configuration_status(device->parser, id, &status);
	if (set->configuration)
		say("configured");
}

static void on_get_configuration(void *priv, uint64_t id)
{
	struct device *device = priv;
	struct usb_redir_configuration_status_header status = { .status = usb_redir_success, .configuration = 1 };
	usbredirparser_send_configuration_status(device->parser, id, &status);
}

static void on_set_alt(void *priv, uint64_t id, struct usb_redir_set_alt_setting_header *set)
{
	struct device *device = priv;
	struct usb_redir_alt_setting_status_header status = { .status = set->alt ? usb_redir_stall : usb_redir_success,
		                                              .interface = set->interface };
	usbredirparser_send_alt_setting_status(device->parser, id, &status);
}

static void on_get_alt(void *priv, uint64_t id, struct usb_redir_get_alt_setting_header *get)
{
	struct device *device = priv;
	struct usb_redir_alt_setting_status_header status = { .status = usb_redir_success, .interface = get->interface };
	usbredirparser_send_alt_setting_status(device->parser, id, &status);
}

static void on_start_interrupt(void *priv, uint64_t id, struct usb_redir_start_interrupt_receiving_header *start)
{
	struct device *device = priv;
	struct usb_redir_interrupt_receiving_status_header status = { usb_redir_success, start->endpoint };
	usbredirparser_send_interrupt_receiving_status(device->parser, id, &status);
}

static void on_stop_interrupt(void *priv, uint64_t id, struct usb_redir_stop_interrupt_receiving_header *stop)
{
	struct device *device = priv;
	struct usb_redir_interrupt_receiving_status_header status = { usb_redir_success, stop->endpoint };
	usbredirparser_send_interrupt_receiving_status(device->parser, id, &status);
}

static void on_control(void *priv, uint64_t id, struct usb_redir_control_packet_header *head, uint8_t *data, int len)
{
	struct device *device = priv;
	uint8_t answer[512];
	struct profile_setup setup = { head->requesttype, head->request, head->value, head->index, head->length };
	int size = profile_control(device->profile, &setup, answer, sizeof answer);
	(void)len;
	if ((head->requesttype & 0x60) == 0x20) {
		printf("control %02x %02x\n", head->requesttype, head->request);
		fflush(stdout);
	}
	bool in = head->requesttype & 0x80;
	head->status = size < 0 ? usb_redir_stall : usb_redir_success;
	if (size < 0)
		head->length = 0;
	else if (in && size < head->length)
		head->length = (uint16_t)size;
	usbredirparser_send_control_packet(device->parser, id, head, in && size > 0 ? answer : NULL,
	                                   in && size > 0 ? head->length : 0);
	usbredirparser_free_packet_data(device->parser, data);
}

static void on_bulk(void *priv, uint64_t id, struct usb_redir_bulk_packet_header *head, uint8_t *data, int len)
{
	struct device *device = priv;
	bool in = head->endpoint & 0x80;
	struct waiting *queue = in ? &device->in : &device->out;
	if (queue->count == MAX_WAITING || !device->plugged) {
		head->status = usb_redir_ioerror;
		head->length = head->length_high = 0;
		usbredirparser_send_bulk_packet(device->parser, id, head, NULL, 0);
		usbredirparser_free_packet_data(device->parser, data);
		return;
	}
	queue->transfers[queue->count++] =
		(struct transfer){ .head = *head, .id = id, .data = data, .len = in ? 0 : (size_t)len };
	if (in)
		pump_in(device);
	else
		pump_out(device);
}

static void on_cancel(void *priv, uint64_t id)
{
	struct device *device = priv;
	struct waiting *queues[] = { &device->out, &device->in };
	for (int i = 0; i < 2; i++) {
		for (size_t t = 0; t < queues[i]->count; t++) {
			if (queues[i]->transfers[t].id == id) {
				finish(device, queues[i], t, usb_redir_cancelled, NULL,
				       queues[i]->transfers[t].done);
				return;
			}
		}
	}
}

static void on_nothing(void *priv)
{
	(void)priv;
}

static bool meet(struct device *device)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", device->socket_path);
	device->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(device->socket, (struct sockaddr *)&address, sizeof address) != 0
	    || fcntl(device->socket, F_SETFL, O_NONBLOCK) != 0) {
		perror("redir_device: QEMU's socket");
		return false;
	}
	struct usbredirparser *parser = usbredirparser_create();
	if (!parser)
		return false;
	parser->priv = device;
	parser->log_func = on_log;
	parser->read_func = on_read;
	parser->write_func = on_write;
	parser->hello_func = on_hello;
	parser->reset_func = on_reset;
	parser->set_configuration_func = on_set_configuration;
	parser->get_configuration_func = on_get_configuration;
	parser->set_alt_setting_func = on_set_alt;
	parser->get_alt_setting_func = on_get_alt;
	parser->start_interrupt_receiving_func = on_start_interrupt;
	parser->stop_interrupt_receiving_func = on_stop_interrupt;
	parser->control_packet_func = on_control;
	parser->bulk_packet_func = on_bulk;
	parser->cancel_data_packet_func = on_cancel;
	parser->device_disconnect_ack_func = on_nothing;
	parser->filter_reject_func = on_nothing;
	uint32_t caps[USB_REDIR_CAPS_SIZE] = { 0 };
	usbredirparser_caps_set_cap(caps, usb_redir_cap_connect_device_version);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_device_disconnect_ack);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_ep_info_max_packet_size);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_64bits_ids);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_32bits_bulk_length);
	usbredirparser_init(parser, "redir_device", caps, USB_REDIR_CAPS_SIZE, usbredirparser_fl_usb_host);
	device->parser = parser;
	return true;
}

/* A peer that dies without a word. */
static bool vanish(struct device *device)
{
	forget(device);
	usbredirparser_destroy(device->parser);
	close(device->socket);
	device->greeted = false;
	return meet(device);
}

static bool obey(struct device *device, const char *line)
{
	char way[4];
	long count;
	if (strcmp(line, "quit") == 0)
		return false;
	if (strcmp(line, "plug") == 0)
		plug(device);
	else if (strcmp(line, "unplug") == 0)
		unplug(device);
	else if (strcmp(line, "vanish") == 0 && !vanish(device))
		return false;
	else if (sscanf(line, "unplug after %3s %ld", way, &count) == 2)
		*(strcmp(way, "out") == 0 ? &device->cut_out : &device->cut_in) = count;
	else if (sscanf(line, "stall %3s %ld", way, &count) == 2)
		*(strcmp(way, "out") == 0 ? &device->stall_out : &device->stall_in) = (int)count;
	printf("ok %s\n", line);
	fflush(stdout);
	return true;
}

static bool commands(struct device *device)
{
	char bytes[512];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes - 1);
	if (got <= 0)
		return false;
	bytes[got] = '\0';
	char *rest = NULL;
	for (char *line = strtok_r(bytes, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (!obey(device, line))
			return false;
	return true;
}

static bool step(struct device *device)
{
	bool sending = usbredirparser_has_data_to_write(device->parser) > 0;
	struct pollfd fds[] = { { .fd = device->socket, .events = (short)(POLLIN | (sending ? POLLOUT : 0)) },
		                /* Commands wait until QEMU has said hello. */
		                { .fd = device->greeted ? STDIN_FILENO : -1, .events = POLLIN },
		                { .fd = device->relay, .events = (short)(device->held_len < MAX_HELD ? POLLIN : 0) } };
	if (device->out.count)
		fds[2].events |= POLLOUT;
	if (poll(fds, 3, -1) < 0)
		return errno == EINTR;
	if ((fds[0].revents & (POLLIN | POLLHUP)) && usbredirparser_do_read(device->parser) == usbredirparser_read_io_error)
		return false;
	if ((fds[0].revents & POLLOUT) && usbredirparser_do_write(device->parser) < 0)
		return false;
	if (fds[2].revents & (POLLIN | POLLHUP | POLLERR))
		from_relay(device);
	if (fds[2].revents & POLLOUT)
		pump_out(device);
	return !fds[1].revents || commands(device);
}

int main(int argc, char **argv)
{
	static struct device device;
	device.profile = argc == 4 ? profile_named(argv[1]) : NULL;
	if (!device.profile) {
		fprintf(stderr, "Usage: redir_device reader|printer|acm|odd SOCKET RELAY\n");
		return 2;
	}
	device.socket_path = argv[2];
	device.relay_path = argv[3];
	device.relay = -1;
	device.cut_out = device.cut_in = NO_LIMIT;
	if (!meet(&device))
		return 1;
	while (step(&device))
		;
	forget(&device);
	usbredirparser_destroy(device.parser);
	return 0;
}
