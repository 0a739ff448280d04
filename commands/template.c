/* template.c - the built-in templates: busybox, tiny and none. */
#include "template.h"

#include <sys/stat.h>

#include "file.h"
#include "path.h"
#include "seal.h"

/* ---- what they share ---- */

static int make_dirs(int root, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mode_t mode = streq(names[i], "tmp") ? 01777 : 0755;
		auto_fd int fd = path_make(root, names[i], false, mode);
		if (fd < 0)
			return fail(-fd, "make the directory %s", names[i]);
		if (fchmodat(root, names[i], mode, 0) < 0)
			return fail(errno, "set the mode of %s", names[i]);
	}
	return 0;
}

static int make_file(int root, const char *name, mode_t mode, const char *text)
{
	auto_fd int fd = openat(root, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				mode);

	if (fd < 0)
		return fail(errno, "make the file %s", name);
	int r = file_write_all(fd, text, strlen(text));
	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	return r < 0 ? fail(-r, "write the file %s", name) : 0;
}

/* Copies an open program of the host into the root. */
static int copy_program(int from, int root, const char *name)
{
	auto_fd int to = openat(root, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				0755);

	if (to < 0)
		return fail(errno, "make the file %s", name);
	int r = file_copy(from, to);
	if (r == 0 && fchmod(to, 0755) < 0)
		r = -errno;
	return r < 0 ? fail(-r, "write the file %s", name) : 0;
}

static int make_link(int root, const char *target, const char *name)
{
	if (symlinkat(target, root, name) < 0)
		return fail(errno, "make the link %s", name);
	return 0;
}

/* ---- none ---- */

static int make_none(const struct template_job *job)
{
	return 0;
}

/* ---- tiny ---- */

/* This program is all it has: init, and a Lua prompt as its shell. */
static int make_tiny(const struct template_job *job)
{
	static const char *const dirs[] = { "bin",  "dev",  "etc", "proc",
					    "root", "sbin", "sys", "tmp" };
	auto_fd int self = seal_open_self();

	if (job->argc)
		return fail(0, "the template tiny has no option %s", job->argv[0]);
	TRY(self);
	TRY(make_dirs(job->rootfs, dirs, ARRAY_LEN(dirs)));
	TRY(copy_program(self, job->rootfs, "bin/lxcbox"));
	TRY(make_link(job->rootfs, "lxcbox", "bin/lua"));
	TRY(make_link(job->rootfs, "../bin/lxcbox", "sbin/init"));
	TRY(make_file(job->rootfs, "etc/passwd", 0644, "root:x:0:0:root:/root:/bin/lua\n"));
	TRY(make_file(job->rootfs, "etc/group", 0644, "root:x:0:\n"));
	text_format(job->config,
		    "lxc.uts.name = %s\n"
		    "lxc.tty.max = 1\n"
		    "lxc.pty.max = 16\n"
		    "lxc.mount.auto = proc:mixed sys:ro\n",
		    job->call->name);
	return 0;
}

/* ---- busybox ---- */

/* The first busybox on PATH. */
static int find_busybox(const char *given, char *path, size_t size)
{
	const char *at = getenv("PATH");

	if (given) {
		snprintf(path, size, "%s", given);
		return access(path, X_OK) == 0 ? 0 : fail(errno, "find the busybox %s", path);
	}
	while (at && *at) {
		size_t len = strcspn(at, ":");
		snprintf(path, size, "%.*s/busybox", (int)len, at);
		if (len && access(path, X_OK) == 0)
			return 0;
		at += len + (at[len] == ':');
	}
	return fail_hint(fail(0, "Failed to find busybox binary"), "--busybox-path FILE");
}

static int busybox_option(const struct template_job *job, const char **path)
{
	for (int i = 0; i < job->argc; i++) {
		const char *value = str_after(job->argv[i], "--busybox-path=");
		if (!value && streq(job->argv[i], "--busybox-path") && i + 1 < job->argc)
			value = job->argv[++i];
		if (!value)
			return fail(0, "the template busybox has no option %s", job->argv[i]);
		*path = value;
	}
	return 0;
}

/*
 * One link per applet. What they are is not asked of the file, which would have to be run; these
 * are what an init, a login and a shell need, and what people expect at a prompt.
 */
static const char applets[] =
	"[ [[ ash awk basename cat chgrp chmod chown clear cmp cp cpio cut date dd df diff "
	"dirname dmesg du echo egrep env expr false fgrep find free getty grep gunzip gzip "
	"halt head hostname hush id ifconfig ifdown ifup install ip kill killall klogd ln "
	"logger login logname logread losetup ls lsof md5sum mesg mkdir mkfifo mknod mktemp "
	"more mount mountpoint mv nc netstat nice nohup nslookup od passwd pgrep pidof ping "
	"ping6 pkill poweroff printenv printf ps pwd readlink realpath reboot renice reset "
	"rm rmdir route run-parts sed seq setsid sh sha1sum sha256sum sleep sort split stat "
	"strings stty su sulogin sync sysctl syslogd tail tar tee telnet test time timeout "
	"top touch tr traceroute true tty udhcpc umount uname uniq unzip uptime usleep vi "
	"watch wc wget which who whoami xargs yes zcat";

static int link_applets(int root)
{
	char name[32];

	for (const char *at = applets; *at;) {
		size_t len = strcspn(at, " ");
		snprintf(name, sizeof(name), "bin/%.*s", (int)len, at);
		TRY(make_link(root, "busybox", name));
		at += len + (at[len] == ' ');
	}
	return make_link(root, "../bin/busybox", "sbin/init");
}

/* Libraries of the host, should busybox be linked with some; only what both sides have. */
static void add_libraries(const struct template_job *job)
{
	static const char *const dirs[] = { "/lib", "/usr/lib", "/lib64", "/usr/lib64" };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (access(dirs[i], F_OK) == 0)
			text_format(job->config, "lxc.mount.entry = %s %s none ro,bind 0 0\n",
				    dirs[i], dirs[i] + 1);
}

static int make_busybox(const struct template_job *job)
{
	static const char *const dirs[] = {
		"selinux", "dev", "home",    "root",  "etc",	   "etc/init.d",
		"bin",	   "usr", "usr/bin", "sbin",  "usr/sbin",  "proc",
		"sys",	   "mnt", "tmp",     "var",   "var/log",   "var/run",
		"dev/pts", "lib", "usr/lib", "lib64", "usr/lib64",
	};
	char path[4096];
	const char *given = NULL;

	TRY(busybox_option(job, &given));
	TRY(find_busybox(given, path, sizeof(path)));
	auto_fd int program = open(path, O_RDONLY | O_CLOEXEC);
	if (program < 0)
		return fail(errno, "open %s", path);
	TRY(make_dirs(job->rootfs, dirs, ARRAY_LEN(dirs)));
	TRY(copy_program(program, job->rootfs, "bin/busybox"));
	TRY(link_applets(job->rootfs));
	TRY(make_file(job->rootfs, "etc/passwd", 0644, "root:x:0:0:root:/root:/bin/sh\n"));
	TRY(make_file(job->rootfs, "etc/group", 0644, "root:x:0:root\n"));
	TRY(make_file(job->rootfs, "etc/shadow", 0600, ""));
	TRY(make_file(job->rootfs, "etc/fstab", 0644, ""));
	TRY(make_file(
		job->rootfs, "etc/init.d/rcS", 0744,
		"#!/bin/sh\n/bin/syslogd\n/bin/mount -a\n/bin/udhcpc -b -q -t 3 2>/dev/null\n"));
	TRY(make_file(job->rootfs, "etc/inittab", 0644,
		      "::sysinit:/etc/init.d/rcS\n"
		      "tty1::respawn:/bin/getty -L tty1 115200 vt100\n"
		      "console::askfirst:/bin/sh\n"));
	text_format(job->config,
		    "lxc.signal.halt = SIGUSR1\n"
		    "lxc.signal.reboot = SIGTERM\n"
		    "lxc.uts.name = %s\n"
		    "lxc.autodev = 1\n"
		    "lxc.tty.max = 5\n"
		    "lxc.pty.max = 1\n"
		    "lxc.cap.drop = sys_module mac_admin mac_override sys_time\n"
		    "lxc.mount.auto = cgroup:mixed proc:mixed sys:ro\n"
		    "lxc.mount.entry = shm dev/shm tmpfs defaults,create=dir 0 0\n"
		    "lxc.mount.entry = mqueue dev/mqueue mqueue defaults,optional,create=dir 0 0\n",
		    job->call->name);
	add_libraries(job);
	text_add(job->config, "lxc.mount.entry = /sys/kernel/security sys/kernel/security none "
			      "ro,bind,optional 0 0\n");
	return 0;
}

const struct template templates[] = {
	{ "busybox", "A small system of the host's busybox.", false, make_busybox,
	  "  --busybox-path FILE           The busybox to copy (default: the one on PATH)" },
	{ "tiny", "Nothing but this program: an init and a Lua prompt.", false, make_tiny, NULL },
	{ "none", "A configuration without a root file system.", true, make_none, NULL },
};
const size_t templates_len = ARRAY_LEN(templates);
