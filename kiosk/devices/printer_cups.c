#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cups/cups.h>

#include "devices/ipp_link.h"
#include "devices/printer_carrier.h"
#include "devices/printer_status.h"

enum { QUEUE_MAX = 127, MAX_REASONS = 16, MAX_SWEPT = 64 };

/* The name all our jobs carry: it says nothing, and sweeping knows them by it. */
static const char JOB_NAME[] = "deputies-home slip";
static const char RAW[] = "application/vnd.cups-raw";

struct cups_printer {
	struct interrupt *interrupt;
	int64_t processing_since_ms; /* 0 while the job is not being processed */
	char uri[HTTP_MAX_URI];
	char resource[QUEUE_MAX + 16];
};

static ipp_t *new_request(const struct cups_printer *cups, ipp_op_t operation, int job)
{
	ipp_t *request = ippNewRequest(operation);
	if (!request)
		return NULL;
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, cups->uri);
	if (job)
		ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, cupsUser());
	return request;
}

/* A call whose refusal is an error like any other. */
static enum err ask(struct ipp_link *link, const char *resource, ipp_t *request, ipp_t **response)
{
	ipp_t *reply;
	enum err e = ipp_link_call(link, resource, request, NULL, 0, &reply);
	if (e)
		return e;
	e = ipp_link_refusal(reply);
	if (e)
		ippDelete(reply);
	else
		*response = reply;
	return e;
}

static enum err create_job(struct ipp_link *link, const struct cups_printer *cups, int *job)
{
	ipp_t *request = new_request(cups, IPP_OP_CREATE_JOB, 0);
	if (!request)
		return ERR_NOMEM;
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, JOB_NAME);
	ipp_t *response;
	enum err e = ask(link, cups->resource, request, &response);
	if (e)
		return e;
	*job = ippGetInteger(ippFindAttribute(response, "job-id", IPP_TAG_INTEGER), 0);
	ippDelete(response);
	return *job > 0 ? ERR_OK : ERR_IO;
}

/* Two steps, so that a lost reply can never make a second print: an empty job may be created again, a
 * document is sent once. When the reply to the document is lost, cups_poll finds out whether the server has
 * it. */
static enum err cups_start(void *self, const uint8_t *bytes, size_t len, int *ref)
{
	struct cups_printer *cups = self;
	struct ipp_link link;
	enum err e = ipp_link_open(&link, cups->interrupt);
	int job = 0;
	if (!e)
		e = create_job(&link, cups, &job);
	ipp_t *request = e ? NULL : new_request(cups, IPP_OP_SEND_DOCUMENT, job);
	if (request) {
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, RAW);
		ippAddBoolean(request, IPP_TAG_OPERATION, "last-document", 1);
		ipp_t *response;
		e = ipp_link_call(&link, cups->resource, request, bytes, len, &response);
		if (e == ERR_OFFLINE || e == ERR_TIMEOUT) {
			e = ERR_OK;
		} else if (!e) {
			e = ipp_link_refusal(response);
			ippDelete(response);
			e = e == ERR_OFFLINE ? ERR_IO : e;
		}
		*ref = job;
	} else if (!e) {
		e = ERR_NOMEM;
	}
	ipp_link_close(&link);
	cups->processing_since_ms = 0;
	return e;
}

static const char *text_of(ipp_t *response, const char *name)
{
	return ippGetString(ippFindAttribute(response, name, IPP_TAG_TEXT), 0, NULL);
}

/* The texts in `report` point into `response`, the reasons into `reasons`. */
static void read_printer(ipp_t *response, struct printer_report *report, const char *reasons[MAX_REASONS])
{
	ipp_attribute_t *attribute = ippFindAttribute(response, "printer-state-reasons", IPP_TAG_KEYWORD);
	for (int i = 0; i < ippGetCount(attribute) && i < MAX_REASONS; i++)
		reasons[report->reason_count++] = ippGetString(attribute, i, NULL);
	report->reasons = reasons;
	report->printer_state = ippGetInteger(ippFindAttribute(response, "printer-state", IPP_TAG_ENUM), 0);
	report->printer_message = text_of(response, "printer-state-message");
	attribute = ippFindAttribute(response, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
	report->accepting = !attribute || ippGetBoolean(attribute, 0);
}

static enum err get_printer(struct ipp_link *link, const struct cups_printer *cups, ipp_t **response)
{
	static const char *const WANTED[] = { "printer-state", "printer-state-reasons",
		                              "printer-state-message", "printer-is-accepting-jobs" };
	ipp_t *request = new_request(cups, IPP_OP_GET_PRINTER_ATTRIBUTES, 0);
	if (!request)
		return ERR_NOMEM;
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	              sizeof WANTED / sizeof *WANTED, NULL, WANTED);
	return ask(link, cups->resource, request, response);
}

static enum err get_job(struct ipp_link *link, const struct cups_printer *cups, int job, ipp_t **response)
{
	static const char *const WANTED[] = { "job-state", "job-printer-state-message",
		                              "number-of-documents" };
	ipp_t *request = new_request(cups, IPP_OP_GET_JOB_ATTRIBUTES, job);
	if (!request)
		return ERR_NOMEM;
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	              sizeof WANTED / sizeof *WANTED, NULL, WANTED);
	return ask(link, cups->resource, request, response);
}

static void judge(struct cups_printer *cups, ipp_t *job, ipp_t *printer, enum print_state *state,
                  enum printer_health *health)
{
	const char *reasons[MAX_REASONS];
	struct printer_report report = { 0 };
	read_printer(printer, &report, reasons);
	report.job_state = ippGetInteger(ippFindAttribute(job, "job-state", IPP_TAG_ENUM), 0);
	report.job_message = text_of(job, "job-printer-state-message");
	int64_t now = monotonic_ms();
	if (report.job_state != IPP_JSTATE_PROCESSING)
		cups->processing_since_ms = 0;
	else if (!cups->processing_since_ms)
		cups->processing_since_ms = now;
	report.processing_ms = cups->processing_since_ms ? (long)(now - cups->processing_since_ms) : 0;
	*health = printer_health_of(&report);
	*state = printer_job_of(&report, health);
	ipp_attribute_t *documents = ippFindAttribute(job, "number-of-documents", IPP_TAG_INTEGER);
	if (*state != PRINT_DONE && documents && ippGetInteger(documents, 0) == 0)
		*state = PRINT_FAILED; /* its document was cut off on the way; what may still come is refused
		                          after the drop */
}

static enum err cups_poll(void *self, int ref, enum print_state *state, enum printer_health *health)
{
	struct cups_printer *cups = self;
	struct ipp_link link;
	ipp_t *job = NULL, *printer = NULL;
	enum err e = ipp_link_open(&link, cups->interrupt);
	if (!e)
		e = get_job(&link, cups, ref, &job);
	if (!e)
		e = get_printer(&link, cups, &printer);
	if (!e)
		judge(cups, job, printer, state, health);
	ippDelete(job);
	ippDelete(printer);
	ipp_link_close(&link);
	return e;
}

static enum err purge(struct ipp_link *link, const struct cups_printer *cups, int job)
{
	ipp_t *request = new_request(cups, IPP_OP_CANCEL_JOB, job);
	if (!request)
		return ERR_NOMEM;
	ippAddBoolean(request, IPP_TAG_OPERATION, "purge-job", 1);
	ipp_t *response = NULL;
	enum err e = ask(link, "/jobs/", request, &response);
	ippDelete(response);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err cups_drop(void *self, int ref)
{
	struct cups_printer *cups = self;
	struct ipp_link link;
	enum err e = ipp_link_open(&link, cups->interrupt);
	if (!e)
		e = purge(&link, cups, ref);
	ipp_link_close(&link);
	return e;
}

static enum err cups_look(void *self, enum printer_health *health)
{
	struct cups_printer *cups = self;
	struct ipp_link link;
	ipp_t *printer;
	enum err e = ipp_link_open(&link, cups->interrupt);
	if (!e)
		e = get_printer(&link, cups, &printer);
	if (!e) {
		const char *reasons[MAX_REASONS];
		struct printer_report report = { 0 };
		read_printer(printer, &report, reasons);
		*health = printer_health_of(&report);
		ippDelete(printer);
	}
	ipp_link_close(&link);
	return e;
}

/* Numbers of our own jobs in the queue, finished or not. */
static enum err list_jobs(struct ipp_link *link, const struct cups_printer *cups, int jobs[MAX_SWEPT],
                          int *count)
{
	static const char *const WANTED[] = { "job-id", "job-name" };
	ipp_t *request = new_request(cups, IPP_OP_GET_JOBS, 0);
	if (!request)
		return ERR_NOMEM;
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, "all");
	ippAddBoolean(request, IPP_TAG_OPERATION, "my-jobs", 1);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	              sizeof WANTED / sizeof *WANTED, NULL, WANTED);
	ipp_t *response;
	enum err e = ask(link, cups->resource, request, &response);
	if (e)
		return e;
	int id = 0;
	bool ours = false;
	*count = 0;
	for (ipp_attribute_t *at = ippFirstAttribute(response); at && *count < MAX_SWEPT;
	     at = ippNextAttribute(response)) {
		const char *name = ippGetName(at);
		if (!name) { /* between two jobs */
			id = 0;
			ours = false;
		} else if (strcmp(name, "job-id") == 0) {
			id = ippGetInteger(at, 0);
		} else if (strcmp(name, "job-name") == 0) {
			const char *text = ippGetString(at, 0, NULL);
			ours = text && strcmp(text, JOB_NAME) == 0;
		}
		if (id > 0 && ours) {
			jobs[(*count)++] = id;
			id = 0;
		}
	}
	ippDelete(response);
	return ERR_OK;
}

static enum err cups_sweep(void *self)
{
	struct cups_printer *cups = self;
	struct ipp_link link;
	int jobs[MAX_SWEPT], count = MAX_SWEPT;
	enum err e = ipp_link_open(&link, cups->interrupt);
	while (!e && count == MAX_SWEPT) {
		e = list_jobs(&link, cups, jobs, &count);
		for (int i = 0; !e && i < count; i++)
			e = purge(&link, cups, jobs[i]);
	}
	ipp_link_close(&link);
	return e;
}

static void cups_destroy(void *self)
{
	free(self);
}

/* As CUPS itself rules: printable, and none of space / # ' " ? */
static bool queue_name_ok(const char *name)
{
	size_t len = strlen(name);
	if (!len || len > QUEUE_MAX)
		return false;
	for (; *name; name++)
		if (!isgraph((unsigned char)*name) || strchr("/#'\"?\\", *name))
			return false;
	return true;
}

/* `cups` as calloc'ed by the caller. */
static enum err prepare(struct cups_printer *cups, const char *target, struct interrupt *interrupt, char problem[256])
{
	if (!queue_name_ok(target)) {
		snprintf(problem, 256,
		         "printer \"cups:\" wants the name of a CUPS queue, as \"lpstat -e\" lists them");
		return ERR_INVALID;
	}
	cups->interrupt = interrupt;
	snprintf(cups->resource, sizeof cups->resource, "/printers/%s", target);
	/* cupsd goes by the path alone; the host is for form's sake. */
	httpAssembleURI(HTTP_URI_CODING_ALL, cups->uri, sizeof cups->uri, "ipp", NULL, "localhost", 0,
	                cups->resource);
	return ERR_OK;
}

enum err printer_cups_open(const char *target, struct interrupt *interrupt, struct carrier *carrier,
                           char problem[256])
{
	struct cups_printer *cups = calloc(1, sizeof *cups);
	if (!cups)
		return ERR_NOMEM;
	enum err e = prepare(cups, target, interrupt, problem);
	if (e) {
		free(cups);
		return e;
	}
	*carrier = (struct carrier){ cups_start, cups_poll,    cups_drop, cups_look,
		                     cups_sweep, cups_destroy, cups,      0 };
	return ERR_OK;
}

/* The queue's make and model, and where it leads: a raw queue has no model of its own. */
enum err printer_cups_describe(const char *target, char text[PRINTER_DESCRIPTION_SIZE], char problem[256])
{
	static const char *const WANTED[] = { "printer-make-and-model", "device-uri" };
	enum { LIMIT_MS = 3000 };
	struct interrupt interrupt = { .deadline_ms = monotonic_ms() + LIMIT_MS };
	struct cups_printer cups = { 0 };
	struct ipp_link link;
	enum err e = prepare(&cups, target, &interrupt, problem);
	if (e)
		return e;
	ipp_t *request = new_request(&cups, IPP_OP_GET_PRINTER_ATTRIBUTES, 0), *response;
	if (!request)
		return ERR_NOMEM;
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	              sizeof WANTED / sizeof *WANTED, NULL, WANTED);
	e = ipp_link_open(&link, &interrupt);
	if (e)
		ippDelete(request);
	else
		e = ask(&link, cups.resource, request, &response);
	if (!e) {
		const char *model = text_of(response, "printer-make-and-model");
		const char *uri = ippGetString(ippFindAttribute(response, "device-uri", IPP_TAG_URI), 0, NULL);
		snprintf(text, PRINTER_DESCRIPTION_SIZE, "%s%s%s%s", model ? model : "", uri ? " (" : "", uri ? uri : "",
		         uri ? ")" : "");
		ippDelete(response);
	}
	ipp_link_close(&link);
	return e == ERR_TIMEOUT ? ERR_OFFLINE : e;
}
