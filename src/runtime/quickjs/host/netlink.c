/* SPDX-License-Identifier: Apache-2.0 */
/* Netlink sockets: bytes to and from the kernel, and from nobody else. */
#include "host.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* A dump of a busy mesh gateway's neighbours and routes, and its burst of events, must fit while the script computes. */
enum { RECEIVE_BUFFER_BYTES = 512 * 1024 };

SCRIPT_FUNCTION(open_netlink)
{
	INT_ARGUMENT(protocol, 0);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	struct sockaddr_nl address = {.nl_family = AF_NETLINK};
	int on = 1, size = RECEIVE_BUFFER_BYTES;

	if (fd < 0)
		return outcome(context, -1);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int failure = errno;

		close(fd);
		errno = failure;
		return outcome(context, -1);
	}
	/* Each is a comfort: an older kernel without it still answers. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return JS_NewInt32(context, fd);
}

SCRIPT_FUNCTION(join_netlink)
{
	INT_ARGUMENT(fd, 0);
	INT_ARGUMENT(group, 1);
	return outcome(context, setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)));
}

/* One datagram of the kernel, undefined when nothing is there now, 0 after an overrun, or a negated errno. */
SCRIPT_FUNCTION(receive_netlink)
{
	INT_ARGUMENT(fd, 0);
	for (;;) {
		struct sockaddr_nl sender = {.nl_family = AF_UNSPEC};
		socklen_t length = sizeof(sender);
		ssize_t got = recvfrom(fd, scratch, sizeof(scratch), MSG_TRUNC, (struct sockaddr *)&sender, &length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return JS_UNDEFINED;
		if (got < 0 && errno == ENOBUFS)
			return JS_NewInt32(context, 0);
		if (got < 0)
			return outcome(context, -1);
		if (sender.nl_family != AF_NETLINK || sender.nl_pid != 0)
			continue; /* any process may send to us; only the kernel is believed */
		if (got > (ssize_t)sizeof(scratch))
			return JS_NewInt32(context, 0); /* cut short: as good as dropped */
		return JS_NewUint8ArrayCopy(context, scratch, (size_t)got);
	}
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("openNetlink", 1, open_netlink),
	JS_CFUNC_DEF("joinNetlink", 2, join_netlink),
	JS_CFUNC_DEF("receiveNetlink", 1, receive_netlink),
};
const struct function_list netlink_functions = {entries, COUNT_OF(entries)};
