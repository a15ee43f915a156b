/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's modules: the first runs at the start, the others are read when something imports them.
 *
 * Their bytes are in the binary (scripts/build/program.ts says in which form) and stay on flash until then.
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HEAD_BYTES = 8, PADDING_BYTES = 8 };

static size_t number_at(const uint8_t *bytes)
{
	return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static size_t padded(size_t length)
{
	return (length + PADDING_BYTES - 1) / PADDING_BYTES * PADDING_BYTES;
}

static JSValue read_module(JSContext *context, const uint8_t *bytes, size_t length, const char *name UNUSED)
{
#if defined(HOST_HAS_PARSER)
	/* The text ends with a zero byte, which the parser wants and the length leaves out. */
	return JS_Eval(context, (const char *)bytes, length - 1, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
#else
	return JS_ReadObject(context, bytes, length, JS_READ_OBJ_BYTECODE);
#endif
}

const uint8_t *part_find(const uint8_t *part, const uint8_t *end, const char *wanted, size_t *length)
{
	while (part < end) {
		size_t name_length = number_at(part + 4);
		const char *name = (const char *)part + HEAD_BYTES;
		const uint8_t *bytes = part + HEAD_BYTES + padded(name_length);

		*length = number_at(part);
		if (wanted == NULL || (strlen(wanted) == name_length && memcmp(wanted, name, name_length) == 0))
			return bytes;
		part = bytes + padded(*length);
	}
	return NULL;
}

/* The module of that name, in the binary or the file beside it; the first one when there is no name. */
static JSValue find_module(JSContext *context, const char *wanted)
{
	size_t length;
	const uint8_t *bytes = part_find(program_start, program_end, wanted, &length);

	if (bytes != NULL)
		return read_module(context, bytes, length, wanted == NULL ? "program.js" : wanted);
	uint8_t *extra = extras_read(context, wanted, &length);

	if (extra == NULL)
		return JS_EXCEPTION;
	JSValue module = read_module(context, extra, length, wanted);

	free(extra);
	return module;
}

JSValue program_main(JSContext *context)
{
	return find_module(context, NULL);
}

/*
 * Lets go of the binary's own pages: the start has touched nearly all of them, the modules' bytes and what sets the engine
 * up among them. Those that are needed on come back from where the kernel keeps files; none was ever written to.
 */
void program_started(void)
{
#if !defined(HOST_SYSTEM_MALLOC)
	extern const uint8_t __executable_start[], etext[];
	enum { PAGE_MASK = 0xfff }; /* where pages are larger, the kernel refuses, and nothing is lost */
	uintptr_t start = (uintptr_t)__executable_start & ~(uintptr_t)PAGE_MASK;

	madvise((void *)start, (uintptr_t)etext - start, MADV_DONTNEED); /* ENOMEM tells of the gap between two segments */
#endif
}

static JSModuleDef *load_module(JSContext *context, const char *name, void *opaque UNUSED)
{
	JSValue module = find_module(context, name);

	if (JS_IsException(module))
		return NULL;
	JSModuleDef *definition = JS_VALUE_GET_PTR(module);

	JS_FreeValue(context, module); /* the context keeps it */
	return definition;
}

/* What the build puts in place of `import()`: a promise of the module's namespace. */
SCRIPT_FUNCTION(load_on_demand)
{
	const char *name = JS_ToCString(context, values[0]);

	if (name == NULL)
		return JS_EXCEPTION;
	JSValue promise = JS_LoadModule(context, "", name);

	JS_FreeCString(context, name);
	return promise;
}

int program_setup(JSContext *context)
{
	JSValue global = JS_GetGlobalObject(context);
	JSValue load = JS_NewCFunction(context, load_on_demand, "loadModule", 1);
	int result = JS_SetPropertyStr(context, global, "loadModule", load);

	JS_FreeValue(context, global);
	JS_SetModuleLoaderFunc(JS_GetRuntime(context), NULL, load_module, NULL);
	return result;
}
