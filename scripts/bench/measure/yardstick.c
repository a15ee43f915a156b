// SPDX-License-Identifier: Apache-2.0
// Prints how many picoseconds of this machine's clock one instruction takes: a loop of three instructions a turn, by
// hand, so that no compiler changes their number. Meant for QEMU with -icount, where the answer is exact.
#include <stdio.h>
#include <time.h>

#define TURNS 20000L
#define ROUNDS 400

static long long round_ns(void)
{
	struct timespec before, after;
	long left = TURNS;

	clock_gettime(CLOCK_MONOTONIC, &before);
	__asm__ volatile(".set push\n.set noreorder\n"
			 "1:\taddiu %0, %0, -1\n"
			 "\tbne %0, $0, 1b\n"
			 "\tnop\n"
			 ".set pop"
			 : "+r"(left));
	clock_gettime(CLOCK_MONOTONIC, &after);
	return (after.tv_sec - before.tv_sec) * 1000000000LL + (after.tv_nsec - before.tv_nsec);
}

/* The shortest of many rounds is the one that no interrupt fell into. */
int main(void)
{
	long long least_ns = round_ns();

	for (int i = 1; i < ROUNDS; i++) {
		long long ns = round_ns();

		if (ns < least_ns)
			least_ns = ns;
	}
	printf("%lld\n", least_ns * 1000 / (3 * TURNS));
	return 0;
}
