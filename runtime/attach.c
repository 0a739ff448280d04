/*
 * attach.c - the plan that enters a running container.
 *
 * The init is held by a pidfd that the supervisor hands over, or that the record and the kernel
 * together vouch for (threats A7, A13). What the new process may do comes from the configuration
 * the container was started with, kept in the run directory; nothing is read inside. The plan then
 * goes through the same steps as a start.
 */
#include "attach.h"

#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "conf.h"
#include "console.h"
#include "ctl.h"
#include "fail.h"
#include "host.h"
#include "spawn.h"
#include "sys.h"

/* All that an attach holds. */
struct entry {
	struct seen seen;
	struct conf conf;
	struct host host;
	struct plan plan;
	struct child child;
	int devpts, master;
};

static const struct {
	const char *file;
	uint64_t flag;
	unsigned needs;
} namespaces[] = {
	{ "user", CLONE_NEWUSER, PLAN_USERNS },
	{ "mnt", CLONE_NEWNS, PLAN_MOUNTNS },
	{ "pid", CLONE_NEWPID, PLAN_PIDNS },
	{ "uts", CLONE_NEWUTS, 0 },
	{ "ipc", CLONE_NEWIPC, 0 },
	{ "net", CLONE_NEWNET, 0 },
	{ "cgroup", CLONE_NEWCGROUP, 0 },
	{ "time", CLONE_NEWTIME, 0 },
};

/* Which namespaces of the container are not ours: joining one's own is an error to the kernel. */
static int differing(int theirs, uint64_t wanted, struct plan *plan)
{
	auto_fd int ours = open("/proc/self/ns", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (ours < 0)
		return fail(errno, "open /proc/self/ns");
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++) {
		struct stat a, b;
		if (wanted && !(wanted & namespaces[i].flag))
			continue;
		if (fstatat(ours, namespaces[i].file, &a, 0) < 0)
			continue; /* this kernel has no such namespaces */
		if (fstatat(theirs, namespaces[i].file, &b, 0) < 0)
			return fail(errno, "look at the container's %s namespace",
				    namespaces[i].file);
		if (a.st_ino == b.st_ino && a.st_dev == b.st_dev)
			continue;
		plan->namespaces |= namespaces[i].flag;
		plan->needs |= namespaces[i].needs;
	}
	return 0;
}

/* The supervisor's word on the init, if it answers; the record and /proc otherwise. */
static int find_init(struct entry *e, const struct attach_request *request)
{
	struct ctl_hello hello;
	int pidfd = -1;

	TRY(state_look(request->lxcpath, request->name, &e->seen));
	if (!e->seen.init.pid)
		return fail(0, "%s is not running", request->name);
	if (e->seen.state == STATE_FROZEN)
		return fail(0, "%s is frozen", request->name);
	/* Before that it is not in its root yet: it would be the host's that is entered. */
	if (e->seen.state != STATE_RUNNING)
		return fail(0, "%s is %s", request->name, state_name(e->seen.state));
	auto_fd int supervisor = e->seen.supervised ? ctl_connect(e->seen.dir) : -1;
	if (supervisor >= 0 && ctl_hello(supervisor, &hello, &pidfd, &e->devpts) == 0 &&
	    pidfd >= 0 && hello.init == e->seen.init.pid) {
		fd_close(&e->seen.init.pidfd);
		e->seen.init.pidfd = pidfd;
		return 0;
	}
	cleanup_fd(&pidfd);
	return 0;
}

/* /proc/PID/ns of the init, on the host's procfs, and still the same process afterwards. */
static int open_namespaces(const struct process *init)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/ns", init->pid);
	auto_fd int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(errno, "open %s", path);
	if (!mnt_is_proc(dir))
		return fail(0, "%s is not on a procfs", path);
	if (!process_alive(init))
		return fail(0, "the container's init has ended");
	return take_fd(&dir);
}

static int load_config(struct entry *e, const struct attach_request *request)
{
	conf_init(&e->conf);
	if (!request->config)
		return state_config(e->seen.dir, &e->conf);
	TRY(conf_load(&e->conf, request->config));
	return plan_check(&e->conf);
}

/* ---- the environment (threats A11) ---- */

static bool listed(char *const *names, const char *variable)
{
	size_t len = strcspn(variable, "=");

	for (; names && *names; names++)
		if (strlen(*names) == len && strncmp(*names, variable, len) == 0)
			return true;
	return false;
}

/* Adds NAME=VALUE, in place of an earlier one of that name. */
static void put(struct plan *plan, size_t *n, const char *variable)
{
	size_t len = strcspn(variable, "=");
	size_t i = 0;

	while (i < *n && (strncmp(plan->envp[i], variable, len) != 0 || plan->envp[i][len] != '='))
		i++;
	if (i == *n) {
		plan->envp = mem_grow(&plan->mem, plan->envp, n, sizeof(*plan->envp));
		i = *n - 1;
	}
	plan->envp[i] = mem_text(&plan->mem, variable);
}

static void make_environment(struct entry *e, const struct attach_request *request)
{
	static char *const passed[] = { (char *)(uintptr_t) "TERM", (char *)(uintptr_t) "LANG",
					NULL };
	static char *const none[] = { NULL };
	struct plan *plan = &e->plan;
	bool keep = request->env == ATTACH_ENV_KEEP;
	char *const *also = request->env == ATTACH_ENV_CLEAR ? none : passed;
	size_t n = 0;

	if (request->env == ATTACH_ENV_DEFAULT && e->conf.profile == PROFILE_COMPAT)
		keep = true;
	if (!keep)
		put(plan, &n, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	for (char **at = environ; *at; at++)
		if (strchr(*at, '=') &&
		    (keep || listed(also, *at) || listed(request->keep_vars, *at)))
			put(plan, &n, *at);
	put(plan, &n, "container=lxc");
	for (size_t i = 0; i < e->conf.environment.len; i++)
		put(plan, &n, e->conf.environment.at[i].text);
	for (size_t i = 0; i < e->conf.environment_runtime.len; i++)
		put(plan, &n, e->conf.environment_runtime.at[i].text);
	for (char *const *at = request->set_vars; at && *at; at++)
		put(plan, &n, *at);
	plan->envp = mem_grow(&plan->mem, plan->envp, &n, sizeof(*plan->envp));
	plan->envp[n - 1] = NULL;
}

/* ---- the plan ---- */

static void copy_argv(struct plan *plan, char *const *argv)
{
	size_t n = 0;

	if (!argv || !*argv)
		return;
	while (argv[n])
		n++;
	/* One place in front for /bin/sh, see step_exec(). */
	plan->argv = (char **)mem_get(&plan->mem, (n + 2) * sizeof(char *)) + 1;
	for (size_t i = 0; i < n; i++)
		plan->argv[i] = mem_text(&plan->mem, argv[i]);
}

static int make_plan(struct entry *e, const struct attach_request *request)
{
	struct plan *plan = &e->plan;
	/* As LXC: a choice of namespaces is a choice of privileges, too. */
	unsigned elevate = request->namespaces ? ELEVATE_ALL : request->elevate;
	char cwd[1024];

	plan->needs |= PLAN_ATTACH;
	plan->name = mem_text(&plan->mem, request->name);
	plan->last_capability = e->host.last_capability;
	plan->cwd = mem_text(&plan->mem, getcwd(cwd, sizeof(cwd)) && cwd[0] == '/' ? cwd : "/");
	plan->cwd_optional = true;
	plan->uid = request->uid >= 0 ? (uint32_t)request->uid : e->conf.init_uid;
	plan->gid = request->gid >= 0 ? (uint32_t)request->gid : e->conf.init_gid;
	plan->stdio = STDIO_KEEP;
	copy_argv(plan, request->argv);
	make_environment(e, request);
	TRY(plan_limits(&e->conf, plan));
	if (!(elevate & ELEVATE_CAP)) {
		TRY(plan_capabilities(&e->conf, &e->host, &plan->capabilities));
		plan->needs |= PLAN_CAPS;
		plan->no_new_privs = e->conf.no_new_privs;
	}
	return elevate & ELEVATE_LSM ? 0 : plan_filter(&e->conf, plan);
}

/* ---- the terminal ---- */

/*
 * A terminal of the container's own devpts, so that ttyname(3) works inside; of a private one
 * where it has none. Opened by the descriptor of its root, across nothing that the container's
 * root may have mounted there, and looked at before it is used.
 */
static int open_ptmx(int devpts)
{
	struct sys_open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		.resolve = SYS_RESOLVE_NO_XDEV | SYS_RESOLVE_NO_SYMLINKS |
			   SYS_RESOLVE_NO_MAGICLINKS,
	};
	struct statfs fs;
	auto_fd int fd = sys_openat2(devpts, "ptmx", &how);

	if (fd < 0 && errno == ENOSYS)
		fd = openat(devpts, "ptmx", (int)how.flags);
	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0 || fs.f_type != SYS_MAGIC_DEVPTS)
		return -ENODEV;
	return take_fd(&fd);
}

static int private_devpts(void)
{
	auto_fd int fs = sys_fsopen("devpts", FSOPEN_CLOEXEC);

	if (fs < 0 || sys_fsconfig(fs, SYS_FSCONFIG_STRING, "source", "devpts", 0) < 0 ||
	    sys_fsconfig(fs, SYS_FSCONFIG_STRING, "ptmxmode", "600", 0) < 0 ||
	    sys_fsconfig(fs, SYS_FSCONFIG_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	int mount = sys_fsmount(fs, FSMOUNT_CLOEXEC, SYS_ATTR_NOSUID | SYS_ATTR_NOEXEC);
	return mount < 0 ? -errno : mount;
}

/* Before the process can ask for it. */
static void hand_size_on(int master)
{
	struct winsize size;

	for (int fd = 0; fd < 3; fd++)
		if (ioctl(fd, TIOCGWINSZ, &size) == 0) {
			ioctl(master, TIOCSWINSZ, &size);
			return;
		}
}

static int open_terminal(struct entry *e)
{
	int unlocked = 0;
	int master = e->devpts >= 0 ? open_ptmx(e->devpts) : -ENOENT;

	if (master < 0) {
		fd_close(&e->devpts);
		e->devpts = private_devpts();
		master = e->devpts >= 0 ? open_ptmx(e->devpts)
					: open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	}
	if (master < 0)
		return fail(master < -1 ? -master : errno, "open a terminal for the container");
	e->master = master;
	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return fail(errno, "unlock the terminal");
	e->child.terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (e->child.terminal < 0)
		return fail(errno, "open the other end of the terminal");
	hand_size_on(master);
	e->plan.needs |= PLAN_PTY;
	e->plan.stdio = STDIO_CONSOLE;
	e->plan.kept = ~sys_terminals() & 7;
	return 0;
}

/* ---- while it runs ---- */

/* Relays until the process inside is gone and all it wrote is delivered. Its wait status. */
static int relay(struct console *console, int signals, pid_t inside)
{
	int status = 0;
	bool ended = false;

	while (!ended || (console_is_draining(console) && console->out >= 0)) {
		struct signalfd_siginfo info;
		struct pollfd fds[4] = { { signals, POLLIN, 0 } };
		size_t n = console_poll(console, fds + 1);
		if (poll(fds, 1 + n, ended ? 1000 : -1) < 0 && errno != EINTR)
			break;
		while (read(signals, &info, sizeof(info)) == sizeof(info)) {
			if (info.ssi_signo == SIGWINCH)
				console_resize(console);
			else if (info.ssi_signo != SIGCHLD && !ended)
				kill(inside, (int)info.ssi_signo);
		}
		if (!ended && waitpid(inside, &status, WNOHANG) == inside)
			ended = true;
		console_serve(console, fds + 1, n);
	}
	return status;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What a shell would return for a command that cannot be run. */
static int exec_status(int code)
{
	return code == ENOENT || code == ENOTDIR  ? 127
	       : code == EACCES || code == EISDIR ? 126
						  : 255;
}

static int run_inside(struct entry *e, const struct attach_request *request)
{
	struct console console = CONSOLE_NONE;
	sigset_t set, old;
	int step = -1;

	sigemptyset(&set);
	for (const int *at =
		     (const int[]){ SIGCHLD, SIGWINCH, SIGHUP, SIGINT, SIGQUIT, SIGTERM, 0 };
	     *at; at++)
		sigaddset(&set, *at);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	auto_fd int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return fail(errno, "make a signalfd");
	e->child.plan = &e->plan;
	if (request->pty_log)
		TRY(console_open_log(&console, request->pty_log, 0, false));
	/* Its end of the terminal stays open here: it may close its own, and open it again. */
	pid_t inside = spawn_attach(&e->child, &step);
	if (inside < 0) {
		console_end(&console);
		const char *name = child_step_name(step);
		return name && streq(name, "exec") ? exec_status(failure->code) : (int)inside;
	}
	if (e->master >= 0) {
		console.in = STDIN_FILENO;
		console.out = console_output(e->plan.kept);
		console_begin(&console, take_fd(&e->master));
	}
	int status = relay(&console, signals, inside);
	console_end(&console);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return exit_status(status);
}

static int enter(struct entry *e, const struct attach_request *request)
{
	TRY(find_init(e, request));
	TRY(load_config(e, request));
	host_probe(&e->host);
	e->child.namespaces = open_namespaces(&e->seen.init);
	TRY(e->child.namespaces);
	TRY(differing(e->child.namespaces, request->namespaces, &e->plan));
	TRY(make_plan(e, request));
	if (sys_terminals())
		TRY(open_terminal(e));
	e->child.pidfd = take_fd(&e->seen.init.pidfd);
	return run_inside(e, request);
}

int attach_run(const struct attach_request *request)
{
	struct entry e = { .seen = SEEN_NONE, .child = CHILD_EMPTY, .devpts = -1, .master = -1 };
	int r = enter(&e, request);

	seen_close(&e.seen);
	conf_free(&e.conf);
	host_free(&e.host);
	plan_free(&e.plan);
	fd_close(&e.child.pidfd);
	fd_close(&e.child.namespaces);
	fd_close(&e.child.terminal);
	fd_close(&e.devpts);
	fd_close(&e.master);
	return r;
}
