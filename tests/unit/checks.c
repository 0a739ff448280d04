/*
 * checks.c - good and bad values for each check, tried with every key that has it, through the
 * table: what a name or a value may be is the same for all of them (threats G5, G6).
 */
#include "conf.h"

#include "tests/unit/sample.h"

typedef int check_fn(const char *name, const char *value);

/* Of a family, "NAME=VALUE". */
struct values {
	check_fn *check;
	const char *good[16], *bad[32];
};

#define LONG50 "12345678901234567890123456789012345678901234567890"

/* clang-format off */
static const struct values values[] = {
	{ check_host_name,
	  { "a", "A.b-c_d", "a.example.org", "0", "\xc3\xa4", "-" },
	  { "a b", "a/b", "/", " a", "a\tb" } },
	{ check_syslog,
	  { "daemon", "local0", "local7" },
	  { "local8", "local", "mail", "Daemon", "daemon ", "3" } },
	{ check_mount_entry,
	  { "/a b none bind", "/a b none bind,optional,create=dir,relative 0 0",
	    "tmpfs /abs tmpfs rw", "/a b none idmap=container",
	    "/a b none bind,idmap=/proc/1/ns/user",
	    "/a b none xidmap=z", "/a ..b none bind" },
	  { "/a", "/a b none", "/a ../b none bind", "/a b/../c none bind", "/a b auto rw",
	    "/a b none idmap=", "/a b none bind,idmap=proc/1", "/a b none idmap=containers",
	    "/a b none idmap=,bind", "/a\\000 b none bind" } },
	{ check_mount_options,
	  { "ro", "noatime,idmap=container", "idmap=/proc/1/ns/user,ro", "size=1m", "optionals",
	    "create=", "," },
	  { "optional", "ro,optional", "relative,ro", "create=dir", "ro,create=file", "idmap=",
	    "idmap=x,ro", "ro,idmap=Container" } },
	{ check_tty_dir,
	  { "lxc", "..lxc", "a b", "...", "tty1" },
	  { "a/b", "/a", "a/", "/", ".", "..", "pts", "null", "shm", "console", "tty", "ptmx" } },
	{ check_idmap,
	  { "u 0 100000 65536", "g 0 0 4294967295", " u\t1 2 3 " },
	  { "u 0 100000", "b 0 1 1", "u 0 1 0", "u -1 1 1", "u 0 1 1 1", "u 0 4294967295 1",
	    "u 4294967295 0 1", "u 2 0 4294967294", "ug 0 1 1" } },
	{ check_capability,
	  { "chown", "sys_admin", "0", "63", "none", "chown kill 40" },
	  { "CHOWN", "cap_chown", "64", "-1", "nosuch", "chown,kill", "chown nosuch", "None" } },
	{ check_limit,
	  { "nofile=1", "nofile=1:2", "core=unlimited", "15=1 : unlimited", "as=-1" },
	  { "nosuch=1", "NOFILE=1", "16=1", "nofile=2:1", "nofile=1k", "nofile=1:", "nofile=:1",
	    "nofile=-2" } },
	{ check_sysctl,
	  { "kernel.domainname=a b", "net.ipv4.ip_forward=1", "net/ipv4/ip_forward=1",
	    "net.ipv4.conf.eth0/100.forwarding=1", "a=1", "net.ipv4.conf.eth-0:1.x=", "a=.." },
	  { "..=1", ".=1", "a..b=1", ".a=1", "a.=1", "/a=1", "a/=1", "a//b=1", "../a=1",
	    "a/../b=1", "a./b=1", "net.ipv4/../../x=1", "a b=1", "a\tb=1", "\xc3\xa4=1",
	    "a\x7f=1" } },
	{ check_proc,
	  { "oom_score_adj=10", "net/a=1", "a.b=1", "...=1", "attr/current=x", "..a=1" },
	  { "..=1", ".=1", "../self/x=1", "a/..=1", "a/../b=1", "/a=1", "a/=1", "a//b=1", "a/./b=1",
	    "a b=1" } },
	{ check_cgroup,
	  { "memory.max=1M", "devices.allow=c 1:3 rwm", "cpuset.cpus=0-1,3", "a=1", "a_b.c-d=1" },
	  { "..=1", ".=1", "a/b=1", "../a=1", "/a=1", "a..b=1", ".a=1", "a.=1", "a b=1",
	    "memory.max/../../x=1" } },
	{ check_cgroup_dir,
	  { "a", "a/b", "a.b/c d", "..a/b..", "lxc.payload" },
	  { "/", "/a", "..", ".", "a/..", "a/../b", "../a", "./a" } },
	{ check_cgroup_inner,
	  { "a", "inner.x", "..." },
	  { "/a", "a/b", "a/", ".", "..", "../a" } },
	{ check_share,
	  { "net=c1", "pid=1", "user=/proc/1/ns/user", "mnt=a b", "cgroup=2147483647", "time=_" },
	  { "nosuch=c1", "NET=c1", "net =c1", "net=../c1", "net=./c1", "net=a/b", "net=-1", "net=.",
	    "net=..", "net=-a", "ne=c1", "net.x=c1" } },
	{ check_group,
	  { "a", "onboot web", "A_1.b:c@d-e", "\ta b " },
	  { "-a", ".", "..", "a/b", "a,b", "'a'", "\xc3\xa4", ".a", "a .b" } },
	{ check_hook,
	  { "/a", "/a b 'c d'", "'/a b' c", "$HOOK a", "true", "true /a/b", "/../a" },
	  { "./a", "a/b", "../a", " ", "''", "'' /a", "~/a" } },
	{ check_proxy,
	  { "unix:/run/s", "unix:@name", "unix:/a b", ("unix:/" LONG50 LONG50 "123456") },
	  { "unix:", "unix:a", "unix:/", "unix:@", "/run/s", "Unix:/a", "unix:./a",
	    ("unix:/" LONG50 LONG50 "1234567") } },
	{ check_interface,
	  { "eth0", "a", "br-lan.100", "123456789012345", "eth+", "...", "a@b", "\xc3\xa4" },
	  { ".", "..", "a/b", "a:b", "a b", "a\tb", "1234567890123456", "/" } },
	{ check_hwaddr,
	  { "00:16:3e:00:00:01", "fe:ff:ff:ff:ff:ff", "00:16:3E:aB:cD:eF", "xx:xx:xx:xx:xx:xx",
	    "00:16:3e:Xx:xX:x0", "0x:00:00:00:00:00", "x0:00:00:00:00:00", "02:00:00:00:00:00",
	    "xa:00:00:00:00:00", "fX:00:00:00:00:00" },
	  { "00:00:00:00:00:00", "01:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "x1:00:00:00:00:00",
	    "xf:00:00:00:00:00", "0B:00:00:00:00:00", "33:33:00:00:00:01", "0d:00:00:00:00:00",
	    "00:16:3e:00:00", "00:16:3e:00:00:01:02", "00-16-3e-00-00-01", "0016.3e00.0001",
	    "00163e000001", "0:16:3e:00:00:001", "00:16:3e:00:00:0g", "00:16:3e:00:00:0y",
	    ":00:16:3e:00:00:1", "00:16:3e:00:00:0 ", "0 :16:3e:00:00:01", "00:16:3e:00:00:0",
	    "00:16:3e:00:00::1", "00:16:3e:00:00:`0", "00:16:3e:00:00:@0", "any" } },
	{ check_mtu,
	  { "68", "1500", "65535" },
	  { "0", "67", "65536", "-1", "1500 ", "15e2", "4294968796", "0x5dc", "large" } },
	{ check_vlan,
	  { "0", "1", "4094" },
	  { "4095", "-1", "none", "1,2", "1 2", "65537", "x" } },
	{ check_port_vlan,
	  { "0", "4094", "none" },
	  { "4095", "-1", "None", "all", "no" } },
	{ check_queues,
	  { "1", "8", "4096" },
	  { "0", "4097", "-1", "max" } },
};

/* Kinds without a check, the same. */
static const struct {
	const struct key_type *type;
	unsigned max; /* 0: any */
	const char *good[16], *bad[32];
} kinds[] = {
	{ &key_time, 0,
	  { "0s", "1h", "5 m", "-1s", "10ms", "7us", "9223372036854775807ns",
	    "-9223372036854775807ns", "2562047h", "007s", "1\tns" },
	  { "1", "s", "h", " ", "1 h 2 m", "1d", "1S", "1min", "+1s", "1.5h", "1,5h", "0x1s",
	    "--1s",
	    "1-", "- 1s", "9223372036854775808ns", "2562048h", "-2562048h", "9223372037s",
	    "100000000000000000000000000ns", "1sec", "s1" } },
	{ &key_auto, 0,
	  { "proc", "proc:mixed", "proc:rw", "sys", "sys:mixed", "sys:ro", "sys:rw", "cgroup",
	    "cgroup:ro:force", "cgroup-full:mixed", "cgroup-full:rw:force", "cgroup2",
	    "cgroup2:ro:force", "shmounts:/a", "shmounts:/a:/b", "proc sys\tcgroup:force" },
	  { "proc:ro", "proc:", "proc:rw:force", "sys:force", "sys:none", "cgroup:",
	    "cgroup:force:ro",
	    "cgroup::force", "cgroup2:mixed", "cgroups", "cgroup-full-x", "Proc", "proc,sys",
	    "proc dev", "shmounts", "shmounts:", "shmounts:a", "shmounts:/a:b", "shmounts:/a:",
	    "shmounts:/a:/b:/c", "shmounts:/a/..", "shmounts:/a/..:/b", "shmounts:/a:/../b",
	    "shmounts:/a:/b/..", "shmounts:/..:/b" } },
	{ &key_namespaces, 0,
	  { "net", "user pid", "MNT", "cgroup time uts ipc", " net\t" },
	  { "net,user", "net|user", "nosuch", "net nosuch", "networks", "0", "all" } },
	{ &key_address, 4,
	  { "10.0.0.1", "10.0.0.1/0", "10.0.0.1/32", "10.0.0.1/24 10.0.0.255",
	    "10.0.0.1 \t10.1.1.1" },
	  { "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/ 24", "10.0.0", "10.0.0.256",
	    "fd00::1", "10.0.0.1/24 x", "10.0.0.1/24 10.0.0.255 x", "/24", "10.0.0.01x", "any",
	    "10.0.0.1/24/24", "10.0.0.1 fd00::1", (LONG50 LONG50) } },
	{ &key_address, 6,
	  { "fd00::1", "::/0", "fd00::1/128", "::ffff:1.2.3.4/64", "FE80::1" },
	  { "fd00::1/129", "fd00::1/", "fd00:::1", "10.0.0.1", "fe80::1%eth0", "fd00::1/64 fd00::2",
	    "fd00::1/x", "::g" } },
	{ &key_route, 4,
	  { "10.0.0.0/8", "0.0.0.0/0", "10.0.0.1/32" },
	  { "10.0.0.0", "10.0.0.0/33", "10.0.0.0/8 10.0.0.1", "default", "fd00::/8" } },
	{ &key_route, 6,
	  { "fd00::/8", "::/0" },
	  { "fd00::", "fd00::/129", "fd00::/8 via", "10.0.0.0/8" } },
	{ &key_gateway, 4,
	  { "10.0.0.1", "auto", "dev" },
	  { "10.0.0.1/24", "fd00::1", "Auto", "none", "10.0.0.1 dev", "devs" } },
	{ &key_gateway, 6,
	  { "fd00::1", "fe80::1", "auto", "dev" },
	  { "10.0.0.1", "fd00::1/64", "fe80::1%eth0", "auto " } },
	{ &key_rootfs, 0,
	  { "/a", "/a:b", "dir:/a", "overlay:/a:/b", "overlay:/a:/b:/c", "overlayfs:/a:/b",
	    "overlay:/a:tmpfs:10MB", "aufs:/a:/b", "loop:/a", "squashfs:/a", "erofs:/a",
	    "lvm:/dev/a/b", "zfs:pool/a", "btrfs:/a", "rbd:/dev/rbd/a", "nbd:/a:1" },
	  { "a", "./a", "dir:a", "dir:", "dir", "nosuch:/a", "Dir:/a", "overlay:/a", "overlay:a:/b",
	    "overlay:/a:b", "overlay:/a:", "overlay:/a::/b", "overlay:tmpfs:1MB", "zfs:/pool/a",
	    "overlay:/a:tmpfs:x", "zfs:", "lvm:a/b", "nbd:a", ":/a",
	    "overlayoverlayoverlay:/a:/b" } },
};
/* clang-format on */

/* Sets `key` to a value, of a family NAME=VALUE, and looks at what then is in a file. */
static void try(const struct key *key, const char *value, bool good)
{
	auto_text struct text file = { 0 };
	struct conf conf, loaded;
	char name[256];
	bool family = key->flags & KEY_FAMILY;

	begin(&conf);
	make_net(&conf, key);
	full_name(key, name);
	if (family)
		snprintf(name, sizeof(name), "%.*s%.*s", (int)strlen(key->name) - 1, key->name,
			 (int)strcspn(value, "="), value);
	int r = conf_set(&conf, name, family ? strchr(value, '=') + 1 : value);
	if (good) {
		if (!ok(r == 0, "%s takes [%s]", key->name, value))
			diag("%s", failure->text);
		conf_init(&loaded);
		conf_save(&conf, &file);
		is_int(conf_load_text(&loaded, text_get(&file)), 0, "and it is saved");
		ok(same_conf(&conf, &loaded), "as it is");
		conf_free(&loaded);
	} else {
		bool said = str_after(failure->text, name) != NULL;
		ok(r < 0 && said, "%s does not take [%s]: %s", key->name, value, failure->text);
	}
	conf_free(&conf);
	fail_clear();
}

static void try_all(const struct key *key, const char *const *good, const char *const *bad)
{
	for (size_t i = 0; i < ARRAY_LEN(values[0].good) && good[i]; i++)
		try(key, good[i], true);
	for (size_t i = 0; i < ARRAY_LEN(values[0].bad) && bad[i]; i++)
		try(key, bad[i], false);
}

/* Every key with a check is in the table above, and all its values are tried. */
static void test_key(const struct key *key)
{
	bool tried = !key->check;

	for (size_t i = 0; key->check && i < ARRAY_LEN(values); i++)
		if (values[i].check == key->check) {
			try_all(key, values[i].good, values[i].bad);
			tried = true;
		}
	ok(tried, "%s: there are values for its check", key->name);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].type == key->type && (!kinds[i].max || kinds[i].max == key->max))
			try_all(key, kinds[i].good, kinds[i].bad);
}

/* A name that would end the key, were it in a file, is none (threats G4). */
static void test_equals(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		char name[FULL_NAME];
		struct conf conf;
		if (!(key->flags & KEY_FAMILY) || key->type == &key_alias)
			continue;
		conf_init(&conf);
		snprintf(name, sizeof(name), "%.*sa=b", (int)strlen(key->name) - 1, key->name);
		is_int(conf_set(&conf, name, sample(key).set) < 0, 1, "%s is no name", name);
		conf_free(&conf);
		fail_clear();
	}
}

/* One more than there may be; the kernel takes 340 ranges of a kind. */
static void test_many(void)
{
	struct conf conf;
	char text[64];
	int taken = 0;

	conf_init(&conf);
	for (int i = 0; i < 341; i++) {
		snprintf(text, sizeof(text), "u %d %d 1", 2 * i, 2 * i);
		taken += conf_set(&conf, "lxc.idmap", text) == 0;
	}
	is_int(taken, 340, "340 ranges of users");
	is_error(-EINVAL, "more than 340", "and no more");
	is_int(conf_set(&conf, "lxc.idmap", "g 0 0 1"), 0, "those of groups are others");
	taken = 0;
	for (int i = 0; i < 8193; i++)
		taken += conf_set(&conf, "lxc.group", "a") == 0;
	is_int(taken, 8192, "8192 items of a list");
	is_error(-EINVAL, "more than 8192", "and no more");
	conf_free(&conf);
}

int main(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++)
		if (key->type != &key_alias)
			test_key(key);
	test_equals();
	test_many();
	return tap_done();
}
