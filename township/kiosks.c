#include "township/kiosks.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "model/utf8.h"

static enum err clean_name(const char *name, char out[TOWN_NAME_SIZE])
{
	enum err e = utf8_clean(name, strlen(name), false, KIOSK_NAME_CHARS, out, TOWN_NAME_SIZE);
	return e ? e : out[0] ? ERR_OK : ERR_INVALID;
}

/* ---- they come and go ---- */

static enum err admit(struct town *town, struct town_enrolment *en, const char *user, struct town_kiosk *kiosk)
{
	enum err e = town_kiosk_by_key(town->store, en->public_key, kiosk);
	if (e == ERR_NOT_FOUND) {
		/* Out of its key: after a restore from a copy that does not know it, it gets the same one again, and all that it
		 * signed under it stays good. */
		uint8_t digest[DIGEST_BYTES];
		char hex[13];
		*kiosk = (struct town_kiosk){0};
		digest_of(en->public_key, sizeof en->public_key, digest);
		sodium_bin2hex(hex, sizeof hex, digest, 6);
		snprintf(kiosk->id, sizeof kiosk->id, "k-%s", hex);
		memcpy(kiosk->public_key, en->public_key, sizeof kiosk->public_key);
		e = ERR_OK;
	}
	if (e)
		return e;
	memcpy(kiosk->name, en->name, sizeof kiosk->name);
	e = town_kiosk_put(town->store, kiosk, en->version, town_now_ms());
	if (!e)
		e = town_enrolment_decide(town->store, en, "approved", kiosk->id, user, town_now_ms());
	return e ? e : town_audit_user(town, user, "enrolment.approved", kiosk->id, kiosk->name);
}

enum err kiosk_admit(struct town *town, const char *code, const char *name, const char *user, struct town_kiosk *kiosk)
{
	struct town_enrolment en;
	enum err e = town_begin(town->store);
	if (!e)
		e = town_enrolment_by_code(town->store, code, &en);
	if (!e && en.created_ms < town_now_ms() - KIOSK_CODE_HOURS * 3600000LL)
		e = ERR_NOT_FOUND; /* its kiosk has a new code by now */
	if (!e && name && name[0])
		e = clean_name(name, en.name);
	if (!e)
		e = admit(town, &en, user, kiosk);
	return town_end(town->store, e);
}

enum err kiosk_deny(struct town *town, const char *code, const char *user)
{
	struct town_enrolment en;
	enum err e = town_begin(town->store);
	if (!e)
		e = town_enrolment_by_code(town->store, code, &en);
	if (!e)
		e = town_enrolment_decide(town->store, &en, "denied", NULL, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "enrolment.denied", en.code, en.name);
	return town_end(town->store, e);
}

enum err kiosk_rename(struct town *town, const char *id, const char *name, const char *user)
{
	struct town_kiosk kiosk;
	char fresh[TOWN_NAME_SIZE];
	enum err e = clean_name(name, fresh);
	if (!e)
		e = town_begin(town->store);
	if (e)
		return e;
	e = town_kiosk_by_id(town->store, id, &kiosk);
	if (!e && strcmp(kiosk.name, fresh) != 0) {
		e = town_kiosk_rename(town->store, id, fresh);
		if (!e)
			e = town_audit_user(town, user, "kiosk.renamed", id, fresh);
	}
	return town_end(town->store, e);
}

enum err kiosk_revoke(struct town *town, const char *id, const char *user, struct town_kiosk *kiosk)
{
	enum err e = town_begin(town->store);
	if (!e)
		e = town_kiosk_by_id(town->store, id, kiosk);
	if (!e && kiosk->revoked)
		e = ERR_STATE;
	if (!e)
		e = town_kiosk_revoke(town->store, id, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "kiosk.revoked", id, kiosk->name);
	return town_end(town->store, e);
}

enum err kiosk_refusal_handled(struct town *town, const char *id, int64_t seq, const char *user)
{
	char object[KIOSK_ID_SIZE + 24];
	snprintf(object, sizeof object, "%s/%" PRId64, id, seq);
	enum err e = town_begin(town->store);
	if (!e)
		e = town_refusal_handled(town->store, id, seq, user, town_now_ms());
	if (!e)
		e = town_audit_user(town, user, "refusal.handled", object, "");
	return town_end(town->store, e);
}

/* ---- what they say of themselves ---- */

/* A change of one part, unless it is as it was or cannot be told. */
static enum err note(struct town *town, const char *id, const char *part, const char *now, int64_t now_ms)
{
	char was[TOWN_HEALTH_VALUE_SIZE];
	if (strcmp(now, "unknown") == 0)
		return ERR_OK;
	enum err e = town_health_last(town->store, id, part, was);
	if (e == ERR_NOT_FOUND)
		was[0] = '\0';
	else if (e || strcmp(was, now) == 0)
		return e;
	return town_health_change_add(town->store, id, part, was, now, now_ms);
}

static const char *clock_name(const struct health *h, int64_t now_ms)
{
	int64_t skew = h->at_ms - now_ms;
	return skew > HEALTH_SKEW_MS || skew < -HEALTH_SKEW_MS ? "off" : h->clock_ok ? "good" : "untrusted";
}

static enum err note_all(struct town *town, const struct town_kiosk_look *before, const struct health *h, int64_t now_ms)
{
	char parked[24];
	snprintf(parked, sizeof parked, "%" PRId64, h->parked);
	const char *parts[][2] = {
		{"version", h->version},
		{"program", h->running ? "running" : "stopped"},
		{"printer", health_printer_name(h->printer)},
		{"reader", health_device_name(h->reader)},
		{"scanner", health_device_name(h->scanner)},
		{"clock", clock_name(h, now_ms)},
		{"disk", health_disk_percent(h) < HEALTH_DISK_PERCENT ? "short" : "good"},
		{"parked", parked},
	};
	enum err e = ERR_OK;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && !e; i++)
		e = note(town, before->id, parts[i][0], parts[i][1], now_ms);
	if (!e && before->health_ms && h->uptime_s < before->health.uptime_s)
		e = town_health_change_add(town->store, before->id, "restart", "", health_start_name(h->start), now_ms);
	return e;
}

enum err kiosk_health_take(struct town *town, const char *id, const struct health *health, int64_t now_ms)
{
	struct town_kiosk_look before;
	enum err e = town_begin(town->store);
	if (!e)
		e = town_kiosk_look(town->store, id, &before);
	if (!e)
		e = note_all(town, &before, health, now_ms);
	if (!e)
		e = town_health_put(town->store, id, health, now_ms);
	return town_end(town->store, e);
}

/* ---- what needs a person ---- */

static const struct {
	const char *words, *remedy;
} troubles[TROUBLE_COUNT] = {
	[TROUBLE_PROGRAM] = {"屏幕程序没有运行", "到现场把机器断电后重新开机；还不行，请联系维护人员"},
	[TROUBLE_PAPER] = {"打印机没有纸", "请现场工作人员换纸；换好后会自动接着打印"},
	[TROUBLE_PRINTER] = {"打印机用不了", "请现场工作人员检查打印机的盖子、电源和连线"},
	[TROUBLE_READER] = {"身份证读卡器没有连上", "请现场工作人员检查读卡器的连线，拔下再插好"},
	[TROUBLE_SCANNER] = {"扫码器没有连上", "请现场工作人员检查扫码器的连线，拔下再插好"},
	[TROUBLE_CLOCK] = {"时钟不准", "检查这台机器的网络对时；记录的先后不受影响，时间会标明待核对"},
	[TROUBLE_DISK] = {"存储空间不足", "请联系维护人员清理或更换存储卡，空间用完后机器将不能受理"},
	[TROUBLE_PARKED] = {"有记录没有被收下", "见“没有收下的记录”，处理后标为已处理；那里没有的，在机器上用 kioskctl parked 查看"},
	[TROUBLE_BACKLOG] = {"有记录超过一天没有送到", "在机器上查看同步出错的原因，或联系维护人员"},
	[TROUBLE_QUIET] = {"很久没有联系", "检查这台机器的电源和网络"},
};

const char *kiosk_trouble_words(enum health_trouble trouble)
{
	return troubles[trouble].words;
}

const char *kiosk_trouble_remedy(enum health_trouble trouble)
{
	return troubles[trouble].remedy;
}

unsigned kiosk_troubles(const struct town *town, const struct town_kiosk_look *look, int64_t now_ms)
{
	int64_t heard_ms = look->last_contact_ms ? look->last_contact_ms : look->enrolled_ms;
	unsigned set = 0;
	if (look->revoked_ms)
		return 0;
	if (now_ms - heard_ms > town->quiet_hours * 3600000LL)
		set = 1u << TROUBLE_QUIET;
	else if (look->health_ms)
		set = health_troubles(&look->health, look->health.at_ms - look->health_ms) & ~(1u << TROUBLE_PARKED);
	/* The refusals are our own; more at the kiosk than here: ours were lost. */
	if (look->unhandled > 0 || look->health.parked > look->refused)
		set |= 1u << TROUBLE_PARKED;
	return set;
}

static enum err add_trouble(json_t *list, const struct town_kiosk_look *look, unsigned set)
{
	char words[512] = "";
	size_t len = 0;
	for (int i = 0; i < TROUBLE_COUNT; i++)
		if (set & 1u << i)
			len += (size_t)snprintf(words + len, sizeof words - len, "%s%s", len ? "，" : "", troubles[i].words);
	return json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "kiosk", look->id, "name", look->name, "words", words))
	           ? ERR_NOMEM
	           : ERR_OK;
}

enum err town_kiosk_troubles(struct town *town, int64_t now_ms, json_t **list)
{
	struct town_kiosk_looks looks;
	enum err e = town_kiosk_looks(town->store, &looks);
	if (e)
		return e;
	json_t *found = json_array();
	e = found ? ERR_OK : ERR_NOMEM;
	for (size_t i = 0; i < looks.count && !e; i++) {
		unsigned set = kiosk_troubles(town, &looks.items[i], now_ms);
		if (set)
			e = add_trouble(found, &looks.items[i], set);
	}
	town_kiosk_looks_clear(&looks);
	if (e)
		json_decref(found);
	else
		*list = found;
	return e;
}
