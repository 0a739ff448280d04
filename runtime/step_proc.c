/* step_proc.c - steps: signals, namespaces, host name, limits, ids, capabilities, seccomp, exec. */
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "child.h"
#include "names.h"
#include "path.h"
#include "sys.h"

enum { CAP_SYS_ADMIN_BIT = 21 };

int step_signals(struct child *c)
{
	sigset_t none;

	sys_default_signals();
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return fail(errno, "unblock all signals");
	umask(022);
	return 0;
}

/* Asks for a signal at the parent's death, and makes sure that this has not been already. */
static int bind_to_parent(const struct child *c, int number)
{
	char byte;

	if (prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) < 0)
		return fail(errno, "ask for a signal at the supervisor's death");
	if (recv(c->sync, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		return fail(0, "the supervisor ended before the container began");
	return 0;
}

int step_die_with_parent(struct child *c)
{
	return bind_to_parent(c, SIGKILL);
}

/* The parent says "go", or is gone, in which case there is nobody to tell. */
int step_barrier(struct child *c)
{
	char word = 0;
	ssize_t len;

	do
		len = read(c->sync, &word, 1);
	while (len < 0 && errno == EINTR);
	if (len != 1 || word != CHILD_GO)
		return fail(0, "the supervisor ended before the container began");
	return 0;
}

int step_root_ids(struct child *c)
{
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return fail(errno, "drop the supplementary groups");
	if (setresgid(0, 0, 0) < 0)
		return fail(errno, "become group 0 of the user namespace");
	if (setresuid(0, 0, 0) < 0)
		return fail(errno, "become user 0 of the user namespace");
	/* A change of ids forgets it. */
	return step_die_with_parent(c);
}

int step_session(struct child *c)
{
	if (setsid() < 0)
		return fail(errno, "begin a new session");
	/* An attached process has its terminal for job control; an init opens its own. */
	if ((c->plan->needs & PLAN_PTY) && ioctl(c->terminal, TIOCSCTTY, 0) < 0)
		return fail(errno, "make the terminal the controlling one");
	return 0;
}

int step_cgroup_ns(struct child *c)
{
	if (unshare(CLONE_NEWCGROUP) < 0)
		return fail(errno, "make a new cgroup namespace");
	return 0;
}

int step_hostname(struct child *c)
{
	const char *name = c->plan->hostname;

	if (sethostname(name, strlen(name)) < 0)
		return fail_at(fail(errno, "set the host name %s", name), c->plan->hostname_from);
	return 0;
}

int step_loopback(struct child *c)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	auto_fd int any = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (any < 0 || ioctl(any, SIOCSIFFLAGS, &request) < 0)
		return fail(errno, "bring the interface lo up");
	return 0;
}

/* Words that limit `at` of the plan could not be set. */
static int cannot_limit(const struct plan_limit *at)
{
	const char *name = names_name(names_limits, (uint64_t)at->limit.resource);

	return fail_at(fail(errno, "set the resource limit %s", name ? name : "of that number"),
		       at->from);
}

int child_raise_limits(const struct plan *plan, pid_t pid)
{
	for (size_t i = 0; i < plan->n_limits; i++)
		if (sys_raise_limit(pid, plan->limits[i].limit.resource,
				    plan->limits[i].limit.hard) < 0)
			return cannot_limit(&plan->limits[i]);
	return 0;
}

int step_raise_limits(struct child *c)
{
	return child_raise_limits(c->plan, 0);
}

int step_limits(struct child *c)
{
	for (size_t i = 0; i < c->plan->n_limits; i++) {
		const struct limit *limit = &c->plan->limits[i].limit;
		const struct rlimit both = { limit->soft, limit->hard };
		if (setrlimit((__typeof__(RLIMIT_NOFILE))limit->resource, &both) < 0)
			return cannot_limit(&c->plan->limits[i]);
	}
	return 0;
}

/*
 * By descriptor and without magic links, so that no /proc/N/fd leads out; and "." must have a
 * name below the root in the end (CVE-2024-21626).
 */
int step_cwd(struct child *c)
{
	const char *cwd = c->plan->cwd;
	char name[4096];
	auto_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return fail(errno, "open /");
	auto_fd int dir = path_open(root, cwd, O_PATH | O_DIRECTORY, 0);
	if (dir == -ENOENT && !c->plan->cwd_optional)
		dir = path_make(root, cwd, false, 0755);
	if (dir < 0 && c->plan->cwd_optional)
		dir = path_open(root, "/", O_PATH | O_DIRECTORY, 0);
	if (dir < 0 || fchdir(dir) < 0)
		return fail_at(fail(dir < 0 ? -dir : errno, "enter the working directory %s", cwd),
			       c->plan->cwd_from);
	if (!getcwd(name, sizeof(name)) || name[0] != '/')
		return fail(0, "the working directory %s is not in the container", cwd);
	return 0;
}

/* What a process of the plan's user has after exec (threats A6: the one place that decides). */
static uint64_t final_set(const struct plan *plan)
{
	return plan->uid == 0 ? plan->capabilities : 0;
}

/*
 * What cannot be regained: the bounding set. Of the rest only what the coming steps need stays,
 * so that a process which can be seen in the container holds little more than it will have.
 */
int step_bounding(struct child *c)
{
	static const int needed[] = { 6 /* setgid */, 7 /* setuid */, 8 /* setpcap */,
				      CAP_SYS_ADMIN_BIT };
	uint64_t effective, permitted, inheritable, keep = c->plan->capabilities;

	for (int cap = 0; cap <= c->plan->last_capability; cap++)
		if (!(keep & 1ULL << cap) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return fail(errno, "drop capability %d", cap);
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		keep |= 1ULL << needed[i];
	if (sys_capget(&effective, &permitted, &inheritable) < 0)
		return fail(errno, "read the capabilities");
	keep &= permitted;
	if (sys_capset(keep, keep, 0) < 0)
		return fail(errno, "reduce the capabilities");
	return 0;
}

int step_ids(struct child *c)
{
	const struct plan *plan = c->plan;

	/* Loading the filter is privileged; exec takes what is kept here away. */
	if (plan->uid != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return fail(errno, "keep the capabilities for the last steps");
	if (setgroups(plan->n_groups, plan->groups) < 0 && !(errno == EPERM && plan->n_groups == 0))
		return fail(errno, "set the supplementary groups");
	if (setresgid(plan->gid, plan->gid, plan->gid) < 0)
		return fail(errno, "become group %u", plan->gid);
	if (setresuid(plan->uid, plan->uid, plan->uid) < 0)
		return fail(errno, "become user %u", plan->uid);
	if (plan->uid == 0)
		return 0;
	/* Kept are those that are permitted; they are to have an effect, too. */
	uint64_t effective, permitted, inheritable;
	if (sys_capget(&effective, &permitted, &inheritable) < 0 ||
	    sys_capset(permitted, permitted, 0) < 0)
		return fail(errno, "keep the capabilities for the last steps");
	return 0;
}

int step_parent_signal(struct child *c)
{
	return bind_to_parent(c, c->plan->signal_pdeath);
}

/*
 * Close-on-exec is not enough: the program's name is resolved while they still are open, and it
 * may be a link to /proc/self/fd/N of the image's making. Only what tells the parent of the exec,
 * and is run by it, is left to that.
 */
int step_close(struct child *c)
{
	int keep[] = { c->sync, c->plan->own_init ? c->exe : -1 };

	if (sys_close_except(keep, ARRAY_LEN(keep), false) < 0)
		return fail(errno, "close the host's descriptors");
	return 0;
}

int step_capabilities(struct child *c)
{
	const struct plan *plan = c->plan;
	uint64_t effective, permitted, inheritable, set = final_set(plan);

	if (plan->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(errno, "set no_new_privs");
	/* EINVAL: before 4.3, where there is no ambient set. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return fail(errno, "empty the ambient capabilities");
	if ((plan->needs & PLAN_SECCOMP) && !plan->no_new_privs)
		set |= 1ULL << CAP_SYS_ADMIN_BIT; /* until exec, for the filter */
	if (sys_capget(&effective, &permitted, &inheritable) < 0)
		return fail(errno, "read the capabilities");
	/* Inheritable empty, or a file's could be regained (CVE-2022-24769). */
	if (sys_capset(set & permitted, set & permitted, 0) < 0)
		return fail(errno, "set the capabilities");
	return 0;
}

int step_seccomp(struct child *c)
{
	/* SECCOMP_MODE_FILTER */
	if (prctl(PR_SET_SECCOMP, 2, &c->plan->filter, 0, 0) < 0)
		return fail(errno, "load the seccomp filter");
	return 0;
}

/* ---- exec ---- */

static const char *path_of(char *const *envp)
{
	for (; *envp; envp++)
		if (str_after(*envp, "PATH="))
			return *envp + 5;
	return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/* A text file without "#!" is a shell script. The plan leaves room in front of argv[0]. */
static void exec_script(const struct plan *plan, char *path)
{
	char **argv = plan->argv - 1;
	char *first = argv[1];

	argv[0] = (char *)(uintptr_t) "/bin/sh";
	argv[1] = path;
	execve(argv[0], argv, plan->envp);
	argv[1] = first;
	errno = ENOEXEC;
}

static void exec_path(const struct plan *plan, char *path)
{
	execve(path, plan->argv, plan->envp);
	if (errno == ENOEXEC)
		exec_script(plan, path);
}

/* Looks for the command as execvp() does, in the environment it will have. */
static int exec_command(const struct plan *plan)
{
	const char *at = path_of(plan->envp), *name = plan->argv[0];
	char path[4096];
	int seen = ENOENT;

	if (strchr(name, '/')) {
		snprintf(path, sizeof(path), "%s", name);
		exec_path(plan, path);
		return fail(errno, "run %s", name);
	}
	while (*at) {
		size_t len = strcspn(at, ":");
		if (len && len + strlen(name) + 2 <= sizeof(path)) {
			memcpy(path, at, len);
			snprintf(path + len, sizeof(path) - len, "/%s", name);
			exec_path(plan, path);
			if (errno == EACCES || (errno != ENOENT && errno != ENOTDIR))
				seen = errno;
		}
		at += len + (at[len] == ':');
	}
	return fail(seen, "run %s", name);
}

/* The shell of user `uid` in a passwd file's text; `shell` is left alone when there is none. */
static void find_shell(char *text, uint32_t uid, char *shell, size_t size)
{
	while (*text) {
		char *end = text + strcspn(text, "\n"), *field[7] = { text };
		char *next = *end ? end + 1 : end;
		size_t n = 1;
		*end = '\0';
		for (char *at = text; *at && n < 7; at++)
			if (*at == ':') {
				*at = '\0';
				field[n++] = at + 1;
			}
		uint64_t number = 0;
		for (const char *d = n == 7 ? field[2] : "x"; *d; d++)
			number = *d >= '0' && *d <= '9' && number < UINT32_MAX
					 ? number * 10 + (uint64_t)(*d - '0')
					 : UINT64_MAX;
		if (n == 7 && field[2][0] && number == uid) {
			if (field[6][0] == '/')
				snprintf(shell, size, "%s", field[6]);
			return;
		}
		text = next;
	}
}

/*
 * attach without a command: the user's shell, by the container's passwd. It is read by this
 * process, which is confined as the payload is (threats A9), and bounded, whatever the file is.
 */
static int exec_shell(const struct plan *plan)
{
	static char text[65536];
	char shell[256] = "/bin/sh";
	struct stat st;
	size_t len = 0;
	auto_fd int file = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (file >= 0 && fstat(file, &st) == 0 && S_ISREG(st.st_mode)) {
		ssize_t got;
		while (len < sizeof(text) - 1 &&
		       (got = read(file, text + len, sizeof(text) - 1 - len)) > 0)
			len += (size_t)got;
		find_shell(text, plan->uid, shell, sizeof(shell));
	}
	char *argv[] = { shell, NULL };
	execve(shell, argv, plan->envp);
	int code = errno;
	argv[0] = (char *)(uintptr_t) "/bin/sh";
	if (strcmp(shell, argv[0]) != 0)
		execve(argv[0], argv, plan->envp);
	return fail(code, "run the shell %s", shell);
}

int step_exec(struct child *c)
{
	const struct plan *plan = c->plan;

	if (plan->own_init) {
		/* Our own program, by descriptor: the container need not have it (threats A1). */
		sys_execveat(c->exe, "", plan->argv, plan->envp, AT_EMPTY_PATH);
		return fail(errno, "run our own init");
	}
	return plan->argv ? exec_command(plan) : exec_shell(plan);
}
