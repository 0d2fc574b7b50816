/* submit_reports: files reports in a kiosk's data folder as the screen would, and says what the slips would
 * say.
 *
 *   submit_reports --data DIR --count N [--ink] [--fast]     a line a report: code, receipt, case id
 *   submit_reports --data DIR --rate CODE RATING [REASON]    judges the answer, as the holder of the slip
 *   submit_reports --data DIR --show CODE                    what the holder reads: state, then the view's
 * JSON submit_reports --data DIR --counts                       the box's figures, "name value" a line
 *
 * --fast makes up the lookup tags instead of stretching the codes: for the bench, where no slip is ever read.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

struct options {
	const char *data, *code, *rating, *reason;
	long count;
	bool ink, fast, rate, show, counts;
};

static const char *const texts[] = {
	"村口到小学的路，一下雨就积水，孩子们上学要绕行。希望能修一修排水沟。",
	"双泉村的自来水隔一天才来一次，有时候是黄的。请查一查是什么原因。",
	"建议在桥头和卫生室门口各装一盏路灯。",
	"高龄津贴从去年九月就没有到账，请帮忙查一查。",
};
static const char *const subjects[] = {"roads", "water", "farmland", "subsidies"};

static enum err draw(struct ink *ink)
{
	enum err e = ink_begin(ink, (struct ink_point){100, 100});
	for (uint16_t i = 1; i < 400 && !e; i++)
		e = ink_extend(ink, (struct ink_point){(uint16_t)(100 + i * 20), (uint16_t)(100 + i * i % 3000)});
	return e;
}

static enum err file_one(struct store *store, const struct options *o, long n, const uint8_t *salt)
{
	static struct report report; /* large */
	struct slip_code code;
	struct slip_keys keys;
	struct submission done;
	uint8_t random[SLIP_CODE_RANDOM_BYTES];
	char dashed[SLIP_CODE_DASHED_SIZE];
	report.kind = (enum report_kind)(n % REPORT_KIND_COUNT);
	report.kind_chosen = report.deputy_chosen = true;
	report.identity = n % 2 ? IDENTITY_NAMED : IDENTITY_ANONYMOUS;
	snprintf(report.subject, sizeof report.subject, "%s", subjects[n % 4]);
	snprintf(report.text, sizeof report.text, "%s（第 %ld 件）", texts[n % 4], n + 1);
	if (n % 2)
		snprintf(report.name, sizeof report.name, "张三");
	enum err e = ERR_OK;
	if (o->ink) {
		report.page_count = 1;
		e = draw(&report.pages[0]);
	}
	randombytes_buf(random, sizeof random);
	slip_code_make(random, &code);
	if (o->fast)
		randombytes_buf(&keys, sizeof keys);
	else if (!e)
		e = slip_keys_derive(&code, salt, &keys);
	if (!e)
		e = store_submit(store, &report, &code, &keys, &done);
	slip_code_dashed(&code, dashed);
	if (!e)
		printf("%s %s %s\n", dashed, done.receipt, done.case_id);
	report_wipe(&report);
	return e;
}

static enum err find(struct store *store, const char *text, const uint8_t *salt, struct slip_keys *keys,
                     struct case_summary *summary)
{
	struct slip_code code;
	enum err e = slip_code_parse(text, strlen(text), &code);
	if (!e)
		e = slip_keys_derive(&code, salt, keys);
	return e ? e : store_find_case(store, keys->lookup, summary);
}

static enum err rate(struct store *store, const struct options *o, const uint8_t *salt)
{
	struct slip_keys keys;
	struct case_summary summary;
	enum rating rating;
	enum err e = rating_parse(o->rating, &rating);
	if (!e)
		e = find(store, o->code, salt, &keys, &summary);
	if (e)
		return e;
	e = store_rate(store, summary.case_id, rating, o->reason ? o->reason : "");
	case_summary_clear(&summary);
	return e;
}

static enum err show(struct store *store, const struct options *o, const uint8_t *salt)
{
	struct slip_keys keys;
	struct case_summary s;
	enum err e = find(store, o->code, salt, &keys, &s);
	if (e)
		return e;
	printf("%s %d %s\n", case_state_id(s.state), s.round, s.receipt);
	if (s.view) {
		size_t len = s.view_len - VIEW_OVERHEAD_BYTES;
		uint8_t *text = malloc(len + 1);
		e = text ? view_decrypt(keys.view_key, s.case_id, s.view, s.view_len, text) : ERR_NOMEM;
		if (!e)
			printf("%.*s\n", (int)len, (const char *)text);
		free(text);
	}
	case_summary_clear(&s);
	return e;
}

static enum err print_counts(struct store *store)
{
	struct store_counts c;
	struct deputy_list deputies;
	struct rule_list rules;
	struct store_identity identity;
	enum err e = store_counts(store, &c);
	if (!e)
		e = store_identity(store, &identity);
	if (!e)
		e = store_deputies(store, &deputies);
	if (e)
		return e;
	printf("deputies %zu\n", deputies.count);
	deputy_list_clear(&deputies);
	e = store_rules(store, &rules);
	if (e)
		return e;
	printf("rules %zu\n", rules.count);
	rule_list_clear(&rules);
	printf("cases %lld\nevents %lld\nunsent %lld\nparked %lld\nblobs_unsent %lld\nlast_contact_ms %lld\n",
	       (long long)c.cases, (long long)c.events, (long long)c.unsent, (long long)c.parked,
	       (long long)c.blobs_unsent, (long long)c.last_contact_ms);
	printf("enrolled %d\nkiosk %s\nenrol_code %s\nproblem %s\n", identity.enrolled, identity.kiosk,
	       identity.enrol_code, c.last_sync_error);
	return ERR_OK;
}

static bool parse(int argc, char **argv, struct options *o)
{
	*o = (struct options){.count = -1};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--data") == 0 && i + 1 < argc)
			o->data = argv[++i];
		else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
			o->count = strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--ink") == 0)
			o->ink = true;
		else if (strcmp(argv[i], "--fast") == 0)
			o->fast = true;
		else if (strcmp(argv[i], "--counts") == 0)
			o->counts = true;
		else if (strcmp(argv[i], "--show") == 0 && i + 1 < argc) {
			o->show = true;
			o->code = argv[++i];
		} else if (strcmp(argv[i], "--rate") == 0 && i + 2 < argc) {
			o->rate = true;
			o->code = argv[++i];
			o->rating = argv[++i];
			if (i + 1 < argc && argv[i + 1][0] != '-')
				o->reason = argv[++i];
		} else
			return false;
	}
	return o->data && (o->count >= 0 || o->rate || o->show || o->counts);
}

int main(int argc, char **argv)
{
	struct options o;
	struct store *store;
	struct store_identity identity;
	if (!parse(argc, argv, &o) || sodium_init() < 0) {
		fprintf(stderr, "usage: submit_reports --data DIR --count N [--ink] [--fast] | --rate CODE RATING "
		                "[REASON] | --show CODE | "
		                "--counts\n");
		return 2;
	}
	enum err e = store_open(o.data, 0, &store, NULL);
	if (!e) {
		e = store_identity(store, &identity);
		for (long i = 0; i < o.count && !e; i++)
			e = file_one(store, &o, i, identity.slip_salt);
		if (!e && o.rate)
			e = rate(store, &o, identity.slip_salt);
		if (!e && o.show)
			e = show(store, &o, identity.slip_salt);
		if (!e && o.counts)
			e = print_counts(store);
		store_close(store);
	}
	if (e)
		fprintf(stderr, "submit_reports: %s\n", err_name(e));
	return e ? 1 : 0;
}
