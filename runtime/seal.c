/*
 * seal.c - running from a copy of our own program that nobody can write.
 *
 * In order: a file system that cannot be written at all (squashfs, erofs: nothing to do); an
 * overlay of the program's directory without an upper layer, mounted nowhere (no copy, and no
 * way to make it writable, which a read-only bind mount has); a sealed memfd (one copy of the
 * file in memory). Else the command is refused.
 */
#include "seal.h"

#include <linux/memfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "fail.h"
#include "file.h"
#include "mem.h"
#include "sys.h"

static const char mark[] = "LXCBOX_SEALED";

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#endif

/* Whether `fd` is of a file no root can write to, whatever it mounts or opens. */
static bool is_sealed(int fd, bool marked)
{
	struct statfs fs;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals >= 0)
		return (seals & 0x0f) == 0x0f;
	if (fstatfs(fd, &fs) < 0)
		return false;
	if ((unsigned long)fs.f_type == SYS_MAGIC_SQUASHFS ||
	    ((unsigned long)fs.f_type & 0xffffffffUL) == SYS_MAGIC_EROFS)
		return true;
	/* Ours, by the mark: an overlay of the host's may have an upper layer. */
	return marked && (unsigned long)fs.f_type == SYS_MAGIC_OVERLAY && (fs.f_flags & MS_RDONLY);
}

int seal_open_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fail_hint(fail(errno, "open our own program"), "is /proc mounted?") : fd;
}

/* An overlay without an upper layer wants two lower ones. Any other directory will do. */
static int make_overlay(const char *layers)
{
	auto_fd int fs = sys_fsopen("overlay", FSOPEN_CLOEXEC);

	if (fs < 0 || sys_fsconfig(fs, SYS_FSCONFIG_STRING, "source", "lxcbox", 0) < 0 ||
	    sys_fsconfig(fs, SYS_FSCONFIG_STRING, "lowerdir", layers, 0) < 0 ||
	    sys_fsconfig(fs, SYS_FSCONFIG_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return sys_fsmount(fs, FSMOUNT_CLOEXEC, SYS_ATTR_NODEV);
}

/* The program, as seen through an overlay of its own directory. */
static int open_overlay(void)
{
	static const char *const others[] = { "/sys", "/dev", "/run" };
	char path[2048], layers[2100];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len <= 0 || path[0] != '/')
		return -1;
	path[len] = '\0';
	char *slash = strrchr(path, '/');
	*slash = '\0';
	/* ':', ',' and '\' mean something in the option. */
	if (strpbrk(path, ":\\,") || slash == path)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (str_after(path, others[i]))
			continue;
		snprintf(layers, sizeof(layers), "%s:%s", path, others[i]);
		auto_fd int mount = make_overlay(layers);
		if (mount >= 0)
			return openat(mount, slash + 1, O_RDONLY | O_CLOEXEC);
	}
	return -1;
}

static int open_memfd(int self)
{
	auto_fd int copy = sys_memfd_create("lxcbox", 2 /* ALLOW_SEALING */ | 1 | MFD_EXEC);

	if (copy < 0 && errno == EINVAL) /* before 6.3 */
		copy = sys_memfd_create("lxcbox", 2 | 1);
	/* For all to run: the root of a user namespace is another user than the file's. */
	if (copy < 0 || file_copy(self, copy) < 0 || fchmod(copy, 0555) < 0)
		return -1;
	/* F_SEAL_EXEC is of 6.3, FUTURE_WRITE of 5.1; the four others say it all. */
	if (fcntl(copy, F_ADD_SEALS, 0x0f) < 0)
		return -1;
	return take_fd(&copy);
}

/* Where the kernel looks for the command line of this process: argv, and the mark behind it. */
static char *title_at;
static size_t title_room;

/* The environment with the mark in front; to be freed. */
static char **marked_environment(char *first, size_t size)
{
	size_t n = 0;

	while (environ[n])
		n++;
	char **envp = mem_resize(NULL, (n + 2) * sizeof(*envp));
	memset(first, ' ', size - 1);
	first[size - 1] = '\0';
	memcpy(first, mark, sizeof(mark) - 1);
	first[sizeof(mark) - 1] = '=';
	envp[0] = first;
	memcpy(envp + 1, environ, (n + 1) * sizeof(*envp));
	return envp;
}

/* Takes the mark out of the environment, and notes where it lay; whether it was there. */
static bool take_mark(char **argv)
{
	char *value = getenv(mark), *end = argv[0];

	for (char **at = argv; *at && *at == end; at++)
		end = *at + strlen(*at) + 1;
	if (value && value - sizeof(mark) == end)
		end = value + strlen(value) + 1;
	title_at = argv[0];
	title_room = (size_t)(end - argv[0]);
	unsetenv(mark);
	return value != NULL;
}

int seal_self(char **argv)
{
	bool marked = take_mark(argv);
	auto_fd int self = seal_open_self();

	TRY(self);
	if (is_sealed(self, marked))
		return 0;
	auto_fd int copy = open_overlay();
	if (copy < 0)
		copy = open_memfd(self);
	if (copy < 0)
		return fail_hint(fail(errno,
				      "make a copy of our own program that nobody can write"),
				 "it is needed to enter a container safely");
	/* First in the environment, it is also the room that title_set() has behind argv. */
	char first[256];
	char **envp = marked_environment(first, sizeof(first));
	sys_execveat(copy, "", argv, envp, AT_EMPTY_PATH);
	free(envp);
	return fail(errno, "run the copy of our own program");
}

void title_set(const char *title)
{
	size_t len = strlen(title);

	if (!title_room)
		return;
	memset(title_at, 0, title_room);
	memcpy(title_at, title, len < title_room ? len : title_room - 1);
}
