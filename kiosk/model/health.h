/* health.h: what a kiosk says of itself to the township, and what of it needs a person. Nothing about visitors. Pure. */
#ifndef MODEL_HEALTH_H
#define MODEL_HEALTH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/err.h"

enum {
	HEALTH_EVERY_MS = 10 * 60 * 1000,   /* it is told at least so often while the township can be reached */
	HEALTH_SKEW_MS = 5 * 60 * 1000,     /* a clock further off than this is wrong */
	HEALTH_DISK_PERCENT = 10,           /* less than this is short */
	HEALTH_BACKLOG_S = 24 * 60 * 60,    /* what has waited for longer is stuck */
	HEALTH_VERSION_SIZE = 32
};

enum health_printer { HEALTH_PRINTER_UNKNOWN, HEALTH_PRINTER_READY, HEALTH_PRINTER_LOW, HEALTH_PRINTER_OUT, HEALTH_PRINTER_COVER,
                      HEALTH_PRINTER_FAULT, HEALTH_PRINTER_OFFLINE, HEALTH_PRINTER_NONE, HEALTH_PRINTERS };
enum health_device { HEALTH_DEVICE_UNKNOWN, HEALTH_DEVICE_PRESENT, HEALTH_DEVICE_ABSENT, HEALTH_DEVICE_NONE, HEALTH_DEVICES };
/* How the screen's program came to run: after an orderly end, after a power cut or a crash, or with its damaged database put
 * right from a backup. */
enum health_start { HEALTH_START_UNKNOWN, HEALTH_START_CLEAN, HEALTH_START_UNCLEAN, HEALTH_START_RECOVERED, HEALTH_STARTS };

struct health {
	int64_t at_ms; /* the kiosk's own clock */
	char version[HEALTH_VERSION_SIZE];
	int schema;
	int64_t uptime_s; /* of the box */
	bool running;     /* the screen's program is */
	enum health_start start;
	enum health_printer printer;
	enum health_device reader, scanner;
	bool clock_ok;                           /* it trusts its clock */
	int64_t unsent, blobs, parked, oldest_s; /* waiting to be sent, the oldest for so long; refused by the township */
	int64_t disk_free, disk_size;            /* bytes; size 0: unknown */
};

/* The names that travel, "paper_out"; never NULL. Of a name: its value, the UNKNOWN one for any that is not known. */
const char *health_printer_name(enum health_printer printer);
enum health_printer health_printer_of(const char *name);
const char *health_device_name(enum health_device device);
enum health_device health_device_of(const char *name);
const char *health_start_name(enum health_start start);
enum health_start health_start_of(const char *name);

/* As it is sent; a new reference, NULL when out of memory. */
json_t *health_json(const struct health *h);
/* ERR_INVALID: something is missing or not what it should be. */
MUST_USE enum err health_read(json_t *json, struct health *h);

/* Whether `b` says something that a person would want to hear after `a`: times and a few bytes of the disk are nothing new. */
bool health_differs(const struct health *a, const struct health *b);

/* Whole percent of the disk that are free; 100 where that is not known. */
int health_disk_percent(const struct health *h);

/* What needs a person. */
enum health_trouble {
	TROUBLE_PROGRAM, /* the screen is dark or stuck: its program does not run */
	TROUBLE_PAPER,   /* none */
	TROUBLE_PRINTER, /* cover, fault, or not plugged in */
	TROUBLE_READER,
	TROUBLE_SCANNER,
	TROUBLE_CLOCK,
	TROUBLE_DISK,
	TROUBLE_PARKED,  /* events that the township refused */
	TROUBLE_BACKLOG, /* something cannot be sent */
	TROUBLE_QUIET,   /* nothing was heard for too long: the township's to say */
	TROUBLE_COUNT
};
/* A set of 1 << trouble. `skew_ms`: the kiosk's clock less the township's, 0 where it cannot be told. */
unsigned health_troubles(const struct health *h, int64_t skew_ms);

#endif
