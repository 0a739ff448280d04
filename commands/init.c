/*
 * init.c - lxc-init: the first process of a container that runs one command, and of the tiny
 * container. Reaps what it inherits, hands signals on, and ends as its command ends.
 *
 *   lxc-init [-n NAME] -- COMMAND      below lxc-execute, from the program's own descriptor
 *   init                               /sbin/init of the tiny template: prompts on the console
 */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>

#include "command.h"
#include "process.h"
#include "sys.h"

struct keeper {
	pid_t main;	 /* the command, 0: it has ended */
	int status;	 /* its wait status */
	bool ending;	 /* all were asked to end */
	int64_t kill_at; /* and are killed then, by process_clock() */
	int reboot;	 /* the tiny init: what to ask of the kernel in the end */
};

/* Never called: all is blocked. But whoever looks sees that we have a use for the signal. */
static void handler(int number)
{
}

/*
 * /proc/PID/status does not show a signal as blocked while sigwaitinfo(2) waits for it. With a
 * handler the supervisor still knows that the kernel does not withhold it from us.
 */
static sigset_t block_all(void)
{
	sigset_t all, old;

	for (int number = 1; number < NSIG; number++)
		if (number != SIGKILL && number != SIGSTOP)
			signal(number, handler);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	return old;
}

/* All but ourselves: asked now, killed in a second. */
static void end_all(struct keeper *k)
{
	if (k->ending)
		return;
	k->ending = true;
	k->kill_at = process_clock() + 1000;
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
}

/* Reaps all that has ended. False: there is no child left. */
static bool reap_all(struct keeper *k)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);
		if (pid == 0)
			return true;
		if (pid < 0)
			return errno == EINTR;
		if (pid == k->main) {
			k->main = 0;
			k->status = status;
		}
	}
}

/* Waits for a signal, at most until those that were asked to end are to be killed. */
static int next_signal(const struct keeper *k)
{
	sigset_t all;
	int64_t left = k->kill_at - process_clock();
	struct timespec time = { left > 0 ? left / 1000 : 0, left > 0 ? left % 1000 * 1000000 : 0 };

	sigfillset(&all);
	return k->ending ? sigtimedwait(&all, NULL, &time) : sigwaitinfo(&all, NULL);
}

/* One signal for the init of lxc-execute. */
static void handle(struct keeper *k, int number)
{
	if (number == SIGPWR || number == SIGTERM)
		end_all(k);
	else if (number > 0 && number != SIGCHLD && k->main > 0)
		kill(k->main, number);
	else if (number < 0 && k->ending && process_clock() >= k->kill_at)
		kill(-1, SIGKILL);
}

static _Noreturn void run_command(char **argv, const sigset_t *mask)
{
	/* A session of its own, with the terminal, if there is one, for job control. */
	setsid();
	if (isatty(STDIN_FILENO))
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	sys_default_signals();
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	fail(errno, "run %s", argv[0]);
	log_failure();
	_exit(255); /* what lxc-execute returns for a command there is not */
}

/* Below lxc-execute: one command, and whatever it leaves behind. */
static int keep_command(char **argv)
{
	struct keeper k = { 0 };
	sigset_t old = block_all();

	sigemptyset(&old);
	k.main = fork();
	if (k.main == 0)
		run_command(argv, &old);
	if (k.main < 0)
		return fail(errno, "make a process");
	while (reap_all(&k)) {
		if (!k.main)
			end_all(&k);
		handle(&k, next_signal(&k));
	}
	return WIFSIGNALED(k.status) ? 128 + WTERMSIG(k.status) : WEXITSTATUS(k.status);
}

/* ---- /sbin/init of the tiny template ---- */

/* One terminal with a prompt that comes again whenever it is left. */
struct prompt {
	const char *device;
	pid_t pid;
	bool absent;
};

/* Asks for Return first, so that nothing runs on a terminal nobody is at. */
static _Noreturn void run_prompt(const char *device)
{
	static char *const argv[] = { (char *)(uintptr_t) "lua", (char *)(uintptr_t) "-i", NULL };
	static const char text[] = "\r\nPress Return for a Lua prompt. ";
	char byte = 0;

	setsid();
	int fd = open(device, O_RDWR);
	if (fd < 0)
		_exit(2);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	ioctl(0, TIOCSCTTY, 1);
	sys_default_signals();
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	ssize_t lost = write(1, text, sizeof(text) - 1);
	(void)lost;
	while (byte != '\n' && byte != '\r')
		if (read(0, &byte, 1) <= 0)
			_exit(1);
	setenv("HOME", "/root", 0);
	setenv("TERM", "linux", 0);
	execv("/bin/lua", argv);
	_exit(2);
}

static void keep_prompts(struct prompt *prompts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (prompts[i].pid || prompts[i].absent)
			continue;
		prompts[i].absent = access(prompts[i].device, R_OK | W_OK) < 0;
		if (prompts[i].absent)
			continue;
		prompts[i].pid = fork();
		if (prompts[i].pid == 0)
			run_prompt(prompts[i].device);
	}
}

static void reap_prompts(struct prompt *prompts, size_t n)
{
	int status;

	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		for (size_t i = 0; i < n; i++)
			if (prompts[i].pid == pid) {
				prompts[i].pid = 0;
				/* No such device, or no prompt to run: not again and again. */
				prompts[i].absent = WIFEXITED(status) && WEXITSTATUS(status) == 2;
			}
}

/* SIGPWR and SIGTERM halt, SIGINT reboots: what lxc-stop sends. */
static int keep_system(void)
{
	struct prompt prompts[] = { { "/dev/console", 0, false }, { "/dev/tty1", 0, false } };
	struct keeper k = { 0 };

	block_all();
	while (!k.ending) {
		keep_prompts(prompts, ARRAY_LEN(prompts));
		int number = next_signal(&k);
		reap_prompts(prompts, ARRAY_LEN(prompts));
		if (number == SIGPWR || number == SIGTERM || number == SIGINT) {
			k.reboot = number == SIGINT ? RB_AUTOBOOT : RB_POWER_OFF;
			end_all(&k);
		}
	}
	while (reap_all(&k)) {
		next_signal(&k);
		if (process_clock() >= k.kill_at)
			kill(-1, SIGKILL);
	}
	sync();
	/* In a pid namespace the kernel turns this into our own death, and tells the supervisor. */
	if (getpid() == 1)
		reboot(k.reboot);
	return 0;
}

static int run(struct call *call, const void *arg)
{
	char **argv = call->argv;
	int argc = call->argc;

	prctl(PR_SET_NAME, "lxc-init");
	if (argc == 0 && getpid() == 1)
		return keep_system();
	while (argc > 0 && argv[0][0] == '-') { /* LXC's own options come before "--" */
		bool last = streq(argv[0], "--");
		bool value = streq(argv[0], "-n") || streq(argv[0], "-P") || streq(argv[0], "-o") ||
			     streq(argv[0], "-l");
		int used = value && argc > 1 ? 2 : 1;
		argv += used;
		argc -= used;
		if (last)
			break;
	}
	if (argc == 0)
		return fail(0, "no command given");
	return keep_command(argv);
}

const struct command command_init = {
	.name = "init",
	.about = "The first process of a container that runs one command.",
	.details = "It is what lxc-execute runs as the first process, and the init of the template "
		   "tiny, which has a Lua prompt on its console.",
	.status = "That of the command; 128 and the number of the signal that ended it.",
	.words = "-- COMMAND...",
	.flags = CMD_BARE | CMD_HIDDEN,
	.run = run,
};
