/* child.h - between clone and exec: the step table and what its steps share. */
#pragma once

#include "fail.h"
#include "mnt.h"
#include "plan.h"

/* On a page parent and child share. The parent trusts nothing on it: it copies, clamps, ends. */
struct progress {
	int step;
	struct failure failure;
};

/* What the child tells the parent while it works: one message, descriptors attached. */
struct child_report {
	uint32_t magic;	     /* CHILD_REPORT */
	uint8_t has_console; /* the first two descriptors are the console's ends, master first */
	uint8_t ttys;	     /* then so many terminals' masters */
	uint8_t has_devpts;  /* and last the root of the container's devpts */
	int32_t pid;	     /* attach: the process inside, as the parent sees it */
	char skipped[240];   /* an optional mount that failed, or "" */
};
enum {
	CHILD_REPORT = 0x6c786372,
	CHILD_MAX_TTYS = 64,
	CHILD_MAX_FDS = CHILD_MAX_TTYS + 3,
	CHILD_GO = 'g'
};

/* The child's own state. Descriptors are -1 while there is none. */
struct child {
	const struct plan *plan;
	struct progress *at;
	int sync;	/* to the parent */
	int proc;	/* the host's procfs */
	int exe;	/* our own program, which nobody can write (threats A1) */
	int pidfd;	/* attach: the init of the container */
	int namespaces; /* attach before 5.8: the directory of its namespaces */
	int source;	/* the directory the root is made of */
	int mountpoint; /* and where it is mounted while it is prepared */
	int root;	/* the container's root */
	int dev;	/* its /dev */
	int null;	/* its /dev/null */
	int terminal;	/* the slave its standard descriptors become */
};

/* What the child inherits: the descriptors it needs, all else is closed. */
#define CHILD_EMPTY                                                                                \
	{                                                                                          \
		.sync = -1, .proc = -1, .exe = -1, .pidfd = -1, .namespaces = -1, .source = -1,    \
		.mountpoint = -1, .root = -1, .dev = -1, .null = -1, .terminal = -1                \
	}

/* Runs the plan's steps; the last is exec. Never returns. */
_Noreturn void child_main(struct child *child);

/* The steps, for messages and --dry-run: the name of the n-th, or NULL. */
const char *child_step_name(int step);
/* Whether a plan has that step. */
bool child_step_runs(int step, const struct plan *plan);

/* Raises the hard limits of process `pid` (0: this one) as far as the plan's. Words its failure. */
int child_raise_limits(const struct plan *plan, pid_t pid);

/* Sends a report with `n` descriptors to the parent. Negative errno without words. */
int child_tell(const struct child *child, const struct child_report *report, const int *fds,
	       size_t n);

/* step_fs.c */
int step_slave(struct child *c);
int step_open_root(struct child *c);
int step_root(struct child *c);
int step_proc(struct child *c);
int step_sys(struct child *c);
int step_entries(struct child *c);
int step_cgroups(struct child *c);
int step_pivot(struct child *c);
int step_share(struct child *c);
/* step_dev.c */
int step_dev(struct child *c);
int step_nodes(struct child *c);
int step_terminals(struct child *c);
int step_boot_id(struct child *c);
int step_links(struct child *c);
int step_stdio(struct child *c);
/* step_proc.c */
int step_signals(struct child *c);
int step_die_with_parent(struct child *c);
int step_barrier(struct child *c);
int step_root_ids(struct child *c);
int step_session(struct child *c);
int step_cgroup_ns(struct child *c);
int step_hostname(struct child *c);
int step_loopback(struct child *c);
int step_raise_limits(struct child *c);
int step_limits(struct child *c);
int step_cwd(struct child *c);
int step_bounding(struct child *c);
int step_ids(struct child *c);
int step_parent_signal(struct child *c);
int step_capabilities(struct child *c);
int step_close(struct child *c);
int step_seccomp(struct child *c);
int step_exec(struct child *c);
/* step_attach.c */
int step_hide(struct child *c);
int step_join(struct child *c);
int step_enter(struct child *c);
