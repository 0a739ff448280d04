/* plan.h - a start, or an attach, as plain data: all that will happen, before any of it does. */
#pragma once

#include <linux/filter.h>

#include "forms.h"
#include "mem.h"

struct conf;
struct text;
struct host;

/* Which steps run: a step runs when the plan has all the bits it needs. */
enum plan_needs {
	PLAN_START = 1 << 0,  /* a new container */
	PLAN_ATTACH = 1 << 1, /* a process more in a running one */
	PLAN_USERNS = 1 << 2,
	PLAN_MOUNTNS = 1 << 3,
	PLAN_CGROUPNS = 1 << 4,
	PLAN_PIDNS = 1 << 5,
	PLAN_ROOT = 1 << 6, /* a root file system of its own */
	PLAN_HOSTNAME = 1 << 7,
	PLAN_LOOPBACK = 1 << 8,
	PLAN_AUTODEV = 1 << 9,
	PLAN_PROC = 1 << 10,
	PLAN_SYS = 1 << 11,
	PLAN_ENTRIES = 1 << 12,
	PLAN_CGROUPS = 1 << 13,
	PLAN_TERMINALS = 1 << 14, /* a console, terminals or a devpts */
	PLAN_BOOT_ID = 1 << 15,
	PLAN_LIMITS = 1 << 16,
	PLAN_SECCOMP = 1 << 17,
	PLAN_PTY = 1 << 18, /* attach: a terminal of the container's */
	PLAN_CAPS = 1 << 19,
};

enum plan_mount_step { MOUNT_PROC, MOUNT_SYS, MOUNT_ENTRY, MOUNT_CGROUP };
enum plan_mount_make { MAKE_NOTHING, MAKE_DIR, MAKE_FILE };

/* One mount. Its target is a path beneath the root. */
struct plan_mount {
	enum plan_mount_step step;
	const char *source; /* a path for a bind, else a label */
	const char *target;
	const char *type;	    /* NULL for a bind or a change */
	const char *data;	    /* options of the file system's own */
	unsigned long flags, clear; /* MS_*: set, and for a bind or change also taken away */
	unsigned long propagation;  /* MS_*, 0: as it is */
	bool bind, recursive;
	bool change;   /* only changes the flags of what is mounted there */
	bool inside;   /* the source, too, is beneath the root */
	bool optional; /* what fails is skipped with a warning */
	enum plan_mount_make make;
	const char *from; /* the line that asked for it, NULL: the runtime itself */
};

enum plan_stdio {
	STDIO_KEEP,    /* the descriptors of whoever starts it */
	STDIO_NULL,    /* the container's /dev/null */
	STDIO_CONSOLE, /* the console's terminal */
};

struct plan {
	struct arena mem; /* owns all the rest */
	const char *name, *lxcpath;
	unsigned needs;	     /* PLAN_* */
	uint64_t namespaces; /* CLONE_NEW*: made by a start, joined by an attach */
	struct idmap *idmaps;
	size_t n_idmaps;

	const char *hostname, *hostname_from;
	const char *rootfs, *rootfs_mount; /* directories of the host */
	const char *rootfs_from;
	struct plan_mount *mounts;
	size_t n_mounts;

	unsigned dev_size; /* bytes of the tmpfs on /dev */
	bool console;	   /* /dev/console */
	unsigned ttys, ptys;
	const char *tty_dir;
	bool tty_private; /* the console is the caller's own terminal's peer: mode 0600 */

	enum plan_stdio stdio;
	unsigned kept;	     /* 1 << N: standard descriptor N stays the caller's all the same */
	char **argv, **envp; /* argv NULL: the shell of the user (attach) */
	bool own_init;	     /* argv is run by this program as lxc-init */
	const char *cwd, *cwd_from;
	bool cwd_optional; /* "/" when there is no such directory, instead of a failure */
	uint32_t uid, gid;
	gid_t *groups;
	size_t n_groups;
	uint64_t capabilities; /* the bounding set, and what a root process has */
	int last_capability;
	bool no_new_privs;
	struct plan_limit {
		struct limit limit;
		const char *from;
	} * limits;
	size_t n_limits;
	struct sock_fprog filter;
	int signal_pdeath; /* 0: none */

	/* for the supervisor */
	int signal_halt, signal_reboot, signal_stop; /* halt 0: by what the init is */
	const char *console_peer, *console_log;
	uint64_t console_log_max; /* bytes, 0: no limit */
	bool console_log_rotate;
};

/* How many terminals the container's devpts must have room for: its own, and those we open. */
static inline unsigned plan_pty_count(const struct plan *plan)
{
	return plan->ptys + plan->ttys + plan->console;
}

/* What a command asks for on top of the configuration. */
struct plan_request {
	const char *name, *lxcpath;
	char *const *argv;  /* NULL: what the configuration says */
	bool execute;	    /* run by our own init */
	bool foreground;    /* the console is the caller's */
	unsigned terminals; /* 1 << N: the caller's standard descriptor N is a terminal */
	int64_t uid, gid;   /* -1: what the configuration says */
};

/*
 * Makes the plan of a start. Changes nothing outside; reads only `host`, the environment for
 * lxc.environment, and nothing else. The caller frees `plan` with plan_free(), also after a
 * failure, which is worded with the place that caused it.
 */
int plan_start(const struct conf *conf, struct host *host, const struct plan_request *request,
	       struct plan *plan);
void plan_free(struct plan *plan);

/*
 * Refuses, worded with its place, a configuration whose keys contradict each other, or that asks
 * for what this version cannot do: it would otherwise be silently weaker than it was written.
 */
int plan_check(const struct conf *conf);

/* What attach and start decide alike (threats A6: one function computes the sets). */
int plan_capabilities(const struct conf *conf, const struct host *host, uint64_t *set);
int plan_limits(const struct conf *conf, struct plan *plan);
int plan_filter(const struct conf *conf, struct plan *plan);

/* plan_mount.c: the ordered list of mounts. */
int plan_mounts(const struct conf *conf, struct host *host, struct plan *plan);

/* plan_print.c: one line for everything that would happen, in order. */
void plan_print(const struct plan *plan, struct text *out);
