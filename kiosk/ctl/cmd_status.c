/* cmd_status.c: how the box is, for a person or a program. */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/ctl.h"
#include "model/civil.h"
#include "store/store_attendance.h"

enum { FLAGS_COUNTED = 1000, MS_A_DAY = 24 * 60 * 60 * 1000 };

struct status {
	struct store_identity identity;
	struct store_counts counts;
	struct health box;
	struct settings settings;
	bool settings_good;
	int schema;
	struct activity_list today; /* owned */
	size_t flags;               /* at most FLAGS_COUNTED */
};

static void time_text(int64_t ms, char out[32])
{
	char day[11];
	struct civil_time t = civil_from_ms(ms);
	civil_format(t.date, day);
	snprintf(out, 32, "%s %02u:%02u:%02u", day, (unsigned)t.hour % 24, (unsigned)t.minute % 60,
	         (unsigned)t.second % 60);
}

static void print_activities(const struct activity_list *today)
{
	printf(_("今天活动    %zu 场\n"), today->count);
	for (size_t i = 0; i < today->count; i++) {
		const struct activity_row *a = &today->rows[i];
		char when[CTL_TIME_SIZE];
		ctl_time(a->activity.starts_ms, when);
		printf(_("            %s %s：应到 %d，已到 %d，请假 %d，列席 %d\n"), when + strlen("2026-03-12 "),
		       a->activity.title, a->invited, a->present, a->on_leave, a->guests);
	}
}

static void print_text(const struct ctl *ctl, const struct status *s)
{
	char when[32];
	const struct store_counts *c = &s->counts;
	printf(_("数据        %s（结构 %d）\n"), ctl->dir, s->schema);
	if (s->settings_good)
		printf(_("站点        %s\n"), s->settings.home);
	if (s->identity.enrolled)
		printf(_("终端        %s，已登记\n"), s->identity.kiosk);
	else if (s->identity.enrol_code[0])
		printf(_("终端        等待乡镇批准，登记码 %s\n"), s->identity.enrol_code);
	else
		printf(_("终端        还没有登记；运行 kiosk-sync 后，在乡镇的网页上批准\n"));
	printf(_("事项        %lld 件\n"), (long long)c->cases);
	print_activities(&s->today);
	if (s->flags > 0)
		printf(_("要留意      %zu 件；用 kioskctl flags 查看\n"), s->flags);
	printf(_("记录        %lld 条，审计链 %lld 环\n"), (long long)c->events, (long long)c->audit_links);
	printf(_("待发送      %lld 条记录，%lld 个附件\n"), (long long)c->unsent, (long long)c->blobs_unsent);
	if (c->parked > 0)
		printf(_("被退回      %lld 条；用 kioskctl parked 查看\n"), (long long)c->parked);
	if (c->last_contact_ms > 0) {
		time_text(c->last_contact_ms, when);
		printf(_("上次联系    %s\n"), when);
	} else {
		printf(_("上次联系    还没有\n"));
	}
	if (c->last_sync_error[0])
		printf(_("联系出错    %s\n"), c->last_sync_error);
	ctl_print_box(&s->box, s->settings_good ? s->settings.printer_device : "");
}

static json_t *activities_json(const struct activity_list *today)
{
	json_t *all = json_array();
	for (size_t i = 0; i < today->count; i++) {
		const struct activity_row *a = &today->rows[i];
		json_array_append_new(all, json_pack("{s:s, s:s, s:I, s:I, s:i, s:i, s:i, s:i}", "id", a->activity.id, "title",
		                                     a->activity.title, "starts_ms", (json_int_t)a->activity.starts_ms,
		                                     "ends_ms", (json_int_t)a->activity.ends_ms, "invited", a->invited,
		                                     "present", a->present, "on_leave", a->on_leave, "guests", a->guests));
	}
	return all;
}

static int print_json(const struct ctl *ctl, const struct status *s)
{
	char key[SIGN_PUBLIC_BYTES * 2 + 1];
	const struct store_counts *c = &s->counts;
	sodium_bin2hex(key, sizeof key, s->identity.sign_public, SIGN_PUBLIC_BYTES);
	json_t *j = json_pack("{s:s, s:i, s:i, s:s, s:b, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:b}",
	                      "data", ctl->dir, "schema", s->schema, "schema_newest", store_schema_newest(),
	                      "kiosk", s->identity.kiosk, "enrolled", s->identity.enrolled, "enrol_code",
	                      s->identity.enrol_code, "sign_public", key, "cases", (json_int_t)c->cases, "events",
	                      (json_int_t)c->events, "unsent", (json_int_t)c->unsent, "parked",
	                      (json_int_t)c->parked, "audit_links", (json_int_t)c->audit_links, "blobs_unsent",
	                      (json_int_t)c->blobs_unsent, "last_contact_ms", (json_int_t)c->last_contact_ms,
	                      "last_sync_error", c->last_sync_error, "settings_good", s->settings_good);
	if (!j)
		return ctl_fail("%s", ctl_error(ERR_NOMEM));
	if (s->settings_good) {
		json_object_set_new(j, "home", json_string(s->settings.home));
		json_object_set_new(j, "printer", json_string(s->settings.printer_device));
	}
	json_object_set_new(j, "flags", json_integer((json_int_t)s->flags));
	json_object_set_new(j, "box", health_json(&s->box));
	json_object_set_new(j, "activities_today", activities_json(&s->today));
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
	return EXIT_DONE;
}

static enum err read_attendance(struct store *store, struct status *s)
{
	struct flag_list flags = {0};
	int64_t midnight = civil_to_ms(civil_from_ms(ctl_now_ms(store)).date);
	size_t kept = 0;
	enum err e = store_activities(store, midnight, midnight + MS_A_DAY, &s->today);
	for (size_t i = 0; i < s->today.count; i++) /* not yesterday's, which one can still be signed out of */
		if (s->today.rows[i].activity.ends_ms > midnight)
			s->today.rows[kept++] = s->today.rows[i];
	s->today.count = kept;
	if (e == ERR_OK)
		e = store_flags(store, FLAGS_COUNTED, &flags);
	s->flags = flags.count;
	flag_list_clear(&flags);
	return e;
}

int cmd_status(const struct ctl *ctl)
{
	bool json = ctl->argc == 2 && strcmp(ctl->argv[1], "--json") == 0;
	struct status s = {0};
	struct store *store;
	if (ctl->argc > 1 && !json)
		return ctl_usage(_("status 不认识“%s”；只可以加 --json"), ctl->argv[ctl->argc - 1]);
	if (ctl_open(ctl, &store) != ERR_OK)
		return EXIT_FAILED;
	enum err e = store_identity(store, &s.identity);
	if (e == ERR_OK)
		e = store_counts(store, &s.counts);
	if (e == ERR_OK)
		e = store_health(store, &s.box);
	if (e == ERR_OK)
		e = read_attendance(store, &s);
	s.schema = store_schema(store);
	store_close(store);
	if (e != ERR_OK) {
		activity_list_clear(&s.today);
		return ctl_fail(_("读不出状态：%s"), ctl_error(e));
	}
	s.settings_good = ctl_settings(ctl, &s.settings) == ERR_OK;
	int code = EXIT_DONE;
	if (json)
		code = print_json(ctl, &s);
	else
		print_text(ctl, &s);
	activity_list_clear(&s.today);
	return s.settings_good ? code : EXIT_FAILED;
}
