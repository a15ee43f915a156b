/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop: due timers, then descriptors by ppoll, signals by signalfd.
 *
 * Nothing is called from within the call that registered it. A descriptor that one callback drops gets no event any
 * more, even if it was ready in the same turn and even if a new descriptor has got its number since.
 */
#include "host.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

static struct pollfd *polled; /* [0] is the signals' descriptor; fd -1 is a dropped watch */
static JSValue *watchers;
static int watch_count, watch_capacity, watch_dropped;

static JSValue on_stop, on_reload;
static bool stopping;
static int exit_code;

bool loop_is_stopping(void)
{
	return stopping;
}

void loop_stop(int code)
{
	stopping = true;
	exit_code = code;
}

int loop_exit_code(void)
{
	return exit_code;
}

/* Descriptors */

static int watch_find(int fd)
{
	for (int i = 1; i < watch_count; i++)
		if (polled[i].fd == fd)
			return i;
	return -1;
}

static bool watch_add(int fd, short events, JSValue function)
{
	if (watch_count == watch_capacity) {
		int capacity = watch_capacity == 0 ? 8 : 2 * watch_capacity;
		struct pollfd *more = realloc(polled, (size_t)capacity * sizeof(*polled));

		if (more == NULL)
			return false;
		polled = more;
		JSValue *functions = realloc(watchers, (size_t)capacity * sizeof(*watchers));

		if (functions == NULL)
			return false;
		watchers = functions;
		watch_capacity = capacity;
	}
	polled[watch_count] = (struct pollfd){.fd = fd, .events = events};
	watchers[watch_count++] = function;
	return true;
}

/* watch(fd, wants, function?): wants is 1 to read, 2 to write, 3 both, 0 to stop watching. */
SCRIPT_FUNCTION(watch)
{
	INT_ARGUMENT(fd, 0);
	INT_ARGUMENT(wants, 1);
	short events = (short)((wants & 1 ? POLLIN : 0) | (wants & 2 ? POLLOUT : 0));
	int i = fd < 0 ? -1 : watch_find(fd);

	if (fd < 0)
		return JS_ThrowTypeError(context, "watch: no descriptor");
	if (wants == 0) {
		if (i > 0) {
			JS_FreeValue(context, watchers[i]);
			watchers[i] = JS_UNDEFINED;
			polled[i] = (struct pollfd){.fd = -1};
			watch_dropped++;
		}
		return JS_UNDEFINED;
	}
	if (i > 0) {
		polled[i].events = events;
		return JS_UNDEFINED;
	}
	if (!JS_IsFunction(context, values[2]))
		return JS_ThrowTypeError(context, "watch: not a function");
	if (!watch_add(fd, events, JS_DupValue(context, values[2]))) {
		JS_FreeValue(context, values[2]);
		return JS_ThrowOutOfMemory(context);
	}
	return JS_UNDEFINED;
}

static void sweep_watches(void)
{
	int kept = 1;

	for (int i = 1; i < watch_count; i++) {
		if (polled[i].fd < 0)
			continue;
		polled[kept] = polled[i];
		watchers[kept++] = watchers[i];
	}
	watch_count = kept;
	watch_dropped = 0;
}

static void read_signals(JSContext *context)
{
	struct signalfd_siginfo signal;

	while (!stopping && read(polled[0].fd, &signal, sizeof(signal)) == sizeof(signal)) {
		bool reload = signal.ssi_signo == SIGHUP;
		JSValue function = JS_DupValue(context, reload ? on_reload : on_stop);

		if (JS_IsFunction(context, function))
			call_script(context, function, 0, NULL);
		else if (!reload)
			loop_stop(0);
		if (!reload) { /* asked once; a second request ends it */
			JS_FreeValue(context, on_stop);
			on_stop = JS_UNDEFINED;
		}
		JS_FreeValue(context, function);
	}
}

static void wait_for_events(void)
{
	static bool has_no_ppoll;
	int64_t left = timers_left_ns(); /* below 0: none waits */
	int ready = -1;

	if (!has_no_ppoll) {
		struct timespec timeout = {.tv_sec = left / NS_PER_SECOND, .tv_nsec = left % NS_PER_SECOND};

		ready = ppoll(polled, (nfds_t)watch_count, left < 0 ? NULL : &timeout, NULL);
		has_no_ppoll = ready < 0 && errno == ENOSYS;
	}
	if (has_no_ppoll) {
		int64_t left_ms = (left + NS_PER_MS - 1) / NS_PER_MS;
		int timeout_ms = left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;

		ready = poll(polled, (nfds_t)watch_count, left < 0 ? -1 : timeout_ms);
	}
	if (ready < 0) /* interrupted: what the array says is old */
		for (int i = 0; i < watch_count; i++)
			polled[i].revents = 0;
}

static void dispatch(JSContext *context)
{
	int count = watch_count; /* those added meanwhile have no events yet */

	if (polled[0].revents != 0)
		read_signals(context);
	for (int i = 1; i < count && !stopping; i++) {
		short events = polled[i].revents;

		if (events == 0)
			continue;
		bool failed = (events & (POLLERR | POLLHUP | POLLNVAL)) != 0;
		bool readable = (events & POLLIN) != 0 || (failed && (polled[i].events & POLLIN) != 0);
		bool writable = (events & POLLOUT) != 0 || (failed && (polled[i].events & POLLOUT) != 0);
		JSValue function = JS_DupValue(context, watchers[i]);
		JSValueConst wants[] = {JS_NewInt32(context, (readable ? 1 : 0) | (writable ? 2 : 0))};

		call_script(context, function, 1, wants);
		JS_FreeValue(context, function);
	}
}

void drain_jobs(JSContext *context)
{
	JSContext *job_context;
	int result;

	while ((result = JS_ExecutePendingJob(JS_GetRuntime(context), &job_context)) != 0 && !stopping)
		if (result < 0)
			report_exception(job_context, "uncaught in a job");
	if (!stopping)
		report_rejections(context);
}

void call_script(JSContext *context, JSValueConst function, int count, JSValueConst *values)
{
	JSValue result = JS_Call(context, function, JS_UNDEFINED, count, values);

	if (JS_IsException(result))
		report_exception(context, "uncaught");
	JS_FreeValue(context, result);
	drain_jobs(context);
}

static JSValue set_handler(JSContext *context, JSValueConst self UNUSED, int count UNUSED, JSValueConst *values,
			   int is_reload)
{
	JSValue *handler = is_reload ? &on_reload : &on_stop;

	JS_FreeValue(context, *handler);
	*handler = JS_DupValue(context, values[0]);
	return JS_UNDEFINED;
}

void loop_setup(JSContext *context UNUSED)
{
	sigset_t handled;

	on_stop = on_reload = JS_UNDEFINED;
	sigemptyset(&handled);
	sigaddset(&handled, SIGTERM);
	sigaddset(&handled, SIGINT);
	sigaddset(&handled, SIGHUP);
	sigprocmask(SIG_BLOCK, &handled, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_TIMERSLACK, 1); /* the default lets every wake-up come 50 us late */
	watch_add(signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC), POLLIN, JS_UNDEFINED);
}

/* What may be lying about before it is collected. The engine by itself waits until half as much as lives is garbage. */
enum { GARBAGE_BYTES = 48 * 1024 };

/* Called when there is nothing else to do. */
static void collect_garbage(JSContext *context)
{
	static size_t left_over;

	if (heap_bytes_used() <= left_over + GARBAGE_BYTES)
		return;
	JS_RunGC(JS_GetRuntime(context));
	left_over = heap_bytes_used();
}

void loop_run(JSContext *context)
{
	drain_jobs(context);
	while (!stopping) {
		timers_run(context);
		if (stopping)
			break;
		if (watch_dropped > 0)
			sweep_watches();
		if (timers_left_ns() < 0 && watch_count == 1)
			break; /* nothing can happen any more */
		collect_garbage(context);
		wait_for_events();
		dispatch(context);
	}
}

void loop_teardown(JSContext *context)
{
	timers_teardown(context);
	for (int i = 0; i < watch_count; i++)
		JS_FreeValue(context, watchers[i]);
	JS_FreeValue(context, on_stop);
	JS_FreeValue(context, on_reload);
	free(polled);
	free(watchers);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("watch", 3, watch),
	JS_CFUNC_MAGIC_DEF("onStop", 1, set_handler, 0),
	JS_CFUNC_MAGIC_DEF("onReload", 1, set_handler, 1),
};
const struct function_list loop_functions = {entries, COUNT_OF(entries)};
