// SPDX-License-Identifier: Apache-2.0
// Says what is on its standard input to the kernel over one netlink socket and prints every datagram that comes back.
//
//   netlink-tap PROTOCOL <commands
//     send HEX     a request; prints datagrams until one ends it (NLMSG_DONE or NLMSG_ERROR)
//     join GROUP   a multicast group
//     listen MS    prints datagrams for that long
//     shell WORDS  runs a command without waiting for it
//   Output: "> HEX" for what was sent, "< HEX" for each datagram, ". MS" when listening ends.
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#define REPLY_MS 5000

static unsigned char datagram[1 << 17];
static char line[1 << 17];

static void fail(const char *what)
{
	fprintf(stderr, "netlink-tap: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void print_hex(char mark, const unsigned char *bytes, size_t length)
{
	printf("%c ", mark);
	for (size_t i = 0; i < length; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
	fflush(stdout);
}

static long long now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Prints what comes; answers whether it ended a reply. */
static int receive(int fd)
{
	ssize_t length = recv(fd, datagram, sizeof(datagram), 0);
	if (length < 0)
		fail("recv");
	print_hex('<', datagram, length);
	int ended = 0;
	for (size_t at = 0; at + sizeof(struct nlmsghdr) <= (size_t)length;) {
		const struct nlmsghdr *header = (const void *)(datagram + at);
		if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
			ended = 1;
		if (header->nlmsg_len < sizeof(struct nlmsghdr))
			break;
		at += NLMSG_ALIGN(header->nlmsg_len);
	}
	return ended;
}

static int wait_for(int fd, long long until)
{
	struct pollfd entry = {.fd = fd, .events = POLLIN};
	long long left = until - now_ms();
	return left > 0 && poll(&entry, 1, (int)left) > 0;
}

static void send_hex(int fd, const char *hex)
{
	unsigned char bytes[4096];
	size_t length = 0;
	unsigned byte;
	while (length < sizeof(bytes) && sscanf(hex + 2 * length, "%2x", &byte) == 1)
		bytes[length++] = byte;
	print_hex('>', bytes, length);
	if (send(fd, bytes, length, 0) < 0)
		fail("send");
	long long until = now_ms() + REPLY_MS;
	while (wait_for(fd, until))
		if (receive(fd))
			return;
	fprintf(stderr, "netlink-tap: no answer\n");
	exit(1);
}

static void listen_ms(int fd, int ms)
{
	long long until = now_ms() + ms;
	while (wait_for(fd, until))
		receive(fd);
	printf(". %d\n", ms);
}

int main(int count, char **words)
{
	int one = 1, fd = socket(AF_NETLINK, SOCK_RAW, count > 1 ? atoi(words[1]) : 0);
	struct sockaddr_nl address = {.nl_family = AF_NETLINK};
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail("socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	while (fgets(line, sizeof(line), stdin)) {
		int group;
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "send ", 5))
			send_hex(fd, line + 5);
		else if (!strncmp(line, "listen ", 7))
			listen_ms(fd, atoi(line + 7));
		else if (!strncmp(line, "join ", 5)) {
			group = atoi(line + 5);
			if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
				fail("join");
		} else if (!strncmp(line, "shell ", 6)) {
			pid_t child = fork();
			if (child == 0) {
				freopen("/dev/null", "w", stdout);
				execl("/bin/sh", "sh", "-c", line + 6, (char *)0);
				_exit(127);
			}
		} else if (line[0]) {
			fprintf(stderr, "netlink-tap: %s?\n", line);
			return 2;
		}
	}
	return 0;
}
