/* Who speaks to us: the connection's other end, or whom a proxy that we trust names. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "township/http_internal.h"

static void other_end(struct MHD_Connection *connection, char out[64])
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	snprintf(out, 64, "?");
	if (!info || !info->client_addr)
		return;
	if (info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, out, 64);
	else if (info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, out, 64);
}

/* The last of "203.0.113.9, 192.0.2.4" is what the proxy itself saw; those before it are what others say. */
static void last_named(const char *forwarded, char out[64])
{
	uint8_t address[16];
	char text[64];
	const char *comma = strrchr(forwarded, ',');
	const char *from = comma ? comma + 1 : forwarded;
	from += strspn(from, " \t");
	size_t len = strcspn(from, " \t");
	if (len == 0 || len >= sizeof text)
		return;
	memcpy(text, from, len);
	text[len] = '\0';
	if (inet_pton(AF_INET, text, address) == 1)
		inet_ntop(AF_INET, address, out, 64);
	else if (inet_pton(AF_INET6, text, address) == 1)
		inet_ntop(AF_INET6, address, out, 64);
}

void peer_known(struct http_call *call)
{
	struct request *rq = &call->rq;
	const struct http_server *server = rq->server;
	other_end(call->connection, rq->peer);
	rq->secure = server->secure;
	if (!server->proxy[0] || strcmp(rq->peer, server->proxy) != 0)
		return;
	const char *forwarded = request_header(rq, "X-Forwarded-For"), *proto = request_header(rq, "X-Forwarded-Proto");
	if (forwarded)
		last_named(forwarded, rq->peer);
	rq->secure = rq->secure || (proto && strcasecmp(proto, "https") == 0);
}
