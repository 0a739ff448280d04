/* host.h - what this kernel and machine can do, read once. */
#pragma once

#include "mem.h"

/* One mounted cgroup hierarchy. */
struct host_cgroup {
	const char *name; /* the directory it is mounted on below /sys/fs/cgroup: "cpu,cpuacct" */
	const char *options; /* what mounts it: "cpu,cpuacct", "none,name=systemd"; "" for v2 */
	bool v2;
};

struct host {
	struct arena mem;
	int last_capability; /* the highest this kernel has */
	bool cgroup_ns;	     /* Linux 4.6, if configured */
	struct host_cgroup *cgroups;
	size_t n_cgroups;
};

/* Reads what every start needs. Never fails: what cannot be found out is not there. */
void host_probe(struct host *host);

/* Fills in the hierarchies, which only a container that mounts them needs. */
void host_probe_cgroups(struct host *host);
void host_free(struct host *host);
