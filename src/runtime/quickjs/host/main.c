/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the engine with only the parts the program needs, runs the program, then the loop until it is asked to end. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#ifndef MEMORY_LIMIT_BYTES
#define MEMORY_LIMIT_BYTES (32 << 20)
#endif

enum { GC_THRESHOLD_BYTES = 192 * 1024 };

/* Error, Array, Map … but no Proxy, no WeakRef and no eval: bytecode needs no compiler. */
static JSContext *make_context(JSRuntime *runtime)
{
	JSContext *context = JS_NewContextRaw(runtime);

	if (context == NULL)
		return NULL;
	if (JS_AddIntrinsicBaseObjects(context) || JS_AddIntrinsicJSON(context) || JS_AddIntrinsicMapSet(context) ||
	    JS_AddIntrinsicTypedArrays(context) || JS_AddIntrinsicPromise(context))
		return NULL;
#if defined(HOST_NEEDS_DATE)
	if (JS_AddIntrinsicDate(context))
		return NULL;
#endif
#if defined(HOST_NEEDS_REGEXP)
	if (JS_AddIntrinsicRegExp(context))
		return NULL;
#endif
#if defined(HOST_HAS_PARSER)
	if (JS_AddIntrinsicEval(context))
		return NULL;
#endif
	if (text_setup(context) < 0 || attributes_setup(context) < 0 || tls_setup(context) < 0 || module_setup(context) < 0 ||
	    program_setup(context) < 0)
		return NULL;
	return context;
}

static bool run_program(JSContext *context)
{
	JSValue program = program_main(context);

	if (!JS_IsException(program) && JS_ResolveModule(context, program) < 0) {
		JS_FreeValue(context, program);
		program = JS_EXCEPTION;
	}
	JSValue result = JS_IsException(program) ? program : JS_EvalFunction(context, program);

	if (JS_IsException(result)) {
		report_exception(context, "the program did not start");
		return loop_is_stopping();
	}
	drain_jobs(context);
	bool failed = JS_IsPromise(result) && JS_PromiseState(context, result) == JS_PROMISE_REJECTED;

	JS_FreeValue(context, result);
	return !failed || loop_is_stopping();
}

/* Takes the host's own options off the arguments: all others are the program's. */
static int take_options(int count, char **words, bool *to_syslog, const char **user)
{
	int kept = 0;

	for (int i = 0; i < count; i++) {
		if (strcmp(words[i], "--syslog") == 0)
			*to_syslog = true;
		else if (strcmp(words[i], "--user") == 0 && i + 1 < count)
			*user = words[++i];
		else
			words[kept++] = words[i];
	}
	return kept;
}

int main(int count, char **words)
{
	bool to_syslog = false;
	const char *user = NULL;
	int kept = take_options(count - 1, words + 1, &to_syslog, &user);

	process_arguments(kept, words + 1);
	report_setup(to_syslog);
	if (user != NULL && privilege_drop(user) < 0) {
		report_text(LOG_LEVEL_ERROR, "--user needs USER:GROUP in numbers above 0, and root to start it");
		return EXIT_FAILURE;
	}
	JSRuntime *runtime = JS_NewRuntime2(&heap_functions, NULL);

	if (runtime == NULL)
		return EXIT_FAILURE;
	JS_SetMemoryLimit(runtime, MEMORY_LIMIT_BYTES);
	JS_SetGCThreshold(runtime, GC_THRESHOLD_BYTES);
	JS_SetHostPromiseRejectionTracker(runtime, rejection_tracker, NULL);
	JSContext *context = make_context(runtime);

	if (context == NULL) {
		report_text(LOG_LEVEL_ERROR, "no memory for the script engine");
		return EXIT_FAILURE;
	}
	loop_setup(context);
	if (run_program(context)) {
		program_started();
		loop_run(context);
	} else
		loop_stop(EXIT_FAILURE);
	loop_teardown(context);
#if defined(HOST_SYSTEM_MALLOC) /* an instrumented build looks for leaks; otherwise the kernel frees faster */
	JS_FreeContext(context);
	JS_FreeRuntime(runtime);
#endif
	return loop_exit_code();
}
