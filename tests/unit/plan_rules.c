/* plan_rules.c - what no plan may have, told with its place; and what a plan does not print. */
#include "plan.h"

#include <linux/capability.h>
#include <signal.h>

#include "conf.h"
#include "host.h"
#include "tests/unit/helper.h"

#define ROOT "lxc.rootfs.path = /srv/c1/rootfs\n"

static struct host_cgroup cgroups[] = { { "cgroup", "", true } };
static struct host host = {
	.last_capability = 40, .cgroup_ns = true, .cgroups = cgroups, .n_cgroups = 1
};
static const struct plan_request plain = {
	.name = "c1", .lxcpath = "/var/lib/lxc", .uid = -1, .gid = -1
};

/* Plans a text; the caller frees `plan`. */
static int plan_text(const char *text, const struct plan_request *request, struct plan *plan)
{
	struct conf conf;

	conf_init(&conf);
	int r = conf_load_text(&conf, text);
	*plan = (struct plan){ 0 };
	if (r == 0)
		r = plan_start(&conf, &host, request, plan);
	else
		diag("not even loaded: %s", failure->text);
	conf_free(&conf);
	return r;
}

/* ---- what is refused: line 2 or 3 is at fault, and said to be ---- */

#define AT(line) "the new configuration:" #line ": "

static const struct {
	const char *name, *text, *place, *words;
} refused[] = {
	{ "capabilities kept and dropped", ROOT "lxc.cap.keep = chown\nlxc.cap.drop = kill\n",
	  "the new configuration:", "both set" },
	{ "a capability this kernel lacks", ROOT "lxc.cap.drop = 41\n", AT(2), "41" },
	{ "one it lacks, kept", ROOT "lxc.cap.keep = chown 63\n", AT(2), "63" },
	{ "no group map", ROOT "lxc.idmap = u 0 100000 65536\n", AT(2), "id 0" },
	{ "no user map", ROOT "lxc.idmap = g 0 100000 65536\n", AT(2), "id 0" },
	{ "no id 0", ROOT "lxc.idmap = u 1 100000 10\nlxc.idmap = g 0 100000 10\n", AT(3), "id 0" },
	{ "a target outside the root", ROOT "lxc.mount.entry = /a /etc none bind 0 0\n", AT(2),
	  "/etc is not below" },
	{ "a target beside the root", ROOT "lxc.mount.entry = /a /srv/c1/rootfs2/b none bind 0 0\n",
	  AT(2), "/srv/c1/rootfs2/b is not below" },
	{ "a target above the root", ROOT "lxc.mount.entry = /a /srv/c1 none bind 0 0\n", AT(2),
	  "/srv/c1 is not below" },
	{ "another container's root",
	  ROOT "lxc.mount.entry = /a /var/lib/lxc/c2/rootfs/b none bind 0 0\n", AT(2),
	  "/var/lib/lxc/c2/rootfs/b is not below" },
	{ "a bind with data", ROOT "lxc.mount.entry = /a b none bind,size=1m 0 0\n", AT(2),
	  "size=1m" },
	{ "a bind with a word mistaken", ROOT "lxc.mount.entry = /a b none bind,read-only 0 0\n",
	  AT(2), "read-only" },
	{ "a bind of a relative source", ROOT "lxc.mount.entry = a b none bind 0 0\n", AT(2),
	  "a is not an absolute path" },
	{ "a relative source that leads up",
	  ROOT "lxc.mount.entry = ../a b none bind,relative 0 0\n", AT(2), "../a has .. in it" },
	{ "one hidden in the middle", ROOT "lxc.mount.entry = a/../../b b none bind,relative 0 0\n",
	  AT(2), "a/../../b has .. in it" },
	{ "no type and no bind", ROOT "lxc.mount.entry = /a b none rw 0 0\n", AT(2),
	  "no file system type" },
	{ "the type bind", ROOT "lxc.mount.entry = /a b bind rw 0 0\n", AT(2),
	  "no file system type" },
	{ "a move", ROOT "lxc.mount.entry = /a b ext4 move 0 0\n", AT(2), "move" },
	{ "the host's groups, writable", ROOT "lxc.mount.auto = cgroup:rw:force\n", AT(2),
	  "cgroup:rw:force: the control groups would be" },
	{ "two namespaces too many", ROOT "lxc.namespace.keep = net\nlxc.namespace.clone = pid\n",
	  AT(2), "both set" },
	{ "an interface without its link", ROOT "lxc.net.0.type = macvlan\n", AT(2),
	  "lxc.net.0.link" },
	/* what waits for another version: of each way to ask for it one */
	{ "a hook", ROOT "\nlxc.hook.start = /bin/true\n", AT(3), "cannot do that yet" },
	{ "an interface", ROOT "lxc.net.0.type = veth\n", AT(2), "lxc.net.0.type" },
	{ "a name of an interface", ROOT "lxc.net.0.type = empty\nlxc.net.0.name = a\n", AT(2),
	  "lxc.net.0.name" },
	{ "an image", "lxc.rootfs.path = loop:/a\n", AT(1), "lxc.rootfs.path" },
	{ "a shared directory", ROOT "lxc.mount.auto = proc shmounts:/a\n", AT(2),
	  "lxc.mount.auto" },
	{ "one of a family", ROOT "lxc.cgroup2.memory.max = 1M\n", AT(2),
	  "lxc.cgroup2.memory.max" },
	/* a mistake is told before that */
	{ "a mistake and a hook", "lxc.hook.start = /a\nlxc.idmap = u 0 1 1\n", AT(2), "id 0" },
};

static void test_refused(void)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct plan plan;
		int r = plan_text(refused[i].text, &plain, &plan);
		bool placed = str_after(failure->text, refused[i].place) != NULL;
		if (!ok(placed, "%s: the place comes first", refused[i].name))
			diag("%s", failure->text);
		is_error(r, refused[i].words, "%s is refused", refused[i].name);
		plan_free(&plan);
	}
}

static void test_no_command(void)
{
	struct plan_request request = plain;
	struct plan plan;

	request.execute = true;
	is_error(plan_text(ROOT, &request, &plan), "no command", "lxc-execute without a command");
	plan_free(&plan);
}

/* ---- what is just not too much ---- */

static const struct {
	const char *name, *text;
} accepted[] = {
	{ "id maps side by side",
	  "lxc.idmap = u 0 100000 10\nlxc.idmap = u 10 100010 5\nlxc.idmap = g 0 100000 10\n" },
	{ "the same ids of users and groups",
	  "lxc.idmap = u 0 100000 10\nlxc.idmap = g 0 100000 10\n" },
	{ "every id there is", "lxc.idmap = u 0 0 4294967295\nlxc.idmap = g 0 0 4294967295\n" },
	{ "the highest capability", ROOT "lxc.cap.drop = 40\n" },
	{ "a target that is the root", ROOT "lxc.mount.entry = /a /srv/c1/rootfs none bind\n" },
	{ "a host's path where the root is the host's",
	  "lxc.mount.entry = /a /etc none bind 0 0\n" },
	{ "a directory of terminals with dots", ROOT "lxc.tty.dir = ..lxc\n" },
	{ "a label as a source", ROOT "lxc.mount.entry = label b tmpfs rw 0 0\n" },
	{ "kept and dropped, but emptied",
	  ROOT "lxc.cap.keep = chown\nlxc.cap.drop = kill\nlxc.cap.keep =\n" },
};

static void test_accepted(void)
{
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
		struct plan plan;
		int r = plan_text(accepted[i].text, &plain, &plan);
		ok(r == 0, "%s: %s", accepted[i].name, failure->text);
		plan_free(&plan);
		fail_clear();
	}
}

/* ---- the log of the console (threats F4) ---- */

#define LOG ROOT "lxc.console.logfile = /var/log/c1\n"

static const struct {
	const char *name, *text;
	unsigned long long max;
} logs[] = {
	{ "bounded, though nothing says so", LOG, 1 << 20 },
	{ "unbounded, where LXC would be", LOG "lxc.security.profile = compat\n", 0 },
	{ "unbounded, if that is said", LOG "lxc.console.size = 0\n", 0 },
	{ "as said", LOG "lxc.console.size = 64kB\n", 1 << 16 },
	{ "as said, in LXC's way", LOG "lxc.security.profile = compat\nlxc.console.size = auto\n",
	  1 << 17 },
	{ "bounded again, when what was said is taken back",
	  LOG "lxc.console.size = 0\nlxc.console.size =\n", 1 << 20 },
};

static void test_console_log(void)
{
	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		struct plan plan;
		plan_text(logs[i].text, &plain, &plan);
		is_int((long long)plan.console_log_max, (long long)logs[i].max,
		       "the console's log is %s", logs[i].name);
		plan_free(&plan);
	}
}

/* What a configuration says it still says when it was saved and read again. */
static void test_saved_log(void)
{
	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		auto_text struct text saved = { 0 };
		struct conf conf;
		struct plan plan;
		conf_init(&conf);
		conf_load_text(&conf, logs[i].text);
		conf_save(&conf, &saved);
		conf_free(&conf);
		plan_text(text_get(&saved), &plain, &plan);
		is_int((long long)plan.console_log_max, (long long)logs[i].max, "%s, also saved",
		       logs[i].name);
		plan_free(&plan);
	}
}

/* ---- the rest of a plan ---- */

static void test_command(void)
{
	static char *const argv[] = { "sh", "-c", "", NULL };
	struct plan_request request = plain;
	struct plan plan;

	request.argv = argv;
	must(plan_text(ROOT, &request, &plan) == 0 && plan.argv, "plan");
	ok(streq(plan.argv[0], "sh") && streq(plan.argv[2], "") && !plan.argv[3],
	   "a command as it was given, the empty word too");
	ok(plan.argv != argv && plan.argv[0] != argv[0], "in words of the plan's own");
	ok(!plan.argv[-1], "with room in front for /bin/sh");
	plan_free(&plan);
	request.execute = true;
	must(plan_text(ROOT, &request, &plan) == 0 && plan.argv, "plan");
	ok(plan.own_init && streq(plan.argv[0], "lxc-init") && streq(plan.argv[1], "--") &&
		   streq(plan.argv[2], "sh") && !plan.argv[5],
	   "lxc-execute puts our init in front");
	plan_free(&plan);
	request.argv = (char *const[]){ NULL };
	request.execute = false;
	const char *text = ROOT "lxc.init.cmd = /bin/a 'b  c'\n";
	must(plan_text(text, &request, &plan) == 0 && plan.argv, "plan");
	ok(streq(plan.argv[0], "/bin/a") && streq(plan.argv[1], "b  c") && !plan.argv[2],
	   "no words are no command");
	plan_free(&plan);
}

static void test_ids(void)
{
	struct plan_request request = plain;
	struct plan plan;

	plan_text(ROOT "lxc.init.uid = 7\nlxc.init.gid = 8\nlxc.init.groups = 1,2\n", &plain,
		  &plan);
	ok(plan.uid == 7 && plan.gid == 8 && plan.n_groups == 2 && plan.groups[0] == 1 &&
		   plan.groups[1] == 2,
	   "ids as configured");
	plan_free(&plan);
	request.uid = 0;
	request.gid = 0;
	plan_text(ROOT "lxc.init.uid = 7\nlxc.init.gid = 8\n", &request, &plan);
	ok(plan.uid == 0 && plan.gid == 0, "an id asked for counts, be it 0");
	plan_free(&plan);
}

/* Each set by name, so that a row out of place in a table would show. */
static void test_capabilities(void)
{
	static const struct {
		const char *name, *text;
		uint64_t want;
	} rows[] = {
		{ "kept", "lxc.cap.keep = chown sys_admin 40\n",
		  1ULL << CAP_CHOWN | 1ULL << CAP_SYS_ADMIN | 1ULL << 40 },
		{ "none kept", "lxc.cap.keep = none\n", 0 },
		{ "none, then one", "lxc.cap.keep = none kill\n", 1ULL << CAP_KILL },
		{ "dropped", "lxc.cap.drop = chown 40\n",
		  (1ULL << 41) - 1 - (1ULL << CAP_CHOWN) - (1ULL << 40) },
		{ "all, in a user namespace",
		  "lxc.idmap = u 0 100000 9\nlxc.idmap = g 0 100000 9\n", (1ULL << 41) - 1 },
		{ "all, as LXC", "lxc.security.profile = compat\n", (1ULL << 41) - 1 },
	};
	struct plan plan;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		plan_text(rows[i].text, &plain, &plan);
		is_int((long long)plan.capabilities, (long long)rows[i].want, "capabilities: %s",
		       rows[i].name);
		plan_free(&plan);
	}
	plan_text(ROOT, &plain, &plan);
	static const int kept[] = { CAP_CHOWN, CAP_SETUID, CAP_NET_ADMIN, CAP_SYS_ADMIN,
				    CAP_MKNOD };
	static const int dropped[] = { CAP_SYS_MODULE,	    CAP_SYS_RAWIO,
				       CAP_SYS_TIME,	    CAP_SYS_PTRACE,
				       CAP_DAC_READ_SEARCH, CAP_SYSLOG,
				       CAP_MAC_ADMIN,	    39 /* bpf */ };
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		ok(plan.capabilities & 1ULL << kept[i],
		   "capability %d is kept where nothing is said", kept[i]);
	for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
		ok(!(plan.capabilities & 1ULL << dropped[i]), "capability %d is not", dropped[i]);
	plan_free(&plan);
}

/* Planning again and again keeps no descriptor and no failure, and a plan can be freed twice. */
static void test_clean(void)
{
	struct plan plan;
	int fds = count_fds();

	for (int i = 0; i < 200; i++) {
		plan_text(ROOT "lxc.mount.auto = proc sys cgroup\n", &plain, &plan);
		plan_free(&plan);
	}
	plan_free(&plan);
	ok(!failure->text[0], "200 plans leave nothing behind");
	is_int(count_fds(), fds, "not a descriptor");
}

int main(void)
{
	test_refused();
	test_no_command();
	test_accepted();
	test_console_log();
	test_saved_log();
	test_command();
	test_ids();
	test_capabilities();
	test_clean();
	return tap_done();
}
