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
 * What is removed with a root: a directory or file, of layers the one that is written to; "" when
 * that is in memory. NULL, worded, when it is nothing this version can remove.
 */
static const char *storage(const struct conf *conf)
{
	const char *colon = strrchr(conf->rootfs_path, ':');
	const char *path = conf->rootfs_path;

	switch (conf_root_type(conf)) {
	case ROOTFS_ANY:
	case ROOTFS_DIR:
	case ROOTFS_LOOP:
	case ROOTFS_SQUASHFS:
	case ROOTFS_EROFS:
		break;
	case ROOTFS_OVERLAY:
	case ROOTFS_AUFS:
		path = colon ? colon + 1 : path;
		break;
	default:
		fail_hint(fail(0, "lxc.rootfs.path: this version cannot remove one of type %s",
			       names_name(rootfs_types, conf_root_type(conf))),
			  "lxc.rootfs.managed = 0 keeps it");
		return NULL;
	}
	return path[0] == '/' ? path : "";
}

/*
 * Whether a directory is the host's own: below one of these, or as near to the top as those of
 * /var and /home. No root file system is made there, so the path is a mistake.
 */
static bool is_hosts(const char *path)
{
	static const char *const own[] = { "/bin",   "/boot", "/dev", "/etc",  "/lib", "/lib32",
					   "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr" };
	static const char *const top[] = { "/home/", "/root/", "/var/" };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (is_below(path, own[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(top); i++) {
		const char *rest = str_after(path, top[i]);
		if (rest && !strchr(rest, '/'))
			return true;
	}
	return !strchr(path + 1, '/');
}

/*
 * A root elsewhere is emptied and its directory removed. Not one that something else lies in, nor
 * one that is the host's own or reached by a link: a mistaken path must never cost more than the
 * container.
 */
static int check_root(struct call *call, const struct conf *conf, char **root)
{
	auto_free char *own = realpath(call->lxcpath, NULL);
	auto_free char *path = NULL;
	const char *keeps = "lxc.rootfs.managed = 0 keeps it";
	struct stat st;

	*root = NULL;
	if (!conf->rootfs_path || (!conf->rootfs_managed && conf_root_type(conf) > ROOTFS_DIR))
		return 0;
	const char *kept = storage(conf);
	if (!kept)
		return -EINVAL;
	path = *kept ? realpath(kept, NULL) : NULL;
	bool inside = path && own &&
		      is_below(path, mem_format(&call->mem, "%s/%s", own, call->name));
	if (inside && !conf->rootfs_managed)
		return fail_hint(fail(0, "the root file system %s is to be kept", path),
				 "move it, or set lxc.rootfs.managed = 1");
	if (!path || !own || inside || !conf->rootfs_managed)
		return 0;
	if (lstat(str_clean_path(&call->mem, kept), &st) < 0 || !S_ISDIR(st.st_mode))
		return fail_hint(fail(0, "the root file system %s is no directory", kept), "%s",
				 keeps);
	if (is_below(path, own))
		return fail_hint(fail(0, "the root file system %s is another container's", path),
				 "%s", keeps);
	if (is_below(own, path))
		return fail_hint(fail(0, "the root file system %s holds more than %s", path,
				      call->name),
				 "%s", keeps);
	if (is_hosts(path))
		return fail_hint(fail(0, "the root file system %s is the host's own", path), "%s",
				 keeps);
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

/*
 * All that could stop it, before any of it is done. `*root`: what lies elsewhere and goes, too.
 * `say`: a broken configuration is warned of.
 */
static int check(struct call *call, char **root, bool say)
{
	struct conf conf;
	struct stat st;
	const char *dir = mem_format(&call->mem, "%s/%s", call->lxcpath, call->name);

	*root = NULL;
	if (lstat(dir, &st) == 0 && S_ISLNK(st.st_mode))
		return fail(0, "%s is a symbolic link", dir);
	int r = container_load(call, NULL, NULL, NULL, &conf);
	if (r < 0) {
		/* A broken configuration must not make it last for ever. */
		if (say)
			log_warn("%s; its root file system, if it lies elsewhere, is kept",
				 failure->text);
		fail_clear();
		r = 0;
	} else if (conf.hook_destroy.len) {
		r = fail_hint(fail(0, "lxc.hook.destroy: this version cannot do that yet"),
			      "remove the line to destroy it without");
	} else {
		r = check_root(call, &conf, root);
	}
	conf_free(&conf);
	return r < 0 ? r : store_check_mounts(dir);
}

/* Holds the container's lock, so that no start can come in between. */
static int destroy(struct call *call)
{
	int dir = -1, lock = -1;
	char *root;
	int r = state_claim(call->lxcpath, call->name, &dir, &lock);

	if (r < 0)
		return r == -EBUSY || r == -EEXIST ? fail(0, "%s is running", call->name) : r;
	r = check(call, &root, false);
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
	char *root;

	TRY(container_control(call));
	if (!container_defined(call, call->name))
		return fail(0, "Container is not defined");
	/* What would be refused is refused before a running one is ended. */
	TRY(check_dependents(call, o));
	TRY(check(call, &root, true));
	TRY(end_it(call, o));
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
