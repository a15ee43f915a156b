/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap: libc's malloc family, made for one thread, little memory and a script engine's many small blocks.
 *
 * A block is a header word and its payload; a free one also carries list links and its size at the end, so that
 * neighbours join at once. Free blocks lie in bins by size with a bitmap over them. What is left over at the end goes back
 * to the kernel, and large blocks are mappings of their own.
 *
 *  1. No two neighbouring blocks are both free.
 *  2. A block's PREVIOUS_FREE flag is set exactly when the block before it is free; its size is then in the word before.
 *  3. The arena ends with a header of size 0 that is never free.
 *
 * Source: the layout is Knuth's boundary tags (TAOCP 2.5); bins as in Masmano et al., "TLSF" (2004).
 */
#include "host.h"

#if !defined(HOST_SYSTEM_MALLOC)

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	WORD = sizeof(size_t),
	GRAIN = 2 * sizeof(size_t), /* payloads are aligned to it, sizes are multiples of it */
	SMALLEST = 4 * sizeof(size_t),
	EXACT_BINS = 64, /* one size each */
	STEPS = 4, /* bins per doubling above those */
	BINS = 160,
	GROWTH_BYTES = 16 * 1024,
	TRIM_BYTES = 64 * 1024,
	MAPPING_BYTES = 128 * 1024,
	SEARCH_LIMIT = 16,
};

enum { IS_FREE = 1, PREVIOUS_FREE = 2, IS_MAPPING = 4, FLAGS = 7 };

struct block {
	size_t head;
	struct block *next; /* from here on: payload, or a free block's links */
	struct block *previous;
};

static struct block *bins[BINS];
static uint32_t bin_map[BINS / 32];
static uintptr_t arena_end; /* where the kernel ends our data segment */
static struct block *sentinel;
static size_t bytes_used;

static size_t size_of(const struct block *block)
{
	return block->head & ~(size_t)FLAGS;
}

static struct block *at_offset(struct block *block, size_t bytes)
{
	return (struct block *)((uint8_t *)block + bytes);
}

static struct block *block_of(void *payload)
{
	return (struct block *)((uint8_t *)payload - WORD);
}

static void *payload_of(struct block *block)
{
	return (uint8_t *)block + WORD;
}

static size_t *word_before(struct block *block)
{
	return (size_t *)block - 1;
}

/* The bin whose blocks are at least as large as the smallest of the bin, and smaller than those of the next. */
static unsigned int bin_of(size_t size)
{
	size_t grains = size / GRAIN;

	if (grains < EXACT_BINS)
		return (unsigned int)grains;
	unsigned int log = 8 * sizeof(long) - 1 - (unsigned int)__builtin_clzl(grains);
	unsigned int step = (unsigned int)(grains >> (log - 2)) & (STEPS - 1);
	unsigned int bin = EXACT_BINS + (log - 6) * STEPS + step;

	return bin < BINS ? bin : BINS - 1;
}

static void bin_put(struct block *block, size_t size)
{
	unsigned int bin = bin_of(size);

	block->head = size | IS_FREE | (block->head & PREVIOUS_FREE);
	block->previous = NULL;
	block->next = bins[bin];
	if (block->next != NULL)
		block->next->previous = block;
	bins[bin] = block;
	bin_map[bin / 32] |= 1u << (bin % 32);
	struct block *after = at_offset(block, size);

	*word_before(after) = size;
	after->head |= PREVIOUS_FREE;
}

static void bin_take(struct block *block)
{
	unsigned int bin = bin_of(size_of(block));

	if (block->previous != NULL)
		block->previous->next = block->next;
	else if ((bins[bin] = block->next) == NULL)
		bin_map[bin / 32] &= ~(1u << (bin % 32));
	if (block->next != NULL)
		block->next->previous = block->previous;
	block->head &= ~(size_t)IS_FREE;
	at_offset(block, size_of(block))->head &= ~(size_t)PREVIOUS_FREE;
}

/* A free block of at least this size, the tightest of the first few of its own bin, else any of a larger bin. */
static struct block *find_free(size_t size)
{
	unsigned int bin = bin_of(size);
	struct block *best = NULL;
	int looked = 0;

	for (struct block *block = bins[bin]; block != NULL && looked < SEARCH_LIMIT; block = block->next, looked++)
		if (size_of(block) >= size && (best == NULL || size_of(block) < size_of(best)))
			best = block;
	if (best != NULL)
		return best;
	for (unsigned int word = (bin + 1) / 32; word < BINS / 32; word++) {
		uint32_t map = bin_map[word];

		if (word == (bin + 1) / 32)
			map &= ~0u << ((bin + 1) % 32);
		if (map != 0)
			return bins[32 * word + (unsigned int)__builtin_ctz(map)];
	}
	return NULL;
}

/* Joins a block that is neither free nor used with its free neighbours. */
static struct block *join(struct block *block)
{
	size_t size = size_of(block);
	struct block *after = at_offset(block, size);

	if (after->head & IS_FREE) {
		bin_take(after);
		size += size_of(after);
	}
	if (block->head & PREVIOUS_FREE) {
		block = (struct block *)((uint8_t *)block - *word_before(block));
		bin_take(block);
		size += size_of(block);
	}
	block->head = size | (block->head & PREVIOUS_FREE);
	return block;
}

static uintptr_t set_break(uintptr_t end)
{
	return (uintptr_t)syscall(SYS_brk, end);
}

/* Lengthens the arena so that a free block of this size is at its end. */
static bool grow(size_t size)
{
	size_t bytes = (size + SMALLEST + GROWTH_BYTES - 1) / GROWTH_BYTES * GROWTH_BYTES;
	uintptr_t start = set_break(0);
	bool continues = sentinel != NULL && start == arena_end;
	struct block *block;

	if (!continues) /* the first time, or somebody else moved the break */
		start = (start + GRAIN - 1) / GRAIN * GRAIN;
	if (set_break(start + bytes) != start + bytes)
		return false;
	arena_end = start + bytes;
	if (continues) {
		block = sentinel;
		block->head = bytes | (block->head & PREVIOUS_FREE);
	} else {
		block = (struct block *)(start + GRAIN - WORD);
		block->head = bytes - GRAIN;
	}
	sentinel = at_offset(block, size_of(block));
	sentinel->head = 0;
	block = join(block);
	bin_put(block, size_of(block));
	return true;
}

/* Gives the end of the arena back when much of it is free. */
static void trim(struct block *last)
{
	size_t excess = (size_of(last) - SMALLEST) / GROWTH_BYTES * GROWTH_BYTES;

	if (size_of(last) < TRIM_BYTES || set_break(0) != arena_end)
		return;
	bin_take(last);
	size_t kept = size_of(last) - excess;

	last->head = kept | (last->head & PREVIOUS_FREE);
	sentinel = at_offset(last, kept);
	sentinel->head = 0;
	bin_put(last, kept);
	arena_end = set_break(arena_end - excess);
}

static void *map_block(size_t size)
{
	size_t bytes = (size + GRAIN + 4095) / 4096 * 4096;
	uint8_t *mapping = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapping == MAP_FAILED)
		return NULL;
	struct block *block = (struct block *)(mapping + GRAIN - WORD);

	block->head = bytes | IS_MAPPING;
	bytes_used += bytes;
	return payload_of(block);
}

/* Cuts off what a block has beyond `size`, if a block fits in there. */
static void split(struct block *block, size_t size)
{
	size_t rest = size_of(block) - size;

	if (rest < SMALLEST)
		return;
	block->head = size | (block->head & PREVIOUS_FREE);
	struct block *tail = at_offset(block, size);

	tail->head = rest;
	tail = join(tail);
	bin_put(tail, size_of(tail));
}

static size_t size_for(size_t payload)
{
	size_t size = (payload + WORD + GRAIN - 1) & ~(size_t)(GRAIN - 1);

	return size < SMALLEST ? SMALLEST : size;
}

void *malloc(size_t payload)
{
	if (payload > PTRDIFF_MAX - 2 * GROWTH_BYTES) {
		errno = ENOMEM;
		return NULL;
	}
	if (payload >= MAPPING_BYTES)
		return map_block(payload);
	size_t size = size_for(payload);
	struct block *block = find_free(size);

	if (block == NULL) {
		if (!grow(size)) {
			errno = ENOMEM;
			return NULL;
		}
		block = find_free(size);
	}
	bin_take(block);
	split(block, size);
	bytes_used += size_of(block);
	return payload_of(block);
}

void free(void *payload)
{
	if (payload == NULL)
		return;
	struct block *block = block_of(payload);

	if (block->head & IS_MAPPING) {
		bytes_used -= size_of(block);
		munmap((uint8_t *)payload - GRAIN, size_of(block));
		return;
	}
	bytes_used -= size_of(block);
	block = join(block);
	bin_put(block, size_of(block));
	if (at_offset(block, size_of(block)) == sentinel)
		trim(block);
}

void *calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	void *payload = malloc(bytes);

	return payload == NULL ? NULL : memset(payload, 0, bytes);
}

size_t malloc_usable_size(void *payload)
{
	if (payload == NULL)
		return 0;
	const struct block *block = block_of(payload);

	return size_of(block) - (block->head & IS_MAPPING ? (size_t)GRAIN : (size_t)WORD);
}

static void *remap(struct block *block, size_t payload)
{
	size_t before = size_of(block), bytes = (payload + GRAIN + 4095) / 4096 * 4096;
	uint8_t *mapping = mremap((uint8_t *)block + WORD - GRAIN, before, bytes, MREMAP_MAYMOVE);

	if (mapping == MAP_FAILED)
		return NULL;
	bytes_used += bytes - before;
	block = (struct block *)(mapping + GRAIN - WORD);
	block->head = bytes | IS_MAPPING;
	return payload_of(block);
}

void *realloc(void *payload, size_t wanted)
{
	if (payload == NULL)
		return malloc(wanted);
	if (wanted > PTRDIFF_MAX - 2 * GROWTH_BYTES) {
		errno = ENOMEM;
		return NULL;
	}
	struct block *block = block_of(payload);
	size_t held = malloc_usable_size(payload);

	if (block->head & IS_MAPPING) {
		if (wanted >= MAPPING_BYTES)
			return remap(block, wanted);
	} else {
		size_t size = size_for(wanted), before = size_of(block);
		struct block *after = at_offset(block, before);

		if (size > before && (after->head & IS_FREE) && before + size_of(after) >= size) {
			bin_take(after);
			block->head += size_of(after);
		}
		if (size <= size_of(block)) {
			split(block, size);
			bytes_used += size_of(block) - before;
			return payload;
		}
	}
	void *moved = malloc(wanted);

	if (moved == NULL)
		return NULL;
	memcpy(moved, payload, held < wanted ? held : wanted);
	free(payload);
	return moved;
}

size_t heap_bytes_used(void)
{
	return bytes_used;
}

#endif
