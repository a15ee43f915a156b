/* SPDX-License-Identifier: Apache-2.0 */
/* Small files: read whole, replaced whole or not at all, listed, removed. */
#include "host.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT_BYTES = 64 << 20 };

/* Reads to the end, or `most` bytes where that is not 0: files of /proc say that they are empty. The caller frees; NULL is an errno. */
static uint8_t *read_to_end(int fd, size_t most, size_t *length)
{
	size_t capacity = most != 0 ? most : 4096, filled = 0;
	uint8_t *bytes = malloc(capacity);

	while (bytes != NULL) {
		ssize_t got = read(fd, bytes + filled, capacity - filled);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0 || (got > 0 && filled + (size_t)got == most)) {
			*length = filled + (size_t)got;
			return bytes;
		}
		if (got > 0 && (filled += (size_t)got) < capacity)
			continue;
		if (got > 0 && capacity >= FILE_LIMIT_BYTES)
			errno = EFBIG;
		uint8_t *larger = got < 0 || capacity >= FILE_LIMIT_BYTES ? NULL : realloc(bytes, 2 * capacity);

		if (larger == NULL)
			free(bytes);
		bytes = larger;
		capacity *= 2;
	}
	return NULL;
}

SCRIPT_FUNCTION(read_file)
{
	INT_ARGUMENT(most, 1);
	const char *path = JS_ToCString(context, values[0]);
	size_t length = 0;

	if (path == NULL)
		return JS_EXCEPTION;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	JS_FreeCString(context, path);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? JS_UNDEFINED : outcome(context, -1);
	uint8_t *bytes = read_to_end(fd, most > 0 && most < FILE_LIMIT_BYTES ? (size_t)most : 0, &length);
	int failure = errno;

	close(fd);
	errno = failure;
	if (bytes == NULL)
		return outcome(context, -1);
	JSValue array = JS_NewUint8ArrayCopy(context, bytes, length);

	free(bytes);
	return array;
}

static int write_all(int fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

static void sync_folder_of(const char *path)
{
	char folder[512];
	const char *slash = strrchr(path, '/');

	snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd); /* the new name; some file systems cannot, and then there is nothing to do */
		close(fd);
	}
}

static int replace(const char *path, const uint8_t *bytes, size_t length, mode_t mode)
{
	char beside[512];
	int printed = snprintf(beside, sizeof(beside), "%s.XXXXXX", path);

	if (printed >= (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = mkostemp(beside, O_CLOEXEC);

	if (fd < 0)
		return -1;
	int failed = write_all(fd, bytes, length) < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0;
	int failure = errno;

	if (close(fd) < 0 && !failed) {
		failed = 1;
		failure = errno;
	}
	if (!failed && rename(beside, path) < 0) {
		failed = 1;
		failure = errno;
	}
	if (!failed) {
		sync_folder_of(path);
		return 0;
	}
	unlink(beside);
	errno = failure;
	return -1;
}

SCRIPT_FUNCTION(replace_file)
{
	size_t length;
	INT_ARGUMENT(mode, 2);
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[1]);

	if (bytes == NULL && JS_HasException(context))
		return JS_EXCEPTION;
	const char *path = JS_ToCString(context, values[0]);

	if (path == NULL)
		return JS_EXCEPTION;
	struct stat before;

	if (mode < 0)
		mode = stat(path, &before) == 0 ? (int32_t)before.st_mode : 0644;
	JSValue result = outcome(context, replace(path, bytes, length, (mode_t)mode & 07777));

	JS_FreeCString(context, path);
	return result;
}

/* One write: a file of the kernel takes what it is told at once or not at all. */
SCRIPT_FUNCTION(write_file)
{
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[1]);
	const char *path = bytes == NULL ? NULL : JS_ToCString(context, values[0]);

	if (path == NULL)
		return JS_EXCEPTION;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	JS_FreeCString(context, path);
	if (fd < 0)
		return outcome(context, -1);
	int written = write(fd, bytes, length) < 0 ? -1 : 0;
	int failure = errno;

	close(fd);
	errno = failure;
	return outcome(context, written);
}

SCRIPT_FUNCTION(list_folder)
{
	const char *path = JS_ToCString(context, values[0]);

	if (path == NULL)
		return JS_EXCEPTION;
	DIR *folder = opendir(path);

	JS_FreeCString(context, path);
	if (folder == NULL)
		return errno == ENOENT || errno == ENOTDIR ? JS_UNDEFINED : outcome(context, -1);
	JSValue names = JS_NewArray(context);
	uint32_t found = 0;

	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		JS_SetPropertyUint32(context, names, found++, JS_NewString(context, entry->d_name));
	}
	closedir(folder);
	return names;
}

SCRIPT_FUNCTION(remove_file)
{
	const char *path = JS_ToCString(context, values[0]);

	if (path == NULL)
		return JS_EXCEPTION;
	int removed = unlink(path);

	JS_FreeCString(context, path);
	return removed < 0 && errno == ENOENT ? JS_NewInt32(context, 0) : outcome(context, removed);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("readFile", 2, read_file),
	JS_CFUNC_DEF("replaceFile", 3, replace_file),
	JS_CFUNC_DEF("writeFile", 2, write_file),
	JS_CFUNC_DEF("listFolder", 1, list_folder),
	JS_CFUNC_DEF("removeFile", 1, remove_file),
};
const struct function_list file_functions = {entries, COUNT_OF(entries)};
