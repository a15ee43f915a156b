/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a gate is measured with, in a bench's guest:
 *
 *     slot-probe send ADDRESS PORT INTERVAL_US COUNT BYTES   datagrams at a steady pace, or, with 0, as fast as they are taken
 *     slot-probe watch INTERFACE SECONDS FILE                frames on the air, a line each
 *     slot-probe noise COUNT                                 how late a sleep of 1 ms ends: the machine's own noise
 *
 * A line of `watch` is TIME_US SENDER u|m ETHERTYPE FIRST_BYTE LENGTH, u for a frame to one and m to many, the numbers after it in
 * hex but for the length, and the time by the monotonic clock as the transmitter's (radiotap TSFT is hwsim's real time).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FRAMES = 400000, RECEIVE_BUFFER = 16 << 20 };

struct seen {
	int64_t time_us;
	uint8_t sender[6];
	uint8_t is_group, first;
	uint16_t type, length;
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec time = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
		;
}

static int send_datagrams(const char *address, int port, long interval_us, long count, int bytes)
{
	static char payload[65536];
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;
	long failed = 0;

	inet_aton(address, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	int64_t start = now_ns(CLOCK_MONOTONIC), next = start;

	for (long i = 0; i < count; i++) {
		failed += sendto(fd, payload, bytes, 0, (void *)&to, sizeof(to)) < 0;
		if (interval_us == 0)
			continue;
		next += interval_us * 1000;
		sleep_until(next);
	}
	printf("sent %ld failed %ld ns %lld\n", count, failed, (long long)(now_ns(CLOCK_MONOTONIC) - start));
	return 0;
}

static uint16_t big16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint16_t little16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

/* Fills in what a mesh data frame with a radiotap header says; 0 where it is none. */
static int read_frame(const uint8_t *bytes, int length, struct seen *seen)
{
	static const uint8_t snap[6] = {0xaa, 0xaa, 3, 0, 0, 0};

	if (length < 16)
		return 0;
	int header = little16(bytes + 2), has_time = bytes[4] & 1;
	const uint8_t *frame = bytes + header;
	int left = length - header;

	/* Data, neither null nor encrypted, QoS as all of a mesh's. */
	if (!has_time || left < 40 || (frame[0] & 0xcc) != 0x88 || (frame[1] & 0x40) != 0)
		return 0;
	uint64_t time = 0;

	for (int i = 7; i >= 0; i--)
		time = time << 8 | bytes[8 + i];
	int mesh = (frame[1] & 3) == 3 ? 32 : 26;
	int above = mesh + 6 + 6 * (frame[mesh] & 3);

	if (left < above + 9 || memcmp(frame + above, snap, sizeof(snap)) != 0)
		return 0;
	/* A VLAN's tag is passed over. */
	if (big16(frame + above + 6) == 0x8100)
		above += 4;
	if (left < above + 9)
		return 0;
	seen->time_us = (int64_t)time;
	memcpy(seen->sender, frame + 10, 6);
	seen->is_group = frame[4] & 1;
	seen->type = big16(frame + above + 6);
	seen->first = frame[above + 8];
	seen->length = left;
	return 1;
}

static int watch(const char *interface, int seconds, const char *path)
{
	static struct seen seen[MOST_FRAMES];
	static uint8_t bytes[65536];
	struct sockaddr_ll from = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), size = RECEIVE_BUFFER, count = 0;
	struct timeval patience = {.tv_usec = 100000};
	struct tpacket_stats lost = {0};
	socklen_t lost_size = sizeof(lost);

	from.sll_ifindex = (int)if_nametoindex(interface);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(fd, (void *)&from, sizeof(from)) < 0)
		return perror(interface), 1;
	int64_t end = now_ns(CLOCK_MONOTONIC) + seconds * 1000000000LL;
	int64_t real_us = (now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC)) / 1000;

	while (now_ns(CLOCK_MONOTONIC) < end && count < MOST_FRAMES) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

		if (got > 0)
			count += read_frame(bytes, (int)got, &seen[count]);
	}
	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &lost, &lost_size);
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return perror(path), 1;
	for (int i = 0; i < count; i++) {
		const uint8_t *mac = seen[i].sender;

		fprintf(file, "%lld %02x:%02x:%02x:%02x:%02x:%02x %c %04x %02x %d\n", (long long)(seen[i].time_us - real_us), mac[0],
			mac[1], mac[2], mac[3], mac[4], mac[5], seen[i].is_group ? 'm' : 'u', seen[i].type, seen[i].first,
			seen[i].length);
	}
	fclose(file);
	printf("watched %d lost %u\n", count, lost.tp_drops);
	return 0;
}

static int compare(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

static int noise(int count)
{
	int64_t *late = calloc(count, sizeof(*late)), next = now_ns(CLOCK_MONOTONIC);

	for (int i = 0; i < count; i++) {
		next += 1000000;
		sleep_until(next);
		late[i] = now_ns(CLOCK_MONOTONIC) - next;
		if (late[i] > 1000000)
			next = now_ns(CLOCK_MONOTONIC);
	}
	qsort(late, count, sizeof(*late), compare);
	printf("noise p50 %lld p99 %lld max %lld\n", (long long)late[count / 2] / 1000, (long long)late[count * 99 / 100] / 1000,
	       (long long)late[count - 1] / 1000);
	return 0;
}

int main(int count, char **words)
{
	if (count == 7 && strcmp(words[1], "send") == 0)
		return send_datagrams(words[2], atoi(words[3]), atol(words[4]), atol(words[5]), atoi(words[6]));
	if (count == 5 && strcmp(words[1], "watch") == 0)
		return watch(words[2], atoi(words[3]), words[4]);
	if (count == 3 && strcmp(words[1], "noise") == 0)
		return noise(atoi(words[2]));
	fprintf(stderr, "usage: slot-probe send | watch | noise\n");
	return 2;
}
