/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modules that a router may do without: bytecode in a file beside the binary (scripts/build/extras.ts says in which form).
 *
 * The engine trusts bytecode as it trusts its own code. So the binary has the hash of each module that was built with it,
 * and nothing else is ever handed to the engine, whoever wrote the file and however it was damaged.
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mbedtls/sha256.h>

enum { HASH_BYTES = 32, MODULE_LIMIT_BYTES = 1 << 20 };

struct head {
	char magic[8], byte_order[8];
	uint8_t build[HASH_BYTES];
};

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static const char own_order[8] = "big";
#else
static const char own_order[8] = "little";
#endif

/* An Error whose code tells the script whether the package is missing or wrong. */
static uint8_t *refuse(JSContext *context, const char *code, const char *sentence)
{
	JSValue error = JS_NewError(context);

	JS_DefinePropertyValueStr(context, error, "message", JS_NewString(context, sentence),
				  JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
	JS_SetPropertyStr(context, error, "code", JS_NewString(context, code));
	JS_Throw(context, error);
	return NULL;
}

/* Beside the binary under its own name, then where the package puts it. */
static int open_file(void)
{
	char path[512];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof("-extras"));

	if (length > 0) {
		memcpy(path + length, "-extras", sizeof("-extras"));
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			return fd;
	}
	return open("/usr/lib/astral-mesh/extras", O_RDONLY | O_CLOEXEC);
}

static bool read_at(int fd, void *into, size_t length, off_t offset)
{
	ssize_t got;

	do
		got = pread(fd, into, length, offset);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)length;
}

static size_t padded(size_t length)
{
	return (length + 7) / 8 * 8;
}

static size_t number_at(const uint8_t *bytes)
{
	return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* Walks the file to a module and reads it alone, however many there are; NULL where the file does not hold it whole. */
static uint8_t *read_module(int fd, const char *wanted, size_t *length)
{
	char name[128];
	uint8_t numbers[8];

	for (off_t at = sizeof(struct head); read_at(fd, numbers, sizeof(numbers), at);) {
		size_t name_length = number_at(numbers + 4);
		off_t name_at = at + (off_t)sizeof(numbers), bytes_at = name_at + (off_t)padded(name_length);

		*length = number_at(numbers);
		if (*length > MODULE_LIMIT_BYTES || name_length >= sizeof(name) || !read_at(fd, name, name_length, name_at))
			return NULL;
		name[name_length] = '\0';
		at = bytes_at + (off_t)padded(*length);
		if (strcmp(name, wanted) != 0)
			continue;
		uint8_t *bytes = malloc(*length + 1);

		if (bytes != NULL && read_at(fd, bytes, *length, bytes_at))
			return bytes;
		free(bytes);
		return NULL;
	}
	return NULL;
}

static uint8_t *read_from(JSContext *context, int fd, const char *name, const uint8_t *hash, size_t *length)
{
	size_t build_length;
	const uint8_t *build = part_find(extras_start, extras_end, "build", &build_length);
	struct head head;
	uint8_t found[HASH_BYTES];

	if (!read_at(fd, &head, sizeof(head), 0) || memcmp(head.magic, "astralx1", sizeof(head.magic)) != 0)
		return refuse(context, "invalid", "the file of astral-mesh-extras is none");
	if (memcmp(head.byte_order, own_order, sizeof(own_order)) != 0)
		return refuse(context, "invalid", "the package astral-mesh-extras is for another processor");
	if (build == NULL || build_length != HASH_BYTES || memcmp(head.build, build, HASH_BYTES) != 0)
		return refuse(context, "invalid", "the package astral-mesh-extras is of another build than astral-mesh; install both of one version");
	uint8_t *bytes = read_module(fd, name, length);

	if (bytes != NULL && mbedtls_sha256(bytes, *length, found, 0) == 0 && memcmp(found, hash, HASH_BYTES) == 0)
		return bytes;
	free(bytes);
	return refuse(context, "invalid", "the file of astral-mesh-extras is damaged");
}

uint8_t *extras_read(JSContext *context, const char *name, size_t *length)
{
	size_t hash_length;
	const uint8_t *hash = part_find(extras_start, extras_end, name, &hash_length);

	if (hash == NULL || hash_length != HASH_BYTES) {
		JS_ThrowReferenceError(context, "the program has no module '%s'", name);
		return NULL;
	}
	int fd = open_file();

	if (fd < 0)
		return refuse(context, "not-found", "the package astral-mesh-extras is not installed");
	uint8_t *bytes = read_from(context, fd, name, hash, length);

	close(fd);
	return bytes;
}
