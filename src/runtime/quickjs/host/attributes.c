/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop over netlink attributes, which src/wire/netlink/attributes.ts also has as a script: there one attribute costs
 * some 1400 instructions, and a router's kernel sends a thousand of them a second. The global
 *
 *   readAttributes(bytes, start, end, little, kinds, names, value)
 *
 * sets properties of `value` and answers true; or answers false where anything is not as it should be: then the script
 * decodes again by itself and throws what it finds.
 */
#include "host.h"
#include "words.h"

enum { MAX_TYPES = 512 };

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
			if (kind >= KIND_COUNT || (kind_sizes[kind] != ANY_SIZE && kind_sizes[kind] != size - HEADER))
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

int attributes_setup(JSContext *context)
{
	JSValue global = JS_GetGlobalObject(context);
	int failed =
		JS_SetPropertyStr(context, global, "readAttributes", JS_NewCFunction(context, read_attributes, "readAttributes", 7)) < 0;

	failed |= rows_setup(context, global) < 0 || frame_setup(context, global) < 0;
	failed |= spectral_setup(context, global) < 0 || search_setup(context, global) < 0;
	JS_FreeValue(context, global);
	return failed ? -1 : 0;
}
