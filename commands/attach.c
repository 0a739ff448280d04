/* attach.c - lxc-attach: run a command in a running container. */
#include "attach.h"

#include "command.h"
#include "seal.h"

struct attach_opts {
	const char *elevated, *namespaces, *pty_log, *rcfile, *uid, *gid;
	bool clear_env, keep_env;
	struct texts set_var, keep_var;
};
#define AT(field) offsetof(struct attach_opts, field)

static const struct opt opts[] = {
	{ 'e', "elevated-privileges", OPT_OPTIONAL, AT(elevated), "LIST",
	  "Leave restrictions out: CAP, CGROUP, LSM joined by |; all" },
	{ 's', "namespaces", OPT_TEXT, AT(namespaces), "LIST",
	  "Join only MOUNT, PID, UTSNAME, IPC, USER, NETWORK, CGROUP; implies -e" },
	{ 0, "clear-env", OPT_FLAG, AT(clear_env), NULL, "Begin with an empty environment" },
	{ 0, "keep-env", OPT_FLAG, AT(keep_env), NULL, "Keep the caller's environment" },
	{ 0, "keep-var", OPT_LIST, AT(keep_var), "NAME", "Keep this variable" },
	{ 'v', "set-var", OPT_LIST, AT(set_var), "NAME=VAL", "Set a variable" },
	{ 'L', "pty-log", OPT_TEXT, AT(pty_log), "FILE", "Log the terminal's output to FILE" },
	{ 'f', "rcfile", OPT_TEXT, AT(rcfile), "FILE", "Take settings from FILE" },
	{ 'u', "uid", OPT_TEXT, AT(uid), "UID", "Run as user UID" },
	{ 'g', "gid", OPT_TEXT, AT(gid), "GID", "Run as group GID" },
};

static int read_elevation(const char *text, unsigned *elevate)
{
	static const struct name words[] = {
		{ "CAP", ELEVATE_CAP },
		{ "CGROUP", ELEVATE_CGROUP },
		{ "LSM", ELEVATE_LSM },
		{ NULL, 0 },
	};

	*elevate = 0;
	if (!text)
		return 0;
	if (!*text)
		*elevate = ELEVATE_ALL;
	while (*text) {
		char word[16];
		size_t len = strcspn(text, "|, ");
		snprintf(word, sizeof(word), "%.*s", (int)(len < 15 ? len : 15), text);
		uint64_t one = names_value(words, word, 0);
		if (len && !one)
			return fail(0, "--elevated-privileges: %s is none of CAP, CGROUP, LSM",
				    word);
		*elevate |= (unsigned)one;
		text += len + (text[len] != '\0');
	}
	return 0;
}

static int run(struct call *call, const void *arg)
{
	const struct attach_opts *o = arg;
	struct attach_request request = {
		.name = call->name,
		.lxcpath = call->lxcpath,
		.argv = call->argv,
		.env = o->keep_env    ? ATTACH_ENV_KEEP
		       : o->clear_env ? ATTACH_ENV_CLEAR
				      : ATTACH_ENV_DEFAULT,
		.keep_vars = o->keep_var.at,
		.set_vars = o->set_var.at,
		.pty_log = o->pty_log,
		.config = o->rcfile,
	};

	TRY(container_control(call));
	TRY(seal_self(call->all));
	TRY(read_elevation(o->elevated, &request.elevate));
	if (o->namespaces) {
		request.namespaces = names_namespace_list(o->namespaces);
		if (!request.namespaces)
			return fail(0, "--namespaces: %s is not a list of namespaces",
				    o->namespaces);
	}
	for (size_t i = 0; i < o->set_var.len; i++)
		if (strcspn(o->set_var.at[i], "=") == 0 || !strchr(o->set_var.at[i], '='))
			return fail(0, "--set-var: %s is not NAME=VALUE", o->set_var.at[i]);
	TRY(option_id("uid", o->uid, &request.uid));
	TRY(option_id("gid", o->gid, &request.gid));
	return attach_run(&request);
}

const struct command command_attach = {
	.name = "attach",
	.about = "Run a command, or a shell, in a running container.",
	.details = "Without a command the shell is run that the container's passwd names for the "
		   "user. The process has the namespaces, capabilities, limits and filter of the "
		   "container as it was started. When one of the standard descriptors is a "
		   "terminal, it gets a terminal of the container's own. Of the environment only "
		   "TERM and LANG are handed on, unlike LXC, which hands on all of it: --keep-env, "
		   "or lxc.security.profile = compat, asks for that.",
	.status = "That of the command; 128 and the number of the signal that ended it; 127 when "
		  "there is no such command, 126 when it may not be run, 255 when it could not be "
		  "for another reason; 1 when the container could not be entered.",
	.words = "[-- COMMAND...]",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct attach_opts),
	.flags = CMD_NAME | CMD_ENTER,
	.run = run,
};
