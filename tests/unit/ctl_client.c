/* ctl_client.c - a command and a supervisor it cannot rely on: silent, lying, or another's. */
#include <signal.h>
#include <time.h>

#include "ctl.h"
#include "tests/unit/helper.h"

static int dir; /* the run directory */

/* ---- silence (threats I4, I6) ---- */

/* The one test that takes its time: the deadline is 2 s. */
static void test_silent(void)
{
	struct ctl_server server;
	struct ctl_hello hello;
	int pidfd, devpts, fds = count_fds();

	must(ctl_listen(&server, dir) == 0, "listen");
	int fd = ctl_connect(dir);
	ok(fd >= 0, "a supervisor that does nothing can be connected to");
	long before = process_clock();
	is_int(ctl_hello(fd, &hello, &pidfd, &devpts), -ETIMEDOUT, "but does not answer");
	ok(process_clock() - before >= 1990, "for 2 s");
	ok(pidfd == -1 && devpts == -1, "nothing came");
	is_int(ctl_wait_end(fd, 10), -ETIMEDOUT, "its end is not waited for, either");
	is_int(ctl_wait_end(fd, -10), -ETIMEDOUT, "nor when the time is over already");
	close(fd);
	ctl_close(&server);
	is_int(count_fds(), fds, "no descriptor is left open");
}

/* A signal now and then is no reason to wait longer, or to give up early. */
static void on_alarm(int number)
{
}

static void test_interrupted(void)
{
	struct ctl_server server;
	struct sigaction action = { .sa_handler = on_alarm };
	timer_t timer;
	const struct itimerspec often = { { 0, 1000000 }, { 0, 1000000 } }, never = { 0 };

	must(ctl_listen(&server, dir) == 0, "listen");
	int fd = ctl_connect(dir);
	must(fd >= 0 && sigaction(SIGALRM, &action, NULL) == 0, "sigaction");
	must(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0, "timer_create");
	must(timer_settime(timer, 0, &often, NULL) == 0, "timer_settime");
	long before = process_clock();
	int r = ctl_wait_end(fd, 50);
	long took = process_clock() - before;
	timer_settime(timer, 0, &never, NULL);
	timer_delete(timer);
	is_int(r, -ETIMEDOUT, "signals do not end a wait");
	ok(took >= 49, "nor shorten it: %ld ms", took);
	close(fd);
	ctl_close(&server);
}

/* ---- answers that are none ---- */

struct answer {
	struct ctl_header header;
	struct ctl_hello hello;
	char more[64];
};
enum { BODY = sizeof(struct ctl_hello), HELLO = sizeof(struct ctl_header) + BODY };
#define GOOD                                                                                       \
	{                                                                                          \
		CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, BODY                                         \
	}

static const struct {
	const char *name;
	struct ctl_header header;
	size_t len, fds; /* what is sent */
	bool has_pidfd, has_devpts;
	int result, n; /* what ctl_hello() makes of it, and of the descriptors */
} answers[] = {
	{ "an answer", GOOD, HELLO, 0, false, false, 0, 0 },
	{ "one descriptor", GOOD, HELLO, 1, true, false, 0, 1 },
	{ "two", GOOD, HELLO, 2, true, true, 0, 2 },
	{ "two promised, one there", GOOD, HELLO, 1, true, true, 0, 1 },
	{ "one promised, none there", GOOD, HELLO, 0, true, false, 0, 0 },
	{ "none promised, two there", GOOD, HELLO, 2, false, false, 0, 0 },
	{ "two promised, five there", GOOD, HELLO, 5, true, true, 0, 2 },
	{ "another magic",
	  { 1, CTL_VERSION, CTL_HELLO, 0, BODY },
	  HELLO,
	  2,
	  true,
	  true,
	  -EPROTO,
	  0 },
	{ "another version",
	  { CTL_MAGIC, 2, CTL_HELLO, 0, BODY },
	  HELLO,
	  2,
	  true,
	  true,
	  -EPROTO,
	  0 },
	{ "another type",
	  { CTL_MAGIC, CTL_VERSION, 9, 0, BODY },
	  HELLO,
	  2,
	  true,
	  true,
	  -EPROTO,
	  0 },
	{ "another length",
	  { CTL_MAGIC, CTL_VERSION, CTL_HELLO, 0, 1 },
	  HELLO,
	  2,
	  true,
	  true,
	  -EPROTO,
	  0 },
	{ "a refusal",
	  { CTL_MAGIC, CTL_VERSION, CTL_HELLO, -EOPNOTSUPP, 0 },
	  HELLO - BODY,
	  0,
	  false,
	  false,
	  -EPROTO,
	  0 },
	{ "a refusal in full",
	  { CTL_MAGIC, CTL_VERSION, CTL_HELLO, -EPERM, BODY },
	  HELLO,
	  2,
	  true,
	  true,
	  -EPROTO,
	  0 },
	{ "one byte less", GOOD, HELLO - 1, 2, true, true, -EPROTO, 0 },
	{ "one byte more", GOOD, HELLO + 1, 2, true, true, -EMSGSIZE, 0 },
	{ "one byte", GOOD, 1, 2, true, true, -EPROTO, 0 },
	{ "nothing", GOOD, 0, 0, false, false, -EPROTO, 0 },
};

static void test_answers(void)
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		struct answer answer = { .header = answers[i].header };
		struct ctl_hello hello;
		int ends[2], pidfd = -2, devpts = -2, fds = count_fds();
		answer.hello.has_pidfd = answers[i].has_pidfd;
		answer.hello.has_devpts = answers[i].has_devpts;
		must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0,
		     "socketpair");
		must(send_fds(ends[1], &answer, answers[i].len, dir, answers[i].fds), "send");
		is_int(ctl_hello(ends[0], &hello, &pidfd, &devpts), answers[i].result, "%s",
		       answers[i].name);
		is_int((pidfd >= 0) + (devpts >= 0), answers[i].n, "and its descriptors");
		cleanup_fd(&pidfd);
		cleanup_fd(&devpts);
		close(ends[0]);
		close(ends[1]);
		is_int(count_fds(), fds, "none is left open");
	}
}

static void test_ended(void)
{
	struct ctl_hello hello;
	int ends[2], pidfd, devpts;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
	close(ends[1]);
	ok(ctl_hello(ends[0], &hello, &pidfd, &devpts) < 0, "a supervisor that has ended");
	is_int(ctl_wait_end(ends[0], 0), 0, "has ended");
	close(ends[0]);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
	must(write(ends[1], "last words", 10) == 10, "write");
	close(ends[1]);
	is_int(ctl_wait_end(ends[0], 0), 0, "also when it had something to say");
	close(ends[0]);
}

/* ---- other users (threats A7, I3) ---- */

enum { OTHER = 12345 };

/* Becomes another user; then connects, or listens until it is killed. */
static pid_t other_user(bool listens)
{
	int ends[2];
	char byte;

	must(pipe(ends) == 0, "pipe");
	pid_t pid = fork();
	if (pid == 0) {
		struct ctl_server server;
		int fd = -1;
		if (setgid(OTHER) < 0 || setuid(OTHER) < 0)
			_exit(1);
		if (listens)
			must(ctl_listen(&server, dir) == 0, "listen");
		else
			fd = ctl_connect(dir);
		if (write(ends[1], fd == -EPERM ? "p" : "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	must(pid > 0 && read(ends[0], &byte, 1) == 1, "start another user's process");
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void test_other_users(void)
{
	struct ctl_server server;

	if (geteuid() != 0) {
		skip("other users: only root can become one");
		return;
	}
	must(chmod(temp_dir, 0755) == 0 && chmod("run", 0777) == 0, "chmod");
	pid_t pid = other_user(true);
	is_int(ctl_connect(dir), -EPERM, "another user's supervisor is not believed");
	kill(pid, SIGKILL);
	wait_for(pid);
	must(ctl_listen(&server, dir) == 0 && chmod("run/command", 0777) == 0, "listen");
	pid = other_user(false);
	ctl_accept(&server);
	int taken = 0;
	for (size_t i = 0; i < CTL_CLIENTS; i++)
		taken += server.clients[i].fd >= 0;
	is_int(taken, 0, "another user's orders are not taken");
	kill(pid, SIGKILL);
	wait_for(pid);
	ctl_close(&server);
}

/* ---- waiting for a supervisor to clean up ---- */

static void test_wait_clean(void)
{
	struct seen seen = SEEN_NONE;
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	must(pid > 0, "fork");
	seen.record.monitor = pid;
	must(process_start_time(pid, &seen.record.monitor_start) == 0, "look at a child");
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	is_int(state_wait_clean(&seen, ends[0]), -ETIMEDOUT,
	       "a stopped supervisor is not waited for");
	kill(pid, SIGKILL);
	wait_for(pid);
	close(ends[1]);
	is_int(state_wait_clean(&seen, ends[0]), 0, "one that has ended has cleaned up");
	close(ends[0]);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	temp_enter();
	make_dir("run");
	dir = open_dir("run");
	test_answers();
	test_ended();
	test_interrupted();
	test_other_users();
	test_wait_clean();
	test_silent();
	return tap_done();
}
