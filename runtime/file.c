/* file.c - small files of the host: read whole and bounded, replaced in one rename. */
#include "file.h"

#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "fail.h"

int file_read(int dir, const char *path, size_t max, struct text *out)
{
	struct stat st;
	size_t start = out->len;
	auto_fd int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno == ENOENT ? -ENOENT : fail(errno, "open %s", path);
	if (fstat(fd, &st) < 0)
		return fail(errno, "look at %s", path);
	if (S_ISDIR(st.st_mode))
		return fail(EISDIR, "read %s", path);
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return 0; /* /dev/null: nothing, and on purpose */
	if (!S_ISREG(st.st_mode))
		return fail(0, "%s is not a regular file", path);
	for (;;) {
		char piece[2048];
		ssize_t len = read(fd, piece, sizeof(piece));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return fail(errno, "read %s", path);
		if (len == 0)
			return 0;
		if (out->len - start + (size_t)len > max)
			return fail(0, "%s is larger than %zu bytes", path, max);
		text_add_len(out, piece, (size_t)len);
	}
}

int file_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t done = write(fd, at, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		at += done;
		len -= (size_t)done;
	}
	return 0;
}

/* `like`: the mode and owner it is to have; -1 is whoever makes it. */
static int replace(int dir, const char *name, const struct stat *like, const char *data, bool sync)
{
	char temporary[96];

	snprintf(temporary, sizeof(temporary), ".%.64s.new", name);
	unlinkat(dir, temporary, 0);
	auto_fd int fd = openat(dir, temporary,
				O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 ? -errno : file_write_all(fd, data, strlen(data));
	if (r == 0 && fchown(fd, like->st_uid, like->st_gid) < 0)
		r = -errno;
	if (r == 0 && fchmod(fd, like->st_mode & 07777) < 0)
		r = -errno;
	if (r == 0 && sync && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && renameat(dir, temporary, dir, name) < 0)
		r = -errno;
	if (r == 0)
		return 0;
	unlinkat(dir, temporary, 0);
	return fail(-r, "write %s", name);
}

int file_replace(int dir, const char *name, mode_t mode, const char *data, bool sync)
{
	const struct stat like = { .st_mode = mode, .st_uid = (uid_t)-1, .st_gid = (gid_t)-1 };

	return replace(dir, name, &like, data, sync);
}

int file_replace_like(int dir, const char *name, const struct stat *like, const char *data)
{
	return replace(dir, name, like, data, true);
}

int file_write(int dir, const char *name, mode_t mode, const char *data)
{
	auto_fd int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
				mode);
	int r = fd < 0 ? -errno : file_write_all(fd, data, strlen(data));

	return r < 0 ? fail(-r, "write %s", name) : 0;
}

int file_make_dirs(const char *path, mode_t mode)
{
	char part[4096];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return fail(ENAMETOOLONG, "make the directory %.64s...", path);
	for (size_t end = 1; end <= len; end++) {
		if (path[end] != '/' && path[end] != '\0')
			continue;
		memcpy(part, path, end);
		part[end] = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return fail(errno, "make the directory %s", part);
	}
	return 0;
}

int file_copy(int from, int to)
{
	for (;;) {
		ssize_t len = sendfile(to, from, NULL, 1 << 20);
		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return len < 0 ? -errno : 0;
	}
}

int file_private_dir(int parent, const char *path)
{
	struct stat st;

	if (mkdirat(parent, path, 0700) < 0 && errno != EEXIST)
		return fail(errno, "make the directory %s", path);
	auto_fd int dir = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return fail(errno, "open the directory %s", path);
	if (fstat(dir, &st) < 0)
		return fail(errno, "look at the directory %s", path);
	if (st.st_uid != geteuid())
		return fail(0, "the directory %s belongs to user %u, not to us", path, st.st_uid);
	if ((st.st_mode & 07777) != 0700 && fchmod(dir, 0700) < 0)
		return fail(errno, "close the directory %s to others", path);
	return take_fd(&dir);
}
