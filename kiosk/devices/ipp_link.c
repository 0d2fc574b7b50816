#include "devices/ipp_link.h"

#include <string.h>

enum { CONNECT_MS = 1000 };

/* libcups calls this whenever nothing has come for INTERRUPT_POLL_MS: 0 ends the wait. */
static int keep_waiting(http_t *http, void *ctx)
{
	(void)http;
	const struct ipp_link *link = ctx;
	return interrupt_due(link->interrupt) ? 0 : 1;
}

enum err ipp_link_open(struct ipp_link *link, struct interrupt *interrupt)
{
	*link = (struct ipp_link){ .interrupt = interrupt };
	if (interrupt_due(interrupt))
		return ERR_TIMEOUT;
	link->http = httpConnect2(cupsServer(), ippPort(), NULL, AF_UNSPEC, HTTP_ENCRYPTION_IF_REQUESTED, 1,
	                          CONNECT_MS, &interrupt->stop);
	if (!link->http)
		return ERR_OFFLINE;
	httpSetTimeout(link->http, INTERRUPT_POLL_MS / 1000.0, keep_waiting, link);
	return ERR_OK;
}

void ipp_link_close(struct ipp_link *link)
{
	if (link->http)
		httpClose(link->http);
	link->http = NULL;
}

static enum err send_all(struct ipp_link *link, const char *resource, ipp_t *request, const uint8_t *document,
                         size_t len)
{
	http_t *http = link->http;
	httpClearFields(http);
	httpSetField(http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
	httpSetLength(http, ippLength(request) + len);
	if (httpPost(http, resource) != 0)
		return ERR_OFFLINE;
	ippSetState(request, IPP_STATE_IDLE);
	if (ippWrite(http, request) != IPP_STATE_DATA)
		return ERR_OFFLINE;
	while (len) {
		if (interrupt_due(link->interrupt))
			return ERR_TIMEOUT;
		size_t chunk = len < 65536 ? len : 65536;
		ssize_t done = httpWrite2(http, (const char *)document, chunk);
		if (done <= 0)
			return ERR_OFFLINE;
		document += done;
		len -= (size_t)done;
	}
	return httpFlushWrite(http) < 0 ? ERR_OFFLINE : ERR_OK;
}

static enum err receive(struct ipp_link *link, ipp_t **response)
{
	http_status_t status;
	do {
		status = httpUpdate(link->http);
	} while (status == HTTP_STATUS_CONTINUE && !interrupt_due(link->interrupt));
	if (interrupt_due(link->interrupt))
		return ERR_TIMEOUT;
	if (status == HTTP_STATUS_ERROR)
		return ERR_OFFLINE;
	if (status != HTTP_STATUS_OK)
		return status == HTTP_STATUS_NOT_FOUND ? ERR_NOT_FOUND : ERR_DENIED;
	ipp_t *reply = ippNew();
	if (!reply)
		return ERR_NOMEM;
	if (ippRead(link->http, reply) != IPP_STATE_DATA) {
		ippDelete(reply);
		return interrupt_due(link->interrupt) ? ERR_TIMEOUT : ERR_OFFLINE;
	}
	httpFlush(link->http);
	*response = reply;
	return ERR_OK;
}

enum err ipp_link_call(struct ipp_link *link, const char *resource, ipp_t *request, const uint8_t *document,
                       size_t len, ipp_t **response)
{
	if (!request)
		return ERR_NOMEM;
	enum err e = send_all(link, resource, request, document, len);
	ippDelete(request);
	return e ? e : receive(link, response);
}

enum err ipp_link_refusal(ipp_t *response)
{
	ipp_status_t status = ippGetStatusCode(response);
	if (status < IPP_STATUS_REDIRECTION_OTHER_SITE)
		return ERR_OK;
	switch (status) {
	case IPP_STATUS_ERROR_NOT_FOUND:
	case IPP_STATUS_ERROR_GONE:
		return ERR_NOT_FOUND;
	case IPP_STATUS_ERROR_NOT_POSSIBLE:
		return ERR_STATE;
	case IPP_STATUS_ERROR_BUSY:
	case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
	case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
	case IPP_STATUS_ERROR_TEMPORARY:
	case IPP_STATUS_ERROR_DEVICE:
		return ERR_OFFLINE;
	case IPP_STATUS_ERROR_NOT_AUTHENTICATED:
	case IPP_STATUS_ERROR_NOT_AUTHORIZED:
	case IPP_STATUS_ERROR_FORBIDDEN:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}
