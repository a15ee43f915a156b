/* SPDX-License-Identifier: Apache-2.0 */
/* The script engine's memory is libc's, which is ours (memory.c) except in an instrumented build. */
#include "host.h"

#include <malloc.h>
#include <stdlib.h>

#if defined(HOST_SYSTEM_MALLOC)
size_t heap_bytes_used(void)
{
	return mallinfo2().uordblks;
}
#endif

static void *engine_calloc(void *opaque UNUSED, size_t count, size_t size)
{
	return calloc(count, size);
}

static void *engine_malloc(void *opaque UNUSED, size_t size)
{
	return malloc(size);
}

static void engine_free(void *opaque UNUSED, void *payload)
{
	free(payload);
}

static void *engine_realloc(void *opaque UNUSED, void *payload, size_t size)
{
	return realloc(payload, size);
}

static size_t engine_usable_size(const void *payload)
{
	return malloc_usable_size((void *)payload);
}

const JSMallocFunctions heap_functions = {
	engine_calloc, engine_malloc, engine_free, engine_realloc, engine_usable_size,
};
