/* step_attach.c - steps: a process of the host becomes one of a running container's. */
#include <sched.h>
#include <sys/prctl.h>

#include "child.h"
#include "sys.h"

/*
 * Undumpable: no ptrace, no /proc/PID/mem; and no descriptor but those the steps need. A root of
 * the container with CAP_SYS_PTRACE, on newer kernels with CAP_SYS_ADMIN alone, can read
 * /proc/PID/environ all the same (threats A11): the plan has copies of what is to be passed on.
 */
int step_hide(struct child *c)
{
	int keep[] = { c->sync, c->proc, c->exe, c->pidfd, c->namespaces, c->terminal };

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(errno, "make the process undumpable");
	for (char **at = environ; *at; at++)
		memset(*at, 0, strlen(*at));
	if (sys_close_except(keep, ARRAY_LEN(keep), true) < 0)
		return fail(errno, "close the host's descriptors");
	return 0;
}

/* One namespace at a time, by /proc/PID/ns, which the parent opened on the host's procfs. */
static int join_each(struct child *c)
{
	static const struct {
		uint64_t flag;
		const char *file;
	} order[] = { /* the user namespace first: it gives the right to the others */
		      { CLONE_NEWUSER, "user" }, { CLONE_NEWCGROUP, "cgroup" },
		      { CLONE_NEWIPC, "ipc" },	 { CLONE_NEWUTS, "uts" },
		      { CLONE_NEWNET, "net" },	 { CLONE_NEWTIME, "time" },
		      { CLONE_NEWPID, "pid" },	 { CLONE_NEWNS, "mnt" }
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (!(c->plan->namespaces & order[i].flag))
			continue;
		auto_fd int fd = openat(c->namespaces, order[i].file, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, (int)order[i].flag) < 0)
			return fail(errno, "join the %s namespace", order[i].file);
	}
	return 0;
}

static int join(struct child *c)
{
	int flags = (int)c->plan->namespaces;

	if (!flags)
		return 0;
	/* Linux 5.8: all at once, of exactly the process the pidfd is of. */
	if (c->pidfd >= 0 && setns(c->pidfd, flags) == 0)
		return 0;
	if (c->pidfd >= 0 && errno != EINVAL && errno != EBADF)
		return fail(errno, "join the container's namespaces");
	return join_each(c);
}

int step_join(struct child *c)
{
	TRY(join(c));
	/* A directory of the host's procfs: "../.." of it leads to all of the host's processes. */
	fd_close(&c->namespaces);
	fd_close(&c->pidfd);
	return 0;
}

/*
 * A pid namespace is entered by a child only. It becomes a child of our own parent, so that there
 * is no process in between to be attacked or to be waited for.
 */
int step_enter(struct child *c)
{
	struct child_report report = { .magic = CHILD_REPORT };
	int pidfd = -1;
	pid_t pid = sys_clone(CLONE_PARENT, &pidfd);

	if (pid < 0)
		return fail(errno, "make a process in the container");
	if (pid == 0)
		return step_die_with_parent(c);
	report.pid = pid;
	child_tell(c, &report, NULL, 0);
	_exit(0);
}
