/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams over IPv4 and IPv6, with the interface they came in by, multicast per interface, and echo requests. */
#include "host.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL 49 /* linux/in.h, which libc's header leaves out */
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 /* linux/in6.h */
#endif
#ifndef ICMP_FILTER
#define ICMP_FILTER 1 /* linux/icmp.h */
#endif

union socket_address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

/* Fills an address of either family from text; an empty text is the wildcard. 0, or -1 when it is no address. */
static int parse_address(union socket_address *address, int family, const char *text, int port)
{
	memset(address, 0, sizeof(*address));
	address->any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		address->four.sin_port = htons((uint16_t)port);
		return *text == '\0' || inet_pton(AF_INET, text, &address->four.sin_addr) == 1 ? 0 : -1;
	}
	address->six.sin6_port = htons((uint16_t)port);
	return *text == '\0' || inet_pton(AF_INET6, text, &address->six.sin6_addr) == 1 ? 0 : -1;
}

static socklen_t address_length(int family)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int family_of(int fd)
{
	int family = AF_INET;
	socklen_t length = sizeof(family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
	return family;
}

static void prepare(int fd, int family, bool is_shared)
{
	int on = 1, off = 0;

	if (is_shared)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET) {
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof(off));
	} else {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof(off));
	}
}

/*
 * A socket for echo requests that are never fragmented. Where the kernel keeps its own for everyone from us
 * (net.ipv4.ping_group_range), a raw one, which needs CAP_NET_RAW and of which only answers and errors reach us.
 */
static int echo_socket(int family)
{
	bool is_four = family == AF_INET;
	int protocol = is_four ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	int never_fragment = is_four ? IP_PMTUDISC_DO : IPV6_PMTUDISC_DO;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	if (fd < 0 && (errno == EACCES || errno == EPROTONOSUPPORT)) {
		fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
		if (fd < 0)
			return -1;
		if (is_four) {
			uint32_t refused = ~(1u << ICMP_ECHOREPLY | 1u << ICMP_DEST_UNREACH);

			setsockopt(fd, IPPROTO_RAW, ICMP_FILTER, &refused, sizeof(refused));
		} else {
			struct icmp6_filter filter;

			ICMP6_FILTER_SETBLOCKALL(&filter);
			ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
			ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &filter);
			setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
		}
	}
	if (fd >= 0)
		setsockopt(fd, is_four ? IPPROTO_IP : IPPROTO_IPV6, is_four ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
			   &never_fragment, sizeof(never_fragment));
	return fd;
}

/* openDatagram(isIpv6, address, port, isShared, isEcho): a descriptor. */
SCRIPT_FUNCTION(open_datagram)
{
	int family = JS_ToBool(context, values[0]) ? AF_INET6 : AF_INET;
	INT_ARGUMENT(port, 2);
	union socket_address address;
	const char *text = JS_ToCString(context, values[1]);

	if (text == NULL)
		return JS_EXCEPTION;
	int parsed = parse_address(&address, family, text, port);

	JS_FreeCString(context, text);
	if (parsed < 0)
		return JS_NewInt32(context, -EINVAL);
	bool is_echo = JS_ToBool(context, values[4]) > 0;
	int fd = is_echo ? echo_socket(family) : socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return outcome(context, -1);
	prepare(fd, family, JS_ToBool(context, values[3]) > 0);
	if (bind(fd, &address.any, address_length(family)) < 0) {
		int failure = errno;

		close(fd);
		errno = failure;
		return outcome(context, -1);
	}
	return JS_NewInt32(context, fd);
}

SCRIPT_FUNCTION(bound_port)
{
	INT_ARGUMENT(fd, 0);
	union socket_address address;
	socklen_t length = sizeof(address);

	if (getsockname(fd, &address.any, &length) < 0)
		return outcome(context, -1);
	return JS_NewInt32(context, ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port));
}

/* Adds the interface a datagram leaves by, as the family wants it. */
static void set_interface(struct msghdr *message, int family, int interface_index)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	if (family == AF_INET) {
		struct in_pktinfo info = {.ipi_ifindex = interface_index};

		*header = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
		memcpy(CMSG_DATA(header), &info, sizeof(info));
		message->msg_controllen = CMSG_SPACE(sizeof(info));
	} else {
		struct in6_pktinfo info = {.ipi6_ifindex = (unsigned int)interface_index};

		*header = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
		memcpy(CMSG_DATA(header), &info, sizeof(info));
		message->msg_controllen = CMSG_SPACE(sizeof(info));
	}
}

/* sendDatagram(fd, bytes, address, port, interfaceIndex): the bytes sent. */
SCRIPT_FUNCTION(send_datagram)
{
	INT_ARGUMENT(fd, 0);
	INT_ARGUMENT(port, 3);
	INT_ARGUMENT(interface_index, 4);
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[1]);
	int family = family_of(fd);
	union socket_address address;
	union {
		struct cmsghdr header;
		uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = {.bytes = {0}};

	if (bytes == NULL && JS_HasException(context))
		return JS_EXCEPTION;
	const char *text = JS_ToCString(context, values[2]);

	if (text == NULL)
		return JS_EXCEPTION;
	int parsed = *text == '\0' ? -1 : parse_address(&address, family, text, port);

	JS_FreeCString(context, text);
	if (parsed < 0)
		return JS_NewInt32(context, -EINVAL);
	struct iovec payload = {.iov_base = (void *)bytes, .iov_len = length};
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = address_length(family),
		.msg_iov = &payload,
		.msg_iovlen = 1,
	};

	if (interface_index > 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		set_interface(&message, family, interface_index);
		if (family == AF_INET6)
			address.six.sin6_scope_id = (uint32_t)interface_index;
	}
	return outcome(context, sendmsg(fd, &message, MSG_NOSIGNAL));
}

/* Packet information is the only control message we asked for. */
static int interface_of(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	if (header != NULL && header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo info;

		memcpy(&info, CMSG_DATA(header), sizeof(info));
		return info.ipi_ifindex;
	}
	if (header != NULL && header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo info;

		memcpy(&info, CMSG_DATA(header), sizeof(info));
		return (int)info.ipi6_ifindex;
	}
	return 0;
}

/* [bytes, address, port, interfaceIndex], undefined when nothing is there now, or a negated errno. */
SCRIPT_FUNCTION(receive_datagram)
{
	INT_ARGUMENT(fd, 0);
	union socket_address address = {.any = {.sa_family = AF_UNSPEC}};
	uint8_t control[256] __attribute__((aligned(8)));
	struct iovec payload = {.iov_base = scratch, .iov_len = sizeof(scratch)};
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = &payload,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &message, 0);
	char text[INET6_ADDRSTRLEN] = "";

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return JS_UNDEFINED;
	if (got < 0)
		return outcome(context, -1);
	bool is_four = address.any.sa_family == AF_INET;

	if (is_four)
		inet_ntop(AF_INET, &address.four.sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &address.six.sin6_addr, text, sizeof(text));
	JSValue parts[] = {
		JS_NewUint8ArrayCopy(context, scratch, (size_t)got),
		JS_NewString(context, text),
		JS_NewInt32(context, ntohs(is_four ? address.four.sin_port : address.six.sin6_port)),
		JS_NewInt32(context, interface_of(&message)),
	};
	return JS_NewArrayFrom(context, COUNT_OF(parts), parts);
}

/* pathMtu(address, interfaceIndex): what the kernel knows of the way there, in bytes. */
SCRIPT_FUNCTION(path_mtu)
{
	INT_ARGUMENT(interface_index, 1);
	const char *text = JS_ToCString(context, values[0]);
	union socket_address address;

	if (text == NULL)
		return JS_EXCEPTION;
	int family = strchr(text, ':') == NULL ? AF_INET : AF_INET6;
	int parsed = parse_address(&address, family, text, 9);

	JS_FreeCString(context, text);
	if (parsed < 0)
		return JS_NewInt32(context, -EINVAL);
	if (family == AF_INET6)
		address.six.sin6_scope_id = (uint32_t)interface_index;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int mtu = -1;
	socklen_t length = sizeof(mtu);

	if (fd < 0)
		return outcome(context, -1);
	int result = connect(fd, &address.any, address_length(family)); /* sends nothing: only a route is chosen */

	if (result == 0)
		result = getsockopt(fd, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
				    family == AF_INET ? IP_MTU : IPV6_MTU, &mtu, &length);
	JSValue answer = outcome(context, result < 0 ? -1 : mtu);

	close(fd);
	return answer;
}

/* member(fd, group, interfaceIndex, joins): 0. */
SCRIPT_FUNCTION(change_membership)
{
	INT_ARGUMENT(fd, 0);
	INT_ARGUMENT(interface_index, 2);
	bool joins = JS_ToBool(context, values[3]) > 0;
	int family = family_of(fd);
	union socket_address group;
	const char *text = JS_ToCString(context, values[1]);

	if (text == NULL)
		return JS_EXCEPTION;
	int parsed = *text == '\0' ? -1 : parse_address(&group, family, text, 0);

	JS_FreeCString(context, text);
	if (parsed < 0)
		return JS_NewInt32(context, -EINVAL);
	if (family == AF_INET) {
		struct ip_mreqn request = {.imr_multiaddr = group.four.sin_addr, .imr_ifindex = interface_index};
		int option = joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;

		return outcome(context, setsockopt(fd, IPPROTO_IP, option, &request, sizeof(request)));
	}
	struct ipv6_mreq request = {
		.ipv6mr_multiaddr = group.six.sin6_addr, .ipv6mr_interface = (unsigned int)interface_index};
	int option = joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;

	return outcome(context, setsockopt(fd, IPPROTO_IPV6, option, &request, sizeof(request)));
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("openDatagram", 5, open_datagram),
	JS_CFUNC_DEF("boundPort", 1, bound_port),
	JS_CFUNC_DEF("sendDatagram", 5, send_datagram),
	JS_CFUNC_DEF("receiveDatagram", 1, receive_datagram),
	JS_CFUNC_DEF("member", 4, change_membership),
	JS_CFUNC_DEF("pathMtu", 2, path_mtu),
};
const struct function_list datagram_functions = {entries, COUNT_OF(entries)};
