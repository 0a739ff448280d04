/* conf.h - a container's configuration as data, and the table of its keys. */
#pragma once

#include "forms.h"
#include "log.h"
#include "mem.h"
#include "names.h"
#include "str.h"

/* Where a setting was made. */
struct origin {
	const char *file; /* NULL: nowhere, the default */
	unsigned line;	  /* 0: not a line of a file, `file` then says what */
};

/* One setting of a list key; of a family (lxc.prlimit.NAME) also which. */
struct item {
	const char *name; /* NULL when the key is no family */
	const char *text;
	struct origin from;
};
struct items {
	struct item *at;
	size_t len;
};

enum conf_profile { PROFILE_COMPAT, PROFILE_SYSTEM };

/* What an interface is; where a configuration does not say, LXC makes it "empty". */
enum conf_net_type { NET_EMPTY, NET_NONE, NET_VETH, NET_VLAN, NET_MACVLAN, NET_IPVLAN, NET_PHYS };

/* The values of macvlan.mode, ipvlan.mode, ipvlan.isolation and veth.mode are the kernel's. */
struct conf_net {
	unsigned index;
	enum conf_net_type type;
	char *flags; /* NULL: down; anything else brings it up */
	char *link, *name, *hwaddr, *mtu;
	struct items ipv4_address, ipv6_address; /* "ADDRESS/PREFIX[ BROADCAST]" */
	char *ipv4_gateway, *ipv6_gateway;
	char *script_up, *script_down;
	bool l2proxy;
	unsigned veth_mode; /* 0: bridge, 1: router */
	char *veth_pair;
	struct items veth_ipv4_route, veth_ipv6_route;
	char *veth_vlan_id;
	struct items veth_vlan_tagged;
	char *veth_n_rxqueues, *veth_n_txqueues;
	char *vlan_id;
	unsigned macvlan_mode, ipvlan_mode, ipvlan_isolation;
	struct origin from;	 /* the line that made it */
	struct origin *from_key; /* of each key of the table, the last line that set it */
};
struct conf_nets {
	struct conf_net *at;
	size_t len; /* ordered by index */
	/* Of lxc.network.*, which has no numbers: the interface the last "type" opened. */
	bool open;
	unsigned current;
};

/* All that is configured. Strings and lists live in `mem`. The manual page explains each field. */
struct conf {
	struct arena mem;
	struct origin now;   /* what a setter notes as the place it is called for */
	struct origin *from; /* of each key of the table, the last place that set it */

	char *uts_name;
	unsigned arch; /* 32 or 64 bits; 0: as the host */
	char *init_cmd, *execute_cmd, *init_cwd;
	unsigned init_uid, init_gid;
	struct items init_groups;
	struct items environment, environment_runtime, environment_hooks;
	bool ephemeral;
	int signal_halt, signal_reboot, signal_stop, signal_pdeath;

	char *rootfs_path;	      /* without its "TYPE:" */
	enum rootfs_type rootfs_type; /* which that was */
	unsigned rootfs_backend;      /* what it is taken for when there was none */
	char *rootfs_mount, *rootfs_options;
	bool rootfs_managed;
	char *mount_fstab;
	struct items mount_entry, mount_auto;

	bool autodev;
	unsigned autodev_size;
	unsigned tty_max, pty_max;
	char *tty_dir;
	char *console_path, *console_logfile;
	uint64_t console_size, console_buffer_size;
	bool console_rotate;

	struct conf_nets net;

	struct items cgroup, cgroup2;
	char *cgroup_dir, *cgroup_dir_container, *cgroup_dir_inner;
	char *cgroup_dir_monitor, *cgroup_dir_pivot;
	bool cgroup_relative;

	struct items idmap;
	unsigned namespace_clone, namespace_keep; /* CLONE_NEW* */
	struct items namespace_share;
	int64_t time_boot, time_monotonic; /* nanoseconds */

	struct items cap_drop, cap_keep;
	bool no_new_privs;
	unsigned profile;
	char *apparmor_profile;
	bool apparmor_incomplete, apparmor_nesting;
	struct items apparmor_raw;
	char *selinux_context, *selinux_keyring;
	bool keyring_session;
	char *seccomp_profile, *seccomp_proxy, *seccomp_cookie;
	bool seccomp_nesting;
	bool sched_core;

	struct items prlimit, sysctl, proc;

	struct items hook_pre_start, hook_pre_mount, hook_mount, hook_autodev, hook_start_host;
	struct items hook_start, hook_stop, hook_post_stop, hook_clone, hook_destroy;
	unsigned hook_version;

	char *log_file, *log_syslog;
	unsigned log_level;
	unsigned monitor_unshare;
	struct items group;
	bool start_auto;
	unsigned start_delay;
	int start_order;
};

/* Fills `conf` with every key's default. The caller frees it with conf_free(). */
void conf_init(struct conf *conf);
void conf_free(struct conf *conf);

/* The same, with an interface 0 besides: the defaults of all keys, to be compared with. */
void conf_init_plain(struct conf *conf);

/* What the root is made from, by its own "TYPE:" or by lxc.rootfs.backend. */
enum rootfs_type conf_root_type(const struct conf *conf);

/*
 * Sets `name` to `value` as a line of a file would: a list key grows, an empty value resets the
 * key. `conf->now` is noted as the place. Words its failure, beginning with the key's name.
 */
int conf_set(struct conf *conf, const char *name, const char *value);

/* The same for "KEY=VALUE" of a command line. */
int conf_define(struct conf *conf, const char *assignment);

/*
 * Appends the value of `name` to `out` as LXC reads it back: a scalar bare, a list one item a
 * line, a family as its lines. -ENOENT without words for a key there is not.
 */
int conf_get(const struct conf *conf, const char *name, struct text *out);

/* The place that set `name` (exact name), or one whose file is NULL. */
struct origin conf_origin(const struct conf *conf, const char *name);

/* "FILE:LINE" of a place into `out`; "" for the default. */
const char *origin_text(struct origin from, char *out, size_t size);

/* Reads `path` and what it includes into `conf`, on top of what is there. Words its failure. */
int conf_load(struct conf *conf, const char *path);

/* The same from memory; places are then lines of `what`, as messages call it. */
int conf_load_memory(struct conf *conf, const char *what, const char *text);
int conf_load_text(struct conf *conf, const char *text); /* "the new configuration" */

/*
 * What LXC 3 and later call `name`, were it set at this point of the configuration (the number
 * of an interface depends on those before it); `name` itself when that is how they call it. In
 * the configuration's memory. NULL when there is no such key.
 */
const char *conf_modern_name(struct conf *conf, const char *name);

/* Whether a further line of the key `name` adds to those before it, and does not replace them. */
bool conf_adds(const char *name);

/* Whether "KEY =" also empties `name`, as that of lxc.net, lxc.net.3, lxc.hook, lxc.prlimit. */
bool conf_empties(const char *key, const char *name);

/* Which key of a configuration something was found about, and where it was set. */
struct finding {
	char key[128];
	struct origin from;
};

/*
 * Calls `each` with `arg` for every rule over more than one key that the configuration breaks;
 * the failure on record is then what is wrong. When it answers false that is the end, and the
 * result that failure; 0 otherwise.
 */
int conf_rules(const struct conf *conf, bool (*each)(void *arg, const struct finding *found),
	       void *arg);

/* The same for settings that no start of this version can act on. */
int conf_later(const struct conf *conf, bool (*each)(void *arg, const struct finding *found),
	       void *arg);

/* Appends all settings that differ from the default as lines that load to the same settings. */
void conf_save(const struct conf *conf, struct text *out);

/* Ends a line "KEY = " with `value`, in quotes where a reader would else cut some of it off. */
void conf_save_line(struct text *out, const char *value);

/* ---- the table ---- */

struct key;

/* One thing to be set: the key, where its value is kept, and for a family which. */
struct setting {
	struct conf *conf;
	const struct key *key;
	void *field;
	const char *name; /* of a family's item, else NULL */
};

/* How a kind of value is read, shown and forgotten. */
struct key_type {
	const char *name; /* as the manual calls it */
	int (*set)(const struct setting *to, const char *value);
	void (*get)(const struct key *key, const void *field, struct text *out);
	void (*clear)(const struct setting *to);
	/*
	 * Writes the lines that set it again, for a key (or family) that is called `name` in
	 * them; NULL: one line, with what get() gives.
	 */
	void (*save)(const char *name, const void *field, struct text *out);
	bool adds; /* a further line adds to those before it */
};

enum key_flags {
	KEY_NET = 1,	 /* "lxc.net.[].x": the field is in the interface of that index */
	KEY_FAMILY = 2,	 /* "lxc.x.*": the name ends in a part of the user's choice */
	KEY_WORDS = 4,	 /* a value is several items, split at blanks */
	KEY_SAID = 8,	 /* to say the default is not the same as to say nothing */
	KEY_MANY = 16,	 /* of a family: one name may be set to several values, in order */
	KEY_JOINED = 64, /* of a list: no line feed behind the last item read back, as in LXC */
	KEY_LATER = 32,	 /* read, checked and kept, but no start can do what it asks for yet */
};

struct key {
	const char *name;
	const struct key_type *type;
	unsigned short offset, flags;
	unsigned nets; /* of a KEY_NET: the types of interface it is for, as bits; 0: all */
	int min;
	unsigned max;
	const char *init;    /* the default, read by the key's own setter; NULL: empty */
	const char *empty;   /* what "KEY =" sets; NULL: the default */
	const char *unset;   /* what LXC reads back when nothing was set; NULL: the default */
	const char *idle;    /* of a KEY_LATER: words that ask for nothing, joined by blanks */
	const char *section; /* of the manual page, which this key is the first of */
	const char *help;
	int (*check)(const char *name, const char *value); /* of a text, or each item of a list */
	const struct name *words; /* of a key that takes one of some words */
};
extern const struct key keys[];
extern const size_t keys_len;

/* How a value of `key` has to look, in words, appended to `out`. */
void key_describe(const struct key *key, struct text *out);

extern const struct key_type key_text, key_path, key_command, key_number, key_integer, key_bool,
	key_signal, key_size, key_word, key_level, key_rootfs, key_namespaces, key_time,
	key_proxy; /* one value: types.c */
extern const struct key_type key_items, key_environment, key_gids, key_auto; /* many: lists.c */
extern const struct key_type key_net, key_net_type, key_up, key_address, key_gateway,
	key_route;			  /* interfaces: net.c */
extern const struct key_type key_alias;	  /* another name for the key `init` names: conf.c */
extern const struct key_type key_ignored; /* of LXC 1 and 2, without effect since: conf.c */
extern const struct key_type key_include; /* reads a file: parse.c */

/* A line feed would end the line it is saved in (threats G4); a terminal obeys other controls. */
int check_value(const char *name, const char *value);

/* The checks of texts and list items, each of which words its failure: check.c. */
int check_host_name(const char *name, const char *value);
int check_syslog(const char *name, const char *value);
int check_mount_entry(const char *name, const char *value);
int check_mount_options(const char *name, const char *value);
int check_tty_dir(const char *name, const char *value);
int check_idmap(const char *name, const char *value);
int check_capability(const char *name, const char *value);
int check_limit(const char *name, const char *value);
int check_sysctl(const char *name, const char *value);
int check_proc(const char *name, const char *value);
int check_group(const char *name, const char *value);
int check_hook(const char *name, const char *value);
int check_cgroup(const char *name, const char *value);
int check_cgroup_dir(const char *name, const char *value);
int check_cgroup_inner(const char *name, const char *value);
int check_share(const char *name, const char *value);
int check_proxy(const char *name, const char *value);
int check_interface(const char *name, const char *value);
int check_hwaddr(const char *name, const char *value);
int check_mtu(const char *name, const char *value);
int check_vlan(const char *name, const char *value);
int check_port_vlan(const char *name, const char *value);
int check_queues(const char *name, const char *value);
