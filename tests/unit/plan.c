/*
 * plan.c - whole plans: every tests/data/plan/NAME.conf is planned for a machine that is described
 * here, and compared with tests/data/plan/NAME.plan. UPDATE_PLANS=1 writes those files anew: what
 * then changed is for the eyes of whoever changed it.
 */
#include "plan.h"

#include "conf.h"
#include "host.h"
#include "tests/unit/helper.h"

#define DATA "tests/data/plan"

/* ---- the machines ---- */

static const struct machine {
	int last_capability;
	bool cgroup_ns;
	struct host_cgroup cgroups[4];
} hybrid = {
	.last_capability = 40,
	.cgroup_ns = true,
	.cgroups = { { "systemd", "none,name=systemd", false },
		     { "cpu,cpuacct", "cpu,cpuacct", false },
		     { "memory", "memory", false },
		     { "unified", "", true } },
}, v2 = {
	.last_capability = 40,
	.cgroup_ns = true,
	.cgroups = { { "cgroup", "", true } },
}, old = {
	/* before cgroup namespaces, and with fewer capabilities */
	.last_capability = 37,
	.cgroups = { { "devices", "devices", false }, { "memory", "memory", false } },
};

static void host_begin(struct host *host, const struct machine *machine)
{
	*host = (struct host){ .last_capability = machine->last_capability,
			       .cgroup_ns = machine->cgroup_ns };
	for (size_t i = 0; i < ARRAY_LEN(machine->cgroups) && machine->cgroups[i].name; i++) {
		host->cgroups = mem_grow(&host->mem, host->cgroups, &host->n_cgroups,
					 sizeof(*host->cgroups));
		host->cgroups[i] = (struct host_cgroup){
			.name = mem_text(&host->mem, machine->cgroups[i].name),
			.options = mem_text(&host->mem, machine->cgroups[i].options),
			.v2 = machine->cgroups[i].v2,
		};
	}
}

/* Who makes a plan lets go of the host at once: whatever of it is still used then shows. */
static void host_spoil(struct host *host)
{
	for (size_t i = 0; i < host->n_cgroups; i++) {
		memset((char *)(uintptr_t)host->cgroups[i].name, '?', 3);
		memset((char *)(uintptr_t)host->cgroups[i].options, '?',
		       strlen(host->cgroups[i].options));
	}
}

/* ---- the plans ---- */

static char *const some_command[] = { "/bin/sh", "-c", "echo hello", NULL };

enum way {
	PLAIN = 0,
	EXECUTE = 1,
	FOREGROUND = 2,
	TERMINAL = 4,
	COMMAND = 8,
	USER = 16, /* --uid 33 --gid 44 */
};

static const struct plan_case {
	const char *name;
	const struct machine *machine;
	unsigned way;
	const char *conf; /* NULL: as the name says */
} cases[] = {
	{ "minimal", &hybrid, PLAIN, NULL },
	{ "minimal-old", &old, PLAIN, "minimal" },
	{ "busybox", &hybrid, PLAIN, NULL },
	{ "tiny", &hybrid, PLAIN, NULL },
	{ "legacy", &old, PLAIN, NULL },
	{ "idmap", &v2, PLAIN, NULL },
	{ "no-rootfs", &hybrid, PLAIN, NULL },
	{ "execute", &hybrid, EXECUTE, NULL },
	{ "execute-terminal", &hybrid, EXECUTE | FOREGROUND | TERMINAL | COMMAND | USER,
	  "execute" },
	{ "execute-pipe", &hybrid, EXECUTE | FOREGROUND | COMMAND, "execute" },
	{ "foreground", &hybrid, FOREGROUND | TERMINAL, NULL },
	{ "foreground-command", &hybrid, FOREGROUND | COMMAND, "foreground" },
	{ "no-autodev", &hybrid, PLAIN, NULL },
	{ "tty-dir", &hybrid, PLAIN, NULL },
	{ "entries", &hybrid, PLAIN, NULL },
	{ "auto-default", &hybrid, PLAIN, NULL },
	{ "auto-rw", &hybrid, PLAIN, NULL },
	{ "auto-ro", &v2, PLAIN, NULL },
	{ "auto-mixed", &hybrid, PLAIN, NULL },
	{ "cgroup-unforced", &hybrid, PLAIN, NULL },
	{ "cgroup-unforced-v2", &v2, PLAIN, "cgroup-unforced" },
	{ "cgroup-unforced-old", &old, PLAIN, "cgroup-unforced" },
	{ "cgroup-no-admin", &hybrid, PLAIN, NULL },
	{ "cgroup2", &hybrid, PLAIN, NULL },
	{ "net-none", &hybrid, PLAIN, NULL },
	{ "net-empty", &hybrid, PLAIN, NULL },
	{ "net-mixed", &hybrid, PLAIN, NULL },
	{ "caps-keep", &hybrid, PLAIN, NULL },
	{ "caps-drop", &hybrid, PLAIN, NULL },
	{ "caps-none", &hybrid, PLAIN, NULL },
	{ "compat", &hybrid, PLAIN, NULL },
	{ "limits", &hybrid, PLAIN, NULL },
	{ "ids", &hybrid, PLAIN, NULL },
	{ "console-none", &hybrid, PLAIN, NULL },
	{ "console-path", &hybrid, PLAIN, NULL },
};

/* Plans one case and prints it into `out`. */
static int print_case(const struct plan_case *c, struct text *out)
{
	const struct plan_request request = {
		.name = "c1",
		.lxcpath = "/var/lib/lxc",
		.argv = c->way & COMMAND ? some_command : NULL,
		.execute = c->way & EXECUTE,
		.foreground = c->way & FOREGROUND,
		.terminals = c->way & TERMINAL ? 7 : 0,
		.uid = c->way & USER ? 33 : -1,
		.gid = c->way & USER ? 44 : -1,
	};
	struct host host;
	struct conf conf;
	struct plan plan = { 0 };
	char path[256];

	snprintf(path, sizeof(path), DATA "/%s.conf", c->conf ? c->conf : c->name);
	host_begin(&host, c->machine);
	conf_init(&conf);
	int r = conf_load(&conf, path);
	if (r == 0)
		r = plan_start(&conf, &host, &request, &plan);
	conf_free(&conf);
	host_spoil(&host);
	if (r == 0)
		plan_print(&plan, out);
	host_free(&host);
	plan_free(&plan);
	return r;
}

/* Shows where two texts begin to differ, as diff -u does. */
static void show_difference(const char *want, const char *got)
{
	const char *before = "";
	size_t before_len = 0, line = 1;

	for (;;) {
		size_t want_len = strcspn(want, "\n"), got_len = strcspn(got, "\n");
		if (want_len != got_len || strncmp(want, got, got_len) != 0) {
			diag("@@ line %zu @@\n %.*s\n-%.*s\n+%.*s", line, (int)before_len, before,
			     (int)want_len, want, (int)got_len, got);
			return;
		}
		if (!*want || !*got)
			return;
		before = want;
		before_len = want_len;
		want += want_len + (want[want_len] == '\n');
		got += got_len + (got[got_len] == '\n');
		line++;
	}
}

static void check_case(const struct plan_case *c, bool update)
{
	static char want[16384];
	auto_text struct text got = { 0 };
	char path[256];

	snprintf(path, sizeof(path), DATA "/%s.plan", c->name);
	int r = print_case(c, &got);
	if (r < 0) {
		ok(false, "%s: %s", c->name, failure->text);
		fail_clear();
		return;
	}
	if (update)
		make_file(path, text_get(&got));
	if (!slurp(path, want, sizeof(want)))
		want[0] = '\0';
	bool same = streq(want, text_get(&got));
	ok(same, "%s: planned as %s says", c->name, path);
	if (!same)
		show_difference(want, text_get(&got));
}

/* A plan is the same, however often and from wherever it is made. */
static void test_repeat(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i += 4) {
		auto_text struct text first = { 0 }, second = { 0 };
		print_case(&cases[i], &first);
		setenv("LXCBOX_UNRELATED", "1", 1);
		print_case(&cases[i], &second);
		is_str(text_get(&second), text_get(&first), "%s: twice the same", cases[i].name);
	}
}

int main(void)
{
	bool update = getenv("UPDATE_PLANS") != NULL;

	if (access(DATA, X_OK) < 0)
		bail("no %s here: unit tests run in the top directory", DATA);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(&cases[i], update);
	test_repeat();
	return tap_done();
}
