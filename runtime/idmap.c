/* idmap.c - writes uid and gid maps. */
#include "idmap.h"

#include "fail.h"

static int write_map(int proc, bool gid, const struct idmap *maps, size_t n)
{
	const char *name = gid ? "gid_map" : "uid_map";
	char text[4096];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (maps[i].gid != gid)
			continue;
		int more = snprintf(text + len, sizeof(text) - len, "%u %u %u\n", maps[i].inside,
				    maps[i].outside, maps[i].count);
		if (more < 0 || (size_t)more >= sizeof(text) - len)
			return fail(0, "more id ranges than the kernel takes in one write");
		len += (size_t)more;
	}
	auto_fd int fd = openat(proc, name, O_WRONLY | O_CLOEXEC);
	/* One write: the kernel takes a map once and whole. */
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return fail_hint(fail(errno, "write the %s of the container", name), "%s",
				 errno == EPERM ? "not all of these ids are ours to give" : "");
	return 0;
}

int idmap_write(pid_t pid, const struct idmap *maps, size_t n)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	auto_fd int proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return fail(errno, "open %s", path);
	TRY(write_map(proc, false, maps, n));
	return write_map(proc, true, maps, n);
}
