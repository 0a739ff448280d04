/* destroy.c - lxc-destroy: remove a container and its root file system. */
#include <signal.h>
#include <sys/stat.h>

#include "command.h"
#include "ctl.h"
#include "state.h"
#include "store.h"

struct destroy_opts {
	bool force, snapshots;
};
#define AT(field) offsetof(struct destroy_opts, field)

static const struct opt opts[] = {
	{ 'f', "force", OPT_FLAG, AT(force), NULL, "End it first if it runs" },
	{ 's', "snapshots", OPT_FLAG, AT(snapshots), NULL, "Also remove its snapshots" },
};

/* Ends a running container and waits until its supervisor is done with it. */
static int end_it(struct call *call, const struct destroy_opts *o)
{
	auto_seen struct seen seen = SEEN_NONE;
	auto_seen struct seen after = SEEN_NONE;

	TRY(state_look(call->lxcpath, call->name, &seen));
	if (seen.state == STATE_STOPPED)
		return 0;
	if (!o->force)
		return fail_hint(fail(0, "%s is running", call->name), "-f ends it first");
	auto_fd int supervisor = seen.supervised ? ctl_connect(seen.dir) : -1;
	int r = seen.init.pid ? process_signal(&seen.init, SIGKILL) : 0;
	if (r < 0 && r != -ESRCH)
		return fail(-r, "end %s", call->name);
	if (seen.init.pid && process_wait(&seen.init, 10000) < 0)
		return fail(0, "%s did not end", call->name);
	state_end_supervisor(&seen); /* it may be about to start the next one */
	if (supervisor >= 0)
		state_wait_clean(&seen, supervisor);
	TRY(state_look(call->lxcpath, call->name, &after));
	return after.state == STATE_STOPPED ? 0 : fail(0, "%s is running", call->name);
}

static bool file_has_content(struct call *call, const char *file)
{
	struct stat st;

	return stat(mem_format(&call->mem, "%s/%s/%s", call->lxcpath, call->name, file), &st) ==
		       0 &&
	       st.st_size > 0;
}

static int check_dependents(struct call *call, const struct destroy_opts *o)
{
	if (file_has_content(call, "lxc_snapshots"))
		return fail(0, "Destroying %s failed: %s has clones", call->name, call->name);
	if (!o->snapshots &&
	    !store_is_empty(mem_format(&call->mem, "%s/%s/snaps", call->lxcpath, call->name)))
		return fail_hint(fail(0, "Destroying %s failed: %s has snapshots", call->name,
				      call->name),
				 "-s removes them, too");
	return 0;
}

/* Whether `path` is `dir` or lies below it. */
static bool is_below(const char *path, const char *dir)
{
	const char *rest = str_after(path, dir);

	return rest && (*rest == '/' || !*rest);
}

/*
 * A root elsewhere is emptied and its directory removed. Not one that something else lies in: a
 * mistaken path must never cost more than the container.
 */
static int check_root(struct call *call, const struct conf *conf, char **root)
{
	auto_free char *own = realpath(call->lxcpath, NULL);
	auto_free char *path = NULL;

	*root = NULL;
	if (!conf->rootfs_path)
		return 0;
	path = realpath(conf->rootfs_path, NULL);
	bool inside = path && own &&
		      is_below(path, mem_format(&call->mem, "%s/%s", own, call->name));
	if (inside && !conf->rootfs_managed)
		return fail_hint(fail(0, "the root file system %s is to be kept", path),
				 "move it, or set lxc.rootfs.managed = 1");
	if (!path || !own || inside || !conf->rootfs_managed)
		return 0;
	if (is_below(path, own))
		return fail_hint(fail(0, "the root file system %s is another container's", path),
				 "lxc.rootfs.managed = 0 keeps it");
	if (is_below(own, path))
		return fail_hint(fail(0, "the root file system %s holds more than %s", path,
				      call->name),
				 "lxc.rootfs.managed = 0 keeps it");
	if (!strchr(path + 1, '/'))
		return fail_hint(fail(0, "the root file system %s is at the top of the host's",
				      path),
				 "lxc.rootfs.managed = 0 keeps it");
	*root = mem_text(&call->mem, path);
	return store_check_mounts(path);
}

static int remove_root(const char *path)
{
	TRY(store_empty(path));
	if (rmdir(path) < 0 && errno != ENOENT)
		return fail(errno, "remove the directory %s", path);
	return 0;
}

/* All that could stop it, before any of it is done. */
static int check(struct call *call, char **root)
{
	struct conf conf;
	int r = container_load(call, NULL, NULL, NULL, &conf);

	*root = NULL;
	if (r < 0) {
		/* A broken configuration must not make it last for ever. */
		log_warn("%s; its root file system, if it lies elsewhere, is kept", failure->text);
		fail_clear();
		r = 0;
	} else {
		r = check_root(call, &conf, root);
	}
	conf_free(&conf);
	if (r == 0)
		r = store_check_mounts(mem_format(&call->mem, "%s/%s", call->lxcpath, call->name));
	return r;
}

/* Holds the container's lock, so that no start can come in between. */
static int destroy(struct call *call)
{
	int dir = -1, lock = -1;
	char *root;
	int r = state_claim(call->lxcpath, call->name, &dir, &lock);

	if (r < 0)
		return r == -EBUSY || r == -EEXIST ? fail(0, "%s is running", call->name) : r;
	r = check(call, &root);
	if (r == 0 && root)
		r = remove_root(root);
	if (r == 0)
		r = store_remove(call, call->name);
	struct failure why = *failure;
	state_release(dir, call->lxcpath, call->name);
	*failure = why;
	fd_close(&dir);
	fd_close(&lock);
	return r;
}

static int run(struct call *call, const void *arg)
{
	const struct destroy_opts *o = arg;

	TRY(container_control(call));
	if (!container_defined(call, call->name))
		return fail(0, "Container is not defined");
	TRY(end_it(call, o));
	TRY(check_dependents(call, o));
	return destroy(call);
}

const struct command command_destroy = {
	.name = "destroy",
	.about = "Remove a container and its root file system.",
	.details =
		"The root file system is removed with the container unless lxc.rootfs.managed is "
		"0. Something mounted in it, or a root file system that holds more than the "
		"container, is refused.",
	.status = "0 when it is gone; 1 when it is not.",
	.opts = opts,
	.n_opts = ARRAY_LEN(opts),
	.opts_size = sizeof(struct destroy_opts),
	.flags = CMD_NAME,
	.run = run,
};
