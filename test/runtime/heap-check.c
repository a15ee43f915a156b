/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exercises the host's heap and byte functions against plain models, from one seed: blocks must not overlap, keep what
 * was written through realloc, be aligned, and go back to the kernel when all are free. Exit code 0 says that all held.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t heap_bytes_used(void);

enum { BLOCKS = 2000 };

static int rounds;

static uint8_t *blocks[BLOCKS];
static size_t sizes[BLOCKS];
static uint8_t marks[BLOCKS];
static uint32_t state = 20261121;

static uint32_t draw(uint32_t limit)
{
	state = state * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(state >> 4) * limit) >> 28);
}

static size_t draw_size(void)
{
	uint32_t kind = draw(100);

	return kind < 80 ? draw(200) : kind < 97 ? draw(6000) : kind < 99 ? draw(90000) : draw(700000);
}

static void fail(const char *what, int line)
{
	fprintf(stderr, "line %d: %s\n", line, what);
	exit(1);
}
#define EXPECT(condition) \
	do { \
		if (!(condition)) \
			fail(#condition, __LINE__); \
	} while (0)

static void check_block(int i)
{
	for (size_t at = 0; at < sizes[i]; at++)
		EXPECT(blocks[i][at] == marks[i]);
}

static void fill(int i, size_t size)
{
	sizes[i] = size;
	marks[i] = (uint8_t)draw(256);
	memset(blocks[i], marks[i], size);
}

static void churn(void)
{
	for (int round = 0; round < rounds; round++) {
		int i = (int)draw(BLOCKS);
		size_t size = draw_size();

		if (blocks[i] == NULL) {
			blocks[i] = draw(4) == 0 ? calloc(1, size) : malloc(size);
			EXPECT(blocks[i] != NULL);
			EXPECT((uintptr_t)blocks[i] % (2 * sizeof(size_t)) == 0);
			EXPECT(malloc_usable_size(blocks[i]) >= size);
			fill(i, size);
			continue;
		}
		if (draw(3) > 0) {
			if (sizes[i] < 4096)
				check_block(i);
			free(blocks[i]);
			blocks[i] = NULL;
			continue;
		}
		size_t kept = sizes[i] < size ? sizes[i] : size;

		blocks[i] = realloc(blocks[i], size);
		EXPECT(blocks[i] != NULL && malloc_usable_size(blocks[i]) >= size);
		sizes[i] = kept;
		check_block(i);
		fill(i, size);
	}
}

static void check_calloc(void)
{
	for (size_t size = 1; size < 5000; size += 7) {
		uint8_t *bytes = calloc(size, 1);

		for (size_t at = 0; at < size; at++)
			EXPECT(bytes[at] == 0);
		memset(bytes, 0xff, size);
		free(bytes);
	}
	EXPECT(calloc(SIZE_MAX / 2, 3) == NULL);
	EXPECT(malloc(SIZE_MAX - 4) == NULL);
}

static uint8_t bytes[300], model[300];

static void check_bytes(void)
{
	for (int round = 0; round < rounds / 2; round++) {
		size_t from = draw(100), to = draw(100), length = draw(200);

		for (size_t at = 0; at < sizeof(bytes); at++)
			bytes[at] = model[at] = (uint8_t)(at * 7 + (size_t)round);
		if (round % 3 == 0) {
			memset(bytes + to, (int)from, length);
			for (size_t at = 0; at < length; at++)
				model[to + at] = (uint8_t)from;
		} else {
			uint8_t copy[200];

			for (size_t at = 0; at < length; at++)
				copy[at] = model[from + at];
			for (size_t at = 0; at < length; at++)
				model[to + at] = copy[at];
			if (from + length <= to || to + length <= from)
				memcpy(bytes + to, bytes + from, length);
			else
				memmove(bytes + to, bytes + from, length);
		}
		for (size_t at = 0; at < sizeof(bytes); at++)
			EXPECT(bytes[at] == model[at]);
	}
}

int main(int count, char **words)
{
	size_t before = heap_bytes_used();

	rounds = count > 1 ? atoi(words[1]) : 1000;
	check_bytes();
	check_calloc();
	churn();
	for (int i = 0; i < BLOCKS; i++) {
		if (blocks[i] != NULL)
			check_block(i);
		free(blocks[i]);
	}
	EXPECT(heap_bytes_used() == before);
	return 0;
}
