/*
 * mnt.c - mounting by descriptor: the mount API of Linux 5.2, and mount(2) on older kernels.
 *
 * A target is resolved once, beneath the root, and what is mounted is moved onto that very
 * descriptor; no path is ever given to the kernel a second time (threats B1, B2). Kernels before
 * 5.2 get "self/fd/N" below a descriptor of the host's own procfs, which says the same.
 */
#include "mnt.h"

#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "fail.h"
#include "path.h"
#include "sys.h"

enum {
	MOUNT_FLAGS = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME |
		      MS_RELATIME | MS_STRICTATIME | MS_NOSYMFOLLOW
};

bool mnt_is_proc(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == SYS_MAGIC_PROC;
}

/* MS_* of a mount as the attributes of the new API. */
static uint64_t attributes(unsigned long flags)
{
	static const struct {
		unsigned long flag;
		uint64_t attribute;
	} pairs[] = {
		{ MS_RDONLY, SYS_ATTR_RDONLY },		{ MS_NOSUID, SYS_ATTR_NOSUID },
		{ MS_NODEV, SYS_ATTR_NODEV },		{ MS_NOEXEC, SYS_ATTR_NOEXEC },
		{ MS_NOATIME, SYS_ATTR_NOATIME },	{ MS_STRICTATIME, SYS_ATTR_STRICTATIME },
		{ MS_NODIRATIME, SYS_ATTR_NODIRATIME }, { MS_NOSYMFOLLOW, SYS_ATTR_NOSYMFOLLOW },
	};
	uint64_t set = 0;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (flags & pairs[i].flag)
			set |= pairs[i].attribute;
	return set;
}

/* The target's descriptor, as everything here begins. */
static int open_target(const struct mnt_base *base, const char *target)
{
	int fd = path_open(base->root, target, O_PATH, 0);

	return fd < 0 ? fail(-fd, "open /%s in the container", target) : fd;
}

/* mount(2) on descriptors, for kernels before 5.2: by names below our own procfs. */
static int old_mount(const struct mnt_base *base, const char *source, int target,
		     const struct mnt_what *what, unsigned long flags)
{
	char on[32];

	if (base->proc < 0 || !mnt_is_proc(base->proc))
		return -ENOSYS;
	auto_fd int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here < 0 || fchdir(base->proc) < 0)
		return -errno;
	snprintf(on, sizeof(on), "self/fd/%d", target);
	int r = mount(source, on, what->type, flags, what->data) < 0 ? -errno : 0;
	if (fchdir(here) < 0 && r == 0)
		r = -errno;
	return r;
}

void mnt_undo(const struct mnt_base *base, int mount)
{
	char name[32];
	auto_fd int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (here < 0 || fchdir(base->proc) < 0)
		return;
	snprintf(name, sizeof(name), "self/fd/%d", mount);
	umount2(name, MNT_DETACH);
	if (fchdir(here) < 0)
		return;
}

/* What the file system said of a failure: the kernel keeps lines such as "e overlay: ..." */
static void hint_from(int fs)
{
	char line[160];
	ssize_t len = read(fs, line, sizeof(line) - 1);

	if (len < 3 || line[0] != 'e')
		return;
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fail_hint(0, "%s", line + 2);
}

/* One "name" or "name=value" of the file system's own options. */
static int configure_one(int fs, char *option)
{
	char *value = strchr(option, '=');

	if (value)
		*value++ = '\0';
	if (sys_fsconfig(fs, value ? SYS_FSCONFIG_STRING : SYS_FSCONFIG_FLAG, option, value, 0) < 0)
		return fail(errno, "set the option %s%s%s", option, value ? "=" : "",
			    value ? value : "");
	return 0;
}

static int configure(int fs, const struct mnt_what *what)
{
	static const struct {
		unsigned long flag;
		const char *name;
	} block[] = { { MS_RDONLY, "ro" },
		      { MS_SYNCHRONOUS, "sync" },
		      { MS_DIRSYNC, "dirsync" },
		      { MS_MANDLOCK, "mand" },
		      { 1 << 25, "lazytime" } };
	const char *at = what->data ? what->data : "";

	if (sys_fsconfig(fs, SYS_FSCONFIG_STRING, "source", what->source, 0) < 0)
		return fail(errno, "set the source %s", what->source);
	for (size_t i = 0; i < ARRAY_LEN(block); i++)
		if ((what->flags & block[i].flag) &&
		    sys_fsconfig(fs, SYS_FSCONFIG_FLAG, block[i].name, NULL, 0) < 0)
			return fail(errno, "set the option %s", block[i].name);
	while (*at) {
		char option[256];
		size_t len = strcspn(at, ",");
		if (len >= sizeof(option)) /* which mount(2) takes, but the new calls do not */
			return -ENOSYS;
		memcpy(option, at, len);
		option[len] = '\0';
		if (len)
			TRY(configure_one(fs, option));
		at += len + (at[len] == ',');
	}
	return 0;
}

/* The new file system as a mount nobody sees yet; -ENOSYS without words on old kernels. */
static int make_detached(const struct mnt_what *what)
{
	auto_fd int fs = sys_fsopen(what->type, FSOPEN_CLOEXEC);

	if (fs < 0)
		return errno == ENOSYS ? -ENOSYS
				       : fail(errno, "use the file system %s", what->type);
	int r = configure(fs, what);
	if (r == 0 && sys_fsconfig(fs, SYS_FSCONFIG_CREATE, NULL, NULL, 0) < 0)
		r = fail(errno, "make a %s", what->type);
	int mount = -1;
	if (r == 0) {
		mount = sys_fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attributes(what->flags));
		if (mount < 0)
			r = fail(errno, "make a mount of a %s", what->type);
	}
	if (r < 0) {
		hint_from(fs);
		return r;
	}
	return mount;
}

static int attach(int mount, int target)
{
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

	return sys_move_mount(mount, "", target, "", flags) < 0 ? -errno : 0;
}

/* Whether the kernel took the one flag that mount(2) before 5.10 drops without a word. */
static int check_flags(int mount, unsigned long flags)
{
	struct statfs fs;

	if (!(flags & MS_NOSYMFOLLOW))
		return 0;
	if (fstatfs(mount, &fs) < 0)
		return -errno;
	return (unsigned long)fs.f_flags & ST_NOSYMFOLLOW ? 0 : -EOPNOTSUPP;
}

int mnt_new(const struct mnt_base *base, const char *target, const struct mnt_what *what)
{
	auto_fd int on = open_target(base, target);

	TRY(on);
	auto_fd int mount = make_detached(what);
	int r = mount;
	if (mount >= 0)
		r = attach(mount, on);
	else if (mount != -ENOSYS)
		return fail_in(mount, "mount %s on /%s", what->type, target);
	if (r == -ENOSYS) {
		fail_clear(); /* a later call of the new API than fsopen may have been worded */
		r = old_mount(base, what->source, on, what, what->flags);
		fd_close(&mount);
		if (r == 0)
			r = mount = path_open(base->root, target, O_PATH, 0);
		if (r >= 0)
			r = check_flags(mount, what->flags);
	}
	if (r < 0)
		return fail(-r, "mount %s on /%s", what->type, target);
	return take_fd(&mount);
}

/*
 * What a remount has to say: it states all flags, so those that are there must be kept. Of the
 * times of access only one is said; statfs(2) has a bit for two of the three.
 */
static unsigned long remount_flags(unsigned long now, const struct mnt_what *what)
{
	const unsigned long times = MS_NOATIME | MS_RELATIME | MS_STRICTATIME;
	unsigned long flags = now & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NODIRATIME);

	if (now & ST_NOSYMFOLLOW)
		flags |= MS_NOSYMFOLLOW;
	flags = (flags & ~what->clear) | (what->flags & MOUNT_FLAGS);
	if (!(flags & times))
		flags |= now & ST_NOATIME    ? MS_NOATIME
			 : now & ST_RELATIME ? MS_RELATIME
					     : MS_STRICTATIME;
	return flags;
}

/*
 * Sets and clears flags of one mount, attached or not (5.12; -ENOSYS). In a user namespace flags
 * that were inherited from the host are locked; those are only ever added to, so nothing here can
 * fail for trying to lift them.
 */
static int set_flags(int mount, const struct mnt_what *what)
{
	struct sys_mount_attr attr = { .attr_set = attributes(what->flags & MOUNT_FLAGS),
				       .attr_clr = attributes(what->clear & MOUNT_FLAGS) };

	if (what->flags & (MS_NOATIME | MS_STRICTATIME | MS_RELATIME))
		attr.attr_clr |= SYS_ATTR_ATIME;
	if (!attr.attr_set && !attr.attr_clr)
		return 0;
	return sys_mount_setattr(mount, "", AT_EMPTY_PATH, &attr) < 0 ? -errno : 0;
}

/* The same before 5.12, of a mount that is attached. ST_* and MS_* are mostly the same bits. */
static int remount(const struct mnt_base *base, int mount, const struct mnt_what *what)
{
	const struct mnt_what plain = { 0 };
	struct statfs fs;

	if (fstatfs(mount, &fs) < 0)
		return -errno;
	unsigned long flags = remount_flags((unsigned long)fs.f_flags, what);
	TRY(old_mount(base, NULL, mount, &plain, flags | MS_REMOUNT | MS_BIND));
	return check_flags(mount, flags);
}

/* A copy of the mount `source` is in, beginning there, that nobody sees yet. */
static int copy_detached(int source, bool recursive)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
	int fd = sys_open_tree(source, "", flags | (recursive ? AT_RECURSIVE : 0));

	return fd < 0 ? -errno : fd;
}

/*
 * What is now mounted on the directory that `target` was opened as: its name, as /proc has it,
 * looked up anew. Before Linux 5.2 there is no other way from one to the other.
 */
static int reopen_mounted(int proc, int target)
{
	char link[32], path[4096];

	snprintf(link, sizeof(link), "self/fd/%d", target);
	ssize_t len = readlinkat(proc, link, path, sizeof(path) - 1);
	if (len <= 0)
		return -errno;
	path[len] = '\0';
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int mnt_bind(const struct mnt_base *base, int source, const char *target,
	     const struct mnt_what *what)
{
	static const struct mnt_what plain;
	auto_fd int on = open_target(base, target);

	TRY(on);
	auto_fd int mount = copy_detached(source, what->recursive);
	/* First its flags, while nobody sees it: it is never there without them. */
	int set = mount < 0 ? mount : set_flags(mount, what);
	int r = set < 0 && set != -ENOSYS ? set : mount < 0 ? mount : attach(mount, on);
	if (r == -ENOSYS) {
		char from[32];
		snprintf(from, sizeof(from), "self/fd/%d", source);
		fd_close(&mount);
		r = old_mount(base, from, on, &plain,
			      MS_BIND | (what->recursive ? (unsigned long)MS_REC : 0));
		if (r == 0)
			r = mount = path_open(base->root, target, O_PATH, 0);
		if (r >= 0)
			set = set_flags(mount, what);
	}
	if (r >= 0 && set < 0) {
		r = set == -ENOSYS ? remount(base, mount, what) : set;
		if (r < 0)
			mnt_undo(base, mount);
	}
	if (r < 0)
		return fail(-r, "mount on /%s", target);
	return take_fd(&mount);
}

int mnt_bind_root(int proc, int source, int target)
{
	static const struct mnt_what plain;
	const struct mnt_base base = { -1, proc };
	auto_fd int mount = copy_detached(source, true);
	int r = mount < 0 ? mount : attach(mount, target);

	if (r == -ENOSYS) {
		char from[32];
		snprintf(from, sizeof(from), "self/fd/%d", source);
		fd_close(&mount);
		r = old_mount(&base, from, target, &plain, MS_BIND | MS_REC);
		if (r == 0)
			r = mount = reopen_mounted(proc, target);
	}
	return r < 0 ? fail(-r, "mount it") : take_fd(&mount);
}

int mnt_change(const struct mnt_base *base, const char *target, const struct mnt_what *what)
{
	auto_fd int on = open_target(base, target);

	TRY(on);
	int r = set_flags(on, what);
	if (r == -ENOSYS)
		r = remount(base, on, what);
	return r < 0 ? fail(-r, "change the mount on /%s", target) : 0;
}

int mnt_propagate(const struct mnt_base *base, const char *target, unsigned long propagation)
{
	struct sys_mount_attr attr = { .propagation = propagation & ~(unsigned long)MS_REC };
	unsigned flags = AT_EMPTY_PATH | (propagation & MS_REC ? AT_RECURSIVE : 0);
	auto_fd int on = open_target(base, target);

	TRY(on);
	if (sys_mount_setattr(on, "", flags, &attr) == 0)
		return 0;
	const struct mnt_what plain = { 0 };
	int r = errno == ENOSYS ? old_mount(base, NULL, on, &plain, propagation) : -errno;
	return r < 0 ? fail(-r, "change the propagation of /%s", target) : 0;
}
