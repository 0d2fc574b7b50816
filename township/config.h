/* config.h: the server's settings file (INI), and the command line over it. */
#ifndef TOWNSHIP_CONFIG_H
#define TOWNSHIP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/case.h"
#include "model/evaluation.h"
#include "model/proposal.h"
#include "township/digest.h"
#include "township/notice.h"
#include "township/totp.h"

struct config {
	char listen[128];                   /* 127.0.0.1:8480, [::1]:8480 */
	char tls_cert[2048], tls_key[2048]; /* "" for none */
	char behind_proxy[64];              /* its address, numeric; "" for none */
	enum second_factor_policy second_factor;
	int idle_minutes;                   /* until a page's session that nobody uses ends */
	struct case_rules rules;
	struct notice_rules notice;
	int quiet_hours; /* see town.h */
	struct digest_rules digest;
	struct proposal_rules proposals;
	struct evaluation_rules evaluations;
};

void config_defaults(struct config *c);

/* Reads the file over what is there. ERR_NOT_FOUND: no such file. ERR_INVALID with `problem`: "FILE:LINE:
 * what; what would do". */
MUST_USE enum err config_load(const char *path, struct config *c, char problem[512]);

/* Splits "127.0.0.1:8480" or "[::1]:8480"; the host is numeric. */
MUST_USE enum err config_address(const char *listen, char host[64], uint16_t *port);

#endif
