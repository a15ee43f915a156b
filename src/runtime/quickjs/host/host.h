/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the router's host share. One process, one thread, one script: state is file-static.
 *
 * Functions for the script answer with a number where something can fail: 0 or more is a result, below 0 a negated
 * errno. The TypeScript beside this folder turns those into PortErrors, so no errno value is written outside C: they
 * differ between processors.
 */
#ifndef HOST_H
#define HOST_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <quickjs.h>

#define UNUSED __attribute__((unused))
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A function the script can call. */
#define SCRIPT_FUNCTION(name) \
	static JSValue name(JSContext *context UNUSED, JSValueConst self UNUSED, int count UNUSED, JSValueConst *values UNUSED)

/* Reads a 32-bit argument, or leaves the function with the script's exception. */
#define INT_ARGUMENT(name, position) \
	int32_t name; \
	if (JS_ToInt32(context, &name, values[position])) \
	return JS_EXCEPTION

/* Bytes in transit: the largest datagram, the largest netlink dump part. Only pages that are written count as memory. */
enum { SCRATCH_BYTES = 65536 };
extern uint8_t scratch[SCRATCH_BYTES];

/* The result of a system call, or its negated errno. */
static inline JSValue outcome(JSContext *context, long result)
{
	return JS_NewInt32(context, result < 0 ? -errno : (int32_t)result);
}

enum { NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000 };

/* timers.c: monotonic time, and what is due by it. timers_left_ns() is below 0 when nothing waits. */
int64_t now_ns(void);
int64_t timers_left_ns(void);
void timers_run(JSContext *context);
void timers_teardown(JSContext *context);

/* loop.c */
void loop_setup(JSContext *context);
void loop_run(JSContext *context);
void loop_teardown(JSContext *context);
/* Calls a function of the script from the loop, then runs its promise jobs. Whatever it throws is reported. */
void call_script(JSContext *context, JSValueConst function, int count, JSValueConst *values);
bool loop_is_stopping(void);
void loop_stop(int code);
int loop_exit_code(void);
/* Runs all promise jobs, then reports rejections that nobody handled. */
void drain_jobs(JSContext *context);

/* report.c */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 5, LOG_LEVEL_DEBUG = 7 };
void report_setup(bool to_syslog);
void report_text(int level, const char *text);
/* Takes the pending exception off the context and logs it with its stack. */
void report_exception(JSContext *context, const char *cause);
void report_value(JSContext *context, const char *cause, JSValueConst value);
void rejection_tracker(JSContext *context, JSValueConst promise, JSValueConst reason, bool is_handled, void *opaque);
void report_rejections(JSContext *context);

/* privilege.c: becomes USER:GROUP, in numbers; 0 or a negated errno. */
int privilege_drop(const char *user_and_group);

/* memory.c */
extern const JSMallocFunctions heap_functions;
size_t heap_bytes_used(void);

/* text.c, attributes.c, rows.c, frame.c, spectral.c, search.c, tls.c */
int text_setup(JSContext *context);
int attributes_setup(JSContext *context);
int rows_setup(JSContext *context, JSValueConst global);
int frame_setup(JSContext *context, JSValueConst global);
int spectral_setup(JSContext *context, JSValueConst global);
int search_setup(JSContext *context, JSValueConst global);
int tls_setup(JSContext *context);

/* crypto.c: fills from the kernel's generator; 0 or a negated errno. */
int random_fill(void *bytes, size_t length);

/* Each part's functions, exported by the module 'mesh:host' (module.c). */
struct function_list {
	const JSCFunctionListEntry *entries;
	int count;
};
extern const struct function_list loop_functions, timer_functions, report_functions, stream_functions, datagram_functions;
extern const struct function_list netlink_functions, tls_functions, file_functions, crypto_functions, process_functions;
extern const struct function_list bpf_functions;
int module_setup(JSContext *context);
void process_arguments(int count, char **words);

/* program.c: the modules that the build puts beside the host, bytecode, or source text in the developer's binary. */
extern const uint8_t program_start[], program_end[];
/* The bytes of the part of that name, the first one's where there is no name; NULL where there is none. */
const uint8_t *part_find(const uint8_t *part, const uint8_t *end, const char *wanted, size_t *length);
int program_setup(JSContext *context);
JSValue program_main(JSContext *context);
void program_started(void);

/* extras.c: a module of the file beside the binary, for the caller to free; NULL leaves the script's exception. */
extern const uint8_t extras_start[], extras_end[];
uint8_t *extras_read(JSContext *context, const char *name, size_t *length);

#endif
