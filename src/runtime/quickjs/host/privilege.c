/* SPDX-License-Identifier: Apache-2.0 */
/* Started as root, the process becomes a user of its own and keeps three capabilities: netlink that only a network */
/* administrator may use, echo requests, and respondd's port. The kernel forgets the others for good, and for whatever */
/* it might start. With a plus before its number, the user keeps CAP_BPF too: gates are programs in the kernel. */
#include "host.h"

#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* CAP_BPF, since Linux 5.8; a kernel before that ignores it. */
enum { BPF_CAPABILITY = 39 };

/* A decimal number up to `end`; -1 where there is none. */
static long number_until(const char *text, char end, const char **rest)
{
	char *stop;
	long number = strtol(text, &stop, 10);

	*rest = stop + 1;
	return stop == text || *stop != end ? -1 : number;
}

int privilege_drop(const char *user_and_group)
{
	const char *rest;
	long user = number_until(user_and_group, ':', &rest);
	long group = user < 0 ? -1 : number_until(rest, '\0', &rest);
	const uint32_t kept = 1U << CAP_NET_ADMIN | 1U << CAP_NET_RAW | 1U << CAP_NET_BIND_SERVICE;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const uint32_t also = *user_and_group == '+' ? 1U << (BPF_CAPABILITY - 32) : 0;
	struct __user_cap_data_struct data[2] = {
		{.effective = kept, .permitted = kept},
		{.effective = also, .permitted = also},
	};

	if (user <= 0 || group <= 0)
		return -EINVAL;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setgroups(0, NULL) < 0 || setgid((gid_t)group) < 0 ||
	    setuid((uid_t)user) < 0 || syscall(SYS_capset, &header, data) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return 0;
}
