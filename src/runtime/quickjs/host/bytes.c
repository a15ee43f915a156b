/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memcpy, memmove and memset by machine words. The cross compiler's own are byte loops when it optimises for size: five
 * times slower on MIPS for 64 KB.
 */
#include <stddef.h>
#include <stdint.h>

typedef size_t __attribute__((may_alias)) word;
typedef struct {
	size_t value;
} __attribute__((packed, may_alias)) unaligned_word;

enum { WORD = sizeof(size_t), BLOCK = 4 * sizeof(size_t) };

static int is_aligned(const void *address)
{
	return ((uintptr_t)address & (WORD - 1)) == 0;
}

void *memcpy(void *restrict destination, const void *restrict source, size_t length)
{
	uint8_t *to = destination;
	const uint8_t *from = source;

	if (length >= BLOCK) {
		while (!is_aligned(to)) {
			*to++ = *from++;
			length--;
		}
		if (is_aligned(from)) {
			for (; length >= BLOCK; length -= BLOCK, to += BLOCK, from += BLOCK) {
				const word *in = (const word *)from;
				word *out = (word *)to;
				size_t a = in[0], b = in[1], c = in[2], d = in[3];

				out[0] = a;
				out[1] = b;
				out[2] = c;
				out[3] = d;
			}
		} else {
			for (; length >= BLOCK; length -= BLOCK, to += BLOCK, from += BLOCK) {
				const unaligned_word *in = (const unaligned_word *)from;
				word *out = (word *)to;
				size_t a = in[0].value, b = in[1].value, c = in[2].value, d = in[3].value;

				out[0] = a;
				out[1] = b;
				out[2] = c;
				out[3] = d;
			}
		}
	}
	for (; length >= WORD; length -= WORD, to += WORD, from += WORD)
		((unaligned_word *)to)->value = ((const unaligned_word *)from)->value;
	while (length-- > 0)
		*to++ = *from++;
	return destination;
}

void *memmove(void *destination, const void *source, size_t length)
{
	uint8_t *to = destination;
	const uint8_t *from = source;

	if ((uintptr_t)to - (uintptr_t)from >= length)
		return memcpy(destination, source, length); /* forwards is safe: no byte is read after it was written */
	to += length;
	from += length;
	for (; length >= WORD; length -= WORD) {
		to -= WORD;
		from -= WORD;
		((unaligned_word *)to)->value = ((const unaligned_word *)from)->value;
	}
	while (length-- > 0)
		*--to = *--from;
	return destination;
}

void *memset(void *destination, int value, size_t length)
{
	uint8_t *to = destination;
	size_t pattern = (size_t)-1 / 255 * (uint8_t)value;

	while (length > 0 && !is_aligned(to)) {
		*to++ = (uint8_t)value;
		length--;
	}
	for (; length >= BLOCK; length -= BLOCK, to += BLOCK) {
		word *out = (word *)to;

		out[0] = pattern;
		out[1] = pattern;
		out[2] = pattern;
		out[3] = pattern;
	}
	while (length-- > 0)
		*to++ = (uint8_t)value;
	return destination;
}
