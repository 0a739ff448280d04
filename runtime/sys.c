/* sys.c - system calls libc lacks: clone3, pidfds, openat2, the mount API; and a few in one. */
#include "sys.h"

#include <dirent.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <termios.h>

/* Numbers that are the same on every architecture we know (5.0 unified the table). */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

pid_t sys_clone(uint64_t flags, int *pidfd)
{
	struct sys_clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)pidfd,
		/* A sibling sends what we send. */
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};

	/* 64 bytes is the structure as 5.3 knew it. */
	*pidfd = -1;
	long pid = syscall(SYS_clone3, &args, 64);
	if (pid >= 0 || errno != ENOSYS)
		return (pid_t)pid;
#ifdef __s390x__
	return (pid_t)syscall(SYS_clone, 0, flags | SIGCHLD, NULL, NULL, NULL);
#else
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, NULL, NULL, NULL);
#endif
}

int sys_execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags)
{
	return (int)syscall(SYS_execveat, dir, path, argv, envp, flags);
}

int sys_fsconfig(int fs, unsigned command, const char *key, const void *value, int aux)
{
	return (int)syscall(SYS_fsconfig, fs, command, key, value, aux);
}

int sys_fsmount(int fs, unsigned flags, unsigned attrs)
{
	return (int)syscall(SYS_fsmount, fs, flags, attrs);
}

int sys_fsopen(const char *type, unsigned flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

int sys_memfd_create(const char *name, unsigned flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

int sys_mount_setattr(int dir, const char *path, unsigned flags, const struct sys_mount_attr *attr)
{
	return (int)syscall(SYS_mount_setattr, dir, path, flags, attr, sizeof(*attr));
}

int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
	return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

int sys_open_tree(int dir, const char *path, unsigned flags)
{
	return (int)syscall(SYS_open_tree, dir, path, flags);
}

int sys_openat2(int dir, const char *path, const struct sys_open_how *how)
{
	return (int)syscall(SYS_openat2, dir, path, how, sizeof(*how));
}

int sys_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int sys_pidfd_signal(int pidfd, int signal)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int sys_pivot_root(const char *new_root, const char *old_root)
{
	return (int)syscall(SYS_pivot_root, new_root, old_root);
}

int sys_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &header, data) < 0)
		return -1;
	*effective = data[0].effective | (uint64_t)data[1].effective << 32;
	*permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	*inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(effective >> 32 * i);
		data[i].permitted = (uint32_t)(permitted >> 32 * i);
		data[i].inheritable = (uint32_t)(inheritable >> 32 * i);
	}
	return (int)syscall(SYS_capset, &header, data);
}

/* Closes the descriptors in [first, last] that the list of this process in /proc has. */
static void close_listed(int first, int last)
{
	char list[2048] __attribute__((aligned(8)));
	auto_fd int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long len;

	while (dir >= 0 && (len = syscall(SYS_getdents64, dir, list, sizeof(list))) > 0)
		for (long at = 0; at < len;) {
			const struct dirent *entry = (const void *)(list + at);
			int fd = 0; /* and so for "." and ".." */
			for (const char *c = entry->d_name; *c >= '0' && *c <= '9'; c++)
				fd = fd * 10 + (*c - '0');
			if (fd >= first && fd <= last && fd != dir)
				close(fd);
			at += entry->d_reclen;
		}
}

static int close_between(int first, int last, bool host_proc)
{
	long max;

	/* 5.9 */
	if (syscall(SYS_close_range, first, last == INT32_MAX ? ~0U : (unsigned)last, 0) == 0)
		return 0;
	if (errno != ENOSYS)
		return -1;
	max = sysconf(_SC_OPEN_MAX);
	for (int fd = first; fd <= last && fd < (max > 0 ? max : 1024); fd++)
		close(fd);
	if (host_proc)
		close_listed(first, last);
	return 0;
}

void sys_default_signals(void)
{
	/* The kernel's struct sigaction, whatever its order: all of it 0 is the default. */
	static const unsigned long plain[8];

	for (int number = 1; number < NSIG; number++)
		syscall(SYS_rt_sigaction, number, plain, NULL, NSIG / 8);
}

int sys_raise_limit(pid_t pid, int resource, uint64_t hard)
{
	struct rlimit now;
	__typeof__(RLIMIT_NOFILE) which = (__typeof__(RLIMIT_NOFILE))resource;

	if (prlimit(pid, which, NULL, &now) < 0)
		return -1;
	if (hard <= now.rlim_max)
		return 0;
	now.rlim_max = hard;
	return prlimit(pid, which, &now, NULL);
}

unsigned sys_terminals(void)
{
	unsigned set = 0;

	for (int fd = 0; fd < 3; fd++)
		set |= (unsigned)isatty(fd) << fd;
	return set;
}

int sys_plain_tty(int fd)
{
	struct termios mode;

	if (tcgetattr(fd, &mode) < 0)
		return -1;
	mode.c_oflag &= ~(tcflag_t)OPOST;
	mode.c_lflag &= ~(tcflag_t)ECHO;
	return tcsetattr(fd, TCSANOW, &mode);
}

int sys_close_except(int *keep, size_t n, bool host_proc)
{
	int next = 3;

	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && keep[k - 1] > keep[k]; k--) {
			int other = keep[k];
			keep[k] = keep[k - 1];
			keep[k - 1] = other;
		}
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < next)
			continue;
		if (keep[i] > next && close_between(next, keep[i] - 1, host_proc) < 0)
			return -1;
		next = keep[i] + 1;
	}
	return close_between(next, INT32_MAX, host_proc);
}
