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

enum conf_net_type { NET_UNSET, NET_EMPTY, NET_NONE };
enum conf_profile { PROFILE_COMPAT, PROFILE_SYSTEM };

struct conf_net {
	unsigned index;
	enum conf_net_type type;
	char *flags; /* NULL: down; anything else brings it up */
	struct origin from;
};
struct conf_nets {
	struct conf_net *at;
	size_t len; /* ordered by index */
};

/* All that is configured. Strings and lists live in `mem`. The manual page explains each field. */
struct conf {
	struct arena mem;
	struct origin now;   /* what a setter notes as the place it is called for */
	struct origin *from; /* of each key of the table, the last place that set it */

	char *uts_name;
	char *init_cmd, *execute_cmd, *init_cwd;
	unsigned init_uid, init_gid;
	struct items init_groups, environment;
	int signal_halt, signal_reboot, signal_stop, signal_pdeath;

	char *rootfs_path, *rootfs_mount;
	bool rootfs_managed;
	struct items mount_entry, mount_auto;
	bool autodev;
	unsigned autodev_size;
	unsigned tty_max, pty_max;
	char *tty_dir;
	char *console_path, *console_logfile;
	uint64_t console_size;
	bool console_rotate;

	struct conf_nets net;
	struct items idmap;
	struct items cap_drop, cap_keep;
	bool no_new_privs;
	unsigned profile;
	struct items prlimit;

	char *log_file, *log_syslog;
	unsigned log_level;
	struct items group;
	bool start_auto;
	unsigned start_delay;
	int start_order;
};

/* Fills `conf` with every key's default. The caller frees it with conf_free(). */
void conf_init(struct conf *conf);
void conf_free(struct conf *conf);

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
	/* Writes the lines that set it again; NULL: one line, "KEY = " and what get() gives. */
	void (*save)(const struct key *key, const void *field, struct text *out);
};

enum key_flags {
	KEY_NET = 1,	/* "lxc.net.[].x": the field is in the interface of that index */
	KEY_FAMILY = 2, /* "lxc.x.*": the name ends in a part of the user's choice */
	KEY_WORDS = 4,	/* a value is several items, split at blanks */
	KEY_SAID = 8,	/* to say the default is not the same as to say nothing */
};

struct key {
	const char *name;
	const struct key_type *type;
	unsigned short offset, flags;
	int min;
	unsigned max;
	const char *init;  /* the default, read by the key's own setter; NULL: empty */
	const char *empty; /* what "KEY =" sets; NULL: the default */
	const char *help;
	int (*check)(const char *name, const char *value); /* of a text, or each item of a list */
	const struct name *words; /* of a key that takes one of some words */
};
extern const struct key keys[];
extern const size_t keys_len;

extern const struct key_type key_text, key_path, key_command, key_number, key_integer, key_bool,
	key_signal, key_size, key_word, key_level, key_rootfs; /* one value: types.c */
extern const struct key_type key_items, key_environment, key_gids, key_net,
	key_net_type;			/* many: lists.c */
extern const struct key_type key_alias; /* another name for the key `init` names: conf.c */

/* The checks of texts and list items, each of which words its failure: types.c, lists.c. */
int check_syslog(const char *name, const char *value);
int check_mount_entry(const char *name, const char *value);
int check_mount_auto(const char *name, const char *value);
int check_idmap(const char *name, const char *value);
int check_capability(const char *name, const char *value);
int check_limit(const char *name, const char *value);
