/*
 * monitor.c - the supervisor.
 *
 * One process per container, asleep in one poll(2) until something happens: a signal (the end of
 * the init among them), the command socket, the console. It parses nothing but packets of fixed
 * size. What it knows is also in the record, so that it can be killed at any moment and the next
 * command finds the container, or what is left of it.
 *
 *   set up -> spawn -> tell the caller -> loop -> undo -> again, if the init rebooted
 */
#include "monitor.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "console.h"
#include "ctl.h"
#include "fail.h"
#include "log.h"
#include "sys.h"

enum { BACKOFF_MIN_MS = 100, BACKOFF_MAX_MS = 5000, SHORT_LIFE_MS = 1000, DRAIN_MS = 1000 };

struct monitor {
	struct run *run;
	const struct monitor_options *options;
	struct ctl_server server;
	struct console console;
	int status;	 /* of the init, once it is gone */
	bool ended;	 /* the init is gone */
	bool stop;	 /* and is not to come back, whatever it says */
	int64_t backoff; /* ms before the next start, when lives are short (threats I9) */
};

/*
 * What the supervisor can still need: a reboot is a new start. The rest is given up; the payload
 * gets its own from the bounding set, which stays, or with no_new_privs only from ours.
 */
static void shed_capabilities(const struct plan *plan)
{
	static const int needed[] = { 0,  1,  3,  4,  5,  6,  7,  8, /* chown .. setpcap */
				      12, 13, 18, 19, 21, 23, 24, 27, 31, 39 };
	uint64_t effective, permitted, inheritable, keep = 0;

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		keep |= 1ULL << needed[i];
	if (plan->no_new_privs)
		keep |= plan->capabilities;
	if (sys_capget(&effective, &permitted, &inheritable) == 0)
		sys_capset(effective & keep, permitted & keep, 0);
}

static int open_signals(struct monitor *m)
{
	static const int wanted[] = { SIGHUP,  SIGINT, SIGQUIT, SIGTERM, SIGUSR1,
				      SIGUSR2, SIGPWR, SIGCHLD, SIGWINCH };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		sigaddset(&set, wanted[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return fail(errno, "block signals");
	signal(SIGPIPE, SIG_IGN);
	m->run->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return m->run->signals < 0 ? fail(errno, "make a signalfd") : 0;
}

static int write_pidfile(const char *path)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", getpid());

	unlink(path);
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		return fail(errno, "write the pid file %s", path);
	return 0;
}

/* Tells the caller of -d, once. */
static void tell_caller(const struct monitor *m, bool good)
{
	static const struct failure none;

	if (m->options->ready < 0)
		return;
	log_quiet(); /* all there is to say is said before: the caller goes on when it hears */
	ssize_t lost = write(m->options->ready, good ? &none : failure, sizeof(none));
	(void)lost;
	close(m->options->ready);
}

int monitor_wait_ready(int ready, struct failure *what)
{
	size_t len = 0;

	while (len < sizeof(*what)) {
		ssize_t got = read(ready, (char *)what + len, sizeof(*what) - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		len += (size_t)got;
	}
	return 0;
}

static void reap_init(struct monitor *m)
{
	int status;

	if (m->run->pid <= 0 || waitpid(m->run->pid, &status, WNOHANG) != m->run->pid)
		return;
	m->run->pid = 0;
	m->status = status;
	m->ended = true;
}

/*
 * A signal for us is one for the init. One that the kernel would withhold from it, since it has
 * no handler, ends the container instead: who asks us to end wants it gone (threats I11).
 */
static void forward(struct monitor *m, int number)
{
	const struct run *run = m->run;
	const struct process init = { run->pid, run->record.init_start, run->pidfd };
	uint64_t blocked, caught;
	int send = number == SIGHUP ? SIGTERM : number;
	bool end = number == SIGHUP || number == SIGINT || number == SIGTERM || number == SIGQUIT;

	if (end)
		m->stop = true;
	reap_init(m); /* its end may not have been heard of */
	if (run->pid <= 0) {
		/* Nothing is left but output for a slow reader, which then is not waited for. */
		if (end)
			console_unwatch(&m->console);
		return;
	}
	if (end && process_signal_sets(&init, &blocked, &caught) == 0 &&
	    !((caught | blocked) & 1ULL << (send - 1)))
		send = SIGKILL;
	log_info("signal %d for the supervisor: signal %d to the container", number, send);
	kill(run->pid, send);
}

static void serve_signals(struct monitor *m)
{
	struct signalfd_siginfo info;

	while (read(m->run->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap_init(m);
		else if (info.ssi_signo == SIGWINCH)
			console_resize(&m->console);
		else
			forward(m, (int)info.ssi_signo);
	}
}

static void serve_clients(struct monitor *m, const struct pollfd *fds)
{
	const struct ctl_facts facts = { &m->run->record, m->run->pidfd, m->run->devpts };

	for (size_t i = 0; i < CTL_CLIENTS; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			ctl_serve(&m->server, i, &facts);
}

/* One round: waits, at most `ms` (-1: for ever), and serves what came. */
static void turn(struct monitor *m, int64_t ms)
{
	struct pollfd fds[2 + CTL_CLIENTS + 3];
	int64_t expire = ctl_expire(&m->server);

	if (expire >= 0 && (ms < 0 || expire < ms))
		ms = expire;
	fds[0] = (struct pollfd){ m->run->signals, POLLIN, 0 };
	fds[1] = (struct pollfd){ m->server.listener, POLLIN, 0 };
	for (size_t i = 0; i < CTL_CLIENTS; i++)
		fds[2 + i] = (struct pollfd){ m->server.clients[i].fd, POLLIN, 0 };
	size_t n = console_poll(&m->console, fds + 2 + CTL_CLIENTS);
	if (poll(fds, 2 + CTL_CLIENTS + n, (int)ms) <= 0)
		return;
	if (fds[0].revents)
		serve_signals(m);
	serve_clients(m, fds + 2);
	if (fds[1].revents)
		ctl_accept(&m->server);
	console_serve(&m->console, fds + 2 + CTL_CLIENTS, n);
}

static void live(struct monitor *m)
{
	while (!m->ended)
		turn(m, -1);
	/* What it wrote last is still in the terminal. A slow reader may take its time. */
	while (console_is_draining(&m->console)) {
		int64_t began = process_clock();
		turn(m, DRAIN_MS);
		/* But a terminal of the host may have nobody at its other end. */
		if (m->console.peer >= 0 && process_clock() - began >= DRAIN_MS)
			console_unwatch(&m->console);
	}
}

/* Before the payload runs: a console that cannot be had must stop the start. */
static int prepare_console(struct monitor *m)
{
	const struct plan *plan = m->run->plan;

	m->console = (struct console)CONSOLE_NONE;
	if (!plan->console)
		return 0;
	if (plan->console_peer)
		TRY(console_open_peer(&m->console, plan->console_peer));
	if (!plan->console_log)
		return 0;
	return console_open_log(&m->console, plan->console_log, plan->console_log_max,
				plan->console_log_rotate);
}

static void begin_console(struct monitor *m)
{
	bool watched = m->options->foreground && m->run->plan->stdio == STDIO_CONSOLE;

	if (m->run->console < 0)
		return;
	if (watched && m->console.peer < 0) {
		m->console.in = STDIN_FILENO;
		m->console.out = console_output(m->run->plan->kept);
	}
	console_begin(&m->console, take_fd(&m->run->console));
}

/* Waits out the back-off, serving all but the container there is not. */
static void hold_back(struct monitor *m, int64_t life)
{
	if (life >= SHORT_LIFE_MS) {
		m->backoff = 0;
		return;
	}
	m->backoff = m->backoff ? m->backoff * 2 : BACKOFF_MIN_MS;
	if (m->backoff > BACKOFF_MAX_MS)
		m->backoff = BACKOFF_MAX_MS;
	log_warn("the container rebooted after %ld ms: starting it again in %ld ms", (long)life,
		 (long)m->backoff);
	int64_t until = process_clock() + m->backoff;
	for (int64_t left; !m->stop && (left = until - process_clock()) > 0;)
		turn(m, left);
}

/* reboot(2) inside a pid namespace: SIGHUP for a restart, SIGINT for an end. */
static bool wants_reboot(const struct monitor *m)
{
	return !m->stop && WIFSIGNALED(m->status) && WTERMSIG(m->status) == SIGHUP;
}

/* One life of the container: from the clone to its end. */
static int one_life(struct monitor *m, bool first)
{
	m->ended = false;
	int r = prepare_console(m);
	if (r == 0)
		r = run_spawn(m->run);
	if (r == 0) {
		begin_console(m);
		run_state(m->run, STATE_RUNNING);
		if (first)
			tell_caller(m, true);
		shed_capabilities(m->run->plan);
		reap_init(m); /* its end may have been told while it was set up */
		live(m);
		run_state(m->run, STATE_STOPPING);
	}
	struct failure why = *failure;
	console_end(&m->console);
	run_undo(m->run);
	*failure = why;
	return r;
}

/* In the record, too: should we be killed now, the next command can still say why. */
static void note_failure(struct monitor *m)
{
	struct failure why = *failure;

	fail_line(&why, m->run->record.failure, sizeof(m->run->record.failure));
	run_state(m->run, STATE_ABORTING);
	*failure = why;
}

static int all_lives(struct monitor *m)
{
	for (bool first = true;; first = false) {
		int64_t began = process_clock();
		int r = one_life(m, first);
		if (r < 0)
			note_failure(m);
		if (r < 0 && first)
			return r;
		if (r < 0) { /* it had run before; there is nobody left to tell but the log */
			log_failure();
			return m->status;
		}
		if (!wants_reboot(m))
			return m->status;
		m->run->record.reboots++;
		run_state(m->run, STATE_STARTING);
		hold_back(m, process_clock() - began);
		if (m->stop)
			return m->status;
	}
}

static int set_up(struct monitor *m)
{
	struct run *run = m->run;

	TRY(open_signals(m));
	record_begin(&run->record);
	run->record.state = STATE_STARTING;
	/* Nobody, not even the same user, may look into it or stop it by ptrace. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	run->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	TRY(ctl_listen(&m->server, run->dir));
	return m->options->pidfile ? write_pidfile(m->options->pidfile) : 0;
}

int monitor_run(struct run *run, const struct monitor_options *options)
{
	struct monitor m = { .run = run, .options = options, .server.listener = -1 };

	m.console = (struct console)CONSOLE_NONE;
	for (size_t i = 0; i < CTL_CLIENTS; i++)
		m.server.clients[i].fd = -1;
	int r = set_up(&m); /* last of which is the pid file */
	bool noted = r == 0 && options->pidfile;
	if (r == 0)
		r = all_lives(&m);
	struct failure why = *failure;
	if (noted)
		unlink(options->pidfile);
	state_release(run->dir, run->plan->lxcpath, run->plan->name);
	ctl_close(&m.server); /* from here on whoever waits for us finds nothing any more */
	fd_close(&run->signals);
	fd_close(&run->proc);
	fd_close(&run->exe);
	fd_close(&run->dir);
	fd_close(&run->lock);
	/* The signals stay blocked: one that comes late must not take the place of the status. */
	*failure = why;
	if (r < 0)
		tell_caller(&m, false);
	return r;
}
