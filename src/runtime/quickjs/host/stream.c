/* SPDX-License-Identifier: Apache-2.0 */
/* Connected byte streams: TCP to a numeric address, local sockets, and serial lines. Never blocks. */
#include "host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

uint8_t scratch[SCRATCH_BYTES];

static JSValue begin_connect(JSContext *context, int fd, const void *address, socklen_t length)
{
	if (fd < 0)
		return outcome(context, -1);
	if (connect(fd, address, length) < 0 && errno != EINPROGRESS) {
		int failure = errno;

		close(fd);
		errno = failure;
		return outcome(context, -1);
	}
	return JS_NewInt32(context, fd);
}

static int stream_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* connectTcp(address, port): -EINVAL when the address is a name. Ready to write once the attempt has ended. */
SCRIPT_FUNCTION(connect_tcp)
{
	INT_ARGUMENT(port, 1);
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	const char *address = JS_ToCString(context, values[0]);

	if (address == NULL)
		return JS_EXCEPTION;
	bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
	bool is_six = !is_four && inet_pton(AF_INET6, address, &six.sin6_addr) == 1;

	JS_FreeCString(context, address);
	if (!is_four && !is_six)
		return JS_NewInt32(context, -EINVAL);
	int fd = stream_socket(is_four ? AF_INET : AF_INET6);
	int on = 1;

	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return is_four ? begin_connect(context, fd, &four, sizeof(four)) : begin_connect(context, fd, &six, sizeof(six));
}

SCRIPT_FUNCTION(connect_unix)
{
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	size_t length;
	const char *path = JS_ToCStringLen(context, &length, values[0]);

	if (path == NULL)
		return JS_EXCEPTION;
	bool fits = length < sizeof(local.sun_path);

	if (fits)
		memcpy(local.sun_path, path, length);
	JS_FreeCString(context, path);
	if (!fits)
		return JS_NewInt32(context, -ENAMETOOLONG);
	return begin_connect(context, stream_socket(AF_UNIX), &local, sizeof(local));
}

static speed_t speed_of(int baud)
{
	static const struct {
		int baud;
		speed_t speed;
	} speeds[] = {{4800, B4800},   {9600, B9600},   {19200, B19200},
		      {38400, B38400}, {57600, B57600}, {115200, B115200}};

	for (int i = 0; i < COUNT_OF(speeds); i++)
		if (speeds[i].baud == baud)
			return speeds[i].speed;
	return B0;
}

/* openDevice(path, baud): a serial line as it is, without a terminal's ways; or a FIFO, whose speed means nothing. */
SCRIPT_FUNCTION(open_device)
{
	INT_ARGUMENT(baud, 1);
	const char *path = JS_ToCString(context, values[0]);
	struct termios line;

	if (path == NULL)
		return JS_EXCEPTION;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	JSValue failure = outcome(context, fd);

	JS_FreeCString(context, path);
	if (fd < 0)
		return failure;
	if (tcgetattr(fd, &line) == 0) {
		cfmakeraw(&line);
		line.c_cflag |= CLOCAL | CREAD;
		line.c_cc[VMIN] = 1;
		line.c_cc[VTIME] = 0;
		if (speed_of(baud) == B0 || cfsetspeed(&line, speed_of(baud)) < 0 || tcsetattr(fd, TCSANOW, &line) < 0) {
			close(fd);
			return JS_NewInt32(context, -EINVAL);
		}
	}
	return JS_NewInt32(context, fd);
}

/*
 * 0 once connected, else the negated reason. What SO_ERROR would say, but as an errno of the call itself: user-mode
 * emulation, which tests the MIPS binary, translates only those.
 */
SCRIPT_FUNCTION(connect_result)
{
	INT_ARGUMENT(fd, 0);
	uint8_t byte;
	ssize_t got = recv(fd, &byte, 1, MSG_PEEK);

	return got < 0 && errno != EAGAIN && errno != EINTR && errno != ENOTSOCK ? outcome(context, -1) : JS_NewInt32(context, 0);
}

/* send(fd, bytes, offset): how many bytes left; 0 when the kernel has no room now. */
SCRIPT_FUNCTION(send_bytes)
{
	INT_ARGUMENT(fd, 0);
	INT_ARGUMENT(offset, 2);
	size_t length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[1]);

	if (bytes == NULL && JS_HasException(context))
		return JS_EXCEPTION;
	if (offset < 0 || (size_t)offset > length)
		return JS_ThrowRangeError(context, "send: offset");
	ssize_t sent = send(fd, bytes + offset, length - (size_t)offset, MSG_NOSIGNAL);

	if (sent < 0 && errno == ENOTSOCK)
		sent = write(fd, bytes + offset, length - (size_t)offset);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return JS_NewInt32(context, 0);
	return outcome(context, sent);
}

/* What arrived (empty: the peer has ended), undefined when nothing is there now, or a negated errno. */
SCRIPT_FUNCTION(receive_bytes)
{
	INT_ARGUMENT(fd, 0);
	ssize_t got = recv(fd, scratch, sizeof(scratch), 0);

	if (got < 0 && errno == ENOTSOCK)
		got = read(fd, scratch, sizeof(scratch));
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return JS_UNDEFINED;
	return got < 0 ? outcome(context, -1) : JS_NewUint8ArrayCopy(context, scratch, (size_t)got);
}

SCRIPT_FUNCTION(close_descriptor)
{
	INT_ARGUMENT(fd, 0);
	return outcome(context, close(fd));
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("connectTcp", 2, connect_tcp),
	JS_CFUNC_DEF("connectUnix", 1, connect_unix),
	JS_CFUNC_DEF("openDevice", 2, open_device),
	JS_CFUNC_DEF("connectResult", 1, connect_result),
	JS_CFUNC_DEF("send", 3, send_bytes),
	JS_CFUNC_DEF("receive", 1, receive_bytes),
	JS_CFUNC_DEF("close", 1, close_descriptor),
};
const struct function_list stream_functions = {entries, COUNT_OF(entries)};
