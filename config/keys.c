/* keys.c - every key, one row each: setter, getter, saver, defaults and manual walk these rows. */
#include <linux/if_link.h>
#include <signal.h>

#include "conf.h"

/* The field's C type must match the key's: a wrong row does not compile. */
#define FIELD(ctype, f)	   _Generic(((struct conf *)0)->f, ctype : offsetof(struct conf, f))
#define NETFIELD(ctype, f) _Generic(((struct conf_net *)0)->f, ctype : offsetof(struct conf_net, f))
#define TEXT(f)		   .type = &key_text, .offset = FIELD(char *, f)
#define PATH(f)		   .type = &key_path, .offset = FIELD(char *, f)
#define COMMAND(f)	   .type = &key_command, .offset = FIELD(char *, f)
#define ROOTFS(f)	   .type = &key_rootfs, .offset = FIELD(char *, f)
#define PROXY(f)	   .type = &key_proxy, .offset = FIELD(char *, f)
#define NUMBER(f, lo, hi)                                                                          \
	.type = &key_number, .offset = FIELD(unsigned, f), .min = (lo), .max = (hi)
#define INTEGER(f)     .type = &key_integer, .offset = FIELD(int, f)
#define BOOL(f)	       .type = &key_bool, .offset = FIELD(bool, f), .init = "0"
#define YES(f)	       .type = &key_bool, .offset = FIELD(bool, f), .init = "1"
#define SIGNAL(f, lo)  .type = &key_signal, .offset = FIELD(int, f), .min = (lo)
#define SIZE(f)	       .type = &key_size, .offset = FIELD(uint64_t, f), .init = "0"
#define WORD(f, w)     .type = &key_word, .offset = FIELD(unsigned, f), .words = (w)
#define LEVEL(f)       .type = &key_level, .offset = FIELD(unsigned, f)
#define NAMESPACES(f)  .type = &key_namespaces, .offset = FIELD(unsigned, f)
#define TIME(f)	       .type = &key_time, .offset = FIELD(int64_t, f)
#define ITEMS(f, c)    .type = &key_items, .offset = FIELD(struct items, f), .check = (c)
#define WORDS(f, c)    ITEMS(f, c), .flags = KEY_WORDS
#define FAMILY(f, c)   ITEMS(f, c), .flags = KEY_FAMILY
#define AUTO(f)	       .type = &key_auto, .offset = FIELD(struct items, f)
#define ENVIRONMENT(f) .type = &key_environment, .offset = FIELD(struct items, f)
#define GIDS(f)	       .type = &key_gids, .offset = FIELD(struct items, f)
#define ALIAS(key)     .type = &key_alias, .init = (key)
#define HOOK(f)	       ITEMS(f, check_hook), .flags = KEY_LATER
#define LATER(...)     __VA_ARGS__, .flags = KEY_LATER
#define IGNORED	       .type = &key_ignored

/* Of an interface. All but the type and "up" wait for the network. */
#define NET(kind, ctype, f) .type = &(kind), .offset = NETFIELD(ctype, f), .flags = KEY_NET
#define NETLATER(kind, ctype, f)                                                                   \
	.type = &(kind), .offset = NETFIELD(ctype, f), .flags = KEY_NET | KEY_LATER
#define NETTEXT(f, c)  NETLATER(key_text, char *, f), .check = (c)
#define NETWORD(f, w)  NETLATER(key_word, unsigned, f), .words = (w)
#define NETITEMS(t, f) NETLATER(t, struct items, f)
#define VETH	       .nets = 1 << NET_VETH
#define VLAN	       .nets = 1 << NET_VLAN
#define MACVLAN	       .nets = 1 << NET_MACVLAN
#define IPVLAN	       .nets = 1 << NET_IPVLAN

static const struct name profiles[] = {
	{ "compat", PROFILE_COMPAT },
	{ "system", PROFILE_SYSTEM },
	{ NULL, 0 },
};

/* Only the width matters; the first of each is how it is read back. */
static const struct name arches[] = {
	{ "i686", 32 },	   { "x86_64", 64 },  { "x86", 32 },	     { "i386", 32 },
	{ "i486", 32 },	   { "i586", 32 },    { "athlon", 32 },	     { "linux32", 32 },
	{ "x32", 32 },	   { "arm", 32 },     { "armel", 32 },	     { "armhf", 32 },
	{ "armv7l", 32 },  { "mips", 32 },    { "mipsel", 32 },	     { "ppc", 32 },
	{ "powerpc", 32 }, { "riscv32", 32 }, { "amd64", 64 },	     { "linux64", 64 },
	{ "aarch64", 64 }, { "arm64", 64 },   { "mips64", 64 },	     { "mips64el", 64 },
	{ "ppc64", 64 },   { "ppc64le", 64 }, { "ppc64el", 64 },     { "powerpc64", 64 },
	{ "riscv64", 64 }, { "s390x", 64 },   { "loongarch64", 64 }, { "loong64", 64 },
	{ NULL, 0 },
};

static const struct name veth_modes[] = { { "bridge", 0 }, { "router", 1 }, { NULL, 0 } };
static const struct name macvlan_modes[] = {
	{ "private", MACVLAN_MODE_PRIVATE },
	{ "vepa", MACVLAN_MODE_VEPA },
	{ "bridge", MACVLAN_MODE_BRIDGE },
	{ "passthru", MACVLAN_MODE_PASSTHRU },
	{ NULL, 0 },
};
static const struct name ipvlan_modes[] = {
	{ "l2", IPVLAN_MODE_L2 },
	{ "l3", IPVLAN_MODE_L3 },
	{ "l3s", IPVLAN_MODE_L3S },
	{ NULL, 0 },
};
static const struct name ipvlan_isolations[] = {
	{ "bridge", 0 },
	{ "private", IPVLAN_F_PRIVATE },
	{ "vepa", IPVLAN_F_VEPA },
	{ NULL, 0 },
};

/* clang-format off */
const struct key keys[] = {
	{ "lxc.include",	.type = &key_include, .section = "Other files",
	  .help = "File that is read in this place, or directory, of which all files ending in "
		  ".conf are; a directory that ends in a slash may be missing." },

	{ "lxc.uts.name",	TEXT(uts_name), .max = 64, .check = check_host_name,
	  .section = "Name, first process, architecture",
	  .help = "Host name inside the container." },
	{ "lxc.arch",		LATER(WORD(arch, arches)),
	  .idle = sizeof(long) == 8 ? "x86_64" : "i686", .unset = "",
	  .help = "Architecture the container's programs are told of. Of any name only the width "
		  "counts, 32 or 64 bits. Without it, the host's." },
	{ "lxc.init.cmd",	COMMAND(init_cmd), .init = "/sbin/init", .unset = "",
	  .help = "Command lxc-start runs as the container's first process; a path inside it." },
	{ "lxc.execute.cmd",	COMMAND(execute_cmd),
	  .help = "Command lxc-execute runs when it is given none." },
	{ "lxc.init.uid",	NUMBER(init_uid, 0, UINT32_MAX - 1), .init = "0",
	  .help = "User id of the first process, as seen inside." },
	{ "lxc.init.gid",	NUMBER(init_gid, 0, UINT32_MAX - 1), .init = "0",
	  .help = "Group id of the first process, as seen inside." },
	{ "lxc.init.groups",	GIDS(init_groups),
	  .help = "Supplementary group ids of the first process, joined by commas. "
		  "Without it the process has none." },
	{ "lxc.init.cwd",	PATH(init_cwd), .init = "/", .unset = "",
	  .help = "Working directory of the first process; made when missing." },
	{ "lxc.environment",	ENVIRONMENT(environment),
	  .help = "NAME=VALUE for the first process and for lxc-attach; NAME alone takes the value "
		  "of whoever starts the container." },
	{ "lxc.environment.runtime", ENVIRONMENT(environment_runtime),
	  .help = "The same, of LXC 7: not for hooks." },
	{ "lxc.environment.hooks", ENVIRONMENT(environment_hooks), .flags = KEY_LATER,
	  .help = "The same, of LXC 7: only for hooks that run inside the container." },
	{ "lxc.ephemeral",	LATER(BOOL(ephemeral)),
	  .help = "Whether the container is destroyed when it has stopped." },

	{ "lxc.signal.halt",	SIGNAL(signal_halt, 1), .section = "Signals",
	  .help = "Signal that asks the first process to shut down. Without it SIGPWR, or "
		  "SIGRTMIN+3 where the first process blocks that one, as systemd does." },
	{ "lxc.signal.reboot",	SIGNAL(signal_reboot, 1), .init = "SIGINT", .unset = "0",
	  .help = "Signal that asks the first process to reboot." },
	{ "lxc.signal.stop",	SIGNAL(signal_stop, 1), .init = "SIGKILL", .unset = "0",
	  .help = "Signal that stops the container for good." },
	{ "lxc.monitor.signal.pdeath", SIGNAL(signal_pdeath, 0), .init = "SIGKILL", .empty = "0",
	  .help = "Signal the first process gets when its supervisor dies; empty: none, the "
		  "container lives on and every command still finds it." },

	{ "lxc.rootfs.path",	ROOTFS(rootfs_path), .section = "Root file system",
	  .help = "What the container's root is made from, as TYPE:PATH: dir:DIR, "
		  "overlay:LOWER[:LOWER...]:UPPER (or overlayfs:, aufs:), loop:FILE, "
		  "squashfs:FILE, erofs:FILE, lvm:DEVICE, zfs:DATASET, btrfs:DIR, rbd:DEVICE, "
		  "nbd:FILE. A path alone is looked at for what it is. Without this key the "
		  "container sees the host's files. Of these, this version starts directories." },
	{ "lxc.rootfs.mount",	PATH(rootfs_mount),
	  .help = "Directory the root is mounted on while it is prepared. Without it, on itself." },
	{ "lxc.rootfs.options", LATER(TEXT(rootfs_options)), .check = check_mount_options,
	  .help = "Options the root is mounted with, joined by commas: those of mount(8), and "
		  "idmap=container or idmap=FILE of a user namespace." },
	{ "lxc.rootfs.managed",	YES(rootfs_managed),
	  .help = "Whether lxc-destroy also removes the root file system." },

	{ "lxc.mount.fstab",	LATER(PATH(mount_fstab)), .section = "Mounts",
	  .help = "File with lines of fstab, mounted before those of lxc.mount.entry." },
	{ "lxc.mount.entry",	ITEMS(mount_entry, check_mount_entry),
	  .help = "One mount, in the form of a line of fstab. The target is a path below the root; "
		  "besides mount's own options there are optional, create=dir, create=file and "
		  "relative (the source, too, is a path below the root)." },
	{ "lxc.mount.auto",	AUTO(mount_auto),
	  .help = "Mounts of the kernel's file systems: proc[:mixed|:rw], sys[:mixed|:ro|:rw], "
		  "cgroup[:mixed|:ro|:rw][:force], cgroup-full likewise, cgroup2[:ro][:force], "
		  "and shmounts:HOSTDIR[:DIR]. A later one takes the place of an earlier one of "
		  "its kind." },

	{ "lxc.autodev",	YES(autodev), .empty = "0",
	  .section = "Devices, terminals, console",
	  .help = "Whether /dev is a fresh tmpfs with the standard devices." },
	{ "lxc.autodev.tmpfs.size", NUMBER(autodev_size, 0, INT32_MAX), .init = "500000",
	  .unset = "0",
	  .help = "Size of that tmpfs in bytes." },
	{ "lxc.tty.max",	NUMBER(tty_max, 0, 64), .init = "0",
	  .help = "Number of terminals for login programs, /dev/tty1 and on." },
	{ "lxc.tty.dir",	TEXT(tty_dir), .max = 64, .check = check_tty_dir,
	  .help = "Directory below /dev the console and terminals are made in." },
	{ "lxc.pty.max",	NUMBER(pty_max, 0, 1048576), .init = "0",
	  .help = "Number of pseudo-terminals of the container's own devpts; 0: it has none." },
	{ "lxc.console.path",	TEXT(console_path), .max = 4095,
	  .help = "Terminal of the host the console is joined to; none: no /dev/console." },
	{ "lxc.console.logfile", PATH(console_logfile),
	  .help = "File of the host that what is written to the console is appended to." },
	{ "lxc.console.size",	SIZE(console_size), .flags = KEY_SAID,
	  .help = "Size the log file may reach, rounded up to a power of two; auto: 128 KiB. "
		  "Without this key 1 MiB; 0: no limit." },
	{ "lxc.console.rotate",	BOOL(console_rotate),
	  .help = "Whether a full log file is kept as FILE.1, or else is emptied." },
	{ "lxc.console.buffer.size", LATER(SIZE(console_buffer_size)),
	  .help = "How much of what was last written to the console is kept in memory, rounded up "
		  "to a power of two; auto: 128 KiB." },

	{ "lxc.net",		.type = &key_net, .offset = FIELD(struct conf_nets, net),
	  .section = "Network",
	  .help = "Empty: forget all interfaces so far. lxc.net.N, empty, forgets one." },
	{ "lxc.net.[].type",	NET(key_net_type, enum conf_net_type, type), .init = "empty",
	  .help = "Kind of interface N; before all keys that are for one kind only. empty: a "
		  "network of its own with nothing but lo. none: the host's network. veth: one "
		  "end of a pair. vlan, macvlan, ipvlan: on top of the link. phys: the link "
		  "itself. This version starts empty and none." },
	{ "lxc.net.[].flags",	NET(key_up, char *, flags),
	  .help = "up, or any other text: the interface, and lo with it, is brought up." },
	{ "lxc.net.[].link",	NETTEXT(link, check_interface),
	  .help = "Interface of the host: the bridge of a veth, what a vlan, macvlan or ipvlan is "
		  "made on, or what is moved inside; of phys, NAME+ is the first that begins so." },
	{ "lxc.net.[].name",	NETTEXT(name, check_interface),
	  .help = "Name inside the container. Without it, eth0, eth1 and so on." },
	{ "lxc.net.[].hwaddr",	NETTEXT(hwaddr, check_hwaddr),
	  .help = "Hardware address; each x is a random digit, which lxc-create settles." },
	{ "lxc.net.[].mtu",	NETTEXT(mtu, check_mtu),
	  .help = "Largest packet in bytes." },
	{ "lxc.net.[].ipv4.address", NETITEMS(key_address, ipv4_address), .max = 4,
	  .help = "Address as A.B.C.D[/PREFIX] [BROADCAST]. Without a prefix, that of its class." },
	{ "lxc.net.[].ipv4.gateway", NETLATER(key_gateway, char *, ipv4_gateway), .max = 4,
	  .help = "Default route: an address, auto (the address of the link) or dev (the interface "
		  "itself)." },
	{ "lxc.net.[].ipv6.address", NETITEMS(key_address, ipv6_address), .max = 6,
	  .help = "Address as ADDRESS[/PREFIX]. Without a prefix, 64." },
	{ "lxc.net.[].ipv6.gateway", NETLATER(key_gateway, char *, ipv6_gateway), .max = 6,
	  .help = "Default route, as of ipv4.gateway." },
	{ "lxc.net.[].script.up", NETTEXT(script_up, check_hook),
	  .help = "Command run on the host when the interface has been made." },
	{ "lxc.net.[].script.down", NETTEXT(script_down, check_hook),
	  .help = "Command run on the host before the interface goes." },
	{ "lxc.net.[].l2proxy",	NETLATER(key_bool, bool, l2proxy), .init = "0",
	  .help = "Whether the link answers for the addresses of this interface." },
	{ "lxc.net.[].veth.mode", NETWORD(veth_mode, veth_modes), VETH, .init = "bridge",
	  .help = "bridge: the host's end belongs to the link. router: the host routes to it." },
	{ "lxc.net.[].veth.pair", NETTEXT(veth_pair, check_interface), VETH,
	  .help = "Name of the host's end." },
	{ "lxc.net.[].veth.ipv4.route", NETITEMS(key_route, veth_ipv4_route), VETH, .max = 4,
	  .help = "Route of the host to the interface, as ADDRESS/PREFIX." },
	{ "lxc.net.[].veth.ipv6.route", NETITEMS(key_route, veth_ipv6_route), VETH, .max = 6,
	  .help = "The same for IPv6." },
	{ "lxc.net.[].veth.vlan.id", NETTEXT(veth_vlan_id, check_port_vlan), VETH, .unset = "0",
	  .help = "Untagged VLAN of the bridge's port, or none." },
	{ "lxc.net.[].veth.vlan.tagged.id", .type = &key_items, VETH, .check = check_vlan,
	  .offset = NETFIELD(struct items, veth_vlan_tagged),
	  .flags = KEY_NET | KEY_LATER | KEY_JOINED,
	  .help = "Tagged VLAN of the bridge's port." },
	{ "lxc.net.[].veth.n_rxqueues", NETTEXT(veth_n_rxqueues, check_queues), VETH,
	  .help = "Number of receive queues." },
	{ "lxc.net.[].veth.n_txqueues", NETTEXT(veth_n_txqueues, check_queues), VETH,
	  .help = "Number of send queues." },
	{ "lxc.net.[].vlan.id",	NETTEXT(vlan_id, check_vlan), VLAN, .unset = "0",
	  .help = "Number of the VLAN." },
	{ "lxc.net.[].macvlan.mode", NETWORD(macvlan_mode, macvlan_modes), MACVLAN,
	  .init = "private",
	  .help = "How those on one link see each other." },
	{ "lxc.net.[].ipvlan.mode", NETWORD(ipvlan_mode, ipvlan_modes), IPVLAN, .init = "l3",
	  .help = "Whether the link bridges (l2) or routes (l3; l3s: and filters)." },
	{ "lxc.net.[].ipvlan.isolation", NETWORD(ipvlan_isolation, ipvlan_isolations), IPVLAN,
	  .init = "bridge",
	  .help = "How those on one link see each other." },

	{ "lxc.cgroup.dir",	LATER(TEXT(cgroup_dir)), .check = check_cgroup_dir,
	  .unset = "(null)", .section = "Control groups",
	  .help = "Path of the groups: DIR/lxc.payload.NAME and DIR/lxc.monitor.NAME." },
	{ "lxc.cgroup.dir.container", LATER(TEXT(cgroup_dir_container)), .check = check_cgroup_dir,
	  .unset = "(null)",
	  .help = "Path of the container's group, to the letter; together with dir.monitor." },
	{ "lxc.cgroup.dir.container.inner", LATER(TEXT(cgroup_dir_inner)),
	  .check = check_cgroup_inner, .unset = "(null)",
	  .help = "Name of a group below that, in which the container runs, so that it cannot "
		  "change its own limits." },
	{ "lxc.cgroup.dir.monitor", LATER(TEXT(cgroup_dir_monitor)), .check = check_cgroup_dir,
	  .unset = "(null)",
	  .help = "Path of the supervisor's group, to the letter; together with dir.container." },
	{ "lxc.cgroup.dir.monitor.pivot", LATER(TEXT(cgroup_dir_pivot)), .check = check_cgroup_dir,
	  .unset = "(null)",
	  .help = "Group the supervisor goes to when it removes the others." },
	{ "lxc.cgroup.relative", LATER(BOOL(cgroup_relative)),
	  .help = "Whether the groups are made below the caller's own, and not at the top." },
	{ "lxc.cgroup.*",	ITEMS(cgroup, check_cgroup),
	  .flags = KEY_FAMILY | KEY_MANY | KEY_LATER,
	  .help = "Value for a file of the container's group, as version 1 calls it, such as "
		  "lxc.cgroup.memory.limit_in_bytes = 64M." },
	{ "lxc.cgroup2.*",	ITEMS(cgroup2, check_cgroup),
	  .flags = KEY_FAMILY | KEY_MANY | KEY_LATER,
	  .help = "The same, as version 2 calls it, such as lxc.cgroup2.memory.max = 64M." },

	{ "lxc.idmap",		ITEMS(idmap, check_idmap), .flags = KEY_JOINED,
	  .section = "Namespaces",
	  .help = "One range of ids of a user namespace: u or g, the first id inside, the first id "
		  "outside, how many." },
	{ "lxc.namespace.clone", LATER(NAMESPACES(namespace_clone)),
	  .help = "The namespaces that are new, and no others." },
	{ "lxc.namespace.keep",	LATER(NAMESPACES(namespace_keep)),
	  .help = "The namespaces that stay the caller's; all others are new." },
	{ "lxc.namespace.share.*", ITEMS(namespace_share, check_share),
	  .flags = KEY_FAMILY | KEY_LATER, .unset = "(null)",
	  .help = "Whose namespace of that kind is joined: a process id, the name of a container, "
		  "or the path of one." },
	{ "lxc.time.offset.boot", LATER(TIME(time_boot)), .init = "0s",
	  .help = "What the clock since boot is ahead inside: a number, which may be negative, and "
		  "h, m, s, ms, us or ns." },
	{ "lxc.time.offset.monotonic", LATER(TIME(time_monotonic)), .init = "0s",
	  .help = "The same for the monotonic clock." },

	{ "lxc.cap.drop",	WORDS(cap_drop, check_capability), .section = "Security",
	  .help = "Capabilities the container does not get, by name or number." },
	{ "lxc.cap.keep",	WORDS(cap_keep, check_capability),
	  .help = "The only capabilities the container gets; none: not one." },
	{ "lxc.no_new_privs",	BOOL(no_new_privs),
	  .help = "Whether set-user-id programs and file capabilities have no effect inside." },
	{ "lxc.security.profile", WORD(profile, profiles), .init = "system",
	  .help = "What holds where the configuration is silent. compat: what LXC does. system: "
		  "also, in a container without id map, fewer capabilities; no typing into the "
		  "caller's terminal and no watching or freezing of the host's file system; a "
		  "bounded console log; and lxc-attach passes only TERM and LANG on." },
	{ "lxc.apparmor.profile", LATER(TEXT(apparmor_profile)), .max = 4095,
	  .idle = "unchanged",
	  .help = "AppArmor profile the container runs under; unconfined; unchanged: the caller's; "
		  "generated: one made for it." },
	{ "lxc.apparmor.allow_incomplete", LATER(BOOL(apparmor_incomplete)),
	  .help = "Whether a kernel that cannot confine mounts will do." },
	{ "lxc.apparmor.allow_nesting", LATER(BOOL(apparmor_nesting)),
	  .help = "Whether a generated profile lets the container run containers." },
	{ "lxc.apparmor.raw",	LATER(ITEMS(apparmor_raw, NULL)),
	  .help = "One line more for a generated profile." },
	{ "lxc.selinux.context", LATER(TEXT(selinux_context)), .max = 4095, .idle = "unchanged",
	  .help = "SELinux context of the first process; unchanged: the caller's." },
	{ "lxc.selinux.context.keyring", LATER(TEXT(selinux_keyring)), .max = 4095,
	  .help = "SELinux context of its session keyring." },
	{ "lxc.keyring.session", BOOL(keyring_session), .idle = "1",
	  .flags = KEY_LATER | KEY_SAID,
	  .help = "0: the container gets a session keyring of its own, which it does not in this "
		  "version; 1: it keeps the caller's." },
	{ "lxc.seccomp.profile", LATER(PATH(seccomp_profile)),
	  .help = "File that says which system calls the container may make." },
	{ "lxc.seccomp.allow_nesting", LATER(BOOL(seccomp_nesting)),
	  .help = "Whether it is loaded even when a filter is in force already." },
	{ "lxc.seccomp.notify.proxy", LATER(PROXY(seccomp_proxy)), .check = check_proxy,
	  .help = "Socket of the program that answers for system calls, as unix:PATH or "
		  "unix:@NAME." },
	{ "lxc.seccomp.notify.cookie", LATER(TEXT(seccomp_cookie)), .max = 4095,
	  .help = "Text that is sent to it with every question." },
	{ "lxc.sched.core",	LATER(BOOL(sched_core)),
	  .help = "Whether the container never shares a processor's threads with others." },

	{ "lxc.prlimit.*",	FAMILY(prlimit, check_limit),
	  .section = "Limits and kernel settings",
	  .help = "A resource limit as SOFT[:HARD], numbers or unlimited; the names are those of "
		  "setrlimit(2) in small letters." },
	{ "lxc.sysctl.*",	ITEMS(sysctl, check_sysctl), .flags = KEY_FAMILY | KEY_LATER,
	  .help = "Value for a file below /proc/sys, written in the container's namespaces; a dot "
		  "of the name is a slash of the path." },
	{ "lxc.proc.*",		ITEMS(proc, check_proc), .flags = KEY_FAMILY | KEY_LATER,
	  .help = "Value for a file of /proc/PID of the first process, such as "
		  "lxc.proc.oom_score_adj = 10." },

	{ "lxc.hook.version",	LATER(NUMBER(hook_version, 0, 1)), .init = "0", .section = "Hooks",
	  .help = "How hooks learn what they are for: 0, by arguments; 1, by the environment." },
	{ "lxc.hook.pre-start",	HOOK(hook_pre_start),
	  .help = "Command run on the host before anything is made." },
	{ "lxc.hook.pre-mount",	HOOK(hook_pre_mount),
	  .help = "Command run in the container's namespaces before its root is mounted." },
	{ "lxc.hook.mount",	HOOK(hook_mount),
	  .help = "Command run in the container's namespaces when all is mounted." },
	{ "lxc.hook.autodev",	HOOK(hook_autodev),
	  .help = "Command run in the container's namespaces when /dev is mounted." },
	{ "lxc.hook.start-host", HOOK(hook_start_host),
	  .help = "Command run on the host when the container is set up." },
	{ "lxc.hook.start",	HOOK(hook_start),
	  .help = "Command run inside the container right before its first process." },
	{ "lxc.hook.stop",	HOOK(hook_stop),
	  .help = "Command run on the host when the container has died." },
	{ "lxc.hook.post-stop",	HOOK(hook_post_stop),
	  .help = "Command run on the host when all is cleaned up." },
	{ "lxc.hook.clone",	ITEMS(hook_clone, check_hook),
	  .help = "Command run on the host when the container is copied, which this version "
		  "cannot." },
	{ "lxc.hook.destroy",	ITEMS(hook_destroy, check_hook),
	  .help = "Command run on the host before the container is destroyed. This version cannot, "
		  "and does not destroy it either." },

	{ "lxc.log.file",	PATH(log_file), .section = "Log, groups, start at boot",
	  .help = "File the log is appended to." },
	{ "lxc.log.level",	LEVEL(log_level), .init = "NOTSET",
	  .help = "Lowest level that is logged: TRACE DEBUG INFO NOTICE WARN ERROR CRIT ALERT "
		  "FATAL or 0 to 8." },
	{ "lxc.log.syslog",	TEXT(log_syslog), .check = check_syslog,
	  .help = "Also log to syslog, as daemon or local0 to local7." },
	{ "lxc.monitor.unshare", LATER(NUMBER(monitor_unshare, 0, INT32_MAX)), .init = "0",
	  .help = "Whether the supervisor has mounts of its own, so that those of hooks are not "
		  "seen on the host." },
	{ "lxc.group",		WORDS(group, check_group),
	  .help = "Groups the container belongs to." },
	{ "lxc.start.auto",	BOOL(start_auto),
	  .help = "Whether the container is started at boot." },
	{ "lxc.start.delay",	NUMBER(start_delay, 0, INT32_MAX), .init = "0",
	  .help = "Seconds to wait after starting this container before the next one." },
	{ "lxc.start.order",	INTEGER(start_order), .init = "0",
	  .help = "Place in the order of starting; the lower the earlier." },

	/* The names of LXC 1 and 2. */
	{ "lxc.utsname",	ALIAS("lxc.uts.name") },
	{ "lxc.init_cmd",	ALIAS("lxc.init.cmd") },
	{ "lxc.init_uid",	ALIAS("lxc.init.uid") },
	{ "lxc.init_gid",	ALIAS("lxc.init.gid") },
	{ "lxc.haltsignal",	ALIAS("lxc.signal.halt") },
	{ "lxc.rebootsignal",	ALIAS("lxc.signal.reboot") },
	{ "lxc.stopsignal",	ALIAS("lxc.signal.stop") },
	{ "lxc.rootfs",		ALIAS("lxc.rootfs.path") },
	{ "lxc.rootfs.backend",	WORD(rootfs_backend, rootfs_types), .unset = "",
	  .section = "Of LXC 1 and 2 only",
	  .help = "Type of an lxc.rootfs that does not say its own." },
	{ "lxc.mount",		ALIAS("lxc.mount.fstab") },
	{ "lxc.tty",		ALIAS("lxc.tty.max") },
	{ "lxc.devttydir",	ALIAS("lxc.tty.dir") },
	{ "lxc.pts",		ALIAS("lxc.pty.max") },
	{ "lxc.console",	ALIAS("lxc.console.path") },
	{ "lxc.id_map",		ALIAS("lxc.idmap") },
	{ "lxc.limit.*",	ALIAS("lxc.prlimit."), .flags = KEY_FAMILY },
	{ "lxc.aa_profile",	ALIAS("lxc.apparmor.profile") },
	{ "lxc.aa_allow_incomplete", ALIAS("lxc.apparmor.allow_incomplete") },
	{ "lxc.se_context",	ALIAS("lxc.selinux.context") },
	{ "lxc.seccomp",	ALIAS("lxc.seccomp.profile") },
	{ "lxc.logfile",	ALIAS("lxc.log.file") },
	{ "lxc.loglevel",	ALIAS("lxc.log.level") },
	{ "lxc.syslog",		ALIAS("lxc.log.syslog") },
	{ "lxc.network.*",	ALIAS("lxc.net."), .flags = KEY_FAMILY },
	{ "lxc.network",	ALIAS("lxc.net") },
	{ "lxc.pivotdir",	IGNORED,
	  .help = "Where the host's root was put for a moment; there is no need for it." },
	{ "lxc.kmsg",		IGNORED,
	  .help = "Whether /dev/kmsg was the console; it has not been since LXC 2.1." },
};
/* clang-format on */
const size_t keys_len = ARRAY_LEN(keys);
