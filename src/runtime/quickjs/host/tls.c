/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS 1.2 and 1.3 from the client's side, over a connected descriptor that the script owns.
 *
 * A server is always verified: by its certificate against the given authorities and name, or by a shared key. Nothing
 * here lets a certificate pass unverified. What goes wrong in the protocol is answered as text, what goes wrong in the
 * connection as a negated errno.
 */
#include "host.h"

#include <mbedtls/ssl.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct tls {
	int fd;
	int failure; /* errno of the descriptor, 0 while it works */
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config config;
	mbedtls_x509_crt authorities;
	mbedtls_x509_crt certificate;
	mbedtls_pk_context key;
};

static JSClassID tls_class;

/* With a shared key and no authorities, no certificate could be verified: only suites that use the key are offered. */
static const int shared_key_suites[] = {
	MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_PSK_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_PSK_WITH_AES_128_GCM_SHA256,
	0,
};

static int random_for_tls(void *state UNUSED, unsigned char *bytes, size_t length)
{
	return random_fill(bytes, length) < 0 ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : 0;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *state UNUSED, uint8_t *bytes,
					     size_t size, size_t *length)
{
	*length = size;
	return random_fill(bytes, size) < 0 ? PSA_ERROR_INSUFFICIENT_ENTROPY : PSA_SUCCESS;
}

static int send_record(void *opaque, const unsigned char *bytes, size_t length)
{
	struct tls *tls = opaque;
	ssize_t sent = send(tls->fd, bytes, length, MSG_NOSIGNAL);

	if (sent >= 0)
		return (int)sent;
	if (errno == EAGAIN || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_WRITE;
	tls->failure = errno;
	return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int receive_record(void *opaque, unsigned char *bytes, size_t length)
{
	struct tls *tls = opaque;
	ssize_t got = recv(tls->fd, bytes, length, 0);

	if (got >= 0)
		return (int)got;
	if (errno == EAGAIN || errno == EINTR)
		return MBEDTLS_ERR_SSL_WANT_READ;
	tls->failure = errno;
	return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static void tls_free(struct tls *tls)
{
	mbedtls_ssl_free(&tls->ssl);
	mbedtls_ssl_config_free(&tls->config);
	mbedtls_x509_crt_free(&tls->authorities);
	mbedtls_x509_crt_free(&tls->certificate);
	mbedtls_pk_free(&tls->key);
	free(tls);
}

static void finalize(JSRuntime *runtime UNUSED, JSValueConst value)
{
	struct tls *tls = JS_GetOpaque(value, tls_class);

	if (tls != NULL)
		tls_free(tls);
}

/* Why the handshake or a record failed, in words where the reader can do something about it. */
static JSValue describe(JSContext *context, struct tls *tls, int code)
{
	char text[64];

	if (tls->failure != 0)
		return JS_NewInt32(context, -tls->failure);
	if (code == MBEDTLS_ERR_SSL_CONN_EOF)
		return JS_NewInt32(context, -ECONNRESET);
	if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
		uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);
		const char *reason = flags & MBEDTLS_X509_BADCERT_CN_MISMATCH ? "is for another name"
				   : flags & MBEDTLS_X509_BADCERT_EXPIRED     ? "has expired"
				   : flags & MBEDTLS_X509_BADCERT_FUTURE      ? "is not valid yet"
				   : flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED ? "is not from a trusted authority"
									      : "is not acceptable";

		snprintf(text, sizeof(text), "the server's certificate %s", reason);
	} else if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
		snprintf(text, sizeof(text), "the server refused us by an alert");
	} else {
		snprintf(text, sizeof(text), "mbedTLS code -0x%04x", (unsigned int)-code);
	}
	return JS_NewString(context, text);
}

/* Reads a PEM option into `parse`'s target. 0, 1 when absent, or an mbedTLS code. */
static int parse_certificates(JSContext *context, JSValueConst pem, mbedtls_x509_crt *into)
{
	size_t length;
	const char *text;
	int code;

	if (JS_IsUndefined(pem))
		return 1;
	text = JS_ToCStringLen(context, &length, pem);
	if (text == NULL)
		return MBEDTLS_ERR_X509_BAD_INPUT_DATA;
	code = mbedtls_x509_crt_parse(into, (const unsigned char *)text, length + 1);
	JS_FreeCString(context, text);
	return code > 0 ? MBEDTLS_ERR_X509_INVALID_FORMAT : code;
}

static int parse_key(JSContext *context, JSValueConst pem, mbedtls_pk_context *into)
{
	size_t length;
	const char *text = JS_ToCStringLen(context, &length, pem);
	int code;

	if (text == NULL)
		return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
	code = mbedtls_pk_parse_key(into, (const unsigned char *)text, length + 1, NULL, 0, random_for_tls, NULL);
	JS_FreeCString(context, text);
	return code;
}

static int use_shared_key(JSContext *context, struct tls *tls, JSValueConst identity, JSValueConst key, bool only)
{
	size_t key_length, name_length;
	const uint8_t *bytes = JS_GetUint8Array(context, &key_length, key);
	const char *name = JS_ToCStringLen(context, &name_length, identity);
	int code = MBEDTLS_ERR_SSL_BAD_INPUT_DATA;

	if (bytes != NULL && name != NULL)
		code = mbedtls_ssl_conf_psk(&tls->config, bytes, key_length, (const unsigned char *)name, name_length);
	JS_FreeCString(context, name);
	if (only) {
		mbedtls_ssl_conf_ciphersuites(&tls->config, shared_key_suites);
		mbedtls_ssl_conf_tls13_key_exchange_modes(&tls->config, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_ALL);
	}
	return code;
}

/* values: fd, serverName, ca, certificate, key, identity, sharedKey; what is absent is undefined. */
static int configure(JSContext *context, struct tls *tls, JSValueConst *values, const char **part)
{
	const char *name;
	int code;

	*part = "configuration";
	code = mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
					   MBEDTLS_SSL_PRESET_DEFAULT);
	if (code != 0)
		return code;
	mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_rng(&tls->config, random_for_tls, NULL);
	*part = "ca";
	code = parse_certificates(context, values[2], &tls->authorities);
	if (code < 0)
		return code;
	bool has_authorities = code == 0;

	if (has_authorities)
		mbedtls_ssl_conf_ca_chain(&tls->config, &tls->authorities, NULL);
	*part = "certificate";
	code = parse_certificates(context, values[3], &tls->certificate);
	if (code < 0)
		return code;
	if (code == 0) {
		*part = "key";
		code = parse_key(context, values[4], &tls->key);
		if (code == 0)
			code = mbedtls_ssl_conf_own_cert(&tls->config, &tls->certificate, &tls->key);
		if (code != 0)
			return code;
	}
	*part = "psk";
	if (!JS_IsUndefined(values[6])) {
		code = use_shared_key(context, tls, values[5], values[6], !has_authorities);
		if (code != 0)
			return code;
	} else if (!has_authorities) {
		*part = "ca";
		return MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED;
	}
	*part = "session";
	code = mbedtls_ssl_setup(&tls->ssl, &tls->config);
	name = code == 0 ? JS_ToCString(context, values[1]) : NULL;
	if (name == NULL)
		return code == 0 ? MBEDTLS_ERR_SSL_BAD_INPUT_DATA : code;
	code = mbedtls_ssl_set_hostname(&tls->ssl, name);
	JS_FreeCString(context, name);
	mbedtls_ssl_set_bio(&tls->ssl, tls, send_record, receive_record, NULL);
	return code;
}

/* A session, or a text that says which option is wrong. */
SCRIPT_FUNCTION(open_tls)
{
	static bool has_started;
	const char *part;
	INT_ARGUMENT(fd, 0);
	struct tls *tls = calloc(1, sizeof(*tls));

	if (tls == NULL)
		return JS_ThrowOutOfMemory(context);
	if (!has_started)
		has_started = psa_crypto_init() == PSA_SUCCESS;
	tls->fd = fd;
	mbedtls_ssl_init(&tls->ssl);
	mbedtls_ssl_config_init(&tls->config);
	mbedtls_x509_crt_init(&tls->authorities);
	mbedtls_x509_crt_init(&tls->certificate);
	mbedtls_pk_init(&tls->key);
	int code = configure(context, tls, values, &part);

	if (code != 0) {
		char text[64];

		snprintf(text, sizeof(text), "option %s is not usable (mbedTLS code -0x%04x)", part, (unsigned int)-code);
		tls_free(tls);
		return JS_NewString(context, text);
	}
	JSValue session = JS_NewObjectClass(context, (int)tls_class);

	if (JS_IsException(session))
		tls_free(tls);
	else
		JS_SetOpaque(session, tls);
	return session;
}

/* 0 when done, 1 when it waits to read, 2 when it waits to write; else what went wrong. */
SCRIPT_FUNCTION(shake_hands)
{
	struct tls *tls = JS_GetOpaque2(context, values[0], tls_class);

	if (tls == NULL)
		return JS_EXCEPTION;
	int code = mbedtls_ssl_handshake(&tls->ssl);

	if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE)
		return JS_NewInt32(context, code == MBEDTLS_ERR_SSL_WANT_READ ? 1 : 2);
	return code == 0 ? JS_NewInt32(context, 0) : describe(context, tls, code);
}

/* As send(): the bytes taken, 0 when there is no room now. Until they are taken, the same bytes must come again. */
SCRIPT_FUNCTION(send_tls)
{
	struct tls *tls = JS_GetOpaque2(context, values[0], tls_class);
	size_t length;
	INT_ARGUMENT(offset, 2);
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[1]);

	if (tls == NULL || (bytes == NULL && JS_HasException(context)))
		return JS_EXCEPTION;
	if (offset < 0 || (size_t)offset > length)
		return JS_ThrowRangeError(context, "sendTls: offset");
	int code = mbedtls_ssl_write(&tls->ssl, bytes + offset, length - (size_t)offset);

	if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE)
		return JS_NewInt32(context, 0);
	return code >= 0 ? JS_NewInt32(context, code) : describe(context, tls, code);
}

/* As receive(): bytes (empty: the peer has ended), undefined when there are none now, else what went wrong. */
SCRIPT_FUNCTION(receive_tls)
{
	struct tls *tls = JS_GetOpaque2(context, values[0], tls_class);

	if (tls == NULL)
		return JS_EXCEPTION;
	int code = mbedtls_ssl_read(&tls->ssl, scratch, sizeof(scratch));

	if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE)
		return JS_UNDEFINED;
	if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		code = 0;
	return code >= 0 ? JS_NewUint8ArrayCopy(context, scratch, (size_t)code) : describe(context, tls, code);
}

/* Says goodbye; the descriptor stays the script's. */
SCRIPT_FUNCTION(end_tls)
{
	struct tls *tls = JS_GetOpaque2(context, values[0], tls_class);

	if (tls == NULL)
		return JS_EXCEPTION;
	if (tls->failure == 0)
		mbedtls_ssl_close_notify(&tls->ssl);
	return JS_UNDEFINED;
}

int tls_setup(JSContext *context)
{
	static const JSClassDef definition = {.class_name = "Tls", .finalizer = finalize};
	JSRuntime *runtime = JS_GetRuntime(context);

	JS_NewClassID(runtime, &tls_class);
	return JS_NewClass(runtime, tls_class, &definition);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("openTls", 7, open_tls),
	JS_CFUNC_DEF("shakeHands", 1, shake_hands),
	JS_CFUNC_DEF("sendTls", 3, send_tls),
	JS_CFUNC_DEF("receiveTls", 1, receive_tls),
	JS_CFUNC_DEF("endTls", 1, end_tls),
};
const struct function_list tls_functions = {entries, COUNT_OF(entries)};
