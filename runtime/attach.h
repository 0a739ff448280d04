/* attach.h - the plan that enters a running container, and its execution. */
#pragma once

#include "plan.h"
#include "state.h"

enum attach_env { ATTACH_ENV_DEFAULT, ATTACH_ENV_KEEP, ATTACH_ENV_CLEAR };
enum attach_elevate { ELEVATE_CAP = 1, ELEVATE_CGROUP = 2, ELEVATE_LSM = 4, ELEVATE_ALL = 7 };

struct attach_request {
	const char *name, *lxcpath;
	char *const *argv;   /* NULL or empty: the user's shell */
	uint64_t namespaces; /* CLONE_NEW*, 0: all that differ from ours */
	unsigned elevate;    /* ELEVATE_* */
	enum attach_env env;
	char *const *keep_vars, *const *set_vars; /* NULL-terminated */
	int64_t uid, gid;			  /* -1: as the container's init */
	const char *pty_log;			  /* NULL: none */
	const char *config; /* a file to take settings from, NULL: as it was started with */
};

/*
 * Runs a command in a running container and waits for it. Returns its exit status as a shell has
 * it (128 + N for a signal); 127, 126 or 255 when it could not be run, with the failure worded; or
 * a negative errno, worded, when the container could not be entered.
 */
int attach_run(const struct attach_request *request);
