/* printer_status.h: what CUPS says of a job and its printer (RFC 8011, and the texts of CUPS' own backends),
 * as the screen understands it. Pure. */
#ifndef DEVICES_PRINTER_STATUS_H
#define DEVICES_PRINTER_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "devices/printer.h"

/* One attribute group's worth; texts are borrowed, NULL where the server left them out. */
struct printer_report {
	int job_state;     /* RFC 8011 §5.3.7: 3 pending .. 9 completed; 0 for no job */
	int printer_state; /* 3 idle, 4 processing, 5 stopped; 0 unknown */
	bool accepting;
	const char *const *reasons; /* printer-state-reasons */
	size_t reason_count;
	const char *printer_message, *job_message;
	long processing_ms; /* how long the job has been processing */
};

/* PRINTER_READY for a reason that need not worry anybody. */
enum printer_health printer_health_of_reason(const char *reason);
/* A dead printer behind CUPS' socket backend shows in the message alone. */
enum printer_health printer_health_of_message(const char *message);

/* Of everything that is wrong, what must be mended first. */
enum printer_health printer_health_of(const struct printer_report *report);
/* PRINT_PRINTING, PRINT_HELD, PRINT_DONE or PRINT_FAILED; `health` may be put right to explain a job that is
 * stuck. */
enum print_state printer_job_of(const struct printer_report *report, enum printer_health *health);

#endif
