/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in netlink messages, and arrays of them that the script hands over. */
#ifndef WORDS_H
#define WORDS_H

#include "host.h"

#include <string.h>

/* The kinds of payload: those of src/wire/netlink/field.ts. */
enum kind {
	KIND_SKIPPED,
	KIND_OTHER, /* left to the script: the property is the attribute's offset */
	KIND_U32,
	KIND_U64,
	KIND_NESTED, /* as other */
	KIND_U8,
	KIND_I8,
	KIND_U16,
	KIND_I32,
	KIND_S64,
	KIND_U64_CLAMPED,
	KIND_S64_CLAMPED,
	KIND_FLAG,
	KIND_MAC,
	KIND_TEXT,
	KIND_COUNT,
};

/* An attribute's header; the bits above the type are flags. */
enum { HEADER = 4, TYPE_MASK = 0x3fff, ANY_SIZE = 0xff };

static const uint8_t kind_sizes[KIND_COUNT] = {ANY_SIZE, ANY_SIZE, 4, 8, ANY_SIZE, 1, 1, 2, 4, 8, 8, 8, 0, 6, ANY_SIZE};

#define EXACT 9007199254740991LL /* 2^53 - 1 */

static const bool host_is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

/* memcpy, because an attribute may lie at any address and MIPS reads words only at aligned ones. */
static inline uint16_t read16(const uint8_t *at, bool little)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return little == host_is_little ? value : __builtin_bswap16(value);
}

static inline uint32_t read32(const uint8_t *at, bool little)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return little == host_is_little ? value : __builtin_bswap32(value);
}

static inline uint64_t read64(const uint8_t *at, bool little)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return little == host_is_little ? value : __builtin_bswap64(value);
}

static inline int64_t clamp(int64_t value)
{
	return value > EXACT ? EXACT : value < -EXACT ? -EXACT : value;
}

/* What a Float64Array (8) or Uint16Array (2) holds, and how many elements; NULL with the script's exception pending. */
void *array_elements(JSContext *context, JSValueConst array, size_t element_bytes, size_t *count);

#endif
