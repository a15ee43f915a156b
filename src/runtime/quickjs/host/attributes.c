/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop over netlink attributes, which src/wire/netlink/attributes.ts also has as a script: there one attribute costs
 * some 1400 instructions, and a router's kernel sends a thousand of them a second. The globals
 *
 *   readAttributes(bytes, start, end, little, kinds, names, value)
 *   readCounters(bytes, start, little, names, value)
 *
 * set properties of `value` and answer true; or answer false where anything is not as it should be: then the script
 * decodes again by itself and throws what it finds. The kinds are those of src/wire/netlink/field.ts.
 */
#include "host.h"

#include <string.h>

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

enum { HEADER = 4, TYPE_MASK = 0x3fff, ANY = 0xff, MAX_TYPES = 512 };

static const uint8_t sizes[KIND_COUNT] = {ANY, ANY, 4, 8, ANY, 1, 1, 2, 4, 8, 8, 8, 0, 6, ANY};

#define EXACT 9007199254740991LL /* 2^53 - 1 */

static const bool host_is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

/* memcpy, because an attribute may lie at any address and MIPS reads words only at aligned ones. */
static uint16_t read16(const uint8_t *at, bool little)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return little == host_is_little ? value : __builtin_bswap16(value);
}

static uint32_t read32(const uint8_t *at, bool little)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return little == host_is_little ? value : __builtin_bswap32(value);
}

static uint64_t read64(const uint8_t *at, bool little)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return little == host_is_little ? value : __builtin_bswap64(value);
}

static JSValue mac_text(JSContext *context, const uint8_t *at)
{
	static const char digits[] = "0123456789abcdef";
	char text[17];

	for (int i = 0; i < 6; i++) {
		text[3 * i] = digits[at[i] >> 4];
		text[3 * i + 1] = digits[at[i] & 15];
		if (i < 5)
			text[3 * i + 2] = ':';
	}
	return JS_NewStringLen(context, text, sizeof(text));
}

/* Up to NUL. What is not ASCII is left to the script: JS_UNINITIALIZED. */
static JSValue plain_text(JSContext *context, const uint8_t *at, int32_t size)
{
	int32_t length = 0;

	for (; length < size && at[length] != 0; length++)
		if (at[length] >= 0x80)
			return JS_UNINITIALIZED;
	return JS_NewStringLen(context, (const char *)at, (size_t)length);
}

static int64_t clamp(int64_t value)
{
	return value > EXACT ? EXACT : value < -EXACT ? -EXACT : value;
}

/* JS_UNINITIALIZED for a number that would not be exact, and for text that is not plain. */
static JSValue payload(JSContext *context, enum kind kind, const uint8_t *at, int32_t size, bool little)
{
	switch (kind) {
	case KIND_U32:
		return JS_NewUint32(context, read32(at, little));
	case KIND_U64: {
		uint64_t value = read64(at, little);

		return value > EXACT ? JS_UNINITIALIZED : JS_NewInt64(context, (int64_t)value);
	}
	case KIND_U8:
		return JS_NewInt32(context, *at);
	case KIND_I8:
		return JS_NewInt32(context, (int8_t)*at);
	case KIND_U16:
		return JS_NewInt32(context, read16(at, little));
	case KIND_I32:
		return JS_NewInt32(context, (int32_t)read32(at, little));
	case KIND_S64: {
		int64_t value = (int64_t)read64(at, little);

		return value != clamp(value) ? JS_UNINITIALIZED : JS_NewInt64(context, value);
	}
	case KIND_U64_CLAMPED: {
		uint64_t value = read64(at, little);

		return JS_NewInt64(context, value > EXACT ? EXACT : (int64_t)value);
	}
	case KIND_S64_CLAMPED:
		return JS_NewInt64(context, clamp((int64_t)read64(at, little)));
	case KIND_FLAG:
		return JS_TRUE;
	case KIND_TEXT:
		return plain_text(context, at, size);
	default:
		return mac_text(context, at);
	}
}

/* Takes the content. Answers -1 with the script's exception pending. */
static int set_named(JSContext *context, JSValueConst value, JSValueConst names, uint32_t index, JSValue content)
{
	JSValue name = JS_GetPropertyUint32(context, names, index);
	JSAtom atom = JS_ValueToAtom(context, name);

	JS_FreeValue(context, name);
	if (atom == JS_ATOM_NULL) {
		JS_FreeValue(context, content);
		return -1;
	}
	int result = JS_SetProperty(context, value, atom, content);

	JS_FreeAtom(context, atom);
	return result;
}

static JSValue read_attributes(JSContext *context, JSValueConst self UNUSED, int count UNUSED, JSValueConst *values)
{
	size_t length, kind_count;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);
	const uint8_t *kinds = JS_GetUint8Array(context, &kind_count, values[4]);
	int32_t start, end;

	if (bytes == NULL || kinds == NULL || JS_ToInt32(context, &start, values[1]) || JS_ToInt32(context, &end, values[2]))
		return JS_EXCEPTION;
	bool little = JS_ToBool(context, values[3]) > 0;

	if (start < 0 || start > end || (size_t)end > length || kind_count > MAX_TYPES)
		return JS_FALSE;
	uint8_t left_before[MAX_TYPES / 8] = {0};

	while (start < end) {
		if (end - start < HEADER)
			return JS_FALSE;
		const uint8_t *at = bytes + start;
		int32_t size = read16(at, little);
		uint32_t type = read16(at + 2, little) & TYPE_MASK;

		if (size < HEADER || size > end - start)
			return JS_FALSE;
		enum kind kind = type < kind_count ? kinds[type] : KIND_SKIPPED;

		if (kind != KIND_SKIPPED) {
			if (kind >= KIND_COUNT || (sizes[kind] != ANY && sizes[kind] != size - HEADER))
				return JS_FALSE;
			bool left = kind == KIND_OTHER || kind == KIND_NESTED;

			/* Of two the script must see both: it may refuse the first. */
			if (left && (left_before[type / 8] & 1 << type % 8) != 0)
				return JS_FALSE;
			if (left)
				left_before[type / 8] |= 1 << type % 8;
			JSValue content = left ? JS_NewInt32(context, start)
					       : payload(context, kind, at + HEADER, size - HEADER, little);

			if (JS_IsUninitialized(content))
				return JS_FALSE;
			if (set_named(context, values[6], values[5], type, content) < 0)
				return JS_EXCEPTION;
		}
		start += (size + 3) & ~3;
	}
	return JS_TRUE;
}

/* As many 64-bit counters as there are names. */
static JSValue read_counters(JSContext *context, JSValueConst self UNUSED, int count UNUSED, JSValueConst *values)
{
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);
	int32_t start;
	int64_t names;

	if (bytes == NULL || JS_ToInt32(context, &start, values[1]) || JS_GetLength(context, values[3], &names) < 0)
		return JS_EXCEPTION;
	bool little = JS_ToBool(context, values[2]) > 0;

	if (start < 0 || (size_t)start > length || (uint64_t)names > (length - (size_t)start) / 8)
		return JS_FALSE;
	for (uint32_t i = 0; i < (uint32_t)names; i++) {
		JSValue content = payload(context, KIND_U64, bytes + start + 8 * i, 8, little);

		if (JS_IsUninitialized(content))
			return JS_FALSE;
		if (set_named(context, values[4], values[3], i, content) < 0)
			return JS_EXCEPTION;
	}
	return JS_TRUE;
}

int attributes_setup(JSContext *context)
{
	JSValue global = JS_GetGlobalObject(context);
	int failed =
		JS_SetPropertyStr(context, global, "readAttributes", JS_NewCFunction(context, read_attributes, "readAttributes", 7)) < 0;

	failed |= JS_SetPropertyStr(context, global, "readCounters", JS_NewCFunction(context, read_counters, "readCounters", 5)) < 0;
	JS_FreeValue(context, global);
	return failed ? -1 : 0;
}
