/* path.c - resolves, makes and removes paths beneath a root, by descriptors alone. */
#include "path.h"

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "fail.h"
#include "mem.h"
#include "sys.h"

enum {
	MAX_LINKS = 40, /* as the kernel's own */
	MAX_DEPTH = 96, /* directories a walk keeps open, so that ".." needs no look-up */
	MAX_TRIES = 128,
};

/* A walk without openat2: the directories from the root down to where it stands. */
struct walk {
	int dirs[MAX_DEPTH];
	int depth; /* dirs[0] is the root, borrowed; the others are ours */
	int links;
	char rest[PATH_MAX]; /* what is still to be walked */
};

static void walk_up(struct walk *w, int to)
{
	while (w->depth > to)
		fd_close(&w->dirs[w->depth--]);
}

/* Puts the text of the link `fd` in front of the rest of the way. */
static int walk_link(struct walk *w, int fd)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(fd, "", target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	if (++w->links > MAX_LINKS)
		return -ELOOP;
	/* The rest begins with a slash, if there is any. */
	size_t rest = strlen(w->rest);
	if ((size_t)len + rest >= sizeof(w->rest))
		return -ENAMETOOLONG;
	memmove(w->rest + len, w->rest, rest + 1);
	memcpy(w->rest, target, (size_t)len);
	if (target[0] == '/')
		walk_up(w, 0);
	return 0;
}

/* Takes the next component off the rest into `name`; false at the end. */
static bool walk_next(struct walk *w, char *name)
{
	char *at = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(at, "/");

	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(name, at, len);
	name[len] = '\0';
	memmove(w->rest, at + len, strlen(at + len) + 1);
	return true;
}

/* One component that is not "." or "..": enters a directory, or follows a link. */
static int walk_enter(struct walk *w, const char *name)
{
	struct stat st;
	auto_fd int next = openat(w->dirs[w->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (next < 0)
		return -errno;
	if (fstat(next, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return walk_link(w, next);
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (w->depth + 1 >= MAX_DEPTH)
		return -ENAMETOOLONG;
	w->dirs[++w->depth] = take_fd(&next);
	return 0;
}

/* The last component: 1 when it is a link and the walk goes on with what that says, else 0. */
static int walk_last_link(struct walk *w, const char *name, int flags)
{
	struct stat st;

	if ((flags & O_NOFOLLOW) || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) ||
	    fstatat(w->dirs[w->depth], name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISLNK(st.st_mode))
		return 0;
	auto_fd int link = openat(w->dirs[w->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (link < 0)
		return -errno;
	TRY(walk_link(w, link));
	return 1;
}

static int walk_all(struct walk *w, int flags, mode_t mode)
{
	char name[NAME_MAX + 1];

	while (walk_next(w, name)) {
		bool last = w->rest[strspn(w->rest, "/")] == '\0';
		if (streq(name, "..")) {
			walk_up(w, w->depth > 0 ? w->depth - 1 : 0);
		} else if (streq(name, ".")) {
			continue;
		} else if (!last || w->rest[0] == '/') { /* "name/" is a directory's */
			if (last && (flags & O_CREAT))
				return -EISDIR;
			TRY(walk_enter(w, name));
		} else {
			int r = walk_last_link(w, name, flags);
			TRY(r);
			if (r)
				continue;
			int fd = openat(w->dirs[w->depth], name, flags | O_NOFOLLOW | O_CLOEXEC,
					mode);
			return fd < 0 ? -errno : fd;
		}
	}
	if (w->rest[strspn(w->rest, "/")])
		return -ENAMETOOLONG;
	int fd = openat(w->dirs[w->depth], ".", flags | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

/* The same as openat2 with RESOLVE_IN_ROOT, for kernels before 5.6. */
static int walk_open(int root, const char *path, int flags, mode_t mode)
{
	struct walk w = { .dirs = { root } };

	if (strlen(path) >= sizeof(w.rest))
		return -ENAMETOOLONG;
	memcpy(w.rest, path, strlen(path) + 1);
	int fd = walk_all(&w, flags, mode);
	int saved = errno;
	walk_up(&w, 0);
	errno = saved;
	return fd;
}

int path_open(int root, const char *path, int flags, mode_t mode)
{
	struct sys_open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = SYS_RESOLVE_IN_ROOT | SYS_RESOLVE_NO_MAGICLINKS,
	};

	/* EAGAIN: something was renamed meanwhile, and ".." may have been meant. */
	for (int i = 0; i < MAX_TRIES; i++) {
		int fd = sys_openat2(root, *path ? path : ".", &how);
		if (fd >= 0)
			return fd;
		if (errno == ENOSYS)
			return walk_open(root, path, flags, mode);
		if (errno != EAGAIN)
			return -errno;
	}
	return -EAGAIN;
}

/* The directory `name` in `dir`: the one there is, followed only inside `root`, or a new one. */
static int enter_or_make(int root, const char *whole, size_t end, int dir, const char *name)
{
	char prefix[PATH_MAX];

	memcpy(prefix, whole, end);
	prefix[end] = '\0';
	int fd = path_open(root, prefix, O_PATH | O_DIRECTORY, 0);
	if (fd != -ENOENT)
		return fd;
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int path_parent(int root, const char *path, const char **last)
{
	auto_fd int dir = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *at = path;

	if (dir < 0)
		return -errno;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (;;) {
		char name[NAME_MAX + 1];
		at += strspn(at, "/");
		size_t len = strcspn(at, "/");
		if (len == 0 || len > NAME_MAX)
			return len ? -ENAMETOOLONG : -EINVAL;
		if (at[len + strspn(at + len, "/")] == '\0') {
			*last = at;
			return take_fd(&dir);
		}
		memcpy(name, at, len);
		name[len] = '\0';
		int next = enter_or_make(root, path, (size_t)(at - path) + len, dir, name);
		TRY(next);
		fd_close(&dir);
		dir = next;
		at += len;
	}
}

int path_make(int root, const char *path, bool file, mode_t mode)
{
	char name[NAME_MAX + 1];
	const char *last = "";
	struct stat st;
	int fd = path_open(root, path, O_PATH, 0);

	if (fd != -ENOENT)
		return fd;
	auto_fd int dir = path_parent(root, path, &last);
	TRY(dir);
	size_t len = strcspn(last, "/");
	memcpy(name, last, len);
	name[len] = '\0';
	if (file) {
		auto_fd int made = openat(
			dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (made < 0 && errno != EEXIST)
			return -errno;
	} else if (mkdirat(dir, name, mode) < 0 && errno != EEXIST) {
		return -errno;
	}
	auto_fd int target = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 || fstat(target, &st) < 0)
		return -errno;
	/* A link that leads nowhere: nothing is made through it, and nothing mounted on it. */
	return S_ISLNK(st.st_mode) ? -ELOOP : take_fd(&target);
}

/* The number of the mount that `fd` is in; -1 where the file system cannot tell. */
static int mount_id(int fd)
{
	struct file_handle none = { 0 };
	int id = -1;

	/* EOVERFLOW: no room for the handle, which is not wanted; but the number is there. */
	if (name_to_handle_at(fd, "", &none, &id, AT_EMPTY_PATH) < 0 && errno != EOVERFLOW)
		return -1;
	return id;
}

/* Opens a directory to be walked; a mount point in its place is refused. */
static int open_below(int parent, const char *name)
{
	struct sys_open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = SYS_RESOLVE_NO_XDEV | SYS_RESOLVE_NO_SYMLINKS,
	};
	struct stat outer, inner;
	int fd = sys_openat2(parent, name, &how);

	if (fd >= 0 || errno != ENOSYS)
		return fd < 0 ? -errno : fd;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Before 5.6: another file system, or a bind mount of the same one. */
	if (fstat(parent, &outer) < 0 || fstat(fd, &inner) < 0 || outer.st_dev != inner.st_dev ||
	    mount_id(parent) != mount_id(fd)) {
		close(fd);
		return -EXDEV;
	}
	return fd;
}

/* Where a removal came from: enough to come back to, and only to, that directory. */
struct above {
	struct above *next;
	dev_t dev;
	ino_t ino;
	char name[NAME_MAX + 1]; /* of the directory that was entered */
};

/* Removes what is not a directory in `dir`; returns 1 with the name of a directory it met. */
static int remove_files(int dir, char *name)
{
	int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = own < 0 ? NULL : fdopendir(own);
	int r = 0;

	if (!list) {
		r = fail(errno, "read a directory to be removed");
		cleanup_fd(&own);
		return r;
	}
	for (struct dirent *entry; r == 0 && (entry = readdir(list));) {
		if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
			continue;
		if (entry->d_type != DT_DIR &&
		    (unlinkat(dir, entry->d_name, 0) == 0 || errno == ENOENT))
			continue;
		if (entry->d_type != DT_DIR && errno != EISDIR) {
			r = fail(errno, "remove %s", entry->d_name);
			break;
		}
		snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		r = 1;
	}
	closedir(list);
	return r;
}

/* Enters `name` of `*dir`, remembering the way back. */
static int remove_enter(int *dir, const char *name, struct above **above)
{
	struct stat st;
	int below = open_below(*dir, name);

	if (below == -EXDEV)
		return fail(EBUSY, "remove %s: something is mounted there", name);
	if (below < 0)
		return fail(-below, "remove %s", name);
	if (fstat(*dir, &st) < 0) {
		close(below);
		return fail(errno, "look at the directory above %s", name);
	}
	struct above *level = mem_resize(NULL, sizeof(*level));
	level->next = *above;
	level->dev = st.st_dev;
	level->ino = st.st_ino;
	snprintf(level->name, sizeof(level->name), "%s", name);
	*above = level;
	close(*dir);
	*dir = below;
	return 0;
}

/* Leaves an emptied directory for the one it was entered from, and removes it there. */
static int remove_leave(int *dir, struct above **above)
{
	struct above *level = *above;
	struct stat st;
	int up = openat(*dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (up < 0 || fstat(up, &st) < 0)
		r = fail(errno, "go back up from %s", level->name);
	else if (st.st_dev != level->dev || st.st_ino != level->ino)
		r = fail(0, "%s was moved while it was being removed", level->name);
	else if (unlinkat(up, level->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = fail(errno, "remove the directory %s", level->name);
	close(*dir);
	*dir = up;
	*above = level->next;
	free(level);
	return r;
}

/*
 * Empties `*dir`, however deep it goes (a container can nest directories by the ten thousand):
 * one descriptor and no recursion. Goes back up by ".." only to the very directory it came from.
 */
static int remove_below(int *dir)
{
	struct above *above = NULL;
	char name[NAME_MAX + 1];
	int r;

	for (;;) {
		r = remove_files(*dir, name);
		if (r == 1)
			r = remove_enter(dir, name, &above);
		else if (r == 0 && above)
			r = remove_leave(dir, &above);
		else
			break;
		if (r < 0)
			break;
	}
	while (above) {
		struct above *next = above->next;
		free(above);
		above = next;
	}
	return r;
}

int path_remove(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return fail(errno, "remove %s", name);
	auto_fd int top = open_below(parent, name);
	if (top == -ENOENT)
		return 0;
	if (top == -EXDEV)
		return fail(EBUSY, "remove %s: something is mounted there", name);
	if (top < 0)
		return fail(-top, "open %s", name);
	TRY(remove_below(&top));
	if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return fail(errno, "remove the directory %s", name);
	return 0;
}

/* What a template has just made, by nobody else: so deep and no deeper. */
static int own_below(int dir, uid_t uid, gid_t gid, int depth)
{
	int own = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = own < 0 ? NULL : fdopendir(own);
	int r = 0;

	if (!list) {
		r = fail(errno, "read a directory of the new root");
		cleanup_fd(&own);
		return r;
	}
	for (struct dirent *entry; r == 0 && (entry = readdir(list));) {
		struct stat st;
		if (streq(entry->d_name, ".") || streq(entry->d_name, ".."))
			continue;
		if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    fchownat(dir, entry->d_name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
			r = fail(errno, "give %s to user %u", entry->d_name, uid);
		/* A change of owner takes set-user-id away. */
		else if (!S_ISLNK(st.st_mode) && (st.st_mode & 06000) &&
			 fchmodat(dir, entry->d_name, st.st_mode & 07777, 0) < 0)
			r = fail(errno, "set the mode of %s", entry->d_name);
		if (r < 0 || !S_ISDIR(st.st_mode))
			continue;
		auto_fd int below = open_below(dir, entry->d_name);
		if (below < 0 || depth == 0)
			r = fail(below < 0 ? -below : ELOOP, "open %s", entry->d_name);
		else
			r = own_below(below, uid, gid, depth - 1);
	}
	closedir(list);
	return r;
}

int path_own(int dir, uid_t uid, gid_t gid)
{
	TRY(own_below(dir, uid, gid, 64));
	return fchown(dir, uid, gid) < 0 ? fail(errno, "give the root to user %u", uid) : 0;
}
