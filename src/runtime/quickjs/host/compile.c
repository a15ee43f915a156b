/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of its own, for the build: compiles one ES module to bytecode in the byte order it runs in.
 *
 * compile IN OUT NAME: the source's text from IN, the bytecode of the module NAME to OUT, without the source and with
 * line numbers. With STRIP as fourth word the line numbers go too, and what is known of variables that no inner function uses.
 * Prints "regexp" when the module has regular expressions in it.
 *
 * The engine is part of this file: how a function is kept in memory is known nowhere else.
 */
#include <quickjs.c>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_text(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;

	if (file == NULL)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0) {
		long size = ftell(file);

		rewind(file);
		text = size < 0 ? NULL : malloc((size_t)size + 1);
		if (text != NULL && fread(text, 1, (size_t)size, file) == (size_t)size) {
			*length = (size_t)size;
			text[size] = '\0';
		}
	}
	fclose(file);
	return text;
}

/* Imports are the host's: the compiler need not know what they export. */
static JSModuleDef *accept_module(JSContext *context, const char *name, void *opaque __attribute__((unused)))
{
	return JS_NewCModule(context, name, NULL);
}

static JSValue compile(JSContext *context, const char *text, size_t length, const char *name)
{
	return JS_Eval(context, text, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
}

/*
 * Names and scopes of a function's variables are for eval, for an error's text, and for inner functions that use them; a
 * program of ours has no eval. They are a fifth of what functions take of memory.
 */
static void forget_variables(JSFunctionBytecode *function)
{
	bool is_used_inside = false;

	for (int i = 0; function->vardefs != NULL && i < function->arg_count + function->var_count; i++)
		is_used_inside |= function->vardefs[i].is_captured;
	if (!is_used_inside)
		function->vardefs = NULL;
	for (int i = 0; i < function->cpool_count; i++)
		if (JS_VALUE_GET_TAG(function->cpool[i]) == JS_TAG_FUNCTION_BYTECODE)
			forget_variables(JS_VALUE_GET_PTR(function->cpool[i]));
}

int main(int count, char **words)
{
	size_t length = 0, size = 0;
	char *text = count < 4 ? NULL : read_text(words[1], &length);
	JSRuntime *runtime = JS_NewRuntime();
	JSContext *context = runtime == NULL ? NULL : JS_NewContextRaw(runtime);

	if (text == NULL || context == NULL || JS_AddIntrinsicBaseObjects(context) || JS_AddIntrinsicEval(context))
		return 2;
	JS_SetModuleLoaderFunc(runtime, NULL, accept_module, NULL);
	JSValue module = compile(context, text, length, words[3]);

	if (JS_IsException(module)) { /* perhaps only for want of regular expressions */
		JS_FreeValue(context, JS_GetException(context));
		if (JS_AddIntrinsicRegExp(context))
			return 2;
		module = compile(context, text, length, words[3]);
		puts("regexp");
	}
	if (JS_IsException(module)) {
		JSValue exception = JS_GetException(context);
		const char *message = JS_ToCString(context, exception);
		JSValue stack = JS_GetPropertyStr(context, exception, "stack");
		const char *trace = JS_ToCString(context, stack);

		fprintf(stderr, "%s\n%s", message, trace);
		return 1;
	}
	int strip = count > 4 && strcmp(words[4], "STRIP") == 0 ? JS_WRITE_OBJ_STRIP_DEBUG : 0;
	JSModuleDef *definition = JS_VALUE_GET_PTR(module);

	if (strip && JS_VALUE_GET_TAG(definition->func_obj) == JS_TAG_FUNCTION_BYTECODE)
		forget_variables(JS_VALUE_GET_PTR(definition->func_obj));
	uint8_t *bytecode = JS_WriteObject(context, &size, module,
					   JS_WRITE_OBJ_BYTECODE | JS_WRITE_OBJ_STRIP_SOURCE | strip);
	FILE *out = bytecode == NULL ? NULL : fopen(words[2], "wb");

	if (out == NULL || fwrite(bytecode, 1, size, out) != size || fclose(out) != 0)
		return 2;
	return 0; /* the process ends: nothing is freed */
}
