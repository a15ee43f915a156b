/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What dropbear's curve25519.c stands on, reduced to what its Ed25519 needs: mbedTLS' SHA-512, and a seed that the caller
 * has already put in place. Included before it; the guards keep dropbear's own headers out.
 */
#ifndef ED25519_GROUND_H
#define ED25519_GROUND_H

#define DROPBEAR_INCLUDES_H_
#define DROPBEAR_RANDOM_H_
#define DROPBEAR_CURVE25519_H
#define DROPBEAR_CURVE25519_DEP 0
#define DROPBEAR_ED25519 1
#define DROPBEAR_SIGNKEY_VERIFY 1

#include <mbedtls/sha512.h>
#include <stdint.h>

typedef mbedtls_sha512_context hash_state;

static inline int sha512_init(hash_state *state)
{
	mbedtls_sha512_init(state);
	return mbedtls_sha512_starts(state, 0);
}

static inline int sha512_process(hash_state *state, const unsigned char *bytes, unsigned long length)
{
	return mbedtls_sha512_update(state, bytes, length);
}

static inline int sha512_done(hash_state *state, unsigned char *digest)
{
	int code = mbedtls_sha512_finish(state, digest);

	mbedtls_sha512_free(state);
	return code;
}

#define genrandom(bytes, length) ((void)0)

void dropbear_ed25519_make_key(unsigned char *public_key, unsigned char *seed);
void dropbear_ed25519_sign(const unsigned char *message, unsigned long length, unsigned char *signature,
			   unsigned long *signature_length, const unsigned char *seed, const unsigned char *public_key);
int dropbear_ed25519_verify(const unsigned char *message, unsigned long length, const unsigned char *signature,
			    unsigned long signature_length, const unsigned char *public_key);

#endif
