/* execute.c - lxc-execute: run one command in a container, below our own init. */
#include <sys/wait.h>

#include "launch.h"
#include "seal.h"

struct execute_opts {
	bool daemon, dry_run;
	const char *rcfile, *uid, *gid;
	struct texts define;
};
#define AT(field) offsetof(struct execute_opts, field)

static const struct opt opts[] = {
	{ 'd', "daemon", OPT_FLAG, AT(daemon), NULL, "In the background" },
	{ 'f', "rcfile", OPT_TEXT, AT(rcfile), "FILE", "Read the configuration from FILE" },
	{ 's', "define", OPT_LIST, AT(define), "KEY=VAL", "Set a configuration key" },
	{ 'u', "uid", OPT_TEXT, AT(uid), "UID", "Run the command as user UID" },
	{ 'g', "gid", OPT_TEXT, AT(gid), "GID", "Run the command as group GID" },
	{ 0, "dry-run", OPT_FLAG, AT(dry_run), NULL,
	  "Print all that would be done, and do nothing" },
};

static int run(struct call *call, const void *arg)
{
	const struct execute_opts *o = arg;
	struct launch l = {
		.rcfile = o->rcfile,
		.defines = &o->define,
		.missing = "Executing a container with no configuration file may crash the host",
		.execute = true,
		.foreground = !o->daemon,
		.dry_run = o->dry_run,
	};
	int status = 0;

	if (!o->dry_run)
		TRY(seal_self(call->all));
	TRY(option_id("uid", o->uid, &l.uid));
	TRY(option_id("gid", o->gid, &l.gid));
	TRY(launch(call, &l, &status));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

const struct command command_execute = {
	.name = "execute",
	.about = "Run a command in a container of its own, and return its exit status.",
	.details = "The command runs as the second process, below an init of our own that reaps "
		   "what is left to it and hands signals on; nothing of it need be in the "
		   "container. SIGTERM and SIGPWR end all its processes, those that are left after "
		   "a second with SIGKILL.",
	.status = "That of the command; 128 and the number of the signal that ended it; 255 when "
		  "it could not be run; 1 when the container could not be started.",
	.words = "[--] COMMAND...",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct execute_opts),
	.flags = CMD_NAME | CMD_ENTER,
	.run = run,
};
