/* start.c - lxc-start: run a container's init, in the background or in front. */
#include "launch.h"
#include "seal.h"
#include "state.h"

struct start_opts {
	bool daemon, foreground, close_all, dry_run;
	const char *pidfile, *rcfile, *console, *console_log;
	struct texts define;
};
#define AT(field) offsetof(struct start_opts, field)

static const struct opt opts[] = {
	{ 'd', "daemon", OPT_FLAG, AT(daemon), NULL, "In the background (the default)" },
	{ 'F', "foreground", OPT_FLAG, AT(foreground), NULL,
	  "Stay, with the terminal as the container's console" },
	{ 'p', "pidfile", OPT_TEXT, AT(pidfile), "FILE", "Write the supervisor's pid to FILE" },
	{ 'f', "rcfile", OPT_TEXT, AT(rcfile), "FILE", "Read the configuration from FILE" },
	{ 'c', "console", OPT_TEXT, AT(console), "FILE", "Join the console to the terminal FILE" },
	{ 'L', "console-log", OPT_TEXT, AT(console_log), "FILE", "Log the console to FILE" },
	{ 'C', "close-all-fds", OPT_FLAG, AT(close_all), NULL,
	  "Close inherited descriptors (always done)" },
	{ 's', "define", OPT_LIST, AT(define), "KEY=VAL", "Set a configuration key" },
	{ 0, "dry-run", OPT_FLAG, AT(dry_run), NULL,
	  "Print all that would be done, and do nothing" },
};

/* A container that runs is no failure for LXC, but worth a line. */
static int already_running(struct call *call)
{
	auto_seen struct seen seen;

	TRY(state_look(call->lxcpath, call->name, &seen));
	if (!seen.init.pid || seen.state == STATE_STARTING)
		return 0;
	fail(0, "Container is already running");
	return 1;
}

static int run(struct call *call, const void *arg)
{
	const struct start_opts *o = arg;
	const struct launch l = {
		.rcfile = o->rcfile,
		.defines = &o->define,
		.missing = "No container config specified",
		.console = o->console,
		.console_log = o->console_log,
		.pidfile = o->pidfile,
		.foreground = o->foreground,
		.dry_run = o->dry_run,
		.uid = -1,
		.gid = -1,
	};
	int status = 0;

	if (o->daemon && o->foreground)
		return fail(0, "--daemon and --foreground are both given");
	if (!o->dry_run) {
		TRY(seal_self(call->all));
		int running = already_running(call);
		if (running)
			return running < 0 ? running : 0;
	}
	/* LXC: 0, whatever became of the init, once it ran. */
	return launch(call, &l, &status);
}

const struct command command_start = {
	.name = "start",
	.about = "Run a container.",
	.details =
		"The container's configuration becomes a plan, and the plan a process with "
		"namespaces of its own, a root file system, and the init as its first process. "
		"In the background the command waits until the container runs or has failed; the "
		"first line of an error is its cause. Inherited descriptors are never passed on, "
		"which LXC does in the foreground. In the foreground a signal to the command is "
		"one for the init, SIGHUP as SIGTERM; one that would end the command and that "
		"the init has no handler for ends the container.",
	.status = "0 when the container runs, or has run in the foreground whatever its init "
		  "returned, or was running already. 1 when it could not be started.",
	.words = "[-- COMMAND...]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct start_opts),
	.flags = CMD_NAME | CMD_ENTER,
	.run = run,
};
