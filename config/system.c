/* system.c - lxc.conf and the default paths, for root and for users. */
#include "system.h"

#include "file.h"

/* clang-format off */
const struct system_item system_items[] = {
	{ "lxc.default_config", "/etc/lxc/default.conf", "/.config/lxc/default.conf", true,
	  "Configuration that lxc-create begins with" },
	{ "lxc.lxcpath", "/var/lib/lxc", "/.local/share/lxc", true,
	  "Directory of the containers" },
	{ "lxc.bdev.lvm.vg", "lxc", "lxc", true, "Volume group of root file systems" },
	{ "lxc.bdev.lvm.thin_pool", "lxc", "lxc", true, "Thin pool of that group" },
	{ "lxc.bdev.zfs.root", "lxc", "lxc", true, "Dataset of root file systems" },
	{ "lxc.bdev.rbd.rbdpool", "lxc", "lxc", false, "Ceph pool of root file systems" },
	{ "lxc.bdev.rbd.rbduser", NULL, NULL, false, "Ceph user" },
	{ "lxc.cgroup.use", NULL, NULL, true, "Controllers to set up, joined by commas" },
	{ "lxc.cgroup.pattern", NULL, NULL, true, "Path of control groups; %n is the name" },
};
/* clang-format on */
const size_t system_items_len = ARRAY_LEN(system_items);

/* "" for a user without one: paths then begin at /. */
static const char *home(void)
{
	const char *dir = getenv("HOME");

	return dir && dir[0] == '/' && dir[1] ? dir : "";
}

/* The value of `item` in the text of an lxc.conf; the first one counts, as in LXC. */
static const char *find(struct arena *arena, const char *text, const char *item)
{
	while (*text) {
		const char *line = text + strspn(text, " \t");
		size_t len = strcspn(line, "\r\n");
		const char *rest = str_after(line, item);
		text = line + len;
		text += strspn(text, "\r\n");
		if (!rest || (*rest != ' ' && *rest != '\t' && *rest != '='))
			continue;
		rest += strspn(rest, " \t");
		if (*rest != '=')
			continue;
		rest++;
		rest += strspn(rest, " \t");
		size_t end = rest < line + len ? (size_t)(line + len - rest) : 0;
		while (end && (rest[end - 1] == ' ' || rest[end - 1] == '\t'))
			end--;
		if (end)
			return mem_text_len(arena, rest, end);
	}
	return NULL;
}

static const char *system_file(struct arena *arena)
{
	return geteuid() == 0 ? "/etc/lxc/lxc.conf"
			      : mem_format(arena, "%s/.config/lxc/lxc.conf", home());
}

const char *system_get(struct arena *arena, const char *item, bool *said)
{
	auto_text struct text text = { 0 };
	const char *found = NULL;

	if (file_read(AT_FDCWD, system_file(arena), 1 << 16, &text) == 0)
		found = find(arena, text_get(&text), item);
	if (said)
		*said = found != NULL;
	for (size_t i = 0; !found && i < ARRAY_LEN(system_items); i++) {
		const struct system_item *row = &system_items[i];
		if (!streq(row->name, item))
			continue;
		if (geteuid() == 0)
			return row->root;
		return row->user && row->user[0] == '/'
			       ? mem_format(arena, "%s%s", home(), row->user)
			       : row->user;
	}
	return found;
}
