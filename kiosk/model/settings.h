/* settings.h: what a site may set, from an INI text (libinih), checked whole before anything starts.
 *
 * An unknown section or key, or an impossible value, is refused with the line and what would do. */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/case.h"
#include "model/err.h"

enum { SETTINGS_MAX_SUBJECTS = 24, SETTINGS_TEXT = 128, SETTINGS_PATH = 512 };

struct subject {
	char id[64];                 /* "roads" */
	char name[SETTINGS_TEXT];    /* 道路交通: Simplified Chinese; the screen converts */
	char name_en[SETTINGS_TEXT]; /* "Roads and traffic"; "" when none was given */
};

struct settings {
	/* [site] */
	char township[SETTINGS_TEXT];   /* 青禾乡 */
	char home[SETTINGS_TEXT];       /* 青禾乡人大代表之家 */
	char home_en[SETTINGS_TEXT];
	char help_phone[32];            /* shown on every help page */
	char kiosk_name[SETTINGS_TEXT]; /* 大厅一号机 */
	char language[16];              /* zh_Hans | zh_Hant | en */
	/* [subjects]: id = name | English name; in the file's order */
	struct subject subjects[SETTINGS_MAX_SUBJECTS];
	size_t subject_count;
	/* [screen] */
	bool large_text, calm;
	double panel_mm;                /* diagonal in mm, 0 when unknown */
	/* [session] */
	int idle_s, countdown_s;        /* 60, 15 */
	/* [printer] [idcard] [scanner] device URIs, "" when there is none */
	char printer_device[SETTINGS_PATH];
	int paper_mm;                   /* 58 or 80 */
	char idcard_device[SETTINGS_PATH];
	char scanner_device[SETTINGS_PATH];
	/* [sync] */
	char sync_url[SETTINGS_PATH];   /* https://… ; http:// only to a loopback address */
	char sync_ca_file[SETTINGS_PATH]; /* "" for the system's */
	char phone_url[SETTINGS_PATH]; /* where deputies' phones reach the same server; "" for sync_url */
	/* [rules] */
	struct case_rules rules;
	int diary_month, diary_year, home_notice_days, group_notice_days, evaluation_min_voters,
		motion_min_signatories;
	int attendance_percent;
};

/* What a site's reports are about where its settings name no subjects of their own. */
const struct subject *settings_default_subjects(size_t *count);

struct settings_problem {
	int line;            /* 0 when it is about the whole file */
	char what[256];      /* "unknown key 'papper' in [printer]" */
	char remedy[256];    /* "did you mean 'paper'? known: device, paper" */
	char what_zh[256], remedy_zh[256]; /* the same for an operator who reads Chinese */
};

/* Fills in the defaults (a complete, usable set but for [site], which is then the neutral 人大代表之家). */
void settings_defaults(struct settings *s);

/* Reads `text` over what *s holds, which settings_defaults has filled. ERR_INVALID with the first problem told;
 * *s is then not to be used. */
MUST_USE enum err settings_parse(const char *text, size_t len, struct settings *s,
                                 struct settings_problem *problem);

#endif
