/* helper.h - what several unit tests need: scratch directories, children, missing system calls. */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "file.h"
#include "path.h"
#include "tests/tap.h"

/* ---- a directory of the test's own ---- */

static char temp_dir[128]; /* its absolute path */
static pid_t temp_owner;

static inline void temp_remove(void)
{
	char *name = strrchr(temp_dir, '/');

	if (getpid() != temp_owner || chdir(temp_dir) < 0 || chdir("..") < 0)
		return;
	auto_fd int above = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (path_remove(above, name + 1) < 0)
		diag("left behind: %s: %s", temp_dir, failure->text);
}

/* Makes it and enters it; it is removed when the test exits. */
static inline void temp_enter(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(temp_dir, sizeof(temp_dir), "%.100s/lxcbox-XXXXXX",
		 base && base[0] == '/' ? base : "/tmp");
	if (!mkdtemp(temp_dir) || chdir(temp_dir) < 0)
		bail("make and enter %s: %s", temp_dir, strerror(errno));
	temp_owner = getpid();
	atexit(temp_remove);
}

/* The steps that only prepare a test: where one fails there is nothing to be tested. */
static inline void must(bool done, const char *what)
{
	if (!done)
		bail("%s: %s", what, strerror(errno));
}

static inline void make_dir(const char *path)
{
	must(mkdir(path, 0755) == 0 || errno == EEXIST, path);
}

static inline void make_link(const char *target, const char *path)
{
	must(symlink(target, path) == 0, path);
}

static inline void make_file(const char *path, const char *text)
{
	must(file_write(AT_FDCWD, path, 0644, text) == 0, path);
}

static inline int open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	must(fd >= 0, path);
	return fd;
}

/* Removes a name in the working directory, and all below it. */
static inline void remove_tree(const char *name)
{
	int here = open_dir(".");

	if (path_remove(here, name) < 0)
		bail("remove %s: %s", name, failure->text);
	close(here);
}

/* The whole of a file, as far as it fits. */
static inline const char *slurp(const char *path, char *out, size_t size)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	while (fd >= 0 && len < size - 1 && (got = read(fd, out + len, size - 1 - len)) > 0)
		len += (size_t)got;
	out[len] = '\0';
	return fd < 0 ? NULL : out;
}

/* Whether there is such a name, be it a dangling link. */
static inline bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* ---- processes ---- */

static inline int wait_for(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* What a child exits with when this machine, or this user, cannot do what it was to try. */
enum { CANNOT = 77 };

/* Runs `what(arg)` in a child, which makes no checks of its own; returns its wait status. */
static inline int in_child(int (*what)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(what(arg));
	must(pid > 0, "fork");
	return wait_for(pid);
}

static inline int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* How many descriptors this process has open. */
static inline int count_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Sends one packet with `n` copies of the descriptor `what`; whether all of it went. */
static inline bool send_fds(int fd, const void *data, size_t len, int what, size_t n)
{
	enum { MAX = 64 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * MAX)];
	} control = { 0 };
	struct iovec part = { (void *)(uintptr_t)data, len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (n) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * n);
		for (size_t i = 0; i < n; i++)
			memcpy(CMSG_DATA(rights) + i * sizeof(int), &what, sizeof(int));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)len;
}

/* ---- an older or a poorer machine ---- */

/* From now on system call `number` answers ENOSYS, to this process and its children. */
static inline bool without_syscall(long number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_LEN(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

/* A mount namespace of this process's own, from which nothing shows outside. */
static inline bool own_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}
