/* names.c - name and number tables, looked up by name, never by position. */
#include "names.h"

#include <linux/capability.h>
#include <signal.h>
#include <strings.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "str.h"
#include "sys.h"

/* clang-format off */
const struct name names_capabilities[] = {
	{ "chown", 0 },		     { "dac_override", 1 },    { "dac_read_search", 2 },
	{ "fowner", 3 },	     { "fsetid", 4 },	       { "kill", 5 },
	{ "setgid", 6 },	     { "setuid", 7 },	       { "setpcap", 8 },
	{ "linux_immutable", 9 },    { "net_bind_service", 10 }, { "net_broadcast", 11 },
	{ "net_admin", 12 },	     { "net_raw", 13 },	       { "ipc_lock", 14 },
	{ "ipc_owner", 15 },	     { "sys_module", 16 },     { "sys_rawio", 17 },
	{ "sys_chroot", 18 },	     { "sys_ptrace", 19 },     { "sys_pacct", 20 },
	{ "sys_admin", 21 },	     { "sys_boot", 22 },       { "sys_nice", 23 },
	{ "sys_resource", 24 },	     { "sys_time", 25 },       { "sys_tty_config", 26 },
	{ "mknod", 27 },	     { "lease", 28 },	       { "audit_write", 29 },
	{ "audit_control", 30 },     { "setfcap", 31 },	       { "mac_override", 32 },
	{ "mac_admin", 33 },	     { "syslog", 34 },	       { "wake_alarm", 35 },
	{ "block_suspend", 36 },     { "audit_read", 37 },     { "perfmon", 38 },
	{ "bpf", 39 },		     { "checkpoint_restore", 40 },
	{ NULL, 0 },
};

const struct name names_limits[] = {
	{ "as", RLIMIT_AS },		 { "core", RLIMIT_CORE },     { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },	 { "fsize", RLIMIT_FSIZE },   { "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },	 { "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },	 { "nproc", RLIMIT_NPROC },   { "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },	 { "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING }, { "stack", RLIMIT_STACK },
	{ NULL, 0 },
};

/* LXC's short names first, then the words lxc-attach and lxc-unshare also take. */
const struct name names_namespaces[] = {
	{ "mnt", CLONE_NEWNS },	     { "pid", CLONE_NEWPID },  { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },     { "net", CLONE_NEWNET },  { "user", CLONE_NEWUSER },
	{ "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME },
	{ "mount", CLONE_NEWNS },    { "utsname", CLONE_NEWUTS }, { "network", CLONE_NEWNET },
	{ NULL, 0 },
};

const struct name names_signals[] = {
	{ "HUP", SIGHUP },     { "INT", SIGINT },	{ "QUIT", SIGQUIT },   { "ILL", SIGILL },
	{ "TRAP", SIGTRAP },   { "ABRT", SIGABRT },	{ "BUS", SIGBUS },     { "FPE", SIGFPE },
	{ "KILL", SIGKILL },   { "USR1", SIGUSR1 },	{ "SEGV", SIGSEGV },   { "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },   { "ALRM", SIGALRM },	{ "TERM", SIGTERM },   { "CHLD", SIGCHLD },
	{ "CONT", SIGCONT },   { "STOP", SIGSTOP },	{ "TSTP", SIGTSTP },   { "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },   { "URG", SIGURG },	{ "XCPU", SIGXCPU },   { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },	{ "WINCH", SIGWINCH }, { "IO", SIGIO },
	{ "PWR", SIGPWR },     { "SYS", SIGSYS },	{ "IOT", SIGABRT },    { "CLD", SIGCHLD },
	{ "POLL", SIGIO },     { "UNUSED", SIGSYS },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
	{ NULL, 0 },
};

const struct name names_mount_flags[] = {
	{ "ro", MS_RDONLY },	       { "nosuid", MS_NOSUID },	     { "nodev", MS_NODEV },
	{ "noexec", MS_NOEXEC },       { "sync", MS_SYNCHRONOUS },   { "dirsync", MS_DIRSYNC },
	{ "mand", MS_MANDLOCK },       { "noatime", MS_NOATIME },
	{ "nodiratime", MS_NODIRATIME },
	{ "relatime", MS_RELATIME },   { "strictatime", MS_STRICTATIME },
	{ "lazytime", 1 << 25 },       { "nosymfollow", MS_NOSYMFOLLOW },
	{ "bind", MS_BIND },	       { "rbind", MS_BIND | MS_REC },
	{ "move", MS_MOVE },	       { "defaults", 0 },	     { "remount", MS_REMOUNT },
	{ NULL, 0 },
};

const struct name names_mount_clears[] = {
	{ "rw", MS_RDONLY },	       { "suid", MS_NOSUID },	     { "dev", MS_NODEV },
	{ "exec", MS_NOEXEC },	       { "async", MS_SYNCHRONOUS },  { "nomand", MS_MANDLOCK },
	{ "atime", MS_NOATIME },       { "diratime", MS_NODIRATIME },
	{ "norelatime", MS_RELATIME }, { "nostrictatime", MS_STRICTATIME },
	{ NULL, 0 },
};

const struct name names_propagation[] = {
	{ "private", MS_PRIVATE },     { "rprivate", MS_PRIVATE | MS_REC },
	{ "shared", MS_SHARED },       { "rshared", MS_SHARED | MS_REC },
	{ "slave", MS_SLAVE },	       { "rslave", MS_SLAVE | MS_REC },
	{ "unbindable", MS_UNBINDABLE }, { "runbindable", MS_UNBINDABLE | MS_REC },
	{ NULL, 0 },
};
/* clang-format on */

uint64_t names_value(const struct name *table, const char *name, uint64_t none)
{
	for (; table->name; table++)
		if (streq(table->name, name))
			return table->value;
	return none;
}

const char *names_name(const struct name *table, uint64_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

int names_signal(const char *text)
{
	/*
	 * Not libc's SIGRTMIN: musl's is 35, and what the names are for is a payload's init, whose
	 * glibc calls the kernel's 34 by that name (systemd halts at SIGRTMIN+3, which is 37).
	 */
	enum { RTMIN = 34, RTMAX = 64 };
	uint64_t number;

	if (str_number(text, 1, RTMAX, &number))
		return (int)number;
	if (strncasecmp(text, "SIG", 3) != 0)
		return -1;
	text += 3;
	for (const struct name *n = names_signals; n->name; n++)
		if (strcasecmp(n->name, text) == 0)
			return (int)n->value;
	int base = strncasecmp(text, "RTMIN", 5) == 0	? RTMIN
		   : strncasecmp(text, "RTMAX", 5) == 0 ? RTMAX
							: -1;
	if (base < 0)
		return -1;
	if (!text[5])
		return base;
	if (text[5] != (base == RTMIN ? '+' : '-') ||
	    !str_number(text + 6, 0, RTMAX - RTMIN, &number))
		return -1;
	return base == RTMIN ? base + (int)number : base - (int)number;
}

int names_capability(const char *text, int last)
{
	uint64_t number;

	if (!str_number(text, 0, 63, &number))
		number = names_value(names_capabilities, text, 64);
	return number <= (uint64_t)last ? (int)number : -1;
}

uint64_t names_namespace_list(const char *text)
{
	uint64_t all = 0;

	for (;;) {
		char word[16] = "";
		text += strspn(text, " \t|,");
		size_t len = strcspn(text, " \t|,");
		if (len == 0)
			return all;
		if (len >= sizeof(word))
			return 0;
		for (size_t i = 0; i < len; i++)
			word[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20)
								   : text[i];
		uint64_t one = names_value(names_namespaces, word, 0);
		if (!one)
			return 0;
		all |= one;
		text += len;
	}
}
