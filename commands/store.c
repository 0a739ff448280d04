/*
 * store.c - a container's directory while it is made or removed.
 *
 * What is made, or about to be removed, has a name no container can have: .NAME.tmp-XXXX and
 * .NAME.trash-XXXX. Whoever works on one holds a lock on the directory; what nobody holds was left
 * by a killed command and is swept by the next one.
 */
#include "store.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "file.h"
#include "path.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

static int open_parent(struct call *call)
{
	int fd = open(call->lxcpath, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail(errno, "open the directory %s", call->lxcpath) : fd;
}

static void random_name(char *out, size_t size, const char *name, const char *kind)
{
	unsigned char bytes[4] = { 0 };

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		memcpy(bytes, &(uint32_t){ (uint32_t)getpid() }, sizeof(bytes));
	snprintf(out, size, ".%.64s.%s-%02x%02x%02x%02x", name, kind, bytes[0], bytes[1], bytes[2],
		 bytes[3]);
}

/* Whether a name is one of ours: "." NAME ".tmp-" or ".trash-" and eight digits. */
static bool is_ours(const char *name)
{
	size_t len = strlen(name);
	const char *end;

	if (name[0] != '.' || len < 15)
		return false;
	end = name + len - 8;
	return strspn(end, "0123456789abcdef") == 8 &&
	       (strncmp(end - 5, ".tmp-", 5) == 0 ||
		(len > 16 && strncmp(end - 7, ".trash-", 7) == 0));
}

/* Removes what killed commands left. Failures are only said: they are not this command's. */
static void sweep(int parent)
{
	int own = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (!is_ours(entry->d_name))
			continue;
		auto_fd int left = openat(parent, entry->d_name,
					  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (left < 0 || flock(left, LOCK_EX | LOCK_NB) < 0)
			continue;
		log_info("removing %s, which a killed command left", entry->d_name);
		if (path_remove(parent, entry->d_name) < 0)
			log_warn("remove %s, which a killed command left: %s", entry->d_name,
				 failure->text);
		fail_clear();
	}
	if (dir)
		closedir(dir);
	else
		cleanup_fd(&own);
}

/* A new directory, locked. -EAGAIN: another command took it for a left one before it was. */
static int make_locked(struct call *call, struct store *store)
{
	struct stat st;

	random_name(store->name, sizeof(store->name), call->name, "tmp");
	/* Closed to others from the start: set-user-id files will lie in it (threats B13). */
	if (mkdirat(store->parent, store->name, 0700) < 0)
		return fail(errno, "make a directory in %s", call->lxcpath);
	auto_fd int dir = openat(store->parent, store->name,
				 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = dir < 0 ? -1 : flock(dir, LOCK_EX | LOCK_NB);
	if (r < 0 && errno != ENOENT && errno != EWOULDBLOCK)
		return fail(errno, "lock a directory in %s", call->lxcpath);
	if (r < 0 || fstat(dir, &st) < 0 || st.st_nlink == 0)
		return -EAGAIN;
	store->dir = take_fd(&dir);
	return 0;
}

int store_begin(struct call *call, struct store *store)
{
	int r = -EAGAIN;

	*store = (struct store){ .parent = open_parent(call), .dir = -1 };
	TRY(store->parent);
	sweep(store->parent);
	for (int i = 0; i < 100 && r == -EAGAIN; i++)
		r = make_locked(call, store);
	if (r == -EAGAIN)
		return fail(EAGAIN, "make a directory in %s", call->lxcpath);
	TRY(r);
	if (fchmod(store->dir, 0770) < 0)
		return fail(errno, "set the mode of a directory in %s", call->lxcpath);
	return 0;
}

/* renameat2 is of 3.15, but not every file system can refuse to replace. */
static int rename_new(int parent, const char *from, const char *to)
{
	struct stat st;

	if (syscall(SYS_renameat2, parent, from, parent, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (fstatat(parent, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return renameat(parent, from, parent, to) < 0 ? -errno : 0;
}

int store_commit(struct call *call, struct store *store)
{
	if (syncfs(store->dir) < 0)
		return fail(errno, "write the new container to disk");
	int r = rename_new(store->parent, store->name, call->name);
	if (r == -EEXIST || r == -ENOTEMPTY)
		return fail_hint(fail(0, "Container already exists"), "%s/%s is there",
				 call->lxcpath, call->name);
	if (r < 0)
		return fail(-r, "give the new container its name");
	fsync(store->parent);
	return 0;
}

void store_abandon(struct store *store)
{
	if (store->parent >= 0 && store->name[0] && path_remove(store->parent, store->name) < 0)
		log_warn("remove %s: %s", store->name, failure->text);
}

void store_end(struct store *store)
{
	fd_close(&store->dir);
	fd_close(&store->parent);
}

/* The mount point of a line of mountinfo, its octal escapes undone in place; NULL: none. */
static char *mount_point(char *line)
{
	for (int field = 0; field < 4; field++) {
		line += strcspn(line, " ");
		line += *line == ' ';
	}
	char *out = line;
	for (const char *at = line; *at && *at != ' '; at++) {
		bool octal = at[0] == '\\' && at[1] && at[2] && at[3];
		*out++ = octal ? (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'))
			       : *at;
		at += octal ? 3 : 0;
	}
	*out = '\0';
	return *line ? line : NULL;
}

int store_check_mounts(const char *path)
{
	auto_text struct text text = { 0 };
	auto_free char *real = realpath(path, NULL);

	/* Without /proc there still is the fence of path_remove(). */
	if (!real || file_read(AT_FDCWD, "/proc/self/mountinfo", 1 << 24, &text) < 0) {
		fail_clear();
		return 0;
	}
	for (char *line = text.at; line && *line;) {
		char *end = line + strcspn(line, "\n"), *next = *end ? end + 1 : end;
		*end = '\0';
		const char *point = mount_point(line);
		const char *rest = point ? str_after(point, real) : NULL;
		if (rest && (*rest == '/' || !*rest))
			return fail_hint(fail(0, "something is mounted on %s", point),
					 "unmount it first; nothing was removed");
		line = next;
	}
	return 0;
}

int store_remove(struct call *call, const char *name)
{
	auto_fd int parent = open_parent(call);
	char trash[128];

	TRY(parent);
	sweep(parent);
	auto_fd int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return fail(errno, "open %s/%s", call->lxcpath, name);
	if (flock(dir, LOCK_EX | LOCK_NB) < 0)
		return fail(0, "%s is being changed by another command", name);
	random_name(trash, sizeof(trash), name, "trash");
	if (renameat(parent, name, parent, trash) < 0)
		return fail(errno, "take %s away", name);
	return path_remove(parent, trash);
}

bool store_is_empty(const char *path)
{
	DIR *dir = opendir(path);
	bool empty = true;

	if (!dir)
		return errno == ENOENT;
	for (struct dirent *entry; (entry = readdir(dir));)
		empty &= streq(entry->d_name, ".") || streq(entry->d_name, "..");
	closedir(dir);
	return empty;
}

int store_empty(const char *path)
{
	int own = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	int r = 0;

	if (!dir) {
		r = errno == ENOENT ? 0 : fail(errno, "open the directory %s", path);
		cleanup_fd(&own);
		return r;
	}
	for (struct dirent *entry; r == 0 && (entry = readdir(dir));)
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			r = path_remove(own, entry->d_name);
	closedir(dir);
	return r;
}
