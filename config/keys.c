/* keys.c - every key, one row each: setter, getter, saver, defaults and manual walk these rows. */
#include <signal.h>

#include "conf.h"

/* The field's C type must match the key's: a wrong row does not compile. */
#define FIELD(ctype, f)	   _Generic(((struct conf *)0)->f, ctype : offsetof(struct conf, f))
#define NETFIELD(ctype, f) _Generic(((struct conf_net *)0)->f, ctype : offsetof(struct conf_net, f))
#define TEXT(f)		   .type = &key_text, .offset = FIELD(char *, f)
#define PATH(f)		   .type = &key_path, .offset = FIELD(char *, f)
#define COMMAND(f)	   .type = &key_command, .offset = FIELD(char *, f)
#define ROOTFS(f)	   .type = &key_rootfs, .offset = FIELD(char *, f)
#define NUMBER(f, lo, hi)                                                                          \
	.type = &key_number, .offset = FIELD(unsigned, f), .min = (lo), .max = (hi)
#define INTEGER(f)     .type = &key_integer, .offset = FIELD(int, f)
#define BOOL(f)	       .type = &key_bool, .offset = FIELD(bool, f)
#define SIGNAL(f, lo)  .type = &key_signal, .offset = FIELD(int, f), .min = (lo)
#define SIZE(f)	       .type = &key_size, .offset = FIELD(uint64_t, f)
#define WORD(f, w)     .type = &key_word, .offset = FIELD(unsigned, f), .words = (w)
#define LEVEL(f)       .type = &key_level, .offset = FIELD(unsigned, f)
#define ITEMS(f, c)    .type = &key_items, .offset = FIELD(struct items, f), .check = (c)
#define ENVIRONMENT(f) .type = &key_environment, .offset = FIELD(struct items, f)
#define GIDS(f)	       .type = &key_gids, .offset = FIELD(struct items, f)
#define ALIAS(key)     .type = &key_alias, .init = (key)

static const struct name profiles[] = {
	{ "compat", PROFILE_COMPAT },
	{ "system", PROFILE_SYSTEM },
	{ NULL, 0 },
};

/* clang-format off */
const struct key keys[] = {
	{ "lxc.uts.name",	TEXT(uts_name), .max = 64,
	  .help = "Host name inside the container." },

	{ "lxc.init.cmd",	COMMAND(init_cmd), .init = "/sbin/init",
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
	{ "lxc.init.cwd",	PATH(init_cwd), .init = "/",
	  .help = "Working directory of the first process; made when missing." },
	{ "lxc.environment",	ENVIRONMENT(environment),
	  .help = "NAME=VALUE for the first process and for lxc-attach; NAME alone takes the value "
		  "of whoever starts the container." },

	{ "lxc.signal.halt",	SIGNAL(signal_halt, 1),
	  .help = "Signal that asks the first process to shut down. Without it SIGPWR, or "
		  "SIGRTMIN+3 where the first process blocks that one, as systemd does." },
	{ "lxc.signal.reboot",	SIGNAL(signal_reboot, 1), .init = "SIGINT",
	  .help = "Signal that asks the first process to reboot." },
	{ "lxc.signal.stop",	SIGNAL(signal_stop, 1), .init = "SIGKILL",
	  .help = "Signal that stops the container for good." },
	{ "lxc.monitor.signal.pdeath", SIGNAL(signal_pdeath, 0), .init = "SIGKILL", .empty = "0",
	  .help = "Signal the first process gets when its supervisor dies; empty: none, the "
		  "container lives on and every command still finds it." },

	{ "lxc.rootfs.path",	ROOTFS(rootfs_path),
	  .help = "Directory the container's root is made from, DIR or dir:DIR. Without it the "
		  "container sees the host's files." },
	{ "lxc.rootfs.mount",	PATH(rootfs_mount),
	  .help = "Directory the root is mounted on while it is prepared. Without it, on itself." },
	{ "lxc.rootfs.managed",	BOOL(rootfs_managed), .init = "1",
	  .help = "Whether lxc-destroy also removes the root file system." },

	{ "lxc.mount.entry",	ITEMS(mount_entry, check_mount_entry),
	  .help = "One mount, in the form of a line of fstab. The target is a path below the root; "
		  "besides mount's own options there are optional, create=dir, create=file and "
		  "relative (the source, too, is a path below the root)." },
	{ "lxc.mount.auto",	ITEMS(mount_auto, check_mount_auto), .flags = KEY_WORDS,
	  .help = "Mounts of the kernel's file systems: proc[:mixed|:rw], sys[:mixed|:ro|:rw], "
		  "cgroup[:mixed|:ro|:rw][:force], cgroup-full likewise, cgroup2[:ro][:force]." },
	{ "lxc.autodev",	BOOL(autodev), .init = "1", .empty = "0",
	  .help = "Whether /dev is a fresh tmpfs with the standard devices." },
	{ "lxc.autodev.tmpfs.size", NUMBER(autodev_size, 0, INT32_MAX), .init = "500000",
	  .help = "Size of that tmpfs in bytes." },

	{ "lxc.tty.max",	NUMBER(tty_max, 0, 64), .init = "0",
	  .help = "Number of terminals for login programs, /dev/tty1 and on." },
	{ "lxc.tty.dir",	TEXT(tty_dir), .max = 64,
	  .help = "Directory below /dev the console and terminals are made in." },
	{ "lxc.pty.max",	NUMBER(pty_max, 0, 1048576), .init = "0",
	  .help = "Number of pseudo-terminals of the container's own devpts; 0: it has none." },
	{ "lxc.console.path",	TEXT(console_path), .max = 4095,
	  .help = "Terminal of the host the console is joined to; none: no /dev/console." },
	{ "lxc.console.logfile", PATH(console_logfile),
	  .help = "File of the host that what is written to the console is appended to." },
	{ "lxc.console.size",	SIZE(console_size), .init = "0", .flags = KEY_SAID,
	  .help = "Size the log file may reach, rounded up to a power of two; auto: 128 KiB. "
		  "Without this key 1 MiB; 0: no limit." },
	{ "lxc.console.rotate",	BOOL(console_rotate), .init = "0",
	  .help = "Whether a full log file is kept as FILE.1, or else is emptied." },

	{ "lxc.net",		.type = &key_net, .offset = FIELD(struct conf_nets, net),
	  .help = "Empty: forget all interfaces so far." },
	{ "lxc.net.[].type",	.type = &key_net_type, .flags = KEY_NET,
	  .offset = NETFIELD(enum conf_net_type, type),
	  .help = "Kind of interface: empty (a network of its own with nothing but lo) or none "
		  "(the host's network)." },
	{ "lxc.net.[].flags",	.type = &key_text, .flags = KEY_NET, .max = 64,
	  .offset = NETFIELD(char *, flags),
	  .help = "up: the interface, and lo with it, is brought up." },

	{ "lxc.idmap",		ITEMS(idmap, check_idmap),
	  .help = "One range of ids of a user namespace: u or g, the first id inside, the first id "
		  "outside, how many." },
	{ "lxc.cap.drop",	ITEMS(cap_drop, check_capability), .flags = KEY_WORDS,
	  .help = "Capabilities the container does not get, by name or number." },
	{ "lxc.cap.keep",	ITEMS(cap_keep, check_capability), .flags = KEY_WORDS,
	  .help = "The only capabilities the container gets; none: not one." },
	{ "lxc.no_new_privs",	BOOL(no_new_privs), .init = "0",
	  .help = "Whether set-user-id programs and file capabilities have no effect inside." },
	{ "lxc.security.profile", WORD(profile, profiles), .init = "system",
	  .help = "What holds where the configuration is silent. compat: what LXC does. system: "
		  "also, in a container without id map, fewer capabilities; no typing into the "
		  "caller's terminal and no watching or freezing of the host's file system; a "
		  "bounded console log; and lxc-attach passes only TERM and LANG on." },
	{ "lxc.prlimit.*",	ITEMS(prlimit, check_limit), .flags = KEY_FAMILY,
	  .help = "A resource limit as SOFT[:HARD], numbers or unlimited; the names are those of "
		  "setrlimit(2) in small letters." },

	{ "lxc.log.file",	PATH(log_file),
	  .help = "File the log is appended to." },
	{ "lxc.log.level",	LEVEL(log_level), .init = "NOTSET",
	  .help = "Lowest level that is logged: TRACE DEBUG INFO NOTICE WARN ERROR CRIT ALERT "
		  "FATAL or 0 to 8." },
	{ "lxc.log.syslog",	TEXT(log_syslog), .check = check_syslog,
	  .help = "Also log to syslog, as daemon or local0 to local7." },
	{ "lxc.group",		ITEMS(group, NULL), .flags = KEY_WORDS,
	  .help = "Groups the container belongs to." },
	{ "lxc.start.auto",	BOOL(start_auto), .init = "0",
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
	{ "lxc.tty",		ALIAS("lxc.tty.max") },
	{ "lxc.devttydir",	ALIAS("lxc.tty.dir") },
	{ "lxc.pts",		ALIAS("lxc.pty.max") },
	{ "lxc.console",	ALIAS("lxc.console.path") },
	{ "lxc.id_map",		ALIAS("lxc.idmap") },
	{ "lxc.limit.*",	ALIAS("lxc.prlimit."), .flags = KEY_FAMILY },
	{ "lxc.logfile",	ALIAS("lxc.log.file") },
	{ "lxc.loglevel",	ALIAS("lxc.log.level") },
	{ "lxc.syslog",		ALIAS("lxc.log.syslog") },
	{ "lxc.network.*",	ALIAS("lxc.net."), .flags = KEY_FAMILY },
	{ "lxc.network",	ALIAS("lxc.net") },
};
/* clang-format on */
const size_t keys_len = ARRAY_LEN(keys);
