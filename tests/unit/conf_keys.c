/* conf_keys.c - names of keys: legacy ones, families, indices, unknown ones; lists and places. */
#include "conf.h"

#include "tests/unit/sample.h"

/* ---- legacy names, one row of the table each ---- */

/* What every version of LXC before 3.0 called it: reference/config-keys.md, section 3. */
static const char *const legacy[][2] = {
	{ "lxc.utsname", "lxc.uts.name" },
	{ "lxc.tty", "lxc.tty.max" },
	{ "lxc.pts", "lxc.pty.max" },
	{ "lxc.devttydir", "lxc.tty.dir" },
	{ "lxc.console", "lxc.console.path" },
	{ "lxc.rootfs", "lxc.rootfs.path" },
	{ "lxc.id_map", "lxc.idmap" },
	{ "lxc.haltsignal", "lxc.signal.halt" },
	{ "lxc.rebootsignal", "lxc.signal.reboot" },
	{ "lxc.stopsignal", "lxc.signal.stop" },
	{ "lxc.loglevel", "lxc.log.level" },
	{ "lxc.logfile", "lxc.log.file" },
	{ "lxc.syslog", "lxc.log.syslog" },
	{ "lxc.init_cmd", "lxc.init.cmd" },
	{ "lxc.init_uid", "lxc.init.uid" },
	{ "lxc.init_gid", "lxc.init.gid" },
	{ "lxc.limit.nofile", "lxc.prlimit.nofile" },
	{ "lxc.mount", "lxc.mount.fstab" },
	{ "lxc.aa_profile", "lxc.apparmor.profile" },
	{ "lxc.aa_allow_incomplete", "lxc.apparmor.allow_incomplete" },
	{ "lxc.se_context", "lxc.selinux.context" },
	{ "lxc.seccomp", "lxc.seccomp.profile" },
};

static const struct key *find_key(const char *name)
{
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (streq(key->name, name))
			return key;
	return NULL;
}

/* Sets `old`, of the kind of `key`, and looks at `modern`. */
static void check_alias(const char *old, const char *modern, const struct key *key)
{
	struct sample s = sample(key);
	struct conf conf, plain;

	begin(&conf);
	begin(&plain);
	is_str(conf_modern_name(&conf, old), modern, "%s is now called %s", old, modern);
	is_int(conf_set(&conf, old, s.set), 0, "%s = %s", old, s.set);
	is_str(value_of(&conf, modern), s.get, "%s: that is %s", old, modern);
	is_int(conf_set(&conf, old, ""), 0, "%s =", old);
	is_str(value_of(&conf, modern), key->empty ? key->empty : value_of(&plain, modern),
	       "%s: resets %s", old, modern);
	conf_free(&conf);
	conf_free(&plain);
}

static void test_aliases(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		if (key->type != &key_alias || (key->flags & KEY_FAMILY))
			continue;
		const struct key *modern = find_key(key->init);
		ok(modern != NULL, "%s: there is a %s", key->name, key->init);
		if (modern && is_settable(modern))
			check_alias(key->name, key->init, modern);
	}
	const struct key *limits = find_key("lxc.prlimit.*");
	ok(limits != NULL, "there are limits");
	if (limits)
		check_alias("lxc.limit.nofile", "lxc.prlimit.nofile", limits);
	for (size_t i = 0; i < ARRAY_LEN(legacy); i++) {
		const struct key *key = find_key(legacy[i][1]);
		if (key || limits)
			check_alias(legacy[i][0], legacy[i][1], key ? key : limits);
	}
}

/* A mistake in a legacy line is told in the words of that line. */
static void test_alias_failures(void)
{
	struct conf conf;

	conf_init(&conf);
	int r = conf_set(&conf, "lxc.tty", "many");
	ok(str_after(failure->text, "lxc.tty: ") != NULL, "a bad value names the key as written");
	is_error(r, "many", "and the value");
	is_error(conf_set(&conf, "lxc.network.link", "x"), "lxc.network.link: no interface",
		 "an interface's key before the interface");
	is_int(conf_set(&conf, "lxc.network.type", "veth"), 0, "an interface");
	r = conf_set(&conf, "lxc.network.nosuch", "x");
	ok(strstr(failure->text, "lxc.network.nosuch") != NULL,
	   "an unknown key is named as written, too: %s", failure->text);
	is_error(r, "unknown key", "and called unknown");
	conf_free(&conf);
}

/* ---- interfaces ---- */

struct setting_line {
	const char *key, *value;
};

/* What "lxc.net" then reads, and for each interface 0 to 4 its type and flags. */
static const struct nets {
	const char *name;
	struct setting_line lines[8];
	const char *want;
} nets[] = {
	{ "no line", { { NULL, NULL } }, "" },
	{ "one", { { "lxc.net.0.type", "empty" } }, "0=empty" },
	{ "a gap",
	  { { "lxc.net.3.type", "empty" }, { "lxc.net.1.type", "none" } },
	  "1=none 3=empty" },
	{ "the last one counts",
	  { { "lxc.net.0.type", "empty" }, { "lxc.net.0.type", "none" } },
	  "0=none" },
	{ "flags", { { "lxc.net.0.type", "empty" }, { "lxc.net.0.flags", "up" } }, "0=empty/up" },
	{ "flags emptied",
	  { { "lxc.net.0.type", "empty" }, { "lxc.net.0.flags", "up" }, { "lxc.net.0.flags", "" } },
	  "0=empty" },
	{ "one forgotten",
	  { { "lxc.net.0.type", "empty" }, { "lxc.net.1.type", "none" }, { "lxc.net.0", "" } },
	  "1=none" },
	{ "none forgotten", { { "lxc.net.0.type", "empty" }, { "lxc.net.4", "" } }, "0=empty" },
	{ "all forgotten",
	  { { "lxc.net.0.type", "empty" }, { "lxc.net.1.type", "none" }, { "lxc.net", "" } },
	  "" },
	{ "and again",
	  { { "lxc.net.0.type", "empty" }, { "lxc.net", "" }, { "lxc.net.2.type", "none" } },
	  "2=none" },
	{ "an emptied flag is no interface", { { "lxc.net.2.flags", "" } }, "" },
	{ "a flag is one", { { "lxc.net.2.flags", "up" } }, "2=empty/up" },
	{ "what is refused is none", { { "lxc.net.2.mtu", "many" } }, "" },
	{ "nor is a refused type", { { "lxc.network.type", "many" } }, "" },
	{ "nor a key of another type", { { "lxc.net.2.vlan.id", "1" } }, "" },
	{ "a type emptied", { { "lxc.net.0.type", "veth" }, { "lxc.net.0.type", "" } }, "0=empty" },
	/* lxc.network: each type line opens the next one, and what follows belongs to it */
	{ "legacy",
	  { { "lxc.network.type", "empty" }, { "lxc.network.flags", "up" } },
	  "0=empty/up" },
	{ "legacy, two",
	  { { "lxc.network.type", "none" },
	    { "lxc.network.type", "empty" },
	    { "lxc.network.flags", "up" } },
	  "0=none 1=empty/up" },
	{ "legacy, three with flags between",
	  { { "lxc.network.type", "empty" },
	    { "lxc.network.flags", "up" },
	    { "lxc.network.type", "none" },
	    { "lxc.network.type", "empty" },
	    { "lxc.network.flags", "up" } },
	  "0=empty/up 1=none 2=empty/up" },
	{ "legacy, forgotten",
	  { { "lxc.network.type", "empty" },
	    { "lxc.network", "" },
	    { "lxc.network.type", "none" } },
	  "0=none" },
	{ "legacy with numbers",
	  { { "lxc.network.2.type", "empty" }, { "lxc.network.2.flags", "up" } },
	  "2=empty/up" },
	{ "legacy, one forgotten by number",
	  { { "lxc.network.type", "empty" },
	    { "lxc.network.type", "none" },
	    { "lxc.network.0", "" } },
	  "1=none" },
	{ "legacy, flags before a type", { { "lxc.network.flags", "up" } }, "" },
	{ "legacy, flags behind the one that was forgotten",
	  { { "lxc.network.type", "veth" }, { "lxc.net.0", "" }, { "lxc.network.flags", "up" } },
	  "" },
	{ "legacy, flags behind a modern type",
	  { { "lxc.network.type", "veth" },
	    { "lxc.net.5.type", "phys" },
	    { "lxc.network.flags", "up" } },
	  "0=veth/up 5=phys" },
	{ "legacy behind modern",
	  { { "lxc.net.1.type", "none" }, { "lxc.network.type", "empty" } },
	  "1=none 2=empty" },
};

static void test_nets(void)
{
	for (const struct nets *row = nets; row < nets + ARRAY_LEN(nets); row++) {
		struct conf conf;
		auto_text struct text got = { 0 };
		conf_init(&conf);
		for (size_t i = 0; i < ARRAY_LEN(row->lines) && row->lines[i].key; i++)
			if (conf_set(&conf, row->lines[i].key, row->lines[i].value) < 0)
				diag("%s", failure->text);
		for (size_t i = 0; i < conf.net.len; i++) {
			char key[32];
			text_format(&got, "%s%u=", i ? " " : "", conf.net.at[i].index);
			snprintf(key, sizeof(key), "lxc.net.%u.type", conf.net.at[i].index);
			conf_get(&conf, key, &got);
			if (conf.net.at[i].flags)
				text_format(&got, "/%s", conf.net.at[i].flags);
		}
		is_str(text_get(&got), row->want, "interfaces: %s", row->name);
		conf_free(&conf);
		fail_clear();
	}
}

/* ---- unknown names ---- */

static const struct {
	const char *key, *hint; /* NULL: there is none to give */
} unknown[] = {
	{ "lxc.uts.nam", "lxc.uts.name" },
	{ "lxc.utsname2", "lxc.utsname" },
	{ "lxc.init.cmds", "lxc.init.cmd" },
	{ "lxc.cap.dropp", "lxc.cap.drop" },
	{ "lxc.net.0.tipe", "lxc.net.[].type" },
	{ "lxc.net.12.flag", "lxc.net.[].flags" },
	{ "LXC.uts.name", "lxc.uts.name" },
	{ "lxc.Uts.Name", "lxc.uts.name" },
	{ "lxc.quite.another.thing.altogether", NULL },
	{ "lxc.", NULL },
	{ "lxc.prlimit.", NULL },
	{ "lxc.uts", NULL },
	{ "lxc.uts.name.x", NULL },
	{ "lxc.net..type", NULL },
	{ "lxc.net.x.type", NULL },
	{ "lxc.net.-1.type", NULL },
	{ "lxc.net.0x1.type", NULL },
	{ "lxc.net.65536.type", NULL },
	{ "lxc.net.4294967296.type", NULL },
	{ "lxc.net.0type", NULL },
	{ "lxc.net.0.", NULL },
	{ "lxc.net.[].type", NULL },
	{ "lxc.prlimit", NULL },
};

static void test_unknown(void)
{
	struct conf conf, plain;

	conf_init(&conf);
	conf_init(&plain);
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		int r = conf_set(&conf, unknown[i].key, "1");
		bool hinted = !unknown[i].hint || strstr(failure->hint, unknown[i].hint);
		ok(str_after(failure->text, unknown[i].key) && hinted, "%s: %s (%s)",
		   unknown[i].key, failure->text, failure->hint);
		is_error(r, "unknown key", "%s is unknown", unknown[i].key);
		if (!streq(unknown[i].key, "lxc.prlimit") && !strstr(unknown[i].key, "[]"))
			is_str(value_of(&conf, unknown[i].key), "(none)", "and cannot be read");
	}
	ok(same_conf(&conf, &plain), "nothing was set by them");
	conf_free(&conf);
	conf_free(&plain);
}

/* ---- lists ---- */

/* Lines of one key, and what it then reads. */
static const struct list {
	const char *name, *key;
	const char *values[6];
	const char *want;
} lists[] = {
	{ "appended", "lxc.group", { "a", "b c", "d" }, "a\nb\nc\nd\n" },
	{ "emptied in between", "lxc.group", { "a b", "", "c" }, "c\n" },
	{ "emptied at last", "lxc.mount.entry", { "a b none bind", "" }, "" },
	{ "in order",
	  "lxc.mount.entry",
	  { "z b none bind", "a b none bind" },
	  "z b none bind\na b none bind\n" },
	{ "twice the same", "lxc.environment", { "A=1", "A=2" }, "A=1\nA=2\n" },
	{ "cap.keep none", "lxc.cap.keep", { "none" }, "none\n" },
	{ "cap.keep none clears", "lxc.cap.keep", { "chown kill", "none" }, "none\n" },
	{ "cap.keep none, then some", "lxc.cap.keep", { "chown", "none", "kill" }, "kill\n" },
	{ "cap.keep emptied", "lxc.cap.keep", { "chown", "", "kill" }, "kill\n" },
	{ "gids joined", "lxc.init.groups", { "1,2", "3" }, "1,2,3" },
	{ "gids with blanks", "lxc.init.groups", { "1, 2 , 3" }, "1,2,3" },
	{ "gids with too many commas", "lxc.init.groups", { ",1,,02," }, "1,2" },
	{ "gids emptied", "lxc.init.groups", { "1,2", "", "3" }, "3" },
	{ "mount.auto",
	  "lxc.mount.auto",
	  { "cgroup:ro:force shmounts:/a", "proc sys" },
	  "proc:mixed sys:mixed cgroup:ro:force shmounts:/a" },
	{ "mount.auto, the last of a kind counts",
	  "lxc.mount.auto",
	  { "proc cgroup2:ro sys:rw", "sys", "proc:rw cgroup-full:mixed shmounts:/a:/b" },
	  "proc:rw sys:mixed cgroup-full:mixed shmounts:/a:/b" },
	{ "mount.auto emptied", "lxc.mount.auto", { "proc sys", "", "sys:ro" }, "sys:ro" },
	{ "one limit, the last counts", "lxc.prlimit.nofile", { "10", "20:30" }, "20:30" },
	{ "a limit in its usual form", "lxc.prlimit.nofile", { " 010 : 010" }, "10" },
	{ "a limit without a limit", "lxc.prlimit.nofile", { "5 : -1" }, "5:unlimited" },
	{ "an id map in its usual form", "lxc.idmap", { "u  0\t100000 10" }, "u 0 100000 10" },
	{ "one limit emptied", "lxc.prlimit.nofile", { "10", "" }, "" },
	{ "a scalar, the last counts", "lxc.uts.name", { "a", "b" }, "b" },
	{ "a scalar emptied in between", "lxc.tty.max", { "4", "", "5" }, "5" },
	{ "a size", "lxc.console.size", { "1" }, "4096" },
	{ "a size that is a power", "lxc.console.size", { "1MB" }, "1048576" },
	{ "a size just above one", "lxc.console.size", { "1048577" }, "2097152" },
	{ "an automatic size", "lxc.console.size", { "auto" }, "131072" },
	{ "no size", "lxc.console.size", { "0" }, "0" },
	{ "a level by number", "lxc.log.level", { "1" }, "DEBUG" },
	{ "an unknown level", "lxc.log.level", { "info", "chatty" }, "INFO" },
	{ "a level taken back", "lxc.log.level", { "info", "notset" }, "INFO" },
	{ "no level", "lxc.log.level", { "info", "NOTSET" }, "NOTSET" },
	{ "a refused value", "lxc.signal.stop", { "nosuch" }, "0" },
	{ "a time in seconds", "lxc.time.offset.boot", { "2h" }, "7200s" },
	{ "a time in less", "lxc.time.offset.boot", { "2 ms" }, "2000000ns" },
	{ "no time", "lxc.time.offset.boot", { "5s", "0h" }, "0ns" },
	{ "namespaces add up", "lxc.namespace.keep", { "net", "ipc user" }, "user\nipc\nnet\n" },
	{ "namespaces emptied", "lxc.namespace.keep", { "net", "", "MNT" }, "mnt\n" },
	{ "id maps", "lxc.idmap", { "u 0 1 1", "g 0 1 1" }, "u 0 1 1\ng 0 1 1" },
	{ "id maps that overlap", "lxc.idmap", { "u 0 1 9", "u 5 20 1" }, "u 0 1 9" },
	{ "control groups, in order",
	  "lxc.cgroup2.devices.allow",
	  { "a", "c 1:3 rwm", "a" },
	  "a\nc 1:3 rwm\na\n" },
	{ "control groups emptied", "lxc.cgroup2.a.b", { "1", "", "2" }, "2\n" },
	{ "addresses",
	  "lxc.net.0.ipv4.address",
	  { "1.2.3.4", "129.0.0.1" },
	  "1.2.3.4/8\n129.0.0.1/16" },
	{ "an architecture of that width", "lxc.arch", { "armhf" }, "i686" },
	{ "the directory of groups taken back", "lxc.cgroup.dir", { "a", "" }, "(null)" },
	{ "a signal by number", "lxc.signal.halt", { "37" }, "37" },
	{ "a real-time signal", "lxc.signal.halt", { "SIGRTMIN+3" }, "37" },
	{ "no signal", "lxc.monitor.signal.pdeath", { "" }, "0" },
	{ "slashes too many", "lxc.console.logfile", { "//a//b/" }, "/a/b" },
	{ "slashes too many of a root", "lxc.rootfs.path", { "dir://a//b/" }, "/a/b" },
	{ "a socket without a file", "lxc.seccomp.notify.proxy", { "unix:@a" }, "a" },
	{ "any flag of an interface", "lxc.net.0.flags", { "down" }, "up" },
	{ "autodev emptied", "lxc.autodev", { "" }, "0" },
};

static void test_lists(void)
{
	for (const struct list *row = lists; row < lists + ARRAY_LEN(lists); row++) {
		struct conf conf;
		begin(&conf);
		for (size_t i = 0; i < ARRAY_LEN(row->values) && row->values[i]; i++)
			if (conf_set(&conf, row->key, row->values[i]) < 0)
				diag("%s", failure->text);
		is_str(value_of(&conf, row->key), row->want, "%s: %s", row->key, row->name);
		conf_free(&conf);
		fail_clear();
	}
}

static void test_families(void)
{
	struct conf conf;

	conf_init(&conf);
	conf_set(&conf, "lxc.prlimit.nofile", "10");
	conf_set(&conf, "lxc.prlimit.core", "0");
	conf_set(&conf, "lxc.limit.nproc", "5:unlimited");
	is_str(value_of(&conf, "lxc.prlimit"),
	       "lxc.prlimit.nofile = 10\nlxc.prlimit.core = 0\nlxc.prlimit.nproc = 5:unlimited\n",
	       "a family by its prefix is the lines that set it");
	is_str(value_of(&conf, "lxc.prlimit.stack"), "", "one of it that was never set");
	is_int(conf_set(&conf, "lxc.prlimit.core", ""), 0, "one emptied");
	is_str(value_of(&conf, "lxc.prlimit"),
	       "lxc.prlimit.nofile = 10\nlxc.prlimit.nproc = 5:unlimited\n", "the others stay");
	is_int(conf_set(&conf, "lxc.prlimit", ""), 0, "the family emptied");
	is_str(value_of(&conf, "lxc.prlimit"), "", "there is none left");
	conf_free(&conf);
}

/* ---- the environment ---- */

static void test_environment(void)
{
	struct conf conf, loaded;
	auto_text struct text file = { 0 };

	setenv("LXCBOX_TEST", "its value", 1);
	setenv("LXCBOX_EMPTY", "", 1);
	unsetenv("LXCBOX_NONE");
	conf_init(&conf);
	conf_init(&loaded);
	is_int(conf_set(&conf, "lxc.environment", "LXCBOX_TEST"), 0, "a name alone");
	is_int(conf_set(&conf, "lxc.environment", "LXCBOX_EMPTY"), 0, "of an empty variable");
	is_str(value_of(&conf, "lxc.environment"), "LXCBOX_TEST=its value\nLXCBOX_EMPTY=\n",
	       "takes the caller's value");
	is_error(conf_set(&conf, "lxc.environment", "LXCBOX_NONE"), "LXCBOX_NONE",
		 "a variable that is not set");
	unsetenv("LXCBOX_TEST");
	conf_save(&conf, &file);
	is_int(conf_load_text(&loaded, text_get(&file)), 0, "what is saved is the value");
	is_str(value_of(&loaded, "lxc.environment"), "LXCBOX_TEST=its value\nLXCBOX_EMPTY=\n",
	       "not the name");
	/* A value is not to become a line of a file: CVE-2026-23953, threats G4. */
	setenv("LXCBOX_TEST", "x\nlxc.init.cmd = /evil", 1);
	is_error(conf_set(&conf, "lxc.environment", "LXCBOX_TEST"), "LXCBOX_TEST",
		 "a value with a line break is refused");
	setenv("LXCBOX_TEST", "x\033[1m", 1);
	is_error(conf_set(&conf, "lxc.environment", "LXCBOX_TEST"), "LXCBOX_TEST",
		 "and one that could not be read again");
	conf_free(&conf);
	conf_free(&loaded);
}

/* ---- values no file can hold, and settings of a command line ---- */

static void test_line_breaks(void)
{
	static const char *const values[] = { "a\nb", "a\n", "\n",
					      "a\rb", "\r",  "x\nlxc.hook.start = /evil" };

	for (const struct key *key = keys; key < keys + keys_len; key++) {
		char name[FULL_NAME];
		int taken = 0;
		for (size_t i = 0; i < ARRAY_LEN(values); i++) {
			struct conf conf;
			begin(&conf);
			make_net(&conf, key);
			taken += conf_set(&conf, full_name(key, name), values[i]) >= 0;
			conf_free(&conf);
		}
		is_int(taken, 0, "%s takes no line break", name);
	}
	fail_clear();
}

static void test_define(void)
{
	static const struct {
		const char *text, *key, *value; /* NULL: refused */
	} rows[] = {
		{ "lxc.uts.name=a", "lxc.uts.name", "a" },
		{ "lxc.uts.name = a", "lxc.uts.name", "a" },
		{ "lxc.uts.name=", "lxc.uts.name", "" },
		{ "lxc.environment=A=b", "lxc.environment", "A=b\n" },
		{ "lxc.utsname=old", "lxc.uts.name", "old" },
		{ "lxc.uts.name", NULL, "KEY=VALUE" },
		{ "", NULL, "KEY=VALUE" },
		{ "=x", NULL, "unknown" },
		{ "lxc.nosuch=x", NULL, "lxc.nosuch" },
		{ "lxc.tty.max=x", NULL, "lxc.tty.max" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf conf;
		conf_init(&conf);
		int r = conf_define(&conf, rows[i].text);
		if (rows[i].key)
			is_str(value_of(&conf, rows[i].key), rows[i].value, "--define '%s'",
			       rows[i].text);
		else
			is_error(r, rows[i].value, "--define '%s' is refused", rows[i].text);
		conf_free(&conf);
	}
}

/* ---- places ---- */

static void test_origins(void)
{
	struct conf conf;
	char place[64];

	conf_init(&conf);
	is_str(origin_text(conf_origin(&conf, "lxc.uts.name"), place, sizeof(place)), "",
	       "a default comes from nowhere");
	conf_load_text(&conf, "\n\nlxc.uts.name = a\nlxc.tty = 4\n");
	is_str(origin_text(conf_origin(&conf, "lxc.uts.name"), place, sizeof(place)),
	       "the new configuration:3", "a line of a text");
	is_str(origin_text(conf_origin(&conf, "lxc.tty.max"), place, sizeof(place)),
	       "the new configuration:4", "by a legacy name, too");
	conf_define(&conf, "lxc.uts.name=b");
	is_str(origin_text(conf_origin(&conf, "lxc.uts.name"), place, sizeof(place)), "--define",
	       "the last to set it");
	is_str(origin_text(conf_origin(&conf, "lxc.nosuch"), place, sizeof(place)), "",
	       "an unknown key comes from nowhere");
	char small[4];
	origin_text((struct origin){ "/long/name", 7 }, small, sizeof(small));
	is_str(small, "/lo", "cut to the room there is");
	conf_free(&conf);
}

int main(void)
{
	test_aliases();
	test_alias_failures();
	test_nets();
	test_unknown();
	test_lists();
	test_families();
	test_environment();
	test_line_breaks();
	test_define();
	test_origins();
	return tap_done();
}
