/* links: kiosk/store/activities.c kiosk/store/attendance.c kiosk/store/audit.c kiosk/store/backup.c kiosk/store/cases.c kiosk/store/changes.c kiosk/store/changes_attendance.c kiosk/store/content.c kiosk/store/credentials.c kiosk/store/db.c kiosk/store/directory.c kiosk/store/event_rows.c kiosk/store/event_write.c kiosk/store/files.c kiosk/store/flags.c kiosk/store/identity.c kiosk/store/import.c kiosk/store/import_activities.c kiosk/store/keys.c kiosk/store/migrate.c kiosk/store/open.c kiosk/store/outbox.c kiosk/store/portraits.c kiosk/store/recover.c kiosk/store/roll.c kiosk/store/salvage.c kiosk/store/submit.c kiosk/store/verify.c kiosk/store/verify_attendance.c kiosk/store/wake.c kiosk/store/wall_order.c kiosk/model/activity.c kiosk/model/attendance.c kiosk/model/case.c kiosk/model/civil.c kiosk/model/csv.c kiosk/model/csv_table.c kiosk/model/duty_text.c kiosk/model/err.c kiosk/model/event.c kiosk/model/id_number.c kiosk/model/ink.c kiosk/model/phone_code.c kiosk/model/report.c kiosk/model/roster.c kiosk/model/roster_ids.c kiosk/model/rules_text.c kiosk/model/rules_line.c kiosk/model/seal.c kiosk/model/slip_code.c kiosk/model/utf8.c gen/migrations.c */
/* A page of changes from the township, of any JSON: applied or skipped entry by entry, and the store stays intact. */
#include <sodium.h>
#include <unistd.h>

#include "model/utf8.h"
#include "store/store_admin.h"
#include "store/store_attendance.h"
#include "store/store_internal.h"
#include "store/store_sync.h"
#include "tests/fuzz/fuzz.h"

enum { PAGES_A_STORE = 500, PAGES_A_CHECK = 50 };

/* One store for many pages, since making one takes longer than a page; how many it has seen. */
static struct { char root[512], dir[600]; struct store *store; int pages; } room;

static void leave(void)
{
	if (!room.store)
		return;
	store_close(room.store);
	room.store = NULL;
	dir_remove(room.root);
}

/* Long before this was built: a clock that sends nobody away. */
static int64_t march(void)
{
	return INT64_C(1773280025000);
}

static void enter(void)
{
	static const uint8_t seal_key[SEAL_PUBLIC_BYTES] = {1}, sign_key[SIGN_PUBLIC_BYTES] = {1}, salt[SLIP_SALT_BYTES] = {9};
	const struct enrol_grant grant = {"k1", "token-of-k1", seal_key, sign_key, salt};
	const char *temp = getenv("TMPDIR");
	static bool told;
	HOLDS(sodium_init() >= 0);
	if (!told)
		HOLDS(atexit(leave) == 0);
	told = true;
	snprintf(room.root, sizeof room.root, "%s/fuzz-changes-XXXXXX", temp ? temp : "/tmp");
	HOLDS(mkdtemp(room.root));
	snprintf(room.dir, sizeof room.dir, "%s/data", room.root);
	HOLDS(store_create(room.dir) == ERR_OK);
	HOLDS(store_open(room.dir, STORE_OWNER, &room.store, NULL) == ERR_OK);
	room.store->now_ms = march;
	HOLDS(db_exec(room.store->db, "PRAGMA synchronous = OFF") == ERR_OK);
	HOLDS(enrol_finish(room.store, &grant) == ERR_OK);
	room.pages = 0;
}

/* What a screen would read of it: each activity with its roll, the same sums in both, and the flags. */
static void check_activities(void)
{
	struct activity_list list;
	struct flag_list flags;
	struct roll roll;
	HOLDS(store_activities(room.store, 0, INT64_C(253402300799999), &list) == ERR_OK);
	for (size_t i = 0; i < list.count; i++) {
		const struct activity_row *a = &list.rows[i];
		int present = 0, guests = 0, invited = 0;
		HOLDS(store_roll(room.store, a->activity.id, &roll) == ERR_OK);
		HOLDS(roll.count == (size_t)(a->invited + a->guests));
		for (size_t r = 0; r < roll.count; r++) {
			present += r < (size_t)a->invited && roll.rows[r].row.signed_in;
			guests += r >= (size_t)a->invited && roll.rows[r].row.signed_in;
			invited += r < (size_t)a->invited;
		}
		HOLDS(present == a->present && guests == a->guests && invited == a->invited && a->on_leave <= invited - present);
		HOLDS(utf8_valid(a->activity.title, strlen(a->activity.title)) && a->activity.title[0]);
		roll_clear(&roll);
	}
	activity_list_clear(&list);
	HOLDS(store_flags(room.store, 100, &flags) == ERR_OK);
	flag_list_clear(&flags);
}

static void check(void)
{
	struct verify_report r;
	struct deputy_list list;
	HOLDS(store_verify(room.store, &r) == ERR_OK);
	if (!r.ok)
		fprintf(stderr, "link %lld: %s\n", (long long)r.bad_link, r.what);
	HOLDS(r.ok);
	HOLDS(store_deputies(room.store, &list) == ERR_OK);
	for (size_t i = 0; i < list.count; i++) {
		HOLDS(list.rows[i].name[0] && utf8_valid(list.rows[i].name, strlen(list.rows[i].name)));
		HOLDS(utf8_valid(list.rows[i].villages, strlen(list.rows[i].villages)));
	}
	deputy_list_clear(&list);
	check_activities();
}

/* Somebody holds up a card meanwhile, or asks for leave: rows of our own, for the next pages to meet. */
static void somebody_comes(void)
{
	struct sign_in in = {"a-1", "p-1", SIGN_BY_CARD, 0, room.pages % 3 == 0};
	struct sign_in_result r;
	enum err e = store_sign_in(room.store, &in, &r);
	HOLDS(e == ERR_OK || e == ERR_NOT_FOUND);
	HOLDS(e != ERR_OK || r.what == PRESENTED_CANCELLED || r.row.signed_in);
	e = store_ask_leave(room.store, "a-1", "p-2", LEAVE_ILL);
	HOLDS(e == ERR_OK || e == ERR_NOT_FOUND || e == ERR_STATE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	json_t *page = json_loadb((const char *)data, len, JSON_DECODE_ANY, NULL);
	if (!page)
		return -1; /* not an input worth keeping: sync.c would not come this far */
	if (room.store && room.pages == PAGES_A_STORE)
		leave();
	if (!room.store)
		enter();
	/* Every page is new to the store. */
	HOLDS(db_exec(room.store->db, "DELETE FROM state WHERE key = 'changes_cursor'") == ERR_OK);
	enum err e = changes_apply(room.store, page, 1000);
	HOLDS(e == (json_is_array(page) ? ERR_OK : ERR_INVALID));
	json_decref(page);
	somebody_comes();
	if (room.pages++ % PAGES_A_CHECK == 0)
		check();
	return 0;
}
