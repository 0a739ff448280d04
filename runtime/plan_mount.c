/* plan_mount.c - the ordered list of mounts: kernel file systems, entries, cgroups. */
#include <sys/mount.h>

#include "conf.h"
#include "fail.h"
#include "host.h"
#include "plan.h"

enum { SAFE = MS_NOSUID | MS_NODEV | MS_NOEXEC };

static struct plan_mount *add(struct plan *plan, struct plan_mount mount)
{
	plan->mounts = mem_grow(&plan->mem, plan->mounts, &plan->n_mounts, sizeof(*plan->mounts));
	plan->mounts[plan->n_mounts - 1] = mount;
	return &plan->mounts[plan->n_mounts - 1];
}

/* A bind of a path in the container onto itself, with flags of its own. */
static void add_self(struct plan *plan, enum plan_mount_step step, const char *path,
		     unsigned long flags, unsigned long clear, bool optional)
{
	add(plan, (struct plan_mount){ .step = step,
				       .source = path,
				       .target = path,
				       .bind = true,
				       .inside = true,
				       .flags = flags,
				       .clear = clear,
				       .optional = optional });
}

/* proc:mixed keeps the kernel's switches from the container; /proc/sys/net is its own. */
static void add_proc(struct plan *plan, bool mixed)
{
	add(plan, (struct plan_mount){ .step = MOUNT_PROC,
				       .source = "proc",
				       .target = "proc",
				       .type = "proc",
				       .flags = SAFE,
				       .make = MAKE_DIR });
	plan->needs |= PLAN_PROC;
	if (!mixed)
		return;
	add_self(plan, MOUNT_PROC, "proc/sys", MS_RDONLY, 0, false);
	if (plan->capabilities & 1ULL << 12) /* net_admin */
		add_self(plan, MOUNT_PROC, "proc/sys/net", 0, MS_RDONLY, true);
	add_self(plan, MOUNT_PROC, "proc/sysrq-trigger", MS_RDONLY, 0, true);
}

static void add_sys(struct plan *plan, const char *mode)
{
	bool mixed = streq(mode, "mixed");
	struct plan_mount sys = { .step = MOUNT_SYS,
				  .source = "sysfs",
				  .target = "sys",
				  .type = "sysfs",
				  .flags = streq(mode, "ro") ? MS_RDONLY : 0,
				  .make = MAKE_DIR };

	if (mixed)
		sys.flags = SAFE;
	add(plan, sys);
	plan->needs |= PLAN_SYS;
	if (!mixed)
		return;
	add_self(plan, MOUNT_SYS, "sys/devices/virtual/net", SAFE, 0, true);
	add(plan, (struct plan_mount){ .step = MOUNT_SYS,
				       .target = "sys",
				       .change = true,
				       .flags = MS_RDONLY | SAFE });
}

/*
 * The hierarchies, as seen from the container's cgroup namespace. As in LXC: an init that may
 * mount mounts them itself, unless it is forced; a host with only v2 has just the one. They are
 * read-only: the groups in them are those of whoever starts it, as long as it has none of its own
 * (threats C3).
 */
static int add_cgroup(struct plan *plan, struct host *host, const char *token)
{
	const unsigned long flags = SAFE | MS_RDONLY;
	bool forced = strstr(token, ":force") != NULL;
	bool may_mount = plan->capabilities & 1ULL << 21; /* sys_admin */

	host_probe_cgroups(host);
	bool only_v2 = host->n_cgroups == 1 && host->cgroups[0].v2;
	bool unified = str_after(token, "cgroup2") || only_v2;
	if (!unified && ((host->cgroup_ns && may_mount && !forced) || !host->n_cgroups))
		return 0;
	if (strstr(token, ":rw"))
		return fail_hint(fail(0, "%s: the control groups would be the caller's own", token),
				 "this version makes none for the container; :ro shows them");
	plan->needs |= PLAN_CGROUPS;
	add(plan, (struct plan_mount){ .step = MOUNT_CGROUP,
				       .source = "none",
				       .target = "sys/fs/cgroup",
				       .type = unified ? "cgroup2" : "tmpfs",
				       .data = unified ? NULL : "size=10240k,mode=755",
				       .flags = unified ? flags : SAFE,
				       .make = MAKE_DIR });
	for (size_t i = 0; !unified && i < host->n_cgroups; i++) {
		const struct host_cgroup *cgroup = &host->cgroups[i];
		add(plan,
		    (struct plan_mount){
			    .step = MOUNT_CGROUP,
			    .source = "none",
			    .target = mem_format(&plan->mem, "sys/fs/cgroup/%s", cgroup->name),
			    .type = cgroup->v2 ? "cgroup2" : "cgroup",
			    .data = *cgroup->options ? mem_text(&plan->mem, cgroup->options) : NULL,
			    .flags = flags,
			    .make = MAKE_DIR });
	}
	return 0;
}

/* Of each family the last token counts. */
static int add_auto(const struct conf *conf, struct host *host, struct plan *plan,
		    const char *family)
{
	const struct item *last = NULL;
	char place[512];

	for (size_t i = 0; i < conf->mount_auto.len; i++)
		if (str_after(conf->mount_auto.at[i].text, family))
			last = &conf->mount_auto.at[i];
	if (!last)
		return 0;
	const char *mode = strchr(last->text, ':') ? strchr(last->text, ':') + 1 : "mixed";
	if (streq(family, "proc"))
		add_proc(plan, streq(mode, "mixed"));
	else if (streq(family, "sys"))
		add_sys(plan, mode);
	else if (add_cgroup(plan, host, last->text) < 0)
		return fail_at(fail_in(-EINVAL, "lxc.mount.auto"),
			       origin_text(last->from, place, sizeof(place)));
	return 0;
}

/* One word of the options field; what is neither ours nor mount(8)'s is the file system's. */
static int apply_option(struct arena *mem, const char *word, struct plan_mount *mount)
{
	uint64_t none = UINT64_MAX, value;

	if (streq(word, "optional")) {
		mount->optional = true;
	} else if (streq(word, "relative")) {
		mount->inside = true;
	} else if (streq(word, "create=dir")) {
		mount->make = MAKE_DIR;
	} else if (streq(word, "create=file")) {
		mount->make = MAKE_FILE;
	} else if ((value = names_value(names_mount_flags, word, none)) != none) {
		mount->bind |= (value & MS_BIND) != 0;
		mount->recursive |= (value & MS_REC) != 0;
		value &= ~(uint64_t)(MS_BIND | MS_REC | MS_REMOUNT);
		mount->flags |= (unsigned long)value;
	} else if ((value = names_value(names_mount_clears, word, none)) != none) {
		mount->flags &= ~(unsigned long)value;
	} else if ((value = names_value(names_propagation, word, none)) != none) {
		mount->propagation = (unsigned long)value;
	} else {
		mount->data = mount->data ? mem_format(mem, "%s,%s", mount->data, word)
					  : mem_text(mem, word);
	}
	return 0;
}

static int apply_options(struct arena *mem, char *options, struct plan_mount *mount)
{
	while (*options) {
		size_t len = strcspn(options, ",");
		char *next = options + len + (options[len] == ',');
		options[len] = '\0';
		if (len)
			TRY(apply_option(mem, options, mount));
		options = next;
	}
	return 0;
}

/*
 * Where an absolute target lies in the container: LXC strips the path of the root file system.
 * Any other absolute target it skips in silence; here it is an error (design.md, promise 4).
 */
static int inside_target(struct plan *plan, struct plan_mount *mount)
{
	const char *own = mem_format(&plan->mem, "%s/%s/rootfs", plan->lxcpath, plan->name);
	const char *roots[] = { plan->rootfs, plan->rootfs_mount, own };

	if (mount->target[0] != '/' || !plan->rootfs)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		const char *rest = roots[i] ? str_after(mount->target, roots[i]) : NULL;
		if (rest && (*rest == '/' || !*rest)) {
			mount->target = rest + strspn(rest, "/");
			return 0;
		}
	}
	return fail_hint(fail(0, "the target %s is not below the container's root", mount->target),
			 "write it without the leading /, as a path inside");
}

static int check_entry(struct plan *plan, struct plan_mount *mount)
{
	TRY(inside_target(plan, mount));
	if (mount->bind && mount->data)
		return fail(0, "a bind mount has no option %s", mount->data);
	return 0;
}

static int add_entry(struct plan *plan, const struct item *item)
{
	struct plan_mount mount = { .step = MOUNT_ENTRY };
	struct fstab entry;
	char place[512];

	TRY(fstab_parse(&plan->mem, item->text, &entry));
	mount.source = entry.source;
	mount.target = entry.target;
	mount.type = entry.type;
	mount.from = mem_text(&plan->mem, origin_text(item->from, place, sizeof(place)));
	TRY(apply_options(&plan->mem, entry.options, &mount));
	TRY(check_entry(plan, &mount));
	if (mount.bind)
		mount.type = NULL;
	add(plan, mount);
	plan->needs |= PLAN_ENTRIES;
	return 0;
}

int plan_mounts(const struct conf *conf, struct host *host, struct plan *plan)
{
	TRY(add_auto(conf, host, plan, "proc"));
	TRY(add_auto(conf, host, plan, "sys"));
	for (size_t i = 0; i < conf->mount_entry.len; i++) {
		char place[512];
		int r = add_entry(plan, &conf->mount_entry.at[i]);
		if (r < 0)
			return fail_in(r, "%s: lxc.mount.entry",
				       origin_text(conf->mount_entry.at[i].from, place,
						   sizeof(place)));
	}
	return add_auto(conf, host, plan, "cgroup");
}
