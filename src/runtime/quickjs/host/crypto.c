/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, message authentication, signatures and the kernel's random bytes. */
#include "host.h"
#include "ed25519-ground.h"

#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <string.h>
#include <sys/random.h>

enum { SHA256_BYTES = 32, SEED_BYTES = 32, PUBLIC_KEY_BYTES = 32, SIGNATURE_BYTES = 64, RANDOM_LIMIT_BYTES = 65536 };

int random_fill(void *bytes, size_t length)
{
	uint8_t *next = bytes;

	while (length > 0) {
		ssize_t got = getrandom(next, length, 0);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0) {
			next += got;
			length -= (size_t)got;
		}
	}
	return 0;
}

SCRIPT_FUNCTION(random_bytes)
{
	INT_ARGUMENT(length, 0);
	if (length < 0 || length > RANDOM_LIMIT_BYTES)
		return JS_ThrowRangeError(context, "randomBytes: length");
	int failure = random_fill(scratch, (size_t)length);

	if (failure < 0)
		return JS_ThrowInternalError(context, "the kernel gives no random bytes: %s", strerror(-failure));
	return JS_NewUint8ArrayCopy(context, scratch, (size_t)length);
}

/* A number in [0, 1) of 48 random bits. */
SCRIPT_FUNCTION(random_number)
{
	uint8_t bytes[6] = {0};
	double number = 0;

	random_fill(bytes, sizeof(bytes));
	for (int i = 0; i < COUNT_OF(bytes); i++)
		number = (number + bytes[i]) / 256;
	return JS_NewFloat64(context, number);
}

SCRIPT_FUNCTION(sha256)
{
	uint8_t digest[SHA256_BYTES];
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);

	if (bytes == NULL && JS_HasException(context))
		return JS_EXCEPTION;
	if (mbedtls_sha256(bytes, length, digest, 0) != 0)
		return JS_ThrowInternalError(context, "sha256");
	return JS_NewUint8ArrayCopy(context, digest, sizeof(digest));
}

SCRIPT_FUNCTION(hmac_sha256)
{
	uint8_t digest[SHA256_BYTES];
	size_t key_length, length;
	const uint8_t *key = JS_GetUint8Array(context, &key_length, values[0]);
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[1]);

	if ((key == NULL || bytes == NULL) && JS_HasException(context))
		return JS_EXCEPTION;
	if (mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, key_length, bytes, length, digest) != 0)
		return JS_ThrowInternalError(context, "hmacSha256");
	return JS_NewUint8ArrayCopy(context, digest, sizeof(digest));
}

/* The bytes of an argument that must have one length. NULL leaves an exception. */
static const uint8_t *bytes_of_length(JSContext *context, JSValueConst value, size_t wanted, const char *name)
{
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, value);

	if (bytes == NULL || length != wanted) {
		if (!JS_HasException(context))
			JS_ThrowRangeError(context, "%s: not %d bytes", name, (int)wanted);
		return NULL;
	}
	return bytes;
}

SCRIPT_FUNCTION(ed25519_public_key)
{
	uint8_t seed[SEED_BYTES], public_key[PUBLIC_KEY_BYTES];
	const uint8_t *given = bytes_of_length(context, values[0], SEED_BYTES, "seed");

	if (given == NULL)
		return JS_EXCEPTION;
	memcpy(seed, given, sizeof(seed));
	dropbear_ed25519_make_key(public_key, seed);
	return JS_NewUint8ArrayCopy(context, public_key, sizeof(public_key));
}

SCRIPT_FUNCTION(ed25519_sign)
{
	uint8_t seed[SEED_BYTES], public_key[PUBLIC_KEY_BYTES], signature[SIGNATURE_BYTES];
	unsigned long signature_length = sizeof(signature);
	size_t length;
	const uint8_t *given = bytes_of_length(context, values[0], SEED_BYTES, "seed");
	const uint8_t *message = given == NULL ? NULL : JS_GetUint8Array(context, &length, values[1]);

	if (given == NULL || (message == NULL && JS_HasException(context)))
		return JS_EXCEPTION;
	memcpy(seed, given, sizeof(seed));
	dropbear_ed25519_make_key(public_key, seed);
	dropbear_ed25519_sign(message, length, signature, &signature_length, seed, public_key);
	return JS_NewUint8ArrayCopy(context, signature, sizeof(signature));
}

SCRIPT_FUNCTION(ed25519_verify)
{
	size_t length, signature_length;
	const uint8_t *public_key = bytes_of_length(context, values[0], PUBLIC_KEY_BYTES, "public key");
	const uint8_t *message = public_key == NULL ? NULL : JS_GetUint8Array(context, &length, values[1]);

	if (public_key == NULL || (message == NULL && JS_HasException(context)))
		return JS_EXCEPTION;
	const uint8_t *signature = JS_GetUint8Array(context, &signature_length, values[2]);

	if (signature == NULL && JS_HasException(context))
		return JS_EXCEPTION;
	if (signature_length != SIGNATURE_BYTES)
		return JS_FALSE;
	int code = dropbear_ed25519_verify(message, length, signature, SIGNATURE_BYTES, public_key);

	return JS_NewBool(context, code == 0);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("randomBytes", 1, random_bytes),
	JS_CFUNC_DEF("randomNumber", 0, random_number),
	JS_CFUNC_DEF("sha256", 1, sha256),
	JS_CFUNC_DEF("hmacSha256", 2, hmac_sha256),
	JS_CFUNC_DEF("ed25519PublicKey", 1, ed25519_public_key),
	JS_CFUNC_DEF("ed25519Sign", 2, ed25519_sign),
	JS_CFUNC_DEF("ed25519Verify", 3, ed25519_verify),
};
const struct function_list crypto_functions = {entries, COUNT_OF(entries)};
