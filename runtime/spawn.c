/*
 * spawn.c - the parent's half of a start.
 *
 *   1. a page shared with the child, and a socket pair of which each side keeps one end only
 *   2. clone with all new namespaces
 *   3. id maps; the record with the init's pid
 *   4. "go"
 *   5. messages from the child, until the end of the socket: gone, or exec'd
 *   6. the page says which, and in which step
 *
 * Every wait is for the socket and for our own signals at once, and has an end (threats I8): a
 * child that was killed closes its end by dying.
 */
#include "spawn.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "fail.h"
#include "idmap.h"
#include "log.h"
#include "sys.h"

enum { SETUP_TIMEOUT_MS = 120 * 1000 };

static struct progress *new_page(void)
{
	void *page = mmap(NULL, sizeof(struct progress), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

/* Reaps our child. The status, or -1. */
static int reap(pid_t pid)
{
	int status;
	pid_t done;

	do
		done = waitpid(pid, &status, 0);
	while (done < 0 && errno == EINTR);
	return done == pid ? status : -1;
}

/* Descriptors that came with a report. Returns how many. */
static size_t take_fds(struct msghdr *message, int *fds, size_t max)
{
	size_t n = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(message); h; h = CMSG_NXTHDR(message, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		size_t got = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < got; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(fd));
			if (n < max)
				fds[n++] = fd;
			else
				close(fd);
		}
	}
	return n;
}

/* What the parent learns from the child's reports. */
struct heard {
	struct run *run;     /* NULL for attach */
	pid_t pid;	     /* attach: of the process inside */
	struct text skipped; /* optional mounts that failed, a line each */
};

static void note_terminals(struct run *run, const struct child_report *report, int *fds, size_t n)
{
	size_t next = 0;

	if (report->has_console && next + 1 < n) {
		run->console = take_fd(&fds[next++]);
		run->console_slave = take_fd(&fds[next++]);
	}
	for (unsigned i = 0; i < report->ttys && next < n && run->n_ttys < CHILD_MAX_TTYS; i++)
		run->ttys[run->n_ttys++] = take_fd(&fds[next++]);
	if (report->has_devpts && next < n)
		run->devpts = take_fd(&fds[next++]);
}

/* One message. 1: there was one; 0: the end of the socket; else a negative errno. */
static int hear(int sync, struct heard *heard)
{
	struct child_report report;
	int fds[CHILD_MAX_FDS];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(fds))];
	} control;
	struct iovec part = { &report, sizeof(report) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(sync, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : errno == ECONNRESET ? 0 : -errno;
	if (len == 0)
		return 0;
	size_t n = take_fds(&message, fds, ARRAY_LEN(fds));
	bool good = len == sizeof(report) && report.magic == CHILD_REPORT;
	if (good && heard->run)
		note_terminals(heard->run, &report, fds, n);
	if (good && report.skipped[0]) {
		report.skipped[sizeof(report.skipped) - 1] = '\0';
		text_format(&heard->skipped, "%s\n", report.skipped);
	}
	if (good && !heard->run && report.pid > 0)
		heard->pid = report.pid;
	for (size_t i = 0; i < n; i++)
		cleanup_fd(&fds[i]);
	return 1;
}

/* Whether one of our own signals asks us to give up. Others mean nothing during a start. */
static bool is_interrupted(int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo == SIGHUP || info.ssi_signo == SIGINT ||
		    info.ssi_signo == SIGTERM || info.ssi_signo == SIGQUIT)
			return true;
	return false;
}

/* Listens until the child has exec'd or is gone. */
static int listen_to_child(int sync, int signals, struct heard *heard)
{
	int64_t deadline = process_clock() + SETUP_TIMEOUT_MS;

	for (;;) {
		struct pollfd fds[] = { { sync, POLLIN, 0 }, { signals, POLLIN, 0 } };
		int64_t left = deadline - process_clock();
		int r = poll(fds, 2, left > 0 ? (int)left : 0);
		if (r < 0 && errno != EINTR)
			return fail(errno, "wait for the container");
		if (r == 0)
			return fail(0, "the container was not set up within %d s",
				    SETUP_TIMEOUT_MS / 1000);
		if (fds[0].revents) {
			int heard_one = hear(sync, heard);
			if (heard_one <= 0)
				return heard_one < 0 ? fail(-heard_one, "listen to the container")
						     : 0;
		} else if (fds[1].revents && is_interrupted(signals)) {
			return fail(0, "interrupted while the container was being set up");
		}
	}
}

/* The step on the page, with what failed in it; 0 when it reached exec and nothing failed. */
static int judge(const struct progress *page, int status, int *failed)
{
	struct progress copy;
	const char *name;

	memcpy(&copy, page, sizeof(copy));
	copy.failure.text[sizeof(copy.failure.text) - 1] = '\0';
	copy.failure.hint[sizeof(copy.failure.hint) - 1] = '\0';
	name = child_step_name(copy.step);
	if (failed)
		*failed = copy.step;
	if (!name)
		return fail(0, "the container was killed before its first step");
	if (copy.failure.text[0]) {
		*failure = copy.failure;
		fail_in(0, "%s", name);
		return copy.failure.code > 0 ? -copy.failure.code : -EINVAL;
	}
	if (streq(name, "exec"))
		return 0;
	return WIFSIGNALED(status) ? fail(0, "%s: killed by signal %d", name, WTERMSIG(status))
				   : fail(0, "%s: ended without a word", name);
}

/*
 * How child `pid` ended, 0 when it has not. One that is before its exec has ended, or is about to:
 * its descriptors are closed before it can be waited for.
 */
static int end_of(pid_t pid, const struct progress *page)
{
	siginfo_t info = { 0 };
	const char *name = child_step_name(page->step);
	int wait = name && streq(name, "exec") ? WNOHANG : 0;

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | wait) == 0 && info.si_pid == pid &&
	    info.si_code != CLD_EXITED)
		return info.si_status;
	return 0;
}

/* The child's side of the clone. */
static _Noreturn void run_child(struct child *child, int parent_end)
{
	close(parent_end);
	child_main(child);
}

/* 3. and 4.: what the child waits for. */
static int let_go(struct run *run, int sync)
{
	const struct plan *plan = run->plan;
	char go = CHILD_GO;

	if (plan->n_idmaps)
		TRY(idmap_write(run->pid, plan->idmaps, plan->n_idmaps));
	if (plan->needs & PLAN_USERNS)
		TRY(child_raise_limits(plan, run->pid));
	run->record.init = run->pid;
	run->record.state = STATE_STARTING;
	if (process_start_time(run->pid, &run->record.init_start) < 0)
		return fail(ESRCH, "look at the new process");
	run->record.pid_namespace = process_pid_namespace(run->pid);
	TRY(state_save(run->dir, &run->record));
	/* EPIPE: it is gone already, and the page says in which step. */
	if (write(sync, &go, 1) != 1 && errno != EPIPE)
		return fail(errno, "let the new process go");
	return 0;
}

static int end_child(struct run *run)
{
	int status = 0;

	if (run->pid > 0) {
		kill(run->pid, SIGKILL);
		status = reap(run->pid);
	}
	run->pid = 0;
	return status;
}

/* Said once it runs: of a start that fails the first line is the cause. */
static void warn_skipped(const struct text *skipped)
{
	for (const char *line = text_get(skipped); *line;) {
		size_t len = strcspn(line, "\n");
		log_warn("skipped an optional mount: %.*s", (int)len, line);
		line += len + 1;
	}
}

/* From the barrier to the exec. The page and both ends of the socket are the caller's. */
static int bring_up(struct run *run, int sync, const struct progress *page)
{
	struct heard heard = { .run = run };
	int r = let_go(run, sync);

	if (r == 0)
		r = listen_to_child(sync, run->signals, &heard);
	/* The socket ended: it exec'd, failed, or was killed. Only the last two end it. */
	if (r == 0)
		r = judge(page, end_of(run->pid, page), NULL);
	if (r == 0)
		warn_skipped(&heard.skipped);
	text_free(&heard.skipped);
	return r;
}

static int cannot_clone(uint64_t flags)
{
	int r = fail(errno, "clone the container's first process");

	if (r == -EPERM && geteuid() != 0 && !(flags & CLONE_NEWUSER))
		return fail_hint(r, "only root may make them without lxc.idmap");
	if (r == -EPERM && (flags & CLONE_NEWUSER))
		return fail_hint(r, "no user namespace can be made here; never from a chroot");
	if (r == -EINVAL)
		return fail_hint(r, "lxcbox needs a kernel with all of these namespaces");
	return r == -ENOSPC ? fail_hint(r, "see /proc/sys/user") : r;
}

int run_spawn(struct run *run)
{
	int ends[2];
	uint64_t flags = run->plan->namespaces & ~(uint64_t)CLONE_NEWCGROUP;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(errno, "make a socket pair");
	auto_fd int sync = ends[0], other = ends[1];
	struct progress *page = new_page();
	if (!page)
		return fail(errno, "map a page to share with the container");
	page->step = -1;
	struct child child = CHILD_EMPTY;
	child.plan = run->plan;
	child.at = page;
	child.sync = other;
	child.proc = run->proc;
	child.exe = run->exe;
	run->pid = sys_clone(flags, &run->pidfd);
	if (run->pid == 0)
		run_child(&child, sync);
	int r = run->pid < 0 ? cannot_clone(flags) : 0;
	fd_close(&other);
	if (r == 0)
		r = bring_up(run, sync, page);
	if (r < 0) {
		struct failure why = *failure;
		run_undo(run);
		*failure = why;
	}
	munmap(page, sizeof(*page));
	return r;
}

void run_undo(struct run *run)
{
	end_child(run);
	fd_close(&run->pidfd);
	fd_close(&run->console);
	fd_close(&run->console_slave);
	fd_close(&run->devpts);
	for (unsigned i = 0; i < run->n_ttys; i++)
		fd_close(&run->ttys[i]);
	run->n_ttys = 0;
	run->record.init = 0;
}

void run_state(struct run *run, enum state state)
{
	run->record.state = state;
	if (state_save(run->dir, &run->record) < 0) {
		log_failure();
		fail_clear();
	}
}

pid_t spawn_attach(struct child *child, int *step)
{
	struct heard heard = { 0 };
	char go = CHILD_GO;
	int ends[2], pidfd = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(errno, "make a socket pair");
	auto_fd int sync = ends[0], other = ends[1];
	child->at = new_page();
	if (!child->at)
		return fail(errno, "map a page to share with the container");
	child->at->step = -1;
	child->sync = other;
	pid_t first = sys_clone(0, &pidfd);
	if (first == 0)
		run_child(child, sync);
	cleanup_fd(&pidfd);
	int r = first < 0 ? fail(errno, "make a process") : 0;
	fd_close(&other);
	if (r == 0 && write(sync, &go, 1) != 1)
		r = fail(errno, "let the new process go");
	if (r == 0)
		r = listen_to_child(sync, -1, &heard);
	if (r < 0 && first > 0)
		kill(first, SIGKILL);
	/* Without a pid namespace to enter, the first process is the one that stays. */
	bool entered = heard.pid > 0;
	if (first > 0 && entered)
		reap(first);
	pid_t inside = entered ? heard.pid : first;
	if (r == 0)
		r = judge(child->at, end_of(inside, child->at), step);
	if (r < 0 && inside > 0) {
		kill(inside, SIGKILL);
		reap(inside);
	}
	munmap(child->at, sizeof(*child->at));
	return r < 0 ? r : inside;
}
