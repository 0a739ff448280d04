/* sys.h - system calls libc lacks, with their constants. */
#pragma once

#include "base.h"

#include <sched.h>
#include <signal.h>

/* Each returns as the system call does: -1 and errno, ENOSYS on a kernel without it. */

struct sys_clone_args { /* include/uapi/linux/sched.h */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	uint64_t set_tid, set_tid_size, cgroup;
};
struct sys_open_how { /* include/uapi/linux/openat2.h */
	uint64_t flags, mode, resolve;
};
struct sys_mount_attr { /* include/uapi/linux/mount.h */
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

/*
 * A new process with the flags' new namespaces, like fork (clone3, Linux 5.3; clone before it,
 * without `*pidfd`, which is then -1). In the child libc still believes it is its parent:
 * gettid(), raise() and abort() would act on the parent there.
 */
pid_t sys_clone(uint64_t flags, int *pidfd);

int sys_execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags);
int sys_fsconfig(int fs, unsigned command, const char *key, const void *value, int aux); /* 5.2 */
int sys_fsmount(int fs, unsigned flags, unsigned attrs);				 /* 5.2 */
int sys_fsopen(const char *type, unsigned flags);					 /* 5.2 */
int sys_memfd_create(const char *name, unsigned flags);
int sys_mount_setattr(int dir, const char *path, unsigned flags,
		      const struct sys_mount_attr *attr); /* 5.12 */
int sys_move_mount(int from, const char *from_path, int to, const char *to_path,
		   unsigned flags);					    /* 5.2 */
int sys_open_tree(int dir, const char *path, unsigned flags);		    /* 5.2 */
int sys_openat2(int dir, const char *path, const struct sys_open_how *how); /* 5.6 */
int sys_pidfd_open(pid_t pid);						    /* 5.3 */
int sys_pidfd_signal(int pidfd, int signal);				    /* 5.1 */
int sys_pivot_root(const char *new_root, const char *old_root);
int sys_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);
int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);

/*
 * No signal handled or ignored, also of those libc keeps for itself and does not let signal(3)
 * change: whatever glibc's posix_spawn() starts, as make does, ignores 32 and 33.
 */
void sys_default_signals(void);

/* Raises a hard limit of process `pid` (0: this one) to `hard`, if it is lower. */
int sys_raise_limit(pid_t pid, int resource, uint64_t hard);

/* Which of the standard descriptors are terminals: 1 << N for each. */
unsigned sys_terminals(void);

/* A terminal read by a file or pipe: lines come as they were written, and nothing that is typed. */
int sys_plain_tty(int fd);

/*
 * Closes all descriptors from 3 on but the `n` of `keep` (which it sorts; -1 is skipped). Before
 * Linux 5.9 only those below the limit on descriptors are sure to be found; with `host_proc`, /proc
 * being the host's own, also those that were opened before the limit was lowered.
 */
int sys_close_except(int *keep, size_t n, bool host_proc);

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256 /* 5.10 */
#endif
#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 0x2000
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC 1
#endif
#ifndef FSMOUNT_CLOEXEC
#define FSMOUNT_CLOEXEC 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#endif
#ifndef MOVE_MOUNT_T_EMPTY_PATH
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif
#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

enum { /* fsconfig's commands */
       SYS_FSCONFIG_FLAG = 0,
       SYS_FSCONFIG_STRING = 1,
       SYS_FSCONFIG_CREATE = 6,
};
enum { /* openat2's ways to resolve */
       SYS_RESOLVE_NO_XDEV = 0x01,
       SYS_RESOLVE_NO_MAGICLINKS = 0x02,
       SYS_RESOLVE_NO_SYMLINKS = 0x04,
       SYS_RESOLVE_BENEATH = 0x08,
       SYS_RESOLVE_IN_ROOT = 0x10,
};
enum { /* attributes of a mount */
       SYS_ATTR_RDONLY = 0x01,
       SYS_ATTR_NOSUID = 0x02,
       SYS_ATTR_NODEV = 0x04,
       SYS_ATTR_NOEXEC = 0x08,
       SYS_ATTR_ATIME = 0x70, /* the field below, whole */
       SYS_ATTR_NOATIME = 0x10,
       SYS_ATTR_STRICTATIME = 0x20,
       SYS_ATTR_NODIRATIME = 0x80,
       SYS_ATTR_NOSYMFOLLOW = 0x200000,
};

/* File systems as fstatfs(2) names them. */
enum {
	SYS_MAGIC_PROC = 0x9fa0,
	SYS_MAGIC_DEVPTS = 0x1cd1,
	SYS_MAGIC_OVERLAY = 0x794c7630,
	SYS_MAGIC_SQUASHFS = 0x73717368,
};
#define SYS_MAGIC_EROFS 0xe0f5e1e2UL
