/* SPDX-License-Identifier: Apache-2.0 */
/* The log, and what the script threw that nobody caught: it is written there and the program goes on. */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/* The engine throws null when memory does not even suffice for the error that would say so. */
static const char no_memory[] = "out of memory";

enum { DAEMON_FACILITY = 3 << 3 };

static bool uses_syslog;

struct rejection {
	JSValue promise;
	JSValue reason;
};

static struct rejection *rejections;
static int rejection_count, rejection_capacity;

void report_setup(bool to_syslog)
{
	uses_syslog = to_syslog;
}

/*
 * One datagram to the log daemon. libc's syslog() would wait for a daemon that does not read, and the loop with it.
 * Source: RFC 3164 section 4.1, without the time, which the daemon adds.
 */
static bool write_syslog(int level, const char *text)
{
	static int fd = -1;
	static const struct sockaddr_un daemon = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	char head[48];
	int length = snprintf(head, sizeof(head), "<%d>astral-mesh[%d]: ", DAEMON_FACILITY | level, (int)getpid());
	struct iovec line[] = {
		{.iov_base = head, .iov_len = (size_t)length},
		{.iov_base = (void *)text, .iov_len = strlen(text)},
	};
	struct msghdr message = {
		.msg_name = (void *)&daemon,
		.msg_namelen = sizeof(daemon),
		.msg_iov = line,
		.msg_iovlen = COUNT_OF(line),
	};

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}

static const char *level_name(int level)
{
	return level <= LOG_LEVEL_ERROR ? "error"
	     : level == LOG_LEVEL_WARNING ? "warning"
	     : level == LOG_LEVEL_NOTICE ? "notice"
					 : "debug";
}

void report_text(int level, const char *text)
{
	if (uses_syslog && write_syslog(level, text))
		return;
	const char *name = level_name(level);
	const char *parts[] = {name, ": ", text, "\n"};
	struct iovec line[4];

	for (int i = 0; i < 4; i++)
		line[i] = (struct iovec){.iov_base = (void *)parts[i], .iov_len = strlen(parts[i])};
	if (writev(STDERR_FILENO, line, 4) < 0)
		return; /* nowhere left to say so */
}

void report_value(JSContext *context, const char *cause, JSValueConst value)
{
	const char *message = JS_ToCString(context, value);
	JSValue stack = JS_IsObject(value) ? JS_GetPropertyStr(context, value, "stack") : JS_UNDEFINED;
	const char *trace = JS_IsString(stack) ? JS_ToCString(context, stack) : NULL;
	char line[2048];
	int length = snprintf(line, sizeof(line), "%s: %s\n%s", cause, message == NULL ? "(no text)" : JS_IsNull(value) ? no_memory : message,
			      trace == NULL ? "" : trace);

	if (length > (int)sizeof(line) - 1)
		length = sizeof(line) - 1;
	while (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	report_text(LOG_LEVEL_ERROR, line);
	JS_FreeCString(context, message);
	JS_FreeCString(context, trace);
	JS_FreeValue(context, stack);
	if (JS_HasException(context)) /* its own conversion to text threw */
		JS_FreeValue(context, JS_GetException(context));
}

void report_exception(JSContext *context, const char *cause)
{
	JSValue exception = JS_GetException(context);

	if (!loop_is_stopping()) /* exit() unwinds by an exception that is none */
		report_value(context, cause, exception);
	JS_FreeValue(context, exception);
}

/* A promise may get its handler later in the same turn: rejections are held until the turn's jobs are done. */
void rejection_tracker(JSContext *context, JSValueConst promise, JSValueConst reason, bool is_handled,
		       void *opaque UNUSED)
{
	if (is_handled) {
		for (int i = 0; i < rejection_count; i++) {
			if (!JS_IsStrictEqual(context, rejections[i].promise, promise))
				continue;
			JS_FreeValue(context, rejections[i].promise);
			JS_FreeValue(context, rejections[i].reason);
			rejections[i] = rejections[--rejection_count];
			return;
		}
		return;
	}
	if (rejection_count == rejection_capacity) {
		int capacity = rejection_capacity + 8;
		struct rejection *more = realloc(rejections, (size_t)capacity * sizeof(*rejections));

		if (more == NULL)
			return;
		rejections = more;
		rejection_capacity = capacity;
	}
	rejections[rejection_count++] = (struct rejection){
		.promise = JS_DupValue(context, promise),
		.reason = JS_DupValue(context, reason),
	};
}

void report_rejections(JSContext *context)
{
	while (rejection_count > 0) {
		struct rejection first = rejections[0];

		rejection_count--;
		memmove(rejections, rejections + 1, (size_t)rejection_count * sizeof(*rejections));
		report_value(context, "unhandled promise rejection", first.reason);
		JS_FreeValue(context, first.promise);
		JS_FreeValue(context, first.reason);
	}
	free(rejections);
	rejections = NULL;
	rejection_capacity = 0;
}

SCRIPT_FUNCTION(write_log)
{
	INT_ARGUMENT(level, 0);
	const char *text = JS_ToCString(context, values[1]);

	if (text == NULL)
		return JS_EXCEPTION;
	report_text(level, text);
	JS_FreeCString(context, text);
	return JS_UNDEFINED;
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("log", 2, write_log),
};
const struct function_list report_functions = {entries, COUNT_OF(entries)};
