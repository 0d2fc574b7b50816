/* key_bench: plays the kernel's end of a scanner that types, /dev/input/event5 with a name under /dev/input/by-id, for
 * programs that run with UMOCKDEV_DIR set to what it prints first, and LD_PRELOAD=libumockdev-preload.so.0. To be
 * started by umockdev-wrapper.
 *
 * stdin:   plug NAME | plug-touch NAME | plug-plain NAME (no input device)    unplug
 *          events TYPE:CODE:VALUE …  written at once as struct input_event, with no SYN of its own
 *          taken on|off (EVIOCGRAB says EBUSY)
 * stdout:  ok …, once done    grab 0|1, as a program grabs or lets go */
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>
#include <umockdev.h>

#define NODE "/dev/input/event5"
#define BY_ID "/dev/input/by-id"

struct bench {
	UMockdevTestbed *testbed;
	UMockdevIoctlBase *handler;
	gchar *node, *link; /* in the testbed's folder */
	int writer;
	GHashTable *attached;
	int touch, taken; /* read by the handler's thread */
	GMainLoop *loop;
};

typedef struct {
	UMockdevIoctlBase parent;
	struct bench *bench;
} KeyHandler;
typedef struct {
	UMockdevIoctlBaseClass parent;
} KeyHandlerClass;
GType key_handler_get_type(void);
G_DEFINE_TYPE(KeyHandler, key_handler, UMOCKDEV_TYPE_IOCTL_BASE)

static void say(const char *text)
{
	puts(text);
	fflush(stdout);
}

static int answer_keys(struct bench *bench, UMockdevIoctlClient *client, gsize size)
{
	uint8_t bits[KEY_MAX / 8 + 1] = { 0 };
	if (g_atomic_int_get(&bench->touch)) {
		bits[BTN_TOUCH / 8] = 1U << BTN_TOUCH % 8;
	} else {
		for (unsigned code = KEY_ESC; code <= KEY_KPDOT; code++)
			bits[code / 8] = (uint8_t)(bits[code / 8] | 1U << code % 8);
	}
	if (size > sizeof bits)
		size = sizeof bits;
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, size, NULL);
	umockdev_ioctl_data_update(data, 0, bits, (int)size);
	umockdev_ioctl_data_unref(data);
	return (int)size;
}

static gboolean handle_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
	struct bench *bench = ((KeyHandler *)base)->bench;
	gulong request = umockdev_ioctl_client_get_request(client);
	if (request == EVIOCGRAB) {
		gulong grab = (gulong)*(void **)(void *)umockdev_ioctl_client_get_arg(client)->data;
		int taken = g_atomic_int_get(&bench->taken);
		if (!taken)
			say(grab ? "grab 1" : "grab 0");
		umockdev_ioctl_client_complete(client, taken ? -1 : 0, taken ? EBUSY : 0);
	} else if (_IOC_TYPE(request) == 'E' && _IOC_NR(request) == _IOC_NR(EVIOCGBIT(EV_KEY, 0))) {
		umockdev_ioctl_client_complete(client, answer_keys(bench, client, _IOC_SIZE(request)), 0);
	} else {
		umockdev_ioctl_client_complete(client, -1, ENOTTY);
	}
	return TRUE;
}

static void key_handler_class_init(KeyHandlerClass *class)
{
	UMOCKDEV_IOCTL_BASE_CLASS(class)->handle_ioctl = handle_ioctl;
}

static void key_handler_init(KeyHandler *handler)
{
	(void)handler;
}

/* Once for a name: it is by the path that a program opens that its ioctls are brought here. */
static bool attach(struct bench *bench, const char *name)
{
	gchar *path = g_build_filename(BY_ID, name, NULL);
	bool good = g_hash_table_contains(bench->attached, path)
	            || umockdev_testbed_attach_ioctl(bench->testbed, path, bench->handler, NULL);
	g_hash_table_add(bench->attached, path);
	return good;
}

/* A pipe, which loses nothing and hangs up when its writer goes. */
static bool plug(struct bench *bench, const char *name)
{
	if (bench->writer >= 0 || mkfifo(bench->node, 0600) != 0)
		return false;
	bench->writer = open(bench->node, O_RDWR | O_CLOEXEC);
	g_free(bench->link);
	bench->link = g_build_filename(umockdev_testbed_get_root_dir(bench->testbed), BY_ID, name, NULL);
	return bench->writer >= 0 && symlink("../event5", bench->link) == 0;
}

static bool unplug(struct bench *bench)
{
	bool done = unlink(bench->node) == 0 && unlink(bench->link) == 0;
	close(bench->writer);
	bench->writer = -1;
	return done;
}

static bool send_events(struct bench *bench, const char *text)
{
	struct input_event events[512] = { 0 };
	size_t count = 0;
	gchar **words = g_strsplit(text, " ", -1);
	bool good = true;
	for (gchar **word = words; *word && good; word++) {
		unsigned type, code;
		int value;
		good = count < G_N_ELEMENTS(events) && sscanf(*word, "%u:%u:%d", &type, &code, &value) == 3;
		if (good)
			events[count++] = (struct input_event){ .type = (uint16_t)type, .code = (uint16_t)code,
				                                .value = value };
	}
	g_strfreev(words);
	ssize_t size = (ssize_t)(count * sizeof *events);
	return good && write(bench->writer, events, (size_t)size) == size;
}

static bool obey(struct bench *bench, const char *word, const char *rest)
{
	if (g_str_has_prefix(word, "plug")) {
		g_atomic_int_set(&bench->touch, strcmp(word, "plug-touch") == 0);
		return (strcmp(word, "plug-plain") == 0 || attach(bench, rest)) && plug(bench, rest);
	}
	if (strcmp(word, "unplug") == 0)
		return unplug(bench);
	if (strcmp(word, "events") == 0)
		return send_events(bench, rest);
	if (strcmp(word, "taken") == 0) {
		g_atomic_int_set(&bench->taken, strcmp(rest, "on") == 0);
		return true;
	}
	return false;
}

static gboolean read_command(gint fd, GIOCondition condition, gpointer ctx)
{
	struct bench *bench = ctx;
	static char line[65536];
	(void)fd;
	(void)condition;
	if (!fgets(line, sizeof line, stdin)) {
		g_main_loop_quit(bench->loop);
		return G_SOURCE_REMOVE;
	}
	line[strcspn(line, "\n")] = '\0';
	char *space = strchr(line, ' ');
	if (space)
		*space = '\0';
	bool done = obey(bench, line, space ? space + 1 : "");
	printf("%s %s\n", done ? "ok" : "cannot", line);
	fflush(stdout);
	return G_SOURCE_CONTINUE;
}

int main(void)
{
	struct bench bench = { .writer = -1 };
	bench.testbed = umockdev_testbed_new();
	gchar *root = umockdev_testbed_get_root_dir(bench.testbed);
	gchar *folder = g_build_filename(root, BY_ID, NULL);
	bench.node = g_build_filename(root, NODE, NULL);
	bench.handler = g_object_new(key_handler_get_type(), NULL);
	((KeyHandler *)bench.handler)->bench = &bench;
	bench.attached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	setvbuf(stdin, NULL, _IONBF, 0);
	if (g_mkdir_with_parents(folder, 0755) != 0) {
		fprintf(stderr, "key_bench: the device could not be set up\n");
		return 1;
	}
	say(root);
	bench.loop = g_main_loop_new(NULL, FALSE);
	g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, read_command, &bench);
	g_main_loop_run(bench.loop);
	g_object_unref(bench.testbed);
	return 0;
}
