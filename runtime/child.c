/*
 * child.c - between clone and exec: a list of named steps.
 *
 * The parent made a plan and cloned this process. From here on there is no allocation, no stdio
 * and no log: a step reads the plan and makes system calls. The child notes the step it enters on
 * a page it shares with the parent, and fail() writes there, so that the parent can name the step
 * even when the child was killed in it. The end of the socket to the parent means "gone, or
 * exec'd"; the page says which.
 *
 * Start and attach are two plans through this one table. The order of the rows is the contract.
 */
#include "child.h"

#include <sys/socket.h>

#include "mem.h"
#include "sys.h"

/* clang-format off */
static const struct step {
	const char *name;
	unsigned needs; /* run only if the plan has all these bits */
	int (*run)(struct child *);
} steps[] = {
	/* The parent's handlers and mask must never act in here. */
	{ "reset-signals",	  0,				step_signals },
	/* Before anything is made: what it makes would outlive a killed parent. */
	{ "die-with-parent",	  0,				step_die_with_parent },
	/* Ids mean nothing until the parent has written the maps and noted our pid. */
	{ "wait-for-parent",	  0,				step_barrier },
	/* No host descriptor but the few below, and no ptrace, from before it can be seen inside
	   (CVE-2016-8649, CVE-2016-9962). After the barrier: the maps are written to /proc. */
	{ "hide",		  0,				step_hide },
	/* Which needs the host's capabilities; in a user namespace the parent has done it. */
	{ "raise-limits",	  PLAN_LIMITS,			step_raise_limits },
	/* All at once and by pidfd: no path of the container's is looked at (CVE-2015-1334). */
	{ "join-namespaces",	  PLAN_ATTACH,			step_join },
	/* With the host's root's right to look into its directories, before that is given up. */
	{ "open-root",		  PLAN_START,			step_open_root },
	/* Files made from here on belong to the container's root. */
	{ "become-root",	  PLAN_USERNS,			step_root_ids },
	/* The cgroup it is in becomes the root of what it sees: before any of it is mounted. */
	{ "new-cgroup-namespace", PLAN_START | PLAN_CGROUPNS,	step_cgroup_ns },
	/* Before any mount of ours, or the host would see it. */
	{ "detach-mounts",	  PLAN_START | PLAN_MOUNTNS,	step_slave },
	/* Every target of a mount is looked for beneath it. */
	{ "mount-root",		  PLAN_START,			step_root },
	/* In the new uts namespace, before a program inside can ask. */
	{ "set-host-name",	  PLAN_START | PLAN_HOSTNAME,	step_hostname },
	/* Any time after the clone; here, since it needs no file. */
	{ "bring-up-loopback",	  PLAN_START | PLAN_LOOPBACK,	step_loopback },
	/* Before the entries: they may make their targets in /dev. */
	{ "mount-dev",		  PLAN_START | PLAN_AUTODEV,	step_dev },
	/* Before the root changes: in a user namespace the kernel wants to see the host's. */
	{ "mount-proc",		  PLAN_START | PLAN_PROC,	step_proc },
	/* Likewise; after /proc, which LXC needs for it. */
	{ "mount-sys",		  PLAN_START | PLAN_SYS,	step_sys },
	/* After /proc and /sys, so that an entry can cover a part of them. */
	{ "mount-entries",	  PLAN_START | PLAN_ENTRIES,	step_entries },
	/* On /sys, which an entry may have brought. */
	{ "mount-cgroups",	  PLAN_START | PLAN_CGROUPS,	step_cgroups },
	/* After the entries: /dev may be one of them. */
	{ "make-devices",	  PLAN_START | PLAN_AUTODEV,	step_nodes },
	/* Also in an image's own /dev, which mount-dev has not opened. */
	{ "make-device-links",	  PLAN_START | PLAN_ROOT,	step_links },
	/* Over what the entries have put in /dev, and into /dev/pts. */
	{ "make-terminals",	  PLAN_START | PLAN_TERMINALS,	step_terminals },
	/* A file of ours in /dev covers the host's boot id. */
	{ "set-boot-id",	  PLAN_START | PLAN_BOOT_ID,	step_boot_id },
	/* All is in place: nothing of the host can be named any more. */
	{ "change-root",	  PLAN_START | PLAN_ROOT,	step_pivot },
	/* The payload may want to hand mounts on to namespaces of its own. */
	{ "share-mounts",	  PLAN_START | PLAN_ROOT,	step_share },
	/* With the container's root's rights: the directory may have to be made. */
	{ "set-working-directory", 0,				step_cwd },
	/* What this process may do ends before the container's processes can see it. */
	{ "drop-capabilities",	  PLAN_CAPS,			step_bounding },
	/* Keeps the capabilities that the next step still needs. */
	{ "set-ids",		  0,				step_ids },
	/* All five sets, as the payload is to have them, and no_new_privs. */
	{ "set-capabilities",	  PLAN_CAPS,			step_capabilities },
	/* The caller's terminal must be gone before the container's processes can see this one. */
	{ "set-standard-files",	  0,				step_stdio },
	/* From here on it is one of the container's processes. */
	{ "enter-pid-namespace",  PLAN_ATTACH | PLAN_PIDNS,	step_enter },
	/* Never the caller's session: TIOCSTI would reach its terminal (CVE-2016-10124). */
	{ "new-session",	  0,				step_session },
	/* The kernel forgets it whenever ids change. */
	{ "set-parent-signal",	  0,				step_parent_signal },
	/* No descriptor of the host survives exec (CVE-2024-21626). */
	{ "close-descriptors",	  0,				step_close },
	/* The payload's, which may be too low for anything above. */
	{ "set-limits",		  PLAN_LIMITS,			step_limits },
	/* Last: from here on only execve is sure to be allowed. */
	{ "load-seccomp",	  PLAN_SECCOMP,			step_seccomp },
	{ "exec",		  0,				step_exec },
};
/* clang-format on */

const char *child_step_name(int step)
{
	return step >= 0 && (size_t)step < ARRAY_LEN(steps) ? steps[step].name : NULL;
}

bool child_step_runs(int step, const struct plan *plan)
{
	return (plan->needs & steps[step].needs) == steps[step].needs;
}

_Noreturn void child_main(struct child *child)
{
	mem_seal();
	failure = &child->at->failure; /* fail() now writes where the parent can read */
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		child->at->step = (int)i;
		if (child_step_runs((int)i, child->plan) && steps[i].run(child) < 0)
			break;
	}
	_exit(127);
}

int child_tell(const struct child *child, const struct child_report *report, const int *fds,
	       size_t n)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * CHILD_MAX_FDS)];
	} control;
	struct iovec data = { (void *)(uintptr_t)report, sizeof(*report) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (n) {
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(header), fds, sizeof(int) * n);
	}
	return sendmsg(child->sync, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
