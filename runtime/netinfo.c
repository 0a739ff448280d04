/* netinfo.c - the interfaces and addresses of a container. */
#include "netinfo.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>

#include "sys.h"

static void add_address(const struct ifaddrs *at, struct netinfo *info)
{
	char text[INET6_ADDRSTRLEN];
	const void *address;

	if (!at->ifa_addr || (at->ifa_flags & IFF_LOOPBACK))
		return;
	if (at->ifa_addr->sa_family == AF_INET) {
		address = &((const struct sockaddr_in *)(const void *)at->ifa_addr)->sin_addr;
		if (inet_ntop(AF_INET, address, text, sizeof(text)))
			text_format(&info->v4, "%s\n", text);
	} else if (at->ifa_addr->sa_family == AF_INET6) {
		const struct in6_addr *v6 =
			&((const struct sockaddr_in6 *)(const void *)at->ifa_addr)->sin6_addr;
		if (!IN6_IS_ADDR_LINKLOCAL(v6) && inet_ntop(AF_INET6, v6, text, sizeof(text)))
			text_format(&info->v6, "%s\n", text);
	}
}

static void read_here(struct netinfo *info)
{
	struct if_nameindex *names = if_nameindex();
	struct ifaddrs *all;

	for (struct if_nameindex *at = names; at && at->if_name; at++)
		text_format(&info->names, "%s\n", at->if_name);
	if (names)
		if_freenameindex(names);
	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *at = all; at; at = at->ifa_next)
		add_address(at, info);
	freeifaddrs(all);
}

static int enter(const struct process *init)
{
	char path[40];

	if (init->pidfd >= 0 && setns(init->pidfd, CLONE_NEWNET) == 0)
		return 0;
	if (init->pidfd >= 0 && errno != EINVAL)
		return -errno;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", init->pid);
	auto_fd int theirs = open(path, O_RDONLY | O_CLOEXEC);
	if (theirs < 0 || !process_alive(init))
		return -ESRCH;
	return setns(theirs, CLONE_NEWNET) < 0 ? -errno : 0;
}

int netinfo_read(const struct process *init, struct netinfo *info)
{
	auto_fd int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	*info = (struct netinfo){ 0 };
	if (ours < 0)
		return -errno;
	TRY(enter(init));
	read_here(info);
	return setns(ours, CLONE_NEWNET) < 0 ? -errno : 0;
}

void netinfo_free(struct netinfo *info)
{
	text_free(&info->names);
	text_free(&info->v4);
	text_free(&info->v6);
}
