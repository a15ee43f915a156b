/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TextEncoder and TextDecoder, for UTF-8 only, as the globals of the same names.
 *
 * Source: WHATWG Encoding, "UTF-8 decoder": ill-formed bytes become one U+FFFD per maximal subpart, a leading byte
 *         order mark is dropped, and with {fatal: true} ill-formed bytes are a TypeError.
 */
#include "host.h"

#include <string.h>

static JSClassID decoder_class;
static int lenient_mark, fatal_mark; /* a decoder's opaque points at one of them */

static const uint8_t replacement[] = {0xef, 0xbf, 0xbd};

/*
 * The length of the well-formed character that starts at `bytes`, or the negated length of the ill-formed part.
 * Source: Unicode 15, table 3-7.
 */
static int character_length(const uint8_t *bytes, size_t available)
{
	uint8_t lead = bytes[0], low = 0x80, high = 0xbf;
	int length;

	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		length = 2;
	else if (lead >= 0xe0 && lead <= 0xef)
		length = 3;
	else if (lead >= 0xf0 && lead <= 0xf4)
		length = 4;
	else
		return -1;
	if (lead == 0xe0)
		low = 0xa0;
	if (lead == 0xed)
		high = 0x9f; /* surrogates */
	if (lead == 0xf0)
		low = 0x90;
	if (lead == 0xf4)
		high = 0x8f;
	for (int i = 1; i < length; i++) {
		if ((size_t)i >= available || bytes[i] < low || bytes[i] > high)
			return -i;
		low = 0x80;
		high = 0xbf;
	}
	return length;
}

/* How many leading bytes are well-formed. */
static size_t valid_prefix(const uint8_t *bytes, size_t length)
{
	size_t at = 0;

	while (at < length) {
		int step = character_length(bytes + at, length - at);

		if (step < 0)
			break;
		at += (size_t)step;
	}
	return at;
}

static JSValue decode_repaired(JSContext *context, const uint8_t *bytes, size_t length)
{
	uint8_t *repaired = js_malloc(context, 3 * length); /* one replacement per byte at worst */
	size_t out = 0;

	if (repaired == NULL)
		return JS_EXCEPTION;
	for (size_t at = 0; at < length;) {
		int step = character_length(bytes + at, length - at);

		if (step > 0) {
			memcpy(repaired + out, bytes + at, (size_t)step);
			out += (size_t)step;
			at += (size_t)step;
		} else {
			memcpy(repaired + out, replacement, sizeof(replacement));
			out += sizeof(replacement);
			at += (size_t)-step;
		}
	}
	JSValue text = JS_NewStringLen(context, (const char *)repaired, out);

	js_free(context, repaired);
	return text;
}

SCRIPT_FUNCTION(decode)
{
	const void *mark = JS_GetOpaque2(context, self, decoder_class);
	size_t length = 0;

	if (mark == NULL)
		return JS_EXCEPTION;
	if (count == 0 || JS_IsUndefined(values[0]))
		return JS_NewString(context, "");
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);

	if (bytes == NULL && JS_HasException(context))
		return JS_EXCEPTION;
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	if (valid_prefix(bytes, length) == length)
		return JS_NewStringLen(context, (const char *)bytes, length);
	if (mark == &fatal_mark)
		return JS_ThrowTypeError(context, "not UTF-8");
	return decode_repaired(context, bytes, length);
}

static JSValue construct_decoder(JSContext *context, JSValueConst target, int count, JSValueConst *values)
{
	bool is_fatal = false;

	if (count > 1 && JS_IsObject(values[1])) {
		JSValue fatal = JS_GetPropertyStr(context, values[1], "fatal");

		is_fatal = JS_ToBool(context, fatal) > 0;
		JS_FreeValue(context, fatal);
	}
	JSValue prototype = JS_GetPropertyStr(context, target, "prototype");

	if (JS_IsException(prototype))
		return prototype;
	JSValue decoder = JS_NewObjectProtoClass(context, prototype, decoder_class);

	JS_FreeValue(context, prototype);
	if (!JS_IsException(decoder))
		JS_SetOpaque(decoder, is_fatal ? &fatal_mark : &lenient_mark);
	return decoder;
}

SCRIPT_FUNCTION(encode)
{
	size_t length;

	if (count == 0 || JS_IsUndefined(values[0]))
		return JS_NewUint8ArrayCopy(context, NULL, 0);
	const char *text = JS_ToCStringLen(context, &length, values[0]);

	if (text == NULL)
		return JS_EXCEPTION;
	JSValue array = JS_NewUint8ArrayCopy(context, (const uint8_t *)text, length);

	JS_FreeCString(context, text);
	uint8_t *bytes = JS_IsException(array) ? NULL : JS_GetUint8Array(context, &length, array);

	for (size_t at = 0; bytes != NULL && at + 2 < length; at++)
		if (bytes[at] == 0xed && bytes[at + 1] >= 0xa0) /* a lone surrogate, written as three bytes */
			memcpy(bytes + at, replacement, sizeof(replacement));
	return array;
}

static JSValue construct_encoder(JSContext *context, JSValueConst target, int count UNUSED, JSValueConst *values UNUSED)
{
	JSValue prototype = JS_GetPropertyStr(context, target, "prototype");

	if (JS_IsException(prototype))
		return prototype;
	JSValue encoder = JS_NewObjectProto(context, prototype);

	JS_FreeValue(context, prototype);
	return encoder;
}

static int define_class(JSContext *context, const char *name, JSCFunction *construct, const char *method_name,
			JSCFunction *method)
{
	JSValue constructor = JS_NewCFunction2(context, construct, name, 2, JS_CFUNC_constructor, 0);
	JSValue prototype = JS_NewObject(context);
	JSValue global = JS_GetGlobalObject(context);
	int flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
	int failed = JS_DefinePropertyValueStr(context, prototype, method_name,
					       JS_NewCFunction(context, method, method_name, 1), flags) < 0;

	failed |= JS_SetConstructor(context, constructor, prototype) < 0;
	failed |= JS_DefinePropertyValueStr(context, global, name, constructor, flags) < 0;
	JS_FreeValue(context, prototype);
	JS_FreeValue(context, global);
	return failed ? -1 : 0;
}

int text_setup(JSContext *context)
{
	static const JSClassDef definition = {.class_name = "TextDecoder"};
	JSRuntime *runtime = JS_GetRuntime(context);

	JS_NewClassID(runtime, &decoder_class);
	if (JS_NewClass(runtime, decoder_class, &definition) < 0)
		return -1;
	if (define_class(context, "TextEncoder", construct_encoder, "encode", encode) < 0)
		return -1;
	return define_class(context, "TextDecoder", construct_decoder, "decode", decode);
}
