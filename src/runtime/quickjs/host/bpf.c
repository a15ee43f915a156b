/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's machine for small programs, as far as a gate needs it: one array, one classifier, values in and out. */
#include "host.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static JSValue ask(JSContext *context, int command, union bpf_attr *what)
{
	return outcome(context, syscall(SYS_bpf, command, what, sizeof(*what)));
}

/* An array of `entries` values of `bytes` bytes each. */
SCRIPT_FUNCTION(create_array)
{
	INT_ARGUMENT(bytes, 0);
	INT_ARGUMENT(entries, 1);
	union bpf_attr what = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = (uint32_t)bytes,
		.max_entries = (uint32_t)entries,
	};

	return ask(context, BPF_MAP_CREATE, &what);
}

SCRIPT_FUNCTION(load_classifier)
{
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);
	union bpf_attr what = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (uintptr_t)bytes,
		.insn_cnt = (uint32_t)(length / sizeof(struct bpf_insn)),
		.license = (uintptr_t) "GPL", /* reading the monotonic clock is for such programs only */
	};

	if (bytes == NULL)
		return JS_EXCEPTION;
	return ask(context, BPF_PROG_LOAD, &what);
}

/* Writes a value of an array, or reads one into `bytes`, which are as long as a value. */
SCRIPT_FUNCTION(array_value)
{
	size_t length;
	INT_ARGUMENT(fd, 0);
	INT_ARGUMENT(index, 1);
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[2]);
	uint32_t key = (uint32_t)index;
	union bpf_attr what = {.map_fd = (uint32_t)fd, .key = (uintptr_t)&key, .value = (uintptr_t)bytes};

	if (bytes == NULL)
		return JS_EXCEPTION;
	return ask(context, JS_ToBool(context, values[3]) ? BPF_MAP_UPDATE_ELEM : BPF_MAP_LOOKUP_ELEM, &what);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("createArray", 2, create_array),
	JS_CFUNC_DEF("loadClassifier", 1, load_classifier),
	JS_CFUNC_DEF("arrayValue", 4, array_value),
};
const struct function_list bpf_functions = {entries, COUNT_OF(entries)};
