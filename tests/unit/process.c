/* process.c - other processes, held by pidfd and, that call taken away, by number and birth. */
#include "process.h"

#include <signal.h>
#include <sys/syscall.h>

#include "tests/unit/helper.h"

static const char *backend;

/* A child that waits for a signal, once it has run `prepare`. */
static pid_t idle_child(void (*prepare)(void))
{
	int ends[2];
	char byte;

	must(pipe(ends) == 0, "pipe");
	pid_t pid = fork();
	if (pid == 0) {
		if (prepare)
			prepare();
		if (write(ends[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	must(pid > 0 && read(ends[0], &byte, 1) == 1, "start a child");
	close(ends[0]);
	close(ends[1]);
	return pid;
}

/* Waits until a child is a zombie, and leaves it one. */
static void wait_zombie(pid_t pid)
{
	siginfo_t info;

	must(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0, "waitid");
}

static void hold(pid_t pid, struct process *process)
{
	uint64_t start = 0;

	must(process_start_time(pid, &start) == 0, "look at a child");
	is_int(process_open(pid, start, process), 0, "%s: a process is held", backend);
}

/* ---- who it is ---- */

static void odd_name(void)
{
	prctl(PR_SET_NAME, ") Z 0 0 (", 0, 0, 0);
}

static void test_birth(void)
{
	uint64_t own = 0, again = 1, start;

	ok(process_start_time(getpid(), &own) == 0 && own > 0, "%s: when we began", backend);
	ok(process_start_time(getpid(), &again) == 0 && own == again, "%s: does not change",
	   backend);
	is_int(process_start_time(0x3ffffff, &start), -ESRCH, "%s: no such process", backend);
	pid_t pid = idle_child(odd_name);
	struct process process;
	ok(process_start_time(pid, &start) == 0 && start >= own && start < own + 1000000,
	   "%s: a name cannot lie about it", backend);
	is_int(process_open(pid, start, &process), 0, "%s: nor about the state", backend);
	process_close(&process);
	kill(pid, SIGKILL);
	wait_for(pid);
	ok(process_pid_namespace(getpid()) != 0, "%s: our pid namespace", backend);
	ok(process_pid_namespace(0x3ffffff) == 0, "%s: nobody has none", backend);
}

static void test_open(void)
{
	struct process process;
	pid_t pid = idle_child(NULL);
	uint64_t start;
	int fds = count_fds();

	must(process_start_time(pid, &start) == 0, "look at a child");
	is_int(process_open(pid, start + 1, &process), -ESRCH, "%s: another that had its number",
	       backend);
	ok(process.pidfd == -1 && process.pid == 0, "%s: is not held", backend);
	is_int(process_open(0, 0, &process), -ESRCH, "%s: no number", backend);
	is_int(process_open(-1, 0, &process), -ESRCH, "%s: every process", backend);
	is_int(process_open(0x3ffffff, start, &process), -ESRCH, "%s: no such number", backend);
	is_int(process_open(pid, start, &process), 0, "%s: the very one", backend);
	ok(process.pid == pid && process.start == start, "%s: is noted", backend);
	process_close(&process);
	process_close(&process);
	kill(pid, SIGKILL);
	wait_zombie(pid);
	is_int(process_open(pid, start, &process), -ESRCH, "%s: a zombie is none", backend);
	wait_for(pid);
	is_int(process_open(pid, start, &process), -ESRCH, "%s: nor is one that is gone", backend);
	is_int(count_fds(), fds, "%s: no descriptor is left open", backend);
}

/* ---- how it is ---- */

static void test_alive(void)
{
	struct process process;
	pid_t pid = idle_child(NULL);
	int status;

	hold(pid, &process);
	ok(process_alive(&process), "%s: it lives", backend);
	ok(!process_is_stopped(&process), "%s: it runs", backend);
	is_int(process_wait(&process, 0), -ETIMEDOUT, "%s: it does not end at once", backend);
	is_int(process_wait(&process, 1), -ETIMEDOUT, "%s: nor in a millisecond", backend);
	is_int(process_signal(&process, 0), 0, "%s: it can be signalled", backend);
	is_int(process_signal(&process, SIGSTOP), 0, "%s: and stopped", backend);
	waitpid(pid, &status, WUNTRACED);
	ok(process_is_stopped(&process) && process_alive(&process), "%s: stopped it lives",
	   backend);
	is_int(process_signal(&process, SIGKILL), 0, "%s: and ended", backend);
	is_int(process_wait(&process, -1), 0, "%s: which can be waited for", backend);
	is_int(process_wait(&process, 0), 0, "%s: and has come", backend);
	ok(!process_alive(&process), "%s: a zombie lives no more", backend);
	ok(!process_is_stopped(&process), "%s: nor is it stopped", backend);
	is_int(WTERMSIG(wait_for(pid)), SIGKILL, "%s: it was that signal", backend);
	ok(!process_alive(&process), "%s: reaped it does not live", backend);
	is_int(process_signal(&process, SIGKILL), -ESRCH, "%s: nor hear signals", backend);
	is_int(process_wait(&process, 0), 0, "%s: its end is not waited for", backend);
	process_close(&process);
}

/* One that has the number now must not suffer for one that had it. */
static void test_wrong_birth(void)
{
	pid_t pid = idle_child(NULL);
	uint64_t start;

	must(process_start_time(pid, &start) == 0, "look at a child");
	const struct process other = { pid, start - 1, -1 };
	is_int(process_signal(&other, SIGKILL), -ESRCH, "%s: a signal for another", backend);
	ok(!process_alive(&other), "%s: who lives no more", backend);
	ok(!process_is_stopped(&other), "%s: and is not stopped", backend);
	is_int(process_wait(&other, 0), 0, "%s: and has ended", backend);
	is_int(waitpid(pid, NULL, WNOHANG), 0, "%s: does not reach this one", backend);
	kill(pid, SIGKILL);
	wait_for(pid);
}

static void handler(int number)
{
}

static void set_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPWR);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGTERM, handler);
	signal(SIGUSR1, SIG_IGN);
}

static void test_signal_sets(void)
{
	struct process process;
	pid_t pid = idle_child(set_signals);
	uint64_t blocked, caught, bit = 1;

	hold(pid, &process);
	is_int(process_signal_sets(&process, &blocked, &caught), 0, "%s: its signals", backend);
	ok(blocked == (bit << (SIGPWR - 1) | bit << (SIGUSR2 - 1)), "%s: those it blocks", backend);
	ok(caught & bit << (SIGTERM - 1), "%s: those it has handlers for", backend);
	ok(!(caught & bit << (SIGUSR1 - 1)), "%s: ignoring is none", backend);
	kill(pid, SIGKILL);
	wait_for(pid);
	ok(process_signal_sets(&process, &blocked, &caught) < 0 && !blocked && !caught,
	   "%s: gone it has none", backend);
	process_close(&process);
}

static void test_clock(void)
{
	long before = process_clock(), last = before;
	bool good = true;

	for (int i = 0; i < 1000; i++) {
		long now = process_clock();
		good &= now >= last;
		last = now;
	}
	ok(good && before > 0, "the clock only goes forward");
}

static void test_backend(void)
{
	test_birth();
	test_open();
	test_alive();
	test_wrong_birth();
	test_signal_sets();
}

int main(void)
{
	backend = "pidfd";
	test_backend();
	test_clock();
	if (!without_syscall(SYS_pidfd_open)) {
		skip("cannot take pidfd_open away: %s", strerror(errno));
		return tap_done();
	}
	backend = "number";
	test_backend();
	return tap_done();
}
