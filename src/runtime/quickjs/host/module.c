/* SPDX-License-Identifier: Apache-2.0 */
/* The process itself, and the module 'mesh:host' that gathers what every part offers the script. */
#include "host.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int argument_count;
static char **argument_words;

void process_arguments(int count, char **words)
{
	argument_count = count;
	argument_words = words;
}

SCRIPT_FUNCTION(program_arguments)
{
	JSValue list = JS_NewArray(context);

	for (int i = 0; i < argument_count; i++)
		JS_SetPropertyUint32(context, list, (uint32_t)i, JS_NewString(context, argument_words[i]));
	return list;
}

SCRIPT_FUNCTION(now_ms)
{
	return JS_NewFloat64(context, (double)now_ns() / NS_PER_MS);
}

SCRIPT_FUNCTION(wall_ms)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return JS_NewFloat64(context, (double)time.tv_sec * 1000 + (double)(time.tv_nsec / NS_PER_MS));
}

/* Whether the kernel's clock follows a reference; undefined where it does not say. */
SCRIPT_FUNCTION(synchronised)
{
	struct timex state = {.modes = 0};
	int result = adjtimex(&state);

	if (result < 0)
		return JS_UNDEFINED;
	return JS_NewBool(context, result != TIME_ERROR && (state.status & STA_UNSYNC) == 0);
}

SCRIPT_FUNCTION(memory_bytes)
{
	return JS_NewFloat64(context, (double)heap_bytes_used());
}

/* The script ends here: what follows the call does not run, nor does anything that would catch it. */
SCRIPT_FUNCTION(exit_program)
{
	INT_ARGUMENT(code, 0);
	loop_stop(code);
	JSValue end = JS_NewInternalError(context, "exit");

	JS_SetUncatchableError(context, end);
	return JS_Throw(context, end);
}

static const char *word_of(int failure)
{
	switch (failure) {
	case ECONNREFUSED:
		return "refused";
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return "unreachable";
	case ETIMEDOUT:
		return "timed-out";
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return "reset";
	case EACCES:
	case EPERM:
	case EROFS:
		return "permission";
	case ENOENT:
	case ENOTDIR:
		return "not-found";
	case EADDRINUSE:
	case EBUSY:
	case EAGAIN:
		return "busy";
	case EINVAL:
	case EMSGSIZE:
	case EISDIR:
	case ENAMETOOLONG:
		return "invalid";
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return "no-space";
	case ENODEV:
	case ENXIO:
		return "no-device";
	case EOPNOTSUPP:
	case EPROTONOSUPPORT:
	case EAFNOSUPPORT:
	case ENOPROTOOPT:
	case ENOSYS:
		return "unsupported";
	default:
		return "io";
	}
}

/* [PortCode, the system's text] of an errno. */
SCRIPT_FUNCTION(describe_errno)
{
	INT_ARGUMENT(failure, 0);
	JSValue parts[] = {
		JS_NewString(context, word_of(failure)),
		JS_NewString(context, strerror(failure)),
	};
	return JS_NewArrayFrom(context, COUNT_OF(parts), parts);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("programArguments", 0, program_arguments),
	JS_CFUNC_DEF("nowMs", 0, now_ms),
	JS_CFUNC_DEF("wallMs", 0, wall_ms),
	JS_CFUNC_DEF("synchronised", 0, synchronised),
	JS_CFUNC_DEF("memoryBytes", 0, memory_bytes),
	JS_CFUNC_DEF("exit", 1, exit_program),
	JS_CFUNC_DEF("describeErrno", 1, describe_errno),
	JS_PROP_INT32_DEF("isBigEndian", __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, 0),
};
const struct function_list process_functions = {entries, COUNT_OF(entries)};

static const struct function_list *const lists[] = {
	&process_functions, &loop_functions,    &timer_functions, &report_functions, &stream_functions,
	&datagram_functions, &netlink_functions, &tls_functions,  &file_functions,   &crypto_functions,
	&bpf_functions,
};

static int fill_module(JSContext *context, JSModuleDef *module)
{
	for (int i = 0; i < COUNT_OF(lists); i++)
		if (JS_SetModuleExportList(context, module, lists[i]->entries, lists[i]->count) < 0)
			return -1;
	return 0;
}

int module_setup(JSContext *context)
{
	JSModuleDef *module = JS_NewCModule(context, "mesh:host", fill_module);

	if (module == NULL)
		return -1;
	for (int i = 0; i < COUNT_OF(lists); i++)
		if (JS_AddModuleExportList(context, module, lists[i]->entries, lists[i]->count) < 0)
			return -1;
	return 0;
}
