// SPDX-License-Identifier: Apache-2.0
// Prints how many picoseconds of this machine's clock one instruction takes: a loop of three instructions a turn, by
// hand, so that no compiler changes their number. Meant for QEMU with -icount, where the answer is exact.
#include <stdio.h>
#include <time.h>

#define TURNS 20000000L

int main(void)
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
	long long ns = (after.tv_sec - before.tv_sec) * 1000000000LL + (after.tv_nsec - before.tv_nsec);
	printf("%lld\n", ns * 1000 / (3 * TURNS));
	return 0;
}
