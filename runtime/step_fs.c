/* step_fs.c - steps: the root, its mounts, and the change to it. */
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "child.h"
#include "path.h"
#include "sys.h"

/*
 * Makes the root of the mount namespace this process's root. A supervisor that was started in a
 * chroot has another one, and only the namespace's own can be replaced: else the host's files
 * would stay below the container's root, for whoever may chroot(2) inside.
 */
static int enter_namespace_root(const struct child *c)
{
	auto_fd int own = c->proc >= 0 ? openat(c->proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC) : -1;

	if (own < 0)
		own = sys_pidfd_open(getpid());
	if (own < 0 || setns(own, CLONE_NEWNS) < 0)
		return fail(errno, "find the root of the mount namespace");
	return 0;
}

int step_slave(struct child *c)
{
	auto_fd int root = -1;

	/* Slave and not private: what the host unmounts later also goes away in here. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0)
		return 0;
	/* EINVAL: a chroot whose root is no mount. Done from above, and back again. */
	if (errno == EINVAL) {
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0)
			return fail(errno, "open /");
		TRY(enter_namespace_root(c));
		if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 && fchdir(root) == 0 &&
		    chroot(".") == 0)
			return 0;
	}
	return fail(errno, "detach the mounts from the host's");
}

/*
 * Both directories are the host's, in this process's own mount namespace. In a user namespace
 * this process is still the host's root to its files, though to nothing else: the container's
 * root need not be able to search what is above them.
 */
int step_open_root(struct child *c)
{
	const struct plan *plan = c->plan;
	const char *path = plan->rootfs ? plan->rootfs : "/";

	c->source = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->source < 0)
		return fail_at(fail(errno, "open the root file system %s", path),
			       plan->rootfs_from);
	if (!plan->rootfs)
		return 0;
	c->mountpoint = open(plan->rootfs_mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->mountpoint < 0)
		return fail(errno, "open the directory %s to mount the root on",
			    plan->rootfs_mount);
	return 0;
}

/*
 * The root is a mount of its own, made of a directory of the host, which is bound onto itself or
 * onto lxc.rootfs.mount; the change of root needs it to be a mount.
 */
int step_root(struct child *c)
{
	if (!c->plan->rootfs) {
		c->root = take_fd(&c->source);
		return 0;
	}
	int fd = mnt_bind_root(c->proc, c->source, c->mountpoint);
	if (fd < 0)
		return fail_at(fail_in(fd, "root file system %s", c->plan->rootfs),
			       c->plan->rootfs_from);
	c->root = fd;
	fd_close(&c->source);
	fd_close(&c->mountpoint);
	return 0;
}

/* What a bind mount shows: a path of the host, or one beneath the root, links held inside. */
static int open_source(const struct child *c, const struct plan_mount *mount)
{
	int fd;

	if (mount->inside) {
		fd = path_open(c->root, mount->source, O_PATH, 0);
		return fd < 0 ? fail(-fd, "open the source /%s in the container", mount->source)
			      : fd;
	}
	fd = open(mount->source, O_PATH | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open the source %s", mount->source) : fd;
}

/* Makes a missing target, if the entry says so, of the kind that is to be mounted on it. */
static int make_target(const struct child *c, const struct plan_mount *mount)
{
	if (mount->make == MAKE_NOTHING)
		return 0;
	/* A file nobody may read until something is mounted on it, as LXC makes it. */
	auto_fd int fd = path_make(c->root, mount->target, mount->make == MAKE_FILE,
				   mount->make == MAKE_FILE ? 0 : 0755);
	return fd < 0 ? fail(-fd, "make the target /%s in the container", mount->target) : 0;
}

static int do_mount(const struct child *c, const struct plan_mount *mount)
{
	const struct mnt_base base = { c->root, c->proc };
	const struct mnt_what what = { .type = mount->type,
				       .source = mount->source,
				       .data = mount->data,
				       .flags = mount->flags,
				       .clear = mount->clear,
				       .recursive = mount->recursive };

	if (mount->change)
		return mnt_change(&base, mount->target, &what);
	auto_fd int source = -1;
	if (mount->bind) {
		source = open_source(c, mount);
		TRY(source);
	}
	TRY(make_target(c, mount));
	if (mount->make == MAKE_NOTHING && mount->step == MOUNT_ENTRY) {
		auto_fd int target = path_open(c->root, mount->target, O_PATH, 0);
		if (target == -ENOENT)
			return fail_hint(fail(ENOENT, "open /%s in the container", mount->target),
					 "the option create=dir or create=file makes it");
	}
	auto_fd int done = mount->bind ? mnt_bind(&base, source, mount->target, &what)
				       : mnt_new(&base, mount->target, &what);
	TRY(done);
	int r = mount->propagation ? mnt_propagate(&base, mount->target, mount->propagation) : 0;
	if (r < 0)
		mnt_undo(&base, done);
	return r;
}

/* Tells the parent what was left out: only it can log. */
static void tell_skipped(const struct child *c)
{
	struct child_report report = { .magic = CHILD_REPORT };
	char line[1024];

	fail_line(failure, line, sizeof(line));
	snprintf(report.skipped, sizeof(report.skipped), "%.*s", (int)sizeof(report.skipped) - 1,
		 line);
	child_tell(c, &report, NULL, 0);
	fail_clear();
}

/* The mounts of one step, in the plan's order. */
static int run_mounts(struct child *c, enum plan_mount_step step)
{
	for (size_t i = 0; i < c->plan->n_mounts; i++) {
		const struct plan_mount *mount = &c->plan->mounts[i];
		if (mount->step != step)
			continue;
		int r = do_mount(c, mount);
		if (r < 0)
			fail_at(r, mount->from);
		/* Ours are only optional where the kernel does not have the file. */
		if (r < 0 && (!mount->optional || (!mount->from && r != -ENOENT)))
			return r;
		if (r < 0 && mount->from)
			tell_skipped(c);
		fail_clear();
	}
	return 0;
}

int step_proc(struct child *c)
{
	return run_mounts(c, MOUNT_PROC);
}

int step_sys(struct child *c)
{
	return run_mounts(c, MOUNT_SYS);
}

int step_entries(struct child *c)
{
	return run_mounts(c, MOUNT_ENTRY);
}

int step_cgroups(struct child *c)
{
	return run_mounts(c, MOUNT_CGROUP);
}

/* The next line of a file into `line`, cut where it is longer. False at the end. */
static bool next_line(int fd, char *line, size_t size)
{
	size_t len = 0;
	char byte;

	while (read(fd, &byte, 1) == 1 && byte != '\n')
		if (len + 1 < size)
			line[len++] = byte;
	line[len] = '\0';
	return len > 0;
}

/* The number `*at` begins with; `*at` moves behind it and one blank. */
static unsigned take_number(char **at)
{
	unsigned number = 0;

	for (; **at >= '0' && **at <= '9'; ++*at)
		number = number * 10 + (unsigned)(**at - '0');
	*at += **at == ' ';
	return number;
}

/* The next field, cut out in place with its octal escapes undone. */
static char *take_field(char **at)
{
	char *field = *at, *out = field;

	while (**at && **at != ' ') {
		const char *p = *at;
		bool octal = p[0] == '\\' && p[1] && p[2] && p[3];
		*out++ = octal ? (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0')) : *p;
		*at += octal ? 4 : 1;
	}
	*at += **at == ' ';
	*out = '\0';
	return field;
}

/*
 * Finds a mount on the namespace's first root other than the new root itself, as a path below it.
 * mountinfo: id, parent's id, device, root, mount point; the first root is its own parent.
 */
static bool find_leftover(int mountinfo, char *line, size_t size, const char **point)
{
	unsigned first = UINT32_MAX;

	while (next_line(mountinfo, line, size)) {
		char *at = line;
		unsigned id = take_number(&at), parent = take_number(&at);
		take_field(&at);
		take_field(&at);
		*point = take_field(&at);
		if (id == parent)
			first = id;
		else if (parent == first && (*point)[0] == '/' && (*point)[1])
			return true;
	}
	return false;
}

/*
 * Where the first root is an initramfs, which cannot be replaced: the new root is moved on top of
 * it, as at boot, and every other mount there is let go of, so that nothing but the initramfs
 * itself lies below (threats B12).
 */
static int switch_root(struct child *c)
{
	char line[4096];
	const char *point;
	auto_fd int below = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (below < 0 || fchdir(c->root) < 0)
		return fail(errno, "enter the new root");
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return fail(errno, "move %s to the root", c->plan->rootfs);
	for (int i = 0; i < 1000; i++) {
		auto_fd int mountinfo = openat(c->proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
		if (mountinfo < 0)
			return fail(errno, "read the list of mounts");
		if (!find_leftover(mountinfo, line, sizeof(line), &point))
			break;
		/* From the first root's own directory; "/" already leads to the new one. */
		if (fchdir(below) < 0 || umount2(point + 1, MNT_DETACH) < 0) {
			int r = fail(errno, "let go of the host's %s", point);
			return c->plan->needs & PLAN_USERNS
				       ? fail_hint(r, "with lxc.idmap the host must have left its "
						      "initramfs first")
				       : r;
		}
	}
	if (fchdir(c->root) < 0 || chroot(".") < 0)
		return fail(errno, "make %s the root", c->plan->rootfs);
	return 0;
}

/*
 * The new root becomes "/" and the old one is let go of at once: both at ".", so that no
 * directory is needed for the old one.
 */
static int pivot(struct child *c)
{
	auto_fd int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (old < 0)
		return fail(errno, "open the old root");
	if (fchdir(c->root) < 0)
		return fail(errno, "enter the new root");
	if (sys_pivot_root(".", ".") < 0)
		return errno == EINVAL ? switch_root(c)
				       : fail(errno, "make %s the root", c->plan->rootfs);
	/* "." is the new root, and the old one is mounted on top of it. */
	if (fchdir(old) < 0)
		return fail(errno, "go back to the old root");
	if (umount2(".", MNT_DETACH) < 0)
		return fail(errno, "let go of the old root");
	return 0;
}

int step_pivot(struct child *c)
{
	TRY(enter_namespace_root(c));
	TRY(pivot(c));
	if (chdir("/") < 0)
		return fail(errno, "enter the new root");
	fd_close(&c->proc);
	return 0;
}

int step_share(struct child *c)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
		return fail(errno, "share the mounts with the payload's namespaces");
	return 0;
}
