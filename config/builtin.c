/* builtin.c - the files of /usr/share/lxc/config, which configurations of every age include. */
#include "builtin.h"

#define INCLUDE(name) "lxc.include = " BUILTIN_DIR name "\n"

/* The device rules, the same for both versions of control groups. */
#define RULES(version)                                                                             \
	version ".devices.deny = a\n" version ".devices.allow = c *:* m\n" version                 \
		".devices.allow = b *:* m\n" version ".devices.allow = c 1:3 rwm\n" version        \
		".devices.allow = c 1:5 rwm\n" version ".devices.allow = c 1:7 rwm\n" version      \
		".devices.allow = c 5:0 rwm\n" version ".devices.allow = c 5:1 rwm\n" version      \
		".devices.allow = c 5:2 rwm\n" version ".devices.allow = c 1:8 rwm\n" version      \
		".devices.allow = c 1:9 rwm\n" version ".devices.allow = c 136:* rwm\n" version    \
		".devices.allow = c 10:229 rwm\n"

/* rtc, tun, hpet, kvm */
#define HARDWARE                                                                                   \
	"lxc.cgroup.devices.allow = c 254:0 rm\n"                                                  \
	"lxc.cgroup.devices.allow = c 10:200 rwm\n"                                                \
	"lxc.cgroup.devices.allow = c 10:228 rwm\n"                                                \
	"lxc.cgroup.devices.allow = c 10:232 rwm\n"

#define SHM	   "lxc.mount.entry = none dev/shm tmpfs rw,nosuid,nodev,create=dir 0 0\n"
#define NO_TTY_DIR "lxc.tty.dir =\n"
#define SECCOMP	   "lxc.seccomp.profile = " BUILTIN_DIR "common.seccomp\n"
#define RPM_DROPS  "lxc.cap.drop = sys_nice sys_pacct sys_rawio\n"
#define DEBIAN	   INCLUDE("common.conf") NO_TTY_DIR HARDWARE

/* clang-format off */
const struct builtin builtins[] = {
	{ "common.conf",
	  "# What all containers share.\n"
	  "lxc.tty.dir = lxc\n"
	  "lxc.pty.max = 1024\n"
	  "lxc.tty.max = 4\n"
	  "lxc.cap.drop = mac_admin mac_override sys_time sys_module sys_rawio\n"
	  "lxc.hook.clone = /usr/share/lxc/hooks/clonehostname\n"
	  "# Devices: any node may be made; of these it may also be read from and written to.\n"
	  RULES("lxc.cgroup") RULES("lxc.cgroup2")
	  "lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed\n"
	  "lxc.mount.entry = /sys/fs/fuse/connections sys/fs/fuse/connections none "
	  "bind,optional 0 0\n"
	  SECCOMP INCLUDE("common.conf.d/") },
	{ "userns.conf",
	  "# What containers with an id map share: the kernel itself keeps them from devices, and\n"
	  "# their capabilities are good for nothing outside.\n"
	  "lxc.cgroup.devices.deny =\nlxc.cgroup.devices.allow =\n"
	  "lxc.cgroup2.devices.deny =\nlxc.cgroup2.devices.allow =\n"
	  "lxc.cap.drop =\nlxc.cap.keep =\n"
	  NO_TTY_DIR "lxc.mount.auto = sys:rw\n" INCLUDE("userns.conf.d/") },
	{ "nesting.conf",
	  "# Containers inside the container. A user namespace may mount proc and sysfs only\n"
	  "# where it sees them uncovered somewhere.\n"
	  "lxc.apparmor.profile = lxc-container-default-with-nesting\n"
	  "lxc.mount.entry = proc dev/.lxc/proc proc create=dir,optional 0 0\n"
	  "lxc.mount.entry = sys dev/.lxc/sys sysfs create=dir,optional 0 0\n" },
	{ "common.seccomp",
	  "2\ndenylist\nreject_force_umount\n[all]\nkexec_load errno 1\nopen_by_handle_at errno 1\n"
	  "init_module errno 1\nfinit_module errno 1\ndelete_module errno 1\n" },
	{ "oci.common.conf", "# Nothing.\n" },

	/* What distributions have of their own; those that are not here have nothing. */
	{ "alpine.common.conf",
	  INCLUDE("common.conf") NO_TTY_DIR
	  "lxc.cap.drop = audit_write ipc_owner mknod sys_nice sys_pacct sys_rawio sys_resource "
	  "sys_tty_config syslog wake_alarm\n"
	  "lxc.mount.entry = run run tmpfs rw,nodev,relatime,mode=755 0 0\n"
	  "lxc.mount.entry = shm dev/shm tmpfs "
	  "rw,nodev,noexec,nosuid,relatime,mode=1777,create=dir 0 0\n" },
	{ "archlinux.common.conf",
	  INCLUDE("common.conf") "lxc.tty.max = 6\nlxc.signal.halt = SIGRTMIN+4\n"
				 "lxc.cap.drop = setfcap sys_nice sys_pacct sys_rawio\n" },
	{ "centos.common.conf", INCLUDE("common.conf") RPM_DROPS },
	{ "debian.common.conf", DEBIAN },
	{ "devuan.common.conf", DEBIAN },
	{ "fedora.common.conf",
	  INCLUDE("common.conf") "lxc.cap.drop = setfcap sys_nice sys_pacct sys_rawio\n" },
	{ "gentoo.common.conf", DEBIAN SHM },
	{ "gentoo.moresecure.conf",
	  INCLUDE("common.conf")
	  "lxc.mount.entry = mqueue dev/mqueue mqueue rw,nodev,noexec,nosuid,create=dir 0 0\n"
	  "lxc.mount.entry = shm dev/shm tmpfs "
	  "rw,nosuid,nodev,noexec,relatime,create=dir 0 0\n"
	  "lxc.mount.entry = run run tmpfs rw,nosuid,nodev,relatime,mode=755 0 0\n"
	  "lxc.cap.drop = audit_control audit_write dac_read_search fsetid ipc_owner "
	  "linux_immutable mknod setfcap setpcap sys_admin sys_nice sys_pacct sys_ptrace "
	  "sys_rawio sys_resource sys_tty_config syslog\n" },
	{ "kali.common.conf", DEBIAN },
	{ "opensuse.common.conf", INCLUDE("common.conf") RPM_DROPS },
	{ "openwrt.common.conf",
	  "lxc.tty.dir = lxc\nlxc.tty.max = 4\nlxc.pty.max = 1024\n"
	  "lxc.cap.drop = mac_admin mac_override sys_admin sys_module sys_nice sys_pacct "
	  "sys_ptrace sys_rawio sys_resource sys_time sys_tty_config syslog wake_alarm\n"
	  "lxc.cgroup.devices.deny = a\n"
	  "lxc.cgroup.devices.allow = c 1:3 rwm\nlxc.cgroup.devices.allow = c 1:5 rwm\n"
	  "lxc.cgroup.devices.allow = c 5:0 rwm\nlxc.cgroup.devices.allow = c 5:1 rwm\n"
	  "lxc.cgroup.devices.allow = c 1:8 rwm\nlxc.cgroup.devices.allow = c 1:9 rwm\n"
	  "lxc.cgroup.devices.allow = c 5:2 rwm\nlxc.cgroup.devices.allow = c 136:* rwm\n"
	  "lxc.cgroup.devices.allow = c 254:0 rm\nlxc.cgroup.devices.allow = c 10:200 rwm\n"
	  "lxc.cgroup.devices.allow = c 4:0 rwm\nlxc.cgroup.devices.allow = c 4:1 rwm\n" SECCOMP },
	{ "oracle.common.conf", INCLUDE("common.conf") RPM_DROPS },
	{ "plamo.common.conf",
	  INCLUDE("common.conf") NO_TTY_DIR "lxc.cgroup.devices.allow = c 254:0 rm\n" },
	{ "sabayon.common.conf",
	  "lxc.mount.auto = cgroup:mixed proc:mixed sys:mixed\n"
	  "lxc.pty.max = 1024\nlxc.tty.max = 1\nlxc.autodev = 1\n" NO_TTY_DIR
	  "lxc.cgroup.devices.deny = a\n"
	  "lxc.cgroup.devices.allow = c 1:3 rwm\nlxc.cgroup.devices.allow = c 1:5 rwm\n"
	  "lxc.cgroup.devices.allow = c 1:7 rwm\nlxc.cgroup.devices.allow = c 1:8 rwm\n"
	  "lxc.cgroup.devices.allow = c 1:9 rwm\n"
	  "lxc.cap.drop = sys_time sys_module sys_rawio mac_admin mac_override\n" SHM SECCOMP
	  INCLUDE("common.conf.d/") },
	{ "slackware.common.conf", DEBIAN SHM "lxc.cap.drop = mknod setfcap setpcap\n" },
	{ "sparclinux.common.conf", INCLUDE("common.conf") RPM_DROPS },
	{ "ubuntu.common.conf",
	  INCLUDE("common.conf")
	  "lxc.mount.entry = /sys/kernel/debug sys/kernel/debug none bind,optional 0 0\n"
	  "lxc.mount.entry = /sys/kernel/security sys/kernel/security none bind,optional 0 0\n"
	  "lxc.mount.entry = /sys/fs/pstore sys/fs/pstore none bind,optional 0 0\n"
	  "lxc.mount.entry = mqueue dev/mqueue mqueue rw,relatime,create=dir,optional 0 0\n"
	  HARDWARE },
	{ "ubuntu.userns.conf",
	  INCLUDE("userns.conf")
	  "lxc.mount.entry = /sys/firmware/efi/efivars sys/firmware/efi/efivars none "
	  "bind,optional 0 0\n"
	  "lxc.mount.entry = /proc/sys/fs/binfmt_misc proc/sys/fs/binfmt_misc none "
	  "bind,optional 0 0\n" },
	{ "ubuntu.lucid.conf", NO_TTY_DIR },
	{ "ubuntu-cloud.common.conf",
	  INCLUDE("ubuntu.common.conf")
	  "lxc.hook.clone = /usr/share/lxc/hooks/ubuntu-cloud-prep\n" },
	{ "ubuntu-cloud.userns.conf", INCLUDE("ubuntu.userns.conf") },
	{ "ubuntu-cloud.lucid.conf", INCLUDE("ubuntu.lucid.conf") },
	{ "voidlinux.common.conf",
	  INCLUDE("common.conf")
	  "lxc.tty.max = 6\nlxc.environment = VIRTUALIZATION=lxc\nlxc.signal.halt = SIGCONT\n"
	  "lxc.cap.drop = setfcap sys_nice sys_pacct sys_rawio\n" },
	{ "voidlinux.userns.conf",
	  INCLUDE("userns.conf")
	  "lxc.environment = VIRTUALIZATION=lxc\nlxc.signal.halt = SIGCONT\n" },

	/* Any other distribution's. */
	{ "*.common.conf", INCLUDE("common.conf") },
	{ "*.userns.conf", INCLUDE("userns.conf") },
};
/* clang-format on */
const size_t builtins_len = ARRAY_LEN(builtins);

/* Where versions and distributions of LXC have put them. */
static const char *const dirs[] = { BUILTIN_DIR, "/usr/local/share/lxc/config/" };

/* Those LXC has had such files for. */
static const char *const distributions[] = {
	"alpine",  "archlinux", "centos",     "debian",	 "devuan",	 "fedora",
	"gentoo",  "kali",	"opensuse",   "openwrt", "oracle",	 "plamo",
	"sabayon", "slackware", "sparclinux", "ubuntu",	 "ubuntu-cloud", "voidlinux",
};

/* "*.common.conf" is that of any distribution. */
static bool matches(const char *pattern, const char *name)
{
	if (*pattern != '*')
		return streq(pattern, name);
	for (size_t i = 0; i < ARRAY_LEN(distributions); i++) {
		const char *rest = str_after(name, distributions[i]);
		if (rest && streq(rest, pattern + 1))
			return true;
	}
	return false;
}

const char *builtin_find(const char *path)
{
	for (size_t d = 0; d < ARRAY_LEN(dirs); d++) {
		const char *name = str_after(path, dirs[d]);
		for (size_t i = 0; name && i < ARRAY_LEN(builtins); i++)
			if (matches(builtins[i].name, name))
				return builtins[i].text;
	}
	return NULL;
}
