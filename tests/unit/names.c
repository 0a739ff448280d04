/* names.c - tables of names and numbers: unique, complete, there and back; lists made of them. */
#include "names.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "sys.h"
#include "tests/tap.h"

static const struct {
	const char *title;
	const struct name *table;
	bool one_name; /* each value has one name only */
} tables[] = {
	{ "capabilities", names_capabilities, true }, { "limits", names_limits, true },
	{ "namespaces", names_namespaces, false },    { "signals", names_signals, false },
	{ "mount flags", names_mount_flags, true },   { "mount clears", names_mount_clears, true },
	{ "propagation", names_propagation, true },
};

static void test_tables(void)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		int names = 0, values = 0, back = 0;
		for (const struct name *n = tables[t].table; n->name; n++) {
			for (const struct name *other = tables[t].table; other < n; other++) {
				names += streq(other->name, n->name);
				values += other->value == n->value;
			}
			back += names_value(tables[t].table, n->name, UINT64_MAX) != n->value;
			const char *name = names_name(tables[t].table, n->value);
			back += !name || names_value(tables[t].table, name, 4711) != n->value;
		}
		is_int(names, 0, "%s: no name twice", tables[t].title);
		ok(values == 0 || !tables[t].one_name, "%s: no value twice", tables[t].title);
		is_int(back, 0, "%s: from name to value to name to value", tables[t].title);
		is_int((long)names_value(tables[t].table, "nosuch", 4711), 4711,
		       "%s: an unknown name", tables[t].title);
		is_int((long)names_value(tables[t].table, "", 4711), 4711, "%s: no name",
		       tables[t].title);
		is_str(names_name(tables[t].table, UINT64_MAX - 1), NULL, "%s: an unknown value",
		       tables[t].title);
	}
}

/* What LXC's configurations and commands may say has to be there. */
static void test_complete(void)
{
	static const char *const limits[] = { "as",	"core",	  "cpu",	"data",
					      "fsize",	"locks",  "memlock",	"msgqueue",
					      "nice",	"nofile", "nproc",	"rss",
					      "rtprio", "rttime", "sigpending", "stack" };
	static const char *const flags[] = { "ro",	    "nosuid",	"nodev",       "noexec",
					     "sync",	    "dirsync",	"mand",	       "noatime",
					     "nodiratime",  "relatime", "strictatime", "lazytime",
					     "nosymfollow", "bind",	"rbind",       "move",
					     "defaults" };
	static const char *const clears[] = { "rw",	    "suid",	    "dev",   "exec",
					      "async",	    "nomand",	    "atime", "diratime",
					      "norelatime", "nostrictatime" };

	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		ok(names_value(names_limits, limits[i], 99) < RLIM_NLIMITS, "limit %s", limits[i]);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		ok(names_value(names_mount_flags, flags[i], 4711) != 4711, "option %s", flags[i]);
	for (size_t i = 0; i < ARRAY_LEN(clears); i++)
		ok(names_value(names_mount_clears, clears[i], 4711) != 4711, "option %s",
		   clears[i]);
	for (int cap = 0; cap <= 40; cap++)
		ok(names_name(names_capabilities, (uint64_t)cap) != NULL, "capability %d", cap);
	for (int number = 1; number < 32; number++)
		ok(names_name(names_signals, (uint64_t)number) != NULL, "signal %d", number);
}

/* ---- signals ---- */

static const struct {
	const char *text;
	int number; /* -1: none */
} signals[] = {
	{ "SIGTERM", SIGTERM },
	{ "SIGKILL", 9 },
	{ "SIGHUP", 1 },
	{ "SIGPWR", SIGPWR },
	{ "SIGCHLD", SIGCHLD },
	{ "SIGCLD", SIGCHLD },
	{ "SIGIOT", SIGABRT },
	{ "SIGPOLL", SIGIO },
	{ "sigterm", SIGTERM },
	{ "SigTerm", SIGTERM },
	{ "1", 1 },
	{ "15", 15 },
	{ "64", 64 },
	/* the kernel's numbering, which glibc's payloads know, whatever libc we have */
	{ "SIGRTMIN", 34 },
	{ "SIGRTMIN+0", 34 },
	{ "SIGRTMIN+3", 37 },
	{ "SIGRTMIN+30", 64 },
	{ "sigrtmin+3", 37 },
	{ "SIGRTMAX", 64 },
	{ "SIGRTMAX-0", 64 },
	{ "SIGRTMAX-1", 63 },
	{ "SIGRTMAX-30", 34 },
	{ "", -1 },
	{ "0", -1 },
	{ "65", -1 },
	{ "-1", -1 },
	{ "+9", -1 },
	{ "0x9", -1 },
	{ "9 ", -1 },
	{ " 9", -1 },
	{ "4294967305", -1 },
	{ "TERM", -1 },
	{ "SIG", -1 },
	{ "SIG9", -1 },
	{ "SIGTERM ", -1 },
	{ "SIGTERMX", -1 },
	{ "SIGNONE", -1 },
	{ "RTMIN", -1 },
	{ "SIGRTMIN+", -1 },
	{ "SIGRTMIN-1", -1 },
	{ "SIGRTMIN+31", -1 },
	{ "SIGRTMIN+-1", -1 },
	{ "SIGRTMIN++1", -1 },
	{ "SIGRTMIN+3x", -1 },
	{ "SIGRTMIN3", -1 },
	{ "SIGRTMAX+1", -1 },
	{ "SIGRTMAX-31", -1 },
};

static void test_signals(void)
{
	char text[32];

	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		is_int(names_signal(signals[i].text), signals[i].number, "signal \"%s\"",
		       signals[i].text);
	for (const struct name *n = names_signals; n->name; n++) {
		snprintf(text, sizeof(text), "SIG%s", n->name);
		is_int(names_signal(text), (long)n->value, "signal %s", text);
	}
}

/* ---- capabilities ---- */

static void test_capabilities(void)
{
	static const struct {
		const char *text;
		int last, number;
	} rows[] = {
		{ "chown", 40, CAP_CHOWN },
		{ "net_admin", 40, CAP_NET_ADMIN },
		{ "sys_admin", 40, CAP_SYS_ADMIN },
		{ "audit_read", 37, CAP_AUDIT_READ },
		{ "checkpoint_restore", 40, 40 },
		{ "0", 40, 0 },
		{ "40", 40, 40 },
		{ "63", 63, 63 },
		{ "checkpoint_restore", 39, -1 },
		{ "bpf", 37, -1 },
		{ "41", 40, -1 },
		{ "64", 63, -1 },
		{ "", 63, -1 },
		{ "-1", 63, -1 },
		{ "+1", 63, -1 },
		{ "0x1", 63, -1 },
		{ "cap_chown", 63, -1 },
		{ "CHOWN", 63, -1 },
		{ "chown ", 63, -1 },
		{ "none", 63, -1 },
		{ "nosuch", 63, -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int(names_capability(rows[i].text, rows[i].last), rows[i].number,
		       "capability \"%s\" of a kernel with %d", rows[i].text, rows[i].last);
}

/* ---- namespaces ---- */

static void test_namespaces(void)
{
	static const struct {
		const char *text;
		uint64_t bits;
	} rows[] = {
		{ "mnt", CLONE_NEWNS },
		{ "mnt pid uts ipc net user cgroup time",
		  CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
			  CLONE_NEWUSER | CLONE_NEWCGROUP | CLONE_NEWTIME },
		{ "MOUNT|PID|UTSNAME|IPC|NETWORK|USER", CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |
								CLONE_NEWIPC | CLONE_NEWNET |
								CLONE_NEWUSER },
		{ "Mnt\tPid", CLONE_NEWNS | CLONE_NEWPID },
		{ "mnt,pid", CLONE_NEWNS | CLONE_NEWPID },
		{ "mnt mnt MOUNT", CLONE_NEWNS },
		{ "| mnt |", CLONE_NEWNS },
		{ "", 0 },
		{ " | ", 0 },
		{ "nosuch", 0 },
		{ "mnt nosuch", 0 },
		{ "nosuch mnt", 0 },
		{ "mn", 0 },
		{ "mnts", 0 },
		{ "mnt;pid", 0 },
		{ "averyveryverylongname", 0 },
		{ "mnt averyveryverylongname", 0 },
		{ "@nt", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		is_int((long)names_namespace_list(rows[i].text), (long)rows[i].bits,
		       "namespaces \"%s\"", rows[i].text);
}

int main(void)
{
	test_tables();
	test_complete();
	test_signals();
	test_capabilities();
	test_namespaces();
	return tap_done();
}
