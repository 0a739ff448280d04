/* netinfo.h - the interfaces and addresses of a container, without a process inside it. */
#pragma once

#include "process.h"
#include "str.h"

/* Each a list of lines: names, IPv4 addresses, IPv6 addresses of global scope. */
struct netinfo {
	struct text names, v4, v6;
};

/*
 * Reads them in the network namespace of `init`, which this process enters for the moment it
 * takes. Loopback addresses are left out. The caller frees with netinfo_free(). Negative errno
 * without words when that is not allowed.
 */
int netinfo_read(const struct process *init, struct netinfo *info);
void netinfo_free(struct netinfo *info);
