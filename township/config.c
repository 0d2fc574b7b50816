#include "township/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void config_defaults(struct config *c)
{
	memset(c, 0, sizeof *c);
	snprintf(c->listen, sizeof c->listen, "127.0.0.1:8480");
	c->idle_minutes = 60;
	c->rules = (struct case_rules){.transfer_days = 15, .answer_months = 3, .extend_months = 1};
	c->notice = notice_defaults();
	c->quiet_hours = 24;
	c->digest = digest_defaults();
	c->proposals = proposal_rules_default();
	c->evaluations = evaluation_rules_default();
}

enum kind { ADDRESS, PROXY, TEXT, NUMBER, POLICY };

static const char *const policies[] = {"optional", "head", "all"};

static const struct key {
	const char *section, *name;
	enum kind kind;
	size_t offset;
	int low, high; /* of a number; `high` is the room of a text */
} keys[] = {
	{"server", "listen", ADDRESS, offsetof(struct config, listen), 0, sizeof((struct config *)0)->listen},
	{"server", "tls_cert", TEXT, offsetof(struct config, tls_cert), 0, sizeof((struct config *)0)->tls_cert},
	{"server", "tls_key", TEXT, offsetof(struct config, tls_key), 0, sizeof((struct config *)0)->tls_key},
	{"server", "behind_proxy", PROXY, offsetof(struct config, behind_proxy), 0, sizeof((struct config *)0)->behind_proxy},
	{"server", "second_factor", POLICY, offsetof(struct config, second_factor), 0, 0},
	{"server", "idle_minutes", NUMBER, offsetof(struct config, idle_minutes), 5, 720},
	{"rules", "transfer_days", NUMBER, offsetof(struct config, rules.transfer_days), 1, 365},
	{"rules", "answer_months", NUMBER, offsetof(struct config, rules.answer_months), 1, 24},
	{"rules", "extend_months", NUMBER, offsetof(struct config, rules.extend_months), 1, 12},
	{"rules", "home_notice_days", NUMBER, offsetof(struct config, notice.home_days), 0, 90},
	{"rules", "group_notice_days", NUMBER, offsetof(struct config, notice.group_days), 0, 90},
	{"rules", "quiet_hours", NUMBER, offsetof(struct config, quiet_hours), 1, 720},
	{"rules", "motion_signatories", NUMBER, offsetof(struct config, proposals.motion_signatories), 1, 100},
	{"digest", "mail_to", TEXT, offsetof(struct config, digest.mail_to), 0, sizeof((struct digest_rules *)0)->mail_to},
	{"digest", "sendmail", TEXT, offsetof(struct config, digest.sendmail), 0, sizeof((struct digest_rules *)0)->sendmail},
	{"digest", "hour", NUMBER, offsetof(struct config, digest.hour), 0, 23},
	{"rules", "min_voters", NUMBER, offsetof(struct config, evaluations.min_voters), 1, 10000},
};
static const char known[] =
	"known: [server] listen, tls_cert, tls_key, behind_proxy, second_factor, idle_minutes; [rules] transfer_days, answer_months, extend_months, "
	"home_notice_days, group_notice_days, motion_signatories, min_voters, quiet_hours; [digest] mail_to, sendmail, hour";

struct reading {
	FILE *file;
	int line;
	const char *path;
	struct config *config;
	char *problem;
};

static char *next_line(char *out, int size, void *stream)
{
	struct reading *r = stream;
	char *got = fgets(out, size, r->file);
	r->line += got != NULL;
	return got;
}

static int complain(struct reading *r, const char *what, const char *name, const char *remedy)
{
	if (!r->problem[0])
		snprintf(r->problem, 512, "%.150s:%d: %s '%.60s'; %s", r->path, r->line, what, name, remedy);
	return 0;
}

/* Rewrites an address as it is compared later. */
static bool numeric_host(char *text)
{
	uint8_t address[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(family, text, address) == 1 && inet_ntop(family, address, text, 64);
}

static int on_value(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	char host[64], remedy[96];
	uint16_t port;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct key *k = &keys[i];
		char *at = (char *)r->config + k->offset;
		if (strcmp(k->section, section) != 0 || strcmp(k->name, name) != 0)
			continue;
		if (k->kind == NUMBER) {
			char *end;
			errno = 0;
			long n = strtol(value, &end, 10);
			if (errno || end == value || *end || n < k->low || n > k->high) {
				snprintf(remedy, sizeof remedy, "a whole number from %d to %d would do", k->low, k->high);
				return complain(r, "impossible value of", name, remedy);
			}
			*(int *)(void *)at = (int)n;
		} else if (k->kind == POLICY) {
			int policy = 0;
			while (policy < 3 && strcmp(policies[policy], value) != 0)
				policy++;
			if (policy == 3)
				return complain(r, "impossible value of", name, "optional, head or all would do");
			*(enum second_factor_policy *)(void *)at = (enum second_factor_policy)policy;
		} else {
			if (strlen(value) >= (size_t)k->high)
				return complain(r, "too long a value of", name, "shorten it");
			memcpy(at, value, strlen(value) + 1);
			if (k->kind == PROXY && !numeric_host(at))
				return complain(r, "impossible value of", name, "the proxy's address would do, e.g. 127.0.0.1");
			if (k->kind == ADDRESS && config_address(value, host, &port))
				return complain(r, "impossible value of", name,
				                "ADDRESS:PORT would do, e.g. 127.0.0.1:8480 or [::1]:8480");
		}
		return 1;
	}
	return complain(r, "unknown setting", name, known);
}

enum err config_load(const char *path, struct config *c, char problem[512])
{
	struct reading r = {.path = path, .config = c, .problem = problem};
	problem[0] = '\0';
	r.file = fopen(path, "re");
	if (!r.file)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	int line = ini_parse_stream(next_line, &r, on_value, &r);
	fclose(r.file);
	if (line != 0 && !problem[0])
		snprintf(problem, 512, "%.300s:%d: not 'key = value' nor '[section]'; see the README for what may be set", path,
		         line > 0 ? line : 0);
	return line == 0 && !problem[0] ? ERR_OK : ERR_INVALID;
}

enum err config_address(const char *listen, char host[64], uint16_t *port)
{
	const char *colon = strrchr(listen, ':');
	size_t len = colon ? (size_t)(colon - listen) : 0;
	char *end;
	if (len == 0 || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return ERR_INVALID;
	if (listen[0] == '[' && listen[len - 1] == ']') {
		listen++;
		len -= 2;
	}
	if (len == 0 || len >= 64)
		return ERR_INVALID;
	unsigned long n = strtoul(colon + 1, &end, 10);
	if (n > 65535)
		return ERR_INVALID;
	memcpy(host, listen, len);
	host[len] = '\0';
	if (strspn(host, "0123456789.") != len && strspn(host, "0123456789abcdefABCDEF:.") != len)
		return ERR_INVALID;
	*port = (uint16_t)n;
	return ERR_OK;
}
