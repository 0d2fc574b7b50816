/* sign_in: signs deputies in at a kiosk's data folder as its screen would, and says what came of it.
 *
 *   sign_in --data DIR in ACTIVITY DEPUTY card          a line: what it meant, by what, 1 if elsewhere before
 *   sign_in --data DIR in ACTIVITY DEPUTY qr ISSUE
 *   sign_in --data DIR leave ACTIVITY DEPUTY REASON
 *   sign_in --data DIR odd WHAT DEPUTY ISSUE
 *   sign_in --data DIR phone ACTIVITY                    the path that the screen shows for phones, now
 *   sign_in --data DIR known NUMBER DEPUTY               whose ID number it is or "nobody", the deputy's name or "nobody", and
 *                                                        issue and lost_through of the deputy's card
 *   sign_in --data DIR flags                             "what deputy activity" a line, as the liaison officer sees them */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/str.h"
#include "store/store_attendance.h"

static const char *presented_name(enum presented what)
{
	switch (what) {
	case PRESENTED_SIGN_IN: return "in";
	case PRESENTED_ALREADY: return "already";
	case PRESENTED_SIGN_OUT: return "out";
	case PRESENTED_ALREADY_OUT: return "already_out";
	case PRESENTED_NOT_YET: return "not_yet";
	case PRESENTED_OVER: return "over";
	case PRESENTED_CANCELLED: return "cancelled";
	}
	return "?";
}

static enum err sign_in(struct store *store, char **words, int count)
{
	struct sign_in in = {.issue = count > 3 ? (uint32_t)strtoul(words[3], NULL, 10) : 0};
	struct sign_in_result result;
	if (sign_by_parse(words[2], &in.by) || !str_copy(in.activity, sizeof in.activity, words[0]) ||
	    !str_copy(in.deputy, sizeof in.deputy, words[1]))
		return ERR_INVALID;
	enum err e = store_sign_in(store, &in, &result);
	if (!e)
		printf("%s %s %d\n", presented_name(result.what), sign_by_id(result.row.by), result.row.elsewhere);
	return e;
}

static enum err ask_leave(struct store *store, char **words)
{
	enum leave_reason reason;
	return leave_reason_parse(words[2], &reason) ? ERR_INVALID : store_ask_leave(store, words[0], words[1], reason);
}

static enum err print_phone(struct store *store, const char *activity)
{
	char path[PHONE_PATH_SIZE];
	enum err e = store_phone_path(store, activity, (int64_t)time(NULL) * 1000, path);
	if (!e)
		printf("%s\n", path);
	return e;
}

static enum err print_flags(struct store *store)
{
	struct flag_list list;
	enum err e = store_flags(store, 1000, &list);
	if (e)
		return e;
	for (size_t i = 0; i < list.count; i++)
		printf("%s %s %s\n", list.rows[i].what, list.rows[i].deputy, list.rows[i].activity);
	flag_list_clear(&list);
	return ERR_OK;
}

static enum err by_number(struct store *store, const char *number, char deputy[REPORT_ID_SIZE])
{
	struct id_params params[4];
	uint8_t digest[ID_DIGEST_BYTES];
	size_t count = 0;
	enum err e = store_id_params(store, params, sizeof params / sizeof params[0], &count);
	enum err found = ERR_NOT_FOUND;
	for (size_t i = 0; !e && found == ERR_NOT_FOUND && i < count; i++) {
		e = id_digest(number, &params[i], digest);
		found = e ? e : store_deputy_by_digest(store, &params[i], digest, deputy);
	}
	return e ? e : found;
}

static enum err print_known(struct store *store, const char *number, const char *deputy)
{
	char owner[REPORT_ID_SIZE] = "nobody";
	const char *name = "nobody";
	struct card_state card;
	struct deputy_list list = {0};
	enum err e = by_number(store, number, owner);
	if (!e || e == ERR_NOT_FOUND)
		e = store_card_state(store, deputy, &card);
	if (!e)
		e = store_deputies(store, &list);
	if (e)
		return e;
	for (size_t i = 0; i < list.count; i++)
		if (strcmp(list.rows[i].id, deputy) == 0)
			name = list.rows[i].name;
	printf("%s %s %u %u\n", owner, name, (unsigned)card.issue, (unsigned)card.lost_through);
	deputy_list_clear(&list);
	return ERR_OK;
}

static enum err perform(struct store *store, const char *act, char **words, int count)
{
	if (strcmp(act, "in") == 0 && count >= 3)
		return sign_in(store, words, count);
	if (strcmp(act, "leave") == 0 && count == 3)
		return ask_leave(store, words);
	if (strcmp(act, "odd") == 0 && count == 3)
		return store_note_odd(store, words[0], words[1], (uint32_t)strtoul(words[2], NULL, 10));
	if (strcmp(act, "phone") == 0 && count == 1)
		return print_phone(store, words[0]);
	if (strcmp(act, "known") == 0 && count == 2)
		return print_known(store, words[0], words[1]);
	if (strcmp(act, "flags") == 0 && count == 0)
		return print_flags(store);
	return ERR_UNSUPPORTED;
}

int main(int argc, char **argv)
{
	struct store *store;
	if (argc < 4 || strcmp(argv[1], "--data") != 0 || sodium_init() < 0) {
		fprintf(stderr, "usage: sign_in --data DIR in|leave|odd|phone|known|flags …; see its first lines\n");
		return 2;
	}
	enum err e = store_open(argv[2], 0, &store, NULL);
	if (!e) {
		e = perform(store, argv[3], argv + 4, argc - 4);
		store_close(store);
	}
	if (e)
		fprintf(stderr, "sign_in: %s\n", err_name(e));
	return e ? 1 : 0;
}
