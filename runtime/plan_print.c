/* plan_print.c - a plan as text: one line for everything that would happen, in a stable order. */
#include <sched.h>
#include <sys/mount.h>

#include "child.h"
#include "names.h"
#include "plan.h"
#include "str.h"

static void print_mask(const struct name *table, uint64_t bits, const char *between,
		       struct text *out)
{
	bool first = true;

	for (const struct name *n = table; n->name; n++) {
		if (!n->value || (bits & n->value) != n->value)
			continue;
		text_format(out, "%s%s", first ? "" : between, n->name);
		bits &= ~n->value; /* a second name of the same bit is not said */
		first = false;
	}
}

static void print_capabilities(const struct plan *plan, struct text *out)
{
	bool any = false;

	if (!(plan->needs & PLAN_CAPS))
		return;
	text_add(out, "capabilities dropped:");
	for (int cap = 0; cap <= plan->last_capability; cap++) {
		const char *name = names_name(names_capabilities, (uint64_t)cap);
		if (plan->capabilities & 1ULL << cap)
			continue;
		if (name)
			text_format(out, " %s", name);
		else
			text_format(out, " %d", cap);
		any = true;
	}
	text_add(out, any ? "\n" : " none\n");
}

static void print_mount(const struct plan_mount *mount, struct text *out)
{
	static const char *const makes[] = {
		[MAKE_DIR] = "create=dir", [MAKE_FILE] = "create=file"
	};
	auto_text struct text options = { 0 };

	print_mask(names_mount_flags, mount->flags, ",", &options);
	if (mount->clear & MS_RDONLY)
		text_format(&options, "%srw", options.len ? "," : "");
	if (mount->propagation)
		text_format(&options, "%s%s", options.len ? "," : "",
			    names_name(names_propagation, mount->propagation));
	if (mount->make)
		text_format(&options, "%s%s", options.len ? "," : "", makes[mount->make]);
	if (mount->optional)
		text_format(&options, "%soptional", options.len ? "," : "");
	if (mount->data)
		text_format(&options, "%s%s", options.len ? "," : "", mount->data);
	if (mount->change)
		text_format(out, "remount /%s", mount->target);
	else if (mount->bind)
		text_format(out, "mount %s%s on %s%s type %s", mount->inside ? "/" : "",
			    mount->source + (mount->inside && mount->source[0] == '/'),
			    mount->target[0] == '/' ? "" : "/", mount->target,
			    mount->recursive ? "rbind" : "bind");
	else
		text_format(out, "mount %s on %s%s type %s", mount->source,
			    mount->target[0] == '/' ? "" : "/", mount->target, mount->type);
	if (options.len)
		text_format(out, " (%s)", text_get(&options));
	if (mount->from)
		text_format(out, " from %s", mount->from);
	text_add(out, "\n");
}

static void print_devices(const struct plan *plan, struct text *out)
{
	if (plan->needs & PLAN_AUTODEV)
		text_format(out,
			    "mount none on /dev type tmpfs (size=%u,mode=755)\n"
			    "devices full null random tty urandom zero\n",
			    plan->dev_size);
	if (!(plan->needs & PLAN_TERMINALS))
		return;
	if (plan->ptys)
		text_format(out, "mount devpts on /dev/pts type devpts (max=%u)\n",
			    plan_pty_count(plan));
	if (plan->console)
		text_format(out, "terminal /dev/console%s%s%s%s\n",
			    plan->console_peer ? " joined to " : "",
			    plan->console_peer ? plan->console_peer : "",
			    plan->console_log ? " logged to " : "",
			    plan->console_log ? plan->console_log : "");
	for (unsigned i = 1; i <= plan->ttys; i++)
		text_format(out, "terminal /dev/%s%stty%u\n", plan->tty_dir ? plan->tty_dir : "",
			    plan->tty_dir ? "/" : "", i);
}

static void print_limits(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->n_limits; i++) {
		const struct limit *limit = &plan->limits[i].limit;
		const char *name = names_name(names_limits, (uint64_t)limit->resource);
		const uint64_t values[] = { limit->soft, limit->hard };
		if (name)
			text_format(out, "limit %s", name);
		else
			text_format(out, "limit %d", limit->resource);
		for (size_t k = 0; k < 2; k++) {
			if (values[k] == UINT64_MAX)
				text_format(out, "%sunlimited", k ? ":" : " ");
			else
				text_format(out, "%s%llu", k ? ":" : " ",
					    (unsigned long long)values[k]);
		}
		text_add(out, "\n");
	}
}

static void print_process(const struct plan *plan, struct text *out)
{
	static const char *const stdio[] = { [STDIO_KEEP] = "the caller's",
					     [STDIO_NULL] = "/dev/null",
					     [STDIO_CONSOLE] = "the console" };

	text_format(out, "working directory %s\nuser %u group %u", plan->cwd, plan->uid, plan->gid);
	for (size_t i = 0; i < plan->n_groups; i++)
		text_format(out, "%s%u", i ? "," : " groups ", plan->groups[i]);
	text_format(out, "\nstandard files %s\n", stdio[plan->stdio]);
	for (char **at = plan->envp; *at; at++)
		text_format(out, "environment %s\n", *at);
	text_format(out, "no_new_privs %d\n", plan->no_new_privs);
	if (plan->needs & PLAN_SECCOMP)
		text_add(out, "seccomp default\n");
	text_format(out, "signals halt %d reboot %d stop %d parent-death %d\n", plan->signal_halt,
		    plan->signal_reboot, plan->signal_stop, plan->signal_pdeath);
	text_add(out, "command");
	for (char **at = plan->argv; *at; at++)
		text_format(out, " %s", *at);
	text_add(out, "\n");
}

void plan_print(const struct plan *plan, struct text *out)
{
	int number = 0;

	text_format(out, "container %s\nlxcpath %s\nnamespaces ", plan->name, plan->lxcpath);
	print_mask(names_namespaces, plan->namespaces, " ", out);
	text_add(out, "\n");
	for (size_t i = 0; i < plan->n_idmaps; i++)
		text_format(out, "id map %c %u %u %u\n", plan->idmaps[i].gid ? 'g' : 'u',
			    plan->idmaps[i].inside, plan->idmaps[i].outside, plan->idmaps[i].count);
	if (plan->hostname)
		text_format(out, "host name %s\n", plan->hostname);
	text_format(out, "network %s%s\n", plan->namespaces & CLONE_NEWNET ? "own" : "the host's",
		    plan->needs & PLAN_LOOPBACK ? ", lo up" : "");
	if (plan->rootfs)
		text_format(out, "root %s on %s\n", plan->rootfs, plan->rootfs_mount);
	else
		text_add(out, "root the host's\n");
	print_devices(plan, out);
	for (size_t i = 0; i < plan->n_mounts; i++)
		print_mount(&plan->mounts[i], out);
	print_limits(plan, out);
	print_capabilities(plan, out);
	print_process(plan, out);
	for (int i = 0; child_step_name(i); i++)
		if (child_step_runs(i, plan))
			text_format(out, "step %d %s\n", ++number, child_step_name(i));
}
