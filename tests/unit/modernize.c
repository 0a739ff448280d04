/* modernize.c - configurations of LXC 1 and 2 in the words of LXC 3: lines_modernize(). */
#include "lines.h"

#include "tests/unit/helper.h"
#include "tests/unit/sample.h"

/* Brings `before` up to date; returns how many lines that changed. */
static size_t modernize(const char *before, struct text *out)
{
	struct lines lines = { 0 };

	lines_read(&lines, before);
	size_t changed = lines_modernize(&lines);
	lines_save(&lines, out);
	ok(lines_modernize(&lines) == 0, "what was changed is not changed again");
	auto_text struct text again = { 0 };
	lines_save(&lines, &again);
	is_str(text_get(&again), text_get(out), "to the letter");
	lines_free(&lines);
	return changed;
}

/* ---- names ---- */

/* Each legacy name, and what it is called since (reference/config-keys.md, section 3). */
static const char *const names[][2] = {
	{ "lxc.utsname", "lxc.uts.name" },
	{ "lxc.tty", "lxc.tty.max" },
	{ "lxc.pts", "lxc.pty.max" },
	{ "lxc.devttydir", "lxc.tty.dir" },
	{ "lxc.console", "lxc.console.path" },
	{ "lxc.mount", "lxc.mount.fstab" },
	{ "lxc.id_map", "lxc.idmap" },
	{ "lxc.aa_profile", "lxc.apparmor.profile" },
	{ "lxc.aa_allow_incomplete", "lxc.apparmor.allow_incomplete" },
	{ "lxc.se_context", "lxc.selinux.context" },
	{ "lxc.seccomp", "lxc.seccomp.profile" },
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
	{ "lxc.limit.core", "lxc.prlimit.core" },
	{ "lxc.network", "lxc.net" },
	{ "lxc.network.3.type", "lxc.net.3.type" },
	{ "lxc.network.3.ipv4", "lxc.net.3.ipv4.address" },
	{ "lxc.network.3.ipv6", "lxc.net.3.ipv6.address" },
	{ "lxc.network.3.ipv4.gateway", "lxc.net.3.ipv4.gateway" },
	{ "lxc.network.3", "lxc.net.3" },
	/* these have kept their names */
	{ "lxc.console.logfile", NULL },
	{ "lxc.rootfs.path", NULL },
	{ "lxc.rootfs.mount", NULL },
	{ "lxc.rootfs.options", NULL },
	{ "lxc.mount.entry", NULL },
	{ "lxc.mount.auto", NULL },
	{ "lxc.cap.drop", NULL },
	{ "lxc.cap.keep", NULL },
	{ "lxc.autodev", NULL },
	{ "lxc.arch", NULL },
	{ "lxc.hook.start", NULL },
	{ "lxc.group", NULL },
	{ "lxc.start.auto", NULL },
	{ "lxc.environment", NULL },
	{ "lxc.include", NULL },
	{ "lxc.monitor.unshare", NULL },
	{ "lxc.ephemeral", NULL },
	{ "lxc.cgroup.devices.allow", NULL },
	/* unknown, and left to be found out */
	{ "lxc.nosuch", NULL },
	{ "lxc.utsnames", NULL },
	{ "lxc.networks", NULL },
};

static void test_names(void)
{
	static const char *const forms[] = { "%s = some value\n", "%s =\n",	  "  %s=x # y\r\n",
					     "#%s = \"x\"\n",	  "\t# %s = x\n", "## %s =\r\n" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
			auto_text struct text got = { 0 };
			struct arena mem = { 0 };
			const char *old = names[i][0], *new = names[i][1] ? names[i][1] : old;
			const char *mark = strstr(forms[k], "%s");
			char *want = mem_format(&mem, "%.*s%s%s", (int)(mark - forms[k]), forms[k],
						new, mark + 2);
			char *before = mem_format(&mem, "%.*s%s%s", (int)(mark - forms[k]),
						  forms[k], old, mark + 2);
			is_int((long long)modernize(before, &got), names[i][1] != NULL, "[%s]",
			       before);
			is_str(text_get(&got), want, "%s is now %s", old, new);
			mem_release(&mem);
		}
}

/* The same asked of the table: no alias is left, and what is, is in it. */
static void test_table(void)
{
	for (const struct key *key = keys; key < keys + keys_len; key++) {
		char name[FULL_NAME], line[FULL_NAME + 8];
		auto_text struct text got = { 0 };
		if (key->type != &key_alias || streq(key->name, "lxc.rootfs"))
			continue;
		snprintf(line, sizeof(line), "%s = x\n", full_name(key, name));
		/* of the interfaces only those with a number */
		is_int((long long)modernize(line, &got), !streq(key->name, "lxc.network.*"), "%s",
		       name);
		bool known = false;
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			known |= str_after(names[i][0], "lxc.") && names[i][1] &&
				 (streq(names[i][0], name) || key->flags & KEY_FAMILY);
		ok(known, "%s is in the list above", name);
	}
}

/* ---- interfaces by their place ---- */

static const char *const nets[][3] = {
	{ "one", "lxc.network.type = veth\nlxc.network.link = a\nlxc.network.flags = up\n",
	  "lxc.net.0.type = veth\nlxc.net.0.link = a\nlxc.net.0.flags = up\n" },
	{ "two",
	  "lxc.network.type = veth\nlxc.network.link = a\n\nlxc.network.type = phys\n"
	  "lxc.network.link = b\n",
	  "lxc.net.0.type = veth\nlxc.net.0.link = a\n\nlxc.net.1.type = phys\n"
	  "lxc.net.1.link = b\n" },
	{ "every key of one",
	  "lxc.network.type = veth\nlxc.network.name = a\nlxc.network.hwaddr = a\n"
	  "lxc.network.mtu = 1\nlxc.network.ipv4 = a\nlxc.network.ipv6 = a\n"
	  "lxc.network.ipv4.gateway = a\nlxc.network.ipv6.gateway = a\n"
	  "lxc.network.veth.pair = a\nlxc.network.vlan.id = 1\nlxc.network.macvlan.mode = a\n"
	  "lxc.network.script.up = /a\nlxc.network.script.down = /a\n"
	  "lxc.network.lxcscript.up = /b\n",
	  "lxc.net.0.type = veth\nlxc.net.0.name = a\nlxc.net.0.hwaddr = a\n"
	  "lxc.net.0.mtu = 1\nlxc.net.0.ipv4.address = a\nlxc.net.0.ipv6.address = a\n"
	  "lxc.net.0.ipv4.gateway = a\nlxc.net.0.ipv6.gateway = a\n"
	  "lxc.net.0.veth.pair = a\nlxc.net.0.vlan.id = 1\nlxc.net.0.macvlan.mode = a\n"
	  "lxc.net.0.script.up = /a\nlxc.net.0.script.down = /a\n"
	  "lxc.net.0.script.up = /b\n" },
	{ "behind one with a number",
	  "lxc.net.4.type = none\nlxc.network.type = veth\nlxc.network.link = a\n",
	  "lxc.net.4.type = none\nlxc.net.5.type = veth\nlxc.net.5.link = a\n" },
	{ "one with a number in between",
	  "lxc.network.type = veth\nlxc.net.5.type = none\nlxc.network.link = a\n"
	  "lxc.network.type = phys\n",
	  "lxc.net.0.type = veth\nlxc.net.5.type = none\nlxc.net.0.link = a\n"
	  "lxc.net.6.type = phys\n" },
	{ "numbers, the old way",
	  "lxc.network.2.type = veth\nlxc.network.2.ipv4 = a\nlxc.network.type = none\n",
	  "lxc.net.2.type = veth\nlxc.net.2.ipv4.address = a\nlxc.net.3.type = none\n" },
	{ "forgotten in between",
	  "lxc.network.type = veth\nlxc.network =\nlxc.network.type = phys\nlxc.network.link = a\n",
	  "lxc.net.0.type = veth\nlxc.net =\nlxc.net.0.type = phys\nlxc.net.0.link = a\n" },
	{ "keys of none", "lxc.network.link = a\nlxc.network.type = veth\n",
	  "lxc.network.link = a\nlxc.net.0.type = veth\n" },
	{ "one that is commented out",
	  "lxc.network.type = veth\nlxc.network.link = a\n#lxc.network.type = phys\n"
	  "# lxc.network.link = b\nlxc.network.type = vlan\nlxc.network.link = c\n",
	  "lxc.net.0.type = veth\nlxc.net.0.link = a\n#lxc.net.1.type = phys\n"
	  "# lxc.net.1.link = b\nlxc.net.1.type = vlan\nlxc.net.1.link = c\n" },
	{ "a key of one that is not",
	  "lxc.network.type = veth\n#lxc.network.link = a\nlxc.network.name = b\n",
	  "lxc.net.0.type = veth\n#lxc.net.0.link = a\nlxc.net.0.name = b\n" },
	{ "a real key behind one that is commented out",
	  "lxc.network.type = veth\n#lxc.network.type = phys\nlxc.network.name = b\n",
	  "lxc.net.0.type = veth\n#lxc.net.1.type = phys\nlxc.net.0.name = b\n" },
	{ "only commented out", "#lxc.network.type = veth\n#lxc.network.link = a\n",
	  "#lxc.net.0.type = veth\n#lxc.net.0.link = a\n" },
	{ "an emptied type", "lxc.network.type =\nlxc.network.type = veth\nlxc.network.link = a\n",
	  "lxc.net.0.type =\nlxc.net.0.type = veth\nlxc.net.0.link = a\n" },
};

/* Whether a text in two versions loads to the same. */
static bool same_meaning(const char *before, const char *after)
{
	struct conf a, b;

	conf_init(&a);
	conf_init(&b);
	int r = conf_load_text(&a, before), s = conf_load_text(&b, after);
	bool same = same_conf(&a, &b) && (r < 0) == (s < 0);
	if (!same)
		diag("%d, %d: %s", r, s, failure->text);
	conf_free(&a);
	conf_free(&b);
	fail_clear();
	return same;
}

static void test_nets(void)
{
	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		auto_text struct text got = { 0 };
		modernize(nets[i][1], &got);
		is_str(text_get(&got), nets[i][2], "interfaces: %s", nets[i][0]);
		ok(same_meaning(nets[i][1], text_get(&got)), "%s: means the same", nets[i][0]);
	}
}

/* An included file, too, can open an interface; what is in it stays as it is. */
static void test_included(void)
{
	auto_text struct text got = { 0 };
	char inside[128];

	make_file("net.conf", "lxc.network.type = veth\nlxc.network.link = a\n");
	modernize("lxc.include = net.conf\nlxc.network.name = b\nlxc.network.type = none\n", &got);
	is_str(text_get(&got),
	       "lxc.include = net.conf\nlxc.net.0.name = b\nlxc.net.1.type = none\n",
	       "those behind an include are counted on");
	is_str(slurp("net.conf", inside, sizeof(inside)),
	       "lxc.network.type = veth\nlxc.network.link = a\n", "which itself is not touched");
}

/* ---- roots ---- */

static const char *const roots[][2] = {
	{ "lxc.rootfs = /srv/nosuch\n", "lxc.rootfs.path = dir:/srv/nosuch\n" },
	{ "lxc.rootfs = dir:/srv/a\n", "lxc.rootfs.path = dir:/srv/a\n" },
	{ "lxc.rootfs = overlayfs:/a:/b\n", "lxc.rootfs.path = overlayfs:/a:/b\n" },
	{ "lxc.rootfs = aufs:/a:/b\n", "lxc.rootfs.path = aufs:/a:/b\n" },
	{ "lxc.rootfs = loop:/a\n", "lxc.rootfs.path = loop:/a\n" },
	{ "lxc.rootfs = zfs:pool/a\n", "lxc.rootfs.path = zfs:pool/a\n" },
	{ "lxc.rootfs = /dev/vg/lv\n", "lxc.rootfs.path = /dev/vg/lv\n" },
	{ "lxc.rootfs = @image\n", "lxc.rootfs.path = @image\n" },
	{ "lxc.rootfs =\n", "lxc.rootfs.path =\n" },
	{ "# lxc.rootfs = /srv/a\n", "# lxc.rootfs.path = dir:/srv/a\n" },
	{ " lxc.rootfs=\"/srv/a b\"\r\n", " lxc.rootfs.path=dir:/srv/a b\r\n" },
	{ "lxc.rootfs = \"/srv/a \"\n", "lxc.rootfs.path = \"dir:/srv/a \"\n" },
	{ "lxc.rootfs = /srv/a\nlxc.rootfs.backend = btrfs\n", "lxc.rootfs.path = btrfs:/srv/a\n" },
	{ "lxc.rootfs.backend = lvm\nlxc.rootfs = /dev/vg/lv\n",
	  "lxc.rootfs.path = lvm:/dev/vg/lv\n" },
	{ "lxc.rootfs.backend = overlayfs\nlxc.rootfs = /a:/b\n",
	  "lxc.rootfs.path = overlay:/a:/b\n" },
	{ "lxc.rootfs.backend = lvm\nlxc.rootfs = dir:/a\n", "lxc.rootfs.path = dir:/a\n" },
	{ "lxc.rootfs = /a\nlxc.rootfs.backend = overlay\n",
	  "lxc.rootfs.path = /a\nlxc.rootfs.backend = overlay\n" },
	{ "#lxc.rootfs.backend = lvm\nlxc.rootfs = /a\n", "lxc.rootfs.path = dir:/a\n" },
	/* LXC 2.1 knew both */
	{ "lxc.rootfs.path = /dev/vg/lv\nlxc.rootfs.backend = lvm\n",
	  "lxc.rootfs.path = lvm:/dev/vg/lv\n" },
	{ "lxc.rootfs.path = /srv/a\n", "lxc.rootfs.path = /srv/a\n" },
	{ "lxc.rootfs.path = dir:/srv/a\n", "lxc.rootfs.path = dir:/srv/a\n" },
};

static void test_roots(void)
{
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		auto_text struct text got = { 0 };
		struct arena mem = { 0 };
		const char *text = roots[i][0], *image = strstr(text, "@image");
		make_file("image", "");
		const char *path = mem_format(&mem, "%s/image", temp_dir);
		if (image)
			text = mem_format(&mem, "%.*s%s\n", (int)(image - text), text, path);
		modernize(text, &got);
		is_str(text_get(&got),
		       image ? mem_format(&mem, "lxc.rootfs.path = %s\n", path) : roots[i][1],
		       "the root of [%s]", roots[i][0]);
		mem_release(&mem);
	}
}

/* ---- what is gone, and what stays ---- */

static const char *const whole[][2] = {
	{ "lxc.rootfs.backend = dir\nlxc.pivotdir = a\nlxc.kmsg = 0\n", "" },
	{ "a\n# lxc.kmsg = 0\nb\n#lxc.pivotdir =\n\n", "a\nb\n\n" },
	{ "# lxc.kmsg is gone\nlxc.kmsgs = 1\n", "# lxc.kmsg is gone\nlxc.kmsgs = 1\n" },
	{ "# Container of 2014\r\n\r\nlxc.utsname = a\r\nfoo\r\n",
	  "# Container of 2014\r\n\r\nlxc.uts.name = a\r\nfoo\r\n" },
	{ "# the key lxc.utsname = a\n", "# the key lxc.utsname = a\n" },
	{ "lxc.init.cmd = lxc.utsname = a\nlxc.environment = lxc.tty=1\n",
	  "lxc.init.cmd = lxc.utsname = a\nlxc.environment = lxc.tty=1\n" },
	{ "lxc.tty = 4 \n\n lxc.pts\t=\t1 # lxc.pts\n",
	  "lxc.tty.max = 4 \n\n lxc.pty.max\t=\t1 # lxc.pts\n" },
	{ "", "" },
	{ "lxc.uts.name = a\nlxc.net.0.type = veth\n",
	  "lxc.uts.name = a\nlxc.net.0.type = veth\n" },
};

static void test_whole(void)
{
	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		auto_text struct text got = { 0 };
		modernize(whole[i][0], &got);
		is_str(text_get(&got), whole[i][1], "all of [%s]", whole[i][0]);
	}
}

/* As Ubuntu 14.04 wrote them. */
static void test_seed(void)
{
	static const char before[] =
		"# Common configuration\n"
		"lxc.include = /nonexistent/ubuntu.common.conf\n\n"
		"lxc.rootfs = /var/lib/lxc/c1/rootfs\nlxc.rootfs.backend = dir\n"
		"lxc.mount = /var/lib/lxc/c1/fstab\nlxc.utsname = c1\nlxc.arch = amd64\n"
		"lxc.network.type = veth\nlxc.network.flags = up\n#lxc.network.link = br0\n"
		"lxc.network.link = lxcbr0\nlxc.network.hwaddr = 00:16:3e:11:22:33\n"
		"lxc.id_map = u 0 100000 65536\nlxc.id_map = g 0 100000 65536\n"
		"lxc.aa_profile = unconfined\nlxc.kmsg = 0\nlxc.cgroup.devices.deny = a\n";
	static const char after[] =
		"# Common configuration\n"
		"lxc.include = /nonexistent/ubuntu.common.conf\n\n"
		"lxc.rootfs.path = dir:/var/lib/lxc/c1/rootfs\n"
		"lxc.mount.fstab = /var/lib/lxc/c1/fstab\nlxc.uts.name = c1\nlxc.arch = amd64\n"
		"lxc.net.0.type = veth\nlxc.net.0.flags = up\n#lxc.net.0.link = br0\n"
		"lxc.net.0.link = lxcbr0\nlxc.net.0.hwaddr = 00:16:3e:11:22:33\n"
		"lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 100000 65536\n"
		"lxc.apparmor.profile = unconfined\nlxc.cgroup.devices.deny = a\n";
	auto_text struct text got = { 0 };

	is_int((long long)modernize(before, &got), 13, "an old container: so many lines");
	is_str(text_get(&got), after, "brought up to date");
}

int main(void)
{
	temp_enter();
	test_names();
	test_table();
	test_nets();
	test_included();
	test_roots();
	test_whole();
	test_seed();
	return tap_done();
}
