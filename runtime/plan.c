/* plan.c - configuration + host -> plan. Pure: it changes nothing, so it needs no privilege. */
#include "plan.h"

#include <sched.h>

#include "conf.h"
#include "fail.h"
#include "host.h"
#include "filter.h"
#include "sys.h"

/*
 * What a privileged container does not get where its configuration is silent (threats.md, A2 and
 * "Profiles"): hardware, clocks, modules, other processes' memory, file handles of the host.
 */
static const char *const system_drops[] = {
	"sys_module", "sys_rawio",     "sys_time",	"mac_admin",	      "mac_override",
	"syslog",     "bpf",	       "perfmon",	"sys_ptrace",	      "dac_read_search",
	"wake_alarm", "block_suspend", "audit_control", "checkpoint_restore", "sys_pacct",
};

static int capability_bits(const struct items *items, const struct host *host, uint64_t *bits)
{
	*bits = 0;
	for (size_t i = 0; i < items->len; i++) {
		if (streq(items->at[i].text, "none"))
			continue;
		int cap = names_capability(items->at[i].text, 63);
		if (cap > host->last_capability) {
			char place[512];
			return fail(0, "%s: this kernel has no capability %s",
				    origin_text(items->at[i].from, place, sizeof(place)),
				    items->at[i].text);
		}
		*bits |= 1ULL << cap;
	}
	return 0;
}

int plan_capabilities(const struct conf *conf, const struct host *host, uint64_t *set)
{
	uint64_t all = host->last_capability >= 63 ? UINT64_MAX
						   : (1ULL << (host->last_capability + 1)) - 1;
	uint64_t keep, drop;

	TRY(capability_bits(&conf->cap_keep, host, &keep));
	TRY(capability_bits(&conf->cap_drop, host, &drop));
	if (!conf->cap_keep.len && !conf->cap_drop.len && !conf->idmap.len &&
	    conf->profile != PROFILE_COMPAT)
		for (size_t i = 0; i < ARRAY_LEN(system_drops); i++)
			drop |= 1ULL << names_value(names_capabilities, system_drops[i], 0);
	*set = conf->cap_keep.len ? keep & all : all & ~drop;
	return 0;
}

/* A place as text that lives as long as the plan. */
static const char *place_of(struct plan *plan, struct origin from)
{
	char place[512];

	return mem_text(&plan->mem, origin_text(from, place, sizeof(place)));
}

int plan_limits(const struct conf *conf, struct plan *plan)
{
	for (size_t i = 0; i < conf->prlimit.len; i++) {
		const struct item *item = &conf->prlimit.at[i];
		plan->limits = mem_grow(&plan->mem, plan->limits, &plan->n_limits,
					sizeof(*plan->limits));
		struct plan_limit *limit = &plan->limits[plan->n_limits - 1];
		limit->from = place_of(plan, item->from);
		TRY(limit_parse(item->name, item->text, &limit->limit));
	}
	if (plan->n_limits)
		plan->needs |= PLAN_LIMITS;
	return 0;
}

int plan_filter(const struct conf *conf, struct plan *plan)
{
	if (conf->profile == PROFILE_COMPAT)
		return 0;
	TRY(filter_default(&plan->mem, &plan->filter));
	plan->needs |= PLAN_SECCOMP;
	return 0;
}

static int plan_idmaps(const struct conf *conf, struct plan *plan)
{
	for (size_t i = 0; i < conf->idmap.len; i++) {
		plan->idmaps = mem_grow(&plan->mem, plan->idmaps, &plan->n_idmaps,
					sizeof(*plan->idmaps));
		TRY(idmap_parse(conf->idmap.at[i].text, &plan->idmaps[i]));
	}
	if (!plan->n_idmaps)
		return 0;
	plan->needs |= PLAN_USERNS;
	plan->namespaces |= CLONE_NEWUSER;
	return 0;
}

/* "none" shares the host's network, but only when every interface says so. */
static void plan_net(const struct conf *conf, struct plan *plan)
{
	bool shared = conf->net.len > 0, up = false;

	for (size_t i = 0; i < conf->net.len; i++) {
		shared &= conf->net.at[i].type == NET_NONE;
		up |= conf->net.at[i].type == NET_EMPTY && conf->net.at[i].flags;
	}
	if (shared)
		return;
	plan->namespaces |= CLONE_NEWNET;
	if (up)
		plan->needs |= PLAN_LOOPBACK;
}

static void plan_namespaces(const struct conf *conf, const struct host *host, struct plan *plan)
{
	plan->namespaces |= CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;
	plan->needs |= PLAN_MOUNTNS | PLAN_PIDNS;
	if (host->cgroup_ns) {
		plan->namespaces |= CLONE_NEWCGROUP;
		plan->needs |= PLAN_CGROUPNS;
	}
	if (conf->uts_name) {
		plan->hostname = mem_text(&plan->mem, conf->uts_name);
		plan->hostname_from = place_of(plan, conf_origin(conf, "lxc.uts.name"));
		plan->needs |= PLAN_HOSTNAME;
	}
}

static void plan_root(const struct conf *conf, struct plan *plan)
{
	plan->rootfs_from = "";
	if (!conf->rootfs_path)
		return;
	plan->needs |= PLAN_ROOT;
	plan->rootfs = str_clean_path(&plan->mem, conf->rootfs_path);
	plan->rootfs_from = place_of(plan, conf_origin(conf, "lxc.rootfs.path"));
	plan->rootfs_mount = conf->rootfs_mount ? str_clean_path(&plan->mem, conf->rootfs_mount)
						: plan->rootfs;
}

static void plan_terminals(const struct conf *conf, const struct plan_request *request,
			   struct plan *plan)
{
	if (!conf->rootfs_path)
		return; /* the host's own /dev stays */
	if (conf->autodev) {
		plan->needs |= PLAN_AUTODEV;
		plan->dev_size = conf->autodev_size ? conf->autodev_size : 500000;
		if (plan->needs & PLAN_PROC)
			plan->needs |= PLAN_BOOT_ID;
	}
	plan->console = !conf->console_path || !streq(conf->console_path, "none");
	plan->ttys = request->execute ? 0 : conf->tty_max;
	plan->ptys = conf->pty_max;
	plan->tty_dir = conf->tty_dir ? mem_text(&plan->mem, conf->tty_dir) : NULL;
	plan->tty_private = request->foreground && !request->execute;
	if (plan->console || plan->ttys || plan->ptys)
		plan->needs |= PLAN_TERMINALS;
	if (conf->console_path && plan->console)
		plan->console_peer = mem_text(&plan->mem, conf->console_path);
}

static void plan_console_log(const struct conf *conf, struct plan *plan)
{
	if (!conf->console_logfile)
		return;
	plan->console_log = mem_text(&plan->mem, conf->console_logfile);
	plan->console_log_max = conf->console_size;
	plan->console_log_rotate = conf->console_rotate;
	/* Without a limit a container can fill the host's disk (threats F4). */
	if (!conf_origin(conf, "lxc.console.size").file && conf->profile != PROFILE_COMPAT)
		plan->console_log_max = 1 << 20;
}

/*
 * As LXC: the caller's console in front, else the console where there is a devpts; but a command
 * gets the console only in the place of terminals, and the files and pipes of its caller as is.
 */
static enum plan_stdio plan_stdio(struct plan *plan, const struct plan_request *request)
{
	if (request->execute && request->foreground) {
		if (!request->terminals || !plan->console)
			return STDIO_KEEP;
		plan->kept = ~request->terminals & 7;
		return STDIO_CONSOLE;
	}
	if (plan->console && (request->foreground || plan->ptys))
		return STDIO_CONSOLE;
	return plan->rootfs ? STDIO_NULL : STDIO_KEEP;
}

static void plan_environment(const struct conf *conf, struct plan *plan)
{
	const struct items *lists[] = { &conf->environment, &conf->environment_runtime };
	struct text ttys = { 0 };
	size_t n = 0;

	plan->envp = mem_get(&plan->mem, (lists[0]->len + lists[1]->len + 3) * sizeof(char *));
	plan->envp[n++] = mem_text(&plan->mem, "container=lxc");
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->len; i++)
			plan->envp[n++] = mem_text(&plan->mem, lists[l]->at[i].text);
	for (unsigned i = 0; i < plan->ttys && plan->ptys; i++)
		text_format(&ttys, "%spts/%u", i ? " " : "", i + plan->console);
	if (ttys.len)
		plan->envp[n++] = mem_format(&plan->mem, "container_ttys=%s", text_get(&ttys));
	text_free(&ttys);
}

/* With one place free in front, where step_exec() puts /bin/sh, and for our init its own words. */
static char **new_argv(struct plan *plan, size_t n)
{
	static const char *const init[] = { "lxc-init", "--" };
	size_t before = plan->own_init ? ARRAY_LEN(init) : 0;
	char **argv = (char **)mem_get(&plan->mem, (n + before + 2) * sizeof(*argv)) + 1;

	plan->argv = argv;
	for (size_t i = 0; i < before; i++)
		argv[i] = mem_text(&plan->mem, init[i]);
	return argv + before;
}

static int plan_command(const struct conf *conf, const struct plan_request *request,
			struct plan *plan)
{
	char *const *from = request->argv;
	const char *text = request->execute ? conf->execute_cmd : conf->init_cmd;
	size_t n = 0;

	plan->own_init = request->execute;
	if (!from || !*from) {
		if (!text)
			return fail_hint(fail(0, "no command given"),
					 "after --, or as lxc.execute.cmd");
		from = str_words(&plan->mem, text, NULL);
	}
	while (from[n])
		n++;
	char **to = new_argv(plan, n);
	for (size_t i = 0; i < n; i++)
		to[i] = mem_text(&plan->mem, from[i]);
	return 0;
}

static void plan_ids(const struct conf *conf, const struct plan_request *request, struct plan *plan)
{
	plan->uid = request->uid >= 0 ? (uint32_t)request->uid : conf->init_uid;
	plan->gid = request->gid >= 0 ? (uint32_t)request->gid : conf->init_gid;
	plan->groups = mem_get(&plan->mem, conf->init_groups.len * sizeof(gid_t));
	for (size_t i = 0; i < conf->init_groups.len; i++) {
		uint64_t gid = 0;
		str_number(conf->init_groups.at[i].text, 0, UINT32_MAX - 1, &gid);
		plan->groups[plan->n_groups++] = (gid_t)gid;
	}
}

/* The first finding is enough. */
static bool take_first(void *arg, const struct finding *found)
{
	*(struct finding *)arg = *found;
	return false;
}

int plan_check(const struct conf *conf)
{
	struct finding at;
	char place[512];
	int r = conf_rules(conf, take_first, &at);

	if (r == 0)
		r = conf_later(conf, take_first, &at);
	return r < 0 ? fail_at(r, origin_text(at.from, place, sizeof(place))) : 0;
}

int plan_start(const struct conf *conf, struct host *host, const struct plan_request *request,
	       struct plan *plan)
{
	*plan = (struct plan){ .needs = PLAN_START | PLAN_CAPS,
			       .last_capability = host->last_capability };
	TRY(plan_check(conf));
	plan->name = mem_text(&plan->mem, request->name);
	plan->lxcpath = str_clean_path(&plan->mem, request->lxcpath);
	plan->cwd = mem_text(&plan->mem, conf->init_cwd ? conf->init_cwd : "/");
	plan->cwd_from = place_of(plan, conf_origin(conf, "lxc.init.cwd"));
	plan->no_new_privs = conf->no_new_privs;
	plan->signal_pdeath = conf->signal_pdeath;
	plan->signal_halt = conf->signal_halt;
	plan->signal_reboot = conf->signal_reboot;
	plan->signal_stop = conf->signal_stop;
	TRY(plan_idmaps(conf, plan));
	plan_namespaces(conf, host, plan);
	plan_net(conf, plan);
	plan_root(conf, plan);
	TRY(plan_capabilities(conf, host, &plan->capabilities));
	TRY(plan_mounts(conf, host, plan));
	plan_terminals(conf, request, plan);
	plan_console_log(conf, plan);
	plan->stdio = plan_stdio(plan, request);
	plan_environment(conf, plan);
	TRY(plan_command(conf, request, plan));
	plan_ids(conf, request, plan);
	TRY(plan_limits(conf, plan));
	return plan_filter(conf, plan);
}

void plan_free(struct plan *plan)
{
	mem_release(&plan->mem);
	*plan = (struct plan){ 0 };
}
